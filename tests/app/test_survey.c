/* The rule that asks customers after a case: whom it asks, once, and whom not; what they answered after they were erased. On SQLite and
 * PostgreSQL. */
#include "../lib/tap.h"

#include "../lib/pg.h"

#include "../../src/app/case.h"
#include "../../src/app/survey.h"
#include "../../src/domain/customer.h"
#include "../../src/domain/identity.h"
#include "../../src/domain/outbox.h"
#include "../../src/domain/privacy.h"
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

static void set(place *p, const char *key, const char *value) {
    reb_err err = {0};
    shop_must(reb_setting_set(NULL, p->s, key, value, p->now_us, &err), &err, key);
    reb_business_free(p->b);
    shop_must(reb_business_load(&p->b, p->s, &err), &err, "the business");
}

static void open_place(place *p, const char *engine) {
    reb_err err = {0};
    *p = (place){.now_us = reb_day_from_civil(2026, 5, 4) * REB_US_PER_DAY + 10 * k_hour};
    shop_open(&p->shop, engine, "surveys");
    p->s = p->shop.store;
    for (int64_t id = 1; id <= 4; id++) shop_customer(&p->shop, id, "Sara");
    shop_flush(&p->shop);
    p->ids = (reb_ids){.clock = {.now_us = stand_still, .ctx = &p->now_us}, .node = 7};
    shop_must(reb_identity_put(p->s, 1, "email", "", "sara@example.org", "Sara@example.org", 0, &err), &err, "an address");
    shop_must(reb_identity_put(p->s, 2, "email", "", "omid@example.org", "omid@example.org", 0, &err), &err, "another");
    shop_must(reb_business_load(&p->b, p->s, &err), &err, "the business");
}

static int64_t closed_case_of(place *p, const char *email, const char *phone, const char *language, const char *outcome) {
    reb_err err = {0};
    reb_case_opened o;
    reb_case_wrote w;
    reb_case_by who = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "customer"};
    const reb_case_open_in in = {.channel = "form",
                                 .body = "The lid does not fit.",
                                 .email = email,
                                 .phone = phone,
                                 .anonymous = email == NULL && phone == NULL,
                                 .language = language};
    shop_must(reb_case_open(&o, p->s, &who, &in, &err), &err, "a complaint");
    who.who = "user:1";
    const reb_case_decide_in d = {.outcome = outcome, .reason = "It was so."};
    shop_must(reb_case_decide(&w, p->s, &who, o.number, &d, &err), &err, "decided");
    if (strcmp(outcome, "upheld") == 0) shop_must(reb_case_communicate(&w, p->s, &who, o.number, "phone", 0, &err), &err, "told");
    shop_must(reb_case_close(&w, p->s, &who, o.number, "product", "", false, &err), &err, "closed");
    return o.number;
}

static int64_t closed_case(place *p, const char *email, const char *language, const char *outcome) {
    return closed_case_of(p, email, NULL, language, outcome);
}

static int64_t tick(place *p) {
    int64_t did = -1;
    reb_err err = {0};
    shop_must(reb_survey_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "the rule runs");
    return did;
}

static int64_t asked(place *p, reb_survey_kind k) {
    reb_survey_figures f[REB_SURVEY_KINDS];
    reb_err err = {0};
    shop_must(reb_survey_count(f, p->s, 0, INT64_MAX, &err), &err, "counted");
    return f[k].asked;
}

typedef struct seen {
    int64_t count, score;
    bool words;
} seen;
static reb_status see(const reb_survey *v, void *ctx, reb_err *err) {
    seen *x = ctx;
    (void)err;
    x->count++;
    x->score = v->score;
    x->words = v->comment != NULL;
    return REB_OK;
}

static void by_rule(place *p) {
    closed_case(p, "sara@example.org", "el", "upheld");
    closed_case(p, NULL, "en", "upheld");
    closed_case(p, "stranger@example.org", "fa", "upheld");
    closed_case(p, "omid@example.org", "ar", "withdrawn");
    p->now_us += 25 * k_hour;
    EQ_I64(tick(p), 0, "nobody set a rule: nobody is asked");
    set(p, "survey_after_case", "csat");
    EQ_I64(tick(p), 0, "no mail is set up: nobody is asked");
    set(p, "mail_from", "care@shop.example");
    set(p, "mail_smtp", "smtps://localhost");
    EQ_I64(tick(p), 0, "no address for links is set: nobody is asked");
    set(p, "public_url", "https://care.shop.example/");
    set(p, "quiet_hours", "10:00-13:00");
    EQ_I64(tick(p), 0, "in quiet hours nobody is asked");
    set(p, "quiet_hours", "");
    EQ_I64(tick(p), 2, "who can be reached is asked: neither the anonymous one nor who took it back");
    EQ_I64(tick(p), 0, "once");
    EQ_I64(asked(p, REB_SURVEY_CSAT), 2, "two invitations");

    reb_arena a = {0};
    reb_err err = {0};
    reb_outbox_mail list[10];
    reb_outbox_mail mail;
    size_t n = 0;
    bool greek = false;
    shop_must(reb_outbox_list(list, &n, 10, p->s, &a, NULL, 0, 0, &err), &err, "the outbox");
    EQ_I64((int64_t)n, 2, "two mails wait");
    for (size_t i = 0; i < n; i++) {
        shop_must(reb_outbox_get(&mail, p->s, &a, list[i].outbox_id, &err), &err, "a mail");
        if (strcmp(mail.to, "sara@example.org") != 0) continue;
        greek = strcmp(mail.language, "el") == 0;
        OK(strstr(mail.text, "https://care.shop.example/s/") != NULL && strstr(mail.text, "?a=5\n") != NULL &&
               strstr(mail.text, "?a=1\n") != NULL,
           "a line for each answer, each with its whole link");
        EQ_TEXT(mail.kind, "survey", "it is known for a survey");
    }
    OK(greek, "in the language of the case");

    p->now_us += 48 * k_hour;
    closed_case(p, "sara@example.org", "el", "upheld");
    p->now_us += 25 * k_hour;
    EQ_I64(tick(p), 0, "who was asked lately is left in peace");
    p->now_us += 95 * 24 * k_hour;
    EQ_I64(tick(p), 0, "and a case that was closed long ago is not asked about");
    closed_case(p, "sara@example.org", "el", "upheld");
    closed_case(p, "omid@example.org", "ar", "upheld");
    shop_must(reb_customer_fact_put(p->s, 2, "consent:service:email", "no", p->now_us, &err), &err, "no mails, please");
    p->now_us += 25 * k_hour;
    EQ_I64(tick(p), 1, "after a while again; but who said no to mails is not asked");
    reb_arena_free(&a);
}

/* Whoever cannot be asked, by telephone only, keeps nobody else from it. */
static void unreachable(place *p) {
    closed_case(p, "patient@example.org", "en", "upheld");
    for (int i = 0; i < 120; i++) closed_case_of(p, NULL, "+441632960111", "en", "upheld");
    closed_case(p, "newest@example.org", "en", "upheld");
    p->now_us += 25 * k_hour;
    EQ_I64(tick(p), 2, "behind and before 120 who have no address");
}

static void by_hand(place *p) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_survey_asked made;
    reb_survey v;
    bool found = false;
    reb_survey_request r = {.kind = REB_SURVEY_CES, .customer_id = 1, .who = "local"};
    shop_must(reb_survey_request_make(&made, p->s, &a, &p->ids, p->b, &r, p->now_us, &err), &err, "asked by hand");
    OK(strncmp(made.link, "https://care.shop.example/s/", 28) == 0 && !made.mailed, "a link to hand over");
    const char *token = strrchr(made.link, '/') + 1;
    shop_must(reb_survey_find(&v, &found, p->s, &a, token, &err), &err, "found");
    OK(found && v.whom_id == 1 && v.answered_us == 0 && v.score == -1, "who was asked, and that nothing was answered");
    EQ_I64(reb_survey_answer(p->s, &v, 8, NULL, p->now_us, &err), REB_E_INPUT, "8 is no answer on a scale to 7");
    shop_must(reb_survey_answer(p->s, &v, 2, "Three calls, Sara says", p->now_us, &err), &err, "answered");
    shop_must(reb_survey_answer(p->s, &v, 3, "Four calls, Sara says", p->now_us + 5, &err), &err, "answered anew");
    shop_must(reb_survey_find(&v, &found, p->s, &a, token, &err), &err, "found");
    OK(v.score == 3 && v.answered_us == p->now_us, "the newest counts, first answered then");
    seen x = {0};
    shop_must(reb_survey_answers(p->s, "ces", 0, true, 10, see, &x, &err), &err, "listed");
    OK(x.count == 1 && x.words, "one answer, in their words");
    reb_privacy_erased gone;
    shop_must(reb_privacy_erase(&gone, p->s, p->b, 1, "asked for", "local", p->now_us, &p->ids, &err), &err, "erased");
    x = (seen){0};
    shop_must(reb_survey_answers(p->s, "ces", 0, false, 10, see, &x, &err), &err, "listed");
    OK(x.count == 1 && x.score == 3 && !x.words, "erased: the words are gone, the score stays");
    r.send = true;
    r.customer_id = 4;
    EQ_I64(reb_survey_request_make(&made, p->s, &a, &p->ids, p->b, &r, p->now_us, &err), REB_E_INPUT, "nobody's address: nothing to send");
    EQ_I64(asked(p, REB_SURVEY_CES), 1, "... and no invitation is left behind");
    r.customer_id = 99;
    EQ_I64(reb_survey_request_make(&made, p->s, &a, &p->ids, p->b, &r, p->now_us, &err), REB_E_NOT_FOUND, "nobody of that number");
    reb_arena_free(&a);
}

static void on_engine(const char *engine) {
    place p;
    open_place(&p, engine);
    by_rule(&p);
    by_hand(&p);
    unreachable(&p);
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
