#!/usr/bin/env bash
# The invented shop: whole, the same for the same seed, true to its own sums, and never written over something.
. tests/lib/tap.sh

make_demo() { # make_demo DIR CUSTOMERS SEED
    "$REBOUND" demo --out "$1" --customers "$2" --seed "$3" --until 2026-11-21
}
ask() { sqlite3 "$TMP/check.db" "$1"; }

like "$(make_demo "$TMP/a" 300 7)" 'orders.csv +[0-9]+ orders in [0-9]+ rows' "the demo tells what it wrote"
make_demo "$TMP/b" 300 7 >/dev/null
make_demo "$TMP/c" 300 8 >/dev/null
diff -r "$TMP/a" "$TMP/b" >/dev/null
ok $? "equal seeds give equal files"
! cmp -s "$TMP/a/orders.csv" "$TMP/c/orders.csv"
ok $? "another seed gives another shop"

before=$(cksum <"$TMP/a/orders.csv")
exits 5 "files that are there already are a conflict" make_demo "$TMP/a" 300 7
is "$(cksum <"$TMP/a/orders.csv")" "$before" "and they stay as they are"
mkdir "$TMP/half"
echo mine >"$TMP/half/tickets.csv"
exits 5 "also when only one of them is there" make_demo "$TMP/half" 300 7
is "$(ls "$TMP/half")" tickets.csv "then nothing is left behind"
exits 2 "a demo needs a folder" "$REBOUND" demo
exits 2 "and a date that exists" "$REBOUND" demo --out "$TMP/x" --until 2026-02-30
exits 2 "and at least one customer" "$REBOUND" demo --out "$TMP/x" --customers 0
exits 0 "one customer is a shop" make_demo "$TMP/one" 1 1
[ "$(head -c 1 < <("$REBOUND" demo --json --out "$TMP/j" --customers 10 --now 2026-05-01 2>/dev/null))" = "{" ]
ok $? "--json prints a document"
is "$(sed 's/.*"until":"\([^"]*\)".*/\1/' "$TMP/j/truth.json")" 2026-05-01 "without --until the exports end at --now"

# The sums of the files against the truth beside them.
for t in orders customers tickets feedback truth; do
    sqlite3 "$TMP/check.db" ".import --csv $TMP/a/$t.csv $t" 2>>"$TMP/import.err"
done
is "$(cat "$TMP/import.err")" "" "every row has the columns of its header"
truth() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$TMP/a/truth.json"; }
is "$(ask "select count(*) from orders")" "$(truth lines)" "lines"
is "$(ask "select count(*) from orders where \"Created at\" <> ''")" "$(truth orders)" "orders"
is "$(ask "select count(*) from orders where \"Cancelled at\" <> ''")" "$(truth cancelled)" "cancelled orders"
is "$(ask "select count(*) from orders where \"Financial Status\" = 'refunded' and \"Refunded Amount\" = Total")" "$(truth refunded)" "orders given back whole"
is "$(ask "select count(*) from orders where \"Created at\" <> '' and Email = '' and Phone = ''")" "$(truth walk_ins)" "orders without a customer"
is "$(ask "select cast(round(sum((cast(Total as real) - cast(\"Refunded Amount\" as real)) * 100)) as integer) from orders
           where \"Financial Status\" in ('paid', 'partially_refunded') and (Email <> '' or Phone <> '')")" "$(truth purchased_minor)" "what was bought and kept, in pence"
is "$(ask "select count(*) from (select Name from orders group by Name
           having abs(sum(\"Lineitem quantity\" * \"Lineitem price\") - max(cast(\"Discount Amount\" as real)) - max(cast(Subtotal as real))) > 0.001)")" \
    0 "the lines of each order add up to it"
is "$(ask "select count(*) from truth")" 300 "truth speaks of each customer"
is "$(ask "select sum(alive) from truth")" "$(truth alive)" "alive"
is "$(ask "select count(*) - count(distinct Phone) from customers")" 0 "no two customers share a telephone number"
is "$(ask "select count(*) - count(distinct Email) from customers where Email <> ''")" 0 "nor an e-mail address"
is "$(ask "select count(distinct language) from truth")" 4 "names in four languages"
is "$(ask "select count(*) from truth t left join
    (select coalesce(nullif(Email, ''), Phone) who, count(distinct substr(\"Created at\", 1, 10)) - 1 x, min(substr(\"Created at\", 1, 10)) a, max(substr(\"Created at\", 1, 10)) z
     from orders where \"Financial Status\" in ('paid', 'partially_refunded') group by 1) o
    on o.who = coalesce(nullif(t.email, ''), t.phone) where o.x is null or o.x <> t.repeat_days or o.a <> t.first_day or o.z <> t.last_day")" \
    0 "the orders of each customer are what truth.csv says"

# Memory does not grow with the shop: forty thousand customers on the heap of ten thousand.
(ulimit -d 16000 && build/rebound demo --out "$TMP/large" --customers 40000 --seed 1 >/dev/null 2>"$TMP/err")
ok $? "forty thousand customers within 16 MB of data"
tap_done
