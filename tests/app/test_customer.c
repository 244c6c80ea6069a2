/* Customers by hand: add, find, list, note, consent, doubles, merge and un-merge, on both engines. */
#include "../../src/app/customer.h"
#include "../../src/app/customer_close.h"
#include "../../src/base/buf.h"
#include "../../src/domain/act.h"
#include "../../src/domain/derive.h"
#include "../../src/domain/undo.h"
#include "../../src/store/engine.h"
#include "../lib/pg.h"
#include "../lib/tap.h"

#include <pthread.h>

static char k_dir[] = "/tmp/rebound-customer.XXXXXX";
static const char *k_engine;

typedef struct bench {
    reb_store *store;
    reb_business *business;
    reb_arena arena;
    int64_t now_us;
    reb_ids ids;
    reb_customer_ctx c;
} bench;

static void must(reb_status st, const reb_err *err, const char *what) {
    if (st == REB_OK) return;
    OK(false, "%s: %s: %s", k_engine, what, err->detail);
    exit(1);
}

static void open_bench(bench *b, const char *name) {
    static char path[1200];
    reb_err err = {0};
    const char *where = path;
    snprintf(path, sizeof path, "%s/%s.db", k_dir, name);
    if (strcmp(k_engine, "pg") == 0) {
        char db[64];
        snprintf(db, sizeof db, "test_customer_%s", name);
        where = pg_test_create(db);
    }
    *b = (bench){.now_us = reb_day_from_civil(2026, 5, 1) * REB_US_PER_DAY + 12 * 3600 * REB_US_PER_SECOND};
    must(reb_store_open(&b->store, where, REB_OPEN_CREATE, &err), &err, "opens");
    must(reb_setting_set(NULL, b->store, "currency", "GBP", 1, &err), &err, "currency");
    must(reb_setting_set(NULL, b->store, "timezone", "Europe/London", 1, &err), &err, "time zone");
    must(reb_business_load(&b->business, b->store, &err), &err, "business");
    b->ids = (reb_ids){.clock = reb_clock_system(), .node = 5};
    b->c = (reb_customer_ctx){.store = b->store, .arena = &b->arena, .ids = &b->ids, .who = "Lina", .business = b->business};
    b->c.clock = reb_clock_fixed(&b->now_us);
}

static void close_bench(bench *b) {
    reb_business_free(b->business);
    reb_store_close(b->store);
    reb_arena_free(&b->arena);
}

static int64_t add(bench *b, const char *name, const char *email, const char *phone, const char *city) {
    reb_err err = {0};
    int64_t id = 0;
    reb_customer_new n = {.name = name, .email = email, .phone = phone, .city = city};
    must(reb_customer_add(&id, &b->c, &n, true, &err), &err, "a customer is added");
    return id;
}

/* An order by the log, as an import would write it. */
static void order(bench *b, int64_t customer_id, const char *number, int64_t day, int64_t amount_minor) {
    reb_err err = {0};
    must(reb_exec_raw(b->store,
                      "insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor,"
                      " currency, content_hash, data, batch_id, recorded_us)"
                      " values ($1, $2, 'order', 'shop', $3, 0, $4, $5, $6, null, 'GBP', 0, null, 1, 1)",
                      REB_ARGS(reb_i(customer_id), reb_i(reb_id_next(&b->ids)), reb_t(number), reb_i(day * REB_US_PER_DAY + 1), reb_i(day),
                               reb_i(amount_minor)),
                      &err),
         &err, "an order");
}

static reb_status derive_work(reb_store *s, void *ctx, reb_err *err) {
    const bench *b = ctx;
    return reb_derive_all(NULL, s, b->business, NULL, NULL, err);
}

/* Every row of what merging may touch, as text; events told by merging itself are left out. */
static char *dump(reb_store *s) {
    static const struct {
        const char *sql;
        int columns;
    } tables[] = {
        {"select customer_id, head_id, merged_into from customer order by 1", 3},
        {"select customer_id, day, order_count, amount_minor from purchase_day order by 1, 2", 4},
        {"select customer_id, order_count, purchase_day_count, first_day, last_day, gross_minor, net_minor, name, name_fold, email, phone,"
         " last_spoken_us, last_event_us from customer_summary order by 1",
         13},
        {"select customer_id, kind, source, value, shown, contact_id from identity order by 1, 2, 3, 4", 6},
        {"select customer_id, fact, value, observed_us from customer_fact order by 1, 2", 4},
        {"select customer_id, event_id, kind, ext_id from event where kind not in ('merge', 'unmerge') order by 1, 2", 4},
    };
    reb_buf out = {0};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        reb_err err = {0};
        reb_stmt *q = NULL;
        bool row = false;
        must(reb_query_raw(&q, s, tables[i].sql, REB_NO_ARGS, &err), &err, "dump");
        while (reb_step(q, &row, &err) == REB_OK && row) {
            for (int c = 0; c < tables[i].columns; c++) {
                const char *text = reb_col_text(q, c);
                reb_buf_printf(&out, "%s|", text != NULL ? text : "null");
            }
            reb_buf_char(&out, '\n');
        }
        reb_stmt_close(q);
        reb_buf_char(&out, '\n');
    }
    return out.data;
}

static bool found(bench *b, const char *query, int64_t want, const char *by) {
    reb_err err = {0};
    reb_customer_page p;
    must(reb_customer_search(&p, &b->c, query, 0, NULL, &err), &err, query);
    for (size_t i = 0; i < p.count; i++)
        if (p.rows[i].customer_id == want && strcmp(p.rows[i].found_by, by) == 0) return true;
    printf("# %zu found by \"%s\"%s%s\n", p.count, query, p.count > 0 ? ", the first by " : "", p.count > 0 ? p.rows[0].found_by : "");
    return false;
}

static void add_and_find(void) {
    bench b;
    reb_err err = {0};
    open_bench(&b, "find");
    int64_t sara = add(&b, "  Sara \t Al-Mansouri ", "Sara@Example.COM", "020 7946 0000", "London");
    int64_t fa = add(&b, "سارا منصوری", NULL, "+98 912 345 6789", NULL);
    int64_t el = add(&b, "Ελένη Παπαδοπούλου", "eleni@example.gr", NULL, NULL);
    OK(found(&b, "sara", sara, "name"), "%s: by the beginning of a name", k_engine);
    OK(found(&b, "MANSOURI", sara, "name"), "%s: by a part of a name in capitals", k_engine);
    OK(found(&b, "mansouri sara", sara, "name"), "%s: words in any order", k_engine);
    OK(found(&b, "sara@example.com", sara, "email"), "%s: by e-mail", k_engine);
    OK(found(&b, "sara@", sara, "email"), "%s: by the beginning of an e-mail", k_engine);
    OK(found(&b, "+44 (0)20 7946-0000", sara, "phone"), "%s: by phone, however written", k_engine);
    OK(found(&b, "٠٢٠٧٩٤٦٠٠٠٠", sara, "phone"), "%s: by phone in Arabic digits", k_engine);
    OK(found(&b, "سارا منصوري", fa, "name"), "%s: Persian name with the Arabic letter yeh", k_engine);
    OK(found(&b, "منصورى", fa, "name"), "%s: and with alef maksura", k_engine);
    OK(found(&b, "ελενη παπα", el, "name"), "%s: Greek without accents", k_engine);
    OK(found(&b, "ΠΑΠΑΔΟΠΟΥΛΟΥ", el, "name"), "%s: Greek in capitals", k_engine);
    char id[32];
    snprintf(id, sizeof id, "%" PRId64, el);
    OK(found(&b, id, el, "id"), "%s: by id", k_engine);
    reb_customer_page p;
    OK(reb_customer_search(&p, &b.c, " \t ", 0, NULL, &err) == REB_E_USAGE, "%s: nothing to find is an error: %s", k_engine, err.detail);
    OK(reb_customer_search(&p, &b.c, "100%_\\'\"; drop", 0, NULL, &err) == REB_OK && p.count == 0, "%s: signs of SQL are only letters",
       k_engine);
    int64_t got = 0;
    OK(reb_customer_resolve(&got, &b.c, "sara al-mansouri", &err) == REB_OK && got == sara, "%s: a whole name names one", k_engine);
    OK(reb_customer_resolve(&got, &b.c, "sara", &err) == REB_E_NOT_FOUND, "%s: a part of a name names nobody", k_engine);
    int64_t sara2 = add(&b, "SARA al-MANSOURI", NULL, NULL, NULL);
    OK(reb_customer_resolve(&got, &b.c, "sara al-mansouri", &err) == REB_E_CONFLICT && sara2 != sara, "%s: two of that name: %s", k_engine,
       err.detail);
    /* adding */
    reb_customer_new again = {.name = "Somebody", .phone = "+442079460000"};
    OK(reb_customer_add(&got, &b.c, &again, false, &err) == REB_E_CONFLICT && strstr(err.detail, "7946") == NULL,
       "%s: a known phone is a conflict that does not tell the number: %s", k_engine, err.detail);
    reb_customer_new bad = {.name = "X", .email = "no address"};
    OK(reb_customer_add(&got, &b.c, &bad, false, &err) == REB_E_INPUT && strstr(err.detail, "no address") == NULL,
       "%s: a bad e-mail is told without repeating it: %s", k_engine, err.detail);
    reb_customer_new nothing = {.city = "London"};
    OK(reb_customer_add(&got, &b.c, &nothing, false, &err) == REB_E_USAGE, "%s: a customer without any identity: %s", k_engine, err.detail);
    size_t size = 1 << 20;
    char *big = malloc(size + 1);
    memset(big, 'x', size);
    big[size] = '\0';
    reb_customer_new huge = {.name = big};
    OK(reb_customer_add(&got, &b.c, &huge, false, &err) == REB_E_LIMIT, "%s: a name of a megabyte: %s", k_engine, err.detail);
    OK(reb_customer_search(&p, &b.c, big, 0, NULL, &err) == REB_E_LIMIT, "%s: a search of a megabyte: %s", k_engine, err.detail);
    free(big);
    reb_customer_new hostile = {.name = "Evil\xE2\x80\xAE\033[2J\nName"};
    must(reb_customer_add(&got, &b.c, &hostile, false, &err), &err, "hostile");
    reb_customer_view v;
    must(reb_customer_show(&v, &b.c, got, &err), &err, "show");
    EQ_TEXT(v.row.name, "Evil\xEF\xBF\xBD[2J Name", "controls of terminal and direction are not stored");
    /* organisations */
    reb_customer_new org = {.kind = "organisation", .name = "Acme Ltd"};
    int64_t acme = 0;
    int64_t contact = 0;
    must(reb_customer_add(&acme, &b.c, &org, false, &err), &err, "organisation");
    reb_customer_new_contact nikos = {.name = "Νίκος Αντωνίου", .role = "buyer", .phone = "+30 210 123 4567"};
    must(reb_customer_add_contact(&contact, &b.c, acme, &nikos, &err), &err, "contact");
    OK(found(&b, "νικος", acme, "contact"), "%s: an organisation by its contact's name", k_engine);
    OK(found(&b, "+302101234567", acme, "phone"), "%s: and by the contact's phone", k_engine);
    OK(reb_customer_add_contact(&contact, &b.c, acme, &nikos, &err) == REB_E_CONFLICT, "%s: the same contact twice: %s", k_engine,
       err.detail);
    OK(reb_customer_add_contact(&contact, &b.c, sara, &nikos, &err) == REB_E_CONFLICT, "%s: a person has no contacts: %s", k_engine,
       err.detail);
    must(reb_customer_show(&v, &b.c, acme, &err), &err, "show");
    OK(v.contact_count == 1 && strcmp(v.contacts[0].phone, "+302101234567") == 0, "%s: the contact is shown with its phone", k_engine);
    OK(reb_customer_show(&v, &b.c, 17, &err) == REB_E_NOT_FOUND, "%s: no such customer: %s", k_engine, err.detail);
    close_bench(&b);
}

static void pages(void) {
    bench b;
    reb_err err = {0};
    open_bench(&b, "pages");
    for (int i = 0; i < 25; i++) {
        char name[40];
        snprintf(name, sizeof name, i % 2 ? "Anna %02d" : "Mr Anna %02d", i);
        int64_t id = add(&b, name, NULL, NULL, NULL);
        order(&b, id, name, 20000 + i / 3, 100 * (i % 5));
    }
    must(reb_store_write(b.store, derive_work, &b, &err), &err, "derive");
    for (int sort = -1; sort <= REB_SORT_NEW; sort++) {
        int64_t seen[64];
        size_t count = 0;
        const char *next = NULL;
        int steps = 0;
        bool twice = false;
        do {
            reb_customer_page p;
            reb_status st = sort < 0 ? reb_customer_search(&p, &b.c, "anna", 4, next, &err)
                                     : reb_customer_list(&p, &b.c, (reb_customer_sort)sort, NULL, 4, next, &err);
            must(st, &err, "page");
            for (size_t i = 0; i < p.count && count < 64; i++) {
                for (size_t k = 0; k < count; k++) twice = twice || seen[k] == p.rows[i].customer_id;
                seen[count++] = p.rows[i].customer_id;
            }
            next = p.next;
        } while (next != NULL && ++steps < 40);
        int64_t want = 25;
        EQ_I64((int64_t)count, want, sort < 0 ? "pages of a search hold everybody" : "pages of a list hold everybody");
        OK(!twice, "%s: nobody is told twice (sort %d)", k_engine, sort);
    }
    reb_customer_page p;
    reb_customer_filter f = {.least_net_minor = 400};
    must(reb_customer_list(&p, &b.c, REB_SORT_NET, &f, 0, NULL, &err), &err, "filter");
    OK(p.count == 5 && p.rows[0].net_minor == 400, "%s: by least amount", k_engine);
    f = (reb_customer_filter){.least_net_minor = INT64_MIN, .silent_days = (b.now_us / REB_US_PER_DAY) - 20001};
    must(reb_customer_list(&p, &b.c, REB_SORT_LAST, &f, 0, NULL, &err), &err, "filter");
    EQ_I64((int64_t)p.count, 6, "silent for so many days");
    OK(reb_customer_list(&p, &b.c, REB_SORT_NAME, NULL, 4, "n-99", &err) == REB_E_USAGE, "%s: a place that is gone: %s", k_engine,
       err.detail);
    OK(reb_customer_list(&p, &b.c, REB_SORT_NAME, NULL, 4, "'; --", &err) == REB_E_USAGE, "%s: a place that is none", k_engine);
    OK(reb_customer_list(&p, &b.c, REB_SORT_NAME, NULL, 501, NULL, &err) == REB_E_USAGE, "%s: too large a page: %s", k_engine, err.detail);
    close_bench(&b);
}

static void acts(void) {
    bench b;
    reb_err err = {0};
    open_bench(&b, "acts");
    int64_t id = add(&b, "Sara", "sara@example.com", NULL, NULL);
    int64_t event = 0;
    reb_customer_view v;
    must(reb_customer_note(&event, &b.c, id, "likes tea\nand honey", &err), &err, "note");
    b.now_us += REB_US_PER_SECOND;
    must(reb_customer_set_consent(NULL, &b.c, id, "Marketing", "EMAIL", true, NULL, &err), &err, "consent");
    b.now_us += REB_US_PER_SECOND;
    must(reb_customer_set_consent(NULL, &b.c, id, "marketing", "email", false, "asked us", &err), &err, "consent");
    must(reb_customer_contacted(&event, &b.c, id, "phone", "spoke of the delay", b.now_us - REB_US_PER_DAY, &err), &err, "contact");
    OK(reb_customer_contacted(&event, &b.c, id, "phone", NULL, b.now_us + 1, &err) == REB_E_USAGE, "%s: %s", k_engine, err.detail);
    OK(reb_customer_contacted(&event, &b.c, id, "pigeon", NULL, 0, &err) == REB_E_USAGE, "%s: %s", k_engine, err.detail);
    OK(reb_customer_set_consent(NULL, &b.c, id, "spam", "email", true, NULL, &err) == REB_E_USAGE, "%s: %s", k_engine, err.detail);
    OK(reb_customer_note(&event, &b.c, id, " \n ", &err) == REB_E_USAGE, "%s: %s", k_engine, err.detail);
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    EQ_I64((int64_t)v.consent_count, 1, "one statement of consent counts");
    OK(v.consent_count == 1 && !v.consents[0].allowed && strcmp(v.consents[0].channel, "email") == 0, "%s: the newest", k_engine);
    OK(v.row.last_spoken_us == b.now_us - REB_US_PER_DAY, "%s: spoken with a day ago", k_engine);
    EQ_I64((int64_t)v.history.count, 5, "history holds every act");
    EQ_TEXT(v.history.events[0].text, "Consent to marketing by email: no: asked us", "the newest first, in words");
    EQ_TEXT(v.history.events[v.history.count - 1].text, "Contact (phone): spoke of the delay", "in order of when it happened");
    EQ_TEXT(v.history.events[0].who, "Lina", "who did it");
    reb_customer_history h;
    must(reb_customer_events(&h, &b.c, id, NULL, 2, NULL, &err), &err, "history");
    size_t total = h.count;
    for (int i = 0; i < 9 && h.next != NULL; i++) {
        must(reb_customer_events(&h, &b.c, id, NULL, 2, h.next, &err), &err, "history");
        total += h.count;
    }
    EQ_I64((int64_t)total, 5, "pages of the history hold all of it");
    must(reb_customer_events(&h, &b.c, id, "note", 0, NULL, &err), &err, "history");
    OK(h.count == 1 && strstr(h.events[0].text, "likes tea\nand honey") != NULL, "%s: of one kind", k_engine);
    reb_buf json = {0};
    reb_json w = {.out = &json};
    reb_customer_view_json(&w, &v);
    OK(json.len > 0 && json.data[0] == '{' && json.data[json.len - 1] == '}' && w.depth == 0, "%s: JSON is closed", k_engine);
    reb_buf_free(&json);
    close_bench(&b);
}

/* What was noted by mistake is taken back: nothing is deleted, and everything derived is as it was. */
static void undone(void) {
    bench b;
    reb_err err = {0};
    open_bench(&b, "undone");
    reb_customer_view v;
    reb_customer_view before;
    reb_undo_result r;
    reb_business *business = NULL;
    must(reb_business_load(&business, b.store, &err), &err, "business");
    int64_t id = add(&b, "Sara", "sara@example.com", "+30 2310 555000", NULL);
    int64_t event = 0;
    int64_t first = 0;
    int64_t second = 0;
    must(reb_customer_show(&before, &b.c, id, &err), &err, "show");
    b.now_us += REB_US_PER_SECOND;
    must(reb_customer_contacted(&event, &b.c, id, "phone", NULL, 0, &err), &err, "contact");
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    OK(v.row.last_spoken_us == b.now_us && v.history.events[0].undoable, "%s: spoken with, and it can be taken back", k_engine);
    must(reb_undo(&r, b.store, business, event, "Nikos", b.now_us, &b.ids, &err), &err, "undo");
    OK(!r.known && r.customer_id == id && r.event_id == event && r.undo_id != 0, "%s: taken back", k_engine);
    EQ_TEXT(r.kind, "contact", "the answer says what it was");
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    OK(v.row.last_spoken_us == 0, "%s: never spoken with, as before", k_engine);
    EQ_I64(v.event_count, before.event_count + 1, "the act stays in the history");
    OK(v.history.events[0].undone_us == b.now_us && !v.history.events[0].undoable, "%s: ... marked as taken back", k_engine);
    EQ_TEXT(v.history.events[0].undone_by, "Nikos", "... by whom");
    int64_t undo_id = r.undo_id;
    must(reb_undo(&r, b.store, business, event, "", b.now_us, &b.ids, &err), &err, "undo again");
    OK(r.known && r.undo_id == undo_id, "%s: twice is once", k_engine);
    OK(reb_undo(&r, b.store, business, undo_id, "", b.now_us, &b.ids, &err) == REB_E_NOT_UNDOABLE, "%s: %s", k_engine, err.detail);
    OK(reb_undo(&r, b.store, business, 12345, "", b.now_us, &b.ids, &err) == REB_E_NOT_FOUND, "%s: %s", k_engine, err.detail);

    b.now_us += REB_US_PER_SECOND;
    must(reb_customer_set_consent(&first, &b.c, id, "marketing", "email", true, NULL, &err), &err, "consent");
    int64_t said_us = b.now_us;
    b.now_us += REB_US_PER_SECOND;
    must(reb_customer_set_consent(&second, &b.c, id, "marketing", "email", false, NULL, &err), &err, "consent");
    OK(reb_undo(&r, b.store, business, first, "", b.now_us, &b.ids, &err) == REB_E_LATER_ACT, "%s: %s", k_engine, err.detail);
    must(reb_undo(&r, b.store, business, second, "", b.now_us, &b.ids, &err), &err, "undo");
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    OK(v.consent_count == 1 && v.consents[0].allowed && v.consents[0].observed_us == said_us, "%s: the word before stands again", k_engine);
    must(reb_undo(&r, b.store, business, first, "", b.now_us, &b.ids, &err), &err, "undo");
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    EQ_I64((int64_t)v.consent_count, 0, "nothing was ever said");

    reb_act a = {.act = REB_ACT_DONE, .customer_id = id, .kind = REB_ITEM_CALL, .item = "", .why = "", .who = "Lina"};
    reb_act_result done;
    reb_act_result again;
    b.now_us += REB_US_PER_SECOND;
    must(reb_act_record(&done, b.store, business, &a, b.now_us, &b.ids, &err), &err, "done");
    a.who = "Nikos";
    must(reb_act_record(&again, b.store, business, &a, b.now_us, &b.ids, &err), &err, "done by another");
    OK(!done.known && again.known && again.event_id == done.event_id, "%s: a second person's same act is the same act", k_engine);
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    EQ_TEXT(v.history.events[0].who, "Lina", "who did it");
    must(reb_undo(&r, b.store, business, done.event_id, "", b.now_us, &b.ids, &err), &err, "undo");
    must(reb_act_record(&again, b.store, business, &a, b.now_us, &b.ids, &err), &err, "done after all");
    OK(!again.known && again.event_id != done.event_id, "%s: what was taken back may be done again on the same day", k_engine);
    b.now_us += REB_US_PER_SECOND;
    a = (reb_act){.act = REB_ACT_WRONG, .customer_id = id, .kind = REB_ITEM_CALL, .item = "", .why = "moved away"};
    must(reb_act_record(&done, b.store, business, &a, b.now_us, &b.ids, &err), &err, "wrong");
    OK(reb_undo(&r, b.store, business, again.event_id, "", b.now_us, &b.ids, &err) == REB_E_LATER_ACT, "%s: %s", k_engine, err.detail);
    must(reb_undo(&r, b.store, business, done.event_id, "", b.now_us, &b.ids, &err), &err, "the later one first");
    must(reb_undo(&r, b.store, business, again.event_id, "", b.now_us, &b.ids, &err), &err, "then the other");
    must(reb_customer_show(&v, &b.c, id, &err), &err, "show");
    OK(v.row.last_spoken_us == 0, "%s: all is as before", k_engine);
    reb_business_free(business);
    close_bench(&b);
}

/* Each stage by its rule, and the list's filter by the same: the rules stand in C and in SQL. */
static void stages(void) {
    static const struct {
        reb_customer_standing s;
        reb_customer_stage stage;
    } t[] = {
        {{0, false, 0, 0, 0, 0}, REB_CUSTOMER_PROSPECT},     {{2, false, 0, 0, 0, 0}, REB_CUSTOMER_UNKNOWN},
        {{1, true, 0.9, 0, 0, 10}, REB_CUSTOMER_NEW},        {{1, true, 0.49, 0, 0, 200}, REB_CUSTOMER_SLOWING},
        {{1, true, 0.049, 0, 0, 900}, REB_CUSTOMER_LOST},    {{3, true, 0.95, 2, 60, 130}, REB_CUSTOMER_ACTIVE},
        {{3, true, 0.89, 2, 60, 120}, REB_CUSTOMER_SLOWING}, {{3, true, 0.89, 2, 60, 119}, REB_CUSTOMER_ACTIVE},
        {{3, true, 0.89, 2, 20, 60}, REB_CUSTOMER_ACTIVE},   {{2, true, 0.6, 1, 60, 300}, REB_CUSTOMER_ACTIVE},
        {{3, true, 0.5, 2, 60, 70}, REB_CUSTOMER_ACTIVE},    {{3, true, 0.05, 2, 60, 70}, REB_CUSTOMER_SLOWING},
    };
    enum { N = sizeof t / sizeof t[0] };
    bench b;
    reb_err err = {0};
    open_bench(&b, "stages");
    int64_t id[N];
    for (size_t i = 0; i < N; i++) {
        OK(reb_customer_stage_of(&t[i].s, 2.0) == t[i].stage, "case %d is %s", (int)i, reb_customer_stage_name(t[i].stage));
        char name[32];
        char email[48];
        snprintf(name, sizeof name, "Stage %02d", (int)i);
        snprintf(email, sizeof email, "s%d@example.com", (int)i);
        id[i] = add(&b, name, i % 2 == 0 ? email : NULL, i % 3 == 0 ? "+30 2310 555001" : NULL, NULL);
        must(reb_exec_raw(b.store, "update customer_summary set purchase_day_count = $2 where customer_id = $1",
                          REB_ARGS(reb_i(id[i]), reb_i(t[i].s.purchase_days)), &err),
             &err, "bought");
        if (!t[i].s.scored) continue;
        must(reb_exec_raw(b.store,
                          "insert into score (customer_id, fit_id, repeat_count, recency_days, observed_days, p_alive, expected_year,"
                          " spend_minor, margin_rate, value_minor, kept_minor, at_stake_minor) values ($1, 1, $2, $3, $4, $5, 1, 1, 1, 100,"
                          " 200, $6)",
                          REB_ARGS(reb_i(id[i]), reb_i((int64_t)t[i].s.x), reb_f(t[i].s.recency_days), reb_f(t[i].s.observed_days),
                                   reb_f(t[i].s.p_alive), reb_f(100.0 * (double)i)),
                          &err),
             &err, "scored");
    }
    static const char *const names[] = {"prospect", "new", "active", "slowing", "lost"};
    reb_customer_page p;
    reb_customer_facets facets;
    must(reb_customer_facets_read(&facets, &b.c, &err), &err, "facets");
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        int64_t want = 0;
        bool right = true;
        for (size_t i = 0; i < N; i++) want += strcmp(reb_customer_stage_name(t[i].stage), names[k]) == 0;
        const reb_customer_filter f = {.least_net_minor = INT64_MIN, .stage = names[k]};
        must(reb_customer_list_counted(&p, &b.c, REB_SORT_NAME, &f, 0, NULL, true, &err), &err, "by stage");
        for (size_t i = 0; i < p.count; i++) right = right && strcmp(reb_customer_stage_name(p.rows[i].stage), names[k]) == 0;
        OK((int64_t)p.count == want && right && p.total == want, "%s: the list of %s holds %d", k_engine, names[k], (int)want);
        int64_t told = 0;
        for (size_t i = 0; i < facets.stage_count; i++)
            if (strcmp(facets.stages[i].value, names[k]) == 0) told = facets.stages[i].count;
        EQ_I64(told, want, "... and is counted so");
    }
    EQ_I64(facets.total, N, "all are counted");
    /* Every order, page by page, under a filter that only the scan knows and one that a walk knows too. */
    for (int sort = 0; sort <= REB_SORT_SILENT; sort++) {
        for (int kind = 0; kind < 2; kind++) {
            const reb_customer_filter f = {.least_net_minor = INT64_MIN, .email = kind == 0 ? 1 : 0, .never_spoken = kind == 1};
            const char *next = NULL;
            int64_t seen[64];
            size_t count = 0;
            bool twice = false;
            do {
                must(reb_customer_list_counted(&p, &b.c, (reb_customer_sort)sort, &f, 2, next, true, &err), &err, "page");
                for (size_t i = 0; i < p.count && count < 64; i++) {
                    for (size_t k = 0; k < count; k++) twice = twice || seen[k] == p.rows[i].customer_id;
                    seen[count++] = p.rows[i].customer_id;
                }
                next = p.next;
            } while (next != NULL && count < 64);
            OK(!twice && (int64_t)count == p.total, "%s: order %d, filter %d: %d of %d, nobody twice", k_engine, sort, kind, (int)count,
               (int)p.total);
        }
    }
    reb_customer_filter f = {.least_net_minor = INT64_MIN, .least_alive = 0.5, .most_alive = 0.6};
    must(reb_customer_list_counted(&p, &b.c, REB_SORT_ALIVE, &f, 0, NULL, true, &err), &err, "by p");
    OK(p.count == 2 && p.rows[0].p_alive == 0.5, "%s: between two probabilities, the least first", k_engine);
    f = (reb_customer_filter){.least_net_minor = INT64_MIN, .least_stake_minor = 900, .most_stake_minor = 1000};
    must(reb_customer_list_counted(&p, &b.c, REB_SORT_STAKE, &f, 0, NULL, true, &err), &err, "by stake");
    OK(p.count == 2 && p.rows[0].at_stake_minor == 1000, "%s: between two amounts", k_engine);
    f = (reb_customer_filter){.least_net_minor = INT64_MIN, .phone = 1, .email = -1};
    must(reb_customer_list_counted(&p, &b.c, REB_SORT_NAME, &f, 0, NULL, true, &err), &err, "by phone");
    EQ_I64(p.total, 2, "a phone number, no address");
    must(reb_customer_set_consent(NULL, &b.c, id[1], "any", "any", false, NULL, &err), &err, "consent");
    must(reb_customer_set_consent(NULL, &b.c, id[1], "marketing", "email", true, NULL, &err), &err, "consent");
    must(reb_customer_set_consent(NULL, &b.c, id[2], "marketing", "any", false, NULL, &err), &err, "consent");
    f = (reb_customer_filter){.least_net_minor = INT64_MIN, .consent = "marketing:email:yes"};
    must(reb_customer_list_counted(&p, &b.c, REB_SORT_NAME, &f, 0, NULL, true, &err), &err, "by consent");
    OK(p.total == 1 && p.rows[0].customer_id == id[1], "%s: the most exact word counts", k_engine);
    f.consent = "marketing:email:no";
    must(reb_customer_list_counted(&p, &b.c, REB_SORT_NAME, &f, 0, NULL, true, &err), &err, "by consent");
    OK(p.total == 1 && p.rows[0].customer_id == id[2], "%s: who said no", k_engine);
    f.consent = "spam:email:no";
    OK(reb_customer_list(&p, &b.c, REB_SORT_NAME, &f, 0, NULL, &err) == REB_E_USAGE, "%s: %s", k_engine, err.detail);
    f = (reb_customer_filter){.least_net_minor = INT64_MIN, .stage = "asleep"};
    OK(reb_customer_list(&p, &b.c, REB_SORT_NAME, &f, 0, NULL, &err) == REB_E_USAGE, "%s: %s", k_engine, err.detail);
    close_bench(&b);
}

static size_t doubles_of(bench *b, int64_t id, reb_customer_doubles *d) {
    reb_err err = {0};
    must(reb_customer_doubles_find(d, &b->c, id, 0, &err), &err, "doubles");
    return d->count;
}

static void doubles(void) {
    bench b;
    reb_err err = {0};
    reb_customer_doubles d;
    bool known = false;
    open_bench(&b, "doubles");
    int64_t a = add(&b, "Sara Al-Mansouri", NULL, "+442079460000", NULL);
    int64_t c = add(&b, "Sarah Mansouri", NULL, "+442079460000", NULL);
    int64_t e = add(&b, "Jon Smith", "jon@example.com", NULL, NULL);
    int64_t f = add(&b, "Smith, John", "jon@example.com", NULL, NULL);
    int64_t g = add(&b, "Maria Rossi", "m.rossi@one.example", NULL, "Rome");
    int64_t h = add(&b, "Rossi Maria", "m.rossi@two.example", NULL, "Rome");
    int64_t i = add(&b, "Peter Jones", NULL, "+441632960001", NULL);
    int64_t k = add(&b, "Paula Brown", NULL, "+441632960001", NULL);
    add(&b, "Ann Other", NULL, NULL, NULL);
    for (int n = 0; n < 30; n++) add(&b, "Common Name", NULL, "+441632960099", NULL);
    OK(doubles_of(&b, 0, &d) == 4, "%s: four pairs", k_engine);
    for (size_t n = 0; n < d.count; n++)
        printf("# %.2f %s: %s / %s: %s\n", d.pairs[n].weight, d.pairs[n].strength, d.pairs[n].a_label, d.pairs[n].b_label,
               d.pairs[n].evidence);
    OK(d.count == 4 && d.pairs[0].a_id == e && d.pairs[0].b_id == f && strcmp(d.pairs[0].evidence, "same e-mail; close names") == 0,
       "%s: the strongest first: same e-mail and close names", k_engine);
    OK(d.count == 4 && d.pairs[1].a_id == a && d.pairs[1].b_id == c && strcmp(d.pairs[1].evidence, "same phone; close names") == 0,
       "%s: then same phone", k_engine);
    OK(d.count == 4 && d.pairs[2].a_id == g && d.pairs[2].b_id == h, "%s: then the same name in another order, city and mailbox", k_engine);
    OK(d.count == 4 && d.pairs[3].a_id == i && d.pairs[3].b_id == k && strcmp(d.pairs[3].strength, "possible") == 0,
       "%s: a phone shared under different names is weak: %s", k_engine, d.count == 4 ? d.pairs[3].evidence : "");
    EQ_I64(d.too_common, 2, "a name and a number shared by thirty tell nothing");
    OK(doubles_of(&b, c, &d) == 1 && d.pairs[0].a_id == a, "%s: of one customer", k_engine);
    must(reb_customer_not_same(&known, &b.c, f, e, "father and son", &err), &err, "not same");
    OK(!known && doubles_of(&b, 0, &d) == 3, "%s: said not to be the same: not proposed again", k_engine);
    must(reb_customer_not_same(&known, &b.c, e, f, NULL, &err), &err, "not same");
    OK(known, "%s: said twice, kept once", k_engine);
    OK(reb_customer_not_same(&known, &b.c, e, e, NULL, &err) == REB_E_CONFLICT, "%s: %s", k_engine, err.detail);
    reb_customer_merge_result m;
    int64_t x = add(&b, "Jon Smith", "jon@example.com", NULL, NULL);
    must(reb_customer_merge(&m, &b.c, e, x, NULL, &err), &err, "merge");
    OK(doubles_of(&b, f, &d) == 0, "%s: remembered for those merged later too", k_engine);
    must(reb_customer_merge(&m, &b.c, a, c, NULL, &err), &err, "merge");
    OK(doubles_of(&b, 0, &d) == 2, "%s: merged: no longer a pair", k_engine);
    OK(reb_customer_not_same(&known, &b.c, a, c, NULL, &err) == REB_E_CONFLICT, "%s: %s", k_engine, err.detail);
    close_bench(&b);
}

static void merges(void) {
    bench b;
    reb_err err = {0};
    reb_customer_merge_result m;
    reb_customer_view v;
    open_bench(&b, "merges");
    int64_t id[5];
    for (int i = 0; i < 5; i++) {
        char name[40];
        char email[40];
        snprintf(name, sizeof name, "Person %c", 'A' + i);
        snprintf(email, sizeof email, "p%d@example.com", i);
        id[i] = add(&b, name, email, NULL, NULL);
        order(&b, id[i], name, 20000 + i, 1000 + i);
        order(&b, id[i], email, 20010, 500);
    }
    must(reb_store_write(b.store, derive_work, &b, &err), &err, "derive");
    char *before = dump(b.store);
    must(reb_customer_merge(&m, &b.c, id[0], id[1], "same person", &err), &err, "B into A");
    OK(m.head_id == id[0] && m.moved_count == 1, "%s: B goes into A", k_engine);
    char *after_one = dump(b.store);
    must(reb_customer_show(&v, &b.c, id[1], &err), &err, "show");
    OK(v.row.customer_id == id[0] && v.row.order_count == 4 && v.row.purchase_day_count == 3 && v.row.net_minor == 3001,
       "%s: B stands for A now, with the orders of both, same days together", k_engine);
    OK(v.merged_count == 1 && strcmp(v.merged[0].label, "Person B") == 0 && strcmp(v.merged[0].why, "same person") == 0,
       "%s: and A says whom it stands for, and why", k_engine);
    size_t told = 0;
    for (size_t i = 0; i < v.history.count; i++) told += strcmp(v.history.events[i].kind, "merge") == 0;
    EQ_I64((int64_t)told, 1, "the history tells the merge once");
    OK(found(&b, "person b", id[0], "name"), "%s: A is found by B's name", k_engine);
    OK(found(&b, "p1@example.com", id[0], "email"), "%s: and by B's e-mail", k_engine);
    OK(reb_customer_merge(&m, &b.c, id[1], id[0], NULL, &err) == REB_E_CONFLICT, "%s: merged already: %s", k_engine, err.detail);
    OK(reb_customer_merge(&m, &b.c, id[1], id[1], NULL, &err) == REB_E_CONFLICT, "%s: with itself: %s", k_engine, err.detail);
    OK(reb_customer_unmerge(&m, &b.c, id[0], NULL, &err) == REB_E_CONFLICT, "%s: A is not merged: %s", k_engine, err.detail);
    /* a chain: A (with B) into C, then D into B, which stands for C */
    must(reb_customer_merge(&m, &b.c, id[2], id[0], NULL, &err), &err, "A into C");
    OK(m.head_id == id[2] && m.moved_count == 2, "%s: A into C moves A and B", k_engine);
    char *after_two = dump(b.store);
    must(reb_customer_merge(&m, &b.c, id[1], id[3], NULL, &err), &err, "D into B");
    OK(m.head_id == id[2] && m.moved_count == 1, "%s: D into B goes to where B stands", k_engine);
    /* one link taken out of the middle */
    must(reb_customer_unmerge(&m, &b.c, id[0], "a mistake", &err), &err, "A out");
    OK(m.head_id == id[0] && m.moved_count == 2, "%s: A goes out with B, D stays with C", k_engine);
    must(reb_customer_show(&v, &b.c, id[3], &err), &err, "show");
    OK(v.row.customer_id == id[2] && v.row.order_count == 4, "%s: C and D are one", k_engine);
    must(reb_customer_show(&v, &b.c, id[1], &err), &err, "show");
    OK(v.row.customer_id == id[0] && v.row.order_count == 4, "%s: A and B are one", k_engine);
    char *apart = dump(b.store);
    must(reb_customer_unmerge(&m, &b.c, id[3], NULL, &err), &err, "D out");
    must(reb_customer_merge(&m, &b.c, id[2], id[0], NULL, &err), &err, "A into C again");
    char *again = dump(b.store);
    EQ_TEXT(again, after_two, "merged again: as it was merged before");
    must(reb_customer_unmerge(&m, &b.c, id[0], NULL, &err), &err, "A out again");
    char *back_one = dump(b.store);
    EQ_TEXT(back_one, after_one, "taken back: exactly as before that merge");
    must(reb_customer_unmerge(&m, &b.c, id[1], NULL, &err), &err, "B out");
    char *back = dump(b.store);
    EQ_TEXT(back, before, "all taken back: every table as before");
    must(reb_store_write(b.store, derive_work, &b, &err), &err, "derive");
    char *rebuilt = dump(b.store);
    EQ_TEXT(rebuilt, before, "and what is derived anew from the log is the same");
    reb_customer_new org = {.kind = "organisation", .name = "Acme"};
    int64_t acme = 0;
    must(reb_customer_add(&acme, &b.c, &org, false, &err), &err, "organisation");
    OK(reb_customer_merge(&m, &b.c, acme, id[4], NULL, &err) == REB_E_CONFLICT, "%s: %s", k_engine, err.detail);
    OK(reb_customer_merge(&m, &b.c, id[4], 12345, NULL, &err) == REB_E_NOT_FOUND, "%s: %s", k_engine, err.detail);
    OK(strcmp(apart, before) != 0, "%s: the dump does see merges", k_engine);
    free(before);
    free(after_one);
    free(after_two);
    free(apart);
    free(again);
    free(back_one);
    free(back);
    free(rebuilt);
    close_bench(&b);
}

/* Many merges and un-merges by chance, beside a model of links in memory; taken back in any order, everything is as before. */
static void by_chance(void) {
    enum { PEOPLE = 10, STEPS = 120 };
    bench b;
    reb_err err = {0};
    reb_rand rand = {.state = 11};
    reb_customer_merge_result m;
    int64_t id[PEOPLE];
    int into[PEOPLE]; /* the model: -1, or whom it was merged into */
    open_bench(&b, "chance");
    for (int i = 0; i < PEOPLE; i++) {
        char name[40];
        snprintf(name, sizeof name, "Number %d", i);
        id[i] = add(&b, name, NULL, NULL, NULL);
        order(&b, id[i], name, 20000 + i, 100 + i);
        into[i] = -1;
    }
    must(reb_store_write(b.store, derive_work, &b, &err), &err, "derive");
    char *before = dump(b.store);
    int wrong = 0;
    int merged = 0;
    int taken = 0;
    for (int step = 0; step < STEPS + 200; step++) {
        int x = (int)reb_rand_below(&rand, PEOPLE);
        int y = (int)reb_rand_below(&rand, PEOPLE);
        int head_x = x;
        int head_y = y;
        while (into[head_x] >= 0) head_x = into[head_x];
        while (into[head_y] >= 0) head_y = into[head_y];
        if (step < STEPS && reb_rand_below(&rand, 3) > 0) {
            reb_status st = reb_customer_merge(&m, &b.c, id[x], id[y], NULL, &err);
            wrong += st != (head_x == head_y ? REB_E_CONFLICT : REB_OK);
            if (head_x != head_y) into[head_y] = head_x;
            merged += st == REB_OK;
        } else {
            reb_status st = reb_customer_unmerge(&m, &b.c, id[x], NULL, &err);
            wrong += st != (into[x] < 0 ? REB_E_CONFLICT : REB_OK);
            into[x] = -1;
            taken += st == REB_OK;
        }
        int k = (int)reb_rand_below(&rand, PEOPLE);
        int head = k;
        while (into[head] >= 0) head = into[head];
        int64_t got = 0;
        must(reb_get_i64(&got, NULL, b.store, REB_SQL_CUSTOMER_HEAD, REB_ARGS(reb_i(id[k])), &err), &err, "head");
        wrong += got != id[head];
    }
    for (int i = 0; i < PEOPLE; i++)
        if (into[i] >= 0) must(reb_customer_unmerge(&m, &b.c, id[i], NULL, &err), &err, "unmerge");
    EQ_I64(wrong, 0, "merges by chance do what the model does");
    OK(merged > 20 && taken > 20, "%s: %d merges, %d taken back", k_engine, merged, taken);
    char *after = dump(b.store);
    EQ_TEXT(after, before, "all taken back, in any order: every table as before");
    free(before);
    free(after);
    close_bench(&b);
}

/* ---- two people at once ---- */

typedef struct merger {
    bench *bench;
    char where[1200];
    int64_t keep, other;
    int merged, refused, failed;
} merger;

static void *merge_often(void *ctx) {
    merger *j = ctx;
    reb_err err = {0};
    bench own = *j->bench;
    own.arena = (reb_arena){0};
    own.ids = (reb_ids){.clock = reb_clock_system(), .node = (uint64_t)(j->keep & 511)};
    own.c.arena = &own.arena;
    own.c.ids = &own.ids;
    if (reb_store_open(&own.store, j->where, 0, &err) != REB_OK) {
        j->failed++;
        return NULL;
    }
    own.c.store = own.store;
    for (int i = 0; i < 25; i++) {
        reb_customer_merge_result m;
        reb_status st = reb_customer_merge(&m, &own.c, j->keep, j->other, NULL, &err);
        j->merged += st == REB_OK;
        j->refused += st == REB_E_CONFLICT || st == REB_E_BUSY;
        j->failed += st != REB_OK && st != REB_E_CONFLICT && st != REB_E_BUSY;
        if (st == REB_OK) st = reb_customer_unmerge(&m, &own.c, j->other, NULL, &err);
        j->failed += st != REB_OK && st != REB_E_CONFLICT && st != REB_E_BUSY;
    }
    reb_store_close(own.store);
    reb_arena_free(&own.arena);
    return NULL;
}

static void at_once(void) {
    bench b;
    reb_err err = {0};
    open_bench(&b, "at_once");
    int64_t x = add(&b, "X", NULL, NULL, NULL);
    int64_t y = add(&b, "Y", NULL, NULL, NULL);
    merger jobs[2] = {{.bench = &b, .keep = x, .other = y}, {.bench = &b, .keep = y, .other = x}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        if (strcmp(k_engine, "pg") == 0) {
            snprintf(jobs[i].where, sizeof jobs[i].where, "%s", pg_test_uri("test_customer_at_once"));
        } else {
            snprintf(jobs[i].where, sizeof jobs[i].where, "%s/at_once.db", k_dir);
        }
        pthread_create(&threads[i], NULL, merge_often, &jobs[i]);
    }
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    OK(jobs[0].failed + jobs[1].failed == 0 && jobs[0].merged + jobs[1].merged > 0,
       "%s: X into Y and Y into X at once: %d and %d merged, %d refused", k_engine, jobs[0].merged, jobs[1].merged,
       jobs[0].refused + jobs[1].refused);
    /* Each stands for itself, or one for the other: never both, never in a circle. */
    int64_t head[2] = {0, 0};
    int64_t id[2] = {x, y};
    for (int i = 0; i < 2; i++)
        must(reb_get_i64(&head[i], NULL, b.store, REB_SQL_CUSTOMER_HEAD, REB_ARGS(reb_i(id[i])), &err), &err, "head");
    OK(head[0] == x || head[1] == y, "%s: no circle", k_engine);
    int64_t rows = 0;
    reb_stmt *q = NULL;
    bool row = false;
    must(reb_query_raw(&q, b.store, "select count(*) from customer_summary", REB_NO_ARGS, &err), &err, "count");
    if (reb_step(q, &row, &err) == REB_OK && row) rows = reb_col_i64(q, 0);
    reb_stmt_close(q);
    EQ_I64(rows, head[0] == head[1] ? 1 : 2, "a summary for each head and for nobody else");
    close_bench(&b);
}

static void names(void) {
    static const struct {
        const char *a, *b;
        reb_closeness want;
    } pairs[] = {
        {"sara mansouri", "mansouri sara", REB_NAMES_SAME},
        {"sara al-mansouri", "sarah mansouri", REB_NAMES_CLOSE},
        {"s. mansouri", "sara mansouri", REB_NAMES_CLOSE},
        {"sara", "sara mansouri", REB_NAMES_CLOSE},
        {"jon smith", "john smith", REB_NAMES_CLOSE},
        {"katherine jones", "catherine jones", REB_NAMES_CLOSE},
        {"peter jones", "paula jones", REB_NAMES_DIFFERENT},
        {"p jones", "paula smith", REB_NAMES_DIFFERENT},
        {"", "paula", REB_NAMES_UNKNOWN},
        {"μαρια παπαδοπουλου", "μαρια παπαδοπουλος", REB_NAMES_CLOSE},
        {"سارا منصوري", "ساره منصوري", REB_NAMES_CLOSE},
        {"al", "al", REB_NAMES_SAME},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        reb_closeness got = reb_names_compare(pairs[i].a, pairs[i].b);
        OK(got == pairs[i].want && reb_names_compare(pairs[i].b, pairs[i].a) == got, "%s / %s: %d", pairs[i].a, pairs[i].b, (int)got);
    }
    OK(reb_name_skeleton("sara mansouri") != 0 && reb_name_skeleton("sara mansouri") == reb_name_skeleton("mansoury sarra"),
       "one skeleton");
    OK(reb_name_skeleton("sara mansouri") != reb_name_skeleton("sara mansour ali"), "another one");
    OK(reb_name_skeleton("sara") == 0 && reb_name_skeleton("") == 0, "too little to tell by");
}

static void everything(const char *engine) {
    k_engine = engine;
    add_and_find();
    pages();
    acts();
    undone();
    stages();
    doubles();
    merges();
    by_chance();
    at_once();
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    names();
    everything("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        everything("pg");
    }
    return tap_done();
}
