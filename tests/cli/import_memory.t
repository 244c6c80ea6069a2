#!/usr/bin/env bash
# Memory does not grow with the file: the released program reads 40 MB and writes 12 MB of orders within 100 MB.
. tests/lib/tap.sh
. tests/cli/import.sh
FAST=${REBOUND/asan\//}
[ -x "$FAST" ] || FAST=$REBOUND
if [ "$FAST" = "${FAST/asan/}" ] && [ -r /proc/self/status ]; then
    orders() { # orders COUNT
        awk -v n="$1" 'BEGIN{srand(7); print "order no,date,customer email,customer name,product,sku,quantity,price"
            for (i = 0; i < n; i++) { d = 1 + int(i / 40) % 28; m = 1 + int(i / 1120) % 12; c = int(rand() * n / 3)
                printf "%d,2025-%02d-%02d,c%d@example.com,Customer %d,Article %d,A%d,%d,%.2f\n", i, m, d, c, c, i % 900, i % 900, 1 + i % 3, rand() * 50 } }'
    }
    peak() { # peak COMMAND...: most memory it ever had, in kB; its output in $TMP/out
        "$@" >"$TMP/out" 2>"$TMP/err" &
        local pid=$! most=0 now
        while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$now" ]; do most=$now; sleep 0.02; done
        wait $pid
        echo "$most"
    }
    fresh sqlite memory
    orders 500000 >"$TMP/big.csv"
    most=$(peak "$FAST" import "$TMP/big.csv" --dry-run --json --now 2026-06-01)
    is "$(count rows)" 500000 "$(($(stat -c %s "$TMP/big.csv") / 1000000)) MB are read"
    [ "$most" -gt 5000 ] && [ "$most" -lt 180000 ]
    ok $? "a dry run, which must remember whom it met, stays below 180 MB ($((most / 1000)) MB)"
    head -150001 "$TMP/big.csv" >"$TMP/part.csv"
    most=$(peak "$FAST" import "$TMP/part.csv" --json --now 2026-06-01)
    is "$(count orders)" 150000 "150,000 orders are written"
    [ "$most" -gt 5000 ] && [ "$most" -lt 100000 ]
    ok $? "an import stays below 100 MB ($((most / 1000)) MB)"
else
    skip "only the released program's memory can be measured, and only where /proc tells it"
fi
tap_done
