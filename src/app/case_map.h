/* What the columns of a help desk's log mean, as a person writes it down:

       case = CaseID                     which case a row is about
       time = CompleteTimestamp          when
       activity = ActivityID             what happened, in the log's own words:
       on 1 = acknowledged
       on 9 = waiting customer
       on 8 = resumed, message_out
       on 6 = closed
       on otherwise = nothing
       outcome otherwise = upheld        what closed cases came to, where the log does not tell

   or, where a row is a whole case, columns of dates: opened, acknowledged, answered, decided, communicated, closed, reopened. Further
   columns: kind, outcome, cause, channel, severity, language, subject, text, sought, name, email, phone, order. `kind of Billing = price`
   says what a value stands for, `kind otherwise = other` what all others do. `dates = dmy` (mdy, ymd) and `timezone = Europe/Athens` where
   they do not show. Lines that begin with # are remarks. */
#ifndef REB_APP_CASE_MAP_H
#define REB_APP_CASE_MAP_H

#include "../base/arena.h"
#include "../rule/case_event.h"
#include "../text/date.h"

typedef enum reb_log_role {
    REB_LOG_CASE,
    REB_LOG_TIME,
    REB_LOG_ACTIVITY,
    REB_LOG_OPENED, /* dates of whole cases, in the order in which they follow each other */
    REB_LOG_ACKNOWLEDGED,
    REB_LOG_ANSWERED,
    REB_LOG_DECIDED,
    REB_LOG_COMMUNICATED,
    REB_LOG_CLOSED,
    REB_LOG_REOPENED,
    REB_LOG_KIND,
    REB_LOG_OUTCOME,
    REB_LOG_CAUSE,
    REB_LOG_CHANNEL,
    REB_LOG_SEVERITY,
    REB_LOG_LANGUAGE,
    REB_LOG_SUBJECT,
    REB_LOG_TEXT,
    REB_LOG_SOUGHT,
    REB_LOG_NAME,
    REB_LOG_EMAIL,
    REB_LOG_PHONE,
    REB_LOG_ORDER,
    REB_LOG_ROLES
} reb_log_role;
const char *reb_log_role_name(reb_log_role r);

enum { REB_LOG_STEPS_MOST = 6, REB_LOG_LINES_MOST = 2000, REB_LOG_MAP_BYTES_MOST = 262144 };

typedef struct reb_log_step {
    reb_case_event_kind kind;
    const char *word; /* "": the event's usual one */
} reb_log_step;

typedef struct reb_log_on { /* what a value of `activity` means */
    const char *value;      /* NULL: every other */
    reb_log_step step[REB_LOG_STEPS_MOST];
    int count; /* 0: nothing */
} reb_log_on;

typedef struct reb_log_of { /* what a value of a column stands for */
    reb_log_role role;
    const char *value; /* NULL: every other, and where nothing stands */
    const char *code;
} reb_log_of;

typedef struct reb_log_map {
    const char *column[REB_LOG_ROLES]; /* NULL: not told */
    reb_log_on *on;
    int64_t on_count;
    reb_log_of *of;
    int64_t of_count;
    reb_date_order order;
    const char *timezone; /* NULL: the business's */
} reb_log_map;

/* Everything is copied to the arena. Errors: INPUT with the line and what would be right, LIMIT, MEMORY. */
reb_status reb_log_map_read(reb_log_map *out, reb_arena *a, const char *text, size_t len, reb_err *err);

/* The code that a value stands for; "" when nothing says. `value` may be "". */
const char *reb_log_code(const reb_log_map *m, reb_log_role role, const char *value);
/* What an activity means; NULL when nothing says. */
const reb_log_on *reb_log_activity(const reb_log_map *m, const char *value);
/* The usual word of an event that a log tells without one. */
const char *reb_log_usual_word(reb_case_event_kind kind);

#endif
