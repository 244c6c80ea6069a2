/* Promises: what was made of each by what happened after it. Pure: no store, no clock.

   A promise is kept when it is fulfilled until its due time, late when after it, broken while nobody has fulfilled it after that time, and
   released when the customer let us off, or the order it belongs to was cancelled. */
#ifndef REB_RULE_PROMISE_H
#define REB_RULE_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_promise_kind {
    REB_PROMISE_DELIVERY,
    REB_PROMISE_CALL_BACK,
    REB_PROMISE_ANSWER,
    REB_PROMISE_REFUND,
    REB_PROMISE_REPAIR,
    REB_PROMISE_PRICE,
    REB_PROMISE_OTHER,
    REB_PROMISE_KINDS
} reb_promise_kind;
const char *reb_promise_kind_name(reb_promise_kind k); /* delivery, call_back, answer, refund, repair, price, other */
bool reb_promise_kind_from_name(reb_promise_kind *out, const char *name);

typedef enum reb_promise_state {
    REB_PROMISE_OPEN,
    REB_PROMISE_KEPT,
    REB_PROMISE_LATE,   /* kept, but after its time */
    REB_PROMISE_BROKEN, /* its time has passed and it is not kept */
    REB_PROMISE_RELEASED,
    REB_PROMISE_STATES
} reb_promise_state;
const char *reb_promise_state_name(reb_promise_state s); /* open, kept, late, broken, released */
bool reb_promise_state_from_name(reb_promise_state *out, const char *name);

/* What can happen to a promise. */
typedef enum reb_promise_step_kind {
    REB_PROMISE_STEP_KEPT,
    REB_PROMISE_STEP_RELEASED,  /* the customer let us off */
    REB_PROMISE_STEP_CANCELLED, /* its order was cancelled before it was delivered */
    REB_PROMISE_STEP_MOVED,     /* another due time, agreed with the customer before the old one had passed */
} reb_promise_step_kind;

typedef struct reb_promise_step {
    reb_promise_step_kind kind;
    int64_t event_id; /* tells steps of one instant apart */
    int64_t at_us;
    int64_t due_us; /* MOVED: the new one */
} reb_promise_step;

typedef struct reb_promise_fate {
    reb_promise_state state; /* OPEN, KEPT, LATE or RELEASED: BROKEN is for whoever looks at the clock */
    int64_t due_us;
    int64_t ended_us; /* 0 while open */
} reb_promise_fate;

/* What became of a promise that was due at due_us, by its steps (those taken back left out; any order: they are sorted in place). What
   comes after its end changes nothing. A move that came after the due time then in force changes nothing either: a broken promise is not
   mended by a later date. */
reb_promise_fate reb_promise_fold(int64_t due_us, reb_promise_step *steps, size_t count);

/* The state at an instant: an open one is broken once due_us has passed. */
reb_promise_state reb_promise_at(reb_promise_state state, int64_t due_us, int64_t now_us);
/* By how much it is or was too late; 0: it is not. */
int64_t reb_promise_late_us(reb_promise_state state, int64_t due_us, int64_t ended_us, int64_t now_us);

enum { REB_PROMISE_LEAST = 20 }; /* fewer that have come due say too little for a comparison */

#endif
