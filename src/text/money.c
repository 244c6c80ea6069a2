/* Amounts and numbers. A text is cut into what stands before the first digit, the core from first to last digit, and what stands
   behind; the core is then read under the rules of grouping, digit by digit, so that nothing is ever rounded by accident. */
#include "money.h"

#include "currency_words.h"
#include "fold.h"
#include "utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CORE_MAX 128

/* Separators in the core, after reading: what each character means there. */
enum { DIGIT_0 = '0', POINT = '.', COMMA = ',', SURE_DECIMAL = 'D', APOSTROPHE = '\'', BLANK = ' ' };

typedef struct cut {
    char core[CORE_MAX]; /* digits and separators only */
    size_t n;
    int exponent;
    bool negative;
    bool brackets;
    reb_currency_hint currency; /* of the text around */
    const char *wrong;          /* why it is no number, or NULL */
} cut;

static bool is_blank(uint32_t cp) {
    return cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || cp == 0xA0 || cp == 0x202F || (cp >= 0x2000 && cp <= 0x200A) ||
           cp == 0x3000;
}
static bool is_invisible(uint32_t cp) {
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x061C ||
           cp == 0xFEFF;
}
static bool is_minus(uint32_t cp) {
    return cp == '-' || cp == 0x2212 || cp == 0x2013 || cp == 0x2010 || cp == 0x2011 || cp == 0xFE63 || cp == 0xFF0D;
}

/* What a character may mean between two digits; 0 when it does not belong there. */
static char core_char(uint32_t cp) {
    int digit = reb_digit_value(cp);
    if (digit >= 0) return (char)(DIGIT_0 + digit);
    switch (cp) {
        case '.': return POINT;
        case ',':
        case 0x060C: return COMMA;
        case 0x066B: return SURE_DECIMAL;
        case '\'':
        case 0x2019:
        case 0x066C: return APOSTROPHE;
        default: return is_blank(cp) ? BLANK : 0;
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* First and last digit of the text, in bytes; false without digits. */
static bool digit_span(size_t *from, size_t *to, const char *s, size_t len) {
    bool found = false;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        if (reb_digit_value(cp) >= 0) {
            if (!found) *from = i;
            *to = i + n;
            found = true;
        }
        i += n;
    }
    return found;
}

/* ",50" and "٫۵": a separator right before the first digit opens a fraction, unless a letter stands before it ("Rs.500"). */
static size_t fraction_start(const char *s, size_t from) {
    size_t n = from >= 2 && memcmp(s + from - 2, "\xD9\xAB", 2) == 0 ? 2 : from >= 1 && (s[from - 1] == '.' || s[from - 1] == ',') ? 1 : 0;
    if (n == 0) return from;
    if (from > n) {
        unsigned char before = (unsigned char)s[from - n - 1];
        if ((before | 32) >= 'a' && (before | 32) <= 'z') return from;
        if (before >= 0x80) { /* a letter of another script, or a sign such as the euro's: only the sign lets a fraction follow */
            size_t i = from - n - 1;
            while (i > 0 && ((unsigned char)s[i] & 0xC0u) == 0x80u) i--;
            uint32_t cp;
            reb_utf8_decode(&cp, s + i, from - n - i);
            if (!(cp >= 0x20A0 && cp <= 0x20CF) && !(cp >= 0xA2 && cp <= 0xA5) && !is_minus(cp) && !is_blank(cp) && !is_invisible(cp))
                return from;
        }
    }
    return from - n;
}

/* Signs and brackets of the text around the core; the rest goes to `words`. */
typedef struct around {
    char words[96];
    size_t n;
    int minus, open, close;
    bool too_long;
} around;

static void look_around(around *a, const char *s, size_t len) {
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        if (is_minus(cp)) {
            a->minus++;
        } else if (cp == '(' || cp == '[') {
            a->open++;
        } else if (cp == ')' || cp == ']') {
            a->close++;
        } else if (cp == '+' || is_invisible(cp)) {
            /* says nothing */
        } else {
            if (is_blank(cp)) cp = ' ', n = 1;
            if (a->n + n > sizeof a->words) {
                a->too_long = true;
                return;
            }
            if (cp == ' ')
                a->words[a->n++] = ' ';
            else
                memcpy(a->words + a->n, s + i, n), a->n += n;
            i += cp == ' ' ? reb_utf8_decode(&cp, s + i, len - i) : n;
            continue;
        }
        i += n;
    }
}

/* Only spaces, quotes and dots besides currency words may surround a number. */
static bool only_harmless(const char *s, size_t len, const reb_currency_hint *found) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (found->currency != NULL && s + i >= found->word.ptr && s + i < found->word.ptr + found->word.len) continue;
        if (c == ' ' || c == '.' || c == '"' || c == '\'' || c == ',' || c == ':') continue;
        return false;
    }
    return true;
}

static bool read_currency(cut *c, const around *a) {
    if (a->n == 0) return true;
    reb_currency_hint h;
    size_t unknown = reb_currency_scan(&h, a->words, a->n);
    if (unknown > 0 || !only_harmless(a->words, a->n, &h)) return false;
    if (h.currency != NULL && (c->currency.currency == NULL || c->currency.ambiguous)) {
        c->currency = h;
        c->currency.word = (reb_slice){NULL, 0}; /* it lay in our own copy */
    }
    return true;
}

static const char k_not_number[] = "it is not a number";

/* A spreadsheet's exponent at the end of the core: 1.2E+3. Result: bytes of the core before it. */
static size_t take_exponent(cut *c, const char *s, size_t len) {
    size_t e = len;
    for (size_t i = 1; i + 1 < len; i++)
        if ((s[i] == 'e' || s[i] == 'E') && is_digit(s[i - 1])) e = i;
    if (e == len) return len;
    size_t i = e + 1;
    bool minus = s[i] == '-';
    if (s[i] == '-' || s[i] == '+') i++;
    int v = 0;
    if (i >= len || len - i > 3) return len;
    for (; i < len; i++) {
        if (!is_digit(s[i])) return len;
        v = v * 10 + (s[i] - '0');
    }
    c->exponent = minus ? -v : v;
    return e;
}

static void read_cut(cut *c, const char *s, size_t len) {
    memset(c, 0, sizeof *c);
    c->currency.factor = 1;
    size_t from = 0, to = 0;
    if (!digit_span(&from, &to, s, len)) {
        c->wrong = "it has no digits";
        return;
    }
    from = fraction_start(s, from);
    size_t end = from + take_exponent(c, s + from, to - from);
    for (size_t i = from; i < end;) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, end - i);
        i += n;
        if (is_invisible(cp)) continue;
        char k = core_char(cp);
        if (k == 0) {
            c->wrong = k_not_number;
            return;
        }
        if (k == BLANK && c->n > 0 && c->core[c->n - 1] == BLANK) continue;
        if (c->n >= CORE_MAX) {
            c->wrong = "it has too many digits";
            return;
        }
        c->core[c->n++] = k;
    }
    around before = {0}, behind = {0};
    look_around(&before, s, from);
    size_t tail = to;
    bool no_cents = len - tail >= 2 && (s[tail] == ',' || s[tail] == '.'); /* "12,-" and "12.–" mean twelve even */
    if (no_cents) tail++;
    look_around(&behind, s + tail, len - tail);
    if (no_cents && behind.minus == 1) behind.minus = 0;
    if (before.too_long || behind.too_long || before.minus + behind.minus > 1 || before.open > 1 || before.open != behind.close ||
        behind.open > 0 || before.close > 0 || !read_currency(c, &before) || !read_currency(c, &behind)) {
        c->wrong = k_not_number;
        return;
    }
    c->brackets = before.open == 1;
    c->negative = before.minus + behind.minus == 1 || c->brackets;
}

/* ---- the core ---- */

typedef struct shape {
    size_t points, commas, sure, apostrophes, blanks;
    size_t last_point, last_comma, last_sure;
    size_t first_sep; /* index of the first separator of any kind */
} shape;

static shape shape_of(const cut *c) {
    shape h = {.first_sep = c->n};
    for (size_t i = 0; i < c->n; i++) {
        if (is_digit(c->core[i])) continue;
        if (h.first_sep == c->n) h.first_sep = i;
        switch (c->core[i]) {
            case POINT: h.points++, h.last_point = i; break;
            case COMMA: h.commas++, h.last_comma = i; break;
            case SURE_DECIMAL: h.sure++, h.last_sure = i; break;
            case APOSTROPHE: h.apostrophes++; break;
            default: h.blanks++; break;
        }
    }
    return h;
}

/* Three digits behind a single separator and one to three before, not zero: a thousand or a fraction, nobody can say. */
static bool either_way(const cut *c, size_t at) {
    return c->n - at - 1 == 3 && at >= 1 && at <= 3 && c->core[0] != '0';
}

typedef enum reading { READ_PLAIN, READ_POINT, READ_COMMA, READ_SURE, READ_EITHER, READ_BAD } reading;

/* Which decimal sign the core itself shows; *at is its index for POINT, COMMA, SURE and EITHER. PLAIN: no point or comma. When a
   separator occurs several times it groups, and the reading is that of the other sign (with *at = n: no fraction). */
static reading read_shape(const cut *c, const shape *h, size_t *at) {
    *at = c->n;
    if (h->sure > 1) return READ_BAD;
    if (h->sure == 1) {
        *at = h->last_sure;
        return READ_SURE;
    }
    if (h->points > 0 && h->commas > 0) {
        bool point_last = h->last_point > h->last_comma;
        if ((point_last ? h->points : h->commas) != 1) return READ_BAD;
        *at = point_last ? h->last_point : h->last_comma;
        return point_last ? READ_POINT : READ_COMMA;
    }
    size_t count = h->points + h->commas;
    if (count == 0) return READ_PLAIN;
    bool is_point = h->points > 0;
    size_t last = is_point ? h->last_point : h->last_comma;
    if (count > 1) return is_point ? READ_COMMA : READ_POINT;
    *at = last;
    bool other_grouping = h->apostrophes + h->blanks > 0;
    if (!other_grouping && either_way(c, last)) return READ_EITHER;
    return is_point ? READ_POINT : READ_COMMA;
}

/* Digits before `end` in groups: 1-3 first, then threes; or the Indian way, twos and a last three. One kind of separator. */
static bool grouping_fine(const cut *c, size_t end) {
    char sep = 0;
    size_t run = 0, groups = 0, twos = 0, threes = 0;
    for (size_t i = 0; i <= end; i++) {
        if (i < end && is_digit(c->core[i])) {
            run++;
            continue;
        }
        bool last = i == end;
        if (!last) {
            if (sep != 0 && c->core[i] != sep) return false;
            sep = c->core[i];
        }
        if (groups == 0) {
            if (!last && (run < 1 || run > 3)) return false;
        } else if (last) {
            if (run != 3) return false;
        } else if (run == 2) {
            twos++;
        } else if (run == 3) {
            threes++;
        } else {
            return false;
        }
        groups++;
        run = 0;
    }
    return twos == 0 || threes == 0;
}

/* Exact decimal: digits d[0..n), the first `whole` of them before the decimal point. */
typedef struct decimal {
    char d[CORE_MAX];
    size_t n;
    int64_t whole;
} decimal;

static const char *core_decimal(decimal *out, const cut *c, reb_decimal mode) {
    shape h = shape_of(c);
    size_t at;
    reading r = read_shape(c, &h, &at);
    if (r == READ_BAD) return "its points and commas make no sense";
    if (r == READ_EITHER) {
        bool is_point = c->core[at] == POINT;
        bool fraction = mode == (is_point ? REB_DECIMAL_POINT : REB_DECIMAL_COMMA);
        if (!fraction) at = c->n;
    } else if (mode == REB_DECIMAL_POINT && r == READ_COMMA) {
        return "it has a decimal comma, but this column has decimal points";
    } else if (mode == REB_DECIMAL_COMMA && r == READ_POINT) {
        return "it has a decimal point, but this column has decimal commas";
    }
    for (size_t i = at + 1; i < c->n; i++)
        if (!is_digit(c->core[i])) return "its points and commas make no sense";
    if (!grouping_fine(c, at)) return "its thousands are grouped wrongly";
    out->n = 0;
    out->whole = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!is_digit(c->core[i])) continue;
        out->d[out->n++] = c->core[i];
        if (i < at) out->whole++;
    }
    out->whole += c->exponent;
    return NULL;
}

typedef enum scaled { SCALED_OK, SCALED_ROUNDED, SCALED_OVERFLOW } scaled;

/* round(number * 10^scale), half away from zero. */
static scaled scale_decimal(int64_t *value, const decimal *d, int scale, bool negative) {
    int64_t keep = d->whole + scale; /* digits that stand before the new decimal point */
    size_t lead = 0;
    while (lead < d->n && d->d[lead] == '0') lead++;
    int64_t v = 0;
    bool rounded = false, up = false;
    if (lead < d->n && keep - (int64_t)lead > 19) return SCALED_OVERFLOW;
    for (int64_t i = (int64_t)lead; i < keep || i < (int64_t)d->n; i++) {
        int digit = i < (int64_t)d->n ? d->d[i] - '0' : 0;
        if (i < keep) {
            if (lead == d->n) break;
            if (__builtin_mul_overflow(v, (int64_t)10, &v) || __builtin_sub_overflow(v, (int64_t)digit, &v)) return SCALED_OVERFLOW;
        } else {
            if (digit != 0) rounded = true;
            if (i == keep && digit >= 5) up = true;
        }
    }
    if (up && __builtin_sub_overflow(v, (int64_t)1, &v)) return SCALED_OVERFLOW; /* v is kept negative: its range is wider */
    if (!negative && __builtin_sub_overflow((int64_t)0, v, &v)) return SCALED_OVERFLOW;
    *value = v;
    return rounded ? SCALED_ROUNDED : SCALED_OK;
}

/* What an error quotes: short, whole characters. */
static int shown(size_t len, const char *s) {
    return (int)reb_utf8_cut(s, len, 40);
}

static reb_status read_number(int64_t *value, bool *rounded, const cut *c, const char *s, size_t len, int scale, reb_decimal mode,
                              bool exact, reb_err *err) {
    decimal d;
    const char *wrong = c->wrong != NULL ? c->wrong : core_decimal(&d, c, mode);
    if (wrong != NULL) return reb_fail(err, REB_E_INPUT, "\"%.*s\": %s", shown(len, s), s, wrong);
    int64_t v;
    switch (scale_decimal(&v, &d, scale, c->negative)) {
        case SCALED_OVERFLOW: return reb_fail(err, REB_E_LIMIT, "\"%.*s\" is too large", shown(len, s), s);
        case SCALED_ROUNDED:
            if (exact) return reb_fail(err, REB_E_INPUT, "\"%.*s\" has more decimals than fit", shown(len, s), s);
            *rounded = true;
            break;
        case SCALED_OK: *rounded = false; break;
    }
    *value = v;
    return REB_OK;
}

static int power_of_ten(int64_t factor) {
    int n = 0;
    while (factor >= 10) factor /= 10, n++;
    return n;
}

reb_status reb_money_parse(reb_money *out, const char *s, size_t len, const reb_money_format *fmt, reb_err *err) {
    cut c;
    read_cut(&c, s, len);
    const reb_currency *currency = fmt->currency;
    int64_t factor = fmt->factor == 0 ? 1 : fmt->factor;
    if (c.currency.currency != NULL) {
        /* The value's own word wins over the header's ("ریال" in a column of toman is rial); a word that several countries share
           is taken for the column's currency. */
        if (!c.currency.ambiguous) currency = c.currency.currency;
        if (c.currency.currency == currency) factor = c.currency.factor;
        /* ريال with an Arabic yeh, as older Persian keyboards wrote it. */
        if (c.currency.ambiguous && strcmp(currency->code, "IRR") == 0 && strcmp(c.currency.currency->code, "SAR") == 0) factor = 1;
    }
    reb_money m = {.currency = currency};
    reb_status st = read_number(&m.minor, &m.rounded, &c, s, len, currency->digits + power_of_ten(factor), fmt->decimal, fmt->exact, err);
    if (st == REB_OK) *out = m;
    return st;
}

reb_status reb_decimal_parse(int64_t *value, const char *s, size_t len, int scale, reb_decimal decimal_mode, bool exact, reb_err *err) {
    cut c;
    bool rounded;
    read_cut(&c, s, len);
    if (c.wrong == NULL && c.currency.currency != NULL) c.wrong = k_not_number;
    return read_number(value, &rounded, &c, s, len, scale, decimal_mode, exact, err);
}

size_t reb_money_format_plain(char out[REB_MONEY_TEXT], int64_t minor, const reb_currency *currency) {
    uint64_t v = minor < 0 ? (uint64_t)0 - (uint64_t)minor : (uint64_t)minor;
    uint64_t unit = 1;
    for (int i = 0; i < currency->digits; i++) unit *= 10;
    const char *sign = minor < 0 ? "-" : "";
    int n = currency->digits == 0 ? snprintf(out, REB_MONEY_TEXT, "%s%" PRIu64, sign, v)
                                  : snprintf(out, REB_MONEY_TEXT, "%s%" PRIu64 ".%0*" PRIu64, sign, v / unit, currency->digits, v % unit);
    return n < 0 ? 0 : (size_t)n;
}

/* ---- a whole column ---- */

static void keep_example(reb_number_evidence *ev, const char *s, size_t len, bool replace) {
    if (ev->example[0] != '\0' && !replace) return;
    size_t n = reb_utf8_cut(s, len, sizeof ev->example - 1);
    memcpy(ev->example, s, n);
    ev->example[n] = '\0';
}

void reb_number_evidence_add(reb_number_evidence *ev, const char *s, size_t len) {
    reb_slice t = reb_slice_trim((reb_slice){s, len});
    if (t.len == 0) return;
    ev->values++;
    cut c;
    read_cut(&c, t.ptr, t.len);
    if (c.wrong != NULL) return;
    shape h = shape_of(&c);
    size_t at;
    reading r = read_shape(&c, &h, &at);
    if (r == READ_BAD || !grouping_fine(&c, r == READ_EITHER ? c.n : at)) return;
    ev->numbers++;
    bool first_decision = ev->point + ev->comma == 0;
    switch (r) {
        case READ_POINT: ev->point++, keep_example(ev, t.ptr, t.len, first_decision); break;
        case READ_COMMA: ev->comma++, keep_example(ev, t.ptr, t.len, first_decision); break;
        case READ_EITHER:
            *(c.core[at] == POINT ? &ev->either_dot : &ev->either_comma) += 1;
            keep_example(ev, t.ptr, t.len, false);
            break;
        default: break;
    }
    if (at < c.n) {
        ev->fraction++;
        if (r != READ_EITHER) {
            size_t end = c.n;
            while (end > at + 1 && c.core[end - 1] == '0') end--;
            if ((int)(end - at - 1) > ev->max_decimals) ev->max_decimals = (int)(end - at - 1);
        }
    }
    if (c.negative) ev->negative++;
    if (c.brackets) ev->brackets++;
    if (c.currency.currency != NULL) {
        if (ev->currency.currency == NULL)
            ev->currency = c.currency;
        else if (ev->currency.currency != c.currency.currency || ev->currency.factor != c.currency.factor)
            ev->currency_mixed = true;
    }
}

reb_number_verdict reb_number_decide(const reb_number_evidence *ev, int currency_digits) {
    reb_number_verdict v = {.decimal = REB_DECIMAL_POINT};
    if (ev->point > 0 && ev->comma > 0) {
        v.decimal = ev->point >= ev->comma ? REB_DECIMAL_POINT : REB_DECIMAL_COMMA;
        v.ambiguous = v.conflict = true;
        v.reason = "some values can only have a decimal point, others only a decimal comma; the more frequent one was taken";
    } else if (ev->point > 0) {
        v.reason = "some values can only be read with a decimal point";
    } else if (ev->comma > 0) {
        v.decimal = REB_DECIMAL_COMMA;
        v.reason = "some values can only be read with a decimal comma";
    } else if (ev->either_dot + ev->either_comma == 0) {
        v.reason = "no value has a point or comma";
    } else {
        v.ambiguous = true;
        bool dot = ev->either_dot >= ev->either_comma;
        bool fraction = currency_digits == 3;
        v.decimal = dot == fraction ? REB_DECIMAL_POINT : REB_DECIMAL_COMMA;
        v.reason = fraction
                       ? "every value has three digits behind its sign, and the currency has three decimals: taken for the decimal sign"
                       : "every value has three digits behind its sign: taken for thousands, no value says otherwise";
    }
    return v;
}
