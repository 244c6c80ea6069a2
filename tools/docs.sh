#!/bin/sh
# Keeps the generated parts of the documents current: `tools/docs.sh` writes them, `tools/docs.sh --check` only compares.
# A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
set -eu
cd "$(dirname "$0")/.."

exit_codes() {
    echo "| exit code | name in JSON | HTTP status | meaning |"
    echo "|---|---|---|---|"
    sed -n 's/^REB_ERROR([A-Z_]*, "\([a-z_]*\)", \([0-9]*\), \([0-9]*\), "\(.*\)")$/| \2 | `\1` | \3 | \4 |/p' api/errors.def
}

part() { # part FILE FUNCTION NAME: the file with its generated part made anew
    $2 >build/docs.part
    awk -v name="$3" '/^<!-- generated: /{print; if ($3 == name) {while ((getline l < "build/docs.part") > 0) print l; skip = 1} next}
        /^<!-- end -->/{skip = 0} !skip' "$1"
}

mkdir -p build
part docs/manual/exit-codes.md exit_codes exit-codes >build/docs.new
if [ "${1:-}" = --check ]; then
    cmp -s build/docs.new docs/manual/exit-codes.md || { echo "docs/manual/exit-codes.md is behind api/errors.def; run tools/docs.sh" >&2; exit 1; }
else
    cp build/docs.new docs/manual/exit-codes.md
fi
