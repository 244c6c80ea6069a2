/* Fits the models to a business: from its purchase days to parameters, hold-out report, totals and scores.
   docs/how-today-decides.md says in words what is computed here. */
#ifndef REB_APP_FIT_H
#define REB_APP_FIT_H

#include "../base/arena.h"
#include "../base/json.h"
#include "../domain/score.h"
#include "../store/store.h"

#define REB_FIT_DECILES 10
#define REB_FIT_MODELS 3
#define REB_FIT_SMALL_CUSTOMERS 1000 /* fewer customers, or fewer repeat buyers than below: the stated prior takes part */
#define REB_FIT_SMALL_REPEATERS 200
#define REB_FIT_OLD_DAYS 35 /* a fit older than this is told as old */

/* Told between steps of long work; returning false stops it (REB_E_INTERRUPTED). `share` in [0, 1]; `what` is a short English phrase. */
typedef struct reb_work_progress {
    bool (*tell)(void *ctx, double share, const char *what);
    void *ctx;
} reb_work_progress;

typedef struct reb_fit_request {
    const char *model;          /* "pnbd", "bgnbd", "mbgnbd"; NULL: the hold-out chooses */
    int64_t now_us;             /* purchases up to this instant's day (in the business's time zone) count */
    reb_work_progress progress; /* may be zero */
} reb_fit_request;

/* How one model did on the business's own past. */
typedef struct reb_fit_contest {
    reb_nbd_model model;
    bool usable;            /* it could be fitted on the calibration period */
    double mae;             /* mean absolute error of purchases in the hold-out, a customer */
    double log_score;       /* mean log probability of what happened; higher is better */
    double advantage;       /* of log_score over MBG/NBD, mean over the same customers */
    double advantage_se;    /* its standard error */
    double predicted_total; /* purchases in the hold-out */
} reb_fit_contest;

/* Customers sorted by predicted purchases, a tenth each. */
typedef struct reb_fit_decile {
    int64_t customers;
    double predicted;           /* mean purchases in the hold-out */
    reb_estimate actual;        /* mean, with the 95% interval of the mean */
    double predicted_silent;    /* share that buys nothing in the hold-out */
    reb_estimate actual_silent; /* with its 95% Wilson interval */
} reb_fit_decile;

/* Customers alike on the split day, foretold and as it turned out: by how often they had bought, and by how long they had been silent.
 * What is foretold has the 95% range that the uncertainty of the parameters leaves (delta method); what happened has its own. */
typedef struct reb_fit_group {
    int64_t from; /* purchase days until the split day, or days of silence on it */
    int64_t to;   /* inclusive; REB_FIT_NO_END: and more */
    double at;    /* mean of it over the customers of the group */
    int64_t customers;
    reb_estimate predicted;      /* mean purchases in the hold-out */
    reb_estimate actual;         /* as in reb_fit_decile */
    reb_estimate predicted_back; /* share that buys again in the hold-out */
    reb_estimate back;           /* share that did, with its 95% Wilson interval */
    reb_estimate still;          /* mean P(alive) on the split day: nobody can see this one, only who came back */
} reb_fit_group;
#define REB_FIT_NO_END (-1)
#define REB_FIT_COUNT_GROUPS 7
#define REB_FIT_SILENCE_GROUPS 14

/* Those who were silent against their own rhythm on the split day, as Today would have had them to call: how many bought again in the
 * hold-out. */
typedef struct reb_fit_calls {
    int64_t customers;
    double predicted_back; /* share that was foretold to buy again */
    reb_estimate back;     /* share that did, with its 95% Wilson interval */
    double predicted_left; /* mean of 1 - P(alive) among them */
    double shift; /* what follows for calls: added to the log-odds of P(alive). The model's word counts as REB_FIT_CALLS_TRUST customers */
} reb_fit_calls;
#define REB_FIT_CALLS_TRUST 200.0

/* P(alive) of somebody to call, by the business's own past. */
double reb_fit_corrected_alive(const reb_fit_calls *c, double p_alive);

typedef struct reb_fit_totals {
    reb_estimate value_minor;    /* expected margin of the next 365 days, all customers */
    reb_estimate kept_minor;     /* the same if nobody had left */
    reb_estimate at_stake_minor; /* of those who drift (reb_today_drifts in today.h) */
    reb_estimate alive;          /* expected number of customers still with us */
    int64_t drifting;            /* of those, who are silent against a rhythm of their own */
    int64_t lost;                /* P(alive) below REB_TODAY_LOST */
} reb_fit_totals;

typedef struct reb_fit_report {
    int64_t fit_id;
    int64_t as_of_day;
    int64_t created_us;
    bool forced;           /* the model was named by a person */
    double drift_ratio;    /* the setting, for the count of those who drift */
    bool settings_changed; /* reb_fit_load: money settings differ from those at the fit; the present ones are in `score`, totals are of then
                            */
    reb_score_model score;
    double se[4];
    double log_likelihood; /* with the week as unit of time, as the papers have it */
    double penalty;        /* of the prior; 0 without */
    reb_fit_status status;
    int at_boundary; /* bit i: parameter i ran to its limit */
    bool prior_used;
    int64_t customers;
    int64_t repeaters;
    int64_t purchase_days;
    int64_t first_day;
    int64_t rows;            /* distinct histories */
    int64_t zero_value_days; /* counted as purchases, not in spend */
    /* spend */
    bool spend_fallback; /* Gamma-Gamma had too little to go by: own mean drawn towards everybody's with weight 2 */
    bool spend_prior;
    double spend_se[3];
    double spend_log_likelihood;
    int64_t spend_customers;
    double mean_spend_minor;       /* mean amount of a paying purchase day */
    double mean_spend_relative_se; /* of the mean over customers, for the ranges of totals */
    /* margin */
    reb_origin margin_origin;
    double margin_known_share; /* of the amount, with known cost */
    /* hold-out */
    int64_t split_day; /* last day of calibration; 0 when there was no hold-out */
    int64_t holdout_days;
    int64_t holdout_customers;
    int64_t holdout_scored; /* of these, how many took part in the log score (a stable sample of at most 100,000) */
    int64_t holdout_actual; /* purchase days that happened in it */
    reb_fit_contest contest[REB_FIT_MODELS];
    const char *chosen_because; /* "forced", "holdout", "default" */
    int decile_count;
    reb_fit_decile deciles[REB_FIT_DECILES];
    int by_purchases_count;
    reb_fit_group by_purchases[REB_FIT_COUNT_GROUPS]; /* bought on 1, 2, ... 6 days, 7 and more; groups without customers are left out */
    int by_silence_count;
    reb_fit_group by_silence[REB_FIT_SILENCE_GROUPS]; /* silent for less than one month, two, ... twelve, two years, more */
    reb_fit_calls calls;
    reb_fit_totals totals;
    /* verdict */
    bool enough;
    int64_t missing_customers; /* to REB_FIT_MIN_CUSTOMERS */
    int64_t missing_repeaters; /* to REB_FIT_MIN_REPEATERS */
    int64_t missing_days;      /* of history, to a hold-out of four weeks */
    char currency[8];
    int currency_digits;
} reb_fit_report;

/* Fits, stores the fit as the current one and scores every customer as of that day, in one transaction.
   Errors: TOO_LITTLE when there is no purchase at all on or before the day; USAGE (unknown model); INTERRUPTED; STORE. */
reb_status reb_fit_run(reb_fit_report *out, reb_store *s, const reb_fit_request *request, reb_err *err);

/* The newest stored fit made as of `day` or before. *found is false when there is none. */
reb_status reb_fit_load(reb_fit_report *out, bool *found, reb_store *s, int64_t day, reb_err *err);

/* Scores every customer as of `day` with a stored fit, unless the table already holds just that. Forget what it holds after an undo or a
   merge with reb_score_forget. Inside a write transaction or alone. */
reb_status reb_score_all(reb_store *s, const reb_fit_report *fit, int64_t day, int64_t now_us, reb_err *err);
/* Whether the table holds just that already. */
reb_status reb_score_fresh(bool *fresh, reb_store *s, const reb_fit_report *fit, int64_t day, reb_err *err);
reb_status reb_score_forget(reb_store *s, reb_err *err);

/* The report as JSON: the same document in model_fit.result, `rebound fit --json` and GET /v1/fit. */
void reb_fit_json(reb_json *w, const reb_fit_report *r);

#endif
