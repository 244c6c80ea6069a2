/* From the log to table `promise`: reads what the log says of a chunk of customers, folds it, writes only what differs. */
#include "promise.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum log_kind { LOG_PROMISE, LOG_DELIVERY, LOG_KEPT, LOG_RELEASED, LOG_MOVED, LOG_CANCELLATION, LOG_UNDO, LOG_KINDS } log_kind;
static const char *const k_log[LOG_KINDS] = {"promise",       "delivery",     "promise_kept", "promise_released",
                                             "promise_moved", "cancellation", "undo"};

bool reb_promise_event(const char *kind) {
    for (int i = 0; i <= LOG_MOVED; i++)
        if (strcmp(kind, k_log[i]) == 0) return true;
    return false;
}

typedef struct log_row {
    int64_t customer_id, event_id, ref_id, at_us, due_us;
    log_kind kind;
    bool by_hand;
    reb_promise told; /* of a promise */
} log_row;

typedef struct folding {
    reb_arena arena;
    const reb_business *business;
    log_row *log;
    size_t log_count, log_cap;
    reb_promise *stored;
    size_t stored_count, stored_cap;
    reb_promise *folded;
    size_t folded_count;
    reb_promise_step *steps; /* of the promise in work */
} folding;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left for promises.");
}

static void *grow(void *list, size_t count, size_t *cap, size_t size) {
    if (count < *cap) return list;
    size_t wanted = *cap == 0 ? 256 : 2 * *cap;
    void *more = realloc(list, wanted * size);
    if (more != NULL) *cap = wanted;
    return more;
}

static const char *word_of(folding *f, const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) && v->valuestring[0] != '\0' ? reb_arena_strdup(&f->arena, v->valuestring) : "";
}

static int64_t id_of(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? strtoll(v->valuestring, NULL, 10) : 0;
}

/* An instant, or the end of a day in the business's time zone. */
static int64_t due_of(const folding *f, const cJSON *o, int64_t fallback_us) {
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(o, "due_us");
    const cJSON *day = cJSON_GetObjectItemCaseSensitive(o, "due_day");
    int y = 0;
    int m = 0;
    int d = 0;
    if (cJSON_IsNumber(at)) return (int64_t)at->valuedouble;
    if (cJSON_IsString(day) && sscanf(day->valuestring, "%d-%d-%d", &y, &m, &d) == 3)
        return reb_zone_day_start(f->business->zone, reb_day_from_civil(y, m, d) + 1) - 1;
    return fallback_us;
}

static bool tell_promise(log_row *r, folding *f, const cJSON *o) {
    const char *kind = word_of(f, o, "promise");
    const char *origin = word_of(f, o, "origin");
    reb_promise *p = &r->told;
    *p = (reb_promise){.promise_id = r->event_id,
                       .customer_id = r->customer_id,
                       .kind = REB_PROMISE_OTHER,
                       .origin = origin != NULL && strcmp(origin, "case") == 0 ? "case"
                                 : r->by_hand                                  ? "hand"
                                                                               : "order",
                       .made_us = r->at_us,
                       .due_us = due_of(f, o, r->at_us),
                       .order_id = r->ref_id,
                       .case_number = id_of(o, "case"),
                       .owner_id = id_of(o, "owner"),
                       .product = word_of(f, o, "product"),
                       .branch = word_of(f, o, "branch"),
                       .employee = word_of(f, o, "employee"),
                       .channel = word_of(f, o, "channel")};
    if (kind != NULL) reb_promise_kind_from_name(&p->kind, kind);
    return kind != NULL && origin != NULL && p->product != NULL && p->branch != NULL && p->employee != NULL && p->channel != NULL;
}

static reb_status see_event(reb_stmt *q, void *ctx, reb_err *err) {
    folding *f = ctx;
    log_row *more = grow(f->log, f->log_count, &f->log_cap, sizeof *f->log);
    if (more == NULL) return no_memory(err);
    f->log = more;
    log_row *r = &f->log[f->log_count];
    *r =
        (log_row){.customer_id = reb_col_i64(q, 0), .event_id = reb_col_i64(q, 1), .ref_id = reb_col_i64(q, 5), .at_us = reb_col_i64(q, 6)};
    const char *kind = reb_col_text(q, 2);
    while (r->kind < LOG_KINDS && strcmp(kind, k_log[r->kind]) != 0) r->kind++;
    if (r->kind == LOG_KINDS) return REB_OK;
    r->by_hand = strcmp(reb_col_text(q, 3), "rebound") == 0;
    f->log_count++;
    if (r->kind != LOG_PROMISE && r->kind != LOG_MOVED) return REB_OK;
    cJSON *o = reb_col_text(q, 7) != NULL ? cJSON_Parse(reb_col_text(q, 7)) : NULL;
    bool good = true;
    if (r->kind == LOG_PROMISE) good = tell_promise(r, f, o);
    if (r->kind == LOG_MOVED) r->due_us = due_of(f, o, r->at_us);
    cJSON_Delete(o);
    return good ? REB_OK : no_memory(err);
}

static reb_status see_stored(reb_stmt *q, void *ctx, reb_err *err) {
    folding *f = ctx;
    reb_promise *more = grow(f->stored, f->stored_count, &f->stored_cap, sizeof *f->stored);
    if (more == NULL) return no_memory(err);
    f->stored = more;
    return reb_promise_read(&f->stored[f->stored_count++], q, &f->arena) ? REB_OK : no_memory(err);
}

/* By customer, then by what they speak of, so that all that speaks of one event stands together. */
static int by_subject(const void *a, const void *b) {
    const log_row *x = a;
    const log_row *y = b;
    if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
    if (x->ref_id != y->ref_id) return x->ref_id < y->ref_id ? -1 : 1;
    return (x->event_id > y->event_id) - (x->event_id < y->event_id);
}

/* The first row of the customer that speaks of that event, or of a greater one. */
static size_t first_about(const folding *f, int64_t customer_id, int64_t ref_id) {
    size_t low = 0;
    size_t high = f->log_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const log_row *r = &f->log[middle];
        if (r->customer_id < customer_id || (r->customer_id == customer_id && r->ref_id < ref_id)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
static bool about(const folding *f, size_t i, int64_t customer_id, int64_t ref_id) {
    return i < f->log_count && f->log[i].customer_id == customer_id && f->log[i].ref_id == ref_id;
}

static int by_promise(const void *a, const void *b) {
    const reb_promise *x = a;
    const reb_promise *y = b;
    if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
    return (x->promise_id > y->promise_id) - (x->promise_id < y->promise_id);
}

static bool undone(const folding *f, const log_row *of) {
    if (!of->by_hand) return false;
    for (size_t i = first_about(f, of->customer_id, of->event_id); about(f, i, of->customer_id, of->event_id); i++)
        if (f->log[i].kind == LOG_UNDO) return true;
    return false;
}

/* The steps of one promise among the events of its customer. */
static size_t gather_steps(folding *f, const log_row *promise) {
    static const reb_promise_step_kind step_of[LOG_KINDS] = {[LOG_DELIVERY] = REB_PROMISE_STEP_KEPT,
                                                             [LOG_KEPT] = REB_PROMISE_STEP_KEPT,
                                                             [LOG_RELEASED] = REB_PROMISE_STEP_RELEASED,
                                                             [LOG_MOVED] = REB_PROMISE_STEP_MOVED,
                                                             [LOG_CANCELLATION] = REB_PROMISE_STEP_CANCELLED};
    size_t n = 0;
    int64_t subjects[2] = {promise->event_id, promise->ref_id};
    for (int which = 0; which < 2; which++) {
        if (subjects[which] == 0) continue;
        for (size_t i = first_about(f, promise->customer_id, subjects[which]); about(f, i, promise->customer_id, subjects[which]); i++) {
            const log_row *r = &f->log[i];
            bool of_order = r->kind == LOG_DELIVERY || r->kind == LOG_CANCELLATION;
            bool of_it = r->kind == LOG_KEPT || r->kind == LOG_RELEASED || r->kind == LOG_MOVED;
            if (!(which == 0 ? of_it : of_order) || undone(f, r)) continue;
            f->steps[n++] = (reb_promise_step){step_of[r->kind], r->event_id, r->at_us, r->due_us};
        }
    }
    return n;
}

static reb_status fold(folding *f, reb_err *err) {
    if (f->log_count == 0) return REB_OK;
    qsort(f->log, f->log_count, sizeof *f->log, by_subject);
    f->folded = reb_arena_zalloc(&f->arena, f->log_count, sizeof *f->folded);
    f->steps = reb_arena_zalloc(&f->arena, f->log_count, sizeof *f->steps);
    if (f->folded == NULL || f->steps == NULL) return no_memory(err);
    for (size_t i = 0; i < f->log_count; i++) {
        const log_row *r = &f->log[i];
        if (r->kind != LOG_PROMISE || undone(f, r)) continue;
        reb_promise_fate fate = reb_promise_fold(r->told.due_us, f->steps, gather_steps(f, r));
        reb_promise *p = &f->folded[f->folded_count++];
        *p = r->told;
        p->state = fate.state;
        p->due_us = fate.due_us;
        p->ended_us = fate.ended_us;
    }
    return REB_OK;
}

/* Log and rows of these customers, both sorted by customer and promise. */
static reb_status reckon(folding *f, reb_store *s, const int64_t *ids, size_t count, reb_err *err) {
    const reb_column column = {.kind = REB_COL_I64, .i64 = ids};
    reb_status st = reb_exec_many(s, REB_SQL_PROMISE_STORED, &column, 1, count, see_stored, f, NULL, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_PROMISE_EVENTS, &column, 1, count, see_event, f, NULL, err);
    if (st == REB_OK) st = fold(f, err);
    if (st == REB_OK && f->stored_count > 1) qsort(f->stored, f->stored_count, sizeof *f->stored, by_promise);
    if (st == REB_OK && f->folded_count > 1) qsort(f->folded, f->folded_count, sizeof *f->folded, by_promise);
    return st;
}

static void close_folding(folding *f) {
    reb_arena_free(&f->arena);
    free(f->log);
    free(f->stored);
}

static bool same(const reb_promise *a, const reb_promise *b) {
    return a->kind == b->kind && a->state == b->state && a->made_us == b->made_us && a->due_us == b->due_us && a->ended_us == b->ended_us &&
           a->order_id == b->order_id && a->case_number == b->case_number && a->owner_id == b->owner_id &&
           strcmp(a->origin, b->origin) == 0 && strcmp(a->product, b->product) == 0 && strcmp(a->branch, b->branch) == 0 &&
           strcmp(a->employee, b->employee) == 0 && strcmp(a->channel, b->channel) == 0;
}

/* Where the two lists part: rows to put and rows to drop. */
static void compare(const folding *f, const reb_promise **put, size_t *put_count, const reb_promise **drop, size_t *drop_count) {
    size_t i = 0;
    size_t k = 0;
    *put_count = *drop_count = 0;
    while (i < f->stored_count || k < f->folded_count) {
        int order = i == f->stored_count ? 1 : k == f->folded_count ? -1 : by_promise(&f->stored[i], &f->folded[k]);
        if (order < 0) {
            drop[(*drop_count)++] = &f->stored[i++];
        } else if (order > 0) {
            put[(*put_count)++] = &f->folded[k++];
        } else {
            if (!same(&f->stored[i], &f->folded[k])) put[(*put_count)++] = &f->folded[k];
            i++;
            k++;
        }
    }
}

enum { NUMBERS = 8, WORDS = 7 };

static reb_status write_rows(folding *f, reb_store *s, const reb_promise *const *put, size_t put_count, const reb_promise *const *drop,
                             size_t drop_count, reb_err *err) {
    size_t n = put_count > drop_count ? put_count : drop_count;
    int64_t *numbers[NUMBERS];
    const char **words[WORDS];
    bool good = true;
    for (int c = 0; c < NUMBERS; c++) good = (numbers[c] = reb_arena_zalloc(&f->arena, n + 1, sizeof *numbers[c])) != NULL && good;
    for (int c = 0; c < WORDS; c++) good = (words[c] = reb_arena_zalloc(&f->arena, n + 1, sizeof *words[c])) != NULL && good;
    if (!good) return no_memory(err);
    for (size_t i = 0; i < drop_count; i++) {
        numbers[0][i] = drop[i]->customer_id;
        numbers[1][i] = drop[i]->promise_id;
    }
    const reb_column gone[] = {{.kind = REB_COL_I64, .i64 = numbers[0]}, {.kind = REB_COL_I64, .i64 = numbers[1]}};
    reb_status st = REB_OK;
    if (drop_count > 0) st = reb_exec_many(s, REB_SQL_PROMISE_DROP, gone, 2, drop_count, NULL, NULL, NULL, err);
    if (st != REB_OK || put_count == 0) return st;
    for (size_t i = 0; i < put_count; i++) {
        const reb_promise *p = put[i];
        const int64_t v[NUMBERS] = {p->promise_id, p->customer_id, p->made_us,     p->due_us,
                                    p->ended_us,   p->order_id,    p->case_number, p->owner_id};
        const char *const w[WORDS] = {
            reb_promise_kind_name(p->kind), p->origin, reb_promise_state_name(p->state), p->product, p->branch, p->employee, p->channel};
        for (int c = 0; c < NUMBERS; c++) numbers[c][i] = v[c];
        for (int c = 0; c < WORDS; c++) words[c][i] = w[c];
    }
    reb_column columns[REB_PROMISE_COLUMNS];
    static const int place_of_number[NUMBERS] = {0, 1, 5, 6, 7, 8, 9, 10};
    static const int place_of_word[WORDS] = {2, 3, 4, 11, 12, 13, 14};
    for (int c = 0; c < NUMBERS; c++) columns[place_of_number[c]] = (reb_column){.kind = REB_COL_I64, .i64 = numbers[c]};
    for (int c = 0; c < WORDS; c++) columns[place_of_word[c]] = (reb_column){.kind = REB_COL_TEXT, .text = words[c]};
    return reb_exec_many(s, REB_SQL_PROMISE_PUT, columns, REB_PROMISE_COLUMNS, put_count, NULL, NULL, NULL, err);
}

static reb_status one_chunk(int64_t *wrong, bool write, reb_store *s, const reb_business *b, const int64_t *ids, size_t count,
                            reb_err *err) {
    folding f = {.business = b};
    size_t put_count = 0;
    size_t drop_count = 0;
    reb_status st = reckon(&f, s, ids, count, err);
    if (st == REB_OK && f.stored_count + f.folded_count > 0) {
        const reb_promise **put = reb_arena_zalloc(&f.arena, f.folded_count + 1, sizeof *put);
        const reb_promise **drop = reb_arena_zalloc(&f.arena, f.stored_count + 1, sizeof *drop);
        st = put != NULL && drop != NULL ? REB_OK : no_memory(err);
        if (st == REB_OK) compare(&f, put, &put_count, drop, &drop_count);
        if (st == REB_OK && write) st = write_rows(&f, s, put, put_count, drop, drop_count, err);
    }
    if (wrong != NULL) *wrong += (int64_t)(put_count + drop_count);
    close_folding(&f);
    return st;
}

enum { PART = 10000 };

reb_status reb_promise_derive(reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err) {
    reb_status st = REB_OK;
    for (size_t from = 0; from < count && st == REB_OK; from += PART)
        st = one_chunk(NULL, true, s, b, customer_ids + from, count - from < PART ? count - from : PART, err);
    return st;
}

reb_status reb_promise_check(int64_t *wrong, reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err) {
    reb_status st = REB_OK;
    *wrong = 0;
    for (size_t from = 0; from < count && st == REB_OK; from += PART)
        st = one_chunk(wrong, false, s, b, customer_ids + from, count - from < PART ? count - from : PART, err);
    return st;
}
