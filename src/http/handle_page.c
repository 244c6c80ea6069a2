/* The plain page and the summary. */
#include "handlers.h"

#include "../app/summary.h"
#include "../app/today.h"
#include "page.h"

#include <sodium.h>
#include <string.h>

reb_status reb_handle_summary(reb_request *rq, reb_err *err) {
    reb_summary *o = reb_arena_zalloc(&rq->arena, 1, sizeof *o);
    if (o == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_summary_read(o, rq->store, reb_rq_now(rq), err);
    if (st == REB_OK) reb_summary_json(&rq->w, o);
    return st;
}

/* The one style sheet is allowed by its hash; nothing else is allowed at all. */
static const char *policy(reb_arena *a) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[64];
    crypto_hash_sha256(hash, (const unsigned char *)reb_page_style, strlen(reb_page_style));
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return reb_arena_printf(a, "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                            text);
}

/* Looking changes nothing: no hold-out is drawn and nothing counts as shown. */
reb_status reb_handle_page(reb_request *rq, reb_err *err) {
    const reb_today_request q = {.now_us = reb_rq_now(rq), .capacity_minutes = -1, .peek = true};
    reb_today_list list;
    reb_summary *o = reb_arena_zalloc(&rq->arena, 1, sizeof *o);
    rq->policy = policy(&rq->arena);
    if (o == NULL || rq->policy == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_today(&list, rq->store, &q, rq->ids, &rq->arena, err);
    if (st == REB_OK) st = reb_summary_read(o, rq->store, reb_rq_now(rq), err);
    if (st != REB_OK) return st;
    rq->content_type = "text/html; charset=utf-8";
    reb_page_write(&rq->out, &list, o);
    return REB_OK;
}
