#!/bin/sh
# Starts the release build in the foreground with the configuration compare.py made.
here=$(cd "$(dirname "$0")" && pwd)
exec "${CARGO_TARGET_DIR:-$here/../target}/release/switchroom" -f -q -n -C "$LAB_ETC/asterisk.conf"
