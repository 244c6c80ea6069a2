#include "case_care.h"

#include "outbox.h"

#include <string.h>

/* --- erasing -------------------------------------------------------------------------------------------------------------------------- */

enum { PAGE = 200 };

/* The next keys of a query that gives customer_id and case_id; fewer than PAGE are the last. */
static reb_status read_keys(reb_case_key keys[PAGE], size_t *count, reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count,
                            reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, query, args, arg_count, err);
    while (st == REB_OK && *count < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row)
        keys[(*count)++] = (reb_case_key){.customer_id = reb_col_i64(q, 0), .case_id = reb_col_i64(q, 1)};
    reb_stmt_close(q);
    return st;
}

/* Erases one case's words; *any: there were some. */
static reb_status erase_one(bool *any, reb_store *s, const reb_case_key *key, int64_t now_us, reb_err *err) {
    static const reb_sql k_parts[] = {REB_SQL_CASE_ERASE_TEXTS, REB_SQL_CASE_ERASE_PERSON, REB_SQL_CASE_ERASE_PIECES,
                                      REB_SQL_CASE_ERASE_FILES, REB_SQL_LETTER_ERASE};
    reb_status st = REB_OK;
    *any = false;
    for (size_t i = 0; i < sizeof k_parts / sizeof k_parts[0] && st == REB_OK; i++) {
        int64_t n = 0;
        st = reb_exec(s, k_parts[i], REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), &n, err);
        *any = *any || n > 0;
    }
    if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_ERASE_KEYS, REB_ARGS(reb_i(key->case_id)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_ERASE_MAIL_FILES, REB_ARGS(reb_i(key->case_id)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_ERASE_MAIL_QUEUED, REB_ARGS(reb_i(key->case_id), reb_i(now_us)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_ERASE_MAIL_WORDS, REB_ARGS(reb_i(key->case_id), reb_i(now_us)), NULL, err);
    return st;
}

/* Erases all that a query finds; its arguments are one of the caller's, the id to go on after, and how many. */
static reb_status erase_found(int64_t *cases, reb_store *s, reb_sql query, reb_arg whose, int64_t now_us, reb_err *err) {
    reb_case_key keys[PAGE];
    size_t count = PAGE;
    int64_t after = 0;
    reb_status st = REB_OK;
    while (st == REB_OK && count == PAGE) {
        st = read_keys(keys, &count, s, query, REB_ARGS(whose, reb_i(after), reb_i(PAGE)), err);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            bool any = false;
            st = erase_one(&any, s, &keys[i], now_us, err);
            *cases += any;
            after = keys[i].case_id;
        }
    }
    return st;
}

reb_status reb_case_erase_of(int64_t *cases, reb_store *s, int64_t customer_id, int64_t now_us, reb_err *err) {
    reb_status st = erase_found(cases, s, REB_SQL_CASE_OF_CUSTOMER, reb_i(customer_id), now_us, err);
    return st == REB_OK ? reb_outbox_erase(s, customer_id, now_us, err) : st;
}

reb_status reb_case_erase_address(int64_t *cases, reb_store *s, const char *kind, const char *value, int64_t now_us, reb_err *err) {
    bool email = strcmp(kind, "email") == 0;
    reb_status st = erase_found(cases, s, email ? REB_SQL_CASE_OF_EMAIL : REB_SQL_CASE_OF_PHONE, reb_t(value), now_us, err);
    return st == REB_OK && email ? reb_outbox_erase_sender(s, value, err) : st;
}

typedef struct forgetting {
    const reb_case_key *key;
    int64_t now_us;
    bool any;
} forgetting;

static reb_status forget_one(reb_store *s, void *ctx, reb_err *err) {
    forgetting *f = ctx;
    return erase_one(&f->any, s, f->key, f->now_us, err);
}

reb_status reb_case_forget(int64_t *cases, reb_store *s, int64_t before_us, int64_t now_us, bool dry, reb_err *err) {
    reb_case_key keys[PAGE];
    size_t count = PAGE;
    int64_t after = 0;
    reb_status st = REB_OK;
    *cases = 0;
    while (st == REB_OK && count == PAGE) {
        st = read_keys(keys, &count, s, REB_SQL_CASE_SILENT, REB_ARGS(reb_i(before_us), reb_i(after), reb_i(PAGE)), err);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            forgetting f = {.key = &keys[i], .now_us = now_us};
            after = keys[i].case_id;
            if (!dry) st = reb_store_write(s, forget_one, &f, err);
            *cases += st == REB_OK;
        }
    }
    return st;
}

reb_status reb_case_numbers_of_head(int64_t *numbers, size_t *count, size_t most, reb_store *s, int64_t head_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_OF_HEAD, REB_ARGS(reb_i(head_id), reb_i((int64_t)most)), err);
    while (st == REB_OK && *count < most && (st = reb_step(q, &row, err)) == REB_OK && row) numbers[(*count)++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return st;
}

/* --- an import taken back ---------------------------------------------------------------------------------------------------------------
 */

reb_status reb_case_undo_batch(int64_t *removed, int64_t *kept, reb_store *s, int64_t batch_id, reb_err *err) {
    static const reb_sql k_drop[] = {REB_SQL_CASE_UNDO_TEXTS,  REB_SQL_CASE_UNDO_PERSONS, REB_SQL_CASE_UNDO_PIECES,
                                     REB_SQL_CASE_UNDO_FILES,  REB_SQL_CASE_UNDO_CLOCKS,  REB_SQL_CASE_UNDO_WARNED,
                                     REB_SQL_CASE_UNDO_STATES, REB_SQL_CASE_UNDO_KEYS,    REB_SQL_CASE_UNDO_NUMBERS};
    *removed = 0;
    *kept = 0;
    reb_status st = reb_get_i64(kept, NULL, s, REB_SQL_CASE_UNDO_KEPT, REB_ARGS(reb_i(batch_id)), err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_CASE_UNDO_KEEP, REB_ARGS(reb_i(batch_id)), NULL, err);
    if (st == REB_OK) st = reb_get_i64(removed, NULL, s, REB_SQL_CASE_UNDO_COUNT, REB_ARGS(reb_i(batch_id)), err);
    for (size_t i = 0; i < sizeof k_drop / sizeof k_drop[0] && st == REB_OK; i++)
        st = reb_exec(s, k_drop[i], REB_ARGS(reb_i(batch_id)), NULL, err);
    return st == REB_OK ? reb_exec(s, REB_SQL_CASE_UNDO_EVENTS, REB_ARGS(reb_i(batch_id)), NULL, err) : st;
}
