/* Messages, figures and dates in four languages, compared with ICU where ICU is right. */
#include "../../src/text/date.h"
#include "../../src/text/voice.h"
#include "../lib/tap.h"

#include "../../src/base/clock.h"

#include <string.h>
#include <unicode/umsg.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

static reb_arena arena;

/* The name of a check may be made from its case. */
static const char *named(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *named(const char *fmt, ...) {
    static char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return text;
}
#define is_str(got, want, ...) EQ_TEXT(got, want, named(__VA_ARGS__))
#define is_int(got, want, ...) EQ_I64(got, want, named(__VA_ARGS__))
#define ok(cond, ...) OK(cond, __VA_ARGS__)
#define diag(...) printf("# " __VA_ARGS__), printf("\n")

static reb_locale parsed(const char *tag) {
    reb_locale l;
    reb_locale_parse(&l, tag, strlen(tag), NULL);
    return l;
}

/* Invisible marks shown, so that a failure can be read. */
static const char *shown(const char *s) {
    static const struct {
        const char *mark, *name;
    } marks[] = {{"\xE2\x81\xA8", "<"}, {"\xE2\x81\xA9", ">"}, {"\xE2\x80\x8E", "[L]"},  {"\xE2\x80\x8F", "[R]"},
                 {"\xD8\x9C", "[A]"},   {"\xC2\xA0", "_"},     {"\xE2\x81\xA7", "[RLI]"}};
    reb_buf out = {0};
    while (*s != '\0') {
        size_t i = 0;
        while (i < 7 && strncmp(s, marks[i].mark, strlen(marks[i].mark)) != 0) i++;
        if (i < 7) {
            reb_buf_str(&out, marks[i].name);
            s += strlen(marks[i].mark);
        } else {
            reb_buf_char(&out, *s++);
        }
    }
    const char *kept = reb_arena_strdup(&arena, reb_buf_cstr(&out));
    reb_buf_free(&out);
    return kept;
}

static const char *said(const char *tag, const char *pattern, const reb_msg_value *values, size_t count) {
    reb_locale l = parsed(tag);
    reb_buf out = {0};
    reb_message_format(&out, &l, pattern, values, count);
    const char *kept = shown(reb_buf_cstr(&out));
    reb_buf_free(&out);
    return kept;
}

static void test_locale(void) {
    char tag[REB_LOCALE_TAG];
    reb_locale l;
    static const char *const whole[] = {"en-u-ca-gregory-nu-latn", "ar-u-ca-islamic-umalqura-nu-arab", "fa-u-ca-persian-nu-arabext",
                                        "el-u-ca-gregory-nu-latn", "ar-u-ca-persian-nu-latn"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        l = parsed(whole[i]);
        is_str(reb_locale_tag(tag, &l), whole[i], "%s is read and written again", whole[i]);
    }
    l = parsed("FA-Arab-IR-x-private-u-nu-latn");
    is_str(reb_locale_tag(tag, &l), "fa-u-ca-gregory-nu-latn", "case, script, region and private parts are passed over");
    l = parsed("ar-EG-t-en-u-hc-h12-NU-Arab-ca-islamic-civil");
    is_str(reb_locale_tag(tag, &l), "ar-u-ca-islamic-umalqura-nu-arab", "keywords in any order, among others");
    reb_locale shop = reb_locale_of("fa", "persian", "persian");
    is_str(reb_locale_tag(tag, &shop), "fa-u-ca-persian-nu-arabext", "by the words of the settings");
    ok(reb_locale_parse(&l, "el-GR,el;q=0.9", 14, &shop), "a list of languages: the first counts");
    is_str(reb_locale_tag(tag, &l), "el-u-ca-persian-nu-arabext", "calendar and digits that a tag does not tell are the business's");
    ok(!reb_locale_parse(&l, "de-DE", 5, &shop), "a language that is not ours");
    is_str(reb_locale_tag(tag, &l), "fa-u-ca-persian-nu-arabext", "leaves the business's");
    ok(!reb_locale_parse(&l, "", 0, NULL) && !reb_locale_parse(&l, NULL, 0, NULL), "nothing is no language");
}

static void test_patterns(void) {
    static const char *const people = "{0, plural, zero {none} one {one} two {two} few {# few} many {# many} other {# other}} of {1}";
    const reb_msg_value five[] = {{.number = 5}, {.text = "Sara"}};
    is_str(said("ar-u-nu-arab", people, five, 2), "٥ few of <Sara>", "Arabic five is few, a Latin name isolated");
    is_str(said("en", people, five, 2), "5 other of Sara", "a Latin name in English needs no isolation");
    is_str(said("en", "{1}", (reb_msg_value[]){{0}, {.text = "سارا"}}, 2), "<سارا>", "a Persian name does");
    is_str(said("ar", "قبل {0}", (reb_msg_value[]){{.text = "\xE2\x81\xA8نوفمبر\xE2\x81\xA9، 18:00"}}, 1), "قبل [RLI]<نوفمبر>، 18:00>",
           "a part with isolates of its own keeps the sentence's direction: the first strong letter within them does not count");
    is_str(said("fa", "{0} از {1}", (reb_msg_value[]){{.text = "۱۲"}, {.text = "(3)"}}, 2), "۱۲ از (3)",
           "bare figures take the sentence's direction");
    is_str(said("en", "{0, plural, =0 {none} =3 {three} one {# one} other {# other}}", (reb_msg_value[]){{.number = 3}}, 1), "three",
           "an exact number goes before");
    is_str(said("en", "{0, select, call {ring {1, number}} other {none}}", (reb_msg_value[]){{.text = "call"}, {.number = 1234.5}}, 2),
           "ring 1,234.5", "a choice with a number in it");
    is_str(said("el", "{0, number, percent}", (reb_msg_value[]){{.number = 0.073}}, 1), "7,3%", "a share");
    is_str(said("en", "it''s {0, select, other {}}#", (reb_msg_value[]){{0}}, 1), "it's #",
           "two apostrophes, an empty branch, a # that is none");
    static const char *const broken[] = {"{",
                                         "{0",
                                         "{0,",
                                         "{0, plural",
                                         "{0, plural, one",
                                         "{0, plural, one {",
                                         "{0, plural, one {#} other {# {0",
                                         "}}",
                                         "{9}",
                                         "{x}",
                                         "{0, date}",
                                         "{0, plural, =99999999999999999999999 {x}"};
    bool fine = true;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) fine = fine && said("ar", broken[i], five, 2) != NULL;
    ok(fine, "damaged patterns end");
}

static void test_plurals_as_icu(void) {
    size_t wrong = 0;
    for (int i = 0; i < REB_LANGUAGES; i++) {
        UErrorCode status = U_ZERO_ERROR;
        UPluralRules *rules = uplrules_open(reb_language_code((reb_language)i), &status);
        if (U_FAILURE(status)) abort();
        for (int n = 0; n <= 2300; n++) {
            double v = n <= 2200 ? n : (n - 2200) / 10.0;
            UChar wide[16];
            char icu[16];
            status = U_ZERO_ERROR;
            uplrules_select(rules, v, wide, 16, &status);
            u_UCharsToChars(wide, icu, u_strlen(wide) + 1);
            if (strcmp(icu, reb_plural_category((reb_language)i, v)) != 0 && wrong++ < 3) {
                diag("%d: %g is %s", i, v, icu);
            }
        }
        uplrules_close(rules);
    }
    is_int((int64_t)wrong, 0, "plural categories are ICU's, for 0 to 2200 and for fractions");
}

static void test_catalogues_as_icu(void) {
    size_t wrong = 0;
    for (int i = 0; i < REB_LANGUAGES; i++)
        for (unsigned m = 0; m < REB_MSGS; m++) {
            const char *pattern = reb_msg_pattern((reb_language)i, (reb_msg)m);
            UChar wide[4096];
            UErrorCode status = U_ZERO_ERROR;
            int32_t len = 0;
            UParseError at;
            u_strFromUTF8(wide, 4096, &len, pattern, -1, &status);
            UMessageFormat *f = umsg_open(wide, len, reb_language_code((reb_language)i), &at, &status);
            if ((U_FAILURE(status) || pattern[0] == '\0') && wrong++ < 5) {
                diag("%s: %s", reb_msg_key((reb_msg)m), pattern);
            }
            umsg_close(f);
        }
    is_int((int64_t)wrong, 0, "ICU reads each of %d messages in each language", REB_MSGS);
    reb_msg found;
    ok(reb_msg_find(&found, "error.", "busy") && found == REB_MSG_ERROR_BUSY && !reb_msg_find(&found, "error.", "bus"),
       "a key is found by its parts");
}

static void test_figures(void) {
    static const char *const tags[] = {"en-u-nu-latn", "ar-u-nu-latn", "ar-u-nu-arab", "fa-u-nu-arabext", "fa-u-nu-latn", "el-u-nu-latn"};
    static const double values[] = {0, 7, -7, 999, 1000, -1234567.5, 0.25, 1e9};
    for (size_t t = 0; t < sizeof tags / sizeof tags[0]; t++) {
        UErrorCode status = U_ZERO_ERROR;
        char locale[64];
        uloc_forLanguageTag(tags[t], locale, 64, NULL, &status);
        reb_locale l = parsed(tags[t]);
        UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, &status);
        UNumberFormat *p = unum_open(UNUM_PERCENT, NULL, 0, locale, NULL, &status);
        size_t wrong = 0;
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            UChar wide[128];
            char icu[256];
            char ours[REB_VOICE_TEXT];
            unum_formatDouble(f, values[i], wide, 128, NULL, &status);
            u_strToUTF8(icu, 256, NULL, wide, -1, &status);
            reb_voice_write_number(ours, &l, values[i], values[i] == floor(values[i]) ? 0 : values[i] < 0 ? 1 : 2);
            if (strcmp(icu, ours) != 0 && wrong++ < 3) {
                diag("%s: ICU %s, ours %s", tags[t], shown(icu), shown(ours));
            }
            if (values[i] > 100) continue;
            double share = values[i] < 0 ? -0.25 : values[i] > 1 ? 12 : values[i];
            unum_formatDouble(p, share, wide, 128, NULL, &status);
            u_strToUTF8(icu, 256, NULL, wide, -1, &status);
            if (strcmp(icu, reb_voice_write_percent(ours, &l, share)) != 0 && wrong++ < 3) {
                diag("%s: ICU %s, ours %s", tags[t], shown(icu), shown(ours));
            }
        }
        is_int((int64_t)wrong, 0, "%s: numbers and shares as ICU writes them", tags[t]);
        unum_close(f);
        unum_close(p);
    }
}

static reb_voice voice(const reb_locale *l) {
    return (reb_voice){.arena = &arena, .locale = l};
}

static void test_money(void) {
    reb_locale en = {0};
    reb_locale ar = parsed("ar-u-nu-arab");
    reb_locale fa = parsed("fa-u-nu-arabext");
    reb_locale el = parsed("el");
    reb_locale mixed = parsed("en-u-nu-arabext-ca-persian");
    reb_voice v = voice(&en);
    is_str(reb_voice_money_range(&v, 2000, 15000, "GBP", REB_MONEY_SIGN | REB_MONEY_WHOLE), "£20-150", "English as ever");
    is_str(reb_voice_percent_range(&v, 0.12, 0.19), "12-19%", "a range of shares");
    v = voice(&mixed);
    is_str(reb_voice_money(&v, 123450, "GBP", REB_MONEY_SIGN), "£۱٬۲۳۴٫۵۰", "English with Persian digits");
    is_str(reb_voice_day(&v, reb_day_from_civil(2026, 5, 1)), "۱۱ Ordibehesht ۱۴۰۵", "and the Persian calendar");
    v = voice(&ar);
    is_str(shown(reb_voice_money(&v, 123450, "EGP", REB_MONEY_SIGN)), "١٬٢٣٤٫٥٠_ج.م.[R]", "Arabic pounds");
    is_str(shown(reb_voice_money_range(&v, 2000, 15000, "EGP", REB_MONEY_SIGN | REB_MONEY_WHOLE)), "٢٠ إلى ١٥٠_ج.م.[R]", "a range of them");
    is_str(shown(reb_voice_range(&v, 5, -3)), "[A]-٣ إلى ٥", "a range that begins below nothing");
    is_str(reb_voice_time(&v, 545), "٠٩:٠٥", "a time");
    is_str(shown(reb_voice_duration(&v, 125 * REB_US_PER_SECOND)), "<دقيقتان> و<٥ ثوانٍ>", "a duration");
    is_str(shown(reb_voice_money(&v, 500, "GBP", REB_MONEY_SIGN)), "٥٫٠٠_£", "pounds without a prefix");
    v = voice(&fa);
    is_str(shown(reb_voice_money(&v, -1500000, "IRR", REB_MONEY_SIGN)), "[L]−۱٬۵۰۰٬۰۰۰_ریال", "rials");
    is_str(reb_voice_percent_range(&v, 0.12, 0.19), "۱۲٪ تا ۱۹٪", "Persian shares");
    is_str(reb_voice_percent(&v, 0.0001), "<۰٫۱٪", "next to nothing");
    v = voice(&el);
    is_str(shown(reb_voice_money(&v, 123450, "EUR", REB_MONEY_SIGN)), "1.234,50_€", "Greek euro");
    is_str(reb_voice_number(&v, 1234.5, 1), "1.234,5", "Greek comma");
}

static void test_dates(void) {
    int64_t day = reb_day_from_civil(2026, 5, 1);
    static const struct {
        const char *tag, *day, *month;
    } want[] = {{"en", "1 May 2026", "May 2026"},
                {"ar-u-ca-gregory-nu-arab", "١ مايو ٢٠٢٦", "مايو ٢٠٢٦"},
                {"ar-u-ca-persian-nu-arab", "١١ أرديبهشت ١٤٠٥", "أرديبهشت ١٤٠٥"},
                {"ar-u-ca-islamic-umalqura-nu-arab", "١٤ ذو القعدة ١٤٤٧", "ذو القعدة ١٤٤٧"},
                {"fa-u-ca-persian-nu-arabext", "۱۱ اردیبهشت ۱۴۰۵", "اردیبهشت ۱۴۰۵"},
                {"fa-u-ca-gregory-nu-latn", "1 مهٔ 2026", "مهٔ 2026"},
                {"el", "1 Μαΐου 2026", "Μάιος 2026"},
                {"el-u-ca-persian", "11 Ορντιμπεχέστ 1405", "Ορντιμπεχέστ 1405"},
                {"en-u-ca-islamic-umalqura", "14 Dhu al-Qadah 1447", "Dhu al-Qadah 1447"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        reb_locale l = parsed(want[i].tag);
        reb_voice v = voice(&l);
        is_str(reb_voice_day(&v, day), want[i].day, "%s: a day", want[i].tag);
        is_str(reb_voice_month(&v, day), want[i].month, "%s: a month", want[i].tag);
    }
    /* What is shown can be typed: Arabic, Persian and Greek days of our own read back as themselves. */
    static const char *const read_back[] = {"fa-u-ca-persian-nu-arabext", "ar-u-ca-gregory-nu-arab", "el", "en"};
    reb_zone *utc = NULL;
    if (reb_zone_open(&utc, "UTC", NULL) != REB_OK) abort();
    for (size_t i = 0; i < 4; i++) {
        reb_locale l = parsed(read_back[i]);
        reb_voice v = voice(&l);
        size_t wrong = 0;
        for (int64_t d = day; d < day + 366; d++) {
            const char *text = reb_voice_day(&v, d);
            reb_date got;
            if (reb_date_parse(&got, text, strlen(text), &(reb_date_format){.calendar = l.calendar}, utc, NULL) == REB_OK && got.day == d)
                continue;
            if (wrong++ < 2) {
                diag("%s", text);
            }
        }
        is_int((int64_t)wrong, 0, "%s: each day of a year reads back", read_back[i]);
    }
    reb_zone_close(utc);
}

int main(void) {
    test_locale();
    test_patterns();
    test_plurals_as_icu();
    test_catalogues_as_icu();
    test_figures();
    test_money();
    test_dates();
    reb_arena_free(&arena);
    return tap_done();
}
