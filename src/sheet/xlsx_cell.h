/* Inside src/sheet only: how a cell's number reads as text. */
#ifndef REB_SHEET_XLSX_CELL_H
#define REB_SHEET_XLSX_CELL_H

#include <stdbool.h>
#include <stddef.h>

#define REB_CELL_TEXT 64

/* A stored number as a spreadsheet shows it: at most 15 significant digits, no exponent where it can be avoided (phone numbers,
   ids). What is no number is copied, cut at cap. Result: length, no NUL. */
size_t reb_xlsx_number_text(char out[REB_CELL_TEXT], const char *s, size_t len);

/* A serial as ISO text: date, date and time, or time alone below 1. 0 when it is no serial of a date. */
size_t reb_xlsx_date_text(char out[REB_CELL_TEXT], const char *s, size_t len, bool date1904);

#endif
