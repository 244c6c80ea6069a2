#include "case_internal.h"

#include "../text/fold.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* What comes from outside leaves room for what we do about it: nobody can write a case so full that it cannot be answered, decided or
 * closed. */
enum { EVENTS_MOST = 5000, EVENTS_RESERVED = 500 };

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static reb_status no_case(int64_t number, reb_err *err) {
    return reb_fail(err, REB_E_NOT_FOUND, "There is no case C-%" PRId64 ".", number);
}

/* --- reading -------------------------------------------------------------------------------------------------------------------------- */

typedef struct event_list {
    reb_case_event *at;
    int64_t count, room;
} event_list;

static reb_case_event *one_more(event_list *l, reb_arena *a) {
    if (l->count == l->room) {
        int64_t room = l->room == 0 ? 32 : 2 * l->room;
        reb_case_event *more = reb_arena_zalloc(a, (size_t)room, sizeof *more);
        if (more == NULL) return NULL;
        if (l->count > 0) memcpy(more, l->at, (size_t)l->count * sizeof *more);
        l->at = more;
        l->room = room;
    }
    return &l->at[l->count++];
}

static reb_status read_events(event_list *l, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_EVENT_LIST, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_case_event *e = one_more(l, a);
        if (e == NULL) {
            st = no_memory(err);
            break;
        }
        *e = (reb_case_event){.seq = reb_col_i64(q, 0),
                              .at_us = reb_col_i64(q, 2),
                              .recorded_us = reb_col_i64(q, 3),
                              .who = reb_arena_strdup(a, reb_col_text(q, 4)),
                              .word = reb_arena_strdup(a, reb_col_text(q, 5)),
                              .user_id = reb_col_i64(q, 6),
                              .other_id = reb_col_i64(q, 7),
                              .until_us = reb_col_i64(q, 8),
                              .data = reb_arena_strdup(a, reb_col_text(q, 9))};
        if (!reb_case_event_from_name(&e->kind, reb_col_text(q, 1)))
            st = reb_fail(err, REB_E_STORE, "Case %" PRId64 " holds an event \"%.40s\", which this program does not know.", key->case_id,
                          reb_col_text(q, 1));
    }
    reb_stmt_close(q);
    return st == REB_OK && a->failed ? no_memory(err) : st;
}

reb_status reb_case_events(const reb_case_event **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err) {
    event_list l = {0};
    reb_status st = read_events(&l, s, a, key, err);
    if (st == REB_OK && l.count == 0) st = reb_fail(err, REB_E_NOT_FOUND, "There is no such case.");
    *out = l.at;
    *count = l.count;
    return st;
}

reb_status reb_case_load(reb_case_state *out, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err) {
    const reb_case_event *events = NULL;
    int64_t count = 0;
    reb_status st = reb_case_events(&events, &count, s, a, key, err);
    return st == REB_OK ? reb_case_fold(out, a, events, count, err) : st;
}

reb_status reb_case_words_read(const reb_case_words **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key,
                               reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_case_words *list = NULL;
    int64_t room = 0;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_TEXT_LIST, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (*count == room) {
            room = room == 0 ? 16 : 2 * room;
            reb_case_words *more = reb_arena_zalloc(a, (size_t)room, sizeof *more);
            if (more == NULL) break;
            if (*count > 0) memcpy(more, list, (size_t)*count * sizeof *more);
            list = more;
        }
        list[(*count)++] = (reb_case_words){
            .at = reb_col_i64(q, 0), .part = reb_arena_strdup(a, reb_col_text(q, 1)), .body = reb_arena_strdup(a, reb_col_text(q, 2))};
    }
    reb_stmt_close(q);
    *out = list;
    return st == REB_OK && a->failed ? no_memory(err) : st;
}

reb_status reb_case_clocks_read(const reb_case_clock **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key,
                                reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_case_clock *list = NULL;
    int64_t room = 0;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_CLOCK_LIST, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (*count == room) {
            room = room == 0 ? 8 : 2 * room;
            reb_case_clock *more = reb_arena_zalloc(a, (size_t)room, sizeof *more);
            if (more == NULL) break;
            if (*count > 0) memcpy(more, list, (size_t)*count * sizeof *more);
            list = more;
        }
        reb_case_clock *c = &list[(*count)++];
        const char *state = reb_col_text(q, 2);
        *c = (reb_case_clock){.round = reb_col_i64(q, 1),
                              .started_us = reb_col_i64(q, 3),
                              .due_us = reb_col_i64(q, 4),
                              .warn_us = reb_col_i64(q, 5),
                              .paused_since_us = reb_col_i64(q, 6),
                              .ended_us = reb_col_i64(q, 7),
                              .calendar = reb_arena_strdup(a, reb_col_text(q, 8)),
                              .calendar_version = reb_col_i64(q, 9),
                              .target.amount = reb_col_i64(q, 11)};
        while (c->state < REB_CLOCK_STATES && strcmp(reb_clock_state_name(c->state), state) != 0) c->state++;
        if (c->state == REB_CLOCK_STATES || !reb_clock_kind_from_name(&c->kind, reb_col_text(q, 0)) ||
            !reb_clock_unit_from_name(&c->target.unit, reb_col_text(q, 10)))
            st = reb_fail(err, REB_E_STORE, "A clock of case %" PRId64 " is damaged. Derive it anew: rebound rebuild", key->case_id);
        c->target.kind = c->kind;
    }
    reb_stmt_close(q);
    *out = list;
    return st == REB_OK && a->failed ? no_memory(err) : st;
}

/* --- numbers -------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_case_find(reb_case_key *out, reb_store *s, int64_t number, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (reb_case_key){0};
    reb_status st = reb_query(&q, s, REB_SQL_CASE_NUMBER_GET, REB_ARGS(reb_i(number)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) *out = (reb_case_key){.customer_id = reb_col_i64(q, 0), .case_id = reb_col_i64(q, 1)};
    reb_stmt_close(q);
    return st == REB_OK && !row ? no_case(number, err) : st;
}

reb_status reb_case_number_of(int64_t *number, reb_store *s, int64_t case_id, reb_err *err) {
    bool found = false;
    return reb_get_i64(number, &found, s, REB_SQL_CASE_NUMBER_OF, REB_ARGS(reb_i(case_id)), err);
}

int64_t reb_case_number_read(const char *text) {
    char plain[64];
    size_t n = strlen(text);
    if (n >= sizeof plain) return 0;
    n = reb_digits_ascii(plain, text, n);
    size_t from = 0;
    while (from < n && (plain[from] == ' ' || plain[from] == '#')) from++;
    if (from < n && (plain[from] == 'C' || plain[from] == 'c')) from++;
    if (from < n && plain[from] == '-') from++;
    while (n > from && plain[n - 1] == ' ') n--;
    int64_t number = 0;
    if (n - from < 6 || n - from > 12) return 0;
    for (size_t i = from; i < n; i++) {
        if (plain[i] < '0' || plain[i] > '9') return 0;
        number = number * 10 + (plain[i] - '0');
    }
    return number >= 100000 ? number : 0;
}

void reb_case_number_text(char out[REB_CASE_NUMBER_TEXT], int64_t number) {
    snprintf(out, REB_CASE_NUMBER_TEXT, "C-%" PRId64, number);
}

/* Drawn from six digits; where that number is taken, from one digit more, and so on: so the more are taken, the more are longer, and a look
   at one tells nobody how many there are. */
static reb_status draw_number(int64_t *number, reb_store *s, int64_t case_id, int64_t holder_id, reb_err *err) {
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    uint32_t from = 100000;
    for (int attempt = 0; attempt < 40; attempt++) {
        int64_t drawn = (int64_t)from + randombytes_uniform(9 * from);
        int64_t changed = 0;
        reb_status st = reb_exec(s, REB_SQL_CASE_NUMBER_PUT, REB_ARGS(reb_i(drawn), reb_i(case_id), reb_i(holder_id)), &changed, err);
        if (st != REB_OK) return st;
        if (changed > 0) {
            *number = drawn;
            return REB_OK;
        }
        if (from < 100000000) from *= 10;
    }
    return reb_fail(err, REB_E_LIMIT, "No free number was found for the case.");
}

/* --- writing -------------------------------------------------------------------------------------------------------------------------- */

typedef struct appending {
    reb_case_state *out;
    reb_arena *arena;
    reb_case_key key;
    const reb_case_event *events;
    int64_t event_count;
    const reb_case_words *words;
    int64_t word_count;
    const reb_case_writing *w;
    /* of a new case */
    bool create;
    reb_ids *ids;
    int64_t number;
} appending;

static reb_status put_event(reb_store *s, const reb_case_key *key, const reb_case_event *e, int64_t batch_id, reb_err *err) {
    return reb_exec(s, REB_SQL_CASE_EVENT_PUT,
                    REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(e->seq), reb_t(reb_case_event_name(e->kind)),
                             reb_i(e->at_us), reb_i(e->recorded_us), reb_t(e->who), reb_t(e->word), reb_i(e->user_id), reb_i(e->other_id),
                             reb_i(e->until_us), reb_t(e->data), reb_i(batch_id)),
                    NULL, err);
}

static reb_status put_words(const appending *p, reb_store *s, int64_t first_seq, reb_err *err) {
    reb_status st = REB_OK;
    for (int64_t i = 0; i < p->word_count && st == REB_OK; i++) {
        const reb_case_words *w = &p->words[i];
        if (w->body == NULL || w->body[0] == '\0') continue;
        st = reb_exec(s, REB_SQL_CASE_TEXT_PUT,
                      REB_ARGS(reb_i(p->key.customer_id), reb_i(p->key.case_id), reb_i(first_seq + w->at), reb_t(w->part), reb_t(w->body)),
                      NULL, err);
    }
    return st;
}

static reb_status hold(const appending *p, reb_store *s, reb_err *err) {
    int64_t held = 0;
    reb_status st = reb_store_hold(s, "case", p->key.case_id, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_HOLD, REB_ARGS(reb_i(p->key.customer_id), reb_i(p->key.case_id)), &held, err);
    return st == REB_OK && held == 0 ? reb_fail(err, REB_E_NOT_FOUND, "There is no such case.") : st;
}

static bool from_outside(const appending *p) {
    const char *who = p->event_count > 0 && p->events[0].who != NULL ? p->events[0].who : "";
    return strcmp(who, "customer") == 0 || strcmp(who, "mail") == 0;
}

static reb_status append_work(reb_store *s, void *ctx, reb_err *err) {
    appending *p = ctx;
    event_list l = {0};
    reb_case_state state;
    reb_status st = REB_OK;
    if (p->create) {
        p->key.case_id = reb_id_next(p->ids);
        st = draw_number(&p->number, s, p->key.case_id, p->key.customer_id, err);
    } else {
        st = hold(p, s, err);
        if (st == REB_OK) st = read_events(&l, s, p->arena, &p->key, err);
    }
    int64_t most = from_outside(p) ? EVENTS_MOST - EVENTS_RESERVED : EVENTS_MOST;
    if (st == REB_OK && l.count + p->event_count > most) {
        reb_fail(err, REB_E_LIMIT, "A case holds at most %" PRId64 " events%s.", most, most < EVENTS_MOST ? " from outside" : "");
        reb_err_next(err, "Close it and go on in a new one.");
        reb_err_reason(err, "case_full");
        st = REB_E_LIMIT;
    }
    if (st == REB_OK) st = reb_case_fold(&state, p->arena, l.at, l.count, err);
    int64_t first_seq = l.count > 0 ? l.at[l.count - 1].seq + 1 : 1;
    for (int64_t i = 0; i < p->event_count && st == REB_OK; i++) {
        reb_case_event *e = one_more(&l, p->arena);
        if (e == NULL) return no_memory(err);
        *e = p->events[i];
        e->seq = first_seq + i;
        e->recorded_us = p->w->now_us;
        if (e->at_us == 0) e->at_us = p->w->now_us;
        if (e->at_us < state.last_us && p->w->batch_id == 0) e->at_us = state.last_us;
        if (e->who == NULL) e->who = "";
        if (e->word == NULL) e->word = "";
        if (p->create && i == 0) e->other_id = p->number;
        st = reb_case_may(&state, e, err);
        if (st == REB_OK) st = reb_case_fold(&state, p->arena, l.at, l.count, err);
        if (st == REB_OK) st = put_event(s, &p->key, e, p->w->batch_id, err);
    }
    if (st == REB_OK) st = put_words(p, s, first_seq, err);
    reb_case_derived d;
    bool differed;
    if (st == REB_OK) st = reb_case_reckon(&d, s, p->arena, p->w->business, p->w->rules, &state, l.at, l.count, err);
    if (st == REB_OK) st = reb_case_store(&differed, NULL, s, p->arena, &p->key, &d, true, err);
    if (st == REB_OK && p->out != NULL) *p->out = state;
    return st;
}

reb_status reb_case_append(reb_case_state *state, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_event *events,
                           int64_t event_count, const reb_case_words *words, int64_t word_count, const reb_case_writing *w, reb_err *err) {
    appending p = {.out = state,
                   .arena = a,
                   .key = *key,
                   .events = events,
                   .event_count = event_count,
                   .words = words,
                   .word_count = word_count,
                   .w = w};
    return reb_store_write(s, append_work, &p, err);
}

reb_status reb_case_create(reb_case_key *key, int64_t *number, reb_case_state *state, reb_store *s, reb_arena *a, reb_ids *ids,
                           int64_t customer_id, reb_case_event *events, int64_t event_count, const reb_case_words *words,
                           int64_t word_count, const reb_case_writing *w, reb_err *err) {
    if (event_count < 1 || events[0].kind != REB_CASE_OPENED) return reb_fail(err, REB_E_USAGE, "A case begins by being opened.");
    appending p = {.out = state,
                   .arena = a,
                   .key = {.customer_id = customer_id},
                   .events = events,
                   .event_count = event_count,
                   .words = words,
                   .word_count = word_count,
                   .w = w,
                   .create = true,
                   .ids = ids};
    reb_status st = reb_store_write(s, append_work, &p, err);
    if (st == REB_OK) {
        *key = p.key;
        *number = p.number;
        events[0].other_id = p.number;
    }
    return st;
}

/* --- who complains -------------------------------------------------------------------------------------------------------------------- */

static const char *or_empty(const char *s) {
    return s != NULL ? s : "";
}

reb_status reb_case_person_put(reb_store *s, const reb_case_key *key, const reb_case_person *p, reb_err *err) {
    return reb_exec(s, REB_SQL_CASE_PERSON_PUT,
                    REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_t(or_empty(p->name)), reb_t(or_empty(p->email)),
                             reb_t(or_empty(p->phone)), reb_t(or_empty(p->order_ref)), reb_i(p->text_hash)),
                    NULL, err);
}

reb_status reb_case_person_get(reb_case_person *out, bool *found, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    *out = (reb_case_person){.name = "", .email = "", .phone = "", .order_ref = ""};
    reb_status st = reb_query(&q, s, REB_SQL_CASE_PERSON_GET, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found)
        *out = (reb_case_person){.name = reb_arena_strdup(a, reb_col_text(q, 0)),
                                 .email = reb_arena_strdup(a, reb_col_text(q, 1)),
                                 .phone = reb_arena_strdup(a, reb_col_text(q, 2)),
                                 .order_ref = reb_arena_strdup(a, reb_col_text(q, 3)),
                                 .text_hash = reb_col_i64(q, 4)};
    reb_stmt_close(q);
    return st == REB_OK && a->failed ? no_memory(err) : st;
}
