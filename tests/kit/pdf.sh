#!/usr/bin/env bash
# A reader of PDF for the tests: a Python that has Chromium's PDF library.
#
#   pdf.sh start DIR   makes it in DIR and prints the path of that Python
#   pdf.sh stop DIR    removes DIR
set -euo pipefail

fail() {
    echo "pdf.sh: $*" >&2
    exit 1
}

[ $# -eq 2 ] || fail "say 'pdf.sh start DIR' or 'pdf.sh stop DIR'"
case $1 in
start)
    command -v python3 >/dev/null || fail "python3 is missing"
    mkdir -p "$2"
    python=$2/python/bin/python
    if ! "$python" -c 'import pypdfium2' 2>/dev/null; then
        python3 -m venv "$2/python" >&2 || fail "no Python environment can be made: install python3-venv"
        "$2/python/bin/pip" -q install 'pypdfium2>=4.30,<6' >&2 || fail "pypdfium2 cannot be installed"
    fi
    echo "$python"
    ;;
stop) rm -rf "$2" ;;
*) fail "say 'pdf.sh start DIR' or 'pdf.sh stop DIR'" ;;
esac
