/* The list of customers as a file for spreadsheets: CSV with a byte order mark, cells guarded against formulas (../sheet/guard.h). */
#ifndef REB_APP_CUSTOMER_CSV_H
#define REB_APP_CUSTOMER_CSV_H

#include "customer.h"

#include <stdio.h>

/* Writes everybody who passes the filter (NULL: everybody), page by page, in constant memory; *count (may be NULL) says how many. Errors:
   those of reb_customer_list, IO. */
reb_status reb_customer_csv(int64_t *count, FILE *out, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                            reb_err *err);

#endif
