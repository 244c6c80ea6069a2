/* The calendars of the business in the store: every version that was ever published. Publishing one reckons the clocks of open cases anew;
   what has ended keeps the calendar it ended under.

   Where none is set up there is one all the same, "main": the working days, days off and time zone of the settings, nine to six. */
#ifndef REB_DOMAIN_WORK_CALENDAR_STORE_H
#define REB_DOMAIN_WORK_CALENDAR_STORE_H

#include "business.h"

#include "../rule/work_calendar.h"

#define REB_WORK_CALENDAR_MAIN "main"
enum { REB_WORK_CODE_MOST = 40, REB_WORK_TITLE_MOST = 200, REB_WORK_NOTE_MOST = 500, REB_WORK_CALENDARS_MOST = 200 };

/* All versions of a calendar, ready to reckon with, in the arena. A code that is not set up gives "main". Errors: STORE (a document that
   cannot be read), MEMORY. */
reb_status reb_work_calendars_load(reb_work_calendar_history *out, reb_store *s, reb_arena *a, const reb_business *b, const char *code,
                                   reb_err *err);

typedef struct reb_work_calendar_card {
    const char *code, *title, *document, *note, *published_by; /* document: JSON */
    int64_t version;
    int64_t published_us; /* 0: it was never published, but stands for what the settings say */
} reb_work_calendar_card;

/* The newest version of each, in order of code; "main" is always there. */
reb_status reb_work_calendar_list(reb_work_calendar_card **out, int64_t *count, reb_store *s, reb_arena *a, const reb_business *b,
                                  reb_err *err);
/* All versions of one, oldest first. Errors: NOT_FOUND. */
reb_status reb_work_calendar_versions(reb_work_calendar_card **out, int64_t *count, reb_store *s, reb_arena *a, const reb_business *b,
                                      const char *code, reb_err *err);

typedef struct reb_work_calendar_wish {
    const char *code;     /* a-z, 0-9, _ and -; a new one makes a calendar */
    const char *title;    /* NULL: as before, or the code */
    const char *document; /* JSON; without "timezone" it gets the business's */
    const char *note;     /* why: "holiday announced by the government"; may be NULL */
} reb_work_calendar_wish;

typedef struct reb_work_calendar_published {
    int64_t version;
    bool unchanged; /* the same as before: nothing was written */
    int64_t cases;  /* with an open clock */
    int64_t moved;  /* of these, whose clocks differ now */
} reb_work_calendar_published;

/* In one write transaction, or the one that is open. `who`: the name of the person or key, as it will be shown. Errors: INPUT, LIMIT,
   STORE. */
reb_status reb_work_calendar_publish(reb_work_calendar_published *out, reb_store *s, const reb_business *b,
                                     const reb_work_calendar_wish *wish, const char *who, int64_t now_us, reb_err *err);

/* A document parsed as it would be published, in its own time zone or the business's. In the arena. Errors: INPUT, MEMORY. */
reb_status reb_work_calendar_read(reb_work_calendar **out, reb_arena *a, const reb_business *b, const char *document, reb_err *err);

/* For domain/business_set.c: the settings that "main" stands on are about to change, or have. As long as nobody has published "main", its
   versions follow the settings, so that clocks that have ended keep what they were reckoned by. */
reb_status reb_work_calendar_before_settings(reb_store *s, const reb_business *before, reb_err *err);
reb_status reb_work_calendar_after_settings(reb_store *s, const reb_business *after, int64_t now_us, reb_err *err);

/* Takes over what tzdata says anew of the business's time zone and those of calendars: each calendar concerned gets a version that differs
   in nothing else ("tzdata 2026a"), the clocks of open cases are reckoned anew, and promises for a day. What has ended keeps what it ended
   under. Quick when there is nothing to do. One write transaction; tells "resync" where something changed. */
typedef struct reb_work_zones_renewed {
    bool business;        /* the rules of the business's own time zone */
    int64_t calendars;    /* that got a version */
    int64_t cases, moved; /* as in reb_work_calendar_published */
} reb_work_zones_renewed;
reb_status reb_work_zones_renew(reb_work_zones_renewed *out, reb_store *s, const reb_business *b, int64_t now_us, reb_err *err);

#endif
