#include "zone_rules.h"

#include "../base/clock.h"

#include <stdio.h>
#include <string.h>

/* Of a calendar just the years it reckons in (src/rule/work_calendar.h): what tzdata learns of 1972 makes no new version. */
static void span_of(int64_t *from_us, int64_t *to_us, const char *code) {
    bool business = code[0] == '\0';
    *from_us = (reb_day_from_civil(business ? 1970 : 1990, 1, 1) - 2) * REB_US_PER_DAY;
    *to_us = (reb_day_from_civil(business ? 2100 : 2070, 1, 1) + 2) * REB_US_PER_DAY;
}

static reb_status rules_text(reb_buf *out, const reb_zone *z, const char *code, reb_err *err) {
    int64_t from_us = 0;
    int64_t to_us = 0;
    span_of(&from_us, &to_us, code);
    reb_zone_rules(out, z, from_us, to_us);
    return out->failed ? reb_fail(err, REB_E_MEMORY, "No memory left for the rules of a time zone.") : REB_OK;
}

static reb_status put(reb_store *s, const char *code, int64_t version, const reb_zone *z, reb_err *err) {
    reb_buf text = {0};
    char tzdata[REB_ZONE_VERSION];
    reb_zone_version(tzdata);
    reb_status st = rules_text(&text, z, code, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_ZONE_RULES_PUT,
                      REB_ARGS(reb_t(code), reb_i(version), reb_t(reb_zone_name(z)), reb_t(tzdata), reb_t(reb_buf_cstr(&text))), NULL, err);
    reb_buf_free(&text);
    return st;
}

/* Of a row that is there; NULL when it is of another zone. */
static reb_status of_row(reb_zone **out, const char *zone, reb_stmt *q, int first, reb_err *err) {
    reb_err why = {0};
    if (strcmp(reb_col_text(q, first), zone) != 0) return REB_OK;
    reb_status st = reb_zone_of_rules(out, zone, reb_col_text(q, first + 2), &why);
    if (st == REB_E_INPUT) return reb_fail(err, REB_E_STORE, "The database is damaged: %.200s.", why.detail);
    if (st != REB_OK && err != NULL) *err = why;
    return st;
}

reb_status reb_zone_rules_business(reb_zone **out, reb_store *s, const char *zone, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_ZONE_RULES_NEWEST, REB_ARGS(reb_t("")), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) st = of_row(out, zone, q, 1, err);
    reb_stmt_close(q);
    return st == REB_OK && *out == NULL ? reb_zone_open(out, zone, err) : st;
}

reb_status reb_zone_rules_keep_business(reb_store *s, const reb_zone *z, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    int64_t version = 1;
    reb_status st = reb_query(&q, s, REB_SQL_ZONE_RULES_NEWEST, REB_ARGS(reb_t("")), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) version = reb_col_i64(q, 0) + 1;
    reb_stmt_close(q);
    return st == REB_OK ? put(s, "", version, z, err) : st;
}

reb_status reb_zone_rules_calendar(reb_zone **out, reb_store *s, const char *code, int64_t version, const char *zone, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_ZONE_RULES_OF, REB_ARGS(reb_t(code), reb_i(version)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) st = of_row(out, zone, q, 0, err);
    reb_stmt_close(q);
    return st;
}

reb_status reb_zone_rules_keep_calendar(reb_store *s, const char *code, int64_t version, const reb_zone *z, reb_err *err) {
    return put(s, code, version, z, err);
}

/* Shall tzdata's replace what is kept? `kept`, `ours`: which tzdata they are of. */
static reb_status is_newer(bool *newer, reb_store *s, const char *code, const char *zone, const char *kept, const char *ours,
                           const char *rules, reb_err *err) {
    int order = kept[0] == '\0' || ours[0] == '\0' ? 0 : strcmp(ours, kept);
    int64_t known = 0;
    *newer = order > 0;
    if (order != 0) return REB_OK;
    reb_status st = reb_get_i64(&known, NULL, s, REB_SQL_ZONE_RULES_KNOWN, REB_ARGS(reb_t(code), reb_t(zone), reb_t(rules)), err);
    *newer = known == 0;
    return st;
}

reb_status reb_zone_rules_look(reb_zone_look *out, reb_store *s, const char *code, const char *zone, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    bool differs = false;
    char kept_of[REB_ZONE_VERSION] = "";
    reb_buf ours = {0};
    *out = (reb_zone_look){0};
    reb_zone_version(out->tzdata);
    reb_status st = reb_zone_open(&out->now, zone, err);
    if (st == REB_OK) st = rules_text(&ours, out->now, code, err);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_ZONE_RULES_NEWEST, REB_ARGS(reb_t(code)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && strcmp(reb_col_text(q, 1), zone) == 0) {
        out->kept = true;
        differs = strcmp(reb_col_text(q, 3), reb_buf_cstr(&ours)) != 0;
        snprintf(kept_of, sizeof kept_of, "%s", reb_col_text(q, 2));
    }
    reb_stmt_close(q);
    if (st == REB_OK && differs) st = is_newer(&out->renewed, s, code, zone, kept_of, out->tzdata, reb_buf_cstr(&ours), err);
    if (st != REB_OK || !out->renewed) {
        reb_zone_close(out->now);
        out->now = NULL;
    }
    reb_buf_free(&ours);
    return st;
}
