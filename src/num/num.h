/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of src/num share among themselves. The public face is include/rebound.h. */
#ifndef REB_NUM_INTERNAL_H
#define REB_NUM_INTERNAL_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rebound.h"

/* ---- special.c: no libm lgamma, which writes the global signgam ---- */

double num_log_rising(double z, double k); /* log Gamma(z + k) - log Gamma(z), k >= 0, z > 0, without cancellation */
double num_lgamma(double z);               /* z > 0 */
double num_digamma(double z);              /* z > 0 */
double num_trigamma(double z);             /* z > 0 */
void num_rising_derivatives(double *first, double *second, double z, double k); /* of num_log_rising by z; k whole */
double num_nbd_tail(double k, double r, double z, double z1);                   /* P(X >= k), X negative binomial: I_z(k, r); z1 = 1 - z */
/* exp(z) E_s(z), the integral of (1 + w)^-s exp(-z w) over w > 0: prepared once for an s > 0, then for any z > 0. */
typedef struct num_expint {
    double s, n, step;           /* s = n + step, n whole */
    double log_c, inverse_gamma; /* see num_expint_scaled */
} num_expint;

void num_expint_init(num_expint *e, double s);
double num_expint_scaled(const num_expint *e, double z);

/* ---- quad.c ---- */

/* A Gauss-Legendre rule on [0, 1]: n pairs of node and weight. n is one of 3, 4, 6, 8, 12, 16. */
const double (*num_gl(int n))[2];

/* Mean of f(p) over p ~ Beta(a, b). f gets p and q = 1 - p, both accurate, and must be smooth in log(p / q); it is taken as
 * constant where p < 1e-17 / scale and where q < 1e-17 / scale (scale >= 1). */
double num_beta_mean(double a, double b, double scale, double (*f)(double p, double q, void *ctx), void *ctx);

/* log of the integral over [lo, hi] of exp(g(v)), g with a single hump, whose top and width need not be known. */
double num_log_integral(double lo, double hi, double (*g)(double v, void *ctx), void *ctx);

/* ---- linalg.c: symmetric positive definite systems of dimension n <= 4, stored 4 x 4 ---- */

bool num_cholesky(double l[16], const double m[16], int n);
void num_cholesky_solve(double x[4], const double l[16], const double b[4], int n);
void num_cholesky_inverse(double inv[16], const double l[16], int n);

/* |a| x = b for a symmetric a, where |a| has the absolute values of a's eigenvalues: an ascent direction whatever the signs. */
void num_absolute_solve(double x[4], const double a[16], const double b[4], int n);

/* ---- what a model says of one customer; every derivative is by the logarithms of the parameters ---- */

typedef struct num_sums {
    double ll;
    double g[4];
    double h[16];
} num_sums;

/* Core of Pareto/NBD: Q = (weight of having died in [t_x, T]) / (weight of being alive at T), as exp(*log_scale) * q. */
double num_pnbd_dead_ratio(double *log_scale, const double par[4], double x, double t_x, double T);

void num_pnbd_row(num_sums *sums, bool derivatives, const double par[4], const reb_nbd_row *row);
/* log of the odds of having left at t_x against being alive at T; BG/NBD only for x > 0. */
double num_bg_log_odds(const double par[4], bool mbg, double x, double t_x, double T);
/* Adds the derivatives of log (r)_x + log (b)_j - log (a + b)_j. */
void num_bg_counts(double g[4], double h[16], const double par[4], double x, double j);
void num_bg_row(num_sums *sums, bool derivatives, bool mbg, const double par[4], const reb_nbd_row *row);

/* Plain derivatives out of those by the logarithms (of which only the upper half is filled). Either output may be NULL. */
void num_plain_derivatives(double *gradient, double *hessian, const num_sums *sums, const double params[4], int dim);

/* The future of a customer who is alive with probability p: rate ~ Gamma(r, alpha), and p2 = (s, beta) or (a, b). */
typedef struct num_future {
    reb_nbd_model model;
    double p, r, alpha, s, beta;
} num_future;

reb_num_status num_future_given(num_future *f, reb_nbd_model model, const double par[4], double x, double t_x, double T);
reb_num_status num_future_new(num_future *f, reb_nbd_model model, const double par[4]);
double num_future_expected(const num_future *f, double t);
double num_future_pmf(const num_future *f, double k, double t);
reb_num_status num_future_dert(double *out, const num_future *f, double delta);

/* ---- fit ---- */

typedef struct num_problem {
    int dim;                                                      /* free parameters, 3 or 4 */
    void (*eval)(num_sums *sums, const double par[4], void *ctx); /* value and derivatives by logarithms */
    void *ctx;
    const reb_prior *prior;
    double lo[4], hi[4]; /* of the logarithms */
} num_problem;

/* Climbs from theta (logarithms). Fills status, at_boundary, params, log_likelihood, penalty, se, cov_log, and adds to
 * evaluations. step_tol: stop when the Newton step is below. */
void num_newton(reb_fit *fit, const num_problem *problem, const double start[4], double step_tol);

bool num_row_good(const reb_nbd_row *row);
/* Is t a whole number of grid steps (to a millionth), and which? */
bool num_on_grid(double t, double per_unit, double *step);

/* Shared by the fits: options in their ranges, the stated least size, and the order of prior, plain fit and fallback. */
bool num_good_options(const reb_fit_options *options, int dim);
bool num_too_little(const reb_fit *fit, const reb_fit_options *options);
void num_fit_with_priors(reb_fit *fit, num_problem *problem, const reb_fit_options *options,
                         void (*climb_once)(reb_fit *fit, num_problem *problem, void *ctx), void *ctx);

/* log(1 + v), v >= 0: libm's faster log where it is as exact. */
static inline double num_log1p(double v) {
    return v > 0.5 ? log(1.0 + v) : log1p(v);
}

static inline bool num_is_whole(double v) {
    return v == floor(v);
}

static inline bool num_finite(double v) {
    return isfinite(v) != 0;
}

static inline bool num_positive_param(double v) {
    return v >= REB_NUM_MIN_PARAM && v <= REB_NUM_MAX_PARAM;
}

#endif
