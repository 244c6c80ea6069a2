/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pareto/NBD over all rows. Times are whole days, so the integral from t_x to T is the difference of two entries of a backward sum
 * over the days, made once for each x; nodes pass from one x to the next by a multiplication. Second derivatives are linear in the
 * sums once each row has said how much weight it puts on its span of days: they are gathered per day, not per row.
 */
#include <string.h>

#include "total.h"

enum { NODE = 5, DAY = 4, SUM = 8 }; /* doubles of a node (A, la, B, lb, f), of a day (A, la, B, lb), of a day's sums */

typedef struct day_tables {
    double *node;               /* NODE each; nodes of day d are first[d] .. first[d + 1] - 1 */
    double *day;                /* DAY each */
    double *sum;                /* SUM each: backward sums of f by 1, la, lb, A, B, and the weight of being alive on that day */
    double *span;               /* weight that starts (or ends) on that day */
    double *alive;              /* weight of being alive at the end, by that day */
    double *weight;             /* of each node, for the second derivatives */
    const unsigned char *count; /* nodes of each day */
    int days;
    size_t nodes;
    double x; /* for which f and alive now stand */
} day_tables;

size_t num_tables_size(int days) {
    size_t d = (size_t)days + 1;
    return d * (8 * (NODE + 1) + DAY + SUM + 2) + d / 8 + 1;
}

/* The exponent falls by about this much in a day; so many nodes keep the error of a panel below 1e-13 of it. */
int num_day_nodes(const double par[4], double x_max, double per_unit, int day) {
    double m = (par[1] < par[3] ? par[1] : par[3]) * per_unit + day;
    double k = (par[0] + x_max + par[2] + 1.0) / m;
    if (k <= 0.1 && m >= 30.0) return 3;
    if (k <= 0.3 && m >= 8.0) return 4;
    if (k <= 1.2 && m >= 3.0) return 6;
    if (k <= 4.0 && m >= 1.0) return 8;
    return 0;
}

double num_table_x_max(const double par[4], double per_unit, int days) {
    double m = (par[1] < par[3] ? par[1] : par[3]) * per_unit;
    if (m < 1.0) return -1.0;
    double by_nodes = 4.0 * m - par[0] - par[2] - 1.0;
    double end = days / per_unit;
    double by_range = (600.0 - (par[2] + 1.0) * log1p(end / par[3])) / log1p(end / par[1]) - par[0];
    double x = floor(by_nodes < by_range ? by_nodes : by_range);
    return x < 2000.0 ? x : 2000.0;
}

/* log(1 + z) for 0 <= z <= 1 / 30, and exp(e) for |e| <= 0.3, to the last digit. */
static inline double small_log1p(double z) {
    return z *
           (1.0 - z * (1.0 / 2 - z * (1.0 / 3 - z * (1.0 / 4 - z * (1.0 / 5 - z * (1.0 / 6 - z * (1.0 / 7 - z * (1.0 / 8 - z / 9))))))));
}

static inline double small_exp(double e) {
    double tail = 1.0 / 5040 + e * (1.0 / 40320 + e * (1.0 / 362880 + e * (1.0 / 3628800 + e * (1.0 / 39916800 + e * (1.0 / 479001600)))));
    return 1.0 + e * (1.0 + e * (1.0 / 2 + e * (1.0 / 6 + e * (1.0 / 24 + e * (1.0 / 120 + e * (1.0 / 720 + e * tail))))));
}

/* A point in time: A, la, B, lb as in the tables, the weight of being alive, u, 1 / (alpha + u), 1 / (beta + u). */
typedef struct place {
    double a, la, b, lb, alive, u, ia, ib;
} place;

static void place_at(place *p, double u, const double par[4], double x) {
    p->u = u;
    p->ia = 1.0 / (par[1] + u);
    p->ib = 1.0 / (par[3] + u);
    p->a = u * p->ia;
    p->b = u * p->ib;
    p->la = num_log1p(u / par[1]);
    p->lb = num_log1p(u / par[3]);
    p->alive = exp(-(par[0] + x) * p->la - par[2] * p->lb);
}

/* The same from a place a little before, at most a calm day: without libm. */
static inline void place_after(place *p, const place *from, double later, const double par[4], double x) {
    double za = later * from->ia, zb = later * from->ib;
    double la = small_log1p(za), lb = small_log1p(zb);
    p->u = from->u + later;
    p->ia = from->ia / (1.0 + za);
    p->ib = from->ib / (1.0 + zb);
    p->a = p->u * p->ia;
    p->b = p->u * p->ib;
    p->la = from->la + la;
    p->lb = from->lb + lb;
    p->alive = from->alive * small_exp(-(par[0] + x) * la - par[2] * lb);
}

static void prepare(day_tables *t, const num_data *data, const double par[4], double x_max, double x) {
    size_t days = (size_t)data->days + 1;
    double step = 1.0 / data->per_unit;
    t->days = data->days;
    t->day = data->tables;
    t->sum = t->day + DAY * days;
    t->span = t->sum + SUM * days;
    t->alive = t->span + days;
    t->node = t->alive + days;
    t->weight = t->node + 8 * NODE * days;
    unsigned char *count = (unsigned char *)(t->weight + 8 * days);
    t->count = count;
    t->x = x;
    double *node = t->node;
    double least = (par[1] < par[3] ? par[1] : par[3]) * data->per_unit;
    place day = {0};
    bool calm = false;
    for (int d = 0; d <= t->days; d++) {
        /* a chain of calm days starts anew every so often, so that no rounding piles up */
        place before = day;
        if (calm && d % 32 != 0)
            place_after(&day, &before, step, par, x);
        else
            place_at(&day, d * step, par, x);
        memcpy(t->day + DAY * d, &day, DAY * sizeof(double));
        t->sum[SUM * d + 5] = day.alive;
        if (d == t->days) break;
        int n = num_day_nodes(par, x_max, data->per_unit, d);
        const double(*rule)[2] = num_gl(n);
        count[d] = (unsigned char)n;
        calm = n <= 4 && least + d >= 30.0;
        for (int i = 0; i < n; i++, node += NODE) {
            place p;
            if (calm)
                place_after(&p, &day, rule[i][0] * step, par, x);
            else
                place_at(&p, (d + rule[i][0]) * step, par, x);
            node[0] = p.a;
            node[1] = p.la;
            node[2] = p.b;
            node[3] = p.lb;
            node[4] = rule[i][1] * step * par[2] * p.ib * p.alive;
        }
    }
    t->nodes = (size_t)(node - t->node) / NODE;
}

/* Moves every f from the present x to a larger one. */
static void advance(day_tables *t, double x) {
    double gap = x - t->x;
    if (gap == 0.0) return;
    double *end = t->node + NODE * t->nodes;
    if (gap <= 8.0) {
        for (; gap > 0.0; gap -= 1.0) {
            for (double *n = t->node; n < end; n += NODE) n[4] *= 1.0 - n[0];
            for (int d = 0; d <= t->days; d++) t->sum[SUM * d + 5] *= 1.0 - t->day[DAY * d];
        }
    } else {
        for (double *n = t->node; n < end; n += NODE) n[4] *= exp(-gap * n[1]);
        for (int d = 0; d <= t->days; d++) t->sum[SUM * d + 5] *= exp(-gap * t->day[DAY * d + 1]);
    }
    t->x = x;
}

static void sum_backward(day_tables *t) {
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0, s4 = 0.0;
    const double *n = t->node + NODE * t->nodes;
    for (int d = t->days; d >= 0; d--) {
        double *sum = t->sum + SUM * d;
        for (int i = d < t->days ? t->count[d] : 0; i > 0; i--) {
            n -= NODE;
            s0 += n[4];
            s1 += n[4] * n[1];
            s2 += n[4] * n[3];
            s3 += n[4] * n[0];
            s4 += n[4] * n[2];
        }
        sum[0] = s0;
        sum[1] = s1;
        sum[2] = s2;
        sum[3] = s3;
        sum[4] = s4;
    }
    memset(t->span, 0, ((size_t)t->days + 1) * sizeof *t->span);
    memset(t->alive, 0, ((size_t)t->days + 1) * sizeof *t->alive);
}

/* The rows of one x: value and gradient exactly, of the second derivatives the part that is not linear. */
static size_t table_rows(num_sums *to, double *customers, day_tables *t, const num_data *data, size_t i, const double par[4]) {
    double x = data->rows[i].x;
    double r = par[0];
    double s = par[2];
    double n_sum = 0.0, ll = 0.0;
    double g0 = 0.0, g1 = 0.0, g2 = 0.0, g3 = 0.0;
    double h00 = 0.0, h01 = 0.0, h02 = 0.0, h03 = 0.0, h11 = 0.0, h12 = 0.0, h13 = 0.0, h22 = 0.0, h23 = 0.0, h33 = 0.0;
    for (; i < data->n && data->rows[i].x == x; i += data->stride) {
        const reb_nbd_row *row = &data->rows[i];
        size_t T = (size_t)(row->T * data->per_unit + 0.5);
        size_t from = (size_t)(row->t_x * data->per_unit + 0.5);
        const double *a = t->sum + SUM * from;
        const double *b = t->sum + SUM * T;
        const double *day = t->day + DAY * T;
        double n = row->n;
        double f = b[5];
        double k0 = a[0] - b[0];
        double all = f + k0;
        double inv = 1.0 / all;
        double kA = a[3] - b[3];
        double kB = a[4] - b[4];
        double fa = f * day[0] + kA;
        double fb = f * day[2] + kB;
        double d0 = -r * (f * day[1] + a[1] - b[1]) * inv;
        double d1 = (r + x) * fa * inv - x;
        double d2 = (k0 - s * (f * day[3] + a[2] - b[2])) * inv;
        double d3 = (s * fb - (k0 - kB)) * inv;
        n_sum += n;
        ll += n * log(all);
        double w = n * inv;
        t->span[from] += w;
        t->span[T] -= w;
        t->alive[T] += w * f;
        double e0 = n * d0, e1 = n * d1, e2 = n * d2, e3 = n * d3;
        g0 += e0;
        g1 += e1;
        g2 += e2;
        g3 += e3;
        h00 += e0 * d0;
        h01 += e0 * d1;
        h02 += e0 * d2;
        h03 += e0 * d3;
        h11 += e1 * d1;
        h12 += e1 * d2;
        h13 += e1 * d3;
        h22 += e2 * d2;
        h23 += e2 * d3;
        h33 += e3 * d3;
    }
    *customers = n_sum;
    to->ll += ll;
    const double g[4] = {g0, g1, g2, g3};
    const double h[16] = {h00, h01, h02, h03, 0, h11, h12, h13, 0, 0, h22, h23, 0, 0, 0, h33};
    for (int p = 0; p < 4; p++) {
        to->g[p] += g[p];
        for (int q = p; q < 4; q++) to->h[4 * p + q] -= h[4 * p + q];
    }
    return i;
}

/* Weighted sums over points of A, la, B, lb (here a, l, b, k) and of their products. */
typedef struct moments {
    double w, l, a, ll, la, aa;
    double b, k, bb, bk, kk, lb, lk, ab, ak;
} moments;

/* Two passes, so that every sum stays in a register. */
static void take_moments(moments *m, const double *points, size_t stride, const double *weights, size_t n) {
    double w_ = 0.0, l_ = 0.0, a_ = 0.0, ll = 0.0, la = 0.0, aa = 0.0;
    const double *at = points;
    for (size_t i = 0; i < n; i++, at += stride) {
        double w = weights[i];
        double wa = w * at[0], wl = w * at[1];
        w_ += w;
        l_ += wl;
        a_ += wa;
        ll += wl * at[1];
        la += wl * at[0];
        aa += wa * at[0];
    }
    double b_ = 0.0, k_ = 0.0, bb = 0.0, bk = 0.0, kk = 0.0, lb = 0.0, lk = 0.0, ab = 0.0, ak = 0.0;
    at = points;
    for (size_t i = 0; i < n; i++, at += stride) {
        double wb = weights[i] * at[2], wk = weights[i] * at[3];
        b_ += wb;
        k_ += wk;
        bb += wb * at[2];
        bk += wb * at[3];
        kk += wk * at[3];
        lb += wb * at[1];
        lk += wk * at[1];
        ab += wb * at[0];
        ak += wk * at[0];
    }
    *m = (moments){w_, l_, a_, ll, la, aa, b_, k_, bb, bk, kk, lb, lk, ab, ak};
}

/* Sum of g g' + h over points, out of their moments; dead is 1 for points of death, 0 for those alive (see point() in pnbd.c). */
static void add_moments(num_sums *to, const moments *m, const double par[4], double x, double dead) {
    double r = par[0], s = par[2];
    double c = r + x, s1 = s + dead;
    double g1 = c * m->a - x * m->w;
    to->h[0] += r * (r * m->ll - m->l);
    to->h[1] += r * (x * m->l - c * m->la + m->a);
    to->h[2] -= r * (dead * m->l - s * m->lk);
    to->h[3] -= r * (s1 * m->lb - dead * m->l);
    to->h[5] += c * c * m->aa - 2.0 * c * x * m->a + x * x * m->w - c * (m->a - m->aa);
    to->h[6] += dead * g1 - s * (c * m->ak - x * m->k);
    to->h[7] += s1 * (c * m->ab - x * m->b) - dead * g1;
    to->h[10] += dead * m->w - (2.0 * dead + 1.0) * s * m->k + s * s * m->kk;
    to->h[11] += (dead * s1 + s) * m->b - dead * m->w - s * s1 * m->bk + dead * s * m->k;
    to->h[15] += s1 * s1 * m->bb - 2.0 * dead * s1 * m->b + dead * m->w - s1 * (m->b - m->bb);
}

/* The linear part of the second derivatives: at each node the weight of all spans that cover it; at each day that of those alive. */
static void spread(num_sums *to, const day_tables *t, const double par[4]) {
    moments m;
    double cover = 0.0;
    double *weight = t->weight;
    const double *n = t->node;
    for (int d = 0; d < t->days; d++) {
        cover += t->span[d];
        for (int i = t->count[d]; i > 0; i--, n += NODE) *weight++ = n[4] * cover;
    }
    take_moments(&m, t->node, NODE, t->weight, t->nodes);
    add_moments(to, &m, par, t->x, 1.0);
    take_moments(&m, t->day, DAY, t->alive, (size_t)t->days + 1);
    add_moments(to, &m, par, t->x, 0.0);
}

static size_t group_end(const num_data *data, size_t i, size_t *count) {
    double x = data->rows[i].x;
    *count = 0;
    for (; i < data->n && data->rows[i].x == x; i += data->stride) ++*count;
    return i;
}

static void one_by_one(num_sums *sums, const num_data *data, size_t i, size_t end, const double par[4]) {
    for (; i < end; i += data->stride) {
        const reb_nbd_row *row = &data->rows[i];
        if (data->has_bad && (reb_nbd_check_history(row->x, row->t_x, row->T) != REB_NUM_OK || !(row->n > 0.0))) continue;
        num_pnbd_row(sums, true, par, row);
    }
}

void num_pnbd_total(num_sums *sums, const double par[4], void *context) {
    const num_data *data = context;
    size_t first = data->stride / 2;
    double x_max = -1.0;
    /* A node costs about as much as a hundredth of a row by quadrature. */
    if (data->per_unit > 0.0 && data->tables != NULL && !data->has_bad && data->n / data->stride >= (size_t)data->days / 8)
        x_max = num_table_x_max(par, data->per_unit, data->days);
    if (x_max < 0.0 || first >= data->n) {
        one_by_one(sums, data, first, data->n, par);
        return;
    }
    /* rows are sorted by x; only groups large enough pay for their table */
    day_tables t;
    bool ready = false;
    size_t least = (size_t)data->days / 40 + 1;
    double x_last = -1.0;
    for (size_t i = first, end, count; i < data->n && data->rows[i].x <= x_max; i = end) {
        end = group_end(data, i, &count);
        if (count >= least) x_last = data->rows[i].x;
    }
    for (size_t i = first, end, count; i < data->n; i = end) {
        double x = data->rows[i].x;
        end = group_end(data, i, &count);
        if (x > x_max || count < least) {
            one_by_one(sums, data, i, end, par);
            continue;
        }
        if (!ready) prepare(&t, data, par, x_last, x);
        ready = true;
        double customers, d1, d2;
        advance(&t, x);
        sum_backward(&t);
        table_rows(sums, &customers, &t, data, i, par);
        spread(sums, &t, par);
        num_rising_derivatives(&d1, &d2, par[0], x);
        sums->ll += customers * (num_log_rising(par[0], x) - x * log(par[1]));
        sums->g[0] += customers * par[0] * d1;
        sums->h[0] += customers * (par[0] * d1 + par[0] * par[0] * d2);
    }
}
