/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions on one customer: arguments are checked here, and only here. */
#include <string.h>

#include "num.h"

const char *reb_num_status_name(reb_num_status status) {
    switch (status) {
        case REB_NUM_OK: return "ok";
        case REB_NUM_DOMAIN: return "domain";
        case REB_NUM_RANGE: return "range";
        case REB_NUM_WORK: return "work space";
        case REB_NUM_NO_DATA: return "no data";
    }
    return "unknown";
}

const char *reb_fit_status_name(reb_fit_status status) {
    switch (status) {
        case REB_FIT_CONVERGED: return "converged";
        case REB_FIT_BOUNDARY: return "boundary";
        case REB_FIT_TOO_LITTLE: return "too little data";
        case REB_FIT_NOT_CONVERGED: return "not converged";
    }
    return "unknown";
}

static const struct {
    const char *name;
    const char *params[4];
} models[] = {
    [REB_PNBD] = {"pnbd", {"r", "alpha", "s", "beta"}},
    [REB_BGNBD] = {"bgnbd", {"r", "alpha", "a", "b"}},
    [REB_MBGNBD] = {"mbgnbd", {"r", "alpha", "a", "b"}},
};

static bool known(reb_nbd_model model) {
    return (int)model >= REB_PNBD && (int)model <= REB_MBGNBD;
}

const char *reb_nbd_model_name(reb_nbd_model model) {
    return known(model) ? models[model].name : NULL;
}

reb_num_status reb_nbd_model_from_name(reb_nbd_model *model, const char *name) {
    if (name == NULL) return REB_NUM_DOMAIN;
    for (int i = REB_PNBD; i <= REB_MBGNBD; i++) {
        if (strcmp(models[i].name, name) == 0) {
            *model = (reb_nbd_model)i;
            return REB_NUM_OK;
        }
    }
    return REB_NUM_DOMAIN;
}

const char *reb_nbd_param_name(reb_nbd_model model, int index) {
    return known(model) && index >= 0 && index < 4 ? models[model].params[index] : NULL;
}

reb_num_status reb_nbd_check_params(reb_nbd_model model, const double params[4]) {
    if (!known(model)) return REB_NUM_DOMAIN;
    for (int i = 0; i < 4; i++)
        if (!num_positive_param(params[i])) return REB_NUM_DOMAIN;
    return REB_NUM_OK;
}

/* Written so that a NaN fails. */
reb_num_status reb_nbd_check_history(double x, double t_x, double T) {
    bool good =
        x >= 0.0 && x <= REB_NUM_MAX_X && num_is_whole(x) && t_x >= 0.0 && t_x <= T && T <= REB_NUM_MAX_T && (x > 0.0 || t_x == 0.0);
    return good ? REB_NUM_OK : REB_NUM_DOMAIN;
}

static bool good_time(double t) {
    return t >= 0.0 && t <= REB_NUM_MAX_T;
}

static reb_num_status deliver(double *out, double value) {
    if (!num_finite(value)) return REB_NUM_RANGE;
    *out = value;
    return REB_NUM_OK;
}

reb_num_status reb_nbd_p_alive(double *p, reb_nbd_model model, const double params[4], double x, double t_x, double T) {
    num_future f;
    reb_num_status status = num_future_given(&f, model, params, x, t_x, T);
    return status == REB_NUM_OK ? deliver(p, f.p) : status;
}

reb_num_status reb_nbd_expected(double *purchases, reb_nbd_model model, const double params[4], double t, double x, double t_x, double T) {
    num_future f;
    if (!good_time(t)) return REB_NUM_DOMAIN;
    reb_num_status status = num_future_given(&f, model, params, x, t_x, T);
    return status == REB_NUM_OK ? deliver(purchases, num_future_expected(&f, t)) : status;
}

reb_num_status reb_nbd_expected_new(double *purchases, reb_nbd_model model, const double params[4], double t) {
    num_future f;
    if (!good_time(t)) return REB_NUM_DOMAIN;
    reb_num_status status = num_future_new(&f, model, params);
    return status == REB_NUM_OK ? deliver(purchases, num_future_expected(&f, t)) : status;
}

static bool good_count(double k) {
    return k >= 0.0 && k <= REB_NUM_MAX_X && num_is_whole(k);
}

reb_num_status reb_nbd_pmf(double *probability, reb_nbd_model model, const double params[4], double k, double t, double x, double t_x,
                           double T) {
    num_future f;
    if (!good_time(t) || !good_count(k)) return REB_NUM_DOMAIN;
    reb_num_status status = num_future_given(&f, model, params, x, t_x, T);
    return status == REB_NUM_OK ? deliver(probability, num_future_pmf(&f, k, t)) : status;
}

reb_num_status reb_nbd_pmf_new(double *probability, reb_nbd_model model, const double params[4], double k, double t) {
    num_future f;
    if (!good_time(t) || !good_count(k)) return REB_NUM_DOMAIN;
    reb_num_status status = num_future_new(&f, model, params);
    return status == REB_NUM_OK ? deliver(probability, num_future_pmf(&f, k, t)) : status;
}

reb_num_status reb_nbd_dert(double *transactions, reb_nbd_model model, const double params[4], double delta, double x, double t_x,
                            double T) {
    num_future f;
    if (!(delta == 0.0 || (delta >= 1e-15 && delta <= 1e6))) return REB_NUM_DOMAIN;
    reb_num_status status = num_future_given(&f, model, params, x, t_x, T);
    return status == REB_NUM_OK ? num_future_dert(transactions, &f, delta) : status;
}

reb_num_status reb_discount_rate(double *delta, double yearly, double units_per_year) {
    if (!(yearly >= 0.0 && yearly <= 100.0 && units_per_year > 0.0 && num_finite(units_per_year))) return REB_NUM_DOMAIN;
    return deliver(delta, log1p(yearly) / units_per_year);
}

reb_num_status reb_nbd_log_likelihood(double *log_likelihood, double *gradient, double *hessian, reb_nbd_model model,
                                      const double params[4], double x, double t_x, double T) {
    num_sums sums = {0};
    reb_nbd_row row = {x, t_x, T, 1.0};
    reb_num_status status = reb_nbd_check_params(model, params);
    if (status == REB_NUM_OK) status = reb_nbd_check_history(x, t_x, T);
    if (status != REB_NUM_OK) return status;
    bool derivatives = gradient != NULL || hessian != NULL;
    if (model == REB_PNBD)
        num_pnbd_row(&sums, derivatives, params, &row);
    else
        num_bg_row(&sums, derivatives, model == REB_MBGNBD, params, &row);
    if (!num_finite(sums.ll)) return REB_NUM_RANGE;
    *log_likelihood = sums.ll;
    num_plain_derivatives(gradient, hessian, &sums, params, 4);
    return REB_NUM_OK;
}

/* From derivatives by the logarithms to derivatives by the parameters. */
void num_plain_derivatives(double *gradient, double *hessian, const num_sums *sums, const double params[4], int dim) {
    for (int i = 0; i < 4; i++) {
        if (gradient != NULL) gradient[i] = i < dim ? sums->g[i] / params[i] : 0.0;
        for (int j = i; j < 4 && hessian != NULL; j++) {
            double h = i < dim && j < dim ? (sums->h[4 * i + j] - (i == j ? sums->g[i] : 0.0)) / (params[i] * params[j]) : 0.0;
            hessian[4 * i + j] = h;
            hessian[4 * j + i] = h;
        }
    }
}
