/* Publishing a calendar, "main" following the settings as long as nobody has published it, and new rules of time zones. */
#include "case_log.h"
#include "notice.h"
#include "promise.h"
#include "work_calendar_internal.h"
#include "zone_rules.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left for a calendar.");
}

typedef struct publishing {
    reb_work_calendar_published out;
    const reb_business *b;
    const reb_work_calendar_wish *wish;
    const char *document;
    const char *who;
    int64_t now_us;
} publishing;

/* `zone`: by whose rules it reckons; NULL: as tzdata has it now. */
static reb_status add_version(reb_store *s, reb_arena *a, const reb_work_calendar_card *c, const reb_zone *zone, reb_err *err) {
    reb_zone *now = NULL;
    const char *name = "";
    reb_status st = reb_exec(s, REB_SQL_WORK_CALENDAR_ADD,
                             REB_ARGS(reb_t(c->code), reb_i(c->version), reb_t(c->title), reb_t(c->document), reb_t(c->note),
                                      reb_i(c->published_us), reb_t(c->published_by)),
                             NULL, err);
    if (st == REB_OK && zone == NULL) st = reb_work_calendar_zone(&name, a, c->document, err);
    if (st == REB_OK && zone == NULL) st = reb_zone_open(&now, name, err);
    if (st == REB_OK) st = reb_zone_rules_keep_calendar(s, c->code, c->version, zone != NULL ? zone : now, err);
    reb_zone_close(now);
    return st;
}

static reb_status too_many(reb_store *s, reb_err *err) {
    int64_t count = 0;
    bool found = false;
    reb_status st = reb_get_i64(&count, &found, s, REB_SQL_WORK_CALENDAR_COUNT, REB_NO_ARGS, err);
    if (st == REB_OK && count >= REB_WORK_CALENDARS_MOST)
        st = reb_fail(err, REB_E_LIMIT, "There are %d calendars; more are not kept.", REB_WORK_CALENDARS_MOST);
    return st;
}

static reb_status publish_work(reb_store *s, void *ctx, reb_err *err) {
    publishing *p = ctx;
    reb_arena a = {0};
    reb_work_cards c = {0};
    p->out = (reb_work_calendar_published){0};
    reb_work_calendar_card card = {.code = p->wish->code,
                                   .title = p->wish->title,
                                   .document = p->document,
                                   .note = p->wish->note != NULL ? p->wish->note : "",
                                   .published_by = p->who,
                                   .version = 1,
                                   .published_us = p->now_us};
    reb_status st = reb_work_cards_stored(&c, s, &a, card.code, err);
    if (st == REB_OK && c.count == 0) st = too_many(s, err);
    if (st == REB_OK && c.count == 0 && strcmp(card.code, REB_WORK_CALENDAR_MAIN) == 0) {
        /* What stood for it until now stays its first version: by it clocks have ended. */
        reb_work_calendar_card first;
        st = reb_work_card_of_settings(&first, &a, p->b, err);
        if (st == REB_OK) st = add_version(s, &a, &first, p->b->zone, err);
        if (st == REB_OK) st = reb_work_card_add(&c, &a, &first, err);
    }
    if (st != REB_OK) goto done;
    if (c.count > 0) {
        const reb_work_calendar_card *last = &c.at[c.count - 1];
        card.version = last->version + 1;
        if (card.title == NULL) card.title = last->title;
        /* Two published in one microsecond would both be in force. */
        if (card.published_us <= last->published_us) card.published_us = last->published_us + 1;
        if (strcmp(last->document, card.document) == 0 && strcmp(last->title, card.title) == 0 && last->published_us > 0) {
            p->out.version = last->version;
            p->out.unchanged = true;
            goto done;
        }
    }
    if (card.title == NULL) card.title = card.code;
    st = add_version(s, &a, &card, NULL, err);
    p->out.version = card.version;
    if (st == REB_OK) st = reb_case_derive(&p->out.cases, &p->out.moved, s, p->b, REB_CASES_OPEN, err);
done:
    reb_arena_free(&a);
    return st;
}

static reb_status check_wish(const reb_work_calendar_wish *wish, reb_err *err) {
    size_t n = strlen(wish->code);
    if (n == 0 || n > REB_WORK_CODE_MOST || strspn(wish->code, "abcdefghijklmnopqrstuvwxyz0123456789_-") != n) {
        reb_fail(err, REB_E_INPUT, "\"%.60s\" cannot be the code of a calendar.", wish->code);
        reb_err_next(err, "Use a to z, 0 to 9, _ and -, at most %d of them.", REB_WORK_CODE_MOST);
        return REB_E_INPUT;
    }
    if (wish->title != NULL && strlen(wish->title) > REB_WORK_TITLE_MOST)
        return reb_fail(err, REB_E_LIMIT, "The title of a calendar has at most %d bytes.", REB_WORK_TITLE_MOST);
    if (wish->note != NULL && strlen(wish->note) > REB_WORK_NOTE_MOST)
        return reb_fail(err, REB_E_LIMIT, "The note has at most %d bytes.", REB_WORK_NOTE_MOST);
    return REB_OK;
}

/* As it will lie in the store: with its time zone, so that another zone of the business moves nothing that has ended. */
static reb_status with_zone(const char **out, reb_arena *a, const reb_business *b, const char *document, reb_err *err) {
    cJSON *doc = cJSON_Parse(document);
    const cJSON *zone = cJSON_GetObjectItemCaseSensitive(doc, "timezone");
    reb_status st = REB_OK;
    if (!cJSON_IsString(zone) || zone->valuestring[0] == '\0') {
        cJSON_DeleteItemFromObjectCaseSensitive(doc, "timezone");
        cJSON_AddStringToObject(doc, "timezone", reb_zone_name(b->zone));
    }
    char *text = cJSON_PrintUnformatted(doc);
    *out = text == NULL ? NULL : reb_arena_strdup(a, text);
    if (*out == NULL) st = no_memory(err);
    cJSON_free(text);
    cJSON_Delete(doc);
    return st;
}

reb_status reb_work_calendar_publish(reb_work_calendar_published *out, reb_store *s, const reb_business *b,
                                     const reb_work_calendar_wish *wish, const char *who, int64_t now_us, reb_err *err) {
    reb_arena a = {0};
    reb_work_calendar *calendar = NULL;
    publishing p = {.b = b, .wish = wish, .who = who, .now_us = now_us};
    reb_status st = check_wish(wish, err);
    if (st == REB_OK) st = reb_work_calendar_read(&calendar, &a, b, wish->document, err);
    if (st == REB_OK) st = with_zone(&p.document, &a, b, wish->document, err);
    if (st == REB_OK) st = reb_store_write(s, publish_work, &p, err);
    if (st == REB_OK && out != NULL) *out = p.out;
    reb_arena_free(&a);
    return st;
}

/* ---- when settings change ---- */

/* The newest stored version of "main" follows the settings, or none is stored; `next`: the version after it. */
static reb_status follows_settings(bool *follows, int64_t *next, const char **document, reb_store *s, reb_arena *a, reb_err *err) {
    reb_work_cards c = {0};
    reb_status st = reb_work_cards_stored(&c, s, a, REB_WORK_CALENDAR_MAIN, err);
    *next = 1;
    *document = NULL;
    *follows = true;
    if (st == REB_OK && c.count > 0) {
        const reb_work_calendar_card *last = &c.at[c.count - 1];
        *next = last->version + 1;
        *document = last->document;
        *follows = strcmp(last->published_by, REB_WORK_BY_SETTINGS) == 0;
    }
    return st;
}

reb_status reb_work_calendar_before_settings(reb_store *s, const reb_business *before, reb_err *err) {
    reb_arena a = {0};
    bool follows = false;
    bool used = false;
    int64_t next = 0;
    int64_t one = 0;
    const char *document = NULL;
    reb_work_calendar_card card;
    reb_status st = follows_settings(&follows, &next, &document, s, &a, err);
    if (st == REB_OK) st = reb_get_i64(&one, &used, s, REB_SQL_WORK_CALENDAR_IN_USE, REB_NO_ARGS, err);
    if (st == REB_OK && follows && used && next == 1) {
        st = reb_work_card_of_settings(&card, &a, before, err);
        if (st == REB_OK) st = add_version(s, &a, &card, before->zone, err);
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_work_calendar_after_settings(reb_store *s, const reb_business *after, int64_t now_us, reb_err *err) {
    reb_arena a = {0};
    bool follows = false;
    int64_t next = 0;
    const char *document = NULL;
    reb_work_calendar_card card;
    reb_status st = follows_settings(&follows, &next, &document, s, &a, err);
    if (st == REB_OK && follows && next > 1) {
        st = reb_work_card_of_settings(&card, &a, after, err);
        if (st == REB_OK && strcmp(card.document, document) != 0) {
            card.version = next;
            card.published_us = now_us;
            st = add_version(s, &a, &card, after->zone, err);
            if (st == REB_OK) st = reb_case_derive(NULL, NULL, s, after, REB_CASES_OPEN, err);
        }
    }
    reb_arena_free(&a);
    return st;
}

/* ---- when tzdata is renewed ---- */

typedef struct renewing {
    reb_work_zones_renewed out;
    const reb_business *before;
    int64_t now_us;
    char note[64];
} renewing;

/* The same calendar once more, with the new rules. */
static reb_status renew_calendar(renewing *r, reb_store *s, reb_arena *a, const reb_work_calendar_card *last, const reb_zone *zone,
                                 reb_err *err) {
    reb_work_calendar_card next = *last;
    bool follows = strcmp(last->published_by, REB_WORK_BY_SETTINGS) == 0;
    next.version = last->version + 1;
    next.published_us = r->now_us > last->published_us ? r->now_us : last->published_us + 1;
    next.note = r->note;
    next.published_by = follows ? REB_WORK_BY_SETTINGS : "tzdata";
    r->out.calendars++;
    return add_version(s, a, &next, zone, err);
}

/* "main" of the settings where it never was published: what stood until now becomes its first version. */
static reb_status renew_settings_calendar(renewing *r, reb_store *s, reb_arena *a, const reb_zone *zone, reb_err *err) {
    reb_work_cards stored = {0};
    reb_work_calendar_card first;
    reb_status st = reb_work_cards_stored(&stored, s, a, REB_WORK_CALENDAR_MAIN, err);
    if (st != REB_OK || stored.count > 0) return st;
    st = reb_work_card_of_settings(&first, a, r->before, err);
    if (st == REB_OK) st = add_version(s, a, &first, r->before->zone, err);
    return st == REB_OK ? renew_calendar(r, s, a, &first, zone, err) : st;
}

static reb_status renew_business(renewing *r, reb_store *s, reb_arena *a, reb_err *err) {
    reb_zone_look look;
    reb_status st = reb_zone_rules_look(&look, s, "", reb_zone_name(r->before->zone), err);
    if (st == REB_OK && !look.kept) st = reb_zone_rules_keep_business(s, r->before->zone, err);
    if (st == REB_OK && look.renewed) {
        snprintf(r->note, sizeof r->note, "tzdata %s", look.tzdata);
        st = renew_settings_calendar(r, s, a, look.now, err);
        if (st == REB_OK) st = reb_zone_rules_keep_business(s, look.now, err);
        r->out.business = true;
    }
    reb_zone_close(look.now);
    return st;
}

/* Of a version from before rules were kept. */
static reb_status keep_rules(reb_store *s, const reb_business *b, const reb_work_calendar_card *card, const char *zone, reb_err *err) {
    reb_zone *now = NULL;
    bool own = strcmp(zone, reb_zone_name(b->zone)) != 0;
    reb_status st = own ? reb_zone_open(&now, zone, err) : REB_OK;
    if (st == REB_OK) st = reb_zone_rules_keep_calendar(s, card->code, card->version, own ? now : b->zone, err);
    reb_zone_close(now);
    return st;
}

static reb_status renew_calendars(renewing *r, reb_store *s, reb_arena *a, reb_err *err) {
    reb_work_calendar_card *cards = NULL;
    int64_t count = 0;
    reb_status st = reb_work_calendar_list(&cards, &count, s, a, r->before, err);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        const char *zone = "";
        reb_zone_look look = {0};
        reb_work_cards stored = {0};
        st = reb_work_cards_stored(&stored, s, a, cards[i].code, err);
        if (st != REB_OK || stored.count == 0) continue; /* "main" of the settings, never published: goes with the business */
        st = reb_work_calendar_zone(&zone, a, cards[i].document, err);
        if (st == REB_OK) st = reb_zone_rules_look(&look, s, cards[i].code, zone, err);
        snprintf(r->note, sizeof r->note, "tzdata %s", look.tzdata);
        if (st == REB_OK && look.renewed) st = renew_calendar(r, s, a, &cards[i], look.now, err);
        if (st == REB_OK && !look.kept) st = keep_rules(s, r->before, &cards[i], zone, err);
        reb_zone_close(look.now);
    }
    return st;
}

/* Promises for a day end with it. */
static reb_status renew_promises(reb_store *s, const reb_business *after, reb_err *err) {
    enum { PAGE = 500 };
    int64_t ids[PAGE];
    int64_t last = INT64_MIN;
    size_t n = PAGE;
    reb_status st = REB_OK;
    while (st == REB_OK && n == PAGE) {
        reb_stmt *q = NULL;
        bool row = true;
        n = 0;
        st = reb_query(&q, s, REB_SQL_ZONE_RULES_PROMISED, REB_ARGS(reb_i(last), reb_i(PAGE)), err);
        while (st == REB_OK && n < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row) ids[n++] = reb_col_i64(q, 0);
        reb_stmt_close(q);
        if (n > 0) last = ids[n - 1];
        if (st == REB_OK) st = reb_promise_derive(s, after, ids, n, err);
    }
    return st;
}

static reb_status renew_work(reb_store *s, void *ctx, reb_err *err) {
    renewing *r = ctx;
    reb_arena a = {0};
    reb_business *after = NULL;
    r->out = (reb_work_zones_renewed){0};
    reb_status st = renew_business(r, s, &a, err);
    if (st == REB_OK) st = renew_calendars(r, s, &a, err);
    if (st == REB_OK && (r->out.business || r->out.calendars > 0)) {
        st = reb_business_load(&after, s, err);
        if (st == REB_OK && r->out.business) st = renew_promises(s, after, err);
        if (st == REB_OK) st = reb_case_derive(&r->out.cases, &r->out.moved, s, after, REB_CASES_OPEN, err);
        if (st == REB_OK) st = reb_notice_add(NULL, s, "resync", "{}", r->now_us, err);
    }
    reb_business_free(after);
    reb_arena_free(&a);
    return st;
}

static reb_status is_stored(bool *stored, reb_store *s, reb_arena *a, const char *code, reb_err *err) {
    reb_work_cards cards = {0};
    reb_status st = reb_work_cards_stored(&cards, s, a, code, err);
    *stored = cards.count > 0;
    return st;
}

/* Is there anything to do? Asked every few seconds, so without a transaction. */
static reb_status zones_renewed(bool *renewed, reb_store *s, const reb_business *b, reb_err *err) {
    reb_arena a = {0};
    reb_work_calendar_card *cards = NULL;
    int64_t count = 0;
    reb_zone_look look;
    reb_status st = reb_zone_rules_look(&look, s, "", reb_zone_name(b->zone), err);
    reb_zone_close(look.now);
    *renewed = look.renewed || !look.kept;
    if (st == REB_OK && !*renewed) st = reb_work_calendar_list(&cards, &count, s, &a, b, err);
    for (int64_t i = 0; i < count && st == REB_OK && !*renewed; i++) {
        const char *zone = "";
        st = reb_work_calendar_zone(&zone, &a, cards[i].document, err);
        if (st == REB_OK) st = reb_zone_rules_look(&look, s, cards[i].code, zone, err);
        if (st != REB_OK) break;
        reb_zone_close(look.now);
        *renewed = look.renewed;
        if (!look.kept) st = is_stored(renewed, s, &a, cards[i].code, err);
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_work_zones_renew(reb_work_zones_renewed *out, reb_store *s, const reb_business *b, int64_t now_us, reb_err *err) {
    renewing r = {.before = b, .now_us = now_us};
    bool renewed = false;
    *out = (reb_work_zones_renewed){0};
    reb_status st = zones_renewed(&renewed, s, b, err);
    if (st == REB_OK && renewed) st = reb_store_write(s, renew_work, &r, err);
    if (st == REB_OK) *out = r.out;
    return st;
}
