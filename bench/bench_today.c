/* From purchases to today's list, for a million customers: fit, scores and list, wall and CPU time, with what the same engine takes merely
   to read the purchases in the same run. PostgreSQL, with a fifth of the customers, only with REB_TEST_PG set. CUSTOMERS=N makes it
   smaller. */
#include "../tests/lib/tap.h"

#include "../tests/lib/pg.h"

#include "../tests/lib/shop.h"

#include "../src/app/summary.h"
#include "../src/app/today.h"

#include "rebound.h"

#include <sys/resource.h>

enum { DAY = 20000, SPAN = 365, MOST = 4000 };

typedef struct lap {
    double wall, cpu;
} lap;

static lap now(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (lap){(double)reb_monotonic_us() * 1e-6,
                 (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec)};
}

static lap since(lap start) {
    lap n = now();
    return (lap){n.wall - start.wall, n.cpu - start.cpu};
}

static int64_t fill(shop *p, int64_t people) {
    const double params[4] = {0.55, 74.0, 0.61, 82.0}; /* of CDNOW's sample, per day */
    static double times[MOST];
    reb_rng rng;
    reb_rng_seed(&rng, 7);
    int64_t purchases = 0;
    for (int64_t id = 1; id <= people; id++) {
        char name[24];
        snprintf(name, sizeof name, "P%lld", (long long)id);
        shop_customer(p, id, name);
        int64_t first = DAY - SPAN + (int64_t)(reb_rng_uniform(&rng) * 270.0);
        size_t n = 0;
        reb_customer c;
        reb_nbd_simulate(&c, times, MOST, &n, REB_PNBD, params, (double)(DAY - first), &rng);
        int64_t last = first;
        double mean = 1000.0 + 8000.0 * reb_rng_uniform(&rng);
        shop_buys(p, id, first, (int64_t)mean, -1);
        for (size_t i = 0; i < n && i < MOST; i++) {
            int64_t day = first + (int64_t)times[i];
            if (day == last || day > DAY) continue;
            shop_buys(p, id, day, (int64_t)(mean * (0.5 + reb_rng_uniform(&rng))), -1);
            last = day;
            purchases++;
        }
        purchases++;
        if (p->count == 50000) shop_flush(p);
    }
    shop_flush(p);
    return purchases;
}

static void tell(const char *engine, const char *what, lap t, int64_t people) {
    printf("%-7s %-34s %7.2f s wall %7.2f s CPU %6.2f us a customer\n", engine, what, t.wall, t.cpu, t.wall * 1e6 / (double)people);
    fflush(stdout);
}

static void run(const char *engine, int64_t people) {
    shop p;
    reb_err err = {0};
    reb_arena a = {0};
    shop_open(&p, engine, "bench_today");
    lap start = now();
    int64_t purchases = fill(&p, people);
    lap filled = since(start);
    shop_raw(&p, "analyze");
    printf("%-7s %lld customers, %lld purchase days, written in %.1f s\n", engine, (long long)people, (long long)purchases, filled.wall);

    start = now();
    reb_stmt *st = NULL;
    bool row = false;
    int64_t rows = 0;
    shop_must(reb_query(&st, p.store, REB_SQL_FIT_HISTORIES, REB_ARGS(reb_i(DAY), reb_i(DAY - 100)), &err), &err, "read");
    while (reb_step(st, &row, &err) == REB_OK && row) rows++;
    reb_stmt_close(st);
    lap reading = since(start);
    tell(engine, "reading the histories alone", reading, rows);

    reb_fit_report r;
    reb_fit_request q = {.now_us = DAY * REB_US_PER_DAY + REB_US_PER_DAY / 2};
    start = now();
    shop_must(reb_fit_run(&r, p.store, &q, &err), &err, "fit");
    lap fit = since(start);
    tell(engine, "fit: three models, totals, scores", fit, people);

    reb_fit_report later = r;
    start = now();
    shop_must(reb_score_all(p.store, &later, DAY + 1, q.now_us, &err), &err, "score");
    tell(engine, "scores alone, for the next day", since(start), people);

    reb_ids ids = {.clock = reb_clock_system()};
    reb_today_list l;
    reb_today_request t = {.now_us = q.now_us + REB_US_PER_DAY, .capacity_minutes = -1};
    start = now();
    shop_must(reb_today(&l, p.store, &t, &ids, &a, &err), &err, "today");
    tell(engine, "today's list", since(start), people);

    reb_summary s;
    start = now();
    shop_must(reb_summary_read(&s, p.store, t.now_us, &err), &err, "summary");
    tell(engine, "summary", since(start), people);

    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%-7s fit / reading alone = %.1f; %s; %zu items of %lld candidates; most memory so far %ld MB\n", engine,
           fit.wall / reading.wall, reb_nbd_model_name(r.score.model), l.item_count, (long long)l.candidates, u.ru_maxrss / 1024);
    reb_arena_free(&a);
    shop_close(&p);
}

int main(void) {
    const char *asked = getenv("CUSTOMERS");
    int64_t people = asked != NULL ? strtoll(asked, NULL, 10) : 1000000;
    run("sqlite", people);
    if (getenv("REB_TEST_PG") != NULL) run("pg", people / 5);
    return 0;
}
