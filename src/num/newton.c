/* SPDX-License-Identifier: Apache-2.0 */
/* Damped Newton steps on the logarithms of the parameters, inside a box; the box's wall stands for "no finite maximum". */
#include <string.h>

#include "num.h"

#define MAX_STEP 2.0 /* of any logarithm in one step */
#define MAX_ITERATIONS 150
#define FLAT_GAIN 1e-9    /* a step that promises less is no climb any more */
#define ENDLESS_GAIN 1e-6 /* nor is one that promises less than this and would still multiply a parameter by much */

typedef struct climb {
    const num_problem *problem;
    double theta[4];
    num_sums sums; /* with the penalty */
    double log_likelihood, penalty;
    int evaluations;
} climb;

static void evaluate(climb *c, const double theta[4]) {
    const num_problem *p = c->problem;
    double par[4] = {0};
    for (int i = 0; i < p->dim; i++) par[i] = exp(theta[i]);
    memset(&c->sums, 0, sizeof c->sums);
    p->eval(&c->sums, par, p->ctx);
    memcpy(c->theta, theta, sizeof c->theta);
    c->log_likelihood = c->sums.ll;
    c->penalty = 0.0;
    for (int i = 0; i < p->dim && p->prior != NULL; i++) {
        double precision = p->prior->weight / (p->prior->sd_log[i] * p->prior->sd_log[i]);
        double d = theta[i] - p->prior->mean_log[i];
        c->penalty -= 0.5 * precision * d * d;
        c->sums.g[i] -= precision * d;
        c->sums.h[5 * i] -= precision;
    }
    c->sums.ll += c->penalty;
    c->evaluations++;
}

/* The step over the parameters that are free to move. False where the likelihood is not curved downwards in every direction: then each
 * direction's curvature is taken by its size. */
static bool newton_step(double d[4], double l[16], const climb *c, const bool fixed[4]) {
    int index[4];
    int n = 0;
    for (int i = 0; i < c->problem->dim; i++)
        if (!fixed[i]) index[n++] = i;
    double m[16] = {0};
    double b[4] = {0};
    for (int i = 0; i < n; i++) {
        b[i] = c->sums.g[index[i]];
        for (int j = 0; j <= i; j++) {
            m[4 * i + j] = -c->sums.h[4 * index[j] + index[i]];
            m[4 * j + i] = m[4 * i + j];
        }
    }
    double x[4] = {0};
    bool definite = num_cholesky(l, m, n);
    if (definite)
        num_cholesky_solve(x, l, b, n);
    else
        num_absolute_solve(x, m, b, n);
    memset(d, 0, 4 * sizeof *d);
    for (int i = 0; i < n; i++) d[index[i]] = x[i];
    return definite;
}

static double largest_of(const double d[4]) {
    double m = 0.0;
    for (int i = 0; i < 4; i++) m = fabs(d[i]) > m ? fabs(d[i]) : m;
    return m;
}

/* Along which parameters is the likelihood flat? Inverse iteration towards the direction of least curvature. */
static int flat_directions(const climb *c, const bool fixed[4]) {
    climb copy = *c;
    double largest = 0.0;
    int dim = c->problem->dim;
    for (int i = 0; i < dim; i++) largest = fmax(largest, fabs(c->sums.h[5 * i]));
    for (int i = 0; i < dim; i++) copy.sums.h[5 * i] -= 1e-9 * largest + 1e-30;
    for (int i = 0; i < dim; i++) copy.sums.g[i] = 1.0 + 0.1 * i;
    double l[16];
    double d[4] = {0};
    for (int turn = 0; turn < 4; turn++) {
        newton_step(d, l, &copy, fixed);
        double m = largest_of(d);
        for (int i = 0; i < dim; i++) copy.sums.g[i] = m > 0.0 ? d[i] / m : 0.0;
    }
    int bits = 0;
    double m = largest_of(d);
    for (int i = 0; i < dim; i++)
        if (!fixed[i] && m > 0.0 && fabs(d[i]) > 0.3 * m) bits |= 1 << i;
    return bits;
}

static int find_fixed(bool fixed[4], const climb *c) {
    int bits = 0;
    for (int i = 0; i < c->problem->dim; i++) {
        fixed[i] = (c->theta[i] <= c->problem->lo[i] && c->sums.g[i] < 0.0) || (c->theta[i] >= c->problem->hi[i] && c->sums.g[i] > 0.0);
        if (fixed[i]) bits |= 1 << i;
    }
    return bits;
}

/* Goes along d as far as it pays. False if nowhere along it the value rises. */
static bool line_search(climb *c, const double d[4], double promise) {
    climb from = *c;
    double noise = 1e-13 * fabs(from.sums.ll) + 1e-12;
    for (double step = 1.0; step > 1e-6; step *= step == 1.0 ? 0.5 : 0.25) {
        double trial[4] = {0};
        for (int i = 0; i < c->problem->dim; i++) {
            double t = from.theta[i] + step * d[i];
            trial[i] = t < c->problem->lo[i] ? c->problem->lo[i] : t > c->problem->hi[i] ? c->problem->hi[i] : t;
        }
        evaluate(c, trial);
        if (num_finite(c->sums.ll) && c->sums.ll >= from.sums.ll + 1e-4 * step * promise - noise) return true;
    }
    int evaluations = c->evaluations;
    *c = from;
    c->evaluations = evaluations;
    return false;
}

/* Shortens the step so that it ends where the first parameter meets its wall. */
static void stop_at_wall(double d[4], const climb *c) {
    double share = 1.0;
    for (int i = 0; i < c->problem->dim; i++) {
        double room = d[i] > 0.0 ? c->problem->hi[i] - c->theta[i] : c->theta[i] - c->problem->lo[i];
        if (fabs(d[i]) * share > room && room > 1e-6) share = room / fabs(d[i]);
    }
    for (int i = 0; i < 4; i++) d[i] *= share;
}

static void report(reb_fit *fit, const climb *c, const bool fixed[4]) {
    int dim = c->problem->dim;
    double l[16];
    double d[4];
    memset(fit->cov_log, 0, sizeof fit->cov_log);
    memset(fit->se, 0, sizeof fit->se);
    memset(fit->params, 0, sizeof fit->params);
    for (int i = 0; i < dim; i++) fit->params[i] = exp(c->theta[i]);
    fit->log_likelihood = c->log_likelihood;
    fit->penalty = c->penalty;
    fit->evaluations += c->evaluations;
    if (fit->status != REB_FIT_CONVERGED || !newton_step(d, l, c, fixed)) return;
    double inverse[16] = {0};
    num_cholesky_inverse(inverse, l, dim);
    memcpy(fit->cov_log, inverse, sizeof inverse);
    for (int i = 0; i < dim; i++) fit->se[i] = fit->params[i] * sqrt(inverse[5 * i]);
}

void num_newton(reb_fit *fit, const num_problem *problem, const double start[4], double step_tol) {
    climb c = {.problem = problem};
    bool fixed[4] = {false};
    double theta[4] = {0};
    for (int i = 0; i < problem->dim; i++) theta[i] = fmin(fmax(start[i], problem->lo[i]), problem->hi[i]);
    evaluate(&c, theta);
    fit->status = REB_FIT_NOT_CONVERGED;
    fit->at_boundary = 0;
    for (int turn = 0; turn < MAX_ITERATIONS; turn++) {
        double d[4];
        double l[16];
        int wall = find_fixed(fixed, &c);
        bool definite = newton_step(d, l, &c, fixed);
        double size = largest_of(d);
        if (size > MAX_STEP)
            for (int i = 0; i < 4; i++) d[i] *= MAX_STEP / size;
        stop_at_wall(d, &c);
        double promise = 0.0;
        for (int i = 0; i < 4; i++) promise += c.sums.g[i] * d[i];
        bool small = definite && size < step_tol;
        bool flat = 0.5 * promise < (size > 0.5 ? ENDLESS_GAIN : FLAT_GAIN) + 1e-14 * fabs(c.sums.ll);
        if (small || flat || !line_search(&c, d, promise)) {
            bool open = !definite || size > 0.02;
            fit->at_boundary = wall | (open ? flat_directions(&c, fixed) : 0);
            fit->status = fit->at_boundary != 0 ? REB_FIT_BOUNDARY : REB_FIT_CONVERGED;
            if ((small || flat) && definite && fit->at_boundary == 0) {
                /* The last, tiny step needs no new look: the value is known to the third order. */
                for (int i = 0; i < problem->dim; i++) c.theta[i] += d[i];
                c.log_likelihood += 0.5 * promise;
            }
            break;
        }
    }
    report(fit, &c, fixed);
}
