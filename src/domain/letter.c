#include "letter.h"

#include "../text/utf8.h"

#include <string.h>

static const char *const k_state[REB_LETTER_STATES] = {
    [REB_LETTER_DRAFT] = "draft", [REB_LETTER_SENT] = "sent", [REB_LETTER_PRINTED] = "printed"};

const char *reb_letter_state_name(reb_letter_state s) {
    return k_state[s];
}

static reb_letter_state state_of(const char *name) {
    for (int i = 0; i < REB_LETTER_STATES; i++)
        if (name != NULL && strcmp(k_state[i], name) == 0) return (reb_letter_state)i;
    return REB_LETTER_PRINTED; /* what is not known is not a draft that could be changed */
}

static const char *text_at(reb_arena *a, reb_stmt *q, int column) {
    const char *t = reb_col_text(q, column);
    return reb_arena_strdup(a, t != NULL ? t : "");
}

reb_status reb_letter_list(reb_letter **out, size_t *count, reb_store *s, reb_arena *a, const reb_case_key *key, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *count = 0;
    *out = reb_arena_zalloc(a, REB_LETTERS_MOST, sizeof **out);
    if (*out == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_query(&q, s, REB_SQL_LETTER_LIST, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    while (st == REB_OK && *count < REB_LETTERS_MOST && (st = reb_step(q, &row, err)) == REB_OK && row) {
        (*out)[(*count)++] = (reb_letter){.letter_id = reb_col_i64(q, 0),
                                          .state = state_of(reb_col_text(q, 1)),
                                          .outcome = text_at(a, q, 2),
                                          .decided_seq = reb_col_i64(q, 3),
                                          .language = text_at(a, q, 4),
                                          .recipient = text_at(a, q, 5),
                                          .subject = text_at(a, q, 6),
                                          .body = text_at(a, q, 7),
                                          .created_us = reb_col_i64(q, 8),
                                          .created_by = text_at(a, q, 9),
                                          .changed_us = reb_col_i64(q, 10),
                                          .changed_by = text_at(a, q, 11),
                                          .told_us = reb_col_i64(q, 12),
                                          .outbox_id = reb_col_i64(q, 13)};
        if (a->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_letter_get(reb_letter *out, reb_store *s, reb_arena *a, const reb_case_key *key, int64_t letter_id, reb_err *err) {
    reb_letter *list = NULL;
    size_t n = 0;
    reb_status st = reb_letter_list(&list, &n, s, a, key, err);
    for (size_t i = 0; st == REB_OK && i < n; i++)
        if (list[i].letter_id == letter_id) {
            *out = list[i];
            return REB_OK;
        }
    return st == REB_OK ? reb_fail(err, REB_E_NOT_FOUND, "This case has no such letter.") : st;
}

static reb_status check(const char *text, size_t most, bool lines, bool must, const char *what, reb_err *err) {
    size_t n = strlen(text);
    if (n > most) return reb_fail(err, REB_E_INPUT, "The letter's %s is too long: at most %zu bytes.", what, most);
    if (!reb_utf8_valid(text, n, NULL)) return reb_fail(err, REB_E_INPUT, "The letter's %s is not valid UTF-8.", what);
    for (const char *p = text; *p != '\0'; p++)
        if (((unsigned char)*p < 0x20 && !(lines && *p == '\n')) || *p == 0x7f)
            return reb_fail(err, REB_E_INPUT, "The letter's %s holds a character that is no part of text.", what);
    if (must && text[strspn(text, " \n")] == '\0') return reb_fail(err, REB_E_INPUT, "The letter needs a %s.", what);
    return REB_OK;
}

reb_status reb_letter_put(reb_store *s, const reb_case_key *key, const reb_letter *l, reb_err *err) {
    reb_status st = check(l->recipient, REB_LETTER_RECIPIENT_MOST, true, false, "recipient", err);
    if (st == REB_OK) st = check(l->subject, REB_LETTER_LINE_MOST, false, true, "subject", err);
    if (st == REB_OK) st = check(l->body, REB_LETTER_BODY_MOST, true, true, "body", err);
    if (st != REB_OK) return st;
    return reb_exec(s, REB_SQL_LETTER_PUT,
                    REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(l->letter_id), reb_t(k_state[l->state]), reb_t(l->outcome),
                             reb_i(l->decided_seq), reb_t(l->language), reb_t(l->recipient), reb_t(l->subject), reb_t(l->body),
                             reb_i(l->created_us), reb_t(l->created_by), reb_i(l->changed_us), reb_t(l->changed_by), reb_i(l->told_us),
                             reb_i(l->outbox_id)),
                    NULL, err);
}

reb_status reb_letter_drop(bool *dropped, reb_store *s, const reb_case_key *key, int64_t letter_id, reb_err *err) {
    int64_t changed = 0;
    reb_status st =
        reb_exec(s, REB_SQL_LETTER_DROP, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(letter_id)), &changed, err);
    *dropped = changed > 0;
    return st;
}
