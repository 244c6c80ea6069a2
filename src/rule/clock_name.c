/* The words of clocks: in documents, the log, the API and the terminal. */
#include "clock.h"

#include <stdint.h>
#include <string.h>

static const char *const k_kind[REB_CLOCK_KINDS] = {[REB_CLOCK_ACKNOWLEDGE] = "acknowledge",
                                                    [REB_CLOCK_FIRST_ANSWER] = "first_answer",
                                                    [REB_CLOCK_NEXT_ANSWER] = "next_answer",
                                                    [REB_CLOCK_SOLUTION] = "solution",
                                                    [REB_CLOCK_REGULATORY] = "regulatory"};
static const char *const k_unit[REB_UNITS] = {[REB_UNIT_WORKING_MINUTES] = "working_minutes",
                                              [REB_UNIT_WORKING_DAYS] = "working_days",
                                              [REB_UNIT_MINUTES] = "minutes",
                                              [REB_UNIT_CALENDAR_DAYS] = "calendar_days"};
static const char *const k_state[REB_CLOCK_STATES] = {
    [REB_CLOCK_RUNNING] = "running", [REB_CLOCK_PAUSED] = "paused", [REB_CLOCK_MET] = "met", [REB_CLOCK_STOPPED] = "stopped"};

static bool find(int *out, const char *const *names, int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

const char *reb_clock_kind_name(reb_clock_kind k) {
    return k_kind[k];
}

bool reb_clock_kind_from_name(reb_clock_kind *out, const char *name) {
    int i = 0;
    if (!find(&i, k_kind, REB_CLOCK_KINDS, name)) return false;
    *out = (reb_clock_kind)i;
    return true;
}

const char *reb_clock_unit_name(reb_clock_unit u) {
    return k_unit[u];
}

bool reb_clock_unit_from_name(reb_clock_unit *out, const char *name) {
    int i = 0;
    if (!find(&i, k_unit, REB_UNITS, name)) return false;
    *out = (reb_clock_unit)i;
    return true;
}

const char *reb_clock_state_name(reb_clock_state s) {
    return k_state[s];
}
