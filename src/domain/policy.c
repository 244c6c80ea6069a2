#include "policy.h"

#include <inttypes.h>

static reb_status refuse_range(reb_err *err, const char *key, double value, double low, double high) {
    reb_fail(err, REB_E_INPUT, "%s is %g, which does not lie between %s_low (%g) and %s_high (%g).", key, value, key, low, key, high);
    reb_err_next(err, "Change one of them: rebound set %s_low VALUE", key);
    return REB_E_INPUT;
}

static reb_status check(const reb_policy *p, reb_err *err) {
    static const char *const keys[] = {"effect_call",     "effect_feedback", "effect_neglected", "effect_winback",      "leave_unheard",
                                       "reach_listeners", "reach_would_buy", "reach_stopped",    "silent_per_complaint"};
    const double *const triples[] = {p->effect[0],       p->effect[1],       p->effect[2],     p->effect[3],           p->leave_unheard,
                                     p->reach_listeners, p->reach_would_buy, p->reach_stopped, p->silent_per_complaint};
    _Static_assert(REB_ITEM_KINDS == 4, "each kind of item has its effect above");
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const double *e = triples[k];
        if (e[1] > e[0] || e[0] > e[2]) return refuse_range(err, keys[k], e[0], e[1], e[2]);
    }
    /* Chances of gestures stand in threes: likely, low, high. */
    for (int k = REB_SETTING_TURNS_REFUND; k <= REB_SETTING_TURNS_APOLOGY; k += 3) {
        const double likely = reb_business_f64(p->business, (reb_setting)k), low = reb_business_f64(p->business, (reb_setting)(k + 1)),
                     high = reb_business_f64(p->business, (reb_setting)(k + 2));
        if (low > likely || likely > high) return refuse_range(err, reb_setting_rules[k].key, likely, low, high);
    }
    int64_t payback = reb_business_i64(p->business, REB_SETTING_GESTURE_PAYBACK_DAYS);
    int64_t invest = reb_business_i64(p->business, REB_SETTING_GESTURE_INVEST_DAYS);
    if (invest >= payback) return REB_OK;
    reb_fail(err, REB_E_INPUT, "gesture_invest_days (%" PRId64 ") is less than gesture_payback_days (%" PRId64 ").", invest, payback);
    reb_err_next(err, "An investment may take longer to be earned back than other gestures: change one of them.");
    return REB_E_INPUT;
}

reb_status reb_policy_read(reb_policy *out, reb_store *s, reb_err *err) {
    *out = (reb_policy){0};
    reb_business *b = NULL;
    reb_status st = reb_business_load(&b, s, err);
    if (st != REB_OK) return st;
#define REAL(key) reb_business_f64(b, REB_SETTING_##key)
#define WHOLE(key) reb_business_i64(b, REB_SETTING_##key)
    *out = (reb_policy){
        .business = b,
        .currency = b->currency,
        .currency_digits = b->currency_digits,
        .name = reb_business_text(b, REB_SETTING_NAME),
        .holdout_salt = reb_business_text(b, REB_SETTING_HOLDOUT_SALT),
        .margin_rate = REAL(MARGIN_RATE),
        .discount_yearly = REAL(DISCOUNT_RATE_YEAR),
        .capacity_minutes = WHOLE(CAPACITY_MINUTES_PER_DAY),
        .minutes = {REAL(MINUTES_CALL), REAL(MINUTES_FEEDBACK), REAL(MINUTES_NEGLECTED), REAL(MINUTES_WINBACK)},
        .effect = {{REAL(EFFECT_CALL), REAL(EFFECT_CALL_LOW), REAL(EFFECT_CALL_HIGH)},
                   {REAL(EFFECT_FEEDBACK), REAL(EFFECT_FEEDBACK_LOW), REAL(EFFECT_FEEDBACK_HIGH)},
                   {REAL(EFFECT_NEGLECTED), REAL(EFFECT_NEGLECTED_LOW), REAL(EFFECT_NEGLECTED_HIGH)},
                   {REAL(EFFECT_WINBACK), REAL(EFFECT_WINBACK_LOW), REAL(EFFECT_WINBACK_HIGH)}},
        .leave_unheard = {REAL(LEAVE_UNHEARD), REAL(LEAVE_UNHEARD_LOW), REAL(LEAVE_UNHEARD_HIGH)},
        .reach_listeners = {REAL(REACH_LISTENERS), REAL(REACH_LISTENERS_LOW), REAL(REACH_LISTENERS_HIGH)},
        .reach_would_buy = {REAL(REACH_WOULD_BUY), REAL(REACH_WOULD_BUY_LOW), REAL(REACH_WOULD_BUY_HIGH)},
        .reach_stopped = {REAL(REACH_STOPPED), REAL(REACH_STOPPED_LOW), REAL(REACH_STOPPED_HIGH)},
        .silent_per_complaint = {REAL(SILENT_PER_COMPLAINT), REAL(SILENT_PER_COMPLAINT_LOW), REAL(SILENT_PER_COMPLAINT_HIGH)},
        .effect_half_life_days = REAL(EFFECT_HALF_LIFE_DAYS),
        .contact_gap_days = WHOLE(CONTACT_GAP_DAYS),
        .neglect_days = WHOLE(NEGLECT_DAYS),
        .drift_ratio = REAL(DRIFT_RATIO),
        .feedback_from_days = WHOLE(FEEDBACK_FROM_DAYS),
        .feedback_until_days = WHOLE(FEEDBACK_UNTIL_DAYS),
        .unusual_ratio = REAL(UNUSUAL_RATIO),
        .holdout_share = {REAL(HOLDOUT_PERCENT_CALL) / 100.0, REAL(HOLDOUT_PERCENT_FEEDBACK) / 100.0,
                          REAL(HOLDOUT_PERCENT_NEGLECTED) / 100.0, REAL(HOLDOUT_PERCENT_WINBACK) / 100.0},
        .cost_per_minute_minor = WHOLE(COST_PER_MINUTE_MINOR),
        .cost_to_win_minor = WHOLE(COST_TO_WIN_MINOR),
        .advertising_year_minor = WHOLE(ADVERTISING_YEAR_MINOR),
    };
#undef REAL
#undef WHOLE
    if (!reb_quiet_hours_parse(&out->quiet, reb_business_text(b, REB_SETTING_QUIET_HOURS)))
        return reb_fail(err, REB_E_STORE, "The setting quiet_hours cannot be read.");
    if (!reb_week_parse(&out->working, NULL, 0, reb_business_text(b, REB_SETTING_WORKING_DAYS)) ||
        !reb_days_off_parse(&out->working, NULL, 0, reb_business_text(b, REB_SETTING_DAYS_OFF)))
        return reb_fail(err, REB_E_STORE, "The settings working_days and days_off cannot be read.");
    return check(out, err);
}

void reb_policy_free(reb_policy *p) {
    reb_business_free(p->business);
    p->business = NULL;
}

int64_t reb_policy_day(const reb_policy *p, int64_t now_us, int *minute) {
    if (minute != NULL) *minute = reb_zone_minute(p->business->zone, now_us);
    return reb_business_day(p->business, now_us);
}
