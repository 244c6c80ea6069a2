/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes after T. A customer who is alive at T has, by Bayes, again gamma (and beta) distributed rates: Gamma(r + x, alpha + T)
 * and Gamma(s, beta + T), or Beta(a, b + j). So the future of any customer is that of a new one with other parameters, times P(alive).
 */
#include "num.h"

reb_num_status num_future_given(num_future *f, reb_nbd_model model, const double par[4], double x, double t_x, double T) {
    reb_num_status status = reb_nbd_check_params(model, par);
    if (status == REB_NUM_OK) status = reb_nbd_check_history(x, t_x, T);
    if (status != REB_NUM_OK) return status;
    f->model = model;
    f->r = par[0] + x;
    f->alpha = par[1] + T;
    f->s = par[2];
    if (model == REB_PNBD) {
        double scale;
        double q = num_pnbd_dead_ratio(&scale, par, x, t_x, T);
        f->p = q > 0.0 ? 1.0 / (1.0 + exp(scale + log(q))) : 1.0;
        f->beta = par[3] + T;
    } else {
        bool mbg = model == REB_MBGNBD;
        f->p = mbg || x > 0.0 ? 1.0 / (1.0 + exp(num_bg_log_odds(par, mbg, x, t_x, T))) : 1.0;
        f->beta = par[3] + x + (mbg ? 1.0 : 0.0);
    }
    return REB_NUM_OK;
}

reb_num_status num_future_new(num_future *f, reb_nbd_model model, const double par[4]) {
    reb_num_status status = reb_nbd_check_params(model, par);
    if (status != REB_NUM_OK) return status;
    f->model = model;
    f->p = 1.0;
    f->r = par[0];
    f->alpha = par[1];
    f->s = par[2];
    f->beta = par[3];
    if (model == REB_MBGNBD) {
        /* may have left right after the first purchase */
        f->p = par[3] / (par[2] + par[3]);
        f->beta = par[3] + 1.0;
    }
    return REB_NUM_OK;
}

/* (1 - exp(-c l)) / c, also at and around c = 0. */
static double ramp(double c, double l) {
    double z = c * l;
    return fabs(z) < 1e-290 ? l : -expm1(-z) / c;
}

typedef struct bg_ctx {
    double r, tau, ratio;
    num_expint expint;
} bg_ctx;

/* Purchases of one who leaves with chance p after each: (1 - (1 + p tau)^-r) / p. */
static double bg_expected_at(double p, double q, void *ctx) {
    const bg_ctx *c = ctx;
    (void)q;
    if (p * c->tau * (c->r + 1.0) < 1e-18) return c->r * c->tau;
    return -expm1(-c->r * log1p(p * c->tau)) / p;
}

/*
 * Expected purchases over Beta(a, b), by the series that is left of Gauss's after Euler's transformation and without its pole:
 *   -C expm1((a-1) L) / (a-1) - e^{(a-1) L} sum_j (a)_{j-1} (C-r)_j / ((C+1)_{j-1} j!) z^j,  C = a + b - 1, L = -log(1 + tau).
 * False where it would converge slowly or lose digits.
 */
static bool bg_series(double *out, const num_future *f, double tau) {
    double z = tau / (1.0 + tau);
    if (z > 0.97) return false;
    double a1 = f->s - 1.0;
    double c = a1 + f->beta;
    double l = log1p(tau);
    double first = c * ramp(a1, l);
    double term = (c - f->r) * z;
    double sum = term;
    double largest = fabs(term);
    int j = 1;
    for (; j < 1500; j++) {
        term *= (f->s + j - 1.0) * (c - f->r + j) / ((c + j) * (j + 1.0)) * z;
        sum += term;
        double size = fabs(term);
        if (size > largest) largest = size;
        if (size <= 1e-17 * fabs(sum)) break;
    }
    if (j == 1500 || !num_finite(sum)) return false;
    double factor = exp(-a1 * l);
    double value = first - factor * sum;
    *out = value;
    return value > 0.0 && fabs(first) + factor * largest < 3e3 * value;
}

double num_future_expected(const num_future *f, double t) {
    if (t == 0.0 || f->p == 0.0) return 0.0;
    if (f->model == REB_PNBD) return f->p * f->r * (f->beta / f->alpha) * ramp(f->s - 1.0, log1p(t / f->beta));
    double tau = t / f->alpha;
    double value;
    if (!bg_series(&value, f, tau)) {
        bg_ctx ctx = {.r = f->r, .tau = tau};
        double scale = 1.0 + tau;
        value = num_beta_mean(f->s, f->beta, scale * (f->r + 1.0), bg_expected_at, &ctx);
    }
    return f->p * value;
}

/* ---- probability of k purchases ---- */

/* log of the negative binomial probability of k in time t, rate ~ Gamma(r, alpha). */
static double log_nbd(double r, double alpha, double k, double t) {
    double log_coefficient = k == 0.0 ? 0.0 : num_log_rising(r, k) - num_log_rising(1.0, k);
    return log_coefficient - r * log1p(t / alpha) - (k == 0.0 ? 0.0 : k * log1p(alpha / t));
}

typedef struct pmf_ctx {
    const num_future *f;
    double m, k;
} pmf_ctx;

/* In v = log(1 + u / m): death at u and k purchases before, without the constant. */
static double pnbd_pmf_exponent(double v, void *ctx) {
    const pmf_ctx *c = ctx;
    double u = c->m * expm1(v);
    double purchases = c->k == 0.0 ? 0.0 : -c->k * log1p(c->f->alpha / u);
    return v + purchases - c->f->r * log1p(u / c->f->alpha) - (c->f->s + 1.0) * log1p(u / c->f->beta);
}

static double pnbd_pmf(const num_future *f, double k, double t) {
    pmf_ctx ctx = {f, f->alpha < f->beta ? f->alpha : f->beta, k};
    double alive = exp(log_nbd(f->r, f->alpha, k, t) - f->s * log1p(t / f->beta));
    double log_coefficient = k == 0.0 ? 0.0 : num_log_rising(f->r, k) - num_log_rising(1.0, k);
    double died = exp(num_log_integral(0.0, log1p(t / ctx.m), pnbd_pmf_exponent, &ctx) + log_coefficient + log(f->s * ctx.m / f->beta));
    return alive + died;
}

static double bg_pmf(const num_future *f, double k, double t) {
    double z = t / (f->alpha + t);
    double z1 = f->alpha / (f->alpha + t);
    double ab = f->s + f->beta;
    double stays = exp(num_log_rising(f->beta, k) - num_log_rising(ab, k) + log_nbd(f->r, f->alpha, k, t));
    if (k == 0.0) return stays;
    double leaves = f->s / ab * exp(num_log_rising(f->beta, k - 1.0) - num_log_rising(ab + 1.0, k - 1.0));
    return stays + leaves * num_nbd_tail(k, f->r, z, z1);
}

double num_future_pmf(const num_future *f, double k, double t) {
    double none = k == 0.0 ? 1.0 : 0.0;
    if (t == 0.0) return none;
    double p = f->model == REB_PNBD ? pnbd_pmf(f, k, t) : bg_pmf(f, k, t);
    double out = (1.0 - f->p) * none + f->p * p;
    return out > 1.0 ? 1.0 : out;
}

/* ---- discounted residual ---- */

/* One who leaves with chance p after each purchase: E[rate / (delta + rate p)]; ratio = delta alpha. */
static double bg_dert_at(double p, double q, void *ctx) {
    const bg_ctx *c = ctx;
    (void)q;
    double z = c->ratio / p;
    /* r / p D(r + 1, z), and D(s, z) -> 1 / z for p -> 0 */
    if (p < 1e-290 || z > 1e17 * (c->r + 1.0)) return c->r / c->ratio;
    return c->r / p * num_expint_scaled(&c->expint, z);
}

reb_num_status num_future_dert(double *out, const num_future *f, double delta) {
    double value;
    if (delta == 0.0) {
        if (!(f->s > 1.0)) return REB_NUM_RANGE;
        /* all the purchases there will ever be */
        value = f->model == REB_PNBD ? f->r * (f->beta / f->alpha) / (f->s - 1.0) : (f->s + f->beta - 1.0) / (f->s - 1.0);
    } else if (f->model == REB_PNBD) {
        num_expint e;
        num_expint_init(&e, f->s);
        value = f->r * (f->beta / f->alpha) * num_expint_scaled(&e, delta * f->beta);
    } else {
        bg_ctx ctx = {.r = f->r, .ratio = delta * f->alpha};
        num_expint_init(&ctx.expint, f->r + 1.0);
        double scale = 1.0 + (f->r + 1.0) / ctx.ratio;
        value = num_beta_mean(f->s, f->beta, scale * (f->r + 2.0), bg_dert_at, &ctx);
    }
    value *= f->p;
    if (!num_finite(value)) return REB_NUM_RANGE;
    *out = value;
    return REB_NUM_OK;
}
