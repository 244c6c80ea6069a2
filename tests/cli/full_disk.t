#!/usr/bin/env bash
# A disk that is full: the process may not make files larger than so many KB, which fails the same writes. It is told, nothing is
# half done, and with room again the same command goes on.
. tests/lib/tap.sh
unset REBOUND_DB
"$REBOUND" demo --out "$TMP/demo" --customers 200 --seed 7 --until 2026-05-01 >/dev/null
"$REBOUND" init --db "$TMP/empty.db" --currency GBP --timezone Europe/London >/dev/null
cp "$TMP/empty.db" "$TMP/shop.db"
"$REBOUND" import "$TMP/demo/orders.csv" --db "$TMP/shop.db" --now 2026-05-01 >/dev/null 2>&1

# full KB COMMAND...: at most so large may a file become; SIGXFSZ left out, so that the write fails as on a full disk
full() {
    local kb=$1
    shift
    (trap '' XFSZ; ulimit -f "$kb"; exec "$REBOUND" "$@") >"$TMP/out" 2>"$TMP/err"
}
told() { # told NAME RC: 10 or 11, with a sentence
    case $2 in 10 | 11) ok 0 "$1: told by the exit code ($2)" ;; *) ok 1 "$1: exit $2"; head -5 "$TMP/err" | sed 's/^/# /' ;; esac
    like "$(cat "$TMP/err")" '(rebound: |"detail":").{10}' "$1: and by a sentence"
}
sound() { exits 0 "$1: the database is sound" "$REBOUND" verify --db "$TMP/work.db"; }
size_kb=$(($(stat -c %s "$TMP/empty.db") / 1024))

want=$("$REBOUND" customer list --db "$TMP/shop.db" --now 2026-05-01 --json | grep -o '"id"' | wc -l)
for more in 0 16 128 400; do
    rm -f "$TMP"/work.db*
    cp "$TMP/empty.db" "$TMP/work.db"
    rc=0
    full $((size_kb + more)) import "$TMP/demo/orders.csv" --db "$TMP/work.db" --now 2026-05-01 || rc=$?
    told "import with $more KB left" "$rc"
    sound "import with $more KB left"
    exits 0 "import with $more KB left: again with room" "$REBOUND" import "$TMP/demo/orders.csv" --db "$TMP/work.db" --now 2026-05-01
    is "$("$REBOUND" customer list --db "$TMP/work.db" --now 2026-05-01 --json | grep -o '"id"' | wc -l)" "$want" "import with $more KB left: then it is whole"
done
rm -f "$TMP"/work.db*
cp "$TMP/shop.db" "$TMP/work.db"
rc=0
full 40 fit --db "$TMP/work.db" || rc=$?
told fit "$rc"
sound fit
rc=0
full 64 backup "$TMP/new.backup" --db "$TMP/work.db" || rc=$?
told backup "$rc"
is "$(ls "$TMP" | grep -c 'new.backup')" 0 "backup: no half file is left"
"$REBOUND" backup "$TMP/good.backup" --db "$TMP/work.db" >/dev/null 2>&1
before=$("$REBOUND" customer list --db "$TMP/work.db" --now 2026-05-01)
rc=0
full 64 restore "$TMP/good.backup" --db "$TMP/work.db" --force || rc=$?
told restore "$rc"
sound restore
is "$("$REBOUND" customer list --db "$TMP/work.db" --now 2026-05-01)" "$before" "restore: what was there is still there"
rc=0
full 8 init --db "$TMP/new.db" || rc=$?
told init "$rc"
exits 0 "init: again with room" "$REBOUND" init --db "$TMP/new.db"
rc=0
full 16 demo --out "$TMP/demo2" --customers 200 || rc=$?
told demo "$rc"
is "$(ls "$TMP/demo2" 2>/dev/null | wc -l)" 0 "demo: no half file is left"
printf 'order no,date,customer email,amount\n' >"$TMP/bad.csv"
for i in $(seq 1 400); do echo "$i,2026-99-01,p$i@example.com,x"; done >>"$TMP/bad.csv"
echo "401,2026-04-01,good@example.com,5.00" >>"$TMP/bad.csv"
rm -f "$TMP"/work.db*
cp "$TMP/empty.db" "$TMP/work.db"
if [ -w /dev/full ]; then
    rc=0
    "$REBOUND" import "$TMP/bad.csv" --rejects /dev/full --db "$TMP/work.db" >"$TMP/out" 2>"$TMP/err" || rc=$?
    told "the file of refused rows" "$rc"
    sound "the file of refused rows"
    rc=0
    "$REBOUND" customer list --db "$TMP/shop.db" --json >/dev/full 2>"$TMP/err" || rc=$?
    told "the output" "$rc"
    rc=0
    "$REBOUND" import "$TMP/demo/orders.csv" --dry-run --write-map /dev/full --db "$TMP/work.db" >"$TMP/out" 2>"$TMP/err" || rc=$?
    told "the mapping" "$rc"
else
    skip "there is no /dev/full here"
fi
tap_done
