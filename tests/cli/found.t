#!/usr/bin/env bash
# Did Rebound find what was put in? An invented shop, whose truth is known, goes the whole way: its exports are imported, the model is fitted, today's
# list is made; then the truth is opened.
. tests/lib/tap.sh
day=2026-05-01
shop=$TMP/shop
export REBOUND_DB=$TMP/shop.db
rebound=build/rebound # as released: four thousand customers
$rebound demo --out "$shop" --customers 4000 --seed 5 --until $day >/dev/null
$rebound init --currency GBP --timezone Europe/London --language en >/dev/null
truth() { sqlite3 :memory: "select json_extract(readfile('$shop/truth.json'), '\$.$1')"; }

$rebound import "$shop/orders.csv" --json >"$TMP/import.json" 2>/dev/null
ok $? "the orders are imported"
counted() { sqlite3 :memory: "select json_extract(readfile('$TMP/import.json'), '\$.imports[0].counts.$1')"; }
is "$(counted rows)" "$(truth lines)" "all rows"
is "$(counted orders)" "$(($(truth orders) - $(truth walk_ins)))" "all orders of customers"
is "$(counted without_customer_orders)" "$(truth walk_ins)" "the till's orders are counted and given to nobody"
is "$(counted cancellations)" "$(truth cancelled)" "cancelled orders"
is "$(counted refunds)" "$(($(truth refunded) + $(truth part_refunded)))" "orders given back, whole or in part"
is "$(counted customers_new)" 4000 "each customer once, though many share a name"
is "$(counted rejected_rows)" 0 "no row is refused"
$rebound import "$shop/customers.csv" --json >"$TMP/import.json" 2>/dev/null
is "$(counted customers_new)" "$(truth never_ordered)" "the list of customers adds those who never ordered, and no double"
$rebound import "$shop/tickets.csv" --json >"$TMP/import.json" 2>/dev/null
is "$(counted tickets) $(counted customers_new)" "$(truth tickets) 0" "the complaints find their customers"

# The parameters, each within three standard errors of the truth. The unit of the fit is the week, of the truth the day.
$rebound fit --model pnbd --now $day --json >"$TMP/fit.json" 2>/dev/null
ok $? "the model is fitted"
is "$(sqlite3 :memory: "select json_extract(readfile('$TMP/fit.json'), '\$.time_unit')")" week "in weeks"
near() { # near NAME WHERE SCALE: (found - truth) / standard error
    sqlite3 :memory: "with f as (select readfile('$TMP/fit.json') j),
        d as (select json_extract(j, '\$.$2params.$1') * $3 found, json_extract(j, '\$.$2standard_errors.$1') * $3 se from f)
        select abs(found - $4) < 3 * se and se > 0, printf('true %.5g, found %.5g, standard error %.2g', $4, found, se) from d"
}
for p in "r||1|$(truth params.r)" "alpha||7|$(truth params.alpha)" "s||1|$(truth params.s)" "beta||7|$(truth params.beta)" \
    "p|spend.|1|$(truth spend.p)" "q|spend.|1|$(truth spend.q)" "v|spend.|1|$(truth spend.v)"; do
    IFS='|' read -r name where scale value <<<"$p"
    got=$(near "$name" "$where" "$scale" "$value")
    is "${got%%|*}" 1 "$name: ${got#*|}"
done

# Today, for once with more minutes than a day has, so that all who qualify are listed.
$rebound set holdout_percent_call 0 >/dev/null
$rebound today --now ${day}T10:00Z --minutes 100000 --peek --json >"$TMP/today.json" 2>/dev/null
sqlite3 "$TMP/truth.db" ".import --csv $shop/truth.csv truth" "create table item as
    select json_extract(value, '\$.kind') kind, json_extract(value, '\$.customer.phone') phone, json_extract(value, '\$.still_customer.value') p
    from json_each(readfile('$TMP/today.json'), '\$.items')"
ask() { sqlite3 "$TMP/truth.db" "$1"; }
ok "$([ "$(ask "select count(*) from item where kind = 'call'")" -ge 300 ]; echo $?)" "some hundreds drift away ($(ask "select count(*) from item where kind = 'call'"))"
is "$(ask "select count(*) from item where phone not in (select phone from truth)")" 0 "everybody on the list is known"
said=$(ask "select printf('foretold %.3f, really %.3f, of %d', avg(p), avg(t.alive), count(*)) from item i join truth t using (phone) where kind = 'call'")
is "$(ask "select abs(avg(p) - avg(t.alive)) < 4 * sqrt(avg(p * (1 - p)) / count(*)) from item i join truth t using (phone) where kind = 'call'")" 1 \
    "those to call: still customers: $said"
recent="t.alive = 0 and t.died_day > date('$day', '-120 days')"
is "$(ask "select (select avg($recent) from truth t join item i using (phone) where kind = 'call')
         > 1.6 * (select avg($recent) from truth t where phone not in (select phone from item where kind = 'call'))")" 1 \
    "who left within four months is found there far more often than elsewhere"
is "$(ask "select avg(t.alive) > 0.88 from item i join truth t using (phone) where kind <> 'call'")" 1 "while the others on the list are still customers"
tap_done
