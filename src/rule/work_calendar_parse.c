/* From a document to a calendar: entries first, then day by day which of them stands, then the tables. */
#include "work_calendar_internal.h"

#include "../text/utf8.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGES_MOST = 400, NAME_MOST = 200, OWN_PATTERNS_MOST = 120, PLUS_MOST = 400 };

static const char k_weekday[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const k_rule[] = {[REB_DAY_EASTER_ORTHODOX] = "easter_orthodox",
                                     [REB_DAY_EASTER_WESTERN] = "easter_western",
                                     [REB_DAY_SOLAR] = "solar_hijri",
                                     [REB_DAY_HIJRI] = "hijri",
                                     [REB_DAY_WEEKDAY] = "weekday"};

typedef struct item { /* an entry while it is being placed */
    reb_when when;
    bool substitute;
    uint16_t entry;
    int64_t length;
} item;

typedef struct reading {
    reb_arena *a;
    reb_work_calendar *c;
    item *items;
    int item_count;
    reb_err *err;
} reading;

static const cJSON *member(const cJSON *o, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(o, name);
}

/* A misspelt member would be left out silently; so it is told. */
static reb_status only(const cJSON *o, const char *path, const char *const *known, reb_err *err) {
    const cJSON *m;
    cJSON_ArrayForEach(m, o) {
        int k = 0;
        while (known[k] != NULL && strcmp(known[k], m->string) != 0) k++;
        if (known[k] == NULL) return reb_fail(err, REB_E_INPUT, "%s: \"%.40s\" is not known here.", path, m->string);
    }
    return REB_OK;
}

static reb_status read_int(int *out, const cJSON *o, const char *name, int low, int high, int otherwise, const char *path, reb_err *err) {
    const cJSON *v = member(o, name);
    *out = otherwise;
    if (v == NULL) return REB_OK;
    if (!cJSON_IsNumber(v) || v->valuedouble < low || v->valuedouble > high || v->valuedouble != (double)v->valueint)
        return reb_fail(err, REB_E_INPUT, "%s.%s must be a whole number from %d to %d.", path, name, low, high);
    *out = v->valueint;
    return REB_OK;
}

static reb_status read_bool(bool *out, const cJSON *o, const char *name, const char *path, reb_err *err) {
    const cJSON *v = member(o, name);
    *out = cJSON_IsTrue(v);
    if (v == NULL || cJSON_IsBool(v)) return REB_OK;
    return reb_fail(err, REB_E_INPUT, "%s.%s must be true or false.", path, name);
}

/* ---- hours ---- */

static bool two_digits(int *out, const char *s) {
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9') return false;
    *out = (s[0] - '0') * 10 + (s[1] - '0');
    return true;
}

static bool read_clock_time(int *minute, const char *s) {
    int hour = 0;
    int rest = 0;
    if (!two_digits(&hour, s) || s[2] != ':' || !two_digits(&rest, s + 3)) return false;
    *minute = hour * 60 + rest;
    return rest < 60 && *minute <= REB_WORK_MINUTES;
}

/* "09:00-13:00"; over midnight the end is reckoned on from the first day. */
static bool read_span(uint16_t *from, uint16_t *to, const char *s) {
    int a = 0;
    int b = 0;
    if (strlen(s) != 11 || s[5] != '-' || !read_clock_time(&a, s) || !read_clock_time(&b, s + 6)) return false;
    if (b == REB_WORK_MINUTES - 1) b = REB_WORK_MINUTES; /* 23:59: nobody closes for the last minute */
    if (a == REB_WORK_MINUTES || a == b) return false;
    *from = (uint16_t)a;
    *to = (uint16_t)(b > a ? b : b + REB_WORK_MINUTES);
    return true;
}

static reb_status intern(uint8_t *out, reading *r, const reb_work_pattern *p) {
    reb_work_calendar *c = r->c;
    for (int i = 0; i < c->pattern_count; i++) {
        const reb_work_pattern *q = &c->patterns[i];
        bool same = q->n == p->n;
        for (int k = 0; same && k < p->n; k++) same = q->from[k] == p->from[k] && q->to[k] == p->to[k];
        if (!same) continue;
        *out = (uint8_t)i;
        return REB_OK;
    }
    if (c->pattern_count == OWN_PATTERNS_MOST)
        return reb_fail(r->err, REB_E_INPUT, "The calendar has more than %d days with hours of their own.", OWN_PATTERNS_MOST);
    c->patterns[c->pattern_count] = *p;
    *out = (uint8_t)c->pattern_count++;
    return REB_OK;
}

static reb_status read_hours(uint8_t *out, reading *r, const cJSON *list, const char *path) {
    reb_work_pattern p = {0};
    const cJSON *v;
    if (!cJSON_IsArray(list)) {
        reb_fail(r->err, REB_E_INPUT, "%s must be a list of hours.", path);
        reb_err_next(r->err, "Such as [\"09:00-13:00\", \"17:00-21:00\"]; [] is a closed day.");
        return REB_E_INPUT;
    }
    cJSON_ArrayForEach(v, list) {
        uint16_t from = 0;
        uint16_t to = 0;
        if (!cJSON_IsString(v) || !read_span(&from, &to, v->valuestring)) {
            reb_fail(r->err, REB_E_INPUT, "%s: \"%.40s\" are no hours.", path, cJSON_IsString(v) ? v->valuestring : "?");
            reb_err_next(r->err, "Write 09:00-13:00, 22:00-02:00 over midnight, or 00:00-24:00 for the whole day.");
            return REB_E_INPUT;
        }
        if (p.n == REB_WORK_SPANS_MOST) return reb_fail(r->err, REB_E_INPUT, "%s has more than %d intervals.", path, REB_WORK_SPANS_MOST);
        if (p.n > 0 && from < p.to[p.n - 1]) {
            reb_fail(r->err, REB_E_INPUT, "%s: \"%.40s\" begins before the interval before it has ended.", path, v->valuestring);
            reb_err_next(r->err, "Intervals stand in order and do not overlap.");
            return REB_E_INPUT;
        }
        p.from[p.n] = from;
        p.to[p.n++] = to;
    }
    return intern(out, r, &p);
}

static reb_status read_week(reading *r, const cJSON *doc) {
    const cJSON *week = member(doc, "week");
    const cJSON *always = member(doc, "always");
    uint8_t *by = r->c->entries[0].by_weekday;
    if (cJSON_IsTrue(always) && week == NULL) {
        reb_work_pattern p = {.n = 1, .to = {REB_WORK_MINUTES}};
        uint8_t whole = 0;
        reb_status st = intern(&whole, r, &p);
        memset(by, whole, 7);
        return st;
    }
    if (!cJSON_IsObject(week) || cJSON_IsTrue(always)) {
        reb_fail(r->err, REB_E_INPUT, "A calendar has either \"week\" or \"always\": true.");
        reb_err_next(r->err, "Such as {\"week\": {\"mon\": [\"09:00-18:00\"]}}.");
        return REB_E_INPUT;
    }
    const cJSON *day;
    cJSON_ArrayForEach(day, week) {
        char path[24];
        int k = 0;
        while (k < 7 && strcmp(day->string, k_weekday[k]) != 0) k++;
        if (k == 7) {
            reb_fail(r->err, REB_E_INPUT, "week: \"%.20s\" is no day of the week.", day->string);
            reb_err_next(r->err, "They are mon tue wed thu fri sat sun.");
            return REB_E_INPUT;
        }
        snprintf(path, sizeof path, "week.%s", k_weekday[k]);
        reb_status st = read_hours(&by[k], r, day, path);
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

/* ---- when ---- */

static bool month_day(int *month, int *day, const char *s) {
    return two_digits(month, s) && s[2] == '-' && two_digits(day, s + 3) && s[5] == '\0' && reb_civil_valid(2004, *month, *day);
}

static bool full_date(int *year, int *month, int *day, const char *s) {
    int century = 0;
    int rest = 0;
    if (!two_digits(&century, s) || !two_digits(&rest, s + 2) || s[4] != '-' || !month_day(month, day, s + 5)) return false;
    *year = century * 100 + rest;
    return *year >= 1900 && reb_civil_valid(*year, *month, *day);
}

static reb_status no_date(const char *path, const char *name, reb_err *err) {
    reb_fail(err, REB_E_INPUT, "%s.%s is no date.", path, name);
    reb_err_next(err, "Write 2026-12-24 for one year, 12-24 for every year; \"from\" and \"to\" in the same way.");
    return REB_E_INPUT;
}

static reb_status read_dates(reb_when *w, const cJSON *o, const char *path, reb_err *err) {
    const cJSON *from = member(o, "from");
    const cJSON *to = member(o, "to");
    bool yearly = false;
    int year = 0;
    int to_year = 0;
    reb_status st = read_bool(&yearly, o, "every_year", path, err);
    if (st != REB_OK) return st;
    if (!cJSON_IsString(from)) return no_date(path, "from", err);
    if (to != NULL && !cJSON_IsString(to)) return no_date(path, "to", err);
    const char *a = from->valuestring;
    const char *b = to == NULL ? a : to->valuestring;
    if (month_day(&w->month, &w->day, a)) {
        w->rule = REB_DAY_YEARLY;
        return month_day(&w->to_month, &w->to_day, b) ? REB_OK : no_date(path, "to", err);
    }
    if (!full_date(&year, &w->month, &w->day, a)) return no_date(path, "from", err);
    if (!full_date(&to_year, &w->to_month, &w->to_day, b)) return no_date(path, "to", err);
    w->from = reb_day_from_civil(year, w->month, w->day);
    w->to = reb_day_from_civil(to_year, w->to_month, w->to_day);
    w->first_year = year;
    w->rule = yearly ? REB_DAY_YEARLY : REB_DAY_DATE;
    if (w->to < w->from) return reb_fail(err, REB_E_INPUT, "%s.to is before its \"from\".", path);
    if (yearly && w->to - w->from >= 365) return reb_fail(err, REB_E_INPUT, "%s lasts a year and comes every year.", path);
    return REB_OK;
}

static reb_status read_rule(reb_when *w, const cJSON *o, const char *name, const char *path, reb_err *err) {
    reb_status st = REB_OK;
    int k = REB_DAY_EASTER_ORTHODOX;
    bool whole_month = false;
    while (k <= REB_DAY_WEEKDAY && strcmp(k_rule[k], name) != 0) k++;
    if (k > REB_DAY_WEEKDAY) {
        reb_fail(err, REB_E_INPUT, "%s.rule: \"%.40s\" is not known.", path, name);
        reb_err_next(err, "There are easter_orthodox, easter_western, solar_hijri, hijri and weekday.");
        return REB_E_INPUT;
    }
    w->rule = (reb_day_rule)k;
    st = read_int(&w->plus, o, "plus", -PLUS_MOST, PLUS_MOST, 0, path, err);
    if (st == REB_OK) st = read_int(&w->days, o, "days", 1, 366, 1, path, err);
    if (st == REB_OK) st = read_bool(&whole_month, o, "whole_month", path, err);
    bool of_month = w->rule == REB_DAY_SOLAR || w->rule == REB_DAY_HIJRI || w->rule == REB_DAY_WEEKDAY;
    if (st == REB_OK && of_month) st = read_int(&w->month, o, "month", 1, 12, 0, path, err);
    if (st == REB_OK && of_month && w->month == 0) st = reb_fail(err, REB_E_INPUT, "%s.month is missing.", path);
    if (w->rule == REB_DAY_WEEKDAY) {
        const cJSON *day = member(o, "weekday");
        if (st == REB_OK) st = read_int(&w->nth, o, "nth", -5, 5, 0, path, err);
        while (w->weekday < 7 && (!cJSON_IsString(day) || strcmp(day->valuestring, k_weekday[w->weekday]) != 0)) w->weekday++;
        if (st == REB_OK && (w->nth == 0 || w->weekday == 7))
            st = reb_fail(err, REB_E_INPUT, "%s needs \"nth\" (1 to 5, or -1 for the last) and \"weekday\" (mon ... sun).", path);
    } else if (of_month) {
        if (st == REB_OK) st = read_int(&w->day, o, "day", 1, 31, 0, path, err);
        if (st == REB_OK && (w->day == 0) != whole_month)
            st = reb_fail(err, REB_E_INPUT, "%s needs either \"day\" or \"whole_month\": true.", path);
        if (whole_month) w->days = 0;
    }
    return st;
}

static reb_status read_entry(reading *r, const cJSON *o, reb_work_why why, const char *path) {
    static const char *const known[] = {"from", "to",    "every_year", "name",        "substitute", "hours",   "rule", "plus",
                                        "days", "month", "day",        "whole_month", "nth",        "weekday", NULL};
    item *it = &r->items[r->item_count];
    reb_work_entry *e = &r->c->entries[r->c->entry_count];
    const cJSON *rule = member(o, "rule");
    const cJSON *name = member(o, "name");
    if (!cJSON_IsObject(o)) return reb_fail(r->err, REB_E_INPUT, "%s must be an object with \"from\" or \"rule\".", path);
    reb_status st = only(o, path, known, r->err);
    if (st != REB_OK) return st;
    if (name != NULL && (!cJSON_IsString(name) || strlen(name->valuestring) > NAME_MOST))
        return reb_fail(r->err, REB_E_INPUT, "%s.name must be a text of at most %d bytes.", path, NAME_MOST);
    st = cJSON_IsString(rule) ? read_rule(&it->when, o, rule->valuestring, path, r->err) : read_dates(&it->when, o, path, r->err);
    if (st == REB_OK) st = read_bool(&it->substitute, o, "substitute", path, r->err);
    if (st != REB_OK) return st;
    it->length = reb_when_length(&it->when);
    it->entry = (uint16_t)r->c->entry_count++;
    r->item_count++;
    e->why = why;
    e->moon = it->when.rule == REB_DAY_HIJRI;
    e->name = reb_arena_strdup(r->a, name == NULL ? "" : name->valuestring);
    if (e->name == NULL) return reb_fail(r->err, REB_E_MEMORY, "no memory for a calendar");
    if (why == REB_WORK_OFF) {
        if (member(o, "hours") != NULL) return reb_fail(r->err, REB_E_INPUT, "%s: a day off has no hours; put it under \"dated\".", path);
        return REB_OK; /* by_weekday: pattern 0, closed */
    }
    char hours[64];
    uint8_t pattern = 0;
    snprintf(hours, sizeof hours, "%s.hours", path);
    st = read_hours(&pattern, r, member(o, "hours"), hours);
    const uint8_t *week = r->c->entries[0].by_weekday;
    for (int k = 0; k < 7; k++) e->by_weekday[k] = it->length > 1 && r->c->patterns[week[k]].n == 0 ? week[k] : pattern;
    return st;
}

static reb_status read_list(reading *r, const cJSON *doc, const char *name, reb_work_why why) {
    const cJSON *list = member(doc, name);
    const cJSON *o;
    int i = 0;
    if (list == NULL) return REB_OK;
    if (!cJSON_IsArray(list)) return reb_fail(r->err, REB_E_INPUT, "\"%s\" must be a list.", name);
    cJSON_ArrayForEach(o, list) {
        char path[32];
        snprintf(path, sizeof path, "%s[%d]", name, i++);
        reb_status st = read_entry(r, o, why, path);
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

/* ---- which entry stands ---- */

/* What is placed later stands: the shorter after the longer, full dates after rules, days off after dated hours, then as written. */
static int by_rank(const void *x, const void *y) {
    const item *a = x;
    const item *b = y;
    if (a->length != b->length) return a->length > b->length ? -1 : 1;
    bool full_a = a->when.rule == REB_DAY_DATE;
    bool full_b = b->when.rule == REB_DAY_DATE;
    if (full_a != full_b) return full_a ? 1 : -1;
    return (a->entry > b->entry) - (a->entry < b->entry); /* dated entries are read first */
}

static bool week_is_open(const reb_work_calendar *c, int64_t index) {
    return c->patterns[c->entries[0].by_weekday[reb_work_weekday(c->first_day + index)]].n > 0;
}

/* As indices of the table; what lies outside is cut off. */
static bool occurs_in_table(int64_t *from, int64_t *to, const reb_work_calendar *c, const reb_when *w, int k) {
    if (!reb_when_occurs(from, to, w, k)) return false;
    *from -= c->first_day;
    *to -= c->first_day;
    if (*from < 0) *from = 0;
    if (*to >= REB_WORK_DAYS) *to = REB_WORK_DAYS - 1;
    return *from <= *to;
}

static void place(reb_work_calendar *c, const item *it) {
    int count = reb_when_count(&it->when);
    for (int k = 0; k < count; k++) {
        int64_t from = 0;
        int64_t to = 0;
        if (!occurs_in_table(&from, &to, c, &it->when, k)) continue;
        for (int64_t i = from; i <= to; i++) c->entry_of[i] = it->entry;
    }
}

/* A holiday on a closed day moves to the next day that is open and no holiday itself. */
static void place_substitutes(reb_work_calendar *c, const item *it) {
    int count = reb_when_count(&it->when);
    for (int k = 0; k < count; k++) {
        int64_t from = 0;
        int64_t to = 0;
        if (!occurs_in_table(&from, &to, c, &it->when, k)) continue;
        for (int64_t i = from; i <= to; i++) {
            if (week_is_open(c, i)) continue;
            int64_t s = i;
            while (s < REB_WORK_DAYS && s < i + 31 && (!week_is_open(c, s) || c->entries[c->entry_of[s]].why == REB_WORK_OFF)) s++;
            if (s < REB_WORK_DAYS && s < i + 31) c->entry_of[s] = it->entry;
        }
    }
}

static void place_all(reading *r) {
    qsort(r->items, (size_t)r->item_count, sizeof *r->items, by_rank);
    for (int i = 0; i < r->item_count; i++) place(r->c, &r->items[i]);
    for (int i = 0; i < r->item_count; i++)
        if (r->items[i].substitute) place_substitutes(r->c, &r->items[i]);
}

/* ---- the whole ---- */

static reb_status take_zone(reb_work_calendar *c, reb_arena *a, const reb_zone *zone, reb_err *err) {
    int64_t at[CHANGES_MOST];
    int32_t offset[CHANGES_MOST];
    int64_t from = (c->first_day - 2) * REB_US_PER_DAY;
    int64_t to = (c->first_day + REB_WORK_DAYS + 2) * REB_US_PER_DAY;
    size_t n = reb_zone_changes(at, offset, CHANGES_MOST, zone, from, to);
    if (n > CHANGES_MOST) n = CHANGES_MOST; /* no zone changes five times a year */
    c->zone = reb_arena_strdup(a, reb_zone_name(zone));
    c->change_us = reb_arena_zalloc(a, n + 1, sizeof *c->change_us);
    c->offset_s = reb_arena_zalloc(a, n + 1, sizeof *c->offset_s);
    if (c->zone == NULL || c->change_us == NULL || c->offset_s == NULL) return reb_fail(err, REB_E_MEMORY, "no memory for a calendar");
    c->change_us[0] = INT64_MIN;
    c->offset_s[0] = reb_zone_offset_s(zone, from);
    memcpy(c->change_us + 1, at, n * sizeof *at);
    memcpy(c->offset_s + 1, offset, n * sizeof *offset);
    c->change_count = n + 1;
    return REB_OK;
}

static reb_status open_document(cJSON **doc, const char *json, reb_err *err) {
    size_t n = strlen(json);
    *doc = NULL;
    if (n > REB_WORK_DOCUMENT_MOST)
        return reb_fail(err, REB_E_INPUT, "A calendar's document has at most %d bytes.", REB_WORK_DOCUMENT_MOST);
    if (!reb_utf8_valid(json, n, NULL)) return reb_fail(err, REB_E_INPUT, "The calendar's document is not UTF-8.");
    *doc = cJSON_ParseWithOpts(json, NULL, 1);
    if (!cJSON_IsObject(*doc)) {
        cJSON_Delete(*doc);
        *doc = NULL;
        return reb_fail(err, REB_E_INPUT, "The calendar's document is no JSON object.");
    }
    return REB_OK;
}

reb_status reb_work_calendar_zone(const char **name, reb_arena *a, const char *json, reb_err *err) {
    cJSON *doc = NULL;
    reb_status st = open_document(&doc, json, err);
    if (st != REB_OK) return st;
    const cJSON *zone = member(doc, "timezone");
    if (zone != NULL && !cJSON_IsString(zone)) {
        st = reb_fail(err, REB_E_INPUT, "\"timezone\" must be a text, such as \"Europe/Athens\".");
    } else {
        *name = reb_arena_strdup(a, zone == NULL ? "" : zone->valuestring);
        if (*name == NULL) st = reb_fail(err, REB_E_MEMORY, "no memory for a calendar");
    }
    cJSON_Delete(doc);
    return st;
}

static int list_size(const cJSON *doc, const char *name) {
    return cJSON_GetArraySize(member(doc, name));
}

reb_status reb_work_calendar_parse(reb_work_calendar **out, reb_arena *a, const char *json, const reb_zone *zone, reb_err *err) {
    static const char *const known[] = {"timezone", "always", "week", "dated", "off", NULL};
    cJSON *doc = NULL;
    reb_work_calendar *c = NULL;
    reading r = {.a = a, .err = err};
    *out = NULL;
    reb_status st = open_document(&doc, json, err);
    if (st == REB_OK) st = only(doc, "The document", known, err);
    if (st != REB_OK) goto done;
    int entries = list_size(doc, "dated") + list_size(doc, "off");
    if (entries > REB_WORK_ENTRIES_MOST) {
        st = reb_fail(err, REB_E_INPUT, "A calendar has at most %d dated hours and days off.", REB_WORK_ENTRIES_MOST);
        goto done;
    }
    c = r.c = reb_arena_zalloc(a, 1, sizeof *c);
    r.items = reb_arena_zalloc(a, (size_t)entries + 1, sizeof *r.items);
    if (c != NULL) {
        c->entries = reb_arena_zalloc(a, (size_t)entries + 1, sizeof *c->entries);
        c->patterns = reb_arena_zalloc(a, REB_WORK_PATTERNS, sizeof *c->patterns);
    }
    if (c == NULL || r.items == NULL || c->entries == NULL || c->patterns == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "no memory for a calendar");
        goto done;
    }
    c->first_day = reb_day_from_civil(REB_WORK_FIRST_YEAR, 1, 1);
    c->pattern_count = 1; /* pattern 0: closed */
    c->entry_count = 1;   /* entry 0: the week */
    c->entries[0].name = "";
    st = take_zone(c, a, zone, err);
    if (st == REB_OK) st = read_week(&r, doc);
    if (st == REB_OK) st = read_list(&r, doc, "dated", REB_WORK_DATED);
    if (st == REB_OK) st = read_list(&r, doc, "off", REB_WORK_OFF);
    if (st != REB_OK) goto done;
    place_all(&r);
    st = reb_work_tabulate(c, a, err);
done:
    if (st == REB_OK) *out = c;
    cJSON_Delete(doc);
    return st;
}
