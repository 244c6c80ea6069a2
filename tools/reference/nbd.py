#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""High-precision references for the models of repeat buying, at points chosen to be hard.

Usage: tools/reference/nbd.py points|derivatives|pmf|dert|new|expint  > tests/data/num/nbd_<that>.txt
Needs python3-mpmath. Everything is computed with 50 digits, by formulas other than those of src/num where there are other ones
(hypergeometric series, exponential integrals, incomplete beta functions) and else by adaptive quadrature; printed with 25.
"""
import random
import sys

from mpmath import mp, mpf, log, exp, loggamma, quad, expint, beta as betaf, hyp2f1, diff, gammainc, linspace, betainc, binomial, rf, fac

mp.dps = 50
PNBD, BG, MBG = 0, 1, 2


def panels(lo, hi, g, top_change=30, widest=mpf(2), drop=160):
    """Cuts [lo, hi] so that g changes little in each piece; stops where exp(g) no longer counts."""
    cuts = [lo]
    v = lo
    best = g(lo)
    while v < hi:
        h = min(widest, hi - v)
        while abs(g(v + h) - g(v)) > top_change:
            h /= 2
        v = v + h
        cuts.append(v)
        best = max(best, g(v))
        if g(v) < best - drop:
            break
    return cuts


def pnbd_integral(r, alpha, s, beta, x, t_x, T):
    """log of s times the integral of (1 + u/alpha)^-(r+x) (1 + u/beta)^-s / (beta + u) over [t_x, T]."""
    if T == t_x:
        return None
    m = min(alpha, beta)

    def g(v):
        u = exp(v) - m
        return -(r + x) * log(1 + u / alpha) - s * log(1 + u / beta) - log(beta + u) + v

    lo, hi = log(m + t_x), log(m + T)
    top = g(lo)
    total = quad(lambda v: exp(g(v) - top), panels(lo, hi, g), method="gauss-legendre")
    return log(s * total) + top


def pnbd_parts(p, x, t_x, T):
    r, alpha, s, beta = p
    alive = -(r + x) * log(1 + T / alpha) - s * log(1 + T / beta)
    dead = pnbd_integral(r, alpha, s, beta, x, t_x, T)
    both = alive if dead is None else max(alive, dead) + log(1 + exp(-abs(alive - dead)))
    return alive, both


def log_likelihood(model, p, x, t_x, T):
    r, alpha, a, b = p
    if model == PNBD:
        return loggamma(r + x) - loggamma(r) - x * log(alpha) + pnbd_parts(p, x, t_x, T)[1]
    j = x + 1 if model == MBG else x
    value = loggamma(r + x) - loggamma(r) - x * log(alpha) - (r + x) * log(1 + T / alpha)
    value += loggamma(b + j) - loggamma(b) - loggamma(a + b + j) + loggamma(a + b)
    if model == MBG or x > 0:
        value += log(1 + a / (b + j - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x))
    return value


def p_alive(model, p, x, t_x, T):
    r, alpha, a, b = p
    if model == PNBD:
        alive, both = pnbd_parts(p, x, t_x, T)
        return exp(alive - both)
    j = x + 1 if model == MBG else x
    if model == BG and x == 0:
        return mpf(1)
    return 1 / (1 + a / (b + j - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x))


def beta_mean(a, b, f):
    """Mean of f(p, q) over Beta(a, b), by quadrature in log(p / q)."""
    def w(y):
        return a * (-log(1 + exp(-y))) + b * (-log(1 + exp(y)))

    top = log(a / b)
    sd = mp.sqrt((a + b) / (a * b))
    widest = min(mpf(2), 3 * sd)
    c = w(top)
    far = mpf(170)  # beyond, p (or q) is below 1e-73 and f constant: the tails are exponentials
    left, y = [], top
    while w(y) > c - 110 and y > -far:
        y = max(y - widest, -far) if y > -far else y
        left.append(y)
    right, y = [], top
    while w(y) > c - 110 and y < far:
        y = min(y + widest, far)
        right.append(y)
    cuts = left[::-1] + [top] + right

    def both(y):
        p, q = 1 / (1 + exp(-y)), 1 / (1 + exp(y))
        return f(p, q)

    num = quad(lambda y: exp(w(y) - c) * both(y), cuts, method="gauss-legendre")
    den = quad(lambda y: exp(w(y) - c), cuts, method="gauss-legendre")
    for y, rate in ((cuts[0], a), (cuts[-1], b)):
        tail = exp(w(y) - c) / rate
        num += tail * both(y)
        den += tail
    return num / den


def future_expected(model, r, alpha, a, b, t):
    """While alive: purchases in the next t."""
    if model == PNBD:
        s, beta = a, b
        if s == 1:
            return r * beta / alpha * log(1 + t / beta)
        return r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))
    if r < 400 and b < 400 and t / alpha < 50 and abs(a - 1) > mpf(10) ** -6 and a + b > mpf("1.001"):
        old = mp.dps
        mp.dps = 90
        try:
            z = t / (alpha + t)
            h = hyp2f1(r, b, a + b - 1, z)
            return +((a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * h))
        finally:
            mp.dps = old
    return beta_mean(a, b, lambda p, q: -mp.expm1(-r * mp.log1p(p * t / alpha)) / p)


def scaled_expint(s, z):
    """exp(z) E_s(z): by the power series (s moved off the integers by 1e-40) or, for large z, by the continued fraction."""
    if z > 40:
        total = mpf(0)
        for i in range(120, 0, -1):
            total = i * (s + i - 1) / (z + s + 2 * i - total)
        return 1 / (z + s - total)
    old = mp.dps
    mp.dps = 150
    try:
        s1 = s - 1 + mpf(10) ** -40
        term, total = mpf(1), -1 / s1
        k = 0
        while abs(term) > mpf(10) ** -140 or k < 5:
            k += 1
            term *= -z / k
            total += term / (k - s1)
        return +(exp(z) * (mp.gamma(-s1) * z ** s1 - total))
    finally:
        mp.dps = old


def future_dert(model, r, alpha, a, b, delta):
    if model == PNBD:
        z = delta * b
        return r * b / alpha * exp(z) * expint(a, z)

    def f(p, q):
        z = delta * alpha / p
        if z > mpf(10) ** 45:
            return r / (delta * alpha)
        if z > 2000:
            # asymptotic series of exp(z) E_n(z)
            n, term, total = r + 1, 1 / z, mpf(0)
            for i in range(60):
                total += term
                term *= -(n + i) / z
                if abs(term) < mpf(10) ** -45 * abs(total):
                    break
            return r / p * total
        return r / p * scaled_expint(r + 1, z)

    return beta_mean(a, b, f)


def posterior(model, p, x, T):
    r, alpha, a, b = p
    if model == PNBD:
        return r + x, alpha + T, a, b + T
    return r + x, alpha + T, a, b + x + (1 if model == MBG else 0)


def pmf_alive(model, r, alpha, a, b, k, t):
    if model == PNBD:
        s, beta = a, b
        alive = rf(r, k) / fac(k) * (alpha / (alpha + t)) ** r * (t / (alpha + t)) ** k * (beta / (beta + t)) ** s

        def g(v):
            u = exp(v) - m
            if u <= 0:
                return mpf(-10) ** 9 if k > 0 else v - log(beta)
            return v + k * log(u / (alpha + u)) + r * log(alpha / (alpha + u)) + s * log(beta / (beta + u)) - log(beta + u)

        m = min(alpha, beta)
        lo, hi = log(m), log(m + t)
        a1, b1 = lo, hi
        for _ in range(160):
            third = (b1 - a1) / 3
            if g(a1 + third) < g(b1 - third):
                a1 += third
            else:
                b1 -= third
        top = a1
        left = [-v for v in panels(-top, -lo, lambda v: g(-v), 10, mpf(1) / 2, 70)] if top > lo else [lo]
        right = panels(top, hi, g, 10, mpf(1) / 2, 70) if top < hi else [hi]
        # quad's error is absolute: the integrand is brought to the size of one
        c = g(top)
        died = exp(c) * quad(lambda v: exp(g(v) - c), left[::-1] + right[1:], method="gauss-legendre")
        return alive + rf(r, k) / fac(k) * s * died
    z = t / (alpha + t)
    stays = rf(b, k) / rf(a + b, k) * rf(r, k) / fac(k) * (1 - z) ** r * z ** k
    if k == 0:
        return stays
    tail = betainc(k, r, 0, z, regularized=True)
    return stays + a / (a + b) * rf(b, k - 1) / rf(a + b + 1, k - 1) * tail


# CDNOW in days, then what breaks others: orders of alpha and beta, poles, tiny and huge shapes
PARAMS = {
    PNBD: [
        (0.5532, 74.04, 0.6062, 81.68), (0.5, 10.0, 1.0, 10.0), (2.0, 30.0, 1.0, 5.0), (0.25, 7.0, 0.4, 400.0),
        (5.0, 400.0, 3.0, 7.0), (0.01, 0.5, 0.01, 0.5), (50.0, 700.0, 20.0, 9000.0), (1.0, 1e-3, 1.0, 1e3), (1.0, 1e3, 1.0, 1e-3),
        (1e-4, 50.0, 1e-4, 50.0), (1e4, 1e6, 0.5, 30.0), (0.8, 60.0, 1e3, 1e6), (0.6, 60.0, 0.999999999, 60.0), (0.6, 60.0, 1.000000001, 60.0),
    ],
    BG: [
        (0.2426, 30.895, 0.7929, 2.4259), (0.5, 10.0, 1.0, 2.0), (0.5, 10.0, 0.4, 0.6), (0.5, 10.0, 0.3, 0.2), (3.0, 100.0, 1.0, 1.0),
        (0.01, 0.5, 0.01, 0.5), (50.0, 700.0, 20.0, 300.0), (1e4, 1e6, 0.5, 3.0), (1.0, 1e-3, 2.0, 5.0), (0.25, 7.0, 1.000000001, 2.0),
        (0.25, 7.0, 1e-4, 1e-4), (0.7, 40.0, 100.0, 0.5), (2.0, 60.0, 0.999999, 1.5),
    ],
}
PARAMS[MBG] = [(0.5248, 43.28, 0.8914, 1.614)] + PARAMS[BG][1:]


def histories(rng, count):
    out = [(0, 0.0, 0.0), (0, 0.0, 1.0), (0, 0.0, 7305.0), (1, 1.0, 1.0), (10000, 7305.0, 7305.0), (301, 7.305, 7305.0), (1, 0.0, 0.0)]
    xs = [1, 2, 3, 8, 20, 60, 150, 299, 301, 400, 1000, 3000, 10000]
    ts = [1.0, 2.0, 7.0, 30.0, 90.0, 272.0, 365.0, 1000.0, 3652.0, 7305.0]
    shares = [0.001, 0.01, 0.1, 0.3, 0.5, 0.8, 0.9, 0.97, 0.99, 0.999, 1.0]
    while len(out) < count:
        T = rng.choice(ts)
        out.append((rng.choice(xs), T * rng.choice(shares), T))
    return out


def show(*values):
    print(" ".join(mp.nstr(v, 25) if isinstance(v, mp.mpf) else repr(v) for v in values), flush=True)


def exact(values):
    return [mpf(v) for v in values]


def points():
    print("# model r alpha s|a beta|b  x t_x T  t  log_likelihood p_alive expected")
    rng = random.Random(20250101)
    for model in (PNBD, BG, MBG):
        for p in PARAMS[model]:
            for x, t_x, T in histories(rng, 40):
                t = rng.choice([1.0, 7.0, 39.0, 273.0, 365.0, 3650.0])
                P, h = exact(p), exact((x, t_x, T))
                alive = p_alive(model, P, *h)
                ll = log_likelihood(model, P, *h)
                e = alive * future_expected(model, *posterior(model, P, h[0], h[2]), mpf(t))
                show(model, *p, x, t_x, T, t, ll, alive, e)


def derivatives():
    print("# model r alpha s|a beta|b  x t_x T  gradient[4] hessian[upper 10], by the parameters")
    rng = random.Random(7)
    for model in (PNBD, BG, MBG):
        for p in PARAMS[model][:7]:
            for x, t_x, T in histories(rng, 12)[1 if model else 1:]:
                if x > 400 and model == PNBD:
                    continue
                P, h = exact(p), exact((x, t_x, T))
                # logarithmic central differences at 50 + 30 digits
                old = mp.dps
                mp.dps = 75
                eps = mpf(10) ** -18

                def f(q):
                    return log_likelihood(model, q, *h)

                def moved(*moves):
                    q = list(P)
                    for i, k in moves:
                        q[i] = q[i] + k * eps * P[i]
                    return f(q)

                f0 = f(P)
                plus = [moved((i, 1)) for i in range(4)]
                minus = [moved((i, -1)) for i in range(4)]
                g = [(plus[i] - minus[i]) / (2 * eps * P[i]) for i in range(4)]
                hs = []
                for i in range(4):
                    for j in range(i, 4):
                        if i == j:
                            d = (plus[i] - 2 * f0 + minus[i]) / (eps * P[i]) ** 2
                        else:
                            d = (moved((i, 1), (j, 1)) - moved((i, 1), (j, -1)) - moved((i, -1), (j, 1)) + moved((i, -1), (j, -1))) / (
                                4 * eps * eps * P[i] * P[j])
                        hs.append(d)
                mp.dps = old
                show(model, *p, x, t_x, T, *[+v for v in g], *[+v for v in hs])


def pmf():
    print("# model r alpha s|a beta|b  k t  P(X(t) = k) of one who is alive")
    rng = random.Random(11)
    for model in (PNBD, BG):
        for p in PARAMS[model]:
            for k, t in [(0, 30.0), (1, 1.0), (1, 7305.0), (2, 90.0), (5, 365.0), (20, 365.0), (300, 3650.0), (1000, 7305.0)]:
                show(model, *p, k, t, pmf_alive(model, *exact(p), k, mpf(t)))


def dert():
    print("# model r alpha s|a beta|b  x t_x T  delta  discounted expected residual transactions")
    rng = random.Random(13)
    for model in (PNBD, BG, MBG):
        for p in PARAMS[model][: 14 if model == PNBD else 6]:
            for x, t_x, T in [(0, 0.0, 90.0), (3, 40.0, 272.0), (30, 300.0, 365.0)]:
                delta = rng.choice([1e-5, 2.6e-4, 2.6e-4, 1e-3, 0.02])
                P, h = exact(p), exact((x, t_x, T))
                value = p_alive(model, P, *h) * future_dert(model, *posterior(model, P, h[0], h[2]), mpf(delta))
                show(model, *p, x, t_x, T, delta, value)


def expint_grid():
    print("# s z  exp(z) E_s(z): the discounted residual of a new Pareto/NBD customer with r = alpha = beta = 1 and delta = z")
    mp.dps = 40
    for s in (1e-9, 0.1, 0.499999, 0.5, 0.75, 0.999999999, 1.0, 1.0000001, 1.25, 1.5, 2.0, 2.000001, 3.7, 9.5, 10.0, 29.99, 30.0, 500.0):
        for z in (1e-12, 1e-6, 1e-3, 0.1, 0.5, 0.999, 1.0, 3.0, 40.0, 1e4):
            g = lambda v: -(mpf(s) - 1) * v - mpf(z) * mp.expm1(v)
            top = max(mpf(0), log((1 - mpf(s)) / z)) if s < 1 else mpf(0)
            hi = mp.log1p(mpf(120) / z) + 1
            cuts = sorted(set([mpf(0), top, hi] + [hi * i / 24 for i in range(1, 24)] + [top + (hi - top) / mpf(2) ** i for i in range(1, 24)]))
            c = g(top)
            show(s, z, exp(c) * quad(lambda v: exp(g(v) - c), cuts))


def new():
    print("# model r alpha s|a beta|b  t  expected repeat purchases of a new customer")
    for model in (PNBD, BG, MBG):
        for p in PARAMS[model]:
            for t in (1.0, 39.0, 365.0, 7305.0):
                P = exact(p)
                if model == MBG:
                    e = P[3] / (P[2] + P[3]) * future_expected(model, P[0], P[1], P[2], P[3] + 1, mpf(t))
                else:
                    e = future_expected(model, *P, mpf(t))
                show(model, *p, t, e)


if __name__ == "__main__":
    {"points": points, "derivatives": derivatives, "pmf": pmf, "dert": dert, "new": new, "expint": expint_grid}[sys.argv[1]]()
