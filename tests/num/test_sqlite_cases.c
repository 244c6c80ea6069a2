/* The table of SQL functions against direct calls; with --sql it prints one comparison a line, for sqlite_functions.t. */
#include "../../ext/common/functions.h"
#include "../lib/tap.h"

static uint64_t state = 42;

static double uniform(double lo, double hi) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return lo + (hi - lo) * (double)(state >> 11) * 0x1p-53;
}

/* Random arguments inside the ranges of a function. */
static void arguments(double *v, const reb_sql_function *f) {
    for (int i = 0; i < 4; i++) v[i] = exp(uniform(-2.0, 4.0));
    if (f->kind == REB_SQL_DISCOUNT_RATE) {
        v[0] = uniform(0.0, 1.0);
        v[1] = 365.25;
        return;
    }
    if (f->kind == REB_SQL_GG_EXPECTED) {
        v[1] += 1.5;
        v[3] = floor(uniform(0.0, 9.0));
        v[4] = uniform(1.0, 100.0);
        return;
    }
    int i = 4;
    if (f->kind == REB_SQL_PMF || f->kind == REB_SQL_PMF_NEW) v[i++] = floor(uniform(0.0, 12.0));
    if (f->kind == REB_SQL_DERT)
        v[i++] = uniform(1e-4, 1e-3);
    else if (i < f->row_from)
        v[i++] = uniform(1.0, 365.0);
    if (f->args == f->row_from) return;
    double T = floor(uniform(1.0, 700.0));
    v[i] = floor(uniform(0.0, 20.0));
    v[i + 1] = v[i] > 0.0 ? floor(uniform(0.0, T)) : 0.0;
    v[i + 2] = T;
}

static void print_sql(void) {
    for (int k = 0; k < REB_SQL_FUNCTIONS; k++) {
        for (int turn = 0; turn < 60; turn++) {
            double v[REB_SQL_MAX_ARGS] = {0};
            double out;
            const reb_sql_function *f = &reb_sql_functions[k];
            arguments(v, f);
            if (reb_sql_call(&out, f, v) != REB_NUM_OK) continue;
            printf("SELECT %s(", f->name);
            for (int i = 0; i < f->args; i++) printf("%s%.17g", i > 0 ? "," : "", v[i]);
            printf(") = %.17g;\n", out);
        }
    }
}

static void names_and_counts(void) {
    for (int k = 0; k < REB_SQL_FUNCTIONS; k++) {
        const reb_sql_function *f = &reb_sql_functions[k];
        int commas = 0, length;
        for (const char *p = f->arguments; *p != '\0'; p++) commas += *p == ',';
        OK(commas + 1 == f->args && f->row_from <= f->args && f->args <= REB_SQL_MAX_ARGS, "%s(%s): as many names as arguments", f->name,
           f->arguments);
        reb_sql_argument_name(&length, f, f->args - 1);
        OK(length > 0, "%s: the last argument has a name", f->name);
    }
}

static void calls(void) {
    for (int k = 0; k < REB_SQL_FUNCTIONS; k++) {
        const reb_sql_function *f = &reb_sql_functions[k];
        int fine = 0;
        for (int turn = 0; turn < 100; turn++) {
            double v[REB_SQL_MAX_ARGS] = {0};
            double out = NAN;
            arguments(v, f);
            if (reb_sql_call(&out, f, v) == REB_NUM_OK && isfinite(out) && reb_sql_wrong_argument(f, v) == -1) fine++;
        }
        EQ_I64(fine, 100, f->name);
        double v[REB_SQL_MAX_ARGS] = {0};
        arguments(v, f);
        v[0] = NAN;
        EQ_I64(reb_sql_wrong_argument(f, v), 0, "NaN is named");
    }
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--sql") == 0) {
        print_sql();
        return 0;
    }
    names_and_counts();
    calls();
    return tap_done();
}
