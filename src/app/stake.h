/* What is at stake when a customer is unhappy. One definition, for the price of a case (losing.h), for what gestures are weighed against
   (gesture.h) and for the lists of cases, so that they never tell two stories:

   year     = the margin that the customer brings within 365 days if they stay: "kept" of the newest fit (docs/how-today-decides.md), since
              whoever complains is still there; of a customer without a history what customers bring in the mean, between nothing and
              twice that, and an assumption
   at stake = year x share of those who leave when they are not heard (setting leave_unheard): what is expected to be lost with them, and
              what a gesture, which turns a share of those who would else leave, can keep
   price    = at stake + reach of a bad experience (rule/losing.h): what losing them costs

   The ends of a range take all factors at their ends. */
#ifndef REB_APP_STAKE_H
#define REB_APP_STAKE_H

#include "../base/arena.h"
#include "../domain/business.h"
#include "../domain/score.h"
#include "../rule/guard.h"
#include "../rule/losing.h"

enum { REB_STAKE_DAYS = 365 };

typedef struct reb_stake {
    reb_guard_range minor;    /* at stake, whole minor units */
    reb_origin origin;        /* of it: mixed, or assumed */
    reb_estimate year_minor;  /* 90% */
    reb_estimate reach_minor; /* of one bad experience */
    reb_estimate price_minor; /* what losing them costs */
    double leave[3];          /* likely, low, high */
    bool own;                 /* of this customer's own history */
    bool any;                 /* there is a fit to go by; else all is 0 */
    int64_t fit_day;          /* of the fit */
} reb_stake;

/* What all stakes of a business rest on: the newest fit, the factors. Read once for many. */
typedef struct reb_stake_book {
    reb_store *store;
    const struct reb_fit_report *fit; /* in the arena; NULL: none */
    int64_t day;                      /* of the business */
    reb_losing_factors factors;
    bool scored;  /* there are scores to go by */
    bool assumed; /* no factor was set by the business yet */
} reb_stake_book;

/* Errors: STORE, MEMORY. */
reb_status reb_stake_open(reb_stake_book *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t now_us, reb_err *err);

/* `head_id` 0: nobody known. Errors: STORE, MEMORY. */
reb_status reb_stake_find(reb_stake *out, const reb_stake_book *book, int64_t head_id, reb_err *err);

/* Both at once. */
reb_status reb_stake_of(reb_stake *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t head_id, int64_t now_us, reb_err *err);

#endif
