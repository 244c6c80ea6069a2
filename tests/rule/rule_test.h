/* What tests of calendars and clocks share: local times written as people write them, a log built line by line. */
#ifndef REB_TESTS_RULE_TEST_H
#define REB_TESTS_RULE_TEST_H

#include "../../src/base/clock.h"
#include "../../src/base/rand.h"
#include "../../src/rule/clock.h"
#include "../lib/tap.h"

static reb_arena g_arena;

static inline reb_zone *zone_of(const char *name) {
    reb_zone *z = NULL;
    reb_err err = {0};
    if (reb_zone_open(&z, name, &err) != REB_OK) {
        printf("Bail out! %s\n", err.detail);
        exit(1);
    }
    return z;
}

static inline const reb_work_calendar *calendar_of(const char *zone, const char *json) {
    reb_zone *z = zone_of(zone);
    reb_work_calendar *c = NULL;
    reb_err err = {0};
    if (reb_work_calendar_parse(&c, &g_arena, json, z, &err) != REB_OK) {
        printf("Bail out! %s: %s\n", json, err.detail);
        exit(1);
    }
    reb_zone_close(z);
    return c;
}

/* "2026-03-30 09:15" on the wall clock of a zone. */
static inline int64_t at(const char *zone, const char *text) {
    int y = 0, m = 0, d = 0, h = 0, min = 0;
    sscanf(text, "%d-%d-%d %d:%d", &y, &m, &d, &h, &min);
    reb_zone *z = zone_of(zone);
    int64_t t = reb_zone_instant(z, reb_day_from_civil(y, m, d) * REB_US_PER_DAY + (h * INT64_C(60) + min) * 60 * REB_US_PER_SECOND);
    reb_zone_close(z);
    return t;
}

static inline const char *shown(const char *zone, int64_t us) {
    static char text[8][48];
    static int next;
    char *out = text[next++ % 8];
    if (us == INT64_MAX) return "never";
    reb_zone *z = zone_of(zone);
    int64_t local = us + reb_zone_offset_s(z, us) * REB_US_PER_SECOND;
    reb_zone_close(z);
    char iso[REB_TIME_TEXT];
    reb_time_format(local, iso);
    snprintf(out, 48, "%.10s %.*s", iso, 5, iso + 11);
    return out;
}

#define MIN_US INT64_C(60000000)
#define HOUR_US INT64_C(3600000000)

/* Is it then that time on the wall clock there? */
#define EQ_AT(zone, got, want, what) EQ_TEXT(shown(zone, got), want, what)

typedef struct log_of {
    reb_case_event e[64];
    int64_t n;
} log_of;

static inline void happens(log_of *l, reb_case_event_kind kind, int64_t at_us, const char *word) {
    l->e[l->n] = (reb_case_event){.seq = l->n + 1, .kind = kind, .at_us = at_us, .recorded_us = at_us, .who = "user:1", .word = word};
    l->n++;
}

/* One clock of a case whose only target is `t`; calendar of one version. */
static inline reb_case_clock clock_of(const log_of *l, reb_clock_target t, const reb_work_calendar *calendar, int64_t which) {
    static reb_case_clock clocks[64];
    reb_work_calendar_version v = {1, 0, calendar};
    reb_work_calendar_history h = {"main", &v, 1};
    reb_case_terms terms = {.targets = &t, .target_count = 1, .calendars = &h};
    int64_t n = 0;
    reb_err err = {0};
    if (reb_case_clocks(clocks, 64, &n, l->e, l->n, &terms, 1, &err) != REB_OK || n <= which)
        return (reb_case_clock){.state = REB_CLOCK_STATES};
    return clocks[which];
}

#endif
