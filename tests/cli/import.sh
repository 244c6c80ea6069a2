# Shared by the tests of import: `. tests/cli/import.sh` after tap.sh.
# DB is the database under test; `engines` lists sqlite and, where a cluster runs, pg; `fresh ENGINE NAME` begins an empty DB.
. tests/lib/pg.sh
engines() { echo sqlite; [ -z "${REB_TEST_PG:-}" ] || echo pg; }
fresh() {
    if [ "$1" = pg ]; then DB=$(pg_database "import_$2_$$"); else DB="$TMP/$2.db"; rm -f "$DB" "$DB"-*; fi
    export REBOUND_DB=$DB
}
sql() { # rows as a|b|c
    case $DB in
        postgres*) psql -qXAt -F'|' "$DB" -c "$1" ;;
        *) sqlite3 -batch "$DB" "$1" ;;
    esac
}
imp() { "$REBOUND" import "$@" >"$TMP/out" 2>"$TMP/err"; }
# Everything that an import may touch, in a fixed order; not the list of batches itself.
dump() {
    for t in customer identity customer_fact contact event event_line purchase_day customer_summary score; do
        echo "== $t"
        sql "select * from $t order by 1, 2, 3, 4"
    done
}
count() { # count KEY: a figure of the last `imp --json`
    sed -n "s/.*\"counts\":{\\([^}]*\\)}.*/\\1/p" "$TMP/out" | tr ',' '\n' | sed -n "s/^\"$1\"://p" | head -1
}
batch() { sed -n 's/.*"batch_id":"\([0-9]*\)".*/\1/p' "$TMP/out" | head -1; }
