/* Signing in by the business's OpenID provider: authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 1.0).

   Nothing is stored when a browser leaves for the provider: state, nonce and code verifier travel in a sealed cookie of that browser, so
   that nobody can fill the store, and nobody can finish in one browser what was begun in another. Coming back, a sign-in is used up.
   No account is ever made: the provider must vouch for an e-mail address that somebody here has (invited or active); then its subject is
   bound to that person, and from then on the address at the provider no longer counts. */
#ifndef REB_APP_OIDC_H
#define REB_APP_OIDC_H

#include "../domain/oidc.h"

enum { REB_OIDC_COOKIE = 256, REB_OIDC_LEAVE = 4096, REB_OIDC_LIFE_S = 600 };

/* What is remembered of the provider (discovery, keys), shared by the threads of a server; ten minutes, keys until an unknown one is met.
 */
typedef struct reb_oidc reb_oidc;
reb_status reb_oidc_open(reb_oidc **out, reb_err *err);
void reb_oidc_close(reb_oidc *o); /* NULL is allowed */

/* Checks what was typed and fills the provider; `name` and `secret_file` may be NULL. Asks nobody. Errors: INPUT. */
reb_status reb_oidc_configure(reb_oidc_provider *out, const char *name, const char *issuer, const char *client_id, const char *secret_file,
                              const char *public_url, reb_err *err);
/* Asks the provider for its discovery document and keys; counts the keys that can be used. Errors: PROVIDER, INPUT, IO (the secret's file).
 */
reb_status reb_oidc_check(size_t *keys, reb_oidc *o, const reb_oidc_provider *p, reb_err *err);
void reb_oidc_redirect_uri(char out[REB_OIDC_URL + 32], const reb_oidc_provider *p);

typedef struct reb_oidc_leaving {
    char url[REB_OIDC_LEAVE]; /* where the browser goes */
    char cookie[REB_OIDC_COOKIE];
    bool tls; /* the business's address is https: the cookie is Secure */
} reb_oidc_leaving;

/* Errors: NOT_FOUND (no provider is set), PROVIDER, BUSY (too many ask the provider at once), IO. */
reb_status reb_oidc_leave(reb_oidc_leaving *out, reb_oidc *o, reb_store *s, int64_t now_us, reb_err *err);

/* What came back; NULL where absent. */
typedef struct reb_oidc_return {
    const char *code, *state, *issuer, *error;
    const char *cookie;
} reb_oidc_return;

typedef enum reb_oidc_why {
    REB_OIDC_WELL,
    REB_OIDC_OVER,       /* begun in another browser, too long ago, or used already */
    REB_OIDC_CANCELLED,  /* the person, or the provider, said no */
    REB_OIDC_UNVERIFIED, /* the provider does not vouch for an e-mail address */
    REB_OIDC_NOBODY,     /* nobody here has that address, or may not enter */
    REB_OIDC_OTHER,      /* the person is bound to another account there */
    REB_OIDC_PROVIDER    /* no answer, or one that is not accepted */
} reb_oidc_why;

/* Who it is. *why says in one word what went wrong, for the person; the error says it exactly, for the log: it never holds the code, a
   token or a secret. Errors: DENIED, PROVIDER, CONFLICT, BUSY, IO, STORE, MEMORY. */
reb_status reb_oidc_arrive(int64_t *user_id, reb_oidc_why *why, reb_oidc *o, reb_store *s, const reb_oidc_return *back, int64_t now_us,
                           reb_err *err);

/* Seals and opens what the cookie holds; for tests and the fuzzer. */
typedef struct reb_oidc_secret {
    unsigned char state[32], nonce[32], verifier[32];
    int64_t begun_us;
} reb_oidc_secret;
void reb_oidc_cookie_seal(char out[REB_OIDC_COOKIE], const reb_oidc_secret *secret, const unsigned char key[REB_OIDC_KEY]);
bool reb_oidc_cookie_open(reb_oidc_secret *out, const char *cookie, const unsigned char key[REB_OIDC_KEY], int64_t now_us);

#endif
