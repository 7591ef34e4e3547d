#!/bin/sh
# Installs what the tests need and this machine lacks: SIPp, Python, and a foreign manager client.
set -e
cd "$(dirname "$0")/.."

missing=
command -v sipp >/dev/null || missing="$missing sip-tester"
command -v python3 >/dev/null || missing="$missing python3"
python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
command -v cc >/dev/null || missing="$missing build-essential"
if [ -n "$missing" ]; then
    sudo= ; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq $missing
fi

if ! .venv/bin/python -c 'import panoramisk' 2>/dev/null; then
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
fi
