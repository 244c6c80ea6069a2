/* One chunk, one transaction: whom it speaks of, what happened, what is known of them, what follows from it. */
#include "ingest_internal.h"

#include <stdlib.h>
#include <string.h>

/* Entries of each memory; a table of 180,000 takes 6 MB, one of 700,000 25 MB. A dry run has no store to ask, so it remembers more; all of
   them together stay well below the 100 MB that an import may take, however long the file is. */
enum { KEYS_REMEMBERED = 180000, KEYS_DRY = 700000, CUSTOMERS_COUNTED = 180000, DRY_EVENTS = 700000 };

reb_status reb_ingest_open(reb_ingest **out, reb_store *s, const reb_ingest_setup *setup, reb_err *err) {
    *out = NULL;
    reb_ingest *g = calloc(1, sizeof *g);
    if (g == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    g->store = s;
    g->setup = *setup;
    g->who.most = setup->dry ? KEYS_DRY : KEYS_REMEMBERED;
    g->told.most = KEYS_REMEMBERED;
    g->met.most = 0;
    g->dry_events.most = DRY_EVENTS;
    *out = g;
    return REB_OK;
}

reb_status reb_ingest_recall(int64_t *met, reb_ingest *g, int64_t batch_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, g->store, REB_SQL_BATCH_CUSTOMERS, REB_ARGS(reb_i(batch_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row && g->met.used < CUSTOMERS_COUNTED)
        reb_map64_put(&g->met, reb_ingest_customer_key(reb_col_i64(q, 0)), 0);
    reb_stmt_close(q);
    *met = (int64_t)g->met.used;
    return st;
}

void reb_ingest_close(reb_ingest *g) {
    if (g == NULL) return;
    reb_map64_free(&g->who);
    reb_map64_free(&g->told);
    reb_map64_free(&g->met);
    reb_map64_free(&g->dry_events);
    free(g);
}

typedef struct attempt {
    reb_ingest *g;
    const reb_ingest_chunk *given;
    reb_arena *arena;
    reb_ingest_also also;
    void *ctx;
    reb_ingest_run *run; /* of the last attempt: the one that was committed */
} attempt;

/* On PostgreSQL the work may be begun again after a serialization failure, so it works on a copy. */
static reb_status copy_chunk(reb_ingest_chunk *to, const reb_ingest_chunk *from, bool again, reb_arena *a, reb_err *err) {
    *to = *from;
    if (!again) return REB_OK;
    to->persons = REB_NEW(a, from->n_persons, reb_ingest_person);
    to->events = REB_NEW(a, from->n_events, reb_ingest_event);
    to->lines = REB_NEW(a, from->n_lines, reb_ingest_line);
    if (to->persons == NULL || to->events == NULL || to->lines == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (from->n_persons > 0) memcpy(to->persons, from->persons, from->n_persons * sizeof *to->persons);
    if (from->n_events > 0) memcpy(to->events, from->events, from->n_events * sizeof *to->events);
    if (from->n_lines > 0) memcpy(to->lines, from->lines, from->n_lines * sizeof *to->lines);
    return REB_OK;
}

static reb_status work(reb_store *s, void *ctx, reb_err *err) {
    attempt *t = ctx;
    reb_ingest_run *r = REB_NEW(t->arena, 1, reb_ingest_run);
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    r->g = t->g;
    r->arena = t->arena;
    r->c = REB_NEW(t->arena, 1, reb_ingest_chunk);
    if (r->c == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    t->run = r;
    bool again = s != NULL && reb_store_engine(s) == REB_ENGINE_PG;
    reb_status st = copy_chunk(r->c, t->given, again, t->arena, err);
    if (st == REB_OK) st = reb_ingest_resolve(r, err);
    if (st == REB_OK) st = reb_ingest_write_events(r, err);
    if (st == REB_OK) st = reb_ingest_write_facts(r, err);
    if (st == REB_OK && !t->g->setup.dry) st = reb_ingest_derive(r, err);
    if (st == REB_OK && t->also != NULL) st = t->also(s, &r->added, t->ctx, err);
    reb_map64_free(&r->anew);
    return st;
}

/* After the commit: what is now certain may be remembered. */
static void remember(reb_ingest *g, reb_ingest_run *r) {
    for (size_t i = 0; i < r->n_who; i++) reb_map64_put(&g->who, r->who[i].key, r->who[i].value);
    for (size_t i = 0; i < r->n_told; i++) reb_map64_put(&g->told, r->told[i].key, r->told[i].value);
    for (size_t i = 0; i < r->c->n_persons; i++) {
        reb_mapkey k = reb_ingest_customer_key(r->c->persons[i].customer_id);
        if (reb_map64_get(&g->met, k, NULL)) continue;
        if (g->met.used < CUSTOMERS_COUNTED) {
            reb_map64_put(&g->met, k, 0);
            r->added.customers_seen++;
        } else if (r->c->persons[i].is_new) { /* beyond what memory holds, those are certain to be different */
            r->added.customers_seen++;
        }
    }
}

static void add(reb_ingest_counts *to, const reb_ingest_counts *n) {
    int64_t *a = (int64_t *)(void *)to;
    const int64_t *b = (const int64_t *)(const void *)n;
    for (size_t i = 0; i < sizeof *to / sizeof *a; i++) a[i] = reb_sum(a[i], b[i]);
}

reb_status reb_ingest_write(reb_ingest *g, reb_ingest_chunk *c, reb_ingest_counts *counts, reb_ingest_also also, void *ctx,
                            reb_arena *arena, reb_err *err) {
    attempt t = {.g = g, .given = c, .arena = arena, .also = also, .ctx = ctx};
    /* After the commit nothing may fail any more: who is counted as met gets their room before. */
    bool room = g->met.used >= CUSTOMERS_COUNTED || reb_map64_reserve(&g->met, c->n_persons);
    reb_status st = room ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left for the customers of a chunk.");
    if (st != REB_OK) return st;
    if (g->setup.dry && g->store == NULL) {
        st = work(NULL, &t, err);
    } else if (g->setup.dry) {
        st = reb_store_read(g->store, work, &t, err);
    } else {
        st = reb_store_write(g->store, work, &t, err);
    }
    if (st != REB_OK) return st;
    remember(g, t.run);
    add(counts, &t.run->added);
    return REB_OK;
}
