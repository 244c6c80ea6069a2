/* Forecasts against what customers then did: the published hold-out errors, and that the default priors never make a shop's
   forecast worse, from 20 customers to 23,570. */
#include "../lib/tap.h"
#include "cdnow.h"

#define MANY 23600

static cdnow_customer all[MANY];
static cdnow_customer some[MANY];
static reb_nbd_row rows[MANY];
static double work[1 << 20];

typedef struct error {
    double mae, rmse, log_score; /* of purchases in the 39 weeks after, a customer; log score: minus the mean log probability */
} error;

static error judge(reb_nbd_model model, const double params[4], double horizon, const cdnow_customer *c, size_t n) {
    error e = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        double expected = NAN, p = NAN;
        reb_nbd_expected(&expected, model, params, horizon, c[i].x, c[i].t_x, c[i].T);
        reb_nbd_pmf(&p, model, params, c[i].future, horizon, c[i].x, c[i].t_x, c[i].T);
        double off = expected - c[i].future;
        e.mae += fabs(off);
        e.rmse += off * off;
        e.log_score -= log(fmax(p, 1e-300));
    }
    double count = (double)n;
    return (error){e.mae / count, sqrt(e.rmse / count), e.log_score / count};
}

static bool fit_days(reb_fit *fit, reb_nbd_model model, const cdnow_customer *c, size_t n, const reb_prior *prior) {
    size_t unique, bad;
    for (size_t i = 0; i < n; i++) rows[i] = cdnow_row(&c[i], 1.0);
    reb_fit_options options = {.per_unit = 1.0, .prior = prior};
    return reb_nbd_compress(&unique, &bad, rows, n, 1.0, work, sizeof work) == REB_NUM_OK &&
           reb_nbd_fit(fit, model, rows, unique, &options, work, sizeof work) == REB_NUM_OK;
}

/* MAE of the sample as printed in comparisons of such models: .755, .785, .765. */
static void cdnow_sample(void) {
    static const double published[3] = {.755, .785, .765};
    const char *path = tap_shared("cdnow/CDNOW_sample.txt");
    size_t n = path != NULL ? cdnow_read(all, MANY, path, 2) : 0;
    if (n == 0) {
        SKIP("CDNOW is not here");
        return;
    }
    for (int m = 0; m < 3; m++) {
        reb_fit fit;
        OK(fit_days(&fit, (reb_nbd_model)m, all, n, NULL), "%s: fit", reb_nbd_model_name((reb_nbd_model)m));
        error e = judge((reb_nbd_model)m, fit.params, 273.0, all, n);
        CLOSE(e.mae, published[m], 0, 0.00051, "CDNOW 1/10: mean absolute error of purchases in 39 weeks");
    }
}

static void draw(size_t n, size_t of, reb_rng *rng) {
    static cdnow_customer pool[MANY];
    memcpy(pool, all, of * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        size_t j = i + (size_t)(reb_rng_uniform(rng) * (double)(of - i));
        some[i] = pool[j];
        pool[j] = pool[i];
    }
}

static void priors_never_hurt(void) {
    static const size_t sizes[] = {20, 40, 80, 160, 320, 640, 1280, 2560, 10240, 23570};
    static const int subsets[] = {100, 80, 60, 40, 20, 12, 8, 6, 2, 1};
    const char *path = tap_shared("cdnow/CDNOW_master.txt");
    size_t of = path != NULL ? cdnow_read(all, MANY, path, 1) : 0;
    if (of == 0) {
        SKIP("CDNOW is not here");
        return;
    }
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        reb_prior prior;
        reb_nbd_default_prior(&prior, model, 1.0);
        double before = 1.0;
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            reb_rng rng;
            error without = {0, 0, 0}, with = {0, 0, 0};
            double gap = 0.0;
            reb_rng_seed(&rng, 1000 + k);
            for (int i = 0; i < subsets[k]; i++) {
                reb_fit plain, weak;
                draw(sizes[k], of, &rng);
                if (!fit_days(&plain, model, some, sizes[k], NULL) || !fit_days(&weak, model, some, sizes[k], &prior)) gap = NAN;
                error a = judge(model, plain.params, 273.0, some, sizes[k]);
                error b = judge(model, weak.params, 273.0, some, sizes[k]);
                without.rmse += a.rmse / subsets[k];
                without.log_score += a.log_score / subsets[k];
                with.rmse += b.rmse / subsets[k];
                with.log_score += b.log_score / subsets[k];
                gap += fabs(a.log_score - b.log_score) / subsets[k];
            }
            OK(with.log_score <= without.log_score, "%s, %zu customers: log score %.5f with the prior, %.5f without",
               reb_nbd_model_name(model), sizes[k], with.log_score, without.log_score);
            /* within a ten-thousandth: at some thousands of customers the two are one number but for chance */
            OK(with.rmse <= without.rmse * 1.0001, "%s, %zu customers: root mean square error %.5f with the prior, %.5f without",
               reb_nbd_model_name(model), sizes[k], with.rmse, without.rmse);
            if (k > 0 && sizes[k] >= 160)
                OK(gap < before, "%s, %zu customers: its weight fades (%.2g)", reb_nbd_model_name(model), sizes[k], gap);
            before = gap;
        }
    }
}

/* Regular buyers of a grocery: calibration 2006, judged on 2007; the priors were not chosen on it. */
static size_t grocery(void) {
    const char *path = tap_shared("grocery/groceryElog.csv");
    FILE *f = path != NULL ? fopen(path, "r") : NULL;
    if (f == NULL) return 0;
    char line[128];
    int first[4000] = {0}, last[4000] = {0};
    size_t n = 0;
    static int slot[20000];
    int split = cdnow_day(20061231);
    memset(slot, 0, sizeof slot);
    while (fgets(line, sizeof line, f) != NULL) {
        int id, y, m, d;
        if (sscanf(line, "\"%d\",%d-%d-%d", &id, &y, &m, &d) != 4 || id <= 0 || id >= 20000) continue;
        int day = cdnow_day(y * 10000 + m * 100 + d);
        if (slot[id] == 0) {
            if (n == 4000) break;
            slot[id] = (int)++n;
            first[n - 1] = last[n - 1] = day;
            all[n - 1] = (cdnow_customer){.T = split - day};
            continue;
        }
        size_t i = (size_t)slot[id] - 1;
        if (day == last[i] || day == first[i]) continue;
        last[i] = day;
        if (day <= split) {
            all[i].x++;
            all[i].t_x = day - first[i];
        } else {
            all[i].future++;
        }
    }
    fclose(f);
    return n;
}

static void priors_elsewhere(void) {
    size_t n = grocery();
    if (n == 0) {
        SKIP("the grocery data are not here");
        return;
    }
    EQ_I64((int64_t)n, 1525, "customers of the grocery");
    /* printed in comparisons of such models on these data: Pareto/NBD 1.508, BG/NBD 1.577 */
    for (int m = REB_PNBD; m <= REB_BGNBD; m++) {
        reb_fit fit;
        fit_days(&fit, (reb_nbd_model)m, all, n, NULL);
        error e = judge((reb_nbd_model)m, fit.params, 364.0, all, n);
        CLOSE(e.mae, m == REB_PNBD ? 1.508 : 1.577, 0, 0.00051, "grocery: mean absolute error of purchases in 52 weeks");
    }
    for (int m = 0; m < 3; m++) {
        reb_nbd_model model = (reb_nbd_model)m;
        reb_prior prior;
        reb_nbd_default_prior(&prior, model, 1.0);
        for (size_t size = 40; size <= n; size = size == 40 ? 200 : size == 200 ? n : n + 1) {
            double with = 0.0, without = 0.0;
            int turns = size == 40 ? 40 : size == 200 ? 10 : 1;
            reb_rng rng;
            reb_rng_seed(&rng, size);
            for (int i = 0; i < turns; i++) {
                reb_fit plain, weak;
                draw(size, n, &rng);
                fit_days(&plain, model, some, size, NULL);
                fit_days(&weak, model, some, size, &prior);
                without += judge(model, plain.params, 364.0, some, size).log_score / turns;
                with += judge(model, weak.params, 364.0, some, size).log_score / turns;
            }
            OK(with <= without * 1.0005, "grocery, %s, %zu customers: log score %.5f with the prior, %.5f without",
               reb_nbd_model_name(model), size, with, without);
        }
    }
}

/* The spend of repeat buyers, forecast from the calibration, against what they spent a time in the 39 weeks after. */
static double spend_error(const reb_fit *fit, const cdnow_customer *c, size_t n) {
    double sum = 0.0, count = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (c[i].future == 0 || c[i].future_cents == 0) continue;
        double z = (double)c[i].spend_cents / 100.0 / c[i].x, expected = z;
        reb_gg_expected(&expected, fit->params, c[i].x, z);
        double off = expected - (double)c[i].future_cents / 100.0 / c[i].future;
        sum += off * off;
        count++;
    }
    return count > 0.0 ? sum / count : 0.0;
}

static void spend_prior_never_hurts(void) {
    static const size_t sizes[] = {10, 20, 40, 80, 160, 320, 1000, 3000, 9450};
    static const int subsets[] = {200, 150, 100, 80, 50, 30, 15, 6, 1};
    static reb_gg_row spend[MANY];
    static double values[MANY], scratch[MANY];
    const char *path = tap_shared("cdnow/CDNOW_master.txt");
    size_t of = path != NULL ? cdnow_read(all, MANY, path, 1) : 0, buyers = 0;
    for (size_t i = 0; i < of; i++)
        if (all[i].x > 0 && all[i].spend_cents > 0) all[buyers++] = all[i];
    if (buyers == 0) {
        SKIP("CDNOW is not here");
        return;
    }
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        reb_rng rng;
        double with = 0.0, without = 0.0;
        reb_rng_seed(&rng, 500 + k);
        for (int turn = 0; turn < subsets[k]; turn++) {
            reb_fit plain, weak;
            reb_prior prior;
            double median = 1.0;
            draw(sizes[k], buyers, &rng);
            for (size_t i = 0; i < sizes[k]; i++) {
                values[i] = (double)some[i].spend_cents / 100.0 / some[i].x;
                spend[i] = (reb_gg_row){some[i].x, values[i], 1.0};
            }
            reb_quantile(&median, values, sizes[k], 1, 0.5, scratch);
            reb_gg_default_prior(&prior, median);
            reb_fit_options options = {.prior = &prior};
            if (reb_gg_fit(&plain, spend, sizes[k], NULL) != REB_NUM_OK || reb_gg_fit(&weak, spend, sizes[k], &options) != REB_NUM_OK)
                with = NAN;
            without += spend_error(&plain, some, sizes[k]) / subsets[k];
            with += spend_error(&weak, some, sizes[k]) / subsets[k];
        }
        OK(with <= without, "Gamma-Gamma, %zu buyers: root mean square error of a purchase's value %.3f with the prior, %.3f without",
           sizes[k], sqrt(with), sqrt(without));
    }
}

int main(void) {
    cdnow_sample();
    spend_prior_never_hurts();
    priors_never_hurt();
    priors_elsewhere();
    return tap_done();
}
