#!/usr/bin/env bash
# Imports that are repeated, stopped, killed, continued and taken back, on each engine.
. tests/lib/tap.sh
. tests/cli/import.sh
NOW=--now=2026-11-21
KILLS=${REB_KILLS:-4}
"$REBOUND" demo --out "$TMP/demo" --customers 400 --seed 11 --until 2026-11-20 >/dev/null
"$REBOUND" demo --out "$TMP/bigger" --customers 1500 --seed 12 --until 2026-11-20 >/dev/null
D=$TMP/demo
FAST=${REBOUND/asan\//} # the released program: kill -9 must hit it while it writes
[ -x "$FAST" ] || FAST=$REBOUND
# What is in the file, by another reader of CSV.
sqlite3 "$TMP/check.db" '.mode csv' ".import $D/orders.csv o" 2>/dev/null
asks() { sqlite3 "$TMP/check.db" "$1"; }
nobody="\"Total\" <> '' and \"Email\" = '' and \"Phone\" = '' and \"Billing Phone\" = '' and \"Shipping Phone\" = '' and \"Billing Name\" = '' and \"Shipping Name\" = ''"
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

for engine in $(engines); do
    # ---- taken back, exactly ----------------------------------------------------------------------------------------------------
    fresh $engine undo
    imp "$D/customers.csv" --json $NOW
    first=$(batch)
    one=$(dump)
    imp "$D/orders.csv" --json $NOW
    second=$(batch)
    two=$(dump)
    is "$(count orders)/$(count refunds)/$(count cancellations)/$(count unpaid)/$(count lines)" \
        "$(sql "select count(*) filter (where kind = 'order'), count(*) filter (where kind = 'refund'), count(*) filter (where kind = 'cancellation'), count(*) filter (where kind = 'attempt') from event where batch_id = $second" | tr '|' '/')/$(sql "select count(*) from event_line")" "$engine: counts told are counts in the store"
    is "$(count customers_new)" "$(sql "select count(*) from customer where batch_id = $second")" "$engine: customers too"
    is "$(count order_minor)" "$(sql "select sum(amount_minor) from event where kind = 'order' and batch_id = $second")" "$engine: and the sum of orders"
    is "$(count without_customer_orders)" "$(asks "select count(*) from o where $nobody")" "$engine: orders without customer are counted"
    exits 0 "$engine: verify is clean" "$REBOUND" verify $NOW
    imp "$D/tickets.csv" --json $NOW
    third=$(batch)
    imp "$D/feedback.csv" --json $NOW
    fourth=$(batch)
    three=$(dump)
    exits 0 "$engine: the last batch is taken back" "$REBOUND" import undo "$fourth" $NOW
    exits 0 "$engine: and the one before" "$REBOUND" import undo "$third" $NOW
    if [ "$(dump)" = "$two" ]; then ok 0 "$engine: the store is exactly as it was before them"; else ok 1 "$engine: the store is exactly as it was before them"; fi
    exits 0 "$engine: the orders too" "$REBOUND" import undo "$second" $NOW
    if [ "$(dump)" = "$one" ]; then ok 0 "$engine: as after the first file"; else ok 1 "$engine: as after the first file"; diff <(dump) <(echo "$one") | head -5 | sed 's/^/# /'; fi
    exits 5 "$engine: what is undone cannot be undone again" "$REBOUND" import undo "$second" $NOW
    exits 0 "$engine: the first one" "$REBOUND" import undo "$first" $NOW
    is "$(dump | grep -vc '^==')" 0 "$engine: all taken back: empty"
    like "$("$REBOUND" import list)" "$fourth +feedback.csv +sheet +undone" "$engine: the list tells what was"

    # ---- taken back in another order: what later files rest on stays ------------------------------------------------------------------
    imp "$D/customers.csv" --json $NOW
    first=$(batch)
    imp "$D/orders.csv" --json $NOW
    second=$(batch)
    sums=$(sql "select count(*), sum(amount_minor) from event")
    exits 0 "$engine: customers are taken back under their orders" "$REBOUND" import undo "$first" $NOW
    is "$(sql "select count(*), sum(amount_minor) from event")" "$sums" "$engine: the orders stay"
    is "$(sql "select count(*) from event e where not exists (select 1 from customer c where c.customer_id = e.customer_id)")" 0 "$engine: each with its customer"
    is "$(sql "select count(*) from customer where batch_id <> $second")" 0 "$engine: who is now the second file's"
    is "$(sql "select count(*) from event e where not exists (select 1 from identity i where i.customer_id = e.customer_id and i.kind in ('email', 'phone'))")" 0 "$engine: and can be found again"
    exits 0 "$engine: verify is clean" "$REBOUND" verify $NOW
    exits 0 "$engine: then the orders" "$REBOUND" import undo "$second" $NOW
    is "$(dump | grep -vc '^==')" 0 "$engine: nothing is left"

    # ---- the same file again, and a longer one ------------------------------------------------------------------------------------------
    fresh $engine again
    head -c 60000 "$D/orders.csv" | sed '$d' >"$TMP/part.csv"
    imp "$TMP/part.csv" --json $NOW
    imp "$D/orders.csv" --json $NOW
    # an order whose rows were cut by the shorter file is told differently by the longer one; all others are known
    ok "$([ "$(count changed)" -le 1 ]; echo $?)" "$engine: a longer export adds what is new"
    is "$(sql "select count(distinct ext_id) from event where kind in ('order', 'attempt')")" \
        "$(asks "select count(distinct Name) from o where Name not in (select Name from o where $nobody)")" "$engine: each order is there once"
    before=$(dump)
    sed '$a\
' "$D/orders.csv" | tr -d '\r' | sed 's/$/\r/' >"$TMP/crlf.csv"
    imp "$TMP/crlf.csv" --json $NOW
    is "$(count orders)/$(count facts)" "0/0" "$engine: other line ends, the same content: nothing new"
    [ "$(dump)" = "$before" ]
    ok $? "$engine: and nothing changes"
    is "$(sql "select count(*) from import_batch")" 2 "$engine: what brought nothing leaves no batch"

    # ---- a dry run writes nothing ---------------------------------------------------------------------------------------------------------
    fresh $engine dry
    "$REBOUND" init --currency GBP >/dev/null 2>&1
    imp "$D/orders.csv" --json --dry-run $NOW
    dry="$(count rows)/$(count orders)/$(count lines)/$(count customers_new)/$(count refunds)/$(count cancellations)/$(count order_minor)"
    is "$(dump | grep -vc '^==')/$(sql "select count(*) from import_batch")" "0/0" "$engine: a dry run writes nothing"
    imp "$D/orders.csv" --json $NOW
    is "$(count rows)/$(count orders)/$(count lines)/$(count customers_new)/$(count refunds)/$(count cancellations)/$(count order_minor)" "$dry" \
        "$engine: and counts what the import then counts"

    # ---- killed, and gone on with -----------------------------------------------------------------------------------------------------------
    fresh $engine whole
    "$FAST" init --currency GBP >/dev/null 2>&1
    began=$(milliseconds)
    "$FAST" import "$TMP/bigger/orders.csv" $NOW >/dev/null 2>&1
    took=$(($(milliseconds) - began))
    content="select kind, ext_id, amount_minor, day, data, (select count(*) from event_line l where l.event_id = e.event_id and l.customer_id = e.customer_id) from event e order by 1, 2"
    sql "$content" >"$TMP/whole"
    sums=$(sql "select count(*), sum(order_count), sum(net_minor), sum(refunded_minor), sum(purchase_day_count) from customer_summary")
    fresh $engine kill
    "$FAST" init --currency GBP >/dev/null 2>&1
    clean=0
    hit=0
    for k in $(seq "$KILLS"); do
        if [ "$(sql "select count(*) from import_batch where state = 'done'")" = 1 ]; then # it came to its end: begin again
            fresh $engine kill
            "$FAST" init --currency GBP >/dev/null 2>&1
        fi
        at=$((RANDOM * (took + 1) / 32768))
        "$FAST" import "$TMP/bigger/orders.csv" $NOW >/dev/null 2>&1 &
        pid=$!
        sleep "$((at / 1000)).$(printf %03d $((at % 1000)))"
        kill -KILL $pid 2>/dev/null && hit=$((hit + 1))
        wait $pid 2>/dev/null
        rows=$(sql "select coalesce(max(resume_record), 0) from import_batch")
        [ "$engine" = pg ] && for i in $(seq 600); do # the server lets go of the dead client's lock when it notices
            [ "$(sql "select count(*) from pg_locks where locktype = 'advisory'")" = 0 ] && break
            sleep 0.2
        done
        "$FAST" verify $NOW >/dev/null 2>"$TMP/verify" && [ "$(sql "select coalesce(max(resume_record), 0) from import_batch")" -ge "$rows" ] && clean=$((clean + 1))
    done 2>/dev/null
    is "$clean" "$KILLS" "$engine: after each kill -9 verify is clean and what was committed is there"
    [ -z "${REB_KILLS:-}" ] || echo "# $engine: $hit of $KILLS were hit while they ran ($took ms each)"
    exits 0 "$engine: the same file goes on" "$FAST" import "$TMP/bigger/orders.csv" --json $NOW
    sql "$content" | cmp -s - "$TMP/whole"
    ok $? "$engine: nothing is lost, nothing is there twice"
    is "$(sql "select count(*), sum(order_count), sum(net_minor), sum(refunded_minor), sum(purchase_day_count) from customer_summary")" "$sums" \
        "$engine: and sums are the same"
    is "$(sql "select count(*) from import_batch")/$(sql "select state from import_batch")" "1/done" "$engine: one batch, done"
done

# Ctrl-C: whole chunks stay, the exit code says so, the same file goes on and its refused rows are in the file once.
fresh sqlite stop
{
    echo 'order no,date,customer email,amount'
    for i in $(seq 60000); do echo "$i,2026-05-01,c$((i % 5000))@example.com,$((i % 7 == 0 ? 0 : i)).00"; done
} | awk -F, 'BEGIN{OFS=","} NR % 5000 == 0{$4 = "oops"} {print}' >"$TMP/many.csv"
"$REBOUND" import "$TMP/many.csv" $NOW >"$TMP/out" 2>"$TMP/err" &
pid=$!
for i in $(seq 6000); do
    [ "$(sqlite3 "$DB" 'select count(*) from import_batch' 2>/dev/null)" = 1 ] && break
    sleep 0.02
done
kill -INT $pid
wait $pid
rc=$?
if [ $rc -eq 0 ]; then
    skip "the import was faster than Ctrl-C"
else
    is $rc 13 "Ctrl-C: its own exit code"
    like "$("$REBOUND" import list)" 'many.csv +sheet +interrupted' "the list tells that it was stopped"
    exits 0 "verify is clean" "$REBOUND" verify $NOW
    like "$("$REBOUND" today $NOW)" 'Only a part of many.csv is imported' "today says that it knows only a part"
fi
imp "$TMP/many.csv" --json $NOW
is "$(count rows)/$(count orders)/$(count rejected_rows)/$(count customers_seen)" "60000/59988/12/4999" "gone on with, all is there, and every customer counted once"
is "$(sql "select count(*) from event where kind = 'order'")" 59988 "in the store too"
unlike "$("$REBOUND" today $NOW)" 'Only a part' "and today knows all"
is "$(wc -l <"$TMP/many.csv.rejects.csv")" 13 "refused rows are in their file once"
tap_done
