#!/bin/sh
# Makes the manual pages: `tools/man.sh REBOUND DIR DATE`. rebound.1 from man/rebound.1.in, what the program says of itself, and the table of errors;
# rebound-COMMAND.1 from docs/manual/COMMAND.md.
set -eu
cd "$(dirname "$0")/.."
rebound=$1
dir=$2
dated=$3
version=$("$rebound" --version | cut -d' ' -f2)
rm -rf "$dir" && mkdir -p "$dir"
# "  name   text" lines of help as tagged paragraphs.
tagged() { sed -n 's/^  \(-*[a-z][^ ]*\( [A-Z][A-Z]*\)\{0,1\}\)  *\(.*\)$/.TP\n.B \1\n\3/p' | sed 's/-/\\-/g'; }
section() { "$rebound" help | sed -n "/^$1:/,/^\$/p"; }
section Commands | tagged >"$dir/commands"
section 'Common options' | tagged >"$dir/options"
sed -n 's/^REB_ERROR([A-Z_]*, "[a-z_]*", \([0-9]*\), [0-9]*, "\(.*\)")$/.TP\n.B \1\n\2/p' api/errors.def >"$dir/exits"
see=
for c in $(section Commands | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
    [ -e "docs/manual/$c.md" ] || continue
    summary=$("$rebound" help "$c" | sed -n 3p)
    awk -v page="rebound-$c" -v summary="$summary" -v version="$version" -v dated="$dated" -f tools/man.awk "docs/manual/$c.md" >"$dir/rebound-$c.1"
    see="$see${see:+, }rebound\\-$(echo "$c" | sed 's/-/\\-/g')(1)"
done
echo "$see" >"$dir/see"
awk -v dir="$dir" -v version="$version" -v dated="$dated" '
    /^@[A-Z]+@$/ { f = dir "/" tolower(substr($0, 2, length($0) - 2)); while ((getline l < f) > 0) print l; next }
    { sub(/@VERSION@/, version); sub(/@DATED@/, dated); print }' man/rebound.1.in >"$dir/rebound.1"
rm "$dir/commands" "$dir/options" "$dir/exits" "$dir/see"
