/* SPDX-License-Identifier: Apache-2.0 */
/* Special functions: logarithms of gamma ratios and their derivatives, incomplete beta, exponential integral. */
#include "num.h"

/* Stirling's series is used from here on: the first term left out is then below 1e-17. */
#define STIRLING_FROM 16.0

/* log Gamma(w) = (w - 1/2) log w - w + log(2 pi) / 2 + this, for w >= STIRLING_FROM. */
static double stirling_rest(double w) {
    double i = 1.0 / w;
    double i2 = i * i;
    return i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 * (1.0 / 1680 - i2 * (1.0 / 1188 - i2 * (691.0 / 360360))))));
}

/* log Gamma(z + y) - log Gamma(z) for z >= STIRLING_FROM: no difference of large numbers. */
static double stirling_ratio(double z, double y) {
    return (z - 0.5) * log1p(y / z) + y * log(z + y) - y + stirling_rest(z + y) - stirling_rest(z);
}

double num_log_rising(double z, double k) {
    if (k == 0.0) return 0.0;
    if (k <= 16.0 && num_is_whole(k)) {
        double product = 1.0;
        for (int i = 0; i < (int)k; i++) product *= z + i;
        return log(product);
    }
    double shift = 0.0;
    if (z < STIRLING_FROM) {
        int m = (int)ceil(STIRLING_FROM - z);
        double ratio = 1.0;
        for (int i = 0; i < m; i++) ratio *= (z + i) / (z + k + i);
        shift = log(ratio);
        z += m;
    }
    return stirling_ratio(z, k) + shift;
}

double num_lgamma(double z) {
    static const double half_log_2pi = 0.91893853320467274178;
    double product = 1.0;
    while (z < STIRLING_FROM) {
        product *= z;
        z += 1.0;
    }
    return (z - 0.5) * log(z) - z + half_log_2pi + stirling_rest(z) - log(product);
}

/* digamma(w) - log(w) for large w. */
static double digamma_rest(double w) {
    double i2 = 1.0 / (w * w);
    return -0.5 / w - i2 * (1.0 / 12 - i2 * (1.0 / 120 - i2 * (1.0 / 252 - i2 * (1.0 / 240 - i2 * (1.0 / 132 - i2 * (691.0 / 32760))))));
}

/* trigamma(w) - 1 / w for large w. */
static double trigamma_rest(double w) {
    double i = 1.0 / w;
    double i2 = i * i;
    return i2 * (0.5 + i * (1.0 / 6 - i2 * (1.0 / 30 - i2 * (1.0 / 42 - i2 * (1.0 / 30 - i2 * (5.0 / 66 - i2 * (691.0 / 2730)))))));
}

double num_digamma(double z) {
    double sum = 0.0;
    for (; z < STIRLING_FROM; z += 1.0) sum -= 1.0 / z;
    return sum + log(z) + digamma_rest(z);
}

double num_trigamma(double z) {
    double sum = 0.0;
    for (; z < STIRLING_FROM; z += 1.0) sum += 1.0 / (z * z);
    return sum + 1.0 / z + trigamma_rest(z);
}

void num_rising_derivatives(double *first, double *second, double z, double k) {
    double d1 = 0.0;
    double d2 = 0.0;
    /* Term by term as long as z is small; the rest, if any, by the asymptotic series. */
    while (k > 0.0 && (z < STIRLING_FROM || k <= 8.0)) {
        double i = 1.0 / z;
        d1 += i;
        d2 -= i * i;
        z += 1.0;
        k -= 1.0;
    }
    if (k > 0.0) {
        d1 += log1p(k / z) + digamma_rest(z + k) - digamma_rest(z);
        d2 += -k / (z * (z + k)) + trigamma_rest(z + k) - trigamma_rest(z);
    }
    *first = d1;
    *second = d2;
}

/* Continued fraction of the incomplete beta function (Lentz), for z < (a + 1) / (a + b + 2); without its factor. */
static double beta_fraction(double a, double b, double z) {
    const double tiny = 1e-300;
    double c = 1.0;
    double d = 1.0 - (a + b) * z / (a + 1.0);
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 200000; m++) {
        double m2 = 2.0 * m;
        double e = m * (b - m) * z / ((a + m2 - 1.0) * (a + m2));
        d = 1.0 + e * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + e / c;
        if (fabs(c) < tiny) c = tiny;
        h *= d * c;
        e = -(a + m) * (a + b + m) * z / ((a + m2) * (a + m2 + 1.0));
        d = 1.0 + e * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + e / c;
        if (fabs(c) < tiny) c = tiny;
        double step = d * c;
        h *= step;
        if (fabs(step - 1.0) < 1e-16) break;
    }
    return h;
}

double num_nbd_tail(double k, double r, double z, double z1) {
    if (k <= 0.0) return 1.0;
    if (z <= 0.0) return 0.0;
    /* log of z^k z1^r / B(k, r) */
    double small = k < r ? k : r;
    double large = k < r ? r : k;
    double front = k * log(z) + r * log(z1) + num_log_rising(large, small) - num_lgamma(small);
    double value;
    if (z < (k + 1.0) / (k + r + 2.0))
        value = exp(front) * beta_fraction(k, r, z) / k;
    else
        value = 1.0 - exp(front) * beta_fraction(r, k, z1) / r;
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

/* log Gamma(n + e) - log Gamma(n) for |e| <= 1/2, exact relative to e. */
static double log_gamma_step(double n, double e) {
    if (fabs(e) < 1e-5) return e * (num_digamma(n) + 0.5 * e * num_trigamma(n));
    return e > 0.0 ? num_log_rising(n, e) : -num_log_rising(n + e, -e);
}

/* log(pi e / sin(pi e)) for |e| <= 1/2. */
static double log_sinc(double e) {
    double v = 9.8696044010893586188 * e * e; /* (pi e)^2 */
    if (v < 0.01) return v * (1.0 / 6 + v * (1.0 / 180 + v * (1.0 / 2835 + v * (1.0 / 37800 + v / 467775))));
    return -log(sin(sqrt(v)) / sqrt(v));
}

#define FRACTION_FROM_Z 1.0 /* from here on, or from this s on, the continued fraction converges at once */
#define FRACTION_FROM_S 30.0

void num_expint_init(num_expint *e, double s) {
    *e = (num_expint){.s = s};
    if (s >= FRACTION_FROM_S) return;
    e->n = floor(s + 0.5);
    e->step = s - e->n;
    if (e->n == 0.0) {
        e->log_c = num_lgamma(1.0 - s);
        return;
    }
    e->log_c = log_sinc(e->step) - log_gamma_step(e->n, e->step);
    e->inverse_gamma = exp(-num_lgamma(e->n));
    if (fmod(e->n, 2.0) == 1.0) e->inverse_gamma = -e->inverse_gamma;
}

/* Lentz on the contracted fraction 1 / (z + s - 1 s / (z + s + 2 - 2 (s + 1) / (z + s + 4 - ...))). */
static double expint_fraction(double s, double z) {
    double b = z + s;
    double c = 1e300;
    double d = 1.0 / b;
    double h = d;
    for (int i = 1; i < 100000; i++) {
        double a = -(double)i * (s + i - 1.0);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        double step = c * d;
        h *= step;
        if (fabs(step - 1.0) < 3e-16) break;
    }
    return h;
}

double num_expint_scaled(const num_expint *e, double z) {
    if (z >= FRACTION_FROM_Z || e->s >= FRACTION_FROM_S) return expint_fraction(e->s, z);
    /*
     * E_s(z) = Gamma(1 - s) z^(s - 1) - sum over k of (-z)^k / ((k + 1 - s) k!). Near a whole s = n the first part and the term k = n - 1
     * are both without bound; together they are (-1)^n z^(n - 1) / Gamma(n) (e^A - 1) / step, A = step log z + log_c, which is calm.
     */
    double sum = 0.0;
    double power = 1.0; /* (-z)^k / k! */
    for (int k = 0; k < 60; k++) {
        double term = k + 1.0 == e->n ? 0.0 : power / (k + 1.0 - e->s);
        sum -= term;
        if (k > 1 && fabs(power) < 1e-18) break;
        power *= -z / (k + 1.0);
    }
    double log_z = log(z);
    if (e->n == 0.0) return exp(z) * (exp(e->log_c + (e->s - 1.0) * log_z) + sum);
    double a = e->step * log_z + e->log_c;
    double ratio = e->step != 0.0 ? expm1(a) / e->step : log_z - num_digamma(e->n);
    return exp(z) * (e->inverse_gamma * pow(z, e->n - 1.0) * ratio + sum);
}
