/* Letters about decisions. */
#include "audit.h"
#include "handlers.h"

#include "../app/letter.h"

#include <string.h>

typedef struct call {
    reb_case_by by;
    char who[96];
    int64_t number, letter_id;
} call;

static reb_status begin(call *c, reb_request *rq, reb_err *err) {
    const char *path = reb_rq_param(rq, "case");
    *c = (call){.letter_id = reb_rq_param_id(rq, "letter_id")};
    reb_rq_who(c->who, rq);
    c->by = (reb_case_by){.business = reb_rq_business(rq),
                          .ids = rq->ids,
                          .now_us = reb_rq_now(rq),
                          .who = reb_arena_strdup(&rq->arena, c->who),
                          .user_id = rq->caller.user_id,
                          .seen_seq = rq->json_body != NULL ? reb_rq_int(rq, "seen", 0) : 0};
    if (c->by.business == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    if (c->by.who == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    c->number = reb_case_number_read(path);
    return c->number != 0 ? REB_OK : reb_fail(err, REB_E_NOT_FOUND, "\"%.40s\" is no number of a case.", path);
}

static int64_t seen(const reb_request *rq) { /* absent: whatever it is */
    return cJSON_GetObjectItemCaseSensitive(rq->json_body, "revision") != NULL ? reb_rq_id(rq, "revision") : -1;
}

static reb_status answer(reb_request *rq, const call *c, reb_err *err) {
    return reb_letter_json(&rq->w, rq->store, c->number, c->letter_id, err);
}

reb_status reb_handle_letter_list(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? reb_letters_json(&rq->w, rq->store, c.number, err) : st;
}

reb_status reb_handle_letter_draft(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_letter_draft(&c.letter_id, rq->store, &c.by, c.number, reb_rq_text(rq, "language"), err);
    return st == REB_OK ? answer(rq, &c, err) : st;
}

reb_status reb_handle_letter_get(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? answer(rq, &c, err) : st;
}

reb_status reb_handle_letter_edit(reb_request *rq, reb_err *err) {
    call c;
    const reb_letter_edit_in in = {.recipient = reb_rq_text(rq, "recipient"),
                                   .subject = reb_rq_text(rq, "subject"),
                                   .body = reb_rq_text(rq, "body"),
                                   .seen_us = seen(rq)};
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_letter_edit(rq->store, &c.by, c.number, c.letter_id, &in, err);
    return st == REB_OK ? answer(rq, &c, err) : st;
}

reb_status reb_handle_letter_discard(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? reb_letter_discard(rq->store, &c.by, c.number, c.letter_id, err) : st;
}

reb_status reb_handle_letter_send(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_letter_send(rq->store, &c.by, c.number, c.letter_id, reb_rq_text(rq, "how"), seen(rq), err);
    if (st != REB_OK) return st;
    reb_rq_tell(rq, "case", c.number);
    return answer(rq, &c, err);
}

reb_status reb_handle_letter_pdf(reb_request *rq, reb_err *err) {
    call c;
    const char *name = NULL;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_letter_pdf(&rq->out, &name, rq->store, &rq->arena, c.by.business, c.number, c.letter_id, c.by.now_us, err);
    if (st != REB_OK) return st;
    rq->content_type = "application/pdf";
    rq->file_name = name;
    return REB_OK;
}
