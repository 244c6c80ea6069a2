/* Calendars against ICU, day by day; zones against ICU, hour by hour at their edges. */
#include "../../src/base/clock.h"
#include "../../src/text/calendar.h"
#include "../lib/tap.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

static UCalendar *icu(const char *locale, const char *zone) {
    UErrorCode status = U_ZERO_ERROR;
    UChar id[64];
    u_charsToUChars(zone, id, (int32_t)strlen(zone) + 1);
    UCalendar *c = ucal_open(id, -1, locale, UCAL_DEFAULT, &status);
    return U_SUCCESS(status) ? c : NULL;
}

static void every_day(reb_calendar cal, const char *locale, int64_t from, int64_t to) {
    UCalendar *c = icu(locale, "UTC");
    int64_t wrong = 0, unstable = 0;
    for (int64_t d = from; d <= to; d++) {
        UErrorCode status = U_ZERO_ERROR;
        ucal_setMillis(c, (double)d * 86400000.0, &status);
        int y = 0, m = 0, dom = 0;
        if (!reb_calendar_civil(&y, &m, &dom, cal, d) || y != ucal_get(c, UCAL_YEAR, &status) ||
            m != ucal_get(c, UCAL_MONTH, &status) + 1 || dom != ucal_get(c, UCAL_DATE, &status))
            wrong++;
        if (!reb_calendar_valid(cal, y, m, dom) || reb_calendar_day(cal, y, m, dom) != d) unstable++;
    }
    OK(wrong == 0, "%s agrees with ICU on %lld days (%lld wrong)", reb_calendar_name(cal), (long long)(to - from + 1), (long long)wrong);
    OK(unstable == 0, "%s: there and back again (%lld wrong)", reb_calendar_name(cal), (long long)unstable);
    ucal_close(c);
}

static void calendars(void) {
    every_day(REB_CAL_GREGORIAN, "en@calendar=gregorian", reb_day_from_civil(1900, 1, 1), reb_day_from_civil(2200, 1, 1));
    every_day(REB_CAL_SOLAR_HIJRI, "en@calendar=persian", reb_day_from_civil(1900, 1, 1), reb_day_from_civil(2121, 1, 1));
    every_day(REB_CAL_HIJRI, "en@calendar=islamic-umalqura", reb_day_from_civil(1900, 1, 1), reb_day_from_civil(2170, 1, 1));
    EQ_I64(reb_calendar_day(REB_CAL_SOLAR_HIJRI, 1398, 1, 1), reb_day_from_civil(2019, 3, 21), "1 Farvardin 1398 is 2019-03-21");
    EQ_I64(reb_calendar_day(REB_CAL_SOLAR_HIJRI, 1403, 12, 30), reb_day_from_civil(2025, 3, 20), "30 Esfand 1403 is 2025-03-20");
    EQ_I64(reb_calendar_day(REB_CAL_HIJRI, 1445, 9, 1), reb_day_from_civil(2024, 3, 11), "1 Ramadan 1445 is 2024-03-11");
    OK(!reb_calendar_valid(REB_CAL_SOLAR_HIJRI, 1402, 12, 30), "1402 is no leap year");
    OK(!reb_calendar_valid(REB_CAL_SOLAR_HIJRI, 1402, 7, 31), "Mehr has 30 days");
    OK(!reb_calendar_valid(REB_CAL_HIJRI, 1299, 1, 1) && !reb_calendar_valid(REB_CAL_HIJRI, 1601, 1, 1), "outside the table");
    OK(!reb_calendar_valid(REB_CAL_GREGORIAN, 2023, 2, 29) && !reb_calendar_valid(REB_CAL_GREGORIAN, 0, 1, 1), "no such Gregorian day");
    OK(!reb_calendar_valid(REB_CAL_GREGORIAN, 2023, 13, 1) && !reb_calendar_valid(REB_CAL_HIJRI, 1445, 0, 1), "no such month");
    int y, m, d;
    OK(!reb_calendar_civil(&y, &m, &d, REB_CAL_HIJRI, INT64_MAX) && !reb_calendar_civil(&y, &m, &d, REB_CAL_SOLAR_HIJRI, INT64_MIN) &&
           !reb_calendar_civil(&y, &m, &d, REB_CAL_GREGORIAN, INT64_MAX),
       "days beyond the calendars are refused");
}

static void one_zone(const char *name) {
    reb_err err = {0};
    reb_zone *z = NULL;
    if (!OK(reb_zone_open(&z, name, &err) == REB_OK, "%s opens %s", name, err.detail)) return;
    UCalendar *c = icu("en@calendar=gregorian", name);
    int64_t wrong = 0, unstable = 0, n = 0;
    int64_t from = reb_day_from_civil(1969, 12, 25) * 24, to = reb_day_from_civil(2040, 1, 1) * 24;
    for (int64_t h = from; h < to; h += 7) {
        UErrorCode status = U_ZERO_ERROR;
        ucal_setMillis(c, (double)h * 3600000.0, &status);
        int32_t want = (ucal_get(c, UCAL_ZONE_OFFSET, &status) + ucal_get(c, UCAL_DST_OFFSET, &status)) / 1000;
        int64_t t = h * 3600 * REB_US_PER_SECOND;
        n++;
        if (reb_zone_offset_s(z, t) != want) wrong++;
        int64_t back = reb_zone_instant(z, t + want * REB_US_PER_SECOND);
        /* An hour that occurs twice gives the first one; never later, never more than the change. */
        if (back > t || t - back > 3 * 3600 * REB_US_PER_SECOND) unstable++;
    }
    OK(wrong == 0 && unstable == 0, "%s agrees with ICU at %lld hours (%lld wrong, %lld unstable)", name, (long long)n, (long long)wrong,
       (long long)unstable);
    ucal_close(c);
    reb_zone_close(z);
}

static void zones(void) {
    one_zone("Europe/Athens");
    one_zone("Asia/Tehran");
    one_zone("America/New_York");
    one_zone("Africa/Cairo");
    one_zone("Pacific/Apia");
    one_zone("UTC");
    reb_err err = {0};
    reb_zone *z = NULL;
    OK(reb_zone_open(&z, "Mars/Olympus", &err) == REB_E_INPUT && z == NULL && err.next[0] != '\0',
       "an unknown zone is refused with advice");
    OK(reb_zone_open(&z, "", &err) == REB_E_INPUT, "an empty name is refused");
    if (reb_zone_open(&z, "Europe/Athens", &err) != REB_OK) return;
    int64_t day = reb_day_from_civil(2024, 3, 31) * REB_US_PER_DAY, hour = 3600 * REB_US_PER_SECOND;
    EQ_I64(reb_zone_instant(z, day + 3 * hour + hour / 2), day + hour + hour / 2, "03:30 is skipped in spring: moved on to 04:30");
    EQ_I64(reb_zone_instant(z, day + 2 * hour), day, "02:00 before the gap");
    EQ_I64(reb_zone_instant(z, day + 4 * hour), day + hour, "04:00 after the gap");
    day = reb_day_from_civil(2024, 10, 27) * REB_US_PER_DAY;
    EQ_I64(reb_zone_instant(z, day + 3 * hour + hour / 2), day + hour / 2, "03:30 occurs twice in autumn: the first");
    EQ_I64(reb_zone_instant(z, day + 4 * hour), day + 2 * hour, "04:00 occurs once");
    EQ_I64(reb_zone_day(z, day - 3 * hour), reb_day_from_civil(2024, 10, 27), "21:00 UTC is the next day in Athens in summer");
    EQ_I64(reb_zone_minute(z, day - 3 * hour), 0, "which is its first minute");
    EQ_I64(reb_zone_minute(z, day - 3 * hour - 1), 24 * 60 - 1, "a microsecond before it the last of the day before");
    EQ_I64(reb_zone_minute(z, -hour / 60), 60 + 59, "before 1970 too: Athens was two hours ahead");
    reb_zone_close(z);
    if (reb_zone_open(&z, "Africa/Cairo", &err) != REB_OK) return;
    /* In Egypt the clock is moved at midnight: the day begins at 01:00. */
    int64_t d = reb_day_from_civil(2024, 4, 26);
    EQ_I64(reb_zone_day_start(z, d), d * REB_US_PER_DAY - 2 * hour, "a day whose midnight is skipped");
    EQ_I64(reb_zone_day(z, reb_zone_day_start(z, d)), d, "and it belongs to that day");
    reb_zone_close(z);
}

int main(void) {
    calendars();
    zones();
    return tap_done();
}
