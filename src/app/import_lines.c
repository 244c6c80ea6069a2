/* Amounts and lines of orders, in exact integers. */
#include "import_build.h"

#include "../text/utf8.h"

#include <string.h>

enum { MICRO = 1000000 };

/* What no real order is worth, in minor units and in thousandths of a piece: larger is a mistake in the file. A chunk of such amounts still
   sums up within int64. */
static const int64_t k_most = INT64_C(100000000000000);
static const char k_too_large[] = "it is larger than any order can be";

bool reb_amount_fits(int64_t v) {
    return v <= k_most && v >= -k_most;
}

static bool refuse(reb_line_error *bad, reb_reject why, int column, reb_slice value, const char *reason, reb_arena *arena) {
    *bad = (reb_line_error){why, column, value, reason != NULL ? reb_arena_strdup(arena, reason) : NULL};
    return false;
}

static reb_decimal decimal_of(const reb_plan *p, int column) {
    return column >= 0 && (size_t)column < p->n_columns ? p->columns[column].decimal : REB_DECIMAL_UNKNOWN;
}

/* Units of a column to units of the currency: its header's word, else the mapping's or the file's. */
static int64_t factor_of(const reb_plan *p, int column) {
    if (p->options.factor != 0) return p->options.factor;
    if (column >= 0 && (size_t)column < p->n_columns && p->columns[column].hint.currency != NULL) return p->columns[column].hint.factor;
    return p->factor != 0 ? p->factor : 1;
}

bool reb_amount_read(int64_t *minor, bool *rounded, const reb_plan *p, const reb_currency *currency, int column, reb_slice text,
                     reb_line_error *bad, reb_arena *arena) {
    reb_money_format f = {.currency = currency, .factor = factor_of(p, column), .decimal = decimal_of(p, column)};
    reb_money m = {0};
    reb_err why = {0};
    if (reb_money_parse(&m, text.ptr, text.len, &f, &why) != REB_OK) return refuse(bad, REB_REJECT_AMOUNT, column, text, why.detail, arena);
    if (m.currency != NULL && m.currency != currency && strcmp(m.currency->code, currency->code) != 0)
        return refuse(bad, REB_REJECT_CURRENCY, column, text, "it names another currency than its order", arena);
    if (!reb_amount_fits(m.minor)) return refuse(bad, REB_REJECT_AMOUNT, column, text, k_too_large, arena);
    if (rounded != NULL) *rounded |= m.rounded;
    *minor = m.minor;
    return true;
}

static int64_t round_div(reb_wide a, reb_wide b, bool *fits) { /* b > 0; half away from zero */
    reb_wide q = (a >= 0 ? a + b / 2 : a - b / 2) / b;
    *fits = q <= INT64_MAX && q >= INT64_MIN;
    return *fits ? (int64_t)q : 0;
}

static int64_t pow10_of(int digits) {
    int64_t v = 1;
    for (int i = 0; i < digits; i++) v *= 10;
    return v;
}

/* Price of one piece in millionths of the currency's unit. Prices may be finer than the minor unit. */
static bool read_price(int64_t *micro, const reb_plan *p, const reb_currency *currency, const reb_raw_line *raw, reb_line_error *bad,
                       reb_arena *arena) {
    int column = raw->column[0];
    int64_t v = 0;
    if (reb_decimal_parse(&v, raw->price.ptr, raw->price.len, 6, decimal_of(p, column), false, NULL) == REB_OK) {
        reb_wide scaled = (reb_wide)v * factor_of(p, column);
        if (scaled > INT64_MAX || scaled < INT64_MIN) return refuse(bad, REB_REJECT_AMOUNT, column, raw->price, "it is too large", arena);
        *micro = (int64_t)scaled;
        return true;
    }
    int64_t minor = 0;
    if (!reb_amount_read(&minor, NULL, p, currency, column, raw->price, bad, arena)) return false;
    reb_wide scaled = (reb_wide)minor * (MICRO / pow10_of(currency->digits));
    if (scaled > INT64_MAX || scaled < INT64_MIN) return refuse(bad, REB_REJECT_AMOUNT, column, raw->price, "it is too large", arena);
    *micro = (int64_t)scaled;
    return true;
}

static const char *text_of(reb_arena *arena, reb_slice v) {
    const char *s = v.len > 0 ? reb_arena_strndup(arena, v.ptr, v.len) : "";
    return s != NULL ? s : "";
}

bool reb_line_read(reb_ingest_line *out, bool *rounded, const reb_plan *p, const reb_currency *currency, const reb_raw_line *raw,
                   reb_line_error *bad, reb_arena *arena) {
    reb_err why = {0};
    bool fits = true;
    int64_t unit = pow10_of(currency->digits);
    *out = (reb_ingest_line){.sku = text_of(arena, raw->sku), .name = text_of(arena, raw->product), .quantity_milli = 1000};
    if (raw->quantity.len > 0 && reb_decimal_parse(&out->quantity_milli, raw->quantity.ptr, raw->quantity.len, 3,
                                                   decimal_of(p, raw->column[5]), false, &why) != REB_OK)
        return refuse(bad, REB_REJECT_QUANTITY, raw->column[5], raw->quantity, why.detail, arena);
    if (!reb_amount_fits(out->quantity_milli))
        return refuse(bad, REB_REJECT_QUANTITY, raw->column[5], raw->quantity, "no order has as many pieces", arena);
    bool amount_given = raw->amount.len > 0;
    if (amount_given && !reb_amount_read(&out->amount_minor, rounded, p, currency, raw->column[1], raw->amount, bad, arena)) return false;
    if (raw->price.len > 0) {
        int64_t micro = 0;
        if (!read_price(&micro, p, currency, raw, bad, arena)) return false;
        out->price_minor = round_div((reb_wide)micro * unit, MICRO, &fits);
        if (!amount_given && fits)
            out->amount_minor = round_div((reb_wide)micro * out->quantity_milli * unit, (reb_wide)MICRO * 1000, &fits);
    } else if (amount_given && out->quantity_milli != 0) {
        reb_wide q = out->quantity_milli < 0 ? -(reb_wide)out->quantity_milli : out->quantity_milli;
        reb_wide a = (reb_wide)out->amount_minor * 1000;
        out->price_minor = round_div(out->quantity_milli < 0 ? -a : a, q, &fits);
    }
    if (!fits || !reb_amount_fits(out->amount_minor) || !reb_amount_fits(out->price_minor))
        return refuse(bad, REB_REJECT_AMOUNT, raw->column[0], raw->price, "price times quantity is too large", arena);
    if (raw->discount.len > 0 && !amount_given) {
        int64_t off = 0;
        if (!reb_amount_read(&off, rounded, p, currency, raw->column[2], raw->discount, bad, arena)) return false;
        if (__builtin_sub_overflow(out->amount_minor, off < 0 ? -off : off, &out->amount_minor))
            return refuse(bad, REB_REJECT_AMOUNT, raw->column[2], raw->discount, "it is too large", arena);
    }
    if (raw->cost.len > 0) {
        if (!reb_amount_read(&out->cost_minor, NULL, p, currency, raw->column[3], raw->cost, bad, arena)) return false;
        out->has_cost = true;
    }
    return true;
}

/* One piece of a list of products: "2× Mug", "2x Mug", "Mug x2", "Mug ×2", "Mug (2)", "Mug". */
static bool read_product(reb_ingest_line *out, reb_slice v, reb_arena *arena) {
    v = reb_slice_trim(v);
    if (v.len == 0) return false;
    *out = (reb_ingest_line){.sku = "", .quantity_milli = 1000};
    size_t digits = 0;
    int64_t n = 0;
    while (digits < v.len && digits < 7 && v.ptr[digits] >= '0' && v.ptr[digits] <= '9') n = 10 * n + (v.ptr[digits++] - '0');
    size_t at = digits;
    while (at < v.len && v.ptr[at] == ' ') at++;
    size_t sign = 0;
    if (at + 2 <= v.len && memcmp(v.ptr + at, "\xC3\x97", 2) == 0) sign = 2;
    if (sign == 0 && at + 1 < v.len && (v.ptr[at] == 'x' || v.ptr[at] == 'X' || v.ptr[at] == '*') && v.ptr[at + 1] == ' ') sign = 1;
    if (digits > 0 && sign > 0 && n > 0) {
        out->quantity_milli = 1000 * n;
        v = reb_slice_trim((reb_slice){v.ptr + at + sign, v.len - at - sign});
    } else { /* at the end */
        size_t end = v.len;
        int64_t unit = 1;
        n = 0;
        while (end > 0 && v.len - end < 7 && v.ptr[end - 1] >= '0' && v.ptr[end - 1] <= '9') n += unit * (v.ptr[--end] - '0'), unit *= 10;
        size_t cut = 0;
        if (end < v.len && end >= 3 && memcmp(v.ptr + end - 2, "\xC3\x97", 2) == 0) cut = end - 2;
        if (cut == 0 && end < v.len && end >= 2 && (v.ptr[end - 1] == 'x' || v.ptr[end - 1] == 'X') && v.ptr[end - 2] == ' ') cut = end - 1;
        if (cut > 0 && n > 0) {
            out->quantity_milli = 1000 * n;
            v = reb_slice_trim((reb_slice){v.ptr, cut});
        }
    }
    out->name = text_of(arena, v);
    return v.len > 0;
}

/* Does a new product begin here: "2× " or the like? A comma within a name is no border. */
static bool begins_product(reb_slice v) {
    v = reb_slice_trim(v);
    size_t i = 0;
    while (i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9') i++;
    if (i == 0) return false;
    while (i < v.len && v.ptr[i] == ' ') i++;
    return (i + 2 <= v.len && memcmp(v.ptr + i, "\xC3\x97", 2) == 0) ||
           (i + 1 < v.len && (v.ptr[i] == 'x' || v.ptr[i] == 'X') && v.ptr[i + 1] == ' ');
}

static size_t separator(const char *s, size_t left) { /* bytes of a separator that stands here, 0: none */
    static const char *const signs[] = {",", ";", "\n", "|", "+", "\xD8\x8C", "\xD8\x9B"}; /* Arabic comma and semicolon */
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i]);
        if (n <= left && memcmp(s, signs[i], n) == 0) return n;
    }
    return 0;
}

size_t reb_products_split(reb_ingest_line *out, size_t cap, reb_slice text, reb_arena *arena) {
    bool counted = begins_product(text);
    size_t n = 0;
    size_t from = 0;
    for (size_t i = 0; i <= text.len && n < cap; i++) {
        size_t sep = i < text.len ? separator(text.ptr + i, text.len - i) : 0;
        if (i < text.len && sep == 0) continue;
        if (i < text.len && counted && !begins_product((reb_slice){text.ptr + i + sep, text.len - i - sep})) continue;
        if (read_product(&out[n], (reb_slice){text.ptr + from, i - from}, arena)) n++;
        from = i + sep;
        if (sep > 1) i += sep - 1;
    }
    return n;
}
