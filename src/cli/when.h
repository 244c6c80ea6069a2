/* Days and times as they are typed on the command line. */
#ifndef REB_CLI_WHEN_H
#define REB_CLI_WHEN_H

#include "../text/calendar.h"
#include "cli.h"

/* The day that an option tells ("2026-05-01"); *day stays as it was where the option is absent. Error: USAGE. */
reb_status reb_cli_day(int64_t *day, const reb_cli *cli, const char *option, reb_err *err);

/* The instant that an option tells: "2026-05-01T14:30" on the zone's wall clock, or "2026-05-01", whose first microsecond it is, or whose
   last where `day_ends`. *at_us is 0 where the option is absent. Error: USAGE. */
reb_status reb_cli_time(int64_t *at_us, const reb_cli *cli, const reb_zone *zone, const char *option, bool day_ends, reb_err *err);

#endif
