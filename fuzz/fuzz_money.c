/* Amounts: one value a line as a column, then each by itself; what is understood is written and read back as the same. */
#include "../src/text/money.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *s, size_t n, const reb_money_format *fmt) {
    reb_err err = {0};
    reb_money m;
    reb_status st = reb_money_parse(&m, s, n, fmt, &err);
    if (st != REB_OK) {
        if ((st != REB_E_INPUT && st != REB_E_LIMIT) || err.detail[0] == '\0') abort();
        return;
    }
    char text[REB_MONEY_TEXT];
    size_t len = reb_money_format_plain(text, m.minor, m.currency);
    reb_money again;
    reb_money_format exact = {.currency = m.currency, .decimal = REB_DECIMAL_POINT, .exact = true};
    if (reb_money_parse(&again, text, len, &exact, NULL) != REB_OK || again.minor != m.minor || again.rounded) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_number_evidence ev = {0};
    const char *p = (const char *)data, *end = p + size;
    const reb_money_format formats[] = {{.currency = reb_currency_find("EUR", 3), .decimal = REB_DECIMAL_UNKNOWN},
                                        {.currency = reb_currency_find("KWD", 3), .decimal = REB_DECIMAL_POINT},
                                        {.currency = reb_currency_find("IRR", 3), .decimal = REB_DECIMAL_COMMA, .factor = 10}};
    while (p < end) {
        const char *q = memchr(p, '\n', (size_t)(end - p));
        size_t n = q == NULL ? (size_t)(end - p) : (size_t)(q - p);
        reb_number_evidence_add(&ev, p, n);
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) parse(p, n, &formats[i]);
        int64_t v;
        reb_decimal_parse(&v, p, n, (int)(n % 10), REB_DECIMAL_POINT, n % 2 == 0, NULL);
        reb_currency_hint hint;
        if (reb_currency_detect(&hint, p, n) && (hint.word.ptr < p || hint.word.ptr + hint.word.len > p + n)) abort();
        p += n + 1;
    }
    if (reb_number_decide(&ev, 2).reason == NULL || ev.numbers > ev.values) abort();
    return 0;
}
