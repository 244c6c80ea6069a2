/* The audit log, read. */
#include "handlers.h"

#include "../domain/audit.h"

#include <stdlib.h>

reb_status reb_handle_audit_list(reb_request *rq, reb_err *err) {
    const reb_audit_filter f = {.who = reb_rq_query(rq, "who"),
                                .kind = reb_rq_query(rq, "kind"),
                                .did = reb_rq_query(rq, "did"),
                                .about = reb_rq_query(rq, "about"),
                                .subject = reb_rq_query(rq, "subject"),
                                .from_us = reb_rq_query_time(rq, "from"),
                                .to_us = reb_rq_query_time(rq, "to"),
                                .before = reb_rq_query_int(rq, "before", 0),
                                .limit = reb_rq_query_int(rq, "limit", 0)};
    return reb_audit_list_json(&rq->w, rq->store, &f, err);
}

reb_status reb_handle_audit_check(reb_request *rq, reb_err *err) {
    bool whole = false;
    return reb_audit_check_json(&whole, &rq->w, rq->store, reb_rq_query(rq, "head"), err);
}
