/* Today: the list on real data and on both engines, answers that change tomorrow's list, hold-outs, contact rules, little data, known
 * truth. */
#include "../lib/tap.h"

#include "../lib/pg.h"

#include "../lib/shop.h"

#include "../../src/app/today.h"
#include "../../src/domain/holdout.h"

#include "rebound.h"

static int64_t k_time = INT64_C(1700000000000000);
static reb_ids k_ids;

static int64_t at_noon(int64_t day) {
    return day * REB_US_PER_DAY + REB_US_PER_DAY / 2;
}

static reb_today_list list_of(shop *p, reb_arena *a, int64_t day, int64_t minutes) {
    reb_err err = {0};
    reb_today_list l;
    reb_today_request q = {.now_us = at_noon(day), .capacity_minutes = minutes};
    shop_must(reb_today(&l, p->store, &q, &k_ids, a, &err), &err, "today");
    return l;
}

static const reb_today_item *find_item(const reb_today_list *l, int64_t customer) {
    for (size_t i = 0; i < l->item_count; i++)
        if (l->items[i].customer_id == customer) return &l->items[i];
    return NULL;
}

static void set(shop *p, const char *key, const char *value) {
    reb_err err = {0};
    shop_must(reb_setting_set(NULL, p->store, key, value, k_time, &err), &err, key);
}

static void no_holdouts(shop *p) {
    set(p, "holdout_percent_call", "0");
    set(p, "holdout_percent_feedback", "0");
    set(p, "holdout_percent_neglected", "0");
}

/* --- a shop of forty ------------------------------------------------------------------------------------------------------------------ */

enum { D0 = 20000 }; /* 2024-10-04 */

/* Forty customers, six of whom came often and stopped; one big order; one new; one valuable and steady. */
static void forty(shop *p, const char *engine, const char *name) {
    shop_open(p, engine, name);
    for (int64_t id = 1; id <= 40; id++) {
        char label[24];
        snprintf(label, sizeof label, "Person %02d", (int)id);
        shop_customer(p, id, label);
        int64_t gap = 14 + id % 9;
        int64_t stop = id <= 6 ? D0 - 70 : D0 - 2 - id % 12;
        if (id > 30) stop = D0 - 200 - id; /* came once, long ago */
        int64_t first = id > 30 ? stop : D0 - 300;
        for (int64_t day = first; day <= stop; day += gap) shop_buys(p, id, day, 2000 + id * 50, -1);
    }
    shop_customer(p, 41, "New");
    shop_buys(p, 41, D0 - 5, 4500, -1);
    shop_customer(p, 42, "Big");
    for (int64_t day = D0 - 200; day < D0 - 20; day += 30) shop_buys(p, 42, day, 3000, -1);
    shop_buys(p, 42, D0 - 4, 12000, -1);
    shop_flush(p);
}

static void little_data(const char *engine) {
    shop p;
    forty(&p, engine, "today_forty");
    no_holdouts(&p);
    reb_arena a = {0};
    reb_today_list l = list_of(&p, &a, D0, 600);
    OK(l.fit_found && l.fit_made_now && l.fit_prior, "%s: forty customers: a fit was made and leans on priors", engine);
    size_t called = 0;
    size_t wrongly = 0;
    bool marked = l.item_count > 0;
    for (size_t i = 0; i < l.item_count; i++) {
        const reb_today_item *t = &l.items[i];
        if (t->kind == REB_ITEM_CALL) {
            called += t->customer_id <= 6;
            wrongly += t->customer_id > 6;
        }
        bool prior = false;
        for (size_t k = 0; k < t->assumed_count; k++) prior = prior || strcmp(t->assumed[k].key, "prior") == 0;
        marked = marked && prior;
    }
    OK(called == 6 && wrongly == 0, "%s: all six who stopped are to be called (%zu), nobody else (%zu)", engine, called, wrongly);
    OK(marked, "%s: every item says that it leans on priors", engine);
    const reb_today_item *fresh = find_item(&l, 41);
    OK(fresh != NULL && fresh->kind == REB_ITEM_FEEDBACK &&
           strstr(fresh->why, "for the first time 5 days ago, for \xE2\x82\xAC"
                              "45.00") != NULL,
       "%s: the new customer is asked how it was", engine);
    const reb_today_item *big = find_item(&l, 42);
    OK(big != NULL && big->kind == REB_ITEM_FEEDBACK && big->last_amount_minor == 12000 && big->usual_amount_minor == 3000.0,
       "%s: the unusual purchase is asked about", engine);
    size_t neglected = 0;
    for (size_t i = 0; i < l.item_count; i++) neglected += l.items[i].kind == REB_ITEM_NEGLECTED;
    OK(neglected > 0, "%s: somebody valuable to whom nobody spoke", engine);
    const reb_today_item *first = find_item(&l, 1);
    OK(first != NULL && strstr(first->why, "Person 01 buys every 15 days on average and has been silent for ") != NULL,
       "%s: the sentence names the evidence", engine);
    if (first != NULL) printf("# %s\n", first->why);
    reb_today_list again = list_of(&p, &a, D0, 600);
    bool same = again.item_count == l.item_count;
    for (size_t i = 0; same && i < l.item_count; i++)
        same = strcmp(l.items[i].code, again.items[i].code) == 0 && l.items[i].gain_minor.value == again.items[i].gain_minor.value;
    OK(same, "%s: asked again it says the same", engine);
    reb_today_list small = list_of(&p, &a, D0, 20);
    OK(small.used_minutes <= 20.0 && small.item_count >= 2 && small.item_count < l.item_count && small.beyond[REB_ITEM_CALL] > 0,
       "%s: a day of 20 minutes holds %zu items", engine, small.item_count);
    bool ranked = true;
    for (size_t i = 1; i < l.item_count; i++)
        if (l.items[i].gain_minor.value / l.items[i].minutes > l.items[i - 1].gain_minor.value / l.items[i - 1].minutes) ranked = false;
    OK(ranked, "%s: ranked by gain a minute", engine);
    reb_arena_free(&a);
    shop_close(&p);
}

/* A changed assumption counts at once, without a new fit. */
static void changed_settings(const char *engine) {
    shop p;
    forty(&p, engine, "today_settings");
    no_holdouts(&p);
    reb_arena a = {0};
    reb_today_list l = list_of(&p, &a, D0, 600);
    set(&p, "margin_rate", "0.6");
    reb_today_list twice = list_of(&p, &a, D0, 600);
    CLOSE(twice.gain_minor.value, 2.0 * l.gain_minor.value, 1e-9, 0, "twice the margin, twice the gain");
    set(&p, "effect_call", "0.16");
    const reb_today_item *before = find_item(&twice, 1);
    reb_today_list more = list_of(&p, &a, D0, 600);
    const reb_today_item *after = find_item(&more, 1);
    OK(before != NULL && after != NULL && after->gain_minor.value == 2.0 * before->gain_minor.value,
       "twice the effect, twice the gain of a call");
    reb_arena_free(&a);
    shop_close(&p);
}

static void empty_shop(const char *engine) {
    shop p;
    shop_open(&p, engine, "today_empty");
    reb_arena a = {0};
    reb_today_list l = list_of(&p, &a, D0, 60);
    OK(!l.fit_found && l.item_count == 0 && strstr(l.sentence, "no purchases yet") != NULL, "%s: an empty shop is told what to do", engine);
    reb_err err = {0};
    reb_fit_report r;
    reb_fit_request q = {.now_us = at_noon(D0)};
    OK(reb_fit_run(&r, p.store, &q, &err) == REB_E_TOO_LITTLE && err.next[0] != '\0', "%s: nothing to fit", engine);
    reb_arena_free(&a);
    shop_close(&p);
}

/* --- answers -------------------------------------------------------------------------------------------------------------------------- */

static reb_status answer(shop *p, reb_act_kind act, const char *code, int64_t day, int64_t until, const char *why, reb_act_result *r) {
    reb_err err = {0};
    reb_business *b = NULL;
    int64_t episode = 0;
    reb_act a = {.act = act, .item = code, .until_day = until, .why = why};
    shop_must(reb_business_load(&b, p->store, &err), &err, "business");
    reb_status st = reb_item_find(&a.customer_id, &a.kind, &episode, p->store, code, &err);
    if (st == REB_OK) st = reb_act_record(r, p->store, b, &a, at_noon(day), &k_ids, &err);
    reb_business_free(b);
    return st;
}

static void answers(const char *engine) {
    shop p;
    forty(&p, engine, "today_answers");
    shop_log(&p);
    no_holdouts(&p);
    reb_arena a = {0};
    reb_act_result r = {0};
    reb_today_list l = list_of(&p, &a, D0, 600);
    const reb_today_item *one = find_item(&l, 1);
    const reb_today_item *two = find_item(&l, 2);
    const reb_today_item *three = find_item(&l, 3);
    if (!OK(one != NULL && two != NULL && three != NULL, "%s: three items to answer", engine)) exit(1);
    OK(answer(&p, REB_ACT_DONE, one->code, D0, 0, "talked, comes back on Friday", &r) == REB_OK && !r.known, "%s: done", engine);
    OK(answer(&p, REB_ACT_DONE, one->code, D0, 0, "talked, comes back on Friday", &r) == REB_OK && r.known, "%s: done twice counts once",
       engine);
    char capitals[REB_ITEM_CODE];
    for (int i = 0; i < REB_ITEM_CODE; i++) capitals[i] = (char)(two->code[i] >= 'a' ? two->code[i] - 32 : two->code[i]);
    OK(answer(&p, REB_ACT_NOT_NOW, capitals, D0, D0 + 10, "on holiday", &r) == REB_OK, "%s: not now, typed in capitals", engine);
    OK(answer(&p, REB_ACT_WRONG, three->code, D0, 0, "moved away", &r) == REB_OK, "%s: wrong", engine);
    OK(answer(&p, REB_ACT_WRONG, three->code, D0, 0, "  ", &r) == REB_E_USAGE, "%s: wrong wants a reason", engine);
    OK(answer(&p, REB_ACT_NOT_NOW, two->code, D0, D0, "later", &r) == REB_E_USAGE, "%s: not now wants a later day", engine);
    OK(answer(&p, REB_ACT_DONE, "zzzzzz", D0, 0, "", &r) == REB_E_NOT_FOUND, "%s: an unknown code", engine);
    reb_today_list next = list_of(&p, &a, D0 + 1, 600);
    OK(find_item(&next, 1) == NULL && find_item(&next, 2) == NULL && find_item(&next, 3) == NULL, "%s: the three are gone tomorrow",
       engine);
    OK(next.spoken_recently == 1 && next.postponed == 2, "%s: counted by reason", engine);
    OK(find_item(&next, 4) != NULL && find_item(&next, 5) != NULL, "%s: the others stay", engine);
    reb_today_list later = list_of(&p, &a, D0 + 10, 600);
    OK(find_item(&later, 2) != NULL, "%s: after the day that was named they come back", engine);
    OK(find_item(&later, 3) == NULL, "%s: what was wrong does not", engine);
    reb_today_list gap = list_of(&p, &a, D0 + 14, 600);
    OK(find_item(&gap, 1) != NULL, "%s: 14 days after the talk, still silent: proposed again", engine);
    reb_today_list before = list_of(&p, &a, D0 - 1, 600);
    OK(find_item(&before, 1) != NULL, "%s: a day before the answer it was not yet known", engine);
    reb_arena_free(&a);
    shop_close(&p);
}

/* --- contact rules -------------------------------------------------------------------------------------------------------------------- */

static void contact_rules(const char *engine) {
    shop p;
    forty(&p, engine, "today_rules");
    no_holdouts(&p);
    shop_raw(&p, "insert into customer_fact values (1, 'consent:marketing:phone', 0, 'no', 5)");
    shop_raw(&p, "insert into customer_fact values (2, 'consent:any:any', 0, 'no', 5)");
    shop_raw(&p, "insert into customer_fact values (3, 'consent:marketing:phone', 0, 'no', 5)");
    shop_raw(&p, "insert into customer_fact values (3, 'consent:marketing:phone', 7, 'yes', 9)");
    shop_raw(&p, "insert into customer_fact values (41, 'consent:marketing:phone', 0, 'no', 5)");
    shop_raw(&p, "update customer_summary set email = 'four@example.org' where customer_id = 4");
    shop_raw(&p, "insert into customer_fact values (4, 'consent:marketing:phone', 0, 'no', 5)");
    char sql[200];
    snprintf(sql, sizeof sql, "update customer_summary set last_spoken_us = %lld where customer_id = 5", (long long)at_noon(D0 - 13));
    shop_raw(&p, sql);
    snprintf(sql, sizeof sql, "update customer_summary set last_spoken_us = %lld where customer_id = 6", (long long)at_noon(D0 - 14));
    shop_raw(&p, sql);
    reb_arena a = {0};
    reb_today_list l = list_of(&p, &a, D0, 600);
    OK(find_item(&l, 1) == NULL, "%s: no call to who closed the phone", engine);
    OK(find_item(&l, 2) == NULL && l.unreachable == 2, "%s: nor to who closed every way", engine);
    OK(find_item(&l, 3) != NULL, "%s: the newest word counts", engine);
    OK(find_item(&l, 41) != NULL, "%s: a thank-you is service, not marketing", engine);
    const reb_today_item *four = find_item(&l, 4);
    OK(four != NULL && four->phone[0] == '\0' && four->phone_closed && strcmp(four->email, "four@example.org") == 0 &&
           strncmp(four->what, "Write", 5) == 0,
       "%s: reached by the way that is open", engine);
    OK(find_item(&l, 5) == NULL && l.spoken_recently == 1, "%s: spoken to 13 days ago: left in peace", engine);
    OK(find_item(&l, 6) != NULL, "%s: 14 days ago: may be called", engine);
    OK(!l.quiet_now, "%s: noon is no quiet hour", engine);
    reb_err err = {0};
    reb_today_request q = {.now_us = D0 * REB_US_PER_DAY + 22 * 3600 * REB_US_PER_SECOND, .capacity_minutes = 600};
    shop_must(reb_today(&l, p.store, &q, &k_ids, &a, &err), &err, "today");
    bool told = false;
    for (size_t i = 0; i < l.remark_count; i++)
        told = told || (strcmp(l.remarks[i].kind, "quiet") == 0 && strstr(l.remarks[i].text, "before 09:00") != NULL);
    OK(l.quiet_now && told, "%s: at ten in the evening it says so", engine);
    set(&p, "working_days", "mon");
    l = list_of(&p, &a, D0, 600);
    told = false;
    for (size_t i = 0; i < l.remark_count; i++) told = told || strstr(l.remarks[i].text, "day off") != NULL;
    OK(l.closed_today && told && l.next_working_day > D0 && l.next_working_day <= D0 + 7 && (l.next_working_day + 3) % 7 == 0,
       "%s: a day off is told, with the next Monday", engine);
    l = list_of(&p, &a, l.next_working_day, 600);
    OK(!l.closed_today && l.next_working_day == 0, "%s: and on that Monday not", engine);
    set(&p, "working_days", NULL);
    /* As of D0, a talk ten days later is not known yet, but one three days earlier is. */
    for (int k = 0; k < 2; k++) {
        char event[400];
        long long at = (long long)at_noon(k == 0 ? D0 - 3 : D0 + 10);
        snprintf(
            event, sizeof event,
            "insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency,"
            " content_hash, data, batch_id, recorded_us) values (6, %d, 'contact', 'rebound', 'contact:%d', 0, %lld, %d, 0, null, 'EUR',"
            " 0, null, 0, 0)",
            900 + k, k, at, k == 0 ? D0 - 3 : D0 + 10);
        shop_raw(&p, event);
        snprintf(sql, sizeof sql, "update customer_summary set last_spoken_us = %lld where customer_id = 6", at);
        shop_raw(&p, sql);
    }
    l = list_of(&p, &a, D0, 600);
    OK(find_item(&l, 6) == NULL && l.spoken_recently == 2, "%s: who was spoken to before that day and after it is left in peace", engine);
    reb_arena_free(&a);
    shop_close(&p);
}

/* --- hold-outs ------------------------------------------------------------------------------------------------------------------------ */

static int64_t count(shop *p, const char *sql) {
    reb_err err = {0};
    reb_stmt *st = NULL;
    bool row = false;
    shop_must(reb_query_raw(&st, p->store, sql, REB_NO_ARGS, &err), &err, sql);
    shop_must(reb_step(st, &row, &err), &err, sql);
    int64_t n = reb_col_i64(st, 0);
    reb_stmt_close(st);
    return n;
}

static void many(shop *p, const char *engine, const char *name, int64_t people) {
    shop_open(p, engine, name);
    for (int64_t id = 1; id <= people; id++) {
        char label[24];
        snprintf(label, sizeof label, "P%d", (int)id);
        shop_customer(p, id, label);
        int64_t stop = id % 2 == 0 ? D0 - 60 - id % 7 : D0 - id % 9;
        for (int64_t day = D0 - 250 - id % 50; day <= stop; day += 10 + id % 5) shop_buys(p, id, day, 1500 + id % 100, -1);
    }
    shop_flush(p);
}

static void holdouts(const char *engine) {
    shop p;
    many(&p, engine, "today_holdout", 1500);
    reb_arena a = {0};
    reb_today_list l = list_of(&p, &a, D0, 100000);
    int64_t calls = 0;
    for (size_t i = 0; i < l.item_count; i++) calls += l.items[i].kind == REB_ITEM_CALL;
    double share = (double)l.held_out[REB_ITEM_CALL] / (double)(calls + l.held_out[REB_ITEM_CALL]);
    OK(calls > 500 && share > 0.07 && share < 0.13, "%s: %lld to call and %.1f%% held out", engine, (long long)calls, 100.0 * share);
    int64_t held = count(&p, "select count(*) from event where kind = 'held_out'");
    int64_t shown = count(&p, "select count(*) from event where kind = 'shown'");
    EQ_I64(shown, (int64_t)l.item_count, "each item shown is on record");
    EQ_I64(held, l.held_out[0] + l.held_out[1] + l.held_out[2], "and each one held out");
    EQ_I64(
        count(&p,
              "select count(*) from event a join event b on a.customer_id = b.customer_id where a.kind = 'held_out' and b.kind = 'shown'"),
        0, "nobody is both");
    reb_today_list again = list_of(&p, &a, D0, 100000);
    EQ_I64((int64_t)again.item_count, (int64_t)l.item_count, "asked again: the same");
    EQ_I64(again.held_out[REB_ITEM_CALL], l.held_out[REB_ITEM_CALL], "the same held out");
    EQ_I64(count(&p, "select count(*) from event"), held + shown, "nothing is recorded twice");
    set(&p, "holdout_percent_call", "30");
    reb_today_list more = list_of(&p, &a, D0 + 1, 100000);
    EQ_I64(more.held_out[REB_ITEM_CALL], l.held_out[REB_ITEM_CALL], "a changed share moves nobody who was drawn");
    set(&p, "holdout_percent_call", "0");
    reb_today_list none = list_of(&p, &a, D0 + 1, 100000);
    EQ_I64(none.held_out[REB_ITEM_CALL], 0, "a share of 0 ends it");
    reb_arena_free(&a);
    shop_close(&p);
    many(&p, engine, "today_peek", 60);
    reb_err err = {0};
    reb_today_request q = {.now_us = at_noon(D0), .capacity_minutes = 100000, .peek = true};
    shop_must(reb_today(&l, p.store, &q, &k_ids, &a, &err), &err, "peek");
    EQ_I64(count(&p, "select count(*) from event"), 0, "a look records nothing");
    reb_arena_free(&a);
    shop_close(&p);
}

static void the_draw(void) {
    int held = 0;
    int both = 0;
    for (int i = 0; i < 100000; i++) {
        char key[32];
        snprintf(key, sizeof key, "external/shop/%d", i);
        bool call = reb_holdout_draw("salt", REB_ITEM_CALL, key, 0.1);
        bool ask = reb_holdout_draw("salt", REB_ITEM_FEEDBACK, key, 0.1);
        held += call;
        both += call && ask;
    }
    OK(held > 9700 && held < 10300, "of 100,000 customers %d are drawn", held);
    OK(both > 850 && both < 1150, "kinds are drawn apart: %d in both", both);
    OK(!reb_holdout_draw("salt", REB_ITEM_CALL, "x", 0.0) && reb_holdout_draw("salt", REB_ITEM_CALL, "x", 1.0), "0 is nobody, 1 everybody");
    CLOSE(reb_holdout_unit("rebound", REB_ITEM_CALL, "external/shop/1"), reb_holdout_unit("rebound", REB_ITEM_CALL, "external/shop/1"), 0,
          0, "the same question, the same answer");
    OK(reb_holdout_unit("a", REB_ITEM_CALL, "k") != reb_holdout_unit("b", REB_ITEM_CALL, "k"), "another salt, another draw");
}

/* --- days ----------------------------------------------------------------------------------------------------------------------------- */

static void time_zone(const char *engine) {
    shop p;
    shop_open(&p, engine, "today_zone");
    set(&p, "timezone", "Pacific/Auckland");
    shop_customer(&p, 1, "One");
    shop_buys(&p, 1, D0 - 4, 1000, -1);
    shop_flush(&p);
    no_holdouts(&p);
    reb_arena a = {0};
    reb_err err = {0};
    reb_today_list l;
    reb_today_request q = {.now_us = (D0 - 1) * REB_US_PER_DAY + 13 * 3600 * REB_US_PER_SECOND, .capacity_minutes = 60};
    shop_must(reb_today(&l, p.store, &q, &k_ids, &a, &err), &err, "today");
    OK(l.day == D0 && l.item_count == 1 && l.items[0].silent_days == 4,
       "%s: one o'clock in the afternoon in London is the next day in Auckland", engine);
    OK(l.quiet_now, "%s: and the middle of the night", engine);
    reb_arena_free(&a);
    shop_close(&p);
}

/* --- known truth ---------------------------------------------------------------------------------------------------------------------- */

/* A shop whose customers' hidden end is known: those to be called have left as often as was said. */
static void truth(const char *engine) {
    enum { PEOPLE = 4000, SPAN = 730 };
    shop p;
    shop_open(&p, engine, "today_truth");
    const double params[4] = {1.2, 30.0, 0.8, 250.0}; /* per day */
    reb_rng rng;
    reb_rng_seed(&rng, 20);
    static bool left[PEOPLE + 1];
    for (int64_t id = 1; id <= PEOPLE; id++) {
        double times[4000];
        size_t n = 0;
        reb_customer c;
        int64_t first = D0 - SPAN + (int64_t)(reb_rng_uniform(&rng) * 500.0);
        double t = (double)(D0 - first);
        if (reb_nbd_simulate(&c, times, 4000, &n, REB_PNBD, params, t, &rng) != REB_NUM_OK) continue;
        left[id] = c.life < t;
        char label[24];
        snprintf(label, sizeof label, "T%d", (int)id);
        shop_customer(&p, id, label);
        shop_buys(&p, id, first, 2000, -1);
        int64_t last = first;
        for (size_t i = 0; i < n && i < 4000; i++) {
            int64_t day = first + (int64_t)times[i];
            if (day == last || day > D0) continue;
            shop_buys(&p, id, day, 2000, -1);
            last = day;
        }
    }
    shop_flush(&p);
    no_holdouts(&p);
    set(&p, "minutes_neglected", "480");
    reb_arena a = {0};
    reb_today_list l = list_of(&p, &a, D0, 100000);
    double said = 0.0;
    double was = 0.0;
    double variance = 0.0;
    double calls = 0.0;
    for (size_t i = 0; i < l.item_count; i++) {
        const reb_today_item *t = &l.items[i];
        if (t->kind != REB_ITEM_CALL) continue;
        calls += 1.0;
        said += 1.0 - t->p_alive.value;
        variance += t->p_alive.value * (1.0 - t->p_alive.value);
        was += left[t->customer_id];
    }
    printf("# %.0f to call: %.1f said to have left, %.0f have; %s\n", calls, said, was, l.fit_model);
    OK(calls > 100 && fabs(was - said) < 4.0 * sqrt(variance) + 0.03 * calls, "%s: of %.0f to call %.0f have left; %.1f were said to",
       engine, calls, was, said);
    /* Whoever stands in the first fifth has left more often than a customer taken blindly among repeat buyers. */
    double top = 0.0;
    double top_left = 0.0;
    for (size_t i = 0; i < l.item_count && top < 50.0; i++) {
        if (l.items[i].kind != REB_ITEM_CALL) continue;
        top += 1.0;
        top_left += left[l.items[i].customer_id];
    }
    double all_left = 0.0;
    for (int64_t id = 1; id <= PEOPLE; id++) all_left += left[id];
    OK(was / calls > 1.2 * all_left / PEOPLE && top_left / top > 1.2 * all_left / PEOPLE,
       "%s: %.0f%% of those to call and %.0f of the first 50 have left, of all customers %.0f%%", engine, 100.0 * was / calls, top_left,
       100.0 * all_left / PEOPLE);
    reb_fit_report r;
    bool found = false;
    reb_err err = {0};
    shop_must(reb_fit_load(&r, &found, p.store, D0, &err), &err, "fit");
    int inside = 0;
    for (int i = 0; i < r.decile_count; i++) {
        const reb_fit_decile *d = &r.deciles[i];
        inside += d->actual.low <= d->predicted && d->predicted <= d->actual.high;
        inside += d->actual_silent.low <= d->predicted_silent && d->predicted_silent <= d->actual_silent.high;
    }
    OK(r.decile_count == 10 && inside >= 17, "%s: what was foretold lies in the range of what happened: %d of 20", engine, inside);
    double alive = 0.0;
    for (int64_t id = 1; id <= PEOPLE; id++) alive += !left[id];
    OK(r.totals.alive.low - 0.03 * PEOPLE < alive && alive < r.totals.alive.high + 0.03 * PEOPLE,
       "%s: %.0f are still there; said %.0f (%.0f to %.0f)", engine, alive, r.totals.alive.value, r.totals.alive.low, r.totals.alive.high);
    reb_arena_free(&a);
    shop_close(&p);
}

/* --- CDNOW: the same list on both engines -------------------------------------------------------------------------------------------- */

static int64_t day_of(int y, int m, int d) {
    return reb_day_from_civil(y, m, d);
}

static char *cdnow_list(shop *p, const char *engine, const char *path) {
    shop_open(p, engine, "today_cdnow");
    shop_cdnow(p, path, 1);
    no_holdouts(p);
    reb_err err = {0};
    reb_fit_report r;
    reb_fit_request q = {.model = "pnbd", .now_us = at_noon(day_of(1997, 9, 30))};
    shop_must(reb_fit_run(&r, p->store, &q, &err), &err, "fit");
    reb_arena a = {0};
    reb_today_list l = list_of(p, &a, day_of(1997, 10, 1), 240);
    reb_buf b = {0};
    for (size_t i = 0; i < l.item_count; i++) {
        const reb_today_item *t = &l.items[i];
        reb_buf_printf(&b, "%s %s %.17g %.17g %.17g %.17g | %s\n", t->code, reb_item_kind_name(t->kind), t->gain_minor.value,
                       t->gain_minor.high, t->at_stake_minor.value, t->p_alive.low, t->why);
    }
    reb_buf_printf(&b, "%lld candidates, %lld beyond\n", (long long)l.candidates, (long long)l.beyond[REB_ITEM_CALL]);
    OK(l.item_count > 10, "%s: a list of %zu", engine, l.item_count);
    OK(l.fit_day == day_of(1997, 9, 30) && !l.fit_made_now && !l.fit_old, "%s: by the fit of the day before", engine);
    bool honest = true;
    for (size_t i = 0; i < l.item_count; i++) {
        const reb_today_item *t = &l.items[i];
        if (t->kind == REB_ITEM_CALL && !((double)t->silent_days >= 2 * t->rhythm_days && t->purchase_days >= 3)) honest = false;
        if (!(t->gain_minor.low <= t->gain_minor.value && t->gain_minor.value <= t->gain_minor.high)) honest = false;
    }
    OK(honest, "%s: whoever is to be called is silent against their own rhythm; every gain lies in its range", engine);
    if (strcmp(engine, "sqlite") == 0) {
        printf("# %s\n", l.sentence);
        for (size_t i = 0; i < l.item_count && i < 5; i++)
            printf("# %s %s gain %.0f (%.0f to %.0f) at stake %.0f alive %.2f (%.2f to %.2f)\n", l.items[i].code, l.items[i].why,
                   l.items[i].gain_minor.value, l.items[i].gain_minor.low, l.items[i].gain_minor.high, l.items[i].at_stake_minor.value,
                   l.items[i].p_alive.value, l.items[i].p_alive.low, l.items[i].p_alive.high);
        for (size_t i = 0; i < l.remark_count; i++) printf("# %s\n", l.remarks[i].text);
    }
    reb_arena_free(&a);
    return b.data;
}

static void scores_agree(shop *a, shop *b) {
    reb_err err = {0};
    reb_stmt *x = NULL;
    reb_stmt *y = NULL;
    shop_must(reb_query(&x, a->store, REB_SQL_SCORE_STREAM, REB_NO_ARGS, &err), &err, "scores");
    shop_must(reb_query(&y, b->store, REB_SQL_SCORE_STREAM, REB_NO_ARGS, &err), &err, "scores");
    int64_t rows = 0;
    int64_t differ = 0;
    for (bool more = true; more;) {
        bool also = false;
        if (reb_step(x, &more, &err) != REB_OK || reb_step(y, &also, &err) != REB_OK || more != also) {
            differ++;
            break;
        }
        if (!more) break;
        rows++;
        for (int c = 0; c < 10; c++) differ += c < 2 ? reb_col_i64(x, c) != reb_col_i64(y, c) : reb_col_f64(x, c) != reb_col_f64(y, c);
    }
    reb_stmt_close(x);
    reb_stmt_close(y);
    OK(rows == 23570 && differ == 0,
       "SQL functions and rows streamed through the program give the same doubles for %lld customers (%lld differ)", (long long)rows,
       (long long)differ);
}

/* What became of them: of everybody to be called on 1 October 1997, how many bought nothing until the end of June 1998, against what was
   said; and the other repeat buyers beside them. */
static void cdnow_afterwards(shop *p) {
    reb_err err = {0};
    reb_arena a = {0};
    int64_t day = day_of(1997, 10, 1);
    reb_fit_report r;
    bool found = false;
    shop_must(reb_fit_load(&r, &found, p->store, day, &err), &err, "fit");
    reb_today_list l = list_of(p, &a, day, 1000000);
    double calls = 0.0;
    double said = 0.0;
    for (size_t i = 0; i < l.item_count; i++) {
        const reb_today_item *t = &l.items[i];
        if (t->kind != REB_ITEM_CALL) continue;
        double x = (double)(t->purchase_days - 1);
        double t_x = t->rhythm_days * x;
        double silent = 0.0;
        reb_nbd_pmf(&silent, r.score.model, r.score.params, 0.0, 272.0 / 7.0, x, t_x / 7.0, (t_x + (double)t->silent_days) / 7.0);
        calls += 1.0;
        said += silent;
    }
    shop_raw(p, "create table called as select distinct customer_id from event where kind = 'shown' and ext_id like 'item:%:call:%'");
    char sql[400];
    snprintf(sql, sizeof sql,
             "select count(*) from called c where not exists (select 1 from purchase_day d where d.customer_id = c.customer_id and d.day > "
             "%lld)",
             (long long)day);
    double was = (double)count(p, sql);
    snprintf(
        sql, sizeof sql,
        "select count(*) from score s where repeat_count >= 2 and not exists (select 1 from called c where c.customer_id = s.customer_id)"
        " and not exists (select 1 from purchase_day d where d.customer_id = s.customer_id and d.day > %lld)",
        (long long)day);
    double others_silent = (double)count(p, sql);
    double others = (double)count(
        p,
        "select count(*) from score s where repeat_count >= 2 and not exists (select 1 from called c where c.customer_id = s.customer_id)");
    /* On this file all three models say of too many that they have left: more come back than is foretold. The business's own past shows it,
       and what is at stake is corrected by it. */
    printf("# CDNOW: of %.0f to call %.0f bought nothing in the next nine months; the model alone said %.0f; on the past %.1f%% foretold, "
           "%.1f%% came back\n",
           calls, was, said, 100.0 * r.calls.predicted_back, 100.0 * r.calls.back.value);
    OK(calls > 1000 && was / calls > 1.4 * others_silent / others,
       "CDNOW: of %.0f to call %.0f%% bought nothing in the next nine months, of the other repeat buyers %.0f%%", calls,
       100.0 * was / calls, 100.0 * others_silent / others);
    OK(r.calls.customers > 1000 && r.calls.back.low > r.calls.predicted_back && r.calls.shift > 0.1 && r.calls.shift < 2.0,
       "the past had told that more come back than the model says: log-odds shifted by %.2f", r.calls.shift);
    OK(reb_fit_corrected_alive(&r.calls, 0.5) > 0.5 && reb_fit_corrected_alive(&r.calls, 0.0) == 0.0 &&
           reb_fit_corrected_alive(&r.calls, 1.0) == 1.0,
       "more alive than said, and certainty stays");
    reb_arena_free(&a);
}

static void cdnow_on_both(void) {
    const char *shared = tap_shared("cdnow/CDNOW_master.txt");
    if (shared == NULL) {
        SKIP("CDNOW is not here");
        return;
    }
    char path[512];
    snprintf(path, sizeof path, "%s", shared);
    shop lite;
    shop pg;
    char *first = cdnow_list(&lite, "sqlite", path);
    if (getenv("REB_TEST_PG") != NULL) {
        char *second = cdnow_list(&pg, "pg", path);
        EQ_TEXT(second, first, "the same list on SQLite and PostgreSQL, to the last digit");
        scores_agree(&lite, &pg);
        free(second);
        shop_close(&pg);
    } else {
        SKIP("PostgreSQL is not running for this test");
    }
    free(first);
    cdnow_afterwards(&lite);
    shop_close(&lite);
}

static void on(const char *engine) {
    little_data(engine);
    changed_settings(engine);
    empty_shop(engine);
    answers(engine);
    contact_rules(engine);
    holdouts(engine);
    time_zone(engine);
}

int main(void) {
    k_ids = (reb_ids){.clock = reb_clock_fixed(&k_time)};
    the_draw();
    on("sqlite");
    if (getenv("REB_TEST_PG") != NULL) {
        on("pg");
    } else {
        SKIP("PostgreSQL is not running for this test");
    }
    truth("sqlite");
    cdnow_on_both();
    return tap_done();
}
