#include "work_calendar_internal.h"

#include "working_day.h"
#include "zone_rules.h"

#include <stdio.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left for a calendar.");
}

/* ---- what the settings say ---- */

static void hours_json(reb_json *w) {
    reb_json_arr(w);
    reb_json_str(w, "09:00-18:00");
    reb_json_arr_end(w);
}

static reb_status settings_document(const char **out, reb_arena *a, const reb_business *b, reb_err *err) {
    static const char *const weekday[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    reb_working_days days = {0};
    reb_buf text = {0};
    reb_json w = {.out = &text};
    reb_week_parse(&days, NULL, 0, reb_business_text(b, REB_SETTING_WORKING_DAYS));
    reb_days_off_parse(&days, NULL, 0, reb_business_text(b, REB_SETTING_DAYS_OFF));
    reb_json_obj(&w);
    reb_json_kstr(&w, "timezone", reb_zone_name(b->zone));
    reb_json_key(&w, "week");
    reb_json_obj(&w);
    for (int k = 0; k < 7; k++) {
        if (!(days.week & 1u << k)) continue;
        reb_json_key(&w, weekday[k]);
        hours_json(&w);
    }
    reb_json_obj_end(&w);
    reb_json_key(&w, "off");
    reb_json_arr(&w);
    for (int i = 0; i < days.off_count; i++) {
        reb_json_obj(&w);
        reb_json_kday(&w, "from", days.off[i].first);
        reb_json_kday(&w, "to", days.off[i].last);
        reb_json_obj_end(&w);
    }
    reb_json_arr_end(&w);
    reb_json_obj_end(&w);
    *out = text.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&text));
    reb_buf_free(&text);
    return *out == NULL ? no_memory(err) : REB_OK;
}

reb_status reb_work_card_of_settings(reb_work_calendar_card *out, reb_arena *a, const reb_business *b, reb_err *err) {
    *out = (reb_work_calendar_card){
        .code = REB_WORK_CALENDAR_MAIN, .title = "", .note = "", .published_by = REB_WORK_BY_SETTINGS, .version = 1};
    return settings_document(&out->document, a, b, err);
}

/* ---- reading ---- */

/* The zone that a document names, where it is not the business's: *own, to be closed. */
static reb_status own_zone(reb_zone **own, reb_arena *a, const reb_business *b, const char *document, reb_err *err) {
    const char *name = "";
    *own = NULL;
    reb_status st = reb_work_calendar_zone(&name, a, document, err);
    if (st != REB_OK || name[0] == '\0' || strcmp(name, reb_zone_name(b->zone)) == 0) return st;
    return reb_zone_open(own, name, err);
}

reb_status reb_work_calendar_read(reb_work_calendar **out, reb_arena *a, const reb_business *b, const char *document, reb_err *err) {
    reb_zone *own = NULL;
    reb_status st = own_zone(&own, a, b, document, err);
    if (st == REB_OK) st = reb_work_calendar_parse(out, a, document, own != NULL ? own : b->zone, err);
    reb_zone_close(own);
    return st;
}

/* One version as clocks were reckoned by it: by the rules of the time zone that it keeps. */
static reb_status read_version(reb_work_calendar **out, reb_store *s, reb_arena *a, const reb_business *b,
                               const reb_work_calendar_card *card, reb_err *err) {
    reb_zone *kept = NULL;
    const char *name = "";
    reb_status st = reb_work_calendar_zone(&name, a, card->document, err);
    if (st == REB_OK) st = reb_zone_rules_calendar(&kept, s, card->code, card->version, name, err);
    if (st == REB_OK && kept == NULL) st = reb_work_calendar_read(out, a, b, card->document, err);
    if (st == REB_OK && kept != NULL) st = reb_work_calendar_parse(out, a, card->document, kept, err);
    reb_zone_close(kept);
    return st;
}

reb_status reb_work_card_add(reb_work_cards *c, reb_arena *a, const reb_work_calendar_card *card, reb_err *err) {
    if (c->count == c->room) {
        int64_t room = c->room == 0 ? 8 : 2 * c->room;
        reb_work_calendar_card *more = reb_arena_zalloc(a, (size_t)room, sizeof *more);
        if (more == NULL) return no_memory(err);
        if (c->count > 0) memcpy(more, c->at, (size_t)c->count * sizeof *more);
        c->at = more;
        c->room = room;
    }
    c->at[c->count++] = *card;
    return REB_OK;
}

static reb_status keep_row(reb_work_cards *c, reb_arena *a, const char *code, reb_stmt *q, int first, reb_err *err) {
    reb_work_calendar_card card = {.code = reb_arena_strdup(a, code),
                                   .version = reb_col_i64(q, first),
                                   .title = reb_arena_strdup(a, reb_col_text(q, first + 1)),
                                   .document = reb_arena_strdup(a, reb_col_text(q, first + 2)),
                                   .note = reb_arena_strdup(a, reb_col_text(q, first + 3)),
                                   .published_us = reb_col_i64(q, first + 4),
                                   .published_by = reb_arena_strdup(a, reb_col_text(q, first + 5))};
    if (card.code == NULL || card.title == NULL || card.document == NULL || card.note == NULL || card.published_by == NULL)
        return no_memory(err);
    return reb_work_card_add(c, a, &card, err);
}

reb_status reb_work_cards_stored(reb_work_cards *c, reb_store *s, reb_arena *a, const char *code, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_WORK_CALENDAR_VERSIONS, REB_ARGS(reb_t(code)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) st = keep_row(c, a, code, q, 0, err);
    reb_stmt_close(q);
    return st;
}

reb_status reb_work_calendar_versions(reb_work_calendar_card **out, int64_t *count, reb_store *s, reb_arena *a, const reb_business *b,
                                      const char *code, reb_err *err) {
    reb_work_cards c = {0};
    reb_work_calendar_card main_card;
    reb_status st = reb_work_cards_stored(&c, s, a, code, err);
    if (st == REB_OK && c.count == 0) {
        if (strcmp(code, REB_WORK_CALENDAR_MAIN) != 0) {
            reb_fail(err, REB_E_NOT_FOUND, "There is no calendar \"%.40s\".", code);
            reb_err_next(err, "rebound calendar lists them.");
            return REB_E_NOT_FOUND;
        }
        st = reb_work_card_of_settings(&main_card, a, b, err);
        if (st == REB_OK) st = reb_work_card_add(&c, a, &main_card, err);
    }
    *out = c.at;
    *count = c.count;
    return st;
}

reb_status reb_work_calendar_list(reb_work_calendar_card **out, int64_t *count, reb_store *s, reb_arena *a, const reb_business *b,
                                  reb_err *err) {
    reb_work_cards c = {0};
    reb_stmt *q = NULL;
    bool row = true;
    bool has_main = false;
    reb_status st = reb_query(&q, s, REB_SQL_WORK_CALENDAR_NEWEST, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        st = keep_row(&c, a, reb_col_text(q, 0), q, 1, err);
        if (st == REB_OK) has_main = has_main || strcmp(c.at[c.count - 1].code, REB_WORK_CALENDAR_MAIN) == 0;
    }
    reb_stmt_close(q);
    if (st == REB_OK && !has_main) {
        reb_work_calendar_card main_card;
        st = reb_work_card_of_settings(&main_card, a, b, err);
        if (st == REB_OK) st = reb_work_card_add(&c, a, &main_card, err);
        if (st == REB_OK) { /* first, whatever the others are called */
            memmove(c.at + 1, c.at, (size_t)(c.count - 1) * sizeof *c.at);
            c.at[0] = main_card;
        }
    }
    *out = c.at;
    *count = c.count;
    return st;
}

reb_status reb_work_calendars_load(reb_work_calendar_history *out, reb_store *s, reb_arena *a, const reb_business *b, const char *code,
                                   reb_err *err) {
    reb_work_cards c = {0};
    const char *name = code;
    reb_status st = reb_work_cards_stored(&c, s, a, name, err);
    if (st == REB_OK && c.count == 0) {
        reb_work_calendar_card *main_cards = NULL;
        name = REB_WORK_CALENDAR_MAIN;
        st = reb_work_calendar_versions(&main_cards, &c.count, s, a, b, name, err);
        c.at = main_cards;
    }
    if (st != REB_OK) return st;
    reb_work_calendar_version *v = reb_arena_zalloc(a, (size_t)c.count, sizeof *v);
    const char *kept = reb_arena_strdup(a, name);
    if (v == NULL || kept == NULL) return no_memory(err);
    for (int64_t i = 0; i < c.count; i++) {
        reb_work_calendar *calendar = NULL;
        reb_err why = {0};
        st = read_version(&calendar, s, a, b, &c.at[i], &why);
        if (st == REB_E_INPUT)
            return reb_fail(err, REB_E_STORE, "Calendar %s, version %lld, cannot be read: %s", name, (long long)c.at[i].version,
                            why.detail);
        if (st != REB_OK) {
            if (err != NULL) *err = why;
            return st;
        }
        v[i] = (reb_work_calendar_version){c.at[i].version, c.at[i].published_us, calendar};
    }
    *out = (reb_work_calendar_history){kept, v, c.count};
    return REB_OK;
}
