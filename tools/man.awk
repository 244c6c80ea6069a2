# A page of docs/manual as a manual page: `awk -v page=rebound-today -v summary=... -v version=0.1.0 -v dated=2026-11-21 -f tools/man.awk docs/manual/today.md`.
# Speaks the little Markdown that the manual uses: headings, paragraphs, lists, tables, code, `code`, **strong**, [links](to).
function inline(s,    out, a) {
    gsub(/\\/, "\\e", s)
    gsub(/-/, "\\-", s)
    while (match(s, /\[[^]]*\]\([^)]*\)/)) {
        a = substr(s, RSTART, RLENGTH)
        sub(/^\[/, "", a); sub(/\]\(.*/, "", a)
        s = substr(s, 1, RSTART - 1) a substr(s, RSTART + RLENGTH)
    }
    out = ""
    while (match(s, /`[^`]*`|\*\*[^*]*\*\*/)) {
        a = substr(s, RSTART, RLENGTH)
        out = out substr(s, 1, RSTART - 1) "\\fB" (a ~ /^`/ ? substr(a, 2, length(a) - 2) : substr(a, 3, length(a) - 4)) "\\fR"
        s = substr(s, RSTART + RLENGTH)
    }
    return guard(out s)
}
function heading(s) { print ".SH \"" s "\""; blank = in_list = 0; fresh = 1 }
function guard(s) { return s ~ /^[.']/ ? "\\&" s : s }
function code(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); print guard(s) }
function close_code() { if (in_indent) { print ".EE"; print ".RE"; in_indent = 0 } }
BEGIN { upper = toupper(page) }
NR == 1 {
    print ".TH " upper " 1 \"" dated "\" \"rebound " version "\" \"User Commands\""
    print ".SH NAME"; print inline(page) " \\- " inline(summary)
    heading("DESCRIPTION"); next
}
/^```/ { close_code(); if (fence) { print ".EE"; print ".RE" } else { if (!fresh) print ".PP"; fresh = 0; print ".RS 4"; print ".EX" } fence = !fence; next }
fence { code($0); next }
/^<!--/ { next }
/^    / && !in_list { if (!in_indent) { if (!fresh) print ".PP"; fresh = 0; print ".RS 4"; print ".EX"; in_indent = 1 } code(substr($0, 5)); next }
{ close_code() }
/^$/ { blank = 1; next }
/^##* / { sub(/^##* */, ""); heading(toupper(inline($0))); next }
!/^\|/ { rows = 0 }
/^\|/ && ++rows <= 2 { next } # the titles and the rule below them
/^\|/ {
    n = split($0, cell, /\|/); fresh = 0; print ".TP"; print "\\fB" inline(trim(cell[2])) "\\fR"
    row = ""; for (i = 3; i < n; i++) row = row (row == "" ? "" : "; ") trim(cell[i])
    print inline(row); blank = 0; next
}
/^- / { fresh = 0; print ".IP \\(bu 3"; print inline(substr($0, 3)); in_list = 1; blank = 0; next }
/^[0-9]+\. / { print ".IP " $1 " 4"; sub(/^[0-9]+\. */, ""); print inline($0); in_list = 1; blank = 0; next }
{ if (blank && !fresh) print ".PP"; if (blank) in_list = 0; blank = fresh = 0; sub(/^ +/, ""); print inline($0) }
END { close_code(); print ".SH SEE ALSO"; print "rebound(1)" }
function trim(s) { gsub(/^ +| +$/, "", s); return s }
