/* One-time links: the first owner's (welcome), an invitation, a reset. The secret stands after the # of an address, so that no log and no
   server on the way sees it; here only its SHA-256 is kept. Used once, gone. */
#ifndef REB_DOMAIN_LINK_H
#define REB_DOMAIN_LINK_H

#include "../store/store.h"
#include "secret.h"

#include <stdint.h>

typedef enum reb_link_kind { REB_LINK_WELCOME, REB_LINK_INVITE, REB_LINK_RESET } reb_link_kind;
const char *reb_link_kind_name(reb_link_kind k); /* also the word in the address: #/invite/... */

typedef struct reb_link {
    reb_link_kind kind;
    int64_t user_id; /* 0 for welcome */
    int64_t expires_us;
} reb_link;

/* Makes a link; earlier invitations and resets of the person end with it. Welcome lives a day, an invitation a week, a reset a day.
   Errors: STORE. */
reb_status reb_link_make(char secret[REB_SECRET_TEXT], reb_link *out, reb_store *s, reb_link_kind kind, int64_t user_id, int64_t created_by,
                         int64_t now_us, reb_err *err);
/* Is it still good? Changes nothing. Errors: LINK. */
reb_status reb_link_look(reb_link *out, reb_store *s, const char *secret, int64_t now_us, reb_err *err);
/* Uses it up, inside the caller's write transaction: of two who use it at once, one gets LINK. A welcome takes all others with it. */
reb_status reb_link_use(reb_link *out, reb_store *s, const char *secret, int64_t now_us, reb_err *err);
/* "http://host/#/invite/SECRET" */
void reb_link_text(char *out, size_t size, const char *url, const reb_link *link, const char *secret);
enum { REB_LINK_TEXT = 400 };

#endif
