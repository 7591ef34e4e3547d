#!/usr/bin/env bash
# Installs the foreign clients, pinned, into .clients/; does nothing where all are there.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
kept=$(cd ../.. && pwd)/.clients
mkdir -p "$kept"

# Languages and the clients Debian has.
missing=()
for need in node:nodejs npm:npm java:default-jre-headless javac:default-jdk-headless mvn:maven ruby:ruby; do
    command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
done
ruby -rruby_ami -e 0 2>/dev/null || missing+=(ruby-ami)
perl -MTelephony::Asterisk::AMI -e 0 2>/dev/null || missing+=(libtelephony-asterisk-ami-perl)
if [ ${#missing[@]} -gt 0 ]; then
    sudo=() ; [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
fi

[ -d ../../.venv ] || ../install.sh
# A folder each: two of them bring a module of the same name.
pip() { ../../.venv/bin/python -m pip install --quiet --disable-pip-version-check --target "$@"; }
python() {
    local name=$1 pin=$1==$2
    [ -d "$kept/python/$name/$name-$2" ] && return
    rm -rf "$kept/python/$name"
    pip "$kept/python/$name" "$pin"
    mkdir "$kept/python/$name/$name-$2"
}
python panoramisk 1.4
python asterisk-ami 0.1.7
python pystrix 1.3.0
python astami 1.1.0
python pyst2 0.5.1

if ! cmp -s node/package-lock.json "$kept/node/package-lock.json"; then
    mkdir -p "$kept/node"
    cp node/package.json node/package-lock.json "$kept/node"
    (cd "$kept/node" && npm ci --silent --no-audit --no-fund) || { rm "$kept/node/package-lock.json"; exit 1; }
fi

CARGO_TARGET_DIR=$kept/crates cargo build --quiet --locked --manifest-path crates/Cargo.toml

java=$here/maven-asterisk-java
if ! cmp -s "$java/pom.xml" "$kept/java/pom.xml"; then
    rm -rf "$kept/java"
    mvn --quiet --batch-mode --file "$java/pom.xml" \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$kept/java/lib"
    cp "$java/pom.xml" "$kept/java"
fi
if ! cmp -s "$java/Client.java" "$kept/java/Client.java"; then
    javac -nowarn -d "$kept/java/classes" -cp "$kept/java/lib/*" "$java/Client.java"
    cp "$java/Client.java" "$kept/java"
fi
