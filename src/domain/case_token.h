/* What opens a case without signing in: links of its status page, of surveys, and the address of its mail. A token is the case's number
   with a mark that only this business can make (HMAC-SHA256 under a secret of its database); no table remembers it, and it tells nothing
   else. */
#ifndef REB_DOMAIN_CASE_TOKEN_H
#define REB_DOMAIN_CASE_TOKEN_H

#include "../store/store.h"

enum { REB_CASE_TOKEN = 64 };

/* "707312-Qm9v..." for purpose "status" or "survey" (base64url); "707312.k3j4..." for "mail" (lower-case base32, since mail folds case).
   A purpose's token is no other's. The first call makes the secret: inside a write transaction, or in one of its own.
   Errors: STORE, INTERNAL. */
reb_status reb_case_token_make(char out[REB_CASE_TOKEN], reb_store *s, const char *purpose, int64_t number, reb_err *err);

/* *number is 0 when the token was not made here, or for another purpose. In a time that does not tell how much of it was right. */
reb_status reb_case_token_check(int64_t *number, reb_store *s, const char *purpose, const char *token, reb_err *err);

#endif
