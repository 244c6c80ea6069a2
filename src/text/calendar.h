/* Three calendars and time zones. A civil day is int64 days since 1970-01-01 (Gregorian); see base/clock.h. */
#ifndef REB_TEXT_CALENDAR_H
#define REB_TEXT_CALENDAR_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* ---- time zones ---- */

/* Offsets of one IANA zone, 1900..2200, read from ICU once. Never changes after opening: threads may share it. */
typedef struct reb_zone reb_zone;

/* *out is owned by the caller. REB_E_INPUT when ICU knows no such zone; REB_E_MEMORY. */
reb_status reb_zone_open(reb_zone **out, const char *iana_name, reb_err *err);
void reb_zone_close(reb_zone *z);
const char *reb_zone_name(const reb_zone *z);

/* Offset from UTC at an instant, in seconds, east positive. */
int32_t reb_zone_offset_s(const reb_zone *z, int64_t time_us);
/* The civil day in the zone at an instant. */
int64_t reb_zone_day(const reb_zone *z, int64_t time_us);
/* The minute of that day, 0..1439, that the wall clock in the zone shows. */
int reb_zone_minute(const reb_zone *z, int64_t time_us);
/* The instant of a local time, given as microseconds since 1970-01-01T00:00 on the wall clock. A time that occurs twice means
   the first; a time that is skipped is moved on by the length of the gap. */
int64_t reb_zone_instant(const reb_zone *z, int64_t local_us);
/* The changes of the offset in [from_us, to_us): their instants and what holds from each on, in order, not more than `room`; returns how
   many there are. */
size_t reb_zone_changes(int64_t *at_us, int32_t *offset_s, size_t room, const reb_zone *z, int64_t from_us, int64_t to_us);
/* The instant at which a civil day begins. */
int64_t reb_zone_day_start(const reb_zone *z, int64_t day);

#endif
