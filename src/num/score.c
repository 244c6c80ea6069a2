/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many customers at once. Days are whole, so that everything but the pair (t_x, T) can be looked up:
 *   Pareto/NBD  P = F(T) / (F(T) + S(t_x) - S(T)), F and S by (x, day); what is expected while alive is (r + x) times a value by T;
 *   BG, MBG     P = G(T) / (G(T) + c G(t_x)), G by (x, day), c by x; what is expected while alive by (x, T), interpolated over T.
 */
#include <string.h>

#include "total.h"

#define MAX_TABLE_X 255
#define CHEBYSHEV 24

typedef struct entry {
    double weight;         /* F or G */
    double sum;            /* S; BG: not used */
    double expected, dert; /* while alive */
} entry;

typedef struct scorer {
    reb_nbd_model model;
    const double *par;
    double horizon, delta, per_unit;
    entry *table; /* [x][day] */
    double *odds; /* BG: c by x */
    int days, x_count;
} scorer;

static int last_day(const reb_nbd_row *rows, size_t n, double per_unit, double *max_x) {
    double max_T = 0.0;
    *max_x = 0.0;
    for (size_t i = 0; i < n; i++) {
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
    return (size_t)x_count * d * (sizeof(entry) / sizeof(double)) + MAX_TABLE_X + 1 + d * 16;
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

static void pnbd_tables(scorer *s, double *node) {
    const double *par = s->par;
    double step = 1.0 / s->per_unit;
    double x_max = s->x_count - 1;
    size_t width = (size_t)s->days + 1;
    double *n = node;
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
        entry *row = s->table + (size_t)x * width;
        double sum = 0.0;
        n = end;
        for (int d = s->days; d >= 0; d--) {
            double u = d * step;
            for (int i = d < s->days ? num_day_nodes(par, x_max, s->per_unit, d) : 0; i > 0; i--) {
                n -= 2;
                sum += n[1];
                n[1] *= n[0];
            }
            row[d].sum = sum;
            if (x == 0) {
                row[d].weight = exp(-par[0] * log1p(u / par[1]) - par[2] * log1p(u / par[3]));
            } else {
                row[d].weight = row[d - (ptrdiff_t)width].weight * (par[1] / (par[1] + u));
            }
        }
    }
    /* what is expected while alive: r + x times a value that depends on T only */
    for (int d = 0; d <= s->days; d++) {
        double u = d * step;
        num_future f = {REB_PNBD, 1.0, 1.0, par[1] + u, par[2], par[3] + u};
        double expected = num_future_expected(&f, s->horizon);
        double dert = dert_of(&f, s->delta);
        for (int x = 0; x < s->x_count; x++) {
            entry *e = s->table + (size_t)x * width + d;
            e->expected = (par[0] + x) * expected;
            e->dert = (par[0] + x) * dert;
        }
    }
}

/* Value at the i-th of m Chebyshev points in log(alpha + T), for one x. */
static double bg_value(const scorer *s, double x, double T, bool dert) {
    bool mbg = s->model == REB_MBGNBD;
    num_future f = {s->model, 1.0, s->par[0] + x, s->par[1] + T, s->par[2], s->par[3] + x + (mbg ? 1.0 : 0.0)};
    return dert ? dert_of(&f, s->delta) : num_future_expected(&f, s->horizon);
}

/* Clenshaw's sum of a Chebyshev series at v in [-1, 1]. */
static double clenshaw(const double c[CHEBYSHEV], double v) {
    double b1 = 0.0, b2 = 0.0;
    for (int k = CHEBYSHEV - 1; k > 0; k--) {
        double b = 2.0 * v * b1 - b2 + c[k];
        b2 = b1;
        b1 = b;
    }
    return v * b1 - b2 + 0.5 * c[0];
}

/* One x over all days: interpolated, if the series has died away by its end; else day by day. */
static void bg_fill(const scorer *s, entry *row, double x, const double *place, bool dert) {
    const double pi = 3.14159265358979323846;
    double c[CHEBYSHEV], at[CHEBYSHEV];
    double lo = log(s->par[1]);
    double span = log1p(s->days / s->per_unit / s->par[1]);
    bool direct = s->days < 2 * CHEBYSHEV;
    for (int i = 0; i < CHEBYSHEV && !direct; i++) {
        double y = lo + span * 0.5 * (1.0 + cos(pi * (i + 0.5) / CHEBYSHEV));
        at[i] = bg_value(s, x, exp(y) - s->par[1] > 0.0 ? exp(y) - s->par[1] : 0.0, dert);
    }
    for (int k = 0; k < CHEBYSHEV && !direct; k++) {
        double sum = 0.0;
        for (int i = 0; i < CHEBYSHEV; i++) sum += at[i] * cos(pi * k * (i + 0.5) / CHEBYSHEV);
        c[k] = sum * 2.0 / CHEBYSHEV;
    }
    double least = HUGE_VAL;
    for (int i = 0; i < CHEBYSHEV && !direct; i++) least = fmin(least, at[i]);
    if (!direct) direct = !(fabs(c[CHEBYSHEV - 1]) + fabs(c[CHEBYSHEV - 2]) < 2e-13 * least);
    for (int d = 0; d <= s->days; d++) {
        double v = direct ? bg_value(s, x, d / s->per_unit, dert) : clenshaw(c, place[d]);
        if (dert)
            row[d].dert = v;
        else
            row[d].expected = v;
    }
}

static void bg_tables(scorer *s, double *place) {
    bool mbg = s->model == REB_MBGNBD;
    size_t width = (size_t)s->days + 1;
    double span = log1p(s->days / s->per_unit / s->par[1]);
    for (int d = 0; d <= s->days; d++) place[d] = span > 0.0 ? 2.0 * log1p(d / s->per_unit / s->par[1]) / span - 1.0 : 0.0;
    for (int x = 0; x < s->x_count; x++) {
        entry *row = s->table + (size_t)x * width;
        s->odds[x] = mbg || x > 0 ? s->par[2] / (s->par[3] + x - (mbg ? 0.0 : 1.0)) : 0.0;
        for (int d = 0; d <= s->days; d++) {
            double u = d / s->per_unit;
            row[d].weight =
                x == 0 ? exp(-s->par[0] * log1p(u / s->par[1])) : row[d - (ptrdiff_t)width].weight * (s->par[1] / (s->par[1] + u));
            row[d].sum = 0.0;
            row[d].dert = 0.0;
        }
        bg_fill(s, row, x, place, false);
        if (s->delta > 0.0) bg_fill(s, row, x, place, true);
    }
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

/* Is the row in the tables? A NaN is not. */
static inline bool look_up(reb_score *out, const scorer *s, const reb_nbd_row *row) {
    double T = row->T * s->per_unit;
    double t = row->t_x * s->per_unit;
    if (!(row->x >= 0.0 && row->x < s->x_count && t >= 0.0 && t <= T && T <= s->days)) return false;
    int x = (int)row->x;
    int iT = (int)(T + 0.5);
    int it = (int)(t + 0.5);
    double off = fabs(T - iT) + fabs(t - it);
    if ((double)x != row->x || !(off <= 1e-6) || (x == 0 && it != 0)) return false;
    const entry *of_x = s->table + (size_t)x * ((size_t)s->days + 1);
    const entry *at = of_x + iT;
    double dead = s->model == REB_PNBD ? of_x[it].sum - at->sum : s->odds[x] * of_x[it].weight;
    double p = at->weight / (at->weight + dead);
    out->p_alive = p;
    out->expected = p * at->expected;
    out->dert = p * at->dert;
    return true;
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
        double reach = num_table_x_max(params, per_unit, s.days);
        s.x_count = table_x(max_x, s.days, n);
        if (work_size < doubles_needed(s.x_count, s.days) * sizeof(double) && s.x_count > 0) return REB_NUM_WORK;
        if (s.x_count > reach + 1.0) s.x_count = reach < 0.0 ? 0 : (int)reach + 1;
    }
    if (s.x_count > 0) {
        s.table = work;
        s.odds = (double *)(s.table + (size_t)s.x_count * ((size_t)s.days + 1));
        if (model == REB_PNBD)
            pnbd_tables(&s, s.odds + MAX_TABLE_X + 1);
        else
            bg_tables(&s, s.odds + MAX_TABLE_X + 1);
    }
    *bad = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char state = REB_NUM_OK;
        if (s.x_count == 0 || !look_up(&scores[i], &s, &rows[i])) {
            scores[i] = (reb_score){0.0, 0.0, 0.0};
            state = (unsigned char)score_one(&scores[i], &s, &rows[i]);
            if (state != REB_NUM_OK) ++*bad;
        }
        if (row_status != NULL) row_status[i] = state;
    }
    return REB_NUM_OK;
}
