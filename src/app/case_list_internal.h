/* Shared by the files of src/app/case_list*.c only. */
#ifndef REB_APP_CASE_LIST_INTERNAL_H
#define REB_APP_CASE_LIST_INTERNAL_H

#include "case_list.h"

/* What is not in the row of the table: the customer as kept now, names of colleagues, the clock with what is left of it, the kind in the
   reader's language. `c` has its business. */
reb_status reb_case_rows_finish(reb_case_row *rows, size_t count, const reb_customer_ctx *c, int64_t now_us, reb_err *err);

#endif
