#!/bin/bash
# The compiler of the message catalogues: it must refuse what would reach a person as a gap, a raw key or a wrong form.
. tests/lib/tap.sh
if ! command -v node >/dev/null || [ ! -e console/node_modules/@formatjs/icu-messageformat-parser ]; then
    skip "the console's packages are not installed"
    tap_done
    exit
fi
M=$TMP/messages
OUT=$TMP/out
run() { node tools/messages.mjs --messages "$M" --out "$OUT" --source "$TMP/source" "$@" >"$TMP/said" 2>&1; }

# Four small catalogues that are right.
good() {
    mkdir -p "$M" "$TMP/source"
    printf '{\n  "a.greeting": "Good morning, {name}.",\n  "a.people": "{count, plural, one {# customer} other {# customers}}",\n  "a.share": "{share, number, percent} of {kind, select, call {calls} other {all}}"\n}\n' >"$M/en.json"
    printf '{\n  "a.greeting": "صباح الخير يا {name}.",\n  "a.people": "{count, plural, zero {لا عملاء} one {عميل واحد} two {عميلان} few {# عملاء} many {# عميلًا} other {# عميل}}",\n  "a.share": "{share, number, percent} من {kind, select, call {المكالمات} other {الكل}}"\n}\n' >"$M/ar.json"
    printf '{\n  "a.greeting": "صبح به‌خیر، {name}.",\n  "a.people": "{count, number} مشتری",\n  "a.share": "{share, number, percent} از {kind, select, call {تماس‌ها} other {همه}}"\n}\n' >"$M/fa.json"
    printf '{\n  "a.greeting": "Καλημέρα, {name}.",\n  "a.people": "{count, plural, one {# πελάτης} other {# πελάτες}}",\n  "a.share": "{share, number, percent} από {kind, select, call {κλήσεις} other {όλα}}"\n}\n' >"$M/el.json"
}
# refuses NAME LANGUAGE SED-SCRIPT EXTENDED-REGEX
refuses() {
    good
    cp "$M/$2.json" "$TMP/before"
    sed -i -E "$3" "$M/$2.json"
    cmp -s "$M/$2.json" "$TMP/before" && { ok 1 "$1 (the test changed nothing)"; return; }
    if run --check; then ok 1 "$1"; else like "$(cat "$TMP/said")" "$4" "$1"; fi
}

good
run
ok $? "right catalogues compile"
cat >"$TMP/say.mjs" <<'END'
const { load, speaker } = await import(process.argv[2] + '/index.js');
const plain = (s) => s.replaceAll('\u2068', '<').replaceAll('\u2069', '>');
for (const [language, tag] of [['en', 'en'], ['ar', 'ar-u-nu-arab'], ['fa', 'fa-u-nu-arabext'], ['el', 'el']]) {
  const say = speaker(await load(language), tag);
  console.log(plain([say('a.greeting', { name: 'Ana' }), say('a.people', { count: 0 }), say('a.people', { count: 1 }), say('a.people', { count: 2 }),
    say('a.people', { count: 1003 }), say('a.people', { count: 11 }), say('a.people', { count: 100 }), say('a.share', { share: 0.25, kind: 'call' }),
    say('a.share', { share: 0.5, kind: 'toString' }), say('b.nothing')].join('|')));
}
END
echo '{"type":"module"}' >"$OUT/package.json"
said=$(node "$TMP/say.mjs" "$OUT")
is "$(sed -n 1p <<<"$said")" "Good morning, <Ana>.|0 customers|1 customer|2 customers|1,003 customers|11 customers|100 customers|25% of calls|50% of all|b.nothing" \
    "English: plurals, isolated names, shares, a choice; an unknown key is told as itself"
is "$(sed -n 2p <<<"$said" | cut -d'|' -f1-7)" "صباح الخير يا <Ana>.|لا عملاء|عميل واحد|عميلان|١٬٠٠٣ عملاء|١١ عميلًا|١٠٠ عميل" "Arabic: all six forms, Arabic digits"
is "$(sed -n 3p <<<"$said" | cut -d'|' -f1-5)" "صبح به‌خیر، <Ana>.|۰ مشتری|۱ مشتری|۲ مشتری|۱٬۰۰۳ مشتری" "Persian: Persian digits"
is "$(sed -n 4p <<<"$said" | cut -d'|' -f1-5)" "Καλημέρα, <Ana>.|0 πελάτες|1 πελάτης|2 πελάτες|1.003 πελάτες" "Greek"
like "$(cat "$OUT/keys.d.ts")" "'a.people': \{ count: number \}" "the types know the arguments"
stat -c %Y.%y "$OUT"/*.js "$OUT/keys.d.ts" >"$TMP/times"
run
is "$(stat -c %Y.%y "$OUT"/*.js "$OUT/keys.d.ts")" "$(cat "$TMP/times")" "what has not changed is not written again"

# Only what the console uses is in its chunks.
printf "t('a.people', { count }); t(\`b.\${x}\`);\n" >"$TMP/source/x.ts"
run
is "$(grep -c '^"a\.' "$OUT/ar.js")" 1 "a key that no source names is left out of the chunk"
echo "t('a.' + x)" >"$TMP/source/x.ts"
run
is "$(grep -c '^"a\.' "$OUT/ar.js")" 3 "a head of keys takes all that begin so"
# What only a lazy screen says comes with it.
mkdir -p "$TMP/source/screens/shop" "$TMP/source/screens/job" "$TMP/source/screens/today"
echo "t('a.greeting')" >"$TMP/source/screens/today/x.svelte"
echo "t('a.people'); t('a.greeting')" >"$TMP/source/screens/shop/words.ts"
echo "import { x } from '../shop/words'; t('a.share')" >"$TMP/source/screens/job/x.svelte"
rm "$TMP/source/x.ts"
run
is "$(grep -ho '^"a\.[a-z]*' "$OUT/fa.js" "$OUT/screens/shop.fa.js" "$OUT/screens/job.fa.js" | tr '\n' ' ')" '"a.greeting "a.people "a.people "a.share ' \
    "what a lazy screen says, and what it imports says, is a chunk of its own"
rm -r "$TMP/source/screens"

refuses "a missing key" ar '/a.greeting/d' 'ar: a.greeting is missing'
refuses "a key that English does not have" fa 's/a.greeting/a.greetings/' 'fa: a.greetings stands only here'
refuses "a missing Arabic plural form" ar 's/ two \{[^}]*\}//' 'ar: a.people: .*lacks the plural form two'
refuses "a missing English plural form" en 's/ one \{[^}]*\}//' 'en: a.people: .*lacks the plural form one'
refuses "a plural form the language does not have" el 's/ one \{/ few {# a} one {/' 'el: a.people: .*few, which this language does not know'
refuses "no form for the rest" el 's/ other \{# [^}]*\}//' 'el: a.people'
refuses "a bare number where words change with it" el 's/\{count, plural.*\}\}/{count, number} πελάτες/' 'el: a.people: \{count\} is a plural in English'
refuses "a missing argument" el 's/, \{name\}//' 'el: a.greeting: the argument \{name\} is missing'
refuses "a misspelt argument" ar 's/\{name\}/{nam}/' 'ar: a.greeting: the argument \{nam\} is not in English'
refuses "an argument of another type" fa 's/\{name\}/{name, number}/' 'fa: a.greeting: \{name\} is number, in English text'
refuses "a choice with another branch" fa 's/call \{/ring {/' 'fa: a.share: \{kind\} selects other ring'
refuses "an open brace" ar 's/\{name\}/{name/' 'ar: a.greeting: cannot be read'
refuses "a brace too many" fa 's/\{name\}/{name}}/' 'fa: a.greeting: a brace stands alone'
refuses "a date left to the pattern" en 's/\{name\}/{name, date}/' 'format dates and times first'
refuses "a text left in English" ar 's/"صباح[^"]*"/"Good morning, {name}."/' 'ar: a.greeting: is not translated'
refuses "a Persian letter in Arabic" ar 's/يا/یا/' 'ar: a.greeting: a Persian letter'
refuses "an Arabic letter in Persian" fa 's/مشتری/مشتري/' 'fa: a.people: an Arabic letter'
refuses "a number in the text" ar 's/يا/يا 5/' 'ar: a.greeting: a number stands in the text'
refuses "a Latin letter within a Greek word" el 's/Καλημέρα/Kαλημέρα/' 'el: a.greeting: Latin and Greek'
refuses "an override of direction" ar "s/صباح/$(printf '\xe2\x80\xae')صباح/" 'ar: a.greeting holds a control character'
refuses "keys out of order" en 's/a.greeting/b.greeting/' 'keys are not in order'
refuses "an unfinished merge" el '2i <<<<<<< HEAD' 'el: there are marks of a merge'
refuses "a text that is empty" el 's/"Καλημέρα[^"]*"/""/' 'el: a.greeting has no text'

good
for l in en ar fa el; do # the lines turned about and one of them twice, as merges leave them
    { echo '{'; sed '1d;$d;s/,$//' "$M/$l.json" | sort -r | sed 's/$/,/'; sed -n 2p "$M/$l.json"; echo '}'; } >"$TMP/x" && mv "$TMP/x" "$M/$l.json"
done
run --sort
ok $? "--sort puts a merged catalogue in order"
run --check
ok $? "after which it is right"
sed -i '2p;2s/,$//;2s/"[^"]*"$/"Hello, {name}."/' "$M/en.json"
run --sort
like "$(cat "$TMP/said")" 'a.greeting stands twice with two texts' "--sort does not choose between two texts"

# The real ones.
node tools/messages.mjs --check >"$TMP/said" 2>&1
ok $? "messages/ is complete in four languages, and in order"
head -20 "$TMP/said" | sed 's/^/# /'
node tools/messages.mjs --out "$TMP/real" --all >"$TMP/said" 2>&1
ok $? "each language compiles"
head -20 "$TMP/said" | sed 's/^/# /'
tap_done
