#include "verify.h"

#include "case_log.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *sentence;
} k_checks[REB_VERIFY_CHECKS] = {
    {"file", "The file is whole."},
    {"belongs", "Every row belongs to something that exists."},
    {"derived", "Purchase days and summaries equal what the log gives."},
    {"imports", "Each import holds what it says it wrote."},
};

const char *reb_verify_name(reb_verify_check c) {
    return k_checks[c].name;
}

const char *reb_verify_sentence(reb_verify_check c) {
    return k_checks[c].sentence;
}

int64_t reb_verify_problems(const reb_verify_report *r) {
    int64_t n = 0;
    for (int c = 0; c < REB_VERIFY_CHECKS; c++) n += r->problems[c];
    return n;
}

static void found(reb_verify_report *r, reb_verify_check c, int64_t n, const char *detail) {
    if (n <= 0) return;
    if (r->problems[c] == 0) snprintf(r->detail[c], sizeof r->detail[c], "%s", detail);
    r->problems[c] += n;
}

/* --- rows that belong to nothing ------------------------------------------------------------------------------------------------------ */

static reb_status check_belongs(reb_verify_report *r, reb_store *s, reb_err *err) {
    static const struct {
        reb_sql query;
        const char *what;
    } k_queries[] = {
        {REB_SQL_VERIFY_HEADS, "customers are merged into one that is not there or is itself merged"},
        {REB_SQL_VERIFY_MERGES, "customers have another head than their merging leads to"},
        {REB_SQL_VERIFY_EVENTS, "events are of no customer"},
        {REB_SQL_VERIFY_LINES, "order lines are of no order"},
        {REB_SQL_VERIFY_IDENTITIES, "addresses or names are of no customer"},
        {REB_SQL_VERIFY_FACTS, "facts are of no customer"},
        {REB_SQL_VERIFY_CONTACTS, "contacts are of no customer"},
        {REB_SQL_VERIFY_REFERENCES, "events speak of an event that is not there"},
        {REB_SQL_VERIFY_BATCHES, "events are of an import that is not there or was undone"},
        {REB_SQL_VERIFY_CASE_NUMBERS, "cases have no number, or numbers no case"},
        {REB_SQL_VERIFY_CASE_HOLDERS, "cases came in for a customer who is not there"},
        {REB_SQL_VERIFY_CASE_TEXTS, "words are of no event of a case"},
        {REB_SQL_VERIFY_CASE_PERSONS, "people who complain are of no case"},
        {REB_SQL_VERIFY_CASE_FILES, "files are of no case"},
        {REB_SQL_VERIFY_CASE_PIECES, "pieces are of no file of a case"},
        {REB_SQL_VERIFY_CASE_BATCHES, "events of cases are of an import that is not there or was undone"},
        {REB_SQL_VERIFY_STRAY_DAYS, "purchase days are of no customer, or of one merged into another"},
        {REB_SQL_VERIFY_STRAY_SUMMARIES, "summaries are of no customer, or of one merged into another"},
        {REB_SQL_VERIFY_STRAY_SCORES, "scores are of no customer, or of one merged into another"},
        {REB_SQL_GESTURE_STRAY, "gestures are of no case"},
    };
    for (size_t i = 0; i < sizeof k_queries / sizeof k_queries[0]; i++) {
        int64_t n = 0;
        char detail[200];
        reb_status st = reb_get_i64(&n, NULL, s, k_queries[i].query, REB_NO_ARGS, err);
        if (st != REB_OK) return st;
        snprintf(detail, sizeof detail, "%" PRId64 " %s.", n, k_queries[i].what);
        found(r, REB_VERIFY_BELONGS, n, detail);
    }
    return REB_OK;
}

/* --- imports -------------------------------------------------------------------------------------------------------------------------- */

typedef struct batch_count {
    int64_t batch_id;
    char kind[24]; /* of event, or "line" */
    int64_t rows;
} batch_count;

typedef struct batch_counts {
    batch_count *items;
    size_t count;
    size_t cap;
} batch_counts;

/* Names in import_batch.counts and the rows that they count. */
static const struct {
    const char *key;
    const char *kind;
} k_counted[] = {
    {"orders", "order"},   {"order_parts", "order_part"},     {"order_changes", "order_change"},
    {"refunds", "refund"}, {"cancellations", "cancellation"}, {"lines", "line"},
};

static reb_status read_counts(batch_counts *all, reb_store *s, reb_sql query, bool lines, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, query, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (all->count == all->cap) {
            size_t cap = all->cap == 0 ? 256 : all->cap * 2;
            batch_count *bigger = realloc(all->items, cap * sizeof *bigger);
            if (bigger == NULL) {
                st = reb_fail(err, REB_E_MEMORY, "No memory left to count.");
                break;
            }
            all->items = bigger;
            all->cap = cap;
        }
        batch_count *c = &all->items[all->count++];
        c->batch_id = reb_col_i64(q, 0);
        c->rows = reb_col_i64(q, lines ? 1 : 2);
        snprintf(c->kind, sizeof c->kind, "%s", lines ? "line" : reb_col_text(q, 1));
    }
    reb_stmt_close(q);
    return st;
}

static int64_t rows_of(const batch_counts *all, int64_t batch_id, const char *kind) {
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].batch_id == batch_id && strcmp(all->items[i].kind, kind) == 0) return all->items[i].rows;
    return 0;
}

static void compare_batch(reb_verify_report *r, const batch_counts *all, reb_stmt *batch) {
    int64_t id = reb_col_i64(batch, 0);
    bool undone = strcmp(reb_col_text(batch, 2), "undone") == 0;
    char detail[400];
    cJSON *counts = cJSON_Parse(reb_col_text(batch, 3));
    if (counts == NULL) {
        snprintf(detail, sizeof detail, "The counts of the import of %.200s cannot be read.", reb_col_text(batch, 1));
        found(r, REB_VERIFY_IMPORTS, 1, detail);
        return;
    }
    for (size_t i = 0; i < sizeof k_counted / sizeof k_counted[0]; i++) {
        const cJSON *said = cJSON_GetObjectItemCaseSensitive(counts, k_counted[i].key);
        if (!cJSON_IsNumber(said) && !undone) continue;
        int64_t want = undone ? 0 : (int64_t)said->valuedouble;
        int64_t is = rows_of(all, id, k_counted[i].kind);
        if (is == want) continue;
        snprintf(detail, sizeof detail, "The import of %.200s says it wrote %" PRId64 " %s; %" PRId64 " are there.", reb_col_text(batch, 1),
                 want, k_counted[i].key, is);
        found(r, REB_VERIFY_IMPORTS, 1, detail);
    }
    cJSON_Delete(counts);
}

static reb_status check_imports(reb_verify_report *r, reb_store *s, reb_err *err) {
    batch_counts all = {0};
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = read_counts(&all, s, REB_SQL_VERIFY_BATCH_EVENTS, false, err);
    if (st == REB_OK) st = read_counts(&all, s, REB_SQL_VERIFY_BATCH_LINES, true, err);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_VERIFY_BATCH_LIST, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) compare_batch(r, &all, q);
    reb_stmt_close(q);
    free(all.items);
    return st;
}

/* --- everything ----------------------------------------------------------------------------------------------------------------------- */

typedef struct verify_job {
    reb_verify_report *report;
    const reb_business *business;
    reb_derive_progress progress;
    void *ctx;
} verify_job;

static reb_status count_all(reb_verify_report *r, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_VERIFY_TOTALS, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        r->events = reb_col_i64(q, 0);
        r->customers = reb_col_i64(q, 1);
        r->imports = reb_col_i64(q, 2);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status verify_work(reb_store *s, void *ctx, reb_err *err) {
    verify_job *job = ctx;
    reb_verify_report *r = job->report;
    int64_t n = 0;
    int64_t wrong = 0;
    char detail[400] = "";
    *r = (reb_verify_report){0};
    reb_status st = reb_store_integrity(&n, detail, sizeof detail, s, err);
    if (st != REB_OK) return st;
    found(r, REB_VERIFY_FILE, n, detail);
    if (n > 0) return REB_OK; /* nothing that is read from a damaged file says anything */
    st = count_all(r, s, err);
    if (st == REB_OK) st = check_belongs(r, s, err);
    if (st == REB_OK) st = reb_derive_check(&r->heads, &wrong, s, job->business, job->progress, job->ctx, err);
    snprintf(detail, sizeof detail, "Of %" PRId64 " customers what is derived differs from the log; rebound rebuild puts it right.", wrong);
    if (st == REB_OK) found(r, REB_VERIFY_DERIVED, wrong, detail);
    if (st == REB_OK) st = reb_case_check(&n, &wrong, s, job->business, err);
    bool behind = false;
    if (st == REB_OK) st = reb_case_behind(&behind, s, err);
    snprintf(detail, sizeof detail, "Of %" PRId64 " cases state or clocks differ from the log%s; rebound rebuild puts it right.", wrong,
             behind ? ", as an earlier release read it: nothing is damaged" : "");
    if (st == REB_OK) found(r, REB_VERIFY_DERIVED, wrong, detail);
    return st == REB_OK ? check_imports(r, s, err) : st;
}

reb_status reb_verify(reb_verify_report *out, reb_store *s, const reb_business *b, reb_derive_progress progress, void *ctx, reb_err *err) {
    verify_job job = {.report = out, .business = b, .progress = progress, .ctx = ctx};
    return reb_store_read(s, verify_work, &job, err);
}

void reb_verify_json(reb_json *w, const reb_verify_report *r) {
    reb_json_obj(w);
    reb_json_kbool(w, "sound", reb_verify_problems(r) == 0);
    reb_json_ki64(w, "events", r->events);
    reb_json_ki64(w, "customers", r->customers);
    reb_json_ki64(w, "imports", r->imports);
    reb_json_key(w, "checks");
    reb_json_arr(w);
    for (int c = 0; c < REB_VERIFY_CHECKS; c++) {
        reb_json_obj(w);
        reb_json_kstr(w, "check", k_checks[c].name);
        reb_json_ki64(w, "problems", r->problems[c]);
        if (r->problems[c] > 0) reb_json_kstr(w, "detail", r->detail[c]);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}
