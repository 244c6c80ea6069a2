/* `rebound case list`: the same list as the console's, on a terminal, as JSON, or as a file for spreadsheets. */
#ifndef REB_CLI_CASE_LIST_CLI_H
#define REB_CLI_CASE_LIST_CLI_H

#include "cli.h"

/* Its options, for the table of the command; --limit, --after and --kind may be those of other actions too. */
#define REB_CASE_LIST_OPTIONS                                                                                                              \
    {"--state", "STATE", "list: open (else), new, working, waiting, decided, communicated, closed, referred, merged or all"},              \
        {"--clock", "WHEN", "list: late, today, later, paused or none"}, {"--assignee", "WHOM", "list: nobody, or a person's e-mail"},     \
        {"--find", "WORDS", "list: by number, name, e-mail, phone, order or subject, in any spelling"},                                    \
        {"--sort", "ORDER", "list: due (else), new or last"}, {"--csv", NULL, "list: all of them, as a file for spreadsheets"}, {          \
        "--xlsx", "FILE", "list: all of them, as a file for Excel"                                                                         \
    }

/* Reads --kind, --severity, --limit and --after too. */
reb_status reb_cli_case_list(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err);

#endif
