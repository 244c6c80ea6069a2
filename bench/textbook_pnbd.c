/*
 * Pareto/NBD written straight from Fader and Hardie's note of 2005: Gauss's hypergeometric series for the integral, one customer after
 * another, a direct search for the fit. Kept to measure against; nothing else uses it.
 */
#include "textbook_pnbd.h"

#include <math.h>
#include <string.h>

static double hyp2f1(double a, double b, double c, double z) {
    double term = 1.0, sum = 1.0;
    for (int i = 0; i < 100000; i++) {
        term *= (a + i) * (b + i) / ((c + i) * (i + 1.0)) * z;
        sum += term;
        if (fabs(term) <= 1e-15 * fabs(sum)) break;
    }
    return sum;
}

static double log_gamma(double v) {
    int sign;
    return lgamma_r(v, &sign);
}

static double a0(const double par[4], double x, double t_x, double T) {
    double alpha = par[1], beta = par[3];
    double large = fmax(alpha, beta);
    double total = par[0] + par[2] + x;
    double b = alpha >= beta ? par[2] + 1.0 : par[0] + x;
    double gap = fabs(alpha - beta);
    return hyp2f1(total, b, total + 1.0, gap / (large + t_x)) * pow(large + t_x, -total) -
           hyp2f1(total, b, total + 1.0, gap / (large + T)) * pow(large + T, -total);
}

double textbook_pnbd_p_alive(const double par[4], double x, double t_x, double T) {
    double r = par[0], s = par[2];
    return 1.0 / (1.0 + s / (r + s + x) * pow(par[1] + T, r + x) * pow(par[3] + T, s) * a0(par, x, t_x, T));
}

double textbook_pnbd_expected(const double par[4], double t, double x, double t_x, double T) {
    double r = par[0], s = par[2];
    double while_alive = (r + x) * (par[3] + T) / ((par[1] + T) * (s - 1.0)) * (1.0 - pow((par[3] + T) / (par[3] + T + t), s - 1.0));
    return while_alive * textbook_pnbd_p_alive(par, x, t_x, T);
}

double textbook_pnbd_log_likelihood(const double par[4], const reb_nbd_row *rows, size_t n) {
    double r = par[0], s = par[2];
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double x = rows[i].x, T = rows[i].T;
        double braces = pow(par[1] + T, -(r + x)) * pow(par[3] + T, -s) + s / (r + s + x) * a0(par, x, rows[i].t_x, T);
        sum += rows[i].n * (log_gamma(r + x) - log_gamma(r) + r * log(par[1]) + s * log(par[3]) + log(braces));
    }
    return sum;
}

static double value(const double theta[4], const reb_nbd_row *rows, size_t n, int *evaluations) {
    double par[4];
    for (int i = 0; i < 4; i++) par[i] = exp(theta[i]);
    ++*evaluations;
    double v = -textbook_pnbd_log_likelihood(par, rows, n);
    return isfinite(v) ? v : 1e300;
}

double textbook_pnbd_fit(double par[4], int *evaluations, const reb_nbd_row *rows, size_t n) {
    double p[5][4], f[5];
    *evaluations = 0;
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 4; k++) p[i][k] = log(k % 2 == 1 ? 100.0 : 1.0) + (i == k + 1 ? 0.5 : 0.0);
        f[i] = value(p[i], rows, n, evaluations);
    }
    for (int turn = 0; turn < 2000; turn++) {
        for (int i = 1; i < 5; i++) {
            for (int k = i; k > 0 && f[k] < f[k - 1]; k--) {
                double swap_f = f[k], swap_p[4];
                memcpy(swap_p, p[k], sizeof swap_p);
                f[k] = f[k - 1];
                memcpy(p[k], p[k - 1], sizeof swap_p);
                f[k - 1] = swap_f;
                memcpy(p[k - 1], swap_p, sizeof swap_p);
            }
        }
        if (f[4] - f[0] < 1e-8 * fabs(f[0])) break;
        double mid[4] = {0}, trial[4], far[4];
        for (int i = 0; i < 4; i++)
            for (int k = 0; k < 4; k++) mid[k] += p[i][k] / 4;
        for (int k = 0; k < 4; k++) trial[k] = 2 * mid[k] - p[4][k];
        double ft = value(trial, rows, n, evaluations);
        if (ft < f[0]) {
            for (int k = 0; k < 4; k++) far[k] = 3 * mid[k] - 2 * p[4][k];
            double ff = value(far, rows, n, evaluations);
            memcpy(p[4], ff < ft ? far : trial, sizeof trial);
            f[4] = fmin(ff, ft);
        } else if (ft < f[3]) {
            memcpy(p[4], trial, sizeof trial);
            f[4] = ft;
        } else {
            for (int k = 0; k < 4; k++) far[k] = ft < f[4] ? 0.5 * (mid[k] + trial[k]) : 0.5 * (mid[k] + p[4][k]);
            double ff = value(far, rows, n, evaluations);
            if (ff < fmin(ft, f[4])) {
                memcpy(p[4], far, sizeof far);
                f[4] = ff;
            } else {
                for (int i = 1; i < 5; i++) {
                    for (int k = 0; k < 4; k++) p[i][k] = p[0][k] + 0.5 * (p[i][k] - p[0][k]);
                    f[i] = value(p[i], rows, n, evaluations);
                }
            }
        }
    }
    for (int i = 0; i < 4; i++) par[i] = exp(p[0][i]);
    return -f[0];
}
