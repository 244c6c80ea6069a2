/* Passwords: what is accepted, and how they are kept. A password is brought to Unicode form NFKC first (NIST SP 800-63B), so that the same
   letters typed on another machine are the same password; nothing else is changed: capitals, spaces, digits of other scripts count as they
   are. Kept as argon2id (RFC 9106) with 64 MiB and two passes, beyond what OWASP asks at least. One hash takes about a tenth of a second
   and that memory: whoever serves many must bound how many run at once. */
#ifndef REB_DOMAIN_PASSWORD_H
#define REB_DOMAIN_PASSWORD_H

#include "../base/err.h"
#include "../store/store.h"

#include <stdbool.h>
#include <stddef.h>

enum { REB_PASSWORD_LEAST = 12, REB_PASSWORD_MOST = 128 }; /* characters, as typed or after NFKC, whichever are fewer */
enum { REB_PASSWORD_HASH = 128 };                          /* crypto_pwhash_STRBYTES */

/* May this become the password of the person with this e-mail address and name? The name of the business in `s` counts as theirs, too
   (NULL: there is none yet). Errors: PASSWORD and PASSWORD_KNOWN (common_password.h) with the reason and what to do, STORE, MEMORY. */
reb_status reb_password_check(const char *password, reb_store *s, const char *email, const char *name, reb_err *err);

/* Errors: MEMORY, INTERNAL. */
reb_status reb_password_hash(char out[REB_PASSWORD_HASH], const char *password, reb_err *err);

/* Does it fit? `hash` NULL (nobody there, or no password yet) takes the same time and says no. *weak: it fits, but was made with weaker
   parameters than today's and should be hashed anew. Errors: MEMORY. */
reb_status reb_password_verify(bool *fits, bool *weak, const char *hash, const char *password, reb_err *err);

#endif
