#include "promise.h"

#include "customer.h"
#include "derive.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool reb_promise_read(reb_promise *out, reb_stmt *q, reb_arena *a) {
    *out = (reb_promise){.promise_id = reb_col_i64(q, 0),
                         .customer_id = reb_col_i64(q, 1),
                         .kind = REB_PROMISE_OTHER,
                         .origin = reb_arena_strdup(a, reb_col_text(q, 3)),
                         .made_us = reb_col_i64(q, 5),
                         .due_us = reb_col_i64(q, 6),
                         .ended_us = reb_col_i64(q, 7),
                         .order_id = reb_col_i64(q, 8),
                         .case_number = reb_col_i64(q, 9),
                         .owner_id = reb_col_i64(q, 10),
                         .product = reb_arena_strdup(a, reb_col_text(q, 11)),
                         .branch = reb_arena_strdup(a, reb_col_text(q, 12)),
                         .employee = reb_arena_strdup(a, reb_col_text(q, 13)),
                         .channel = reb_arena_strdup(a, reb_col_text(q, 14))};
    reb_promise_kind_from_name(&out->kind, reb_col_text(q, 2));
    reb_promise_state_from_name(&out->state, reb_col_text(q, 4));
    return out->origin != NULL && out->product != NULL && out->branch != NULL && out->employee != NULL && out->channel != NULL;
}

reb_status reb_promise_get(reb_promise *out, reb_store *s, reb_arena *a, int64_t promise_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_PROMISE_GET, REB_ARGS(reb_i(promise_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && !reb_promise_read(out, q, a)) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_stmt_close(q);
    if (st != REB_OK || row) return st;
    reb_fail(err, REB_E_NOT_FOUND, "There is no promise %" PRId64 ".", promise_id);
    reb_err_next(err, "rebound promise list shows them.");
    return REB_E_NOT_FOUND;
}

static const char *copy_word(reb_arena *a, const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? reb_arena_strdup(a, v->valuestring) : "";
}

reb_status reb_promise_words(reb_promise_said *out, reb_store *s, reb_arena *a, const reb_promise *p, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (reb_promise_said){.text = "", .why = "", .made_by = "", .ended_by = ""};
    reb_status st = reb_query(&q, s, REB_SQL_PROMISE_WORDS, REB_ARGS(reb_i(p->customer_id), reb_i(p->promise_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        cJSON *o = reb_col_text(q, 1) != NULL ? cJSON_Parse(reb_col_text(q, 1)) : NULL;
        if (strcmp(reb_col_text(q, 0), "promise") == 0) {
            out->text = copy_word(a, o, "text");
            out->made_by = copy_word(a, o, "who");
        } else if (p->ended_us != 0) { /* what was taken back ended nothing */
            out->why = copy_word(a, o, "why");
            out->ended_by = copy_word(a, o, "who");
        }
        cJSON_Delete(o);
        if (a->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

/* --- writing -------------------------------------------------------------------------------------------------------------------------- */

typedef struct writing {
    const reb_business *b;
    const reb_promise_new *n;
    int64_t promise_id;
    const reb_promise_step *step;
    const char *why;
    int64_t now_us;
    const char *who;
    reb_ids *ids;
    int64_t *id; /* of what was written, or is known */
    bool *known;
    reb_arena arena; /* of one attempt */
} writing;

static reb_status put_event(writing *w, reb_store *s, int64_t customer_id, int64_t event_id, const char *kind, const char *ext,
                            int64_t ref_id, int64_t at_us, const reb_buf *data, reb_err *err) {
    if (data->failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    uint64_t hash = reb_hash64(0, reb_buf_cstr(data), data->len);
    reb_status st = reb_store_hold(s, "customer", customer_id, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_PROMISE_INSERT,
                      REB_ARGS(reb_i(customer_id), reb_i(event_id), reb_t(kind), reb_t(ext), reb_i(ref_id), reb_i(at_us),
                               reb_i(reb_business_day(w->b, at_us)), reb_i((int64_t)hash), reb_t(reb_buf_cstr(data)), reb_i(w->now_us)),
                      NULL, err);
    if (st != REB_OK) return st;
    if (customer_id == 0) return reb_promise_derive(s, w->b, &customer_id, 1, err); /* of a case of nobody known */
    return reb_derive_customers(s, w->b, &customer_id, 1, err);                     /* when they were last heard of follows from it, too */
}

/* A free name for the event; *w->known when the key stands for a promise that was not taken back. */
static reb_status find_name(char ext[128], writing *w, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_status st = REB_OK;
    *w->known = false;
    if (w->n->key == NULL || w->n->key[0] == '\0') {
        snprintf(ext, 128, "promise:%" PRId64, *w->id);
        return REB_OK;
    }
    uint64_t hash = reb_hash64(UINT64_C(0x70726f6d), w->n->key, strlen(w->n->key));
    for (int time = 1; st == REB_OK && time < 1000; time++) {
        reb_stmt *q = NULL;
        bool row = false;
        snprintf(ext, 128, "promise:key:%016" PRIx64 ":%d", hash, time);
        st = reb_query(&q, s, REB_SQL_PROMISE_KNOWN, REB_ARGS(reb_t(ext), reb_i(customer_id)), err);
        if (st == REB_OK) st = reb_step(q, &row, err);
        bool stands = row && reb_col_null(q, 1);
        if (st == REB_OK && stands) {
            *w->id = reb_col_i64(q, 0);
            *w->known = true;
        }
        reb_stmt_close(q);
        if (!row || stands) return st;
    }
    return st == REB_OK ? reb_fail(err, REB_E_LIMIT, "This promise was made and taken back too often.") : st;
}

static void word(reb_json *j, const char *key, const char *value) {
    if (value != NULL && value[0] != '\0') reb_json_kstr(j, key, value);
}

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    writing *w = ctx;
    const reb_promise_new *n = w->n;
    const char *text = NULL;
    const char *words[4] = {n->product, n->branch, n->employee, n->channel};
    static const char *const keys[4] = {"product", "branch", "employee", "channel"};
    char ext[128];
    reb_arena_reset(&w->arena);
    *w->id = reb_id_next(w->ids);
    reb_status st = reb_customer_lines(&text, &w->arena, n->text, REB_PROMISE_TEXT_MOST, "The promise", err);
    if (st == REB_OK && text == NULL) st = reb_fail(err, REB_E_INPUT, "What was promised is missing.");
    for (int i = 0; i < 4 && st == REB_OK; i++) st = reb_customer_line(&words[i], &w->arena, words[i], REB_PROMISE_WORD_MOST, keys[i], err);
    int64_t at_us = n->at_us != 0 ? n->at_us : w->now_us;
    if (st == REB_OK && at_us > w->now_us) st = reb_fail(err, REB_E_INPUT, "A promise cannot have been made later than now.");
    if (st == REB_OK && n->due_us < at_us) {
        st = reb_fail(err, REB_E_INPUT, "The promise would have been due before it was made.");
        reb_err_next(err, "Say by when it is to be kept: a time that is still to come.");
    }
    reb_customer_state state = {0};
    if (st == REB_OK && n->customer_id != 0) st = reb_customer_state_get(&state, s, n->customer_id, err);
    if (st == REB_OK && n->customer_id == 0 && n->case_number == 0)
        st = reb_fail(err, REB_E_INPUT, "A promise is made to somebody: name the customer or the case.");
    if (st == REB_OK) st = find_name(ext, w, s, state.customer_id, err);
    if (st != REB_OK || *w->known) return st;
    reb_buf b = {0};
    reb_json j = {.out = &b};
    reb_json_obj(&j);
    reb_json_kstr(&j, "promise", reb_promise_kind_name(n->kind));
    if (n->case_number != 0) reb_json_kstr(&j, "origin", "case");
    reb_json_ki64(&j, "due_us", n->due_us);
    if (n->case_number != 0) reb_json_kid(&j, "case", n->case_number);
    if (n->owner_id != 0) reb_json_kid(&j, "owner", n->owner_id);
    for (int i = 0; i < 4; i++) word(&j, keys[i], words[i]);
    reb_json_kstr(&j, "text", text);
    word(&j, "who", w->who);
    reb_json_obj_end(&j);
    st = put_event(w, s, state.customer_id, *w->id, "promise", ext, 0, at_us, &b, err);
    reb_buf_free(&b);
    return st;
}

reb_status reb_promise_add(int64_t *promise_id, bool *known, reb_store *s, const reb_business *b, const reb_promise_new *n, int64_t now_us,
                           const char *who, reb_ids *ids, reb_err *err) {
    writing w = {.b = b, .n = n, .now_us = now_us, .who = who, .ids = ids, .id = promise_id, .known = known};
    reb_status st = reb_store_write(s, add_work, &w, err);
    reb_arena_free(&w.arena);
    return st;
}

static reb_status check_step(const writing *w, const reb_promise *p, int64_t at_us, const char *why, reb_err *err) {
    const reb_promise_step *step = w->step;
    if (p->state != REB_PROMISE_OPEN) {
        reb_fail(err, REB_E_CONFLICT, "Promise %" PRId64 " has ended already: it is %s.", p->promise_id, reb_promise_state_name(p->state));
        reb_err_next(err, "What was noted by mistake is taken back with: rebound undo EVENT");
        return REB_E_CONFLICT;
    }
    if (at_us < p->made_us || at_us > w->now_us)
        return reb_fail(err, REB_E_INPUT, "That must have happened after the promise was made, and not later than now.");
    if (step->kind == REB_PROMISE_STEP_RELEASED && why == NULL)
        return reb_fail(err, REB_E_INPUT, "Why the customer let us off is missing.");
    if (step->kind != REB_PROMISE_STEP_MOVED) return REB_OK;
    if (at_us > p->due_us) {
        reb_fail(err, REB_E_CONFLICT, "Promise %" PRId64 " is broken: its time has passed, and a later one does not mend that.",
                 p->promise_id);
        reb_err_next(err, "Keep it late, or make a new promise.");
        return REB_E_CONFLICT;
    }
    return step->due_us > at_us ? REB_OK : reb_fail(err, REB_E_INPUT, "The new time must still be to come.");
}

static reb_status step_work(reb_store *s, void *ctx, reb_err *err) {
    writing *w = ctx;
    static const char *const kinds[] = {"promise_kept", "promise_released", NULL, "promise_moved"};
    reb_promise p;
    const char *why = NULL;
    int64_t at_us = w->step->at_us != 0 ? w->step->at_us : w->now_us;
    reb_arena_reset(&w->arena);
    reb_status st = reb_promise_get(&p, s, &w->arena, w->promise_id, err);
    if (st == REB_OK) st = reb_customer_lines(&why, &w->arena, w->why, REB_PROMISE_TEXT_MOST, "The reason", err);
    if (st == REB_OK) st = check_step(w, &p, at_us, why, err);
    if (st != REB_OK) return st;
    reb_buf b = {0};
    reb_json j = {.out = &b};
    char ext[64];
    *w->id = reb_id_next(w->ids);
    snprintf(ext, sizeof ext, "%s:%" PRId64, kinds[w->step->kind], *w->id);
    reb_json_obj(&j);
    if (w->step->kind == REB_PROMISE_STEP_MOVED) reb_json_ki64(&j, "due_us", w->step->due_us);
    word(&j, "why", why);
    word(&j, "who", w->who);
    reb_json_obj_end(&j);
    st = put_event(w, s, p.customer_id, *w->id, kinds[w->step->kind], ext, p.promise_id, at_us, &b, err);
    reb_buf_free(&b);
    return st;
}

reb_status reb_promise_step_add(int64_t *event_id, reb_store *s, const reb_business *b, int64_t promise_id, const reb_promise_step *step,
                                const char *why, int64_t now_us, const char *who, reb_ids *ids, reb_err *err) {
    writing w = {.b = b, .promise_id = promise_id, .step = step, .why = why, .now_us = now_us, .who = who, .ids = ids, .id = event_id};
    reb_status st = reb_store_write(s, step_work, &w, err);
    reb_arena_free(&w.arena);
    return st;
}
