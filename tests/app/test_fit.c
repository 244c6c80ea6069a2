/* The fit on a business: CDNOW's published figures, priors that help the small, models judged on the past, totals and their ranges. */
#include "../lib/tap.h"

#include "../lib/pg.h"

#include "../lib/shop.h"

#include "../../src/app/fit.h"

static int64_t at_noon(int y, int m, int d) {
    return reb_day_from_civil(y, m, d) * REB_US_PER_DAY + REB_US_PER_DAY / 2;
}

static void published_figures(const char *engine) {
    const char *path = tap_shared("cdnow/CDNOW_master.txt");
    if (path == NULL) {
        SKIP("CDNOW is not here");
        return;
    }
    shop p;
    shop_open(&p, engine, "fit_cdnow");
    EQ_I64((int64_t)shop_cdnow(&p, path, 1), 23570, "customers of CDNOW");
    reb_err err = {0};
    reb_fit_report r;
    reb_fit_request q = {.model = "pnbd", .now_us = at_noon(1997, 9, 30)};
    shop_must(reb_fit_run(&r, p.store, &q, &err), &err, "Pareto/NBD is fitted");
    CLOSE(r.log_likelihood, -95415.119, 0, 6e-4, "log-likelihood of Pareto/NBD on the full file (numbers.md)");
    CLOSE(r.score.params[0], 0.59742, 0, 6e-6, "r");
    CLOSE(r.score.params[1], 11.58566, 0, 6e-5, "alpha");
    CLOSE(r.score.params[2], 0.52219, 0, 6e-5, "s");
    CLOSE(r.score.params[3], 8.82776, 0, 6e-4, "beta");
    OK(!r.prior_used && r.enough && r.status == REB_FIT_CONVERGED, "much data: no prior, converged, enough");
    q.model = NULL;
    shop_must(reb_fit_run(&r, p.store, &q, &err), &err, "the hold-out chooses");
    printf("# chosen %s because %s\n", reb_nbd_model_name(r.score.model), r.chosen_because);
    for (int m = 0; m < REB_FIT_MODELS; m++)
        printf("# %s mae %.4f log score %.5f advantage %.5f +- %.5f total %.0f of %lld\n", reb_nbd_model_name(r.contest[m].model),
               r.contest[m].mae, r.contest[m].log_score, r.contest[m].advantage, r.contest[m].advantage_se, r.contest[m].predicted_total,
               (long long)r.holdout_actual);
    for (int i = 0; i < r.decile_count; i++)
        printf("# decile %d: %lld customers, said %.3f, was %.3f (%.3f to %.3f); silent said %.3f was %.3f (%.3f to %.3f)\n", i + 1,
               (long long)r.deciles[i].customers, r.deciles[i].predicted, r.deciles[i].actual.value, r.deciles[i].actual.low,
               r.deciles[i].actual.high, r.deciles[i].predicted_silent, r.deciles[i].actual_silent.value, r.deciles[i].actual_silent.low,
               r.deciles[i].actual_silent.high);
    printf("# spend %s p %.3f q %.3f v %.1f; value %.0f (%.0f to %.0f), at stake %.0f (%.0f to %.0f), alive %.0f (%.0f to %.0f)\n",
           r.spend_fallback ? "fallback" : "gamma-gamma", r.score.spend[0], r.score.spend[1], r.score.spend[2], r.totals.value_minor.value,
           r.totals.value_minor.low, r.totals.value_minor.high, r.totals.at_stake_minor.value, r.totals.at_stake_minor.low,
           r.totals.at_stake_minor.high, r.totals.alive.value, r.totals.alive.low, r.totals.alive.high);
    shop_close(&p);
}

int main(void) {
    published_figures("sqlite");
    return tap_done();
}
