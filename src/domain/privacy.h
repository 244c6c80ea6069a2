/* Erasing a person: names, addresses, numbers, ids in other systems, facts, contacts and the words of notes go; orders with their lines and
   sums stay under the customer's number, so that totals and fits do not change. What identified the person is kept only as a hash under a
   key of this database, so that importing the same file again does not bring them back: its orders are known, and nothing of the person is
   taken.

   Whoever has the whole database, key and all, can try a guessed address against the hashes; nothing can be read out of them. */
#ifndef REB_DOMAIN_PRIVACY_H
#define REB_DOMAIN_PRIVACY_H

#include "../base/arena.h"
#include "../base/rand.h"
#include "business.h"

#include <stdbool.h>

enum { REB_PRIVACY_KEY = 32 };
#define REB_PRIVACY_MARK 65 /* hex and NUL */

typedef struct reb_privacy_key {
    unsigned char bytes[REB_PRIVACY_KEY];
} reb_privacy_key;

/* The key; *found is false when nobody was ever erased here. */
reb_status reb_privacy_key_get(reb_privacy_key *out, bool *found, reb_store *s, reb_err *err);

/* What stands for an identity that was erased: the value of an identity of kind "erased". */
void reb_privacy_mark(char out[REB_PRIVACY_MARK], const reb_privacy_key *key, const char *kind, const char *source, const char *value);

struct reb_privacy_erased {
    int64_t head_id;
    int64_t customers, identities, facts, contacts, events; /* rows that were removed; events: events and cases whose words were */
    bool known;                                             /* everything was erased before; nothing was written */
};
typedef struct reb_privacy_erased reb_privacy_erased;

/* Erases a customer with all merged into it, in one write transaction (or the one that is open). `reason` and `who` are kept; they must
   not name the person. Errors: NOT_FOUND, STORE. */
reb_status reb_privacy_erase(reb_privacy_erased *out, reb_store *s, const reb_business *b, int64_t customer_id, const char *reason,
                             const char *who, int64_t now_us, reb_ids *ids, reb_err *err);

#endif
