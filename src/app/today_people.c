#include "today_people.h"

#include "../base/rand.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void people_free(people *p) {
    free(p->slots);
    *p = (people){0};
}

static size_t place_of(const people *p, int64_t head) {
    size_t at = (size_t)reb_hash64(7, &head, sizeof head) & (p->room - 1);
    while (p->slots[at].head != 0 && p->slots[at].head != head) at = (at + 1) & (p->room - 1);
    return at;
}

const person *people_find(const people *p, int64_t head) {
    if (p->room == 0) return NULL;
    const person *slot = &p->slots[place_of(p, head)];
    return slot->head == head ? slot : NULL;
}

static reb_status grow(people *p, reb_err *err) {
    people bigger = {.room = p->room == 0 ? 1024 : p->room * 2, .count = p->count};
    bigger.slots = calloc(bigger.room, sizeof *bigger.slots);
    if (bigger.slots == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for what is on record.");
    for (size_t i = 0; i < p->room; i++)
        if (p->slots[i].head != 0) bigger.slots[place_of(&bigger, p->slots[i].head)] = p->slots[i];
    free(p->slots);
    *p = bigger;
    return REB_OK;
}

static reb_status reach(person **out, people *p, int64_t head, reb_err *err) {
    if (p->count * 2 >= p->room) {
        reb_status st = grow(p, err);
        if (st != REB_OK) return st;
    }
    *out = &p->slots[place_of(p, head)];
    if ((*out)->head == head) return REB_OK;
    p->count++;
    (*out)->head = head;
    (*out)->not_before_day = INT64_MIN;
    for (int k = 0; k < REB_ITEM_KINDS; k++) (*out)->drawn_day[k] = (*out)->done_day[k] = (*out)->wrong_day[k] = INT64_MIN;
    return REB_OK;
}

static reb_status read_items(people *p, reb_store *s, int64_t now_us, const reb_zone *zone, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_ACT_ITEMS, REB_ARGS(reb_i(now_us)), err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) {
        reb_item_kind kind = REB_ITEM_CALL;
        int64_t episode = 0;
        if (!reb_item_ext_read(&kind, &episode, reb_col_text(st, 4))) continue;
        person *who = NULL;
        status = reach(&who, p, reb_col_i64(st, 0), err);
        if (status != REB_OK) break;
        who->arm[kind] = strcmp(reb_col_text(st, 3), "held_out") == 0 ? ARM_HELD : ARM_SHOWN;
        who->episode[kind] = episode;
        who->drawn_day[kind] = reb_zone_day(zone, reb_col_i64(st, 5));
    }
    reb_stmt_close(st);
    return status;
}

/* An act's data: {"item_kind":"call","until":"2026-05-01",...} */
static void read_answer(person *who, const char *event_kind, int64_t day, const char *data) {
    cJSON *o = data != NULL ? cJSON_Parse(data) : NULL;
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(o, "item_kind");
    reb_item_kind kind = REB_ITEM_CALL;
    bool known = cJSON_IsString(name) && reb_item_kind_from_name(&kind, name->valuestring);
    if (strcmp(event_kind, "not_now") == 0) {
        const cJSON *until = cJSON_GetObjectItemCaseSensitive(o, "until");
        int y = 0;
        int m = 0;
        int d = 0;
        if (cJSON_IsString(until) && sscanf(until->valuestring, "%d-%d-%d", &y, &m, &d) == 3)
            who->not_before_day = reb_day_from_civil(y, m, d);
    } else if (known && strcmp(event_kind, "done") == 0) {
        who->done_day[kind] = day;
    } else if (known) {
        who->wrong_day[kind] = day;
    }
    cJSON_Delete(o);
}

static reb_status read_answers(people *p, reb_store *s, int64_t now_us, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_ACT_ANSWERS, REB_ARGS(reb_i(now_us)), err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) {
        person *who = NULL;
        status = reach(&who, p, reb_col_i64(st, 0), err);
        if (status == REB_OK) read_answer(who, reb_col_text(st, 1), reb_col_i64(st, 3), reb_col_text(st, 4));
    }
    reb_stmt_close(st);
    return status;
}

reb_status people_read(people *p, reb_store *s, int64_t now_us, const reb_zone *zone, reb_err *err) {
    people_free(p);
    reb_status st = read_items(p, s, now_us, zone, err);
    return st == REB_OK ? read_answers(p, s, now_us, err) : st;
}
