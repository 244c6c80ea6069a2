/* What is known of one customer's purchases, read from the store: see reb_history in score.h. */
#ifndef REB_DOMAIN_HISTORY_H
#define REB_DOMAIN_HISTORY_H

#include "../store/store.h"
#include "score.h"

/* The purchase days of the head `customer_id` up to `day`, that day included. purchase_days is 0 when there are none; the other figures
   are 0 then, too. Errors: STORE. */
reb_status reb_history_read(reb_history *out, reb_store *s, int64_t customer_id, int64_t day, reb_err *err);

/* The eight figures of a row that has them from `column` on, in the order of the struct; customer_id is the caller's to set. */
void reb_history_of_row(reb_history *out, reb_stmt *row, int column);

#endif
