/* SPDX-License-Identifier: Apache-2.0 */
/* Fit of the three models of repeat buying. */
#include <string.h>

#include "fit.h"
#include "total.h"

/* Rows above which a first climb on every so many-th row pays. */
#define SAMPLE_FROM 40000
#define SAMPLE_ROWS 10000

typedef struct survey {
    size_t good, bad, last_good; /* last_good: rows up to the last usable one */
    double customers, repeaters, mean_T, max_T;
    bool sorted, grid;
} survey;

static survey look(const reb_nbd_row *rows, size_t n, double per_unit) {
    survey s = {.sorted = true, .grid = per_unit > 0.0};
    double step;
    double x = -1.0;
    for (size_t i = 0; i < n; i++) {
        const reb_nbd_row *row = &rows[i];
        if (!num_row_good(row)) {
            s.bad++;
            continue;
        }
        s.good++;
        s.last_good = i + 1;
        s.customers += row->n;
        if (row->x > 0.0) s.repeaters += row->n;
        s.mean_T += row->n * row->T;
        if (row->T > s.max_T) s.max_T = row->T;
        if (row->x < x) s.sorted = false;
        x = row->x;
        if (s.grid && !(num_on_grid(row->T, per_unit, &step) && num_on_grid(row->t_x, per_unit, &step))) s.grid = false;
    }
    if (s.customers > 0.0) s.mean_T /= s.customers;
    if (s.grid && s.max_T * per_unit > NUM_MAX_DAYS) s.grid = false;
    return s;
}

static double grid_of(const reb_fit_options *options) {
    return options != NULL ? options->per_unit : 0.0;
}

size_t reb_nbd_fit_work_size(const reb_nbd_row *rows, size_t n, const reb_fit_options *options) {
    double per_unit = grid_of(options);
    double max_T = 0.0;
    if (!(per_unit > 0.0)) return 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].T > max_T && rows[i].T <= REB_NUM_MAX_T) max_T = rows[i].T;
    double days = max_T * per_unit + 1.0;
    return days > NUM_MAX_DAYS ? 0 : num_tables_size((int)days) * sizeof(double);
}

static bool good_prior(const reb_prior *prior) {
    if (prior == NULL) return true;
    if (!(prior->weight >= 0.0 && prior->weight <= 1e12)) return false;
    for (int i = 0; i < 4; i++)
        if (!(fabs(prior->mean_log[i]) <= 100.0 && prior->sd_log[i] >= 1e-6 && prior->sd_log[i] <= 1e6)) return false;
    return true;
}

bool num_good_options(const reb_fit_options *o, int dim) {
    if (o == NULL) return true;
    if (!(o->per_unit >= 0.0 && o->per_unit <= 1e9) || !num_finite(o->min_customers) || !num_finite(o->min_repeaters)) return false;
    for (int i = 0; i < dim && o->start != NULL; i++)
        if (!num_positive_param(o->start[i])) return false;
    return good_prior(o->prior) && good_prior(o->fallback);
}

bool num_too_little(const reb_fit *fit, const reb_fit_options *o) {
    double customers = o != NULL && o->min_customers != 0.0 ? o->min_customers : REB_FIT_MIN_CUSTOMERS;
    double repeaters = o != NULL && o->min_repeaters != 0.0 ? o->min_repeaters : REB_FIT_MIN_REPEATERS;
    return fit->customers < customers || fit->repeaters < repeaters;
}

/* The box: shapes from a millionth to ten million, scales the same around the mean time observed. */
static void set_box(num_problem *p, reb_nbd_model model, double mean_T) {
    double unit = log(mean_T > 0.0 ? mean_T : 1.0);
    for (int i = 0; i < 4; i++) {
        bool scale = i == 1 || (i == 3 && model == REB_PNBD);
        p->lo[i] = fmax(log(1e-6) + (scale ? unit : 0.0), log(2.0 * REB_NUM_MIN_PARAM));
        p->hi[i] = fmin(log(1e7) + (scale ? unit : 0.0), log(0.5 * REB_NUM_MAX_PARAM));
    }
}

/* A few hundred histories can have more than one top, or a top beside a ridge without end: then other starts are tried too, and the
 * highest counts. Factors of the usual start. */
#define FEW_ROWS 400
static const double other_starts[4][4] = {{2.0, 1.0, 0.2, 0.01}, {10.0, 10.0, 1.0, 0.25}, {2.0, 1.0, 3.0, 5.0}, {0.3, 0.2, 5.0, 10.0}};

static void climb_elsewhere(reb_fit *fit, num_problem *problem, const double start[4]) {
    for (int k = 0; k < 4; k++) {
        reb_fit other = *fit;
        double theta[4];
        for (int i = 0; i < 4; i++) theta[i] = start[i] + log(other_starts[k][i]);
        num_newton(&other, problem, theta, 1e-6);
        bool higher = other.log_likelihood + other.penalty > fit->log_likelihood + fit->penalty + 1e-6;
        int evaluations = other.evaluations;
        if (higher && other.status != REB_FIT_NOT_CONVERGED) *fit = other;
        fit->evaluations = evaluations;
    }
}

static void climb(reb_fit *fit, num_problem *problem, num_data *data, const double start[4], bool sample, double step_tol) {
    double theta[4];
    memcpy(theta, start, sizeof theta);
    if (sample && data->n > SAMPLE_FROM) {
        reb_fit rough = {0};
        data->stride = data->n / SAMPLE_ROWS;
        num_newton(&rough, problem, theta, 1e-2);
        data->stride = 1;
        if (rough.status == REB_FIT_CONVERGED)
            for (int i = 0; i < 4; i++) theta[i] = log(rough.params[i]);
    }
    num_newton(fit, problem, theta, step_tol);
    if (sample && (data->n < FEW_ROWS || (fit->status == REB_FIT_BOUNDARY && data->n < SAMPLE_FROM))) climb_elsewhere(fit, problem, start);
}

void num_fit_with_priors(reb_fit *fit, num_problem *problem, const reb_fit_options *options,
                         void (*climb_once)(reb_fit *fit, num_problem *problem, void *ctx), void *ctx) {
    problem->prior = options != NULL ? options->prior : NULL;
    fit->used_prior = problem->prior != NULL ? 1 : 0;
    climb_once(fit, problem, ctx);
    if (fit->status == REB_FIT_BOUNDARY && problem->prior == NULL && options != NULL && options->fallback != NULL) {
        int bits = fit->at_boundary;
        problem->prior = options->fallback;
        climb_once(fit, problem, ctx);
        fit->used_prior = 2;
        fit->at_boundary |= bits;
        if (fit->status == REB_FIT_CONVERGED) fit->status = REB_FIT_BOUNDARY;
    }
    if (fit->status != REB_FIT_NOT_CONVERGED && num_too_little(fit, options)) fit->status = REB_FIT_TOO_LITTLE;
}

typedef struct climb_ctx {
    num_data data;
    double start[4];
    bool given;
    double step_tol;
} climb_ctx;

static void climb_rows(reb_fit *fit, num_problem *problem, void *context) {
    climb_ctx *c = context;
    climb(fit, problem, &c->data, c->start, !c->given, c->step_tol);
}

static reb_num_status fit_data(reb_fit *fit, climb_ctx *ctx, const reb_fit_options *options, double mean_T) {
    num_problem problem = {.dim = 4, .ctx = &ctx->data};
    problem.eval = ctx->data.model == REB_PNBD ? num_pnbd_total : num_bg_total;
    set_box(&problem, ctx->data.model, mean_T);
    num_fit_with_priors(fit, &problem, options, climb_rows, ctx);
    return REB_NUM_OK;
}

/* What the fit needs to know of the rows; tables where times are on a grid. */
static reb_num_status set_data(num_data *data, const survey *s, reb_nbd_model model, const reb_nbd_row *rows, double per_unit, void *work,
                               size_t work_size) {
    *data = (num_data){.model = model, .rows = rows, .n = s->last_good, .stride = 1, .has_bad = s->good != s->last_good};
    if (!s->grid || !(s->sorted || model != REB_PNBD)) return REB_NUM_OK;
    data->days = (int)(s->max_T * per_unit + 0.5);
    data->per_unit = per_unit;
    data->tables = work;
    return work == NULL || work_size < num_tables_size(data->days) * sizeof(double) ? REB_NUM_WORK : REB_NUM_OK;
}

reb_num_status num_eval_rows(num_sums *sums, reb_nbd_model model, const reb_nbd_row *rows, size_t n, double per_unit, const double par[4],
                             void *work, size_t work_size) {
    num_data data;
    survey s = look(rows, n, per_unit);
    memset(sums, 0, sizeof *sums);
    reb_num_status status = set_data(&data, &s, model, rows, per_unit, work, work_size);
    if (status != REB_NUM_OK || s.good == 0) return status;
    if (model == REB_PNBD)
        num_pnbd_total(sums, par, &data);
    else
        num_bg_total(sums, par, &data);
    return REB_NUM_OK;
}

static reb_num_status fit_rows(reb_fit *fit, reb_nbd_model model, const reb_nbd_row *rows, size_t n, const reb_fit_options *options,
                               void *work, size_t work_size, double step_tol) {
    memset(fit, 0, sizeof *fit);
    if (reb_nbd_model_name(model) == NULL || !num_good_options(options, 4)) return REB_NUM_DOMAIN;
    double per_unit = grid_of(options);
    survey s = look(rows, n, per_unit);
    fit->customers = s.customers;
    fit->repeaters = s.repeaters;
    fit->rows = s.good;
    fit->bad_rows = s.bad;
    fit->status = REB_FIT_TOO_LITTLE;
    if (s.good == 0) return REB_NUM_NO_DATA;
    climb_ctx ctx;
    reb_num_status status = set_data(&ctx.data, &s, model, rows, per_unit, work, work_size);
    if (status != REB_NUM_OK) return status;
    double unit = s.mean_T > 0.0 ? s.mean_T : 1.0;
    double start[4] = {1.0, unit, 1.0, model == REB_PNBD ? unit : 2.0};
    ctx.step_tol = step_tol;
    ctx.given = options != NULL && options->start != NULL;
    for (int i = 0; i < 4; i++) ctx.start[i] = log(ctx.given ? options->start[i] : start[i]);
    return fit_data(fit, &ctx, options, s.mean_T);
}

reb_num_status reb_nbd_fit(reb_fit *fit, reb_nbd_model model, const reb_nbd_row *rows, size_t n, const reb_fit_options *options, void *work,
                           size_t work_size) {
    return fit_rows(fit, model, rows, n, options, work, work_size, 1e-6);
}

reb_num_status num_fit_near(reb_fit *fit, reb_nbd_model model, const reb_nbd_row *rows, size_t n, const reb_fit_options *options,
                            void *work, size_t work_size) {
    return fit_rows(fit, model, rows, n, options, work, work_size, 1e-2);
}

/*
 * Centre and breadth of the default priors, in days. See docs/mathematics.md.
 */
reb_num_status reb_nbd_default_prior(reb_prior *prior, reb_nbd_model model, double days_per_unit) {
    static const double centre[3][4] = {{0.7, 85.0, 0.5, 45.0}, {0.3, 40.0, 0.6, 2.0}, {0.65, 60.0, 0.6, 1.2}};
    static const double spread[3][4] = {{1.0, 1.2, 1.0, 1.4}, {1.0, 1.2, 1.0, 1.2}, {1.0, 1.2, 1.0, 1.2}};
    if (reb_nbd_model_name(model) == NULL || !(days_per_unit >= 1e-6 && days_per_unit <= 1e6)) return REB_NUM_DOMAIN;
    for (int i = 0; i < 4; i++) {
        bool scale = i == 1 || (i == 3 && model == REB_PNBD);
        prior->mean_log[i] = log(centre[model][i] / (scale ? days_per_unit : 1.0));
        prior->sd_log[i] = spread[model][i];
    }
    prior->weight = 1.0;
    return REB_NUM_OK;
}
