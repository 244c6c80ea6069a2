/* What is owed to customers today, before anybody is asked to buy: the call to whoever told us that it is not right yet, clocks of cases
   that run out, promises that fall due or are broken, the call after a decision ("did we make it right?"), and the call to whoever was
   asked and answered badly. No capacity, no hold-out and no ranking by gain: these are due. */
#ifndef REB_APP_TODAY_DUTIES_H
#define REB_APP_TODAY_DUTIES_H

#include "../base/arena.h"
#include "../base/json.h"
#include "../domain/keeper.h"
#include "../domain/policy.h"
#include "../text/voice.h"

typedef enum reb_duty_kind {
    REB_DUTY_NOT_RIGHT,
    REB_DUTY_CLOCK,
    REB_DUTY_PROMISE_BROKEN,
    REB_DUTY_PROMISE_DUE,
    REB_DUTY_REBOUND,
    REB_DUTY_ANSWER,
    REB_DUTY_KINDS
} reb_duty_kind;
const char *reb_duty_kind_name(reb_duty_kind k); /* not_right, clock, promise_broken, promise_due, rebound, answer */

/* Each kind tells so many; the counts tell of all. A rebound call is due from a day after the decision for a fortnight; a call about a bad
   answer at once, for a fortnight, while that answer is the last thing that happened and nobody has spoken with them since. */
enum { REB_DUTIES_EACH = 12, REB_DUTY_REBOUND_FROM_DAYS = 1, REB_DUTY_REBOUND_UNTIL_DAYS = 14, REB_DUTY_ANSWER_UNTIL_DAYS = 14 };

typedef struct reb_duty {
    reb_duty_kind kind;
    int64_t case_number;              /* 0 */
    int64_t promise_id;               /* 0 */
    int64_t customer_id;              /* head; 0: not known */
    const char *name, *phone, *email; /* "" */
    const char *what;                 /* the promise's words, the case's subject, what they wrote with their answer; "" */
    const char *word;                 /* clock: which; rebound, not_right: outcome; promises: kind; answer: csat, nps, ces */
    int64_t score;                    /* answer */
    const char *text;                 /* one sentence */
    int64_t due_us;                   /* clock and promise: by when; rebound: when it was decided; not_right, answer: when it was given */
    bool over;                        /* that has passed */
} reb_duty;

typedef struct reb_duties {
    reb_duty *items;
    size_t count;
    int64_t totals[REB_DUTY_KINDS]; /* those that the reader may see, or more than are shown */
} reb_duties;

/* All that is due until the end of the business's day. Everything in *out lives in the voice's arena. Inside a read transaction. */
reb_status reb_duties_read(reb_duties *out, reb_store *s, const reb_policy *p, const reb_sight *sight, const reb_voice *v, int64_t now_us,
                           reb_err *err);
void reb_duties_json(reb_json *w, const char *key, const reb_duties *d);

#endif
