/* The audit log of requests: one call after each request that succeeded. What is written down of which address tells api/audit.def. */
#ifndef REB_HTTP_AUDIT_H
#define REB_HTTP_AUDIT_H

#include "http.h"

typedef struct reb_audit_log reb_audit_log;

reb_status reb_audit_open(reb_audit_log **out, reb_server *s, reb_err *err);
void reb_audit_close(reb_audit_log *l); /* writes what was gathered; NULL is allowed */

/* Runs the request's handler and writes into the audit log what it saw or changed; the one place from which handlers of the pool are
   called. */
reb_status reb_audit_handle(reb_request *rq, reb_err *err);

/* The caller was refused for want of a right. */
void reb_audit_denied(reb_request *rq);

/* For handlers. What is told before the handler returns belongs to this request's record. */
void reb_rq_about(reb_request *rq, int64_t customer_id); /* a subject that neither address nor answer tell */
/* A record of one's own, at once (soon on disk), whatever becomes of the request: sign-ins, failures, changes of role.
   kind: "signed", "denied", "changed". user_id 0: about nobody. */
void reb_rq_audit(reb_request *rq, const char *kind, const char *did, int64_t user_id);
/* JSON without personal data that goes with this request's record; lives in the request's arena. */
void reb_rq_audit_detail(reb_request *rq, const char *json);

/* "user:12", "key:till", "local", or "nobody" who is not signed in. */
void reb_rq_who(char out[96], const reb_request *rq);

#endif
