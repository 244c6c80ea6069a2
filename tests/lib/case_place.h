/* A small business with six customers on one engine, and what tests of cases do in it again and again. */
#ifndef REB_TEST_CASE_PLACE_H
#define REB_TEST_CASE_PLACE_H

#include "tap.h"

#include "pg.h"

#include "../../src/app/case.h"
#include "../../src/domain/identity.h"
#include "../../src/domain/person.h"

#include "shop.h"

#include <math.h>

static const int64_t k_hour = INT64_C(3600) * REB_US_PER_SECOND;

typedef struct place {
    shop shop;
    reb_store *s;
    reb_business *b;
    reb_ids ids;
    int64_t now_us;
    char where[1200];
    const char *engine;
} place;

static inline int64_t stand_still(void *ctx) {
    return *(int64_t *)ctx;
}

static inline void must(reb_status st, const reb_err *err, const char *what) {
    shop_must(st, err, what);
}

static inline void reload(place *p) {
    reb_err err = {0};
    reb_business_free(p->b);
    must(reb_business_load(&p->b, p->s, &err), &err, "the business");
}

static inline void set(place *p, const char *key, const char *value) {
    reb_err err = {0};
    must(reb_setting_set(NULL, p->s, key, value, p->now_us, &err), &err, key);
    reload(p);
}

static inline void open_place(place *p, const char *engine, const char *name) {
    reb_err err = {0};
    *p = (place){.now_us = reb_day_from_civil(2026, 5, 4) * REB_US_PER_DAY + 10 * k_hour, .engine = engine}; /* a Monday, 10:00 UTC */
    shop_open(&p->shop, engine, name);
    p->s = p->shop.store;
    snprintf(p->where, sizeof p->where, "%s", strcmp(engine, "pg") == 0 ? pg_test_uri(name) : reb_store_location(p->s));
    for (int64_t id = 1; id <= 6; id++) shop_customer(&p->shop, id, "Sara");
    shop_flush(&p->shop);
    p->ids = (reb_ids){.clock = {.now_us = stand_still, .ctx = &p->now_us}, .node = 7};
    must(reb_identity_put(p->s, 1, "email", "", "sara@example.org", "Sara@example.org", 0, &err), &err, "an address");
    must(reb_identity_put(p->s, 2, "phone", "", "+441632960002", "01632 960002", 0, &err), &err, "a telephone");
    must(reb_identity_put(p->s, 3, "email", "", "both@example.org", "both@example.org", 0, &err), &err, "an address");
    must(reb_identity_put(p->s, 4, "email", "", "both@example.org", "both@example.org", 0, &err), &err, "the same of another");
    reload(p);
    set(p, "working_days", "mon tue wed thu fri");
}

static inline void close_place(place *p) {
    reb_business_free(p->b);
    shop_close(&p->shop);
}

static inline reb_case_by by(place *p, const char *who) {
    return (reb_case_by){.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = who};
}

static inline reb_case_opened open_as(place *p, reb_case_open_in in) {
    reb_err err = {0};
    reb_case_opened o;
    const reb_case_by who = by(p, "customer");
    if (in.channel == NULL) in.channel = "form";
    must(reb_case_open(&o, p->s, &who, &in, &err), &err, "a complaint comes in");
    return o;
}

static inline int64_t open_one(place *p, const char *body) {
    return open_as(p, (reb_case_open_in){.body = body, .language = "en"}).number;
}

static reb_arena g_arena; /* of what look gives */

static inline reb_case_state look(place *p, int64_t number) {
    reb_err err = {0};
    reb_case_key key;
    reb_case_state c = {0};
    must(reb_case_find(&key, p->s, number, &err), &err, "the case is found");
    must(reb_case_load(&c, p->s, &g_arena, &key, &err), &err, "the case is read");
    return c;
}

static inline int64_t count_rows(place *p, const char *sql) {
    reb_err err = {0};
    reb_stmt *q = NULL;
    bool row = false;
    must(reb_query_raw(&q, p->s, sql, REB_NO_ARGS, &err), &err, sql);
    must(reb_step(q, &row, &err), &err, sql);
    int64_t n = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return n;
}

/* How many clocks of a case are running. */
static inline int64_t running(place *p, int64_t number) {
    reb_err err = {0};
    reb_case_key key;
    const reb_case_clock *list = NULL;
    int64_t count = 0;
    int64_t n = 0;
    must(reb_case_find(&key, p->s, number, &err), &err, "found");
    must(reb_case_clocks_read(&list, &count, p->s, &g_arena, &key, &err), &err, "clocks");
    for (int64_t i = 0; i < count; i++) n += list[i].state == REB_CLOCK_RUNNING;
    return n;
}

static inline void sound(place *p, const char *what) {
    int64_t cases = 0;
    int64_t wrong = -1;
    reb_err err = {0};
    must(reb_case_check(&cases, &wrong, p->s, p->b, &err), &err, "checked");
    OK(wrong == 0, "%s: of %d cases what is stored is what the logs give", what, (int)cases);
}

static inline reb_status decide(place *p, const char *who, int64_t number, const char *outcome, int64_t seen, reb_err *err) {
    reb_case_by b = by(p, who);
    b.seen_seq = seen;
    const reb_case_decide_in in = {.outcome = outcome, .reason = "So it was", .differs_reason = "Tried out"};
    return reb_case_decide(NULL, p->s, &b, number, &in, err);
}

static inline void to_closed(place *p, int64_t number) {
    reb_err err = {0};
    const reb_case_by b = by(p, "user:1");
    must(decide(p, "user:1", number, "upheld", 0, &err), &err, "decided");
    must(reb_case_communicate(NULL, p->s, &b, number, "phone", 0, &err), &err, "told");
    must(reb_case_close(NULL, p->s, &b, number, "delivery", NULL, false, &err), &err, "closed");
}

static inline int64_t person(place *p, const char *email, const char *name, reb_role role, const char *team) {
    reb_err err = {0};
    reb_person out;
    const reb_person_new n = {.email = email, .name = name, .role = role, .team = team};
    p->now_us++;
    must(reb_person_add(&out, p->s, &n, NULL, &p->ids, p->now_us, &err), &err, name);
    must(reb_person_entered(p->s, out.user_id, p->now_us, &err), &err, "entered");
    return out.user_id;
}

#endif
