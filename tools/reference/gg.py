#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""High-precision references for the Gamma-Gamma model of spend: log-likelihood with its gradient, and expected value.

Usage: tools/reference/gg.py > tests/data/num/gg.txt        Needs python3-mpmath. 50 digits, printed with 25.
"""
from mpmath import diff, log, loggamma, mp, mpf

mp.dps = 50


def log_likelihood(p, q, v, x, z):
    return (loggamma(p * x + q) - loggamma(p * x) - loggamma(q) + q * log(v) + (p * x - 1) * log(z) + p * x * log(x)
            - (p * x + q) * log(v + x * z))


print("# p q v  x z  log_likelihood  gradient[3]  curvature[3] expected")
for p, q, v in [(6.25, 3.744, 15.44), (0.01, 1.5, 3.0), (1.0, 1.0, 1.0), (500.0, 400.0, 30.0), (2.0, 0.3, 1e-3), (3.0, 1e3, 1e5), (1e4, 5.0, 0.02)]:
    for x, z in [(1, 35.0), (2, 0.01), (7, 12.5), (40, 1e6), (300, 80.0), (10000, 3.0)]:
        a = [mpf(p), mpf(q), mpf(v)]

        def f(*t):
            return log_likelihood(*t, mpf(x), mpf(z))

        order = lambda i, n: tuple(n if k == i else 0 for k in range(3))
        g = [diff(f, tuple(a), order(i, 1)) for i in range(3)]
        h = [diff(f, tuple(a), order(i, 2)) for i in range(3)]
        e = a[0] * (a[2] + x * mpf(z)) / (a[0] * x + a[1] - 1)
        print(repr(p), repr(q), repr(v), x, repr(z), *[mp.nstr(t, 25) for t in [f(*a)] + g + h + [e]])
