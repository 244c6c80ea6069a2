/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many customers at once. Days are whole, so that everything but the pair (t_x, T) can be looked up:
 *   Pareto/NBD  P = F(T) / (F(T) + S(t_x) - S(T)), F and S by (x, day); what is expected while alive is (r + x) times a value by T;
 *   BG, MBG     P = G(T) / (G(T) + c G(t_x)), G by (x, day), c by x; what is expected while alive by (x, T), interpolated over T.
 * Tables are laid out so that what most rows touch (small x) stays in the nearest cache.
 */
#include <string.h>

#include "total.h"

#define MAX_TABLE_X 255
#define CHEBYSHEV 24
#define AHEAD 48
#define SAMPLE 16384 /* rows looked at to find out how far the tables must reach */

typedef struct scorer {
    reb_nbd_model model;
    const double *par;
    double horizon, delta, per_unit;
    double *table; /* pairs by [x][day]: F and S, or G and what is expected */
    double *dert;  /* BG: by [x][day]; Pareto: by [day], of unit r + x */
    double *by_T;  /* Pareto: what is expected, by [day], of unit r + x */
    double *odds;  /* BG: c by x */
    double *rest;  /* work of the tables' making */
    int days, x_count;
} scorer;

/* How far the tables must reach: rows beyond what a sample shows are rare, and scored without them. */
static int last_day(const reb_nbd_row *rows, size_t n, double per_unit, double *max_x) {
    double max_T = 0.0;
    size_t stride = n / SAMPLE + 1;
    *max_x = 0.0;
    for (size_t i = 0; i < n; i += stride) {
        if (rows[i].T > max_T && rows[i].T <= REB_NUM_MAX_T) max_T = rows[i].T;
        if (rows[i].x > *max_x && rows[i].x <= REB_NUM_MAX_X) *max_x = rows[i].x;
    }
    double days = max_T * per_unit + 0.5;
    return days <= NUM_MAX_DAYS ? (int)days : -1;
}

/* How many x get a table: as many as n rows pay for. */
static int table_x(double max_x, int days, size_t n) {
    double worth = 20.0 * (double)n / (days + 1.0);
    double x = max_x < MAX_TABLE_X ? max_x : MAX_TABLE_X;
    x = x < worth ? x : worth;
    return x < 1.0 ? 0 : (int)x + 1;
}

static size_t doubles_needed(int x_count, int days) {
    size_t d = (size_t)days + 1;
    return 3 * (size_t)x_count * d + MAX_TABLE_X + 1 + d * (CHEBYSHEV + 2);
}

static void lay_out(scorer *s, void *work) {
    size_t d = (size_t)s->days + 1;
    size_t all = d * (size_t)s->x_count;
    s->table = work;
    s->dert = s->table + 2 * all;
    s->odds = s->dert + all;
    s->by_T = s->odds + MAX_TABLE_X + 1;
    s->rest = s->by_T + d;
}

size_t reb_nbd_score_work_size(reb_nbd_model model, const reb_nbd_row *rows, size_t n, double per_unit) {
    double max_x;
    (void)model;
    if (!(per_unit > 0.0)) return 0;
    int days = last_day(rows, n, per_unit, &max_x);
    int x_count = days >= 0 ? table_x(max_x, days, n) : 0;
    return x_count > 0 ? doubles_needed(x_count, days) * sizeof(double) : 0;
}

static double dert_of(const num_future *f, double delta) {
    double value;
    if (!(delta > 0.0)) return 0.0;
    return num_future_dert(&value, f, delta) == REB_NUM_OK ? value : -1.0;
}

static void pnbd_tables(scorer *s) {
    const double *par = s->par;
    double step = 1.0 / s->per_unit;
    double x_max = s->x_count - 1;
    size_t width = (size_t)s->days + 1;
    double *n = s->rest;
    for (int d = 0; d < s->days; d++) {
        int count = num_day_nodes(par, x_max, s->per_unit, d);
        const double(*rule)[2] = num_gl(count);
        for (int i = 0; i < count; i++, n += 2) {
            double u = (d + rule[i][0]) * step;
            n[0] = par[1] / (par[1] + u);
            n[1] = rule[i][1] * step * par[2] / (par[3] + u) * exp(-par[0] * log1p(u / par[1]) - par[2] * log1p(u / par[3]));
        }
    }
    double *end = n;
    for (int x = 0; x < s->x_count; x++) {
        double *row = s->table + 2 * width * (size_t)x;
        double sum = 0.0;
        n = end;
        for (int d = s->days; d >= 0; d--) {
            double u = d * step;
            for (int i = d < s->days ? num_day_nodes(par, x_max, s->per_unit, d) : 0; i > 0; i--) {
                n -= 2;
                sum += n[1];
                n[1] *= n[0];
            }
            row[2 * d + 1] = sum;
            row[2 * d] =
                x == 0 ? exp(-par[0] * log1p(u / par[1]) - par[2] * log1p(u / par[3])) : (row - 2 * width)[2 * d] * (par[1] / (par[1] + u));
        }
    }
    /* what is expected while alive: r + x times a value that depends on T only */
    for (int d = 0; d <= s->days; d++) {
        double u = d * step;
        num_future f = {REB_PNBD, 1.0, 1.0, par[1] + u, par[2], par[3] + u};
        s->by_T[d] = num_future_expected(&f, s->horizon);
        s->dert[d] = dert_of(&f, s->delta);
    }
}

/* Value at the i-th of m Chebyshev points in log(alpha + T), for one x. */
static double bg_value(const scorer *s, double x, double T, bool dert) {
    bool mbg = s->model == REB_MBGNBD;
    num_future f = {s->model, 1.0, s->par[0] + x, s->par[1] + T, s->par[2], s->par[3] + x + (mbg ? 1.0 : 0.0)};
    return dert ? dert_of(&f, s->delta) : num_future_expected(&f, s->horizon);
}

/* The Chebyshev points in log(alpha + T) as times T, and cos(k angle of point i). */
typedef struct chebyshev {
    double T[CHEBYSHEV], cosine[CHEBYSHEV][CHEBYSHEV];
} chebyshev;

static void set_points(chebyshev *p, double alpha, double span) {
    const double pi = 3.14159265358979323846;
    for (int i = 0; i < CHEBYSHEV; i++) {
        p->T[i] = alpha * expm1(span * 0.5 * (1.0 + cos(pi * (i + 0.5) / CHEBYSHEV)));
        for (int k = 0; k < CHEBYSHEV; k++) p->cosine[k][i] = cos(pi * k * (i + 0.5) / CHEBYSHEV);
    }
}

/* One x over all days: interpolated, if the series has died away by its end; else day by day. */
static void bg_fill(const scorer *s, const chebyshev *points, double *out, size_t apart, double x, bool dert) {
    double c[CHEBYSHEV], at[CHEBYSHEV];
    bool direct = s->days < 2 * CHEBYSHEV;
    for (int i = 0; i < CHEBYSHEV && !direct; i++) {
        at[i] = bg_value(s, x, points->T[i], dert);
    }
    for (int k = 0; k < CHEBYSHEV && !direct; k++) {
        double sum = 0.0;
        for (int i = 0; i < CHEBYSHEV; i++) sum += at[i] * points->cosine[k][i];
        c[k] = sum * 2.0 / CHEBYSHEV;
    }
    double least = HUGE_VAL;
    for (int i = 0; i < CHEBYSHEV && !direct; i++) least = fmin(least, at[i]);
    if (!direct) direct = !(fabs(c[CHEBYSHEV - 1]) + fabs(c[CHEBYSHEV - 2]) < 2e-13 * least);
    if (direct) {
        for (int d = 0; d <= s->days; d++) out[apart * (size_t)d] = bg_value(s, x, d / s->per_unit, dert);
        return;
    }
    size_t width = (size_t)s->days + 1;
    double *sum = s->rest;
    const double *term = s->rest + width;
    for (size_t d = 0; d < width; d++) sum[d] = 0.5 * c[0];
    for (int k = 1; k < CHEBYSHEV; k++) {
        term += width;
        for (size_t d = 0; d < width; d++) sum[d] += c[k] * term[d];
    }
    for (size_t d = 0; d < width; d++) out[apart * d] = sum[d];
}

static void bg_tables(scorer *s) {
    bool mbg = s->model == REB_MBGNBD;
    size_t width = (size_t)s->days + 1;
    double span = log1p(s->days / s->per_unit / s->par[1]);
    chebyshev points;
    set_points(&points, s->par[1], span);
    /* Chebyshev polynomials 0, 1, ... at each day's place, after one line of work for sums */
    double *poly = s->rest + width;
    for (size_t d = 0; d < width; d++) {
        double v = span > 0.0 ? 2.0 * log1p((double)d / s->per_unit / s->par[1]) / span - 1.0 : 0.0;
        poly[d] = 1.0;
        poly[width + d] = v;
        for (size_t k = 2; k < CHEBYSHEV; k++) poly[k * width + d] = 2.0 * v * poly[(k - 1) * width + d] - poly[(k - 2) * width + d];
    }
    for (int x = 0; x < s->x_count; x++) {
        double *row = s->table + 2 * width * (size_t)x;
        s->odds[x] = mbg || x > 0 ? s->par[2] / (s->par[3] + x - (mbg ? 0.0 : 1.0)) : 0.0;
        for (int d = 0; d <= s->days; d++) {
            double u = d / s->per_unit;
            row[2 * d] = x == 0 ? exp(-s->par[0] * log1p(u / s->par[1])) : (row - 2 * width)[2 * d] * (s->par[1] / (s->par[1] + u));
        }
        bg_fill(s, &points, row + 1, 2, x, false);
        if (s->delta > 0.0) bg_fill(s, &points, s->dert + width * (size_t)x, 1, x, true);
    }
}

/* The largest x for which the powers of 1 + T / alpha stay inside the range of doubles. */
static double bg_reach(const scorer *s) {
    double span = log1p(s->days / s->per_unit / s->par[1]);
    double x = span > 0.0 ? 600.0 / span - s->par[0] : MAX_TABLE_X;
    return x < MAX_TABLE_X ? floor(x) : MAX_TABLE_X;
}

static reb_num_status score_one(reb_score *out, const scorer *s, const reb_nbd_row *row) {
    num_future f;
    reb_num_status status = num_future_given(&f, s->model, s->par, row->x, row->t_x, row->T);
    if (status != REB_NUM_OK) return status;
    double expected = num_future_expected(&f, s->horizon);
    double dert = 0.0;
    if (!num_finite(expected)) return REB_NUM_RANGE;
    if (s->delta > 0.0) status = num_future_dert(&dert, &f, s->delta);
    if (status == REB_NUM_OK) *out = (reb_score){f.p, expected, dert};
    return status;
}

/*
 * The nearest whole number, and how far v is from it. Adding 1.5 * 2^52 leaves it in the low bits of the sum; a v that is negative, not
 * a number or 2^51 or more in size gives a `whole` that is negative or beyond any table, or a distance that is not a number.
 */
static inline double to_whole(int64_t *whole, double v) {
    double shifted = v + 0x1.8p52;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    *whole = (int64_t)(bits - UINT64_C(0x4338000000000000));
    return fabs(v - (shifted - 0x1.8p52));
}

/*
 * All rows through the tables; what is not in them (off the grid, beyond the last day or count, outside the domain, not a number) one
 * by one. `pnbd` and `dert` are constants where this is called, so that each call is a loop of its own.
 */
static inline __attribute__((always_inline)) size_t score_rows(reb_score *scores, unsigned char *row_status, const scorer *s,
                                                               const reb_nbd_row *rows, size_t n, bool pnbd, bool dert) {
    const double per_unit = s->per_unit, r = s->par[0];
    const double *table = s->table, *by_T = s->by_T, *odds = s->odds, *derts = s->dert;
    const int64_t days = s->x_count > 0 ? s->days : 0, last_x = (int64_t)s->x_count - 1;
    const int64_t width = days + 1;
    const size_t calm = n > AHEAD ? n - AHEAD : 0;
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        const reb_nbd_row *row = &rows[i];
        int64_t x, T, t;
        if (i < calm) {
            /* the rows come from far away: ask for them, and for the place of the answer, in time */
            __builtin_prefetch(row + AHEAD);
            __builtin_prefetch(&scores[i] + AHEAD, 1);
        }
        /* x must be whole to the last bit, times to a millionth of a step; and 0 <= x <= last_x, 0 <= t <= T <= days, t = 0 if x = 0.
         * One sign for all, and no branch on x, which is random. */
        double off = to_whole(&x, row->x) * 1e12 + to_whole(&T, row->T * per_unit) + to_whole(&t, row->t_x * per_unit);
        int64_t out = x | t | (last_x - x) | (days - T) | (T - t) | ((x - 1) & -t);
        if (out >= 0 && off <= 1e-6) {
            const double *of_x = table + 2 * width * x;
            const double *at = of_x + 2 * T;
            double dead = pnbd ? of_x[2 * t + 1] - at[1] : odds[x] * of_x[2 * t];
            double p = at[0] / (at[0] + dead);
            double rate = pnbd ? (r + row->x) * p : p;
            scores[i].p_alive = p;
            scores[i].expected = rate * (pnbd ? by_T[T] : at[1]);
            scores[i].dert = dert ? rate * (pnbd ? derts[T] : derts[width * x + T]) : 0.0;
            continue;
        }
        scores[i] = (reb_score){0.0, 0.0, 0.0};
        reb_num_status status = score_one(&scores[i], s, row);
        if (status != REB_NUM_OK) bad++;
        if (row_status != NULL) row_status[i] = (unsigned char)status;
    }
    return bad;
}

reb_num_status reb_nbd_score(reb_score *scores, unsigned char *row_status, size_t *bad, reb_nbd_model model, const double params[4],
                             double horizon, double delta, const reb_nbd_row *rows, size_t n, double per_unit, void *work,
                             size_t work_size) {
    scorer s = {.model = model, .par = params, .horizon = horizon, .delta = delta, .per_unit = per_unit};
    reb_num_status status = reb_nbd_check_params(model, params);
    if (status != REB_NUM_OK) return status;
    if (!(horizon >= 0.0 && horizon <= REB_NUM_MAX_T) || !(delta == 0.0 || (delta >= 1e-15 && delta <= 1e6))) return REB_NUM_DOMAIN;
    if (!(per_unit >= 0.0 && per_unit <= 1e9)) return REB_NUM_DOMAIN;
    double max_x;
    s.days = work != NULL && per_unit > 0.0 ? last_day(rows, n, per_unit, &max_x) : -1;
    if (s.days >= 0) {
        double reach = model == REB_PNBD ? num_table_x_max(params, per_unit, s.days) : bg_reach(&s);
        s.x_count = table_x(max_x, s.days, n);
        if (work_size < doubles_needed(s.x_count, s.days) * sizeof(double) && s.x_count > 0) return REB_NUM_WORK;
        if (s.x_count > reach + 1.0) s.x_count = reach < 0.0 ? 0 : (int)reach + 1;
    }
    if (s.x_count > 0) {
        lay_out(&s, work);
        if (model == REB_PNBD)
            pnbd_tables(&s);
        else
            bg_tables(&s);
    }
    bool pnbd = model == REB_PNBD;
    if (row_status != NULL) memset(row_status, REB_NUM_OK, n);
    if (delta > 0.0)
        *bad = pnbd ? score_rows(scores, row_status, &s, rows, n, true, true) : score_rows(scores, row_status, &s, rows, n, false, true);
    else
        *bad = pnbd ? score_rows(scores, row_status, &s, rows, n, true, false) : score_rows(scores, row_status, &s, rows, n, false, false);
    return REB_NUM_OK;
}
