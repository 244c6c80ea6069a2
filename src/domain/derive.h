/* What is derived from the log: purchase_day and customer_summary, keyed by head (the customer that others were merged into).

   purchase_day: an order counts unless it was cancelled or what was refunded of it reaches its whole amount (parts and later changes of
   the order included, in the order's own currency). Orders of one day are one purchase day. Its amount is what was kept after refunds,
   in the business's currency: an order in another currency counts as a purchase, not as money.

   customer_summary: gross is orders, their parts and changes; refunded is all refunds, linked to an order or not, and what was left of
   cancelled orders; net = gross - refunded; all in the business's currency. order_count counts every order, kept or not. first_day and
   last_day are purchase days. last_spoken_us: latest `contact` or `done`. last_event_us: latest event, but not what only Rebound knows of
   (shown, held_out, not_now, wrong, merge, unmerge, not_same, erased). name, language, country: the fact observed last, then of the newest
   batch. email, phone: the customer's own before a contact's, the head's before those merged in, then the newest.

   The results depend on nothing but the rows of customer, identity, customer_fact and event, and are the same on both engines. */
#ifndef REB_DOMAIN_DERIVE_H
#define REB_DOMAIN_DERIVE_H

#include "business.h"

/* Derives anew for the heads of these customers (any order, doubles allowed; customers that are gone lose what was derived of them).
   Inside a write transaction. Good for chunks of about 10,000. */
reb_status reb_derive_customers(reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err);

/* Told between chunks; false stops the work (REB_E_INTERRUPTED, nothing is kept). */
typedef bool (*reb_derive_progress)(void *ctx, int64_t heads_done, int64_t heads_total);

/* Derives everything anew in one write transaction (or the one that is open). `heads` (may be NULL) gets their number. */
reb_status reb_derive_all(int64_t *heads, reb_store *s, const reb_business *b, reb_derive_progress progress, void *ctx, reb_err *err);

/* Compares what is stored with what the log gives, writing nothing: how many heads there are, and of how many a purchase day or the summary
   differs or is missing. Inside reb_store_read for one view of everything. */
reb_status reb_derive_check(int64_t *heads, int64_t *wrong, reb_store *s, const reb_business *b, reb_derive_progress progress, void *ctx,
                            reb_err *err);

#endif
