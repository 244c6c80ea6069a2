/* Shared by the files of src/app/customer*.c only. */
#ifndef REB_APP_CUSTOMER_INTERNAL_H
#define REB_APP_CUSTOMER_INTERNAL_H

#include "customer.h"

/* The context's business, or one loaded for this call; *owned is what to free. */
reb_status reb_customer_business(const reb_business **out, reb_business **owned, const reb_customer_ctx *c, reb_err *err);

/* Reads one row of a list. *found is false when the head is gone. `name_fold` (may be NULL) gets the folded name. The
   stage is told when the context has its business. */
reb_status reb_customer_read_row(reb_customer_row *out, bool *found, const reb_customer_ctx *c, int64_t head_id, const char **name_fold,
                                 reb_err *err);

/* A page in the making. */
typedef struct reb_customer_pager {
    const reb_customer_ctx *c;
    reb_customer_row *rows;
    size_t count;
    size_t limit;
} reb_customer_pager;
reb_status reb_customer_page_open(reb_customer_pager *p, const reb_customer_ctx *c, int64_t limit, reb_err *err);
reb_status reb_customer_page_add(reb_customer_pager *p, int64_t head_id, const char *found_by, reb_err *err);
void reb_customer_page_close(reb_customer_page *out, const reb_customer_pager *p, const reb_business *b);

/* Cursor: a letter for the list and the last customer told. Names stay out of it: it ends up in addresses and logs. */
bool reb_customer_cursor_read(const char *cursor, char *list, int64_t *id);
reb_status reb_customer_bad_cursor(reb_err *err);

/* Where a page ended: the sort keys of its last customer. */
typedef struct reb_customer_place {
    const char *name_fold;
    int64_t net_minor;
    int64_t last_day; /* when bought */
    bool bought;
    bool scored;
    double at_stake; /* when scored, as the two below */
    double p_alive;
    double value;
} reb_customer_place;
reb_status reb_customer_read_place(reb_customer_place *out, const reb_customer_ctx *c, int64_t id, reb_err *err);

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
