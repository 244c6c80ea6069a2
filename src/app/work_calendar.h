/* Calendars as the API, the console and the command line show them. */
#ifndef REB_APP_WORK_CALENDAR_H
#define REB_APP_WORK_CALENDAR_H

#include "../domain/work_calendar_store.h"
#include "../rule/ical.h"

enum { REB_CALENDAR_DAYS_MOST = 62, REB_CALENDAR_AHEAD_DAYS = 400 };

/* A day of a calendar in the words of its own time zone, or the days that stand together under one name. */
typedef struct reb_calendar_span {
    int64_t from, to; /* civil days, inclusive */
    reb_work_why why;
    bool moon; /* reckoned by the moon: may be announced otherwise */
    const char *name;
} reb_calendar_span;
/* What stands before the week in the days from `from` on, spans of one name together; at most `room`. */
int64_t reb_calendar_spans(reb_calendar_span *out, int64_t room, const reb_work_calendar *c, int64_t from, int64_t days);

/* {"calendars":[Calendar...]} */
reb_status reb_calendars_json(reb_json *w, reb_store *s, reb_arena *a, const reb_business *b, reb_err *err);
/* CalendarDetail: the newest version with its document, all versions, what is ahead, and `days` days from `from` on. Errors: NOT_FOUND. */
reb_status reb_calendar_json(reb_json *w, reb_store *s, reb_arena *a, const reb_business *b, const char *code, int64_t from, int64_t days,
                             reb_err *err);
/* CalendarPreview of a document that is not published (yet). Errors: INPUT. */
reb_status reb_calendar_preview_json(reb_json *w, reb_arena *a, const reb_business *b, const char *document, int64_t from, int64_t days,
                                     reb_err *err);
/* CalendarPublished */
void reb_calendar_published_json(reb_json *w, const char *code, const reb_work_calendar_published *p);
/* {"countries":[{code, name, by_moon, document}]}: names in the business's language. */
reb_status reb_calendar_countries_json(reb_json *w, reb_arena *a, const reb_business *b, reb_err *err);
/* CalendarFile: a document with the days of an iCalendar file added. Errors: INPUT, LIMIT. */
reb_status reb_calendar_file_json(reb_json *w, reb_arena *a, const char *document, const char *text, size_t len, reb_err *err);

#endif
