#include "undo.h"

#include "consent.h"
#include "customer.h"
#include "derive.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool reb_undo_fits(const char *kind) {
    static const char *const kinds[] = {"done",         "not_now",          "wrong",        "note", "contact", "consent", "promise",
                                        "promise_kept", "promise_released", "promise_moved"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kind, kinds[i]) == 0) return true;
    return false;
}

static bool is_answer(const char *kind) {
    return strcmp(kind, "done") == 0 || strcmp(kind, "not_now") == 0 || strcmp(kind, "wrong") == 0;
}

typedef struct undoing {
    reb_undo_result *out;
    const reb_business *business;
    int64_t event_id;
    const char *who;
    int64_t now_us;
    reb_ids *ids;
    /* what was found of the act */
    int64_t customer_id; /* who it was told of, before merging */
    int64_t occurred_us;
    char fact[REB_CONSENT_TEXT]; /* of a consent */
} undoing;

/* "consent:marketing:email" and the answer, from a consent's data; false when it says neither. */
static bool read_consent(char fact[REB_CONSENT_TEXT], bool *allowed, const char *data) {
    cJSON *o = data != NULL ? cJSON_Parse(data) : NULL;
    const cJSON *purpose = cJSON_GetObjectItemCaseSensitive(o, "purpose");
    const cJSON *channel = cJSON_GetObjectItemCaseSensitive(o, "channel");
    const cJSON *yes = cJSON_GetObjectItemCaseSensitive(o, "allowed");
    bool read = cJSON_IsString(purpose) && cJSON_IsString(channel) && cJSON_IsBool(yes) &&
                reb_consent_fact(fact, purpose->valuestring, channel->valuestring, NULL) == REB_OK;
    *allowed = cJSON_IsTrue(yes);
    cJSON_Delete(o);
    return read;
}

static reb_status find_act(undoing *u, reb_store *s, reb_err *err) {
    reb_undo_result *out = u->out;
    reb_stmt *q = NULL;
    bool row = false;
    bool allowed = false;
    *out = (reb_undo_result){.event_id = u->event_id};
    reb_status st = reb_query(&q, s, REB_SQL_UNDO_FIND, REB_ARGS(reb_i(u->event_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        u->customer_id = reb_col_i64(q, 0);
        out->customer_id = reb_col_i64(q, 1);
        snprintf(out->kind, sizeof out->kind, "%s", reb_col_text(q, 2));
        u->occurred_us = reb_col_i64(q, 3);
        if (strcmp(out->kind, "consent") == 0 && !read_consent(u->fact, &allowed, reb_col_text(q, 4)))
            st = reb_fail(err, REB_E_STORE, "The consent of event %" PRId64 " is damaged.", u->event_id);
        out->known = !reb_col_null(q, 5);
        if (out->known) out->undo_id = reb_col_i64(q, 5);
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    if (!row) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no act %" PRId64 ".", u->event_id);
        reb_err_next(err, "The number of an act stands in its answer and in the customer's history.");
        return REB_E_NOT_FOUND;
    }
    if (reb_undo_fits(out->kind)) return REB_OK;
    reb_fail(err, REB_E_NOT_UNDOABLE, "An event \"%s\" cannot be taken back in this way.", out->kind);
    if (strcmp(out->kind, "merge") == 0) reb_err_next(err, "A merge is taken apart: rebound customer unmerge CUSTOMER");
    if (strcmp(out->kind, "undo") == 0) reb_err_next(err, "Do again what was taken back.");
    return REB_E_NOT_UNDOABLE;
}

static reb_status rests_on_it(int64_t later_id, reb_err *err) {
    reb_fail(err, REB_E_LATER_ACT, "Act %" PRId64 " came after it and rests on it.", later_id);
    reb_err_next(err, "Take that one back first: rebound undo %" PRId64, later_id);
    return REB_E_LATER_ACT;
}

static reb_status refuse_later_answer(const undoing *u, reb_store *s, reb_err *err) {
    int64_t later = 0;
    bool found = false;
    reb_status st = reb_get_i64(&later, &found, s, REB_SQL_UNDO_LATER_ANSWER,
                                REB_ARGS(reb_i(u->out->customer_id), reb_i(u->occurred_us), reb_i(u->event_id)), err);
    return st == REB_OK && found ? rests_on_it(later, err) : st;
}

/* What was said before stands again; where nothing was, the word of a file stands, or none. */
static reb_status restore_consent(const undoing *u, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    bool before = false;
    bool before_allowed = false;
    int64_t before_us = 0;
    int64_t later = 0;
    bool passed = false;
    reb_status st = reb_query(&q, s, REB_SQL_UNDO_CONSENTS, REB_ARGS(reb_i(u->customer_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        char fact[REB_CONSENT_TEXT];
        bool allowed = false;
        int64_t id = reb_col_i64(q, 0);
        if (!read_consent(fact, &allowed, reb_col_text(q, 2)) || strcmp(fact, u->fact) != 0) continue;
        if (id == u->event_id) {
            passed = true;
        } else if (passed) {
            later = id;
        } else {
            before = true;
            before_allowed = allowed;
            before_us = reb_col_i64(q, 1);
        }
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    if (later != 0) return rests_on_it(later, err);
    if (before) return reb_customer_fact_put(s, u->customer_id, u->fact, before_allowed ? "yes" : "no", before_us, err);
    return reb_exec(s, REB_SQL_UNDO_FACT_DROP, REB_ARGS(reb_i(u->customer_id), reb_t(u->fact)), NULL, err);
}

static reb_status write_undo(const undoing *u, reb_store *s, reb_err *err) {
    reb_buf data = {0};
    reb_json w = {.out = &data};
    char ext[40];
    snprintf(ext, sizeof ext, "undo:%" PRId64, u->event_id);
    reb_json_obj(&w);
    reb_json_kstr(&w, "act", u->out->kind);
    if (u->who != NULL && u->who[0] != '\0') reb_json_kstr(&w, "who", u->who);
    reb_json_obj_end(&w);
    u->out->undo_id = reb_id_next(u->ids);
    reb_status st = data.failed
                        ? reb_fail(err, REB_E_MEMORY, "No memory left.")
                        : reb_exec(s, REB_SQL_UNDO_INSERT,
                                   REB_ARGS(reb_i(u->customer_id), reb_i(u->out->undo_id), reb_t(ext), reb_i(u->event_id), reb_i(u->now_us),
                                            reb_i(reb_business_day(u->business, u->now_us)), reb_t(reb_buf_cstr(&data)), reb_i(u->now_us)),
                                   NULL, err);
    reb_buf_free(&data);
    return st;
}

static reb_status undo(reb_store *s, void *ctx, reb_err *err) {
    undoing *u = ctx;
    reb_status st = find_act(u, s, err);
    if (st != REB_OK || u->out->known) return st;
    if (is_answer(u->out->kind)) st = refuse_later_answer(u, s, err);
    if (st == REB_OK && u->fact[0] != '\0') st = restore_consent(u, s, err);
    if (st == REB_OK) st = write_undo(u, s, err);
    if (st == REB_OK) st = reb_derive_customers(s, u->business, &u->out->customer_id, 1, err);
    return st;
}

reb_status reb_undo(reb_undo_result *out, reb_store *s, const reb_business *b, int64_t event_id, const char *who, int64_t now_us,
                    reb_ids *ids, reb_err *err) {
    undoing u = {.out = out, .business = b, .event_id = event_id, .who = who, .now_us = now_us, .ids = ids};
    return reb_store_write(s, undo, &u, err);
}

void reb_undo_json(reb_json *w, const reb_undo_result *r) {
    reb_json_obj(w);
    reb_json_kstr(w, "act", r->kind);
    reb_json_kid(w, "customer_id", r->customer_id);
    reb_json_kid(w, "event_id", r->event_id);
    reb_json_kid(w, "undo_id", r->undo_id);
    reb_json_kbool(w, "known", r->known);
    reb_json_obj_end(w);
}
