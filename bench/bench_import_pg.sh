#!/bin/bash
# Import into a throw-away PostgreSQL beside the bare unnest statements.
cd "$(dirname "$0")/.." || exit 1
. tests/lib/pg.sh
pg_start "$(mktemp -d "${TMPDIR:-/tmp}/rebound-bench-pg.XXXXXX")" || { echo "skipped: $PG_WHY"; exit 0; }
trap pg_stop EXIT
build/bench/bench_import pg
