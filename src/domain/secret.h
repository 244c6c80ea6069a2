/* Secrets of cookies and links: 32 random bytes as 43 letters (base64url), of which only the SHA-256 is stored. They have 256 bits of their
   own, so a plain hash cannot be turned back. */
#ifndef REB_DOMAIN_SECRET_H
#define REB_DOMAIN_SECRET_H

#include "../base/err.h"

#include <stdbool.h>

enum { REB_SECRET_TEXT = 44, REB_SECRET_HASH = 65 }; /* with their NUL */

/* Errors: INTERNAL when libsodium cannot start. */
reb_status reb_secret_make(char out[REB_SECRET_TEXT], reb_err *err);
/* SHA-256 in hex of `secret`. */
void reb_secret_hash(char out[REB_SECRET_HASH], const char *secret);
/* What a page must send with each write (X-Rebound-CSRF): made of the cookie's secret, which the page itself cannot read, and told to it by
   the session. Whoever has only the stored hash cannot make it. */
void reb_secret_csrf(char out[REB_SECRET_TEXT], const char *secret);
bool reb_secret_well_formed(const char *text);      /* 43 letters of base64url */
bool reb_secret_same(const char *a, const char *b); /* in a time that does not tell where they differ */

#endif
