#!/usr/bin/env bash
# Input that is no good: a clear word with its place, an exit code that is not 0, nothing half done.
. tests/lib/tap.sh
. tests/cli/import.sh
head='order no,date,customer email,amount'
good='1,2026-05-01,ann@example.com,50.00'
nothing() { # NAME: no event, no customer, no batch
    is "$(sql "select (select count(*) from event) + (select count(*) from customer) + (select count(*) from import_batch)")" 0 "$1: nothing is half done"
}
bad() { # CODE REGEX NAME FILE [OPTION...]
    local code=$1 regex=$2 name=$3
    shift 3
    exits "$code" "$name: exit $code" "$REBOUND" import "$@" --now 2026-11-01
    like "$(cat "$TMP/err")" "$regex" "$name: said"
    nothing "$name"
}
fresh sqlite bad
"$REBOUND" init >/dev/null 2>&1

printf '%s\n%s\n2,2026-05-02,"ann@example.com,50.00\n3,2026-05-03,bob@example.com,1\n' "$head" "$good" >"$TMP/quote.csv"
bad 3 'line 3' "a quote never closed" "$TMP/quote.csv"
printf '%s\n%s\n2,2026-05-02,a\0b@example.com,1\n' "$head" "$good" >"$TMP/nul.csv"
bad 3 'NUL|zero|binary' "NUL bytes" "$TMP/nul.csv"
{ printf '%s\n%s\n2,2026-05-02,' "$head" "$good"; head -c 100000000 /dev/zero | tr '\0' 'x'; printf ',1\n'; } >"$TMP/long.csv"
bad 6 'line 3' "a line of 100 MB" "$TMP/long.csv"
rm -f "$TMP/long.csv"
{ seq -s, 1 5000; seq -s, 1 5000; } >"$TMP/wide.csv"
bad 6 'columns' "5,000 columns" "$TMP/wide.csv"
mkdir "$TMP/folder.csv"
bad 3 'folder|directory' "a directory" "$TMP/folder.csv"
: >"$TMP/empty.csv"
bad 3 'empty' "an empty file" "$TMP/empty.csv"
printf '%s\n' "$head" >"$TMP/header.csv"
bad 3 'nothing below' "a header alone" "$TMP/header.csv"
bad 4 'none.csv' "no such file" "$TMP/none.csv"
printf '%s\n%s\n' "$head" "$good" | gzip >"$TMP/whole.csv.gz"
head -c 60 "$TMP/whole.csv.gz" >"$TMP/cut.csv.gz"
bad 3 'cut|ends|truncated' "a truncated file" "$TMP/cut.csv.gz"
if command -v zip >/dev/null; then
    mkdir -p "$TMP/bomb/xl/worksheets" "$TMP/bomb/_rels" "$TMP/bomb/xl/_rels"
    printf '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>' >"$TMP/bomb/[Content_Types].xml"
    printf '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>' >"$TMP/bomb/xl/workbook.xml"
    printf '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>' >"$TMP/bomb/xl/_rels/workbook.xml.rels"
    { printf '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>date</t></is></c><c r="B1" t="inlineStr"><is><t>customer</t></is></c><c r="C1" t="inlineStr"><is><t>amount</t></is></c></row>'
      head -c 200000000 /dev/zero | tr '\0' ' '
      printf '</sheetData></worksheet>'; } >"$TMP/bomb/xl/worksheets/sheet1.xml"
    (cd "$TMP/bomb" && zip -q -9 -r ../bomb.xlsx .)
    rm -rf "$TMP/bomb"
    bad 6 'unpack|bomb|large|ratio' "a zip bomb" "$TMP/bomb.xlsx"
else
    skip "zip is not installed: no zip bomb to test with"
fi
printf '%s\n%s\n' "$head" "$good" >"$TMP/fine.csv"
bad 2 'encoding' "an encoding that does not exist" "$TMP/fine.csv" --encoding klingon
exits 2 "no file" "$REBOUND" import
exits 2 "undo of no batch" "$REBOUND" import undo
exits 2 "undo of what is no number" "$REBOUND" import undo seven
exits 4 "undo of a batch that does not exist" "$REBOUND" import undo 7
printf 'order no,date,customer email,amount\n1,yesterday,ann@example.com,1\n' >"$TMP/nodate.csv"
bad 3 'date' "a column of dates without a date" "$TMP/nodate.csv"

# Rows that are refused, one by one: told with line and reason, mended, imported again.
cat >"$TMP/rows.csv" <<'E'
order no,date,customer email,product,quantity,price,colour
1,2026-05-01,ann@example.com,Mug,1,10.00,red
2,2026-13-45,bob@example.com,Mug,1,10.00,red
3,2026-05-03,cy@example.com,Mug,one,10.00,red
4,2026-05-04,di@example.com,Mug,1,10.00,red
4,2026-05-04,di@example.com,Tea,1,ten,red
5,2026-05-05,ed@example.com,Mug,1,10.00,red,too,much
6,,fay@example.com,Mug,1,10.00,red
order no,date,customer email,product,quantity,price,colour
Total,,,,,70.00,
E
imp "$TMP/rows.csv" --json --now 2026-11-01
is "$(count rows)/$(count orders)/$(count rejected_rows)/$(count ignored_rows)" "9/1/6/2" "good rows are written, bad ones refused, totals and repeated headers left"
R="$TMP/rows.csv.rejects.csv"
is "$(wc -l <"$R")" 7 "the file of refused rows has them all, under the header"
like "$(cat "$R")" '^2,2026-13-45,bob@example.com,Mug,1,10.00,red,3,.*date' "with line and reason"
like "$(cat "$R")" '^4,.*,5,another row of this order was refused' "the whole order, so that it can be mended"
is "$(sql "select count(*) from event where ext_id = '4'")" 0 "no half order is stored"
sed -e 's/2026-13-45/2026-05-02/; s/,one,/,1,/; s/,ten,/,3.00,/; s/,too,much//; s/^6,,/6,2026-05-06,/' "$R" >"$TMP/mended.csv"
imp "$TMP/mended.csv" --json --now 2026-11-01
is "$(count orders)/$(count rejected_rows)" "5/0" "mended, they are taken in"
is "$(sql "select count(*), sum(amount_minor) from event where kind = 'order'")" "6|6300" "all is there then"
like "$(sql "select data from event where ext_id = '2'")" '"colour":"red"' "what stood aside does so still"
unlike "$(sql "select data from event")" 'rebound_line' "and line and reason do not"
tap_done
