#!/bin/bash
# The mathematics in sqlite3's own shell: rebound_sqlite.so gives the doubles of the C library, bit for bit.
. tests/lib/tap.sh
SO=build/rebound_sqlite.so
if ! command -v sqlite3 >/dev/null; then skip "sqlite3 is not installed"; tap_done; exit; fi
sql() { sqlite3 :memory: ".load $SO" "$@" 2>&1; }

is "$(sql "SELECT count(*) FROM (SELECT DISTINCT name FROM pragma_function_list WHERE name LIKE 'reb\_%' ESCAPE '\\')")" 23 "all functions are registered"
is "$(sql "SELECT reb_pnbd_p_alive(.5,1,1,1,0,NULL,3) IS NULL")" 1 "NULL in, NULL out"
is "$(sql "SELECT reb_pnbd_p_alive(.5,1,1,1,2,9,3) IS NULL")" 1 "a history outside the domain gives NULL"
is "$(sql "SELECT reb_gg_expected(2,.5,10,0,NULL) IS NULL, reb_gg_expected(2,.5,10,0,0) IS NULL")" "1|1" "an infinite mean gives NULL"
like "$(sql "SELECT reb_pnbd_p_alive(-1,1,1,1,2,1,3)")" 'argument 1 \(r\) is outside' "a bad parameter is an error that names it"
like "$(sql "SELECT reb_bgnbd_pmf(1,1,1,1,.5,3,2,1,3)")" 'argument 5 \(k\) is outside' "so is k, if it is not whole"
like "$(sql "SELECT reb_bgnbd_expected(1,1,1,1,'soon',2,1,3)")" 'argument 5 \(horizon\) is not a number' "text is refused by the argument's name"
is "$(sql "CREATE TABLE c(x,t_x,t); CREATE INDEX i ON c(reb_mbgnbd_p_alive(.5,43.,.9,1.6,x,t_x,t)); INSERT INTO c VALUES(2,30,60); SELECT count(*) FROM c WHERE reb_mbgnbd_p_alive(.5,43.,.9,1.6,x,t_x,t) > .5")" 1 "deterministic: it may stand in an index"

# Bit for bit: the C side prints statements with its own results as 17 digits; each must be equal to what SQLite computes.
if [ -x build/tests/num/test_sqlite_cases ]; then
    build/tests/num/test_sqlite_cases --sql >"$TMP/cases.sql"
    is "$(sqlite3 :memory: ".load $SO" ".read $TMP/cases.sql" 2>&1 | sort | uniq -c | awk '{print $2, ($1 > 1000)}')" "1 1" "more than a thousand results equal to the C library's, bit for bit"
else
    skip "build/tests/num/test_sqlite_cases is not built"
fi
tap_done
