/* Amounts, numbers, the decision between point and comma, and currencies in headers. */
#include "../../src/text/fold.h"
#include "../../src/text/money.h"
#include "../lib/tap.h"

static void amount(const char *text, const char *code, reb_decimal decimal, int64_t factor, const char *want) {
    reb_err err = {0};
    reb_money m;
    reb_money_format fmt = {.currency = reb_currency_find(code, 3), .decimal = decimal, .factor = factor};
    char got[REB_MONEY_TEXT + 16], plain[REB_MONEY_TEXT];
    reb_status st = reb_money_parse(&m, text, strlen(text), &fmt, &err);
    if (st == REB_OK) {
        reb_money_format_plain(plain, m.minor, m.currency);
        snprintf(got, sizeof got, "%s %s%s", plain, m.currency->code, m.rounded ? " rounded" : "");
    } else {
        snprintf(got, sizeof got, "%s", st == REB_E_LIMIT ? "too large" : "refused");
    }
    EQ_TEXT(got, want, text);
    if (strcmp(got, want) != 0) printf("# %s\n", err.detail);
}

#define P REB_DECIMAL_POINT
#define C REB_DECIMAL_COMMA
#define U REB_DECIMAL_UNKNOWN

static void forms(void) {
    amount("1234.56", "EUR", P, 1, "1234.56 EUR");
    amount("1,234.56", "EUR", P, 1, "1234.56 EUR");
    amount("1.234,56", "EUR", C, 1, "1234.56 EUR");
    amount("1.234,56", "EUR", U, 1, "1234.56 EUR");
    amount("1 234,56", "EUR", C, 1, "1234.56 EUR");
    amount("1\xC2\xA0"
           "234,56",
           "EUR", C, 1, "1234.56 EUR");
    amount("1'234.50", "CHF", P, 1, "1234.50 CHF");
    amount("12,34,567.89", "INR", P, 1, "1234567.89 INR");
    amount("1,234,567", "EUR", P, 1, "1234567.00 EUR");
    amount("1.234.567", "EUR", C, 1, "1234567.00 EUR");
    amount("12", "EUR", U, 1, "12.00 EUR");
    amount("12.5", "EUR", U, 1, "12.50 EUR");
    amount("12,5", "EUR", U, 1, "12.50 EUR");
    amount("1.234", "EUR", U, 1, "1234.00 EUR");
    amount("1.234", "EUR", C, 1, "1234.00 EUR");
    amount("1.234", "EUR", P, 1, "1.23 EUR rounded");
    amount("1.234", "KWD", P, 1, "1.234 KWD");
    amount("0.125", "EUR", U, 1, "0.13 EUR rounded");
    amount(".5", "EUR", P, 1, "0.50 EUR");
    amount("-.5", "EUR", P, 1, "-0.50 EUR");
    amount("12.", "EUR", P, 1, "12.00 EUR");
    amount("12,-", "EUR", C, 1, "12.00 EUR");
    amount("+12.50", "EUR", P, 1, "12.50 EUR");
    amount("  12.50 ", "EUR", P, 1, "12.50 EUR");
    amount("1.2E+3", "EUR", P, 1, "1200.00 EUR");
    amount("1E-2", "EUR", P, 1, "0.01 EUR");
    amount("19.989999999999998", "EUR", P, 1, "19.99 EUR rounded");
    amount("240000.0", "IRR", P, 1, "240000 IRR");
}

static void signs(void) {
    amount("-12.50", "EUR", P, 1, "-12.50 EUR");
    amount("12.50-", "EUR", P, 1, "-12.50 EUR");
    amount("(12.50)", "EUR", P, 1, "-12.50 EUR");
    amount("($12.50)", "USD", P, 1, "-12.50 USD");
    amount("-$12.50", "USD", P, 1, "-12.50 USD");
    amount("$-12.50", "USD", P, 1, "-12.50 USD");
    amount("\xE2\x88\x92"
           "12.50",
           "EUR", P, 1, "-12.50 EUR");
    amount("- 12.50", "EUR", P, 1, "-12.50 EUR");
    amount("--12.50", "EUR", P, 1, "refused");
    amount("(12.50", "EUR", P, 1, "refused");
    amount("-0.00", "EUR", P, 1, "0.00 EUR");
    amount("-0.004", "EUR", P, 1, "0.00 EUR rounded");
    amount("-0.005", "EUR", P, 1, "-0.01 EUR rounded");
}

static void scripts(void) {
    amount("۱۲۳۴", "IRR", U, 1, "1234 IRR");
    amount("۱٬۲۳۴٬۵۶۷", "IRR", U, 1, "1234567 IRR");
    amount("١٬٢٣٤٫٥٦", "SAR", U, 1, "1234.56 SAR");
    amount("١٢٫٥", "SAR", P, 1, "12.50 SAR");
    amount("۲۵۰٬۰۰۰ تومان", "IRR", U, 1, "2500000 IRR");
    amount("۲۵۰,۰۰۰", "IRR", U, 10, "2500000 IRR");
    amount("۲۵۰٬۰۰۰ ریال", "IRR", U, 10, "250000 IRR");
    amount("۲۵۰٬۰۰۰ ريال", "IRR", U, 10, "250000 IRR");
    amount("12.5", "IRR", P, 10, "125 IRR");
    amount("۲۵۰ هزار تومان", "IRR", U, 1, "2500000 IRR");
    amount("12.50 ر.س", "SAR", P, 1, "12.50 SAR");
    amount("١٢٫٥٠ ر.س.", "SAR", P, 1, "12.50 SAR");
    amount("12.50 ريال", "SAR", P, 1, "12.50 SAR");
    amount("12.50 ريال", "QAR", P, 1, "12.50 QAR");
    amount("€12,50", "EUR", C, 1, "12.50 EUR");
    amount("12,50 €", "EUR", C, 1, "12.50 EUR");
    amount("12,50€", "USD", C, 1, "12.50 EUR");
    amount("EUR 12.50", "EUR", P, 1, "12.50 EUR");
    amount("$12.50", "CAD", P, 1, "12.50 CAD");
    amount("US$12.50", "CAD", P, 1, "12.50 USD");
    amount("£1,234.50", "GBP", P, 1, "1234.50 GBP");
    amount("Rs.500", "INR", P, 1, "500.00 INR");
    amount("kr 1 234,50", "NOK", C, 1, "1234.50 NOK");
    amount("1 234,50 kr.", "NOK", C, 1, "1234.50 NOK");
    amount("\xE2\x80\x8F"
           "12.50\xE2\x80\x8F",
           "EUR", P, 1, "12.50 EUR");
    amount("¥1200", "JPY", P, 1, "1200 JPY");
    amount("1.250 د.ك", "KWD", P, 1, "1.250 KWD");
}

static void refused(void) {
    static const char *const bad[] = {"",          " ",          "abc",   "-",      "12.50.60", "1,23,4",  "1.23,45.6", "1,2345.00",
                                      "12 per kg", "2024-05-01", "10/20", "2 x 50", "12%",      "1..2",    "1,,234",    "1e",
                                      "1e5e5",     "0x10",       "NaN",   "inf",    "12 34",    "(1) (2)", "1 2 3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) amount(bad[i], "EUR", P, 1, "refused");
    amount("1.234,56", "EUR", P, 1, "refused");
    amount("12,5", "EUR", P, 1, "refused");
    amount("12.5", "EUR", C, 1, "refused");
    amount("92233720368547758.07", "EUR", P, 1, "92233720368547758.07 EUR");
    amount("92233720368547758.08", "EUR", P, 1, "too large");
    amount("-92233720368547758.08", "EUR", P, 1, "-92233720368547758.08 EUR");
    amount("-92233720368547758.09", "EUR", P, 1, "too large");
    amount("1e30", "EUR", P, 1, "too large");
    amount("0e300", "EUR", P, 1, "0.00 EUR");
    amount("1e-300", "EUR", P, 1, "0.00 EUR rounded");
    amount("000000000000000000000000000001", "EUR", P, 1, "1.00 EUR");
    reb_err err = {0};
    reb_money m;
    reb_money_format exact = {.currency = reb_currency_find("EUR", 3), .decimal = P, .exact = true};
    OK(reb_money_parse(&m, "1.005", 5, &exact, &err) == REB_E_INPUT, "exact refuses what would be rounded");
    OK(reb_money_parse(&m, "1.0500", 6, &exact, &err) == REB_OK && m.minor == 105, "but not zeros");
    int64_t v;
    OK(reb_decimal_parse(&v, "2.5", 3, 3, P, true, &err) == REB_OK && v == 2500, "a quantity of 2.5 in thousandths");
    OK(reb_decimal_parse(&v, "6", 1, 0, U, true, &err) == REB_OK && v == 6, "a count");
    OK(reb_decimal_parse(&v, "6 EUR", 5, 0, U, true, &err) == REB_E_INPUT, "a bare number has no currency");
    OK(reb_decimal_parse(&v, "2.5", 3, 0, P, true, &err) == REB_E_INPUT, "no half pieces when exact");
}

static reb_number_verdict decide(const char *const *values, size_t n, int digits, reb_number_evidence *ev) {
    *ev = (reb_number_evidence){0};
    for (size_t i = 0; i < n; i++) reb_number_evidence_add(ev, values[i], strlen(values[i]));
    return reb_number_decide(ev, digits);
}
#define DECIDE(digits, ev, ...)                                                                                                            \
    decide((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), digits, ev)

static void columns(void) {
    reb_number_evidence ev;
    reb_number_verdict v = DECIDE(2, &ev, "1,234", "12.50", "3", "");
    OK(v.decimal == P && !v.ambiguous && ev.values == 3 && ev.numbers == 3, "12.50 decides: %s (%s)", v.reason, ev.example);
    v = DECIDE(2, &ev, "1.234", "12,50");
    OK(v.decimal == C && !v.ambiguous, "12,50 decides: %s", v.reason);
    v = DECIDE(2, &ev, "1.234", "2.500");
    OK(v.decimal == C && v.ambiguous, "only thousands: %s", v.reason);
    v = DECIDE(3, &ev, "1.234", "2.500");
    OK(v.decimal == P && v.ambiguous, "three decimals: %s", v.reason);
    v = DECIDE(2, &ev, "1,234", "2,500");
    OK(v.decimal == P && v.ambiguous, "commas before three digits: %s", v.reason);
    v = DECIDE(2, &ev, "12.5", "12,5");
    OK(v.conflict && v.ambiguous, "a contradiction is said: %s", v.reason);
    v = DECIDE(2, &ev, "1.234.567", "1.234");
    OK(v.decimal == C && !v.ambiguous, "two points group: %s", v.reason);
    v = DECIDE(2, &ev, "12", "34");
    OK(!v.ambiguous, "whole numbers: %s", v.reason);
    v = DECIDE(2, &ev, "(12.50)", "-3.25", "€4.00", "5.125");
    OK(ev.negative == 2 && ev.brackets == 1 && ev.max_decimals == 2 && ev.fraction == 4 && ev.currency.currency != NULL &&
           !ev.currency_mixed,
       "signs, brackets, decimals and currency are counted");
    v = DECIDE(2, &ev, "€4.00", "$5.00");
    OK(ev.currency_mixed, "two currencies in one column");
    v = DECIDE(2, &ev, "apple", "2024-01-01");
    OK(ev.numbers == 0 && ev.values == 2, "words and dates are no numbers");
}

static void header(const char *text, const char *want) {
    reb_currency_hint h;
    char got[64];
    if (reb_currency_detect(&h, text, strlen(text)))
        snprintf(got, sizeof got, "%s %lld%s", h.currency->code, (long long)h.factor, h.ambiguous ? "?" : "");
    else
        snprintf(got, sizeof got, "none");
    EQ_TEXT(got, want, text);
}

static void headers(void) {
    header("مبلغ (تومان)", "IRR 10");
    header("مبلغ (هزار تومان)", "IRR 10000");
    header("مبلغ به ریال", "IRR 1?");
    header("السعر (ر.س)", "SAR 1");
    header("السعر (ريال سعودي)", "SAR 1");
    header("المبلغ بالدولار", "USD 1?");
    header("مبلغ‌تومان", "IRR 10");
    header("total_usd", "USD 1");
    header("call_all", "none");
    header("TOTAL OF ALL", "none");
    header("TUTAR (TRY)", "TRY 1");
    header("ORDER TOTAL USD", "USD 1");
    header("المبلغ (دولار)", "USD 1?");
    header("Total (EUR)", "EUR 1");
    header("Total in USD", "USD 1");
    header("Σύνολο €", "EUR 1");
    header("Σύνολο (ευρώ)", "EUR 1");
    header("Total", "none");
    header("usd", "USD 1");
    header("All items", "none");
    header("Amount £", "GBP 1?");
    header("Amount CA$", "CAD 1");
    header("", "none");
    header("the mad top all", "none");
}

static void table(void) {
    int wrong = 0;
    for (size_t i = 0; i < reb_currency_count(); i++) {
        const reb_currency *c = reb_currency_at(i);
        if (reb_currency_find(c->code, 3) != c) wrong++;
    }
    OK(wrong == 0 && reb_currency_count() > 140, "every currency is found by its code (%zu)", reb_currency_count());
    OK(reb_currency_find("kwd", 3) != NULL && reb_currency_find("kwd", 3)->digits == 3, "three decimals");
    OK(reb_currency_find("XXX", 3) == NULL && reb_currency_find("EU", 2) == NULL, "unknown codes");
    static const struct {
        const char *word, *code;
        int64_t factor;
        int shared;
    } k[] = {
#define REB_CURRENCY_WORD(word, code, factor, shared) {word, code, factor, shared},
#include "../../api/currencies.def"
#undef REB_CURRENCY_WORD
    };
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        char f[100];
        size_t n = reb_fold(f, sizeof f, k[i].word, strlen(k[i].word));
        if (n != strlen(k[i].word) || memcmp(f, k[i].word, n) != 0 || reb_currency_find(k[i].code, 3) == NULL) {
            wrong++;
            printf("# %s\n", k[i].word);
        }
    }
    OK(wrong == 0, "every word is its own search form and names a known currency");
}

int main(void) {
    forms();
    signs();
    scripts();
    refused();
    columns();
    headers();
    table();
    return tap_done();
}
