#include "fit_internal.h"

#include "../base/rand.h"
#include "../domain/history.h"
#include "../domain/policy.h"
#include "../text/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fit_tell(const reb_work_progress *p, double share, const char *what) {
    return p == NULL || p->tell == NULL || p->tell(p->ctx, share, what);
}

reb_status fit_stopped(reb_err *err) {
    return reb_fail(err, REB_E_INTERRUPTED, "The fit was stopped; the one before it stays in use.");
}

/* --- the models ------------------------------------------------------------------------------------------------------------------- */

static void count_rows(double *customers, double *repeaters, const reb_nbd_row *rows, size_t n) {
    *customers = 0.0;
    *repeaters = 0.0;
    for (size_t i = 0; i < n; i++) {
        *customers += rows[i].n;
        if (rows[i].x > 0.0) *repeaters += rows[i].n;
    }
}

reb_status fit_rows(reb_fit *fit, bool *prior_used, reb_nbd_model model, reb_nbd_row *rows, size_t *count, reb_err *err) {
    double customers = 0.0;
    double repeaters = 0.0;
    count_rows(&customers, &repeaters, rows, *count);
    reb_prior prior = {0};
    reb_num_status num = reb_nbd_default_prior(&prior, model, REB_SCORE_DAYS_PER_WEEK);
    bool small = customers < REB_FIT_SMALL_CUSTOMERS || repeaters < REB_FIT_SMALL_REPEATERS;
    reb_fit_options options = {.prior = small ? &prior : NULL,
                               .fallback = &prior,
                               .per_unit = REB_SCORE_DAYS_PER_WEEK,
                               .min_customers = -1.0,
                               .min_repeaters = -1.0};
    size_t size = reb_nbd_compress_work_size(*count);
    void *work = malloc(size + 8);
    if (work == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the fit.");
    size_t unique = 0;
    size_t bad = 0;
    if (num == REB_NUM_OK) num = reb_nbd_compress(&unique, &bad, rows, *count, REB_SCORE_DAYS_PER_WEEK, work, size);
    free(work);
    if (num == REB_NUM_OK) {
        *count = unique;
        size = reb_nbd_fit_work_size(rows, unique, &options);
        work = malloc(size + 8);
        if (work == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the fit.");
        num = reb_nbd_fit(fit, model, rows, unique, &options, work, size);
        free(work);
    }
    if (num != REB_NUM_OK) return reb_fail(err, REB_E_INTERNAL, "The model cannot be fitted (%s).", reb_num_status_name(num));
    *prior_used = fit->used_prior != 0;
    return REB_OK;
}

static reb_nbd_row *all_rows(const fit_data *d) {
    reb_nbd_row *rows = malloc(d->count * sizeof *rows);
    for (size_t i = 0; rows != NULL && i < d->count; i++) {
        const fit_packed *p = &d->customers[i];
        rows[i] =
            (reb_nbd_row){.x = p->x, .t_x = p->recency / REB_SCORE_DAYS_PER_WEEK, .T = p->observed / REB_SCORE_DAYS_PER_WEEK, .n = 1.0};
    }
    return rows;
}

static reb_status fit_rhythm(reb_fit_report *r, reb_nbd_row **rows, size_t *count, const fit_data *d, reb_err *err) {
    *rows = all_rows(d);
    if (*rows == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the fit.");
    *count = d->count;
    reb_fit fit = {0};
    reb_status st = fit_rows(&fit, &r->prior_used, r->score.model, *rows, count, err);
    if (st != REB_OK) return st;
    memcpy(r->score.params, fit.params, sizeof r->score.params);
    memcpy(r->score.cov_log, fit.cov_log, sizeof r->score.cov_log);
    memcpy(r->se, fit.se, sizeof r->se);
    r->log_likelihood = fit.log_likelihood;
    r->penalty = fit.penalty;
    r->status = fit.status;
    r->at_boundary = fit.at_boundary;
    r->rows = (int64_t)fit.rows;
    return REB_OK;
}

/* --- spend ------------------------------------------------------------------------------------------------------------------------ */

typedef struct spend_sums {
    double customers, days, sum, sum2_means;
} spend_sums;

/* A customer's own mean, drawn towards everybody's with the weight of two purchases: Gamma-Gamma's own formula with p = 1, q = 3. */
static void spend_fallback(reb_fit_report *r, double mean_minor) {
    r->spend_fallback = true;
    r->score.spend[0] = 1.0;
    r->score.spend[1] = 3.0;
    r->score.spend[2] = fmax(2.0 * mean_minor, REB_NUM_MIN_PARAM);
    r->score.spend[3] = 0.0;
    memset(r->score.spend_cov, 0, sizeof r->score.spend_cov);
    memset(r->spend_se, 0, sizeof r->spend_se);
}

static int by_size(const void *a, const void *b) {
    double p = ((const reb_gg_row *)a)->z;
    double q = ((const reb_gg_row *)b)->z;
    return p < q ? -1 : p > q;
}

static reb_status fit_spend(reb_fit_report *r, const fit_data *d, reb_err *err) {
    reb_gg_row *rows = malloc((d->count + 1) * sizeof *rows);
    if (rows == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the fit of spend.");
    size_t n = 0;
    double days = 0.0;
    double sum = 0.0;
    double mean_of_means = 0.0;
    double m2 = 0.0;
    for (size_t i = 0; i < d->count; i++) {
        const fit_packed *p = &d->customers[i];
        if (p->paid_days == 0) continue;
        rows[n++] = (reb_gg_row){.x = p->paid_days, .z = p->paid_mean, .n = 1.0};
        days += p->paid_days;
        sum += p->paid_days * p->paid_mean;
        double step = p->paid_mean - mean_of_means;
        mean_of_means += step / (double)n;
        m2 += step * (p->paid_mean - mean_of_means);
    }
    r->spend_customers = (int64_t)n;
    r->mean_spend_minor = days > 0.0 ? sum / days : 0.0;
    if (n > 1) r->mean_spend_relative_se = sqrt(m2 / ((double)n - 1.0) / (double)n) / mean_of_means;
    spend_fallback(r, r->mean_spend_minor);
    if (n >= REB_FIT_MIN_CUSTOMERS) {
        qsort(rows, n, sizeof *rows, by_size); /* the same sums whatever order the customers came in */
        reb_prior prior = {0};
        reb_num_status num = reb_gg_default_prior(&prior, rows[n / 2].z);
        bool small = n < REB_FIT_SMALL_CUSTOMERS;
        reb_fit_options options = {.prior = small ? &prior : NULL, .fallback = &prior, .min_customers = -1.0, .min_repeaters = -1.0};
        reb_fit fit = {0};
        if (num == REB_NUM_OK) num = reb_gg_fit(&fit, rows, n, &options);
        /* q at 1 or below has no finite mean spend: no ground to stand on. */
        if (num == REB_NUM_OK && fit.status == REB_FIT_CONVERGED && fit.params[1] > 1.05) {
            r->spend_fallback = false;
            r->spend_prior = fit.used_prior != 0;
            memcpy(r->score.spend, fit.params, sizeof r->score.spend);
            memcpy(r->score.spend_cov, fit.cov_log, sizeof r->score.spend_cov);
            memcpy(r->spend_se, fit.se, sizeof r->spend_se);
            r->spend_log_likelihood = fit.log_likelihood;
        }
    }
    free(rows);
    return REB_OK;
}

#define MARGIN_KNOWN_ENOUGH 0.2

/* --- margin and verdict ------------------------------------------------------------------------------------------------------------- */

/* From the lines whose cost is known, when these are at least a fifth of the amount; else the stated assumption. */
static void settle_margin(reb_fit_report *r, const fit_data *d, const reb_policy *p) {
    r->margin_known_share = d->amount_minor > 0 ? (double)d->known_amount_minor / (double)d->amount_minor : 0.0;
    r->score.margin_rate = p->margin_rate;
    r->margin_origin = REB_ASSUMED;
    if (d->known_amount_minor <= 0) return;
    r->margin_origin = REB_MIXED;
    if (r->margin_known_share < MARGIN_KNOWN_ENOUGH) return;
    r->score.margin_rate = fmax(-1.0, fmin(1.0, (double)(d->known_amount_minor - d->known_cost_minor) / (double)d->known_amount_minor));
    if (r->margin_known_share > 0.999) r->margin_origin = REB_MEASURED;
}

static void settle_verdict(reb_fit_report *r) {
    r->missing_customers = r->customers < REB_FIT_MIN_CUSTOMERS ? REB_FIT_MIN_CUSTOMERS - r->customers : 0;
    r->missing_repeaters = r->repeaters < REB_FIT_MIN_REPEATERS ? REB_FIT_MIN_REPEATERS - r->repeaters : 0;
    int64_t span = r->as_of_day - r->first_day;
    r->missing_days = span < 84 ? 84 - span : 0; /* three times four weeks */
    r->enough = r->missing_customers == 0 && r->missing_repeaters == 0 && r->missing_days == 0;
}

/* --- scoring ------------------------------------------------------------------------------------------------------------------------ */

static const char k_state_key[] = "score_state";
enum { STATE_TEXT = 192 };

/* What the score table would hold: the fit, the day, the settings that turn it into money, and what the purchase days came from. */
static reb_status score_state(char out[STATE_TEXT], reb_store *s, const reb_fit_report *f, int64_t day, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    const double money[3] = {f->score.margin_rate, f->score.discount_near, f->score.discount_far};
    reb_status status = reb_query(&st, s, REB_SQL_FIT_SOURCES, REB_NO_ARGS, err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    if (status == REB_OK)
        snprintf(out, STATE_TEXT, "%" PRId64 "/%" PRId64 "/%016" PRIx64 "/%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64,
                 f->fit_id, day, reb_hash64(0, money, sizeof money), reb_col_i64(st, 0), reb_col_i64(st, 1), reb_col_i64(st, 2),
                 reb_col_i64(st, 3), reb_col_i64(st, 4));
    reb_stmt_close(st);
    return status;
}

static reb_status stored_state(char out[STATE_TEXT], reb_store *s, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    out[0] = '\0';
    reb_status status = reb_query(&st, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t(k_state_key)), err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    if (status == REB_OK && row) snprintf(out, STATE_TEXT, "%s", reb_col_text(st, 0));
    reb_stmt_close(st);
    return status;
}

static reb_status score_by_sql(reb_store *s, const reb_fit_report *f, int64_t day, reb_err *err) {
    const reb_score_model *m = &f->score;
    return reb_exec(s, REB_SQL_SCORE_ALL,
                    REB_ARGS(reb_i(f->fit_id), reb_i(day), reb_f(m->params[0]), reb_f(m->params[1]), reb_f(m->params[2]),
                             reb_f(m->params[3]), reb_f(m->spend[0]), reb_f(m->spend[1]), reb_f(m->spend[2]), reb_f(m->margin_rate),
                             reb_f(m->discount_near), reb_f(m->discount_far), reb_t(reb_nbd_model_name(m->model))),
                    NULL, err);
}

enum { SCORE_BATCH = 8192, SCORE_COLUMNS = 12 };

/* Rows on their way to the table, by column. */
typedef struct score_batch {
    int64_t whole[3][SCORE_BATCH]; /* customer, fit, repeat purchases */
    double figures[9][SCORE_BATCH];
    size_t count;
} score_batch;

static reb_status flush_scores(score_batch *b, reb_store *s, reb_err *err) {
    if (b->count == 0) return REB_OK;
    reb_column columns[SCORE_COLUMNS] = {0};
    for (int i = 0; i < 3; i++) columns[i] = (reb_column){.kind = REB_COL_I64, .i64 = b->whole[i]};
    for (int i = 0; i < 9; i++) columns[3 + i] = (reb_column){.kind = REB_COL_F64, .f64 = b->figures[i]};
    reb_status st = reb_exec_many(s, REB_SQL_SCORE_INSERT, columns, SCORE_COLUMNS, b->count, NULL, NULL, NULL, err);
    b->count = 0;
    return st;
}

static void add_score(score_batch *b, const reb_history *h, const reb_customer_score *c, int64_t fit_id, int64_t day) {
    size_t i = b->count++;
    b->whole[0][i] = h->customer_id;
    b->whole[1][i] = fit_id;
    b->whole[2][i] = h->purchase_days - 1;
    const double figures[9] = {(double)(h->last_day - h->first_day),
                               (double)(day - h->first_day),
                               c->p_alive,
                               c->expected_year,
                               c->spend_minor,
                               c->margin_rate,
                               c->value_minor,
                               c->kept_minor,
                               c->at_stake_minor};
    for (int f = 0; f < 9; f++) b->figures[f][i] = figures[f];
}

static reb_status score_by_stream(reb_store *s, const reb_fit_report *f, int64_t day, reb_err *err) {
    score_batch *b = calloc(1, sizeof *b);
    if (b == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to score.");
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_FIT_HISTORIES, REB_ARGS(reb_i(day), reb_i(INT64_MIN)), err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) {
        reb_history h = {.customer_id = reb_col_i64(st, 0)};
        reb_history_of_row(&h, st, 1);
        reb_customer_score c = {0};
        /* One history that the mathematics refuses must not stop the others: it gets no score, as in SQL. */
        if (reb_score_customer(&c, &f->score, &h, day, NULL) != REB_OK) continue;
        add_score(b, &h, &c, f->fit_id, day);
        if (b->count == SCORE_BATCH) status = flush_scores(b, s, err);
    }
    reb_stmt_close(st);
    if (status == REB_OK) status = flush_scores(b, s, err);
    free(b);
    return status;
}

typedef struct scoring {
    const reb_fit_report *fit;
    int64_t day;
    int64_t now_us;
} scoring;

static reb_status score_work(reb_store *s, void *ctx, reb_err *err) {
    const scoring *w = ctx;
    char state[STATE_TEXT];
    char held[STATE_TEXT];
    reb_status st = score_state(state, s, w->fit, w->day, err);
    if (st == REB_OK) st = stored_state(held, s, err);
    if (st != REB_OK || strcmp(state, held) == 0) return st;
    /* Written first: of two programs that score at the same time on PostgreSQL the later one waits here, and begins again. */
    st = reb_exec(s, REB_SQL_SETTING_PUT, REB_ARGS(reb_t(k_state_key), reb_t(state), reb_i(w->now_us)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_SCORE_CLEAR, REB_NO_ARGS, NULL, err);
    if (st == REB_OK)
        st = reb_store_engine(s) == REB_ENGINE_SQLITE ? score_by_sql(s, w->fit, w->day, err) : score_by_stream(s, w->fit, w->day, err);
    return st;
}

reb_status reb_score_all(reb_store *s, const reb_fit_report *fit, int64_t day, int64_t now_us, reb_err *err) {
    scoring w = {.fit = fit, .day = day, .now_us = now_us};
    return reb_store_write(s, score_work, &w, err);
}

reb_status reb_score_fresh(bool *fresh, reb_store *s, const reb_fit_report *fit, int64_t day, reb_err *err) {
    char state[STATE_TEXT];
    char held[STATE_TEXT];
    reb_status st = score_state(state, s, fit, day, err);
    if (st == REB_OK) st = stored_state(held, s, err);
    *fresh = st == REB_OK && strcmp(state, held) == 0;
    return st;
}

reb_status reb_score_forget(reb_store *s, reb_err *err) {
    return reb_exec(s, REB_SQL_FIT_FORGET_SETTING, REB_ARGS(reb_t(k_state_key)), NULL, err);
}

/* --- the whole ---------------------------------------------------------------------------------------------------------------------- */

typedef struct storing {
    reb_fit_report *report;
    const reb_nbd_row *rows;
    size_t row_count;
} storing;

static reb_status store_fit(reb_store *s, void *ctx, reb_err *err) {
    storing *w = ctx;
    reb_fit_report *r = w->report;
    reb_status st = reb_exec(s, REB_SQL_FIT_RETIRE, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_score_all(s, r, r->as_of_day, r->created_us, err);
    if (st == REB_OK) st = fit_totals(r, s, w->rows, w->row_count, err);
    if (st != REB_OK) return st;
    reb_buf b = {0};
    reb_json j = {.out = &b};
    reb_fit_json(&j, r);
    st = b.failed ? reb_fail(err, REB_E_MEMORY, "No memory left for the report.")
                  : reb_exec(s, REB_SQL_FIT_INSERT,
                             REB_ARGS(reb_i(r->fit_id), reb_t(reb_nbd_model_name(r->score.model)), reb_i(r->as_of_day),
                                      reb_t(reb_buf_cstr(&b)), reb_i(r->created_us)),
                             NULL, err);
    reb_buf_free(&b);
    return st;
}

static reb_status pick_model(int *forced, const char *name, reb_err *err) {
    *forced = -1;
    if (name == NULL || strcmp(name, "auto") == 0) return REB_OK;
    reb_nbd_model m = REB_MBGNBD;
    if (reb_nbd_model_from_name(&m, name) != REB_NUM_OK) {
        reb_fail(err, REB_E_USAGE, "There is no model \"%s\".", name);
        reb_err_next(err, "Choose pnbd, bgnbd or mbgnbd, or leave it out: the business's own past then chooses.");
        return REB_E_USAGE;
    }
    *forced = (int)m;
    return REB_OK;
}

static void describe(reb_fit_report *r, const fit_data *d, const reb_policy *p) {
    r->as_of_day = d->as_of_day;
    r->drift_ratio = p->drift_ratio;
    r->customers = (int64_t)d->count;
    r->repeaters = d->repeaters;
    r->purchase_days = d->purchase_days;
    r->first_day = d->first_day;
    r->zero_value_days = d->zero_value_days;
    snprintf(r->currency, sizeof r->currency, "%s", p->currency);
    r->currency_digits = p->currency_digits;
    reb_score_discounts(&r->score.discount_near, &r->score.discount_far, p->discount_yearly);
}

reb_status reb_fit_run(reb_fit_report *out, reb_store *s, const reb_fit_request *request, reb_err *err) {
    reb_policy policy = {0};
    fit_data d = {0};
    reb_nbd_row *rows = NULL;
    size_t row_count = 0;
    int forced = -1;
    int64_t day = 0;
    *out = (reb_fit_report){.created_us = request->now_us};
    const reb_work_progress *tell = &request->progress;
    reb_status st = pick_model(&forced, request->model, err);
    if (st == REB_OK) st = reb_policy_read(&policy, s, err);
    if (st == REB_OK) day = reb_policy_day(&policy, request->now_us, NULL);
    if (st == REB_OK && !fit_tell(tell, 0.0, "reading purchases")) st = fit_stopped(err);
    if (st == REB_OK) st = fit_data_read(&d, s, day, err);
    if (st != REB_OK) goto done;
    describe(out, &d, &policy);
    out->forced = forced >= 0;
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)(reb_monotonic_us() & 1023)};
    out->fit_id = reb_id_next(&ids);
    if (!fit_tell(tell, 0.3, "comparing the models on the past")) st = fit_stopped(err);
    if (st == REB_OK) st = fit_holdout(out, &d, forced, tell, err);
    if (st == REB_OK && !fit_tell(tell, 0.7, "fitting")) st = fit_stopped(err);
    if (st == REB_OK) st = fit_rhythm(out, &rows, &row_count, &d, err);
    if (st == REB_OK) st = fit_spend(out, &d, err);
    if (st != REB_OK) goto done;
    settle_margin(out, &d, &policy);
    settle_verdict(out);
    fit_data_free(&d);
    if (!fit_tell(tell, 0.8, "scoring")) {
        st = fit_stopped(err);
        goto done;
    }
    storing w = {.report = out, .rows = rows, .row_count = row_count};
    st = reb_store_write(s, store_fit, &w, err);
    if (st == REB_OK) fit_tell(tell, 1.0, "done");
done:
    reb_policy_free(&policy);
    fit_data_free(&d);
    free(rows);
    return st;
}

/* Settings that were changed since the fit count at once: only rhythm and spend need a new fit. */
static reb_status apply_settings(reb_fit_report *r, reb_store *s, reb_err *err) {
    reb_policy p = {0};
    reb_status st = reb_policy_read(&p, s, err);
    if (st == REB_OK) {
        reb_score_model before = r->score;
        if (r->margin_known_share < MARGIN_KNOWN_ENOUGH) r->score.margin_rate = p.margin_rate;
        reb_score_discounts(&r->score.discount_near, &r->score.discount_far, p.discount_yearly);
        r->settings_changed = before.margin_rate != r->score.margin_rate || before.discount_near != r->score.discount_near ||
                              before.discount_far != r->score.discount_far || r->drift_ratio != p.drift_ratio;
        r->drift_ratio = p.drift_ratio;
    }
    reb_policy_free(&p);
    return st;
}

reb_status reb_fit_load(reb_fit_report *out, bool *found, reb_store *s, int64_t day, reb_err *err) {
    reb_stmt *st = NULL;
    *found = false;
    reb_status status = reb_query(&st, s, REB_SQL_FIT_NEWEST, REB_ARGS(reb_i(day)), err);
    if (status == REB_OK) status = reb_step(st, found, err);
    if (status == REB_OK && *found) {
        *out = (reb_fit_report){.fit_id = reb_col_i64(st, 0), .as_of_day = reb_col_i64(st, 2), .created_us = reb_col_i64(st, 4)};
        status = fit_from_json(out, reb_col_text(st, 3), err);
    }
    reb_stmt_close(st);
    return status == REB_OK && *found ? apply_settings(out, s, err) : status;
}
