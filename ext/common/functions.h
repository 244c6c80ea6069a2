/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mathematics as SQL functions: one table, from which each engine's glue registers them. Every argument and result is a double.
 *
 * The rule for all of them, in every engine:
 *   - any argument NULL: the result is NULL;
 *   - a parameter of the model or of the question (r, alpha, ..., horizon, delta, k) outside its range: an error that names the
 *     argument, for it is the statement that is wrong;
 *   - a history (x, t_x, t, z) outside its range, or a result that is infinite: NULL, for one bad row must not stop a scan.
 */
#ifndef REB_EXT_FUNCTIONS_H
#define REB_EXT_FUNCTIONS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "rebound.h"

enum { REB_SQL_MAX_ARGS = 9 };

typedef enum reb_sql_kind {
    REB_SQL_P_ALIVE,
    REB_SQL_EXPECTED,
    REB_SQL_EXPECTED_NEW,
    REB_SQL_DERT,
    REB_SQL_PMF,
    REB_SQL_PMF_NEW,
    REB_SQL_LOG_LIKELIHOOD,
    REB_SQL_GG_EXPECTED,
    REB_SQL_DISCOUNT_RATE
} reb_sql_kind;

typedef struct reb_sql_function {
    const char *name;
    reb_sql_kind kind;
    reb_nbd_model model;
    int args;
    int row_from;          /* arguments from here on belong to the row */
    const char *arguments; /* their names, for messages and documentation */
} reb_sql_function;

#define REB_SQL_OF_MODEL(m, M, P)                                                                                                          \
    {"reb_" m "_p_alive", REB_SQL_P_ALIVE, M, 7, 4, P ",x,t_x,t"},                                                                         \
        {"reb_" m "_expected", REB_SQL_EXPECTED, M, 8, 5, P ",horizon,x,t_x,t"},                                                           \
        {"reb_" m "_expected_new", REB_SQL_EXPECTED_NEW, M, 5, 5, P ",horizon"},                                                           \
        {"reb_" m "_dert", REB_SQL_DERT, M, 8, 5, P ",delta,x,t_x,t"}, {"reb_" m "_pmf", REB_SQL_PMF, M, 9, 6, P ",k,horizon,x,t_x,t"},    \
        {"reb_" m "_pmf_new", REB_SQL_PMF_NEW, M, 6, 6, P ",k,horizon"}, {                                                                 \
        "reb_" m "_log_likelihood", REB_SQL_LOG_LIKELIHOOD, M, 7, 4, P ",x,t_x,t"                                                          \
    }

static const reb_sql_function reb_sql_functions[] = {
    REB_SQL_OF_MODEL("pnbd", REB_PNBD, "r,alpha,s,beta"),
    REB_SQL_OF_MODEL("bgnbd", REB_BGNBD, "r,alpha,a,b"),
    REB_SQL_OF_MODEL("mbgnbd", REB_MBGNBD, "r,alpha,a,b"),
    {"reb_gg_expected", REB_SQL_GG_EXPECTED, REB_PNBD, 5, 3, "p,q,v,x,z"},
    {"reb_discount_rate", REB_SQL_DISCOUNT_RATE, REB_PNBD, 2, 2, "yearly,units_per_year"},
};

enum { REB_SQL_FUNCTIONS = sizeof reb_sql_functions / sizeof reb_sql_functions[0] };

/* Calls the function; REB_NUM_OK with the result, else the status of the mathematics. */
static inline reb_num_status reb_sql_call(double *out, const reb_sql_function *f, const double *v) {
    switch (f->kind) {
        case REB_SQL_P_ALIVE: return reb_nbd_p_alive(out, f->model, v, v[4], v[5], v[6]);
        case REB_SQL_EXPECTED: return reb_nbd_expected(out, f->model, v, v[4], v[5], v[6], v[7]);
        case REB_SQL_EXPECTED_NEW: return reb_nbd_expected_new(out, f->model, v, v[4]);
        case REB_SQL_DERT: return reb_nbd_dert(out, f->model, v, v[4], v[5], v[6], v[7]);
        case REB_SQL_PMF: return reb_nbd_pmf(out, f->model, v, v[4], v[5], v[6], v[7], v[8]);
        case REB_SQL_PMF_NEW: return reb_nbd_pmf_new(out, f->model, v, v[4], v[5]);
        case REB_SQL_LOG_LIKELIHOOD: return reb_nbd_log_likelihood(out, NULL, NULL, f->model, v, v[4], v[5], v[6]);
        case REB_SQL_GG_EXPECTED: return reb_gg_expected(out, v, v[3], v[4]);
        case REB_SQL_DISCOUNT_RATE: return reb_discount_rate(out, v[0], v[1]);
    }
    return REB_NUM_DOMAIN;
}

/* Index of the first argument of the statement (not of the row) that is outside its range; -1 if there is none. */
static inline int reb_sql_wrong_argument(const reb_sql_function *f, const double *v) {
    if (f->kind == REB_SQL_DISCOUNT_RATE) return !(v[0] >= 0.0 && v[0] <= 100.0) ? 0 : !(v[1] > 0.0 && v[1] <= 1e300) ? 1 : -1;
    int params = f->kind == REB_SQL_GG_EXPECTED ? 3 : 4;
    for (int i = 0; i < params; i++)
        if (!(v[i] >= REB_NUM_MIN_PARAM && v[i] <= REB_NUM_MAX_PARAM)) return i;
    for (int i = params; i < f->row_from; i++) {
        bool k = i == 4 && (f->kind == REB_SQL_PMF || f->kind == REB_SQL_PMF_NEW);
        bool delta = f->kind == REB_SQL_DERT;
        double hi = k ? REB_NUM_MAX_X : delta ? 1e6 : REB_NUM_MAX_T;
        if (!(v[i] >= 0.0 && v[i] <= hi) || (k && v[i] != floor(v[i])) || (delta && v[i] != 0.0 && v[i] < 1e-15)) return i;
    }
    return -1;
}

/* Where the name of an argument begins in f->arguments, and how long it is. */
static inline const char *reb_sql_argument_name(int *length, const reb_sql_function *f, int index) {
    const char *p = f->arguments;
    for (int i = 0; i < index; i++) {
        while (*p != ',' && *p != '\0') p++;
        if (*p == ',') p++;
    }
    *length = 0;
    while (p[*length] != ',' && p[*length] != '\0') ++*length;
    return p;
}

#endif
