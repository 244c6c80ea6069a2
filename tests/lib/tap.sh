# TAP for tests in bash: `. tests/lib/tap.sh` from the root of the checkout, checks, then `tap_done`.
# REBOUND is the binary under test; TMP a folder of one's own, removed at the end.
set -u
export LC_ALL=C.UTF-8
REBOUND=${REBOUND:-build/asan/rebound}
SHARED=${REB_SHARED:-../shared}/data
TMP=$(mktemp -d "${TMPDIR:-/tmp}/rebound-test.XXXXXX")
trap 'rm -rf "$TMP"' EXIT
tap_n=0
tap_bad=0

ok() { # ok STATUS NAME
    tap_n=$((tap_n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $tap_n - $2"; else echo "not ok $tap_n - $2"; tap_bad=$((tap_bad + 1)); fi
}
is() { # is GOT WANT NAME
    if [ "$1" = "$2" ]; then ok 0 "$3"; else ok 1 "$3"; printf '%s\n' "got:  $1" "want: $2" | sed 's/^/# /'; fi
}
like() { # like TEXT EXTENDED-REGEX NAME
    if printf '%s\n' "$1" | grep -Eq -- "$2"; then ok 0 "$3"; else ok 1 "$3"; printf '%s\n' "$1" | head -20 | sed 's/^/# got: /'; echo "# want match: $2"; fi
}
unlike() { # unlike TEXT EXTENDED-REGEX NAME
    if printf '%s\n' "$1" | grep -Eq -- "$2"; then ok 1 "$3"; printf '%s\n' "$1" | head -20 | sed 's/^/# got: /'; else ok 0 "$3"; fi
}
exits() { # exits CODE NAME COMMAND...   (output lands in $TMP/out and $TMP/err)
    local want=$1 name=$2 rc=0
    shift 2
    "$@" >"$TMP/out" 2>"$TMP/err" || rc=$?
    if [ "$rc" -eq "$want" ]; then ok 0 "$name"; else ok 1 "$name"; echo "# exit $rc, want $want"; head -5 "$TMP/err" | sed 's/^/# /'; fi
}
skip() { # skip WHY
    tap_n=$((tap_n + 1))
    echo "ok $tap_n # SKIP $1"
}
tap_done() {
    echo "1..$tap_n"
    [ "$tap_bad" -eq 0 ] && [ "$tap_n" -gt 0 ]
}
