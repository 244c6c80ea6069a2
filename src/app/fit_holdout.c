/* The models judged on the business's own past: fitted up to the split day, compared with what happened after it. */
#include "fit_internal.h"
#include "today.h"

#include "../base/rand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCORED_MOST = 100000 };

static int by_history(const void *a, const void *b) {
    const fit_outcome *p = a;
    const fit_outcome *q = b;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    if (p->observed != q->observed) return p->observed < q->observed ? -1 : 1;
    if (p->recency != q->recency) return p->recency < q->recency ? -1 : 1;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return 0;
}

/* One entry a customer, then sorted and merged. NULL when there is none, or (`lost`) no memory. */
static fit_outcome *gather(size_t *count, bool *lost, const fit_data *d) {
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++) n += d->customers[i].split_x != FIT_UNSEEN;
    fit_outcome *o = n > 0 ? malloc(n * sizeof *o) : NULL;
    *count = 0;
    *lost = n > 0 && o == NULL;
    if (o == NULL) return NULL;
    uint32_t after = (uint32_t)(d->as_of_day - d->split_day);
    /* A stable sample: every customer's place in the order of ids, hashed. */
    uint64_t bar = n <= SCORED_MOST ? UINT64_MAX : (uint64_t)((double)SCORED_MOST / (double)n * 0x1p64);
    size_t k = 0;
    for (size_t i = 0; i < d->count; i++) {
        const fit_packed *p = &d->customers[i];
        if (p->split_x == FIT_UNSEEN) continue;
        o[k] = (fit_outcome){.x = p->split_x, .recency = p->split_recency, .observed = p->observed - after, .y = p->x - p->split_x, .n = 1};
        o[k].scored = reb_hash64(1, &k, sizeof k) <= bar;
        k++;
    }
    qsort(o, n, sizeof *o, by_history);
    for (size_t i = 0; i < n; i++) {
        if (*count > 0 && by_history(&o[*count - 1], &o[i]) == 0) {
            o[*count - 1].n += 1;
            o[*count - 1].scored += o[i].scored;
        } else {
            o[(*count)++] = o[i];
        }
    }
    return o;
}

static double weeks(double days) {
    return days / REB_SCORE_DAYS_PER_WEEK;
}

static reb_nbd_row *rows_of(const fit_outcome *o, size_t n) {
    reb_nbd_row *rows = malloc(n * sizeof *rows);
    for (size_t i = 0; rows != NULL && i < n; i++)
        rows[i] = (reb_nbd_row){.x = o[i].x, .t_x = weeks(o[i].recency), .T = weeks(o[i].observed), .n = o[i].n};
    return rows;
}

static reb_status consult(fit_opinion *v, reb_nbd_model model, const fit_outcome *o, size_t n, double after_weeks, reb_err *err) {
    reb_nbd_row *rows = rows_of(o, n);
    v->expected = calloc(n, sizeof *v->expected);
    v->log_p = calloc(n, sizeof *v->log_p);
    if (rows == NULL || v->expected == NULL || v->log_p == NULL) {
        free(rows);
        return reb_fail(err, REB_E_MEMORY, "No memory left to compare the models.");
    }
    reb_fit fit = {0};
    bool prior = false;
    size_t unique = n;
    reb_status st = fit_rows(&fit, &prior, model, rows, &unique, err);
    free(rows);
    if (st != REB_OK) return st;
    memcpy(v->params, fit.params, sizeof v->params);
    memcpy(v->cov_log, fit.cov_log, sizeof v->cov_log);
    v->prior_used = prior;
    v->usable = true;
    for (size_t i = 0; i < n && v->usable; i++) {
        double x = o[i].x;
        double t_x = weeks(o[i].recency);
        double t = weeks(o[i].observed);
        if (i > 0 && o[i].x == o[i - 1].x && o[i].recency == o[i - 1].recency && o[i].observed == o[i - 1].observed) {
            v->expected[i] = v->expected[i - 1];
        } else if (reb_nbd_expected(&v->expected[i], model, v->params, after_weeks, x, t_x, t) != REB_NUM_OK) {
            v->usable = false;
        }
        if (o[i].scored == 0) continue;
        double p = 0.0;
        if (reb_nbd_pmf(&p, model, v->params, o[i].y, after_weeks, x, t_x, t) != REB_NUM_OK) v->usable = false;
        v->log_p[i] = log(fmax(p, 1e-300));
    }
    return REB_OK;
}

static void judge(reb_fit_contest *c, const fit_opinion *v, const fit_opinion *base, const fit_outcome *o, size_t n) {
    c->usable = v->usable;
    if (!v->usable) return;
    double customers = 0.0;
    double scored = 0.0;
    double errors = 0.0;
    double score = 0.0;
    double diff = 0.0;
    double diff2 = 0.0;
    for (size_t i = 0; i < n; i++) {
        customers += o[i].n;
        scored += o[i].scored;
        errors += o[i].n * fabs(v->expected[i] - (double)o[i].y);
        c->predicted_total += o[i].n * v->expected[i];
        score += o[i].scored * v->log_p[i];
        double d = base->usable ? v->log_p[i] - base->log_p[i] : 0.0;
        diff += o[i].scored * d;
        diff2 += o[i].scored * d * d;
    }
    c->mae = errors / customers;
    c->log_score = scored > 0.0 ? score / scored : 0.0;
    if (!base->usable || scored < 2.0) return;
    c->advantage = diff / scored;
    c->advantage_se = sqrt(fmax(diff2 / scored - c->advantage * c->advantage, 0.0) / (scored - 1.0));
}

/* MBG/NBD unless another is clearly better: by more than two standard errors of the difference. */
static reb_nbd_model choose(reb_fit_report *r) {
    reb_nbd_model best = REB_MBGNBD;
    double lead = 0.0;
    r->chosen_because = "default";
    for (int m = 0; m < REB_FIT_MODELS; m++) {
        const reb_fit_contest *c = &r->contest[m];
        if (c->model == REB_MBGNBD || !c->usable || !(c->advantage > 2.0 * c->advantage_se) || !(c->advantage > lead)) continue;
        best = c->model;
        lead = c->advantage;
        r->chosen_because = "holdout";
    }
    return best;
}

/* --- calibration by decile -------------------------------------------------------------------------------------------------------- */

typedef struct ranked {
    double expected;
    size_t at;
} ranked;

static int by_expected(const void *a, const void *b) {
    const ranked *p = a;
    const ranked *q = b;
    if (p->expected != q->expected) return p->expected < q->expected ? -1 : 1;
    return p->at < q->at ? -1 : p->at > q->at;
}

/* Student's t, two-sided 95%; a short table is exact enough for an interval. */
static double t95(double degrees) {
    static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    if (degrees < 1.0) return t[0];
    if (degrees <= 10.0) return t[(int)degrees - 1];
    return 1.959964 + 2.4 / degrees + 3.0 / (degrees * degrees);
}

reb_estimate fit_share95(double share, double n) {
    const double z = 1.959964;
    double middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    double half = z / (1.0 + z * z / n) * sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    /* At nobody and everybody an end is the share itself, but for rounding. */
    return (reb_estimate){.value = share,
                          .low = fmin(share, fmax(0.0, middle - half)),
                          .high = fmax(share, fmin(1.0, middle + half)),
                          .origin = REB_MEASURED};
}

/* One customer alone, or all alike: their spread says nothing, so the count itself is taken as Poisson's, by Byar's approximation of the
   exact interval (Breslow & Day 1987, vol. II, p. 69). */
static reb_estimate alike95(double n, double sum) {
    const double z = 1.959964;
    double more = sum + 1.0;
    double low = 1.0 - 1.0 / (9.0 * sum) - z / (3.0 * sqrt(sum));
    double high = 1.0 - 1.0 / (9.0 * more) + z / (3.0 * sqrt(more));
    return (reb_estimate){.value = sum / n,
                          .low = sum * fmax(low, 0.0) * fmax(low, 0.0) * fmax(low, 0.0) / n,
                          .high = more * high * high * high / n,
                          .origin = REB_MEASURED};
}

reb_estimate fit_mean95(double n, double sum, double sum_squares) {
    double mean = sum / n;
    double variance = n > 1.0 ? fmax(sum_squares / n - mean * mean, 0.0) * n / (n - 1.0) : 0.0;
    double half = t95(n - 1.0) * sqrt(variance / n);
    /* Nobody bought at all: the rule of three still bounds the mean. */
    if (sum == 0.0) half = 3.0 / n;
    if (sum > 0.0 && !(half > 0.0)) return alike95(n, sum);
    return (reb_estimate){.value = mean, .low = fmax(0.0, mean - half), .high = mean + half, .origin = REB_MEASURED};
}

typedef struct decile_sums {
    double n, expected, y, y2, silent, said_silent;
} decile_sums;

static void close_decile(reb_fit_decile *out, const decile_sums *s) {
    *out = (reb_fit_decile){
        .customers = (int64_t)s->n,
        .predicted = s->expected / s->n,
        .actual = fit_mean95(s->n, s->y, s->y2),
        .predicted_silent = s->said_silent / s->n,
        .actual_silent = fit_share95(s->silent / s->n, s->n),
    };
}

/* Customers with one and the same prediction stay in one decile: any order among them could only come from what happened afterwards. */
static reb_status calibrate(reb_fit_report *r, const fit_opinion *v, reb_nbd_model model, const fit_outcome *o, size_t n,
                            double after_weeks, reb_err *err) {
    ranked *order = malloc(n * sizeof *order);
    if (order == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the calibration.");
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        order[i] = (ranked){.expected = v->expected[i], .at = i};
        total += o[i].n;
    }
    qsort(order, n, sizeof *order, by_expected);
    int deciles = total >= 50.0 ? REB_FIT_DECILES : total >= 20.0 ? 5 : total >= 4.0 ? 2 : 1;
    decile_sums sums = {0};
    double before = 0.0;
    int closed = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i; /* a group with one and the same prediction stays together */
        double group = 0.0;
        while (end < n && order[end].expected == order[i].expected) group += o[order[end++].at].n;
        for (size_t k = i; k < end; k++) {
            const fit_outcome *w = &o[order[k].at];
            double silent = 0.0;
            reb_nbd_pmf(&silent, model, v->params, 0.0, after_weeks, w->x, weeks(w->recency), weeks(w->observed));
            sums.n += w->n;
            sums.expected += w->n * v->expected[order[k].at];
            sums.y += (double)w->n * w->y;
            sums.y2 += (double)w->n * w->y * w->y;
            sums.silent += w->y == 0 ? w->n : 0;
            sums.said_silent += w->n * silent;
        }
        before += group;
        i = end;
        /* Closed when at least this many tenths are behind us: groups can make fewer, larger tenths. */
        if (i == n || before >= total * (closed + 1) / deciles) {
            close_decile(&r->deciles[r->decile_count++], &sums);
            sums = (decile_sums){0};
            while (closed < deciles && before >= total * (closed + 1) / deciles) closed++;
        }
    }
    free(order);
    return REB_OK;
}

double reb_fit_corrected_alive(const reb_fit_calls *c, double p_alive) {
    if (c->shift == 0.0 || !(p_alive > 0.0 && p_alive < 1.0)) return p_alive;
    double odds = p_alive / (1.0 - p_alive) * exp(c->shift);
    return isfinite(odds) ? odds / (1.0 + odds) : p_alive;
}

typedef struct called {
    double p;
    double n;
} called;

static double mean_alive(const called *w, size_t count, double customers, double shift) {
    reb_fit_calls c = {.shift = shift};
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) sum += w[i].n * reb_fit_corrected_alive(&c, w[i].p);
    return sum / customers;
}

/* The shift of the log-odds that makes the mean of P(alive) what it should be; by halving. */
static double find_shift(const called *w, size_t count, double customers, double target) {
    double low = -4.0;
    double high = 4.0;
    for (int i = 0; i < 50; i++) {
        double middle = 0.5 * (low + high);
        if (mean_alive(w, count, customers, middle) < target) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

/* How far the chosen model may be believed of those whom Today would call. Had more of them come back than was foretold, more are alive
   than it says: the living are scaled by the ratio of who came back, drawn towards 1 where few customers speak. */
static reb_status judge_calls(reb_fit_report *r, const fit_opinion *v, reb_nbd_model model, const fit_outcome *o, size_t n,
                              double after_weeks, reb_err *err) {
    called *w = malloc((n + 1) * sizeof *w);
    if (w == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to judge the models.");
    size_t count = 0;
    double customers = 0.0;
    double predicted = 0.0;
    double back = 0.0;
    double alive = 0.0;
    for (size_t i = 0; i < n; i++) {
        double p = 0.0;
        double silent = 0.0;
        double t_x = weeks(o[i].recency);
        double t = weeks(o[i].observed);
        if (!reb_today_off_rhythm(r->drift_ratio, o[i].x, o[i].recency, o[i].observed)) continue;
        if (reb_nbd_p_alive(&p, model, v->params, o[i].x, t_x, t) != REB_NUM_OK ||
            !reb_today_drifts(p, o[i].x, o[i].recency, o[i].observed))
            continue;
        if (reb_nbd_pmf(&silent, model, v->params, 0.0, after_weeks, o[i].x, t_x, t) != REB_NUM_OK) continue;
        w[count++] = (called){.p = p, .n = o[i].n};
        customers += o[i].n;
        predicted += o[i].n * (1.0 - silent);
        back += o[i].y > 0 ? o[i].n : 0;
        alive += o[i].n * p;
    }
    if (customers >= 1.0) {
        r->calls.customers = (int64_t)customers;
        r->calls.predicted_back = predicted / customers;
        r->calls.back = fit_share95(back / customers, customers);
        r->calls.predicted_left = 1.0 - alive / customers;
        double believed = (back + REB_FIT_CALLS_TRUST * r->calls.predicted_back) / (customers + REB_FIT_CALLS_TRUST);
        double target = alive / customers * believed / r->calls.predicted_back;
        if (predicted > 0.0 && target > 0.0) r->calls.shift = find_shift(w, count, customers, fmin(target, 0.98));
    }
    free(w);
    return REB_OK;
}

reb_status fit_holdout(reb_fit_report *r, const fit_data *d, int forced, const reb_work_progress *progress, reb_err *err) {
    for (int m = 0; m < REB_FIT_MODELS; m++) r->contest[m].model = (reb_nbd_model)m;
    r->chosen_because = forced >= 0 ? "forced" : "default";
    r->score.model = forced >= 0 ? (reb_nbd_model)forced : REB_MBGNBD;
    if (d->split_day == 0) return REB_OK;
    size_t n = 0;
    bool lost = false;
    fit_outcome *o = gather(&n, &lost, d);
    if (lost) return reb_fail(err, REB_E_MEMORY, "No memory left to judge the models.");
    if (o == NULL) return REB_OK; /* nobody seen before the split day */
    r->split_day = d->split_day;
    r->holdout_days = d->as_of_day - d->split_day;
    for (size_t i = 0; i < n; i++) {
        r->holdout_customers += o[i].n;
        r->holdout_scored += o[i].scored;
        r->holdout_actual += (int64_t)o[i].n * o[i].y;
    }
    double after = weeks((double)r->holdout_days);
    fit_opinion opinions[REB_FIT_MODELS] = {0};
    reb_status st = REB_OK;
    for (int m = 0; m < REB_FIT_MODELS && st == REB_OK; m++) {
        st = consult(&opinions[m], (reb_nbd_model)m, o, n, after, err);
        if (st == REB_OK && !fit_tell(progress, 0.30 + 0.12 * (m + 1), "comparing the models on the past")) st = fit_stopped(err);
    }
    for (int m = 0; m < REB_FIT_MODELS && st == REB_OK; m++) judge(&r->contest[m], &opinions[m], &opinions[REB_MBGNBD], o, n);
    if (st == REB_OK && forced < 0) r->score.model = choose(r);
    const fit_opinion *chosen = &opinions[r->score.model];
    if (st == REB_OK && chosen->usable) st = judge_calls(r, chosen, r->score.model, o, n, after, err);
    if (st == REB_OK && chosen->usable) st = calibrate(r, chosen, r->score.model, o, n, after, err);
    if (st == REB_OK && chosen->usable) st = fit_groups(r, chosen, o, n, after, err);
    for (int m = 0; m < REB_FIT_MODELS; m++) {
        free(opinions[m].expected);
        free(opinions[m].log_p);
    }
    free(o);
    return st;
}
