/* Signed tokens of OpenID providers: JWS in compact form (RFC 7515) with RS256 or ES256 (RFC 7518), checked by keys of a JWK set (RFC
   7517). Nothing else is taken: no "none", no shared-secret algorithm, no `crit`, no keys or addresses of keys that a token brings along
   (RFC 8725, best current practice). The mathematics of signatures is OpenSSL's. */
#ifndef REB_APP_JOSE_H
#define REB_APP_JOSE_H

#include "../base/err.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum { REB_JWT_MOST = 16384, REB_JWKS_MOST = 262144, REB_JWKS_KEYS = 64 }; /* bytes, bytes, keys that are kept */

typedef struct reb_jwks reb_jwks;

/* Reads a JWK set. Keys that cannot check RS256 or ES256 are left out: other kinds, `use` other than "sig", RSA below 2048 or above 8192
   bits, points that are not on P-256. Errors: INPUT (not a JWK set), LIMIT (too large), MEMORY. */
reb_status reb_jwks_parse(reb_jwks **out, const char *json, size_t n, reb_err *err);
void reb_jwks_free(reb_jwks *keys); /* NULL is allowed */
size_t reb_jwks_count(const reb_jwks *keys);

/* Checks the signature of a token and gives its claims (the caller deletes them). *key_unknown tells that no key of the set has the token's
   `kid`: the provider may have changed its keys since they were fetched. Errors: DENIED (not signed by any of these keys, or by no
   algorithm that is taken), INPUT (no token at all), LIMIT, MEMORY. */
reb_status reb_jwt_verify(cJSON **claims, bool *key_unknown, const reb_jwks *keys, const char *token, size_t n, reb_err *err);

/* JSON from outside: UTF-8, whole, one object, without a NUL in any text. NULL otherwise. The caller deletes it. */
cJSON *reb_outside_json(const char *text, size_t n);

#endif
