#include "score.h"

#include <math.h>

#include "../text/format.h"

const char *reb_origin_name(reb_origin o) {
    switch (o) {
        case REB_MEASURED: return "measured";
        case REB_ASSUMED: return "assumed";
        case REB_MIXED: break;
    }
    return "mixed";
}

void reb_estimate_json(reb_json *w, const char *key, const reb_estimate *e, bool money) {
    reb_json_key(w, key);
    reb_json_obj(w);
    const char *const names[] = {"value", "low", "high"};
    const double figures[] = {e->value, e->low, e->high};
    for (int i = 0; i < 3; i++) {
        if (money) {
            reb_json_ki64(w, names[i], reb_format_minor(figures[i]));
        } else {
            reb_json_kf64(w, names[i], figures[i]);
        }
    }
    reb_json_kstr(w, "origin", reb_origin_name(e->origin));
    reb_json_obj_end(w);
}

void reb_score_discounts(double *near_factor, double *far_factor, double yearly) {
    double per_day = log1p(yearly) / REB_SCORE_YEAR_DAYS;
    *near_factor = exp(-per_day * REB_SCORE_YEAR_DAYS * 0.25);
    *far_factor = exp(-per_day * REB_SCORE_YEAR_DAYS * 0.75);
}

/* In the order of the SQL statements: the same operations on the same doubles. */
static double margin_of(const reb_score_model *m, const reb_history *h) {
    if (h->amount_minor <= 0) return m->margin_rate;
    double rate =
        ((double)(h->known_amount_minor - h->known_cost_minor) + m->margin_rate * (double)(h->amount_minor - h->known_amount_minor)) /
        (double)h->amount_minor;
    if (rate > 1.0) return 1.0;
    return rate < -1.0 ? -1.0 : rate;
}

typedef struct rhythm {
    double p_alive;
    double near; /* expected purchases of the next half-year */
    double year;
} rhythm;

static reb_num_status rhythm_of(rhythm *out, const reb_score_model *m, const double params[4], const reb_history *h, int64_t day) {
    double x = (double)(h->purchase_days - 1);
    double t_x = (double)(h->last_day - h->first_day) / REB_SCORE_DAYS_PER_WEEK;
    double t = (double)(day - h->first_day) / REB_SCORE_DAYS_PER_WEEK;
    reb_num_status st = reb_nbd_p_alive(&out->p_alive, m->model, params, x, t_x, t);
    if (st == REB_NUM_OK)
        st = reb_nbd_expected(&out->near, m->model, params, REB_SCORE_YEAR_DAYS / 2.0 / REB_SCORE_DAYS_PER_WEEK, x, t_x, t);
    if (st == REB_NUM_OK) st = reb_nbd_expected(&out->year, m->model, params, REB_SCORE_YEAR_DAYS / REB_SCORE_DAYS_PER_WEEK, x, t_x, t);
    return st;
}

static reb_num_status spend_of(double *out, const double spend[4], const reb_history *h) {
    double mean = h->paid_days > 0 ? (double)h->paid_minor / (double)h->paid_days : 0.0;
    return reb_gg_expected(out, spend, (double)h->paid_days, mean);
}

static void money_of(reb_customer_score *s, const reb_score_model *m, const rhythm *r) {
    s->p_alive = r->p_alive;
    s->expected_year = r->year;
    s->value_minor = (r->near * m->discount_near + (r->year - r->near) * m->discount_far) * s->spend_minor * s->margin_rate;
    s->kept_minor = s->p_alive >= REB_SCORE_LEAST_ALIVE ? s->value_minor / s->p_alive : 0.0;
    s->at_stake_minor = s->p_alive >= REB_SCORE_LEAST_ALIVE ? s->kept_minor - s->value_minor : 0.0;
}

static reb_status outside(const reb_history *h, reb_num_status st, reb_err *err) {
    return reb_fail(err, REB_E_INTERNAL, "The history of customer %lld cannot be scored (%s).", (long long)h->customer_id,
                    reb_num_status_name(st));
}

reb_status reb_score_customer(reb_customer_score *out, const reb_score_model *m, const reb_history *h, int64_t day, reb_err *err) {
    rhythm r = {0};
    reb_num_status st = rhythm_of(&r, m, m->params, h, day);
    if (st == REB_NUM_OK) st = spend_of(&out->spend_minor, m->spend, h);
    if (st != REB_NUM_OK) return outside(h, st, err);
    out->margin_rate = margin_of(m, h);
    money_of(out, m, &r);
    return REB_OK;
}

/* Derivatives by the logarithms of the parameters, by central differences: what the delta method needs. */
enum { VALUE, STAKE, ALIVE, FIGURES };
static const double k_step = 1e-4;

static void figures_of(double out[FIGURES], const reb_customer_score *s) {
    out[VALUE] = s->value_minor;
    out[STAKE] = s->at_stake_minor;
    out[ALIVE] = s->p_alive;
}

static reb_num_status figures_at(double out[FIGURES], const reb_score_model *m, const double params[4], const double spend[4],
                                 const reb_history *h, int64_t day) {
    rhythm r = {0};
    reb_customer_score s = {0};
    reb_num_status st = rhythm_of(&r, m, params, h, day);
    if (st == REB_NUM_OK) st = spend_of(&s.spend_minor, spend, h);
    if (st != REB_NUM_OK) return st;
    s.margin_rate = margin_of(m, h);
    money_of(&s, m, &r);
    figures_of(out, &s);
    return REB_NUM_OK;
}

static void add_variance(double variance[FIGURES], double slope[4][FIGURES], const double cov[16]) {
    for (int f = 0; f < FIGURES; f++)
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) variance[f] += slope[i][f] * cov[i * 4 + j] * slope[j][f];
}

static void slopes(double slope[4][FIGURES], const reb_score_model *m, bool of_spend, const reb_history *h, int64_t day) {
    const double *base = of_spend ? m->spend : m->params;
    for (int i = 0; i < 4; i++) {
        double up[FIGURES];
        double down[FIGURES];
        double moved[4];
        for (int f = 0; f < FIGURES; f++) slope[i][f] = 0.0;
        for (int k = 0; k < 4; k++) moved[k] = base[k];
        moved[i] = base[i] * exp(k_step);
        bool ok = figures_at(up, m, of_spend ? m->params : moved, of_spend ? moved : m->spend, h, day) == REB_NUM_OK;
        moved[i] = base[i] * exp(-k_step);
        ok = ok && figures_at(down, m, of_spend ? m->params : moved, of_spend ? moved : m->spend, h, day) == REB_NUM_OK;
        for (int f = 0; ok && f < FIGURES; f++) slope[i][f] = (up[f] - down[f]) / (2.0 * k_step);
    }
}

/* Money: on the logarithmic scale, so that a range never crosses zero. A probability: on the logit scale. */
static reb_estimate range_of(double v, double sd, bool probability) {
    reb_estimate e = {.value = v, .low = v, .high = v, .origin = REB_MEASURED};
    if (!(sd > 0.0) || !isfinite(sd)) return e;
    if (probability) {
        if (v <= 0.0 || v >= 1.0) return e;
        double logit = log(v / (1.0 - v));
        double wide = REB_SCORE_Z90 * sd / (v * (1.0 - v));
        e.low = 1.0 / (1.0 + exp(-(logit - wide)));
        e.high = 1.0 / (1.0 + exp(-(logit + wide)));
    } else if (v > 0.0) {
        double wide = fmin(REB_SCORE_Z90 * sd / v, 20.0);
        e.low = v * exp(-wide);
        e.high = v * exp(wide);
    } else {
        e.low = v - REB_SCORE_Z90 * sd;
        e.high = v + REB_SCORE_Z90 * sd;
    }
    return e;
}

reb_status reb_score_ranges(reb_estimate *value, reb_estimate *at_stake, reb_estimate *p_alive, const reb_score_model *m,
                            const reb_history *h, int64_t day, reb_err *err) {
    double base[FIGURES];
    reb_num_status st = figures_at(base, m, m->params, m->spend, h, day);
    if (st != REB_NUM_OK) return outside(h, st, err);
    double variance[FIGURES] = {0};
    double slope[4][FIGURES];
    slopes(slope, m, false, h, day);
    add_variance(variance, slope, m->cov_log);
    slopes(slope, m, true, h, day);
    add_variance(variance, slope, m->spend_cov);
    if (value != NULL) *value = range_of(base[VALUE], sqrt(fmax(variance[VALUE], 0.0)), false);
    if (at_stake != NULL) *at_stake = range_of(base[STAKE], sqrt(fmax(variance[STAKE], 0.0)), false);
    if (p_alive != NULL) *p_alive = range_of(base[ALIVE], sqrt(fmax(variance[ALIVE], 0.0)), true);
    return REB_OK;
}
