#include "act.h"

#include "../base/buf.h"
#include "../base/json.h"
#include "derive.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *reb_item_kind_name(reb_item_kind k) {
    switch (k) {
        case REB_ITEM_CALL: return "call";
        case REB_ITEM_FEEDBACK: return "feedback";
        case REB_ITEM_NEGLECTED: return "neglected";
        case REB_ITEM_WINBACK: return "winback";
        case REB_ITEM_KINDS: break;
    }
    return "";
}

bool reb_item_kind_from_name(reb_item_kind *out, const char *name) {
    for (int k = 0; k < REB_ITEM_KINDS; k++) {
        if (strcmp(name, reb_item_kind_name((reb_item_kind)k)) != 0) continue;
        *out = (reb_item_kind)k;
        return true;
    }
    return false;
}

const char *reb_act_kind_name(reb_act_kind a) {
    switch (a) {
        case REB_ACT_DONE: return "done";
        case REB_ACT_NOT_NOW: return "not_now";
        case REB_ACT_WRONG: break;
    }
    return "wrong";
}

/* --- codes --------------------------------------------------------------------------------------------------------------------- */

/* Crockford's base 32: no i, l, o, u, so that what is read aloud or typed from paper is not mistaken. */
static const char k_letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

void reb_item_code(char out[REB_ITEM_CODE], int64_t customer_id, reb_item_kind kind, int64_t episode) {
    int64_t what[3] = {customer_id, (int64_t)kind, episode};
    uint64_t h = reb_hash64(UINT64_C(0x7461646f79), what, sizeof what);
    int n = 0;
    /* The first is a letter: a code is never taken for a number. */
    out[n++] = k_letters[10 + h % 22];
    h /= 22;
    for (; n < 6; n++) {
        out[n] = k_letters[h % 32];
        h /= 32;
    }
    out[n] = '\0';
}

/* As a person may have typed it: capitals, o for 0, i and l for 1. False when it can be no code. */
static bool read_code(char out[REB_ITEM_CODE], const char *typed) {
    size_t n = 0;
    for (; typed[n] != '\0'; n++) {
        if (n >= 6) return false;
        char c = (char)tolower((unsigned char)typed[n]);
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        if (strchr(k_letters, c) == NULL) return false;
        out[n] = c;
    }
    out[n] = '\0';
    return n == 6;
}

/* item:CODE:KIND:EPISODE */
static bool read_item_ext(reb_item_kind *kind, int64_t *episode, const char *ext_id) {
    const char *p = ext_id != NULL ? strchr(ext_id, ':') : NULL;
    p = p != NULL ? strchr(p + 1, ':') : NULL;
    const char *end = p != NULL ? strchr(p + 1, ':') : NULL;
    if (end == NULL) return false;
    char name[24];
    snprintf(name, sizeof name, "%.*s", (int)(end - p - 1), p + 1);
    *episode = strtoll(end + 1, NULL, 10);
    return reb_item_kind_from_name(kind, name);
}

bool reb_item_ext_read(reb_item_kind *kind, int64_t *episode, const char *ext_id) {
    return read_item_ext(kind, episode, ext_id);
}

void reb_item_ext(char out[REB_ITEM_EXT], int64_t customer_id, reb_item_kind kind, int64_t episode) {
    char code[REB_ITEM_CODE];
    reb_item_code(code, customer_id, kind, episode);
    snprintf(out, REB_ITEM_EXT, "item:%s:%s:%" PRId64, code, reb_item_kind_name(kind), episode);
}

static reb_status no_item(const char *item, reb_err *err) {
    reb_fail(err, REB_E_NOT_FOUND, "There is no item \"%s\" among those shown so far.", item);
    reb_err_next(err, "rebound today lists the items with their codes.");
    return REB_E_NOT_FOUND;
}

reb_status reb_item_find(int64_t *customer_id, reb_item_kind *kind, int64_t *episode, reb_store *s, const char *item, reb_err *err) {
    char code[REB_ITEM_CODE];
    if (!read_code(code, item)) return no_item(item, err);
    char from[16];
    char to[16];
    snprintf(from, sizeof from, "item:%s:", code);
    snprintf(to, sizeof to, "item:%s;", code);
    reb_stmt *st = NULL;
    reb_status status = reb_query(&st, s, REB_SQL_ACT_ITEM_BY_CODE, REB_ARGS(reb_t(from), reb_t(to)), err);
    int found = 0;
    bool row = false;
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) {
        int64_t head = reb_col_i64(st, 0);
        if (found > 0 && head == *customer_id) continue;
        if (++found > 1) break;
        *customer_id = head;
        if (!read_item_ext(kind, episode, reb_col_text(st, 2)))
            status = reb_fail(err, REB_E_STORE, "The event of item \"%s\" is damaged.", item);
    }
    reb_stmt_close(st);
    if (status != REB_OK) return status;
    if (found == 0) return no_item(item, err);
    if (found > 1) {
        reb_fail(err, REB_E_CONFLICT, "The code \"%s\" stands for two customers.", item);
        reb_err_next(err, "Name the customer and the kind instead: rebound done CUSTOMER KIND");
        return REB_E_CONFLICT;
    }
    return REB_OK;
}

/* --- recording ------------------------------------------------------------------------------------------------------------------ */

typedef struct recording {
    reb_act_result *out;
    const reb_act *act;
    int64_t now_us;
    int64_t day;
    const reb_business *business;
    reb_ids *ids;
} recording;

static void act_data(reb_buf *b, const reb_act *a, const char *who) {
    reb_json w = {.out = b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "item_kind", reb_item_kind_name(a->kind));
    if (a->item != NULL && a->item[0] != '\0') reb_json_kstr(&w, "item", a->item);
    if (a->act == REB_ACT_NOT_NOW) reb_json_kday(&w, "until", a->until_day);
    if (a->why != NULL && a->why[0] != '\0') reb_json_kstr(&w, a->act == REB_ACT_DONE ? "note" : "why", a->why);
    if (who != NULL && who[0] != '\0') reb_json_kstr(&w, "who", who);
    reb_json_obj_end(&w);
}

enum { ACT_EXT = 64, MOST_TIMES = 1000 };

/* The same words on the same day are the same act: a button pressed twice counts once. What was taken back may be done again, under the
   next name. *event_id is the act that stands; 0: none, and `ext` is free. */
static reb_status find_known(char ext[ACT_EXT], int64_t *event_id, reb_store *s, const reb_act *a, int64_t head, int64_t day, uint64_t hash,
                             reb_err *err) {
    reb_status st = REB_OK;
    *event_id = 0;
    for (int time = 1; st == REB_OK; time++) {
        if (time > MOST_TIMES) return reb_fail(err, REB_E_LIMIT, "This was done and taken back %d times today.", MOST_TIMES);
        int n = snprintf(ext, ACT_EXT, "act:%" PRId64 ":%016" PRIx64, day, hash);
        if (time > 1) snprintf(ext + n, ACT_EXT - (size_t)n, ":%d", time);
        reb_stmt *q = NULL;
        bool row = false;
        st = reb_query(&q, s, REB_SQL_ACT_KNOWN, REB_ARGS(reb_t(ext), reb_t(reb_act_kind_name(a->act)), reb_i(head)), err);
        if (st == REB_OK) st = reb_step(q, &row, err);
        bool undone = row && !reb_col_null(q, 1);
        if (row && !undone) *event_id = reb_col_i64(q, 0);
        reb_stmt_close(q);
        if (!undone) break;
    }
    return st;
}

static reb_status record(reb_store *s, void *ctx, reb_err *err) {
    recording *r = ctx;
    const reb_act *a = r->act;
    int64_t head = 0;
    bool found = false;
    reb_status st = reb_get_i64(&head, &found, s, REB_SQL_ACT_HEAD, REB_ARGS(reb_i(a->customer_id)), err);
    if (st != REB_OK) return st;
    if (!found) return reb_fail(err, REB_E_NOT_FOUND, "There is no customer %" PRId64 ".", a->customer_id);
    reb_buf data = {0};
    act_data(&data, a, NULL);
    uint64_t hash = reb_hash64(0, reb_buf_cstr(&data), data.len);
    data.len = 0;
    act_data(&data, a, a->who);
    char ext[ACT_EXT];
    int64_t id = 0;
    st = data.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : find_known(ext, &id, s, a, head, r->day, hash, err);
    if (st != REB_OK || id != 0) {
        reb_buf_free(&data);
        *r->out = (reb_act_result){.event_id = id, .known = true};
        return st;
    }
    id = reb_id_next(r->ids);
    int64_t changed = 0;
    st = reb_exec(s, REB_SQL_ACT_INSERT,
                  REB_ARGS(reb_i(head), reb_i(id), reb_t(reb_act_kind_name(a->act)), reb_t(ext), reb_i(0), reb_i(r->now_us), reb_i(r->day),
                           reb_t(r->business->currency), reb_i((int64_t)hash), reb_t(reb_buf_cstr(&data)), reb_i(r->now_us)),
                  &changed, err);
    reb_buf_free(&data);
    if (st == REB_OK && changed > 0) st = reb_derive_customers(s, r->business, &head, 1, err); /* "last spoken" follows from it */
    *r->out = (reb_act_result){.event_id = changed > 0 ? id : 0, .known = changed == 0};
    return st;
}

reb_status reb_act_record(reb_act_result *out, reb_store *s, const reb_business *b, const reb_act *act, int64_t now_us, reb_ids *ids,
                          reb_err *err) {
    int64_t day = reb_business_day(b, now_us);
    bool reason = act->why != NULL && act->why[strspn(act->why, " \t\r\n")] != '\0';
    if (act->act != REB_ACT_DONE && !reason) {
        reb_fail(err, REB_E_USAGE, "A reason is needed: it is what makes the next list better.");
        reb_err_next(err, "Add --why \"...\"");
        return REB_E_USAGE;
    }
    if (act->act == REB_ACT_NOT_NOW && act->until_day <= day) {
        reb_fail(err, REB_E_USAGE, "\"Not now\" needs a day after today, on which the customer may come back on the list.");
        reb_err_next(err, "Add --until DATE, for example --until 2026-05-01");
        return REB_E_USAGE;
    }
    recording r = {.out = out, .act = act, .now_us = now_us, .day = day, .business = b, .ids = ids};
    return reb_store_write(s, record, &r, err);
}

void reb_act_json(reb_json *w, const reb_act *act, const reb_act_result *r) {
    reb_json_obj(w);
    reb_json_kstr(w, "act", reb_act_kind_name(act->act));
    reb_json_kid(w, "customer_id", act->customer_id);
    reb_json_kstr(w, "kind", reb_item_kind_name(act->kind));
    if (act->item[0] != '\0') reb_json_kstr(w, "item", act->item);
    if (act->act == REB_ACT_NOT_NOW) reb_json_kday(w, "until", act->until_day);
    reb_json_kbool(w, "known", r->known);
    if (r->event_id != 0) reb_json_kid(w, "event_id", r->event_id);
    reb_json_obj_end(w);
}
