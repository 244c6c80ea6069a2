/* Vouchers on both engines: a code is stored nowhere, found however it is typed, and spent once, also by fifty at the same moment; draws of
   the hold-out are made once and kept. */
#include "shop.h"

#include "../../src/domain/voucher.h"

#include <pthread.h>
#include <stdatomic.h>

static const int64_t k_now = INT64_C(1777626000) * 1000000; /* 2026-05-01T09:00:00Z */

static reb_gesture gesture_row(int64_t id) {
    return (reb_gesture){.at = {0, 700},
                         .gesture_id = id,
                         .number = 707312,
                         .remedy = "voucher_10",
                         .kind = REB_REMEDY_VOUCHER,
                         .basis = REB_BASIS_EXTRA,
                         .state = REB_GESTURE_GIVEN,
                         .currency = "EUR",
                         .value_minor = 620,
                         .cost_used_minor = 434,
                         .weighed = "{}",
                         .asked_us = k_now,
                         .asked_by = "user:12",
                         .approver_role = "",
                         .ended_us = k_now,
                         .ended_by = "user:12",
                         .valid_until_us = k_now + 90 * REB_US_PER_DAY};
}

static void give(char code[REB_VOUCHER_TEXT], reb_store *s, int64_t id) {
    reb_err err = {0};
    reb_gesture g = gesture_row(id);
    reb_status st = reb_gesture_insert(s, &g, &err);
    if (st == REB_OK) st = reb_voucher_add(code, s, &g, k_now, g.valid_until_us, &err);
    OK(st == REB_OK, "a voucher is given: %s", err.detail);
}

static void once(reb_store *s) {
    char code[REB_VOUCHER_TEXT], again[REB_VOUCHER_TEXT], typed[64];
    reb_err err = {0};
    reb_voucher v;
    bool known;
    give(code, s, 1);
    OK(reb_voucher_code(again, s, 1, &err) == REB_OK && strcmp(code, again) == 0, "it can be printed again");
    reb_stmt *q = NULL;
    bool row = false;
    if (reb_query_raw(&q, s, "select count(*) from voucher where code_hash like $1", REB_ARGS(reb_t(code)), &err) == REB_OK)
        reb_step(q, &row, &err);
    EQ_I64(row ? reb_col_i64(q, 0) : -1, 0, "the code itself stands in no table");
    reb_stmt_close(q);
    snprintf(typed, sizeof typed, "  %.4s %.4s.%.4s-%.4s ", code, code + 5, code + 10, code + 15);
    for (char *p = typed; *p != '\0'; p++) *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    OK(reb_voucher_find(&v, s, typed, &err) == REB_OK && v.value_minor == 620, "found as somebody typed it");
    OK(reb_voucher_redeem(&v, &known, s, typed, "key:till", "sale 17", k_now + 5, &err) == REB_OK && !known, "it is redeemed");
    OK(reb_voucher_redeem(&v, &known, s, code, "key:till", "sale 17", k_now + 6, &err) == REB_OK && known && v.redeemed_us == k_now + 5,
       "the till that asks again about the same sale hears the same");
    OK(reb_voucher_redeem(&v, &known, s, code, "key:till", "sale 18", k_now + 7, &err) == REB_E_CONFLICT &&
           strcmp(err.reason, "voucher_redeemed") == 0,
       "another sale does not");
    OK(reb_voucher_redeem(&v, &known, s, code, "key:till", NULL, k_now + 7, &err) == REB_E_CONFLICT, "nor one without a name");
    reb_arena a = {0};
    reb_gesture g;
    OK(reb_gesture_get(&g, s, &a, 1, &err) == REB_OK && g.used_us == k_now + 5 && reb_gesture_spent(&g) == 434 &&
           reb_gesture_open_cost(&g, k_now) == 0,
       "its cost is booked when it is used");
    reb_arena_free(&a);
}

static void over(reb_store *s) {
    char code[REB_VOUCHER_TEXT];
    reb_err err = {0};
    reb_voucher v;
    bool known, cancelled;
    give(code, s, 2);
    OK(reb_voucher_redeem(&v, &known, s, code, "local", NULL, k_now + 90 * REB_US_PER_DAY, &err) == REB_E_CONFLICT &&
           strcmp(err.reason, "voucher_expired") == 0,
       "after its last moment it is over");
    OK(reb_voucher_redeem(&v, &known, s, code, "local", NULL, k_now + 90 * REB_US_PER_DAY - 1, &err) == REB_OK,
       "a moment before it is not");
    give(code, s, 3);
    OK(reb_voucher_cancel(&cancelled, s, 3, k_now + 1, &err) == REB_OK && cancelled, "taken back");
    OK(reb_voucher_redeem(&v, &known, s, code, "local", NULL, k_now + 2, &err) == REB_E_CONFLICT &&
           strcmp(err.reason, "voucher_cancelled") == 0,
       "and no longer good");
    OK(reb_voucher_cancel(&cancelled, s, 2, k_now, &err) == REB_OK && !cancelled, "what was redeemed is not taken back");
    OK(reb_voucher_redeem(&v, &known, s, "3DMW-9HR4-ENXA-JT6W", "local", NULL, k_now, &err) == REB_E_NOT_FOUND, "a code that nobody gave");
    OK(reb_voucher_redeem(&v, &known, s, "3DMW-9HR4-ENXA-JT6V", "local", NULL, k_now, &err) == REB_E_INPUT,
       "and a slip of the hand are told apart");
    reb_voucher_sums sums;
    OK(reb_voucher_sum(&sums, s, "EUR", k_now, &err) == REB_OK && sums.made == 3 && sums.redeemed == 2 && sums.open == 0,
       "they are counted");
    reb_voucher list[5];
    int64_t count = 0;
    OK(reb_voucher_list(list, 2, &count, s, INT64_MAX, INT64_MAX, &err) == REB_OK && count == 2 && list[0].voucher_id == 3,
       "and listed, newest first");
    OK(reb_voucher_list(list, 5, &count, s, list[1].created_us, list[1].voucher_id, &err) == REB_OK && count == 1 &&
           list[0].voucher_id == 1,
       "page by page");
}

typedef struct hand {
    const char *where, *code;
    atomic_int *ready;
    bool got;
    char why[512];
} hand;

enum { HANDS = 50 };

static void *redeem(void *ctx) {
    hand *h = ctx;
    reb_store *s = NULL;
    reb_err err = {0};
    reb_voucher v;
    bool known = false;
    reb_status st = reb_store_open(&s, h->where, 0, &err);
    atomic_fetch_add(h->ready, 1);
    while (atomic_load(h->ready) < HANDS) {
    }
    if (st == REB_OK) st = reb_voucher_redeem(&v, &known, s, h->code, "key:till", NULL, k_now, &err);
    h->got = st == REB_OK && !known;
    snprintf(h->why, sizeof h->why, "%s", st == REB_OK ? "" : err.reason != NULL ? err.reason : err.detail);
    reb_store_close(s);
    return NULL;
}

static void fifty_at_once(reb_store *s, const char *where) {
    char code[REB_VOUCHER_TEXT];
    give(code, s, 4);
    static hand hands[HANDS];
    pthread_t thread[HANDS];
    atomic_int ready = 0;
    int got = 0, heard = 0;
    for (int i = 0; i < HANDS; i++) {
        hands[i] = (hand){.where = where, .code = code, .ready = &ready};
        if (pthread_create(&thread[i], NULL, redeem, &hands[i]) != 0) exit(1);
    }
    for (int i = 0; i < HANDS; i++) {
        pthread_join(thread[i], NULL);
        got += hands[i].got;
        heard += strcmp(hands[i].why, "voucher_redeemed") == 0;
        if (!hands[i].got && strcmp(hands[i].why, "voucher_redeemed") != 0) printf("# %s\n", hands[i].why);
    }
    EQ_I64(got, 1, "of fifty at once one redeems it");
    EQ_I64(heard, HANDS - 1, "and all others hear that it is redeemed");
}

static void draws(reb_store *s) {
    reb_err err = {0};
    reb_business *b = NULL;
    if (reb_business_load(&b, s, &err) != REB_OK) exit(1);
    int held = 0;
    for (int64_t i = 0; i < 400; i++) {
        const reb_case_key at = {0, 1000 + i};
        reb_gesture_draw d = {0};
        if (reb_gesture_drawn(&d, s, b, &at, i % 2 == 0 ? 5000 + i : 0, k_now, &err) != REB_OK) exit(1);
        held += d.held_out;
    }
    OK(held >= 20 && held <= 62, "about a tenth of the cases are held out (%d of 400)", held);
    reb_business_free(b);
    reb_setting_set(NULL, s, "holdout_percent_gesture", "0", k_now, &err);
    if (reb_business_load(&b, s, &err) != REB_OK) exit(1);
    int still = 0;
    for (int64_t i = 0; i < 400; i++) {
        const reb_case_key at = {0, 1000 + i};
        reb_gesture_draw d = {0};
        reb_gesture_drawn(&d, s, b, &at, 0, k_now + 1, &err);
        still += d.held_out;
    }
    EQ_I64(still, held, "what is drawn stays drawn, whatever the setting says later");
    reb_gesture_draw fresh_draw = {0};
    const reb_case_key later = {0, 9999};
    OK(reb_gesture_drawn(&fresh_draw, s, b, &later, 0, k_now, &err) == REB_OK && !fresh_draw.held_out, "and nobody is held out of none");
    reb_business_free(b);
}

static void everything(const char *engine) {
    static char path[1200];
    k_engine = engine;
    reb_store *s = fresh("vouchers");
    snprintf(path, sizeof path, "%s/vouchers.db", k_dir);
    once(s);
    over(s);
    fifty_at_once(s, strcmp(engine, "pg") == 0 ? pg_test_uri("test_voucher_vouchers") : path);
    draws(s);
    reb_store_close(s);
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    k_suite = "test_voucher";
    everything("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        everything("pg");
    }
    test_folder_remove(k_dir);
    return tap_done();
}
