#!/usr/bin/env bash
# A throwaway Postgres for the tests, on loopback, with nothing worth keeping in it.
#
#   postgres.sh start DIR   makes and starts one with its data in DIR (best under /dev/shm) and prints its URL
#   postgres.sh stop DIR    stops it and removes DIR
#
# Uses the machine's own Postgres programs. Postgres refuses to run as root: then it runs as `postgres` or `nobody`.
set -euo pipefail

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

usage() {
    fail "say 'postgres.sh start DIR' or 'postgres.sh stop DIR'"
}

[ $# -eq 2 ] || usage
verb=$1
[ "$verb" != start ] || mkdir -p "$2"
[ -d "$2" ] || fail "there is no folder $2"
dir=$(cd "$2" && pwd -P)
[ "$dir" != / ] || usage

# The folder with initdb, pg_ctl and postgres.
find_programs() {
    local found folder
    found=$(command -v initdb || true)
    if [ -n "$found" ]; then
        folder=$(dirname "$found")
        if [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
            echo "$folder"
            return
        fi
    fi
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return
        fi
    done
}

programs=$(find_programs)
if [ -z "$programs" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "postgres.sh: installing Postgres" >&2
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy postgresql; } >&2 ||
        fail "cannot install Postgres with apt-get; install it by hand"
    programs=$(find_programs)
fi
[ -n "$programs" ] || fail "there is no Postgres here; install it (Debian: apt-get install postgresql) or put initdb into PATH"

# Runs a command as somebody whom Postgres accepts.
unprivileged() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$user" -- "$@"
    else
        su -s /bin/sh "$user" -c 'exec "$0" "$@"' -- "$@"
    fi
}

user=$(id -un)
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
fi

start() {
    if [ -f "$dir/url" ] && unprivileged "$programs/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
        cat "$dir/url"
        return
    fi
    if [ ! -f "$dir/data/PG_VERSION" ]; then
        # Only an empty folder is given away to another user and removed at the end.
        [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
        if [ "$(id -u)" = 0 ]; then chown "$user" "$dir"; fi
        unprivileged "$programs/initdb" -D "$dir/data" -U tocsin --auth=trust --encoding=UTF8 --locale=C --no-sync \
            >"$dir/initdb.log" 2>&1 || fail "initdb failed: $(tail -n 3 "$dir/initdb.log")"
    fi
    local port
    for _ in 1 2 3 4 5 6 7 8; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
        # Taken ports are tried no further than this: Postgres itself refuses them too.
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
        if unprivileged "$programs/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 30 -s \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
                -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB" \
            start >&2; then
            echo "postgres://tocsin@127.0.0.1:$port/postgres" >"$dir/url"
            cat "$dir/url"
            return
        fi
    done
    fail "Postgres does not start: $(tail -n 3 "$dir/data/server.log" 2>/dev/null)"
}

stop() {
    [ -f "$dir/data/PG_VERSION" ] || fail "$dir holds no Postgres of ours"
    unprivileged "$programs/pg_ctl" -D "$dir/data" -m fast -w -s stop >&2 || true
    rm -rf "$dir"
}

cd /
case $verb in
start) start ;;
stop) stop ;;
*) usage ;;
esac
