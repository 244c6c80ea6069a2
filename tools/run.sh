#!/bin/sh
# make run: an invented shop, imported, fitted, today's list, and the server with its console, opened in a browser
# where there is a desktop. What an earlier run made is used again.
#   DB=FILE or postgresql://...   where to keep it (build/demo/rebound.db)
#   CUSTOMERS=N SEED=N            of the shop, when it is invented (2000, 7)
#   LISTEN=HOST:PORT              where to serve (127.0.0.1:7070)
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
shop=$B/demo
name="Four Gardens (an invented shop)"
REBOUND_DB=${DB:-$shop/rebound.db}
listen=${LISTEN:-127.0.0.1:7070}
export REBOUND_DB
rebound=$B/rebound
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

if [ ! -e "$shop/truth.json" ]; then
    say "Inventing a shop"
    "$rebound" demo --out "$shop" --customers "${CUSTOMERS:-2000}" --seed "${SEED:-7}"
fi

# The demo is never mixed into a database that holds somebody's own business, nor is one of an older release changed unasked.
if ! state=$("$rebound" set name --json 2>&1); then
    case $state in *"older release"*) "$rebound" set name || exit 1 ;; esac
    say "Starting a business"
    "$rebound" init --name "$name" --currency GBP --timezone Europe/London --language en
elif ! printf '%s' "$state" | grep -qF "$name"; then
    echo "This database holds a business of its own, so the demo stays out of it. Choose another with DB=..." >&2
    exit 1
fi

imported=$("$rebound" import list --json)
for file in orders customers tickets; do
    case $imported in *"\"$file.csv\""*) continue ;; esac
    say "Importing $file.csv"
    "$rebound" import "$shop/$file.csv"
done

say "Learning the customers' rhythm"
"$rebound" fit
say "Today"
"$rebound" today

echo
exec "$rebound" serve --listen "$listen" --log warn --open
