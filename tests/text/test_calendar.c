/* Calendars against ICU, day by day. */
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

int main(void) {
    calendars();
    return tap_done();
}
