/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pareto/NBD of one customer. With A(u) = (1 + u / alpha)^-(r + x) and B(u) = (1 + u / beta)^-s the likelihood is
 *   Gamma(r + x) / Gamma(r) alpha^-x { A(T) B(T) + s int_{t_x}^T A(u) B(u) / (beta + u) du }:
 * alive at T, or died at u. The integrand is positive; in w = log((m + u) / (m + t_x)), m = min(alpha, beta), it is a smooth fall
 * without singularity near, which Gauss-Legendre takes to the last digits whatever the order of alpha and beta.
 */
#include "num.h"

typedef struct walk {
    double c, s1;    /* r + x, s + 1 */
    double m_t;      /* min(alpha, beta) + t_x */
    double ia, ib;   /* 1 / (alpha + t_x), 1 / (beta + t_x) */
    double w, end;   /* the present place and the last one */
    double exponent; /* at w, relative to the start */
    const double (*rule)[2];
    int nodes;
    double h;
} walk;

/* Fall of the exponent at w, - d exponent / d w, where u - t_x is du. */
static double fall(const walk *k, double du) {
    double mu = k->m_t + du;
    return k->c * mu * k->ia / (1.0 + du * k->ia) + k->s1 * mu * k->ib / (1.0 + du * k->ib) - 1.0;
}

static void walk_start(walk *k, const double par[4], double x, double t_x, double T) {
    double m = par[1] < par[3] ? par[1] : par[3];
    k->c = par[0] + x;
    k->s1 = par[2] + 1.0;
    k->m_t = m + t_x;
    k->ia = 1.0 / (par[1] + t_x);
    k->ib = 1.0 / (par[3] + t_x);
    k->w = 0.0;
    k->end = log1p((T - t_x) / k->m_t);
    k->exponent = 0.0;
}

/* The next panel: long where the integrand is calm, short where it falls. False when nothing is left that counts. */
static bool walk_next(walk *k) {
    double left = k->end - k->w;
    if (!(left > 0.0) || k->exponent < -60.0) return false;
    double h = left < 3.0 ? left : 3.0;
    double here = fabs(k->w == 0.0 ? fall(k, 0.0) : fall(k, k->m_t * expm1(k->w)));
    if (here * h > 8.0) h = 8.0 / here;
    double there = fabs(fall(k, k->m_t * expm1(k->w + h)));
    if (there * h > 12.0) h = 12.0 / there;
    double steep = (here > there ? here : there) * h;
    k->h = h;
    /* n nodes leave an error of about (n!)^4 / ((2n + 1) (2n)!^3) steep^(2n) of the largest value */
    k->nodes = steep < 0.3 && h < 0.3 ? 4 : steep < 1.6 && h < 1.0 ? 6 : steep < 4.0 && h < 1.9 ? 8 : steep < 9.0 ? 12 : 16;
    k->rule = num_gl(k->nodes);
    return true;
}

static double exponent_at(const walk *k, double w, double *du, double *la, double *lb) {
    *du = k->m_t * expm1(w);
    /* for the smaller of alpha and beta the logarithm is w itself */
    *la = k->ia >= k->ib ? w : num_log1p(*du * k->ia);
    *lb = k->ib >= k->ia ? w : num_log1p(*du * k->ib);
    return w - k->c * *la - k->s1 * *lb;
}

static void walk_on(walk *k) {
    double du, la, lb;
    if (k->h >= k->end - k->w) {
        k->w = k->end;
        return;
    }
    k->w += k->h;
    k->exponent = exponent_at(k, k->w, &du, &la, &lb);
}

/* Integral over all panels of exp(exponent). */
static double walk_integral(const double par[4], double x, double t_x, double T) {
    walk k;
    double sum = 0.0;
    walk_start(&k, par, x, t_x, T);
    while (walk_next(&k)) {
        double part = 0.0;
        for (int i = 0; i < k.nodes; i++) {
            double du, la, lb;
            part += k.rule[i][1] * exp(exponent_at(&k, k.w + k.h * k.rule[i][0], &du, &la, &lb));
        }
        sum += part * k.h;
        walk_on(&k);
    }
    return sum;
}

double num_pnbd_dead_ratio(double *log_scale, const double par[4], double x, double t_x, double T) {
    double m = par[1] < par[3] ? par[1] : par[3];
    double gap = T - t_x;
    *log_scale = (par[0] + x) * log1p(gap / (par[1] + t_x)) + par[2] * log1p(gap / (par[3] + t_x));
    return par[2] * (m + t_x) / (par[3] + t_x) * walk_integral(par, x, t_x, T);
}

/* What a point u of the integral (or, alive, the point T) adds: its derivatives by the logarithms, and second ones in h. */
static void point(double g[4], double h[16], const double par[4], double x, double u, double la, double lb, bool alive) {
    double a = u / (par[1] + u);
    double b = u / (par[3] + u);
    double r = par[0];
    double s = par[2];
    g[0] = -r * la;
    g[1] = r * a - x * (1.0 - a);
    g[2] = -s * lb + (alive ? 0.0 : 1.0);
    g[3] = alive ? s * b : s * b - (1.0 - b);
    h[0] = -r * la;
    h[1] = r * a;
    h[5] = -(r + x) * a * (1.0 - a);
    h[10] = -s * lb;
    h[11] = s * b;
    h[15] = -(alive ? s : 1.0 + s) * b * (1.0 - b);
}

static void add_point(num_sums *to, double weight, const double g[4], const double h[16]) {
    for (int i = 0; i < 4; i++) {
        to->g[i] += weight * g[i];
        for (int j = i; j < 4; j++) to->h[4 * i + j] += weight * (g[i] * g[j] + h[4 * i + j]);
    }
}

static double log_add(double p, double q) {
    return p > q ? p + log1p(exp(q - p)) : q + log1p(exp(p - q));
}

/* The integral, and with it the derivatives summed over the time of death, both of the same scale as walk_integral's. */
static double dead_derivatives(num_sums *dead, const double par[4], const reb_nbd_row *row) {
    walk k;
    double sum = 0.0;
    double la0 = log1p(row->t_x / par[1]);
    double lb0 = log1p(row->t_x / par[3]);
    walk_start(&k, par, row->x, row->t_x, row->T);
    while (walk_next(&k)) {
        for (int i = 0; i < k.nodes; i++) {
            double du, la, lb;
            double e = k.h * k.rule[i][1] * exp(exponent_at(&k, k.w + k.h * k.rule[i][0], &du, &la, &lb));
            double g[4];
            double h[16] = {0};
            point(g, h, par, row->x, row->t_x + du, la0 + la, lb0 + lb, false);
            add_point(dead, e, g, h);
            sum += e;
        }
        walk_on(&k);
    }
    return sum;
}

void num_pnbd_row(num_sums *sums, bool derivatives, const double par[4], const reb_nbd_row *row) {
    double m = par[1] < par[3] ? par[1] : par[3];
    double la = log1p(row->T / par[1]);
    double lb = log1p(row->T / par[3]);
    double alive = -(par[0] + row->x) * la - par[2] * lb;
    num_sums dead = {0};
    double integral = derivatives ? dead_derivatives(&dead, par, row) : walk_integral(par, row->x, row->t_x, row->T);
    double log_sum = alive;
    if (integral > 0.0)
        log_sum = log_add(alive, -(par[0] + row->x) * log1p(row->t_x / par[1]) - par[2] * log1p(row->t_x / par[3]) +
                                     log(par[2] * (m + row->t_x) / (par[3] + row->t_x) * integral));
    sums->ll += row->n * (log_sum + num_log_rising(par[0], row->x) - row->x * log(par[1]));
    if (!derivatives) return;

    num_sums one = {0};
    double g[4];
    double h[16] = {0};
    double share = exp(alive - log_sum);
    point(g, h, par, row->x, row->T, la, lb, true);
    add_point(&one, share, g, h);
    for (int i = 0; i < 4 && integral > 0.0; i++) {
        one.g[i] += (1.0 - share) * (dead.g[i] / integral);
        for (int j = i; j < 4; j++) one.h[4 * i + j] += (1.0 - share) * (dead.h[4 * i + j] / integral);
    }
    double d1, d2;
    num_rising_derivatives(&d1, &d2, par[0], row->x);
    for (int i = 0; i < 4; i++)
        for (int j = i; j < 4; j++) sums->h[4 * i + j] += row->n * (one.h[4 * i + j] - one.g[i] * one.g[j]);
    for (int i = 0; i < 4; i++) sums->g[i] += row->n * one.g[i];
    sums->g[0] += row->n * par[0] * d1;
    sums->h[0] += row->n * (par[0] * d1 + par[0] * par[0] * d2);
}
