/* What one customer is worth: the models of include/rebound.h turned into money. Pure functions, no database.

   Unit of time of the models is the week (params as papers print them); histories are whole days. Money is minor units.
   Definitions, also in docs/how-today-decides.md:
     purchases   expected number of purchases in the next 365 days, given the history;
     value       the same, discounted by half-years (each half at its middle), times spend a purchase, times margin rate;
     kept        the value if the customer were surely still with us: value / P(alive), 0 where P(alive) < REB_SCORE_LEAST_ALIVE;
     at stake    kept - value: what is expected to be lost if nothing is done. */
#ifndef REB_DOMAIN_SCORE_H
#define REB_DOMAIN_SCORE_H

#include "rebound.h"

#include "../base/err.h"
#include "../base/json.h"

#include <stdbool.h>
#include <stdint.h>

#define REB_SCORE_DAYS_PER_WEEK 7.0
#define REB_SCORE_YEAR_DAYS 365.0
#define REB_SCORE_LEAST_ALIVE 1e-12 /* below it a customer has left for certain, as far as a call today goes */
#define REB_SCORE_Z90 1.6448536269514722

/* Where a figure comes from. */
typedef enum reb_origin { REB_MEASURED, REB_ASSUMED, REB_MIXED } reb_origin;
const char *reb_origin_name(reb_origin o); /* "measured", "assumed", "mixed" */

/* An estimate with its range (90%, unless said otherwise) and its origin. */
typedef struct reb_estimate {
    double value;
    double low;
    double high;
    reb_origin origin;
} reb_estimate;

/* Writes {"value":..,"low":..,"high":..,"origin":".."}; money: the figures are rounded to whole minor units. */
void reb_estimate_json(reb_json *w, const char *key, const reb_estimate *e, bool money);

/* What is known of one customer on the day of reckoning. */
typedef struct reb_history {
    int64_t customer_id;
    int64_t purchase_days; /* >= 1 */
    int64_t first_day;
    int64_t last_day;
    int64_t paid_days;          /* purchase days with a positive amount */
    int64_t paid_minor;         /* their sum */
    int64_t amount_minor;       /* sum over all purchase days */
    int64_t known_amount_minor; /* amount of the days whose cost is known */
    int64_t known_cost_minor;
} reb_history;

/* Everything that turns a history into money. */
typedef struct reb_score_model {
    reb_nbd_model model;
    double params[4];     /* per week */
    double cov_log[16];   /* of the logarithms of params */
    double spend[4];      /* Gamma-Gamma p, q, v in minor units; [3] unused */
    double spend_cov[16]; /* of their logarithms; zeros where not known */
    double margin_rate;   /* for what has no known cost */
    double discount_near; /* factor for purchases of the first half-year */
    double discount_far;  /* and of the second */
} reb_score_model;

typedef struct reb_customer_score {
    double p_alive;
    double expected_year;
    double spend_minor;
    double margin_rate;
    double value_minor;
    double kept_minor;
    double at_stake_minor;
} reb_customer_score;

/* Discount factors for half-years from a yearly rate (0.1 = 10% a year). */
void reb_score_discounts(double *near_factor, double *far_factor, double yearly);

/* Scores one customer as of `day` (>= last_day). The same doubles as the SQL statements of sql/score.sql. Errors: INTERNAL when the
   history is outside the domain of the mathematics. */
reb_status reb_score_customer(reb_customer_score *out, const reb_score_model *m, const reb_history *h, int64_t day, reb_err *err);

/* Ranges of kept, value, at stake and p_alive of one customer from the uncertainty of the parameters (delta method on their logarithms,
   90%; spend and rhythm taken as independent). Money is cut at zero below when the estimate is not negative. Any output may be NULL. */
reb_status reb_score_ranges(reb_estimate *value, reb_estimate *at_stake, reb_estimate *p_alive, const reb_score_model *m,
                            const reb_history *h, int64_t day, reb_err *err);

#endif
