#!/usr/bin/env bash
# The front door itself: dependencies, the runner of the tests, the manual pages, and what make install leaves.
. tests/lib/tap.sh
unset MAKEFLAGS MFLAGS MAKELEVEL

# --- packages -----------------------------------------------------------------------------------------------------------------------
# A Debian in which nothing can be installed, and one in which something is missing until apt-get has run.
fake() { # fake NAME BODY: a program of that name in $TMP/bin
    mkdir -p "$TMP/bin"
    printf '#!/bin/sh\n%s\n' "$2" >"$TMP/bin/$1"
    chmod +x "$TMP/bin/$1"
}
wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' packaging/debian-packages.txt)
fake apt-get "echo called >>'$TMP/apt'; exit 100"
fake sudo 'exec "$@"'
fake dpkg-query "for p in $(echo $wanted); do echo \"installed \$p\"; done"
out=$(PATH="$TMP/bin:$PATH" tools/deps.sh 2>&1)
is "$? $out" "0 " "with every package installed nothing is said"
ok "$([ ! -e "$TMP/apt" ]; echo $?)" "and apt-get is not asked, so that it works without network"

fake dpkg-query "for p in $(echo $wanted | sed 's/\bcurl\b//'); do echo \"installed \$p\"; done; exit 1"
out=$(PATH="$TMP/bin:$PATH" tools/deps.sh 2>&1)
is "$?" 1 "what cannot be installed ends the build"
like "$out" "apt-get install curl" "and says what to do by hand"
fake apt-get "echo \"\$*\" >>'$TMP/apt'; [ \"\$1\" = update ] || [ -e '$TMP/fresh' ] || { touch '$TMP/fresh'; exit 100; }"
rm -f "$TMP/apt"
out=$(PATH="$TMP/bin:$PATH" tools/deps.sh 2>&1)
is "$?" 0 "a stale list of packages is renewed once, and then it works"
is "$(sed 's/ .*//' "$TMP/apt" | paste -sd' ')" "install update install" "in this order"
like "$(tail -1 "$TMP/apt")" " curl$" "only what is missing is installed"

# --- the runner of the tests ----------------------------------------------------------------------------------------------------------
fake good 'echo "ok 1 - a"; echo "ok 2 - b"; echo 1..2'
fake bad 'echo "ok 1 - a"; echo "not ok 2 - b"; echo "# why"; echo 1..2; exit 1'
fake dead 'echo "ok 1 - a"; exit 3'
fake none 'echo 1..0'
fake skips 'echo "ok 1 # SKIP not here"; echo 1..1'
run_tests() { (cd "$TMP" && ln -sfn "$OLDPWD/tests" tests && REB_TEST_PG=none "$OLDPWD/tools/run-tests.sh" "$@" 2>&1); }
is "$(run_tests bin/good | tail -1)" "2 passed, 0 failed, 0 skipped" "tests are counted"
out=$(run_tests bin/good bin/bad bin/skips)
is "$? $(echo "$out" | tail -1)" "1 3 passed, 1 failed, 1 skipped" "a failure fails"
like "$out" "^# why" "and is shown with its remark"
out=$(run_tests bin/dead)
is "$? $(echo "$out" | tail -1)" "1 1 passed, 1 failed, 0 skipped" "a program that dies is a failure"
out=$(run_tests bin/none)
is "$?" 1 "a program without tests is a failure"
out=$(run_tests bin/skips)
is "$? $(echo "$out" | tail -1)" "1 0 passed, 1 failed, 1 skipped" "when nothing was tested, that is a failure"
out=$(run_tests)
is "$? $(echo "$out" | tail -1)" "1 0 passed, 0 failed, 0 skipped" "no tests at all are a failure"

# --- the manual as pages ---------------------------------------------------------------------------------------------------------------
tools/man.sh "$PWD/build/rebound" "$TMP/man" 2026-01-02
ok $? "manual pages are made"
missing=
for c in $("$REBOUND" help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'); do
    grep -q "^\.B $(echo "$c" | sed 's/-/\\\\-/g')\$" "$TMP/man/rebound.1" || missing="$missing $c"
    [ -e "$TMP/man/rebound-$c.1" ] || missing="$missing rebound-$c.1"
done
is "$missing" "" "rebound(1) names every command, and each has its own page"
if command -v mandoc >/dev/null; then
    is "$(mandoc -Tlint -W warning "$TMP"/man/*.1 2>&1 | head -5)" "" "mandoc finds no fault with them"
else
    skip "mandoc is not installed"
fi

# --- make install ------------------------------------------------------------------------------------------------------------------------
make -s install DESTDIR="$TMP/root" PREFIX=/opt/rebound >"$TMP/out" 2>&1
ok $? "make install"
at=$TMP/root/opt/rebound
like "$("$at/bin/rebound" --version)" '^rebound [0-9]+\.[0-9]+\.[0-9]+$' "the program runs where it was put"
cat >"$TMP/use.c" <<'C'
#include <rebound.h>
#include <stdio.h>
int main(void) {
    double params[4] = {0.55, 10.58, 0.61, 11.67}, p = 0;
    if (reb_nbd_p_alive(&p, REB_PNBD, params, 2, 30.43, 38.86) != REB_NUM_OK) return 1;
    printf("%.4f\n", p);
    return 0;
}
C
export PKG_CONFIG_PATH=$at/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$TMP/root
# shellcheck disable=SC2046
gcc -o "$TMP/use-shared" "$TMP/use.c" $(pkg-config --cflags --libs rebound) && shared=$(LD_LIBRARY_PATH=$at/lib "$TMP/use-shared")
gcc -o "$TMP/use-static" "$TMP/use.c" -I"$at/include" "$at/lib/librebound.a" -lm && static=$("$TMP/use-static")
like "${shared:-}" '^0\.[0-9]{4}$' "a C program is built through pkg-config and runs with the shared library"
is "${static:-}" "${shared:-}" "the static library says the same"
is "$(sqlite3 :memory: ".load $at/lib/rebound/rebound_sqlite.so" "select printf('%.4f', reb_pnbd_p_alive(0.55, 10.58, 0.61, 11.67, 2, 30.43, 38.86))")" \
    "${shared:-}" "and so does the extension inside sqlite3"
is "$(nm -D --defined-only "$at/lib/librebound.so.0" | awk '$2 == "T" {print $3}' | grep -vc '^reb_')" 0 "the library shows nothing but its own names"
bash -n "$at/share/bash-completion/completions/rebound" && [ -s "$at/share/zsh/vendor-completions/_rebound" ] && [ -s "$at/share/man/man1/rebound.1" ]
ok $? "completion and manual pages are there"
like "$(cat "$at/lib/systemd/system/rebound.service")" '^ExecStart=/opt/rebound/bin/rebound ' "the service starts the program that was installed"
if command -v systemd-analyze >/dev/null; then
    unlike "$(systemd-analyze verify --man=no "$at/lib/systemd/system/rebound.service" 2>&1 | grep rebound.service)" 'Unknown|Failed to parse|Invalid' \
        "systemd understands the service"
else
    skip "systemd is not installed"
fi
make -s uninstall DESTDIR="$TMP/root" PREFIX=/opt/rebound
is "$(cd "$TMP/root" && find . -type f -o -type l)" "" "make uninstall takes all of it away"

# --- what a visitor reads ------------------------------------------------------------------------------------------------------------------
like "$(head -3 LICENSE)" "Apache License" "the licence is here"
missing=
for f in README.md CONTRIBUTING.md SECURITY.md docs/manual/*.md docs/adr/*.md; do
    for to in $(grep -o '](\([^)#]*\)' "$f" | sed 's/^](//' | grep -v '^[a-z]*:'); do
        [ -e "$(dirname "$f")/$to" ] || missing="$missing $f:$to"
    done
done
is "$missing" "" "no link in the documents leads nowhere"
tap_done
