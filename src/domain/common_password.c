#include "common_password.h"

#include "../text/fold.h"
#include "../text/utf8.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>

const char *const reb_common_words[] = {
#include "common_words.inc"
    NULL,
};

enum {
    PASSWORD_MOST = 512,
    FOLDED = 1200,
    WORD_LEAST = 3,
    WORD_MOST = 48,
    CONTEXT_WORDS = 40,
    /* tenths of bits */
    COST_WORD = 115, /* one of about 3,000 */
    COST_LEET = 10,  /* and some of its letters written as digits and signs */
    COST_OWN = 10,   /* a word that belongs to the person */
    COST_RUN = 50,   /* a row of keys, a run, the same sign: which, from where, how long */
    COST_YEAR = 65,  /* 1930 to 2050 */
    COST_DAY = 150,  /* a day of those years, written in eight digits */
    COST_AGAIN = 20, /* what stood before, once more */
    COST_DIGIT = 33,
    COST_LETTER = 47,
    COST_SIGN = 50
};

typedef struct covering {
    char text[FOLDED];    /* folded */
    char as_i[FOLDED];    /* digits and signs taken for letters, 1 for i */
    char as_l[FOLDED];    /* ... 1 for l */
    int best[FOLDED + 1]; /* cheapest cover of the first n bytes */
    size_t len;
    char own[CONTEXT_WORDS][WORD_MOST];
    size_t own_count;
} covering;

static void take(covering *c, size_t from, size_t to, int cost) {
    if (c->best[from] + cost < c->best[to]) c->best[to] = c->best[from] + cost;
}

/* --- words ---------------------------------------------------------------------------------------------------------------------- */

static int compare(const char *s, size_t n, const char *word) {
    size_t m = strlen(word);
    int order = memcmp(s, word, n < m ? n : m);
    return order != 0 ? order : (n > m) - (n < m);
}

static bool listed(const char *s, size_t n) {
    size_t low = 0;
    size_t high = sizeof reb_common_words / sizeof reb_common_words[0] - 1;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = compare(s, n, reb_common_words[mid]);
        if (order == 0) return true;
        if (order < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return false;
}

static bool is_own(const covering *c, const char *s, size_t n) {
    for (size_t i = 0; i < c->own_count; i++)
        if (compare(s, n, c->own[i]) == 0) return true;
    return false;
}

static void words(covering *c, size_t at) {
    for (size_t n = WORD_LEAST; n <= WORD_MOST && at + n <= c->len; n++) {
        const char *const forms[] = {c->text + at, c->as_i + at, c->as_l + at};
        for (size_t f = 0; f < 3; f++) {
            int leet = f == 0 ? 0 : COST_LEET;
            if (listed(forms[f], n)) take(c, at, at + n, COST_WORD + leet);
            if (is_own(c, forms[f], n)) take(c, at, at + n, COST_OWN + leet);
        }
    }
}

/* --- rows, runs and what stood before ---------------------------------------------------------------------------------------------- */

static void rows(covering *c, size_t at) {
    static const char *const k_rows[] = {"qwertyuiop", "asdfghjkl",  "zxcvbnm", "qwertzuiop", "yxcvbnm",
                                         "azertyuiop", "qsdfghjklm", "wxcvbn",  "1234567890", "abcdefghijklmnopqrstuvwxyz",
                                         "0123456789"};
    for (size_t r = 0; r < sizeof k_rows / sizeof k_rows[0]; r++) {
        const char *first = c->text[at] != '\0' ? strchr(k_rows[r], c->text[at]) : NULL;
        if (first == NULL) continue;
        for (int way = -1; way <= 1; way += 2) {
            const char *p = first;
            for (size_t n = 1; at + n < c->len; n++) {
                if ((way < 0 && p == k_rows[r]) || p[way] != c->text[at + n] || p[way] == '\0') break;
                p += way;
                if (n + 1 >= 3) take(c, at, at + n + 1, COST_RUN);
            }
        }
    }
}

static void repeats(covering *c, size_t at) {
    for (size_t n = 1; at + n < c->len && c->text[at + n] == c->text[at]; n++)
        if (n + 1 >= 3) take(c, at, at + n + 1, COST_RUN);
    /* the longest part from here that stands anywhere before; a shorter one is its beginning */
    for (size_t k = 0; k < at; k++) {
        size_t n = 0;
        while (at + n < c->len && k + n < at && c->text[k + n] == c->text[at + n]) n++;
        for (size_t m = 3; m <= n; m++) take(c, at, at + m, COST_AGAIN);
    }
}

static int number(const char *s, size_t n) {
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return -1;
        v = v * 10 + (s[i] - '0');
    }
    return v;
}

/* 1930..2050, and the same of the Solar Hijri calendar: 1310..1430. */
static bool is_year(int v) {
    return (v >= 1930 && v <= 2050) || (v >= 1310 && v <= 1430);
}

static void years(covering *c, size_t at) {
    const char *s = c->text + at;
    if (at + 4 <= c->len && is_year(number(s, 4))) take(c, at, at + 4, COST_YEAR);
    if (at + 8 > c->len || number(s, 8) < 0) return;
    int a = number(s, 2), b = number(s + 2, 2), d = number(s + 4, 2), e = number(s + 6, 2);
    bool day_first = a >= 1 && a <= 31 && b >= 1 && b <= 31 && is_year(number(s + 4, 4));
    bool year_first = d >= 1 && d <= 31 && e >= 1 && e <= 31 && is_year(number(s, 4));
    if (day_first || year_first) take(c, at, at + 8, COST_DAY);
}

static void one_sign(covering *c, size_t at) {
    uint32_t cp;
    size_t n = reb_utf8_decode(&cp, c->text + at, c->len - at);
    bool digit = cp >= '0' && cp <= '9';
    bool letter = cp >= 0x80 || (cp >= 'a' && cp <= 'z');
    int cost = digit ? COST_DIGIT : letter ? COST_LETTER : COST_SIGN;
    if (!digit && !letter && memchr(c->text, c->text[at], at) != NULL) cost = COST_AGAIN / 2; /* the same sign between words */
    take(c, at, at + n, cost);
}

/* --- setting up ------------------------------------------------------------------------------------------------------------------------
 */

static char unleet(char ch, char one) {
    static const char k_from[] = "03457890@$!|+";
    static const char k_to[] = "oeastbgoasilt";
    if (ch == '1') return one;
    const char *p = ch != '\0' ? strchr(k_from, ch) : NULL;
    return p != NULL ? k_to[p - k_from] : ch;
}

static bool word_byte(char ch) {
    unsigned char u = (unsigned char)ch;
    return u >= 0x80 || (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z');
}

static void add_own(covering *c, const char *text) {
    char folded[FOLDED];
    size_t len = strlen(text);
    if (len > PASSWORD_MOST) len = reb_utf8_cut(text, len, PASSWORD_MOST);
    size_t n = reb_fold(folded, sizeof folded, text, len);
    if (n > sizeof folded) return;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && word_byte(folded[end])) end++;
        if (end - i >= WORD_LEAST && end - i < WORD_MOST && c->own_count < CONTEXT_WORDS) {
            memcpy(c->own[c->own_count], folded + i, end - i);
            c->own[c->own_count++][end - i] = '\0';
        }
        i = end + 1;
    }
}

static bool begin(covering *c, const char *password) {
    size_t len = strlen(password);
    if (len > PASSWORD_MOST) return false;
    c->len = reb_fold(c->text, FOLDED - 1, password, len);
    if (c->len > FOLDED - 1) return false;
    c->text[c->len] = '\0';
    for (size_t i = 0; i < c->len; i++) {
        c->as_i[i] = unleet(c->text[i], 'i');
        c->as_l[i] = unleet(c->text[i], 'l');
    }
    for (size_t i = 1; i <= c->len; i++) c->best[i] = INT_MAX / 2;
    c->best[0] = 0;
    return true;
}

int reb_password_tenth_bits(const char *password, const char *const *context, size_t context_count) {
    static const covering k_empty;
    covering c = k_empty;
    if (!begin(&c, password)) {
        sodium_memzero(&c, sizeof c);
        return INT_MAX;
    }
    for (size_t i = 0; i < context_count; i++)
        if (context[i] != NULL) add_own(&c, context[i]);
    for (size_t at = 0; at < c.len; at++) {
        if (c.best[at] >= INT_MAX / 2) continue; /* inside a character */
        one_sign(&c, at);
        words(&c, at);
        rows(&c, at);
        repeats(&c, at);
        years(&c, at);
    }
    int bits = c.best[c.len];
    sodium_memzero(&c, sizeof c);
    return bits;
}
