/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BG/NBD and MBG/NBD of one customer. With j = x (BG) or x + 1 (MBG, where one may leave right after the first purchase)
 *   log L = log (r)_x - x log alpha - (r + x) log(1 + T / alpha) + log (b)_j - log (a + b)_j + log(1 + rho),
 *   rho = a / (b + j - 1) ((alpha + T) / (alpha + t_x))^(r + x), the odds of having left at t_x; BG: rho = 0 for x = 0.
 */
#include "num.h"

double num_bg_log_odds(const double par[4], bool mbg, double x, double t_x, double T) {
    double c = mbg ? x : x - 1.0;
    return log(par[2] / (par[3] + c)) + (par[0] + x) * log1p((T - t_x) / (par[1] + t_x));
}

static double log1p_exp(double y) {
    return y > 36.0 ? y : log1p(exp(y));
}

void num_bg_row(num_sums *sums, bool derivatives, bool mbg, const double par[4], const reb_nbd_row *row) {
    double r = par[0];
    double alpha = par[1];
    double x = row->x;
    double n = row->n;
    double j = mbg ? x + 1.0 : x;
    bool odds = mbg || x > 0.0;
    double y = odds ? num_bg_log_odds(par, mbg, x, row->t_x, row->T) : 0.0;
    double la = log1p(row->T / alpha);
    sums->ll += n * (num_log_rising(r, x) - x * log(alpha) - (r + x) * la + num_log_rising(par[3], j) - num_log_rising(par[2] + par[3], j) +
                     (odds ? log1p_exp(y) : 0.0));
    if (!derivatives) return;

    double a_T = row->T / (alpha + row->T);
    double a_t = row->t_x / (alpha + row->t_x);
    double g[4] = {-r * la, r * a_T - x * (1.0 - a_T), 0.0, 0.0};
    double h[16] = {0};
    h[0] = -r * la;
    h[1] = r * a_T;
    h[5] = -(r + x) * a_T * (1.0 - a_T);
    if (odds) {
        double w = y > 0.0 ? 1.0 / (1.0 + exp(-y)) : exp(y) / (1.0 + exp(y));
        double v = y > 0.0 ? exp(-y) * w * w : exp(y) * (1.0 - w) * (1.0 - w);
        double d = a_T - a_t;
        double lambda = log1p((row->T - row->t_x) / (alpha + row->t_x));
        double c = j - 1.0;
        double b = par[3];
        double dy[4] = {r * lambda, -(r + x) * d, 1.0, -b / (b + c)};
        h[0] += w * r * lambda;
        h[1] -= w * r * d;
        h[5] += w * (r + x) * (a_T * (1.0 - a_T) - a_t * (1.0 - a_t));
        h[15] -= w * b * c / ((b + c) * (b + c));
        for (int p = 0; p < 4; p++) {
            g[p] += w * dy[p];
            for (int q = p; q < 4; q++) h[4 * p + q] += v * dy[p] * dy[q];
        }
    }
    num_bg_counts(g, h, par, x, j);
    for (int p = 0; p < 4; p++) {
        sums->g[p] += n * g[p];
        for (int q = p; q < 4; q++) sums->h[4 * p + q] += n * h[4 * p + q];
    }
}

void num_bg_counts(double g[4], double h[16], const double par[4], double x, double j) {
    double r = par[0];
    double a = par[2];
    double b = par[3];
    double d1, d2;
    num_rising_derivatives(&d1, &d2, r, x);
    g[0] += r * d1;
    h[0] += r * d1 + r * r * d2;
    num_rising_derivatives(&d1, &d2, b, j);
    g[3] += b * d1;
    h[15] += b * d1 + b * b * d2;
    num_rising_derivatives(&d1, &d2, a + b, j);
    g[2] -= a * d1;
    g[3] -= b * d1;
    h[10] -= a * d1 + a * a * d2;
    h[11] -= a * b * d2;
    h[15] -= b * d1 + b * b * d2;
}
