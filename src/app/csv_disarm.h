/* A file of refused rows holds what strangers wrote, and is opened in a spreadsheet to be mended: a cell that begins like a formula would
   be reckoned there. */
#ifndef REB_APP_CSV_DISARM_H
#define REB_APP_CSV_DISARM_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Copies the file of refused rows open at `in` into an unnamed file within `folder` and opens it for reading at its beginning: before each
   cell that begins with = @ + - or a control character, and is no number or telephone number, stands an apostrophe, by which spreadsheets
   know text. Nothing else is changed. `in` stays open. Errors: IO. */
reb_status reb_csv_disarm(int *out, int in, const char *folder, reb_err *err);

bool reb_csv_cell_armed(const char *cell, size_t n); /* without its quotes */

#endif
