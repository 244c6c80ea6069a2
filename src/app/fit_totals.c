/* The whole base in money, with ranges from the uncertainty of the parameters (delta method on their logarithms) and of the mean spend. */
#include "fit_internal.h"

#include "today.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { T_VALUE, T_KEPT, T_STAKE, T_ALIVE, T_FIGURES };

typedef struct weighed {
    reb_nbd_row *rows; /* n: spend x margin, summed over customers alike */
    size_t count;
    size_t room;
} weighed;

static reb_status add_row(weighed *w, reb_nbd_row row, reb_err *err) {
    if (w->count == w->room) {
        size_t room = w->room == 0 ? 4096 : w->room * 2;
        reb_nbd_row *bigger = realloc(w->rows, room * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the totals.");
        w->rows = bigger;
        w->room = room;
    }
    w->rows[w->count++] = row;
    return REB_OK;
}

/* Base figures: sums over customers in the order of their ids, so that both engines give the same double. */
static reb_status sum_scores(double base[T_FIGURES], reb_fit_report *r, weighed *w, reb_store *s, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_SCORE_STREAM, REB_NO_ARGS, err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) {
        double p = reb_col_f64(st, 4);
        double money = reb_col_f64(st, 5) * reb_col_f64(st, 6);
        base[T_VALUE] += reb_col_f64(st, 7);
        base[T_KEPT] += reb_col_f64(st, 8);
        base[T_ALIVE] += p;
        if (reb_today_drifts(p, (double)reb_col_i64(st, 1), reb_col_f64(st, 2), reb_col_f64(st, 3))) {
            base[T_STAKE] += reb_col_f64(st, 9);
            r->totals.drifting += reb_today_off_rhythm(r->drift_ratio, (double)reb_col_i64(st, 1), reb_col_f64(st, 2), reb_col_f64(st, 3));
        }
        r->totals.lost += p < REB_TODAY_LOST;
        if (!(money > 0.0)) continue;
        status = add_row(w,
                         (reb_nbd_row){.x = (double)reb_col_i64(st, 1),
                                       .t_x = reb_col_f64(st, 2) / REB_SCORE_DAYS_PER_WEEK,
                                       .T = reb_col_f64(st, 3) / REB_SCORE_DAYS_PER_WEEK,
                                       .n = money},
                         err);
    }
    reb_stmt_close(st);
    return status;
}

typedef struct bench {
    reb_score *near;
    reb_score *year;
    void *work;
    size_t work_size;
    unsigned char *drifts; /* by row of the weighed: fixed at the base */
} bench;

static reb_num_status score_rows(bench *b, const reb_score_model *m, const double params[4], const reb_nbd_row *rows, size_t n) {
    size_t bad = 0;
    const double year = REB_SCORE_YEAR_DAYS / REB_SCORE_DAYS_PER_WEEK;
    reb_num_status st =
        reb_nbd_score(b->year, NULL, &bad, m->model, params, year, 0.0, rows, n, REB_SCORE_DAYS_PER_WEEK, b->work, b->work_size);
    if (st != REB_NUM_OK || b->near == NULL) return st;
    return reb_nbd_score(b->near, NULL, &bad, m->model, params, year / 2.0, 0.0, rows, n, REB_SCORE_DAYS_PER_WEEK, b->work, b->work_size);
}

static void money_sums(double out[T_FIGURES], const bench *b, const reb_score_model *m, const weighed *w, bool mark) {
    out[T_VALUE] = out[T_KEPT] = out[T_STAKE] = 0.0;
    for (size_t i = 0; i < w->count; i++) {
        double p = b->year[i].p_alive;
        double near = b->near[i].expected;
        double value = w->rows[i].n * (near * m->discount_near + (b->year[i].expected - near) * m->discount_far);
        double kept = p >= REB_SCORE_LEAST_ALIVE ? value / p : 0.0;
        if (mark)
            b->drifts[i] =
                reb_today_drifts(p, w->rows[i].x, w->rows[i].t_x * REB_SCORE_DAYS_PER_WEEK, w->rows[i].T * REB_SCORE_DAYS_PER_WEEK);
        out[T_VALUE] += value;
        out[T_KEPT] += kept;
        if (b->drifts[i]) out[T_STAKE] += kept - value;
    }
}

static double alive_sum(const bench *b, const reb_nbd_row *rows, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += rows[i].n * b->year[i].p_alive;
    return sum;
}

static reb_num_status figures_at(double out[T_FIGURES], bench *b, const reb_score_model *m, const double params[4], const weighed *w,
                                 const reb_nbd_row *rows, size_t count, bool mark) {
    reb_num_status st = score_rows(b, m, params, w->rows, w->count);
    if (st != REB_NUM_OK) return st;
    money_sums(out, b, m, w, mark);
    reb_score *near = b->near;
    b->near = NULL; /* purchases are not needed for the count of the living */
    st = score_rows(b, m, params, rows, count);
    b->near = near;
    out[T_ALIVE] = alive_sum(b, rows, count);
    return st;
}

/* Relative standard errors of the figures. */
static reb_status spread(double relative[T_FIGURES], bench *b, const reb_score_model *m, const weighed *w, const reb_nbd_row *rows,
                         size_t count, reb_err *err) {
    static const double step = 1e-3;
    double base[T_FIGURES];
    double slope[4][T_FIGURES];
    reb_num_status st = figures_at(base, b, m, m->params, w, rows, count, true);
    for (int i = 0; i < 4 && st == REB_NUM_OK; i++) {
        double moved[4];
        double up[T_FIGURES];
        double down[T_FIGURES];
        memcpy(moved, m->params, sizeof moved);
        moved[i] = m->params[i] * exp(step);
        st = figures_at(up, b, m, moved, w, rows, count, false);
        moved[i] = m->params[i] * exp(-step);
        if (st == REB_NUM_OK) st = figures_at(down, b, m, moved, w, rows, count, false);
        for (int f = 0; f < T_FIGURES; f++) slope[i][f] = base[f] > 0.0 ? (up[f] - down[f]) / (2.0 * step) / base[f] : 0.0;
    }
    if (st != REB_NUM_OK) return reb_fail(err, REB_E_INTERNAL, "The totals cannot be computed (%s).", reb_num_status_name(st));
    for (int f = 0; f < T_FIGURES; f++) {
        double variance = 0.0;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) variance += slope[i][f] * m->cov_log[i * 4 + j] * slope[j][f];
        relative[f] = sqrt(fmax(variance, 0.0));
    }
    return REB_OK;
}

static reb_estimate around(double v, double relative, reb_origin origin) {
    double wide = v > 0.0 ? fmin(REB_SCORE_Z90 * relative, 20.0) : 0.0;
    return (reb_estimate){.value = v, .low = v * exp(-wide), .high = v * exp(wide), .origin = origin};
}

static bool make_bench(bench *b, const reb_score_model *m, const weighed *w, const reb_nbd_row *rows, size_t count) {
    size_t most = w->count > count ? w->count : count;
    size_t a = reb_nbd_score_work_size(m->model, w->rows, w->count, REB_SCORE_DAYS_PER_WEEK);
    size_t c = reb_nbd_score_work_size(m->model, rows, count, REB_SCORE_DAYS_PER_WEEK);
    b->work_size = a > c ? a : c;
    b->near = malloc((most + 1) * sizeof *b->near);
    b->year = malloc((most + 1) * sizeof *b->year);
    b->work = malloc(b->work_size + 8);
    b->drifts = calloc(w->count + 1, 1);
    return b->near != NULL && b->year != NULL && b->work != NULL && b->drifts != NULL;
}

static reb_status merge_rows(weighed *w, reb_err *err) {
    if (w->count == 0) return REB_OK;
    size_t size = reb_nbd_compress_work_size(w->count);
    void *work = malloc(size + 8);
    if (work == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the totals.");
    size_t unique = 0;
    size_t bad = 0;
    reb_num_status st = reb_nbd_compress(&unique, &bad, w->rows, w->count, REB_SCORE_DAYS_PER_WEEK, work, size);
    free(work);
    if (st != REB_NUM_OK) return reb_fail(err, REB_E_INTERNAL, "Histories cannot be merged (%s).", reb_num_status_name(st));
    w->count = unique;
    return REB_OK;
}

reb_status fit_totals(reb_fit_report *r, reb_store *s, const reb_nbd_row *rows, size_t count, reb_err *err) {
    weighed w = {0};
    bench b = {0};
    double base[T_FIGURES] = {0};
    double relative[T_FIGURES] = {0};
    r->totals = (reb_fit_totals){0};
    reb_status st = sum_scores(base, r, &w, s, err);
    if (st == REB_OK) st = merge_rows(&w, err);
    if (st == REB_OK && !make_bench(&b, &r->score, &w, rows, count)) st = reb_fail(err, REB_E_MEMORY, "No memory left for the totals.");
    if (st == REB_OK && w.count > 0) st = spread(relative, &b, &r->score, &w, rows, count, err);
    if (st == REB_OK) {
        reb_origin origin = r->margin_origin == REB_MEASURED && !r->prior_used ? REB_MEASURED : REB_MIXED;
        double spend2 = r->mean_spend_relative_se * r->mean_spend_relative_se;
        r->totals.value_minor = around(base[T_VALUE], sqrt(relative[T_VALUE] * relative[T_VALUE] + spend2), origin);
        r->totals.kept_minor = around(base[T_KEPT], sqrt(relative[T_KEPT] * relative[T_KEPT] + spend2), origin);
        r->totals.at_stake_minor = around(base[T_STAKE], sqrt(relative[T_STAKE] * relative[T_STAKE] + spend2), origin);
        r->totals.alive = around(base[T_ALIVE], relative[T_ALIVE], r->prior_used ? REB_MIXED : REB_MEASURED);
        if (r->totals.alive.high > (double)r->customers) r->totals.alive.high = (double)r->customers;
    }
    free(b.near);
    free(b.year);
    free(b.work);
    free(b.drifts);
    free(w.rows);
    return st;
}

/* The rows of everybody from the scores, each counted once. */
static reb_status rows_of_scores(weighed *w, reb_store *s, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_SCORE_STREAM, REB_NO_ARGS, err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row)
        status = add_row(w,
                         (reb_nbd_row){.x = (double)reb_col_i64(st, 1),
                                       .t_x = reb_col_f64(st, 2) / REB_SCORE_DAYS_PER_WEEK,
                                       .T = reb_col_f64(st, 3) / REB_SCORE_DAYS_PER_WEEK,
                                       .n = 1.0},
                         err);
    reb_stmt_close(st);
    return status == REB_OK ? merge_rows(w, err) : status;
}

reb_status fit_totals_now(reb_fit_report *r, reb_store *s, reb_err *err) {
    weighed w = {0};
    reb_status st = rows_of_scores(&w, s, err);
    if (st == REB_OK) st = fit_totals(r, s, w.rows, w.count, err);
    free(w.rows);
    return st;
}
