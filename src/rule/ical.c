#include "ical.h"

#include "../base/buf.h"
#include "../base/clock.h"
#include "../text/utf8.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { YEARS_MOST = 80, VALUE_MOST = 4096 };

/* ---- lines ---- */

typedef struct reader {
    const char *at, *end;
    char line[VALUE_MOST]; /* unfolded; what is longer is cut, which no date is */
} reader;

/* The next content line, folds undone (RFC 5545, 3.1). False at the end. */
static bool next_line(reader *r) {
    size_t n = 0;
    if (r->at == r->end) return false;
    for (;;) {
        const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
        const char *stop = nl != NULL ? nl : r->end;
        size_t take = (size_t)(stop - r->at);
        if (take > 0 && r->at[take - 1] == '\r') take--;
        if (take > sizeof r->line - 1 - n) take = sizeof r->line - 1 - n;
        memcpy(r->line + n, r->at, take);
        n += take;
        r->at = nl != NULL ? nl + 1 : r->end;
        if (r->at == r->end || (*r->at != ' ' && *r->at != '\t')) break;
        r->at++;
    }
    r->line[n] = '\0';
    return true;
}

/* "DTSTART;VALUE=DATE:20260325": the value when that is the property's name; parameters may hold quoted colons. */
static const char *value_of(const char *line, const char *name) {
    size_t n = strlen(name);
    bool quoted = false;
    if (strncasecmp(line, name, n) != 0 || (line[n] != ':' && line[n] != ';')) return NULL;
    for (const char *p = line + n; *p != '\0'; p++) {
        if (*p == '"') quoted = !quoted;
        if (*p == ':' && !quoted) return p + 1;
    }
    return NULL;
}

/* ---- values ---- */

static bool digits(int *out, const char *s, int count) {
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (s[i] < '0' || s[i] > '9') return false;
        *out = *out * 10 + (s[i] - '0');
    }
    return true;
}

typedef struct moment {
    int64_t day;
    int second; /* of the day */
    bool timed;
} moment;

static bool read_moment(moment *m, const char *s) {
    int year = 0;
    int month = 0;
    int day = 0;
    int h = 0;
    int min = 0;
    int sec = 0;
    if (!digits(&year, s, 4) || !digits(&month, s + 4, 2) || !digits(&day, s + 6, 2) || year < 1900 || !reb_civil_valid(year, month, day))
        return false;
    *m = (moment){.day = reb_day_from_civil(year, month, day)};
    if (s[8] == '\0') return true;
    if (s[8] != 'T' || !digits(&h, s + 9, 2) || !digits(&min, s + 11, 2) || !digits(&sec, s + 13, 2) || h > 23 || min > 59 || sec > 60)
        return false;
    m->timed = true;
    m->second = (h * 60 + min) * 60 + sec;
    return s[15] == '\0' || (s[15] == 'Z' && s[16] == '\0');
}

/* P1D, P2W, P1DT0H: whole days only. */
static bool read_days(int64_t *days, const char *s) {
    int64_t n = 0;
    *days = 0;
    if (*s++ != 'P') return false;
    for (; *s != '\0'; s++) {
        if (*s >= '0' && *s <= '9') {
            n = n * 10 + (*s - '0');
            if (n > 4000) return false;
        } else if (*s == 'W' || *s == 'D') {
            *days += *s == 'W' ? 7 * n : n;
            n = 0;
        } else if (*s != 'T' && n != 0) {
            return false;
        }
    }
    return *days > 0 && *days < 4000;
}

static const char *read_name(reb_arena *a, const char *s) {
    char text[REB_ICAL_NAME_MOST + 1];
    size_t n = 0;
    for (; *s != '\0' && n < sizeof text - 1; s++) {
        char c = *s;
        if (c == '\\' && s[1] != '\0') {
            s++;
            c = *s == 'n' || *s == 'N' ? ' ' : *s;
        }
        text[n++] = (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c;
    }
    return reb_arena_strndup(a, text, reb_utf8_cut(text, n, n));
}

/* ---- events ---- */

typedef struct event {
    moment from, to;
    bool has_from, has_to, bad, cancelled, repeats, yearly, ends;
    int64_t until; /* last day of a yearly one that ends */
    int times;     /* or so many times; 0: not told */
    const char *name;
} event;

static void read_repetition(event *e, const char *rule) {
    e->repeats = true;
    e->yearly = true;
    while (*rule != '\0') {
        size_t n = strcspn(rule, ";");
        moment m;
        char value[24];
        const char *equal = memchr(rule, '=', n);
        size_t name = equal == NULL ? n : (size_t)(equal - rule);
        snprintf(value, sizeof value, "%.*s", equal == NULL ? 0 : (int)(n - name - 1), equal == NULL ? "" : equal + 1);
        bool known = true;
        if (name == 4 && strncasecmp(rule, "FREQ", 4) == 0)
            known = strcasecmp(value, "YEARLY") == 0;
        else if (name == 8 && strncasecmp(rule, "INTERVAL", 8) == 0)
            known = strcmp(value, "1") == 0;
        else if (name == 5 && strncasecmp(rule, "UNTIL", 5) == 0) {
            known = read_moment(&m, value);
            e->ends = true;
            e->until = m.day;
        } else if (name == 5 && strncasecmp(rule, "COUNT", 5) == 0) {
            known = sscanf(value, "%4d", &e->times) == 1 && e->times > 0;
            e->ends = true;
            e->until = INT64_MAX;
        } else if (name == 4 && strncasecmp(rule, "WKST", 4) == 0) {
            known = true;
        } else if ((name == 7 && strncasecmp(rule, "BYMONTH", 7) == 0) || (name == 10 && strncasecmp(rule, "BYMONTHDAY", 10) == 0)) {
            int told = 0;
            int year = 0;
            int part[2] = {0};
            reb_civil_from_day(e->from.day, &year, &part[0], &part[1]);
            known = e->has_from && sscanf(value, "%4d", &told) == 1 && strchr(value, ',') == NULL && told == part[name == 10];
        } else if (n > 0) {
            known = false;
        }
        if (!known) e->yearly = false;
        rule += n;
        rule += *rule == ';';
    }
}

typedef struct found {
    reb_ical_day *days;
    int64_t count;
} found;

static reb_status add(found *f, reb_arena *a, int64_t from, int64_t to, bool every_year, const char *name, reb_err *err) {
    for (int64_t i = 0; i < f->count; i++)
        if (f->days[i].from == from && f->days[i].to == to) return REB_OK;
    if (f->count == REB_ICAL_DAYS_MOST) return reb_fail(err, REB_E_LIMIT, "The file has more than %d days.", REB_ICAL_DAYS_MOST);
    if (f->days == NULL) f->days = reb_arena_zalloc(a, REB_ICAL_DAYS_MOST, sizeof *f->days);
    if (f->days == NULL || name == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a calendar.");
    f->days[f->count++] = (reb_ical_day){from, to, every_year, name};
    return REB_OK;
}

static reb_status add_years(found *f, reb_arena *a, const event *e, int64_t length, reb_err *err) {
    int year = 0;
    int month = 0;
    int day = 0;
    reb_status st = REB_OK;
    reb_civil_from_day(e->from.day, &year, &month, &day);
    for (int k = 0; k < YEARS_MOST && (e->times == 0 || k < e->times) && st == REB_OK; k++) {
        if (!reb_civil_valid(year + k, month, day)) continue;
        int64_t from = reb_day_from_civil(year + k, month, day);
        if (from > e->until) break;
        st = add(f, a, from, from + length - 1, false, e->name, err);
    }
    return st;
}

static reb_status take(found *f, reb_ical_found *out, reb_arena *a, event *e, reb_err *err) {
    int64_t to = e->has_to ? e->to.day : e->from.day + (e->from.timed ? 0 : 1); /* exclusive */
    if (e->name == NULL) e->name = "";
    if (e->bad || e->cancelled || !e->has_from || (e->repeats && !e->yearly)) {
        out->unread++;
        return REB_OK;
    }
    if (e->from.timed && (e->from.second != 0 || !e->has_to || e->to.second != 0 || to <= e->from.day)) {
        out->timed++;
        return REB_OK;
    }
    int64_t length = to > e->from.day ? to - e->from.day : 1; /* some write the same day as its end */
    if (length > 4000) {
        out->unread++;
        return REB_OK;
    }
    if (e->repeats && e->ends) return add_years(f, a, e, length, err);
    return add(f, a, e->from.day, e->from.day + length - 1, e->repeats && length < 365, e->name, err);
}

reb_status reb_ical_read(reb_ical_found *out, reb_arena *a, const char *text, size_t len, reb_err *err) {
    found f = {0};
    event e = {0};
    char rule[256] = "";
    int nested = 0; /* alarms within an event */
    bool within = false;
    bool calendar = false;
    reb_status st = REB_OK;
    *out = (reb_ical_found){0};
    if (len > REB_ICAL_BYTES_MOST) return reb_fail(err, REB_E_LIMIT, "An iCalendar file has at most %d bytes here.", REB_ICAL_BYTES_MOST);
    size_t bom = reb_utf8_bom(text, len);
    if (!reb_utf8_valid(text, len, NULL) || memchr(text, '\0', len) != NULL)
        return reb_fail(err, REB_E_INPUT, "The file is not UTF-8 text, as an iCalendar file must be.");
    reader *r = reb_arena_zalloc(a, 1, sizeof *r);
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a calendar.");
    r->at = text + bom;
    r->end = text + len;
    while (st == REB_OK && next_line(r)) {
        const char *v = NULL;
        int64_t days = 0;
        if (strcasecmp(r->line, "BEGIN:VCALENDAR") == 0) {
            calendar = true;
        } else if (strcasecmp(r->line, "BEGIN:VEVENT") == 0) {
            e = (event){0};
            rule[0] = '\0';
            within = true;
            nested = 0;
        } else if (!within) {
            continue;
        } else if (strcasecmp(r->line, "END:VEVENT") == 0) {
            within = false;
            if (rule[0] != '\0') read_repetition(&e, rule);
            st = take(&f, out, a, &e, err);
        } else if (strncasecmp(r->line, "BEGIN:", 6) == 0) {
            nested++;
        } else if (strncasecmp(r->line, "END:", 4) == 0) {
            nested--;
        } else if (nested > 0) {
            continue;
        } else if ((v = value_of(r->line, "DTSTART")) != NULL) {
            e.has_from = read_moment(&e.from, v);
            e.bad = e.bad || !e.has_from;
        } else if ((v = value_of(r->line, "DTEND")) != NULL) {
            e.has_to = read_moment(&e.to, v);
            e.bad = e.bad || !e.has_to;
        } else if ((v = value_of(r->line, "DURATION")) != NULL) {
            if (read_days(&days, v) && e.has_from) {
                e.has_to = true;
                e.to = e.from;
                e.to.day += days;
            } else {
                e.from.second = 1; /* part of a day */
                e.from.timed = true;
            }
        } else if ((v = value_of(r->line, "RRULE")) != NULL) {
            snprintf(rule, sizeof rule, "%.255s", v);
        } else if ((v = value_of(r->line, "STATUS")) != NULL) {
            e.cancelled = strcasecmp(v, "CANCELLED") == 0;
        } else if ((v = value_of(r->line, "SUMMARY")) != NULL) {
            e.name = read_name(a, v);
        }
    }
    if (st != REB_OK) return st;
    if (!calendar) {
        reb_fail(err, REB_E_INPUT, "This is no iCalendar file: BEGIN:VCALENDAR is missing.");
        reb_err_next(err, "Such files end in .ics; calendar programs write them under Export.");
        return REB_E_INPUT;
    }
    out->days = f.days;
    out->count = f.count;
    return REB_OK;
}

/* ---- into a document ---- */

static reb_status print_document(const char **out, reb_arena *a, cJSON *doc, reb_err *err) {
    char *text = cJSON_PrintUnformatted(doc);
    *out = text == NULL ? NULL : reb_arena_strdup(a, text);
    cJSON_free(text);
    return *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left for a calendar.") : REB_OK;
}

static const char *member_text(const cJSON *o, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* Written with these dates, "to" absent meaning the same day? */
static bool has_dates(const cJSON *entry, const char *from, const char *to) {
    const char *f = member_text(entry, "from");
    const char *t = member_text(entry, "to");
    return f != NULL && strcmp(f, from) == 0 && strcmp(t == NULL ? f : t, to) == 0;
}

static reb_status open_list(cJSON **doc, cJSON **list, const char *document, reb_err *err) {
    *doc = cJSON_Parse(document);
    *list = cJSON_GetObjectItemCaseSensitive(*doc, "off");
    if (!cJSON_IsObject(*doc) || (*list != NULL && !cJSON_IsArray(*list))) {
        cJSON_Delete(*doc);
        *doc = NULL;
        return reb_fail(err, REB_E_INPUT, "The calendar's document is no JSON object with a list \"off\".");
    }
    if (*list == NULL) *list = cJSON_AddArrayToObject(*doc, "off");
    return REB_OK;
}

reb_status reb_work_document_add(const char **out, int64_t *added, reb_arena *a, const char *document, const reb_ical_day *days,
                                 int64_t count, reb_err *err) {
    cJSON *doc = NULL;
    cJSON *list = NULL;
    *added = 0;
    reb_status st = open_list(&doc, &list, document, err);
    if (st != REB_OK) return st;
    for (int64_t i = 0; i < count; i++) {
        char from[REB_TIME_TEXT];
        char to[REB_TIME_TEXT];
        const cJSON *old;
        bool there = false;
        reb_day_format(days[i].from, from);
        reb_day_format(days[i].to, to);
        cJSON_ArrayForEach(old, list) there = there || has_dates(old, from, to);
        if (there) continue;
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddStringToObject(entry, "from", from);
        if (days[i].to != days[i].from) cJSON_AddStringToObject(entry, "to", to);
        if (days[i].every_year) cJSON_AddTrueToObject(entry, "every_year");
        if (days[i].name[0] != '\0') cJSON_AddStringToObject(entry, "name", days[i].name);
        cJSON_AddItemToArray(list, entry);
        ++*added;
    }
    st = print_document(out, a, doc, err);
    cJSON_Delete(doc);
    return st;
}

reb_status reb_work_document_remove(const char **out, int64_t *removed, reb_arena *a, const char *document, int64_t from, int64_t to,
                                    reb_err *err) {
    static const char *const lists[] = {"off", "dated"};
    cJSON *doc = NULL;
    cJSON *off = NULL;
    char first[REB_TIME_TEXT];
    char last[REB_TIME_TEXT];
    *removed = 0;
    reb_status st = open_list(&doc, &off, document, err);
    if (st != REB_OK) return st;
    reb_day_format(from, first);
    reb_day_format(to, last);
    for (int k = 0; k < 2; k++) {
        cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, lists[k]);
        for (int i = cJSON_GetArraySize(list); i-- > 0;) {
            if (!has_dates(cJSON_GetArrayItem(list, i), first, last)) continue;
            cJSON_DeleteItemFromArray(list, i);
            ++*removed;
        }
    }
    st = print_document(out, a, doc, err);
    cJSON_Delete(doc);
    return st;
}
