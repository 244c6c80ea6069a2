/* The invented shop against the mathematics: from truth.csv's own histories the fit must find the parameters that truth.json states. */
#include "../../src/app/demo.h"
#include "../../src/base/clock.h"
#include "../lib/tap.h"
#include "rebound.h"

#include <stdlib.h>
#include <unistd.h>

enum { CUSTOMERS = 6000 };
static const char *const k_files[] = {"orders.csv", "customers.csv", "tickets.csv", "feedback.csv", "truth.csv", "truth.json"};

/* The number in truth.json that follows "key":. */
static double truth_number(const char *json, const char *key) {
    char name[64];
    snprintf(name, sizeof name, "\"%s\":", key);
    const char *at = strstr(json, name);
    return at != NULL ? strtod(at + strlen(name), NULL) : (double)NAN;
}

/* Cell `column` of a CSV line that quotes nothing. */
static const char *cell(const char *line, int column) {
    while (column-- > 0) line = strchr(line, ',') + 1;
    return line;
}

static size_t read_histories(reb_nbd_row *rows, const char *folder, size_t *alive) {
    char path[512];
    char line[1024];
    snprintf(path, sizeof path, "%s/truth.csv", folder);
    FILE *f = fopen(path, "r");
    size_t n = 0;
    if (f == NULL || fgets(line, sizeof line, f) == NULL) return 0;
    while (n < CUSTOMERS && fgets(line, sizeof line, f) != NULL) {
        rows[n++] = (reb_nbd_row){strtod(cell(line, 7), NULL), strtod(cell(line, 8), NULL), strtod(cell(line, 9), NULL), 1.0};
        *alive += strtol(cell(line, 10), NULL, 10) == 1;
    }
    fclose(f);
    return n;
}

static void check_fit(const reb_nbd_row *rows, size_t n, const char *json, double alive) {
    static const char *const k_names[] = {"r", "alpha", "s", "beta"};
    reb_fit_options options = {.per_unit = 1.0};
    size_t size = reb_nbd_fit_work_size(rows, n, &options);
    void *work = malloc(size);
    reb_fit fit = {0};
    OK(reb_nbd_fit(&fit, REB_PNBD, rows, n, &options, work, size) == REB_NUM_OK && fit.status == REB_FIT_CONVERGED, "the fit converges");
    double truth[4];
    for (int i = 0; i < 4; i++) {
        truth[i] = truth_number(json, k_names[i]);
        double far = fabs(fit.params[i] - truth[i]) / fit.se[i];
        OK(far < 3.0, "%s: true %.4g, found %.4g (standard error %.2g)", k_names[i], truth[i], fit.params[i], fit.se[i]);
    }
    /* What the parameters are for: how many are still customers. Its standard deviation is below sqrt(n) / 2. */
    double expected_alive = 0.0;
    for (size_t i = 0; i < n; i++) {
        double p = 0.0;
        if (reb_nbd_p_alive(&p, REB_PNBD, fit.params, rows[i].x, rows[i].t_x, rows[i].T) == REB_NUM_OK) expected_alive += p;
    }
    OK(fabs(expected_alive - alive) < 0.03 * (double)n, "alive: %.0f in truth, %.0f expected", alive, expected_alive);
    free(work);
}

int main(void) {
    char folder[] = "/tmp/rebound-demo.XXXXXX";
    if (mkdtemp(folder) == NULL) return 1;
    reb_demo_counts counts;
    reb_err err = {0};
    reb_demo_options options = {.folder = folder, .customers = CUSTOMERS, .seed = 11, .until_day = reb_day_from_civil(2026, 5, 1)};
    OK(reb_demo_write(&counts, &options, &err) == REB_OK, "a shop is invented %s", err.detail);
    char json[4096] = "";
    char path[512];
    snprintf(path, sizeof path, "%s/truth.json", folder);
    FILE *f = fopen(path, "r");
    size_t got = f != NULL ? fread(json, 1, sizeof json - 1, f) : 0;
    if (f != NULL) fclose(f);
    json[got] = '\0';
    EQ_I64((int64_t)truth_number(json, "purchased_minor"), counts.purchased_minor, "truth.json holds the counts");

    static reb_nbd_row rows[CUSTOMERS];
    size_t alive = 0;
    size_t n = read_histories(rows, folder, &alive);
    EQ_I64((int64_t)n, CUSTOMERS, "truth.csv has a row for each customer");
    EQ_I64((int64_t)alive, counts.alive, "and says who is still one");
    check_fit(rows, n, json, (double)alive);

    /* Mean order: p v / (q - 1) = 3400 pence; its heavy tail allows a few percent at this size. */
    double mean = (double)counts.purchased_minor / (double)counts.purchases;
    CLOSE(mean, 3400.0, 0.06, 0.0, "the mean order");
    for (size_t i = 0; i < sizeof k_files / sizeof *k_files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, k_files[i]);
        unlink(path);
    }
    rmdir(folder);
    return tap_done();
}
