/* Promises. */
#include "handle_promise.h"
#include "audit.h"
#include "handlers.h"

#include "../app/case.h"

#include <string.h>

static reb_promise_ctx context(reb_request *rq) {
    char actor[96];
    reb_rq_who(actor, rq);
    return (reb_promise_ctx){.store = rq->store,
                             .arena = &rq->arena,
                             .business = reb_rq_business(rq),
                             .ids = rq->ids,
                             .now_us = reb_rq_now(rq),
                             .sight = rq->sight,
                             .who = rq->caller.name,
                             .user_id = rq->caller.user_id,
                             .actor = reb_arena_strdup(&rq->arena, actor)};
}

static reb_status ready(const reb_promise_ctx *c, reb_err *err) {
    return c->business != NULL ? REB_OK : reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
}

reb_promise_filter reb_rq_promise_filter(const reb_request *rq) {
    static const reb_promise_state k_states[REB_PROMISE_STATES] = {REB_PROMISE_OPEN, REB_PROMISE_KEPT, REB_PROMISE_LATE, REB_PROMISE_BROKEN,
                                                                   REB_PROMISE_RELEASED};
    reb_promise_filter f = {.kind = reb_rq_query(rq, "kind"),
                            .product = reb_rq_query(rq, "product"),
                            .branch = reb_rq_query(rq, "branch"),
                            .employee = reb_rq_query(rq, "employee"),
                            .channel = reb_rq_query(rq, "channel")};
    const char *name = reb_rq_query(rq, "state");
    const char *keeper = reb_rq_query(rq, "keeper");
    f.today = name != NULL && strcmp(name, "today") == 0;
    if (f.today) name = reb_promise_state_name(REB_PROMISE_OPEN);
    for (size_t i = 0; i < REB_PROMISE_STATES && name != NULL; i++)
        if (strcmp(reb_promise_state_name(k_states[i]), name) == 0) f.state = &k_states[i];
    /* Whoever is nobody in person, as a key is, keeps none. */
    if (keeper != NULL && strcmp(keeper, "me") == 0) f.owner_id = rq->caller.user_id != 0 ? rq->caller.user_id : -1;
    if (keeper != NULL && f.owner_id == 0) f.owner_id = reb_rq_query_int(rq, "keeper", -1);
    return f;
}

reb_status reb_handle_promise_list(reb_request *rq, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_promise_filter f = reb_rq_promise_filter(rq);
    f.customer_id = reb_rq_query_int(rq, "customer_id", 0);
    f.case_number = reb_rq_query_int(rq, "case", 0);
    f.limit = reb_rq_query_int(rq, "limit", 0);
    f.after = reb_rq_query(rq, "after");
    reb_promise_page page;
    reb_promise_counts counts;
    reb_status st = ready(&c, err);
    if (st == REB_OK) st = reb_promise_list(&page, &c, &f, err);
    if (st == REB_OK && rq->sight == NULL) st = reb_promise_count(&counts, &c, &f, err);
    if (st != REB_OK) return st;
    reb_json *w = &rq->w;
    reb_json_obj(w);
    reb_json_key(w, "promises");
    reb_json_arr(w);
    for (size_t i = 0; i < page.count; i++) reb_promise_row_json(w, &page.rows[i]);
    reb_json_arr_end(w);
    reb_json_kstr(w, "next", page.next);
    reb_json_key(w, "counts");
    if (rq->sight != NULL) {
        reb_json_null(w);
    } else {
        reb_promise_counts_json(w, &counts);
    }
    reb_json_obj_end(w);
    return REB_OK;
}

reb_status reb_handle_promise_get(reb_request *rq, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_promise_row r;
    reb_status st = ready(&c, err);
    if (st == REB_OK) st = reb_promise_show(&r, &c, reb_rq_param_id(rq, "promise_id"), err);
    if (st == REB_OK) reb_promise_row_json(&rq->w, &r);
    return st;
}

reb_status reb_handle_promise_choices(reb_request *rq, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_status st = ready(&c, err);
    return st == REB_OK ? reb_promise_choices_json(&rq->w, &c, err) : st;
}

reb_status reb_handle_promise_times(reb_request *rq, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_status st = ready(&c, err);
    return st == REB_OK ? reb_promise_times_json(&rq->w, &c, err) : st;
}

reb_status reb_handle_promise_gap(reb_request *rq, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_gap_by by = REB_GAP_PRODUCT;
    const char *name = reb_rq_query(rq, "by");
    if (name != NULL) reb_gap_by_from_name(&by, name);
    reb_gap g;
    reb_status st = ready(&c, err);
    if (st == REB_OK) st = reb_gap_read(&g, &c, by, reb_rq_query(rq, "kind"), reb_rq_query_time(rq, "since"), err);
    if (st == REB_OK) reb_gap_json(&rq->w, &g);
    return st;
}

void reb_rq_tell_case(reb_request *rq, int64_t number) {
    reb_case_key at;
    reb_err ignored = {0};
    int64_t end = number;
    if (reb_case_chain(&at, &end, rq->store, number, &ignored) == REB_OK && end != number) reb_rq_tell(rq, "case", end);
    reb_rq_tell(rq, "case", number);
}

/* --- to write ------------------------------------------------------------------------------------------------------------------------- */

static void answer(reb_request *rq, const reb_promise_row *r, bool known, int64_t event_id) {
    reb_json *w = &rq->w;
    reb_json_obj(w);
    reb_json_key(w, "promise");
    reb_promise_row_json(w, r);
    reb_json_kbool(w, "known", known);
    if (event_id != 0) {
        reb_json_kid(w, "event_id", event_id);
    } else {
        reb_json_knull(w, "event_id");
    }
    reb_json_obj_end(w);
    if (r->head_id != 0) reb_rq_tell(rq, "customer", r->head_id);
    if (r->p.case_number != 0 && !known) reb_rq_tell_case(rq, r->p.case_number);
}

/* due_at, or the end of due_day. */
static reb_status due(int64_t *out, const reb_request *rq, const reb_business *b, reb_err *err) {
    *out = reb_rq_time(rq, "due_at");
    if (*out == 0 && reb_rq_text(rq, "due_day") != NULL) *out = reb_zone_day_start(b->zone, reb_rq_day(rq, "due_day") + 1) - 1;
    if (*out != 0) return REB_OK;
    reb_fail(err, REB_E_USAGE, "By when is missing.");
    reb_err_next(err, "Send due_at, an instant, or due_day, a day.");
    return REB_E_USAGE;
}

reb_status reb_handle_promise_add(reb_request *rq, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_promise_new n = {.customer_id = reb_rq_id(rq, "customer_id"),
                         .case_number = reb_rq_int(rq, "case", 0),
                         .kind = REB_PROMISE_OTHER,
                         .text = reb_rq_text(rq, "text"),
                         .owner_id = reb_rq_id(rq, "owner_id"),
                         .product = reb_rq_text(rq, "product"),
                         .branch = reb_rq_text(rq, "branch"),
                         .employee = reb_rq_text(rq, "employee"),
                         .channel = reb_rq_text(rq, "channel"),
                         .key = reb_rq_text(rq, "key")};
    const char *kind = reb_rq_text(rq, "kind");
    bool known = false;
    bool sees = true;
    reb_promise_row r;
    if (kind != NULL) reb_promise_kind_from_name(&n.kind, kind);
    reb_status st = ready(&c, err);
    if (st == REB_OK) st = due(&n.due_us, rq, c.business, err);
    if (st == REB_OK && n.customer_id != 0) st = reb_sight_sees(&sees, rq->store, rq->sight, n.customer_id, err);
    if (st == REB_OK && !sees) st = reb_fail(err, REB_E_NOT_FOUND, "There is no customer %lld.", (long long)n.customer_id);
    if (st == REB_OK) st = reb_promise_make(&r, &known, &c, &n, err);
    if (st != REB_OK) return st;
    answer(rq, &r, known, r.p.promise_id);
    rq->location = reb_arena_printf(&rq->arena, "/v1/promises/%lld", (long long)r.p.promise_id);
    return REB_OK;
}

static reb_status take(reb_request *rq, reb_promise_step_kind kind, reb_err *err) {
    const reb_promise_ctx c = context(rq);
    reb_promise_step step = {.kind = kind};
    int64_t event_id = 0;
    reb_promise_row r;
    reb_status st = ready(&c, err);
    if (st == REB_OK && kind == REB_PROMISE_STEP_MOVED) st = due(&step.due_us, rq, c.business, err);
    if (kind != REB_PROMISE_STEP_MOVED) step.at_us = reb_rq_time(rq, "at");
    if (st == REB_OK) st = reb_promise_step_take(&r, &event_id, &c, reb_rq_param_id(rq, "promise_id"), &step, reb_rq_text(rq, "why"), err);
    if (st == REB_OK) answer(rq, &r, false, event_id);
    return st;
}

reb_status reb_handle_promise_keep(reb_request *rq, reb_err *err) {
    return take(rq, REB_PROMISE_STEP_KEPT, err);
}
reb_status reb_handle_promise_release(reb_request *rq, reb_err *err) {
    return take(rq, REB_PROMISE_STEP_RELEASED, err);
}
reb_status reb_handle_promise_move(reb_request *rq, reb_err *err) {
    return take(rq, REB_PROMISE_STEP_MOVED, err);
}
