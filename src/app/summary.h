/* The business in a few figures: what its customers are worth, what is at stake, how well the models have done, and on how much data. */
#ifndef REB_APP_SUMMARY_H
#define REB_APP_SUMMARY_H

#include "fit.h"

typedef struct reb_summary {
    int64_t now_us;
    int64_t day;
    bool fit_found;
    bool fit_old;
    reb_fit_report fit;
    int64_t customers;       /* heads, with or without purchases */
    int64_t buyers;          /* with at least one purchase */
    int64_t new_buyers_year; /* first purchase within the last 365 days */
    int64_t orders;
    int64_t revenue_year_minor;    /* net, last 365 days */
    int64_t other_currency_orders; /* orders in another currency than the business's: counted, not in money */
    reb_estimate lost_price_minor; /* price of one lost customer: mean kept value of those who have bought again */
    reb_estimate win_price_minor;  /* price of winning one: setting cost_to_win, or spend on advertising / new customers */
    double win_times_keep;         /* win price / price of one kept by a call; 0 where not known */
    reb_estimate keep_price_minor; /* cost of contacting one / chance that it keeps them */
    bool win_price_known;
    int64_t neglected;            /* worth much, nobody spoke to them */
    reb_estimate neglected_minor; /* their value of the next year */
    int64_t stages[5]; /* start of the five stages, by the stated rules: awareness, consideration, conversion, loyalty, advocacy */
} reb_summary;

/* Errors: STORE. Fits nothing: without a fit, fit_found is false and the counts alone are set. */
reb_status reb_summary_read(reb_summary *out, reb_store *s, int64_t now_us, reb_err *err);
void reb_summary_json(reb_json *w, const reb_summary *summary);

#endif
