#!/usr/bin/env bash
# make run, from an empty folder to an answer from the server, and once more; on SQLite and on PostgreSQL.
. tests/lib/tap.sh
. tests/lib/pg.sh
mkdir -p "$TMP/build" "$TMP/bin"
printf '#!/bin/sh\nprintf "%%s\\n" "$1" >"%s"\n' "$TMP/opened" >"$TMP/bin/xdg-open"
chmod +x "$TMP/bin/xdg-open"
ln -s "$PWD/$REBOUND" "$TMP/build/rebound"

# run_demo DB: runs until the server answers, then ends it; the output lands in $TMP/run, the answer of /readyz in $TMP/ready.
run_demo() {
    rm -f "$TMP/opened"
    DISPLAY=:0 PATH=$TMP/bin:$PATH B=$TMP/build CUSTOMERS=400 SEED=7 DB=$1 LISTEN=127.0.0.1:$port tools/run.sh >"$TMP/run" 2>&1 &
    local pid=$! i
    for ((i = 0; i < 600; i++)); do
        curl -sf -m 5 "http://127.0.0.1:$port/readyz" >"$TMP/ready" && break
        kill -0 $pid 2>/dev/null || break
        read -rt 0.1 <> <(:) || true # a tenth of a second until the next look
    done
    kill -TERM $pid 2>/dev/null
    wait $pid
    rc=$?
}
port=$((20000 + $$ % 20000))

check_run() { # check_run NAME DB
    run_demo "$2"
    is "$rc" 0 "$1: make run comes to an end when it is told to"
    ok "$([ -s "$TMP/ready" ]; echo $?)" "$1: the server answers"
    like "$(cat "$TMP/run")" "orders.csv +[0-9]+ orders" "$1: it invents a shop"
    like "$(cat "$TMP/run")" "^Rebound serves on http://127.0.0.1:$port" "$1: it says where it serves"
    like "$(cat "$TMP/opened")" "^http://127.0.0.1:$port/#/welcome/.{20}" "$1: and opens the console where the first owner begins"
    grep -A30 '^Today$' "$TMP/run" | sed '/^Rebound serves/,$d' >"$TMP/today.$1"
    ok "$([ "$(wc -l <"$TMP/today.$1")" -gt 5 ]; echo $?)" "$1: today's list is there"
    [ "$rc" -eq 0 ] || sed 's/^/# /' "$TMP/run"
    local before
    before=$(cksum <"$TMP/build/demo/orders.csv")
    run_demo "$2"
    is "$rc" 0 "$1: a second run works too"
    is "$(cksum <"$TMP/build/demo/orders.csv")" "$before" "$1: with the same shop"
    unlike "$(cat "$TMP/run")" "Inventing|Importing|Starting a business" "$1: using what is there"
    grep -A30 '^Today$' "$TMP/run" | sed '/^Rebound serves/,$d' >"$TMP/again"
    is "$(diff "$TMP/today.$1" "$TMP/again")" "" "$1: and the same list"
}

check_run sqlite "$TMP/build/demo/rebound.db"

"$REBOUND" init --db "$TMP/mine.db" --name "My shop" >/dev/null
run_demo "$TMP/mine.db"
ok "$([ "$rc" -ne 0 ]; echo $?)" "the demo stays out of somebody's own business"
like "$(cat "$TMP/run")" "business of its own" "and says so"
like "$("$REBOUND" import list --db "$TMP/mine.db" --json)" '\[\]' "nothing was imported there"

if [ -n "${REB_TEST_PG:-}" ] && db=$(pg_database run_demo); then
    rm -rf "$TMP/build/demo"
    check_run postgresql "$db"
    # An item's code is made from the customer's id, which each database gives anew.
    sed -i 's/^\( *[0-9][0-9]*  .*\) · [a-z0-9]*$/\1/' "$TMP/today.sqlite" "$TMP/today.postgresql"
    is "$(diff "$TMP/today.sqlite" "$TMP/today.postgresql")" "" "both engines give the same list"
else
    skip "no PostgreSQL"
fi
tap_done
