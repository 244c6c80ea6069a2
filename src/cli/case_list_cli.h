/* `rebound case list`: the same list as the console's, on a terminal, as JSON, or as a file for spreadsheets. */
#ifndef REB_CLI_CASE_LIST_CLI_H
#define REB_CLI_CASE_LIST_CLI_H

#include "cli.h"

/* `words`: what to search for, or NULL. Reads the options --state, --kind, --severity, --clock, --with, --sort, --limit, --after, --csv and
   --xlsx. */
reb_status reb_cli_case_list(reb_cli *cli, reb_store *s, const reb_business *b, const char *words, reb_err *err);

#endif
