/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gamma-Gamma spend. With y = x z (the sum spent), A = y / (v + y):
 *   log L = log Gamma(p x + q) - log Gamma(p x) - log Gamma(q) - q log(1 + y / v) - p x log(1 + v / y) - log z.
 */
#include <string.h>

#include "num.h"

#define SMALL_X 256 /* the gamma terms of these counts are taken once each */

static bool gg_row_good(const reb_gg_row *row) {
    return row->x >= 1.0 && row->x <= REB_NUM_MAX_X && num_is_whole(row->x) && row->z >= 1e-9 && row->z <= 1e15 && row->n > 0.0 &&
           row->n <= 1e15;
}

/* log Gamma(p x + q) - log Gamma(p x) - log Gamma(q) and derivatives, n times. */
static void gg_counts(num_sums *sums, double n, const double par[4], double x) {
    double p = par[0];
    double q = par[1];
    double px = p * x;
    double psi_sum = num_digamma(px + q);
    double tri_sum = num_trigamma(px + q);
    double gp = px * (psi_sum - num_digamma(px));
    double gq = q * (psi_sum - num_digamma(q));
    sums->ll += n * (num_log_rising(px, q) - num_lgamma(q));
    sums->g[0] += n * gp;
    sums->g[1] += n * gq;
    sums->h[0] += n * (gp + px * px * (tri_sum - num_trigamma(px)));
    sums->h[1] += n * px * q * tri_sum;
    sums->h[5] += n * (gq + q * q * (tri_sum - num_trigamma(q)));
}

static void gg_spend(num_sums *sums, const double par[4], const reb_gg_row *row) {
    double px = par[0] * row->x;
    double q = par[1];
    double y = row->x * row->z;
    double la = log1p(y / par[2]);
    double lb = log1p(par[2] / y);
    double a = y / (par[2] + y);
    double b = par[2] / (par[2] + y);
    double n = row->n;
    sums->ll += n * (-q * la - px * lb - log(row->z));
    sums->g[0] -= n * px * lb;
    sums->g[1] -= n * q * la;
    sums->g[2] += n * (q * a - px * b);
    sums->h[0] -= n * px * lb;
    sums->h[2] -= n * px * b;
    sums->h[5] -= n * q * la;
    sums->h[6] += n * q * a;
    sums->h[10] -= n * (q + px) * a * b;
}

reb_num_status reb_gg_log_likelihood(double *log_likelihood, double *gradient, double *hessian, const double params[4], double x,
                                     double z) {
    reb_gg_row row = {x, z, 1.0};
    num_sums sums = {0};
    for (int i = 0; i < 3; i++)
        if (!num_positive_param(params[i])) return REB_NUM_DOMAIN;
    if (!gg_row_good(&row)) return REB_NUM_DOMAIN;
    gg_counts(&sums, 1.0, params, x);
    gg_spend(&sums, params, &row);
    if (!num_finite(sums.ll)) return REB_NUM_RANGE;
    *log_likelihood = sums.ll;
    num_plain_derivatives(gradient, hessian, &sums, params, 3);
    return REB_NUM_OK;
}

reb_num_status reb_gg_expected(double *value, const double params[4], double x, double z) {
    for (int i = 0; i < 3; i++)
        if (!num_positive_param(params[i])) return REB_NUM_DOMAIN;
    if (!(x >= 0.0 && x <= REB_NUM_MAX_X && num_is_whole(x)) || (x > 0.0 && !(z > 0.0 && z <= 1e15))) return REB_NUM_DOMAIN;
    double below = params[0] * x + (params[1] - 1.0);
    if (!(below > 0.0)) return REB_NUM_RANGE;
    double v = params[0] * (params[2] + (x > 0.0 ? x * z : 0.0)) / below;
    if (!num_finite(v)) return REB_NUM_RANGE;
    *value = v;
    return REB_NUM_OK;
}

typedef struct gg_data {
    const reb_gg_row *rows;
    size_t n;
    double by_x[SMALL_X];
    double start[4];
} gg_data;

static void gg_total(num_sums *sums, const double par[4], void *context) {
    const gg_data *data = context;
    for (int x = 1; x < SMALL_X; x++)
        if (data->by_x[x] > 0.0) gg_counts(sums, data->by_x[x], par, x);
    for (size_t i = 0; i < data->n; i++) {
        if (!gg_row_good(&data->rows[i])) continue;
        if (data->rows[i].x >= SMALL_X) gg_counts(sums, data->rows[i].n, par, data->rows[i].x);
        gg_spend(sums, par, &data->rows[i]);
    }
}

static void gg_climb(reb_fit *fit, num_problem *problem, void *context) {
    const gg_data *data = context;
    num_newton(fit, problem, data->start, 1e-6);
}

reb_num_status reb_gg_fit(reb_fit *fit, const reb_gg_row *rows, size_t n, const reb_fit_options *options) {
    memset(fit, 0, sizeof *fit);
    if (!num_good_options(options, 3)) return REB_NUM_DOMAIN;
    gg_data data = {.rows = rows, .n = n};
    double log_z = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!gg_row_good(&rows[i])) {
            fit->bad_rows++;
            continue;
        }
        fit->rows++;
        fit->customers += rows[i].n;
        if (rows[i].x > 1.0) fit->repeaters += rows[i].n;
        if (rows[i].x < SMALL_X) data.by_x[(int)rows[i].x] += rows[i].n;
        log_z += rows[i].n * log(rows[i].z);
    }
    fit->status = REB_FIT_TOO_LITTLE;
    if (fit->rows == 0) return REB_NUM_NO_DATA;
    log_z /= fit->customers;
    /* start: mild variation between and within customers, at their own mean */
    data.start[0] = log(2.0);
    data.start[1] = log(3.0);
    data.start[2] = log_z;
    for (int i = 0; i < 3 && options != NULL && options->start != NULL; i++) data.start[i] = log(options->start[i]);
    num_problem problem = {.dim = 3, .eval = gg_total, .ctx = &data};
    for (int i = 0; i < 3; i++) {
        problem.lo[i] = fmax(log(1e-6) + (i == 2 ? log_z : 0.0), log(2.0 * REB_NUM_MIN_PARAM));
        problem.hi[i] = fmin(log(1e6) + (i == 2 ? log_z : 0.0), log(0.5 * REB_NUM_MAX_PARAM));
    }
    num_fit_with_priors(fit, &problem, options, gg_climb, &data);
    return REB_NUM_OK;
}

reb_num_status reb_gg_default_prior(reb_prior *prior, double typical_value) {
    if (!(typical_value >= 1e-9 && typical_value <= 1e15)) return REB_NUM_DOMAIN;
    /* orders of one customer vary by a half, customers among themselves by as much; mean p v / (q - 1) at the typical value */
    const double p = 4.0;
    const double q = 4.0;
    *prior =
        (reb_prior){.mean_log = {log(p), log(q), log(typical_value * (q - 1.0) / p), 0.0}, .sd_log = {1.0, 1.0, 1.5, 1.0}, .weight = 1.0};
    return REB_NUM_OK;
}
