/* Numbers and amounts as people write them, in exact decimal arithmetic: no floating point anywhere. */
#ifndef REB_TEXT_MONEY_H
#define REB_TEXT_MONEY_H

#include "../base/err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- currencies (api/currencies.def) ---- */

typedef struct reb_currency {
    char code[4];     /* ISO 4217 */
    int digits;       /* decimals of the minor unit: 0, 2, 3. The rial has none here: nobody writes dinars */
    const char *name; /* English */
} reb_currency;

const reb_currency *reb_currency_find(const char *code, size_t len); /* any case; NULL when unknown; static */
size_t reb_currency_count(void);
const reb_currency *reb_currency_at(size_t i);

/* A currency named somewhere in a text: "مبلغ (تومان)", "السعر (ر.س)", "Total (EUR)", "Σύνολο €". */
typedef struct reb_currency_hint {
    const reb_currency *currency; /* NULL: none found */
    int64_t factor;               /* units written to units of the currency: toman 10, thousand toman 10,000, else 1 */
    bool ambiguous;               /* several countries share the word or sign ($, £, kr, ريال): the currency is the usual one */
    reb_slice word;               /* where it stands in the text */
} reb_currency_hint;

/* The most telling currency word in text; false when there is none. ISO codes count only as whole words in capitals, unless
   the whole text is the code. */
bool reb_currency_detect(reb_currency_hint *out, const char *text, size_t len);

/* ---- decimal point or comma, decided on a whole column ---- */

typedef enum reb_decimal { REB_DECIMAL_UNKNOWN, REB_DECIMAL_POINT, REB_DECIMAL_COMMA } reb_decimal;

typedef struct reb_number_evidence { /* zero-initialise */
    int64_t values;                  /* not empty */
    int64_t numbers;                 /* that read as a number or amount */
    int64_t point;                   /* values that can only be read with a decimal point */
    int64_t comma;                   /* ... with a decimal comma */
    int64_t either_dot;              /* "1.234": a thousand or a fraction */
    int64_t either_comma;            /* "1,234" */
    int64_t negative;
    int64_t brackets;           /* (12.00) */
    int64_t fraction;           /* values with a fraction under any reading */
    int max_decimals;           /* longest certain fraction, trailing zeros not counted */
    reb_currency_hint currency; /* the first one seen beside a number */
    bool currency_mixed;        /* another one was seen too */
    char example[48];           /* the first value that decided, or the first ambiguous one */
} reb_number_evidence;

void reb_number_evidence_add(reb_number_evidence *ev, const char *s, size_t len);

typedef struct reb_number_verdict {
    reb_decimal decimal;
    bool ambiguous; /* no value decides, or values contradict each other: ask, or say what was assumed */
    bool conflict;  /* some values can only be read with a point, others only with a comma */
    const char *reason;
} reb_number_verdict;

/* `currency_digits` 0, 2 or 3 (2 when unknown): with three decimals "1.250" is more likely a fraction than a thousand. */
reb_number_verdict reb_number_decide(const reb_number_evidence *ev, int currency_digits);

/* ---- one value ---- */

typedef struct reb_money_format {
    const reb_currency *currency; /* of the column; required */
    int64_t factor;               /* from the header's hint, a power of ten; 0 means 1 */
    reb_decimal decimal;          /* UNKNOWN: a single separator before exactly three digits groups, else it is decimal */
    bool exact;                   /* refuse more decimals than the currency has, instead of rounding half away from zero */
} reb_money_format;

typedef struct reb_money {
    int64_t minor;                /* in minor units of `currency`; negative for -, trailing minus and (brackets) */
    const reb_currency *currency; /* the format's, unless the value itself names another one without doubt */
    bool rounded;                 /* decimals beyond the minor unit were rounded away */
} reb_money;

/* Reads one amount: any digits, grouping by comma, point, space, apostrophe or U+066C (in threes, or the Indian way), U+066B
   as decimal sign, +/-/−, trailing minus, brackets, currency sign or word at either end (toman makes tens of rial), and
   exponents as spreadsheets write them (1.2E+3).
   REB_E_INPUT (empty, no number, grouping wrong, exact violated), REB_E_LIMIT (outside int64). *out is then untouched. */
reb_status reb_money_parse(reb_money *out, const char *s, size_t len, const reb_money_format *fmt, reb_err *err);

/* The same for a bare number: *value = number * 10^scale, scale 0..9; currency words are refused. `exact` as above. */
reb_status reb_decimal_parse(int64_t *value, const char *s, size_t len, int scale, reb_decimal decimal, bool exact, reb_err *err);

/* "-1234.50" with the currency's decimals, a point and no grouping; result is the length. */
#define REB_MONEY_TEXT 32
size_t reb_money_format_plain(char out[REB_MONEY_TEXT], int64_t minor, const reb_currency *currency);

#endif
