/* Every function against references of 25 digits (tests/data/num, made by tools/reference/), at points chosen to be hard:
   x to 10,000, T from a day to 20 years, t_x = T, T = 0, s = 1, a = 1, a + b = 1, alpha = beta and both orders, tiny and huge shapes.
   One check a file and function; what is worst is said. */
#include "../lib/tap.h"
#include "rebound.h"

#define TOLERANCE 1e-9
#define COLUMNS 24

typedef struct worst {
    double error;
    int points, bad; /* bad: refused, not finite or outside the tolerance */
    char line[256];
} worst;

/* Numbers below 1e-290 need only be as small. */
static void note(worst *w, bool good, double got, double want, double scale, const char *line) {
    double error = fabs(got - want) / fmax(fabs(want), fmax(scale, 1e-290));
    bool fine = good && isfinite(got) && error <= TOLERANCE;
    w->points++;
    if (!fine) w->bad++;
    if (!fine || error > w->error) {
        if (error > w->error || !isfinite(got)) w->error = error;
        if (!fine || w->bad == 0) snprintf(w->line, sizeof w->line, "got %.17g want %.17g at %.180s", got, want, line);
    }
}

static void tell(const worst *w, const char *what, int least) {
    OK(w->bad == 0 && w->points >= least, "%s: %d points, worst error %.2g", what, w->points, w->error);
    if (w->bad > 0) printf("# %d bad, for instance %s\n", w->bad, w->line);
}

static int read_numbers(double *v, const char *line) {
    int n = 0;
    char *end;
    for (const char *p = line; n < COLUMNS; p = end) {
        v[n] = strtod(p, &end);
        if (end == p) break;
        n++;
    }
    return n;
}

static FILE *open_table(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "tests/data/num/%s", name);
    FILE *f = fopen(path, "r");
    OK(f != NULL, "%s is there", path);
    return f;
}

static bool next_line(FILE *f, char *line, size_t size, double *v, int want) {
    while (fgets(line, (int)size, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && read_numbers(v, line) == want) return true;
    }
    return false;
}

static void points(void) {
    worst ll[3] = {{0}}, alive[3] = {{0}}, expected[3] = {{0}}, units[3] = {{0}};
    char line[1024];
    double v[COLUMNS];
    FILE *f = open_table("nbd_points.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 12)) {
        reb_nbd_model m = (reb_nbd_model)v[0];
        const double *p = v + 1;
        double got = NAN;
        bool good = reb_nbd_log_likelihood(&got, NULL, NULL, m, p, v[5], v[6], v[7]) == REB_NUM_OK;
        note(&ll[m], good, got, v[9], 1e-3, line);
        good = reb_nbd_p_alive(&got, m, p, v[5], v[6], v[7]) == REB_NUM_OK;
        note(&alive[m], good, got, v[10], 0, line);
        double same = got;
        good = reb_nbd_expected(&got, m, p, v[8], v[5], v[6], v[7]) == REB_NUM_OK;
        note(&expected[m], good, got, v[11], 0, line);
        /* in weeks and in years: only alpha (and beta of Pareto/NBD) change */
        for (int k = 0; k < 2; k++) {
            double unit = k == 0 ? 7.0 : 365.25;
            double q[4] = {p[0], p[1] / unit, p[2], m == REB_PNBD ? p[3] / unit : p[3]};
            if (!(q[1] >= REB_NUM_MIN_PARAM && q[3] >= REB_NUM_MIN_PARAM)) continue;
            good = reb_nbd_p_alive(&got, m, q, v[5], v[6] / unit, v[7] / unit) == REB_NUM_OK;
            note(&units[m], good, got, same, 0, line);
        }
    }
    if (f != NULL) fclose(f);
    for (int m = 0; m < 3; m++) {
        printf("# %s\n", reb_nbd_model_name((reb_nbd_model)m));
        tell(&ll[m], "log-likelihood", 500);
        tell(&alive[m], "P(alive)", 500);
        tell(&expected[m], "expected purchases", 500);
        tell(&units[m], "P(alive) in other units of time", 900);
    }
}

static void new_customers(void) {
    worst w[3] = {{0}};
    char line[1024];
    double v[COLUMNS];
    FILE *f = open_table("nbd_new.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 7)) {
        int m = (int)v[0];
        double got = NAN;
        bool good = reb_nbd_expected_new(&got, (reb_nbd_model)m, v + 1, v[5]) == REB_NUM_OK;
        note(&w[m], good, got, v[6], 0, line);
    }
    if (f != NULL) fclose(f);
    for (int m = 0; m < 3; m++) tell(&w[m], "expected of a new customer", 50);
}

static void derivatives(void) {
    worst g[3] = {{0}}, h[3] = {{0}};
    char line[2048];
    double v[COLUMNS];
    FILE *f = open_table("nbd_derivatives.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 22)) {
        int m = (int)v[0];
        const double *p = v + 1;
        double ll, grad[4] = {NAN}, hess[16] = {NAN};
        bool good = reb_nbd_log_likelihood(&ll, grad, hess, (reb_nbd_model)m, p, v[5], v[6], v[7]) == REB_NUM_OK;
        /* a derivative may be a small difference of large parts: its error is measured against 1 + x by the logarithms */
        double part = 1.0 + v[5];
        int k = 12;
        for (int i = 0; i < 4; i++) note(&g[m], good, grad[i] * p[i], v[8 + i] * p[i], part * 1e-3, line);
        for (int i = 0; i < 4; i++)
            for (int j = i; j < 4; j++, k++) {
                note(&h[m], good && hess[4 * i + j] == hess[4 * j + i], hess[4 * i + j] * p[i] * p[j], v[k] * p[i] * p[j], part * 1e-1,
                     line);
            }
    }
    if (f != NULL) fclose(f);
    for (int m = 0; m < 3; m++) {
        tell(&g[m], "gradient", 200);
        tell(&h[m], "Hessian", 500);
    }
}

static void probabilities(void) {
    worst w[2] = {{0}};
    char line[1024];
    double v[COLUMNS];
    FILE *f = open_table("nbd_pmf.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 8)) {
        int m = (int)v[0];
        double got = NAN;
        bool good = reb_nbd_pmf_new(&got, (reb_nbd_model)m, v + 1, v[5], v[6]) == REB_NUM_OK;
        note(&w[m], good, got, v[7], 0, line);
    }
    if (f != NULL) fclose(f);
    tell(&w[0], "Pareto/NBD: P(X = k)", 100);
    tell(&w[1], "BG/NBD: P(X = k)", 100);
}

static void residuals(void) {
    worst w[3] = {{0}};
    char line[1024];
    double v[COLUMNS];
    FILE *f = open_table("nbd_dert.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 10)) {
        int m = (int)v[0];
        double got = NAN;
        bool good = reb_nbd_dert(&got, (reb_nbd_model)m, v + 1, v[8], v[5], v[6], v[7]) == REB_NUM_OK;
        note(&w[m], good, got, v[9], 0, line);
    }
    if (f != NULL) fclose(f);
    for (int m = 0; m < 3; m++) tell(&w[m], "discounted residual", m == 0 ? 40 : 15);
}

/* What the residuals rest on, over the whole range of its two arguments. */
static void exponential_integrals(void) {
    worst w = {0};
    char line[1024];
    double v[COLUMNS];
    FILE *f = open_table("nbd_expint.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 3)) {
        const double par[4] = {1.0, 1.0, v[0], 1.0};
        double got = NAN;
        bool good = reb_nbd_dert(&got, REB_PNBD, par, v[1], 0.0, 0.0, 0.0) == REB_NUM_OK;
        note(&w, good, got, v[2], 0, line);
    }
    if (f != NULL) fclose(f);
    tell(&w, "exp(z) E_s(z)", 150);
}

static void spend(void) {
    worst ll = {0}, g = {0}, h = {0}, e = {0};
    char line[1024];
    double v[COLUMNS];
    FILE *f = open_table("gg.txt");
    while (f != NULL && next_line(f, line, sizeof line, v, 13)) {
        double got = NAN, grad[4] = {NAN}, hess[16] = {NAN};
        bool good = reb_gg_log_likelihood(&got, grad, hess, v, v[3], v[4]) == REB_NUM_OK;
        note(&ll, good, got, v[5], 1e-3, line);
        /* small differences of parts as large as p x and q */
        double part = 1e-3 * (1.0 + v[0] * v[3] + v[1]);
        for (int i = 0; i < 3; i++) {
            note(&g, good, grad[i] * v[i], v[6 + i] * v[i], part, line);
            note(&h, good, hess[5 * i] * v[i] * v[i], v[9 + i] * v[i] * v[i], part, line);
        }
        good = reb_gg_expected(&got, v, v[3], v[4]) == REB_NUM_OK;
        note(&e, good, got, v[12], 0, line);
    }
    if (f != NULL) fclose(f);
    tell(&ll, "Gamma-Gamma: log-likelihood", 40);
    tell(&g, "Gamma-Gamma: gradient", 120);
    tell(&h, "Gamma-Gamma: curvature", 120);
    tell(&e, "Gamma-Gamma: expected value", 40);
}

int main(void) {
    points();
    new_customers();
    derivatives();
    probabilities();
    residuals();
    exponential_integrals();
    spend();
    return tap_done();
}
