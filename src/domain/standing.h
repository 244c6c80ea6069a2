/* How things stand with a customer: is something open between us, and how did the last thing go? Whoever has an open case, a broken promise
   or a bad last event gets no proposal: first it is put right. Read for all customers at once (Today) or for one (their page), by the same
   rules: src/rule/mood.h. */
#ifndef REB_DOMAIN_STANDING_H
#define REB_DOMAIN_STANDING_H

#include "../base/arena.h"
#include "../rule/mood.h"
#include "business.h"

/* A promise counts as broken for so long (an order of which no file ever tells the end); a bad last event keeps proposals away for so long,
   and lets us win back a lost customer for so long. */
enum { REB_STANDING_BROKEN_DAYS = 90, REB_STANDING_BAD_DAYS = 180, REB_STANDING_WINBACK_DAYS = 730 };

/* Why there is no proposal: bits. */
enum { REB_STANDING_OPEN_CASE = 1u, REB_STANDING_BROKEN_PROMISE = 2u, REB_STANDING_BAD_LAST = 4u };
const char *reb_standing_name(unsigned why); /* of the first that holds: open_case, broken_promise, bad_last; "" for none */

typedef struct reb_standing {
    int64_t head_id;           /* 0: a free place in a set */
    unsigned why;              /* OPEN_CASE, BROKEN_PROMISE; BAD_LAST is for whoever knows the last purchase: reb_standing_bad */
    reb_moment_kind last_kind; /* the newest weighty moment that is no purchase */
    double last_weight;        /* an answer's own, else of its kind */
    int64_t last_us;           /* 0: none */
} reb_standing;

/* Was the last event a bad one, given the day of the last purchase (INT64_MIN: none)? A purchase after it has made it good. */
bool reb_standing_bad(const reb_standing *s, const reb_business *b, int64_t last_purchase_day);

/* All customers with whom something stands, by head. */
typedef struct reb_standing_set {
    reb_standing *at;
    size_t room; /* a power of two, or 0 */
    size_t count;
} reb_standing_set;
reb_status reb_standing_read(reb_standing_set *out, reb_store *s, int64_t now_us, reb_err *err);
const reb_standing *reb_standing_find(const reb_standing_set *set, int64_t head_id); /* NULL: nothing stands */
void reb_standing_free(reb_standing_set *set);

typedef struct reb_standing_case { /* an open one */
    int64_t number;
    const char *state, *kind, *due_clock;
    int64_t opened_us, due_us; /* due_us 0: no clock runs */
} reb_standing_case;

/* One customer: how they stand, their mood with what it rests on, their open cases. In the arena. */
typedef struct reb_standing_view {
    reb_standing standing;
    bool bad_last; /* within REB_STANDING_BAD_DAYS */
    reb_mood mood;
    const reb_moment *moments; /* newest first, at most REB_STANDING_MOMENTS */
    size_t moment_count;
    const reb_standing_case *cases;
    size_t case_count;
} reb_standing_view;
enum { REB_STANDING_MOMENTS = 200 };
reb_status reb_standing_of(reb_standing_view *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t head_id, int64_t now_us,
                           reb_err *err);

#endif
