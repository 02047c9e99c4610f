#!/usr/bin/env bash
# A throwaway Synapse homeserver on loopback, for tests and benchmarks.
#
#   synapse.sh install              make sure that Synapse is there
#   synapse.sh start DIR [PORT] [--fresh]
#   synapse.sh stop DIR
#
# DIR      all that the server owns: config, keys, SQLite database, logs
# PORT     plain HTTP on 127.0.0.1 (default: one that is free)
# --fresh  empty DIR first (only if it was made by this script)
#
# Synapse comes from PyPI, pinned, into ${XDG_CACHE_HOME:-~/.cache}/tocsin/synapse-VERSION, once.
# `start` leaves DIR/url, DIR/secret (registration shared secret) and DIR/synapse.pid, prints the
# address, and returns when the server answers.
set -euo pipefail

version=1.163.2
venv=${XDG_CACHE_HOME:-$HOME/.cache}/tocsin/synapse-$version
py=$venv/bin/python

die() { echo "synapse.sh: $*" >&2; exit 1; }
usage() { sed -n '2,14p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }

install() {
  [ -f "$venv/complete" ] && return
  mkdir -p "${venv%/*}"
  # One at a time; the lock is let go before the server starts.
  ( flock 9; install_alone ) 9> "$venv.lock"
}

install_alone() {
  [ -f "$venv/complete" ] && return
  if ! "$py" -c "import importlib.metadata as m, sys; sys.exit(m.version('matrix-synapse') != '$version')" 2> /dev/null; then
    command -v python3 > /dev/null || die "python3 is missing; install it (3.10 to 3.13) to run the Matrix tests"
    rm -rf "$venv"
    python3 -m venv "$venv" || die "cannot make a Python environment; on Debian: apt-get install python3-venv"
    "$py" -m pip install --quiet --only-binary=:all: "matrix-synapse==$version" ||
      die "cannot install matrix-synapse $version from PyPI; is there a network, and Python 3.10 to 3.13?"
  fi
  "$py" -c 'import synapse.app.homeserver' || die "the Synapse in $venv does not start; remove that directory and try again"
  touch "$venv/complete"
}

is_running() { [ -f "$1/synapse.pid" ] && kill -0 "$(cat "$1/synapse.pid")" 2> /dev/null; }

configure() {
  local dir=$1 port=$2 secret
  [ -f "$dir/secret" ] || ( umask 077; "$py" -c 'import secrets; print(secrets.token_urlsafe(24))' > "$dir/secret" )
  secret=$(cat "$dir/secret")
  cat > "$dir/homeserver.yaml" << YAML
server_name: "localhost"
pid_file: "$dir/synapse.pid"
report_stats: false
signing_key_path: "$dir/signing.key"
macaroon_secret_key: "$secret-macaroon"
form_secret: "$secret-form"
registration_shared_secret: "$secret"
enable_registration: false
# Nothing leaves the machine: no federation, no key server, no previews.
federation_domain_whitelist: []
trusted_key_servers: []
suppress_key_server_warning: true
url_preview_enabled: false
presence: { enabled: false }
media_store_path: "$dir/media"
listeners:
  - port: $port
    bind_addresses: ['127.0.0.1']
    type: http
    tls: false
    x_forwarded: false
    resources: [{ names: [client], compress: false }]
database:
  name: sqlite3
  args: { database: "$dir/homeserver.db" }
log_config: "$dir/log.yaml"
# Rate limits out of the way, so that the bot under test is the bottleneck; tests of rate limits set their own.
rc_message: &high { per_second: 10000, burst_count: 10000 }
rc_registration: *high
rc_registration_token_validity: *high
rc_admin_redaction: *high
rc_joins: { local: *high, remote: *high }
rc_joins_per_room: *high
rc_invites: { per_room: *high, per_user: *high, per_issuer: *high }
rc_login: { address: *high, account: *high, failed_attempts: *high }
rc_room_creation: *high
rc_third_party_invite: *high
rc_3pid_validation: *high
rc_key_requests: *high
rc_reports: *high
rc_presence: { per_user: *high }
rc_delayed_event_mgmt: *high
rc_media_create: *high
YAML
  cat > "$dir/log.yaml" << YAML
version: 1
formatters: { brief: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } }
handlers:
  file: { class: logging.FileHandler, formatter: brief, filename: "$dir/synapse.log", mode: w }
root: { level: WARNING, handlers: [file] }
disable_existing_loggers: false
YAML
  [ -f "$dir/signing.key" ] || "$py" -c 'import secrets, sys
from signedjson.key import generate_signing_key, write_signing_keys
write_signing_keys(open(sys.argv[1], "w"), [generate_signing_key("a_" + secrets.token_hex(2))])' "$dir/signing.key"
}

start() {
  [ $# -ge 1 ] || usage
  local dir=$1 port='' fresh='' pid url
  shift
  for arg; do
    case $arg in
      --fresh) fresh=1 ;;
      *[!0-9]* | '') usage ;;
      *) port=$arg ;;
    esac
  done
  install
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  if is_running "$dir"; then die "already running in $dir, pid $(cat "$dir/synapse.pid")"; fi
  if [ -n "$(ls -A "$dir")" ] && [ ! -f "$dir/.tocsin-synapse" ]; then die "$dir was not made by this script; not using it"; fi
  if [ -n "$fresh" ]; then find "$dir" -mindepth 1 -delete; fi
  touch "$dir/.tocsin-synapse"
  # A server that is started again keeps its address.
  if [ -z "$port" ] && [ -f "$dir/url" ]; then port=$(sed 's/.*://' "$dir/url"); fi
  [ -n "$port" ] || port=$("$py" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  configure "$dir" "$port"
  rm -f "$dir/synapse.pid"
  setsid "$py" -m synapse.app.homeserver -c "$dir/homeserver.yaml" > "$dir/stdout.log" 2>&1 < /dev/null &
  pid=$!
  echo "$pid" > "$dir/synapse.pid"
  url=http://127.0.0.1:$port
  for _ in $(seq 1 900); do
    if answers "$port"; then
      echo "$url" > "$dir/url"
      echo "$url"
      return
    fi
    kill -0 "$pid" 2> /dev/null || { tail -20 "$dir/stdout.log" "$dir/synapse.log" >&2 || true; die "Synapse stopped while starting"; }
    sleep 0.1
  done
  kill "$pid"
  die "Synapse did not answer in 90 s; see $dir/stdout.log"
}

answers() {
  "$py" -c 'import sys, urllib.request
try: urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/_matrix/client/versions", timeout=2)
except OSError: sys.exit(1)' "$1"
}

stop() {
  [ $# -eq 1 ] || usage
  local pid
  is_running "$1" || return 0
  pid=$(cat "$1/synapse.pid")
  kill "$pid"
  for _ in $(seq 1 100); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.1
  done
  if kill -0 "$pid" 2> /dev/null; then kill -9 "$pid"; fi
  rm -f "$1/synapse.pid"
}

case ${1:-} in
  install) install ;;
  start) shift; start "$@" ;;
  stop) shift; stop "$@" ;;
  *) usage ;;
esac
