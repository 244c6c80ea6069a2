/* Everything that is held on one customer, with all merged into it, as the person may ask for it: as JSON for a program, as a page for a
   person. Hold-outs are in it, too: the person may know; nobody else is shown them. */
#ifndef REB_APP_PERSONAL_H
#define REB_APP_PERSONAL_H

#include "customer.h"

/* {"customer_id","made","currency","customers":[...],"identities":[...],"facts":[...],"contacts":[...],"not_same":[...],"events":[...],
   "purchase_days":[...],"estimate":{...}|null,"sources":[...]}. Errors: NOT_FOUND, STORE, MEMORY. */
reb_status reb_personal_json(reb_json *w, const reb_customer_ctx *c, int64_t customer_id, reb_err *err);

/* The same as one HTML document without script, to be read or printed. `policy_style` (may be NULL) gets the style sheet inside it, byte
   for byte, whose hash a Content-Security-Policy may allow. */
reb_status reb_personal_page(reb_buf *out, const char **policy_style, const reb_customer_ctx *c, int64_t customer_id, reb_err *err);

#endif
