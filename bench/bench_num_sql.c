/* Scoring inside SQLite: the mathematics as SQL functions, beside a function of as many arguments that does nothing. CPU seconds of one
   thread, best of three. Argument: rows (default 1000000). */
#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../ext/sqlite/reb_sqlite.h"
#include "rebound.h"

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Reads its arguments, as any function must, and does nothing with them. */
static void idle(sqlite3_context *context, int argc, sqlite3_value **argv) {
    double sum = 0.0;
    for (int i = 0; i < argc; i++)
        if (sqlite3_value_type(argv[i]) != SQLITE_NULL) sum += sqlite3_value_double(argv[i]);
    sqlite3_result_double(context, sum);
}

static void run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, message);
        exit(1);
    }
}

static double best_of(sqlite3 *db, const char *sql) {
    double best = 1e9;
    for (int turn = 0; turn < 3; turn++) {
        double t0 = cpu_s();
        run(db, sql);
        best = fmin(best, cpu_s() - t0);
    }
    return best;
}

static void fill(sqlite3 *db, int n) {
    static const double par[4] = {0.55, 74.0, 0.61, 82.0};
    static double times[10000];
    sqlite3_stmt *insert = NULL;
    reb_rng rng;
    reb_rng_seed(&rng, 3);
    run(db, "CREATE TABLE c(id INTEGER PRIMARY KEY, x REAL, t_x REAL, t REAL); BEGIN");
    sqlite3_prepare_v2(db, "INSERT INTO c(x, t_x, t) VALUES(?, ?, ?)", -1, &insert, NULL);
    for (int i = 0; i < n; i++) {
        reb_customer customer;
        size_t count = 0;
        double T = floor(1 + 365 * reb_rng_uniform(&rng));
        if (reb_nbd_simulate(&customer, times, 10000, &count, REB_PNBD, par, T, &rng) != REB_NUM_OK || count > 10000) count = 0;
        sqlite3_bind_double(insert, 1, (double)count);
        sqlite3_bind_double(insert, 2, count > 0 ? times[count - 1] : 0.0);
        sqlite3_bind_double(insert, 3, T);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(db, "COMMIT");
}

int main(int argc, char **argv) {
    int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000000;
    static const struct {
        const char *what, *sql;
    } cases[] = {
        {"BG/NBD P(alive)", "SELECT sum(reb_bgnbd_p_alive(0.2426, 30.9, 0.793, 2.426, x, t_x, t)) FROM c"},
        {"MBG/NBD P(alive)", "SELECT sum(reb_mbgnbd_p_alive(0.52, 43.0, 0.9, 1.6, x, t_x, t)) FROM c"},
        {"Pareto/NBD P(alive)", "SELECT sum(reb_pnbd_p_alive(0.55, 74.0, 0.61, 82.0, x, t_x, t)) FROM c"},
        {"Pareto/NBD expected purchases", "SELECT sum(reb_pnbd_expected(0.55, 74.0, 0.61, 82.0, 90.0, x, t_x, t)) FROM c"},
    };
    sqlite3 *db = NULL;
    if (n < 1 || sqlite3_open(":memory:", &db) != SQLITE_OK || reb_sqlite_register(db) != SQLITE_OK) return 1;
    sqlite3_create_function_v2(db, "idle", 7, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, idle, NULL, NULL, NULL);
    fill(db, n);
    double none = best_of(db, "SELECT sum(idle(0.55, 74.0, 0.61, 82.0, x, t_x, t)) FROM c");
    printf("SQLite, %d rows: a function that does nothing %.0f ns a row\n", n, none / n * 1e9);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double s = best_of(db, cases[i].sql);
        bool met = none / s >= 0.65;
        printf("    %-32s %5.0f ns a row, %.2f of its speed  (goal >= 0.65: %s)\n", cases[i].what, s / n * 1e9, none / s,
               met ? "met" : "NOT met");
    }
    sqlite3_close(db);
    return 0;
}
