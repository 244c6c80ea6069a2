/* The figures that the papers print for CDNOW, to every digit printed (a paper's optimiser may cut its last digit: one unit of it). */
#include "../lib/tap.h"
#include "cdnow.h"

static cdnow_customer customers[24000];
static reb_nbd_row rows[24000];
static reb_gg_row spend[24000];
static double work[1 << 20];

typedef struct figure {
    reb_nbd_model model;
    double log_likelihood;
    double params[4]; /* 0: not printed */
    double digit;     /* one unit of the last digit of the parameters */
} figure;

static void fit_all(const char *file, int skip, size_t want_customers, const figure *figures, int count) {
    const char *path = tap_shared(file);
    if (path == NULL) {
        SKIP("CDNOW is not here");
        return;
    }
    size_t n = cdnow_read(customers, 24000, path, skip);
    EQ_I64((int64_t)n, (int64_t)want_customers, "customers in the file");
    for (size_t i = 0; i < n; i++) rows[i] = cdnow_row(&customers[i], 7.0);
    size_t unique, bad;
    OK(reb_nbd_compress(&unique, &bad, rows, n, 7.0, work, sizeof work) == REB_NUM_OK, "compress");
    EQ_I64((int64_t)bad, 0, "no bad rows");
    if (n == 23570) EQ_I64((int64_t)unique, 8685, "unique histories of the full file");
    for (int i = 0; i < count; i++) {
        reb_fit fit;
        reb_fit_options options = {.per_unit = 7.0};
        const char *name = reb_nbd_model_name(figures[i].model);
        OK(reb_nbd_fit(&fit, figures[i].model, rows, unique, &options, work, sizeof work) == REB_NUM_OK, "%s: fit", name);
        EQ_TEXT(reb_fit_status_name(fit.status), "converged", name);
        EQ_I64((int64_t)fit.customers, (int64_t)n, "customers");
        CLOSE(fit.log_likelihood, figures[i].log_likelihood, 0.0, 0.00051, "log-likelihood");
        for (int p = 0; p < 4; p++) {
            if (figures[i].params[p] > 0.0)
                CLOSE(fit.params[p], figures[i].params[p], 0.0, figures[i].digit * 1.01, reb_nbd_param_name(figures[i].model, p));
        }
        for (int p = 0; p < 4; p++)
            OK(fit.se[p] > 0.0 && fit.se[p] < fit.params[p], "standard error of %s", reb_nbd_param_name(figures[i].model, p));
    }
}

static void fader_hardie_lee_2005(void) {
    static const figure figures[] = {
        {REB_BGNBD, -9582.429, {.2426, 4.4136, .7929, 2.4259}, 1e-4},
        {REB_PNBD, -9594.976, {.553, 10.577, .606, 11.668}, 1e-3},
        {REB_MBGNBD, -9582.136, {0}, 0},
    };
    fit_all("cdnow/CDNOW_sample.txt", 2, 2357, figures, 3);
}

static void full_file(void) {
    static const figure figures[] = {
        {REB_BGNBD, -95368.444, {0}, 0},
        {REB_MBGNBD, -95336.958, {0}, 0},
        {REB_PNBD, -95415.119, {.59742, 11.58566, .52219, 8.82776}, 1e-5},
    };
    fit_all("cdnow/CDNOW_master.txt", 1, 23570, figures, 3);
}

static void fader_hardie_2013_gamma_gamma(void) {
    const char *path = tap_shared("cdnow/CDNOW_sample.txt");
    if (path == NULL) {
        SKIP("CDNOW is not here");
        return;
    }
    size_t n = cdnow_read(customers, 24000, path, 2);
    size_t buyers = 0;
    for (size_t i = 0; i < n; i++)
        if (customers[i].x > 0)
            spend[buyers++] = (reb_gg_row){customers[i].x, (double)customers[i].spend_cents / 100.0 / customers[i].x, 1.0};
    reb_fit fit;
    OK(reb_gg_fit(&fit, spend, buyers, NULL) == REB_NUM_OK, "Gamma-Gamma: fit");
    EQ_I64((int64_t)fit.customers, 946, "repeat buyers");
    CLOSE(fit.log_likelihood, -4055.918, 0.0, 0.00051, "log-likelihood");
    CLOSE(fit.params[0], 6.249, 0.0, 0.00101, "p");
    CLOSE(fit.params[1], 3.744, 0.0, 0.00101, "q");
    CLOSE(fit.params[2], 15.444, 0.0, 0.00101, "v");
    double mean;
    /* the paper's population mean, p v / (q - 1) */
    OK(reb_gg_expected(&mean, fit.params, 0.0, 0.0) == REB_NUM_OK, "mean of a new customer");
    CLOSE(mean, 35.17, 0.0, 0.01, "population mean");
}

int main(void) {
    fader_hardie_lee_2005();
    full_file();
    fader_hardie_2013_gamma_gamma();
    return tap_done();
}
