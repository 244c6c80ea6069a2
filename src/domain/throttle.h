/* How often somebody may try a password. Counted in the store, so that it holds for all processes and over restarts, and counted before the
   password is looked at, so that many attempts at once are many attempts.

   Nobody can be locked out by a stranger: there is no count that a stranger can raise and that stops somebody who asks from a known place.
   A known place is a browser in which this person has signed in before (a cookie that stays) or the network they came from; it has a count
   of its own. Everywhere else count (a) attempts from one address at one account, (b) attempts from one address, (c) attempts at one
   account from all unknown places together, at most 100 an hour (OWASP ASVS 2.2.1): who is new and comes just then can be let in by an
   owner's link. */
#ifndef REB_DOMAIN_THROTTLE_H
#define REB_DOMAIN_THROTTLE_H

#include "../store/store.h"
#include "secret.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct reb_attempt {
    const char *email;   /* as normalised; "" for what is none */
    const char *address; /* whole */
    const char *known;   /* names a known place of that account (reb_known_place); "" for an unknown one */
} reb_attempt;

/* Takes one attempt. Errors: THROTTLED with *wait_s to wait; nothing is counted then. */
reb_status reb_throttle_take(unsigned *wait_s, reb_store *s, const reb_attempt *a, int64_t now_us, reb_err *err);
/* The attempt was right: what it counted is taken back, and its account's counts from this address are forgotten. */
reb_status reb_throttle_clear(reb_store *s, const reb_attempt *a, int64_t now_us, reb_err *err);

/* Known places. `known` is the secret of the cookie, or NULL. `out` gets what names the place: the browser where its cookie is known, else
   the address where its network is; "" where neither is. Errors: STORE. */
reb_status reb_known_place(char out[REB_SECRET_HASH], reb_store *s, int64_t user_id, const char *known, const char *address, int64_t now_us,
                           reb_err *err);
/* Has anybody entered with this cookie before? One that we have not made is not taken over. */
reb_status reb_known_cookie(bool *out, reb_store *s, const char *known, reb_err *err);
reb_status reb_known_place_put(reb_store *s, int64_t user_id, const char *known, const char *address, int64_t now_us, reb_err *err);

#endif
