#!/bin/sh
# Installs what the tests need and this machine lacks: SIPp, Python, Chromium, foreign clients.
set -e
cd "$(dirname "$0")/.."

missing=
command -v sipp >/dev/null || missing="$missing sip-tester"
command -v python3 >/dev/null || missing="$missing python3"
python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
command -v faketime >/dev/null || missing="$missing faketime"
command -v fail2ban-regex >/dev/null || missing="$missing fail2ban"
command -v openssl >/dev/null || missing="$missing openssl"
command -v cc >/dev/null || missing="$missing build-essential"
command -v curl >/dev/null || missing="$missing curl"
command -v wget >/dev/null || missing="$missing wget"
command -v chromium >/dev/null || missing="$missing chromium"
if [ -n "$missing" ]; then
    sudo= ; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq $missing
fi

if ! .venv/bin/python -c 'import panoramisk, playwright, requests, openapi_spec_validator, websockets' 2>/dev/null; then
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
fi

# Checks docs/asyncapi.json; done without where there is no Node.js.
if command -v npm >/dev/null && [ ! -d .clients/asyncapi/node_modules ]; then
    mkdir -p .clients/asyncapi
    npm install --prefix .clients/asyncapi --silent --no-audit --no-fund @asyncapi/parser@3.6.6 >/dev/null
fi
