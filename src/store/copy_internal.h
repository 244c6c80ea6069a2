/* Copying, for src/store only. */
#ifndef REB_STORE_COPY_INTERNAL_H
#define REB_STORE_COPY_INTERNAL_H

#include "../base/buf.h"
#include "copy.h"
#include "engine.h"

/* Tables of what lets somebody in just now, which is no part of a business and in no backup: whoever restores one signs in anew, and a
   stolen one opens no session. Ends with NULL. */
extern const char *const reb_copy_passing[];

/* Copies the rows of all other tables in one read of `from` and one write of `to`; at least one of the two is SQLite. With empty_first what
   was in `to` goes in the same transaction. */
reb_status reb_copy_rows(reb_store *to, reb_store *from, bool empty_first, reb_copy_progress progress, void *ctx, reb_err *err);

/* SQLite only. Copies the pages of an open store into a new file at `path`, in one view, and leaves it as a plain file without a log. */
reb_status reb_sqlite_copy_pages(reb_store *s, const char *path, reb_copy_progress progress, void *ctx, reb_err *err);
/* Makes the database alone on its file: everything of the log written into it. BUSY when somebody else has it open. */
reb_status reb_sqlite_alone(reb_store *s, reb_err *err);

#endif
