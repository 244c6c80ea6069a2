/* What was decided in a case and is not given yet. */
#ifndef REB_APP_CASE_OWED_H
#define REB_APP_CASE_OWED_H

#include "../base/arena.h"
#include "../base/err.h"
#include "../rule/case_state.h"
#include "case.h"

typedef struct reb_case_owed {
    const char *codes[REB_CASE_REMEDIES_MOST]; /* of remedies, as the decision names them */
    int64_t count;
} reb_case_owed;

/* Of the newest decision, where it was for the customer: each remedy that was not given since the case was last opened before it (what was
   given while it was looked at counts). Codes live in the arena. Errors: MEMORY. */
reb_status reb_case_owed_of(reb_case_owed *out, reb_arena *a, const reb_case_event *log, int64_t count, reb_err *err);
bool reb_case_owes(const reb_case_owed *owed, const char *code);

#endif
