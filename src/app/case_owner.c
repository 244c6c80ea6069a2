#include "case_internal.h"

#include "../domain/identity.h"

enum { PAGE = 200 };

/* A case of nobody known, with the address that was told in it. */
typedef struct ownerless {
    int64_t number;
    const char *email, *phone;
} ownerless;

/* The one customer who has the address; 0: none, or several. */
static reb_status owner_of(int64_t *head_id, reb_store *s, const ownerless *c, reb_err *err) {
    int64_t heads[2];
    size_t count = 0;
    reb_status st = REB_OK;
    if (c->email[0] != '\0') st = reb_identity_heads(heads, &count, 2, s, "email", NULL, c->email, err);
    if (st == REB_OK && count == 0 && c->phone[0] != '\0') st = reb_identity_heads(heads, &count, 2, s, "phone", NULL, c->phone, err);
    *head_id = st == REB_OK && count == 1 ? heads[0] : 0;
    return st;
}

static reb_status read_page(ownerless page[PAGE], size_t *count, int64_t *after, reb_store *s, reb_arena *a, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_OWNERLESS, REB_ARGS(reb_i(*after), reb_i(PAGE)), err);
    while (st == REB_OK && *count < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row) {
        page[*count] = (ownerless){reb_col_i64(q, 0), reb_arena_strdup(a, reb_col_text(q, 2)), reb_arena_strdup(a, reb_col_text(q, 3))};
        *after = reb_col_i64(q, 1);
        (*count)++;
    }
    reb_stmt_close(q);
    return st == REB_OK && a->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}

reb_status reb_case_find_owners(int64_t *found, reb_store *s, const reb_case_by *by, reb_err *err) {
    ownerless page[PAGE];
    size_t count = PAGE;
    int64_t after = 0;
    reb_arena a = {0};
    reb_status st = REB_OK;
    *found = 0;
    while (st == REB_OK && count == PAGE) {
        reb_arena_reset(&a);
        st = read_page(page, &count, &after, s, &a, err);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            int64_t head_id = 0;
            reb_case_wrote wrote;
            st = owner_of(&head_id, s, &page[i], err);
            if (st != REB_OK || head_id == 0) continue;
            st = reb_case_identify(&wrote, s, by, page[i].number, head_id, err);
            *found += st == REB_OK;
        }
    }
    reb_arena_free(&a);
    return st;
}
