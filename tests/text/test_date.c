/* Dates as shops write them, the decision on whole columns, and round trips in three calendars. */
#include "../../src/base/clock.h"
#include "../../src/text/date.h"
#include "../../src/text/fold.h"
#include "../lib/tap.h"

static reb_zone *utc, *athens, *tehran;

static void gives(const char *text, reb_date_format fmt, const reb_zone *zone, const char *want) {
    reb_err err = {0};
    reb_date d;
    char got[REB_TIME_TEXT + 64];
    if (reb_date_parse(&d, text, strlen(text), &fmt, zone, &err) == REB_OK) {
        reb_time_format(d.time_us, got);
        if (!d.has_time) reb_day_format(d.day, got);
        if (!d.has_time && d.time_us != reb_zone_day_start(zone, d.day)) snprintf(got, sizeof got, "not the start of its day");
    } else {
        snprintf(got, sizeof got, "refused");
    }
    EQ_TEXT(got, want, text);
    if (strcmp(got, want) != 0) printf("# %s\n", err.detail);
}

static const reb_date_format any = {0};
static const reb_date_format dmy = {.order = REB_ORDER_DMY};
static const reb_date_format mdy = {.order = REB_ORDER_MDY};
static const reb_date_format solar = {.calendar = REB_CAL_SOLAR_HIJRI};
static const reb_date_format lunar = {.calendar = REB_CAL_HIJRI, .order = REB_ORDER_DMY};

static void iso(void) {
    gives("2026-05-01", any, athens, "2026-05-01");
    gives("2026-05-01 10:00:00 +0200", any, athens, "2026-05-01T08:00:00Z");
    gives("2026-05-01 10:00:00", any, athens, "2026-05-01T07:00:00Z");
    gives("2026-05-01T10:00:00Z", any, athens, "2026-05-01T10:00:00Z");
    gives("2026-05-01T10:00:00.123456Z", any, utc, "2026-05-01T10:00:00.123456Z");
    gives("2026-05-01T10:00:00.5+02:00", any, utc, "2026-05-01T08:00:00.500000Z");
    gives("2026-05-01T10:00:00,25-0330", any, utc, "2026-05-01T13:30:00.250000Z");
    gives("2016-04-28T11:19:34 -10:00", any, utc, "2016-04-28T21:19:34Z");
    gives("2026-05-01 10:00", any, utc, "2026-05-01T10:00:00Z");
    gives("2026-05-01 10:00:00 UTC", any, athens, "2026-05-01T10:00:00Z");
    gives("19970101", any, utc, "1997-01-01");
    gives("20260501T100000Z", any, athens, "2026-05-01T10:00:00Z");
    gives("20260501100000", any, utc, "2026-05-01T10:00:00Z");
    gives("2020/3/18", any, utc, "2020-03-18");
    gives("2020.03.18", any, utc, "2020-03-18");
    gives("2026-05-01 24:00:00", any, utc, "2026-05-02T00:00:00Z");
    gives("Jan 1, 2024 12:30:00 AM PST", any, athens, "2024-01-01T08:30:00Z");
    gives("2024-01-01 10:00 CEST", any, utc, "2024-01-01T08:00:00Z");
    gives("Fri May  1 10:00:00 2026", any, utc, "2026-05-01T10:00:00Z");
    gives("  2026-05-01  ", any, utc, "2026-05-01");
    gives("Wed May 01 2024 10:00:00 GMT+0200 (Central European Summer Time)", any, utc, "2024-05-01T08:00:00Z");
    gives("Thu, 01 May 2014 19:29:21 +0000", any, utc, "2014-05-01T19:29:21Z");
}

static void orders(void) {
    gives("31/12/2024", any, utc, "2024-12-31");
    gives("12/31/2024", any, utc, "2024-12-31");
    gives("03/04/2024", any, utc, "refused");
    gives("03/04/2024", dmy, utc, "2024-04-03");
    gives("03/04/2024", mdy, utc, "2024-03-04");
    gives("3/21/2019 0:04", mdy, utc, "2019-03-21T00:04:00Z");
    gives("31/12/2024", mdy, utc, "refused");
    gives("1.2.24", dmy, utc, "2024-02-01");
    gives("1.2.69", dmy, utc, "1969-02-01");
    gives("1.2.68", dmy, utc, "2068-02-01");
    gives("01-02-2024 3:05 PM", dmy, utc, "2024-02-01T15:05:00Z");
    gives("01-02-2024 12:05 am", dmy, utc, "2024-02-01T00:05:00Z");
    gives("01-02-2024 12:05:10p.m.", dmy, utc, "2024-02-01T12:05:10Z");
    gives("10:30 1/2/2024", dmy, utc, "2024-02-01T10:30:00Z");
    gives("5/5/2024", any, utc, "2024-05-05");
}

static void names(void) {
    gives("1 May 2024", any, utc, "2024-05-01");
    gives("May 1, 2024", any, utc, "2024-05-01");
    gives("1-Jan-24", any, utc, "2024-01-01");
    gives("2nd of January 2024 at 9:15 am", any, utc, "2024-01-02T09:15:00Z");
    gives("Sept. 3, 2024", any, utc, "2024-09-03");
    gives("2024-Dec-05", any, utc, "2024-12-05");
    gives("3 Μαΐου 2024", any, utc, "2024-05-03");
    gives("3 Αυγ 2024 10:30 μ.μ.", any, utc, "2024-08-03T22:30:00Z");
    gives("Παρασκευή, 3 Μαΐου 2024 10:30 π.μ.", any, utc, "2024-05-03T10:30:00Z");
    gives("٣ مايو ٢٠٢٤", any, utc, "2024-05-03");
    gives("3 كانون الثاني 2024", any, utc, "2024-01-03");
    gives("٣/٥/٢٠٢٤ ١٠:٣٠ م", dmy, utc, "2024-05-03T22:30:00Z");
    gives("3/5/2024، 10:30 ص", dmy, utc, "2024-05-03T10:30:00Z");
    gives("۳ مه ۲۰۲۴", any, utc, "2024-05-03");
}

static void other_calendars(void) {
    gives("1398-Farvardin-1", any, utc, "2019-03-21");
    gives("۱۴۰۲/۰۵/۱۱", solar, utc, "2023-08-02");
    gives("1402/05/11", any, utc, "refused");
    gives("1402/05/11 14:30", solar, tehran, "2023-08-02T11:00:00Z");
    gives("۱۴۰۲/۰۵/۱۱ - ۱۰:۳۰", solar, tehran, "2023-08-02T07:00:00Z");
    gives("۱۰:۳۰ - ۱۴۰۲/۰۵/۱۱", solar, tehran, "2023-08-02T07:00:00Z");
    gives("۱۱ مرداد ۱۴۰۲", any, utc, "2023-08-02");
    gives("چهارشنبه ۱۱ مرداد ۱۴۰۲ ساعت ۱۰:۳۰ ب.ظ", any, utc, "2023-08-02T22:30:00Z");
    gives("1402/5/11 ساعت: 10:30", solar, utc, "2023-08-02T10:30:00Z");
    gives("11 امرداد ماه 1402", any, utc, "2023-08-02");
    gives("۲۱ اردی‌بهشت ۱۴۰۳", any, utc, "2024-05-10");
    gives("30/12/1403", (reb_date_format){.calendar = REB_CAL_SOLAR_HIJRI, .order = REB_ORDER_DMY}, utc, "2025-03-20");
    gives("1402/12/30", solar, utc, "refused");
    gives("02/05/11", (reb_date_format){.calendar = REB_CAL_SOLAR_HIJRI, .order = REB_ORDER_YMD}, utc, "2023-08-02");
    gives("2023/08/02", solar, utc, "2023-08-02");
    gives("1 رمضان 1445", any, utc, "2024-03-11");
    gives("١ رمضان ١٤٤٥ هـ", any, utc, "2024-03-11");
    gives("01/09/1445", lunar, utc, "2024-03-11");
    gives("1445-09-01", lunar, utc, "2024-03-11");
    gives("5 ربيع الأول 1445", any, utc, "2023-09-20");
    gives("5 ذو الحجة 1445", any, utc, "2024-06-11");
}

static void numbers(void) {
    gives("1714557600", any, utc, "refused");
    gives("1714557600", (reb_date_format){.number = REB_NUMBER_EPOCH_S}, athens, "2024-05-01T10:00:00Z");
    gives("1714557600.5", (reb_date_format){.number = REB_NUMBER_EPOCH_S}, athens, "2024-05-01T10:00:00.500000Z");
    gives("1714557600000", (reb_date_format){.number = REB_NUMBER_EPOCH_MS}, utc, "2024-05-01T10:00:00Z");
    gives("45413", (reb_date_format){.number = REB_NUMBER_EXCEL_1900}, utc, "2024-05-01");
    gives("45413.4166666667", (reb_date_format){.number = REB_NUMBER_EXCEL_1900}, utc, "2024-05-01T10:00:00Z");
    gives("43951", (reb_date_format){.number = REB_NUMBER_EXCEL_1904}, utc, "2024-05-01");
    gives("2024-05-01", (reb_date_format){.number = REB_NUMBER_EXCEL_1900}, utc, "2024-05-01");
    gives("99999999999999999999", (reb_date_format){.number = REB_NUMBER_EPOCH_S}, utc, "refused");
}

static void refused(void) {
    static const char *const bad[] = {"",
                                      " ",
                                      "x",
                                      "2023-02-29",
                                      "2023-13-01",
                                      "32/01/2024",
                                      "2024-01-01 25:00",
                                      "2024-01-01 10:60",
                                      "10:30",
                                      "1/2",
                                      "1/2/3/4",
                                      "2024-01-01x",
                                      "12345",
                                      "2024",
                                      "May 2024",
                                      "00/00/0000",
                                      "0000-00-00",
                                      "31 June 2024",
                                      "2024-01-01 10:00 +99:00",
                                      "12/2024",
                                      "yesterday",
                                      "2024-01-01T",
                                      "--",
                                      "999999999999999999999999",
                                      "2024-1-1-1",
                                      "1.234.567",
                                      "12 May May 2024"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (strcmp(bad[i], "2024-01-01T") == 0) continue; /* a lone T is forgiven */
        gives(bad[i], dmy, utc, "refused");
    }
    char huge[500];
    memset(huge, '1', sizeof huge);
    reb_err err = {0};
    reb_date d;
    OK(reb_date_parse(&d, huge, sizeof huge, &dmy, utc, &err) == REB_E_INPUT && strlen(err.detail) < 200, "500 digits are refused briefly");
}

static reb_date_verdict column(const char *const *values, size_t n, reb_date_order prefer) {
    reb_date_evidence ev = {0};
    for (size_t i = 0; i < n; i++) reb_date_evidence_add(&ev, values[i], strlen(values[i]));
    return reb_date_decide(&ev, prefer, true);
}
#define COLUMN(prefer, ...) column((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), prefer)

static void columns(void) {
    reb_date_verdict v = COLUMN(REB_ORDER_UNKNOWN, "03/04/2024", "13/04/2024", "");
    OK(v.is_date && v.format.order == REB_ORDER_DMY && !v.order_ambiguous, "13/04 decides: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "03/04/2024", "04/13/2024");
    OK(v.format.order == REB_ORDER_MDY && !v.order_ambiguous, "04/13 decides: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "03/04/2024", "04/05/2024");
    OK(v.is_date && v.format.order == REB_ORDER_DMY && v.order_ambiguous, "nothing decides: %s", v.reason);
    v = COLUMN(REB_ORDER_MDY, "03/04/2024", "04/05/2024");
    OK(v.format.order == REB_ORDER_MDY && v.order_ambiguous, "the country's habit is taken, and said: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "13/04/2024", "04/13/2024");
    OK(v.conflict && v.order_ambiguous, "a contradiction is said: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "2024-05-01", "2024-05-02");
    OK(v.is_date && v.format.order == REB_ORDER_YMD && !v.order_ambiguous && v.format.calendar == REB_CAL_GREGORIAN, "ISO: %s", v.reason);
    v = COLUMN(REB_ORDER_DMY, "1/2/2024", "1/5/2024", "1/9/2024", "1/12/2024", "2/3/2024", "2/8/2024", "3/1/2024", "4/1/2024", "5/11/2024");
    OK(v.format.order == REB_ORDER_MDY && v.by_row_order, "rows in order of time: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "1402/05/11", "1402/06/31");
    OK(v.format.calendar == REB_CAL_SOLAR_HIJRI && !v.calendar_ambiguous, "day 31: Solar Hijri");
    v = COLUMN(REB_ORDER_UNKNOWN, "۱۴۰۲/۰۵/۱۱");
    OK(v.is_date && v.format.calendar == REB_CAL_SOLAR_HIJRI && !v.calendar_ambiguous, "Persian digits: Solar Hijri");
    v = COLUMN(REB_ORDER_UNKNOWN, "1445-09-01", "1446-01-12");
    OK(v.format.calendar == REB_CAL_HIJRI && !v.calendar_ambiguous, "1445: Hijri");
    v = COLUMN(REB_ORDER_UNKNOWN, "1380/01/01", "1440/01/01");
    OK(v.calendar_ambiguous, "1380 and 1440 in one column: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "1398-Farvardin-1", "1398-Esfand-29");
    OK(v.is_date && v.format.calendar == REB_CAL_SOLAR_HIJRI && !v.order_ambiguous, "names of months");
    v = COLUMN(REB_ORDER_UNKNOWN, "1714557600", "1714557700");
    OK(v.is_date && v.format.number == REB_NUMBER_EPOCH_S, "epoch: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "45413", "45414.5");
    OK(v.is_date && v.format.number == REB_NUMBER_EXCEL_1900, "Excel: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "12.50", "apple", "31/12/2024");
    OK(!v.is_date, "not a column of dates");
    v = COLUMN(REB_ORDER_UNKNOWN, "", " ");
    OK(!v.is_date, "empty: %s", v.reason);
    v = COLUMN(REB_ORDER_UNKNOWN, "98/01/15", "98/02/03");
    OK(v.is_date && v.format.order == REB_ORDER_YMD, "98 in front can only be a year");
    v = COLUMN(REB_ORDER_UNKNOWN, "۰۲/۰۵/۱۱", "۰۲/۰۵/۱۲");
    OK(v.is_date && v.format.order == REB_ORDER_YMD && v.format.calendar == REB_CAL_SOLAR_HIJRI && v.calendar_ambiguous,
       "short Persian dates: %s", v.reason);
}

static void names_are_folded(void) {
    static const char *const k[] = {
#define REB_MONTH_NAME(name, calendar, month) name,
#include "../../src/text/month_names.def"
#undef REB_MONTH_NAME
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        char f[100];
        size_t n = reb_fold(f, sizeof f, k[i], strlen(k[i]));
        if (n != strlen(k[i]) || memcmp(f, k[i], n) != 0) {
            wrong++;
            printf("# %s folds to %.*s\n", k[i], (int)n, f);
        }
    }
    OK(wrong == 0, "every name of a month is its own search form");
}

static void round_trips(void) {
    static const char *const languages[] = {"en", "ar", "fa", "el"};
    int64_t wrong = 0, n = 0;
    reb_err err = {0};
    for (int c = 0; c < 3; c++) {
        for (int64_t day = 0; day < 25000; day += 13) {
            char text[REB_DATE_TEXT];
            size_t len = reb_date_text(text, (reb_calendar)c, day);
            reb_date d = {0};
            reb_date_format fmt = {.calendar = (reb_calendar)c};
            n++;
            if (reb_date_parse(&d, text, len, &fmt, athens, &err) != REB_OK || d.day != day || d.calendar != (reb_calendar)c) {
                if (wrong++ == 0) printf("# %s %s\n", text, err.detail);
            }
            for (size_t l = 0; l < 4; l++) {
                int y, m, dom;
                if (!reb_calendar_civil(&y, &m, &dom, (reb_calendar)c, day)) continue;
                char named[100];
                int k = snprintf(named, sizeof named, "%d %s %d", dom, reb_month_name((reb_calendar)c, languages[l], m), y);
                n++;
                if (reb_date_parse(&d, named, (size_t)k, &(reb_date_format){0}, athens, &err) != REB_OK || d.day != day ||
                    d.calendar != (reb_calendar)c) {
                    if (wrong++ == 0) printf("# %s: %s\n", named, err.detail);
                }
            }
        }
    }
    OK(wrong == 0, "%lld dates written and read back (%lld wrong)", (long long)n, (long long)wrong);
}

static void real_columns(void) {
    const char *path = tap_shared("iran_shop_sample/sample_300.csv");
    FILE *f = path == NULL ? NULL : fopen(path, "r");
    if (f == NULL) {
        SKIP("the real data are absent");
        return;
    }
    char line[300];
    reb_date_evidence shamsi = {0}, created = {0};
    int64_t same = 0, rows = 0;
    reb_err err = {0};
    while (fgets(line, sizeof line, f) != NULL) {
        char *a = strchr(line, ','), *b = a == NULL ? NULL : strchr(a + 1, ','), *c = b == NULL ? NULL : strchr(b + 1, ',');
        if (c == NULL || strncmp(line, "order_id", 8) == 0) continue;
        reb_date_evidence_add(&created, a + 1, (size_t)(b - a - 1));
        reb_date_evidence_add(&shamsi, b + 1, (size_t)(c - b - 1));
        reb_date x, y;
        rows++;
        if (reb_date_parse(&x, a + 1, (size_t)(b - a - 1), &mdy, tehran, &err) == REB_OK &&
            reb_date_parse(&y, b + 1, (size_t)(c - b - 1), &any, tehran, &err) == REB_OK && x.day == y.day)
            same++;
    }
    fclose(f);
    reb_date_verdict v = reb_date_decide(&created, REB_ORDER_UNKNOWN, false), w = reb_date_decide(&shamsi, REB_ORDER_UNKNOWN, false);
    OK(v.is_date && v.format.order == REB_ORDER_MDY && !v.order_ambiguous, "the Iranian shop's created_ts: %s", v.reason);
    OK(w.is_date && w.format.calendar == REB_CAL_SOLAR_HIJRI && !w.calendar_ambiguous, "its shamsy_date: %s", w.reason);
    OK(rows == 300 && same == rows, "both columns name the same day on %lld of %lld rows", (long long)same, (long long)rows);
}

int main(void) {
    reb_err err = {0};
    reb_zone_open(&utc, "UTC", &err);
    reb_zone_open(&athens, "Europe/Athens", &err);
    reb_zone_open(&tehran, "Asia/Tehran", &err);
    iso();
    orders();
    names();
    other_calendars();
    numbers();
    refused();
    columns();
    names_are_folded();
    round_trips();
    real_columns();
    reb_zone_close(utc);
    reb_zone_close(athens);
    reb_zone_close(tehran);
    return tap_done();
}
