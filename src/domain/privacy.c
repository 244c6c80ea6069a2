#include "privacy.h"

#include "../base/json.h"
#include "case_care.h"
#include "customer.h"
#include "derive.h"
#include "identity.h"
#include "note.h"
#include "outbox.h"
#include "survey.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char k_name[] = "erasure";

_Static_assert((int)REB_PRIVACY_KEY == (int)crypto_generichash_KEYBYTES, "the key of BLAKE2b");

reb_status reb_privacy_key_get(reb_privacy_key *out, bool *found, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *found = false;
    reb_status st = reb_query(&q, s, REB_SQL_PRIVACY_SECRET_GET, REB_ARGS(reb_t(k_name)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        size_t n = 0;
        const char *hex = reb_col_text(q, 0);
        *found = true;
        if (hex == NULL || sodium_hex2bin(out->bytes, sizeof out->bytes, hex, strlen(hex), NULL, &n, NULL) != 0 || n != sizeof out->bytes)
            st = reb_fail(err, REB_E_STORE, "The key of erased customers is damaged.");
    }
    reb_stmt_close(q);
    return st;
}

static reb_status make_key(reb_privacy_key *out, reb_store *s, reb_err *err) {
    char hex[REB_PRIVACY_KEY * 2 + 1];
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    randombytes_buf(out->bytes, sizeof out->bytes);
    sodium_bin2hex(hex, sizeof hex, out->bytes, sizeof out->bytes);
    return reb_exec(s, REB_SQL_PRIVACY_SECRET_PUT, REB_ARGS(reb_t(k_name), reb_t(hex)), NULL, err);
}

void reb_privacy_mark(char out[REB_PRIVACY_MARK], const reb_privacy_key *key, const char *kind, const char *source, const char *value) {
    crypto_generichash_state h;
    unsigned char hash[32];
    const char *const parts[] = {kind, source, value};
    crypto_generichash_init(&h, key->bytes, sizeof key->bytes, sizeof hash);
    for (size_t i = 0; i < 3; i++) crypto_generichash_update(&h, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
    crypto_generichash_final(&h, hash, sizeof hash);
    sodium_bin2hex(out, REB_PRIVACY_MARK, hash, sizeof hash);
}

/* --- erasing ---------------------------------------------------------------------------------------------------------------------------
 */

typedef struct erasing {
    reb_privacy_erased *out;
    const reb_business *b;
    int64_t customer_id;
    const char *reason, *who;
    int64_t now_us;
    reb_ids *ids;
    reb_privacy_key key;
    reb_arena arena; /* of one attempt */
    int64_t *members;
    size_t member_count;
} erasing;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static reb_status read_members(erasing *e, reb_store *s, int64_t head_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    size_t cap = 0;
    e->member_count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_MERGE_GROUP, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (e->member_count == cap) {
            cap = cap == 0 ? 16 : 2 * cap;
            int64_t *more = reb_arena_alloc(&e->arena, cap * sizeof *more);
            if (more == NULL) {
                st = no_memory(err);
                break;
            }
            if (e->member_count > 0) memcpy(more, e->members, e->member_count * sizeof *more);
            e->members = more;
        }
        e->members[e->member_count++] = reb_col_i64(q, 0);
    }
    reb_stmt_close(q);
    return st;
}

/* Is it by this that the customer is found again by an import? Names are, within their source, where nothing better was known. */
static bool tells_apart(const char *kind, const char *source) {
    return strcmp(kind, "name") != 0 || source[0] != '\0';
}

typedef struct marks {
    char (*list)[REB_PRIVACY_MARK];
    size_t count, cap;
} marks;

static reb_status mark_identities(erasing *e, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    marks m = {0};
    reb_status st = reb_query(&q, s, REB_SQL_PRIVACY_IDENTITIES, REB_ARGS(reb_i(customer_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *kind = reb_col_text(q, 0);
        const char *source = reb_col_text(q, 1);
        if (!tells_apart(kind, source)) continue;
        if (m.count == m.cap) {
            m.cap = m.cap == 0 ? 16 : 2 * m.cap;
            void *more = reb_arena_alloc(&e->arena, m.cap * sizeof *m.list);
            if (more == NULL) {
                st = no_memory(err);
                break;
            }
            if (m.count > 0) memcpy(more, m.list, m.count * sizeof *m.list);
            m.list = more;
        }
        reb_privacy_mark(m.list[m.count++], &e->key, kind, source, reb_col_text(q, 2));
    }
    reb_stmt_close(q);
    int64_t dropped = 0;
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PRIVACY_DROP_IDENTITIES, REB_ARGS(reb_i(customer_id)), &dropped, err);
    e->out->identities += dropped;
    for (size_t i = 0; i < m.count && st == REB_OK; i++) st = reb_identity_put(s, customer_id, "erased", "", m.list[i], "", 0, err);
    return st;
}

/* Of what other systems told nothing stays but the figures, and by when something was promised; of what was done by hand, that it was done,
   when and by whom. */
static const char *stripped(erasing *e, const char *source, const char *kind, const char *data, bool *failed) {
    static const char *const k_words[] = {"text", "note", "why", "subject", "body", "name", "reason"};
    if (strcmp(source, "rebound") != 0 && strcmp(kind, "promise") != 0) return NULL;
    cJSON *json = cJSON_Parse(data);
    if (!cJSON_IsObject(json)) {
        cJSON_Delete(json);
        return NULL;
    }
    for (size_t i = 0; i < sizeof k_words / sizeof k_words[0]; i++) cJSON_DeleteItemFromObjectCaseSensitive(json, k_words[i]);
    char *text = cJSON_PrintUnformatted(json);
    const char *kept = text != NULL ? reb_arena_strdup(&e->arena, text) : NULL;
    *failed = *failed || kept == NULL;
    cJSON_free(text);
    cJSON_Delete(json);
    return kept;
}

typedef struct event_list {
    int64_t *customer_id, *event_id;
    const char **data;
    size_t count, cap;
} event_list;

static bool add_event(event_list *l, reb_arena *a, int64_t customer_id, int64_t event_id, const char *data) {
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
        int64_t *c = reb_arena_alloc(a, cap * sizeof *c);
        int64_t *e = reb_arena_alloc(a, cap * sizeof *e);
        const char **d = reb_arena_alloc(a, cap * sizeof *d);
        if (c == NULL || e == NULL || d == NULL) return false;
        if (l->count > 0) {
            memcpy(c, l->customer_id, l->count * sizeof *c);
            memcpy(e, l->event_id, l->count * sizeof *e);
            memcpy(d, l->data, l->count * sizeof *d);
        }
        *l = (event_list){c, e, d, l->count, cap};
    }
    l->customer_id[l->count] = customer_id;
    l->event_id[l->count] = event_id;
    l->data[l->count++] = data;
    return true;
}

/* Gathers the events a query gives, with what stays of their words; `pairs` (may be NULL) gets the ext_ids of what speaks of two. */
static reb_status gather_events(erasing *e, event_list *l, event_list *pairs, reb_store *s, reb_sql query, const reb_arg *args,
                                size_t arg_count, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, query, args, arg_count, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        bool failed = false;
        const char *before = reb_col_text(q, 5);
        const char *kept = stripped(e, reb_col_text(q, 2), reb_col_text(q, 3), before, &failed);
        bool same = kept != NULL && strcmp(kept, before) == 0;
        if (!same) failed = failed || !add_event(l, &e->arena, reb_col_i64(q, 0), reb_col_i64(q, 1), kept);
        if (pairs != NULL && strcmp(reb_col_text(q, 3), "not_same") == 0) {
            const char *ext = reb_arena_strdup(&e->arena, reb_col_text(q, 4));
            failed = failed || ext == NULL || !add_event(pairs, &e->arena, reb_col_i64(q, 0), 0, ext);
        }
        if (failed) st = no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status erase_words(erasing *e, reb_store *s, int64_t customer_id, reb_err *err) {
    event_list l = {0};
    event_list pairs = {0};
    reb_status st = gather_events(e, &l, &pairs, s, REB_SQL_PRIVACY_EVENTS, REB_ARGS(reb_i(customer_id)), err);
    for (size_t i = 0; i < pairs.count && st == REB_OK; i++)
        st = gather_events(e, &l, NULL, s, REB_SQL_PRIVACY_OTHER_EVENTS, REB_ARGS(reb_t(pairs.data[i]), reb_i(customer_id)), err);
    enum { PART = 10000 };
    for (size_t from = 0; from < l.count && st == REB_OK; from += PART) {
        const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = l.customer_id + from},
                                      {.kind = REB_COL_I64, .i64 = l.event_id + from},
                                      {.kind = REB_COL_TEXT, .text = l.data + from}};
        st = reb_exec_many(s, REB_SQL_PRIVACY_EVENT_DATA, columns, 3, l.count - from < PART ? l.count - from : PART, NULL, NULL, NULL, err);
    }
    e->out->events += (int64_t)l.count;
    return st;
}

/* What came from their addresses while nobody knew that it was theirs. */
static reb_status erase_by_address(erasing *e, reb_store *s, int64_t customer_id, reb_err *err) {
    enum { MOST = 64 };
    const char *kind[MOST];
    const char *value[MOST];
    size_t count = 0;
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_PRIVACY_IDENTITIES, REB_ARGS(reb_i(customer_id)), err);
    while (st == REB_OK && count < MOST && (st = reb_step(q, &row, err)) == REB_OK && row) {
        bool email = strcmp(reb_col_text(q, 0), "email") == 0;
        if (!email && strcmp(reb_col_text(q, 0), "phone") != 0) continue;
        kind[count] = email ? "email" : "phone";
        value[count] = reb_arena_strdup(&e->arena, reb_col_text(q, 2));
        if (value[count++] == NULL) st = no_memory(err);
    }
    reb_stmt_close(q);
    for (size_t i = 0; i < count && st == REB_OK; i++) st = reb_case_erase_address(&e->out->events, s, kind[i], value[i], e->now_us, err);
    return st;
}

static reb_status erase_member(erasing *e, reb_store *s, int64_t customer_id, reb_err *err) {
    int64_t facts = 0;
    int64_t contacts = 0;
    reb_status st = erase_by_address(e, s, customer_id, err);
    if (st == REB_OK) st = mark_identities(e, s, customer_id, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PRIVACY_DROP_FACTS, REB_ARGS(reb_i(customer_id)), &facts, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PRIVACY_DROP_CONTACTS, REB_ARGS(reb_i(customer_id)), &contacts, err);
    if (st == REB_OK) st = erase_words(e, s, customer_id, err);
    if (st == REB_OK) st = reb_outbox_erase(s, customer_id, e->now_us, err);
    if (st == REB_OK) st = reb_case_erase_of(&e->out->events, s, customer_id, e->now_us, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PRIVACY_NOT_SAME, REB_ARGS(reb_i(customer_id)), NULL, err);
    if (st == REB_OK) st = reb_survey_erase(s, customer_id, err);
    e->out->facts += facts;
    e->out->contacts += contacts;
    return st;
}

/* That it was erased, when and why; and nobody may contact who is not known. */
static reb_status write_down(erasing *e, reb_store *s, int64_t head_id, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "cause", e->reason != NULL ? e->reason : "");
    if (e->who != NULL && e->who[0] != '\0') reb_json_kstr(&w, "who", e->who);
    reb_json_obj_end(&w);
    const reb_hand_event event = {.customer_id = head_id, .kind = "erased", .data = reb_buf_cstr(&b)};
    reb_status st = b.failed ? no_memory(err) : reb_hand_event_put(NULL, s, e->b, &event, e->now_us, e->ids, err);
    reb_buf_free(&b);
    if (st == REB_OK) st = reb_customer_fact_put(s, head_id, "consent:any:any", "no", e->now_us, err);
    return st;
}

static reb_status erase_work(reb_store *s, void *ctx, reb_err *err) {
    erasing *e = ctx;
    reb_customer_state state;
    int64_t erased_us = 0;
    bool found = false;
    reb_arena_reset(&e->arena);
    e->members = NULL;
    *e->out = (reb_privacy_erased){0};
    reb_status st = reb_customer_state_get(&state, s, e->customer_id, err);
    if (st == REB_OK) st = reb_privacy_key_get(&e->key, &found, s, err);
    if (st == REB_OK && !found) st = make_key(&e->key, s, err);
    if (st == REB_OK) st = read_members(e, s, state.head_id, err);
    if (st == REB_OK) st = reb_get_i64(&erased_us, &found, s, REB_SQL_PRIVACY_ERASED, REB_ARGS(reb_i(state.head_id)), err);
    for (size_t i = 0; i < e->member_count && st == REB_OK; i++) st = erase_member(e, s, e->members[i], err);
    if (st != REB_OK) return st;
    e->out->head_id = state.head_id;
    e->out->customers = (int64_t)e->member_count;
    /* Erased before, and nothing has come since but what says so. */
    e->out->known = erased_us != 0 && e->out->identities == 0 && e->out->contacts == 0 && e->out->events == 0 && e->out->facts <= 1;
    st = e->out->known ? reb_customer_fact_put(s, state.head_id, "consent:any:any", "no", e->now_us, err)
                       : write_down(e, s, state.head_id, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PRIVACY_FORGET_LOOKS, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PRIVACY_COUNT_UP, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_derive_customers(s, e->b, &state.head_id, 1, err);
    return st;
}

reb_status reb_privacy_erase(reb_privacy_erased *out, reb_store *s, const reb_business *b, int64_t customer_id, const char *reason,
                             const char *who, int64_t now_us, reb_ids *ids, reb_err *err) {
    erasing e = {.out = out, .b = b, .customer_id = customer_id, .reason = reason, .who = who, .now_us = now_us, .ids = ids};
    reb_status st = reb_store_write(s, erase_work, &e, err);
    reb_arena_free(&e.arena);
    sodium_memzero(&e.key, sizeof e.key);
    return st;
}
