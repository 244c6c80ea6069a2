/* The pictures of a fit: customers alike on the split day, what the chosen model foretold of them and what they did. By how often they had
   bought (is the rhythm right?) and by how long they had been silent (is the leaving right?). */
#include "fit_internal.h"

#include <math.h>
#include <stdlib.h>

#define Z95 1.959964
#define MONTH_DAYS 30.4375

enum { F_PURCHASES, F_BACK, F_STILL, F_FIGURES };
enum { SLOPE_MOST = 3000 }; /* distinct histories by which the slopes are found: a band needs no more */

typedef struct group_sums {
    double n, at, y, y2, back;
    double said[F_FIGURES];
    double sampled[F_FIGURES];  /* the same over the sample for slopes */
    double moved[4][F_FIGURES]; /* and with one parameter moved */
    int64_t from, to;
} group_sums;

static double weeks(double days) {
    return days / REB_SCORE_DAYS_PER_WEEK;
}

/* Bounds of the groups of silence, in days: months, then a year, then all that is longer. */
static int64_t silence_end(int g) {
    if (g >= REB_FIT_SILENCE_GROUPS - 1) return REB_FIT_NO_END;
    int months = g < REB_FIT_SILENCE_GROUPS - 2 ? g + 1 : 24;
    return (int64_t)floor(MONTH_DAYS * months);
}

static int group_of_silence(uint32_t silent) {
    int g = 0;
    while (silence_end(g) != REB_FIT_NO_END && (int64_t)silent > silence_end(g)) g++;
    return g;
}

static int group_of_count(uint32_t x) {
    return x < REB_FIT_COUNT_GROUPS - 1 ? (int)x : REB_FIT_COUNT_GROUPS - 1;
}

/* False where the mathematics refuses a history; it is left out of the pictures. */
static bool foretell(double out[F_FIGURES], reb_nbd_model model, const double params[4], const fit_outcome *o, double after) {
    double x = o->x;
    double t_x = weeks(o->recency);
    double t = weeks(o->observed);
    double silent = 0.0;
    bool good = reb_nbd_expected(&out[F_PURCHASES], model, params, after, x, t_x, t) == REB_NUM_OK &&
                reb_nbd_pmf(&silent, model, params, 0.0, after, x, t_x, t) == REB_NUM_OK &&
                reb_nbd_p_alive(&out[F_STILL], model, params, x, t_x, t) == REB_NUM_OK;
    out[F_BACK] = 1.0 - silent;
    return good;
}

static bool alike(const fit_outcome *a, const fit_outcome *b) {
    return a->x == b->x && a->recency == b->recency && a->observed == b->observed;
}

static void add(group_sums *s, const fit_outcome *o, double at, const double said[F_FIGURES]) {
    s->n += o->n;
    s->at += o->n * at;
    s->y += (double)o->n * o->y;
    s->y2 += (double)o->n * o->y * o->y;
    s->back += o->y > 0 ? o->n : 0;
    for (int f = 0; f < F_FIGURES; f++) s->said[f] += o->n * said[f];
}

#define SLOPE_STEP 1e-3

static void add_slopes(group_sums *const into[2], const fit_outcome *o, reb_nbd_model model, const double params[4], double after,
                       const double said[F_FIGURES]) {
    double moved[4][F_FIGURES];
    for (int i = 0; i < 4; i++) {
        double p[4] = {params[0], params[1], params[2], params[3]};
        p[i] *= exp(SLOPE_STEP);
        if (!foretell(moved[i], model, p, o, after)) return;
    }
    for (int k = 0; k < 2; k++)
        for (int f = 0; f < F_FIGURES; f++) {
            into[k]->sampled[f] += o->n * said[f];
            for (int i = 0; i < 4; i++) into[k]->moved[i][f] += o->n * moved[i][f];
        }
}

/* The mean of one figure with the range that the parameters' uncertainty leaves: the delta method, on the logarithm of a mean and on the
   log-odds of a share. */
static reb_estimate foretold(const group_sums *s, int f, const fit_opinion *v) {
    double mean = s->said[f] / s->n;
    reb_estimate e = {.value = mean, .low = mean, .high = mean, .origin = v->prior_used ? REB_MIXED : REB_MEASURED};
    bool share = f != F_PURCHASES;
    if (!(s->sampled[f] > 0.0) || !(mean > 0.0) || (share && mean >= 1.0)) return e;
    double variance = 0.0;
    double slope[4];
    for (int i = 0; i < 4; i++) slope[i] = (s->moved[i][f] - s->sampled[f]) / s->sampled[f] / SLOPE_STEP;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) variance += slope[i] * v->cov_log[i * 4 + j] * slope[j];
    double wide = Z95 * sqrt(fmax(variance, 0.0));
    if (!share) {
        wide = fmin(wide, 20.0);
        e.low = mean * exp(-wide);
        e.high = mean * exp(wide);
        return e;
    }
    double odds = mean / (1.0 - mean);
    wide = fmin(wide / (1.0 - mean), 20.0);
    e.low = fmin(mean, odds * exp(-wide) / (1.0 + odds * exp(-wide)));
    e.high = fmax(mean, odds * exp(wide) / (1.0 + odds * exp(wide)));
    return e;
}

static int close_groups(reb_fit_group *out, const group_sums *sums, int count, const fit_opinion *v) {
    int n = 0;
    for (const group_sums *s = sums; s < sums + count; s++) {
        if (s->n < 1.0) continue;
        out[n++] = (reb_fit_group){.from = s->from,
                                   .to = s->to,
                                   .at = s->at / s->n,
                                   .customers = (int64_t)s->n,
                                   .predicted = foretold(s, F_PURCHASES, v),
                                   .actual = fit_mean95(s->n, s->y, s->y2),
                                   .predicted_back = foretold(s, F_BACK, v),
                                   .back = fit_share95(s->back / s->n, s->n),
                                   .still = foretold(s, F_STILL, v)};
    }
    return n;
}

reb_status fit_groups(reb_fit_report *r, const fit_opinion *v, const fit_outcome *o, size_t n, double after_weeks, reb_err *err) {
    group_sums *sums = calloc(REB_FIT_COUNT_GROUPS + REB_FIT_SILENCE_GROUPS, sizeof *sums);
    if (sums == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the pictures of the fit.");
    group_sums *silences = sums + REB_FIT_COUNT_GROUPS;
    for (int g = 0; g < REB_FIT_COUNT_GROUPS; g++) {
        sums[g].from = g + 1;
        sums[g].to = g < REB_FIT_COUNT_GROUPS - 1 ? g + 1 : REB_FIT_NO_END;
    }
    for (int g = 0; g < REB_FIT_SILENCE_GROUPS; g++) {
        silences[g].from = g == 0 ? 0 : silence_end(g - 1) + 1;
        silences[g].to = silence_end(g);
    }
    size_t every = n / SLOPE_MOST + 1;
    double said[F_FIGURES] = {0};
    bool good = false;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !alike(&o[i], &o[i - 1])) good = foretell(said, r->score.model, v->params, &o[i], after_weeks);
        if (!good) continue;
        uint32_t silent = o[i].observed - o[i].recency;
        group_sums *const into[2] = {&sums[group_of_count(o[i].x)], &silences[group_of_silence(silent)]};
        add(into[0], &o[i], o[i].x + 1.0, said);
        add(into[1], &o[i], silent, said);
        /* Every so many, and whoever is the first of a group. */
        if (i % every == 0 || into[0]->sampled[F_STILL] == 0.0 || into[1]->sampled[F_STILL] == 0.0)
            add_slopes(into, &o[i], r->score.model, v->params, after_weeks, said);
    }
    r->by_purchases_count = close_groups(r->by_purchases, sums, REB_FIT_COUNT_GROUPS, v);
    r->by_silence_count = close_groups(r->by_silence, silences, REB_FIT_SILENCE_GROUPS, v);
    free(sums);
    return REB_OK;
}
