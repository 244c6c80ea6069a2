/* What losing costs: the price of each open case, of the week, of each cause; the reach of a bad experience; whether those whose complaint
   was upheld buy again. Estimates stand with their range and origin. */
#ifndef REB_APP_LOSING_H
#define REB_APP_LOSING_H

#include "../base/arena.h"
#include "../base/json.h"
#include "../domain/policy.h"
#include "../domain/score.h"
#include "../rule/losing.h"

/* A customer with open cases. What they are worth is lost once, however often they complain; each complaint is told on. */
typedef struct reb_losing_case {
    int64_t number; /* the one that is open longest */
    int64_t open;   /* cases of theirs that are open */
    const char *kind;
    int64_t opened_us;
    bool customer_known;
    reb_estimate price_minor;
} reb_losing_case;

typedef struct reb_losing_cause {
    const char *cause; /* "": not stated yet */
    int64_t cases, open;
    reb_estimate price_minor;
} reb_losing_cause;

/* One group of complainers beside comparable customers who did not complain. */
typedef struct reb_losing_arm {
    int64_t count, again;                         /* with 90 days behind them, and who bought within these */
    int64_t unmatched;                            /* nobody comparable */
    int64_t others;                               /* comparable customers looked at */
    double others_effective;                      /* how many evenly weighted ones would tell as much (Kish) */
    reb_estimate share, others_share, difference; /* when `enough` */
    bool enough;
} reb_losing_arm;
typedef enum reb_losing_group { REB_LOSING_UPHELD, REB_LOSING_NOT_UPHELD, REB_LOSING_GROUPS } reb_losing_group;

enum { REB_LOSING_SHOWN = 20, REB_LOSING_CAUSES = 60 };
typedef struct reb_losing {
    char currency[8];
    int64_t now_us;
    bool scored; /* there is a fit: money can be told */
    reb_losing_factors factors;
    bool assumed;             /* no factor was set by the business yet */
    reb_estimate reach_minor; /* of one bad experience */
    reb_estimate new_value_minor;
    int64_t open_count;
    reb_estimate open_minor;
    int64_t one_in;         /* of customers without an open case one in so many was looked at for the sums; their counts are of all */
    reb_losing_case *cases; /* customers with open cases, the dearest first */
    size_t case_count;
    int64_t week_count, week_before_count; /* that came in within the last seven days, and the seven before */
    reb_estimate week_minor, week_before_minor;
    int64_t year_count;
    reb_estimate silent;      /* unhappy customers who said nothing in the last year */
    reb_losing_cause *causes; /* of the last year, the dearest first */
    size_t cause_count;
    reb_losing_arm arms[REB_LOSING_GROUPS];
} reb_losing;

/* Everything lives in the arena. Errors: STORE, MEMORY. */
reb_status reb_losing_read(reb_losing *out, reb_store *s, reb_arena *a, int64_t now_us, reb_err *err);
void reb_losing_json(reb_json *w, const reb_losing *l);

#endif
