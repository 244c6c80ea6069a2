#include "today_contact.h"

#include "today_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool told(const char *text) {
    return text != NULL && text[0] != '\0';
}

static reb_status read_person(reb_today_contact *c, reb_store *s, reb_arena *arena, int64_t head, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_TODAY_PERSON, REB_ARGS(reb_i(head)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        c->name = reb_arena_strdup(arena, reb_col_text(q, 0));
        c->email = reb_arena_strdup(arena, reb_col_text(q, 1));
        c->phone = reb_arena_strdup(arena, reb_col_text(q, 2));
    }
    reb_stmt_close(q);
    return st;
}

/* The key, and a name for those who have none. */
static reb_status read_identities(reb_today_contact *c, reb_store *s, const reb_voice *voice, int64_t head, reb_err *err) {
    const char *external = NULL; /* as it was written */
    int best = 4;
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_TODAY_IDENTITIES, REB_ARGS(reb_i(head)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *kind = reb_col_text(q, 0);
        int rank = strcmp(kind, "external") == 0 ? 0 : strcmp(kind, "email") == 0 ? 1 : strcmp(kind, "phone") == 0 ? 2 : 3;
        if (rank >= best) continue;
        best = rank;
        c->key = reb_arena_printf(voice->arena, "%s/%s/%s", kind, reb_col_text(q, 1), reb_col_text(q, 2));
        if (rank == 0) external = reb_arena_strdup(voice->arena, reb_col_text(q, 3));
    }
    reb_stmt_close(q);
    const char *id = reb_arena_printf(voice->arena, "%" PRId64, head);
    if (c->key == NULL) c->key = id;
    if (!told(c->name))
        c->name = external != NULL ? reb_text_customer(voice, external)
                  : told(c->email) ? c->email
                  : told(c->phone) ? c->phone
                                   : reb_text_customer(voice, id);
    return st;
}

static reb_status read_consent(reb_today_contact *c, reb_store *s, int64_t head, reb_item_kind kind, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    char before[256] = "";
    reb_status st = reb_query(&q, s, REB_SQL_TODAY_CONSENT, REB_ARGS(reb_i(head), reb_i(now_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *fact = reb_col_text(q, 0);
        if (strcmp(fact, before) == 0) continue; /* an older word */
        snprintf(before, sizeof before, "%s", fact);
        c->closed |= reb_contact_closed(fact, reb_col_text(q, 1), kind);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_today_contact_read(reb_today_contact *c, reb_store *s, const reb_voice *voice, int64_t head, reb_item_kind kind,
                                  int64_t now_us, reb_err *err) {
    *c = (reb_today_contact){0};
    reb_status st = read_person(c, s, voice->arena, head, err);
    if (st == REB_OK) st = read_identities(c, s, voice, head, err);
    if (st == REB_OK) st = read_consent(c, s, head, kind, now_us, err);
    return st;
}

bool reb_today_reachable(const reb_today_contact *c) {
    if (!told(c->phone) && !told(c->email)) return c->closed != REB_WAY_ALL;
    return (told(c->phone) && !(c->closed & REB_WAY_PHONE)) || (told(c->email) && !(c->closed & REB_WAY_EMAIL));
}
