/* What losing costs, and how two shares compare. */
#include "../lib/tap.h"

#include "../../src/base/rand.h"
#include "../../src/rule/losing.h"

static void prices(void) {
    const reb_losing_factors f = {.listeners = {15, 5, 25},
                                  .would_buy = {0.02, 0.005, 0.05},
                                  .stopped = {0.3, 0.1, 0.6},
                                  .leave_unheard = {0.5, 0.2, 0.8},
                                  .new_value_minor = 10000};
    double v[3];
    reb_losing_reach(v, &f);
    CLOSE(v[0], 900, 1e-12, 0, "fifteen hear it, two in a hundred would have bought, three in ten of these do not");
    OK(v[1] < v[0] && v[0] < v[2], "between its ends");
    const double year[3] = {40000, 30000, 60000};
    reb_losing_stake(v, &f, year);
    CLOSE(v[0], 20000, 1e-12, 0, "half of the year: half of them leave unheard");
    CLOSE(v[1], 6000, 1e-12, 0, "the low end takes all factors at their low ends");
    CLOSE(v[2], 48000, 1e-12, 0, "the high end at their high ones");
}

/* Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10. */
static void compared(void) {
    static const struct {
        int64_t a, n, b, m;
        double low, high;
    } k_newcombe[] = {{56, 70, 48, 80, 0.0524, 0.3339},
                      {9, 10, 3, 10, 0.1705, 0.8090},
                      {6, 7, 2, 7, 0.0582, 0.8062},
                      {5, 56, 0, 29, -0.0381, 0.1926},
                      {10, 10, 0, 10, 0.6075, 1.0}};
    for (size_t i = 0; i < sizeof k_newcombe / sizeof *k_newcombe; i++) {
        reb_losing_difference d = reb_losing_compare((double)k_newcombe[i].a / (double)k_newcombe[i].n, (double)k_newcombe[i].n,
                                                     (double)k_newcombe[i].b / (double)k_newcombe[i].m, (double)k_newcombe[i].m);
        CLOSE(d.low, k_newcombe[i].low, 0, 6e-5, "Newcombe 1998: low");
        CLOSE(d.high, k_newcombe[i].high, 0, 6e-5, "Newcombe 1998: high");
    }
}

static int64_t drawn(reb_rand *g, int64_t n, double p) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++) k += reb_rand_unit(g) < p;
    return k;
}

/* Complainers beside a weighted mean of cells, without any true difference: how often the interval says so. */
static double coverage(const int64_t *complainers, const int64_t *controls, const double *p, int cells, reb_rand *g) {
    enum { RUNS = 4000 };
    int held = 0;
    for (int run = 0; run < RUNS; run++) {
        double n = 0.0;
        double again = 0.0;
        double expected = 0.0;
        double squares = 0.0;
        for (int c = 0; c < cells; c++) {
            double weight = (double)complainers[c] / (double)controls[c]; /* of each control of the cell */
            n += (double)complainers[c];
            again += (double)drawn(g, complainers[c], p[c]);
            expected += (double)complainers[c] * (double)drawn(g, controls[c], p[c]) / (double)controls[c];
            squares += weight * weight * (double)controls[c];
        }
        reb_losing_difference d = reb_losing_compare(again / n, n, expected / n, n * n / squares);
        held += d.low <= 0.0 && d.high >= 0.0;
    }
    return (double)held / RUNS;
}

/* Most complainers may be of a kind that has few others to stand beside. */
static void covered(void) {
    reb_rand g = {20261122};
    const double p[] = {0.3, 0.6};
    const struct {
        int64_t complainers[2], controls[2];
        const char *what;
    } k[] = {{{180, 20}, {10, 1000}, "nine in ten complainers beside ten others"},
             {{100, 100}, {10, 1000}, "every second one beside ten others"},
             {{100, 100}, {40, 400}, "forty and four hundred others"},
             {{60, 140}, {500, 500}, "many others in both"}};
    for (size_t i = 0; i < sizeof k / sizeof *k; i++) {
        double c = coverage(k[i].complainers, k[i].controls, p, 2, &g);
        printf("# %s: %.1f%%\n", k[i].what, 100.0 * c);
        OK(c >= 0.93 && c <= 0.995, "%s", k[i].what);
    }
}

static void cells(void) {
    bool used[REB_LOSING_CELLS] = {false};
    bool inside = true;
    for (int64_t x = 1; x < 40; x++)
        for (int64_t d = 0; d < 1000; d++) {
            int c = reb_losing_cell(x, d);
            inside = inside && c >= 0 && c < REB_LOSING_CELLS;
            if (inside) used[c] = true;
        }
    int n = 0;
    for (int c = 0; c < REB_LOSING_CELLS; c++) n += used[c];
    OK(inside && n == REB_LOSING_CELLS, "everybody has a cell, and every cell somebody");
    OK(reb_losing_cell(1, 7) == reb_losing_cell(1, 0) && reb_losing_cell(1, 8) != reb_losing_cell(1, 7), "a week is the first step");
}

int main(void) {
    prices();
    compared();
    covered();
    cells();
    return tap_done();
}
