#include "../lib/tap.h"

#include "../../src/text/format.h"
#include "../../src/text/utf8.h"

static char t[REB_FORMAT_TEXT];

static void money(void) {
    EQ_TEXT(reb_format_money(t, 123450, "GBP", 0), "1,234.50 GBP", "two decimals with the code");
    EQ_TEXT(reb_format_money(t, 123450, "GBP", REB_MONEY_SIGN), "£1,234.50", "a known sign");
    EQ_TEXT(reb_format_money(t, -5, "USD", REB_MONEY_SIGN), "-$0.05", "negative, below one");
    EQ_TEXT(reb_format_money(t, 1234500, "IRR", REB_MONEY_SIGN), "1,234,500 IRR", "no decimals, no sign known to all");
    EQ_TEXT(reb_format_money(t, 1234567, "KWD", 0), "1,234.567 KWD", "three decimals");
    EQ_TEXT(reb_format_money(t, 1500, "JPY", REB_MONEY_SIGN), "¥1,500", "yen");
    EQ_TEXT(reb_format_money(t, 100, "XXQ", REB_MONEY_SIGN), "1.00 XXQ", "unknown currency");
    EQ_TEXT(reb_format_money(t, 8450, "EUR", REB_MONEY_SIGN | REB_MONEY_WHOLE), "€85", "whole: half goes away from zero");
    EQ_TEXT(reb_format_money(t, -8450, "EUR", REB_MONEY_SIGN | REB_MONEY_WHOLE), "-€85", "whole and negative");
    EQ_TEXT(reb_format_money(t, -49, "EUR", REB_MONEY_WHOLE), "0 EUR", "no minus before zero");
    EQ_TEXT(reb_format_money(t, 49900, "EUR", REB_MONEY_SIGN | REB_MONEY_PLUS), "+€499.00", "plus");
    EQ_TEXT(reb_format_money(t, INT64_MIN, "GBP", 0), "-92,233,720,368,547,758.08 GBP", "the smallest amount");
    EQ_TEXT(reb_format_money(t, INT64_MAX, "JPY", 0), "9,223,372,036,854,775,807 JPY", "the largest amount");
    EQ_TEXT(reb_format_money_range(t, 2000, 15000, "EUR", REB_MONEY_SIGN | REB_MONEY_WHOLE), "€20-150", "range");
    EQ_TEXT(reb_format_money_range(t, 15000, 2000, "SAR", REB_MONEY_WHOLE), "20-150 SAR", "range, ends swapped, code");
    EQ_TEXT(reb_format_money_range(t, -500, 3000, "GBP", REB_MONEY_SIGN | REB_MONEY_WHOLE), "-£5 to £30", "range over zero");
    EQ_TEXT(reb_format_money_range(t, -3000, -500, "GBP", REB_MONEY_WHOLE), "-30 to -5 GBP", "range below zero");
    EQ_TEXT(reb_format_money_range(t, 100, 110, "GBP", REB_MONEY_SIGN | REB_MONEY_WHOLE), "£1", "ends alike as shown");
    EQ_TEXT(reb_format_money_range(t, INT64_MIN, INT64_MAX, "KWD", 0), "-9,223,372,036,854,775.808 to 9,223,372,036,854,775.807 KWD",
            "the widest range fits");
    EQ_I64(reb_format_minor(12.5), 13, "nearest minor unit");
    EQ_I64(reb_format_minor((double)NAN), 0, "not a number is nothing");
    EQ_I64(reb_format_minor(1e300), INT64_MAX, "too much is the end");
}

static void figures(void) {
    EQ_TEXT(reb_format_count(t, 541909), "541,909", "count");
    EQ_TEXT(reb_format_count(t, 0), "0", "zero");
    EQ_TEXT(reb_format_count(t, INT64_MIN), "-9,223,372,036,854,775,808", "the smallest count");
    EQ_TEXT(reb_format_number(t, 1234.56, 1), "1,234.6", "number");
    EQ_TEXT(reb_format_number(t, -0.04, 1), "0.0", "no minus before zero");
    EQ_TEXT(reb_format_number(t, (double)INFINITY, 1), "-", "infinity is not shown");
    EQ_TEXT(reb_format_range(t, 12, 19), "12-19", "range");
    EQ_TEXT(reb_format_range(t, 19, 12), "12-19", "range, ends swapped");
    EQ_TEXT(reb_format_range(t, 7, 7), "7", "range of one");
    EQ_TEXT(reb_format_range(t, -3, 5), "-3 to 5", "range over zero");
    EQ_TEXT(reb_format_percent(t, 0.725), "73%", "percent");
    EQ_TEXT(reb_format_percent(t, 0.073), "7.3%", "small percent");
    EQ_TEXT(reb_format_percent(t, 0.0001), "<0.1%", "tiny percent");
    EQ_TEXT(reb_format_percent(t, 0), "0%", "zero percent");
    EQ_TEXT(reb_format_percent(t, 1), "100%", "all");
    EQ_TEXT(reb_format_percent(t, 0.999), ">99%", "almost all is not all");
    EQ_TEXT(reb_format_percent_range(t, 0.12, 0.19), "12-19%", "range of percents");
    EQ_TEXT(reb_format_percent_range(t, -0.02, 0.19), "-2.0% to 19%", "range over zero");
    EQ_TEXT(reb_format_bytes(t, 812), "812 B", "bytes");
    EQ_TEXT(reb_format_bytes(t, 4600000), "4.6 MB", "megabytes");
    EQ_TEXT(reb_format_bytes(t, 45600000), "46 MB", "tens of megabytes");
    EQ_TEXT(reb_format_duration(t, 800000), "0.8 s", "below ten seconds");
    EQ_TEXT(reb_format_duration(t, 42000000), "42 s", "seconds");
    EQ_TEXT(reb_format_duration(t, 185000000), "3 min 5 s", "minutes");
    EQ_TEXT(reb_format_duration(t, 7800000000), "2 h 10 min", "hours");
    EQ_TEXT(reb_format_day(t, 20574), "1 May 2026", "day");
    EQ_TEXT(reb_format_day(t, -1), "31 Dec 1969", "day before 1970");
    EQ_TEXT(reb_format_month(t, 20574), "May 2026", "month");
    EQ_TEXT(reb_format_plural(t, 1, "purchase", NULL), "1 purchase", "one");
    EQ_TEXT(reb_format_plural(t, 1200, "purchase", NULL), "1,200 purchases", "many");
    EQ_TEXT(reb_format_plural(t, 0, "person", "people"), "0 people", "irregular");
}

static const char *safe(const char *s) {
    static reb_buf b;
    reb_buf_clear(&b);
    reb_format_safe(&b, s, strlen(s));
    return reb_buf_cstr(&b);
}

static const char *words(const char *s, size_t most, size_t *columns) {
    static reb_buf b;
    reb_buf_clear(&b);
    *columns = reb_format_words(&b, s, strlen(s), most);
    return reb_buf_cstr(&b);
}

static void outside_words(void) {
    EQ_TEXT(safe("Sara Al-Mansouri"), "Sara Al-Mansouri", "ordinary words stay");
    EQ_TEXT(safe("\033[31mred\a"), "\xEF\xBF\xBD[31mred\xEF\xBF\xBD", "a terminal command is disarmed");
    EQ_TEXT(safe("\xC2\x9B"
                 "31m"),
            "\xEF\xBF\xBD"
            "31m",
            "the eight-bit form too");
    EQ_TEXT(safe("  a\n\tb \r\n"), "a b", "white space is one space, none at the ends");
    EQ_TEXT(safe("abc\xE2\x80\xAE"
                 "def\xE2\x81\xA6"),
            "abcdef", "overrides of direction fall away");
    EQ_TEXT(safe("می\xE2\x80\x8Cخواهم"), "می\xE2\x80\x8Cخواهم", "ZWNJ stays");
    EQ_TEXT(safe("a\xFF"
                 "b"),
            "a\xEF\xBF\xBD"
            "b",
            "bytes that are not UTF-8");
    EQ_TEXT(safe("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81"), "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
            "a heap of marks is cut to four");
    EQ_TEXT(safe("\xCC\x81"
                 "a"),
            "a", "a mark without a letter falls away");
    EQ_TEXT(safe("a\xEF\xBB\xBF"
                 "b\xC2\xAD"
                 "c"),
            "abc", "byte-order mark and soft hyphen fall away");
    size_t n;
    EQ_TEXT(words("Anna Maria", 10, &n), "Anna Maria", "fits exactly");
    EQ_I64((int64_t)n, 10, "and says how wide");
    EQ_TEXT(words("Anna Maria", 6, &n), "Anna…", "cut with an ellipsis, no space before it");
    EQ_I64((int64_t)n, 5, "columns after the cut");
    EQ_TEXT(words("山田太郎", 5, &n), "山田…", "a wide letter is not halved");
    EQ_I64((int64_t)n, 5, "wide letters take two columns");
    EQ_TEXT(words("سارا", 10, &n), "\xE2\x81\xA8سارا\xE2\x81\xA9", "right-to-left words are isolated");
    EQ_I64((int64_t)n, 4, "isolates take no column");
    EQ_TEXT(words("Ελένη   ", 5, &n), "Ελένη", "spaces at the end are no reason to cut");
    EQ_TEXT(words("", 5, &n), "", "nothing");
    size_t size = 1 << 20;
    char *big = malloc(size + 1);
    for (size_t i = 0; i < size; i++) big[i] = (char)(i % 3 == 0 ? '\xE2' : i % 3 == 1 ? '\x80' : '\xAE');
    big[size] = '\0';
    EQ_TEXT(words(big, 20, &n), "\xEF\xBF\xBD", "a megabyte of overrides, its last byte torn");
    memset(big, 'x', size);
    words(big, 20, &n);
    EQ_I64((int64_t)n, 20, "a megabyte of letters is cut");
    free(big);
}

int main(void) {
    money();
    figures();
    outside_words();
    return tap_done();
}
