#include "format.h"

#include "utf8.h"

#include "../base/clock.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>

/* ---- numbers ---- */

static const int64_t k_power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

/* Digits of `v` grouped in threes, into the end of a buffer of 32 bytes; returns where they start. */
static char *grouped(char buffer[32], uint64_t v) {
    char *p = buffer + 31;
    *p = '\0';
    int n = 0;
    do {
        if (n > 0 && n % 3 == 0) *--p = ',';
        *--p = (char)('0' + v % 10);
        v /= 10;
        n++;
    } while (v > 0);
    return p;
}

static uint64_t magnitude(int64_t v) {
    return v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
}

/* "1,234.50" of a magnitude in units of 10^-digits. */
static void decimal(char *out, size_t cap, uint64_t v, int digits) {
    char buffer[32];
    uint64_t unit = (uint64_t)k_power[digits];
    const char *whole = grouped(buffer, v / unit);
    if (digits == 0) {
        snprintf(out, cap, "%s", whole);
    } else {
        snprintf(out, cap, "%s.%0*" PRIu64, whole, digits, v % unit);
    }
}

const char *reb_format_count(char out[REB_FORMAT_TEXT], int64_t n) {
    char buffer[32];
    snprintf(out, REB_FORMAT_TEXT, "%s%s", n < 0 ? "-" : "", grouped(buffer, magnitude(n)));
    return out;
}

const char *reb_format_number(char out[REB_FORMAT_TEXT], double v, int decimals) {
    if (decimals < 0) decimals = 0;
    if (decimals > 6) decimals = 6;
    double scaled = round(fabs(v) * (double)k_power[decimals]);
    if (!isfinite(scaled) || scaled >= 9.2e18) {
        snprintf(out, REB_FORMAT_TEXT, "-");
        return out;
    }
    char text[64];
    decimal(text, sizeof text, (uint64_t)scaled, decimals);
    snprintf(out, REB_FORMAT_TEXT, "%s%s", v < 0 && scaled > 0 ? "-" : "", text);
    return out;
}

const char *reb_format_range(char out[REB_FORMAT_TEXT], int64_t low, int64_t high) {
    if (low > high) {
        int64_t swap = low;
        low = high;
        high = swap;
    }
    if (low == high) return reb_format_count(out, low);
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    snprintf(out, REB_FORMAT_TEXT, "%.40s%s%.40s", reb_format_count(a, low), low < 0 ? " to " : "-", reb_format_count(b, high));
    return out;
}

/* Decimals at which a share is worth reading: one below a tenth, none above. */
static int percent_decimals(double share) {
    return fabs(share) < 0.0995 && share != 0 ? 1 : 0;
}

const char *reb_format_percent(char out[REB_FORMAT_TEXT], double share) {
    if (!isfinite(share)) {
        snprintf(out, REB_FORMAT_TEXT, "-");
    } else if (share > 0 && share < 0.0005) {
        snprintf(out, REB_FORMAT_TEXT, "<0.1%%");
    } else if (share < 1 && share > 0.995) {
        snprintf(out, REB_FORMAT_TEXT, ">99%%"); /* never "100%" of what is not certain */
    } else {
        char text[REB_FORMAT_TEXT];
        snprintf(out, REB_FORMAT_TEXT, "%.60s%%", reb_format_number(text, share * 100, percent_decimals(share)));
    }
    return out;
}

const char *reb_format_percent_range(char out[REB_FORMAT_TEXT], double low, double high) {
    if (!isfinite(low) || !isfinite(high)) {
        snprintf(out, REB_FORMAT_TEXT, "-");
        return out;
    }
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    reb_format_percent(a, low);
    reb_format_percent(b, high);
    if (strcmp(a, b) == 0) {
        snprintf(out, REB_FORMAT_TEXT, "%s", a);
        return out;
    }
    size_t n = strlen(a);
    if (low >= 0 && n > 0 && a[n - 1] == '%') a[n - 1] = '\0';
    snprintf(out, REB_FORMAT_TEXT, "%.40s%s%.40s", a, low < 0 ? " to " : "-", b);
    return out;
}

const char *reb_format_bytes(char out[REB_FORMAT_TEXT], int64_t bytes) {
    static const char *const unit[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    char text[REB_FORMAT_TEXT];
    if (magnitude(bytes) < 1000) {
        snprintf(out, REB_FORMAT_TEXT, "%" PRId64 " B", bytes);
        return out;
    }
    double v = (double)bytes / 1000;
    size_t u = 0;
    while (fabs(v) >= 999.5 && u + 1 < sizeof unit / sizeof unit[0]) {
        v /= 1000;
        u++;
    }
    snprintf(out, REB_FORMAT_TEXT, "%.60s %s", reb_format_number(text, v, fabs(v) < 9.95 ? 1 : 0), unit[u]);
    return out;
}

const char *reb_format_duration(char out[REB_FORMAT_TEXT], int64_t us) {
    if (us < 0) us = 0;
    char text[REB_FORMAT_TEXT];
    if (us < 10 * REB_US_PER_SECOND) {
        snprintf(out, REB_FORMAT_TEXT, "%.60s s", reb_format_number(text, (double)us / 1e6, 1));
        return out;
    }
    int64_t s = us / REB_US_PER_SECOND;
    if (s < 60) {
        snprintf(out, REB_FORMAT_TEXT, "%" PRId64 " s", s);
    } else if (s < 3600) {
        snprintf(out, REB_FORMAT_TEXT, s % 60 != 0 ? "%" PRId64 " min %" PRId64 " s" : "%" PRId64 " min", s / 60, s % 60);
    } else if (s < 2 * 86400) {
        snprintf(out, REB_FORMAT_TEXT, s / 60 % 60 != 0 ? "%" PRId64 " h %" PRId64 " min" : "%" PRId64 " h", s / 3600, s / 60 % 60);
    } else {
        snprintf(out, REB_FORMAT_TEXT, "%.60s days", reb_format_count(text, s / 86400));
    }
    return out;
}

static const char *const k_month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char *reb_format_day(char out[REB_FORMAT_TEXT], int64_t day) {
    int y;
    int m;
    int d;
    reb_civil_from_day(day, &y, &m, &d);
    snprintf(out, REB_FORMAT_TEXT, "%d %s %d", d, k_month[(unsigned)(m - 1) % 12], y);
    return out;
}

const char *reb_format_month(char out[REB_FORMAT_TEXT], int64_t day) {
    int y;
    int m;
    int d;
    reb_civil_from_day(day, &y, &m, &d);
    snprintf(out, REB_FORMAT_TEXT, "%s %d", k_month[(unsigned)(m - 1) % 12], y);
    return out;
}

const char *reb_format_plural(char out[REB_FORMAT_TEXT], int64_t n, const char *one, const char *many) {
    char text[REB_FORMAT_TEXT];
    reb_format_count(text, n);
    if (n == 1 || many == NULL) {
        snprintf(out, REB_FORMAT_TEXT, "%.40s %.48s%s", text, one, n == 1 ? "" : "s");
    } else {
        snprintf(out, REB_FORMAT_TEXT, "%.40s %.48s", text, many);
    }
    return out;
}

/* ---- money ---- */

typedef struct currency_shape {
    char code[4];
    int digits;
    const char *sign; /* NULL: no sign that everybody knows; the code is written */
} currency_shape;

static const currency_shape k_shape[] = {
    {"USD", 2, "$"},   {"GBP", 2, "£"},  {"EUR", 2, "€"},   {"JPY", 0, "¥"},  {"INR", 2, "₹"},  {"TRY", 2, "₺"},  {"ILS", 2, "₪"},
    {"KRW", 0, "₩"},   {"VND", 0, NULL}, {"UAH", 2, "₴"},   {"BRL", 2, "R$"}, {"CAD", 2, "C$"}, {"AUD", 2, "A$"}, {"NZD", 2, "NZ$"},
    {"HKD", 2, "HK$"}, {"SGD", 2, "S$"}, {"MXN", 2, "MX$"}, {"IRR", 0, NULL}, {"BIF", 0, NULL}, {"CLP", 0, NULL}, {"DJF", 0, NULL},
    {"GNF", 0, NULL},  {"ISK", 0, NULL}, {"KMF", 0, NULL},  {"PYG", 0, NULL}, {"RWF", 0, NULL}, {"UGX", 0, NULL}, {"VUV", 0, NULL},
    {"XAF", 0, NULL},  {"XOF", 0, NULL}, {"XPF", 0, NULL},  {"BHD", 3, NULL}, {"IQD", 3, NULL}, {"JOD", 3, NULL}, {"KWD", 3, NULL},
    {"LYD", 3, NULL},  {"OMR", 3, NULL}, {"TND", 3, NULL},
};

static const currency_shape *find_shape(const char *code) {
    for (size_t i = 0; code != NULL && i < sizeof k_shape / sizeof k_shape[0]; i++)
        if (strcmp(k_shape[i].code, code) == 0) return &k_shape[i];
    return NULL;
}

int reb_format_money_digits(const char *currency) {
    const currency_shape *shape = find_shape(currency);
    return shape != NULL ? shape->digits : 2;
}

/* The figures alone, without sign of currency or of number. */
static void amount_text(char *out, size_t cap, int64_t minor, int digits, unsigned flags) {
    uint64_t v = magnitude(minor);
    if ((flags & REB_MONEY_WHOLE) != 0 && digits > 0) {
        uint64_t unit = (uint64_t)k_power[digits];
        v = v / unit + (v % unit >= unit / 2 ? 1 : 0);
        digits = 0;
    }
    decimal(out, cap, v, digits);
}

static bool shows_zero(const char *text) {
    return strspn(text, "0.,") == strlen(text);
}

const char *reb_format_money(char out[REB_FORMAT_TEXT], int64_t minor, const char *currency, unsigned flags) {
    const currency_shape *shape = find_shape(currency);
    char text[64];
    amount_text(text, sizeof text, minor, shape != NULL ? shape->digits : 2, flags);
    const char *sign = shows_zero(text) ? "" : minor < 0 ? "-" : (flags & REB_MONEY_PLUS) != 0 ? "+" : "";
    if ((flags & REB_MONEY_SIGN) != 0 && shape != NULL && shape->sign != NULL) {
        snprintf(out, REB_FORMAT_TEXT, "%s%s%s", sign, shape->sign, text);
    } else if (currency != NULL && currency[0] != '\0') {
        snprintf(out, REB_FORMAT_TEXT, "%s%s %.8s", sign, text, currency);
    } else {
        snprintf(out, REB_FORMAT_TEXT, "%s%s", sign, text);
    }
    return out;
}

const char *reb_format_money_range(char out[REB_FORMAT_TEXT], int64_t low_minor, int64_t high_minor, const char *currency, unsigned flags) {
    int64_t low = low_minor < high_minor ? low_minor : high_minor;
    int64_t high = low_minor < high_minor ? high_minor : low_minor;
    const currency_shape *shape = find_shape(currency);
    int digits = shape != NULL ? shape->digits : 2;
    bool sign = (flags & REB_MONEY_SIGN) != 0 && shape != NULL && shape->sign != NULL;
    char a[40];
    char b[40];
    amount_text(a, sizeof a, low, digits, flags);
    amount_text(b, sizeof b, high, digits, flags);
    bool low_negative = low < 0 && !shows_zero(a);
    bool high_negative = high < 0 && !shows_zero(b);
    if (strcmp(a, b) == 0 && low_negative == high_negative) return reb_format_money(out, low, currency, flags & ~(unsigned)REB_MONEY_PLUS);
    const char *before = sign ? shape->sign : "";
    const char *join = low_negative ? " to " : "-";
    const char *again = low_negative ? before : ""; /* "-£5 to £30" but "£5-30" */
    snprintf(out, REB_FORMAT_TEXT, "%s%s%s%s%s%s%s%s%.8s", low_negative ? "-" : "", before, a, join, high_negative ? "-" : "", again, b,
             sign || currency == NULL || currency[0] == '\0' ? "" : " ", sign || currency == NULL ? "" : currency);
    return out;
}

int64_t reb_format_minor(double amount_minor) {
    if (!isfinite(amount_minor)) return 0;
    if (amount_minor >= 9223372036854775807.0) return INT64_MAX;
    if (amount_minor <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)llround(amount_minor);
}

/* ---- words from outside ---- */

#define MARKS_KEPT 4 /* of those heaped on one letter: enough for every written language */

static bool is_joiner(uint32_t cp) {
    return cp == 0x200C || cp == 0x200D;
}

/* What becomes of a character: itself, a space, U+FFFD, or 0 (falls away). */
static uint32_t harmless(uint32_t cp) {
    if (cp == '\t' || (cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 || cp == 0x2029) return ' ';
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) return REB_UTF8_REPLACEMENT;
    if (cp < 0xAD) return cp;
    if (is_joiner(cp)) return cp;
    switch (u_charType((UChar32)cp)) {
        case U_FORMAT_CHAR:
        case U_SURROGATE: return 0;
        case U_UNASSIGNED: return REB_UTF8_REPLACEMENT;
        case U_SPACE_SEPARATOR: return cp == 0xA0 || cp == 0x202F ? cp : ' ';
        default: return cp;
    }
}

typedef struct walker {
    reb_buf *out;
    size_t columns;
    size_t marks; /* without width since the last letter */
    bool space;   /* the last one written was a space */
    bool any;     /* something was written */
    bool right_to_left;
} walker;

/* Writes one character if it may stand; returns false, and writes nothing, when it would pass `max_columns`. */
static bool take(walker *w, uint32_t raw, size_t max_columns) {
    uint32_t cp = harmless(raw);
    if (cp == 0) return true;
    if (cp == ' ' && (w->space || !w->any)) return true;
    char bytes[4];
    size_t n = reb_utf8_encode(bytes, cp);
    size_t width = reb_utf8_columns(bytes, n);
    if (width == 0 && (!w->any || ++w->marks > MARKS_KEPT)) return true;
    if (max_columns > 0 && w->columns + width > max_columns) return false;
    if (width > 0) w->marks = 0;
    UCharDirection d = u_charDirection((UChar32)cp);
    if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC || d == U_ARABIC_NUMBER) w->right_to_left = true;
    reb_buf_add(w->out, bytes, n);
    w->columns += width;
    w->space = cp == ' ';
    w->any = true;
    return true;
}

/* Takes away a space at the end that this walk wrote. */
static void drop_last_space(walker *w) {
    if (!w->space || w->out->failed || w->out->len == 0) return;
    w->out->data[--w->out->len] = '\0';
    w->columns--;
    w->space = false;
}

void reb_format_safe(reb_buf *out, const char *s, size_t len) {
    walker w = {.out = out};
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, s + i, len - i);
        take(&w, cp, 0);
    }
    drop_last_space(&w);
}

/* Whether anything of s[0..len) would still be written. */
static bool has_more(const char *s, size_t len) {
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, s + i, len - i);
        uint32_t shown = harmless(cp);
        if (shown != 0 && shown != ' ') return true;
    }
    return false;
}

static const char k_ellipsis[] = "\xE2\x80\xA6";
static const char k_isolate[] = "\xE2\x81\xA8";     /* U+2068 first strong isolate */
static const char k_end_isolate[] = "\xE2\x81\xA9"; /* U+2069 */

size_t reb_format_words(reb_buf *out, const char *s, size_t len, size_t max_columns) {
    reb_buf inner = {0};
    walker w = {.out = &inner};
    size_t fits = 0; /* bytes of `inner` before the last column, where an ellipsis would go */
    size_t fits_columns = 0;
    bool cut = false;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        if (!take(&w, cp, max_columns)) {
            cut = has_more(s + i, len - i);
            break;
        }
        i += n;
        if (max_columns > 0 && w.columns < max_columns) {
            fits = inner.len;
            fits_columns = w.columns;
        }
    }
    if (cut && !inner.failed) {
        inner.len = fits;
        if (inner.data != NULL) inner.data[fits] = '\0';
        w.columns = fits_columns;
        w.space = fits > 0 && inner.data[fits - 1] == ' ';
    }
    drop_last_space(&w);
    if (cut) {
        reb_buf_str(&inner, k_ellipsis);
        w.columns++;
    }
    if (w.right_to_left) reb_buf_str(out, k_isolate);
    reb_buf_add(out, inner.data != NULL ? inner.data : "", inner.len);
    if (w.right_to_left) reb_buf_str(out, k_end_isolate);
    if (inner.failed) out->failed = true;
    reb_buf_free(&inner);
    return w.columns;
}
