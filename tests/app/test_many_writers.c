/* Many who write to the same thing at the same moment, each on a connection of its own: 6, 12 and 24 on one case, many who decide it, two
   who redeem each voucher, promises to one customer, and the tick beside them all. Nobody is refused but by a rule, nothing is lost,
   nothing is there twice. On SQLite and PostgreSQL. */
#include "../lib/tap.h"

#include "../lib/pg.h"

#include "../../src/app/case.h"
#include "../../src/app/promise.h"
#include "../../src/app/tick.h"
#include "../../src/domain/case_care.h"
#include "../../src/domain/notice.h"
#include "../../src/domain/voucher.h"
#include "../lib/shop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { MOST = 24, MESSAGES = 72, VOUCHERS = 12, PROMISES = 48 };

typedef struct place {
    shop shop;
    reb_store *s;
    reb_business *b;
    reb_ids ids;
    int64_t now_us;
    char where[1200];
    const char *engine;
} place;

/* One of many. */
typedef struct hand {
    place *p;
    int which, of;
    int64_t number, seen;
    const char *const *codes;
    reb_store *s;
    reb_ids ids;
    reb_case_by by;
    int done, told, odd;
    char why[512];
} hand;

static atomic_int g_ready;
static atomic_bool g_over;

static void must(reb_status st, const reb_err *err, const char *what) {
    shop_must(st, err, what);
}

static void keep_why(hand *h, const reb_err *err) {
    snprintf(h->why, sizeof h->why, "%s", err->detail);
}

/* All begin together. */
static void begin(hand *h) {
    reb_err err = {0};
    must(reb_store_open(&h->s, h->p->where, 0, &err), &err, "a connection of its own");
    h->ids = (reb_ids){.clock = reb_clock_system(), .node = (uint64_t)(100 + h->which)};
    h->by = (reb_case_by){.business = h->p->b, .ids = &h->ids, .now_us = h->p->now_us, .who = "customer"};
    atomic_fetch_add(&g_ready, 1);
    const struct timespec moment = {.tv_nsec = 1000000};
    while (atomic_load(&g_ready) < h->of) nanosleep(&moment, NULL);
}

static void run(hand *hands, int count, void *(*work)(void *)) {
    pthread_t t[MOST];
    atomic_store(&g_ready, 0);
    for (int i = 0; i < count; i++)
        if (pthread_create(&t[i], NULL, work, &hands[i]) != 0) exit(1);
    for (int i = 0; i < count; i++) {
        pthread_join(t[i], NULL);
        if (hands[i].odd > 0) printf("# %d of %d: %s\n", i, count, hands[i].why);
    }
}

static int64_t count_rows(place *p, const char *sql) {
    reb_err err = {0};
    reb_stmt *q = NULL;
    bool row = false;
    must(reb_query_raw(&q, p->s, sql, REB_NO_ARGS, &err), &err, sql);
    must(reb_step(q, &row, &err), &err, sql);
    int64_t n = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return n;
}

static int64_t open_one(place *p, const char *body) {
    reb_err err = {0};
    reb_case_opened o;
    const reb_case_by by = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "customer"};
    const reb_case_open_in in = {.body = body, .channel = "form", .language = "en"};
    must(reb_case_open(&o, p->s, &by, &in, &err), &err, "a complaint comes in");
    return o.number;
}

static reb_case_state look(place *p, reb_arena *a, int64_t number) {
    reb_err err = {0};
    reb_case_key key;
    reb_case_state c = {0};
    must(reb_case_find(&key, p->s, number, &err), &err, "found");
    must(reb_case_load(&c, p->s, a, &key, &err), &err, "read");
    return c;
}

/* --- on one case ---------------------------------------------------------------------------------------------------------------------- */

static void *writes(void *arg) {
    hand *h = arg;
    begin(h);
    for (int i = 0; i < MESSAGES / h->of; i++) {
        char text[60];
        reb_err err = {0};
        snprintf(text, sizeof text, "many of %d: %d from %d", h->of, i, h->which);
        const reb_case_message_in in = {.inward = true, .text = text};
        reb_status st = reb_case_message(NULL, h->s, &h->by, h->number, &in, &err);
        h->done += st == REB_OK;
        h->odd += st != REB_OK;
        if (st != REB_OK) keep_why(h, &err);
    }
    char key[40];
    reb_err err = {0};
    reb_case_opened o = {0};
    snprintf(key, sizeof key, "all %d at once", h->of);
    const reb_case_open_in same = {.body = "One complaint, sent by all", .channel = "form", .key = key};
    reb_status st = reb_case_open(&o, h->s, &h->by, &same, &err);
    h->seen = o.number;
    h->odd += st != REB_OK;
    if (st != REB_OK) keep_why(h, &err);
    reb_store_close(h->s);
    return NULL;
}

/* What falls due by itself goes on meanwhile: at each turn the clocks of the case stand elsewhere. */
static void *ticks(void *arg) {
    hand *h = arg;
    reb_store *s = NULL;
    reb_err err = {0};
    reb_ids ids = {.clock = reb_clock_system(), .node = 99};
    must(reb_store_open(&s, h->p->where, 0, &err), &err, "the tick's connection");
    for (int64_t later_us = 0; !atomic_load(&g_over); later_us += INT64_C(1800) * REB_US_PER_SECOND) {
        bool busy = false;
        reb_status st = reb_tick(&busy, NULL, s, h->p->b, h->p->now_us + later_us % (5 * REB_US_PER_DAY), &ids, &err);
        h->done++;
        h->odd += st != REB_OK || busy;
        if (st != REB_OK) keep_why(h, &err);
    }
    reb_store_close(s);
    return NULL;
}

static void on_one_case(place *p, int count) {
    hand h[MOST];
    hand clock = {.p = p};
    pthread_t ticker;
    reb_arena a = {0};
    int64_t noticed = 0, last = 0, first;
    reb_err err = {0};
    int done = 0, odd = 0;
    bool same = true;
    int64_t number = open_one(p, "All write");
    must(reb_notice_bounds(&first, &noticed, p->s, &err), &err, "notices");
    for (int i = 0; i < count; i++) h[i] = (hand){.p = p, .which = i, .of = count, .number = number};
    atomic_store(&g_over, false);
    if (pthread_create(&ticker, NULL, ticks, &clock) != 0) exit(1);
    run(h, count, writes);
    atomic_store(&g_over, true);
    pthread_join(ticker, NULL);
    for (int i = 0; i < count; i++) {
        done += h[i].done;
        odd += h[i].odd;
        same = same && h[i].seen != 0 && h[i].seen == h[0].seen;
    }
    char sql[200];
    snprintf(sql, sizeof sql, "select count(distinct body) from case_text where body like 'many of %d:%%'", count);
    int64_t different = count_rows(p, sql);
    snprintf(sql, sizeof sql, "select count(*) from case_text where body like 'many of %d:%%'", count);
    int64_t kept = count_rows(p, sql);
    reb_case_state c = look(p, &a, number);
    snprintf(sql, sizeof sql, "select count(*) from case_event where case_id in (select case_id from case_number where number = %lld)",
             (long long)number);
    must(reb_notice_bounds(&first, &last, p->s, &err), &err, "notices");
    OK(odd == 0 && done == MESSAGES, "%s: %d who write to one case: none of %d messages is refused", p->engine, count, done);
    OK(kept == MESSAGES && different == MESSAGES, "none is lost and none is there twice (%d, %d different)", (int)kept, (int)different);
    EQ_I64(c.last_seq, count_rows(p, sql), "the log has no gap");
    OK(last - noticed >= MESSAGES, "each is told to those who look on (%d notices)", (int)(last - noticed));
    OK(same, "and %d who send one key at once get one case", count);
    OK(clock.odd == 0 && clock.done > 0, "the tick goes on beside them (%d turns) %s", clock.done, clock.why);
    reb_arena_free(&a);
}

static void *decides(void *arg) {
    hand *h = arg;
    char who[24];
    reb_err err = {0};
    static const char *const outcome[] = {"upheld", "not_upheld", "partly"};
    begin(h);
    snprintf(who, sizeof who, "user:%d", h->which + 1);
    h->by.who = who;
    h->by.seen_seq = h->seen;
    const reb_case_decide_in in = {.outcome = outcome[h->which % 3], .reason = "At once", .differs_reason = "Tried out"};
    reb_status st = reb_case_decide(NULL, h->s, &h->by, h->number, &in, &err);
    h->done = st == REB_OK;
    h->told = st == REB_E_CASE_CHANGED;
    h->odd = !h->done && !h->told;
    keep_why(h, &err);
    reb_store_close(h->s);
    return NULL;
}

static void who_decides(place *p, int count) {
    hand h[MOST];
    reb_arena a = {0};
    int done = 0, told = 0, right = 0;
    int64_t number = open_one(p, "Many decide");
    int64_t seen = look(p, &a, number).last_seq;
    for (int i = 0; i < count; i++) h[i] = (hand){.p = p, .which = i, .of = count, .number = number, .seen = seen};
    run(h, count, decides);
    const char *outcome = look(p, &a, number).outcome;
    const char *why = "";
    static const char *const outcomes[] = {"upheld", "not_upheld", "partly"};
    for (int i = 0; i < count; i++) {
        done += h[i].done;
        told += h[i].told;
        if (h[i].done) right = strcmp(outcome, outcomes[i % 3]) == 0;
        if (h[i].told) why = h[i].why;
    }
    OK(done == 1 && right, "%s: of %d who decide at once one does, and that stands: %s", p->engine, count, outcome);
    OK(told == count - 1, "the %d others are told of it: %s", told, why);
    reb_arena_free(&a);
}

/* --- vouchers, promises --------------------------------------------------------------------------------------------------------------- */

/* One from the first to the last, the other from the last to the first: at one they meet. */
static void *redeems(void *arg) {
    hand *h = arg;
    begin(h);
    for (int i = 0; i < VOUCHERS; i++) {
        reb_voucher v;
        bool known;
        reb_err err = {0};
        reb_status st =
            reb_voucher_redeem(&v, &known, h->s, h->codes[h->which == 0 ? i : VOUCHERS - 1 - i], "key:till", NULL, h->p->now_us, &err);
        h->done += st == REB_OK;
        h->told += st == REB_E_CONFLICT && strcmp(err.reason, "voucher_redeemed") == 0;
        if (st != REB_OK && st != REB_E_CONFLICT) {
            h->odd++;
            keep_why(h, &err);
        }
    }
    reb_store_close(h->s);
    return NULL;
}

static void two_tills(place *p) {
    static char code[VOUCHERS][REB_VOUCHER_TEXT];
    static const char *at[VOUCHERS];
    hand h[2];
    reb_err err = {0};
    int64_t number = open_one(p, "Vouchers");
    for (int i = 0; i < VOUCHERS; i++) {
        reb_gesture g = {.at = {0, 700 + i},
                         .gesture_id = 9000 + i,
                         .number = number,
                         .remedy = "voucher_10",
                         .kind = REB_REMEDY_VOUCHER,
                         .basis = REB_BASIS_EXTRA,
                         .state = REB_GESTURE_GIVEN,
                         .currency = "EUR",
                         .value_minor = 620,
                         .cost_used_minor = 434,
                         .weighed = "{}",
                         .asked_us = p->now_us,
                         .asked_by = "user:12",
                         .approver_role = "",
                         .ended_us = p->now_us,
                         .ended_by = "user:12",
                         .valid_until_us = p->now_us + 90 * REB_US_PER_DAY};
        must(reb_gesture_insert(p->s, &g, &err), &err, "a gesture");
        must(reb_voucher_add(code[i], p->s, &g, p->now_us, g.valid_until_us, &err), &err, "its voucher");
        at[i] = code[i];
    }
    for (int i = 0; i < 2; i++) h[i] = (hand){.p = p, .which = i, .of = 2, .codes = at};
    run(h, 2, redeems);
    OK(h[0].done + h[1].done == VOUCHERS && h[0].told + h[1].told == VOUCHERS && h[0].odd + h[1].odd == 0,
       "%s: of two tills one redeems each voucher (%d and %d), and the other is told", p->engine, h[0].done, h[1].done);
}

/* Each makes promises to the same customer and keeps every second one. */
static void *promises(void *arg) {
    hand *h = arg;
    begin(h);
    reb_arena a = {0};
    const reb_promise_ctx c = {
        .store = h->s, .arena = &a, .business = h->p->b, .ids = &h->ids, .now_us = h->p->now_us, .who = "Anna", .actor = "local"};
    for (int i = 0; i < PROMISES / h->of; i++) {
        char text[60];
        reb_err err = {0};
        reb_promise_row row;
        bool known = false;
        int64_t event_id = 0;
        snprintf(text, sizeof text, "Promise %d of %d", i, h->which);
        const reb_promise_new n = {.customer_id = 1,
                                   .kind = REB_PROMISE_OTHER,
                                   .text = text,
                                   .due_us = h->p->now_us + REB_US_PER_DAY,
                                   .case_number = h->which % 2 == 0 ? h->number : 0};
        const reb_promise_step kept = {.kind = REB_PROMISE_STEP_KEPT};
        reb_status st = reb_promise_make(&row, &known, &c, &n, &err);
        if (st == REB_OK && i % 2 == 0) st = reb_promise_step_take(&row, &event_id, &c, row.p.promise_id, &kept, "", &err);
        h->done += st == REB_OK;
        h->odd += st != REB_OK;
        if (st != REB_OK) keep_why(h, &err);
    }
    reb_arena_free(&a);
    reb_store_close(h->s);
    return NULL;
}

static void to_one_customer(place *p, int count) {
    hand h[MOST];
    int done = 0, odd = 0;
    int64_t before = count_rows(p, "select count(*) from promise where customer_id = 1");
    int64_t kept = count_rows(p, "select count(*) from promise where customer_id = 1 and state = 'kept'");
    int64_t number = open_one(p, "Promises");
    for (int i = 0; i < count; i++) h[i] = (hand){.p = p, .which = i, .of = count, .number = number};
    run(h, count, promises);
    for (int i = 0; i < count; i++) {
        done += h[i].done;
        odd += h[i].odd;
    }
    OK(done == PROMISES && odd == 0, "%s: %d who promise something to one customer: none of %d is refused", p->engine, count, done);
    OK(count_rows(p, "select count(*) from promise where customer_id = 1") - before == PROMISES &&
           count_rows(p, "select count(*) from promise where customer_id = 1 and state = 'kept'") - kept == PROMISES / 2,
       "all stand in the ledger, and those that were kept as kept");
}

/* --- all ------------------------------------------------------------------------------------------------------------------------------ */

static int64_t stand_still(void *ctx) {
    return *(int64_t *)ctx;
}

static void on_engine(const char *engine) {
    static place p;
    static const int counts[] = {6, 12, MOST};
    reb_err err = {0};
    int64_t cases = 0, wrong = -1;
    p = (place){.now_us = (reb_day_from_civil(2026, 5, 4) * 24 + 10) * INT64_C(3600) * REB_US_PER_SECOND, .engine = engine};
    shop_open(&p.shop, engine, "many_writers");
    p.s = p.shop.store;
    snprintf(p.where, sizeof p.where, "%s", strcmp(engine, "pg") == 0 ? pg_test_uri("many_writers") : reb_store_location(p.s));
    for (int64_t id = 1; id <= 3; id++) shop_customer(&p.shop, id, "Sara");
    shop_flush(&p.shop);
    p.ids = (reb_ids){.clock = {.now_us = stand_still, .ctx = &p.now_us}, .node = 7};
    must(reb_business_load(&p.b, p.s, &err), &err, "the business");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        on_one_case(&p, counts[i]);
        who_decides(&p, counts[i]);
        to_one_customer(&p, counts[i]);
    }
    two_tills(&p);
    must(reb_case_check(&cases, &wrong, p.s, p.b, &err), &err, "checked");
    OK(wrong == 0 && cases > 9, "%s: of %d cases what is stored is what the logs give", engine, (int)cases);
    reb_business_free(p.b);
    shop_close(&p.shop);
}

int main(void) {
    on_engine("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        on_engine("pg");
    }
    return tap_done();
}
