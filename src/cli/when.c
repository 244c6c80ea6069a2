#include "when.h"

#include <string.h>

enum { DAY_TEXT = 10, MINUTE_TEXT = 6 }; /* 2026-05-01 and T14:30 */

reb_status reb_cli_day(int64_t *day, const reb_cli *cli, const char *option, reb_err *err) {
    const char *text = reb_cli_value(cli, option);
    if (text == NULL || reb_day_read(day, text, strlen(text))) return REB_OK;
    reb_fail(err, REB_E_USAGE, "%s is \"%.40s\", which is no date.", option, text);
    reb_err_next(err, "Write it as 2026-05-01.");
    return REB_E_USAGE;
}

/* "T14:30", or the same with a blank; -1: none. */
static int minute_of_day(const char *text) {
    if (strlen(text) != MINUTE_TEXT || (text[0] != 'T' && text[0] != ' ') || text[3] != ':') return -1;
    for (int i = 1; i < MINUTE_TEXT; i++)
        if (i != 3 && (text[i] < '0' || text[i] > '9')) return -1;
    int hour = (text[1] - '0') * 10 + (text[2] - '0');
    int minute = (text[4] - '0') * 10 + (text[5] - '0');
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

reb_status reb_cli_time(int64_t *at_us, const reb_cli *cli, const reb_zone *zone, const char *option, bool day_ends, reb_err *err) {
    const char *text = reb_cli_value(cli, option);
    int64_t day = 0;
    *at_us = 0;
    if (text == NULL) return REB_OK;
    size_t n = strlen(text);
    if (reb_day_read(&day, text, n)) {
        *at_us = day_ends ? reb_zone_day_start(zone, day + 1) - 1 : reb_zone_day_start(zone, day);
        return REB_OK;
    }
    int minute = n > DAY_TEXT && reb_day_read(&day, text, DAY_TEXT) ? minute_of_day(text + DAY_TEXT) : -1;
    if (minute >= 0) {
        *at_us = reb_zone_instant(zone, day * REB_US_PER_DAY + minute * 60 * REB_US_PER_SECOND);
        return REB_OK;
    }
    reb_fail(err, REB_E_USAGE, "%s is \"%.40s\", which is no time.", option, text);
    reb_err_next(err, day_ends ? "Write it as 2026-05-01 (until the end of that day) or 2026-05-01T14:30."
                               : "Write it as 2026-05-01 or 2026-05-01T14:30.");
    return REB_E_USAGE;
}
