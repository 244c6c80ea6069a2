#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct status_row {
    const char *name;
    int exit_code;
    int http;
    const char *text;
} status_row;

static const status_row k_rows[REB_STATUS_COUNT] = {
#define REB_ERROR(code, name, exit_code, http, text) {name, exit_code, http, text},
#include "../../api/errors.def"
#undef REB_ERROR
};

static const status_row *row_of(reb_status s) {
    return &k_rows[(unsigned)s < REB_STATUS_COUNT ? s : REB_E_INTERNAL];
}

/* A cut in the middle of a UTF-8 character would make the sentence invalid: step back to its start. */
static void cut_at_character(char *text, size_t cap, int wanted) {
    if (wanted < 0 || (size_t)wanted < cap) return;
    size_t n = strlen(text);
    while (n > 0 && ((unsigned char)text[n - 1] & 0xC0u) == 0x80u) n--;
    if (n > 0 && ((unsigned char)text[n - 1] & 0x80u) != 0) n--;
    text[n] = '\0';
}

reb_status reb_fail(reb_err *err, reb_status code, const char *fmt, ...) {
    if (err == NULL) return code;
    err->code = code;
    err->reason = NULL;
    err->next[0] = '\0';
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->detail, sizeof err->detail, fmt, ap);
    va_end(ap);
    cut_at_character(err->detail, sizeof err->detail, n);
    return code;
}

void reb_err_next(reb_err *err, const char *fmt, ...) {
    if (err == NULL) return;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->next, sizeof err->next, fmt, ap);
    va_end(ap);
    cut_at_character(err->next, sizeof err->next, n);
}

void reb_err_reason(reb_err *err, const char *reason) {
    if (err != NULL) err->reason = reason;
}

const char *reb_status_name(reb_status s) {
    return row_of(s)->name;
}
const char *reb_status_sentence(reb_status s) {
    return row_of(s)->text;
}
int reb_status_exit(reb_status s) {
    return row_of(s)->exit_code;
}
int reb_status_http(reb_status s) {
    return row_of(s)->http;
}
