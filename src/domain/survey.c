#include "survey.h"

#include <inttypes.h>
#include <string.h>

typedef struct inviting {
    int64_t *invitation_id;
    char *token;
    reb_ids *ids;
    const reb_survey_ask *ask;
    int64_t now_us;
} inviting;

static reb_status invite(reb_store *s, void *ctx, reb_err *err) {
    const inviting *i = ctx;
    const reb_survey_ask *a = i->ask;
    int64_t id = reb_id_next(i->ids);
    reb_status st =
        reb_exec(s, REB_SQL_SURVEY_INSERT,
                 REB_ARGS(reb_i(a->customer_id), reb_i(id), reb_i(a->whom_id), reb_t(reb_survey_kind_name(a->kind)), reb_i(a->case_id),
                          reb_i(a->case_number), reb_t(a->channel), reb_t(a->language), reb_i(i->now_us), reb_t(a->who)),
                 NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_SURVEY_LINK_INSERT, REB_ARGS(reb_i(id), reb_i(a->customer_id)), NULL, err);
    if (st == REB_OK) st = reb_case_token_make(i->token, s, "survey", id, err);
    *i->invitation_id = id;
    return st;
}

reb_status reb_survey_invite(int64_t *invitation_id, char token[REB_CASE_TOKEN], reb_store *s, reb_ids *ids, const reb_survey_ask *a,
                             int64_t now_us, reb_err *err) {
    inviting i = {.invitation_id = invitation_id, .token = token, .ids = ids, .ask = a, .now_us = now_us};
    return reb_store_write(s, invite, &i, err);
}

reb_status reb_survey_find(reb_survey *out, bool *found, reb_store *s, reb_arena *a, const char *token, reb_err *err) {
    int64_t id = 0;
    int64_t holder_id = 0;
    reb_stmt *q = NULL;
    *found = false;
    reb_status st = reb_case_token_check(&id, s, "survey", token, err);
    if (st != REB_OK || id == 0) return st;
    st = reb_get_i64(&holder_id, found, s, REB_SQL_SURVEY_HOLDER, REB_ARGS(reb_i(id)), err);
    if (st != REB_OK || !*found) return st;
    st = reb_query(&q, s, REB_SQL_SURVEY_FIND, REB_ARGS(reb_i(holder_id), reb_i(id)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) {
        *out = (reb_survey){.invitation_id = id,
                            .customer_id = reb_col_i64(q, 0),
                            .whom_id = reb_col_i64(q, 1),
                            .case_id = reb_col_i64(q, 3),
                            .case_number = reb_col_i64(q, 4),
                            .language = reb_arena_strdup(a, reb_col_text(q, 5)),
                            .asked_us = reb_col_i64(q, 6),
                            .score = reb_col_i64(q, 7),
                            .comment = reb_arena_strdup(a, reb_col_text(q, 8)),
                            .answered_us = reb_col_i64(q, 9)};
        if (!reb_survey_kind_from_name(&out->kind, reb_col_text(q, 2))) st = reb_fail(err, REB_E_STORE, "A survey is of no kind.");
        if (st == REB_OK && a->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_survey_answer(reb_store *s, const reb_survey *v, int64_t score, const char *comment, int64_t now_us, reb_err *err) {
    if (!reb_survey_score_ok(v->kind, score))
        return reb_fail(err, REB_E_INPUT, "An answer to %s is a number from %" PRId64 " to %" PRId64 ".", reb_survey_kind_name(v->kind),
                        reb_survey_least(v->kind), reb_survey_most(v->kind));
    if (comment != NULL && strlen(comment) > REB_SURVEY_COMMENT)
        return reb_fail(err, REB_E_LIMIT, "A comment has at most %d bytes.", REB_SURVEY_COMMENT);
    const char *words = comment != NULL && comment[0] != '\0' ? comment : NULL;
    return reb_exec(s, REB_SQL_SURVEY_ANSWER,
                    REB_ARGS(reb_i(v->customer_id), reb_i(v->invitation_id), reb_i(score), reb_t(words), reb_i(now_us)), NULL, err);
}

reb_status reb_survey_count(reb_survey_figures out[REB_SURVEY_KINDS], reb_store *s, int64_t from_us, int64_t to_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    memset(out, 0, REB_SURVEY_KINDS * sizeof *out);
    reb_status st = reb_query(&q, s, REB_SQL_SURVEY_COUNTS, REB_ARGS(reb_i(from_us), reb_i(to_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_survey_kind k;
        int64_t score = reb_col_i64(q, 1);
        if (!reb_survey_kind_from_name(&k, reb_col_text(q, 0))) continue;
        out[k].asked += reb_col_i64(q, 2);
        if (!reb_survey_score_ok(k, score)) continue;
        out[k].answered += reb_col_i64(q, 2);
        out[k].counts[score] = reb_col_i64(q, 2);
    }
    reb_stmt_close(q);
    for (int k = 0; k < REB_SURVEY_KINDS; k++) {
        out[k].response = reb_share_of(out[k].answered, out[k].asked);
        out[k].figure = reb_survey_figure((reb_survey_kind)k, out[k].counts);
    }
    return st;
}

reb_status reb_survey_answers(reb_store *s, const char *kind, int64_t below, bool worded, int64_t most, reb_survey_each each, void *ctx,
                              reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st =
        reb_query(&q, s, REB_SQL_SURVEY_ANSWERS,
                  REB_ARGS(reb_t(kind != NULL ? kind : ""), reb_i(below > 0 ? below : INT64_MAX), reb_i(worded ? 1 : 0), reb_i(most)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_survey v = {.invitation_id = reb_col_i64(q, 0),
                        .customer_id = reb_col_i64(q, 1),
                        .whom_id = reb_col_i64(q, 2),
                        .case_number = reb_col_i64(q, 4),
                        .language = reb_col_text(q, 5),
                        .score = reb_col_i64(q, 6),
                        .comment = reb_col_text(q, 7),
                        .answered_us = reb_col_i64(q, 8)};
        if (reb_survey_kind_from_name(&v.kind, reb_col_text(q, 3))) st = each(&v, ctx, err);
        if (st != REB_OK) break;
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_survey_last_asked(int64_t *at_us, reb_store *s, int64_t whom_id, reb_err *err) {
    bool found;
    return reb_get_i64(at_us, &found, s, REB_SQL_SURVEY_LAST_ASKED, REB_ARGS(reb_i(whom_id)), err);
}

reb_status reb_survey_erase(reb_store *s, int64_t customer_id, reb_err *err) {
    reb_status st = reb_exec(s, REB_SQL_SURVEY_ERASE, REB_ARGS(reb_i(customer_id)), NULL, err);
    return st == REB_OK ? reb_exec(s, REB_SQL_SURVEY_ERASE_WHOM, REB_ARGS(reb_i(customer_id)), NULL, err) : st;
}
