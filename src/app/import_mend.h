/* Refused rows, shown and mended in place. They wait in the file of rejects that an import wrote; mended ones are imported as a small batch
   of their own, read exactly as the whole file was, and what is accepted leaves the file. */
#ifndef REB_APP_IMPORT_MEND_H
#define REB_APP_IMPORT_MEND_H

#include "import.h"

#include <cjson/cJSON.h>

/* Writes RejectedRows of the API. `rejects_path`: the file, which may be gone (then none are left); `plan`: ImportPlan of the import, or
   NULL; `code` NULL: all kinds; rows after number `after`, at most `limit`. */
reb_status reb_import_rejected_json(reb_json *w, const char *rejects_path, const cJSON *plan, const char *code, int64_t after,
                                    int64_t limit, reb_arena *arena, reb_err *err);

typedef struct reb_import_mend {
    const char *rejects_path; /* the file; rewritten */
    const cJSON *plan;        /* ImportPlan of the import with everything decided */
    const cJSON *rows;        /* MendRow of the API */
    const char *shown_name;   /* of the batch */
    reb_import_options run;   /* progress, cancel, clock, ids */
} reb_import_mend;

/* Imports the rows; rows of the same order go with them. Repeatable. CONFLICT: a row is no longer the one that was shown. */
reb_status reb_import_mend_run(reb_import_result *out, reb_store *s, const reb_import_mend *m, reb_arena *arena, reb_err *err);

#endif
