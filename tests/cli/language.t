#!/usr/bin/env bash
# What is said to a person, in each language: nothing is left in English, digits and calendar are choices of their own.
. tests/lib/tap.sh
export REBOUND_DB=$TMP/shop.db
"$REBOUND" init --name "Shop" --currency GBP --timezone Europe/London >/dev/null
"$REBOUND" demo --out "$TMP/shop" --customers 300 --seed 7 --until 2026-05-01 >/dev/null
"$REBOUND" import "$TMP/shop/orders.csv" --now 2026-05-01 >/dev/null 2>&1
"$REBOUND" import "$TMP/shop/customers.csv" --now 2026-05-01 >/dev/null 2>&1
run() { "$REBOUND" "$@" --now 2026-05-01; }
marks() { sed 's/[⁨⁩‎‏؜]//g'; } # the invisible ones

run fit >/dev/null 2>&1
item=$(run today --json | sed 's/.*"items":\[{"item":"\([a-z0-9]*\)".*/\1/')
customer=$(run today --json --peek | sed 's/.*"customer":{"id":"\([0-9]*\)".*/\1/')
is "$(run today --peek --lang en)" "$(run today --peek)" "English is what is said without a choice"
# English words that stay: commands, names of people, models and settings, codes.
english() { marks | sed -E 's/rebound[^·،]*//g; s/\([a-z_]+\)//g; s/--[a-z]+ [^ ]*//g' |
    grep -oE '\b(the|and|of|day|days|customer|customers|purchase|purchases|margin|minutes|about|worth|stake|left|Fit|Model|Status|Stage|since|by|yes|no|fit|never|ago)\b' | sort -u | tr '\n' ' '; }
# Promises, what losing costs, and an event log of cases. Goods, places and words of people are not English here, so any English word is one left over.
words() { marks | sed -E 's/rebound[^·،:]*//g; s/C-[0-9]+ +[a-z_]+//; s/\([a-z_]+\)//g; s/--[a-z]+ [^ ]*//g' | grep -oiE '\b(the|and|of|due|in|by|kept|late|broken|state|delivery|answer|call|back|days?|hours?|cases?|complaints?|week|silent|reach|open|unhappy|customers?|bought|again|upheld|not|too|little|data|promises?|rows?|events?|new|written|line|refused|would|bring|take|it|all|which|other|measured|assumed|mixed)\b' | sort -u | tr '\n' ' '; }
cat >"$TMP/orders.csv" <<'END'
Order,Date,Customer id,Customer name,Product,Amount,Estimated delivery date,Delivered at,Branch
p1,2026-03-01,q7,Ute Q,Stuhl,120,2026-03-10,2026-03-09,Nord
p2,2026-03-02,q8,Uwe Q,Stuhl,120,2026-03-10,2026-03-14,Nord
p3,2026-03-03,q9,Udo Q,Tisch,400,2026-03-10,,West
END
run import "$TMP/orders.csv" >/dev/null 2>&1
run promise make "$customer" --what "Rückruf" --kind call_back --due 2026-05-04 >/dev/null
made=$(run promise list --state open --json | sed 's/.*"promises":.."id":"\([0-9]*\)".*/\1/')
run case open "Zerbrochen" --name "Uta Q" --kind other --channel phone >/dev/null
printf 'CaseID,When,What\n1,2026-01-05 10:00,In\n1,2026-01-06 10:00,Out\n1,2026-01-07 10:00,Nonsense\n' >"$TMP/log.csv"
printf 'case = CaseID\ntime = When\nactivity = What\non In = opened\non Out = message_out\n' >"$TMP/log.map"
like "$(run promise gap --by branch)" 'Late by: the median of the late ones' "English: the gap"
like "$(run losing)" '^Open cases    1 case: .*assumed|^Open cases    1 case: .*mixed' "English: what losing costs"
for l in ar-u-nu-arab-ca-gregory fa-u-ca-persian-nu-arabext el; do
    is "$(run promise list --lang $l | words)" "" "$l: promises"
    is "$(run promise show "$made" --lang $l | words)" "" "$l: a promise"
    is "$(run promise gap --by kind --lang $l | words)" "" "$l: the gap"
    is "$(run losing --lang $l | words)" "" "$l: what losing costs"
    is "$(run import log "$TMP/log.csv" --map "$TMP/log.map" --dry-run --lang $l | words)" "" "$l: an event log"
    case $l in el) continue ;; esac
    is "$(run promise gap --by branch --lang $l | marks | grep -c '[0-9]')" 0 "$l: no Latin digit in the gap"
done
for l in ar-u-nu-arab-ca-gregory fa-u-ca-persian-nu-arabext el; do
    is "$(run today --peek --lang $l | english)" "" "$l: today"
    is "$(run summary --lang $l | english)" "" "$l: summary"
    is "$(run fit --lang $l 2>/dev/null | english)" "" "$l: fit"
    is "$(run customer show "$customer" --lang $l | english)" "" "$l: a customer's page"
    is "$(run customer list --limit 5 --lang $l | english)" "" "$l: a list of customers"
    is "$(run done "$item" --lang $l | english)" "" "$l: an answer"
    case $l in el) continue ;; esac
    is "$(run summary --lang $l | marks | sed -E 's/rebound.*//' | grep -c '[0-9]')" 0 "$l: no Latin digit"
done
page=$(run customer export "$customer" --page --lang ar-u-ca-gregory-nu-arab)
like "$page" '<html lang="ar" dir="rtl">.*<title>ما نحتفظ به عنكم</title>' "what is held on a person is told in their language, from right to left"
like "$page" ' مارس ٢٠٢٦<| أبريل ٢٠٢٦<| فبراير ٢٠٢٦<| يناير ٢٠٢٦<' "with their dates"
like "$(run today --peek --lang fa-u-ca-persian-nu-arabext | head -1)" '۱۱ اردیبهشت ۱۴۰۵' "the Persian calendar"
like "$(run today --peek --lang fa | head -1)" '1 مهٔ 2026' "a tag that tells neither keeps calendar and digits of the business"
run set language ar >/dev/null
run set digits arabic >/dev/null
like "$(run summary | head -1 | marks)" '^ملخص ١ مايو ٢٠٢٦$' "the business's language and digits, and its calendar still"
run set calendar hijri >/dev/null
like "$(run summary | head -1 | marks)" '^ملخص ١٤ ذو القعدة ١٤٤٧$' "the calendar is a choice of its own"
like "$(run today --peek --lang en-u-ca-gregory-nu-latn | head -1)" '^Today, 1 May 2026' "--lang goes before the settings"
exits 2 "a language that is none of ours" run today --lang de
like "$(cat "$TMP/err")" 'en, ar, fa and el' "and which are"
exits 2 "--lang without a value" "$REBOUND" today --lang
tap_done
