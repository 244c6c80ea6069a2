/* The handlers that api/routes.def names, declared. */
#ifndef REB_HTTP_HANDLERS_H
#define REB_HTTP_HANDLERS_H

#include "http.h"

#define REB_ROUTE(name, method, path, right, mode, query, body, answer, status, sentence)                                                  \
    reb_status reb_handle_##name(reb_request *rq, reb_err *err);
#include "../../api/routes.def"
#undef REB_ROUTE

/* Adds a job and answers 202 with it; wakes who runs jobs. `place`: only where its file lies. */
reb_status reb_answer_job_id(int64_t *job_id, reb_request *rq, const char *kind, const reb_buf *params, bool place, reb_err *err);
reb_status reb_answer_job(reb_request *rq, const char *kind, const reb_buf *params, bool place, reb_err *err);

#endif
