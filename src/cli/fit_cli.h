/* What the commands fit and summary have in common. */
#ifndef REB_CLI_FIT_CLI_H
#define REB_CLI_FIT_CLI_H

#include "../app/fit.h"
#include "cli.h"
#include "format.h"

/* What was foretold beside what happened, by tenths; nothing when the past was too short. */
void reb_cli_print_calibration(const reb_cli *cli, const reb_term *term, const reb_fit_report *r);

#endif
