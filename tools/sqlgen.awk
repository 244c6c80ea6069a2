# Turns sql/*.sql and sql/migrations/*.sql into C: `awk -v out=header|source -f tools/sqlgen.awk FILES`.
# A query starts at `-- name: NAME`, `-- name: NAME @pg` or `-- name: NAME @sqlite` and ends before the next one.
# Comment lines are left out; migrations keep their whole text, since their checksum is of the file as read.
function quote(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\\n\"" }
function fail(msg) { print FILENAME ":" FNR ": " msg > "/dev/stderr"; bad = 1; exit 1 }
FNR == 1 { name = ""; migration = (FILENAME ~ /migrations\//)
    if (migration) { n_mig++; base = FILENAME; sub(/.*\//, "", base); mig_name[n_mig] = base } }
migration { mig_text[n_mig] = mig_text[n_mig] "\n    " quote($0); next }
/^-- name: / {
    name = $3; engine = $4
    if (engine != "" && engine != "@pg" && engine != "@sqlite") fail("unknown engine " engine)
    if (!(name in seen)) { seen[name] = 1; order[++n] = name }
    if ((name SUBSEP engine) in has) fail("query " name " " engine " is written twice")
    has[name, engine] = 1; next }
/^[ \t]*--/ || /^[ \t]*$/ { next }
name == "" { fail("SQL before the first `-- name:`") }
{ text[name, engine] = text[name, engine] "\n    " quote($0) }
END {
    if (bad) exit 1
    print "/* Generated from sql/ by tools/sqlgen.awk; do not edit. */"
    if (out == "header") {
        print "#ifndef REB_SQL_NAMES_H\n#define REB_SQL_NAMES_H\ntypedef enum reb_sql {"
        for (i = 1; i <= n; i++) print "    REB_SQL_" toupper(order[i]) ","
        print "    REB_SQL_COUNT\n} reb_sql;\n#endif"
        exit
    }
    print "#include \"sql_texts.h\"\n"
    print "const reb_sql_text reb_sql_texts[REB_SQL_COUNT + 1] = {"
    for (i = 1; i <= n; i++) {
        q = order[i]
        lite = ((q, "@sqlite") in text) ? text[q, "@sqlite"] : text[q, ""]
        pg = ((q, "@pg") in text) ? text[q, "@pg"] : text[q, ""]
        if (lite == "" && pg == "") { print "query " q " has no text" > "/dev/stderr"; exit 1 }
        print "    {\"" q "\"," (lite == "" ? " NULL" : lite) "," (pg == "" ? " NULL" : pg) "},"
    }
    print "    {NULL, NULL, NULL},\n};\n"
    print "const reb_migration_text reb_migrations[] = {"
    for (i = 1; i <= n_mig; i++) print "    {\"" mig_name[i] "\"," mig_text[i] "},"
    print "    {NULL, NULL},\n};"
}
