/* Gestures, vouchers, evidence. */
#include "audit.h"
#include "handlers.h"

#include "../app/evidence.h"
#include "../app/gesture.h"
#include "../app/voucher_pdf.h"

#include <string.h>

/* Whose limit holds: a key that may change everything stands for the owner, any other for an agent; whoever sits at the machine is one. */
static reb_role role_of(const reb_request *rq) {
    if (rq->caller.local) return REB_ROLE_OWNER;
    if (rq->caller.by_token) return (rq->caller.scopes & REB_TOKEN_ADMIN) != 0 ? REB_ROLE_OWNER : REB_ROLE_AGENT;
    return rq->caller.role;
}

static reb_status begin(reb_gesture_ctx *c, reb_request *rq, reb_err *err) {
    char who[96];
    const reb_locale *l = reb_rq_locale(rq);
    reb_rq_who(who, rq);
    *c = (reb_gesture_ctx){.store = rq->store,
                           .arena = &rq->arena,
                           .business = reb_rq_business(rq),
                           .ids = rq->ids,
                           .now_us = reb_rq_now(rq),
                           .who = reb_arena_strdup(&rq->arena, who),
                           .user_id = rq->caller.user_id,
                           .role = role_of(rq),
                           .language = l != NULL ? reb_language_code(l->language) : NULL,
                           .sight = rq->sight};
    if (c->business == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    return c->who != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static reb_status number_of(int64_t *number, const reb_request *rq, reb_err *err) {
    const char *path = reb_rq_param(rq, "case");
    *number = reb_case_number_read(path != NULL ? path : "");
    return *number != 0 ? REB_OK : reb_fail(err, REB_E_NOT_FOUND, "\"%.40s\" is no number of a case.", path != NULL ? path : "");
}

/* --- of one case ---------------------------------------------------------------------------------------------------------------------- */

reb_status reb_handle_gesture_look(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_gesture_view v;
    int64_t number = 0;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = number_of(&number, rq, err);
    if (st == REB_OK) st = reb_gesture_look(&v, &c, number, reb_rq_query(rq, "order"), err);
    if (st == REB_OK) reb_gesture_view_json(&rq->w, &c, &v);
    return st;
}

static reb_status done(reb_request *rq, const reb_gesture_ctx *c, const reb_gesture_done *d, reb_status st) {
    if (st != REB_OK) return st;
    reb_rq_tell(rq, "case", d->gesture.number);
    reb_gesture_done_json(&rq->w, c, d);
    return REB_OK;
}

reb_status reb_handle_gesture_give(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_gesture_done d;
    int64_t number = 0;
    const reb_gesture_give_in in = {.remedy = reb_rq_text(rq, "code"),
                                    .basis = reb_rq_text(rq, "basis"),
                                    .amount_minor = reb_rq_int(rq, "amount_minor", 0),
                                    .order_ref = reb_rq_text(rq, "order_ref"),
                                    .why = reb_rq_text(rq, "why"),
                                    .invest = reb_rq_bool(rq, "invest", false),
                                    .even_so = reb_rq_bool(rq, "even_so", false),
                                    .approver_id = reb_rq_id(rq, "approver_id"),
                                    .keeper_id = reb_rq_id(rq, "keeper_id"),
                                    .by_us = reb_rq_time(rq, "by"),
                                    .seen_seq = reb_rq_int(rq, "seen", 0),
                                    .key = reb_rq_text(rq, "key")};
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = number_of(&number, rq, err);
    return st == REB_OK ? done(rq, &c, &d, reb_gesture_give(&d, &c, number, &in, err)) : st;
}

reb_status reb_handle_case_evidence(reb_request *rq, reb_err *err) {
    int64_t number = 0;
    const reb_locale *l = reb_rq_locale(rq);
    const reb_case_view_ctx c = {.store = rq->store,
                                 .arena = &rq->arena,
                                 .business = reb_rq_business(rq),
                                 .now_us = reb_rq_now(rq),
                                 .language = l != NULL ? reb_language_code(l->language) : NULL,
                                 .sight = rq->sight};
    if (c.business == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    reb_status st = number_of(&number, rq, err);
    return st == REB_OK ? reb_evidence_json(&rq->w, &c, number, err) : st;
}

/* --- answering ------------------------------------------------------------------------------------------------------------------------ */

reb_status reb_handle_gesture_asked(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? reb_gesture_asked_json(&rq->w, &c, reb_rq_query_bool(rq, "mine", false), err) : st;
}

reb_status reb_handle_gesture_approve(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_gesture_done d;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? done(rq, &c, &d, reb_gesture_approve(&d, &c, reb_rq_param_id(rq, "gesture_id"), err)) : st;
}

reb_status reb_handle_gesture_refuse(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_gesture_done d;
    reb_status st = begin(&c, rq, err);
    if (st != REB_OK) return st;
    return done(rq, &c, &d, reb_gesture_refuse(&d, &c, reb_rq_param_id(rq, "gesture_id"), reb_rq_text(rq, "why"), err));
}

reb_status reb_handle_gesture_withdraw(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_gesture_done d;
    reb_status st = begin(&c, rq, err);
    if (st != REB_OK) return st;
    return done(rq, &c, &d, reb_gesture_withdraw(&d, &c, reb_rq_param_id(rq, "gesture_id"), reb_rq_text(rq, "why"), err));
}

/* --- vouchers ------------------------------------------------------------------------------------------------------------------------- */

static reb_status voucher_json(reb_request *rq, const reb_voucher *v, const char *code, int known, reb_err *err) {
    int64_t number = 0;
    reb_status st = reb_case_number_of(&number, rq->store, v->at.case_id, err);
    if (st == REB_OK) reb_voucher_json(&rq->w, v, number, code, known, reb_rq_now(rq));
    return st;
}

reb_status reb_handle_voucher_list(reb_request *rq, reb_err *err) {
    reb_gesture_ctx c;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? reb_voucher_list_json(&rq->w, &c, reb_rq_query_int(rq, "limit", 50), reb_rq_query(rq, "after"), err) : st;
}

reb_status reb_handle_voucher_get(reb_request *rq, reb_err *err) {
    reb_voucher v;
    char code[REB_VOUCHER_TEXT];
    int64_t id = reb_rq_param_id(rq, "gesture_id");
    reb_status st = reb_voucher_get(&v, rq->store, id, err);
    if (st == REB_OK) st = reb_voucher_code(code, rq->store, id, err);
    return st == REB_OK ? voucher_json(rq, &v, code, -1, err) : st;
}

reb_status reb_handle_voucher_pdf(reb_request *rq, reb_err *err) {
    int64_t number = 0;
    const char *name = NULL;
    const reb_business *b = reb_rq_business(rq);
    if (b == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    reb_status st =
        reb_voucher_pdf(&rq->out, &number, &name, rq->store, &rq->arena, b, reb_rq_param_id(rq, "gesture_id"), reb_rq_now(rq), err);
    if (st != REB_OK) return st;
    reb_rq_about(rq, number);
    rq->content_type = "application/pdf";
    rq->file_name = name;
    return REB_OK;
}

reb_status reb_handle_voucher_check(reb_request *rq, reb_err *err) {
    reb_voucher v;
    reb_status st = reb_voucher_find(&v, rq->store, reb_rq_text(rq, "code"), err);
    return st == REB_OK ? voucher_json(rq, &v, NULL, -1, err) : st;
}

reb_status reb_handle_voucher_redeem(reb_request *rq, reb_err *err) {
    reb_voucher v;
    bool known = false;
    char who[96];
    int64_t number = 0;
    reb_rq_who(who, rq);
    reb_status st = reb_voucher_redeem(&v, &known, rq->store, reb_rq_text(rq, "code"), who, reb_rq_text(rq, "key"), reb_rq_now(rq), err);
    if (st == REB_OK) st = voucher_json(rq, &v, NULL, known ? 1 : 0, err);
    if (st == REB_OK && !known && reb_case_number_of(&number, rq->store, v.at.case_id, err) == REB_OK) reb_rq_tell(rq, "case", number);
    return st;
}
