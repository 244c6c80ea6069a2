#!/usr/bin/env bash
# Real files, with figures that other programs count in them.
. tests/lib/tap.sh
. tests/cli/import.sh
[ -x build/rebound ] && REBOUND=build/rebound # the released program: these files are large
if [ ! -d "$SHARED" ]; then
    skip "the real data ($SHARED) is not here"
    tap_done
    exit
fi

# ---- Online Retail: 541,909 lines --------------------------------------------------------------------------------------------------------
# Counted by an independent script: 18,536 invoices with a customer, 3,654 cancelled ones (C...), 135,080 lines without customer.
online=$SHARED/online_retail/onlineretail.csv.gz
zcat "$online" >"$TMP/retail.csv"
for engine in $(engines); do
    fresh $engine retail
    file=$online
    if [ "$engine" = pg ]; then # a part is enough there
        head -100001 "$TMP/retail.csv" >"$TMP/retail_part.csv"
        file=$TMP/retail_part.csv
    fi
    exits 0 "$engine: Online Retail is imported" "$REBOUND" import "$file" --json
    if [ "$engine" = sqlite ]; then
        is "$(count rows)/$(count orders)/$(count order_parts)/$(count returns)/$(count lines)" "541909/18536/1/3654/406829" "$engine: rows, orders, cancelled invoices, lines"
        is "$(count without_customer_lines)" 135080 "$engine: lines without a customer"
        is "$(count customers_new)/$(count rejected_rows)" "4372/0" "$engine: customers; nothing is refused"
        is "$(sql "select count(*) from event where kind = 'order'")/$(sql "select count(*) from event_line")/$(sql "select count(*) from customer")" \
            "18536/406829/4372" "$engine: the store has what was told"
        is "$(sql "select sum(amount_minor) from event where kind in ('order', 'order_part')")" 891140790 "$engine: orders are worth 8,911,407.90"
        is "$(sql "select sum(amount_minor) from event where kind = 'refund'")" 61134209 "$engine: and 611,342.09 came back"
        is "$(sql "select count(*) from event e join event_line l on l.customer_id = e.customer_id and l.event_id = e.event_id where e.kind = 'refund' and e.ref_id <> 0")" 2937 \
            "$engine: 2,937 cancelled lines have an earlier one of the same customer, article and quantity"
    fi
    is "$(sql "select count(*) from event_line l join event r on r.customer_id = l.customer_id and r.event_id = l.event_id
               where r.kind = 'refund' and r.ref_id <> 0 and not exists (select 1 from event_line o where o.customer_id = r.customer_id and o.event_id = r.ref_id
               and o.sku = l.sku and o.quantity_milli = -l.quantity_milli)")" 0 "$engine: each link is to an order with that article and quantity"
    first=$(batch)
    before=$(dump | cksum)
    exits 0 "$engine: again" "$REBOUND" import "$file" --json
    is "$(dump | cksum)/$(sql "select count(*) from import_batch")" "$before/1" "$engine: nothing changes"
    if [ "$engine" = sqlite ]; then
        exits 0 "$engine: again, unpacked: row by row" "$REBOUND" import "$TMP/retail.csv" --json
        is "$(count orders)/$(count refunds)/$(count facts)" "0/0/0" "$engine: all of it is known"
        is "$(dump | cksum)/$(sql "select count(*) from import_batch")" "$before/1" "$engine: nothing changes"
    fi
    exits 0 "$engine: verify is clean" "$REBOUND" verify
    exits 0 "$engine: undone" "$REBOUND" import undo "$first"
    is "$(dump | grep -vc '^==')" 0 "$engine: empty"
done
rm -f "$TMP/retail.csv"

# ---- CDNOW: recognised, and with a mapping of three lines -----------------------------------------------------------------------------------
for engine in $(engines); do
    fresh $engine cdnow
    exits 0 "$engine: CDNOW is recognised" "$REBOUND" import "$SHARED/cdnow/CDNOW_master.txt" --json
    is "$(count orders)/$(count customers_new)/$(count order_minor)" "69659/23570/250031563" "$engine: 69,659 purchases of 23,570 customers"
    is "$(sql "select sum(purchase_day_count), sum(order_count), min(first_day), max(last_day) from customer_summary")" "67591|69659|9862|10407" \
        "$engine: 67,591 purchase days, 1997-01-01 to 1998-06-30"
    days=$(sql "select count(*), sum(day), sum(amount_minor) from purchase_day")
done
printf 'customer = customer_id\ndate = date\namount = dollar_value\n' >"$TMP/three.map"
fresh sqlite mapped
exits 0 "CDNOW with a mapping of three lines" "$REBOUND" import "$SHARED/cdnow/CDNOW_master.txt" --map "$TMP/three.map" --json
is "$(sql "select count(*), sum(day), sum(amount_minor) from purchase_day")" "$days" "gives the same purchase days"

# ---- others ------------------------------------------------------------------------------------------------------------------------------------
fresh sqlite iran
exits 0 "the Iranian shop" "$REBOUND" import "$SHARED/iran_shop_sample/sample_300.csv" --json
is "$(count orders)/$(count rejected_rows)" "300/0" "300 orders"
like "$(cat "$TMP/out")" '"dates":"month/day/year' "month before day, as the whole file shows"
like "$(cat "$TMP/out")" '"currency":"IRR' "rial, since its second date is Solar Hijri"
is "$(sql "select currency, count(*) from event group by 1")" "IRR|300" "no decimals in rial"
printf 'order_id = order_id\ndate = shamsy_date\ncustomer = customer_id\ntotal = total_purchase\ncurrency = IRR\n' >"$TMP/solar.map"
fresh sqlite solar
imp "$SHARED/iran_shop_sample/sample_300.csv" --map "$TMP/solar.map" --json
solar=$(sql "select ext_id, day from event order by 1")
is "$(count orders)" 300 "by its Solar Hijri column"
fresh sqlite iran2
imp "$SHARED/iran_shop_sample/sample_300.csv" --json
is "$(sql "select ext_id, day from event order by 1" | diff - <(echo "$solar") | grep -c '^>')" 0 "each order lies on the same day by either column"

fresh sqlite grocery
exits 0 "grocery" "$REBOUND" import "$SHARED/grocery/groceryElog.csv" --json
is "$(count orders)/$(count customers_new)" "10483/1525" "purchases without amounts"
fresh sqlite olist
exits 0 "Olist" "$REBOUND" import "$SHARED/olist_orders/orders_4998.csv" --json
is "$(count orders)/$(count unpaid)/$(count cancellations)" "4974/24/25" "orders, unavailable ones, cancelled ones"
fresh sqlite zendesk
for f in organizations users tickets; do exits 0 "Zendesk $f" "$REBOUND" import "$SHARED/exports/zendesk/$f.json" --json --rejects "$TMP/r.csv"; done
is "$(sql "select kind, count(*) from customer group by 1 order by 1")" "organisation|25
person|76" "organisations and persons; one ticket is from nobody of them"
is "$(sql "select count(*) from event where kind = 'ticket'")" 200 "200 tickets"
fresh sqlite cards
bad=0
for f in "$SHARED"/exports/vcard/*.vcf; do imp "$f" --json --rejects "$TMP/r.csv" && [ "$(count customers_seen)" -ge 1 ] && [ "$(count rejected_rows)" = 0 ] || bad=$((bad + 1)); done
is $bad 0 "the cards of 15 programs"
tap_done
