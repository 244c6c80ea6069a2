/* Who is asked answers within a stated time: reminded at half of it, passed on when it is over. All in the open time of the case's
 * calendar. */
#include "gesture_internal.h"

#include "../domain/outbox.h"
#include "../domain/work_calendar_store.h"
#include "../text/voice.h"
#include "tick.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

reb_status reb_gesture_open_add(int64_t *out_us, const reb_gesture_ctx *c, const reb_standard_kind *kind, int64_t from_us, int64_t minutes,
                                reb_err *err) {
    reb_work_calendar_history h;
    reb_status st = reb_work_calendars_load(&h, c->store, c->arena, c->business,
                                            kind != NULL && kind->calendar != NULL ? kind->calendar : REB_WORK_CALENDAR_MAIN, err);
    if (st != REB_OK) return st;
    const reb_work_calendar *calendar = reb_work_calendar_at(&h, INT64_MAX)->calendar;
    *out_us = reb_work_add(calendar, from_us, minutes * 60 * REB_US_PER_SECOND);
    /* A calendar that never opens must not keep anybody waiting for ever. */
    if (*out_us == INT64_MAX) *out_us = from_us + minutes * 60 * REB_US_PER_SECOND;
    return REB_OK;
}

reb_status reb_gesture_tell(const reb_gesture_ctx *c, const reb_gesture *g, const reb_gesture_person *p, const char *round, reb_err *err) {
    if (p->user_id == 0 || p->email == NULL || p->email[0] == '\0') return REB_OK;
    reb_locale locale = reb_business_locale(c->business);
    reb_language language;
    if (p->language[0] != '\0' && reb_language_find(&language, p->language)) locale.language = language;
    const reb_voice v = {.arena = c->arena, .locale = &locale};
    char number[REB_CASE_NUMBER_TEXT], key[80];
    reb_case_number_text(number, g->number);
    snprintf(key, sizeof key, "gesture:%" PRId64 ":%.30s:%" PRId64, g->gesture_id, round, p->user_id);
    int64_t day = reb_business_day(c->business, g->due_us);
    const char *value = reb_voice_money(&v, g->value_minor, g->currency, 0);
    const char *until = reb_say_gesture_mail_until(&v, .day = reb_voice_day(&v, day),
                                                   .time = reb_voice_time(&v, reb_zone_minute(c->business->zone, g->due_us)));
    const reb_outgoing mail = {.number = g->number,
                               .to = p->email,
                               .subject = reb_say_gesture_mail_subject(&v, .number = number),
                               .text = reb_say_gesture_mail_text(&v, .number = number, .until = until, .value = value),
                               .language = reb_language_code(locale.language),
                               .kind = "staff",
                               .key = key};
    int64_t id = 0;
    if (c->arena->failed) return reb_gesture_no_memory(err);
    return reb_outbox_add(&id, c->store, c->ids, &mail, c->now_us, err);
}

typedef struct ticking {
    reb_gesture_ctx c;
    reb_gesture g;
    bool changed;
} ticking;

static reb_status person_by_id(reb_gesture_person *out, const reb_gesture_ctx *c, int64_t user_id, reb_err *err) {
    reb_person p;
    bool found = false;
    *out = (reb_gesture_person){.name = "", .email = "", .language = ""};
    if (user_id == 0) return REB_OK;
    reb_status st = reb_person_get(&p, &found, c->store, user_id, err);
    if (st != REB_OK || !found || p.disabled_us != 0) return st;
    *out = (reb_gesture_person){.user_id = p.user_id,
                                .name = reb_arena_strdup(c->arena, p.name),
                                .email = reb_arena_strdup(c->arena, p.email),
                                .language = reb_arena_strdup(c->arena, p.language)};
    return out->name != NULL && out->email != NULL && out->language != NULL ? REB_OK : reb_gesture_no_memory(err);
}

static int64_t rank_of(const char *role) {
    for (int64_t i = 0; i < REB_GESTURE_RANKS; i++)
        if (strcmp(reb_gesture_ranks[i], role) == 0) return i;
    return REB_GESTURE_RANKS - 1;
}

/* The next in turn: others of the same rank, then those above, never who asked and never the one who has not answered. */
static reb_status next_person(reb_gesture_person *out, int64_t *rank, const ticking *t, reb_err *err) {
    int64_t skip = t->g.passed_on;
    for (*rank = rank_of(t->g.approver_role); *rank < REB_GESTURE_RANKS; (*rank)++) {
        for (int64_t nth = 0; nth < 100; nth++) {
            reb_status st = reb_gesture_person_of(out, t->c.store, t->c.arena, *rank, t->g.asker_id, "", nth, err);
            if (st != REB_OK) return st;
            if (out->user_id == 0) break;
            if (out->user_id == t->g.approver_id) continue;
            if (*rank == rank_of(t->g.approver_role) && skip-- > 0) continue;
            return REB_OK;
        }
    }
    return REB_OK;
}

static reb_status minutes_of(int64_t *minutes, const reb_standard_kind **kind, const ticking *t, reb_err *err) {
    reb_standard *s = NULL;
    reb_case_state state;
    reb_status st = reb_standard_get(&s, t->c.store, t->c.arena, t->g.standard_version, err);
    if (st == REB_OK) st = reb_case_load(&state, t->c.store, t->c.arena, &t->g.at, err);
    if (st != REB_OK) return st;
    *kind = reb_standard_kind_find(s, state.kind);
    *minutes = s->approval_minutes > 0 ? s->approval_minutes : 60;
    return REB_OK;
}

static reb_status pass_on(ticking *t, reb_store *s, reb_err *err) {
    reb_gesture_person next;
    const reb_standard_kind *kind = NULL;
    int64_t rank = 0, minutes = 0, changed = 0;
    reb_gesture *g = &t->g;
    reb_status st = next_person(&next, &rank, t, err);
    if (st == REB_OK) st = minutes_of(&minutes, &kind, t, err);
    /* Nobody else is there: it stays with whom it is, is told once more, and is shown as late. */
    bool stays = next.user_id == 0;
    if (st == REB_OK && stays) st = person_by_id(&next, &t->c, g->approver_id, err);
    if (st == REB_OK && stays && g->remind_us == 0) return REB_OK;
    if (st != REB_OK) return st;
    if (stays) {
        st = reb_exec(s, REB_SQL_GESTURE_REMINDED, REB_ARGS(reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->gesture_id)), &changed,
                      err);
    } else {
        g->approver_role = reb_gesture_ranks[rank];
        g->approver_id = next.user_id;
        st = reb_gesture_open_add(&g->due_us, &t->c, kind, t->c.now_us, minutes, err);
        if (st == REB_OK) st = reb_gesture_open_add(&g->remind_us, &t->c, kind, t->c.now_us, (minutes + 1) / 2, err);
        if (st == REB_OK)
            st = reb_exec(s, REB_SQL_GESTURE_PASS_ON,
                          REB_ARGS(reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->gesture_id), reb_i(g->approver_id),
                                   reb_t(g->approver_role), reb_i(g->due_us), reb_i(g->remind_us)),
                          &changed, err);
    }
    if (st == REB_OK && changed > 0) st = reb_gesture_tell(&t->c, g, &next, "passed", err);
    t->changed = changed > 0;
    return st;
}

static reb_status tick_work(reb_store *s, void *ctx, reb_err *err) {
    ticking *t = ctx;
    reb_gesture_person p;
    int64_t changed = 0, id = t->g.gesture_id;
    t->changed = false;
    reb_status st = reb_gesture_get(&t->g, s, t->c.arena, id, err);
    if (st != REB_OK || t->g.state != REB_GESTURE_ASKED) return st;
    if (t->g.due_us <= t->c.now_us) return pass_on(t, s, err);
    if (t->g.remind_us == 0 || t->g.remind_us > t->c.now_us) return REB_OK;
    st = reb_exec(s, REB_SQL_GESTURE_REMINDED, REB_ARGS(reb_i(t->g.at.customer_id), reb_i(t->g.at.case_id), reb_i(id)), &changed, err);
    if (st == REB_OK) st = person_by_id(&p, &t->c, t->g.approver_id, err);
    if (st == REB_OK && changed > 0) st = reb_gesture_tell(&t->c, &t->g, &p, "reminded", err);
    t->changed = changed > 0;
    return st;
}

reb_status reb_gesture_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    enum { MOST = 200 };
    reb_arena a = {0};
    reb_gestures asked;
    *did = 0;
    reb_status st = reb_gesture_house(did, s, &a, b, now_us, ids, err);
    if (st == REB_OK) st = reb_gestures_asked(&asked, s, &a, MOST, err);
    for (int64_t i = 0; st == REB_OK && i < asked.count; i++) {
        const reb_gesture *g = &asked.list[i];
        if (g->due_us > now_us && (g->remind_us == 0 || g->remind_us > now_us)) continue;
        ticking t = {.c = {.store = s, .arena = &a, .business = b, .ids = ids, .now_us = now_us, .who = "rule", .role = REB_ROLE_OWNER},
                     .g = *g};
        st = reb_store_write(s, tick_work, &t, err);
        if (st == REB_OK) *did += t.changed;
    }
    reb_arena_free(&a);
    return st;
}
