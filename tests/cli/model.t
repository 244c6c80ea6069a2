#!/usr/bin/env bash
# The models on a bare table, without any store.
. tests/lib/tap.sh

member() { grep -o "\"$1\":\(\"[^\"]*\"\|[^,}]*\)" | head -1 | cut -d: -f2-; } # the first of that name
near() { # near GOT WANT TOLERANCE NAME
    awk -v g="$1" -v w="$2" -v t="$3" 'BEGIN { d = g - w; exit !(g != "" && (d < 0 ? -d : d) <= t) }'
    ok $? "$4 ($1)"
}

# Histories, some many times over, in days.
printf 'x,t_x,T,n\n0,0,200,60\n1,40,210,25\n1,150,180,9\n2,90,220,14\n3,190,200,8\n5,120,220,5\n9,215,220,3\n' >"$TMP/h.csv"

fit=$("$REBOUND" model fit "$TMP/h.csv" --model mbgnbd --json)
is "$(member status <<<"$fit")" '"converged"' "a fit with its status"
is "$(member customers <<<"$fit")" 124 "n is counted"
is "$(member model <<<"$fit")" '"mbgnbd"' "and its model"
like "$fit" '"params":\{"r":[0-9.e-]+,"alpha":[0-9.e-]+,"a":[0-9.e-]+,"b":[0-9.e-]+\}' "parameters by name"
like "$fit" '"standard_errors":\{"r":[0-9]' "standard errors"
awk -F, 'NR == 1 { print "T;x;t_x" } NR > 1 { for (k = 0; k < $4; k++) print $3 ";" $1 ";" $2 }' "$TMP/h.csv" >"$TMP/long.csv"
near "$("$REBOUND" model fit "$TMP/long.csv" --model mbgnbd --json | member log_likelihood)" "$(member log_likelihood <<<"$fit")" 1e-8 \
    "the same without counts, columns in another order, semicolons"
awk -F, 'BEGIN { OFS = "," } NR > 1 { $2 = sprintf("%.17g", $2 / 7); $3 = sprintf("%.17g", $3 / 7) } 1' "$TMP/h.csv" >"$TMP/weeks.csv"
near "$("$REBOUND" model fit "$TMP/weeks.csv" --model mbgnbd --json | member r)" "$(member r <<<"$fit")" 1e-6 "the same in weeks"
like "$("$REBOUND" model fit "$TMP/h.csv" --model pnbd)" '^pnbd: .*124 customers' "a fit in words"
unlike "$("$REBOUND" model fit "$TMP/h.csv" --model bgnbd --prior --json)" '"prior":"none"' "a fit with the prior says so"

# Published parameters and a customer of the papers, in weeks: two repeat purchases, the last after 30.43 of 38.86 weeks.
printf 'x,t_x,T\n2,30.43,38.86\n0,0,38.86\n2,40,38.86\n' >"$TMP/one.csv"
score=$("$REBOUND" model score "$TMP/one.csv" --model bgnbd --unit-days 7 --horizon 39 --json \
    --params '{"r":0.243,"alpha":4.414,"a":0.793,"b":2.426}' 2>"$TMP/err")
near "$(member expected <<<"${score%%\},\{*}")" 1.226 0.0005 "expected purchases of the paper's customer in 39 weeks"
like "$score" '"x":0,"t_x":0,"T":38.86,"p_alive":1,' "the second row"
like "$score" '"t_x":40,"T":38.86,"p_alive":null,"expected":null,"dert":null' "a row that is no history has no score"
like "$(cat "$TMP/err")" '^1 of 3 rows' "and is told of"
unlike "$score" 'nan|inf' "and stops nobody"
is "$("$REBOUND" model score "$TMP/one.csv" --model pnbd --params '{"r":1,"alpha":1,"s":1,"beta":1}' 2>/dev/null | head -1)" \
    x,t_x,T,p_alive,expected,dert "scores as a table"
is "$("$REBOUND" model score "$TMP/h.csv" --model mbgnbd --json | member status)" '"converged"' "score fits first, where no parameters are given"

printf 'x,t_x,T\n0,0,20\n0,0,30\n' >"$TMP/two.csv"
is "$("$REBOUND" model fit "$TMP/two.csv" --model pnbd --json | member status)" '"too little data"' "two customers are too little, and said to be"
awk 'BEGIN { print "x,t_x,T"; for (i = 0; i < 200; i++) print "4,80,100" }' >"$TMP/same.csv"
is "$("$REBOUND" model fit "$TMP/same.csv" --model pnbd --json | member status)" '"boundary"' "no finite optimum, and said so"

printf 'x,t_x,T\n1,2,3\nfoo,1,2\n' >"$TMP/bad.csv"
exits 3 "a word for a number" "$REBOUND" model fit "$TMP/bad.csv" --model pnbd
like "$(cat "$TMP/err")" 'line 3, column x: "foo"' "with line and column"
printf 'a,b\n1,2\n' >"$TMP/bad.csv"
exits 3 "no such columns" "$REBOUND" model fit "$TMP/bad.csv" --model pnbd
printf 'x,t_x,T\n' >"$TMP/bad.csv"
exits 3 "a header alone" "$REBOUND" model fit "$TMP/bad.csv" --model pnbd
printf 'x,t_x,T\n1,0x10,3\n' >"$TMP/bad.csv"
exits 3 "hexadecimal" "$REBOUND" model fit "$TMP/bad.csv" --model pnbd
printf 'x,t_x,T\n1,9,3\n' >"$TMP/bad.csv"
exits 3 "no history among the rows" "$REBOUND" model fit "$TMP/bad.csv" --model pnbd
exits 4 "no such file" "$REBOUND" model fit "$TMP/none.csv" --model pnbd
exits 2 "no model" "$REBOUND" model fit "$TMP/h.csv"
exits 2 "an unknown model" "$REBOUND" model fit "$TMP/h.csv" --model nbd
exits 2 "neither fit nor score" "$REBOUND" model guess "$TMP/h.csv" --model pnbd
exits 2 "a parameter too few" "$REBOUND" model score "$TMP/h.csv" --model pnbd --params '{"r":1,"alpha":1,"s":1}'
exits 2 "a parameter out of range" "$REBOUND" model score "$TMP/h.csv" --model pnbd --params '{"r":1,"alpha":-1,"s":1,"beta":1}'
exits 2 "no JSON" "$REBOUND" model score "$TMP/h.csv" --model pnbd --params 'r=1'
exits 2 "a horizon that is none" "$REBOUND" model score "$TMP/h.csv" --model pnbd --horizon soon

# The whole of CDNOW, as published.
if [ -r "$SHARED/cdnow/CDNOW_master.txt" ]; then
    awk 'function day(s,  y, m, d, e, a) { y = substr(s, 1, 4) + 0; m = substr(s, 5, 2) + 0; d = substr(s, 7, 2) + 0
             if (m <= 2) { y--; m += 12 }
             return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d }
         function put() { if (id != "") printf "%d,%.17g,%.17g\n", x, (last - first) / 7, (end - first) / 7 }
         BEGIN { end = day("19970930"); print "x,t_x,T" }
         $1 ~ /^[0-9]+$/ { now = day($2)
             if ($1 != id) { put(); id = $1; x = 0; first = last = now }
             else if (now != last && now <= end) { x++; last = now } }
         END { put() }' "$SHARED/cdnow/CDNOW_master.txt" >"$TMP/cdnow.csv"
    fit=$("$REBOUND" model fit "$TMP/cdnow.csv" --model pnbd --json)
    near "$(member log_likelihood <<<"$fit")" -95415.119 0.0005 "CDNOW, Pareto/NBD: the published log-likelihood"
    near "$(member r <<<"$fit")" 0.59742 0.00001 "r"
    near "$(member alpha <<<"$fit")" 11.58566 0.00001 "alpha"
else
    skip "CDNOW is not here"
fi
tap_done
