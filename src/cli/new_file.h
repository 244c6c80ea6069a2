/* A file that somebody asked for by name: what was there before stays as it was until the new one is whole. */
#ifndef REB_CLI_NEW_FILE_H
#define REB_CLI_NEW_FILE_H

#include "../base/err.h"

typedef reb_status (*reb_file_writer)(int fd, void *ctx, reb_err *err);
/* Errors: IO, MEMORY, those of the writer. */
reb_status reb_cli_new_file(const char *path, reb_file_writer write_it, void *ctx, reb_err *err);

#endif
