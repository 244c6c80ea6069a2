/* What is at stake when a customer is unhappy: the margin that is expected of them over the next 365 days if they stay, all of which goes
   if they leave. It is the "kept" of the newest fit (docs/how-today-decides.md), since whoever complains is still there; of a customer
   without a history it is what customers are worth in the mean, between nothing and twice that, and an assumption. */
#ifndef REB_APP_STAKE_H
#define REB_APP_STAKE_H

#include "../base/arena.h"
#include "../domain/business.h"
#include "../domain/score.h"
#include "../rule/guard.h"

enum { REB_STAKE_DAYS = 365 };

typedef struct reb_stake {
    reb_guard_range minor; /* 90% */
    reb_origin origin;
    bool own;        /* of this customer's own history */
    bool any;        /* there is a fit to go by; else all is 0 */
    int64_t fit_day; /* of the fit */
} reb_stake;

/* `head_id` 0: nobody known. Errors: STORE, MEMORY. */
reb_status reb_stake_of(reb_stake *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t head_id, int64_t now_us, reb_err *err);

#endif
