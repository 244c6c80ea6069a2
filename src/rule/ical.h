/* Days off out of an iCalendar file (RFC 5545), as governments, schools and calendar programs publish them. */
#ifndef REB_RULE_ICAL_H
#define REB_RULE_ICAL_H

#include "../base/arena.h"
#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REB_ICAL_BYTES_MOST = 1048576, REB_ICAL_DAYS_MOST = 2000, REB_ICAL_NAME_MOST = 200 };

typedef struct reb_ical_day {
    int64_t from, to; /* civil days, inclusive */
    bool every_year;  /* from then on */
    const char *name; /* UTF-8, cut to fit; "" */
} reb_ical_day;

typedef struct reb_ical_found {
    const reb_ical_day *days; /* in order of the file, each once; in the arena */
    int64_t count;
    int64_t timed;  /* events with hours of the day: no days off, left out */
    int64_t unread; /* events left out because they were cancelled, or their dates, or how they repeat, could not be read */
} reb_ical_found;

/* All-day events become days off; those that last a day by the clock (midnight to midnight) too. A yearly repetition stays one, or is
   written out where it ends; others are left out and counted. Errors: INPUT (no iCalendar file, not UTF-8), LIMIT (bytes, days), MEMORY. */
reb_status reb_ical_read(reb_ical_found *out, reb_arena *a, const char *text, size_t len, reb_err *err);

/* A calendar's document (rule/work_calendar.h) with these as days off; those that it has already with the same dates are not added again.
 */
reb_status reb_work_document_add(const char **out, int64_t *added, reb_arena *a, const char *document, const reb_ical_day *days,
                                 int64_t count, reb_err *err);
/* Takes the days off and dated hours away that are written with exactly these dates. */
reb_status reb_work_document_remove(const char **out, int64_t *removed, reb_arena *a, const char *document, int64_t from, int64_t to,
                                    reb_err *err);

#endif
