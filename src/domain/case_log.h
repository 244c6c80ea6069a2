/* The log of cases: what happened to each, in order, with the words said at it. Everything else about a case is folded from it
   (rule/case_state.h, rule/clock.h) in the same transaction: case_file and case_clock never say anything else than the log.

   Nothing of the log is changed or deleted, but for erasing somebody (their words go, the events stay) and for undoing an import.

   Other rooms write through app/case.h; only what brings its own events (gestures, promises, imports of event logs) appends here. */
#ifndef REB_DOMAIN_CASE_LOG_H
#define REB_DOMAIN_CASE_LOG_H

#include "../base/rand.h"
#include "../rule/case_state.h"
#include "../rule/clock.h"
#include "business.h"

/* Where a case's rows lie: the customer it came in for (0: not known then; never changes) and its id. */
typedef struct reb_case_key {
    int64_t customer_id;
    int64_t case_id;
} reb_case_key;

/* Words of a person at an event. Part: subject, body, sought, reason, rule, why, differs. */
typedef struct reb_case_words {
    int64_t at; /* when writing: which of the events of the call it belongs to, from 0; when reading: the event's seq */
    const char *part;
    const char *body; /* NULL or "": not written */
} reb_case_words;

/* Standards and calendars as they stand in one transaction, read once for many cases. The store of the transaction must not change while
   they are used: open them in it, close them with it. */
typedef struct reb_case_rules reb_case_rules;
reb_status reb_case_rules_open(reb_case_rules **out, reb_err *err);
void reb_case_rules_close(reb_case_rules *r); /* NULL is allowed */
/* The standards in force then, kept there. */
struct reb_standard;
reb_status reb_case_rules_standard_at(struct reb_standard **out, reb_store *s, reb_case_rules *r, int64_t facts_us, reb_err *err);

typedef struct reb_case_writing {
    const reb_business *business;
    int64_t now_us;        /* recorded_us of what is written */
    int64_t batch_id;      /* 0, or the import that tells it */
    reb_case_rules *rules; /* NULL: read for each call */
} reb_case_writing;

/* Appends events to a case and brings case_file and case_clock in line; *state (may be NULL) is how it stands then, its texts in the arena.
   seq and recorded_us of `events` are not looked at; at_us 0 is now. An event that would lie before the last one is moved to it, but in
   what an import tells. Runs inside the caller's write transaction, else in one of its own. Of two writers on one case one waits for, or
   begins again after, the other. Errors: NOT_FOUND (no such case), those of reb_case_may, STORE, MEMORY. */
reb_status reb_case_append(reb_case_state *state, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_event *events,
                           int64_t event_count, const reb_case_words *words, int64_t word_count, const reb_case_writing *w, reb_err *err);

/* Draws a number for a new case and appends its first events; events[0] is OPENED (its other_id gets the number). */
reb_status reb_case_create(reb_case_key *key, int64_t *number, reb_case_state *state, reb_store *s, reb_arena *a, reb_ids *ids,
                           int64_t customer_id, reb_case_event *events, int64_t event_count, const reb_case_words *words,
                           int64_t word_count, const reb_case_writing *w, reb_err *err);

/* Who complains, as they told it. All of them may be ""; email and phone folded as identities are. */
typedef struct reb_case_person {
    const char *name, *email, *phone, *order_ref;
    int64_t text_hash; /* of the folded first words; 0: none */
} reb_case_person;
reb_status reb_case_person_put(reb_store *s, const reb_case_key *key, const reb_case_person *p, reb_err *err);
/* *found false: erased, or never told. Texts in the arena. */
reb_status reb_case_person_get(reb_case_person *out, bool *found, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err);

/* Finds a case by its number. Errors: NOT_FOUND. */
reb_status reb_case_find(reb_case_key *out, reb_store *s, int64_t number, reb_err *err);
/* Reads a number as people write it: C-707312, c707312, 707312, digits of any script. 0: it is none. */
int64_t reb_case_number_read(const char *text);
/* "C-707312" */
#define REB_CASE_NUMBER_TEXT 24
void reb_case_number_text(char out[REB_CASE_NUMBER_TEXT], int64_t number);
/* The number of a case by its id; 0: none. */
reb_status reb_case_number_of(int64_t *number, reb_store *s, int64_t case_id, reb_err *err);

/* The whole log, oldest first, in the arena. Errors: NOT_FOUND, STORE, MEMORY. */
reb_status reb_case_events(const reb_case_event **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err);
/* All words of a case, in order of event and part. `at` is the event's seq. */
reb_status reb_case_words_read(const reb_case_words **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key,
                               reb_err *err);
/* The case as it stands, from its log. */
reb_status reb_case_load(reb_case_state *out, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err);
/* Its clocks as stored (target.unit and amount are not). In the arena. */
reb_status reb_case_clocks_read(const reb_case_clock **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key,
                                reb_err *err);

/* Which cases, for what runs over many. */
typedef enum reb_case_which { REB_CASES_ALL, REB_CASES_OPEN } reb_case_which;
/* Derives case_file and case_clock of many cases anew: all of them (rebuild), or those with a running or paused clock (a calendar was
   changed: what has ended stays). *changed (may be NULL): how many differed; of OPEN: of how many some clock is due at another time. In one
   write transaction, or the one that is open. */
reb_status reb_case_derive(int64_t *cases, int64_t *changed, reb_store *s, const reb_business *b, reb_case_which which, reb_err *err);
/* The rules of folding, counted: 1 until 2026-11-21; 2: what a merge, a referral, another kind or a mistaken withdrawal stopped goes on.
   Where the rows were derived by older ones, all are derived anew, once; *changed (may be NULL) counts those that differed. */
enum { REB_CASE_RULES = 2 };
reb_status reb_case_keep_up(int64_t *changed, reb_store *s, const reb_business *b, reb_err *err);
/* Are the rows derived by older rules? */
reb_status reb_case_behind(bool *behind, reb_store *s, reb_err *err);
/* Compares what is stored with what the logs give, writing nothing. Inside reb_store_read for one view. */
reb_status reb_case_check(int64_t *cases, int64_t *wrong, reb_store *s, const reb_business *b, reb_err *err);

#endif
