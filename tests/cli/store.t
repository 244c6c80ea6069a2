#!/usr/bin/env bash
# The commands that keep house, as a person types them: init, set, backup, restore, verify, rebuild, on both engines.
. tests/lib/tap.sh
. tests/lib/pg.sh
REBOUND=$PWD/$REBOUND
unset REBOUND_DB
export TZ=UTC
cd "$TMP" || exit 1

both_engines() { # both_engines NAME DATABASE
    local e=$1 db=$2
    exits 4 "$e: no business yet" "$REBOUND" set --db "$db"
    like "$(cat err)" 'rebound init' "$e: it says how to begin"
    exits 0 "$e: init" "$REBOUND" init --db "$db" --currency gbp --timezone Asia/Tehran --language fa --now 2026-05-01
    like "$(cat out)" 'calendar  persian' "$e: Persian people have the Persian calendar"
    exits 0 "$e: init again" "$REBOUND" init --db "$db"
    like "$(cat out)" 'nothing was changed' "$e: changes nothing"
    exits 3 "$e: a value that cannot be" "$REBOUND" set currency XXQ --db "$db"
    exits 4 "$e: a key that is not there" "$REBOUND" set colour red --db "$db"
    exits 2 "$e: too many words" "$REBOUND" set a b c --db "$db"
    exits 0 "$e: set" "$REBOUND" set margin_rate 33.5% --db "$db"
    is "$("$REBOUND" set --db "$db" --json | tr ',{' '\n\n' | grep -A1 '"margin_rate"' | tail -1)" '"value":0.335' "$e: a share in percent"
    is "$("$REBOUND" set name --db "$db" | head -1)" 'name =  (default)' "$e: a default"
    "$REBOUND" set name $'Sal\xe2\x80\x8c\xd9\x85 "x" \x27y\x27' --db "$db" >/dev/null
    like "$("$REBOUND" set name --db "$db")" "\"x\" 'y'" "$e: quotes are kept"
    exits 3 "$e: what is not UTF-8" "$REBOUND" set name $'\xff\xfe' --db "$db"
    exits 0 "$e: backup" "$REBOUND" backup "$e.backup" --db "$db"
    exits 5 "$e: not over an old one" "$REBOUND" backup "$e.backup" --db "$db"
    exits 0 "$e: unless forced" "$REBOUND" backup "$e.backup" --db "$db" --force --json
    like "$(cat out)" '"bytes":[0-9]{5}' "$e: size as JSON"
    exits 0 "$e: verify" "$REBOUND" verify --db "$db"
    like "$(cat out)" 'The database is sound: 0 events' "$e: sound"
    exits 0 "$e: rebuild" "$REBOUND" rebuild --db "$db"
    exits 0 "$e: set something after the backup" "$REBOUND" set margin_rate 0.9 --db "$db"
    exits 5 "$e: no restore over a business" "$REBOUND" restore "$e.backup" --db "$db"
    exits 0 "$e: unless forced" "$REBOUND" restore "$e.backup" --db "$db" --force
    is "$("$REBOUND" set margin_rate --db "$db" | head -1 | cut -d' ' -f1-3)" 'margin_rate = 0.335' "$e: restored as it was"
    is "$("$REBOUND" set --db "$db")" "$("$REBOUND" set --db "$e.backup")" "$e: a backup is a database too"
    head -c 20000 "$e.backup" >cut
    exits 11 "$e: a backup cut short is refused" "$REBOUND" restore cut --db "$db" --force
    is "$("$REBOUND" set margin_rate --db "$db" | head -1 | cut -d' ' -f1-3)" 'margin_rate = 0.335' "$e: and nothing is touched"
    is "$(ls | grep -c part)" 0 "$e: no half file is left"
}

both_engines sqlite "$TMP/one.db"

# Damage that only the derived tables show, and damage of the file.
sqlite3 one.db "insert into customer (customer_id, kind, head_id, batch_id, created_us) values (1, 'person', 1, 0, 1)"
exits 11 'verify: a summary is missing' "$REBOUND" verify --db one.db
like "$(cat out)" '^wrong  Of 1 customers' 'it is told in words'
like "$(cat err)" 'rebound rebuild' 'and what to do'
exits 0 'rebuild puts it right' "$REBOUND" rebuild --db one.db
exits 0 'and verify is content' "$REBOUND" verify --db one.db --json
like "$(cat out)" '"sound":true' 'in JSON too'
cp one.db rotten.db
printf 'rubbish rubbish rubbish' | dd of=rotten.db bs=1 seek=$((4096 * 12)) conv=notrunc 2>/dev/null
exits 11 'verify: a damaged file' "$REBOUND" verify --db rotten.db
head -c 3000 /dev/urandom >noise.db
exits 5 'a file that is no database' "$REBOUND" verify --db noise.db
is "$(wc -c <noise.db)" 3000 'and is left alone'
sqlite3 other.db 'create table t (x)'
exits 5 "another program's database" "$REBOUND" init --db other.db
is "$(sqlite3 other.db .tables)" t 'is left alone'
exits 10 'a folder that is not there' "$REBOUND" init --db no/such/x.db
exits 5 'a folder is no database' "$REBOUND" init --db "$TMP"

cp sqlite.backup trap.db
sqlite3 trap.db "create trigger t after insert on setting begin delete from event; end"
exits 5 'a backup with a trigger in it is refused' "$REBOUND" restore trap.db --db trapped.db

# In use: restore waits for nobody and replaces nothing.
mkfifo hold
sqlite3 one.db <hold >/dev/null &
exec 3>hold
echo 'begin immediate; select 1;' >&3
sleep_until_locked() { for _ in $(seq 6000); do sqlite3 one.db 'begin immediate; rollback' 2>/dev/null || return 0; sleep 0.02; done; return 1; }
sleep_until_locked
exits 9 'a database in use is not replaced' "$REBOUND" restore sqlite.backup --db one.db --force
exits 0 'but is backed up while somebody writes' "$REBOUND" backup while.backup --db one.db
exec 3>&-
wait

# Killed at any moment, a restore leaves the old database or the new one, a backup the old file or the new one.
"$REBOUND" restore sqlite.backup --db killed.db >/dev/null
broken=0
for ms in 002 005 010 020 040 080 160; do
    timeout -s KILL "0.$ms" "$REBOUND" restore sqlite.backup --db killed.db --force >/dev/null 2>&1
    timeout -s KILL "0.$ms" "$REBOUND" backup sqlite.backup --db killed.db --force >/dev/null 2>&1
    "$REBOUND" verify --db killed.db >/dev/null 2>&1 || broken=1
    "$REBOUND" verify --db sqlite.backup >/dev/null 2>&1 || broken=1
done 2>/dev/null
is $broken 0 'killed while restoring and backing up: always a whole database and a whole backup'
rm -f ./*.part-*
touch sqlite.backup.part-999999999 sqlite.backup.part-999999999-journal sqlite.backup.part-x
exits 0 'the next backup' "$REBOUND" backup sqlite.backup --db killed.db --force
is "$(echo sqlite.backup.part-*)" sqlite.backup.part-x 'clears away what killed ones have left, and nothing else'
rm -f ./*.part-*

exits 2 'a URL of another kind' "$REBOUND" init --db mysql://me:secret@host/x
like "$(cat err)" 'postgresql://' 'and what it may be'
unlike "$(cat err)" secret 'without what it may hide'
# Personal data: for the owner alone.
(umask 022; "$REBOUND" init --db own.db --currency EUR >/dev/null; "$REBOUND" backup own.backup --db own.db >/dev/null)
is "$(stat -c %a own.db own.backup | sort -u)" 600 'a database and its backup are readable by their owner alone'

# Two that begin at once.
for i in 1 2 3 4; do "$REBOUND" init --db race.db --currency EUR >"race.$i" 2>&1 & done
wait
is "$("$REBOUND" verify --db race.db | tail -1)" 'The database is sound: 0 events, 0 customers, 0 imports.' 'four that begin at once make one business'

if [ -n "${REB_TEST_PG:-}" ]; then
    both_engines pg "$(pg_database test_cli_store)"
    uri=$(pg_database test_cli_race)
    for i in 1 2 3 4; do "$REBOUND" init --db "$uri" --currency EUR >"race.$i" 2>&1 & done
    wait
    is "$("$REBOUND" verify --db "$uri" | tail -1)" 'The database is sound: 0 events, 0 customers, 0 imports.' 'pg: four that begin at once make one business'
    uri=$(pg_database test_cli_schemas)
    psql -qX "$uri" -c 'create schema one' -c 'create schema two'
    "$REBOUND" init --db "$uri&options=-csearch_path%3Done" --currency EUR >/dev/null
    exits 4 'pg: one business in a schema is none in another' "$REBOUND" set --db "$uri&options=-csearch_path%3Dtwo"
    "$REBOUND" init --db "$uri&options=-csearch_path%3Dtwo" --currency USD >/dev/null
    is "$("$REBOUND" set currency --db "$uri&options=-csearch_path%3Done" | cut -c1-14 | head -1)" 'currency = EUR' 'pg: two businesses share a database, each in its schema'
    exits 0 'from PostgreSQL into a file' "$REBOUND" restore pg.backup --db moved.db
    is "$("$REBOUND" set --db moved.db)" "$("$REBOUND" set --db pg.backup)" 'all settings came along'
    exits 4 'a database that is not there' "$REBOUND" verify --db "${uri/test_cli_schemas/test_cli_nowhere}"
    exits 10 'a server that is not there' "$REBOUND" verify --db 'postgresql://me:secret@/x?host=/nonexistent'
    unlike "$(cat err)" secret 'without the password'
else
    skip 'PostgreSQL is not running for this test'
fi
tap_done
