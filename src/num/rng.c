/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers whose state the caller owns, and the distributions that the models need. */
#include "rng.h"

void reb_rng_seed(reb_rng *rng, uint64_t seed) {
    /* splitmix64 fills the state; it cannot give four zeros */
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        rng->s[i] = z ^ (z >> 31);
    }
}

static uint64_t rotate(uint64_t v, int k) {
    return (v << k) | (v >> (64 - k));
}

uint64_t reb_rng_next(reb_rng *rng) {
    uint64_t *s = rng->s;
    uint64_t out = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return out;
}

double reb_rng_uniform(reb_rng *rng) {
    return ((double)(reb_rng_next(rng) >> 11) + 0.5) * 0x1p-53;
}

double num_rng_exponential(reb_rng *rng) {
    return -log(reb_rng_uniform(rng));
}

static double normal(reb_rng *rng) {
    for (;;) {
        double u = 2.0 * reb_rng_uniform(rng) - 1.0;
        double v = 2.0 * reb_rng_uniform(rng) - 1.0;
        double q = u * u + v * v;
        if (q > 0.0 && q < 1.0) return u * sqrt(-2.0 * log(q) / q);
    }
}

double reb_rng_gamma(reb_rng *rng, double shape) {
    double boost = 1.0;
    if (shape < 1.0) {
        boost = pow(reb_rng_uniform(rng), 1.0 / shape);
        shape += 1.0;
    }
    double d = shape - 1.0 / 3.0;
    double c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = normal(rng);
        double v = 1.0 + c * x;
        if (v <= 0.0) continue;
        v = v * v * v;
        if (log(reb_rng_uniform(rng)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v * boost;
    }
}

double num_rng_beta(reb_rng *rng, double a, double b) {
    double x = reb_rng_gamma(rng, a);
    double y = reb_rng_gamma(rng, b);
    /* shapes so small that both vanish: then the beta is all but a coin */
    if (x + y == 0.0) return reb_rng_uniform(rng) < a / (a + b) ? 1.0 : 0.0;
    return x / (x + y);
}

uint64_t num_rng_below(reb_rng *rng, uint64_t n) {
    /* rejection of the last, incomplete run keeps every value equally likely; Lemire's way needs no division but then */
    if (n <= UINT32_MAX) {
        uint32_t least = 0;
        for (;;) {
            uint64_t product = (reb_rng_next(rng) >> 32) * n;
            uint32_t rest = (uint32_t)product;
            if (rest >= n) return product >> 32;
            if (least == 0) least = (uint32_t)((UINT64_C(1) << 32) % n);
            if (rest >= least) return product >> 32;
        }
    }
    uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    for (;;) {
        uint64_t v = reb_rng_next(rng);
        if (v < limit) return v % n;
    }
}
