#!/usr/bin/env bash
# Memory that runs out, at many places of each command: an error that is told, never a crash, and the database stays whole.
. tests/lib/tap.sh
FAST=${REBOUND/asan\//} # the sanitizers bring an allocator of their own
STEPS=${REB_MEMORY_STEPS:-40}
SHIM=$TMP/failing_malloc.so
if ! gcc -D_GNU_SOURCE -shared -fPIC -O1 -o "$SHIM" tests/lib/failing_malloc.c -ldl 2>"$TMP/gcc"; then
    skip "the shim cannot be compiled here: $(head -1 "$TMP/gcc")"
    tap_done
    exit
fi
ulimit -c 0
"$FAST" demo --out "$TMP/demo" --customers 60 --seed 3 --until 2026-10-31 >/dev/null
"$FAST" --db "$TMP/empty.db" init --currency GBP >/dev/null 2>&1
cp "$TMP/empty.db" "$TMP/full.db"
"$FAST" --db "$TMP/full.db" import "$TMP/demo/orders.csv" >/dev/null 2>&1
all=$(sqlite3 "$TMP/full.db" 'select count(*) from event')
sweep() { # NAME BASE COMMAND...
    local name=$1 base=$2 total n k rc bad=0 silent=0 broken=0 halves=0 failed=0
    shift 2
    cp "$base" "$TMP/w.db"
    FAIL_AT=1000000000 FAIL_COUNT=$TMP/count LD_PRELOAD=$SHIM "$FAST" --db "$TMP/w.db" "$@" >/dev/null 2>&1
    total=$(cat "$TMP/count")
    ok "$([ "$total" -gt 100 ]; echo $?)" "$name asks for memory $total times"
    for n in $(seq 1 $((total / STEPS + 1)) "$total"); do
        for k in 1 1000000; do
            rm -f "$TMP"/w.db*
            cp "$base" "$TMP/w.db"
            rc=0
            { FAIL_AT=$n FAIL_N=$k LD_PRELOAD=$SHIM timeout 60 "$FAST" --db "$TMP/w.db" "$@" >"$TMP/out" 2>"$TMP/err"; } 2>/dev/null || rc=$?
            if [ "$rc" -gt 20 ]; then bad=$((bad + 1)); echo "# $name ended with $rc when request $n failed"; fi
            [ "$rc" -eq 0 ] || failed=$((failed + 1))
            [ "$rc" -eq 0 ] || [ -s "$TMP/err" ] || silent=$((silent + 1))
            if [ "$name" = import ]; then
                rows=$(sqlite3 "$TMP/w.db" 'select count(*) from event')
                [ "$rows" -eq 0 ] || [ "$rows" -eq "$all" ] || halves=$((halves + 1))
                [ "$rc" -ne 0 ] || [ "$rows" -eq "$all" ] || { halves=$((halves + 1)); echo "# exit 0, but $rows of $all events when request $n failed"; }
            fi
            "$FAST" --db "$TMP/w.db" verify >/dev/null 2>&1 || { broken=$((broken + 1)); echo "# $name: not sound after request $n failed"; }
        done
    done
    is "$bad" 0 "$name never crashes or hangs"
    is "$silent" 0 "$name says that it failed"
    is "$broken" 0 "$name leaves the database sound"
    [ "$name" != import ] || is "$halves" 0 "an import is whole or nothing"
    ok "$([ "$failed" -gt $((STEPS / 2)) ]; echo $?)" "$name did fail ($failed times)"
}
sweep import "$TMP/empty.db" import "$TMP/demo/orders.csv" --json --now 2026-11-01
sweep fit "$TMP/full.db" fit --json --now 2026-11-01
sweep today "$TMP/full.db" today --json --now 2026-11-01
sweep customers "$TMP/full.db" customer list --json --now 2026-11-01
sweep find "$TMP/full.db" customer find ann --now 2026-11-01
sweep doubles "$TMP/full.db" customer doubles --json --now 2026-11-01
tap_done
