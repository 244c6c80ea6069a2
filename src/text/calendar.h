/* Three calendars; time zones are in zone.h. A civil day is int64 days since 1970-01-01 (Gregorian); see base/clock.h. */
#ifndef REB_TEXT_CALENDAR_H
#define REB_TEXT_CALENDAR_H

#include "zone.h"

typedef enum reb_calendar {
    REB_CAL_GREGORIAN,
    REB_CAL_SOLAR_HIJRI, /* Iran; leap years by the 33-year rule, which is the official calendar 1304..1502 (and ICU's) */
    REB_CAL_HIJRI        /* Umm al-Qura, by table, years 1300..1600 */
} reb_calendar;

const char *reb_calendar_name(reb_calendar c); /* "Gregorian", "Solar Hijri", "Hijri (Umm al-Qura)" */

/* Years: Gregorian 1..9999, Solar Hijri 1..3000, Hijri 1300..1600. */
bool reb_calendar_valid(reb_calendar c, int year, int month, int day);
int64_t reb_calendar_day(reb_calendar c, int year, int month, int day); /* of a valid date */
/* False when the day lies outside the calendar's years. */
bool reb_calendar_civil(int *year, int *month, int *day_of_month, reb_calendar c, int64_t day);

#endif
