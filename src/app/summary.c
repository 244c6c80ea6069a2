#include "summary.h"

#include "../domain/policy.h"
#include "fit_internal.h"
#include "today.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEARD_DAYS = 90, WORTH_MUCH_ONE_IN = 10 };

const char *reb_stage_name(reb_stage s) {
    static const char *const names[REB_STAGES] = {"awareness", "consideration", "conversion", "loyalty", "advocacy", "lost"};
    return s >= 0 && s < REB_STAGES ? names[s] : "";
}

/* The first row of a query of whole numbers. */
static reb_status numbers(int64_t *out, int n, reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, query, args, arg_count, err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    for (int i = 0; status == REB_OK && i < n; i++) out[i] = row ? reb_col_i64(st, i) : 0;
    reb_stmt_close(st);
    return status;
}

static reb_status count_people(reb_summary *o, reb_store *s, reb_err *err) {
    int64_t n[3] = {0};
    reb_status st = numbers(n, 3, s, REB_SQL_SUMMARY_PEOPLE,
                            REB_ARGS(reb_i(o->day), reb_i(o->now_us - HEARD_DAYS * REB_US_PER_DAY), reb_i(o->now_us)), err);
    if (st != REB_OK) return st;
    o->customers = n[0];
    o->stages[REB_STAGE_AWARENESS] = n[1] - n[2];
    o->stages[REB_STAGE_CONSIDERATION] = n[2];
    int64_t p[2] = {0};
    st = numbers(p, 2, s, REB_SQL_SUMMARY_PURCHASES, REB_ARGS(reb_i(o->day), reb_t(o->currency)), err);
    o->orders = p[0];
    o->revenue_year_minor = p[1];
    if (st != REB_OK) return st;
    return numbers(&o->other_currency_orders, 1, s, REB_SQL_SUMMARY_OTHER_CURRENCY, REB_ARGS(reb_t(o->currency), reb_i(o->day)), err);
}

static reb_status count_buyers(reb_summary *o, reb_store *s, reb_err *err) {
    int64_t n[5] = {0};
    reb_status st = numbers(n, 5, s, REB_SQL_SUMMARY_BUYERS, REB_ARGS(reb_f(REB_TODAY_LOST)), err);
    o->buyers = n[0];
    o->new_buyers_year = n[1];
    o->stages[REB_STAGE_CONVERSION] = n[2];
    o->stages[REB_STAGE_LOYALTY] = n[3];
    o->stages[REB_STAGE_LOST] = n[4];
    return st;
}

static reb_status count_neglected(reb_summary *o, reb_store *s, const reb_policy *p, reb_err *err) {
    int64_t valued = 0;
    bool found = false;
    reb_status st = reb_get_i64(&valued, &found, s, REB_SQL_TODAY_VALUED, REB_NO_ARGS, err);
    if (st != REB_OK || valued == 0) return st;
    reb_stmt *rows = NULL;
    bool row = false;
    double bar = 0.0;
    st = reb_query(&rows, s, REB_SQL_TODAY_THRESHOLD, REB_ARGS(reb_i((valued - 1) / WORTH_MUCH_ONE_IN)), err);
    if (st == REB_OK) st = reb_step(rows, &row, err);
    if (st == REB_OK && row) bar = reb_col_f64(rows, 0);
    reb_stmt_close(rows);
    rows = NULL;
    if (st != REB_OK || !row) return st;
    double sum = 0.0;
    st = reb_query(&rows, s, REB_SQL_SUMMARY_NEGLECTED,
                   REB_ARGS(reb_f(bar), reb_i(o->now_us - p->neglect_days * REB_US_PER_DAY), reb_i(o->now_us)), err);
    while (st == REB_OK && (st = reb_step(rows, &row, err)) == REB_OK && row) {
        o->neglected++;
        sum += reb_col_f64(rows, 0);
    }
    reb_stmt_close(rows);
    o->neglected_value_minor = llround(sum);
    return st;
}

static void price_customers(reb_summary *o, const reb_policy *p) {
    const reb_fit_totals *t = &o->fit.totals;
    if (t->alive.value > 0.0)
        o->lost_price_minor = (reb_estimate){.value = t->value_minor.value / t->alive.value,
                                             .low = t->value_minor.low / t->alive.value,
                                             .high = t->value_minor.high / t->alive.value,
                                             .origin = t->value_minor.origin};
    o->advertising_year_minor = p->advertising_year_minor;
    if (p->advertising_year_minor > 0 && o->new_buyers_year > 0) {
        o->win_price_known = o->win_price_measured = true;
        o->win_price_minor = (p->advertising_year_minor + o->new_buyers_year / 2) / o->new_buyers_year;
    } else if (p->cost_to_win_minor > 0) {
        o->win_price_known = true;
        o->win_price_minor = p->cost_to_win_minor;
    }
    const double *effect = p->effect[REB_ITEM_CALL];
    if (p->cost_per_minute_minor > 0 && effect[1] > 0.0) {
        double call = p->minutes[REB_ITEM_CALL] * (double)p->cost_per_minute_minor;
        o->keep_price_known = true;
        o->keep_price_minor =
            (reb_estimate){.value = call / effect[0], .low = call / effect[2], .high = call / effect[1], .origin = REB_ASSUMED};
    }
    if (o->win_price_known && o->keep_price_known) o->win_times_keep = (double)o->win_price_minor / o->keep_price_minor.value;
}

/* A fit that can no longer be read, or that counted another money, is no point of the line: the others stand. */
static reb_status read_past(reb_summary *o, reb_store *s, reb_err *err) {
    reb_fit_report *r = malloc(sizeof *r);
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the summary.");
    reb_stmt *st = NULL;
    bool row = false;
    int first = REB_SUMMARY_PAST; /* newest come first: filled from the end */
    reb_status status = reb_query(&st, s, REB_SQL_FIT_HISTORY, REB_ARGS(reb_i(o->day)), err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row && first > 0) {
        *r = (reb_fit_report){.fit_id = reb_col_i64(st, 0), .as_of_day = reb_col_i64(st, 1), .created_us = reb_col_i64(st, 2)};
        if (fit_from_json(r, reb_col_text(st, 3), NULL) != REB_OK || strcmp(r->currency, o->currency) != 0) continue;
        o->past[--first] = (reb_summary_past){.fit_id = r->fit_id,
                                              .day = r->as_of_day,
                                              .model = r->score.model,
                                              .margin_rate = r->score.margin_rate,
                                              .customers = r->customers,
                                              .totals = r->totals};
    }
    reb_stmt_close(st);
    free(r);
    o->past_count = REB_SUMMARY_PAST - first;
    memmove(o->past, o->past + first, (size_t)o->past_count * sizeof o->past[0]);
    return status;
}

reb_status reb_summary_read(reb_summary *out, reb_store *s, int64_t now_us, reb_err *err) {
    reb_policy policy = {0};
    *out = (reb_summary){.now_us = now_us};
    reb_status st = reb_policy_read(&policy, s, err);
    if (st != REB_OK) goto done;
    out->day = reb_policy_day(&policy, now_us, NULL);
    snprintf(out->currency, sizeof out->currency, "%s", policy.currency);
    st = count_people(out, s, err);
    if (st == REB_OK) st = reb_fit_load(&out->fit, &out->fit_found, s, out->day, err);
    if (st != REB_OK || !out->fit_found) goto done;
    out->fit_old = out->day - out->fit.as_of_day > REB_FIT_OLD_DAYS;
    bool fresh = false;
    st = reb_score_fresh(&fresh, s, &out->fit, out->day, err);
    if (st == REB_OK && !fresh) st = reb_score_all(s, &out->fit, out->day, now_us, err);
    if (st == REB_OK && (out->day != out->fit.as_of_day || out->fit.settings_changed)) st = fit_totals_now(&out->fit, s, err);
    if (st == REB_OK) st = count_buyers(out, s, err);
    if (st == REB_OK) st = count_neglected(out, s, &policy, err);
    if (st == REB_OK) price_customers(out, &policy);
    if (st == REB_OK) st = read_past(out, s, err);
done:
    reb_policy_free(&policy);
    return st;
}

/* --- JSON ----------------------------------------------------------------------------------------------------------------------------- */

static void prices_json(reb_json *w, const reb_summary *o) {
    reb_json_key(w, "prices");
    reb_json_obj(w);
    reb_estimate_json(w, "lost_customer_minor", &o->lost_price_minor, true);
    if (o->win_price_known) {
        reb_json_ki64(w, "win_customer_minor", o->win_price_minor);
        reb_json_kstr(w, "win_customer_origin", o->win_price_measured ? "measured" : "assumed");
    } else {
        reb_json_knull(w, "win_customer_minor");
    }
    if (o->keep_price_known) {
        reb_estimate_json(w, "keep_customer_minor", &o->keep_price_minor, true);
    } else {
        reb_json_knull(w, "keep_customer_minor");
    }
    if (o->win_times_keep > 0.0) {
        reb_json_kf64(w, "win_times_keep", o->win_times_keep);
    } else {
        reb_json_knull(w, "win_times_keep");
    }
    if (o->advertising_year_minor > 0) {
        reb_json_ki64(w, "advertising_year_minor", o->advertising_year_minor);
    } else {
        reb_json_knull(w, "advertising_year_minor");
    }
    reb_json_obj_end(w);
}

static void past_json(reb_json *w, const reb_summary *o) {
    reb_json_key(w, "history");
    reb_json_arr(w);
    for (const reb_summary_past *p = o->past; p < o->past + o->past_count; p++) {
        reb_json_obj(w);
        reb_json_kid(w, "fit_id", p->fit_id);
        reb_json_kday(w, "as_of", p->day);
        reb_json_kstr(w, "model", reb_nbd_model_name(p->model));
        reb_json_kf64(w, "margin_rate", p->margin_rate);
        reb_json_ki64(w, "customers", p->customers);
        reb_estimate_json(w, "value_minor", &p->totals.value_minor, true);
        reb_estimate_json(w, "at_stake_minor", &p->totals.at_stake_minor, true);
        reb_estimate_json(w, "still_customers", &p->totals.alive, false);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

void reb_summary_json(reb_json *w, const reb_summary *o) {
    reb_json_obj(w);
    reb_json_ktime(w, "now", o->now_us);
    reb_json_kday(w, "day", o->day);
    reb_json_kstr(w, "currency", o->currency);
    reb_json_ki64(w, "customers", o->customers);
    reb_json_ki64(w, "orders", o->orders);
    reb_json_ki64(w, "revenue_year_minor", o->revenue_year_minor);
    reb_json_ki64(w, "other_currency_orders", o->other_currency_orders);
    reb_json_key(w, "stages");
    reb_json_obj(w);
    for (int i = 0; i < REB_STAGES; i++) reb_json_ki64(w, reb_stage_name((reb_stage)i), o->stages[i]);
    reb_json_obj_end(w);
    if (!o->fit_found) {
        reb_json_knull(w, "fit");
        reb_json_obj_end(w);
        return;
    }
    reb_json_ki64(w, "buyers", o->buyers);
    reb_json_ki64(w, "new_buyers_year", o->new_buyers_year);
    prices_json(w, o);
    reb_json_key(w, "neglected");
    reb_json_obj(w);
    reb_json_ki64(w, "customers", o->neglected);
    reb_json_ki64(w, "value_minor", o->neglected_value_minor);
    reb_json_obj_end(w);
    reb_json_kbool(w, "fit_old", o->fit_old);
    reb_json_key(w, "fit");
    reb_fit_json(w, &o->fit);
    past_json(w, o);
    reb_json_obj_end(w);
}
