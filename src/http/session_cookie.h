/* The session's cookies, for every way of getting in (handle_session.c). */
#ifndef REB_HTTP_SESSION_COOKIE_H
#define REB_HTTP_SESSION_COOKIE_H

#include "http.h"

/* Sets the cookies of somebody who got in, and no answer. */
reb_status reb_rq_session_cookies(reb_request *rq, const reb_entry *entry, reb_err *err);

#endif
