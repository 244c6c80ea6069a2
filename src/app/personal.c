#include "personal.h"

#include "../domain/case_care.h"
#include "../domain/consent.h"
#include "../domain/customer.h"
#include "case.h"
#include "customer_internal.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How a column is written. */
typedef enum cell { C_ID, C_TEXT, C_INT, C_NUM, C_TIME, C_DAY, C_BATCH, C_JSON } cell;

typedef struct column {
    const char *name;
    cell kind;
} column;

static void write_cell(reb_json *w, reb_stmt *q, int at, const column *c) {
    if (reb_col_null(q, at) || (c->kind == C_BATCH && reb_col_i64(q, at) == 0)) {
        reb_json_knull(w, c->name);
        return;
    }
    switch (c->kind) {
        case C_ID:
        case C_BATCH: reb_json_kid(w, c->name, reb_col_i64(q, at)); break;
        case C_TEXT: reb_json_kstr(w, c->name, reb_col_text(q, at)); break;
        case C_INT: reb_json_ki64(w, c->name, reb_col_i64(q, at)); break;
        case C_NUM: reb_json_kf64(w, c->name, reb_col_f64(q, at)); break;
        case C_TIME: reb_json_ktime(w, c->name, reb_col_i64(q, at)); break;
        case C_DAY: reb_json_kday(w, c->name, reb_col_i64(q, at)); break;
        case C_JSON: {
            cJSON *v = cJSON_Parse(reb_col_text(q, at)); /* as stored; what is damaged is given as text */
            reb_json_key(w, c->name);
            if (v != NULL) {
                reb_json_raw(w, reb_col_text(q, at));
            } else {
                reb_json_str(w, reb_col_text(q, at));
            }
            cJSON_Delete(v);
            break;
        }
    }
}

typedef reb_status (*also)(reb_json *w, reb_stmt *q, const reb_customer_ctx *c, reb_err *err);

/* "NAME": [ {...}, ... ] from the rows of a query; `more` (may be NULL) adds members to each. */
static reb_status rows(reb_json *w, const char *name, const reb_customer_ctx *c, reb_sql query, int64_t id, const column *columns,
                       also more, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_json_key(w, name);
    reb_json_arr(w);
    reb_status st = reb_query(&q, c->store, query, REB_ARGS(reb_i(id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_json_obj(w);
        for (int i = 0; columns[i].name != NULL; i++) write_cell(w, q, i, &columns[i]);
        if (more != NULL) st = more(w, q, c, err);
        reb_json_obj_end(w);
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    return st;
}

static reb_status lines_of(reb_json *w, reb_stmt *event, const reb_customer_ctx *c, reb_err *err) {
    static const column k_lines[] = {{"line", C_INT},        {"sku", C_TEXT},         {"name", C_TEXT}, {"quantity_milli", C_INT},
                                     {"price_minor", C_INT}, {"amount_minor", C_INT}, {NULL, C_INT}};
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st =
        reb_query(&q, c->store, REB_SQL_PERSONAL_LINES, REB_ARGS(reb_i(reb_col_i64(event, 0)), reb_i(reb_col_i64(event, 1))), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        reb_json_key(w, "lines");
        reb_json_arr(w);
        while (st == REB_OK && row) {
            reb_json_obj(w);
            for (int i = 0; k_lines[i].name != NULL; i++) write_cell(w, q, i, &k_lines[i]);
            reb_json_obj_end(w);
            st = reb_step(q, &row, err);
        }
        reb_json_arr_end(w);
    }
    reb_stmt_close(q);
    return st;
}

typedef struct writing {
    reb_json *w;
    const reb_customer_ctx *c;
    int64_t customer_id;
} writing;

static reb_status estimate(reb_json *w, const reb_customer_ctx *c, int64_t head_id, reb_err *err) {
    static const column k_score[] = {{"fit_id", C_ID},
                                     {"repeat_purchases", C_NUM},
                                     {"recency_days", C_NUM},
                                     {"observed_days", C_NUM},
                                     {"p_alive", C_NUM},
                                     {"expected_purchases_year", C_NUM},
                                     {"spend_minor", C_NUM},
                                     {"margin_rate", C_NUM},
                                     {"value_minor", C_NUM},
                                     {"at_stake_minor", C_NUM},
                                     {NULL, C_NUM}};
    reb_stmt *q = NULL;
    bool row = false;
    reb_json_key(w, "estimate");
    reb_status st = reb_query(&q, c->store, REB_SQL_PERSONAL_SCORE, REB_ARGS(reb_i(head_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        reb_json_obj(w);
        for (int i = 0; k_score[i].name != NULL; i++) write_cell(w, q, i, &k_score[i]);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_stmt_close(q);
    return st;
}

/* The files that told of the customer: every one that is named by a row above. */
static reb_status sources(reb_json *w, const reb_customer_ctx *c, reb_err *err) {
    static const column k_batches[] = {{"batch_id", C_ID}, {"source", C_TEXT}, {"file_name", C_TEXT}, {"imported", C_TIME}, {NULL, C_INT}};
    reb_stmt *q = NULL;
    bool row = true;
    reb_json_key(w, "sources");
    reb_json_arr(w);
    reb_status st = reb_query(&q, c->store, REB_SQL_PERSONAL_BATCHES, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        char named[48];
        snprintf(named, sizeof named, "\"batch_id\":\"%" PRId64 "\"", reb_col_i64(q, 0));
        if (strstr(reb_buf_cstr(w->out), named) == NULL) continue;
        reb_json_obj(w);
        for (int i = 0; k_batches[i].name != NULL; i++) write_cell(w, q, i, &k_batches[i]);
        reb_json_obj_end(w);
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    return st;
}

/* Every case of theirs, as people of the business see it. */
static reb_status cases(reb_json *w, const reb_customer_ctx *c, int64_t head_id, reb_err *err) {
    enum { MOST = 10000 };
    size_t count = 0;
    int64_t *numbers = reb_arena_alloc(c->arena, MOST * sizeof *numbers);
    const reb_case_view_ctx v = {
        .store = c->store, .arena = c->arena, .business = c->business, .now_us = reb_clock_now(c->clock), .link_free = true};
    if (numbers == NULL) return reb_customer_no_memory(err);
    reb_status st = reb_case_numbers_of_head(numbers, &count, MOST, c->store, head_id, err);
    reb_json_key(w, "cases");
    reb_json_arr(w);
    for (size_t i = 0; i < count && st == REB_OK; i++) st = reb_case_json(w, &v, numbers[i], err);
    reb_json_arr_end(w);
    return st;
}

static const column k_customers[] = {{"customer_id", C_ID}, {"kind", C_TEXT},        {"merged_into", C_BATCH},
                                     {"batch_id", C_BATCH}, {"known_since", C_TIME}, {NULL, C_INT}};
static const column k_identities[] = {{"customer_id", C_ID},  {"kind", C_TEXT},        {"system", C_TEXT},    {"value", C_TEXT},
                                      {"as_written", C_TEXT}, {"contact_id", C_BATCH}, {"batch_id", C_BATCH}, {NULL, C_INT}};
static const column k_facts[] = {{"customer_id", C_ID}, {"fact", C_TEXT},      {"value", C_TEXT},
                                 {"told", C_TIME},      {"batch_id", C_BATCH}, {NULL, C_INT}};
static const column k_contacts[] = {{"customer_id", C_ID}, {"contact_id", C_ID},    {"name", C_TEXT}, {"role", C_TEXT},
                                    {"batch_id", C_BATCH}, {"known_since", C_TIME}, {NULL, C_INT}};
static const column k_pairs[] = {{"customer_id", C_ID}, {"other_id", C_ID}, {"who", C_TEXT},
                                 {"why", C_TEXT},       {"said", C_TIME},   {NULL, C_INT}};
static const column k_events[] = {{"customer_id", C_ID},   {"event_id", C_ID},          {"kind", C_TEXT},     {"system", C_TEXT},
                                  {"ext_id", C_TEXT},      {"about_event_id", C_BATCH}, {"at", C_TIME},       {"day", C_DAY},
                                  {"amount_minor", C_INT}, {"cost_minor", C_INT},       {"currency", C_TEXT}, {"data", C_JSON},
                                  {"batch_id", C_BATCH},   {"recorded", C_TIME},        {NULL, C_INT}};
static const column k_surveys[] = {{"invitation_id", C_ID}, {"kind", C_TEXT}, {"case_number", C_INT}, {"channel", C_TEXT},
                                   {"language", C_TEXT},    {"said", C_TIME}, {"score", C_INT},       {"text", C_TEXT},
                                   {"answered", C_TIME},    {NULL, C_INT}};
static const column k_days[] = {{"day", C_DAY}, {"orders", C_INT}, {"amount_minor", C_INT}, {NULL, C_INT}};

static reb_status write_all(reb_store *s, void *ctx, reb_err *err) {
    const writing *x = ctx;
    const reb_customer_ctx *c = x->c;
    reb_json *w = x->w;
    reb_customer_state state;
    reb_status st = reb_customer_state_get(&state, s, x->customer_id, err);
    if (st != REB_OK) return st;
    int64_t id = state.head_id;
    reb_json_obj(w);
    reb_json_kid(w, "customer_id", id);
    reb_json_ktime(w, "made", reb_clock_now(c->clock));
    reb_json_kstr(w, "currency", c->business->currency);
    st = rows(w, "customers", c, REB_SQL_PERSONAL_CUSTOMERS, id, k_customers, NULL, err);
    if (st == REB_OK) st = rows(w, "identities", c, REB_SQL_PERSONAL_IDENTITIES, id, k_identities, NULL, err);
    if (st == REB_OK) st = rows(w, "facts", c, REB_SQL_PERSONAL_FACTS, id, k_facts, NULL, err);
    if (st == REB_OK) st = rows(w, "contacts", c, REB_SQL_PERSONAL_CONTACTS, id, k_contacts, NULL, err);
    if (st == REB_OK) st = rows(w, "not_same", c, REB_SQL_PERSONAL_PAIRS, id, k_pairs, NULL, err);
    if (st == REB_OK) st = rows(w, "surveys", c, REB_SQL_SURVEY_OF_CUSTOMER, id, k_surveys, NULL, err);
    if (st == REB_OK) st = rows(w, "events", c, REB_SQL_PERSONAL_EVENTS, id, k_events, lines_of, err);
    if (st == REB_OK) st = rows(w, "purchase_days", c, REB_SQL_PERSONAL_DAYS, id, k_days, NULL, err);
    if (st == REB_OK) st = cases(w, c, id, err);
    if (st == REB_OK) st = estimate(w, c, id, err);
    if (st == REB_OK) st = sources(w, c, err);
    reb_json_obj_end(w);
    return st;
}

reb_status reb_personal_json(reb_json *w, const reb_customer_ctx *c, int64_t customer_id, reb_err *err) {
    reb_business *owned = NULL;
    reb_customer_ctx own = *c;
    writing x = {.w = w, .c = &own, .customer_id = customer_id};
    reb_status st = reb_customer_business(&own.business, &owned, c, err);
    if (st == REB_OK) st = reb_store_read(c->store, write_all, &x, err);
    if (st == REB_OK && w->out->failed) st = reb_customer_no_memory(err);
    reb_business_free(owned);
    return st;
}
