/* Data sets on which other programs break or answer nonsense: every answer is finite and says what it is. */
#include "../lib/tap.h"
#include "rebound.h"

#define MAX_ROWS 6000

static reb_nbd_row rows[MAX_ROWS];
static double work[1 << 21];

static bool finite_fit(const reb_fit *fit) {
    bool good = isfinite(fit->log_likelihood) && isfinite(fit->penalty) && fit->penalty <= 0.0;
    for (int i = 0; i < 4; i++)
        good = good && isfinite(fit->params[i]) && fit->params[i] > 0.0 && isfinite(fit->se[i]) && fit->se[i] >= 0.0;
    for (int i = 0; i < 16; i++) good = good && isfinite(fit->cov_log[i]);
    return good;
}

static bool finite_scores(reb_nbd_model model, const reb_fit *fit, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double p, e, d, k;
        if (reb_nbd_check_history(rows[i].x, rows[i].t_x, rows[i].T) != REB_NUM_OK) continue;
        if (reb_nbd_p_alive(&p, model, fit->params, rows[i].x, rows[i].t_x, rows[i].T) != REB_NUM_OK) return false;
        if (reb_nbd_expected(&e, model, fit->params, 365.0, rows[i].x, rows[i].t_x, rows[i].T) != REB_NUM_OK) return false;
        if (reb_nbd_dert(&d, model, fit->params, 2.6e-4, rows[i].x, rows[i].t_x, rows[i].T) != REB_NUM_OK) return false;
        if (reb_nbd_pmf(&k, model, fit->params, 2.0, 365.0, rows[i].x, rows[i].t_x, rows[i].T) != REB_NUM_OK) return false;
        if (!(p >= 0.0 && p <= 1.0 && e >= 0.0 && isfinite(e) && d >= 0.0 && isfinite(d) && k >= 0.0 && k <= 1.0)) return false;
    }
    return true;
}

/* Fits the n rows with each model: without a prior, with the fallback and with the prior. want: allowed statuses of the plain fit as bits.
 */
static void try_all(const char *what, size_t n, unsigned want) {
    for (int m = REB_PNBD; m <= REB_MBGNBD; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        const char *name = reb_nbd_model_name(model);
        reb_fit plain, with;
        reb_prior prior;
        reb_fit_options options = {.per_unit = 1.0};
        reb_nbd_default_prior(&prior, model, 1.0);
        reb_num_status status = reb_nbd_fit(&plain, model, rows, n, &options, work, sizeof work);
        OK(status == REB_NUM_OK && finite_fit(&plain), "%s, %s: finite (%s, bits %d, LL %.6f, %.4g %.4g %.4g %.4g)", what, name,
           reb_fit_status_name(plain.status), plain.at_boundary, plain.log_likelihood, plain.params[0], plain.params[1], plain.params[2],
           plain.params[3]);
        OK((want >> plain.status & 1) != 0, "%s, %s: said to be \"%s\"", what, name, reb_fit_status_name(plain.status));
        OK(finite_scores(model, &plain, n < 50 ? n : 50), "%s, %s: scores at the plain fit are finite", what, name);
        options.fallback = &prior;
        OK(reb_nbd_fit(&with, model, rows, n, &options, work, sizeof work) == REB_NUM_OK && finite_fit(&with), "%s, %s: with the fallback",
           what, name);
        bool edge = plain.at_boundary != 0;
        OK(with.used_prior == (edge ? 2 : 0) && with.status == plain.status && (!edge || with.se[0] > 0.0),
           "%s, %s: the fallback is used at a boundary only, and keeps the verdict", what, name);
        OK(finite_scores(model, &with, n < 50 ? n : 50), "%s, %s: scores with the fallback are finite", what, name);
        options = (reb_fit_options){.per_unit = 1.0, .prior = &prior};
        OK(reb_nbd_fit(&with, model, rows, n, &options, work, sizeof work) == REB_NUM_OK && with.at_boundary == 0 && with.se[0] > 0.0 &&
               with.se[1] > 0.0 && with.se[2] > 0.0 && with.se[3] > 0.0 && with.log_likelihood <= plain.log_likelihood + 1e-6,
           "%s, %s: with the prior there is an optimum, and it is not better than the plain one", what, name);
    }
}

enum { CONVERGED = 1u << REB_FIT_CONVERGED, BOUNDARY = 1u << REB_FIT_BOUNDARY, LITTLE = 1u << REB_FIT_TOO_LITTLE };

static void one_time_buyers(void) {
    for (int i = 0; i < 300; i++) rows[i] = (reb_nbd_row){0, 0, 10 + i, 1};
    try_all("one-time buyers only", 300, LITTLE);
    /* the size limits switched off, the likelihood itself has no maximum */
    reb_fit fit;
    reb_fit_options options = {.per_unit = 1.0, .min_customers = -1, .min_repeaters = -1};
    for (int m = REB_PNBD; m <= REB_MBGNBD; m++) {
        reb_nbd_fit(&fit, (reb_nbd_model)m, rows, 300, &options, work, sizeof work);
        EQ_TEXT(reb_fit_status_name(fit.status), "boundary", "one-time buyers only, no size limit");
        CLOSE(fit.log_likelihood, 0.0, 0.0, 1e-3, "the likelihood's limit is one");
    }
}

static void few(void) {
    rows[0] = (reb_nbd_row){3, 40, 60, 1};
    try_all("one customer", 1, LITTLE);
    rows[0] = (reb_nbd_row){0, 0, 0, 1};
    try_all("one customer of today", 1, LITTLE);
    for (int i = 0; i < 10; i++) rows[i] = (reb_nbd_row){i % 4, i % 4 ? 20 + 5 * i : 0, 100 + i, 1};
    try_all("ten customers", 10, LITTLE);
    for (int i = 0; i < 500; i++) rows[i] = (reb_nbd_row){4, 80, 100, 1};
    try_all("identical customers", 500, BOUNDARY | CONVERGED);
    rows[0] = (reb_nbd_row){4, 80, 100, 500};
    try_all("identical customers, counted", 1, BOUNDARY | CONVERGED);
}

static void simulated(const char *what, reb_nbd_model model, const double par[4], unsigned want) {
    reb_rng rng;
    reb_rng_seed(&rng, 5);
    size_t n = 1500;
    for (size_t i = 0; i < n; i++) {
        double times[4000];
        size_t count;
        reb_customer c;
        double T = 200 + floor(165 * reb_rng_uniform(&rng));
        if (reb_nbd_simulate(&c, times, 4000, &count, model, par, T, &rng) != REB_NUM_OK) count = 0;
        double last = 0.0;
        int x = 0;
        for (size_t k = 0; k < count && k < 4000; k++) {
            double day = ceil(times[k]);
            if (day > last) x++;
            last = day;
        }
        rows[i] = (reb_nbd_row){x, x > 0 ? fmin(last, T) : 0.0, T, 1};
    }
    try_all(what, n, want);
}

static void no_churn(void) {
    const double poisson[4] = {1e6, 2e7, 1e-8, 1e3};
    simulated("Poisson, nobody ever leaves", REB_PNBD, poisson, BOUNDARY);
    const double nbd[4] = {1.5, 40, 1e-8, 1e3};
    simulated("no churn", REB_PNBD, nbd, BOUNDARY | CONVERGED);
}

static void clockwork(void) {
    for (int i = 0; i < 800; i++) {
        int T = 90 + i % 200;
        rows[i] = (reb_nbd_row){T / 7, T / 7 * 7, T, 1};
    }
    try_all("clockwork buyers", 800, BOUNDARY | CONVERGED);
    for (int i = 0; i < 800; i++) rows[i] = (reb_nbd_row){90 + i % 200, 90 + i % 200, 90 + i % 200, 1};
    try_all("buyers of every day", 800, BOUNDARY | CONVERGED);
}

static void extremes(void) {
    for (int i = 0; i < 900; i++) rows[i] = (reb_nbd_row){i % 3 ? i % 7 : 0, i % 3 && i % 7 ? 300 - i % 200 : 0, 300, 1};
    rows[17] = (reb_nbd_row){10000, 7000, 7305, 1};
    rows[18] = (reb_nbd_row){5000, 10, 7305, 1};
    try_all("two buyers of thousands among others", 900, BOUNDARY | CONVERGED);
}

static void bad_rows(void) {
    const double inf = HUGE_VAL;
    size_t n = 0;
    for (int i = 0; i < 600; i++) rows[n++] = (reb_nbd_row){i % 5, i % 5 ? 30 + i % 100 : 0, 150 + i % 60, 1};
    reb_fit clean, dirty;
    reb_fit_options options = {.per_unit = 1.0};
    const reb_nbd_row bad[] = {
        {0, 0, -5, 1}, /* first seen after the split */
        {2, 50, 40, 1}, {-1, 0, 5, 1}, {1.5, 3, 9, 1}, {0, 3, 9, 1},   {2, NAN, 9, 1}, {NAN, 3, 9, 1},  {2, 3, NAN, 1},   {2, 3, inf, 1},
        {inf, 3, 9, 1}, {2, 3, 9, 0},  {2, 3, 9, -1},  {2, 3, 9, NAN}, {2, -3, 9, 1},  {3, 9, 1e12, 1}, {1e300, 3, 9, 1},
    };
    size_t bads = sizeof bad / sizeof bad[0];
    for (int m = REB_PNBD; m <= REB_MBGNBD; m++) {
        static reb_nbd_row mixed[MAX_ROWS];
        size_t unique, moved;
        reb_nbd_fit(&clean, (reb_nbd_model)m, rows, n, &options, work, sizeof work);
        for (size_t i = 0; i < n + bads; i++)
            mixed[i] = i % 37 == 0 && i / 37 < bads ? bad[i / 37] : rows[i - (i / 37 < bads ? i / 37 + 1 : bads)];
        OK(reb_nbd_fit(&dirty, (reb_nbd_model)m, mixed, n + bads, &options, work, sizeof work) == REB_NUM_OK, "bad rows among good: fit");
        EQ_I64((int64_t)dirty.bad_rows, (int64_t)bads, "bad rows are counted");
        CLOSE(dirty.log_likelihood, clean.log_likelihood, 1e-11, 0, "and change nothing");
        OK(reb_nbd_compress(&unique, &moved, mixed, n + bads, 1.0, work, sizeof work) == REB_NUM_OK, "compress");
        EQ_I64((int64_t)moved, (int64_t)bads, "compress moves them to the end");
        OK(reb_nbd_fit(&dirty, (reb_nbd_model)m, mixed, unique + moved, &options, work, sizeof work) == REB_NUM_OK,
           "fit of what compress leaves");
        CLOSE(dirty.log_likelihood, clean.log_likelihood, 1e-11, 0, "the same likelihood");
        static reb_score scores[MAX_ROWS];
        static unsigned char status[MAX_ROWS];
        size_t wrong;
        OK(reb_nbd_score(scores, status, &wrong, (reb_nbd_model)m, clean.params, 90, 3e-4, mixed, unique + moved, 1.0, work, sizeof work) ==
               REB_NUM_OK,
           "score");
        int zero_weight = 3; /* only their count is bad: the history itself can be scored */
        EQ_I64((int64_t)wrong, (int64_t)bads - zero_weight, "bad histories are counted");
        bool calm = true;
        for (size_t i = 0; i < unique + moved; i++)
            calm = calm && (status[i] == REB_NUM_OK ? scores[i].p_alive > 0 && isfinite(scores[i].dert) : scores[i].p_alive == 0.0);
        OK(calm, "a bad row gets zeros and its status, a good one its score");
        OK(reb_nbd_fit(&dirty, (reb_nbd_model)m, bad, 9, &options, work, sizeof work) == REB_NUM_NO_DATA && dirty.bad_rows == 9,
           "bad rows alone: no data");
        OK(reb_nbd_fit(&dirty, (reb_nbd_model)m, rows, 0, NULL, NULL, 0) == REB_NUM_NO_DATA, "no rows: no data");
        OK(reb_nbd_fit(&dirty, (reb_nbd_model)m, mixed, unique, &options, work, 8) == REB_NUM_WORK, "too small a work space is refused");
    }
}

static void spend(void) {
    static reb_gg_row gg[2000];
    reb_fit fit, with;
    reb_prior prior;
    reb_gg_default_prior(&prior, 30.0);
    for (int i = 0; i < 500; i++) gg[i] = (reb_gg_row){1 + i % 4, 25.0, 1};
    OK(reb_gg_fit(&fit, gg, 500, NULL) == REB_NUM_OK && isfinite(fit.log_likelihood), "everybody spends the same: finite");
    EQ_TEXT(reb_fit_status_name(fit.status), "boundary", "everybody spends the same");
    reb_fit_options options = {.prior = &prior};
    double value = 0.0;
    OK(reb_gg_fit(&with, gg, 500, &options) == REB_NUM_OK && reb_gg_expected(&value, with.params, 3, 25.0) == REB_NUM_OK, "with the prior");
    CLOSE(value, 25.0, 0.02, 0, "and who always spends 25 is expected to spend 25");
    gg[3].z = 0.0;   /* a free order */
    gg[4].z = -12.5; /* a refund */
    gg[5].x = 0.0;
    gg[6].z = NAN;
    OK(reb_gg_fit(&fit, gg, 500, &options) == REB_NUM_OK && fit.bad_rows == 4 && isfinite(fit.log_likelihood),
       "free orders and refunds are left out");
    gg[0] = (reb_gg_row){1, 40, 1};
    OK(reb_gg_fit(&fit, gg, 1, &options) == REB_NUM_OK && fit.status == REB_FIT_TOO_LITTLE && fit.params[0] > 0,
       "one customer: too little, but set");
    OK(reb_gg_fit(&fit, gg, 1, NULL) == REB_NUM_OK && fit.status == REB_FIT_TOO_LITTLE && isfinite(fit.params[2]),
       "one customer without prior");
    OK(reb_gg_fit(&fit, gg + 3, 2, NULL) == REB_NUM_NO_DATA, "only bad rows: no data");
    for (int i = 0; i < 1000; i++) gg[i] = (reb_gg_row){1 + i % 9, i == 7 ? 1e9 : 10 + i % 50, 1};
    OK(reb_gg_fit(&fit, gg, 1000, NULL) == REB_NUM_OK && isfinite(fit.params[1]) && fit.params[1] > 0, "one order of a milliard: finite");
}

int main(void) {
    one_time_buyers();
    few();
    no_churn();
    clockwork();
    extremes();
    bad_rows();
    spend();
    return tap_done();
}
