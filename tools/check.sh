#!/bin/sh
# Quick checks of style and structure; each prints what is wrong and where. No network, a few seconds.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
say() { echo "check: $*" >&2; bad=1; }

# 1. Layers: a room may include itself and the rooms below it; num only itself.
rooms="base text rule sheet store domain app http cli"
level() { i=0; for r in $rooms; do i=$((i + 1)); [ "$r" = "$1" ] && echo $i && return; done; echo 0; }
for f in src/*/*.[ch]; do
    room=${f#src/}; room=${room%%/*}
    for inc in $(sed -n 's/^#include "\.\.\/\([a-z]*\)\/.*/\1/p' "$f"); do
        case $inc in ext|api) continue ;; num) [ "$room" = num ] || say "$f includes src/num directly; use include/rebound.h"; continue ;; esac
        if [ "$room" = num ]; then say "$f: the mathematics stands apart but includes $inc"
        elif [ "$(level "$inc")" -eq 0 ]; then say "$f includes unknown room $inc"
        elif [ "$(level "$inc")" -gt "$(level "$room")" ]; then say "$f: $room may not look up into $inc"
        elif [ "$room" = http ] && [ "$inc" = cli ] || { [ "$room" = cli ] && [ "$inc" = http ] && [ "$f" != src/cli/cmd_serve.c ]; }; then
            say "$f: http and cli stand side by side"
        fi
    done
done

# 2. Functions that are unsafe, locale-bound or hide state.
if grep -nE '(^|[^_a-zA-Z0-9])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|srand|localtime|gmtime|ctime|asctime|setlocale|alloca|system|popen)[[:space:]]*\(' \
    src/*/*.[ch] include/*.h ext/*/*.[ch] 2>/dev/null; then say "a banned function (above)"; fi

# 3. Every header compiles alone.
mkdir -p build/gen
make -s build/gen/sql_names.h build/gen/messages.h >/dev/null 2>&1
for h in src/*/*.h include/*.h; do
    [ -e "$h" ] || continue
    printf '#include "%s"\n' "$h" | gcc -std=c11 -D_GNU_SOURCE -I. -Iinclude -Ibuild/gen -isystem /usr/include/postgresql -fsyntax-only -x c - 2>build/header.err ||
        { say "$h does not compile alone:"; head -3 build/header.err >&2; }
done

# 4. Format.
fmt=$(command -v clang-format-14 || command -v clang-format) || fmt=
if [ -n "$fmt" ]; then
    files=$(ls src/*/*.[ch] include/*.h ext/*/*.[ch] tests/*/*.[ch] fuzz/*.c bench/*.[ch] 2>/dev/null)
    # shellcheck disable=SC2086
    "$fmt" --dry-run -Werror $files 2>build/format.err || { say "not formatted; run: clang-format -i FILE"; grep -o '^[^:]*' build/format.err | sort -u | head -20 >&2; }
fi

# 5. The SQL keeps to what both engines and a sharded PostgreSQL speak.
[ ! -x tools/sqllint.sh ] || tools/sqllint.sh || bad=1
tools/asvs.pl || bad=1

# 6. Words that must not be left behind.
if grep -nwE 'TODO|FIXME|XXX' src/*/*.[ch] include/*.h ext/*/*.[ch] sql/*.sql 2>/dev/null; then say "unfinished by its own words (above)"; fi

# 7. What is generated and committed is current.
tools/docs.sh --check || bad=1

# 8. Scripts are well formed; no file is too long to be read.
for f in tools/*.sh tests/lib/*.sh tests/*/*.t .ci/run; do
    case $(head -1 "$f") in
    *bash*) bash -n "$f" || say "$f is not well formed" ;;
    *perl*) perl -c "$f" 2>build/perl.err || { cat build/perl.err >&2; say "$f is not well formed"; } ;;
    *) sh -n "$f" || say "$f is not well formed" ;;
    esac
done
if command -v shellcheck >/dev/null; then
    shellcheck --severity=warning --shell=sh tools/*.sh || say "shellcheck (above)"
fi
for f in src/*/*.[ch] include/*.h ext/*/*.[ch] tests/*/*.[ch] fuzz/*.c bench/*.[ch] tools/*; do
    [ -f "$f" ] || continue
    n=$(wc -l <"$f")
    [ "$n" -le 900 ] || say "$f has $n lines; split it"
done

# 9. A second compiler's warnings, where it is installed.
if command -v clang-14 >/dev/null; then
    libraries=$(pkg-config --cflags gmime-3.0 pangocairo xlsxwriter 2>/dev/null | sed "s/-I/-isystem /g")
    # shellcheck disable=SC2086
    find src ext tools fuzz bench tests -name node_modules -prune -o -name '*.c' -print0 2>/dev/null | xargs -0 -P2 -n6 clang-14 -std=c11 -D_GNU_SOURCE \
        -DREB_VERSION='"0"' -DREB_CORPUS='""' -Iinclude -Ibuild/gen -isystem /usr/include/postgresql $libraries -Wall -Wextra -Wpedantic -Wshadow \
        -Wconversion -Wsign-conversion -Wstrict-prototypes -Wvla -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Werror -fsyntax-only \
        2>build/clang.err || { head -30 build/clang.err >&2; say "clang warns (above)"; }
fi

[ $bad -eq 0 ] && echo "check: all clean"
exit $bad
