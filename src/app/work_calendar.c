#include "work_calendar.h"

#include "../rule/holiday.h"

#include <stdio.h>
#include <string.h>

enum { SPANS_MOST = 200 };

static const char *why_name(reb_work_why w) {
    return w == REB_WORK_OFF ? "off" : w == REB_WORK_DATED ? "dated" : "week";
}

int64_t reb_calendar_spans(reb_calendar_span *out, int64_t room, const reb_work_calendar *c, int64_t from, int64_t days) {
    int64_t n = 0;
    for (int64_t day = from; day < from + days; day++) {
        reb_calendar_span s = {.from = day, .to = day, .moon = reb_work_day_by_moon(c, day)};
        s.why = reb_work_day_why(&s.name, c, day);
        if (s.why == REB_WORK_WEEK) continue;
        reb_calendar_span *last = n > 0 ? &out[n - 1] : NULL;
        if (last != NULL && last->to == day - 1 && last->why == s.why && strcmp(last->name, s.name) == 0) {
            last->to = day;
        } else if (n < room) {
            out[n++] = s;
        } else {
            break;
        }
    }
    return n;
}

/* ---- pieces ---- */

static void clock_text(char out[8], const reb_work_calendar *c, int64_t day, int64_t at_us) {
    int64_t minute = 0;
    /* Minutes since the day began on the wall clock: over midnight they go on to the next day's. */
    int64_t local_day = reb_work_local_day(c, at_us);
    int64_t local_us = reb_work_local_us(c, at_us) - local_day * REB_US_PER_DAY;
    minute = local_us / (60 * REB_US_PER_SECOND);
    if (local_day > day && minute == 0)
        snprintf(out, 8, "24:00");
    else
        snprintf(out, 8, "%02d:%02d", (int)(minute / 60 % 24), (int)(minute % 60));
}

static void days_json(reb_json *w, const reb_work_calendar *c, int64_t from, int64_t days) {
    reb_json_key(w, "days");
    reb_json_arr(w);
    for (int64_t day = from; day < from + days; day++) {
        reb_work_span span[REB_WORK_SPANS_MOST];
        const char *name = "";
        reb_work_why why = reb_work_day_why(&name, c, day);
        int64_t n = reb_work_day_spans(span, REB_WORK_SPANS_MOST, c, day);
        int64_t open = 0;
        reb_json_obj(w);
        reb_json_kday(w, "day", day);
        reb_json_kstr(w, "why", why_name(why));
        reb_json_kstr(w, "name", name);
        reb_json_kbool(w, "by_moon", reb_work_day_by_moon(c, day));
        reb_json_key(w, "open");
        reb_json_arr(w);
        for (int64_t i = 0; i < n; i++) {
            char at[8];
            reb_json_obj(w);
            clock_text(at, c, day, span[i].from_us);
            reb_json_kstr(w, "from", at);
            clock_text(at, c, day, span[i].to_us);
            reb_json_kstr(w, "to", at);
            reb_json_obj_end(w);
            open += span[i].to_us - span[i].from_us;
        }
        reb_json_arr_end(w);
        reb_json_ki64(w, "minutes", open / (60 * REB_US_PER_SECOND));
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static reb_status ahead_json(reb_json *w, reb_arena *a, const reb_work_calendar *c, int64_t from, reb_err *err) {
    reb_calendar_span *spans = reb_arena_zalloc(a, SPANS_MOST, sizeof *spans);
    if (spans == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    int64_t n = reb_calendar_spans(spans, SPANS_MOST, c, from, REB_CALENDAR_AHEAD_DAYS);
    reb_json_key(w, "ahead");
    reb_json_arr(w);
    for (int64_t i = 0; i < n; i++) {
        reb_json_obj(w);
        reb_json_kday(w, "from", spans[i].from);
        reb_json_kday(w, "to", spans[i].to);
        reb_json_kstr(w, "why", why_name(spans[i].why));
        reb_json_kstr(w, "name", spans[i].name);
        reb_json_kbool(w, "by_moon", spans[i].moon);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    return REB_OK;
}

static void version_json(reb_json *w, const reb_work_calendar_card *c) {
    reb_json_ki64(w, "version", c->version);
    if (c->published_us == 0)
        reb_json_knull(w, "published_at");
    else
        reb_json_ktime(w, "published_at", c->published_us);
    reb_json_kstr(w, "published_by", c->published_by);
    reb_json_kstr(w, "note", c->note);
}

static void card_json(reb_json *w, const reb_work_calendar_card *c, const reb_work_calendar *parsed) {
    reb_json_kstr(w, "code", c->code);
    reb_json_kstr(w, "title", c->title);
    reb_json_kstr(w, "timezone", reb_work_zone_name(parsed));
    version_json(w, c);
    reb_json_key(w, "document");
    reb_json_raw(w, c->document);
}

/* ---- whole answers ---- */

reb_status reb_calendars_json(reb_json *w, reb_store *s, reb_arena *a, const reb_business *b, reb_err *err) {
    reb_work_calendar_card *cards = NULL;
    int64_t count = 0;
    reb_status st = reb_work_calendar_list(&cards, &count, s, a, b, err);
    reb_json_obj(w);
    reb_json_key(w, "calendars");
    reb_json_arr(w);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        reb_work_calendar *c = NULL;
        st = reb_work_calendar_read(&c, a, b, cards[i].document, err);
        if (st != REB_OK) break;
        reb_json_obj(w);
        card_json(w, &cards[i], c);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}

reb_status reb_calendar_json(reb_json *w, reb_store *s, reb_arena *a, const reb_business *b, const char *code, int64_t from, int64_t days,
                             reb_err *err) {
    reb_work_calendar_card *cards = NULL;
    reb_work_calendar *c = NULL;
    int64_t count = 0;
    reb_status st = reb_work_calendar_versions(&cards, &count, s, a, b, code, err);
    if (st == REB_OK) st = reb_work_calendar_read(&c, a, b, cards[count - 1].document, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    card_json(w, &cards[count - 1], c);
    reb_json_key(w, "versions");
    reb_json_arr(w);
    for (int64_t i = count; i-- > 0;) {
        reb_json_obj(w);
        version_json(w, &cards[i]);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    days_json(w, c, from, days);
    st = ahead_json(w, a, c, from, err);
    reb_json_obj_end(w);
    return st;
}

reb_status reb_calendar_preview_json(reb_json *w, reb_arena *a, const reb_business *b, const char *document, int64_t from, int64_t days,
                                     reb_err *err) {
    reb_work_calendar *c = NULL;
    reb_status st = reb_work_calendar_read(&c, a, b, document, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    reb_json_kstr(w, "timezone", reb_work_zone_name(c));
    days_json(w, c, from, days);
    st = ahead_json(w, a, c, from, err);
    reb_json_obj_end(w);
    return st;
}

void reb_calendar_published_json(reb_json *w, const char *code, const reb_work_calendar_published *p) {
    reb_json_obj(w);
    reb_json_kstr(w, "code", code);
    reb_json_ki64(w, "version", p->version);
    reb_json_kbool(w, "unchanged", p->unchanged);
    reb_json_ki64(w, "cases", p->cases);
    reb_json_ki64(w, "moved", p->moved);
    reb_json_obj_end(w);
}

reb_status reb_calendar_countries_json(reb_json *w, reb_arena *a, const reb_business *b, reb_err *err) {
    reb_locale l = reb_business_locale(b);
    reb_status st = REB_OK;
    reb_json_obj(w);
    reb_json_key(w, "countries");
    reb_json_arr(w);
    for (const reb_holiday_country *c = reb_holiday_countries; c->code != NULL && st == REB_OK; c++) {
        const char *document = NULL;
        st = reb_holiday_document(&document, a, c->code, l.language, err);
        if (st != REB_OK) break;
        reb_json_obj(w);
        reb_json_kstr(w, "code", c->code);
        reb_json_kstr(w, "name", c->name[l.language]);
        reb_json_kbool(w, "by_moon", c->moon);
        reb_json_key(w, "document");
        reb_json_raw(w, document);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}

reb_status reb_calendar_file_json(reb_json *w, reb_arena *a, const char *document, const char *text, size_t len, reb_err *err) {
    reb_ical_found found;
    const char *merged = NULL;
    int64_t added = 0;
    reb_status st = reb_ical_read(&found, a, text, len, err);
    if (st == REB_OK) st = reb_work_document_add(&merged, &added, a, document, found.days, found.count, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    reb_json_key(w, "document");
    reb_json_raw(w, merged);
    reb_json_ki64(w, "found", found.count);
    reb_json_ki64(w, "added", added);
    reb_json_ki64(w, "timed", found.timed);
    reb_json_ki64(w, "unread", found.unread);
    reb_json_obj_end(w);
    return REB_OK;
}
