/* Keys for programs: 32 random bytes after "reb_", of which only a hash (BLAKE2b-256, unkeyed: the key has 256 bits of its own) is
   stored. A name belongs to one living key. */
#ifndef REB_DOMAIN_TOKEN_H
#define REB_DOMAIN_TOKEN_H

#include "../base/json.h"
#include "../store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum { REB_TOKEN_TEXT = 64, REB_TOKEN_NAME = 60 };
enum { REB_TOKEN_READ = 1u, REB_TOKEN_WRITE = 2u, REB_TOKEN_ADMIN = 4u };

typedef struct reb_token {
    char name[REB_TOKEN_NAME + 1];
    unsigned scopes;
    int64_t created_us, expires_us;
    int64_t revoked_us; /* 0: not */
} reb_token;

/* "read,write" or "read write" to bits; admin holds the other two. Errors: USAGE. */
reb_status reb_token_scopes(unsigned *out, const char *text, reb_err *err);
const char *reb_token_scopes_text(unsigned scopes); /* "read write" */

/* Makes a key that lives `days` (1..3650) and writes it to `key`, the only time it is seen. Errors: USAGE, CONFLICT for a name in use,
 * STORE. */
reb_status reb_token_add(char key[REB_TOKEN_TEXT], reb_token *out, reb_store *s, const char *name, unsigned scopes, int64_t days,
                         int64_t now_us, reb_err *err);
/* Revokes the living key of that name. Errors: NOT_FOUND, STORE. */
reb_status reb_token_revoke(reb_store *s, const char *name, int64_t now_us, reb_err *err);
/* *found false for a key that was never made; whether it still lives is for reb_token_live to say. */
reb_status reb_token_find(reb_token *out, bool *found, reb_store *s, const char *key, reb_err *err);
bool reb_token_live(const reb_token *t, int64_t now_us);
reb_status reb_token_any(bool *any, reb_store *s, reb_err *err); /* was a key ever made? */
/* {"tokens":[{"name","scopes":[],"created","expires","revoked","state"}]}, oldest first. */
reb_status reb_token_list_json(reb_json *w, reb_store *s, int64_t now_us, reb_err *err);
void reb_token_json(reb_json *w, const reb_token *t, int64_t now_us, const char *key); /* key NULL: left out */

#endif
