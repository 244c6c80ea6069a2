/* SPDX-License-Identifier: Apache-2.0 */
/* BG/NBD and MBG/NBD over all rows. Gamma terms need only the counts of x; a row costs two look-ups, one exp and one log. */
#include "total.h"

typedef struct bg_group {
    double n;                        /* customers */
    double la, a, aa;                /* sums over T: log(1 + T / alpha), A = T / (alpha + T), A (1 - A) */
    double ll;                       /* sum of log(1 + rho) */
    double w, wl, wd, wdd;           /* w = rho / (1 + rho), by 1, lambda, A_T - A_t, A_T (1 - A_T) - A_t (1 - A_t) */
    double v, vl, vd, vll, vld, vdd; /* w (1 - w), by the same and their products */
} bg_group;

static inline void bg_add(bg_group *s, double n, double y, double la_T, double a_T, double lambda, double d, double dd) {
    s->n += n;
    s->la += n * la_T;
    s->a += n * a_T;
    s->aa += n * a_T * (1.0 - a_T);
    double w, one_w, l;
    if (y > 36.0) {
        w = 1.0;
        one_w = exp(-y);
        l = y;
    } else {
        double e = exp(y);
        one_w = 1.0 / (1.0 + e);
        w = e * one_w;
        l = e < 1e-5 ? e - 0.5 * e * e : log(1.0 + e);
    }
    s->ll += n * l;
    double nw = n * w;
    double nv = nw * one_w;
    s->w += nw;
    s->wl += nw * lambda;
    s->wd += nw * d;
    s->wdd += nw * dd;
    s->v += nv;
    s->vl += nv * lambda;
    s->vd += nv * d;
    s->vll += nv * lambda * lambda;
    s->vld += nv * lambda * d;
    s->vdd += nv * d * d;
}

static void bg_close(num_sums *to, const bg_group *s, bool odds, const double par[4], double x, double j) {
    double r = par[0];
    double b = par[3];
    double rx = r + x;
    double g[4] = {0};
    double h[16] = {0};
    to->ll += s->n * (num_log_rising(r, x) - x * log(par[1]) + num_log_rising(b, j) - num_log_rising(par[2] + b, j)) - rx * s->la;
    num_bg_counts(g, h, par, x, j);
    for (int p = 0; p < 4; p++) {
        to->g[p] += s->n * g[p];
        for (int q = p; q < 4; q++) to->h[4 * p + q] += s->n * h[4 * p + q];
    }
    to->g[0] -= r * s->la;
    to->g[1] += rx * s->a - x * s->n;
    to->h[0] -= r * s->la;
    to->h[1] += r * s->a;
    to->h[5] -= rx * s->aa;
    if (!odds) return;
    double c = j - 1.0;
    double share = b / (b + c);
    to->ll += s->ll;
    to->g[0] += r * s->wl;
    to->g[1] -= rx * s->wd;
    to->g[2] += s->w;
    to->g[3] -= share * s->w;
    to->h[0] += r * s->wl + r * r * s->vll;
    to->h[1] += -r * s->wd - r * rx * s->vld;
    to->h[2] += r * s->vl;
    to->h[3] -= share * r * s->vl;
    to->h[5] += rx * s->wdd + rx * rx * s->vdd;
    to->h[6] -= rx * s->vd;
    to->h[7] += share * rx * s->vd;
    to->h[10] += s->v;
    to->h[11] -= share * s->v;
    to->h[15] += share * share * s->v - b * c / ((b + c) * (b + c)) * s->w;
}

/* A table of log(1 + d / alpha) and d / (alpha + d) over the days. */
static void fill(double *table, const num_data *data, double alpha) {
    double scaled = alpha * data->per_unit;
    for (int d = 0; d <= data->days; d++) {
        table[2 * d] = log1p(d / scaled);
        table[2 * d + 1] = d / (scaled + d);
    }
}

static size_t bg_group_rows(bg_group *s, const num_data *data, size_t i, double log_c, bool odds, const double par[4]) {
    const reb_nbd_row *rows = data->rows;
    const double *table = data->tables;
    double x = rows[i].x;
    double rx = par[0] + x;
    double alpha = par[1];
    bool grid = data->per_unit > 0.0 && table != NULL;
    for (; i < data->n && rows[i].x == x; i += data->stride) {
        const reb_nbd_row *row = &rows[i];
        double la_T, a_T, la_t, a_t;
        if (data->has_bad && (reb_nbd_check_history(x, row->t_x, row->T) != REB_NUM_OK || !(row->n > 0.0))) continue;
        if (grid) {
            size_t T = (size_t)(row->T * data->per_unit + 0.5);
            size_t t = (size_t)(row->t_x * data->per_unit + 0.5);
            la_T = table[2 * T];
            a_T = table[2 * T + 1];
            la_t = table[2 * t];
            a_t = table[2 * t + 1];
        } else {
            la_T = log1p(row->T / alpha);
            a_T = row->T / (alpha + row->T);
            la_t = log1p(row->t_x / alpha);
            a_t = row->t_x / (alpha + row->t_x);
        }
        double lambda = la_T - la_t;
        double d = a_T - a_t;
        bg_add(s, row->n, odds ? log_c + rx * lambda : -800.0, la_T, a_T, lambda, d, d * (1.0 - a_T - a_t));
    }
    return i;
}

void num_bg_total(num_sums *sums, const double par[4], void *context) {
    const num_data *data = context;
    bool mbg = data->model == REB_MBGNBD;
    if (data->per_unit > 0.0 && data->tables != NULL) fill(data->tables, data, par[1]);
    for (size_t i = data->stride / 2; i < data->n;) {
        double x = data->rows[i].x;
        if (data->has_bad && reb_nbd_check_history(x, 0.0, 0.0) != REB_NUM_OK) {
            i += data->stride;
            continue;
        }
        bg_group s = {0};
        double j = mbg ? x + 1.0 : x;
        bool odds = mbg || x > 0.0;
        i = bg_group_rows(&s, data, i, odds ? log(par[2] / (par[3] + j - 1.0)) : 0.0, odds, par);
        if (s.n > 0.0) bg_close(sums, &s, odds, par, x, j);
    }
}
