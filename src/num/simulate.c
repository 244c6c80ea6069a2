/* SPDX-License-Identifier: Apache-2.0 */
/* Customers drawn from the models: for demonstrations, and for tests that ask whether a fit finds the truth again. */
#include "rng.h"

typedef struct output {
    double *times;
    size_t capacity, count;
} output;

/* Purchases in (0, until], until the customer dies or, after one of them, leaves. False if there is no end of them. */
static bool buy(output *out, reb_customer *c, bool leaves, double until, reb_rng *rng) {
    double t = 0.0;
    double end = leaves ? until : fmin(until, c->life);
    out->count = 0;
    if (leaves && c->life == 0.0) return true;
    while (c->rate > 0.0) {
        t += num_rng_exponential(rng) / c->rate;
        if (!(t <= end)) return true;
        if (out->count < out->capacity) out->times[out->count] = t;
        out->count++;
        if (leaves && reb_rng_uniform(rng) < c->churn) {
            c->life = t;
            return true;
        }
        if (out->count > (size_t)REB_NUM_MAX_X) return false;
    }
    return true;
}

static void draw(reb_customer *c, const num_future *f, reb_rng *rng) {
    c->rate = reb_rng_gamma(rng, f->r) / f->alpha;
    c->life = REB_NUM_MAX_T;
    if (f->model == REB_PNBD) {
        c->churn = reb_rng_gamma(rng, f->s) / f->beta;
        double life = c->churn > 0.0 ? num_rng_exponential(rng) / c->churn : REB_NUM_MAX_T;
        if (life < REB_NUM_MAX_T) c->life = life;
    } else {
        c->churn = num_rng_beta(rng, f->s, f->beta);
    }
}

static bool good_arguments(const double *times, size_t capacity, double t) {
    return (times != NULL || capacity == 0) && t >= 0.0 && t <= REB_NUM_MAX_T;
}

reb_num_status reb_nbd_simulate(reb_customer *customer, double *times, size_t capacity, size_t *count, reb_nbd_model model,
                                const double params[4], double T, reb_rng *rng) {
    reb_num_status status = reb_nbd_check_params(model, params);
    if (status != REB_NUM_OK) return status;
    if (!good_arguments(times, capacity, T)) return REB_NUM_DOMAIN;
    num_future f = {model, 1.0, params[0], params[1], params[2], params[3]};
    reb_customer c;
    output out = {times, capacity, 0};
    draw(&c, &f, rng);
    if (model == REB_MBGNBD && reb_rng_uniform(rng) < c.churn) c.life = 0.0;
    if (!buy(&out, &c, model != REB_PNBD, T, rng)) return REB_NUM_RANGE;
    *customer = c;
    *count = out.count;
    return REB_NUM_OK;
}

reb_num_status reb_nbd_simulate_future(double *times, size_t capacity, size_t *count, reb_nbd_model model, const double params[4], double t,
                                       double x, double t_x, double T, reb_rng *rng) {
    num_future f;
    if (!good_arguments(times, capacity, t)) return REB_NUM_DOMAIN;
    reb_num_status status = num_future_given(&f, model, params, x, t_x, T);
    if (status != REB_NUM_OK) return status;
    *count = 0;
    if (reb_rng_uniform(rng) >= f.p) return REB_NUM_OK;
    reb_customer c;
    output out = {times, capacity, 0};
    draw(&c, &f, rng);
    if (!buy(&out, &c, model != REB_PNBD, t, rng)) return REB_NUM_RANGE;
    *count = out.count;
    return REB_NUM_OK;
}

reb_num_status reb_gg_simulate(double *mean_value, double *values, size_t count, const double params[4], reb_rng *rng) {
    for (int i = 0; i < 3; i++)
        if (!num_positive_param(params[i])) return REB_NUM_DOMAIN;
    double nu = reb_rng_gamma(rng, params[1]) / params[2];
    double mean = params[0] / nu;
    if (!(nu > 0.0) || !num_finite(mean)) return REB_NUM_RANGE;
    *mean_value = mean;
    for (size_t i = 0; i < count && values != NULL; i++) values[i] = reb_rng_gamma(rng, params[0]) / nu;
    return REB_NUM_OK;
}
