#!/usr/bin/env bash
# A stand-in for Twilio's Messages API on loopback, for the tests (fake-twilio.py).
#
#   twilio.sh start DIR   starts it with its pid files and logs in DIR and prints the address of the API
#   twilio.sh stop DIR    stops it and removes DIR
#
# Where Twilio's own API document is at hand (twilio_api_v2010.json in ../shared/kits/twilio beside this project, or the file
# that TOCSIN_TWILIO_SPEC names), a proxy that checks both sides against it is put before the stand-in: Prism, from npm, pinned,
# into ${XDG_CACHE_HOME:-~/.cache}/tocsin/prism-VERSION, once. Without the document, node or a network the stand-in is alone.
# DIR/control has the address of the stand-in itself, for faults and its log.
set -euo pipefail

version=5.14.2

fail() {
    echo "twilio.sh: $*" >&2
    exit 1
}

usage() {
    fail "say 'twilio.sh start DIR' or 'twilio.sh stop DIR'"
}

[ $# -eq 2 ] || usage
verb=$1
[ "$verb" != start ] || mkdir -p "$2"
[ -d "$2" ] || fail "there is no folder $2"
dir=$(cd "$2" && pwd -P)
[ "$dir" != / ] || usage
here=$(cd "$(dirname "$0")" && pwd -P)
spec=${TOCSIN_TWILIO_SPEC:-$here/../../../shared/kits/twilio/twilio_api_v2010.json}
home=${XDG_CACHE_HOME:-$HOME/.cache}/tocsin/prism-$version

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The process that a file names, if it is still the one that was started and not another that got its number.
runs() {
    [ -f "$dir/$1.pid" ] && tr '\0' ' ' <"/proc/$(cat "$dir/$1.pid")/cmdline" 2>/dev/null | grep -q "$2"
}

# wait_for NAME WORDS: until the log of NAME says WORDS.
wait_for() {
    for _ in $(seq 1 600); do
        if grep -q "$2" "$dir/$1.log" 2>/dev/null; then return; fi
        kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

has_prism() {
    [ -f "$home/complete" ] && return
    command -v npm >/dev/null || return 1
    mkdir -p "$home"
    (
        # One at a time; the lock is let go before the server starts.
        flock 9
        [ -f "$home/complete" ] && exit
        npm install --silent --no-audit --no-fund --no-save --prefix "$home" "@stoplight/prism-cli@$version" >&2 || exit 1
        touch "$home/complete"
    ) 9>"$home.lock"
}

start() {
    command -v python3 >/dev/null || fail "python3 is missing; install it to run the tests of text messages"
    if runs fake fake-twilio && [ -f "$dir/url" ]; then
        cat "$dir/url"
        return
    fi
    local port control
    port=$(free_port)
    control=http://127.0.0.1:$port
    : >"$dir/fake.log"
    setsid python3 "$here/fake-twilio.py" --port "$port" >"$dir/fake.log" 2>&1 </dev/null &
    echo $! >"$dir/fake.pid"
    wait_for fake '^fake-twilio on ' || fail "the stand-in does not start: $(tail -n 3 "$dir/fake.log")"
    echo "$control" >"$dir/control"
    if [ ! -r "$spec" ]; then
        echo "twilio.sh: Twilio's API document is not at hand: the stand-in alone, no contract is checked" >&2
        echo "$control" >"$dir/url"
    elif command -v node >/dev/null && has_prism && start_prism "$control"; then
        :
    else
        echo "twilio.sh: Prism $version cannot be had (node, npm, a network?): the stand-in alone, no contract is checked" >&2
        echo "$control" >"$dir/url"
    fi
    cat "$dir/url"
}

start_prism() {
    local port
    port=$(free_port)
    python3 "$here/patch-spec.py" "$spec" "$dir/spec.json" 2>"$dir/patch.log" || return 1
    : >"$dir/prism.log"
    # node itself, not npm's shim, so that the pid is the server's own.
    setsid node "$(readlink -f "$home/node_modules/.bin/prism")" proxy --host 127.0.0.1 --port "$port" \
        --multiprocess=false --errors "$dir/spec.json" "$1" >"$dir/prism.log" 2>&1 </dev/null &
    echo $! >"$dir/prism.pid"
    if ! wait_for prism 'Prism is listening'; then
        tail -n 3 "$dir/prism.log" >&2
        return 1
    fi
    echo "http://127.0.0.1:$port" >"$dir/url"
}

# halt NAME WORDS
halt() {
    if runs "$1" "$2"; then
        local pid
        pid=$(cat "$dir/$1.pid")
        kill "$pid"
        for _ in $(seq 1 50); do
            kill -0 "$pid" 2>/dev/null || return 0
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
    fi
}

stop() {
    [ -f "$dir/fake.pid" ] || fail "$dir holds no stand-in of ours"
    halt prism prism
    halt fake fake-twilio
    rm -rf "$dir"
}

cd /
case $verb in
start) start ;;
stop) stop ;;
*) usage ;;
esac
