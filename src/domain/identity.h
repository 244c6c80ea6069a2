/* By what a customer is found again: e-mail, phone in E.164, external id of a source, folded name. */
#ifndef REB_DOMAIN_IDENTITY_H
#define REB_DOMAIN_IDENTITY_H

#include "../base/arena.h"
#include "../store/store.h"

/* Adds an identity by hand; one that the customer has already stays as it is. `source` is "" except for external ids; contact_id 0, or
   the contact of an organisation. */
reb_status reb_identity_put(reb_store *s, int64_t customer_id, const char *kind, const char *source, const char *value, const char *shown,
                            int64_t contact_id, reb_err *err);

/* Heads of the customers who have this value, in order of id: at most `most` are written to heads; *count says how many.
   `source` counts for kind "external" only, and NULL means any. */
reb_status reb_identity_heads(int64_t *heads, size_t *count, size_t most, reb_store *s, const char *kind, const char *source,
                              const char *value, reb_err *err);

/* The folded form of a name in the arena ("" for what folds to nothing); NULL: no memory. */
char *reb_identity_fold(reb_arena *a, const char *name);

#endif
