#!/bin/sh
# Installs the provider for tests, once; several tests may ask at the same time.
set -eu
cd "$(dirname "$0")"
exec 9<package.json
flock 9
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
../../tools/node.sh npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null 2>&1
touch node_modules/.package-lock.json
