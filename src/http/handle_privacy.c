/* What is held on a customer: given to them, and erased. */
#include "audit.h"
#include "handlers.h"

#include "../app/personal.h"
#include "../app/retention.h"
#include "../domain/privacy.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static reb_customer_ctx context(reb_request *rq) {
    return (reb_customer_ctx){.store = rq->store,
                              .arena = &rq->arena,
                              .clock = rq->server->o.act_clock,
                              .ids = rq->ids,
                              .business = reb_rq_business(rq),
                              .locale = reb_rq_locale(rq),
                              .who = rq->caller.name};
}

/* The one style sheet of the page is allowed by its hash; nothing else is allowed at all. */
static const char *policy(reb_arena *a, const char *style) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[64];
    crypto_hash_sha256(hash, (const unsigned char *)style, strlen(style));
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return reb_arena_printf(a, "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                            text);
}

reb_status reb_handle_customer_personal(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    int64_t id = reb_rq_param_id(rq, "customer_id");
    const char *as = reb_rq_query(rq, "as");
    if (as == NULL || strcmp(as, "page") != 0) return reb_personal_json(&rq->w, &c, id, err);
    const char *style = NULL;
    reb_status st = reb_personal_page(&rq->out, &style, &c, id, err);
    if (st != REB_OK) return st;
    rq->content_type = "text/html; charset=utf-8";
    rq->policy = policy(&rq->arena, style);
    rq->file_name = reb_arena_printf(&rq->arena, "inline; filename=\"customer-%" PRId64 ".html\"", id);
    return REB_OK;
}

reb_status reb_handle_customer_erase(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_privacy_erased e;
    reb_status st = reb_customer_erase(&e, &c, reb_rq_param_id(rq, "customer_id"), reb_rq_text(rq, "reason"), err);
    if (st != REB_OK) return st;
    reb_customer_erased_json(&rq->w, &e);
    reb_rq_tell(rq, "customer", e.head_id);
    return REB_OK;
}

reb_status reb_handle_retention_get(reb_request *rq, reb_err *err) {
    reb_business *b = NULL;
    reb_retention_result r;
    const reb_retention_request q = {
        .now_us = reb_rq_now(rq), .wall_us = reb_clock_now(rq->server->o.wall_clock), .dry = true, .who = "", .ids = rq->ids};
    reb_status st = reb_business_load(&b, rq->store, err);
    if (st == REB_OK) st = reb_retention_run(&r, rq->store, b, &q, err);
    if (st == REB_OK) reb_retention_json(&rq->w, &r);
    reb_business_free(b);
    return st;
}

/* The job acts for whoever asked for it. */
reb_status reb_handle_retention_run(reb_request *rq, reb_err *err) {
    char who[96];
    reb_buf params = {0};
    reb_json w = {.out = &params};
    reb_rq_who(who, rq);
    reb_json_obj(&w);
    reb_json_kstr(&w, "who", who);
    reb_json_obj_end(&w);
    reb_status st = reb_answer_job(rq, "retention", &params, false, err);
    reb_buf_free(&params);
    return st;
}
