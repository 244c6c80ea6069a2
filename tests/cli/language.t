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
