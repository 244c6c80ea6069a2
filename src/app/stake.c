#include "stake.h"

#include "fit.h"

#include "../domain/history.h"

#include <math.h>

/* Whole minor units within what the guard takes. */
static int64_t minor(double v) {
    if (!(v > 0.0)) return 0;
    return v >= (double)REB_GUARD_MOST_MINOR ? REB_GUARD_MOST_MINOR : (int64_t)llround(v);
}

/* Everybody's mean, between nothing and twice that. */
static void of_the_mean(reb_stake *out, const reb_fit_report *fit) {
    double mean = fit->customers > 0 ? fit->totals.kept_minor.value / (double)fit->customers : 0.0;
    out->minor = (reb_guard_range){.low = 0, .likely = minor(mean), .high = minor(2.0 * mean)};
    out->origin = REB_ASSUMED;
}

/* The range of the value, as a share, is that of what would be kept: both hang on the same rhythm and spend. */
static void of_their_own(reb_stake *out, const reb_fit_report *fit, const reb_customer_score *score, const reb_estimate *value) {
    double kept = score->kept_minor;
    double low = value->value > 0.0 ? value->low / value->value : 1.0;
    double high = value->value > 0.0 ? value->high / value->value : 1.0;
    out->minor = (reb_guard_range){.low = minor(kept * fmin(low, 1.0)), .likely = minor(kept), .high = minor(kept * fmax(high, 1.0))};
    out->origin = fit->margin_origin != REB_MEASURED || fit->prior_used ? REB_MIXED : REB_MEASURED;
    out->own = true;
}

reb_status reb_stake_of(reb_stake *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t head_id, int64_t now_us, reb_err *err) {
    bool found = false;
    int64_t today = reb_business_day(b, now_us);
    *out = (reb_stake){.origin = REB_ASSUMED};
    reb_fit_report *fit = reb_arena_zalloc(a, 1, sizeof *fit);
    if (fit == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_fit_load(fit, &found, s, today, err);
    if (st != REB_OK || !found) return st;
    out->any = true;
    out->fit_day = fit->as_of_day;
    reb_history h = {0};
    if (head_id != 0) st = reb_history_read(&h, s, head_id, today, err);
    if (st != REB_OK) return st;
    if (h.purchase_days == 0) {
        of_the_mean(out, fit);
        return REB_OK;
    }
    reb_customer_score score;
    reb_estimate value;
    st = reb_score_customer(&score, &fit->score, &h, today, err);
    if (st == REB_OK) st = reb_score_ranges(&value, NULL, NULL, &fit->score, &h, today, err);
    if (st == REB_OK) of_their_own(out, fit, &score, &value);
    return st;
}
