/* What an OpenID provider says, read with suspicion: its discovery document (OpenID Connect Discovery 1.0), the answer of its token
   endpoint and the claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7). Pure: no network, no clock. */
#ifndef REB_APP_OIDC_PARSE_H
#define REB_APP_OIDC_PARSE_H

#include "fetch.h"

#include <cjson/cJSON.h>
#include <stdint.h>

enum { REB_OIDC_SUBJECT = 255, REB_OIDC_TEXT = REB_URL_MOST + 1, REB_OIDC_DOCUMENT_MOST = 262144 };

typedef struct reb_oidc_discovery {
    char authorization[REB_OIDC_TEXT], token[REB_OIDC_TEXT], jwks[REB_OIDC_TEXT];
    char userinfo[REB_OIDC_TEXT]; /* "": none */
    bool post_only;               /* the client's secret goes into the form; else into Authorization */
    bool tells_issuer;            /* its redirects carry `iss` (RFC 9207): one without is refused */
} reb_oidc_discovery;

/* `issuer` must be, letter for letter, the issuer that was set. Errors: INPUT (no discovery document, another issuer, an address that is
   not allowed, a provider that cannot do what is needed). */
reb_status reb_oidc_discovery_parse(reb_oidc_discovery *out, const char *json, size_t n, const char *issuer, reb_err *err);

typedef struct reb_oidc_expected {
    const char *issuer, *client_id, *nonce;
    int64_t now_us;
} reb_oidc_expected;

enum { REB_OIDC_SKEW_S = 120, REB_OIDC_AGE_S = 600 }; /* how wrong a clock may be; how old an ID token that was just asked for */

typedef struct reb_oidc_claims {
    char subject[REB_OIDC_SUBJECT + 1];
    char email[REB_OIDC_SUBJECT + 1]; /* as the provider writes it; "": not told */
    bool email_verified;
} reb_oidc_claims;

/* iss, aud and azp, exp, iat, nonce, sub. Errors: DENIED with what does not fit. */
reb_status reb_oidc_claims_check(reb_oidc_claims *out, const cJSON *claims, const reb_oidc_expected *e, reb_err *err);
/* email and email_verified of an ID token or of the userinfo endpoint. A claim that is not exactly true is not true. */
void reb_oidc_email_read(reb_oidc_claims *out, const cJSON *claims);

#endif
