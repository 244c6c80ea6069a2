#include "voice.h"

#include "../base/clock.h"
#include "utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucurr.h>
#include <unicode/ustring.h>

#define NBSP "\xC2\xA0"
#define LRM "\xE2\x80\x8E"
#define RLM "\xE2\x80\x8F"
#define ALM "\xD8\x9C"

static const reb_locale k_english;

static const reb_locale *locale_of(const reb_voice *v) {
    return v->locale != NULL ? v->locale : &k_english;
}

static bool plain_english(const reb_locale *l) {
    return l->language == REB_LANG_EN && l->digits == REB_DIGITS_LATIN;
}

static const char *keep(const reb_voice *v, const char *text) {
    const char *kept = reb_arena_strdup(v->arena, text);
    return kept != NULL ? kept : "";
}

/* --- digits and signs, as CLDR 42 has them (tests/text/test_voice.c compares with ICU) -------------------------------------------------
 */

typedef struct signs {
    const char *group, *decimal, *minus, *plus, *percent;
} signs;

static const signs *signs_of(const reb_locale *l) {
    static const signs latin = {",", ".", "-", "+", "%"};
    static const signs greek = {".", ",", "-", "+", "%"};
    static const signs arabic_latin = {",", ".", LRM "-", LRM "+", LRM "%" LRM};
    static const signs persian_latin = {",", ".", LRM "\xE2\x88\x92", LRM "+", "%"};
    static const signs arabic = {"٬", "٫", ALM "-", ALM "+", "٪" ALM};
    static const signs persian = {"٬", "٫", LRM "\xE2\x88\x92", LRM "+", "٪"};
    if (l->digits == REB_DIGITS_ARABIC) return &arabic;
    if (l->digits == REB_DIGITS_PERSIAN) return &persian;
    switch (l->language) {
        case REB_LANG_AR: return &arabic_latin;
        case REB_LANG_FA: return &persian_latin;
        case REB_LANG_EL: return &greek;
        case REB_LANG_EN:
        case REB_LANGUAGES: break;
    }
    return &latin;
}

/* Adds to out[cap] as long as it fits as a whole. */
static void add(char *out, size_t cap, const char *s) {
    size_t have = strlen(out);
    size_t n = strlen(s);
    if (have + n < cap) memcpy(out + have, s, n + 1);
}

static void add_digit(char *out, size_t cap, char digit, reb_digits digits) {
    static const uint32_t zero[] = {'0', 0x0660, 0x06F0};
    char bytes[5] = {0};
    reb_utf8_encode(bytes, zero[digits] + (uint32_t)(digit - '0'));
    add(out, cap, bytes);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Writes English figures ("-1,234.50", "<0.1%") with the reader's digits and signs; a point or comma counts only within a number. */
static void write_figures(char *out, size_t cap, const reb_locale *l, const char *english) {
    const signs *g = signs_of(l);
    out[0] = '\0';
    for (const char *p = english; *p != '\0'; p++) {
        bool inside = p > english && is_digit(p[-1]) && is_digit(p[1]);
        char one[2] = {*p, '\0'};
        if (is_digit(*p)) {
            add_digit(out, cap, *p, l->digits);
        } else if (inside && *p == ',') {
            add(out, cap, g->group);
        } else if (inside && *p == '.') {
            add(out, cap, g->decimal);
        } else if (*p == '%') {
            add(out, cap, g->percent);
        } else if (*p == '-' && !inside && is_digit(p[1])) {
            add(out, cap, g->minus);
        } else if (*p == '+' && is_digit(p[1])) {
            add(out, cap, g->plus);
        } else {
            add(out, cap, one);
        }
    }
}

static const char *figures(const reb_voice *v, const char *english) {
    if (plain_english(locale_of(v))) return keep(v, english);
    char out[REB_VOICE_TEXT];
    write_figures(out, sizeof out, locale_of(v), english);
    return keep(v, out);
}

const char *reb_voice_write_number(char out[REB_VOICE_TEXT], const reb_locale *l, double value, int decimals) {
    char english[REB_FORMAT_TEXT];
    write_figures(out, REB_VOICE_TEXT, l != NULL ? l : &k_english, reb_format_number(english, value, decimals));
    return out;
}

const char *reb_voice_write_percent(char out[REB_VOICE_TEXT], const reb_locale *l, double share) {
    char english[REB_FORMAT_TEXT];
    write_figures(out, REB_VOICE_TEXT, l != NULL ? l : &k_english, reb_format_percent(english, share));
    return out;
}

const char *reb_voice_count(const reb_voice *v, int64_t n) {
    char english[REB_FORMAT_TEXT];
    return figures(v, reb_format_count(english, n));
}

const char *reb_voice_number(const reb_voice *v, double value, int decimals) {
    char english[REB_FORMAT_TEXT];
    return figures(v, reb_format_number(english, value, decimals));
}

const char *reb_voice_percent(const reb_voice *v, double share) {
    char english[REB_FORMAT_TEXT];
    return figures(v, reb_format_percent(english, share));
}

/* A dash between figures of Arabic digits is turned by the direction around it; a word is not. */
static const char *between(const reb_voice *v, const char *low, const char *high) {
    return strcmp(low, high) == 0 ? low : reb_say_unit_range(v, .low = low, .high = high);
}

const char *reb_voice_range(const reb_voice *v, int64_t low, int64_t high) {
    char english[REB_FORMAT_TEXT];
    if (locale_of(v)->language == REB_LANG_EN) return figures(v, reb_format_range(english, low, high));
    return between(v, reb_voice_count(v, low < high ? low : high), reb_voice_count(v, low < high ? high : low));
}

const char *reb_voice_percent_range(const reb_voice *v, double low, double high) {
    char english[REB_FORMAT_TEXT];
    if (locale_of(v)->language == REB_LANG_EN) return figures(v, reb_format_percent_range(english, low, high));
    return between(v, reb_voice_percent(v, low), reb_voice_percent(v, high));
}

/* --- money ------------------------------------------------------------------------------------------------------------------------- */

/* The currency's sign in the reader's language, "ج.م.", "€", "ریال"; its code when there is none. */
static void currency_sign(char *out, size_t cap, const reb_locale *l, const char *currency) {
    out[0] = '\0';
    UChar code[4] = {0};
    UErrorCode status = U_ZERO_ERROR;
    if (currency == NULL || strlen(currency) != 3) {
        if (currency != NULL) add(out, cap, currency);
        return;
    }
    for (int i = 0; i < 3; i++) code[i] = (UChar)(unsigned char)currency[i];
    int32_t len = 0;
    UBool choice = 0;
    const UChar *name = ucurr_getName(code, reb_language_code(l->language), UCURR_SYMBOL_NAME, &choice, &len, &status);
    int32_t bytes = 0;
    if (U_SUCCESS(status)) u_strToUTF8(out, (int32_t)cap - 1, &bytes, name, len, &status);
    if (U_FAILURE(status) || bytes >= (int32_t)cap) bytes = 0;
    out[bytes] = '\0';
    if (bytes == 0) add(out, cap, currency);
    /* Arabic has UK£ and US$ where everybody writes £ and $. */
    bool prefixed = strlen(out) > 2 && out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'A' && out[1] <= 'Z' && (out[2] < 'A' || out[2] > 'Z');
    if (prefixed && (strcmp(currency, "GBP") == 0 || strcmp(currency, "USD") == 0 || strcmp(currency, "JPY") == 0))
        memmove(out, out + 2, strlen(out) - 1);
}

/* The figures of an amount with the sign of a number, English. */
static const char *amount(char out[REB_FORMAT_TEXT], int64_t minor, const char *currency, unsigned flags) {
    reb_format_money(out, minor, currency, flags & ~(unsigned)REB_MONEY_SIGN);
    char *space = strchr(out, ' ');
    if (space != NULL) *space = '\0';
    return out;
}

/* Each language writes the amount first and the currency after it. */
static const char *with_sign(const reb_voice *v, const char *text, const char *currency, unsigned flags) {
    char sign[64];
    if ((flags & REB_MONEY_SIGN) != 0) {
        currency_sign(sign, sizeof sign, locale_of(v), currency);
    } else {
        snprintf(sign, sizeof sign, "%.8s", currency != NULL ? currency : "");
    }
    if (sign[0] == '\0') return text;
    const char *whole = reb_arena_printf(v->arena, "%s" NBSP "%s", text, sign);
    return whole != NULL ? whole : "";
}

const char *reb_voice_money(const reb_voice *v, int64_t minor, const char *currency, unsigned flags) {
    char english[REB_FORMAT_TEXT];
    if (locale_of(v)->language == REB_LANG_EN) return figures(v, reb_format_money(english, minor, currency, flags));
    return with_sign(v, figures(v, amount(english, minor, currency, flags)), currency, flags);
}

const char *reb_voice_money_range(const reb_voice *v, int64_t low_minor, int64_t high_minor, const char *currency, unsigned flags) {
    char english[REB_FORMAT_TEXT];
    if (locale_of(v)->language == REB_LANG_EN) return figures(v, reb_format_money_range(english, low_minor, high_minor, currency, flags));
    int64_t low = low_minor < high_minor ? low_minor : high_minor;
    int64_t high = low_minor < high_minor ? high_minor : low_minor;
    unsigned bare = flags & ~(unsigned)REB_MONEY_PLUS;
    const char *a = figures(v, amount(english, low, currency, bare));
    const char *b = figures(v, amount(english, high, currency, bare));
    return with_sign(v, between(v, a, b), currency, flags);
}

/* --- dates ------------------------------------------------------------------------------------------------------------------------- */

/* Names of months, because ICU misspells those of Solar Hijri in Arabic and does not have them in Greek. Within a date: Greek in the
   genitive, Persian with the ezafe that leads on to the year. [language][calendar][month] */
static const char *const k_month[REB_LANGUAGES][3][12] = {
    [REB_LANG_EN] = {{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
                     {"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman",
                      "Esfand"},
                     {"Muharram", "Safar", "Rabi I", "Rabi II", "Jumada I", "Jumada II", "Rajab", "Shaban", "Ramadan", "Shawwal",
                      "Dhu al-Qadah", "Dhu al-Hijjah"}},
    [REB_LANG_AR] = {{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
                     {"فروردين", "أرديبهشت", "خرداد", "تير", "مرداد", "شهريور", "مهر", "آبان", "آذر", "دي", "بهمن", "إسفند"},
                     {"محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة", "رجب", "شعبان", "رمضان", "شوال",
                      "ذو القعدة", "ذو الحجة"}},
    [REB_LANG_FA] = {{"ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مهٔ", "ژوئن", "ژوئیهٔ", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"},
                     {"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"},
                     {"محرم", "صفر", "ربیع‌الاول", "ربیع‌الثانی", "جمادی‌الاول",
                      "جمادی‌الثانی", "رجب", "شعبان", "رمضان", "شوال", "ذی‌قعدهٔ", "ذی‌حجهٔ"}},
    [REB_LANG_EL] = {{"Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου", "Σεπτεμβρίου",
                      "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"},
                     {"Φαρβαρντίν", "Ορντιμπεχέστ", "Χορντάντ", "Τιρ", "Μορντάντ", "Σαχριβάρ", "Μεχρ", "Αμπάν", "Αζάρ", "Ντέι", "Μπαχμάν",
                      "Εσφάντ"},
                     {"Μουχάραμ", "Σαφάρ", "Ραμπί Α΄", "Ραμπί Β΄", "Τζουμάντα Α΄", "Τζουμάντα Β΄", "Ρατζάμπ", "Σαμπάν", "Ραμαζανίου",
                      "Σαουάλ", "Ντου αλ-Κάαντα", "Ντου αλ-Χίτζα"}},
};
static const char *const k_greek_month[12] = {"Ιανουάριος", "Φεβρουάριος", "Μάρτιος",     "Απρίλιος",  "Μάιος",     "Ιούνιος",
                                              "Ιούλιος",    "Αύγουστος",   "Σεπτέμβριος", "Οκτώβριος", "Νοέμβριος", "Δεκέμβριος"};
static reb_calendar civil(int *y, int *m, int *d, const reb_locale *l, int64_t day) {
    if (l->calendar != REB_CAL_GREGORIAN && reb_calendar_civil(y, m, d, l->calendar, day)) return l->calendar;
    reb_civil_from_day(day, y, m, d);
    return REB_CAL_GREGORIAN;
}

const char *reb_voice_day(const reb_voice *v, int64_t day) {
    const reb_locale *l = locale_of(v);
    int y;
    int m;
    int d;
    char text[REB_FORMAT_TEXT];
    reb_calendar c = civil(&y, &m, &d, l, day);
    snprintf(text, sizeof text, "%d %s %d", d, k_month[l->language][c][(unsigned)(m - 1) % 12], y);
    return reb_voice_digits(v, text);
}

const char *reb_voice_month(const reb_voice *v, int64_t day) {
    const reb_locale *l = locale_of(v);
    int y;
    int m;
    int d;
    char text[REB_FORMAT_TEXT];
    reb_calendar c = civil(&y, &m, &d, l, day);
    const char *name = k_month[l->language][c][(unsigned)(m - 1) % 12];
    if (l->language == REB_LANG_EL && c == REB_CAL_GREGORIAN) name = k_greek_month[(unsigned)(m - 1) % 12];
    snprintf(text, sizeof text, "%s %d", name, y);
    return reb_voice_digits(v, text);
}

const char *reb_voice_time(const reb_voice *v, int minute_of_day) {
    char text[32];
    snprintf(text, sizeof text, "%02d:%02d", minute_of_day / 60, minute_of_day % 60);
    return reb_voice_digits(v, text);
}

const char *reb_voice_digits(const reb_voice *v, const char *text) {
    reb_digits digits = locale_of(v)->digits;
    if (digits == REB_DIGITS_LATIN) return keep(v, text);
    reb_buf out = {0};
    for (const char *p = text; *p != '\0'; p++) {
        char bytes[8] = {0};
        if (is_digit(*p)) {
            add_digit(bytes, sizeof bytes, *p, digits);
            reb_buf_str(&out, bytes);
        } else {
            reb_buf_char(&out, *p);
        }
    }
    const char *kept = out.failed ? NULL : reb_arena_strndup(v->arena, reb_buf_cstr(&out), out.len);
    if (kept == NULL) v->arena->failed = true;
    reb_buf_free(&out);
    return kept != NULL ? kept : "";
}

const char *reb_voice_duration(const reb_voice *v, int64_t us) {
    char english[REB_FORMAT_TEXT];
    if (locale_of(v)->language == REB_LANG_EN) return figures(v, reb_format_duration(english, us));
    int64_t s = us < 0 ? 0 : us / REB_US_PER_SECOND;
    if (s < 60) return reb_say_unit_seconds(v, .count = (double)s);
    if (s < 3600 && s % 60 != 0)
        return reb_say_unit_and(v, .first = reb_say_unit_minutes(v, .count = (double)(s / 60)),
                                .second = reb_say_unit_seconds(v, .count = (double)(s % 60)));
    if (s < 3600) return reb_say_unit_minutes(v, .count = (double)(s / 60));
    if (s >= 2 * 86400) return reb_say_unit_days(v, .count = (double)(s / 86400));
    if (s / 60 % 60 == 0) return reb_say_unit_hours(v, .count = (double)(s / 3600));
    return reb_say_unit_and(v, .first = reb_say_unit_hours(v, .count = (double)(s / 3600)),
                            .second = reb_say_unit_minutes(v, .count = (double)(s / 60 % 60)));
}
