#!/usr/bin/env bash
# Imports at their edges: sums that no shop has, batches that later ones build on, sheets with a column "Customer" alone.
. tests/lib/tap.sh
. tests/cli/import.sh
NOW=--now=2026-11-21
head='date,customer email,order no,amount'
for engine in $(engines); do
    # ---- amounts beyond sense -------------------------------------------------------------------------------------------------------
    fresh $engine large
    "$REBOUND" init --currency USD >/dev/null 2>&1
    printf '%s\n' "$head" 2026-01-01,ann@example.com,1,92233720368547758.07 2026-02-01,ann@example.com,2,92233720368547758.07 \
        2026-03-01,ann@example.com,3,10.00 2026-03-02,,4,92233720368547758.07 2026-03-03,,5,92233720368547758.07 >"$TMP/large.csv"
    exits 0 "$engine: a file with absurd amounts is imported" "$REBOUND" import "$TMP/large.csv" $NOW --json
    like "$(cat "$TMP/out")" '"rejected_rows":4' "$engine: ... without them"
    is "$(sql "select count(*), sum(amount_minor) from event" | tr '|' '/')" 1/1000 "$engine: ... and no sum wraps around"
    printf '%s\n' 'date,customer email,order no,quantity,price' 2026-01-01,bob@example.com,7,4000000000000,9000000 2026-01-02,bob@example.com,8,2,3.50 >"$TMP/pieces.csv"
    exits 0 "$engine: absurd pieces" "$REBOUND" import "$TMP/pieces.csv" $NOW --json
    is "$(sql "select sum(amount_minor) from event where ext_id in ('7', '8')")" 700 "$engine: ... are refused"
    exits 0 "$engine: verify is clean" "$REBOUND" verify $NOW

    # ---- a batch on which a later one builds ---------------------------------------------------------------------------------------------
    fresh $engine leans
    "$REBOUND" init --currency USD >/dev/null 2>&1
    printf '%s\n' "$head" 2026-01-01,ann@example.com,1,100.00 2026-02-01,bob@example.com,2,50.00 >"$TMP/first.csv"
    printf '%s\n' "$head" 2026-01-01,ann@example.com,1,80.00 2026-02-03,bob@example.com,3,50.00 >"$TMP/second.csv"
    printf '%s\n' "$head" 2026-01-01,ann@example.com,1,70.00 >"$TMP/third.csv"
    imp "$TMP/first.csv" --json $NOW
    first=$(batch)
    one=$(dump)
    imp "$TMP/second.csv" --json $NOW
    second=$(batch)
    imp "$TMP/third.csv" --json $NOW
    third=$(batch)
    is "$(sql "select sum(amount_minor) from event where ext_id like '1%'")" 7000 "$engine: an order that was told three times counts as told last"
    three=$(dump)
    exits 5 "$engine: what later batches change is not taken back under them" "$REBOUND" import undo "$first" $NOW
    like "$(cat "$TMP/err")" "import undo $third" "$engine: ... the latest one is named"
    exits 5 "$engine: nor a change under a later change" "$REBOUND" import undo "$second" $NOW
    if [ "$(dump)" = "$three" ]; then ok 0 "$engine: nothing was touched"; else ok 1 "$engine: nothing was touched"; fi
    exits 0 "$engine: the last one goes" "$REBOUND" import undo "$third" $NOW
    exits 0 "$engine: then the one before" "$REBOUND" import undo "$second" $NOW
    if [ "$(dump)" = "$one" ]; then ok 0 "$engine: exactly as after the first"; else ok 1 "$engine: exactly as after the first"; fi
    exits 0 "$engine: and then the first" "$REBOUND" import undo "$first" $NOW
    exits 0 "$engine: verify is clean" "$REBOUND" verify $NOW
done

# ---- a column that is called Customer, whatever is in it ------------------------------------------------------------------------------------
customer() { # NAME ROLE VALUE VALUE
    fresh sqlite customer
    "$REBOUND" init --currency USD >/dev/null 2>&1
    printf '%s\n' 'Date,Customer,Order,Amount' "2026-01-01,$3,1,10.00" "2026-01-02,$4,2,12.00" >"$TMP/customer.csv"
    imp "$TMP/customer.csv" --json $NOW
    is "$(count orders)/$(count without_customer_orders)" 2/0 "$1: both orders have their customer"
    is "$(sql "select distinct kind from identity where kind in ('email', 'external', 'name') order by 1")" "$2" "$1: found again by it"
}
customer names name 'Ann Lee' 'Bob Fox'
customer addresses email ann@example.com bob@example.com
customer numbers external 1001 1002
printf '%s\n' 'Date,Order,Amount' 2026-01-01,1,10.00 >"$TMP/nobody.csv"
fresh sqlite nobody
"$REBOUND" init --currency USD >/dev/null 2>&1
exits 0 "a file without a customer" "$REBOUND" import "$TMP/nobody.csv" $NOW
like "$(cat "$TMP/out")" 'no row tells whose' "... is not called known"
tap_done
