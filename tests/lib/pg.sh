# A throw-away PostgreSQL cluster on a private socket: `. tests/lib/pg.sh` then `pg_start DIR` sets REB_TEST_PG to a libpq URI, and
# `pg_stop` ends it. As root the server runs as user postgres (or nobody). Returns 1 with a word in PG_WHY where PostgreSQL is missing.
# Scripts of tests make their own database with `pg_database NAME`, which prints its URI.
pg_start() {
    PG_DIR=$1
    PG_BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
    [ -x "${PG_BIN:-/nowhere}/initdb" ] || { PG_BIN=$(command -v initdb 2>/dev/null) && PG_BIN=${PG_BIN%/initdb}; }
    [ -n "${PG_BIN:-}" ] || { PG_WHY="PostgreSQL is not installed"; return 1; }
    PG_AS=
    mkdir -p "$PG_DIR"
    if [ "$(id -u)" -eq 0 ]; then
        PG_AS=postgres
        id postgres >/dev/null 2>&1 || PG_AS=nobody
        chown "$PG_AS" "$PG_DIR"
    fi
    chmod 711 "$PG_DIR"
    # The throw-away server need not survive a power cut; everything else is as a real one has it.
    pg_as "$PG_BIN/initdb" -D "$PG_DIR/data" -A trust -U rebound -E UTF8 --locale=C.UTF-8 -N >"$PG_DIR.log" 2>&1 || { PG_WHY="initdb failed: $(tail -1 "$PG_DIR.log")"; return 1; }
    pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -t 60 -l "$PG_DIR/server.log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$PG_DIR' -c fsync=off -c full_page_writes=off -c max_connections=100 -c jit=off" \
        start >>"$PG_DIR.log" 2>&1 || { PG_WHY="the server did not start: $(tail -1 "$PG_DIR.log")"; return 1; }
    REB_TEST_PG="postgresql://rebound@/postgres?host=$(printf %s "$PG_DIR" | sed 's,/,%2F,g')"
    export REB_TEST_PG
}
pg_as() { # in a folder that the server's user may enter
    if [ -n "$PG_AS" ]; then (cd / && setpriv --reuid "$PG_AS" --regid "$(id -g "$PG_AS")" --clear-groups env HOME="$PG_DIR" "$@"); else "$@"; fi
}
pg_stop() {
    [ -n "${PG_DIR:-}" ] && [ -n "${PG_BIN:-}" ] || return 0
    pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$PG_DIR" "$PG_DIR.log"
    PG_DIR=
}
pg_database() { # NAME: makes it empty and prints its URI
    psql -qX "$REB_TEST_PG" -c 'set client_min_messages = error' -c "drop database if exists \"$1\" with (force)" >/dev/null &&
        psql -qX "$REB_TEST_PG" -c "create database \"$1\"" >/dev/null && printf '%s\n' "${REB_TEST_PG%%/postgres\?*}/$1?${REB_TEST_PG#*/postgres\?}"
}
