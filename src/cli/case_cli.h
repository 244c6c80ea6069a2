/* What the actions of `rebound case` share. */
#ifndef REB_CLI_CASE_CLI_H
#define REB_CLI_CASE_CLI_H

#include "../app/case.h"
#include "cli.h"

typedef struct reb_case_call {
    reb_cli *cli;
    reb_store *store;
    reb_business *business;
    reb_ids ids;
    reb_case_by by; /* as terminal:NAME, with --seen */
    int word_count; /* after the action's name */
    const char *const *words;
} reb_case_call;

/* One action; declared in src/cli/cmd_case.c's table. */
typedef reb_status (*reb_case_action)(reb_case_call *k, reb_err *err);

reb_status reb_case_needs(const char *what, reb_err *err);                                      /* USAGE: "Say ..." */
reb_status reb_case_number_word(int64_t *number, const reb_case_call *k, int at, reb_err *err); /* C-707312, 707312 */
const char *reb_case_join(const reb_case_call *k, int from); /* words as one text; "" when there are none */
/* Prints the case, as JSON or for a person; `said` (may be NULL) stands above. */
reb_status reb_case_print(const reb_case_call *k, int64_t number, const char *said, bool whole, reb_err *err);

/* case_gesture.c */
reb_status reb_case_do_gesture(reb_case_call *k, reb_err *err);
reb_status reb_case_do_gestures(reb_case_call *k, reb_err *err);
reb_status reb_case_do_approve(reb_case_call *k, reb_err *err);
reb_status reb_case_do_refuse(reb_case_call *k, reb_err *err);
reb_status reb_case_do_withdraw(reb_case_call *k, reb_err *err);
reb_status reb_case_do_evidence(reb_case_call *k, reb_err *err);

#endif
