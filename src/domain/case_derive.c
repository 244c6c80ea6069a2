/* What is folded of a case: case_file and case_clock, written where they differ. */
#include "case_internal.h"

#include "standard.h"
#include "work_calendar_store.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- reckoning ------------------------------------------------------------------------------------------------------------------------ */

static void file_row(reb_arg *f, const reb_case_state *c, const reb_case_clock *due) {
    int n = 0;
    f[n++] = reb_i(c->number);
    f[n++] = reb_i(c->whom_id);
    f[n++] = reb_i(c->anonymous);
    f[n++] = reb_t(reb_case_stage_name(c->stage));
    f[n++] = reb_t(c->channel);
    f[n++] = reb_t(c->kind);
    f[n++] = reb_t(c->language);
    f[n++] = reb_t(c->severity);
    f[n++] = reb_i(c->safety);
    f[n++] = reb_i(c->assignee_id);
    f[n++] = reb_i(c->escalated_id);
    f[n++] = reb_t(c->waiting_for);
    f[n++] = reb_i(c->waiting_until_us);
    f[n++] = reb_t(c->outcome);
    f[n++] = reb_t(c->first_outcome);
    f[n++] = reb_t(c->cause);
    f[n++] = reb_i(c->standard_version);
    f[n++] = reb_i(c->facts_us);
    f[n++] = reb_i(c->opened_us);
    f[n++] = reb_i(c->acknowledged_us);
    f[n++] = reb_i(c->first_answer_us);
    f[n++] = reb_i(c->first_decided_us);
    f[n++] = reb_i(c->decided_us);
    f[n++] = reb_i(c->communicated_us);
    f[n++] = reb_i(c->closed_us);
    f[n++] = reb_i(c->reopened_count);
    f[n++] = reb_i(c->merged_case_id);
    f[n++] = reb_t(c->rated);
    f[n++] = reb_i(c->restricted_until_us);
    f[n++] = reb_i(due != NULL ? due->due_us : 0);
    f[n++] = reb_t(due != NULL ? reb_clock_kind_name(due->kind) : "");
    f[n++] = reb_i(c->unanswered);
    f[n++] = reb_i(c->last_seq);
    f[n++] = reb_i(c->last_us);
    f[n++] = reb_i((int64_t)reb_case_openness(c));
    (void)n; /* REB_CASE_FILE_COLUMNS */
}

enum { RULES_KEPT = 16 };
struct reb_case_rules {
    reb_arena arena;
    int standard_count, calendar_count;
    reb_standard *standards[RULES_KEPT];
    struct {
        const char *code; /* as asked for: what is not set up gives "main" */
        reb_work_calendar_history *history;
    } calendars[RULES_KEPT];
};

reb_status reb_case_rules_open(reb_case_rules **out, reb_err *err) {
    *out = calloc(1, sizeof **out);
    return *out == NULL ? no_memory(err) : REB_OK;
}

void reb_case_rules_close(reb_case_rules *r) {
    if (r != NULL) reb_arena_free(&r->arena);
    free(r);
}

static reb_status get_standard(reb_standard **out, reb_store *s, reb_arena *a, reb_case_rules *r, int64_t version, reb_err *err) {
    for (int i = 0; r != NULL && i < r->standard_count; i++)
        if (r->standards[i]->version == version) {
            *out = r->standards[i];
            return REB_OK;
        }
    bool keep = r != NULL && r->standard_count < RULES_KEPT;
    reb_status st = reb_standard_get(out, s, keep ? &r->arena : a, version, err);
    if (st == REB_OK && keep) r->standards[r->standard_count++] = *out;
    return st;
}

reb_status reb_case_rules_standard_at(reb_standard **out, reb_store *s, reb_case_rules *r, int64_t facts_us, reb_err *err) {
    int64_t version = 0;
    reb_status st = reb_standard_version_at(&version, s, facts_us, err);
    return st == REB_OK ? get_standard(out, s, &r->arena, r, version, err) : st;
}

static reb_status get_calendars(const reb_work_calendar_history **out, reb_store *s, reb_arena *a, const reb_business *b, reb_case_rules *r,
                                const char *code, reb_err *err) {
    for (int i = 0; r != NULL && i < r->calendar_count; i++)
        if (strcmp(r->calendars[i].code, code) == 0) {
            *out = r->calendars[i].history;
            return REB_OK;
        }
    bool keep = r != NULL && r->calendar_count < RULES_KEPT;
    reb_arena *arena = keep ? &r->arena : a;
    reb_work_calendar_history *h = reb_arena_zalloc(arena, 1, sizeof *h);
    const char *asked = reb_arena_strdup(arena, code);
    if (h == NULL || asked == NULL) return no_memory(err);
    reb_status st = reb_work_calendars_load(h, s, arena, b, code, err);
    *out = h;
    if (st == REB_OK && keep) {
        r->calendars[r->calendar_count].code = asked;
        r->calendars[r->calendar_count++].history = h;
    }
    return st;
}

/* What the case was measured by, from which event on: the kind it came in as, then each other one it was assessed to be. */
typedef struct terms_list {
    reb_case_terms *at;
    int64_t count;
    const char *kind; /* of the newest */
    reb_standard *standard;
    reb_case_rules *rules;
} terms_list;

static reb_status add_terms(terms_list *l, reb_store *s, reb_arena *a, const reb_business *b, const char *kind, int64_t from_seq,
                            reb_err *err) {
    const reb_standard_kind *k = reb_standard_kind_find(l->standard, kind);
    if (k == NULL && l->standard->kind_count > 0) k = &l->standard->kinds[l->standard->kind_count - 1];
    if (k == NULL || (l->count > 0 && strcmp(l->kind, kind) == 0)) return REB_OK;
    const reb_work_calendar_history *h = NULL;
    reb_status st = get_calendars(&h, s, a, b, l->rules, k->calendar != NULL ? k->calendar : REB_WORK_CALENDAR_MAIN, err);
    l->at[l->count++] = (reb_case_terms){.from_seq = from_seq, .targets = k->targets, .target_count = k->target_count, .calendars = h};
    l->kind = kind;
    return st;
}

/* The kind that an event says, or NULL. */
static const char *kind_of(reb_arena *a, const reb_case_event *e) {
    if ((e->kind != REB_CASE_OPENED && e->kind != REB_CASE_ASSESSED) || e->data == NULL) return NULL;
    cJSON *data = cJSON_Parse(e->data);
    const char *kind = reb_arena_strdup(a, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "kind")));
    cJSON_Delete(data);
    return kind;
}

static reb_status read_terms(terms_list *l, reb_store *s, reb_arena *a, const reb_business *b, const reb_case_state *c,
                             const reb_case_event *events, int64_t count, reb_err *err) {
    int64_t most = 1;
    for (int64_t i = 0; i < count; i++) most += events[i].kind == REB_CASE_ASSESSED;
    l->at = reb_arena_zalloc(a, (size_t)most + 1, sizeof *l->at);
    if (l->at == NULL) return no_memory(err);
    reb_status st = get_standard(&l->standard, s, a, l->rules, c->standard_version, err);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        const char *kind = kind_of(a, &events[i]);
        if (kind != NULL) st = add_terms(l, s, a, b, kind, l->count == 0 ? 0 : events[i].seq, err);
    }
    return st;
}

/* One of {"laws":[{"kind","standard","since"}]}: what the law asks of such a kind, by the standards that the other case quotes. */
static reb_status add_law(reb_case_law *out, int64_t *count, const cJSON *item, const terms_list *l, reb_store *s, reb_arena *a,
                          const reb_business *b, reb_err *err) {
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "kind"));
    const char *version = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "standard"));
    const char *since = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "since"));
    reb_standard *standard = NULL;
    if (kind == NULL || version == NULL || since == NULL) return REB_OK;
    reb_status st = get_standard(&standard, s, a, l->rules, strtoll(version, NULL, 10), err);
    const reb_standard_kind *k = st == REB_OK ? reb_standard_kind_find(standard, kind) : NULL;
    for (int64_t i = 0; k != NULL && i < k->target_count && st == REB_OK; i++) {
        if (k->targets[i].kind != REB_CLOCK_REGULATORY || k->targets[i].amount == 0) continue;
        reb_case_law *law = &out[(*count)++];
        *law = (reb_case_law){.since_us = strtoll(since, NULL, 10), .target = k->targets[i]};
        st = get_calendars(&law->calendars, s, a, b, l->rules, k->calendar != NULL ? k->calendar : REB_WORK_CALENDAR_MAIN, err);
    }
    return st;
}

enum { LAWS_EACH = 64 }; /* of one case that is taken in; they are as many as it had taken in itself */

static int64_t let_go_seq(const reb_case_event *events, int64_t count, int64_t took_in) {
    for (int64_t i = took_in + 1; i < count; i++)
        if (events[i].kind == REB_CASE_LET_GO && events[i].other_id == events[took_in].other_id) return events[i].seq;
    return 0;
}

static reb_status read_laws(terms_list *l, reb_store *s, reb_arena *a, const reb_business *b, const reb_case_event *events, int64_t count,
                            reb_err *err) {
    int64_t took = 0;
    reb_status st = REB_OK;
    for (int64_t i = 0; i < count; i++) took += events[i].kind == REB_CASE_TOOK_IN && events[i].data != NULL;
    if (took == 0 || l->count == 0) return REB_OK;
    reb_case_law *laws = reb_arena_zalloc(a, (size_t)took * LAWS_EACH, sizeof *laws);
    if (laws == NULL) return no_memory(err);
    l->at[0].laws = laws;
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        if (events[i].kind != REB_CASE_TOOK_IN || events[i].data == NULL) continue;
        int64_t from = l->at[0].law_count;
        int64_t read = 0;
        const cJSON *item;
        cJSON *data = cJSON_Parse(events[i].data);
        cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(data, "laws")) {
            if (st == REB_OK && read++ < LAWS_EACH) st = add_law(laws, &l->at[0].law_count, item, l, s, a, b, err);
        }
        cJSON_Delete(data);
        for (int64_t k = from; k < l->at[0].law_count; k++) {
            laws[k].from_seq = events[i].seq;
            laws[k].until_seq = let_go_seq(events, count, i);
        }
    }
    return st;
}

reb_status reb_case_reckon(reb_case_derived *out, reb_store *s, reb_arena *a, const reb_business *b, reb_case_rules *rules,
                           const reb_case_state *c, const reb_case_event *events, int64_t count, reb_err *err) {
    terms_list terms = {.rules = rules};
    *out = (reb_case_derived){0};
    reb_status st = read_terms(&terms, s, a, b, c, events, count, err);
    if (st == REB_OK) st = read_laws(&terms, s, a, b, events, count, err);
    int64_t room = 4 * count + 8 < REB_CASE_CLOCKS_MOST ? 4 * count + 8 : REB_CASE_CLOCKS_MOST;
    if (st == REB_OK) out->clocks = reb_arena_zalloc(a, (size_t)room, sizeof *out->clocks);
    if (st == REB_OK && out->clocks == NULL) return no_memory(err);
    if (st == REB_OK && terms.count > 0)
        st = reb_case_clocks(out->clocks, room, &out->clock_count, events, count, terms.at, terms.count, err);
    if (st != REB_OK) return st;
    file_row(out->file, c, reb_clock_next_due(out->clocks, out->clock_count));
    return a->failed ? no_memory(err) : REB_OK;
}

/* --- storing -------------------------------------------------------------------------------------------------------------------------- */

static bool same_cell(reb_stmt *q, int column, const reb_arg *want) {
    if (want->kind == REB_ARG_I64) return !reb_col_null(q, column) && reb_col_i64(q, column) == want->i64;
    const char *have = reb_col_text(q, column);
    return have != NULL && strcmp(have, want->text) == 0;
}

static reb_status file_differs(bool *differs, reb_store *s, const reb_case_key *key, const reb_case_derived *d, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_FILE_GET, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    *differs = !row;
    for (int i = 0; i < REB_CASE_FILE_COLUMNS && st == REB_OK && row && !*differs; i++) *differs = !same_cell(q, i, &d->file[i]);
    reb_stmt_close(q);
    return st;
}

static bool same_clock(const reb_case_clock *x, const reb_case_clock *y) {
    return x->kind == y->kind && x->round == y->round && x->state == y->state && x->started_us == y->started_us && x->due_us == y->due_us &&
           x->warn_us == y->warn_us && x->paused_since_us == y->paused_since_us && x->ended_us == y->ended_us &&
           strcmp(x->calendar, y->calendar) == 0 && x->calendar_version == y->calendar_version && x->target.unit == y->target.unit &&
           x->target.amount == y->target.amount;
}

static reb_status clocks_differ(bool *differ, bool *moved, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_derived *d,
                                reb_err *err) {
    const reb_case_clock *stored = NULL;
    int64_t count = 0;
    reb_err damaged = {0};
    reb_status st = reb_case_clocks_read(&stored, &count, s, a, key, &damaged);
    *differ = *moved = st != REB_OK || count != d->clock_count;
    if (st != REB_OK && strstr(damaged.detail, "is damaged") == NULL) {
        if (err != NULL) *err = damaged;
        return st;
    }
    for (int64_t i = 0; i < count && !*moved; i++) {
        *differ = *differ || !same_clock(&stored[i], &d->clocks[i]);
        *moved = stored[i].due_us != d->clocks[i].due_us;
    }
    return REB_OK;
}

static reb_status put_file(reb_store *s, const reb_case_key *key, const reb_case_derived *d, reb_err *err) {
    reb_arg args[REB_CASE_FILE_COLUMNS + 2] = {reb_i(key->customer_id), reb_i(key->case_id)};
    memcpy(args + 2, d->file, sizeof d->file);
    reb_status st = reb_exec(s, REB_SQL_CASE_FILE_DROP, args, 2, NULL, err);
    return st == REB_OK ? reb_exec(s, REB_SQL_CASE_FILE_PUT, args, REB_CASE_FILE_COLUMNS + 2, NULL, err) : st;
}

static reb_status put_clocks(reb_store *s, const reb_case_key *key, const reb_case_derived *d, reb_err *err) {
    reb_status st = reb_exec(s, REB_SQL_CASE_CLOCK_DROP, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), NULL, err);
    for (int64_t i = 0; i < d->clock_count && st == REB_OK; i++) {
        const reb_case_clock *c = &d->clocks[i];
        st = reb_exec(s, REB_SQL_CASE_CLOCK_PUT,
                      REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(i + 1), reb_t(reb_clock_kind_name(c->kind)),
                               reb_i(c->round), reb_t(reb_clock_state_name(c->state)), reb_i(c->started_us), reb_i(c->due_us),
                               reb_i(c->warn_us), reb_i(c->paused_since_us), reb_i(c->ended_us), reb_t(c->calendar),
                               reb_i(c->calendar_version), reb_t(reb_clock_unit_name(c->target.unit)), reb_i(c->target.amount)),
                      NULL, err);
    }
    return st;
}

reb_status reb_case_store(bool *differed, bool *moved, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_derived *d,
                          bool write, reb_err *err) {
    bool file = false;
    bool clocks = false;
    bool due = false;
    reb_status st = file_differs(&file, s, key, d, err);
    if (st == REB_OK) st = clocks_differ(&clocks, &due, s, a, key, d, err);
    if (st == REB_OK && write && file) st = put_file(s, key, d, err);
    if (st == REB_OK && write && clocks) st = put_clocks(s, key, d, err);
    *differed = file || clocks;
    if (moved != NULL) *moved = due;
    return st;
}

/* --- many ----------------------------------------------------------------------------------------------------------------------------- */

enum { PAGE = 500 };

typedef struct deriving {
    int64_t cases, changed;
    const reb_business *business;
    reb_case_which which;
    bool write;
    reb_case_rules *rules;
} deriving;

static reb_status next_page(reb_case_key *keys, size_t *count, reb_store *s, const deriving *d, const reb_case_key *after, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, d->which == REB_CASES_OPEN ? REB_SQL_CASE_NEXT_OPEN : REB_SQL_CASE_NEXT,
                              REB_ARGS(reb_i(after->customer_id), reb_i(after->case_id), reb_i(PAGE)), err);
    while (st == REB_OK && *count < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row)
        keys[(*count)++] = (reb_case_key){.customer_id = reb_col_i64(q, 0), .case_id = reb_col_i64(q, 1)};
    reb_stmt_close(q);
    return st;
}

static reb_status derive_one(bool *differed, bool *moved, reb_store *s, reb_arena *a, const deriving *d, const reb_case_key *key,
                             reb_err *err) {
    const reb_case_event *events = NULL;
    int64_t count = 0;
    reb_case_state state;
    reb_case_derived derived;
    reb_status st = reb_case_events(&events, &count, s, a, key, err);
    if (st == REB_OK) st = reb_case_fold(&state, a, events, count, err);
    if (st == REB_OK) st = reb_case_reckon(&derived, s, a, d->business, d->rules, &state, events, count, err);
    return st == REB_OK ? reb_case_store(differed, moved, s, a, key, &derived, d->write, err) : st;
}

static reb_status derive_work(reb_store *s, void *ctx, reb_err *err) {
    deriving *d = ctx;
    reb_case_key keys[PAGE];
    reb_case_key after = {.customer_id = INT64_MIN, .case_id = INT64_MIN};
    size_t count = PAGE;
    reb_arena arena = {0};
    reb_status st = REB_OK;
    int64_t stray = 0;
    d->cases = 0;
    d->changed = 0;
    d->rules = NULL;
    st = reb_case_rules_open(&d->rules, err);
    if (st == REB_OK && d->which == REB_CASES_ALL && d->write) {
        st = reb_exec(s, REB_SQL_CASE_STRAY_FILES, REB_NO_ARGS, &stray, err);
        d->changed += stray;
        if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_STRAY_CLOCKS, REB_NO_ARGS, &stray, err);
        d->changed += stray;
    } else if (st == REB_OK && d->which == REB_CASES_ALL) {
        st = reb_get_i64(&stray, NULL, s, REB_SQL_CASE_STRAY_COUNT, REB_NO_ARGS, err);
        d->changed += stray;
    }
    while (st == REB_OK && count == PAGE) {
        st = next_page(keys, &count, s, d, &after, err);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            bool differed = false;
            bool moved = false;
            st = derive_one(&differed, &moved, s, &arena, d, &keys[i], err);
            d->cases++;
            d->changed += d->which == REB_CASES_OPEN ? moved : differed;
            reb_arena_reset(&arena);
        }
        if (count > 0) after = keys[count - 1];
    }
    reb_case_rules_close(d->rules);
    reb_arena_free(&arena);
    if (st == REB_OK && d->which == REB_CASES_ALL && d->write)
        st = reb_exec(s, REB_SQL_CASE_RULES_PUT, REB_ARGS(reb_i(REB_CASE_RULES)), NULL, err);
    return st;
}

reb_status reb_case_derive(int64_t *cases, int64_t *changed, reb_store *s, const reb_business *b, reb_case_which which, reb_err *err) {
    deriving d = {.business = b, .which = which, .write = true};
    reb_status st = reb_store_write(s, derive_work, &d, err);
    if (cases != NULL) *cases = d.cases;
    if (changed != NULL) *changed = d.changed;
    return st;
}

reb_status reb_case_behind(bool *behind, reb_store *s, reb_err *err) {
    int64_t rules = 0;
    bool found = false;
    reb_status st = reb_get_i64(&rules, &found, s, REB_SQL_CASE_RULES_GET, REB_NO_ARGS, err);
    *behind = !found || rules < REB_CASE_RULES;
    return st;
}

typedef struct keeping_up {
    const reb_business *business;
    int64_t changed;
} keeping_up;

static reb_status keep_up_work(reb_store *s, void *ctx, reb_err *err) {
    keeping_up *k = ctx;
    bool behind = false;
    k->changed = 0;
    reb_status st = reb_case_behind(&behind, s, err);
    if (st == REB_OK && behind) st = reb_case_derive(NULL, &k->changed, s, k->business, REB_CASES_ALL, err);
    return st;
}

reb_status reb_case_keep_up(int64_t *changed, reb_store *s, const reb_business *b, reb_err *err) {
    bool behind = false;
    keeping_up k = {.business = b};
    reb_status st = reb_case_behind(&behind, s, err);
    if (st == REB_OK && behind) st = reb_store_write(s, keep_up_work, &k, err);
    if (changed != NULL) *changed = k.changed;
    return st;
}

reb_status reb_case_check(int64_t *cases, int64_t *wrong, reb_store *s, const reb_business *b, reb_err *err) {
    deriving d = {.business = b, .which = REB_CASES_ALL};
    reb_status st = reb_store_read(s, derive_work, &d, err);
    *cases = d.cases;
    *wrong = d.changed;
    return st;
}
