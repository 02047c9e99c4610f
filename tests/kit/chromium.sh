#!/usr/bin/env bash
# A browser for the tests, driven over WebDriver on loopback.
#
#   chromium.sh start DIR   starts chromedriver with its data in DIR and prints its URL
#   chromium.sh stop DIR    stops it with every browser that it started, and removes DIR
#
# Uses the machine's own chromium and chromedriver; as root on Debian it installs them. An emoji font is installed with them,
# since screenshots without one show boxes; nothing else needs it.
set -euo pipefail

fail() {
    echo "chromium.sh: $*" >&2
    exit 1
}

usage() {
    fail "say 'chromium.sh start DIR' or 'chromium.sh stop DIR'"
}

[ $# -eq 2 ] || usage
verb=$1
[ "$verb" != start ] || mkdir -p "$2"
[ -d "$2" ] || fail "there is no folder $2"
dir=$(cd "$2" && pwd -P)
[ "$dir" != / ] || usage

browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome || true
}

has_emoji() {
    command -v fc-list >/dev/null && [ -n "$(fc-list ':charset=1f440' file)" ]
}

provide() {
    local driver
    driver=$(command -v chromedriver || true)
    if [ -n "$driver" ] && [ -n "$(browser)" ] && has_emoji; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "chromium.sh: installing Chromium, its driver and an emoji font" >&2
        { apt-get update -q &&
            DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
                chromium chromium-driver fontconfig fonts-liberation fonts-noto-color-emoji; } >&2 ||
            echo "chromium.sh: apt-get could not install everything" >&2
    fi
    [ -n "$(browser)" ] || fail "there is no Chromium here; install it (Debian: apt-get install chromium)"
    command -v chromedriver >/dev/null ||
        fail "there is no chromedriver here; install it (Debian: apt-get install chromium-driver)"
}

# The process that the folder names, if it is still the driver and not another that got its number.
runs() {
    [ -f "$dir/pid" ] && tr '\0' ' ' <"/proc/$(cat "$dir/pid")/cmdline" 2>/dev/null | grep -q chromedriver
}

start() {
    provide
    if runs && [ -f "$dir/url" ]; then
        cat "$dir/url"
        return
    fi
    mkdir -p "$dir/tmp"
    : >"$dir/log"
    # A session of its own, so that the browsers it starts can be stopped with it. Port 0: it takes a free one and says which.
    TMPDIR=$dir/tmp setsid chromedriver --port=0 --log-path="$dir/driver.log" >"$dir/log" 2>&1 </dev/null &
    echo $! >"$dir/pid"
    local port
    for _ in $(seq 1 300); do
        port=$(sed -n 's/^ChromeDriver was started successfully on port \([0-9]*\).*/\1/p' "$dir/log")
        if [ -n "$port" ]; then
            echo "http://127.0.0.1:$port" >"$dir/url"
            cat "$dir/url"
            return
        fi
        kill -0 "$(cat "$dir/pid")" 2>/dev/null || fail "chromedriver does not start: $(tail -n 3 "$dir/log")"
        sleep 0.1
    done
    fail "chromedriver did not say its port in 30 s: $(tail -n 3 "$dir/log")"
}

stop() {
    [ -f "$dir/pid" ] || fail "$dir holds no chromedriver of ours"
    if runs; then
        local pid
        pid=$(cat "$dir/pid")
        kill -TERM -- "-$pid" 2>/dev/null || kill "$pid"
        for _ in $(seq 1 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    rm -rf "$dir" 2>/dev/null || rm -rf "$dir"
}

cd /
case $verb in
start) start ;;
stop) stop ;;
*) usage ;;
esac
