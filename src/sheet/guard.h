/* Text for spreadsheets. A cell that begins with = + - @, a tab or a line end is taken for a formula by spreadsheets, whoever wrote it (CSV
   injection, OWASP): what we write for people to open in one gets an apostrophe before such a cell, which shows it as the text it is. A
   plain number stays a number. The apostrophe can be taken off again exactly: a cell that began with apostrophes before such a character
   got one, too.

   A file of our own that was guarded says so by the name of a column, REB_GUARD_COLUMN; when it is read again (src/sheet), the apostrophes
   are taken off. Files of others are read as they are. */
#ifndef REB_SHEET_GUARD_H
#define REB_SHEET_GUARD_H

#include "../base/buf.h"
#include "../text/slice.h"

#include <stdbool.h>

#define REB_GUARD_COLUMN "rebound_line_guarded"

bool reb_guard_needed(reb_slice cell);
reb_slice reb_guard_strip(reb_slice cell); /* of a guarded cell; others stay */

/* Like reb_sheet_write_csv, each cell guarded where it needs to be. */
void reb_guard_write_csv(reb_buf *b, const reb_slice *fields, size_t n, char delimiter);

#endif
