/* Business calendars: when a business is open. Open hours of each day of the week (several intervals a day, intervals over midnight, half
   days), dated hours that stand before them (Ramadan, Christmas Eve), days off, and a time zone with its daylight saving. Pure functions.

   A calendar is versioned: what is announced late makes a new version. */
#ifndef REB_RULE_WORK_CALENDAR_H
#define REB_RULE_WORK_CALENDAR_H

#include "../base/arena.h"
#include "../base/err.h"
#include "../text/calendar.h"

typedef struct reb_work_calendar reb_work_calendar; /* one version; read-only, threads may share it */

/* Reads a document (JSON, docs/manual/calendars.md): {"timezone","week":{"mon":["09:00-13:00","17:00-21:00"],"fri":[],
   "sat":["22:00-02:00"]}, "dated":[{"from","to","hours":[...],"name"}],"off":[{"from","to"?,"name","every_year"?}]}; "always":true is 24/7.
   `zones` hands out open zones. Copied to the arena. Errors: INPUT with the path of what is wrong, MEMORY. */
reb_status reb_work_calendar_parse(reb_work_calendar **out, reb_arena *a, const char *json, const reb_zone *zone, reb_err *err);
/* The time zone that a document names, before it is parsed; "" when it names none (the business's is taken). */
reb_status reb_work_calendar_zone(const char **name, reb_arena *a, const char *json, reb_err *err);

bool reb_work_open_at(const reb_work_calendar *c, int64_t at_us);
/* Open time in [from_us, to_us), microseconds; 0 when to_us <= from_us. */
int64_t reb_work_between(const reb_work_calendar *c, int64_t from_us, int64_t to_us);
/* The first instant at which `open_us` (>= 0) of open time have passed since from_us; INT64_MAX when the calendar does not open so much
 * within ten years. */
int64_t reb_work_add(const reb_work_calendar *c, int64_t from_us, int64_t open_us);
/* from_us itself when open then, else the next opening; INT64_MAX as above. */
int64_t reb_work_next_open(const reb_work_calendar *c, int64_t from_us);
/* The end of the nth (>= 1) open local day after that of from_us: its last closing. */
int64_t reb_work_add_days(const reb_work_calendar *c, int64_t from_us, int64_t days);
/* Open intervals of one local day, in order, not longer than `room`; returns how many. For showing. */
typedef struct reb_work_span {
    int64_t from_us, to_us;
    const char *name; /* of the holiday or dated hours, or "" */
} reb_work_span;
int64_t reb_work_day_spans(reb_work_span *out, int64_t room, const reb_work_calendar *c, int64_t day);

/* All versions of one calendar, oldest first. */
typedef struct reb_work_calendar_version {
    int64_t version; /* 1, 2, ... */
    int64_t published_us;
    const reb_work_calendar *calendar;
} reb_work_calendar_version;
typedef struct reb_work_calendar_history {
    const reb_work_calendar_version *versions;
    int64_t count; /* at least 1 */
} reb_work_calendar_history;
/* The version in force at an instant: the newest published until then, or the first. INT64_MAX: the newest of all. */
const reb_work_calendar_version *reb_work_calendar_at(const reb_work_calendar_history *h, int64_t at_us);

#endif
