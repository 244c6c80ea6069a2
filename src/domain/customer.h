/* A customer: a person, or an organisation with several contacts. A merged customer stands for its head everywhere. */
#ifndef REB_DOMAIN_CUSTOMER_H
#define REB_DOMAIN_CUSTOMER_H

#include "../base/arena.h"
#include "../store/store.h"

#include <stdbool.h>

typedef struct reb_customer_state {
    int64_t customer_id;
    int64_t head_id;
    int64_t merged_into; /* 0: not merged */
    bool organisation;
} reb_customer_state;

/* Errors: NOT_FOUND (the sentence names the id). */
reb_status reb_customer_state_get(reb_customer_state *out, reb_store *s, int64_t customer_id, reb_err *err);

/* Adds an empty customer, made by hand. Inside a write transaction. */
reb_status reb_customer_insert(reb_store *s, int64_t customer_id, bool organisation, int64_t now_us, reb_err *err);

/* Tells a fact by hand; it replaces what was told by hand before. Inside a write transaction. */
reb_status reb_customer_fact_put(reb_store *s, int64_t customer_id, const char *fact, const char *value, int64_t now_us, reb_err *err);

/* Text as it may be stored on one line: trimmed, white space single, control characters and controls of direction away. *out is NULL for
   NULL and for what comes to nothing. `what` names it in errors: INPUT (not UTF-8), LIMIT (more than `most` bytes). */
reb_status reb_customer_line(const char **out, reb_arena *a, const char *text, size_t most, const char *what, reb_err *err);

/* The same for several lines: line ends and tabs stay. */
reb_status reb_customer_lines(const char **out, reb_arena *a, const char *text, size_t most, const char *what, reb_err *err);

#endif
