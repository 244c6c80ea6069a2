#!/bin/bash
# rebound customer from outside: widths, hostile words, exit codes, JSON, on both engines.
. tests/lib/tap.sh
. tests/lib/pg.sh
unset COLUMNS
export USER=Lina

wider_than() { # TEXT COLUMNS: lines that take more columns (combining marks and isolates take none, East Asian letters two)
    printf '%s\n' "$1" | perl -CS -ne 'chomp; my $l = $_; s/\e\[[0-9;]*m//g; s/[\p{Mn}\p{Me}\p{Cf}]//g; my $n = 0;
        $n += /\p{East_Asian_Width=W}|\p{East_Asian_Width=F}/ ? 2 : 1 for split //; print "$l\n" if $n > '"$2"
}

on_engine() {
    local name=$1 db=$2 w out id other
    r() { "$REBOUND" --db "$db" --now 2026-05-01 "$@"; }
    r init --currency EUR --timezone Asia/Tokyo >/dev/null
    r customer add --name $'Evil\e[2J\u202Eeman \u2066x' --email evil@example.com >/dev/null
    r customer add --name "山田太郎 with a rather long name that goes on and on and on until nobody reads it" --city 東京 >/dev/null
    r customer add --name "سارا منصوری" --phone "+98 912 345 6789" >/dev/null
    r customer add --name "Ελένη Παπαδοπούλου-Αντωνίου" --email eleni@example.gr >/dev/null
    r customer add --name $'Zalgo e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301' >/dev/null
    for w in 40 80 200; do
        out=$(COLUMNS=$w r customer list)
        is "$(wider_than "$out" $w)" "" "$name: no line of a list is wider than $w"
        out=$(COLUMNS=$w r customer show evil@example.com)
        is "$(wider_than "$out" $w)" "" "$name: nor of a customer"
        out=$(COLUMNS=$w r customer doubles)
        is "$(wider_than "$out" $w)" "" "$name: nor of doubles"
    done
    out=$(r customer list; r customer show evil@example.com; r customer history evil@example.com; r customer find evil)
    unlike "$out" $'\e|\u202e|\u2066' "$name: no command to the terminal and no override of direction comes out"
    like "$out" "Evil.\[2Jeman x" "$name: the words stay readable"
    id=$(r customer find eleni@ --json | perl -MJSON::PP -0e 'print decode_json(<>)->{customers}[0]{id}')
    like "$id" '^[0-9]+$' "$name: an id in JSON is text"
    r customer note "$id" 'said "hi"
and left' >/dev/null
    out=$(r customer show "$id" --json)
    is "$(printf %s "$out" | perl -MJSON::PP -0e 'print decode_json(<>)->{history}{events}[0]{data}{text}')" 'said "hi"
and left' "$name: a note comes back as it was"
    is "$(printf %s "$out" | perl -MJSON::PP -0e 'print decode_json(<>)->{history}{events}[0]{who}')" Lina "$name: with who wrote it"
    for words in "list" "find e" "show $id" "history $id" "doubles"; do
        # shellcheck disable=SC2086
        r customer $words --json | perl -MJSON::PP -0ne 'decode_json($_)' && ok 0 "$name: $words --json is JSON" || ok 1 "$name: $words --json is JSON"
    done
    exits 2 "$name: no action" r customer
    exits 2 "$name: an unknown action" r customer eat
    exits 4 "$name: nobody of that name" r customer show nobody
    unlike "$(cat "$TMP/err")" nobody "$name: what was asked for is not repeated in the error"
    exits 2 "$name: consent needs four words" r customer consent "$id" marketing
    exits 3 "$name: an e-mail that is none" r customer add --name X --email nonsense
    unlike "$(cat "$TMP/err")" nonsense "$name: and is not repeated"
    exits 4 "$name: merge with nobody" r customer merge "$id" 12
    exits 5 "$name: merge with itself" r customer merge "$id" "$id"
    other=$(r customer add --name "Eleni P" --json | tr -dc 0-9)
    exits 0 "$name: merge" r customer merge "$id" "$other" --why "the same"
    like "$(r customer show "$other")" "Ελένη" "$name: the merged one shows the one who stands for it"
    exits 5 "$name: merged twice" r customer merge "$id" "$other"
    exits 0 "$name: unmerge" r customer unmerge "$other"
    like "$(r customer show "$other")" "^Eleni P " "$name: and it is itself again"
    exits 5 "$name: unmerge twice" r customer unmerge "$other"
    exits 6 "$name: a name of 100 kB" r customer add --name "$(head -c 100000 /dev/zero | tr '\0' x)"
    if [ -n "${3:-}" ]; then return; fi
    # On a terminal: colour, unless it is not wanted.
    if command -v script >/dev/null; then
        like "$(TERM=xterm script -qec "$REBOUND --db $db customer list" /dev/null </dev/null)" $'\e\\[2m' "$name: dim titles on a terminal"
        unlike "$(TERM=xterm NO_COLOR=1 script -qec "$REBOUND --db $db customer list" /dev/null </dev/null)" $'\e\\[' "$name: NO_COLOR: none"
        unlike "$(TERM=dumb script -qec "$REBOUND --db $db customer list" /dev/null </dev/null)" $'\e\\[' "$name: nor on a dumb one"
    else
        skip "script(1) is not installed"
    fi
}

# A shop with purchases: what Today proposes stands on the customer's screen until it is answered; who is left alone is never told.
with_purchases() {
    local name=$1 db=$2 out id code held
    r() { "$REBOUND" --db "$db" --now 2026-05-01 "$@"; }
    r init --currency GBP --timezone Europe/London >/dev/null
    r set holdout_percent_call 50 >/dev/null
    r import "$TMP/shop/orders.csv" >/dev/null 2>&1
    r import "$TMP/shop/customers.csv" >/dev/null 2>&1
    r today --json >"$TMP/today.json"
    read -r id code < <(perl -MJSON::PP -0ne 'my $i = decode_json($_)->{items}[0]; print "$i->{customer}{id} $i->{item}\n"' "$TMP/today.json")
    out=$(COLUMNS=100 r customer show "$id")
    like "$out" "^Do this now" "$name: what to do now"
    like "$out" "rebound done $code" "$name: with the code of today's item"
    like "$out" "^At stake +£[0-9,.]+ \\(£[0-9,]+(-[0-9,]+)?\\) · (measured|mixed|assumed)" "$name: at stake, with range and origin"
    like "$out" "^Worth +£.*next 12 months" "$name: worth"
    like "$out" "^Still a customer +[<>0-9.]+% \\(" "$name: how likely still a customer"
    like "$out" "between purchases|one day only" "$name: rhythm"
    like "$out" "Order #[0-9]+: " "$name: orders with what was bought"
    is "$(r customer show "$id" --json | perl -MJSON::PP -0ne 'my $v = decode_json($_); my $g = $v->{next_item}{gain_minor}; my $t = (grep { $_->{customer}{id} eq $v->{id} } @{ decode_json(do { local (@ARGV, $/) = "'"$TMP/today.json"'"; <> })->{items} })[0]{gain_minor}; print $g->{value} == $t->{value} && $g->{low} == $t->{low} && $g->{high} == $t->{high} ? "same" : "$g->{value} $t->{value}"')" same "$name: the gain is the one that today tells"
    r done "$code" --note "called" >/dev/null
    out=$(r customer show "$id")
    unlike "$out" "^Do this now" "$name: answered: nothing to do"
    like "$out" "Done: called" "$name: and told in the history"
    # Merged customers and the files they came from.
    local one other
    one=$(r customer list --sort net --limit 2 --json | grep -o '"id":"[0-9]*"' | tr -dc '0-9\n' | head -1)
    other=$(r customer list --sort net --limit 2 --json | grep -o '"id":"[0-9]*"' | tr -dc '0-9\n' | tail -1)
    is "$(perl -e 'print $ARGV[0] ne $ARGV[1]' "$one" "$other")" 1 "$name: two customers"
    r customer show "$other" | grep -v "^  .*Merged\|^  .*Taken\|^History" >"$TMP/before"
    exits 0 "$name: merge two who bought" r customer merge "$one" "$other"
    exits 0 "$name: verify is clean after it" r verify
    r import "$TMP/shop/orders.csv" >"$TMP/again" 2>&1
    exits 0 "$name: and after the same file came again" r verify
    exits 0 "$name: rebuild finds the same" r rebuild
    exits 0 "$name: unmerge" r customer unmerge "$other"
    exits 0 "$name: verify is clean again" r verify
    r today >/dev/null
    r customer show "$other" | grep -v "^  .*Merged\|^  .*Taken\|^History" >"$TMP/after"
    is "$(cat "$TMP/after")" "$(cat "$TMP/before")" "$name: the one taken out looks as before"
    unlike "$(for id in $(r customer list --json --limit 500 | grep -o '"id":"[0-9]*"' | tr -dc '0-9\n' | head -80); do r customer history "$id"; done)" "[Hh]eld" "$name: who is left alone on purpose is not told"
}
"$REBOUND" demo --out "$TMP/shop" --customers 80 --seed 7 --until 2026-05-01 >/dev/null

on_engine sqlite "$TMP/a.db"
with_purchases sqlite "$TMP/b.db"
if [ -n "${REB_TEST_PG:-}" ]; then
    on_engine pg "$(pg_database customer_cli)" once
    with_purchases pg "$(pg_database customer_bought)"
else
    skip "PostgreSQL is not running for this test"
fi
tap_done
