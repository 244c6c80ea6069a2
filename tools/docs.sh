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

# REB_SETTING(id, key, type, default, least, most, assumed, choices, help), one or two lines each.
settings() {
    echo "| setting | default | what it is |"
    echo "|---|---|---|"
    awk '/^REB_SETTING\(/ {s = ""; open = 1} open {sub(/^ +/, ""); s = s " " $0}
        open && /\)$/ {
            open = 0; n = split(s, part, "\"")
            key = part[2]; value = part[4]; help = part[n - 1]
            split(part[5], number, ","); gsub(/ /, "", number[4])
            choices = n > 7 ? part[6] : ""; gsub(/ /, "`, `", choices)
            print "| `" key "` | " (value == "" ? "" : "`" value "`") (number[4] == 1 ? ", assumed" : "") " | " help \
                (choices == "" ? "" : " One of `" choices "`.") " |"
        }' api/settings.def
}

part() { # part FILE FUNCTION NAME: the file with its generated part made anew
    $2 >build/docs.part
    awk -v name="$3" '/^<!-- generated: /{print; if ($3 == name) {while ((getline l < "build/docs.part") > 0) print l; skip = 1} next}
        /^<!-- end -->/{skip = 0} !skip' "$1"
}

mkdir -p build
stale=0
keep() { # keep FILE FUNCTION NAME TABLE
    part "$1" "$2" "$3" >build/docs.new
    cmp -s build/docs.new "$1" && return 0
    if [ "$check" = yes ]; then
        echo "$1 is behind $4; run tools/docs.sh" >&2
        stale=1
    else
        cp build/docs.new "$1"
    fi
}
check=no
[ "${1:-}" != --check ] || check=yes
keep docs/manual/exit-codes.md exit_codes exit-codes api/errors.def
keep docs/manual/settings.md settings settings api/settings.def
exit $stale
