/* Writing: a case's entries become events that may stand where they are, with what follows from them. */
#include "case_import_internal.h"

#include "case_internal.h"
#include "customer_internal.h"
#include "import_run.h"

#include "../domain/batch.h"
#include "../domain/identity.h"
#include "../domain/standard.h"
#include "../text/phone.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { EVENTS_MOST = 4000 };

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

typedef struct importing {
    const reb_case_import_in *in;
    reb_case_import_out *out;
    const reb_log_map *map;
    reb_log_table *table;
    reb_arena arena; /* of the whole import: business-wide things */
    const char *source;
    reb_batch batch;
    char hash[REB_HASH_TEXT];
} importing;

typedef struct chunk {
    importing *m;
    int64_t first, last;       /* cases */
    int64_t entry;             /* where the first one's entries begin */
    int64_t next_entry;        /* and where the next chunk's do */
    reb_case_import_out added; /* of this attempt */
    reb_arena arena;           /* of one case */
    reb_case_rules *rules;
} chunk;

/* ---- one case ---- */

typedef struct making {
    chunk *c;
    const reb_log_case *told;
    reb_case_event *events;
    int64_t known, count, room; /* of the log that is there, and with what comes to it */
    reb_case_words *words;
    int64_t word_count;
    reb_case_state state;
    const char *channel, *cause, *outcome, *data;
    int64_t whom_id;
} making;

static const char *code_of(const making *k, reb_log_role role) {
    const char *v = k->told->value[role];
    return reb_log_code(k->c->m->map, role, v != NULL ? v : "");
}

static bool may(const making *k, reb_case_event_kind kind) {
    return reb_case_may_kind(&k->state, kind);
}

static bool was_known(const making *k, reb_case_event_kind kind, int64_t at_us) {
    for (int64_t i = 0; i < k->known; i++)
        if (k->events[i].kind == kind && k->events[i].at_us == at_us) return true;
    return false;
}

static reb_status push(making *k, reb_case_event_kind kind, const char *word, int64_t at_us, bool implied, reb_err *err) {
    chunk *c = k->c;
    if (k->count == k->room) {
        c->added.events_left++;
        return REB_OK;
    }
    reb_case_event *e = &k->events[k->count];
    *e =
        (reb_case_event){.seq = k->count + 1, .kind = kind, .at_us = at_us, .recorded_us = c->m->in->now_us, .who = "import", .word = word};
    if (kind == REB_CASE_OPENED) {
        e->until_us = at_us;
        e->data = k->data;
    }
    reb_err why = {0};
    if (reb_case_may(&k->state, e, &why) != REB_OK) {
        c->added.events_left++;
        return REB_OK;
    }
    k->count++;
    c->added.events++;
    c->added.implied += implied;
    return reb_case_fold(&k->state, &c->arena, k->events, k->count, err);
}

/* What must have been for this to be. */
static reb_status push_before(making *k, reb_case_event_kind kind, int64_t at_us, reb_err *err) {
    reb_status st = REB_OK;
    if (k->state.stage == REB_STAGE_NONE && kind != REB_CASE_OPENED) {
        st = push(k, REB_CASE_OPENED, k->channel, at_us, true, err);
        if (st == REB_OK) k->c->added.cases_new++;
    }
    bool works = kind == REB_CASE_WAITING || kind == REB_CASE_DECIDED;
    if (st == REB_OK && works && !may(k, kind) && may(k, REB_CASE_REOPENED)) st = push(k, REB_CASE_REOPENED, "person", at_us, true, err);
    bool ends = kind == REB_CASE_COMMUNICATED || kind == REB_CASE_CLOSED;
    if (st == REB_OK && ends && !may(k, kind) && k->state.stage < REB_STAGE_DECIDED)
        st = push(k, REB_CASE_DECIDED, k->outcome, at_us, true, err);
    if (st == REB_OK && kind == REB_CASE_CLOSED && !may(k, kind) && k->state.stage == REB_STAGE_DECIDED)
        st = push(k, REB_CASE_COMMUNICATED, "person", at_us, true, err);
    return st;
}

static const char *word_of(const making *k, const reb_log_step *s) {
    if (s->word[0] != '\0') return s->word;
    switch (s->kind) {
        case REB_CASE_OPENED:
        case REB_CASE_MESSAGE_IN:
        case REB_CASE_MESSAGE_OUT: return k->channel;
        case REB_CASE_DECIDED: return k->outcome;
        case REB_CASE_CLOSED: return k->cause;
        default: return reb_log_usual_word(s->kind);
    }
}

static reb_status push_entry(making *k, const reb_log_entry *e, reb_err *err) {
    reb_status st = REB_OK;
    for (int i = 0; i < e->step_count && st == REB_OK; i++) {
        const reb_log_step *s = &e->step[i];
        if (was_known(k, s->kind, e->at_us)) {
            k->c->added.events_known++;
            continue;
        }
        if (k->known > 0 && e->at_us < k->state.last_us) { /* it would stand before what is written */
            k->c->added.events_left++;
            continue;
        }
        bool first = k->state.stage == REB_STAGE_NONE;
        st = push_before(k, s->kind, e->at_us, err);
        if (st == REB_OK && !(s->kind == REB_CASE_OPENED && k->count > 0)) st = push(k, s->kind, word_of(k, s), e->at_us, false, err);
        if (first && s->kind == REB_CASE_OPENED) k->c->added.cases_new++;
    }
    /* A row of which nothing is to be told has still happened: the case was there. */
    if (st == REB_OK && e->step_count == 0 && k->state.stage == REB_STAGE_NONE) st = push_before(k, REB_CASE_NOTE, e->at_us, err);
    bool speaks = e->text != NULL && k->count > k->known && k->events[k->count - 1].kind != REB_CASE_OPENED && k->word_count < k->room;
    if (speaks) k->words[k->word_count++] = (reb_case_words){k->count - 1 - k->known, "body", e->text};
    return st;
}

static reb_status find_whom(making *k, const reb_case_person *p, reb_store *s, reb_err *err) {
    int64_t heads[2];
    size_t count = 0;
    reb_status st = REB_OK;
    k->whom_id = 0;
    if (p->email[0] != '\0') st = reb_identity_heads(heads, &count, 2, s, "email", NULL, p->email, err);
    if (st == REB_OK && count == 0 && p->phone[0] != '\0') st = reb_identity_heads(heads, &count, 2, s, "phone", NULL, p->phone, err);
    if (st == REB_OK && count == 0 && p->order_ref != NULL) {
        reb_stmt *q = NULL;
        bool row = true;
        st = reb_query(&q, s, REB_SQL_CASE_ORDER_HEADS, REB_ARGS(reb_t(p->order_ref)), err);
        while (st == REB_OK && count < 2 && (st = reb_step(q, &row, err)) == REB_OK && row) heads[count++] = reb_col_i64(q, 0);
        reb_stmt_close(q);
    }
    if (st == REB_OK && count == 1) k->whom_id = heads[0];
    return st;
}

/* What cannot be read as an address or number is left out: a log is not mended row by row. */
static reb_status read_person(reb_case_person *p, making *k, reb_err *err) {
    reb_arena *a = &k->c->arena;
    char email[REB_EMAIL_TEXT] = "";
    reb_phone phone = {0};
    size_t n = 0;
    reb_err ignored = {0};
    const char *const *v = k->told->value;
    *p = (reb_case_person){0};
    if (v[REB_LOG_EMAIL] != NULL && reb_email_parse(email, &n, v[REB_LOG_EMAIL], strlen(v[REB_LOG_EMAIL]), &ignored) != REB_OK)
        email[0] = '\0';
    if (v[REB_LOG_PHONE] != NULL && reb_phone_parse(&phone, v[REB_LOG_PHONE], strlen(v[REB_LOG_PHONE]),
                                                    reb_customer_home_country(k->c->m->in->business), &ignored) != REB_OK)
        phone.e164[0] = '\0';
    p->email = reb_arena_strdup(a, email);
    p->phone = reb_arena_strdup(a, phone.e164);
    reb_status st = reb_case_line(&p->name, a, v[REB_LOG_NAME], "name", err);
    if (st == REB_OK) st = reb_case_line(&p->order_ref, a, v[REB_LOG_ORDER], "order number", err);
    return st == REB_OK && a->failed ? no_memory(err) : st;
}

/* kind: a code that the standards have stands as it is; else what the mapping says, else "other". */
static const char *kind_of(const making *k, const reb_standard *standard) {
    const char *raw = k->told->value[REB_LOG_KIND];
    const char *code = code_of(k, REB_LOG_KIND);
    if (raw != NULL && reb_standard_kind_find(standard, raw) != NULL) return raw;
    if (reb_standard_kind_find(standard, code) != NULL) return code;
    if (reb_standard_kind_find(standard, "other") != NULL || standard->kind_count == 0) return "other";
    return standard->kinds[standard->kind_count - 1].code;
}

static reb_status opened_data(making *k, reb_store *s, int64_t at_us, reb_err *err) {
    reb_standard *standard = NULL;
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_status st = reb_case_rules_standard_at(&standard, s, k->c->rules, at_us, err);
    if (st != REB_OK) return st;
    const char *severity = code_of(k, REB_LOG_SEVERITY);
    const char *language = code_of(k, REB_LOG_LANGUAGE);
    reb_language l;
    reb_json_obj(&w);
    reb_json_kstr(&w, "kind", kind_of(k, standard));
    if (severity[0] != '\0') reb_json_kstr(&w, "severity", severity);
    reb_json_kstr(&w, "language",
                  reb_language_find(&l, language) ? reb_language_code(l) : reb_business_text(k->c->m->in->business, REB_SETTING_LANGUAGE));
    reb_json_ki64(&w, "standard", standard->version);
    if (k->whom_id != 0) reb_json_kid(&w, "customer", k->whom_id);
    reb_json_obj_end(&w);
    k->data = b.failed ? NULL : reb_arena_strdup(&k->c->arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return k->data == NULL ? no_memory(err) : REB_OK;
}

static reb_status create(making *k, reb_store *s, const char *key, const reb_case_person *p, const reb_case_writing *w, reb_err *err) {
    reb_arena *a = &k->c->arena;
    const char *subject = NULL;
    const char *body = NULL;
    const char *sought = NULL;
    const char *const *v = k->told->value;
    reb_case_key at;
    int64_t number = 0;
    reb_status st = reb_case_line(&subject, a, v[REB_LOG_SUBJECT], "subject", err);
    if (st == REB_OK) st = reb_case_text(&body, a, v[REB_LOG_TEXT], "complaint", err);
    if (st == REB_OK) st = reb_case_text(&sought, a, v[REB_LOG_SOUGHT], "wish", err);
    if (st != REB_OK) return st;
    /* A log of bare events tells no words; its own number stands in. */
    if (subject == NULL) subject = body != NULL ? reb_arena_strndup(a, body, reb_utf8_cut(body, strcspn(body, "\n"), 80)) : k->told->id;
    k->words[k->word_count++] = (reb_case_words){0, "subject", subject};
    k->words[k->word_count++] = (reb_case_words){0, "body", body};
    k->words[k->word_count++] = (reb_case_words){0, "sought", sought};
    st = reb_case_create(&at, &number, NULL, s, a, k->c->m->in->ids, k->whom_id, k->events, k->count, k->words, k->word_count, w, err);
    reb_case_person person = *p;
    person.text_hash = reb_case_text_hash(a, body);
    if (st == REB_OK) st = reb_case_person_put(s, &at, &person, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_CASE_IMPORT_KEY_PUT, REB_ARGS(reb_t(key), reb_i(number), reb_i(1), reb_i(w->now_us)), NULL, err);
    return st;
}

static reb_status find_known(reb_case_key *at, bool *found, reb_store *s, const char *key, reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_IMPORT_KEY, REB_ARGS(reb_t(key)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) *at = (reb_case_key){reb_col_i64(q, 1), reb_col_i64(q, 2)};
    reb_stmt_close(q);
    return st;
}

static reb_status write_case(chunk *c, reb_store *s, const reb_log_case *told, const reb_log_entry *e, int64_t n, reb_err *err) {
    importing *m = c->m;
    reb_arena *a = &c->arena;
    making k = {.c = c, .told = told};
    reb_case_person person;
    reb_case_key at = {0};
    bool known = false;
    const reb_case_event *log = NULL;
    int64_t steps = 0;
    const char *key = reb_arena_printf(a, "import:%s:%s", m->source, told->id);
    if (key == NULL) return no_memory(err);
    for (int64_t i = 0; i < n; i++) steps += 1 + 4 * e[i].step_count;
    reb_status st = find_known(&at, &known, s, key, err);
    if (st == REB_OK && known) st = reb_case_events(&log, &k.known, s, a, &at, err);
    if (st != REB_OK) return st;
    k.room = k.known + steps + 4 < EVENTS_MOST ? k.known + steps + 4 : EVENTS_MOST;
    k.events = reb_arena_zalloc(a, (size_t)k.room, sizeof *k.events);
    k.words = reb_arena_zalloc(a, (size_t)k.room + 4, sizeof *k.words);
    if (k.events == NULL || k.words == NULL) return no_memory(err);
    for (int64_t i = 0; i < k.known; i++) k.events[k.count++] = log[i];
    st = reb_case_fold(&k.state, a, k.events, k.count, err);
    k.channel = code_of(&k, REB_LOG_CHANNEL);
    if (k.channel[0] == '\0') k.channel = "import";
    k.cause = code_of(&k, REB_LOG_CAUSE);
    if (k.cause[0] == '\0') k.cause = "other";
    k.outcome = code_of(&k, REB_LOG_OUTCOME);
    if (st == REB_OK) st = read_person(&person, &k, err);
    if (st == REB_OK && !known) st = find_whom(&k, &person, s, err);
    if (st == REB_OK && !known) st = opened_data(&k, s, e[0].at_us, err);
    for (int64_t i = 0; i < n && st == REB_OK; i++) st = push_entry(&k, &e[i], err);
    if (st != REB_OK) return st;
    c->added.cases_known += known;
    const reb_case_writing w = {.business = m->in->business, .now_us = m->in->now_us, .batch_id = m->batch.batch_id, .rules = c->rules};
    if (k.count == k.known || m->in->dry_run) return REB_OK;
    if (!known) return create(&k, s, key, &person, &w, err);
    return reb_case_append(NULL, s, a, &at, k.events + k.known, k.count - k.known, k.words, k.word_count, &w, err);
}

/* ---- chunks ---- */

static void sum(reb_case_import_out *out, const reb_case_import_out *added) {
    out->cases_new += added->cases_new;
    out->cases_known += added->cases_known;
    out->events += added->events;
    out->implied += added->implied;
    out->events_known += added->events_known;
    out->events_left += added->events_left;
}

static reb_status put_batch(reb_store *s, importing *m, const reb_case_import_out *added, reb_err *err) {
    reb_case_import_out after = *m->out;
    reb_buf text = {0};
    reb_json w = {.out = &text};
    sum(&after, added);
    reb_case_import_json(&w, &after);
    m->batch.counts = reb_buf_cstr(&text);
    reb_status st = text.failed ? no_memory(err) : reb_batch_put(s, &m->batch, err);
    m->batch.counts = NULL;
    reb_buf_free(&text);
    return st;
}

static reb_status chunk_work(reb_store *s, void *ctx, reb_err *err) {
    chunk *c = ctx;
    const reb_log_table *t = c->m->table;
    c->added = (reb_case_import_out){0};
    c->next_entry = c->entry;
    c->rules = NULL;
    reb_status st = reb_case_rules_open(&c->rules, err);
    for (int64_t i = c->first; i < c->last && st == REB_OK; i++) {
        int64_t from = c->next_entry;
        while (c->next_entry < t->entry_count && t->entries[c->next_entry].case_no == i) c->next_entry++;
        if (c->next_entry > from) st = write_case(c, s, &t->cases[i], &t->entries[from], c->next_entry - from, err);
        reb_arena_reset(&c->arena);
    }
    reb_case_rules_close(c->rules);
    c->rules = NULL;
    if (st == REB_OK && !c->m->in->dry_run && (c->added.events > 0 || c->last == t->case_count)) st = put_batch(s, c->m, &c->added, err);
    return st;
}

static bool stopped(const importing *m, int64_t done) {
    const reb_case_import_in *in = m->in;
    double share = m->table->case_count > 0 ? (double)done / (double)m->table->case_count : 1;
    if (in->stop != NULL && *in->stop) return true;
    return in->progress != NULL && !in->progress(in->ctx, share, done);
}

static reb_status write_all(importing *m, reb_store *s, reb_err *err) {
    chunk c = {.m = m};
    reb_status st = REB_OK;
    for (c.first = 0; c.first < m->table->case_count && st == REB_OK; c.first = c.last) {
        c.last = c.first + REB_LOG_CHUNK_CASES < m->table->case_count ? c.first + REB_LOG_CHUNK_CASES : m->table->case_count;
        if (stopped(m, c.first)) {
            st = reb_fail(err, REB_E_INTERRUPTED, "Stopped after %" PRId64 " cases; what was written until then is whole.", c.first);
            break;
        }
        st = m->in->dry_run ? reb_store_read(s, chunk_work, &c, err) : reb_store_write(s, chunk_work, &c, err);
        if (st == REB_OK) sum(m->out, &c.added);
        c.entry = c.next_entry;
    }
    reb_arena_free(&c.arena);
    return st;
}

static reb_status finish_work(reb_store *s, void *ctx, reb_err *err) {
    importing *m = ctx;
    static const reb_case_import_out none = {0};
    if (m->out->events == 0) return reb_batch_drop(s, m->batch.batch_id, err);
    m->batch.state = "done";
    m->batch.finished_us = m->in->now_us;
    return put_batch(s, m, &none, err);
}

static int64_t file_bytes(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* The same file with the same mapping, begun and not finished, goes on under its batch. */
static reb_status begin_batch(importing *m, reb_store *s, reb_err *err) {
    const reb_case_import_in *in = m->in;
    reb_batch found = {0};
    const char *slash = strrchr(in->path, '/');
    const char *map = reb_arena_strndup(&m->arena, in->map, in->map_bytes);
    reb_status st = reb_import_hash(m->hash, in->path, err);
    if (st == REB_OK && map == NULL) st = no_memory(err);
    if (st == REB_OK) st = reb_batch_find(&found, s, m->hash, m->source, map, &m->arena, err);
    if (st != REB_OK) return st;
    m->batch = (reb_batch){.batch_id = reb_id_next(in->ids),
                           .source = m->source,
                           .file_name = in->name != NULL ? in->name
                                        : slash != NULL  ? slash + 1
                                                         : in->path,
                           .file_hash = m->hash,
                           .format = "case log",
                           .mapping = map,
                           .state = "running",
                           .file_bytes = file_bytes(in->path),
                           .started_us = in->now_us};
    if (found.batch_id != 0 && strcmp(found.state, "running") == 0) {
        m->batch.batch_id = found.batch_id;
        m->batch.started_us = found.started_us;
    }
    return REB_OK;
}

reb_status reb_case_import(reb_case_import_out *out, reb_store *s, const reb_case_import_in *in, reb_err *err) {
    reb_log_map map;
    reb_log_table table = {0};
    importing m = {.in = in, .out = out, .map = &map, .table = &table};
    reb_lease *lease = NULL;
    *out = (reb_case_import_out){0};
    reb_status st = reb_log_map_read(&map, &m.arena, in->map, in->map_bytes, err);
    m.source = reb_arena_printf(&m.arena, "%.100s", in->source != NULL && in->source[0] != '\0' ? in->source : "log");
    if (st == REB_OK && m.source == NULL) st = no_memory(err);
    if (st == REB_OK) st = reb_log_read(&table, out, &map, in, err);
    if (st == REB_OK && !in->dry_run) st = reb_lease_take(&lease, s, "import", err);
    if (st == REB_OK) st = begin_batch(&m, s, err);
    if (st == REB_OK) st = write_all(&m, s, err);
    if (st == REB_OK && !in->dry_run) st = reb_store_write(s, finish_work, &m, err);
    if (st == REB_OK && !in->dry_run && out->events > 0) out->batch_id = m.batch.batch_id;
    reb_lease_end(lease);
    reb_log_free(&table);
    reb_arena_free(&m.arena);
    return st;
}

void reb_case_import_json(reb_json *w, const reb_case_import_out *r) {
    reb_json_obj(w);
    if (r->batch_id != 0)
        reb_json_kid(w, "batch_id", r->batch_id);
    else
        reb_json_knull(w, "batch_id");
    reb_json_ki64(w, "rows", r->rows);
    reb_json_ki64(w, "refused", r->refused);
    reb_json_ki64(w, "cases", r->cases);
    reb_json_ki64(w, "cases_new", r->cases_new);
    reb_json_ki64(w, "cases_known", r->cases_known);
    reb_json_ki64(w, "events", r->events);
    reb_json_ki64(w, "implied", r->implied);
    reb_json_ki64(w, "events_known", r->events_known);
    reb_json_ki64(w, "events_left", r->events_left);
    reb_json_key(w, "faults");
    reb_json_arr(w);
    for (int i = 0; i < r->fault_count; i++) {
        reb_json_obj(w);
        reb_json_ki64(w, "line", r->faults[i].line);
        reb_json_kstr(w, "reason", r->faults[i].reason);
        reb_json_kstr(w, "value", r->faults[i].value);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}
