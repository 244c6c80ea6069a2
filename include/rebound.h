/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rebound: the mathematics of customer relationships, as a C library.
 *
 * What is here
 *   Three models of repeat buying (Pareto/NBD, BG/NBD, MBG/NBD), one model of spend (Gamma-Gamma): fit, probability
 *   that a customer is still alive, expected purchases, discounted residual, probability of k purchases, standard
 *   errors, bootstrap, simulation.
 *
 * Rules that hold for every function
 *   - Nothing is allocated, printed or remembered. Work space, random state and outputs belong to the caller. Two threads
 *     may call anything at the same time as long as they do not share outputs, work space or random state.
 *   - Outputs come first. They are written only if the function returns REB_NUM_OK (batch and fit functions say more).
 *   - An argument outside its range gives REB_NUM_DOMAIN, a result that a double cannot hold REB_NUM_RANGE; no function
 *     returns NaN or infinity.
 *   - Results are the same on every machine with IEEE doubles, up to the last bits of libm's functions.
 *
 * A customer's history is (x, t_x, T): the number of repeat purchase days (the first purchase is not counted, several
 * orders on one day are one), the time from the first purchase to the last repeat purchase (0 when x is 0), the time from
 * the first purchase to the end of observation. One unit of time throughout: days, weeks, what the caller likes. To
 * change the unit scales alpha and beta and nothing else.
 *   0 <= t_x <= T;  x whole, 0 <= x <= REB_NUM_MAX_X;  t_x = 0 if x = 0;  T <= REB_NUM_MAX_T.
 * (x > 0 with t_x = 0 is accepted: a coarse clock can give it.)
 *
 * Parameters are an array of four doubles, each in [REB_NUM_MIN_PARAM, REB_NUM_MAX_PARAM]:
 *   REB_PNBD            r, alpha, s, beta   (rate ~ Gamma(r, alpha), death rate ~ Gamma(s, beta))
 *   REB_BGNBD, _MBGNBD  r, alpha, a, b      (rate ~ Gamma(r, alpha), drop-out chance after a purchase ~ Beta(a, b))
 *
 * Sources
 *   Schmittlein, Morrison, Colombo (1987), Management Science 33(1); Fader, Hardie (2005), "A note on deriving the
 *   Pareto/NBD model"; Fader, Hardie, Lee (2005), Marketing Science 24(2) [BG/NBD] and J. of Marketing Research 42(4)
 *   [discounted residual]; Batislam, Denizel, Filiztekin (2007), IJRM 24(3) [MBG/NBD]; Fader, Hardie (2013), "The
 *   Gamma-Gamma model of monetary value". docs/mathematics.md derives what is computed here and says why it is exact.
 */
#ifndef REBOUND_H
#define REBOUND_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define REB_API __attribute__((visibility("default")))
#else
#define REB_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Outcome of a call ------------------------------------------------------------------------------------- */

typedef enum reb_num_status {
    REB_NUM_OK = 0,
    REB_NUM_DOMAIN = 1, /* an argument is outside its range (or not finite) */
    REB_NUM_RANGE = 2,  /* the result is infinite, or too large for a double */
    REB_NUM_WORK = 3,   /* the work space given is smaller than the *_work_size function said */
    REB_NUM_NO_DATA = 4 /* no usable row */
} reb_num_status;

/* A short English name ("ok", "domain", ...). Never NULL. */
REB_API const char *reb_num_status_name(reb_num_status status);

#define REB_NUM_MAX_X 1e7
#define REB_NUM_MAX_T 1e9
#define REB_NUM_MIN_PARAM 1e-9
#define REB_NUM_MAX_PARAM 1e12

/* ---- Models of repeat buying --------------------------------------------------------------------------------- */

typedef enum reb_nbd_model { REB_PNBD = 0, REB_BGNBD = 1, REB_MBGNBD = 2 } reb_nbd_model;

#define REB_NBD_PARAMS 4

/* "pnbd", "bgnbd", "mbgnbd"; NULL if there is no such model. */
REB_API const char *reb_nbd_model_name(reb_nbd_model model);
/* The model of that name, REB_NUM_DOMAIN if there is none. */
REB_API reb_num_status reb_nbd_model_from_name(reb_nbd_model *model, const char *name);
/* Name of parameter 0..3 of a model ("r", "alpha", "s" or "a", "beta" or "b"); NULL outside. */
REB_API const char *reb_nbd_param_name(reb_nbd_model model, int index);

/* One history, held by n customers (n > 0; 1 for a single customer; need not be whole). */
typedef struct reb_nbd_row {
    double x, t_x, T, n;
} reb_nbd_row;

/* REB_NUM_OK if the parameters are inside their range. */
REB_API reb_num_status reb_nbd_check_params(reb_nbd_model model, const double params[4]);
/* REB_NUM_OK if the history is inside its range. */
REB_API reb_num_status reb_nbd_check_history(double x, double t_x, double T);

/*
 * Probability that the customer is still alive at T, in [0, 1].
 * BG/NBD gives 1 for x = 0, by its construction: prefer MBG/NBD or Pareto/NBD for one-time buyers.
 */
REB_API reb_num_status reb_nbd_p_alive(double *p, reb_nbd_model model, const double params[4], double x, double t_x, double T);

/* Expected number of purchases in (T, T + t], given the history. 0 <= t <= REB_NUM_MAX_T. */
REB_API reb_num_status reb_nbd_expected(double *purchases, reb_nbd_model model, const double params[4], double t, double x, double t_x,
                                        double T);

/* Expected number of repeat purchases in (0, t] of a new customer. 0 <= t <= REB_NUM_MAX_T. */
REB_API reb_num_status reb_nbd_expected_new(double *purchases, reb_nbd_model model, const double params[4], double t);

/* Probability of exactly k purchases in (T, T + t], given the history; k whole, 0 <= k <= REB_NUM_MAX_X. */
REB_API reb_num_status reb_nbd_pmf(double *probability, reb_nbd_model model, const double params[4], double k, double t, double x,
                                   double t_x, double T);

/* Probability of exactly k repeat purchases in (0, t] by a new customer. */
REB_API reb_num_status reb_nbd_pmf_new(double *probability, reb_nbd_model model, const double params[4], double k, double t);

/*
 * Discounted expected residual transactions: the expected number of purchases after T, each multiplied by exp(-delta * u)
 * where u is the time from T to the purchase. delta is the continuous rate of discount in one unit of time; make it
 * from an annual rate by reb_discount_rate. 1e-15 <= delta <= 1e6. (delta = 0 is accepted where the sum is finite:
 * Pareto/NBD with s > 1, BG/NBD and MBG/NBD with a > 1; else REB_NUM_RANGE.)
 */
REB_API reb_num_status reb_nbd_dert(double *transactions, reb_nbd_model model, const double params[4], double delta, double x, double t_x,
                                    double T);

/*
 * Continuous rate of discount per unit of time from a yearly rate (0.1 = 10% a year) and the number of units in a
 * year (365.25 when the unit is a day, 365.25 / 7 for weeks): log(1 + yearly) / units. 0 <= yearly <= 100.
 */
REB_API reb_num_status reb_discount_rate(double *delta, double yearly, double units_per_year);

/*
 * Log-likelihood of one customer; if gradient and hessian are not NULL also its first (4) and second (16, row by row)
 * derivatives by the parameters themselves.
 */
REB_API reb_num_status reb_nbd_log_likelihood(double *log_likelihood, double *gradient, double *hessian, reb_nbd_model model,
                                              const double params[4], double x, double t_x, double T);

/* ---- Fit --------------------------------------------------------------------------------------------------------- */

/*
 * Sorts rows by (x, T, t_x), merges equal ones (their n is summed) and moves the rows that are outside the domain
 * to the end. *unique receives the number of rows that remain in front, *bad the number moved to the end.
 * per_unit: how many grid steps make one unit of time, for times on a grid: 1 for whole days with the day as unit, 7 for whole
 * days with the week as unit; 0 when times are on no grid. Off the grid, or with counts that are not whole, it is only slower.
 * work: at least reb_nbd_compress_work_size(n) bytes, aligned to 8.
 */
REB_API size_t reb_nbd_compress_work_size(size_t n);
REB_API reb_num_status reb_nbd_compress(size_t *unique, size_t *bad, reb_nbd_row *rows, size_t n, double per_unit, void *work,
                                        size_t work_size);

/*
 * A weakly informative prior: the logarithm of each parameter is normal with this mean and standard deviation; weight
 * multiplies the whole penalty (1 = as it stands, 0 = none). It counts as a fixed small amount of evidence, so that its part
 * fades as 1 / customers.
 */
typedef struct reb_prior {
    double mean_log[4];
    double sd_log[4];
    double weight;
} reb_prior;

/*
 * The default prior of a model, for a unit of time of `days_per_unit` days (1 or 7, say). Its centre is a shop whose
 * customers buy every few weeks to months and stay for some months to years; docs/mathematics.md states the numbers
 * and how they were chosen.
 */
REB_API reb_num_status reb_nbd_default_prior(reb_prior *prior, reb_nbd_model model, double days_per_unit);

typedef enum reb_fit_status {
    REB_FIT_CONVERGED = 0,    /* a finite optimum: the gradient is zero, the curvature negative */
    REB_FIT_BOUNDARY = 1,     /* the likelihood has no finite maximum: it still rises as parameters run to 0 or infinity */
    REB_FIT_TOO_LITTLE = 2,   /* fewer customers, or repeat buyers, than the stated size; parameters are set all the same */
    REB_FIT_NOT_CONVERGED = 3 /* iteration limit (never seen; report it as a fault) */
} reb_fit_status;

/* "converged", "boundary", "too little data", "not converged". */
REB_API const char *reb_fit_status_name(reb_fit_status status);

#define REB_FIT_MIN_CUSTOMERS 20
#define REB_FIT_MIN_REPEATERS 10

typedef struct reb_fit_options {
    const reb_prior *prior;    /* NULL: none, plain maximum likelihood */
    const reb_prior *fallback; /* NULL: none; else used, instead of no prior, when the likelihood has no finite maximum */
    const double *start;       /* NULL: the usual start; else four parameters to start from */
    double per_unit;           /* grid steps in one unit of time, see reb_nbd_compress; 0: no grid */
    double min_customers;      /* below: REB_FIT_TOO_LITTLE; 0 means REB_FIT_MIN_CUSTOMERS, negative: no limit */
    double min_repeaters;      /* the same for customers with x > 0; 0 means REB_FIT_MIN_REPEATERS */
} reb_fit_options;

typedef struct reb_fit {
    reb_fit_status status;
    int at_boundary;       /* bit i set: parameter i ran to its limit (also beside "too little data") */
    int used_prior;        /* 0 none, 1 options->prior, 2 options->fallback */
    double params[4];      /* for REB_FIT_BOUNDARY: where the climb was stopped, with a millionth left to gain or at the wall */
    double log_likelihood; /* of the data alone, without the penalty */
    double penalty;        /* logarithm of the prior's density without its constant, times its weight; <= 0 */
    double se[4];          /* standard errors of the parameters (delta method); 0 where the curvature is not negative */
    double cov_log[16];    /* covariance of the logarithms of the parameters; all 0 where the curvature is not negative */
    double customers;      /* sum of n over usable rows */
    double repeaters;      /* those with x > 0 */
    size_t rows;           /* usable rows */
    size_t bad_rows;       /* rows outside the domain, left out */
    int evaluations;       /* of the likelihood over all rows */
} reb_fit;

/*
 * Maximum likelihood (or maximum a posteriori) by damped Newton steps on the logarithms of the parameters. Rows may
 * come in any order; sorted and merged by reb_nbd_compress they are faster by an order. Without options->start, large data are first
 * climbed on a sample, and small or endless ones from several places, of which the highest counts. Rows outside the domain are counted
 * in fit->bad_rows and left out. options may be NULL (all zero). work: at least reb_nbd_fit_work_size bytes, aligned to 8.
 * Errors: REB_NUM_DOMAIN (model, options), REB_NUM_WORK, REB_NUM_NO_DATA (no usable row; only the counts in *fit are set).
 */
REB_API size_t reb_nbd_fit_work_size(const reb_nbd_row *rows, size_t n, const reb_fit_options *options);
REB_API reb_num_status reb_nbd_fit(reb_fit *fit, reb_nbd_model model, const reb_nbd_row *rows, size_t n, const reb_fit_options *options,
                                   void *work, size_t work_size);

/* ---- Scoring many customers ---------------------------------------------------------------------------------- */

typedef struct reb_score {
    double p_alive;  /* probability of being alive at T */
    double expected; /* expected purchases in (T, T + horizon] */
    double dert;     /* discounted expected residual transactions */
} reb_score;

/*
 * Scores n histories at once, as the single functions do (to 1e-12), through tables when times are on a grid. A row outside the
 * domain gets zeros, row_status[i] = its status and is counted in *bad; it does not disturb the others. row_status
 * may be NULL. delta: as for reb_nbd_dert, or 0 for "no dert wanted" (dert is then 0 everywhere).
 * work may be NULL with work_size 0: then no tables are used (slower).
 */
REB_API size_t reb_nbd_score_work_size(reb_nbd_model model, const reb_nbd_row *rows, size_t n, double per_unit);
REB_API reb_num_status reb_nbd_score(reb_score *scores, unsigned char *row_status, size_t *bad, reb_nbd_model model, const double params[4],
                                     double horizon, double delta, const reb_nbd_row *rows, size_t n, double per_unit, void *work,
                                     size_t work_size);

/* ---- Random numbers, simulation, bootstrap --------------------------------------------------------------------- */

/* State of xoshiro256** (Blackman, Vigna 2018). Owned by the caller; equal seeds give equal streams on every machine. */
typedef struct reb_rng {
    uint64_t s[4];
} reb_rng;

REB_API void reb_rng_seed(reb_rng *rng, uint64_t seed);
REB_API uint64_t reb_rng_next(reb_rng *rng);
REB_API double reb_rng_uniform(reb_rng *rng); /* in the open interval (0, 1): odd multiples of 2^-54 */
/* Gamma with that shape (> 0) and rate 1; Marsaglia and Tsang (2000). For tiny shapes the result can be 0. */
REB_API double reb_rng_gamma(reb_rng *rng, double shape);

/* The hidden truth about one simulated customer. */
typedef struct reb_customer {
    double rate;  /* purchases in one unit of time while alive */
    double churn; /* Pareto/NBD: death rate; BG/NBD, MBG/NBD: chance to drop out after a purchase */
    double life;  /* time of death since the first purchase; at most REB_NUM_MAX_T (meaning: beyond the horizon) */
} reb_customer;

/*
 * Draws a customer and the repeat purchase times in (0, T], rising. times has room for `capacity`; *count receives how
 * many were made, which can be more than fit (only the first `capacity` are stored). life is, for BG and MBG, the time of the
 * purchase after which the customer left, if within T.
 */
REB_API reb_num_status reb_nbd_simulate(reb_customer *customer, double *times, size_t capacity, size_t *count, reb_nbd_model model,
                                        const double params[4], double T, reb_rng *rng);

/*
 * The continuation: draws from what is known at T, given the history, the purchases in (T, T + t]. Same outputs as
 * reb_nbd_simulate, times counted from T.
 */
REB_API reb_num_status reb_nbd_simulate_future(double *times, size_t capacity, size_t *count, reb_nbd_model model, const double params[4],
                                               double t, double x, double t_x, double T, reb_rng *rng);

/*
 * Refits `refits` samples of the customers drawn with replacement, each started at *fit, with the same options. params
 * receives refits * 4 numbers, row by row, in the order drawn; reb_quantile makes intervals of a column. n must be whole counts.
 * *failed counts refits that ended at a boundary (their parameters are where they stopped; they are kept: to drop them would
 * make the interval too narrow). work: at least reb_nbd_bootstrap_work_size bytes.
 */
REB_API size_t reb_nbd_bootstrap_work_size(const reb_nbd_row *rows, size_t n, const reb_fit_options *options);
REB_API reb_num_status reb_nbd_bootstrap(double *params, size_t *failed, size_t refits, const reb_fit *fit, reb_nbd_model model,
                                         const reb_nbd_row *rows, size_t n, const reb_fit_options *options, reb_rng *rng, void *work,
                                         size_t work_size);

/*
 * Quantile p in [0, 1] of count values at values[0], values[stride], ... by linear interpolation (type 7). work: count doubles.
 */
REB_API reb_num_status reb_quantile(double *quantile, const double *values, size_t count, size_t stride, double p, double *work);

/* ---- Spend: Gamma-Gamma ---------------------------------------------------------------------------------------- */

/*
 * One customer (or n alike): x transactions (x >= 1, whole) of mean value z > 0, in any one unit of money. Parameters p, q, v
 * (params[3] is not used): value of a transaction ~ Gamma(p, nu), nu ~ Gamma(q, v). Mean value zero or negative
 * (free orders, refunds) is outside the domain: such rows are counted and left out.
 */
typedef struct reb_gg_row {
    double x, z, n;
} reb_gg_row;

/* Expected mean value of a transaction of this customer: p (v + x z) / (p x + q - 1). x = 0: a new customer, needs q > 1
 * (else REB_NUM_RANGE: the mean of the population is infinite). */
REB_API reb_num_status reb_gg_expected(double *value, const double params[4], double x, double z);

REB_API reb_num_status reb_gg_log_likelihood(double *log_likelihood, double *gradient, double *hessian, const double params[4], double x,
                                             double z);

/* The default prior of the Gamma-Gamma model; typical_value sets the scale of money: the median order, say (> 0). */
REB_API reb_num_status reb_gg_default_prior(reb_prior *prior, double typical_value);

/* As reb_nbd_fit; needs no work space. fit->params[3] is 0; cov_log is 4 x 4 with zeros in the last row and column;
 * repeaters are the customers with x > 1. options->start, per_unit as there; per_unit is not used. */
REB_API reb_num_status reb_gg_fit(reb_fit *fit, const reb_gg_row *rows, size_t n, const reb_fit_options *options);

/* Draws a customer's mean value and, into values[0..count-1], that many transactions. values may be NULL. */
REB_API reb_num_status reb_gg_simulate(double *mean_value, double *values, size_t count, const double params[4], reb_rng *rng);

#ifdef __cplusplus
}
#endif

#endif
