/* Errors: a status that travels, and a sentence for the person who has to act on it. */
#ifndef REB_BASE_ERR_H
#define REB_BASE_ERR_H

typedef enum reb_status {
#define REB_ERROR(code, name, exit_code, http, text) code,
#include "../../api/errors.def"
#undef REB_ERROR
    REB_STATUS_COUNT
} reb_status;

/* Filled by the function that fails; the caller owns it. Zero-initialise it once (`reb_err err = {0};`).
   `detail` says what happened; `next` says what to do about it, or is empty. Both are UTF-8, cut at a whole character.
   `reason` is NULL, or a stable word (static) that tells errors of one code apart, for whoever says them in another language. */
typedef struct reb_err {
    reb_status code;
    char detail[512];
    char next[256];
    const char *reason;
} reb_err;

/* Sets code and detail, empties next, and returns `code`, so that one line fails: `return reb_fail(err, REB_E_INPUT, ...)`.
   `err` may be NULL. */
reb_status reb_fail(reb_err *err, reb_status code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Adds what to do next to an error that is already set. `err` may be NULL. */
void reb_err_next(reb_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Says more exactly what kind of error it is; `reason` is static. `err` may be NULL. */
void reb_err_reason(reb_err *err, const char *reason);

const char *reb_status_name(reb_status s);     /* stable name, as in JSON */
const char *reb_status_sentence(reb_status s); /* English sentence */
int reb_status_exit(reb_status s);             /* exit code of the command line */
int reb_status_http(reb_status s);             /* HTTP status of the API */

#endif
