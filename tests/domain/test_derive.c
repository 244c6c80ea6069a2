/* Settings and what is derived from the log, on both engines. */
#include "shop.h"

/* --- what is derived ------------------------------------------------------------------------------------------------------------------ */

static void purchase_days(void) {
    reb_store *s = fresh("days");
    customer(s, 1, 1);
    static const told k_told[] = {
        {1, 10, "order", 0, 100, 5000, 3000, NULL},
        {1, 11, "order", 0, 100, 2000, 1000, NULL}, /* the same day */
        {1, 12, "order", 0, 110, 4000, 2000, NULL},
        {1, 13, "refund", 12, 112, 4000, -1, NULL}, /* wholly refunded */
        {1, 14, "order", 0, 120, 4000, 2000, NULL},
        {1, 15, "refund", 14, 121, 1500, -1, NULL}, /* partly */
        {1, 16, "order", 0, 130, 900, -1, NULL},
        {1, 17, "cancellation", 16, 130, 0, -1, NULL},
        {1, 18, "order", 0, 140, 0, -1, NULL},     /* of no value, and still a purchase */
        {1, 19, "order", 0, 150, 700, 100, "USD"}, /* in another currency: a purchase, no money */
        {1, 20, "order", 0, 160, 1000, 400, NULL},
        {1, 21, "order_part", 20, 161, 500, 200, NULL},
        {1, 22, "order_change", 20, 162, -300, -1, NULL},
        {1, 23, "refund", 0, 163, 50, -1, NULL}, /* linked to nothing */
        {1, 24, "refund", 19, 164, 50, -1, "USD"},
        {1, 25, "order", 0, 170, 300, 10, NULL},
        {1, 26, "refund", 25, 171, 100, -1, "USD"}, /* says nothing about an order in euro */
        {1, 27, "ticket", 0, 180, 0, -1, NULL},
    };
    for (size_t i = 0; i < sizeof k_told / sizeof k_told[0]; i++) event(s, &k_told[i]);
    derive(s, (const int64_t[]){1, 1, 77}, 3);
    is_rows(s, DAYS, 5, "1 100 2 7000 4000\n1 120 1 2500 2000\n1 140 1 0 -\n1 150 1 0 0\n1 160 1 1200 600\n1 170 1 300 10\n",
            "purchase days: same day, refunds, cancellation, no value, other currency, parts and changes");
    is_rows(s, SUMS, 8, "1 9 6 100 170 17400 6450 10950\n", "gross, refunded and net");
    is_rows(s, "select last_spoken_us, last_event_us from customer_summary", 2, "- 15555600000000\n", "nobody has spoken to the customer");
    event(s, &(told){1, 30, "contact", 0, 190, 0, -1, NULL});
    event(s, &(told){1, 31, "shown", 0, 200, 0, -1, NULL});
    derive(s, (const int64_t[]){1}, 1);
    is_rows(s, "select last_spoken_us, last_event_us from customer_summary", 2, "16419600000000 16419600000000\n",
            "a contact is remembered; what Rebound itself notes is no event of the customer");
    event(s, &(told){1, 40, "order", 0, 300, INT64_MAX, INT64_MAX, NULL});
    event(s, &(told){1, 41, "order", 0, 301, INT64_MAX, INT64_MAX, NULL});
    derive(s, (const int64_t[]){1}, 1);
    is_rows(s, "select gross_minor, net_minor from customer_summary", 2, "9223372036854775507 9223372036854769057\n",
            "absurd amounts stop at the end of int64 (300 taken off by a change afterwards) and do not wrap");
    reb_store_close(s);
}

static void names_and_merges(void) {
    reb_store *s = fresh("names");
    customer(s, 1, 1);
    customer(s, 2, 2);
    fact(s, 1, "name", 1,
         "Mar\xC3\xAD"
         "a L\xC3\xB3pez",
         10);
    fact(s, 1, "name", 2, "Maria Lopez", 5);
    fact(s, 1, "country", 1, "ES", 10);
    fact(s, 1, "country", 2, "PT", 10);
    fact(s, 2, "name", 1, "M. L\xC3\xB3pez", 99);
    fact(s, 2, "language", 1, "es", 99);
    identity(s, 1, "email", "old@x.test", 0, 1);
    identity(s, 1, "email", "new@x.test", 0, 2);
    identity(s, 1, "email", "contact@x.test", 7, 3);
    identity(s, 2, "phone", "+34911000000", 0, 1);
    identity(s, 2, "email", "two@x.test", 0, 9);
    event(s, &(told){1, 10, "order", 0, 5, 100, -1, NULL});
    event(s, &(told){2, 20, "order", 0, 5, 200, -1, NULL});
    event(s, &(told){2, 21, "order", 0, 9, 400, -1, NULL});
    derive(s, (const int64_t[]){2, 1}, 2);
    is_rows(s, WHO, 8,
            "1 person Mar\xC3\xAD"
            "a L\xC3\xB3pez maria lopez new@x.test   PT\n2 person M. L\xC3\xB3pez m. lopez two@x.test +34911000000 es \n",
            "name, e-mail and country: observed last, then the newest batch; a contact's address comes after the customer's own");
    char *before = dump(s, WHO, 8);
    run(s, "update customer set head_id = 1 where customer_id = 2", REB_NO_ARGS);
    derive(s, (const int64_t[]){2}, 1);
    is_rows(s, WHO, 8, "1 person M. L\xC3\xB3pez m. lopez new@x.test +34911000000 es PT\n", "merged: one summary from both");
    is_rows(s, DAYS, 5, "1 5 2 300 -\n1 9 1 400 -\n", "merged: the days of both");
    run(s, "update customer set head_id = 2 where customer_id = 2", REB_NO_ARGS);
    derive(s, (const int64_t[]){1, 2}, 2);
    is_rows(s, WHO, 8, before, "parted again: as it was before");
    run(s, "delete from event where customer_id = 2", REB_NO_ARGS);
    run(s, "delete from customer where customer_id = 2", REB_NO_ARGS);
    derive(s, (const int64_t[]){2}, 1);
    is_rows(s, "select customer_id from customer_summary union all select customer_id from purchase_day", 1, "1\n1\n",
            "a customer that is gone leaves nothing derived");
    free(before);
    reb_store_close(s);
}

static char *derived(reb_store *s) {
    char *days = dump(s, DAYS, 5);
    char *sums =
        dump(s,
             "select customer_id, kind, name, name_fold, email, phone, language, country, order_count, purchase_day_count, first_day,"
             " last_day, gross_minor, refunded_minor, net_minor, last_spoken_us, last_event_us from customer_summary order by customer_id",
             17);
    reb_buf all = {0};
    reb_buf_str(&all, days);
    reb_buf_str(&all, sums);
    free(days);
    free(sums);
    return all.data;
}

static int64_t k_told_done;
static bool tell(void *ctx, int64_t done, int64_t total) {
    k_told_done = done;
    return ctx == NULL || done < total;
}

static char *rebuild_is_equal(void) {
    enum { N = 2000 };
    reb_store *s = fresh("rebuild");
    reb_err err = {0};
    int n = N;
    reb_store_write(s, invent_work, &n, &err);
    static int64_t ids[N];
    for (int i = 0; i < N; i++) ids[i] = N - i;
    for (int i = 0; i < N; i += 150) derive(s, ids + i, N - i < 150 ? (size_t)(N - i) : 150); /* in pieces, as an import does */
    char *before = derived(s);
    reb_business *b = NULL;
    int64_t heads = 0;
    reb_business_load(&b, s, &err);
    OK(reb_derive_all(&heads, s, b, tell, NULL, &err) == REB_OK, "%s: everything derived anew %s", k_engine, err.detail);
    EQ_I64(heads, N - N / 17, "every head once");
    EQ_I64(k_told_done, heads, "progress was told");
    char *after = derived(s);
    OK(strlen(before) > 100000 && strcmp(before, after) == 0, "%s: rebuilt tables are equal to those derived piece by piece", k_engine);
    free(after);
    run(s, "update customer_summary set net_minor = 1, name = 'wrong' where customer_id < 500", REB_NO_ARGS);
    run(s, "delete from purchase_day where customer_id > 1000", REB_NO_ARGS);
    run(s, "insert into purchase_day (customer_id, day, order_count, amount_minor) values (999999, 1, 1, 1)", REB_NO_ARGS);
    reb_derive_all(NULL, s, b, NULL, NULL, &err);
    after = derived(s);
    OK(strcmp(before, after) == 0, "%s: spoilt tables are put right", k_engine);
    int64_t stop = 1;
    OK(reb_derive_all(NULL, s, b, tell, &stop, &err) == REB_E_INTERRUPTED, "%s: it can be stopped", k_engine);
    free(after);
    reb_business_free(b);
    reb_store_close(s);
    return before;
}

/* --- settings ------------------------------------------------------------------------------------------------------------------------- */

static void settings(void) {
    static const struct {
        const char *key, *value, *kept; /* kept NULL: refused */
    } k_values[] = {
        {"currency", "gbp", "GBP"},
        {"currency", "XYZ", NULL},
        {"currency", "", NULL},
        {"timezone", "Asia/Tehran", "Asia/Tehran"},
        {"timezone", "Mars/Olympus", NULL},
        {"language", "fa", "fa"},
        {"language", "de", NULL},
        {"language", "a", NULL},
        {"margin_rate", "35%", "0.35"},
        {"margin_rate", "0.350", "0.35"},
        {"margin_rate", "1.5", NULL},
        {"margin_rate", "-1", NULL},
        {"margin_rate", "nan", NULL},
        {"margin_rate", "", NULL},
        {"margin_rate", "1e9", NULL},
        {"margin_rate", "0x1", NULL},
        {"holdout_percent_call", "0", "0"},
        {"holdout_percent_call", "12.5", "12.5"},
        {"holdout_percent_call", "10%", NULL},
        {"capacity_minutes_per_day", "90", "90"},
        {"capacity_minutes_per_day", "90.5", NULL},
        {"capacity_minutes_per_day", "0", NULL},
        {"capacity_minutes_per_day", "99999999999999999999", NULL},
        {"quiet_hours", "22:00-08:30", "22:00-08:30"},
        {"quiet_hours", "never", ""},
        {"quiet_hours", "25:00-08:00", NULL},
        {"name", "Caf\xC3\xA9 'Alpha'", "Caf\xC3\xA9 'Alpha'"},
        {"name", "a\nb", NULL},
        {"working_days", "sun,sat mon", "mon sat sun"},
        {"working_days", "", NULL},
        {"working_days", "mon funday", NULL},
        {"days_off", "2026-12-25 2026-03-20..2026-04-02", "2026-03-20..2026-04-02 2026-12-25"},
        {"days_off", "2026-01-02 2026-01-01, 2026-01-03 2026-01-02", "2026-01-01..2026-01-03"},
        {"days_off", "", ""},
        {"days_off", "2026-02-29", NULL},
        {"days_off", "2026-04-02..2026-03-20", NULL},
        {"days_off", "2026-04-2", NULL},
        {"days_off", "2026-04-02..", NULL},
        {"holdout_salt", "", NULL},
        {"public_url", "https://care.example.com/", "https://care.example.com"},
        {"public_url", "http://example.com/care//", "http://example.com/care"},
        {"public_url", "https://care.example.com", "https://care.example.com"},
        {"public_url", "care.example.com", NULL},
        {"public_url", "", ""},
    };
    for (size_t i = 0; i < sizeof k_values / sizeof k_values[0]; i++) {
        reb_setting k = REB_SETTING_COUNT;
        char out[REB_SETTING_TEXT];
        reb_err err = {0};
        reb_setting_find(&k, k_values[i].key);
        reb_status st = reb_setting_check(out, k, k_values[i].value, &err);
        if (k_values[i].kept != NULL) {
            OK(st == REB_OK && strcmp(out, k_values[i].kept) == 0, "%s = %s is kept as %s", k_values[i].key, k_values[i].value, out);
        } else {
            OK(st == REB_E_INPUT && err.detail[0] != '\0', "refused: %s", err.detail);
        }
    }
    for (int k = 0; k < REB_SETTING_COUNT; k++) {
        char out[REB_SETTING_TEXT];
        reb_err err = {0};
        reb_setting_check(out, (reb_setting)k, reb_setting_rules[k].fallback, &err);
        EQ_TEXT(out, reb_setting_rules[k].fallback, reb_setting_rules[k].key);
    }
}

static void setting_changes(void) {
    reb_store *s = fresh("set");
    reb_err err = {0};
    reb_business *b = NULL;
    reb_setting_change change = {0};
    OK(reb_business_load(&b, s, &err) == REB_OK && !b->currency_is_set && b->currency_digits == 2 &&
           reb_business_assumed(b, REB_SETTING_MARGIN_RATE),
       "%s: a new business has defaults, and knows which are assumed", k_engine);
    reb_business_free(b);
    OK(reb_setting_set(&change, s, "currency", "irr", 5, &err) == REB_OK && strcmp(change.before, "EUR") == 0 &&
           strcmp(change.after, "IRR") == 0,
       "%s: a setting is changed: %s to %s", k_engine, change.before, change.after);
    OK(reb_setting_set(NULL, s, "colour", "red", 5, &err) == REB_E_NOT_FOUND, "%s: an unknown key: %s", k_engine, err.detail);
    reb_business_load(&b, s, &err);
    OK(b->currency_is_set && b->currency_digits == 0 && b->values[REB_SETTING_CURRENCY].set_us == 5, "%s: and loaded, with when", k_engine);
    reb_business_free(b);
    reb_setting_set(NULL, s, "currency", NULL, 6, &err);
    const reb_setting_wish effect[] = {{"effect_call", "0.3"}, {"effect_call_low", "25%"}, {"effect_call_high", "0.5"}};
    OK(reb_settings_set(NULL, s, &effect[0], 1, "Maryam", 6, &err) == REB_E_INPUT, "%s: a value beyond its range is refused: %s", k_engine,
       err.detail);
    reb_setting_change changes[3];
    OK(reb_settings_set(changes, s, effect, 3, "Maryam", 6, &err) == REB_OK && strcmp(changes[1].after, "0.25") == 0,
       "%s: with the range it is taken", k_engine);
    const reb_setting_wish half[] = {{"name", "Never"}, {"effect_call_low", "0.4"}};
    OK(reb_settings_set(changes, s, half, 2, "Maryam", 7, &err) == REB_E_INPUT, "%s: of several wishes one is wrong", k_engine);
    reb_business_load(&b, s, &err);
    OK(reb_business_text(b, REB_SETTING_NAME)[0] == '\0' && reb_business_f64(b, REB_SETTING_EFFECT_CALL) == 0.3 &&
           strcmp(b->values[REB_SETTING_EFFECT_CALL].set_by, "Maryam") == 0 && b->values[REB_SETTING_EFFECT_CALL].set_us == 6,
       "%s: then none is, and who set the others is on record", k_engine);
    reb_business_free(b);
    const reb_setting_wish back[] = {{"effect_call", NULL}, {"effect_call_low", NULL}, {"effect_call_high", NULL}};
    reb_settings_set(NULL, s, back, 3, "", 7, &err);
    customer(s, 1, 1);
    /* 2020-07-01: one order dated by the day alone (start of the day in UTC), one at 23:30 UTC */
    int64_t day = reb_day_from_civil(2020, 7, 1);
    event(s, &(told){1, 1, "order", 0, day, 100, -1, NULL});
    event(s, &(told){1, 2, "order", 0, day, 200, -1, NULL});
    run(s, "update event set occurred_us = day * 86400000000 where event_id = 1", REB_NO_ARGS);
    run(s, "update event set occurred_us = day * 86400000000 + 84600000000 where event_id = 2", REB_NO_ARGS);
    derive(s, (const int64_t[]){1}, 1);
    is_rows(s, DAYS, 5, "1 18444 2 300 -\n", "in UTC both orders are of one day");
    OK(reb_setting_set(&change, s, "timezone", "Asia/Tehran", 7, &err) == REB_OK && change.events_moved == 2, "%s: %d events move %s",
       k_engine, (int)change.events_moved, err.detail);
    is_rows(s, DAYS, 5, "1 18444 1 100 -\n1 18445 1 200 -\n",
            "in Tehran the late one is of the next day, the day without a time keeps its day");
    is_rows(s, "select occurred_us from event order by event_id", 1, "1593545400000000\n1593646200000000\n",
            "and begins with Tehran's midnight; the instant of the other stays");
    reb_setting_set(NULL, s, "timezone", NULL, 8, &err);
    is_rows(s, DAYS, 5, "1 18444 2 300 -\n", "back in UTC all is as before");
    reb_setting_set(NULL, s, "currency", "USD", 9, &err);
    is_rows(s, SUMS, 8, "1 2 1 18444 18444 0 0 0\n", "with another currency the money no longer counts, the purchases do");
    run(s, "update setting set value = 'nonsense' where key = 'currency'", REB_NO_ARGS);
    OK(reb_business_load(&b, s, &err) == REB_E_STORE && b == NULL, "%s: a spoilt setting is told: %s", k_engine, err.detail);
    OK(reb_setting_set(NULL, s, "currency", "EUR", 9, &err) == REB_OK, "%s: and can be mended %s", k_engine, err.detail);
    reb_store_close(s);
}

static char *everything(const char *engine) {
    k_engine = engine;
    setting_changes();
    purchase_days();
    names_and_merges();
    return rebuild_is_equal();
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    settings();
    char *lite = everything("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        char *pg = everything("pg");
        OK(strcmp(lite, pg) == 0, "both engines derive the same, byte for byte");
        free(pg);
    }
    free(lite);
    test_folder_remove(k_dir);
    return tap_done();
}
