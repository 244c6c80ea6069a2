/* Between the files of the fit; nobody else's business. */
#ifndef REB_APP_FIT_INTERNAL_H
#define REB_APP_FIT_INTERNAL_H

#include "fit.h"

/* One customer, packed: a million of them take 36 MB. Days. */
typedef struct fit_packed {
    uint32_t x;
    uint32_t recency;
    uint32_t observed;
    uint32_t split_x; /* repeat purchases known on the split day; FIT_UNSEEN when first seen after it */
    uint32_t split_recency;
    uint32_t paid_days;
    double paid_mean; /* minor units */
} fit_packed;

#define FIT_UNSEEN UINT32_MAX

typedef struct fit_data {
    fit_packed *customers;
    size_t count;
    size_t room;
    int64_t as_of_day;
    int64_t split_day; /* 0: none */
    int64_t first_day;
    int64_t purchase_days;
    int64_t zero_value_days;
    int64_t repeaters;
    int64_t amount_minor;
    int64_t known_amount_minor;
    int64_t known_cost_minor;
} fit_data;

void fit_data_free(fit_data *d);

/* Reads every history up to d->as_of_day; chooses the split day. TOO_LITTLE when there is none. */
reb_status fit_data_read(fit_data *d, reb_store *s, int64_t as_of_day, reb_err *err);

/* Fits one model to rows in weeks; rows are sorted in place. With few customers the stated prior takes part. */
reb_status fit_rows(reb_fit *fit, bool *prior_used, reb_nbd_model model, reb_nbd_row *rows, size_t *count, reb_err *err);

/* The contest of the models on the past and the calibration of the chosen one; fills the report's hold-out part. `forced` < 0: choose. */
reb_status fit_holdout(reb_fit_report *r, const fit_data *d, int forced, const reb_work_progress *progress, reb_err *err);

/* Customers alike on the split day and afterwards. */
typedef struct fit_outcome {
    uint32_t x;
    uint32_t recency;
    uint32_t observed; /* up to the split day */
    uint32_t y;        /* purchases after it */
    uint32_t n;        /* customers */
    uint32_t scored;   /* of these, in the sample for the log score */
} fit_outcome;

/* What one model, fitted up to the split day, says of each outcome. */
typedef struct fit_opinion {
    bool usable;
    bool prior_used;
    double params[4];
    double cov_log[16]; /* of their logarithms */
    double *expected;   /* by outcome: purchases after the split day */
    double *log_p;      /* log probability of exactly y; 0 where nobody is scored */
} fit_opinion;

/* Mean purchases with their 95% interval, from the sums over n customers; and a share with Wilson's. */
reb_estimate fit_mean95(double n, double sum, double sum_squares);
reb_estimate fit_share95(double share, double n);

/* The groups of the report (by_purchases, by_silence) for the chosen model. MEMORY. */
reb_status fit_groups(reb_fit_report *r, const fit_opinion *v, const fit_outcome *o, size_t n, double after_weeks, reb_err *err);

/* Totals with ranges, from the scores just written and the rows (in weeks, merged, n = customers) of the fit. */
reb_status fit_totals(reb_fit_report *r, reb_store *s, const reb_nbd_row *rows, size_t count, reb_err *err);
/* The same from the scores alone, when these were made for another day than the fit. */
reb_status fit_totals_now(reb_fit_report *r, reb_store *s, reb_err *err);

bool fit_tell(const reb_work_progress *p, double share, const char *what);
reb_status fit_stopped(reb_err *err);

/* Reads what reb_fit_json wrote. INTERNAL when it is not that. */
reb_status fit_from_json(reb_fit_report *r, const char *json, reb_err *err);

#endif
