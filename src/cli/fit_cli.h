/* What the commands fit and summary have in common. */
#ifndef REB_CLI_FIT_CLI_H
#define REB_CLI_FIT_CLI_H

#include "../app/fit.h"
#include "cli.h"
#include "format.h"

/* What was foretold beside what happened, by tenths; nothing when the past was too short. */
/* Amounts and their ranges as the person at the command line reads them. */
const char *reb_cli_money(const reb_voice *v, double minor, const char *currency);
const char *reb_cli_money_range(const reb_voice *v, const reb_estimate *e, const char *currency);
/* "  label     value": the value begins after `columns`, or two spaces after a label that is longer. */
void reb_cli_line(const reb_cli *cli, int columns, const char *label, const char *value);

void reb_cli_print_calibration(const reb_cli *cli, const reb_term *term, const reb_fit_report *r);

#endif
