/* rebound import log FILE --map MAP: a help desk's log becomes cases. */
#ifndef REB_CLI_IMPORT_LOG_H
#define REB_CLI_IMPORT_LOG_H

#include "cli.h"

/* Options --map, --source, --encoding, --dry-run, --write-map of the command are looked at; *cancel set to non-zero stops after a chunk. */
reb_status reb_import_log_run(reb_cli *cli, const char *path, const volatile int *cancel, reb_err *err);

#endif
