/* Shared by the files of src/app/customer*.c only. */
#ifndef REB_APP_CUSTOMER_INTERNAL_H
#define REB_APP_CUSTOMER_INTERNAL_H

#include "customer.h"

/* The context's business, or one loaded for this call; *owned is what to free. */
reb_status reb_customer_business(const reb_business **out, reb_business **owned, const reb_customer_ctx *c, reb_err *err);

/* Reads one row of a list. *found is false when the head is gone. `name_fold` (may be NULL) gets the folded name. */
reb_status reb_customer_read_row(reb_customer_row *out, bool *found, const reb_customer_ctx *c, int64_t head_id, const char **name_fold,
                                 reb_err *err);

/* A column's text in the arena; "" for NULL; NULL: no memory. */
const char *reb_customer_copy(reb_arena *a, const char *text);

/* Name, else e-mail, else phone, else "customer ID". */
const char *reb_customer_label(reb_arena *a, int64_t id, const char *name, const char *email, const char *phone);

/* Country in which a number without + is read: where the business's currency is at home; "" when several countries share it. */
const char *reb_customer_home_country(const reb_business *b);

/* Today's proposal for the customer of a view, when its estimates are filled already. */
reb_status reb_customer_fill_next(reb_customer_view *v, const reb_customer_ctx *c, reb_err *err);

/* Doubles of one head by what it shares with others, without looking through all names. */
reb_status reb_customer_doubles_quick(reb_customer_doubles *out, const reb_customer_ctx *c, int64_t head_id, size_t limit, reb_err *err);

reb_status reb_customer_no_memory(reb_err *err);

#endif
