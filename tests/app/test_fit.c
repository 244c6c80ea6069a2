/* The fit on a business: CDNOW's published figures, priors that help the small, models judged on the past, totals and their ranges. */
#include "../lib/tap.h"

#include "../lib/pg.h"

#include "../lib/shop.h"

#include "../../src/app/fit.h"
#include "../../src/app/summary.h"

static int64_t at_noon(int y, int m, int d) {
    return reb_day_from_civil(y, m, d) * REB_US_PER_DAY + REB_US_PER_DAY / 2;
}

static bool sane(const reb_estimate *e) {
    return isfinite(e->value) && isfinite(e->low) && isfinite(e->high) && e->low <= e->value && e->value <= e->high;
}

/* The pictures show everybody once, and add up to what the contest says. */
static void pictures(const reb_fit_report *r, const char *engine) {
    const reb_fit_group *series[2] = {r->by_purchases, r->by_silence};
    const int counts[2] = {r->by_purchases_count, r->by_silence_count};
    const char *const names[2] = {"by purchases", "by silence"};
    for (int k = 0; k < 2; k++) {
        double customers = 0.0;
        double predicted = 0.0;
        double actual = 0.0;
        bool good = counts[k] > 0;
        for (int i = 0; i < counts[k]; i++) {
            const reb_fit_group *g = &series[k][i];
            customers += (double)g->customers;
            predicted += (double)g->customers * g->predicted.value;
            actual += (double)g->customers * g->actual.value;
            good = good && g->customers > 0 && sane(&g->predicted) && sane(&g->actual) && sane(&g->predicted_back) && sane(&g->back) &&
                   sane(&g->still) && g->predicted_back.low >= 0.0 && g->still.high <= 1.0 && g->at >= (double)g->from &&
                   (g->to == REB_FIT_NO_END || g->at <= (double)g->to) && (i == 0 || g->from > series[k][i - 1].to);
        }
        OK(good, "%s, %s: groups follow each other, every figure lies in its range", engine, names[k]);
        CLOSE(customers, (double)r->holdout_customers, 1e-9, 0, "everybody is in one of them");
        CLOSE(actual, (double)r->holdout_actual, 1e-9, 1e-6, "with all their purchases");
        CLOSE(predicted, r->contest[r->score.model].predicted_total, 1e-9, 1e-6, "and all that were foretold");
    }
}

static void published_pictures(const reb_fit_report *r) {
    for (int i = 0; i < r->by_purchases_count; i++) {
        const reb_fit_group *g = &r->by_purchases[i];
        printf("# bought on %lld days: %lld customers, said %.3f (%.3f to %.3f), was %.3f (%.3f to %.3f)\n", (long long)g->from,
               (long long)g->customers, g->predicted.value, g->predicted.low, g->predicted.high, g->actual.value, g->actual.low,
               g->actual.high);
    }
    bool falls = true;
    for (int i = 0; i < r->by_silence_count; i++) {
        const reb_fit_group *g = &r->by_silence[i];
        printf(
            "# silent for %lld to %lld days: %lld customers, still %.3f (%.3f to %.3f), back said %.3f (%.3f to %.3f), was %.3f (%.3f to "
            "%.3f)\n",
            (long long)g->from, (long long)g->to, (long long)g->customers, g->still.value, g->still.low, g->still.high,
            g->predicted_back.value, g->predicted_back.low, g->predicted_back.high, g->back.value, g->back.low, g->back.high);
        falls = falls && (i == 0 || g->predicted_back.value < r->by_silence[i - 1].predicted_back.value + 0.02);
    }
    OK(falls, "the longer silent, the fewer come back");
    const reb_fit_group *once = &r->by_purchases[0];
    OK(once->from == 1 && once->predicted.high - once->predicted.low < 0.1 * once->predicted.value,
       "with 23,570 customers the range of what is foretold is narrow");
    OK(fabs(once->predicted.value - once->actual.value) < 0.25 * once->actual.value, "and near what happened");
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
    pictures(&r, engine);
    published_pictures(&r);
    printf("# spend %s p %.3f q %.3f v %.1f; value %.0f (%.0f to %.0f), at stake %.0f (%.0f to %.0f), alive %.0f (%.0f to %.0f)\n",
           r.spend_fallback ? "fallback" : "gamma-gamma", r.score.spend[0], r.score.spend[1], r.score.spend[2], r.totals.value_minor.value,
           r.totals.value_minor.low, r.totals.value_minor.high, r.totals.at_stake_minor.value, r.totals.at_stake_minor.low,
           r.totals.at_stake_minor.high, r.totals.alive.value, r.totals.alive.low, r.totals.alive.high);
    shop_close(&p);
}

static reb_fit_report fit_as_of(shop *p, const char *model, int64_t day) {
    reb_err err = {0};
    reb_fit_report r;
    reb_fit_request q = {.model = model, .now_us = day * REB_US_PER_DAY + REB_US_PER_DAY / 2};
    shop_must(reb_fit_run(&r, p->store, &q, &err), &err, "fit");
    return r;
}

static bool sound(const reb_fit_report *r) {
    bool good = sane(&r->totals.value_minor) && sane(&r->totals.kept_minor) && sane(&r->totals.at_stake_minor) && sane(&r->totals.alive);
    for (int i = 0; i < 4; i++) good = good && isfinite(r->score.params[i]) && r->score.params[i] > 0.0 && isfinite(r->se[i]);
    return good && isfinite(r->log_likelihood) && r->totals.alive.value <= (double)r->customers * (1.0 + 1e-9);
}

/* Shops that have broken other programs: each is fitted, scored, and says what it lacks. */
enum { D0 = 20000 };

static void hard_shops(const char *engine) {
    static const char *const names[] = {"one customer",     "everybody once", "clockwork", "all alike",
                                        "free orders only", "today only",     "ten"};
    for (int kind = 0; kind < 7; kind++) {
        shop p;
        char db[32];
        snprintf(db, sizeof db, "fit_hard_%d", kind);
        shop_open(&p, engine, db);
        int64_t people = kind == 0 ? 1 : kind == 6 ? 10 : 60;
        for (int64_t id = 1; id <= people; id++) {
            shop_customer(&p, id, "x");
            int64_t first = kind == 5 ? D0 : D0 - 300 + (kind == 3 ? 0 : id);
            int64_t times = kind == 1 || kind == 5 ? 1 : kind == 0 ? 3 : kind == 2 ? 40 : 1 + id % 5;
            if (kind == 3) times = 4;
            for (int64_t k = 0; k < times; k++) shop_buys(&p, id, first + k * 7, kind == 4 ? 0 : 1000 + id, -1);
        }
        shop_flush(&p);
        for (int m = -1; m < REB_FIT_MODELS; m++) {
            reb_fit_report r = fit_as_of(&p, m < 0 ? NULL : reb_nbd_model_name((reb_nbd_model)m), D0);
            OK(sound(&r), "%s, %s, %s: every figure is finite and lies in its range", engine, names[kind],
               m < 0 ? "chosen" : reb_nbd_model_name((reb_nbd_model)m));
            bool wide = true;
            for (int g = 0; g < r.by_purchases_count; g++) wide = wide && r.by_purchases[g].actual.high > r.by_purchases[g].actual.low;
            OK(wide, "%s, %s: however few, what happened has a range", engine, names[kind]);
            if (m >= 0) continue;
            OK(r.prior_used, "%s: leans on the prior", names[kind]);
            bool few = kind == 0 || kind == 6 || kind == 1 || kind == 5;
            OK(r.enough == !few, "%s: %s", names[kind], few ? "too little data" : "enough");
        }
        shop_close(&p);
    }
}

/* Costs known for all, for some, for none. */
static void margins(const char *engine) {
    for (int known = 0; known < 3; known++) {
        shop p;
        shop_open(&p, engine, known == 0 ? "fit_margin_0" : known == 1 ? "fit_margin_1" : "fit_margin_2");
        for (int64_t id = 1; id <= 100; id++) {
            shop_customer(&p, id, "x");
            bool has = known == 2 || (known == 1 && id <= 50);
            for (int64_t k = 0; k < 4; k++) shop_buys(&p, id, D0 - 200 + id + k * 20, 1000, has ? 400 : -1);
        }
        shop_flush(&p);
        reb_fit_report r = fit_as_of(&p, NULL, D0);
        CLOSE(r.score.margin_rate, known == 0 ? 0.3 : 0.6, 1e-12, 0,
              known == 0 ? "no costs: the assumed margin" : "from known costs: the measured one");
        OK(r.margin_origin == (known == 0 ? REB_ASSUMED : known == 1 ? REB_MIXED : REB_MEASURED), "%s: and it says so", engine);
        shop_close(&p);
    }
}

static void stored_and_read(const char *engine) {
    shop p;
    shop_open(&p, engine, "fit_stored");
    for (int64_t id = 1; id <= 300; id++) {
        shop_customer(&p, id, "x");
        for (int64_t k = 0; k <= id % 7; k++)
            shop_buys(&p, id, D0 - 300 + id % 100 + k * (9 + id % 13), id % 11 == 0 ? 0 : 500 + 10 * id, -1);
    }
    shop_flush(&p);
    reb_err err = {0};
    reb_fit_report first = fit_as_of(&p, NULL, D0 - 150);
    reb_fit_report r = fit_as_of(&p, NULL, D0);
    reb_fit_report back;
    bool found = false;
    shop_must(reb_fit_load(&back, &found, p.store, D0 + 3, &err), &err, "load");
    reb_buf a = {0};
    reb_buf b = {0};
    reb_json wa = {.out = &a};
    reb_json wb = {.out = &b};
    reb_fit_json(&wa, &r);
    reb_fit_json(&wb, &back);
    OK(found, "%s: the newest fit is found", engine);
    pictures(&back, engine);
    EQ_TEXT(reb_buf_cstr(&b), reb_buf_cstr(&a), "a fit reads back as it was written");
    shop_must(reb_fit_load(&back, &found, p.store, D0 - 1, &err), &err, "load");
    OK(found && back.fit_id == first.fit_id && back.purchase_days < r.purchase_days,
       "%s: as of an older day the older fit, on fewer purchases", engine);
    shop_must(reb_fit_load(&back, &found, p.store, D0 - 151, &err), &err, "load");
    OK(!found, "%s: before it there is none", engine);
    static reb_summary sum;
    shop_must(reb_summary_read(&sum, p.store, (int64_t)D0 * REB_US_PER_DAY + REB_US_PER_DAY / 2, &err), &err, "summary");
    OK(sum.past_count == 2 && sum.past[0].fit_id == first.fit_id && sum.past[1].fit_id == r.fit_id &&
           sum.past[0].totals.at_stake_minor.value == round(first.totals.at_stake_minor.value),
       "%s: the summary keeps what earlier fits said", engine);
    fit_as_of(&p, "pnbd", D0);
    shop_must(reb_summary_read(&sum, p.store, (int64_t)D0 * REB_US_PER_DAY + REB_US_PER_DAY / 2, &err), &err, "summary");
    OK(sum.past_count == 2 && sum.past[1].model == REB_PNBD, "%s: of one day the last", engine);
    int64_t zero = 0;
    for (int64_t id = 11; id <= 300; id += 11) zero += id % 7 + 1;
    EQ_I64(r.zero_value_days, zero, "orders of no value count as purchases, and are counted");
    reb_buf_free(&a);
    reb_buf_free(&b);
    shop_close(&p);
}

typedef struct stop_at {
    double share;
    int calls;
} stop_at;

static bool stop(void *ctx, double share, const char *what) {
    (void)what;
    stop_at *s = ctx;
    s->calls++;
    return share < s->share;
}

/* A person may stop a fit; nothing of it is kept. */
static void stopped(const char *engine) {
    shop p;
    shop_open(&p, engine, "fit_stopped");
    for (int64_t id = 1; id <= 50; id++) {
        shop_customer(&p, id, "x");
        for (int64_t k = 0; k <= id % 4; k++) shop_buys(&p, id, D0 - 200 + id + k * 15, 700, -1);
    }
    shop_flush(&p);
    for (int tenth = 0; tenth <= 8; tenth += 2) {
        stop_at s = {.share = (double)tenth / 10.0};
        reb_err err = {0};
        reb_fit_report r;
        reb_fit_request q = {.now_us = D0 * REB_US_PER_DAY, .progress = {.tell = stop, .ctx = &s}};
        reb_status st = reb_fit_run(&r, p.store, &q, &err);
        bool found = true;
        shop_must(reb_fit_load(&r, &found, p.store, D0, &err), &err, "load");
        OK(st == REB_E_INTERRUPTED && s.calls > 0 && !found, "%s: stopped at %d tenths, nothing is kept", engine, tenth);
    }
    shop_close(&p);
}

static void on(const char *engine) {
    hard_shops(engine);
    margins(engine);
    stored_and_read(engine);
    stopped(engine);
    published_figures(engine);
}

int main(void) {
    on("sqlite");
    if (getenv("REB_TEST_PG") != NULL) {
        on("pg");
    } else {
        SKIP("PostgreSQL is not running for this test");
    }
    return tap_done();
}
