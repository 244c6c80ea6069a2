/* SPDX-License-Identifier: Apache-2.0 */
/* Quadrature of positive, analytic integrands: no cancellation, so that the result is as exact as the integrand. */
#include "gl_tables.h"
#include "num.h"

const double (*num_gl(int n))[2] {
    switch (n) {
        case 3: return gl_3;
        case 4: return gl_4;
        case 6: return gl_6;
        case 8: return gl_8;
        case 12: return gl_12;
        default: return gl_16;
    }
}

/* Mean over Beta(a, b): the trapezoidal rule in y = log(p / q). The integrand is analytic in a strip around the real axis, so the
 * error falls as exp(-c / step); the tails, where f is constant, are geometric series and summed as such. */
double num_beta_mean(double a, double b, double scale, double (*f)(double p, double q, void *ctx), void *ctx) {
    double sd = sqrt((a + b) / (a * b));
    double step = sd * 0.5 < 0.25 ? sd * 0.5 : 0.25;
    double top = log(a / b);
    /* the weight p^a q^b relative to its top, as exp(a (log p - log p0) + b (log q - log q0)) */
    double log_p0 = -log1p(b / a);
    double log_q0 = -log1p(a / b);
    double flat = log(1e-17 / scale);
    double sum = 0.0;
    double norm = 0.0;
    for (int side = -1; side <= 1; side += 2) {
        for (double i = side < 0 ? 1.0 : 0.0;; i += 1.0) {
            double y = top + side * i * step;
            double e = exp(-fabs(y));
            double l = log1p(e);
            double log_p = y < 0.0 ? y - l : -l;
            double log_q = y < 0.0 ? -l : -y - l;
            double big = 1.0 / (1.0 + e);
            double p = y < 0.0 ? e * big : big;
            double q = y < 0.0 ? big : e * big;
            double w = exp(a * (log_p - log_p0) + b * (log_q - log_q0));
            if (w < 1e-22) break;
            bool tail = side < 0 ? y < flat : y > -flat;
            /* from here on the weight falls by a constant factor a step */
            if (tail) w /= -expm1(-(side < 0 ? a : b) * step);
            sum += w * f(p, q, ctx);
            norm += w;
            if (tail) break;
        }
    }
    return sum / norm;
}

/* One panel from v over h (h may be negative: the length counts), relative to exp(top). */
static double panel(double v, double h, double top, double (*g)(double, void *), void *ctx) {
    double sum = 0.0;
    for (int i = 0; i < 16; i++) sum += gl_16[i][1] * exp(g(v + h * gl_16[i][0], ctx) - top);
    return sum * fabs(h);
}

/* Place of the single top of g in [lo, hi], by golden section; it need not be exact. */
static double find_top(double lo, double hi, double (*g)(double, void *), void *ctx) {
    const double golden = 0.61803398874989484820;
    double a = hi - golden * (hi - lo);
    double b = lo + golden * (hi - lo);
    double ga = g(a, ctx);
    double gb = g(b, ctx);
    double enough = 1e-13 * (hi - lo);
    for (int i = 0; i < 90 && hi - lo > enough; i++) {
        if (ga >= gb) {
            hi = b;
            b = a;
            gb = ga;
            a = hi - golden * (hi - lo);
            ga = g(a, ctx);
        } else {
            lo = a;
            a = b;
            ga = gb;
            b = lo + golden * (hi - lo);
            gb = g(b, ctx);
        }
    }
    return 0.5 * (lo + hi);
}

double num_log_integral(double lo, double hi, double (*g)(double v, void *ctx), void *ctx) {
    if (!(hi > lo)) return -HUGE_VAL;
    double at = find_top(lo, hi, g, ctx);
    double top = g(at, ctx);
    double sum = 0.0;
    for (int side = -1; side <= 1; side += 2) {
        double v = at;
        double here = top;
        double end = side < 0 ? lo : hi;
        double h = 1.0;
        while (v != end && here > top - 50.0) {
            double left = fabs(end - v);
            if (h > left) h = left;
            double next = g(v + side * h, ctx);
            /* a panel over which the exponent changes by up to 8 is integrated to the last digits by 16 nodes */
            while (here - next > 8.0 && h > 1e-15 * (hi - lo)) {
                h *= 0.5;
                next = g(v + side * h, ctx);
            }
            sum += panel(v, side * h, top, g, ctx);
            v = h == left ? end : v + side * h;
            here = next;
            if (h < 1.0) h *= 2.0;
        }
    }
    return top + log(sum);
}
