/* What other handlers need of promises. */
#ifndef REB_HTTP_HANDLE_PROMISE_H
#define REB_HTTP_HANDLE_PROMISE_H

#include "../app/promise.h"
#include "http.h"

/* What a PromiseQuery or PromiseFileQuery asks for; words live as long as the request. */
reb_promise_filter reb_rq_promise_filter(const reb_request *rq);
/* Tells those who watch that a case has changed, and the case that goes on where it was merged. */
void reb_rq_tell_case(reb_request *rq, int64_t number);

#endif
