/* The OpenID provider of the business, and which of its subjects is which person here. The client's secret is never stored: only the path
   of the file that holds it. */
#ifndef REB_DOMAIN_OIDC_H
#define REB_DOMAIN_OIDC_H

#include "../store/store.h"

enum { REB_OIDC_KEY = 32, REB_OIDC_NAME = 80, REB_OIDC_URL = 500, REB_OIDC_CLIENT = 255, REB_OIDC_PATH = 1000 };

typedef struct reb_oidc_provider {
    bool set;
    char name[REB_OIDC_NAME + 1];
    char issuer[REB_OIDC_URL + 1];
    char client_id[REB_OIDC_CLIENT + 1];
    char secret_file[REB_OIDC_PATH + 1]; /* "": a client without a secret */
    char public_url[REB_OIDC_URL + 1];
    unsigned char cookie_key[REB_OIDC_KEY];
    int64_t changed_us;
} reb_oidc_provider;

reb_status reb_oidc_provider_get(reb_oidc_provider *out, reb_store *s, reb_err *err);
/* Writes it with a new cookie key: sign-ins that are under way begin again. */
reb_status reb_oidc_provider_put(reb_store *s, const reb_oidc_provider *p, int64_t now_us, reb_err *err);
reb_status reb_oidc_provider_remove(reb_store *s, reb_err *err); /* who is bound stays so */

/* Who the subject is; *user_id 0 when nobody is bound. */
reb_status reb_oidc_identity_find(int64_t *user_id, reb_store *s, const char *issuer, const char *subject, reb_err *err);
/* Errors: CONFLICT when the person is bound to another subject of that issuer. */
reb_status reb_oidc_identity_bind(reb_store *s, const char *issuer, const char *subject, int64_t user_id, const char *email, int64_t now_us,
                                  reb_err *err);
reb_status reb_oidc_identity_forget(int64_t *forgotten, reb_store *s, int64_t user_id, reb_err *err);

/* *first: this sign-in was not used before. Those that are over are forgotten on the way. */
reb_status reb_oidc_state_use(bool *first, reb_store *s, const char *state_hash, int64_t expires_us, int64_t now_us, reb_err *err);

#endif
