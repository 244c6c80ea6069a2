/* What keeping the data of people asks of cases: erasing somebody's words, taking an import back, and telling whether all rows belong to
   something. */
#ifndef REB_DOMAIN_CASE_CARE_H
#define REB_DOMAIN_CASE_CARE_H

#include "case_log.h"

/* Takes all words out of the cases that are from this customer (as identified, not as merged: call it for each member): texts, person,
   files, mails, keys. Events, states, clocks and figures stay. *cases: how many had any. In the open transaction. */
reb_status reb_case_erase_of(int64_t *cases, reb_store *s, int64_t customer_id, int64_t now_us, reb_err *err);

/* The same for cases of nobody known that came from this address (kind: email or phone, folded as identities are), and for mails from it.
 */
reb_status reb_case_erase_address(int64_t *cases, reb_store *s, const char *kind, const char *value, int64_t now_us, reb_err *err);

/* Takes the words out of cases of nobody known that were closed, and in which nothing has happened since before_us. Each in a transaction
   of its own. *cases: how many; `dry`: counted only. */
reb_status reb_case_forget(int64_t *cases, reb_store *s, int64_t before_us, int64_t now_us, bool dry, reb_err *err);

/* Takes the cases of an import back. One in which anybody has acted since stays, as if told by hand. In the open transaction. */
reb_status reb_case_undo_batch(int64_t *removed, int64_t *kept, reb_store *s, int64_t batch_id, reb_err *err);

/* {"cases":[...]} as a member of an open object: each case of a head as reb_case_json tells it is app/personal.c's; this gives their
   numbers, oldest first. At most `most`. */
reb_status reb_case_numbers_of_head(int64_t *numbers, size_t *count, size_t most, reb_store *s, int64_t head_id, reb_err *err);

#endif
