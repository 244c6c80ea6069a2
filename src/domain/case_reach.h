/* How whoever complains is called and written to: one answer for letters, messages and surveys. */
#ifndef REB_DOMAIN_CASE_REACH_H
#define REB_DOMAIN_CASE_REACH_H

#include "case_log.h"

typedef struct reb_case_reach {
    const char *name, *email; /* "": not known; in the arena */
} reb_case_reach;

/* Their own word in the case first; where they gave none, what is known of the customer it is from (whom_id, at the head of merged
   customers). A name goes only with the address that is known to be that customer's. An anonymous case is nobody's. Errors: STORE, MEMORY.
 */
reb_status reb_case_reach_get(reb_case_reach *out, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_state *state,
                              reb_err *err);

/* The same of a customer, without any case. */
reb_status reb_customer_reach_get(reb_case_reach *out, reb_store *s, reb_arena *a, int64_t customer_id, reb_err *err);

#endif
