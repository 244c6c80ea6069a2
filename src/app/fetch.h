/* The one place that opens a connection to the world outside: to the sign-in provider that the owner has named, and to nobody else. By
   libcurl: https with checked certificates, plain http only to this machine's loopback; no redirects, no decompression, an end to time and
   size. */
#ifndef REB_APP_FETCH_H
#define REB_APP_FETCH_H

#include "../base/buf.h"
#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { REB_URL_MOST = 1000, REB_FETCH_MS = 8000, REB_FETCH_CONNECT_MS = 4000 };

typedef struct reb_fetch_request {
    const char *url;
    const char *form;     /* body of a POST, application/x-www-form-urlencoded; NULL: GET */
    const char *user;     /* Authorization: Basic, already percent-encoded as RFC 6749, 2.3.1 wants; NULL: none */
    const char *password; /* ... its other half */
    const char *bearer;   /* Authorization: Bearer; NULL: none */
    size_t most;          /* bytes of an answer */
} reb_fetch_request;

/* https://host..., or http://127.0.0.1, [::1] or localhost; without a user, blanks or control characters; at most REB_URL_MOST bytes. */
bool reb_fetch_url_ok(const char *url);

/* Appends the answer's body. *status is its HTTP status, whatever it is. Errors: PROVIDER (no connection, no end within REB_FETCH_MS, an
   answer above the limit, a url that is not allowed), MEMORY. Names the host, never a secret. */
reb_status reb_fetch(reb_buf *out, long *status, const reb_fetch_request *rq, reb_err *err);

void reb_url_encode(reb_buf *out, const char *text); /* RFC 3986: all but letters, digits and -._~ */

#endif
