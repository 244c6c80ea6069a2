/* Clocks of a case: by when something must have happened, in working time or in absolute time. A deadline is a pure function of the events,
   the targets (of the version of the standards that the case quotes) and the calendars with their versions: nothing here reads a clock or a
   store, and the same input gives the same microsecond.

   Sources: ISO 10002 (acknowledge, first answer), FCA DISP 1.6 (eight weeks; 15 and 35 business days for payments), CFPB company portal (15
   and 60 calendar days). */
#ifndef REB_RULE_CLOCK_H
#define REB_RULE_CLOCK_H

#include "case_event.h"
#include "work_calendar.h"

typedef enum reb_clock_kind {
    REB_CLOCK_ACKNOWLEDGE,
    REB_CLOCK_FIRST_ANSWER,
    REB_CLOCK_NEXT_ANSWER,
    REB_CLOCK_SOLUTION,
    REB_CLOCK_REGULATORY, /* never pauses */
    REB_CLOCK_KINDS
} reb_clock_kind;
const char *reb_clock_kind_name(reb_clock_kind k); /* acknowledge, first_answer, next_answer, solution, regulatory */
bool reb_clock_kind_from_name(reb_clock_kind *out, const char *name);

typedef enum reb_clock_unit {
    REB_UNIT_WORKING_MINUTES, /* minutes of the calendar's open hours */
    REB_UNIT_WORKING_DAYS,    /* ends with the last open minute of the nth open day after the start's */
    REB_UNIT_MINUTES,         /* absolute */
    REB_UNIT_CALENDAR_DAYS,   /* to the same local time so many days on */
    REB_UNITS
} reb_clock_unit;
const char *reb_clock_unit_name(reb_clock_unit u); /* working_minutes, working_days, minutes, calendar_days */
bool reb_clock_unit_from_name(reb_clock_unit *out, const char *name);

typedef struct reb_clock_target {
    reb_clock_kind kind;
    reb_clock_unit unit;
    int64_t amount;       /* 1..1,000,000; 0: no such clock */
    int64_t warn_percent; /* 1..99: warned when so much of the time is spent */
} reb_clock_target;

typedef enum reb_clock_state {
    REB_CLOCK_RUNNING,
    REB_CLOCK_PAUSED,
    REB_CLOCK_MET,     /* ended by what it waited for: in time when ended_us <= due_us, else late */
    REB_CLOCK_STOPPED, /* ended by something else: merged, withdrawn */
    REB_CLOCK_STATES
} reb_clock_state;
const char *reb_clock_state_name(reb_clock_state s); /* running, paused, met, stopped */

typedef struct reb_case_clock {
    reb_clock_kind kind;
    int64_t round; /* 1 for the first of its kind in the case, 2, ... after reopening or for each next answer */
    reb_clock_state state;
    int64_t started_us;
    int64_t due_us;           /* while paused: as if it went on at the moment it was paused */
    int64_t warn_us;          /* when it is warned of, within open hours */
    int64_t paused_since_us;  /* 0 unless paused */
    int64_t ended_us;         /* 0 while running or paused */
    int64_t calendar_version; /* by which due_us was reckoned: the newest for open ones, the one then in force for ended ones */
    reb_clock_target target;
} reb_case_clock;

/* All clocks of a case, oldest first, from its whole log (src/rule/case_clock.c). `targets`: at most one a kind. The result depends on
   nothing else. Errors: INPUT (more than `room`: REB_CASE_CLOCKS_MOST), MEMORY none. */
enum { REB_CASE_CLOCKS_MOST = 2000 };
reb_status reb_case_clocks(reb_case_clock *out, int64_t room, int64_t *count, const reb_case_event *events, int64_t event_count,
                           const reb_clock_target *targets, int64_t target_count, const reb_work_calendar_history *calendars, reb_err *err);

/* What is left of a running or paused clock at now_us, negative when it is over: in the calendar's open time and in absolute time. */
void reb_clock_left(int64_t *open_us, int64_t *absolute_us, const reb_case_clock *c, const reb_work_calendar_history *calendars, int64_t now_us);

#endif
