/* Points drawn from the whole domain, its corners among them: every function answers, with a finite number inside its range or with a
 * status. */
#include "../lib/tap.h"
#include "rebound.h"

static reb_rng rng;

static double between(double lo, double hi) {
    return exp(log(lo) + (log(hi) - log(lo)) * reb_rng_uniform(&rng));
}

/* A number of the range, at its ends now and then. */
static double any(double lo, double hi) {
    double u = reb_rng_uniform(&rng);
    return u < 0.03 ? lo : u > 0.97 ? hi : between(lo, hi);
}

typedef struct point {
    double par[4], x, t_x, T, t, k, delta;
} point;

static point draw(bool wild) {
    point p;
    for (int i = 0; i < 4; i++) p.par[i] = wild ? any(REB_NUM_MIN_PARAM, REB_NUM_MAX_PARAM) : between(0.01, 1e4);
    p.T = wild ? any(1e-6, REB_NUM_MAX_T) : floor(between(1.0, 8000.0));
    p.x = floor(wild ? any(1e-3, REB_NUM_MAX_X) : between(0.3, 2000.0));
    if (wild && reb_rng_uniform(&rng) < 0.05) p.T = 0.0;
    p.t_x = p.x > 0.0 ? p.T * (reb_rng_uniform(&rng) < 0.1 ? 1.0 : reb_rng_uniform(&rng)) : 0.0;
    p.t = wild ? any(1e-6, REB_NUM_MAX_T) : between(1.0, 4000.0);
    p.k = floor(wild ? any(0.1, 1e5) : between(0.3, 500.0));
    p.delta = wild ? any(1e-15, 1e6) : between(1e-6, 1.0);
    return p;
}

static void complain(const char *what, const point *p, double got) {
    printf("# %s gives %.17g at %.17g %.17g %.17g %.17g, x %.17g t_x %.17g T %.17g t %.17g k %.17g delta %.17g\n", what, got, p->par[0],
           p->par[1], p->par[2], p->par[3], p->x, p->t_x, p->T, p->t, p->k, p->delta);
}

/* Counts answers that are not as they must be. `most` bounds the result; range: an answer may be too large for a double. */
static int judge(const char *what, const point *p, reb_num_status status, const double *answer, double most, bool range) {
    double got = *answer; /* by address: it is set while the arguments are */
    bool good = status == REB_NUM_OK ? isfinite(got) && got >= 0.0 && got <= most : range && status == REB_NUM_RANGE;
    if (!good) complain(what, p, status == REB_NUM_OK ? got : -(double)status);
    return good ? 0 : 1;
}

static void walk(reb_nbd_model m, bool wild, int points) {
    int bad = 0;
    for (int i = 0; i < points; i++) {
        point p = draw(wild);
        double got = NAN, g[4] = {0}, h[16] = {0};
        bad += judge("P(alive)", &p, reb_nbd_p_alive(&got, m, p.par, p.x, p.t_x, p.T), &got, 1.0, false);
        bad += judge("expected", &p, reb_nbd_expected(&got, m, p.par, p.t, p.x, p.t_x, p.T), &got, HUGE_VAL, false);
        bad += judge("expected of a new one", &p, reb_nbd_expected_new(&got, m, p.par, p.t), &got, HUGE_VAL, false);
        bad += judge("P(X = k)", &p, reb_nbd_pmf(&got, m, p.par, p.k, p.t, p.x, p.t_x, p.T), &got, 1.0, false);
        bad += judge("P(X = k) of a new one", &p, reb_nbd_pmf_new(&got, m, p.par, p.k, p.t), &got, 1.0, false);
        bad += judge("residual", &p, reb_nbd_dert(&got, m, p.par, p.delta, p.x, p.t_x, p.T), &got, HUGE_VAL, false);
        reb_num_status status = reb_nbd_log_likelihood(&got, g, h, m, p.par, p.x, p.t_x, p.T);
        bool good = status == REB_NUM_OK && isfinite(got);
        for (int k = 0; k < 16; k++) good = good && isfinite(h[k]) && isfinite(g[k / 4]);
        if (!good) {
            bad++;
            complain("log-likelihood", &p, got);
        }
        if (bad > 20) break;
    }
    EQ_I64(bad, 0, wild ? "the whole domain" : "what shops are like");
}

static void spend(void) {
    int bad = 0;
    for (int i = 0; i < 3000; i++) {
        double par[4], got = NAN, g[4] = {0}, h[16] = {0};
        for (int k = 0; k < 4; k++) par[k] = any(REB_NUM_MIN_PARAM, REB_NUM_MAX_PARAM);
        double x = floor(any(1.0, REB_NUM_MAX_X));
        double z = any(1e-9, 1e15);
        reb_num_status status = reb_gg_log_likelihood(&got, g, h, par, x, z);
        if (status != REB_NUM_OK || !isfinite(got) || !isfinite(g[0]) || !isfinite(h[0])) bad++;
        status = reb_gg_expected(&got, par, x, z);
        if (status == REB_NUM_OK ? !(isfinite(got) && got > 0.0) : status != REB_NUM_RANGE) bad++;
    }
    EQ_I64(bad, 0, "Gamma-Gamma in its whole domain");
}

int main(void) {
    reb_rng_seed(&rng, 2024);
    for (int m = 0; m < 3; m++) {
        printf("# %s\n", reb_nbd_model_name((reb_nbd_model)m));
        walk((reb_nbd_model)m, false, 4000);
        walk((reb_nbd_model)m, true, 4000);
    }
    spend();
    return tap_done();
}
