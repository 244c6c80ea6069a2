/* What was promised and what was given, as files for spreadsheets: titles and words in the reader's language, from right to left where that
   is (sheet/export.h). */
#ifndef REB_APP_LEDGER_EXPORT_H
#define REB_APP_LEDGER_EXPORT_H

#include "../sheet/export.h"
#include "../text/locale.h"
#include "promise.h"

typedef struct reb_ledger_file {
    int fd; /* the caller's */
    reb_export_format format;
    const reb_locale *locale;
    const char *temp_dir; /* for XLSX; NULL: the system's */
} reb_ledger_file;

/* Promises, those that c->sight shows and `asked` asks for (its `limit` and `after` are not looked at). *count may be NULL. Errors: IO,
   LIMIT, STORE. */
reb_status reb_promise_export(int64_t *count, const reb_ledger_file *file, const reb_promise_ctx *c, const reb_promise_filter *asked,
                              reb_err *err);
/* Gestures of all cases. */
reb_status reb_gesture_export(int64_t *count, const reb_ledger_file *file, reb_store *s, const reb_business *b, int64_t now_us,
                              reb_err *err);

#endif
