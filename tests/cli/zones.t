#!/usr/bin/env bash
# tzdata is renewed under a business in Cairo: what is open is reckoned anew, what has ended is not, and nothing is taken for damage. On both engines.
. tests/lib/tap.sh
. tests/lib/pg.sh
REBOUND=$PWD/$REBOUND
unset REBOUND_DB TZDIR
export TZ=UTC
cd "$TMP" || exit 1

# Two states of tzdata: as it was before Egypt had a summer again, and after.
tzdata() { # tzdata FOLDER VERSION CAIRO...
    mkdir -p "$1"
    printf '%s\n' "${@:3}" 'Zone Asia/Tehran 3:30 - +0330' 'Zone Etc/UTC 0 - UTC' >"$1.src"
    "$ZIC" -d "$1" "$1.src" && echo "# version $2" >"$1/tzdata.zi"
}
ZIC=$(command -v zic || echo /usr/sbin/zic)
if [ ! -x "$ZIC" ]; then
    skip 'zic is not installed'
    tap_done
    exit
fi
tzdata old 2022e 'Zone Africa/Cairo 2:00 - EET'
tzdata new 2023c 'Rule E 2023 max - Apr lastFri 0:00 1:00 S' 'Rule E 2023 max - Oct lastThu 24:00 0 -' 'Zone Africa/Cairo 2:00 E EE%sT'

at() { # at TZDATA COMMAND...: with that tzdata
    local zones=$TMP/$1
    shift
    env TZDIR="$zones" "$REBOUND" "$@" --db "$DB"
}
solution() { # the solution clock of a case, as JSON
    at "$1" case show "$2" --json --now 2026-07-07T12:00Z | tr '{' '\n' | grep '"kind":"solution"' | head -1
}
due() { sed 's/.*"due_at":"\([^"]*\)".*/\1/'; }
number() { grep -o '"number":[0-9]*' | head -1 | cut -d: -f2; }

one_engine() { # one_engine NAME DATABASE
    local e=$1 open ended first
    DB=$2
    exits 0 "$e: init" at old init --currency EGP --timezone Africa/Cairo --language en --now 2026-07-01
    at old set working_days "mon tue wed thu fri" >/dev/null
    at old customer add --name "Amina" --email a@example.net --now 2026-07-01 >/dev/null
    ended=$(at old case open "Broken" --email a@example.net --json --now 2026-07-06T06:00Z | number)
    at old case decide "$ended" upheld --reason "It was" --remedy refund_full --now 2026-07-06T08:00Z >/dev/null
    at old case communicate "$ended" phone --now 2026-07-06T08:30Z >/dev/null
    at old case close "$ended" --cause product --now 2026-07-06T09:00Z >/dev/null
    open=$(at old case open "Crushed" --email a@example.net --json --now 2026-07-06T10:00Z | number)
    printf '%s\n' 'Order,Date,Customer id,Product,Amount,Estimated delivery date,Delivered at' '1,2026-07-01,7,Chair,120,2026-07-20,' >orders.csv
    at old import orders.csv --now 2026-07-06T10:00Z >/dev/null 2>&1
    first=$(solution old "$ended" | due)
    is "$(solution old "$open" | due)" 2026-07-09T16:00:00Z "$e: without a summer a day ends at 16:00 in UTC"
    is "$first" 2026-07-09T16:00:00Z "$e: so it did for the case that has ended"
    is "$(at old promise list --json --now 2026-07-06 | due)" 2026-07-20T21:59:59.999999Z "$e: and a promised day at 22:00"

    exits 0 "$e: tzdata is renewed; verify is content" at new verify
    is "$(solution new "$open" | due)" 2026-07-09T16:00:00Z "$e: nothing has moved yet"
    exits 0 "$e: a tick takes it over" at new tick --json --now 2026-07-07T09:00Z
    like "$(cat out)" '"zone":1,' "$e: one case moved"
    is "$(solution new "$open" | due)" 2026-07-09T15:00:00Z "$e: the open case ends an hour sooner"
    like "$(at new case show "$open" --json --now 2026-07-07T12:00Z)" "\"calendar_version\":2" "$e: by a version of the calendar of its own"
    is "$(solution new "$ended" | due)" "$first" "$e: what has ended keeps what it ended under"
    is "$(at new promise list --json --now 2026-07-06 | due)" 2026-07-20T20:59:59.999999Z "$e: the promised day ends with the day"
    like "$(at new calendar --json)" 'tzdata 2023c' "$e: the calendar says why"
    exits 0 "$e: verify is content" at new verify
    exits 0 "$e: rebuild" at new rebuild
    is "$(solution new "$ended" | due)" "$first" "$e: leaves it so"
    exits 0 "$e: a second tick" at new tick --json --now 2026-07-07T09:01Z
    like "$(cat out)" '"zone":0,' "$e: has nothing to do"

    exits 0 "$e: a machine whose tzdata is older" at old tick --json --now 2026-07-07T09:02Z
    like "$(cat out)" '"zone":0,' "$e: takes nothing back"
    is "$(solution old "$open" | due)" 2026-07-09T15:00:00Z "$e: and reckons by what was taken over"
    exits 0 "$e: verify is content there too" at old verify

    exits 0 "$e: without any tzdata what is there goes on" at nowhere verify
    exits 10 "$e: but another zone cannot be had" at nowhere set timezone Asia/Tehran
    like "$(cat err)" 'apt install tzdata' "$e: it says what to do"
    exits 10 "$e: nor can a tick look whether something is new" at nowhere tick --now 2026-07-07T09:03Z
    exits 0 "$e: another zone" at new set timezone Asia/Tehran
    exits 0 "$e: and verify" at new verify
    exits 0 "$e: with that zone's rules kept" at new tick --json --now 2026-07-07T09:04Z
    like "$(cat out)" '"zone":0,' "$e: nothing to do"
}

one_engine sqlite "$TMP/shop.db"
if [ -n "${REB_TEST_PG:-}" ]; then
    one_engine pg "$(pg_database test_cli_zones)"
else
    skip 'PostgreSQL does not run here'
fi
tap_done
