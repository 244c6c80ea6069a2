/* The list of customers as a file for spreadsheets. CSV for programs and people: a byte order mark, names of columns that never change,
   cells guarded against formulas (../sheet/guard.h). XLSX for people: titles and words in the reader's language, from right to left where
   that is, real numbers and dates (../sheet/export.h). */
#ifndef REB_APP_CUSTOMER_CSV_H
#define REB_APP_CUSTOMER_CSV_H

#include "customer.h"

#include <stdio.h>

/* Writes everybody who passes the filter (NULL: everybody), page by page, in constant memory; *count (may be NULL) says how many. Errors:
   those of reb_customer_list, IO. */
reb_status reb_customer_csv(int64_t *count, FILE *out, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                            reb_err *err);

/* The same as XLSX at the descriptor, which stays the caller's. `temp_dir`: where its parts lie meanwhile; NULL: the system's. Errors: as
   above, LIMIT (more than such a file holds). c has its business. */
reb_status reb_customer_xlsx(int64_t *count, int fd, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                             const char *temp_dir, reb_err *err);

#endif
