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
    int64_t started_us, started_seq;
    int64_t due_us;          /* while paused: as if it went on at the moment it was paused; INT64_MAX: the calendar never opens so much */
    int64_t warn_us;         /* when it is warned of, within open hours */
    int64_t paused_since_us; /* 0 unless paused */
    int64_t ended_us, ended_seq; /* 0 while running or paused */
    const char *calendar;        /* code */
    int64_t calendar_version;    /* by which due_us was reckoned: the newest for open ones, the one then in force for ended ones */
    reb_clock_target target;
    int64_t term; /* index into the terms */
} reb_case_clock;

/* What the law asks of a case that was taken in: it asks it of the case that goes on, too, and is reckoned from that one's own receipt. */
typedef struct reb_case_law {
    int64_t from_seq, until_seq; /* took_in; let_go, or 0 */
    int64_t since_us;
    reb_clock_target target; /* REGULATORY, amount > 0 */
    const reb_work_calendar_history *calendars;
} reb_case_law;

/* What a case is measured by, from the event `from_seq` on: targets and calendar of its kind of complaint. When a case is assessed to be of
   another kind, that event begins other terms: clocks still open take them, from their own start; ended ones keep what they were. */
typedef struct reb_case_terms {
    int64_t from_seq; /* of the first: 0 */
    const reb_clock_target *targets;
    int64_t target_count; /* at most one a kind */
    const reb_work_calendar_history *calendars;
    const reb_case_law *laws; /* of the first terms: of all the time */
    int64_t law_count;
} reb_case_terms;

/* All clocks of a case, in the order they started, from its whole log (src/rule/case_clock.c). The result depends on nothing else.

   Which events do what:
   opened          starts acknowledge, first_answer, solution, regulatory
   acknowledged    meets acknowledge
   message_out     meets acknowledge, first_answer, next_answer; not when `who` is "rule": a machine's word answers nobody
   communicated    meets all of these, solution and regulatory
   message_in      (and a file that the customer sent) starts next_answer when nothing of ours is owed yet, and ends waiting: who has spoken
   is not waited for. Also in a case that was referred: somebody else decides it, but it is us they speak to waiting         for "customer"
   pauses all but regulatory, until resumed, waiting for others, message_in, or a decision decided         withdrawn, duplicate: stops all;
   another decision after it: they go on as if nothing had stopped them. In a case that was referred: starts solution anew, for it is ours
   to tell and to carry out assessed        where it changes the terms: what is open takes the new target from its own start; what has none
   there stops, and goes on from its own start when the kind is corrected again closed          meets solution and regulatory when they
   still run, stops the others referred        stops all reopened        starts solution anew, and next_answer (first_answer where there is
   no such target); regulatory goes on from its own start where it was stopped and never met, and where the decision could not be delivered;
   where the customer takes back a withdrawal it starts anew merged          stops all; unmerged: what merging stopped goes on as if it had
   never stopped took_in         clocks of the first round still open count from the earliest receipt; an answer that the other case owed is
   owed here, since then (data "waits"), and so is what the law asks of it (`laws`): the one due first counts. let_go: no longer Everything
   else moves no clock.

   So a case that is ours and not solved always has a solution clock that runs or is paused, and the law's clock, once begun, is there until
   it is met, wherever the terms have such targets.

   Errors: INPUT (more than `room`: REB_CASE_CLOCKS_MOST). */
enum { REB_CASE_CLOCKS_MOST = 2000 };
reb_status reb_case_clocks(reb_case_clock *out, int64_t room, int64_t *count, const reb_case_event *events, int64_t event_count,
                           const reb_case_terms *terms, int64_t term_count, reb_err *err);

/* What is left of a running or paused clock at now_us, negative when it is over: in the calendar's open time and in absolute time. Of a
   paused one: as when it was paused. INT64_MAX when it is never due. `calendars` are those of its terms. */
void reb_clock_left(int64_t *open_us, int64_t *absolute_us, const reb_case_clock *c, const reb_work_calendar_history *calendars,
                    int64_t now_us);

/* The running clock that is due first, NULL when none is running. */
const reb_case_clock *reb_clock_next_due(const reb_case_clock *clocks, int64_t count);

#endif
