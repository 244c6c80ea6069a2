/* Backup and restore. A backup is one SQLite file, whatever engine it was made from, and any engine takes it back: so it is also the road
   from SQLite to PostgreSQL and the other way. */
#ifndef REB_STORE_COPY_H
#define REB_STORE_COPY_H

#include "store.h"

/* Told now and then; `done` of `total` in pages or rows. False stops the work (REB_E_INTERRUPTED) and leaves everything as it was. */
typedef bool (*reb_copy_progress)(void *ctx, int64_t done, int64_t total);

/* Writes everything as it stands at one moment to `path`, while others go on reading and writing. The file appears whole and checked, or
   not at all (written beside it, flushed to disk, renamed). A file that is there is replaced only with `replace`; else REB_E_CONFLICT.
   *bytes (may be NULL) gets its size. */
reb_status reb_store_backup(int64_t *bytes, reb_store *s, const char *path, bool replace, reb_copy_progress progress, void *ctx,
                            reb_err *err);

/* Puts a backup in the place of `location`. A damaged file is refused (REB_E_STORE) before anything is touched. Where a business already
   is, REB_E_CONFLICT unless `replace`: a SQLite database is then kept beside as <location>.before-restore, tables on PostgreSQL are
   emptied and filled in one transaction. A SQLite database that somebody has open is REB_E_BUSY. */
reb_status reb_store_restore(const char *location, const char *path, bool replace, reb_copy_progress progress, void *ctx, reb_err *err);

#endif
