/* Business calendars: when a business is open. Open hours of each day of the week (several intervals a day, intervals over midnight, half
   days), dated hours that stand before them (Ramadan, Christmas Eve), days off, and a time zone with its daylight saving. Pure functions.

   A calendar is versioned: what is announced late makes a new version. Reckons from 1990 to 2069: before and after that nothing is open. No
   function walks minutes: a day's open time is a look-up, and sums over many days are kept. */
#ifndef REB_RULE_WORK_CALENDAR_H
#define REB_RULE_WORK_CALENDAR_H

#include "../base/arena.h"
#include "../base/err.h"
#include "../text/calendar.h"

typedef struct reb_work_calendar reb_work_calendar; /* one version; read-only, threads may share it */

enum { REB_WORK_DOCUMENT_MOST = 262144, REB_WORK_ENTRIES_MOST = 2000, REB_WORK_SPANS_MOST = 12 };

/* Reads a document (JSON, docs/manual/calendar.md):
     {"timezone": "Europe/Athens", "always": true (24/7) or
      "week": {"mon": ["09:00-13:00", "17:00-21:00"], "fri": [], "sat": ["22:00-02:00"]},     absent: closed; over midnight belongs to the
                                                                                             day it begins; 23:59 as an end means 24:00
      "dated": [{WHEN, "hours": [...], "name"}],    of several days: those of them on which the week is open; of one day: that day
      "off":   [{WHEN, "name", "substitute"}]}      substitute: one on a closed day moves to the next open one
   WHEN is "from" with "to" (its own when absent): 2026-12-24, with "every_year" from that year on, or 12-24 for every year; or a rule:
     {"rule": "easter_orthodox" | "easter_western", "plus": -2}
     {"rule": "solar_hijri" | "hijri", "month": 1, "day": 1, "plus": 0}   hijri by Umm al-Qura: as announced may differ
     {"rule": "weekday", "month": 5, "nth": 1 (-1: the last), "weekday": "mon"}      each with "days" (1), or "whole_month" instead of "day"
   Where several hold for a day the shorter stands, of equally long ones the one with full dates, then the day off. Everything is copied to
   the arena; `zone` is read during the call only. Errors: INPUT with the path of what is wrong and what would be right, MEMORY. */
reb_status reb_work_calendar_parse(reb_work_calendar **out, reb_arena *a, const char *json, const reb_zone *zone, reb_err *err);
/* The time zone that a document names, before it is parsed; "" when it names none (the business's is taken). */
reb_status reb_work_calendar_zone(const char **name, reb_arena *a, const char *json, reb_err *err);
const char *reb_work_zone_name(const reb_work_calendar *c);

bool reb_work_open_at(const reb_work_calendar *c, int64_t at_us);
/* Open time in [from_us, to_us), microseconds; 0 when to_us <= from_us. */
int64_t reb_work_between(const reb_work_calendar *c, int64_t from_us, int64_t to_us);
/* The first instant at which `open_us` (>= 0) of open time have passed since from_us: never an opening, unless open_us is 0 and from_us is
   one; INT64_MAX when the calendar does not open so much within ten years. */
int64_t reb_work_add(const reb_work_calendar *c, int64_t from_us, int64_t open_us);
/* from_us itself when open then, else the next opening; INT64_MAX as above. */
int64_t reb_work_next_open(const reb_work_calendar *c, int64_t from_us);
/* The latest instant from which open_us (>= 0) of open time pass until to_us; INT64_MIN when there were not so many. */
int64_t reb_work_back(const reb_work_calendar *c, int64_t to_us, int64_t open_us);
/* The end of the nth (>= 1) open day after that of from_us: its last closing. A shift over midnight belongs to the day it began.
   INT64_MAX as above. */
int64_t reb_work_add_days(const reb_work_calendar *c, int64_t from_us, int64_t days);
/* The last closing of the open day to which at_us belongs (a closing belongs to the day it ends); at_us itself on a closed day. */
int64_t reb_work_day_end(const reb_work_calendar *c, int64_t at_us);
/* The same local time so many days (>= 0) on; a time that is skipped then is the end of the gap. INT64_MAX past 2069. */
int64_t reb_work_add_calendar_days(const reb_work_calendar *c, int64_t from_us, int64_t days);
/* The civil day of an instant in the calendar's zone. */
int64_t reb_work_local_day(const reb_work_calendar *c, int64_t at_us);
/* What its wall clock shows then, as microseconds since 1970-01-01T00:00. */
int64_t reb_work_local_us(const reb_work_calendar *c, int64_t at_us);
/* The instant at which it shows that; twice: the first; skipped: the end of the gap. */
int64_t reb_work_local_instant(const reb_work_calendar *c, int64_t local_us);
/* For showing: open intervals that begin on one local day, in order, not more than `room`; returns how many. */
typedef struct reb_work_span {
    int64_t from_us, to_us;
} reb_work_span;
int64_t reb_work_day_spans(reb_work_span *out, int64_t room, const reb_work_calendar *c, int64_t day);
/* What stands before the week on that day. */
typedef enum reb_work_why { REB_WORK_WEEK, REB_WORK_DATED, REB_WORK_OFF } reb_work_why;
reb_work_why reb_work_day_why(const char **name, const reb_work_calendar *c, int64_t day); /* name: "" when it has none */
/* That follows the moon, by reckoning: it may be announced otherwise. */
bool reb_work_day_by_moon(const reb_work_calendar *c, int64_t day);

/* All versions of one calendar, oldest first. */
typedef struct reb_work_calendar_version {
    int64_t version; /* 1, 2, ... */
    int64_t published_us;
    const reb_work_calendar *calendar;
} reb_work_calendar_version;
typedef struct reb_work_calendar_history {
    const char *code;
    const reb_work_calendar_version *versions;
    int64_t count; /* at least 1 */
} reb_work_calendar_history;
/* The version in force at an instant: the newest published until then, or the first. INT64_MAX: the newest of all. */
const reb_work_calendar_version *reb_work_calendar_at(const reb_work_calendar_history *h, int64_t at_us);

#endif
