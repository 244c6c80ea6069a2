/* What the commands done, not-now and wrong have in common. */
#ifndef REB_CLI_ACT_CLI_H
#define REB_CLI_ACT_CLI_H

#include "../domain/act.h"
#include "cli.h"

/* `rebound COMMAND ITEM` or `rebound COMMAND CUSTOMER KIND`: finds what is meant, records it and says so.
   An option --until, where the command has one, is a day. Errors: USAGE, NOT_FOUND, CONFLICT, STORE. */
reb_status reb_cli_act(reb_cli *cli, reb_act_kind act, const char *why, reb_err *err);

#endif
