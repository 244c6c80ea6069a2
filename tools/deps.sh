#!/bin/sh
# Installs the Debian packages of packaging/debian-packages.txt that are missing; `deps.sh fuzz` (browser, mail) those of debian-packages-fuzz.txt as well.
# Silent, and without network, when none is missing. REB_NO_INSTALL=1 only tells what is missing.
set -eu
cd "$(dirname "$0")/.."
command -v dpkg-query >/dev/null || exit 0 # not Debian: the build will say what it misses
lists=packaging/debian-packages.txt
[ $# -eq 0 ] || lists="$lists packaging/debian-packages-$1.txt"
# shellcheck disable=SC2086
wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' $lists)
# shellcheck disable=SC2086
have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p') || true
missing=
for p in $wanted; do
    case "
$have
" in *"
$p
"*) ;; *) missing="$missing $p" ;; esac
done
[ -n "$missing" ] || exit 0
by_hand() {
    echo "$1$missing" >&2
    echo "Install them (apt-get install$missing) and run make again." >&2
    exit 1
}
[ -z "${REB_NO_INSTALL:-}" ] || by_hand "These packages are missing:"
sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || by_hand "There is no sudo here to install these packages:"
    sudo=sudo
fi
echo "Installing what is missing:$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
# RUNLEVEL=1: mail servers for the tests are not started as services of the machine.
install() { $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends $missing >"$log" 2>&1; }
install || { $sudo apt-get update -q >"$log" 2>&1 && install; } || {
    tail -5 "$log" >&2
    by_hand "These packages could not be installed:"
}
