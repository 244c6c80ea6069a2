/*
 * Speed of the mathematics, as ratios measured in one run: against the memory stream bound of this machine and against a textbook
 * implementation (textbook_pnbd.c). CPU seconds of one thread; the best of a few turns. Arguments: customers (default 1000000).
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "rebound.h"
#include "textbook_pnbd.h"

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const double truth[2][4] = {{0.55, 74.0, 0.61, 82.0}, {0.2426, 30.9, 0.793, 2.426}};

/* Customers of a shop, in whole days. */
static void draw(reb_nbd_row *rows, size_t n, reb_nbd_model model, double shortest, double longest, uint64_t seed) {
    double *times = malloc(100000 * sizeof *times);
    reb_rng rng;
    reb_rng_seed(&rng, seed);
    for (size_t i = 0; i < n; i++) {
        size_t count = 0;
        reb_customer c;
        double T = floor(shortest + (longest - shortest) * reb_rng_uniform(&rng));
        double x = 0.0, last = 0.0;
        if (reb_nbd_simulate(&c, times, 100000, &count, model, truth[model], T, &rng) != REB_NUM_OK || count > 100000) count = 0;
        for (size_t k = 0; k < count; k++) {
            double day = floor(times[k]) + 1.0;
            if (day > T) break;
            if (day > last) x++;
            last = day;
        }
        rows[i] = (reb_nbd_row){x, last, T, 1.0};
    }
    free(times);
}

static void goal(const char *what, double got, double wanted, bool more) {
    bool met = more ? got >= wanted : got <= wanted;
    printf("    %-58s %9.3f  (goal %s %g: %s)\n", what, got, more ? ">=" : "<=", wanted, met ? "met" : "NOT met");
}

static void fit_million(reb_nbd_model model, const reb_nbd_row *drawn, size_t n, double limit) {
    size_t work_size = reb_nbd_compress_work_size(n);
    reb_fit_options options = {.per_unit = 1.0};
    double best = 1e9, best_compress = 1e9;
    reb_fit fit;
    size_t unique = 0, bad, fit_size = 0;
    for (int turn = 0; turn < 5; turn++) {
        reb_nbd_row *rows = malloc(n * sizeof *rows);
        void *work = malloc(work_size);
        memcpy(rows, drawn, n * sizeof *rows);
        memset(work, 0, work_size);
        double t0 = cpu_s();
        reb_nbd_compress(&unique, &bad, rows, n, 1.0, work, work_size);
        double t1 = cpu_s();
        fit_size = reb_nbd_fit_work_size(rows, unique, &options);
        reb_nbd_fit(&fit, model, rows, unique, &options, work, work_size);
        double t2 = cpu_s();
        best = fmin(best, t2 - t0);
        best_compress = fmin(best_compress, t1 - t0);
        free(work);
        free(rows);
    }
    printf("%s: %zu customers, %zu unique histories, %d evaluations, %s; r %.4f alpha %.3f %.4f %.3f\n", reb_nbd_model_name(model), n,
           unique, fit.evaluations, reb_fit_status_name(fit.status), fit.params[0], fit.params[1], fit.params[2], fit.params[3]);
    goal("CPU seconds, compression included", best, limit, false);
    printf("    %-58s %9.3f\n", "of which compression", best_compress);
    double bytes = (double)n * sizeof(reb_nbd_row) + (double)(work_size > fit_size ? work_size : fit_size);
    goal("rows and work space, MB", bytes / 1e6, 100.0, false);
}

/* As much memory as scoring moves, and no more to do with it than a copy: what no scoring can beat. */
static double stream(reb_score *out, const reb_nbd_row *rows, size_t n) {
    double best = 1e9;
    for (int turn = 0; turn < 7; turn++) {
        double t0 = cpu_s();
        for (size_t i = 0; i < n; i++) out[i] = (reb_score){rows[i].x, rows[i].t_x, rows[i].T};
        double t1 = cpu_s();
        best = fmin(best, t1 - t0);
        if (out[n / 2].dert < 0.0) puts("never");
    }
    return best;
}

static double score(reb_nbd_model model, reb_score *out, const reb_nbd_row *rows, size_t n, double delta, void *work, size_t size) {
    double best = 1e9;
    size_t bad;
    for (int turn = 0; turn < 7; turn++) {
        double t0 = cpu_s();
        if (reb_nbd_score(out, NULL, &bad, model, truth[model], 365.0, delta, rows, n, 1.0, work, size) != REB_NUM_OK) puts("score failed");
        best = fmin(best, cpu_s() - t0);
    }
    return best;
}

static void score_million(reb_nbd_model model, const reb_nbd_row *rows, size_t n) {
    reb_score *out = malloc(n * sizeof *out);
    size_t size = reb_nbd_score_work_size(model, rows, n, 1.0);
    void *work = malloc(size + 8);
    memset(out, 0, n * sizeof *out);
    memset(work, 0, size);
    double bound = stream(out, rows, n);
    double fast = score(model, out, rows, n, 0.0, work, size);
    double residual = score(model, out, rows, n, 2.6e-4, work, size);
    printf("%s: scoring, M customers per CPU second: %.0f; with the discounted residual %.0f; stream bound %.0f\n",
           reb_nbd_model_name(model), (double)n / fast / 1e6, (double)n / residual / 1e6, (double)n / bound / 1e6);
    goal("share of the stream bound", bound / fast, 0.6, true);
    size_t few = n / 100;
    double t0 = cpu_s();
    double sum = 0.0;
    for (size_t i = 0; i < few; i++) {
        double p = 0.0, e = 0.0;
        reb_nbd_p_alive(&p, model, truth[model], rows[i].x, rows[i].t_x, rows[i].T);
        sum += p + e;
    }
    double one = (cpu_s() - t0) / (double)few;
    printf("    %-58s %9.1f\n", "P(alive) one by one, ns a call", one * 1e9);
    if (model == REB_PNBD) {
        t0 = cpu_s();
        for (size_t i = 0; i < few; i++)
            sum += textbook_pnbd_p_alive(truth[0], rows[i].x, rows[i].t_x, rows[i].T) +
                   textbook_pnbd_expected(truth[0], 365.0, rows[i].x, rows[i].t_x, rows[i].T);
        double book = (cpu_s() - t0) / (double)few;
        printf("    %-58s %9.1f\n", "times as fast as the textbook", book / (fast / (double)n));
    }
    if (sum < 0.0) puts("never");
    free(work);
    free(out);
}

static void against_textbook(void) {
    size_t n = 2357, unique, bad;
    reb_nbd_row *rows = malloc(n * sizeof *rows);
    size_t work_size = 64u << 20;
    void *work = malloc(work_size);
    double par[4];
    int evaluations;
    draw(rows, n, REB_PNBD, 189.0, 273.0, 8);
    double t0 = cpu_s();
    double ll = textbook_pnbd_fit(par, &evaluations, rows, n);
    double book = cpu_s() - t0;
    reb_fit fit;
    reb_fit_options options = {.per_unit = 1.0};
    double own = 1e9;
    reb_nbd_row *copy = malloc(n * sizeof *copy);
    for (int turn = 0; turn < 5; turn++) {
        memcpy(copy, rows, n * sizeof *copy);
        t0 = cpu_s();
        reb_nbd_compress(&unique, &bad, copy, n, 1.0, work, work_size);
        reb_nbd_fit(&fit, REB_PNBD, copy, unique, &options, work, work_size);
        own = fmin(own, cpu_s() - t0);
    }
    printf("pnbd: 2,357 customers: textbook %.4f s, %d evaluations, log-likelihood %.4f; here %.5f s, %d evaluations, %.4f\n", book,
           evaluations, ll, own, fit.evaluations, fit.log_likelihood);
    printf("    %-58s %9.1f\n", "times as fast as the textbook", book / own);
    for (int m = REB_PNBD; m <= REB_BGNBD; m++) {
        double *params = malloc(4000 * sizeof *params);
        size_t failed;
        reb_rng rng;
        draw(rows, n, (reb_nbd_model)m, 189.0, 273.0, 4);
        reb_nbd_compress(&unique, &bad, rows, n, 1.0, work, work_size);
        reb_nbd_fit(&fit, (reb_nbd_model)m, rows, unique, &options, work, work_size);
        reb_rng_seed(&rng, 1);
        t0 = cpu_s();
        reb_nbd_bootstrap(params, &failed, 1000, &fit, (reb_nbd_model)m, rows, unique, &options, &rng, work, work_size);
        double seconds = cpu_s() - t0;
        printf("%s: 1,000 bootstrap refits of 2,357 customers, %zu unique histories, %zu at a boundary\n",
               reb_nbd_model_name((reb_nbd_model)m), unique, failed);
        goal("CPU seconds", seconds, 0.3, false);
        free(params);
    }
    free(copy);
    free(work);
    free(rows);
}

int main(int argc, char **argv) {
    size_t n = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000;
    reb_nbd_row *rows = malloc(n * sizeof *rows);
    if (rows == NULL || n < 1000) return 1;
    for (int m = REB_BGNBD; m >= REB_PNBD; m--) {
        draw(rows, n, (reb_nbd_model)m, 1.0, 731.0, 11);
        fit_million((reb_nbd_model)m, rows, n, m == REB_PNBD ? 0.2 : 0.1);
        score_million((reb_nbd_model)m, rows, n);
    }
    free(rows);
    against_textbook();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory of this whole run, copies of the rows and outputs included: %ld MB\n", usage.ru_maxrss / 1024);
    return 0;
}
