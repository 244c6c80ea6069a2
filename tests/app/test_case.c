/* Cases: every rule of a complaint case that is not a clock alone. On SQLite and PostgreSQL. */
#include "../lib/tap.h"

#include "../lib/pg.h"

#include "../../src/app/case.h"
#include "../../src/app/people.h"
#include "../../src/domain/identity.h"
#include "../../src/domain/person.h"
#include "../lib/shop.h"

static const int64_t k_hour = 3600 * REB_US_PER_SECOND;

typedef struct place {
    shop shop;
    reb_store *s;
    reb_business *b;
    reb_ids ids;
    int64_t now_us;
} place;

static int64_t stand_still(void *ctx) {
    return *(int64_t *)ctx;
}

static void open_place(place *p, const char *engine, const char *name) {
    reb_err err = {0};
    *p = (place){.now_us = reb_day_from_civil(2026, 5, 4) * REB_US_PER_DAY + 10 * k_hour}; /* a Monday */
    shop_open(&p->shop, engine, name);
    p->s = p->shop.store;
    for (int64_t id = 1; id <= 6; id++) shop_customer(&p->shop, id, "Sara");
    shop_flush(&p->shop);
    p->ids = (reb_ids){.clock = {.now_us = stand_still, .ctx = &p->now_us}, .node = 7};
    shop_must(reb_identity_put(p->s, 1, "email", "", "sara@example.org", "Sara@example.org", 0, &err), &err, "an address");
    shop_must(reb_identity_put(p->s, 2, "phone", "", "+441632960002", "01632 960002", 0, &err), &err, "a telephone");
    shop_must(reb_business_load(&p->b, p->s, &err), &err, "the business");
}

static void close_place(place *p) {
    reb_business_free(p->b);
    shop_close(&p->shop);
}

static reb_case_by by(place *p, const char *who) {
    return (reb_case_by){.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = who};
}

static reb_case_opened open_one(place *p, const char *body, const char *email) {
    reb_err err = {0};
    reb_case_opened o;
    const reb_case_by who = by(p, "customer");
    const reb_case_open_in in = {.channel = "form", .body = body, .email = email, .language = "en"};
    shop_must(reb_case_open(&o, p->s, &who, &in, &err), &err, "a complaint comes in");
    return o;
}

/* The state as folded, and that case_file says the same. */
static reb_case_state look(place *p, int64_t number) {
    static reb_arena arena;
    reb_err err = {0};
    reb_case_key key;
    reb_case_state c = {0};
    reb_arena_reset(&arena);
    shop_must(reb_case_find(&key, p->s, number, &err), &err, "the case is found");
    shop_must(reb_case_load(&c, p->s, &arena, &key, &err), &err, "the case is read");
    return c;
}

static void test_open(place *p) {
    reb_case_opened a = open_one(p, "My parcel came late and crushed.", "SARA@example.org");
    OK(a.number >= 100000 && a.number <= 999999, "its number has six digits");
    EQ_I64(a.whom_id, 1, "found by the e-mail address");
    reb_case_state c = look(p, a.number);
    OK(c.stage == REB_STAGE_RECEIVED, "received");
    EQ_I64(c.number, a.number, "the log knows its number");
    int64_t n = 0;
    reb_err err = {0};
    shop_must(reb_case_token_check(&n, p->s, "status", a.status_token, &err), &err, "the link is checked");
    EQ_I64(n, a.number, "the status link is its own");
    const reb_case_by who = by(p, "user:1");
    reb_case_wrote w;
    const reb_case_message_in in = {.text = "We look into it.", .channel = "phone"};
    shop_must(reb_case_message(&w, p->s, &who, a.number, &in, &err), &err, "answered");
    c = look(p, a.number);
    OK(c.stage == REB_STAGE_INVESTIGATING && c.first_answer_us == p->now_us && !c.unanswered, "answered, and looked into");
    int64_t cases = 0;
    int64_t wrong = 0;
    shop_must(reb_case_check(&cases, &wrong, p->s, p->b, &err), &err, "what is folded is checked");
    OK(cases == 1 && wrong == 0, "what is stored is what the log gives");
}

static void on_engine(const char *engine) {
    place p;
    open_place(&p, engine, "cases");
    test_open(&p);
    close_place(&p);
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
