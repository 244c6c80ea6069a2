/* The table of currencies, and finding one in the words of a header or beside a number. */
#include "money.h"

#include "currency_words.h"
#include "fold.h"
#include "utf8.h"

#include <string.h>

static const reb_currency k_currencies[] = {
#define REB_CURRENCY(code, digits, name) {code, digits, name},
#include "../../api/currencies.def"
#undef REB_CURRENCY
};
#define N_CURRENCIES (sizeof k_currencies / sizeof k_currencies[0])

typedef struct currency_word {
    const char *word;
    char code[4];
    int64_t factor;
    bool shared;
} currency_word;

static const currency_word k_words[] = {
#define REB_CURRENCY_WORD(word, code, factor, shared) {word, code, factor, shared},
#include "../../api/currencies.def"
#undef REB_CURRENCY_WORD
};
#define N_WORDS (sizeof k_words / sizeof k_words[0])

size_t reb_currency_count(void) {
    return N_CURRENCIES;
}
const reb_currency *reb_currency_at(size_t i) {
    return i < N_CURRENCIES ? &k_currencies[i] : NULL;
}

const reb_currency *reb_currency_find(const char *code, size_t len) {
    if (len != 3) return NULL;
    char up[4] = {0};
    for (size_t i = 0; i < 3; i++) up[i] = (char)(code[i] >= 'a' && code[i] <= 'z' ? code[i] - 32 : code[i]);
    size_t low = 0, high = N_CURRENCIES;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = memcmp(k_currencies[mid].code, up, 3);
        if (order == 0) return &k_currencies[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- words ---- */

static bool is_letter(uint32_t cp) {
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
           (cp >= 0xC0 && cp < 0x2000 && reb_digit_value(cp) < 0 && cp != 0xD7 && cp != 0xF7 && cp != 0x060C && cp != 0x061B &&
            cp != 0x066A && cp != 0x066B && cp != 0x066C) ||
           cp == 0x200D || cp == 0xFDFC || (cp >= 0xFB50 && cp <= 0xFDFF) || (cp >= 0xFE70 && cp <= 0xFEFC);
}
static bool is_sign(uint32_t cp) {
    return cp == '$' || (cp >= 0xA2 && cp <= 0xA5) || (cp >= 0x20A0 && cp <= 0x20CF) || cp == 0x060B || cp == 0x0E3F;
}

/* One word of the text: letters, with single dots between them (ر.س) and a sign right behind (US$), or one sign. */
typedef struct token {
    size_t from, to; /* in the text */
    char folded[48]; /* search form without dots, NUL-terminated; empty when too long */
    size_t len;
} token;

static bool next_token(token *t, const char *s, size_t len, size_t *at) {
    size_t i = *at;
    uint32_t cp = 0;
    size_t n = 0;
    while (i < len) {
        n = reb_utf8_decode(&cp, s + i, len - i);
        if (is_letter(cp) || is_sign(cp)) break;
        i += n;
    }
    if (i >= len) {
        *at = len;
        return false;
    }
    t->from = i;
    bool sign = is_sign(cp);
    i += n;
    while (i < len && !sign) {
        n = reb_utf8_decode(&cp, s + i, len - i);
        if (cp == '.' && i + 1 < len) { /* a dot belongs to the word when a letter follows */
            uint32_t after;
            reb_utf8_decode(&after, s + i + 1, len - i - 1);
            if (!is_letter(after)) break;
        } else if (is_sign(cp)) {
            sign = true;
        } else if (!is_letter(cp)) {
            break;
        }
        i += n;
    }
    t->to = i;
    *at = i;
    char bare[48];
    size_t b = 0;
    for (size_t k = t->from; k < t->to && b < sizeof bare; k++)
        if (s[k] != '.') bare[b++] = s[k];
    t->len = reb_fold(t->folded, sizeof t->folded - 1, bare, b);
    if (b >= sizeof bare || t->len >= sizeof t->folded) t->len = 0;
    t->folded[t->len] = '\0';
    return true;
}

static const currency_word *find_exact(const char *folded) {
    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(k_words[i].word, folded) == 0) return &k_words[i];
    return NULL;
}

/* Also behind the Arabic article, with or without "in": بالريال, الريال. */
static const currency_word *find_word(const char *folded) {
    static const char *const prefixes[] = {"بال", "ال"};
    const currency_word *w = find_exact(folded);
    for (size_t i = 0; i < 2 && w == NULL; i++) {
        size_t n = strlen(prefixes[i]);
        if (strncmp(folded, prefixes[i], n) == 0 && strlen(folded + n) >= 8) w = find_exact(folded + n);
    }
    return w;
}

/* amount_eur, usd_total: small letters are believed only for codes that are no English words. */
static bool is_joined_code(const char *text, size_t len, size_t from, size_t to) {
    static const char codes[] = "usd eur gbp aed sar irr kwd qar bhd omr jod egp chf sek nok dkk pln inr jpy cad aud";
    bool joined = (from > 0 && text[from - 1] == '_') || (to < len && text[to] == '_');
    if (to - from != 3 || !joined) return false;
    for (const char *c = codes;; c += 4) {
        if (memcmp(c, text + from, 3) == 0) return true;
        if (c[3] == '\0') return false;
    }
}

/* "TOTAL OF ALL": capitals do not make lek of it. Codes that are words count only alone or in brackets. */
static bool is_word_code(const char *text, size_t from) {
    static const char codes[] = "ALL TOP TRY CUP PEN MAD SOS BAM COP MOP BOB RON GEL LAK PAB WST SCR";
    if (from > 0 && (text[from - 1] == '(' || text[from - 1] == '[')) return false;
    for (const char *c = codes;; c += 4) {
        if (memcmp(c, text + from, 3) == 0) return true;
        if (c[3] == '\0') return false;
    }
}

static bool is_iso(const char *text, size_t from, size_t to, bool whole) {
    const char *s = text + from;
    size_t len = to - from;
    if (len != 3 || (!whole && is_word_code(text, from))) return false;
    for (size_t i = 0; i < 3; i++)
        if (!(s[i] >= 'A' && s[i] <= 'Z') && !(whole && s[i] >= 'a' && s[i] <= 'z')) return false;
    return true;
}

/* ريال is written with a Persian yeh in Iran and an Arabic one elsewhere; the sign U+FDFC is Iran's. */
static bool is_iranian_rial(const char *s, size_t len) {
    for (size_t i = 0; i + 1 < len; i++) {
        if ((unsigned char)s[i] == 0xDB && (unsigned char)s[i + 1] == 0x8C) return true;
        if (i + 2 < len && memcmp(s + i, "\xEF\xB7\xBC", 3) == 0) return true;
    }
    return false;
}

static void hint_from(reb_currency_hint *h, const currency_word *w, const char *s, size_t from, size_t to) {
    h->currency = reb_currency_find(w->code, 3);
    h->factor = w->factor;
    h->ambiguous = w->shared;
    h->word = (reb_slice){s + from, to - from};
    if (w->shared && strcmp(w->word, "ريال") == 0 && is_iranian_rial(s + from, to - from)) h->currency = reb_currency_find("IRR", 3);
}

size_t reb_currency_scan(reb_currency_hint *out, const char *text, size_t len) {
    *out = (reb_currency_hint){.factor = 1};
    size_t at = 0, unknown = 0;
    token a, b = {0};
    bool have_a = next_token(&a, text, len, &at);
    bool alone = have_a && a.to - a.from == reb_slice_trim((reb_slice){text, len}).len;
    while (have_a) {
        bool have_b = next_token(&b, text, len, &at);
        reb_currency_hint h = {.factor = 1};
        char pair[100];
        const currency_word *w = NULL;
        bool two = false;
        if (have_b && a.len > 0 && b.len > 0) {
            memcpy(pair, a.folded, a.len);
            pair[a.len] = ' ';
            memcpy(pair + a.len + 1, b.folded, b.len + 1);
            w = find_word(pair);
            two = w != NULL;
        }
        if (w == NULL && a.len > 0) w = find_word(a.folded);
        if (w != NULL) hint_from(&h, w, text, a.from, two ? b.to : a.to);
        if (h.currency == NULL && (is_iso(text, a.from, a.to, alone) || is_joined_code(text, len, a.from, a.to))) {
            h.currency = reb_currency_find(text + a.from, 3);
            h.word = (reb_slice){text + a.from, 3};
        }
        if (h.currency == NULL)
            unknown++;
        else if (out->currency == NULL || (out->ambiguous && !h.ambiguous))
            *out = h;
        if (two)
            have_a = next_token(&a, text, len, &at);
        else
            a = b, have_a = have_b;
    }
    return unknown;
}

bool reb_currency_detect(reb_currency_hint *out, const char *text, size_t len) {
    reb_currency_scan(out, text, len);
    return out->currency != NULL;
}
