#include "case_reach.h"

#include <strings.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static const char *kept(reb_arena *a, const char *text) {
    return text == NULL || text[0] == '\0' ? "" : reb_arena_strdup(a, text);
}

reb_status reb_customer_reach_get(reb_case_reach *out, reb_store *s, reb_arena *a, int64_t customer_id, reb_err *err) {
    int64_t head_id = 0;
    bool found = false;
    *out = (reb_case_reach){.name = "", .email = ""};
    reb_status st = reb_get_i64(&head_id, &found, s, REB_SQL_ACT_HEAD, REB_ARGS(reb_i(customer_id)), err);
    if (st != REB_OK || !found) return st;
    reb_stmt *q = NULL;
    bool row = false;
    st = reb_query(&q, s, REB_SQL_CASE_LIST_NAMES, REB_ARGS(reb_i(head_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        out->name = kept(a, reb_col_text(q, 0));
        out->email = kept(a, reb_col_text(q, 1));
        if (out->name == NULL || out->email == NULL) st = no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_case_reach_get(reb_case_reach *out, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_state *state,
                              reb_err *err) {
    reb_case_person p;
    reb_case_reach known;
    bool found = false;
    *out = (reb_case_reach){.name = "", .email = ""};
    reb_status st = reb_case_person_get(&p, &found, s, a, key, err);
    if (st == REB_OK && found) *out = (reb_case_reach){.name = p.name, .email = p.email};
    if (st != REB_OK || state->anonymous || state->whom_id == 0 || (out->name[0] != '\0' && out->email[0] != '\0')) return st;
    st = reb_customer_reach_get(&known, s, a, state->whom_id, err);
    if (st != REB_OK) return st;
    bool theirs = out->email[0] == '\0' || strcasecmp(out->email, known.email) == 0;
    if (theirs && out->name[0] == '\0') out->name = known.name;
    if (out->email[0] == '\0') out->email = known.email;
    return REB_OK;
}
