/* What must hold between the functions, and whether a fit finds again the truth that customers were drawn from. */
#include "../lib/tap.h"
#include "rebound.h"

#define CUSTOMERS 20000

static reb_nbd_row rows[CUSTOMERS], more[CUSTOMERS];
static reb_score scores[CUSTOMERS];
static double work[1 << 21];

static const double truth[3][4] = {{0.6, 70, 0.7, 90}, {0.3, 30, 0.8, 2.4}, {0.6, 45, 0.9, 1.7}};

static double whole_days(double *last, const double *times, size_t count, double T) {
    double x = 0.0;
    *last = 0.0;
    for (size_t i = 0; i < count; i++) {
        double day = ceil(times[i]);
        if (day > T) break;
        if (day > *last) x++;
        *last = day;
    }
    return x;
}

/* n customers over half a year to two years, in whole days or exactly; their truth is not kept. */
static void draw(reb_nbd_model model, const double par[4], size_t n, uint64_t seed, bool days) {
    static double times[5000];
    reb_rng rng;
    reb_rng_seed(&rng, seed);
    for (size_t i = 0; i < n; i++) {
        size_t count;
        reb_customer c;
        double last = 0.0;
        double T = floor(180 + 550 * reb_rng_uniform(&rng));
        if (reb_nbd_simulate(&c, times, 5000, &count, model, par, T, &rng) != REB_NUM_OK || count > 5000) count = 0;
        double x = days ? whole_days(&last, times, count, T) : (double)count;
        if (!days && count > 0) last = times[count - 1];
        rows[i] = (reb_nbd_row){x, x > 0.0 ? last : 0.0, T, 1};
    }
}

static void recovers_truth(void) {
    for (int m = 0; m < 3; m++) {
        reb_fit fit;
        draw((reb_nbd_model)m, truth[m], CUSTOMERS, 100 + (uint64_t)m, false);
        OK(reb_nbd_fit(&fit, (reb_nbd_model)m, rows, CUSTOMERS, NULL, NULL, 0) == REB_NUM_OK && fit.status == REB_FIT_CONVERGED,
           "%s: fit of drawn customers", reb_nbd_model_name((reb_nbd_model)m));
        for (int p = 0; p < 4; p++) {
            double z = (fit.params[p] - truth[m][p]) / fit.se[p];
            OK(fabs(z) < 3.5, "%s is %.3f, drawn from %.3f: %.2f standard errors off", reb_nbd_param_name((reb_nbd_model)m, p),
               fit.params[p], truth[m][p], z);
        }
    }
}

/* Small shops can have more than one top, or a top beside an endless ridge: no other start may lead higher. */
static void highest_top(void) {
    for (int m = 0; m < 3; m++) {
        reb_rng rng;
        int lower = 0, unfinished = 0;
        reb_rng_seed(&rng, 31);
        for (int shop = 0; shop < 60; shop++) {
            size_t n = 30 + (size_t)(150 * reb_rng_uniform(&rng)), unique, bad;
            draw((reb_nbd_model)m, truth[m], n, 5000 + (uint64_t)shop, true);
            reb_nbd_compress(&unique, &bad, rows, n, 1.0, work, sizeof work);
            reb_fit fit, other;
            reb_fit_options options = {.per_unit = 1.0};
            reb_nbd_fit(&fit, (reb_nbd_model)m, rows, unique, &options, work, sizeof work);
            unfinished += fit.status == REB_FIT_NOT_CONVERGED;
            for (int k = 0; k < 4; k++) {
                double start[4];
                for (int p = 0; p < 4; p++) start[p] = truth[m][p] * exp(5.0 * reb_rng_uniform(&rng) - 2.5);
                options.start = start;
                reb_nbd_fit(&other, (reb_nbd_model)m, rows, unique, &options, work, sizeof work);
                unfinished += other.status == REB_FIT_NOT_CONVERGED;
                lower += other.log_likelihood > fit.log_likelihood + 1e-4;
            }
        }
        OK(lower == 0 && unfinished == 0, "%s: 60 small shops, 240 other starts, %d of them higher, %d without end",
           reb_nbd_model_name((reb_nbd_model)m), lower, unfinished);
    }
}

/* Tables, quadrature, any order of rows, any unit of time: one answer. */
static void same_answer_every_way(void) {
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        const char *name = reb_nbd_model_name(model);
        reb_fit plain, tables, weeks;
        size_t unique, bad;
        draw(model, truth[m], 6000, 7, true);
        memcpy(more, rows, sizeof rows);
        reb_nbd_fit(&plain, model, rows, 6000, NULL, NULL, 0);
        reb_fit_options options = {.per_unit = 1.0};
        OK(reb_nbd_compress(&unique, &bad, rows, 6000, 1.0, work, sizeof work) == REB_NUM_OK && bad == 0 && unique < 6000, "compress");
        double sum = 0.0;
        bool rising = true;
        for (size_t i = 0; i < unique; i++) {
            sum += rows[i].n;
            if (i > 0 && !(rows[i].x > rows[i - 1].x ||
                           (rows[i].x == rows[i - 1].x &&
                            (rows[i].T > rows[i - 1].T || (rows[i].T == rows[i - 1].T && rows[i].t_x > rows[i - 1].t_x)))))
                rising = false;
        }
        OK(rising && sum == 6000.0, "sorted by x, T, t_x, each once, no customer lost");
        OK(reb_nbd_fit_work_size(rows, unique, &options) > 0, "tables want work space");
        OK(reb_nbd_fit(&tables, model, rows, unique, &options, work, reb_nbd_fit_work_size(rows, unique, &options)) == REB_NUM_OK,
           "fit by tables");
        CLOSE(tables.log_likelihood, plain.log_likelihood, 1e-12, 0, name);
        for (int p = 0; p < 4; p++) {
            CLOSE(tables.params[p], plain.params[p], 1e-7, 0, "parameter by tables and one by one");
            CLOSE(tables.se[p], plain.se[p], 1e-6, 0, "its standard error");
        }
        /* off the grid: half a day added to everything in the merge sort's way */
        size_t other;
        for (size_t i = 0; i < 6000; i++) more[i].T += 0.375;
        OK(reb_nbd_compress(&other, &bad, more, 6000, 1.0, work, sizeof work) == REB_NUM_OK && other == unique,
           "the same uniques off the grid");
        for (size_t i = 0; i < unique; i++) {
            rows[i].t_x /= 7.0;
            rows[i].T /= 7.0;
        }
        options.per_unit = 7.0;
        reb_nbd_fit(&weeks, model, rows, unique, &options, work, sizeof work);
        for (int p = 0; p < 4; p++) {
            bool scale = p == 1 || (p == 3 && model == REB_PNBD);
            CLOSE(weeks.params[p], tables.params[p] / (scale ? 7.0 : 1.0), 1e-7, 0, "a week as unit scales alpha and beta only");
        }
    }
}

static void batch_equals_single(void) {
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        draw(model, truth[m], 4000, 3, true);
        rows[10] = (reb_nbd_row){400, 200, 300, 1};   /* beyond the tables */
        rows[11] = (reb_nbd_row){2, 20.5, 300.25, 1}; /* off the grid */
        size_t bad;
        unsigned char status[4000];
        for (int way = 0; way < 2; way++) {
            size_t size = way == 0 ? reb_nbd_score_work_size(model, rows, 4000, 1.0) : 0;
            OK(size <= sizeof work && (way == 1 || size > 0), "work space");
            OK(reb_nbd_score(scores, status, &bad, model, truth[m], 90.0, way ? 0.0 : 2.6e-4, rows, 4000, 1.0, way ? NULL : work, size) ==
                       REB_NUM_OK &&
                   bad == 0,
               "%s: 4,000 customers %s", reb_nbd_model_name(model), way ? "one by one" : "by tables");
            double worst = 0.0;
            for (size_t i = 0; i < 4000; i++) {
                double p, e, d = 0.0;
                reb_nbd_p_alive(&p, model, truth[m], rows[i].x, rows[i].t_x, rows[i].T);
                reb_nbd_expected(&e, model, truth[m], 90.0, rows[i].x, rows[i].t_x, rows[i].T);
                if (way == 0 && i % 20 < 2) reb_nbd_dert(&d, model, truth[m], 2.6e-4, rows[i].x, rows[i].t_x, rows[i].T);
                worst = fmax(worst, fmax(fabs(scores[i].p_alive - p) / p, fabs(scores[i].expected - e) / e));
                if (d > 0.0) worst = fmax(worst, fabs(scores[i].dert - d) / d);
                if (way == 1 && scores[i].dert != 0.0) worst = 1.0;
            }
            OK(worst < 1e-12, "as the single functions do: worst difference %.2g", worst);
        }
    }
}

static void probabilities_sum(void) {
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        double total = 0.0, mean = 0.0, p, e;
        for (int k = 0; k < 1000; k++) {
            if (reb_nbd_pmf(&p, model, truth[m], k, 120.0, 4, 60, 100) != REB_NUM_OK) p = NAN;
            total += p;
            mean += k * p;
        }
        CLOSE(total, 1.0, 1e-12, 0, "P(X = k) given the history sums to one");
        reb_nbd_expected(&e, model, truth[m], 120.0, 4, 60, 100);
        CLOSE(mean, e, 1e-10, 0, "and its mean is the expectation");
        total = mean = 0.0;
        for (int k = 0; k < 1000; k++) {
            if (reb_nbd_pmf_new(&p, model, truth[m], k, 300.0) != REB_NUM_OK) p = NAN;
            total += p;
            mean += k * p;
        }
        reb_nbd_expected_new(&e, model, truth[m], 300.0);
        CLOSE(total, 1.0, 1e-12, 0, "P(X = k) of a new customer sums to one");
        CLOSE(mean, e, 1e-10, 0, "and its mean is the expectation");
    }
}

/* Draws from the model agree with the formulas: purchases of new customers, and of known ones after T. */
static void simulation_agrees(void) {
    reb_rng rng;
    reb_rng_seed(&rng, 99);
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        const int n = 40000;
        double sum = 0.0, squares = 0.0, later = 0.0, later_squares = 0.0, want, none = 0.0, p0;
        for (int i = 0; i < n; i++) {
            size_t count;
            reb_customer c;
            reb_nbd_simulate(&c, NULL, 0, &count, model, truth[m], 300.0, &rng);
            sum += (double)count;
            squares += (double)count * (double)count;
            reb_nbd_simulate_future(NULL, 0, &count, model, truth[m], 120.0, 4, 60, 100, &rng);
            later += (double)count;
            later_squares += (double)count * (double)count;
            none += count == 0;
        }
        double mean = sum / n, se = sqrt((squares / n - mean * mean) / n);
        reb_nbd_expected_new(&want, model, truth[m], 300.0);
        OK(fabs(mean - want) < 4 * se, "%s: new customers bought %.4f times, expected %.4f (s.e. %.4f)", reb_nbd_model_name(model), mean,
           want, se);
        mean = later / n;
        se = sqrt((later_squares / n - mean * mean) / n);
        reb_nbd_expected(&want, model, truth[m], 120.0, 4, 60, 100);
        OK(fabs(mean - want) < 4 * se, "after T %.4f times, expected %.4f (s.e. %.4f)", mean, want, se);
        reb_nbd_pmf(&p0, model, truth[m], 0.0, 120.0, 4, 60, 100);
        OK(fabs(none / n - p0) < 4 * sqrt(p0 * (1 - p0) / n), "none at all %.4f, expected %.4f", none / n, p0);
    }
}

/* The residual is the sum over time of discounted purchases: summed here by months from the expectations. */
static void residual_is_a_sum(void) {
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        double delta, d, before = 0.0, sum = 0.0;
        reb_discount_rate(&delta, 0.10, 365.25);
        CLOSE(exp(delta * 365.25), 1.10, 1e-14, 0, "ten per cent a year");
        for (int i = 1; i <= 60000; i++) {
            double e;
            reb_nbd_expected(&e, model, truth[m], 5.0 * i, 4, 60, 100);
            sum += (e - before) * exp(-delta * 5.0 * (i - 0.5));
            before = e;
        }
        reb_nbd_dert(&d, model, truth[m], delta, 4, 60, 100);
        CLOSE(d, sum, 2e-5, 0, "discounted residual is the discounted sum of expectations");
        double later;
        reb_nbd_dert(&later, model, truth[m], delta * 2, 4, 60, 100);
        OK(later < d, "a higher rate makes it less");
    }
}

static void bootstrap_agrees(void) {
    static double params[400 * 4], scratch[400];
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        reb_fit fit;
        size_t unique, bad, failed;
        reb_rng rng;
        draw(model, truth[m], 5000, 21, true);
        reb_nbd_compress(&unique, &bad, rows, 5000, 1.0, work, sizeof work);
        reb_fit_options options = {.per_unit = 1.0};
        reb_nbd_fit(&fit, model, rows, unique, &options, work, sizeof work);
        reb_rng_seed(&rng, 4);
        OK(reb_nbd_bootstrap(params, &failed, 150, &fit, model, rows, unique, &options, &rng, work, sizeof work) == REB_NUM_OK &&
               failed == 0,
           "%s: 150 refits", reb_nbd_model_name(model));
        for (int p = 0; p < 4; p++) {
            double lo, mid, hi;
            reb_quantile(&lo, params + p, 150, 4, 0.16, scratch);
            reb_quantile(&mid, params + p, 150, 4, 0.5, scratch);
            reb_quantile(&hi, params + p, 150, 4, 0.84, scratch);
            double spread = (hi - lo) / 2;
            OK(spread > 0.7 * fit.se[p] && spread < 1.45 * fit.se[p] && fabs(mid - fit.params[p]) < fit.se[p],
               "%s: spread of the refits %.4f, standard error %.4f", reb_nbd_param_name(model, p), spread, fit.se[p]);
        }
        double again[4];
        reb_rng_seed(&rng, 4);
        reb_nbd_bootstrap(again, &failed, 1, &fit, model, rows, unique, &options, &rng, work, sizeof work);
        OK(memcmp(again, params, sizeof again) == 0, "the same seed gives the same refit");
    }
}

static void spend(void) {
    static reb_gg_row gg[CUSTOMERS];
    const double par[4] = {5.0, 3.5, 18.0, 0};
    reb_rng rng;
    reb_fit fit;
    reb_rng_seed(&rng, 77);
    for (int i = 0; i < CUSTOMERS; i++) {
        double mean, values[8], sum = 0.0;
        int x = 1 + i % 8;
        reb_gg_simulate(&mean, values, (size_t)x, par, &rng);
        for (int k = 0; k < x; k++) sum += values[k];
        gg[i] = (reb_gg_row){x, sum / x, 1};
    }
    OK(reb_gg_fit(&fit, gg, CUSTOMERS, NULL) == REB_NUM_OK && fit.status == REB_FIT_CONVERGED, "Gamma-Gamma: fit of drawn customers");
    for (int p = 0; p < 3; p++) {
        double z = (fit.params[p] - par[p]) / fit.se[p];
        OK(fabs(z) < 3.5, "%.3f, drawn from %.3f: %.2f standard errors off", fit.params[p], par[p], z);
    }
    double g[4], h[16], up, down, ll;
    for (int i = 0; i < 3; i++) {
        double q[4] = {par[0], par[1], par[2], 0};
        reb_gg_log_likelihood(&ll, g, h, par, 3, 30);
        q[i] = par[i] * 1.0001;
        reb_gg_log_likelihood(&up, NULL, NULL, q, 3, 30);
        q[i] = par[i] * 0.9999;
        reb_gg_log_likelihood(&down, NULL, NULL, q, 3, 30);
        CLOSE(g[i], (up - down) / (2e-4 * par[i]), 1e-6, 1e-9, "gradient by differences");
        CLOSE(h[5 * i], (up - 2 * ll + down) / (1e-8 * par[i] * par[i]), 1e-4, 1e-6, "curvature by differences");
    }
    double e;
    reb_gg_expected(&e, par, 0, 0);
    CLOSE(e, 5.0 * 18.0 / 2.5, 1e-15, 0, "mean of the population");
    reb_gg_expected(&e, par, 1e6, 30);
    CLOSE(e, 30, 1e-5, 0, "who is well known is expected to spend what he spends");
}

static void domain(void) {
    double out = 42.0;
    const double good[4] = {1, 1, 1, 1};
    const double bad[][4] = {{0, 1, 1, 1}, {1, -1, 1, 1}, {1, 1, NAN, 1}, {1, 1, 1, HUGE_VAL}, {1, 1e13, 1, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        for (int m = 0; m < 3; m++)
            EQ_I64(reb_nbd_p_alive(&out, (reb_nbd_model)m, bad[i], 1, 1, 2), REB_NUM_DOMAIN, "bad parameters are refused");
    EQ_I64(reb_nbd_p_alive(&out, (reb_nbd_model)3, good, 1, 1, 2), REB_NUM_DOMAIN, "an unknown model");
    EQ_I64(reb_nbd_p_alive(&out, REB_PNBD, good, 1, 3, 2), REB_NUM_DOMAIN, "t_x after T");
    EQ_I64(reb_nbd_expected(&out, REB_PNBD, good, -1, 1, 1, 2), REB_NUM_DOMAIN, "a horizon in the past");
    EQ_I64(reb_nbd_expected(&out, REB_PNBD, good, NAN, 1, 1, 2), REB_NUM_DOMAIN, "NaN as horizon");
    EQ_I64(reb_nbd_pmf(&out, REB_PNBD, good, 1.5, 1, 1, 1, 2), REB_NUM_DOMAIN, "half a purchase");
    EQ_I64(reb_nbd_dert(&out, REB_PNBD, good, 0.0, 1, 1, 2), REB_NUM_RANGE, "an endless sum");
    EQ_I64(reb_nbd_dert(&out, REB_BGNBD, good, 0.0, 1, 1, 2), REB_NUM_RANGE, "an endless sum");
    EQ_I64(reb_discount_rate(&out, -0.1, 365), REB_NUM_DOMAIN, "a negative rate of discount");
    EQ_I64(reb_gg_expected(&out, good, 0, 0), REB_NUM_RANGE, "an infinite mean");
    EQ_I64(reb_gg_expected(&out, good, 2, -3), REB_NUM_DOMAIN, "a negative spend");
    CLOSE(out, 42.0, 0, 0, "outputs are left alone on errors");
    EQ_I64(reb_nbd_expected(&out, REB_MBGNBD, good, 0, 1, 1, 2), REB_NUM_OK, "no time, no purchases");
    CLOSE(out, 0.0, 0, 0, "no time, no purchases");
    const double three[4] = {1, 50, 3, 100};
    double limit, at_zero;
    reb_nbd_dert(&at_zero, REB_PNBD, three, 0.0, 2, 30, 60);
    reb_nbd_dert(&limit, REB_PNBD, three, 1e-12, 2, 30, 60);
    CLOSE(limit, at_zero, 1e-6, 0, "no discount is the limit of a small one");
    reb_nbd_dert(&at_zero, REB_MBGNBD, three, 0.0, 2, 30, 60);
    reb_nbd_dert(&limit, REB_MBGNBD, three, 1e-12, 2, 30, 60);
    CLOSE(limit, at_zero, 1e-6, 0, "no discount is the limit of a small one");
    reb_nbd_model model;
    OK(reb_nbd_model_from_name(&model, "mbgnbd") == REB_NUM_OK && model == REB_MBGNBD, "a model by its name");
    OK(reb_nbd_model_from_name(&model, "nbd") == REB_NUM_DOMAIN && reb_nbd_model_from_name(&model, NULL) == REB_NUM_DOMAIN,
       "no such model");
    OK(reb_nbd_model_name((reb_nbd_model)7) == NULL && reb_nbd_param_name(REB_PNBD, 4) == NULL, "no such names");
    const reb_num_status states[] = {REB_NUM_OK, REB_NUM_DOMAIN, REB_NUM_RANGE, REB_NUM_WORK, REB_NUM_NO_DATA};
    for (size_t i = 0; i < 5; i++) OK(strlen(reb_num_status_name(states[i])) > 1, "a status has a name");
}

static void random_numbers(void) {
    reb_rng rng;
    reb_rng_seed(&rng, 0);
    /* xoshiro256** after splitmix64(0), computed apart from this code */
    OK(reb_rng_next(&rng) == 11091344671253066420u && reb_rng_next(&rng) == 13793997310169335082u, "the stream of seed 0");
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < 100000; i++) {
        double u = reb_rng_uniform(&rng);
        if (!(u > 0.0 && u < 1.0)) sum = NAN;
        sum += u;
    }
    CLOSE(sum / 100000, 0.5, 0.01, 0, "mean of uniforms");
    const double shapes[] = {0.2, 1.0, 7.5};
    for (int k = 0; k < 3; k++) {
        sum = squares = 0.0;
        for (int i = 0; i < 100000; i++) {
            double g = reb_rng_gamma(&rng, shapes[k]);
            sum += g;
            squares += g * g;
        }
        double mean = sum / 100000;
        CLOSE(mean, shapes[k], 0, 5 * sqrt(shapes[k] / 100000), "mean of a gamma");
        CLOSE(squares / 100000 - mean * mean, shapes[k], 0.06, 0, "variance of a gamma");
    }
    double q, scratch[5];
    const double v[] = {5, 1, 3, 2, 4};
    reb_quantile(&q, v, 5, 1, 0.5, scratch);
    CLOSE(q, 3, 0, 0, "median");
    reb_quantile(&q, v, 5, 1, 0.1, scratch);
    CLOSE(q, 1.4, 1e-15, 0, "a quantile between two values");
    OK(reb_quantile(&q, v, 0, 1, 0.5, scratch) == REB_NUM_NO_DATA && reb_quantile(&q, v, 5, 1, 1.5, scratch) == REB_NUM_DOMAIN,
       "bad quantiles");
}

int main(void) {
    recovers_truth();
    highest_top();
    same_answer_every_way();
    batch_equals_single();
    probabilities_sum();
    simulation_agrees();
    residual_is_a_sum();
    bootstrap_agrees();
    spend();
    domain();
    random_numbers();
    return tap_done();
}
