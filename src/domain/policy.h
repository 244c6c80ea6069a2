/* The settings by which customers are scored and proposed (api/settings.def), as one typed value. */
#ifndef REB_DOMAIN_POLICY_H
#define REB_DOMAIN_POLICY_H

#include "act.h"
#include "business.h"
#include "contact_rule.h"
#include "working_day.h"

typedef struct reb_policy {
    reb_business *business; /* owned: reb_policy_free */
    const char *currency;
    int currency_digits;
    const char *name;
    const char *holdout_salt;
    reb_quiet_hours quiet;
    reb_working_days working;
    double margin_rate;
    double discount_yearly;
    int64_t capacity_minutes;
    double minutes[REB_ITEM_KINDS];
    double effect[REB_ITEM_KINDS][3]; /* likely, low, high: assumptions until measured */
    double effect_half_life_days;
    double leave_unheard[3]; /* likely, low, high, as the next four */
    double reach_listeners[3];
    double reach_would_buy[3];
    double reach_stopped[3];
    double silent_per_complaint[3];
    int64_t contact_gap_days;
    int64_t neglect_days;
    double drift_ratio;
    int64_t feedback_from_days;
    int64_t feedback_until_days;
    double unusual_ratio;
    double holdout_share[REB_ITEM_KINDS]; /* 0..1 */
    int64_t cost_per_minute_minor;        /* 0: not known */
    int64_t cost_to_win_minor;            /* 0: not known */
    int64_t advertising_year_minor;       /* 0: not known */
} reb_policy;

/* Errors: STORE, INPUT (a setting that contradicts another), MEMORY. Free it also after an error; zero-initialise it before. */
reb_status reb_policy_read(reb_policy *out, reb_store *s, reb_err *err);
void reb_policy_free(reb_policy *p);

/* The day and the minute of the day (may be NULL) of an instant in the business's time zone. */
int64_t reb_policy_day(const reb_policy *p, int64_t now_us, int *minute);

#endif
