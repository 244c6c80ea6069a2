/* SPDX-License-Identifier: Apache-2.0 */
/* Refits of customers drawn with replacement; quantiles. */
#include <string.h>

#include "fit.h"
#include "rng.h"

#define ROW_DERIVATIVES 14 /* gradient and upper half of the second derivatives of one row */

/*
 * The likelihood around the fit: each row's own derivatives there, and the third derivatives of the whole. A sample's optimum is near
 * that of the expansion weighted as it was drawn; the refit starts there and needs about two looks at the likelihood.
 */
typedef struct expansion {
    double theta[4];
    double third[4][16]; /* change of the second derivatives along each logarithm */
    double *row;         /* ROW_DERIVATIVES each, or NULL where the fit is no place to expand around */
} expansion;

/* Work: a copy of the rows with the drawn counts; running counts; where in them to begin to look; the fit's own. */
typedef struct draws {
    reb_nbd_row *rows;
    uint64_t *upto;  /* customers in rows 0 .. i */
    uint32_t *guide; /* row that holds customer i * customers / n, or one before it */
    uint32_t *count;
    double *row; /* of the expansion */
} draws;

static size_t draws_size(size_t n) {
    return n * (sizeof(reb_nbd_row) + sizeof(uint64_t) + 2 * sizeof(uint32_t) + ROW_DERIVATIVES * sizeof(double));
}

size_t reb_nbd_bootstrap_work_size(const reb_nbd_row *rows, size_t n, const reb_fit_options *options) {
    return draws_size(n) + reb_nbd_fit_work_size(rows, n, options);
}

static void lay_out(draws *d, void *work, size_t n) {
    d->rows = work;
    d->row = (double *)(d->rows + n);
    d->upto = (uint64_t *)(d->row + ROW_DERIVATIVES * n);
    d->guide = (uint32_t *)(d->upto + n);
    d->count = d->guide + n;
}

/* Running counts over the usable rows; false if some count is not whole. */
static bool prepare(draws *d, uint64_t *customers, const reb_nbd_row *rows, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (num_row_good(&rows[i])) {
            if (!num_is_whole(rows[i].n)) return false;
            sum += (uint64_t)rows[i].n;
        }
        d->upto[i] = sum;
    }
    size_t row = 0;
    for (size_t i = 0; i < n; i++) {
        while (row + 1 < n && (double)d->upto[row] <= (double)i * (double)sum / (double)n) row++;
        d->guide[i] = (uint32_t)row;
    }
    *customers = sum;
    return true;
}

static size_t draw_once(draws *d, uint64_t customers, const reb_nbd_row *rows, size_t n, reb_rng *rng) {
    memset(d->count, 0, n * sizeof *d->count);
    double per_customer = (double)n / (double)customers;
    for (uint64_t i = 0; i < customers; i++) {
        uint64_t who = num_rng_below(rng, customers);
        size_t slot = (size_t)((double)who * per_customer);
        size_t row = d->guide[slot < n ? slot : n - 1];
        while (row > 0 && d->upto[row - 1] > who) row--;
        while (d->upto[row] <= who) row++;
        d->count[row]++;
    }
    size_t drawn = 0;
    for (size_t i = 0; i < n; i++) {
        if (d->count[i] == 0) continue;
        d->rows[drawn] = rows[i];
        d->rows[drawn++].n = d->count[i];
    }
    return drawn;
}

static reb_num_status expand(expansion *e, const reb_fit *fit, reb_nbd_model model, const reb_nbd_row *rows, size_t n, double per_unit,
                             double *row, void *rest, size_t rest_size) {
    const double step = 1e-3;
    e->row = NULL;
    if (!(fit->cov_log[0] > 0.0)) return REB_NUM_OK;
    for (int k = 0; k < 4; k++) e->theta[k] = log(fit->params[k]);
    for (int k = 0; k < 4; k++) {
        num_sums side[2];
        for (int i = 0; i < 2; i++) {
            double par[4];
            for (int j = 0; j < 4; j++) par[j] = exp(e->theta[j] + (j == k ? (i == 0 ? -step : step) : 0.0));
            reb_num_status status = num_eval_rows(&side[i], model, rows, n, per_unit, par, rest, rest_size);
            if (status != REB_NUM_OK) return status;
        }
        for (int j = 0; j < 16; j++) e->third[k][j] = (side[1].h[j] - side[0].h[j]) / (2.0 * step);
    }
    for (size_t i = 0; i < n; i++) {
        num_sums one = {0};
        reb_nbd_row single = rows[i];
        single.n = 1.0;
        if (!num_row_good(&rows[i])) single = (reb_nbd_row){0.0, 0.0, 0.0, 1.0};
        if (model == REB_PNBD)
            num_pnbd_row(&one, true, fit->params, &single);
        else
            num_bg_row(&one, true, model == REB_MBGNBD, fit->params, &single);
        double *to = row + ROW_DERIVATIVES * i;
        for (int p = 0; p < 4; p++) {
            *to++ = one.g[p];
            for (int q = p; q < 4; q++) *to++ = one.h[4 * p + q];
        }
    }
    e->row = row;
    return REB_NUM_OK;
}

/* Optimum of the expansion for the counts drawn; the fit itself where that is far or none. */
static void guess(double start[4], const expansion *e, const double par[4], const uint32_t *count, size_t n, const reb_prior *prior) {
    double sum[ROW_DERIVATIVES] = {0};
    memcpy(start, par, 4 * sizeof *start);
    if (e->row == NULL) return;
    for (size_t i = 0; i < n; i++) {
        const double *row = e->row + ROW_DERIVATIVES * i;
        double w = count[i];
        for (int k = 0; k < ROW_DERIVATIVES; k++) sum[k] += w * row[k];
    }
    double g[4], m[16], l[16];
    const double *from = sum;
    for (int p = 0; p < 4; p++) {
        double precision = prior != NULL ? prior->weight / (prior->sd_log[p] * prior->sd_log[p]) : 0.0;
        g[p] = *from++ - (prior != NULL ? precision * (e->theta[p] - prior->mean_log[p]) : 0.0);
        for (int q = p; q < 4; q++) {
            m[4 * p + q] = -*from++ + (p == q ? precision : 0.0);
            m[4 * q + p] = m[4 * p + q];
        }
    }
    if (!num_cholesky(l, m, 4)) return;
    double d[4] = {0};
    for (int turn = 0; turn < 4; turn++) {
        double b[4];
        for (int p = 0; p < 4; p++) {
            b[p] = g[p];
            for (int q = 0; q < 4; q++)
                for (int k = 0; k < 4; k++) b[p] += 0.5 * d[q] * d[k] * e->third[k][p <= q ? 4 * p + q : 4 * q + p];
        }
        num_cholesky_solve(d, l, b, 4);
    }
    for (int p = 0; p < 4; p++)
        if (!(fabs(d[p]) < 1.0)) return;
    for (int p = 0; p < 4; p++) start[p] = fmin(fmax(par[p] * exp(d[p]), 2.0 * REB_NUM_MIN_PARAM), 0.5 * REB_NUM_MAX_PARAM);
}

reb_num_status reb_nbd_bootstrap(double *params, size_t *failed, size_t refits, const reb_fit *fit, reb_nbd_model model,
                                 const reb_nbd_row *rows, size_t n, const reb_fit_options *options, reb_rng *rng, void *work,
                                 size_t work_size) {
    reb_fit_options again = options != NULL ? *options : (reb_fit_options){0};
    again.start = fit->params;
    if (reb_nbd_model_name(model) == NULL || !num_good_options(&again, 4) || n >= UINT32_MAX) return REB_NUM_DOMAIN;
    if (work_size < reb_nbd_bootstrap_work_size(rows, n, options) || (work == NULL && n > 0)) return REB_NUM_WORK;
    draws d;
    uint64_t customers;
    lay_out(&d, work, n);
    if (!prepare(&d, &customers, rows, n)) return REB_NUM_DOMAIN;
    if (customers == 0) return REB_NUM_NO_DATA;
    char *rest = (char *)work + draws_size(n);
    expansion e;
    double start[4];
    reb_num_status status = expand(&e, fit, model, rows, n, again.per_unit, d.row, rest, work_size - draws_size(n));
    if (status != REB_NUM_OK) return status;
    again.start = start;
    *failed = 0;
    for (size_t i = 0; i < refits; i++) {
        reb_fit one;
        size_t drawn = draw_once(&d, customers, rows, n, rng);
        guess(start, &e, fit->params, d.count, n, again.prior);
        status = num_fit_near(&one, model, d.rows, drawn, &again, rest, work_size - draws_size(n));
        if (status != REB_NUM_OK) return status;
        if (one.at_boundary != 0 || one.status == REB_FIT_NOT_CONVERGED) ++*failed;
        memcpy(params + 4 * i, one.params, 4 * sizeof *params);
    }
    return REB_NUM_OK;
}

/* Heap sort: in place, no stack, no bad case. */
static void sort(double *v, size_t n) {
    for (size_t end = n, root = n / 2; end > 1;) {
        if (root > 0) {
            root--;
        } else {
            double last = v[--end];
            v[end] = v[0];
            v[0] = last;
        }
        double value = v[root];
        size_t hole = root;
        for (size_t child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
            if (child + 1 < end && v[child + 1] > v[child]) child++;
            if (v[child] <= value) break;
            v[hole] = v[child];
            hole = child;
        }
        v[hole] = value;
    }
}

reb_num_status reb_quantile(double *quantile, const double *values, size_t count, size_t stride, double p, double *work) {
    if (!(p >= 0.0 && p <= 1.0) || stride == 0) return REB_NUM_DOMAIN;
    if (count == 0) return REB_NUM_NO_DATA;
    for (size_t i = 0; i < count; i++) {
        if (!num_finite(values[i * stride])) return REB_NUM_DOMAIN;
        work[i] = values[i * stride];
    }
    sort(work, count);
    double place = p * (double)(count - 1);
    size_t below = (size_t)place;
    double part = place - (double)below;
    *quantile = below + 1 < count ? work[below] + part * (work[below + 1] - work[below]) : work[below];
    return REB_NUM_OK;
}
