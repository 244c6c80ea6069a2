/* The report of a fit as JSON and back: what model_fit.result keeps, `rebound fit --json` prints and GET /v1/fit answers. */
#include "fit_internal.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const k_spend_names[] = {"p", "q", "v"};

static void kfixed(reb_json *w, const char *key, const double *values, int n) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (int i = 0; i < n; i++) reb_json_f64(w, values[i]);
    reb_json_arr_end(w);
}

static void rhythm_json(reb_json *w, const reb_fit_report *r) {
    reb_nbd_model m = r->score.model;
    reb_json_kstr(w, "model", reb_nbd_model_name(m));
    reb_json_kstr(w, "chosen_because", r->chosen_because);
    reb_json_kstr(w, "time_unit", "week");
    reb_json_key(w, "params");
    reb_json_obj(w);
    for (int i = 0; i < REB_NBD_PARAMS; i++) reb_json_kf64(w, reb_nbd_param_name(m, i), r->score.params[i]);
    reb_json_obj_end(w);
    reb_json_key(w, "standard_errors");
    reb_json_obj(w);
    for (int i = 0; i < REB_NBD_PARAMS; i++) reb_json_kf64(w, reb_nbd_param_name(m, i), r->se[i]);
    reb_json_obj_end(w);
    kfixed(w, "covariance_log", r->score.cov_log, 16);
    reb_json_kf64(w, "log_likelihood", r->log_likelihood);
    reb_json_kstr(w, "status", reb_fit_status_name(r->status));
    reb_json_key(w, "at_boundary");
    reb_json_arr(w);
    for (int i = 0; i < REB_NBD_PARAMS; i++)
        if (r->at_boundary & (1 << i)) reb_json_str(w, reb_nbd_param_name(m, i));
    reb_json_arr_end(w);
    reb_json_key(w, "prior");
    reb_json_obj(w);
    reb_json_kbool(w, "used", r->prior_used);
    reb_json_kf64(w, "penalty", r->penalty);
    reb_json_obj_end(w);
}

static void data_json(reb_json *w, const reb_fit_report *r) {
    reb_json_key(w, "data");
    reb_json_obj(w);
    reb_json_ki64(w, "customers", r->customers);
    reb_json_ki64(w, "repeat_customers", r->repeaters);
    reb_json_ki64(w, "purchase_days", r->purchase_days);
    reb_json_ki64(w, "zero_value_days", r->zero_value_days);
    reb_json_ki64(w, "distinct_histories", r->rows);
    reb_json_kday(w, "first_day", r->first_day);
    reb_json_obj_end(w);
}

static void spend_json(reb_json *w, const reb_fit_report *r) {
    reb_json_key(w, "spend");
    reb_json_obj(w);
    reb_json_kstr(w, "method", r->spend_fallback ? "own mean drawn towards everybody's" : "gamma-gamma");
    reb_json_kbool(w, "prior_used", r->spend_prior);
    reb_json_kstr(w, "unit", "minor");
    reb_json_key(w, "params");
    reb_json_obj(w);
    for (int i = 0; i < 3; i++) reb_json_kf64(w, k_spend_names[i], r->score.spend[i]);
    reb_json_obj_end(w);
    reb_json_key(w, "standard_errors");
    reb_json_obj(w);
    for (int i = 0; i < 3; i++) reb_json_kf64(w, k_spend_names[i], r->spend_se[i]);
    reb_json_obj_end(w);
    kfixed(w, "covariance_log", r->score.spend_cov, 16);
    reb_json_kf64(w, "log_likelihood", r->spend_log_likelihood);
    reb_json_ki64(w, "customers", r->spend_customers);
    reb_json_kf64(w, "mean_minor", r->mean_spend_minor);
    reb_json_kf64(w, "mean_relative_error", r->mean_spend_relative_se);
    reb_json_obj_end(w);
    reb_json_key(w, "margin");
    reb_json_obj(w);
    reb_json_kf64(w, "rate", r->score.margin_rate);
    reb_json_kstr(w, "origin", reb_origin_name(r->margin_origin));
    reb_json_kf64(w, "known_share", r->margin_known_share);
    reb_json_obj_end(w);
    reb_json_key(w, "discount");
    reb_json_obj(w);
    reb_json_kf64(w, "near", r->score.discount_near);
    reb_json_kf64(w, "far", r->score.discount_far);
    reb_json_obj_end(w);
}

static void decile_json(reb_json *w, const reb_fit_decile *d) {
    reb_json_obj(w);
    reb_json_ki64(w, "customers", d->customers);
    reb_json_kf64(w, "predicted", d->predicted);
    reb_estimate_json(w, "actual", &d->actual, false);
    reb_json_kf64(w, "predicted_silent", d->predicted_silent);
    reb_estimate_json(w, "actual_silent", &d->actual_silent, false);
    reb_json_obj_end(w);
}

static void groups_json(reb_json *w, const char *key, const reb_fit_group *groups, int count) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (const reb_fit_group *g = groups; g < groups + count; g++) {
        reb_json_obj(w);
        reb_json_ki64(w, "from", g->from);
        if (g->to != REB_FIT_NO_END) {
            reb_json_ki64(w, "to", g->to);
        } else {
            reb_json_knull(w, "to");
        }
        reb_json_kf64(w, "at", g->at);
        reb_json_ki64(w, "customers", g->customers);
        reb_estimate_json(w, "predicted", &g->predicted, false);
        reb_estimate_json(w, "actual", &g->actual, false);
        reb_estimate_json(w, "predicted_back", &g->predicted_back, false);
        reb_estimate_json(w, "back", &g->back, false);
        reb_estimate_json(w, "still", &g->still, false);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void holdout_json(reb_json *w, const reb_fit_report *r) {
    reb_json_key(w, "holdout");
    if (r->split_day == 0) {
        reb_json_null(w);
        return;
    }
    reb_json_obj(w);
    reb_json_kday(w, "split_day", r->split_day);
    reb_json_ki64(w, "days", r->holdout_days);
    reb_json_ki64(w, "customers", r->holdout_customers);
    reb_json_ki64(w, "scored", r->holdout_scored);
    reb_json_ki64(w, "purchase_days", r->holdout_actual);
    reb_json_key(w, "models");
    reb_json_arr(w);
    for (int m = 0; m < REB_FIT_MODELS; m++) {
        const reb_fit_contest *c = &r->contest[m];
        reb_json_obj(w);
        reb_json_kstr(w, "model", reb_nbd_model_name(c->model));
        reb_json_kbool(w, "usable", c->usable);
        reb_json_kf64(w, "mae", c->mae);
        reb_json_kf64(w, "log_score", c->log_score);
        reb_json_kf64(w, "advantage", c->advantage);
        reb_json_kf64(w, "advantage_se", c->advantage_se);
        reb_json_kf64(w, "predicted_total", c->predicted_total);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "off_rhythm");
    reb_json_obj(w);
    reb_json_ki64(w, "customers", r->calls.customers);
    reb_json_kf64(w, "predicted_back", r->calls.predicted_back);
    reb_estimate_json(w, "back", &r->calls.back, false);
    reb_json_kf64(w, "predicted_left", r->calls.predicted_left);
    reb_json_kf64(w, "log_odds_shift", r->calls.shift);
    reb_json_obj_end(w);
    reb_json_key(w, "calibration");
    reb_json_arr(w);
    for (int i = 0; i < r->decile_count; i++) decile_json(w, &r->deciles[i]);
    reb_json_arr_end(w);
    groups_json(w, "by_purchases", r->by_purchases, r->by_purchases_count);
    groups_json(w, "by_silence", r->by_silence, r->by_silence_count);
    reb_json_obj_end(w);
}

static void totals_json(reb_json *w, const reb_fit_report *r) {
    const reb_fit_totals *t = &r->totals;
    reb_json_key(w, "totals");
    reb_json_obj(w);
    reb_json_kstr(w, "currency", r->currency);
    reb_estimate_json(w, "value_minor", &t->value_minor, true);
    reb_estimate_json(w, "kept_minor", &t->kept_minor, true);
    reb_estimate_json(w, "at_stake_minor", &t->at_stake_minor, true);
    reb_estimate_json(w, "still_customers", &t->alive, false);
    reb_json_ki64(w, "drifting", t->drifting);
    reb_json_ki64(w, "lost", t->lost);
    reb_json_kf64(w, "drift_ratio", r->drift_ratio);
    reb_json_kstr(w, "range", "90%, from the uncertainty of the parameters and of the mean spend (delta method)");
    reb_json_obj_end(w);
}

void reb_fit_json(reb_json *w, const reb_fit_report *r) {
    reb_json_obj(w);
    reb_json_kid(w, "fit_id", r->fit_id);
    reb_json_kday(w, "as_of", r->as_of_day);
    reb_json_ktime(w, "made_at", r->created_us);
    reb_json_ki64(w, "decimals", r->currency_digits);
    rhythm_json(w, r);
    data_json(w, r);
    spend_json(w, r);
    holdout_json(w, r);
    totals_json(w, r);
    reb_json_key(w, "verdict");
    reb_json_obj(w);
    reb_json_kbool(w, "enough", r->enough);
    reb_json_kstr(w, "text", r->enough ? "enough data" : "too little data");
    reb_json_key(w, "missing");
    reb_json_obj(w);
    reb_json_ki64(w, "customers", r->missing_customers);
    reb_json_ki64(w, "repeat_customers", r->missing_repeaters);
    reb_json_ki64(w, "days", r->missing_days);
    reb_json_obj_end(w);
    reb_json_obj_end(w);
    reb_json_obj_end(w);
}

/* --- and back ----------------------------------------------------------------------------------------------------------------------- */

static const cJSON *member(const cJSON *o, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(o, key);
}

static double number(const cJSON *o, const char *key) {
    const cJSON *v = member(o, key);
    return cJSON_IsNumber(v) ? v->valuedouble : 0.0;
}

static int64_t whole(const cJSON *o, const char *key) {
    return (int64_t)number(o, key);
}

static bool truth(const cJSON *o, const char *key) {
    return cJSON_IsTrue(member(o, key));
}

static const char *text(const cJSON *o, const char *key) {
    const cJSON *v = member(o, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static int64_t day(const cJSON *o, const char *key) {
    int y = 0;
    int m = 0;
    int d = 0;
    bool read = sscanf(text(o, key), "%5d-%2d-%2d", &y, &m, &d) == 3 && y >= 1 && y <= 9999 && reb_civil_valid(y, m, d);
    return read ? reb_day_from_civil(y, m, d) : 0;
}

/* Every number finite and small enough for whatever it is read into. */
static bool within_bounds(const cJSON *o) {
    if (cJSON_IsNumber(o)) return o->valuedouble >= -1e18 && o->valuedouble <= 1e18;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, o) if (!within_bounds(child)) return false;
    return true;
}

static void numbers(double *out, int n, const cJSON *o, const char *key) {
    const cJSON *a = member(o, key);
    for (int i = 0; i < n; i++) {
        const cJSON *v = cJSON_GetArrayItem(a, i);
        out[i] = cJSON_IsNumber(v) ? v->valuedouble : 0.0;
    }
}

static reb_origin origin_from(const char *name) {
    if (strcmp(name, "measured") == 0) return REB_MEASURED;
    return strcmp(name, "assumed") == 0 ? REB_ASSUMED : REB_MIXED;
}

static reb_estimate estimate(const cJSON *o, const char *key) {
    const cJSON *e = member(o, key);
    return (reb_estimate){
        .value = number(e, "value"), .low = number(e, "low"), .high = number(e, "high"), .origin = origin_from(text(e, "origin"))};
}

static void read_rhythm(reb_fit_report *r, const cJSON *o) {
    const cJSON *params = member(o, "params");
    const cJSON *se = member(o, "standard_errors");
    for (int i = 0; i < REB_NBD_PARAMS; i++) {
        const char *name = reb_nbd_param_name(r->score.model, i);
        r->score.params[i] = number(params, name);
        r->se[i] = number(se, name);
    }
    const cJSON *limits = member(o, "at_boundary");
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item,
                       limits) for (int i = 0; i < REB_NBD_PARAMS;
                                    i++) if (cJSON_IsString(item) && strcmp(item->valuestring, reb_nbd_param_name(r->score.model, i)) == 0)
        r->at_boundary |= 1 << i;
    numbers(r->score.cov_log, 16, o, "covariance_log");
    r->log_likelihood = number(o, "log_likelihood");
    for (int s = REB_FIT_CONVERGED; s <= REB_FIT_NOT_CONVERGED; s++)
        if (strcmp(text(o, "status"), reb_fit_status_name((reb_fit_status)s)) == 0) r->status = (reb_fit_status)s;
    const char *why = text(o, "chosen_because");
    r->chosen_because = strcmp(why, "forced") == 0 ? "forced" : strcmp(why, "holdout") == 0 ? "holdout" : "default";
    r->forced = strcmp(why, "forced") == 0;
    const cJSON *prior = member(o, "prior");
    r->prior_used = truth(prior, "used");
    r->penalty = number(prior, "penalty");
}

static void read_money(reb_fit_report *r, const cJSON *o) {
    const cJSON *spend = member(o, "spend");
    const cJSON *params = member(spend, "params");
    const cJSON *se = member(spend, "standard_errors");
    for (int i = 0; i < 3; i++) {
        r->score.spend[i] = number(params, k_spend_names[i]);
        r->spend_se[i] = number(se, k_spend_names[i]);
    }
    numbers(r->score.spend_cov, 16, spend, "covariance_log");
    r->spend_fallback = strcmp(text(spend, "method"), "gamma-gamma") != 0;
    r->spend_prior = truth(spend, "prior_used");
    r->spend_log_likelihood = number(spend, "log_likelihood");
    r->spend_customers = whole(spend, "customers");
    r->mean_spend_minor = number(spend, "mean_minor");
    r->mean_spend_relative_se = number(spend, "mean_relative_error");
    const cJSON *margin = member(o, "margin");
    r->score.margin_rate = number(margin, "rate");
    r->margin_origin = origin_from(text(margin, "origin"));
    r->margin_known_share = number(margin, "known_share");
    const cJSON *discount = member(o, "discount");
    r->score.discount_near = number(discount, "near");
    r->score.discount_far = number(discount, "far");
}

/* A fit that was stored before there were groups has none. */
static int read_groups(reb_fit_group *out, int room, const cJSON *list) {
    int count = 0;
    const cJSON *g = NULL;
    cJSON_ArrayForEach(g, list) {
        if (count == room) break;
        out[count++] = (reb_fit_group){.from = whole(g, "from"),
                                       .to = cJSON_IsNumber(member(g, "to")) ? whole(g, "to") : REB_FIT_NO_END,
                                       .at = number(g, "at"),
                                       .customers = whole(g, "customers"),
                                       .predicted = estimate(g, "predicted"),
                                       .actual = estimate(g, "actual"),
                                       .predicted_back = estimate(g, "predicted_back"),
                                       .back = estimate(g, "back"),
                                       .still = estimate(g, "still")};
    }
    return count;
}

static void read_holdout(reb_fit_report *r, const cJSON *o) {
    const cJSON *h = member(o, "holdout");
    for (int m = 0; m < REB_FIT_MODELS; m++) r->contest[m].model = (reb_nbd_model)m;
    if (!cJSON_IsObject(h)) return;
    const cJSON *calls = member(h, "off_rhythm");
    if (cJSON_IsObject(calls))
        r->calls = (reb_fit_calls){.customers = whole(calls, "customers"),
                                   .predicted_back = number(calls, "predicted_back"),
                                   .back = estimate(calls, "back"),
                                   .predicted_left = number(calls, "predicted_left"),
                                   .shift = number(calls, "log_odds_shift")};
    r->split_day = day(h, "split_day");
    r->holdout_days = whole(h, "days");
    r->holdout_customers = whole(h, "customers");
    r->holdout_scored = whole(h, "scored");
    r->holdout_actual = whole(h, "purchase_days");
    for (int m = 0; m < REB_FIT_MODELS; m++) {
        const cJSON *c = cJSON_GetArrayItem(member(h, "models"), m);
        r->contest[m] = (reb_fit_contest){.model = (reb_nbd_model)m,
                                          .usable = truth(c, "usable"),
                                          .mae = number(c, "mae"),
                                          .log_score = number(c, "log_score"),
                                          .advantage = number(c, "advantage"),
                                          .advantage_se = number(c, "advantage_se"),
                                          .predicted_total = number(c, "predicted_total")};
    }
    r->by_purchases_count = read_groups(r->by_purchases, REB_FIT_COUNT_GROUPS, member(h, "by_purchases"));
    r->by_silence_count = read_groups(r->by_silence, REB_FIT_SILENCE_GROUPS, member(h, "by_silence"));
    const cJSON *d = NULL;
    cJSON_ArrayForEach(d, member(h, "calibration")) {
        if (r->decile_count == REB_FIT_DECILES) break;
        r->deciles[r->decile_count++] = (reb_fit_decile){.customers = whole(d, "customers"),
                                                         .predicted = number(d, "predicted"),
                                                         .actual = estimate(d, "actual"),
                                                         .predicted_silent = number(d, "predicted_silent"),
                                                         .actual_silent = estimate(d, "actual_silent")};
    }
}

reb_status fit_from_json(reb_fit_report *r, const char *json, reb_err *err) {
    cJSON *o = cJSON_Parse(json);
    if (o == NULL || !within_bounds(o) || reb_nbd_model_from_name(&r->score.model, text(o, "model")) != REB_NUM_OK) {
        cJSON_Delete(o);
        reb_fail(err, REB_E_STORE, "The stored fit cannot be read.");
        reb_err_next(err, "Make it anew: rebound fit");
        return REB_E_STORE;
    }
    read_rhythm(r, o);
    read_money(r, o);
    read_holdout(r, o);
    r->currency_digits = (int)whole(o, "decimals");
    const cJSON *data = member(o, "data");
    r->customers = whole(data, "customers");
    r->repeaters = whole(data, "repeat_customers");
    r->purchase_days = whole(data, "purchase_days");
    r->zero_value_days = whole(data, "zero_value_days");
    r->rows = whole(data, "distinct_histories");
    r->first_day = day(data, "first_day");
    const cJSON *totals = member(o, "totals");
    const char *currency = text(totals, "currency");
    if (strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
        snprintf(r->currency, sizeof r->currency, "%s", currency);
    r->totals = (reb_fit_totals){.value_minor = estimate(totals, "value_minor"),
                                 .kept_minor = estimate(totals, "kept_minor"),
                                 .at_stake_minor = estimate(totals, "at_stake_minor"),
                                 .alive = estimate(totals, "still_customers"),
                                 .drifting = whole(totals, "drifting"),
                                 .lost = whole(totals, "lost")};
    r->drift_ratio = number(totals, "drift_ratio");
    const cJSON *verdict = member(o, "verdict");
    r->enough = truth(verdict, "enough");
    const cJSON *missing = member(verdict, "missing");
    r->missing_customers = whole(missing, "customers");
    r->missing_repeaters = whole(missing, "repeat_customers");
    r->missing_days = whole(missing, "days");
    cJSON_Delete(o);
    return REB_OK;
}
