#!/bin/sh
# Runs the benches given, one after the other, with a throw-away PostgreSQL for those that measure on it (REB_TEST_PG, unless the caller has one).
set -eu
cd "$(dirname "$0")/.."
. tests/lib/pg.sh
trap pg_stop EXIT
[ -n "${REB_TEST_PG:-}" ] || pg_start "$(mktemp -d "${TMPDIR:-/tmp}/rebound-pg.XXXXXX")" || echo "PostgreSQL does not run: $PG_WHY" >&2
for b in "$@"; do
    echo "== $(basename "$b")"
    "$b"
done
