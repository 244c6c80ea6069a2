/* The business in a few figures: what its customers are worth, what is at stake, how well the models have done, and on how much data. */
#ifndef REB_APP_SUMMARY_H
#define REB_APP_SUMMARY_H

#include "fit.h"

/* Where a customer stands, by rules that docs/how-today-decides.md states. */
typedef enum reb_stage {
    REB_STAGE_AWARENESS,     /* known, never bought, nothing heard from them for 90 days */
    REB_STAGE_CONSIDERATION, /* never bought, heard from within 90 days */
    REB_STAGE_CONVERSION,    /* bought on one day, not lost */
    REB_STAGE_LOYALTY,       /* bought on two days or more, not lost */
    REB_STAGE_ADVOCACY,      /* brought somebody along: nothing records it yet */
    REB_STAGE_LOST,          /* P(alive) below REB_TODAY_LOST */
    REB_STAGES
} reb_stage;
const char *reb_stage_name(reb_stage s);

/* What a fit said when it was made, by the settings of its day. */
typedef struct reb_summary_past {
    int64_t fit_id;
    int64_t day;
    reb_nbd_model model;
    double margin_rate;
    int64_t customers;
    reb_fit_totals totals;
} reb_summary_past;
#define REB_SUMMARY_PAST 60

typedef struct reb_summary {
    int64_t now_us;
    int64_t day;
    char currency[8];
    bool fit_found;
    bool fit_old;
    reb_fit_report fit;            /* its totals are as of `day` */
    int64_t customers;             /* with or without purchases; doubles that were merged count once */
    int64_t buyers;                /* with at least one purchase */
    int64_t new_buyers_year;       /* first purchase within the last 365 days */
    int64_t orders;                /* kept ones */
    int64_t revenue_year_minor;    /* net, last 365 days */
    int64_t other_currency_orders; /* in another currency than the business's: counted as purchases, not as money */
    int64_t stages[REB_STAGES];
    int64_t neglected; /* among the most valuable tenth, and nobody spoke to them */
    int64_t neglected_value_minor;
    reb_estimate lost_price_minor; /* of losing one customer who is still there: worth of the next year a customer alive */
    bool win_price_known;
    int64_t win_price_minor; /* of winning one: as stated, or advertising / new customers */
    bool win_price_measured; /* from advertising and new customers */
    bool keep_price_known;
    reb_estimate keep_price_minor;  /* of keeping one by a call: time of the call / chance that it brings somebody back */
    double win_times_keep;          /* how many times as dear; 0: not known */
    int64_t advertising_year_minor; /* 0: not stated */
    int past_count;                 /* oldest first, one fit a day, only those that counted in the present currency */
    reb_summary_past past[REB_SUMMARY_PAST];
} reb_summary;

/* Scores anew when the day has changed (a write), but fits nothing: without a fit, fit_found is false and only the counts are set.
   Errors: STORE, MEMORY. */
reb_status reb_summary_read(reb_summary *out, reb_store *s, int64_t now_us, reb_err *err);
void reb_summary_json(reb_json *w, const reb_summary *summary);

#endif
