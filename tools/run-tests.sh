#!/bin/sh
# Runs TAP programs and scripts with prove, two at a time, and closes with `N passed, N failed, N skipped`.
set -u
log=${TMPDIR:-/tmp}/rebound-tests.$$
. tests/lib/pg.sh
trap 'pg_stop; rm -f "$log"' EXIT
[ $# -gt 0 ] || { echo "no tests found" >&2; echo "0 passed, 0 failed, 0 skipped"; exit 1; }
# One throw-away PostgreSQL for the whole run, unless the caller has one; tests that need it find it in REB_TEST_PG.
[ -n "${REB_TEST_PG:-}" ] || pg_start "$(mktemp -d "${TMPDIR:-/tmp}/rebound-pg.XXXXXX")" || echo "PostgreSQL does not run: $PG_WHY" >&2
prove -j2 --timer --merge -v --exec '' "$@" >"$log" 2>&1
rc=$?
# Shown: what failed, with its remarks, under the program's name; then prove's summary. The whole log is in build/tests.log.
mkdir -p build && cp "$log" build/tests.log
awk '/^\[[0-9:]+\] /{program = $2; told = 0; failing = 0; next}
    /^(Test Summary Report|All tests successful|Files=)/{summary = 1}
    summary {print; next}
    /^not ok/ && !/# (TODO|SKIP)/{if (!told++) print "-- " program; print; failing = 20; next}
    /^ok /{failing = 0; next}
    /^Dubious|^No subtests run|ERROR: (Address|Leak|Undefined)Sanitizer|runtime error:/{if (!told++) print "-- " program; print; failing = 20; next}
    failing-- > 0 {print}' "$log" | tail -300
passed=$(grep -aE '^ok [0-9]+( |$)' "$log" | grep -avc '# SKIP')
failed=$(grep -ac '^not ok' "$log")
skipped=$(grep -aE '^ok [0-9]+( |$)' "$log" | grep -ac '# SKIP')
[ $rc -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
[ $((passed + failed)) -gt 0 ] || failed=1
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
