#!/bin/sh
# Installs the Debian packages of packaging/debian-packages.txt that are missing. Silent, and without network, when none is.
set -eu
cd "$(dirname "$0")/.."
command -v dpkg-query >/dev/null || exit 0 # not Debian: the build will say what it misses
wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' packaging/debian-packages.txt)
missing=
for p in $wanted; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
echo "Installing what is missing:$missing" >&2
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
# A fresh PostgreSQL package would start a server of its own; the tests start theirs, and only that is wanted here.
# shellcheck disable=SC2086
install() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null; }
install 2>/dev/null || { $sudo apt-get update -q >/dev/null && install; } || {
    echo "These packages could not be installed:$missing" >&2
    echo "Install them by hand (apt-get install$missing) and run make again." >&2
    exit 1
}
