/* Whom a chunk speaks of: customers found again by their keys, or made. */
#include "ingest_internal.h"
#include "privacy.h"

#include <stdlib.h>
#include <string.h>

enum { NOBODY = -1 };

/* A key of the chunk, once. */
typedef struct asked {
    reb_mapkey hash;
    const reb_ingest_key *key;
    int64_t customer; /* NOBODY until somebody has it */
    bool erased;      /* that somebody was erased: what identified them stands only as a mark */
} asked;

typedef struct people {
    reb_ingest_run *r;
    asked *keys;
    size_t n_keys;
    size_t *of; /* per person and key, in order: index into keys */
    reb_map64 index;
    bool any_erased; /* somebody was erased from this database; their marks are made with the key */
    reb_privacy_key erasure;
    /* rows to write */
    int64_t *new_id;
    const char **new_kind;
    size_t n_new;
    int64_t *id_customer;
    const char **id_kind, **id_source, **id_value, **id_shown;
    size_t n_id;
} people;

static const char *kind_text(reb_key_kind k) {
    static const char *const names[] = {"external", "email", "phone", "name", "name"};
    return names[k];
}

/* The source belongs to the key where the key holds only there. */
static const char *source_of(const reb_ingest *g, reb_key_kind k) {
    return k == REB_KEY_EXTERNAL || k == REB_KEY_NAME_ONLY ? g->setup.source : "";
}

static reb_mapkey hash_key(const reb_ingest_key *k) {
    return reb_map_key((uint64_t)k->kind + 1, k->value, strlen(k->value));
}

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* Every different key once, and what memory already knows of it. */
static reb_status collect(people *p, reb_err *err) {
    reb_ingest_chunk *c = p->r->c;
    size_t total = 0;
    for (size_t i = 0; i < c->n_persons; i++) total += c->persons[i].n_keys;
    p->keys = REB_NEW(p->r->arena, total, asked);
    p->of = REB_NEW(p->r->arena, total, size_t);
    if (p->keys == NULL || p->of == NULL) return no_memory(err);
    size_t at = 0;
    for (size_t i = 0; i < c->n_persons; i++) {
        for (size_t k = 0; k < c->persons[i].n_keys; k++, at++) {
            const reb_ingest_key *key = &c->persons[i].keys[k];
            reb_mapkey h = hash_key(key);
            int64_t found = 0;
            if (!reb_map64_get(&p->index, h, &found)) {
                found = (int64_t)p->n_keys;
                asked *a = &p->keys[p->n_keys++];
                *a = (asked){h, key, NOBODY, false};
                if (key->kind != REB_KEY_NAME) reb_map64_get(&p->r->g->who, h, &a->customer);
                if (!reb_map64_put(&p->index, h, found)) return no_memory(err);
            }
            p->of[at] = (size_t)found;
        }
    }
    return REB_OK;
}

static reb_status found_row(reb_stmt *row, void *ctx, reb_err *err) {
    people *p = ctx;
    int64_t ord = reb_col_i64(row, 0);
    if (ord < 0 || (size_t)ord >= p->n_keys) return reb_fail(err, REB_E_INTERNAL, "A look-up answered with a wrong number.");
    p->keys[ord].customer = reb_col_i64(row, 1);
    return REB_OK;
}

static reb_status found_erased(reb_stmt *row, void *ctx, reb_err *err) {
    people *p = ctx;
    reb_status st = found_row(row, ctx, err);
    if (st == REB_OK) p->keys[reb_col_i64(row, 0)].erased = true;
    return st;
}

/* Keys that nobody has may be those of somebody who was erased: asked by their marks. The arrays are overwritten. */
static reb_status look_up_erased(people *p, int64_t *ord, const char **value, const char **kind, const char **source, size_t n,
                                 reb_err *err) {
    size_t m = 0;
    if (!p->any_erased) return REB_OK;
    for (size_t i = 0; i < n; i++) {
        if (p->keys[ord[i]].customer != NOBODY) continue;
        char *mark = reb_arena_alloc(p->r->arena, REB_PRIVACY_MARK);
        if (mark == NULL) return no_memory(err);
        reb_privacy_mark(mark, &p->erasure, kind[i], source[i], value[i]);
        ord[m] = ord[i];
        value[m] = mark;
        kind[m] = "erased";
        source[m++] = "";
    }
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = ord},
                                  {.kind = REB_COL_TEXT, .text = value},
                                  {.kind = REB_COL_TEXT, .text = kind},
                                  {.kind = REB_COL_TEXT, .text = source}};
    return reb_exec_many(p->r->g->store, REB_SQL_INGEST_FIND_IDENTITY, columns, 4, m, found_erased, p, NULL, err);
}

/* Asks the store for the keys that memory does not know. */
static reb_status look_up(people *p, reb_err *err) {
    if (p->r->g->store == NULL) return REB_OK;
    reb_arena *a = p->r->arena;
    int64_t *ord = REB_NEW(a, p->n_keys, int64_t);
    const char **value = REB_NEW(a, p->n_keys, const char *);
    const char **kind = REB_NEW(a, p->n_keys, const char *);
    const char **source = REB_NEW(a, p->n_keys, const char *);
    if (ord == NULL || value == NULL || kind == NULL || source == NULL) return no_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < p->n_keys; i++) {
        const asked *k = &p->keys[i];
        if (k->customer != NOBODY || k->key->kind == REB_KEY_NAME) continue;
        ord[n] = (int64_t)i;
        value[n] = k->key->value;
        kind[n] = kind_text(k->key->kind);
        source[n++] = source_of(p->r->g, k->key->kind);
    }
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = ord},
                                  {.kind = REB_COL_TEXT, .text = value},
                                  {.kind = REB_COL_TEXT, .text = kind},
                                  {.kind = REB_COL_TEXT, .text = source}};
    reb_status st = reb_exec_many(p->r->g->store, REB_SQL_INGEST_FIND_IDENTITY, columns, 4, n, found_row, p, NULL, err);
    for (size_t i = 0; i < n && st == REB_OK; i++) {
        const asked *k = &p->keys[ord[i]];
        if (k->customer != NOBODY) st = reb_ingest_remember(&p->r->who, &p->r->n_who, &p->r->cap_who, a, k->hash, k->customer, err);
    }
    return st == REB_OK ? look_up_erased(p, ord, value, kind, source, n, err) : st;
}

static reb_mapkey told_key(int64_t customer, const char *what, size_t n) {
    return reb_map_key((uint64_t)customer, what, n);
}

/* A name the customer is also known by; memory spares the store what it was told before. */
static reb_status add_identity(people *p, int64_t customer, const reb_ingest_key *k, reb_err *err) {
    reb_ingest_run *r = p->r;
    if (k->kind == REB_KEY_NAME) {
        reb_mapkey t = told_key(customer, k->value, strlen(k->value));
        if (reb_map64_get(&r->g->told, t, NULL)) return REB_OK;
        reb_status st = reb_ingest_remember(&r->told, &r->n_told, &r->cap_told, r->arena, t, 1, err);
        if (st != REB_OK) return st;
    }
    if (!reb_map64_put(&r->anew, reb_ingest_customer_key(customer), 0)) return no_memory(err);
    p->id_customer[p->n_id] = customer;
    p->id_kind[p->n_id] = kind_text(k->kind);
    p->id_source[p->n_id] = source_of(r->g, k->kind);
    p->id_value[p->n_id] = k->value;
    p->id_shown[p->n_id++] = k->shown != NULL ? k->shown : k->value;
    return REB_OK;
}

/* A further key of somebody who was erased: only its mark is kept, so that this key alone does not bring them back either. */
static reb_status add_mark(people *p, int64_t customer, asked *a, reb_err *err) {
    char *mark = reb_arena_alloc(p->r->arena, REB_PRIVACY_MARK);
    if (mark == NULL) return no_memory(err);
    reb_privacy_mark(mark, &p->erasure, kind_text(a->key->kind), source_of(p->r->g, a->key->kind), a->key->value);
    p->id_customer[p->n_id] = customer;
    p->id_kind[p->n_id] = "erased";
    p->id_source[p->n_id] = "";
    p->id_value[p->n_id] = mark;
    p->id_shown[p->n_id++] = "";
    a->customer = customer;
    a->erased = true;
    return REB_OK;
}

/* Two customers and one key: perhaps the same person. Counted once a pair, as far as memory reaches; a person decides. */
static reb_status count_double(people *p, int64_t one, int64_t other, reb_err *err) {
    reb_ingest_run *r = p->r;
    const int64_t pair[2] = {one < other ? one : other, one < other ? other : one};
    reb_mapkey k = reb_map_key(0x646F75, pair, sizeof pair);
    if (reb_map64_get(&r->g->told, k, NULL) || reb_map64_get(&r->anew, k, NULL)) return REB_OK;
    r->added.doubles++;
    if (!reb_map64_put(&r->anew, k, 1)) return no_memory(err);
    return reb_ingest_remember(&r->told, &r->n_told, &r->cap_told, r->arena, k, 1, err);
}

/* A customer of whom nothing was known. The keys are its own from now on. */
static reb_status decide(people *p, reb_err *err) {
    reb_ingest_run *r = p->r;
    reb_ingest_chunk *c = r->c;
    size_t at = 0;
    for (size_t i = 0; i < c->n_persons; i++) {
        reb_ingest_person *who = &c->persons[i];
        const size_t *of = &p->of[at];
        at += who->n_keys;
        who->customer_id = NOBODY;
        who->is_new = false;
        who->erased = false;
        for (size_t k = 0; k < who->n_keys && who->customer_id == NOBODY; k++) {
            if (who->keys[k].kind == REB_KEY_NAME) continue;
            who->customer_id = p->keys[of[k]].customer;
            who->erased = p->keys[of[k]].erased;
        }
        if (who->erased) {
            who->n_facts = 0;
            r->added.erased++;
        }
        if (who->customer_id == NOBODY) {
            who->customer_id = reb_id_next(r->g->setup.ids);
            who->is_new = true;
            p->new_id[p->n_new] = who->customer_id;
            p->new_kind[p->n_new++] = who->organisation ? "organisation" : "person";
            r->added.customers_new++;
        }
        for (size_t k = 0; k < who->n_keys; k++) {
            asked *a = &p->keys[of[k]];
            if (a->erased || (who->erased && (who->keys[k].kind == REB_KEY_NAME || a->customer != NOBODY))) continue;
            if (who->erased) {
                reb_status marked = add_mark(p, who->customer_id, a, err);
                if (marked != REB_OK) return marked;
                continue;
            }
            if (who->keys[k].kind != REB_KEY_NAME && a->customer == who->customer_id) continue;
            reb_status st = a->customer != NOBODY ? count_double(p, who->customer_id, a->customer, err) : REB_OK;
            if (st == REB_OK) st = add_identity(p, who->customer_id, &who->keys[k], err);
            if (st == REB_OK && who->keys[k].kind != REB_KEY_NAME && a->customer == NOBODY) {
                a->customer = who->customer_id;
                who->speaks = true;
                st = reb_ingest_remember(&r->who, &r->n_who, &r->cap_who, r->arena, a->hash, a->customer, err);
            }
            if (st != REB_OK) return st;
        }
    }
    return REB_OK;
}

static reb_status write_customers(people *p, reb_err *err) {
    reb_ingest *g = p->r->g;
    int64_t *batch = REB_NEW(p->r->arena, p->n_new + p->n_id, int64_t);
    int64_t *stamp = REB_NEW(p->r->arena, p->n_new, int64_t);
    if (batch == NULL || stamp == NULL) return no_memory(err);
    int64_t now = reb_clock_now(g->setup.clock);
    for (size_t i = 0; i < p->n_new + p->n_id; i++) batch[i] = g->setup.batch_id;
    for (size_t i = 0; i < p->n_new; i++) stamp[i] = now;
    const reb_column customer[] = {{.kind = REB_COL_I64, .i64 = p->new_id},
                                   {.kind = REB_COL_TEXT, .text = p->new_kind},
                                   {.kind = REB_COL_I64, .i64 = batch},
                                   {.kind = REB_COL_I64, .i64 = stamp}};
    reb_status st = reb_exec_many(g->store, REB_SQL_INGEST_CUSTOMER, customer, 4, p->n_new, NULL, NULL, NULL, err);
    const reb_column identity[] = {{.kind = REB_COL_I64, .i64 = p->id_customer}, {.kind = REB_COL_TEXT, .text = p->id_kind},
                                   {.kind = REB_COL_TEXT, .text = p->id_source}, {.kind = REB_COL_TEXT, .text = p->id_value},
                                   {.kind = REB_COL_TEXT, .text = p->id_shown},  {.kind = REB_COL_I64, .i64 = batch}};
    int64_t written = 0;
    if (st == REB_OK) st = reb_exec_many(g->store, REB_SQL_INGEST_IDENTITY, identity, 6, p->n_id, NULL, NULL, &written, err);
    p->r->added.identities += written;
    return st;
}

/* Who was erased since the last chunk must not be found by what memory holds. */
static reb_status look_for_erased(people *p, reb_err *err) {
    reb_ingest *g = p->r->g;
    int64_t count = 0;
    bool found = false;
    if (g->store == NULL) return REB_OK;
    reb_status st = reb_get_i64(&count, &found, g->store, REB_SQL_PRIVACY_COUNT, REB_NO_ARGS, err);
    if (st != REB_OK || count == 0) return st;
    if (count != g->erased_seen) {
        reb_map64 *const maps[] = {&g->who, &g->told};
        for (size_t i = 0; i < 2; i++) {
            size_t most = maps[i]->most;
            reb_map64_free(maps[i]);
            *maps[i] = (reb_map64){.most = most};
        }
        g->erased_seen = count;
    }
    return reb_privacy_key_get(&p->erasure, &p->any_erased, g->store, err);
}

reb_status reb_ingest_resolve(reb_ingest_run *r, reb_err *err) {
    people p = {.r = r};
    size_t keys = 0;
    for (size_t i = 0; i < r->c->n_persons; i++) keys += r->c->persons[i].n_keys;
    reb_arena *a = r->arena;
    p.new_id = REB_NEW(a, r->c->n_persons, int64_t);
    p.new_kind = REB_NEW(a, r->c->n_persons, const char *);
    p.id_customer = REB_NEW(a, keys, int64_t);
    p.id_kind = REB_NEW(a, keys, const char *);
    p.id_source = REB_NEW(a, keys, const char *);
    p.id_value = REB_NEW(a, keys, const char *);
    p.id_shown = REB_NEW(a, keys, const char *);
    reb_status st = p.new_id != NULL && p.new_kind != NULL && p.id_customer != NULL && p.id_kind != NULL && p.id_source != NULL &&
                            p.id_value != NULL && p.id_shown != NULL
                        ? REB_OK
                        : no_memory(err);
    if (st == REB_OK) st = look_for_erased(&p, err);
    if (st == REB_OK) st = collect(&p, err);
    if (st == REB_OK) st = look_up(&p, err);
    if (st == REB_OK) st = decide(&p, err);
    if (st == REB_OK && !r->g->setup.dry) st = write_customers(&p, err);
    reb_map64_free(&p.index);
    return st;
}

/* ---- facts -------------------------------------------------------------------------------------------------------------------- */

typedef struct fact_row {
    int64_t customer;
    const char *fact, *value;
    int64_t observed_us;
    size_t order;
} fact_row;

typedef struct fact_check {
    fact_row *rows;
    size_t n;
    bool *differs;
} fact_check;

static reb_status stored_fact(reb_stmt *row, void *ctx, reb_err *err) {
    fact_check *f = ctx;
    int64_t ord = reb_col_i64(row, 0);
    if (ord < 0 || (size_t)ord >= f->n) return reb_fail(err, REB_E_INTERNAL, "A look-up answered with a wrong number.");
    const char *value = reb_col_text(row, 1);
    if (value != NULL && strcmp(value, f->rows[ord].value) == 0) f->differs[ord] = false;
    return REB_OK;
}

static int by_customer(const void *x, const void *y) {
    const fact_row *a = x;
    const fact_row *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    int c = strcmp(a->fact, b->fact);
    if (c != 0) return c;
    if (a->observed_us != b->observed_us) return a->observed_us < b->observed_us ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* Of lists of customers: only those speak that tell something else than what is stored. */
static reb_status compare_records(reb_ingest_run *r, reb_err *err) {
    reb_ingest_chunk *c = r->c;
    size_t total = 0;
    for (size_t i = 0; i < c->n_persons; i++) total += c->persons[i].record ? c->persons[i].n_facts : 0;
    if (total == 0 || r->g->store == NULL) {
        for (size_t i = 0; i < c->n_persons; i++) c->persons[i].speaks |= c->persons[i].record && c->persons[i].n_facts > 0;
        return REB_OK;
    }
    fact_check f = {.rows = REB_NEW(r->arena, total, fact_row), .differs = REB_NEW(r->arena, total, bool)};
    size_t *person = REB_NEW(r->arena, total, size_t);
    int64_t *ord = REB_NEW(r->arena, total, int64_t);
    int64_t *customer = REB_NEW(r->arena, total, int64_t);
    const char **fact = REB_NEW(r->arena, total, const char *);
    if (f.rows == NULL || f.differs == NULL || person == NULL || ord == NULL || customer == NULL || fact == NULL) return no_memory(err);
    for (size_t i = 0; i < c->n_persons; i++) {
        const reb_ingest_person *p = &c->persons[i];
        for (size_t k = 0; p->record && k < p->n_facts; k++) {
            f.rows[f.n] = (fact_row){p->customer_id, p->facts[k].fact, p->facts[k].value, 0, 0};
            f.differs[f.n] = true;
            person[f.n] = i;
            ord[f.n] = (int64_t)f.n;
            customer[f.n] = p->customer_id;
            fact[f.n++] = p->facts[k].fact;
        }
    }
    const reb_column columns[] = {
        {.kind = REB_COL_I64, .i64 = ord}, {.kind = REB_COL_I64, .i64 = customer}, {.kind = REB_COL_TEXT, .text = fact}};
    reb_status st = reb_exec_many(r->g->store, REB_SQL_INGEST_FIND_FACT, columns, 3, f.n, stored_fact, &f, NULL, err);
    for (size_t i = 0; i < f.n && st == REB_OK; i++)
        if (f.differs[i]) c->persons[person[i]].speaks = true;
    return st;
}

static reb_status insert_facts(reb_ingest_run *r, const fact_row *rows, size_t n, reb_err *err) {
    reb_arena *a = r->arena;
    int64_t *customer = REB_NEW(a, n, int64_t);
    int64_t *batch = REB_NEW(a, n, int64_t);
    int64_t *observed = REB_NEW(a, n, int64_t);
    const char **fact = REB_NEW(a, n, const char *);
    const char **value = REB_NEW(a, n, const char *);
    if (customer == NULL || batch == NULL || observed == NULL || fact == NULL || value == NULL) return no_memory(err);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && rows[i + 1].customer == rows[i].customer && strcmp(rows[i + 1].fact, rows[i].fact) == 0)
            continue; /* a newer one follows */
        reb_mapkey t = told_key(rows[i].customer, rows[i].fact, strlen(rows[i].fact) + 1);
        int64_t hash = (int64_t)reb_hash64(7, rows[i].value, strlen(rows[i].value));
        int64_t before = 0;
        if (reb_map64_get(&r->g->told, t, &before) && before == hash) continue;
        reb_status st = reb_ingest_remember(&r->told, &r->n_told, &r->cap_told, a, t, hash, err);
        if (st != REB_OK) return st;
        if (!reb_map64_put(&r->anew, reb_ingest_customer_key(rows[i].customer), 0)) return no_memory(err);
        customer[m] = rows[i].customer;
        fact[m] = rows[i].fact;
        batch[m] = r->g->setup.batch_id;
        value[m] = rows[i].value;
        observed[m++] = rows[i].observed_us;
    }
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = customer},
                                  {.kind = REB_COL_TEXT, .text = fact},
                                  {.kind = REB_COL_I64, .i64 = batch},
                                  {.kind = REB_COL_TEXT, .text = value},
                                  {.kind = REB_COL_I64, .i64 = observed}};
    int64_t written = 0;
    reb_status st = r->g->setup.dry ? REB_OK : reb_exec_many(r->g->store, REB_SQL_INGEST_FACT, columns, 5, m, NULL, NULL, &written, err);
    r->added.facts += written;
    return st;
}

reb_status reb_ingest_write_facts(reb_ingest_run *r, reb_err *err) {
    reb_status st = compare_records(r, err);
    if (st != REB_OK) return st;
    reb_ingest_chunk *c = r->c;
    size_t total = 0;
    for (size_t i = 0; i < c->n_persons; i++) {
        reb_ingest_person *p = &c->persons[i];
        p->speaks |= p->is_new;
        if (p->record && !p->speaks) r->added.known++;
        if (p->speaks) total += p->n_facts;
    }
    fact_row *rows = REB_NEW(r->arena, total, fact_row);
    if (rows == NULL) return no_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < c->n_persons; i++) {
        const reb_ingest_person *p = &c->persons[i];
        for (size_t k = 0; p->speaks && k < p->n_facts; k++, n++)
            rows[n] = (fact_row){p->customer_id, p->facts[k].fact, p->facts[k].value, p->observed_us, n};
    }
    qsort(rows, n, sizeof *rows, by_customer);
    return insert_facts(r, rows, n, err);
}
