/* Cases that may be the same complaint: the same words, customer or order, within a window. Suggested only. */
#include "case_internal.h"

#include "../domain/identity.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES = 60, EACH = 20, WINDOW_DAYS = 60, WORDS = 400, SHOWN = 10 };

typedef struct candidate {
    reb_case_key key;
    int64_t number, opened_us, whom_id;
    const char *state, *subject, *kind;
    bool same_words, alike_words, same_customer, same_order;
    int score;
} candidate;

typedef struct doubling {
    const reb_case_view_ctx *c;
    reb_case_key key;
    reb_case_state state;
    reb_case_person person;
    const char **words; /* of the complaint, folded and sorted, each once */
    size_t word_count;
    candidate list[CANDIDATES];
    size_t count;
} doubling;

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The folded words of a text that are longer than two letters. */
static size_t split(const char ***out, reb_arena *a, const char *text) {
    char *folded = reb_identity_fold(a, text);
    const char **list = reb_arena_zalloc(a, WORDS, sizeof *list);
    size_t n = 0;
    *out = list;
    if (folded == NULL || list == NULL) return 0;
    for (char *p = folded; *p != '\0' && n < WORDS;) {
        size_t len = strcspn(p, " .,;:!?()\"\n\t-/");
        bool end = p[len] == '\0';
        p[len] = '\0';
        if (len > 2) list[n++] = p;
        if (end) break;
        p += len + 1;
    }
    qsort(list, n, sizeof *list, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(list[i], list[kept - 1]) != 0) list[kept++] = list[i];
    return kept;
}

/* Part of the words that both have, of those that either has (Jaccard), in percent. */
static int64_t alike(const char *const *a, size_t na, const char *const *b, size_t nb) {
    size_t both = 0;
    for (size_t i = 0, k = 0; i < na && k < nb;) {
        int c = strcmp(a[i], b[k]);
        both += c == 0;
        i += c <= 0;
        k += c >= 0;
    }
    size_t either = na + nb - both;
    return either > 0 ? (int64_t)(100 * both / either) : 0;
}

static reb_status gather(doubling *d, reb_sql query, reb_arg what, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, d->c->store, query, REB_ARGS(what, reb_i(EACH)), err);
    while (st == REB_OK && d->count < CANDIDATES && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_case_key key = {.customer_id = reb_col_i64(q, 0), .case_id = reb_col_i64(q, 1)};
        bool known = key.case_id == d->key.case_id;
        for (size_t i = 0; i < d->count && !known; i++) known = d->list[i].key.case_id == key.case_id;
        if (!known) d->list[d->count++].key = key;
    }
    reb_stmt_close(q);
    return st;
}

static reb_status texts_of(const char **subject, const char **body, const doubling *d, const reb_case_key *key, reb_err *err) {
    const reb_case_words *words = NULL;
    int64_t count = 0;
    *subject = "";
    *body = "";
    reb_status st = reb_case_words_read(&words, &count, d->c->store, d->c->arena, key, err);
    for (int64_t i = 0; i < count && st == REB_OK && words[i].at == 1; i++) {
        if (strcmp(words[i].part, "subject") == 0) *subject = words[i].body;
        if (strcmp(words[i].part, "body") == 0) *body = words[i].body;
    }
    return st;
}

static reb_status weigh(doubling *d, candidate *x, reb_err *err) {
    reb_arena *a = d->c->arena;
    reb_case_state c;
    reb_case_person p;
    bool told = false;
    bool sees = false;
    const char *body = "";
    const char **words = NULL;
    reb_status st = reb_case_load(&c, d->c->store, a, &x->key, err);
    if (st == REB_OK) st = reb_case_person_get(&p, &told, d->c->store, a, &x->key, err);
    if (st == REB_OK) st = texts_of(&x->subject, &body, d, &x->key, err);
    if (st == REB_OK) st = reb_case_sees(&sees, d->c->store, d->c->sight, c.number, err);
    if (st != REB_OK) return st;
    int64_t apart_us = llabs(c.opened_us - d->state.opened_us);
    x->number = c.number;
    x->opened_us = c.opened_us;
    x->state = reb_case_stage_name(c.stage);
    x->score = 0;
    if (!sees || c.stage == REB_STAGE_MERGED || apart_us > WINDOW_DAYS * REB_US_PER_DAY) return REB_OK;
    size_t n = split(&words, a, body);
    x->same_words = told && p.text_hash != 0 && p.text_hash == d->person.text_hash;
    x->alike_words = !x->same_words && alike(d->words, d->word_count, words, n) >= 60;
    x->same_customer =
        (c.whom_id != 0 && c.whom_id == d->state.whom_id) || (told && ((p.email[0] != '\0' && strcmp(p.email, d->person.email) == 0) ||
                                                                       (p.phone[0] != '\0' && strcmp(p.phone, d->person.phone) == 0)));
    x->same_order = told && p.order_ref[0] != '\0' && strcmp(p.order_ref, d->person.order_ref) == 0;
    x->score = 3 * x->same_words + 2 * x->alike_words + 2 * x->same_order + x->same_customer;
    /* Somebody's two complaints of one day about one thing are as likely one. */
    if (x->same_customer && strcmp(c.kind, d->state.kind) == 0 && apart_us <= 7 * REB_US_PER_DAY) x->score++;
    return REB_OK;
}

static int by_score(const void *a, const void *b) {
    const candidate *x = a;
    const candidate *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    if (x->opened_us != y->opened_us) return x->opened_us < y->opened_us ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void write_out(reb_json *w, const doubling *d) {
    reb_json_obj(w);
    reb_json_key(w, "doubles");
    reb_json_arr(w);
    for (size_t i = 0; i < d->count && i < SHOWN; i++) {
        const candidate *x = &d->list[i];
        if (x->score < 2) break;
        reb_json_obj(w);
        reb_json_ki64(w, "number", x->number);
        reb_json_kstr(w, "state", x->state);
        reb_json_ktime(w, "opened_at", x->opened_us);
        reb_json_kstr(w, "subject", x->subject);
        reb_json_ki64(w, "score", x->score);
        reb_json_key(w, "why");
        reb_json_arr(w);
        if (x->same_words) reb_json_str(w, "same_words");
        if (x->alike_words) reb_json_str(w, "alike_words");
        if (x->same_customer) reb_json_str(w, "same_customer");
        if (x->same_order) reb_json_str(w, "same_order");
        reb_json_arr_end(w);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

reb_status reb_case_doubles_json(reb_json *w, const reb_case_view_ctx *c, int64_t number, reb_err *err) {
    doubling *d = reb_arena_zalloc(c->arena, 1, sizeof *d);
    bool told = false;
    const char *subject = "";
    const char *body = "";
    if (d == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    d->c = c;
    reb_status st = reb_case_find(&d->key, c->store, number, err);
    if (st == REB_OK) st = reb_case_load(&d->state, c->store, c->arena, &d->key, err);
    if (st == REB_OK) st = reb_case_person_get(&d->person, &told, c->store, c->arena, &d->key, err);
    if (st == REB_OK) st = texts_of(&subject, &body, d, &d->key, err);
    if (st == REB_OK) d->word_count = split(&d->words, c->arena, body);
    if (st == REB_OK && d->person.text_hash != 0) st = gather(d, REB_SQL_CASE_SAME_WORDS, reb_i(d->person.text_hash), err);
    if (st == REB_OK && d->person.order_ref[0] != '\0') st = gather(d, REB_SQL_CASE_SAME_ORDER, reb_t(d->person.order_ref), err);
    if (st == REB_OK && d->person.email[0] != '\0') st = gather(d, REB_SQL_CASE_SAME_EMAIL, reb_t(d->person.email), err);
    if (st == REB_OK && d->state.whom_id != 0) st = gather(d, REB_SQL_CASE_SAME_WHOM, reb_i(d->state.whom_id), err);
    for (size_t i = 0; i < d->count && st == REB_OK; i++) st = weigh(d, &d->list[i], err);
    if (st != REB_OK) return st;
    qsort(d->list, d->count, sizeof d->list[0], by_score);
    write_out(w, d);
    return c->arena->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}
