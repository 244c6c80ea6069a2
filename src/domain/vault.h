/* Sealing of the few secrets that must be readable again (second factors): XChaCha20-Poly1305 with a key that lies outside the database, so
   that a stolen database or back-up alone does not give them away.

   The key is the file that the environment's REBOUND_KEY_FILE names; else, for SQLite, the file <database>-key beside the database, made
   when it is first needed (32 random bytes, readable by its owner only). PostgreSQL without REBOUND_KEY_FILE has nowhere to keep a key that
   all servers see: there the secrets are stored as they are, and the manual says so. */
#ifndef REB_DOMAIN_VAULT_H
#define REB_DOMAIN_VAULT_H

#include "../store/store.h"

enum { REB_VAULT_PLAIN = 64, REB_VAULT_TEXT = 220 }; /* most bytes that are sealed; room for their sealed text */

/* Seals n bytes (1..REB_VAULT_PLAIN) as text. `label` is bound to it: what was sealed under one label opens under no other.
   Errors: IO (the key's file cannot be read or made), INPUT (it holds no key), INTERNAL. */
reb_status reb_vault_seal(char out[REB_VAULT_TEXT], reb_store *s, const char *label, const unsigned char *bytes, size_t n, reb_err *err);
/* Opens it; exactly n bytes must come out. Errors: as above; STORE when the text was not sealed with this key and label. */
reb_status reb_vault_open(unsigned char *bytes, size_t n, reb_store *s, const char *label, const char *sealed, reb_err *err);

#endif
