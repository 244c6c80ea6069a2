/* Gestures as they are stored: what was given, or is waiting for somebody's word, to make a complaint good; the draws of their hold-out.
   What may be given is for rule/guard.h to say and for app/gesture.h to do. */
#ifndef REB_DOMAIN_GESTURE_H
#define REB_DOMAIN_GESTURE_H

#include "../rule/guard.h"
#include "business.h"
#include "case_log.h"

/* asked (waits for an approver), given, refused (by the approver), dropped (by the asker), withdrawn (given by mistake, and taken back) */
typedef enum reb_gesture_state {
    REB_GESTURE_ASKED,
    REB_GESTURE_GIVEN,
    REB_GESTURE_REFUSED,
    REB_GESTURE_DROPPED,
    REB_GESTURE_WITHDRAWN,
    REB_GESTURE_STATES
} reb_gesture_state;
const char *reb_gesture_state_name(reb_gesture_state s);

typedef struct reb_gesture {
    reb_case_key at;
    int64_t gesture_id;
    int64_t number; /* the case's */
    const char *remedy;
    reb_remedy_kind kind;
    reb_guard_basis basis;
    reb_gesture_state state;
    int64_t standard_version;
    const char *currency;
    int64_t value_minor, right_minor, cost_now_minor, cost_used_minor;
    int64_t turns;       /* millionths */
    const char *weighed; /* JSON */
    int64_t invest_until_us;
    bool held_out;
    int64_t asked_us;
    const char *asked_by;
    int64_t asker_id, approver_id;
    const char *approver_role;
    int64_t due_us, remind_us, passed_on;
    int64_t ended_us;
    const char *ended_by;
    int64_t valid_until_us, used_us;
    int64_t event_customer_id;
} reb_gesture;

/* What it has cost so far, and what it may still cost at `now_us`: nothing of what was not given. */
int64_t reb_gesture_spent(const reb_gesture *g);
int64_t reb_gesture_open_cost(const reb_gesture *g, int64_t now_us);

/* Inside a write transaction. */
reb_status reb_gesture_insert(reb_store *s, const reb_gesture *g, reb_err *err);
/* Ends it, where it is still in the state that `g` tells; else CONFLICT (reason gesture_over) with nothing written. */
reb_status reb_gesture_end(reb_store *s, const reb_gesture *g, reb_gesture_state to, int64_t now_us, const char *who,
                           int64_t valid_until_us, reb_err *err);

/* Texts in the arena. Errors: NOT_FOUND. */
reb_status reb_gesture_get(reb_gesture *out, reb_store *s, reb_arena *a, int64_t gesture_id, reb_err *err);

typedef struct reb_gestures {
    reb_gesture *list;
    int64_t count;
} reb_gestures;
reb_status reb_gestures_of_case(reb_gestures *out, reb_store *s, reb_arena *a, const reb_case_key *at, reb_err *err);
/* Given to, or asked for, a customer and all merged into it, whichever cases. */
reb_status reb_gestures_of_customer(reb_gestures *out, reb_store *s, reb_arena *a, int64_t head_id, reb_err *err);
/* Waiting for an answer, the most urgent first; at most `most`. */
reb_status reb_gestures_asked(reb_gestures *out, reb_store *s, reb_arena *a, int64_t most, reb_err *err);
/* Ended in (from_us, to_us], newest first. */
reb_status reb_gestures_ended(reb_gestures *out, reb_store *s, reb_arena *a, int64_t from_us, int64_t to_us, int64_t most, reb_err *err);

/* What gestures come to for one customer: of those given. */
typedef struct reb_gesture_sums {
    int64_t given, due;   /* how many; of them by right */
    int64_t value_minor;  /* what the customer got */
    int64_t spent_minor;  /* what they cost so far */
    int64_t open_minor;   /* and what vouchers that are not used yet may still cost */
    int64_t extras_minor; /* spent and open, of extras asked since `from_us` */
} reb_gesture_sums;
void reb_gesture_sum(reb_gesture_sums *out, const reb_gestures *g, int64_t from_us, int64_t now_us);

/* Is the case held out of extras? Drawn once and logged, the first time that anybody asks, from the customer (or the case, where nobody is
   known) under the business's salt; kept whatever becomes of the setting. Inside a write transaction or its own. */
typedef struct reb_gesture_draw {
    bool held_out;
    double share;
} reb_gesture_draw;
reb_status reb_gesture_drawn(reb_gesture_draw *out, reb_store *s, const reb_business *b, const reb_case_key *at, int64_t head_id,
                             int64_t now_us, reb_err *err);

#endif
