/* Today, the answers to it, and the fit behind it. */
#include "audit.h"
#include "handle_promise.h"
#include "handlers.h"

#include "../app/fit.h"
#include "../app/today.h"
#include "../domain/undo.h"

reb_status reb_handle_today(reb_request *rq, reb_err *err) {
    const reb_today_request q = {.now_us = reb_rq_now(rq),
                                 .sight = rq->sight,
                                 .capacity_minutes = reb_rq_query_int(rq, "minutes", -1),
                                 .limit = reb_rq_query_int(rq, "limit", 0),
                                 .peek = rq->caller.blank || reb_rq_query_bool(rq, "peek", false), /* an analyst only looks */
                                 .locale = reb_rq_locale(rq)};
    reb_today_list list;
    reb_status st = reb_today(&list, rq->store, &q, rq->ids, &rq->arena, err);
    if (st == REB_OK) reb_today_json(&rq->w, &list);
    return st;
}

static reb_status act(reb_request *rq, reb_act_kind kind, const char *why, reb_err *err) {
    const char *item = reb_rq_param(rq, "item");
    reb_act a = {.act = kind, .why = why != NULL ? why : "", .item = item, .until_day = reb_rq_day(rq, "until"), .who = rq->caller.name};
    reb_act_result r = {0};
    reb_business *b = NULL;
    int64_t episode;
    reb_status st = reb_business_load(&b, rq->store, err);
    if (st == REB_OK) st = reb_item_find(&a.customer_id, &a.kind, &episode, rq->store, item, err);
    if (st == REB_OK) st = reb_act_record(&r, rq->store, b, &a, reb_rq_now(rq), rq->ids, err);
    if (st == REB_OK) {
        reb_act_json(&rq->w, &a, &r);
        if (!r.known) reb_rq_tell(rq, "act", a.customer_id);
    }
    reb_business_free(b);
    return st;
}

reb_status reb_handle_act_done(reb_request *rq, reb_err *err) {
    return act(rq, REB_ACT_DONE, reb_rq_text(rq, "note"), err);
}
reb_status reb_handle_act_not_now(reb_request *rq, reb_err *err) {
    return act(rq, REB_ACT_NOT_NOW, reb_rq_text(rq, "why"), err);
}
reb_status reb_handle_act_wrong(reb_request *rq, reb_err *err) {
    return act(rq, REB_ACT_WRONG, reb_rq_text(rq, "why"), err);
}

reb_status reb_handle_act_undo(reb_request *rq, reb_err *err) {
    reb_business *b = NULL;
    reb_undo_result r = {0};
    int64_t number = 0;
    char actor[96];
    reb_rq_who(actor, rq);
    reb_status st = reb_business_load(&b, rq->store, err);
    const reb_promise_ctx c = {.store = rq->store,
                               .arena = &rq->arena,
                               .business = b,
                               .ids = rq->ids,
                               .now_us = reb_rq_now(rq),
                               .who = rq->caller.name,
                               .user_id = rq->caller.user_id,
                               .actor = actor};
    if (st == REB_OK) st = reb_promise_undo(&r, &number, &c, reb_rq_param_id(rq, "event_id"), err);
    if (st == REB_OK) {
        reb_undo_json(&rq->w, &r);
        if (!r.known) reb_rq_tell(rq, "act", r.customer_id);
        if (number != 0) reb_rq_tell_case(rq, number);
    }
    reb_business_free(b);
    return st;
}

reb_status reb_handle_fit_add(reb_request *rq, reb_err *err) {
    const char *model = reb_rq_text(rq, "model");
    reb_buf params = {0};
    reb_json w = {.out = &params};
    reb_json_obj(&w);
    if (model != NULL) reb_json_kstr(&w, "model", model);
    reb_json_obj_end(&w);
    reb_status st = reb_answer_job(rq, "fit", &params, false, err);
    reb_buf_free(&params);
    return st;
}

reb_status reb_handle_fit_get(reb_request *rq, reb_err *err) {
    reb_fit_report *r = reb_arena_zalloc(&rq->arena, 1, sizeof *r);
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    bool found = false;
    reb_business *b = NULL;
    reb_status st = reb_business_load(&b, rq->store, err);
    if (st == REB_OK) st = reb_fit_load(r, &found, rq->store, reb_business_day(b, reb_rq_now(rq)), err);
    reb_business_free(b);
    if (st == REB_OK && !found) {
        reb_fail(err, REB_E_NOT_FOUND, "Nothing was fitted yet.");
        reb_err_next(err, "POST /v1/fit fits the models.");
        st = REB_E_NOT_FOUND;
    }
    if (st == REB_OK) reb_fit_json(&rq->w, r);
    return st;
}
