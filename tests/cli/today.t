#!/usr/bin/env bash
# From an invented shop to today's list, on either engine: the list, the answers to it, hold-outs, several processes at once, kill -9 in a fit.
. tests/lib/tap.sh
. tests/lib/pg.sh
command -v python3 >/dev/null && json() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"; } ||
    json() { echo "no python"; }

"$REBOUND" demo --out "$TMP/shop" --customers 600 --seed 11 --until 2026-05-01 >/dev/null
run() { "$REBOUND" --db "$DB" --now "${NOW:-2026-05-01}" "$@"; }

whole_way() { # whole_way ENGINE
    local e=$1
    exits 7 "$e: nothing to fit before an import" run fit
    like "$(run today)" 'no purchases yet' "$e: today says what to do first"
    like "$(run summary)" 'no fit as of this day' "$e: so does summary"
    run import "$TMP/shop/orders.csv" >/dev/null 2>&1
    run import "$TMP/shop/customers.csv" >/dev/null 2>&1
    run fit --model pnbd --json >"$TMP/fit.$e" 2>"$TMP/progress"
    like "$(cat "$TMP/fit.$e")" '"model":"pnbd","chosen_because":"forced"' "$e: a model that was asked for"
    unlike "$(cat "$TMP/fit.$e")" '(nan|inf)' "$e: no figure is out of bounds"
    like "$(run fit 2>/dev/null)" 'Judged on the past' "$e: a fit tells how it did on the past"
    exits 2 "$e: an unknown model" run fit --model best
    like "$(cat "$TMP/err")" 'pnbd, bgnbd or mbgnbd' "$e: and what there is"
    run set holdout_percent_call 0 >/dev/null
    run set holdout_percent_feedback 0 >/dev/null
    run set holdout_percent_neglected 0 >/dev/null
    run today --minutes 300 --json >"$TMP/today.$e"
    run today --minutes 300 --json >"$TMP/again.$e"
    is "$(cat "$TMP/today.$e")" "$(cat "$TMP/again.$e")" "$e: the same question, the same list"
    sed -E 's/"(id|fit_id|item)":"[^"]*"/"\1":"-"/g' "$TMP/today.$e" >"$TMP/list.$e"
    run summary --json | sed -E 's/"(fit_id|made_at)":"[^"]*"/"\1":"-"/g' >"$TMP/summary.$e"
    like "$(run summary)" 'Losing one customer costs' "$e: summary"
    local item act i
    item=$(sed 's/.*"items":\[{"item":"\([a-z0-9]*\)".*/\1/' "$TMP/today.$e")
    act=$(run done "$item" --note "by mistake" --json | sed 's/.*"event_id":"\([0-9]*\)".*/\1/')
    unlike "$(run today --minutes 300 --peek --json)" "\"$item\"" "$e: what is done is off the list"
    exits 0 "$e: taken back" run undo "$act"
    is "$(run today --minutes 300 --json)" "$(cat "$TMP/today.$e")" "$e: ... and today is, to the byte, what it was"
    like "$(run undo "$act")" 'taken back before' "$e: taken back twice is once"
    act=$(run done "$item" --note "by mistake again" --json | sed 's/.*"event_id":"\([0-9]*\)".*/\1/')
    for i in 1 2 3 4; do run undo "$act" >"$TMP/undo.$i" 2>&1 & done
    wait
    is "$(cat "$TMP"/undo.[1-4] | grep -c 'as if it had not')" 1 "$e: by four at once it is taken back once"
    run done "$item" --note "killed" --json | sed 's/.*"event_id":"\([0-9]*\)".*/\1/' >"$TMP/act"
    run undo "$(cat "$TMP/act")" >/dev/null 2>&1 &
    kill -9 $! 2>/dev/null
    wait 2>/dev/null
    exits 0 "$e: killed while taking back, and asked again" run undo "$(cat "$TMP/act")"
    is "$(run today --minutes 300 --json)" "$(cat "$TMP/today.$e")" "$e: ... today is as it was"
    exits 4 "$e: an act that is none" run undo 17
    exits 2 "$e: undo names an act" run undo "$item"
    exits 0 "$e: done" run done "$item" --note "talked"
    like "$(run done "$item" --note "talked")" 'noted already' "$e: done twice is done once"
    unlike "$(NOW=2026-05-02 run today --minutes 300 --json)" "\"$item\"" "$e: not on tomorrow's list"
    item=$(NOW=2026-05-02 run today --minutes 300 --json | sed 's/.*"items":\[{"item":"\([a-z0-9]*\)".*/\1/')
    exits 2 "$e: not-now needs a day" run not-now "$item" --why "away"
    NOW=2026-05-02 exits 0 "$e: not now" run not-now "$item" --until 2026-05-09 --why "away"
    unlike "$(NOW=2026-05-08 run today --minutes 100000 --peek --json)" "\"$item\"" "$e: until that day it is away"
    item=$(NOW=2026-05-08 run today --minutes 300 --json | sed 's/.*"items":\[{"item":"\([a-z0-9]*\)".*/\1/')
    NOW=2026-05-08 exits 0 "$e: wrong" run wrong "$item" --why "is my sister"
    unlike "$(NOW=2026-05-09 run today --minutes 100000 --peek --json)" "\"$item\"" "$e: what was wrong stays away"
    exits 4 "$e: an item that is none" run done zzzzzz
    like "$(run verify)" 'sound' "$e: the database is sound"
}

# Hold-outs drawn by four processes at once: nobody twice, nobody in both arms.
at_once() { # at_once ENGINE
    local e=$1 i
    run set holdout_percent_call 20 >/dev/null
    run set holdout_salt "$e" >/dev/null
    for i in 1 2 3 4; do NOW=2026-05-10 run today --minutes 2000 --json >"$TMP/at_once.$i" 2>"$TMP/at_once_err.$i" & done
    wait
    for i in 2 3 4; do
        is "$(sed 's/"made_now":[a-z]*//; s/"fit_id":"[0-9]*"//' "$TMP/at_once.$i")" "$(sed 's/"made_now":[a-z]*//; s/"fit_id":"[0-9]*"//' "$TMP/at_once.1")" "$e: process $i reads what the first one reads"
    done
    is "$(cat "$TMP"/at_once_err.*)" "" "$e: and none fails"
    is "$(sql "select count(*) from event a join event b on a.customer_id = b.customer_id and a.ext_id = b.ext_id where a.kind = 'held_out' and b.kind = 'shown'")" 0 "$e: nobody is in both arms"
    like "$(cat "$TMP/at_once.1")" '"held_out":\{"call":[1-9]' "$e: some are held out, told by number alone"
}

DB=$TMP/t.db
sql() { sqlite3 -cmd '.timeout 10000' "$DB" "$1"; }
"$REBOUND" --db "$DB" init --currency GBP --timezone Europe/London >/dev/null
whole_way sqlite
at_once sqlite

# kill -9 in the middle of a fit leaves the fit before it, or the new one, whole.
killed=0
for i in 1 2 3 4 5 6 7 8; do
    "$REBOUND" --db "$DB" --now "2026-05-1$i" fit >/dev/null 2>&1 & # not `run`: the shell around it would be killed, and the fit go on
    pid=$!
    perl -e 'select undef, undef, undef, '"0.0$i"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    [ "$(sql "select count(*) from model_fit where current = 1")" = 1 ] || break
    [ "$(sql "select count(distinct fit_id) from score")" = 1 ] || break
done
is "$i" 8 "killed $killed times in a fit: one current fit, one set of scores each time"
like "$(NOW=2026-05-20 run verify)" 'sound' "and the database is sound"

if [ -n "${REB_TEST_PG:-}" ]; then
    DB=$(pg_database cli_today)
    sql() { psql -qXAt "$DB" -c "$1"; }
    "$REBOUND" --db "$DB" init --currency GBP --timezone Europe/London >/dev/null
    whole_way pg
    at_once pg
    is "$(cat "$TMP/list.pg")" "$(cat "$TMP/list.sqlite")" "the same list on both engines, to the last figure"
    is "$(cat "$TMP/summary.pg")" "$(cat "$TMP/summary.sqlite")" "the same summary"
else
    skip "PostgreSQL is not running for this test"
fi

# As of an old day: what was imported of later days changes neither fit, list nor summary.
awk 'BEGIN { print "order,date,email,amount"; for (c = 1; c <= 60; c++) for (d = c; d <= 330; d += 3 + c % 17 + (c * d) % 5)
    printf "%d,%s,c%d@example.com,%d.50\n", ++n, strftime("%Y-%m-%d", 1735732800 + 86400 * d, 1), c, 10 + (c * d) % 40 }' >"$TMP/all.csv"
awk -F, 'NR == 1 || $2 <= "2025-09-01"' "$TMP/all.csv" >"$TMP/until.csv"
echo "9999,2025-09-02,late@example.com,5.00" >>"$TMP/all.csv"
for part in until all; do
    DB=$TMP/asof_$part.db
    "$REBOUND" --db "$DB" init --currency EUR --timezone UTC >/dev/null
    NOW=2026-01-01 run import "$TMP/$part.csv" >/dev/null 2>&1
    for what in fit summary "today --minutes 200"; do NOW=2025-09-01 run $what --json 2>/dev/null | sed -E 's/"(id|fit_id|made_at|item)":"[^"]*"/"\1":"-"/g'; done >"$TMP/asof_$part"
done
is "$(cat "$TMP/asof_all")" "$(cat "$TMP/asof_until")" "as of an old day nothing later counts: fit, summary, today"
like "$(cat "$TMP/asof_all")" '"purchase_days":[0-9]{3}' "and there was something to learn from"

# Money given back without a word of its order is no sale either.
DB=$TMP/back.db
"$REBOUND" --db "$DB" init --currency EUR --timezone UTC >/dev/null
printf 'order,date,email,amount\n1,2026-03-01,ann@example.com,50.00\n2,2026-03-09,bob@example.com,20.00\nR1,2026-03-20,ann@example.com,-12.50\n' >"$TMP/back.csv"
NOW=2026-04-01 run import "$TMP/back.csv" >/dev/null 2>&1
NOW=2026-04-01 run fit >/dev/null 2>&1
like "$(NOW=2026-04-01 run summary --json)" '"revenue_year_minor":5750,' "a refund that names no order is taken from the sales of the year"
like "$(NOW=2026-03-19 run summary --json)" '"revenue_year_minor":7000,' "from its day on"

# Purchases of which no amount is known: nothing is made up, and that is said.
awk -F, 'BEGIN { OFS = "," } { print $1, $2, $3 }' "$TMP/all.csv" >"$TMP/bare.csv"
DB=$TMP/bare.db
"$REBOUND" --db "$DB" init --currency EUR --timezone UTC >/dev/null
like "$(NOW=2026-01-01 run import "$TMP/bare.csv" 2>&1)" 'No column tells an amount' "an import without amounts says so"
like "$(NOW=2025-12-20 run today --minutes 600 2>&1)" 'No amounts are known' "so does today"

# Real data: Pareto/NBD on CDNOW as published.
if [ -r "$SHARED/cdnow/CDNOW_master.txt" ]; then
    DB=$TMP/cdnow.db
    "$REBOUND" --db "$DB" init --currency USD >/dev/null
    if "$REBOUND" --db "$DB" import "$SHARED/cdnow/CDNOW_master.txt" >"$TMP/out" 2>&1; then
        NOW=1997-09-30 run fit --model pnbd --json >"$TMP/fit" 2>/dev/null
        like "$(cat "$TMP/fit")" '"log_likelihood":-95415\.11[89]' "CDNOW, imported: log-likelihood -95415.119"
        like "$(cat "$TMP/fit")" '"params":\{"r":0\.5974[0-9]*,"alpha":11\.585[0-9]*,"s":0\.5221[0-9]*,"beta":8\.82[0-9]*\}' "and the published parameters"
        like "$(NOW=1997-10-01 run today)" 'buys every [0-9]+ days on average and has been silent for' "today names those who are silent against their own rhythm"
        NOW=1997-10-01 run today --json | sed -E 's/"(id|fit_id|item)":"[^"]*"/"\1":"-"/g' >"$TMP/cdnow.sqlite"
        like "$(cat "$TMP/cdnow.sqlite")" '"held_out":\{[^}]*[1-9]' "some are left alone, ten in a hundred unless told otherwise"
        if [ -n "${REB_TEST_PG:-}" ]; then
            DB=$(pg_database cli_cdnow)
            "$REBOUND" --db "$DB" init --currency USD >/dev/null
            "$REBOUND" --db "$DB" import "$SHARED/cdnow/CDNOW_master.txt" >/dev/null 2>&1
            NOW=1997-09-30 run fit --model pnbd --json 2>/dev/null | sed -E 's/"(fit_id|made_at)":"[^"]*"/"\1":"-"/g' >"$TMP/fit.pg"
            is "$(cat "$TMP/fit.pg")" "$(sed -E 's/"(fit_id|made_at)":"[^"]*"/"\1":"-"/g' "$TMP/fit")" "the same fit on PostgreSQL, to the last digit"
            NOW=1997-10-01 run today --json | sed -E 's/"(id|fit_id|item)":"[^"]*"/"\1":"-"/g' >"$TMP/cdnow.pg"
            is "$(cat "$TMP/cdnow.pg")" "$(cat "$TMP/cdnow.sqlite")" "and the same list, with the same people left alone"
        fi
    else
        skip "CDNOW needs a mapping: $(head -2 "$TMP/out" | tr '\n' ' ')"
    fi
else
    skip "CDNOW is not here"
fi
tap_done
