#include "audit.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_BATCH = 1000, TEXTS = 7, PROBLEMS_TOLD = 1000, CANDIDATES = 64 };

static const char k_zeros[REB_AUDIT_HASH] = "0000000000000000000000000000000000000000000000000000000000000000";

/* A record as it is hashed. text: who, role, kind, did, about, subjects, detail. */
typedef struct record {
    int64_t seq, at_us;
    const char *text[TEXTS];
    const char *prev_hash, *hash;
} record;

static const char *or_empty(const char *s) {
    return s != NULL ? s : "";
}

void reb_audit_subject(reb_buf *list, const char *subject) {
    if (subject == NULL || *subject == '\0') return;
    if (list->len == 0) reb_buf_char(list, ' ');
    for (const char *p = subject; *p != '\0'; p++) reb_buf_char(list, (unsigned char)*p <= ' ' ? '_' : *p);
    reb_buf_char(list, ' ');
}

void reb_audit_subject_id(reb_buf *list, int64_t id) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, id);
    reb_audit_subject(list, text);
}

/* --- the hash --------------------------------------------------------------------------------------------------------------------------
 */

static void hash_text(crypto_hash_sha256_state *h, const char *text) {
    char length[24];
    size_t n = strlen(text);
    int digits = snprintf(length, sizeof length, "%zu:", n);
    crypto_hash_sha256_update(h, (const unsigned char *)length, (unsigned long long)digits);
    crypto_hash_sha256_update(h, (const unsigned char *)text, n);
}

/* Every part with its length before it, so that no two records are written alike. */
static void hash_record(char out[REB_AUDIT_HASH], const record *r, int64_t seq) {
    crypto_hash_sha256_state h;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char number[24];
    crypto_hash_sha256_init(&h);
    hash_text(&h, "rebound-audit-1");
    hash_text(&h, or_empty(r->prev_hash));
    snprintf(number, sizeof number, "%" PRId64, seq);
    hash_text(&h, number);
    snprintf(number, sizeof number, "%" PRId64, r->at_us);
    hash_text(&h, number);
    for (size_t i = 0; i < TEXTS; i++) hash_text(&h, or_empty(r->text[i]));
    crypto_hash_sha256_final(&h, hash);
    sodium_bin2hex(out, REB_AUDIT_HASH, hash, sizeof hash);
}

/* --- entries ---------------------------------------------------------------------------------------------------------------------------
 */

typedef struct adding {
    const reb_audit_entry *entries;
    size_t count;
    const int64_t *ids, *at_us;
    const char *const *text[TEXTS];
} adding;

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    const adding *a = ctx;
    reb_column columns[2 + TEXTS] = {{.kind = REB_COL_I64, .i64 = a->ids}, {.kind = REB_COL_I64, .i64 = a->at_us}};
    for (size_t i = 0; i < TEXTS; i++) columns[2 + i] = (reb_column){.kind = REB_COL_TEXT, .text = a->text[i]};
    return reb_exec_many(s, REB_SQL_AUDIT_PENDING_PUT, columns, 2 + TEXTS, a->count, NULL, NULL, NULL, err);
}

reb_status reb_audit_add(reb_store *s, reb_ids *ids, const reb_audit_entry *entries, size_t count, reb_err *err) {
    if (count == 0) return REB_OK;
    reb_arena arena = {0};
    int64_t *id = reb_arena_zalloc(&arena, count, sizeof *id);
    int64_t *at_us = reb_arena_zalloc(&arena, count, sizeof *at_us);
    const char **text[TEXTS];
    adding a = {.entries = entries, .count = count, .ids = id, .at_us = at_us};
    for (size_t i = 0; i < TEXTS; i++) a.text[i] = text[i] = reb_arena_zalloc(&arena, count, sizeof *text[i]);
    reb_status st = arena.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
    for (size_t k = 0; st == REB_OK && k < count; k++) {
        const reb_audit_entry *e = &entries[k];
        const char *values[TEXTS] = {e->who, e->role, e->kind, e->did, e->about, e->subjects, e->detail};
        id[k] = reb_id_next(ids);
        at_us[k] = e->at_us;
        for (size_t i = 0; i < TEXTS; i++) text[i][k] = or_empty(values[i]);
    }
    if (st == REB_OK) st = reb_store_write(s, add_work, &a, err);
    reb_arena_free(&arena);
    return st;
}

reb_status reb_audit_say(reb_store *s, reb_ids *ids, const char *who, const char *kind, const char *did, const char *about,
                         const char *subject, int64_t now_us, reb_err *err) {
    reb_buf subjects = {0};
    reb_audit_subject(&subjects, subject);
    reb_status st = subjects.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
    const reb_audit_entry e = {.at_us = now_us, .who = who, .kind = kind, .did = did, .about = about, .subjects = reb_buf_cstr(&subjects)};
    if (st == REB_OK) st = reb_audit_add(s, ids, &e, 1, err);
    reb_buf_free(&subjects);
    return st;
}

/* --- linking ---------------------------------------------------------------------------------------------------------------------------
 */

static reb_status read_head(reb_audit_head *out, bool *found, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    *out = (reb_audit_head){.first_seq = 1};
    memcpy(out->first_hash, k_zeros, sizeof k_zeros);
    memcpy(out->last_hash, k_zeros, sizeof k_zeros);
    reb_status st = reb_query(&q, s, REB_SQL_AUDIT_HEAD_GET, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) {
        out->first_seq = reb_col_i64(q, 0);
        out->last_seq = reb_col_i64(q, 2);
        snprintf(out->first_hash, REB_AUDIT_HASH, "%s", or_empty(reb_col_text(q, 1)));
        snprintf(out->last_hash, REB_AUDIT_HASH, "%s", or_empty(reb_col_text(q, 3)));
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_audit_head_get(reb_audit_head *out, reb_store *s, reb_err *err) {
    bool found;
    return read_head(out, &found, s, err);
}

/* One process at a time; the lock comes before the transaction's first look, so that the head it reads is the last one. */
static reb_status lock_chain(reb_store *s, bool dry, reb_err *err) {
    return !dry && reb_store_engine(s) == REB_ENGINE_PG ? reb_exec(s, REB_SQL_AUDIT_LOCK, REB_NO_ARGS, NULL, err) : REB_OK;
}

typedef struct linking {
    reb_arena arena;
    size_t count;
    int64_t last_entry;
    int64_t *seq, *at_us;
    const char **text[TEXTS];
    const char **prev_hash, **hash;
} linking;

static reb_status gather(linking *l, const reb_audit_head *head, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    const char *prev = head->last_hash;
    l->seq = reb_arena_zalloc(&l->arena, LINK_BATCH, sizeof *l->seq);
    l->at_us = reb_arena_zalloc(&l->arena, LINK_BATCH, sizeof *l->at_us);
    l->prev_hash = reb_arena_zalloc(&l->arena, LINK_BATCH, sizeof *l->prev_hash);
    l->hash = reb_arena_zalloc(&l->arena, LINK_BATCH, sizeof *l->hash);
    for (size_t i = 0; i < TEXTS; i++) l->text[i] = reb_arena_zalloc(&l->arena, LINK_BATCH, sizeof *l->text[i]);
    if (l->arena.failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_query(&q, s, REB_SQL_AUDIT_PENDING_READ, REB_ARGS(reb_i(LINK_BATCH)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row && l->count < LINK_BATCH) {
        size_t k = l->count++;
        record r = {.at_us = reb_col_i64(q, 1), .prev_hash = prev};
        char hash[REB_AUDIT_HASH];
        l->last_entry = reb_col_i64(q, 0);
        l->seq[k] = head->last_seq + (int64_t)k + 1;
        l->at_us[k] = r.at_us;
        for (size_t i = 0; i < TEXTS; i++) r.text[i] = l->text[i][k] = reb_arena_strdup(&l->arena, or_empty(reb_col_text(q, 2 + (int)i)));
        hash_record(hash, &r, l->seq[k]);
        l->prev_hash[k] = prev;
        prev = l->hash[k] = reb_arena_strdup(&l->arena, hash);
        if (l->arena.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

static reb_status link_work(reb_store *s, void *ctx, reb_err *err) {
    linking *l = ctx;
    reb_audit_head head;
    bool found = false;
    reb_arena_reset(&l->arena);
    l->count = 0;
    reb_status st = lock_chain(s, false, err);
    if (st == REB_OK) st = read_head(&head, &found, s, err);
    if (st == REB_OK && !found) st = reb_exec(s, REB_SQL_AUDIT_HEAD_START, REB_ARGS(reb_t(k_zeros)), NULL, err);
    if (st == REB_OK) st = gather(l, &head, s, err);
    if (st != REB_OK || l->count == 0) return st;
    reb_column columns[4 + TEXTS] = {{.kind = REB_COL_I64, .i64 = l->seq}, {.kind = REB_COL_I64, .i64 = l->at_us}};
    for (size_t i = 0; i < TEXTS; i++) columns[2 + i] = (reb_column){.kind = REB_COL_TEXT, .text = l->text[i]};
    columns[2 + TEXTS] = (reb_column){.kind = REB_COL_TEXT, .text = l->prev_hash};
    columns[3 + TEXTS] = (reb_column){.kind = REB_COL_TEXT, .text = l->hash};
    st = reb_exec_many(s, REB_SQL_AUDIT_INSERT, columns, 4 + TEXTS, l->count, NULL, NULL, NULL, err);
    /* Entries that came later with a smaller id are not seen by this transaction, and not deleted by it either. */
    if (st == REB_OK) st = reb_exec(s, REB_SQL_AUDIT_PENDING_DONE, REB_ARGS(reb_i(l->last_entry)), NULL, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_AUDIT_HEAD_MOVE, REB_ARGS(reb_i(l->seq[l->count - 1]), reb_t(l->hash[l->count - 1])), NULL, err);
    return st;
}

reb_status reb_audit_link(int64_t *linked, reb_store *s, reb_err *err) {
    linking l = {0};
    int64_t sum = 0;
    reb_status st = REB_OK;
    for (;;) {
        int64_t one;
        bool any = false;
        st = reb_get_i64(&one, &any, s, REB_SQL_AUDIT_PENDING_ANY, REB_NO_ARGS, err);
        if (st != REB_OK || !any) break;
        st = reb_store_write(s, link_work, &l, err);
        if (st != REB_OK) break;
        sum += (int64_t)l.count;
    }
    reb_arena_free(&l.arena);
    if (linked != NULL) *linked = sum;
    return st;
}

/* --- verifying -------------------------------------------------------------------------------------------------------------------------
 */

reb_status reb_audit_head_parse(int64_t *seq, char hash[REB_AUDIT_HASH], const char *text, reb_err *err) {
    const char *colon = strchr(text, ':');
    size_t digits = strspn(text, "0123456789");
    if (colon == NULL || digits == 0 || digits > 18 || text + digits != colon || strlen(colon + 1) != REB_AUDIT_HASH - 1 ||
        strspn(colon + 1, "0123456789abcdef") != REB_AUDIT_HASH - 1) {
        reb_fail(err, REB_E_USAGE, "\"%.80s\" is no head of the audit log.", text);
        reb_err_next(err, "A head is written NUMBER:HASH, as rebound audit head prints it.");
        return REB_E_USAGE;
    }
    *seq = strtoll(text, NULL, 10);
    memcpy(hash, colon + 1, REB_AUDIT_HASH);
    return REB_OK;
}

/* A record that does not fit its own hash: it may have been moved here from another place. Kept for a second look. */
typedef struct misfit {
    int64_t seq;
    record r;
} misfit;

typedef struct walk {
    reb_audit_report *out;
    reb_audit_problem each;
    void *ctx;
    int64_t known_seq;
    const char *known_hash;
    int64_t expected;
    char prev[REB_AUDIT_HASH]; /* hash of the record before, as stored */
    bool first, attested;
    reb_arena arena;
    misfit misfits[CANDIDATES];
    size_t n_misfits;
} walk;

static void problem(walk *w, int64_t seq, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void problem(walk *w, int64_t seq, const char *fmt, ...) {
    char text[256];
    va_list args;
    if (w->out->problems++ >= PROBLEMS_TOLD || w->each == NULL) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    w->each(seq, text, w->ctx);
}

static void read_record(record *r, reb_stmt *q) {
    *r = (record){.seq = reb_col_i64(q, 0), .at_us = reb_col_i64(q, 1)};
    for (int i = 0; i < TEXTS; i++) r->text[i] = or_empty(reb_col_text(q, 2 + i));
    r->prev_hash = or_empty(reb_col_text(q, 2 + TEXTS));
    r->hash = or_empty(reb_col_text(q, 3 + TEXTS));
}

static reb_status keep_misfit(walk *w, const record *r, reb_err *err) {
    if (w->n_misfits == CANDIDATES) {
        problem(w, r->seq, "Record %" PRId64 " was changed: its content does not fit its hash.", r->seq);
        return REB_OK;
    }
    misfit *m = &w->misfits[w->n_misfits++];
    m->seq = r->seq;
    m->r = *r;
    for (size_t i = 0; i < TEXTS; i++) m->r.text[i] = reb_arena_strdup(&w->arena, r->text[i]);
    m->r.prev_hash = reb_arena_strdup(&w->arena, r->prev_hash);
    m->r.hash = reb_arena_strdup(&w->arena, r->hash);
    return w->arena.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}

/* Does this record say that the chain begins where the head says it does? */
static bool attests(const walk *w, const record *r) {
    char wanted[64 + REB_AUDIT_HASH];
    snprintf(wanted, sizeof wanted, "{\"first_seq\":\"%" PRId64 "\",\"first_hash\":\"%s\"", w->out->head.first_seq,
             w->out->head.first_hash);
    return strcmp(r->text[3], "audit_cut") == 0 && strncmp(r->text[6], wanted, strlen(wanted)) == 0;
}

static reb_status see_record(walk *w, const record *r, reb_err *err) {
    char hash[REB_AUDIT_HASH];
    reb_status st = REB_OK;
    w->out->records++;
    if (r->seq < w->expected) problem(w, r->seq, "Record %" PRId64 " stands before the beginning of the log.", r->seq);
    if (r->seq == w->expected + 1) problem(w, w->expected, "Record %" PRId64 " is missing.", w->expected);
    if (r->seq > w->expected + 1) problem(w, w->expected, "Records %" PRId64 " to %" PRId64 " are missing.", w->expected, r->seq - 1);
    bool gap = r->seq != w->expected;
    hash_record(hash, r, r->seq);
    bool fits = strcmp(hash, r->hash) == 0;
    if (!fits) st = keep_misfit(w, r, err);
    if (fits && !gap && strcmp(r->prev_hash, w->prev) != 0) {
        problem(w, r->seq,
                w->first ? "Record %" PRId64 " does not follow on the beginning that is written down: records before it were removed."
                         : "Record %" PRId64 " does not follow the one before it, which was changed, or put in its place.",
                r->seq);
    }
    if (w->known_seq == r->seq && w->known_hash != NULL && strcmp(w->known_hash, r->hash) != 0)
        problem(w, r->seq, "Record %" PRId64 " has not the hash that was written down: the log was made anew up to there.", r->seq);
    if (!w->attested) w->attested = attests(w, r);
    w->expected = r->seq >= w->expected ? r->seq + 1 : w->expected;
    snprintf(w->prev, sizeof w->prev, "%s", r->hash);
    w->first = false;
    return st;
}

/* Records that fit their hash at another's number have changed places; the rest were changed. */
static void judge_misfits(walk *w) {
    for (size_t i = 0; i < w->n_misfits; i++) {
        const misfit *m = &w->misfits[i];
        int64_t from = 0;
        for (size_t k = 0; k < w->n_misfits && from == 0; k++) {
            char hash[REB_AUDIT_HASH];
            if (k == i) continue;
            hash_record(hash, &m->r, w->misfits[k].seq);
            if (strcmp(hash, m->r.hash) == 0) from = w->misfits[k].seq;
        }
        if (from != 0) {
            problem(w, m->seq, "Record %" PRId64 " was moved: it stood at %" PRId64 ".", m->seq, from);
        } else {
            problem(w, m->seq, "Record %" PRId64 " was changed: its content does not fit its hash.", m->seq);
        }
    }
}

static void check_ends(walk *w) {
    const reb_audit_head *h = &w->out->head;
    if (w->expected == h->last_seq) {
        problem(w, h->last_seq, "Record %" PRId64 ", the last one, is missing.", h->last_seq);
    } else if (w->expected < h->last_seq) {
        problem(w, w->expected, "Records %" PRId64 " to %" PRId64 ", the last ones, are missing.", w->expected, h->last_seq);
    } else if (w->expected > h->last_seq + 1) {
        problem(w, h->last_seq + 1, "Records %" PRId64 " to %" PRId64 " stand after the end that is written down.", h->last_seq + 1,
                w->expected - 1);
    } else if (strcmp(w->prev, h->last_hash) != 0) {
        problem(w, h->last_seq, "The head is not that of record %" PRId64 ": one of the two was changed.", h->last_seq);
    }
    if (h->first_seq > 1 && !w->attested)
        problem(w, h->first_seq, "The log begins at record %" PRId64 ", but no record says that the older ones were removed by a rule.",
                h->first_seq);
    if (w->known_seq > h->last_seq)
        problem(w, w->known_seq, "Record %" PRId64 " was written down as head, but the log ends at %" PRId64 ".", w->known_seq,
                h->last_seq);
}

static reb_status walk_work(reb_store *s, void *ctx, reb_err *err) {
    walk *w = ctx;
    reb_stmt *q = NULL;
    bool row = true;
    int64_t one;
    bool pending = false;
    reb_status st = reb_audit_head_get(&w->out->head, s, err);
    if (st == REB_OK) st = reb_get_i64(&one, &pending, s, REB_SQL_AUDIT_PENDING_ANY, REB_NO_ARGS, err);
    w->out->pending = pending;
    w->expected = w->out->head.first_seq;
    w->first = true;
    memcpy(w->prev, w->out->head.first_hash, REB_AUDIT_HASH);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_AUDIT_WALK, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        record r;
        read_record(&r, q);
        st = see_record(w, &r, err);
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    judge_misfits(w);
    check_ends(w);
    return REB_OK;
}

reb_status reb_audit_verify(reb_audit_report *out, reb_store *s, int64_t known_seq, const char *known_hash, reb_audit_problem each,
                            void *ctx, reb_err *err) {
    walk *w = calloc(1, sizeof *w);
    *out = (reb_audit_report){0};
    if (w == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    *w = (walk){.out = out, .each = each, .ctx = ctx, .known_seq = known_seq, .known_hash = known_hash};
    reb_status st = reb_store_read(s, walk_work, w, err);
    reb_arena_free(&w->arena);
    free(w);
    return st;
}

enum { PROBLEMS_JSON = 100 };
typedef struct telling {
    reb_json w;
    int told;
} telling;

static void tell_problem(int64_t seq, const char *what, void *ctx) {
    telling *t = ctx;
    if (t->told++ >= PROBLEMS_JSON) return;
    reb_json_obj(&t->w);
    reb_json_kid(&t->w, "seq", seq);
    reb_json_kstr(&t->w, "what", what);
    reb_json_obj_end(&t->w);
}

reb_status reb_audit_check_json(bool *whole, reb_json *w, reb_store *s, const char *known, reb_err *err) {
    int64_t known_seq = 0;
    char hash[REB_AUDIT_HASH] = "";
    char head[REB_AUDIT_HASH + 24];
    reb_audit_report r = {0};
    reb_buf list = {0};
    telling t = {.w = {.out = &list}};
    reb_status st = known != NULL ? reb_audit_head_parse(&known_seq, hash, known, err) : REB_OK;
    if (st == REB_OK) st = reb_audit_link(NULL, s, err);
    reb_json_arr(&t.w);
    if (st == REB_OK) st = reb_audit_verify(&r, s, known_seq, hash, tell_problem, &t, err);
    reb_json_arr_end(&t.w);
    if (st == REB_OK && list.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) {
        snprintf(head, sizeof head, "%" PRId64 ":%s", r.head.last_seq, r.head.last_hash);
        *whole = r.problems == 0;
        reb_json_obj(w);
        reb_json_kbool(w, "whole", *whole);
        reb_json_ki64(w, "records", r.records);
        reb_json_kstr(w, "head", head);
        reb_json_ki64(w, "problem_count", r.problems);
        reb_json_key(w, "problems");
        reb_json_raw(w, reb_buf_cstr(&list));
        reb_json_obj_end(w);
    }
    reb_buf_free(&list);
    return st;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------------
 */

/* " 12 17 " as ["12","17"]. */
static void subjects_json(reb_json *w, const char *list) {
    reb_json_arr(w);
    for (const char *p = list; *p != '\0';) {
        size_t skip = strspn(p, " ");
        size_t n = strcspn(p + skip, " ");
        if (n > 0) reb_json_strn(w, p + skip, n);
        p += skip + n;
    }
    reb_json_arr_end(w);
}

static void record_json(reb_json *w, const record *r) {
    reb_json_obj(w);
    reb_json_kid(w, "seq", r->seq);
    reb_json_ktime(w, "at", r->at_us);
    reb_json_kstr(w, "who", r->text[0]);
    reb_json_kstr(w, "role", r->text[1]);
    reb_json_kstr(w, "kind", r->text[2]);
    reb_json_kstr(w, "did", r->text[3]);
    reb_json_kstr(w, "about", r->text[4]);
    reb_json_key(w, "subjects");
    subjects_json(w, r->text[5]);
    reb_json_kstr(w, "detail", r->text[6]);
    reb_json_kstr(w, "hash", r->hash);
    reb_json_obj_end(w);
}

reb_status reb_audit_list_json(reb_json *w, reb_store *s, const reb_audit_filter *f, reb_err *err) {
    int64_t limit = f->limit > 0 ? f->limit : 50;
    reb_buf subject = {0};
    reb_stmt *q = NULL;
    bool row = true;
    int64_t count = 0;
    int64_t last = 0;
    reb_audit_head head;
    reb_audit_subject(&subject, f->subject);
    reb_status st = subject.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_audit_head_get(&head, s, err);
    if (st == REB_OK)
        st = reb_query(&q, s, REB_SQL_AUDIT_LIST,
                       REB_ARGS(reb_t(or_empty(f->who)), reb_t(or_empty(f->kind)), reb_t(or_empty(f->did)), reb_t(or_empty(f->about)),
                                reb_t(reb_buf_cstr(&subject)), reb_i(f->from_us), reb_i(f->to_us > 0 ? f->to_us : INT64_MAX),
                                reb_i(f->before > 0 ? f->before : INT64_MAX), reb_i(limit + 1)),
                       err);
    if (st == REB_OK) {
        reb_json_obj(w);
        reb_json_key(w, "records");
        reb_json_arr(w);
    }
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row && count < limit) {
        record r;
        read_record(&r, q);
        record_json(w, &r);
        last = r.seq;
        count++;
    }
    if (st == REB_OK) {
        reb_json_arr_end(w);
        if (row && count == limit) {
            reb_json_kid(w, "next", last);
        } else {
            reb_json_knull(w, "next");
        }
        reb_json_kid(w, "first_seq", head.first_seq);
        reb_json_kid(w, "last_seq", head.last_seq);
        reb_json_kstr(w, "last_hash", head.last_hash);
        reb_json_obj_end(w);
    }
    reb_stmt_close(q);
    reb_buf_free(&subject);
    return st;
}

/* --- retention -------------------------------------------------------------------------------------------------------------------------
 */

typedef struct cutting {
    reb_ids *ids;
    const char *who;
    int64_t before_us, now_us, removed;
    bool dry;
} cutting;

static reb_status cut_work(reb_store *s, void *ctx, reb_err *err) {
    cutting *c = ctx;
    reb_audit_head head;
    bool found = false;
    int64_t first = 0;
    reb_stmt *q = NULL;
    char hash[REB_AUDIT_HASH] = "";
    char detail[160];
    c->removed = 0;
    reb_status st = lock_chain(s, c->dry, err);
    if (st == REB_OK) st = read_head(&head, &found, s, err);
    if (st != REB_OK || head.last_seq == 0) return st;
    st = reb_get_i64(&first, &found, s, REB_SQL_AUDIT_FIRST_KEPT, REB_ARGS(reb_i(c->before_us)), err);
    if (first == 0) first = head.last_seq;
    if (st != REB_OK || first <= head.first_seq) return st;
    c->removed = first - head.first_seq;
    if (c->dry) return REB_OK;
    bool row = false;
    st = reb_query(&q, s, REB_SQL_AUDIT_ONE, REB_ARGS(reb_i(first)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && !row) st = reb_fail(err, REB_E_STORE, "The audit log has no record %" PRId64 ".", first);
    if (st == REB_OK) snprintf(hash, sizeof hash, "%s", or_empty(reb_col_text(q, 2 + TEXTS)));
    reb_stmt_close(q);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_AUDIT_HEAD_CUT, REB_ARGS(reb_i(first), reb_t(hash)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_AUDIT_CUT, REB_NO_ARGS, NULL, err);
    snprintf(detail, sizeof detail, "{\"first_seq\":\"%" PRId64 "\",\"first_hash\":\"%s\",\"removed\":%" PRId64 "}", first, hash,
             c->removed);
    const reb_audit_entry e = {
        .at_us = c->now_us, .who = c->who, .kind = "changed", .did = "audit_cut", .about = "audit", .detail = detail};
    if (st == REB_OK) st = reb_audit_add(s, c->ids, &e, 1, err);
    return st;
}

reb_status reb_audit_cut(int64_t *removed, reb_store *s, reb_ids *ids, const char *who, int64_t before_us, int64_t now_us, bool dry,
                         reb_err *err) {
    cutting c = {.ids = ids, .who = who, .before_us = before_us, .now_us = now_us, .dry = dry};
    reb_status st = dry ? REB_OK : reb_audit_link(NULL, s, err);
    if (st == REB_OK) st = dry ? reb_store_read(s, cut_work, &c, err) : reb_store_write(s, cut_work, &c, err);
    if (st == REB_OK && !dry) st = reb_audit_link(NULL, s, err);
    *removed = c.removed;
    return st;
}
