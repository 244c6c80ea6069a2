/* Finding customers: by what only one can have, then by names. */
#include "customer_internal.h"

#include "../domain/customer.h"
#include "../domain/identity.h"
#include "../text/fold.h"
#include "../text/phone.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_EXACT = 100, QUERY_MOST = 200, WORDS = 3 };

static const char k_last_text[] = "\xF4\x8F\xBF\xBF"; /* U+10FFFF: after every other text */

typedef struct finding {
    int64_t id;
    const char *by;
} finding;

typedef struct search {
    const reb_customer_ctx *c;
    const reb_business *b;
    const char *raw;  /* as typed, trimmed */
    const char *fold; /* search form */
    const char *end;  /* just after every text that begins with `fold` */
    const char *word[WORDS];
    bool parts; /* look for parts of names too, of contacts and of those merged; else for identities alone */
    finding exact[MOST_EXACT];
    size_t exact_count;
} search;

static bool known_exact(const search *s, int64_t id) {
    for (size_t i = 0; i < s->exact_count; i++)
        if (s->exact[i].id == id) return true;
    return false;
}

static void add_exact(search *s, int64_t id, const char *by) {
    if (s->exact_count < MOST_EXACT && !known_exact(s, id)) s->exact[s->exact_count++] = (finding){id, by};
}

static reb_status add_found(search *s, reb_sql query, const reb_arg *args, size_t arg_count, const char *by, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s->c->store, query, args, arg_count, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) add_exact(s, reb_col_i64(q, 0), by);
    reb_stmt_close(q);
    return st;
}

static reb_status add_identity(search *s, const char *kind, const char *value, const char *by, reb_err *err) {
    return add_found(s, REB_SQL_IDENTITY_HEADS, REB_ARGS(reb_t(value), reb_t(kind), reb_i(MOST_EXACT)), by, err);
}

static size_t count_digits(const char *s) {
    size_t n = 0;
    for (size_t len = strlen(s), i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, s + i, len - i);
        if (reb_digit_value(cp) >= 0) n++;
    }
    return n;
}

static reb_status add_by_id(search *s, reb_err *err) {
    int64_t id = 0;
    int used = 0;
    if (sscanf(s->fold, "%18" SCNd64 "%n", &id, &used) != 1 || s->fold[used] != '\0') {
        if (sscanf(s->fold, "%19" SCNd64 "%n", &id, &used) != 1 || s->fold[used] != '\0') return REB_OK;
    }
    return add_found(s, REB_SQL_CUSTOMER_HEAD, REB_ARGS(reb_i(id)), "id", err);
}

/* Everything that only one or few customers can have. */
static reb_status find_exact(search *s, reb_err *err) {
    reb_status st = add_by_id(s, err);
    char email[REB_EMAIL_TEXT];
    size_t email_len = 0;
    bool at = strchr(s->raw, '@') != NULL;
    if (st == REB_OK && at && reb_email_parse(email, &email_len, s->raw, strlen(s->raw), NULL) == REB_OK)
        st = add_identity(s, "email", email, "email", err);
    if (st == REB_OK && at) { /* "sara@": an e-mail that begins so */
        const char *end = reb_arena_printf(s->c->arena, "%s%s", s->fold, k_last_text);
        if (end == NULL) return reb_customer_no_memory(err);
        st = add_found(s, REB_SQL_IDENTITY_HEADS_PREFIX, REB_ARGS(reb_t(s->fold), reb_t(end), reb_t("email"), reb_i(MOST_EXACT)), "email",
                       err);
    }
    reb_phone phone;
    if (st == REB_OK && count_digits(s->raw) >= 6 &&
        reb_phone_parse(&phone, s->raw, strlen(s->raw), reb_customer_home_country(s->b), NULL) == REB_OK)
        st = add_identity(s, "phone", phone.e164, "phone", err);
    if (st == REB_OK) st = add_identity(s, "external", s->raw, "external id", err);
    if (st == REB_OK && s->parts && s->fold[0] != '\0')
        st = add_found(s, REB_SQL_CUSTOMER_SEARCH_CONTACT,
                       REB_ARGS(reb_t(s->word[0]), reb_t(s->word[1]), reb_t(s->word[2]), reb_i(MOST_EXACT)), "contact", err);
    if (st == REB_OK && s->parts && s->fold[0] != '\0')
        st = add_found(s, REB_SQL_CUSTOMER_SEARCH_MERGED,
                       REB_ARGS(reb_t(s->word[0]), reb_t(s->word[1]), reb_t(s->word[2]), reb_i(MOST_EXACT)), "name", err);
    return st;
}

/* Asked for by id, e-mail or phone, and found so: names need not be walked. */
static bool is_answered(const search *s) {
    return s->exact_count > 0 &&
           (strcmp(s->exact[0].by, "id") == 0 || strcmp(s->exact[0].by, "email") == 0 || strcmp(s->exact[0].by, "phone") == 0);
}

/* Splits the folded query at spaces; the third piece keeps all that is left. */
static reb_status split_words(search *s, reb_err *err) {
    const char *rest = s->fold;
    for (size_t i = 0; i < WORDS; i++) {
        const char *space = i + 1 < WORDS ? strchr(rest, ' ') : NULL;
        size_t n = space != NULL ? (size_t)(space - rest) : strlen(rest);
        s->word[i] = reb_arena_strndup(s->c->arena, rest, n);
        if (s->word[i] == NULL) return reb_customer_no_memory(err);
        rest += n + (space != NULL ? 1 : 0);
    }
    return REB_OK;
}

static reb_status search_open(search *s, const reb_customer_ctx *c, const reb_business *b, const char *query, bool parts, reb_err *err) {
    *s = (search){.c = c, .b = b, .parts = parts};
    reb_status st = reb_customer_line(&s->raw, c->arena, query, QUERY_MOST, "question", err);
    if (st != REB_OK) return st;
    if (s->raw == NULL) return reb_fail(err, REB_E_USAGE, "Say what to find: a name, e-mail, phone or id.");
    s->fold = reb_identity_fold(c->arena, s->raw);
    if (s->fold == NULL) return reb_customer_no_memory(err);
    s->end = reb_arena_printf(c->arena, "%s%s", s->fold, k_last_text);
    if (s->end == NULL) return reb_customer_no_memory(err);
    st = split_words(s, err);
    return st == REB_OK ? find_exact(s, err) : st;
}

/* Fills the page from one of the two walks along names, after a place. *more: the page is full and somebody is left. */
static reb_status walk_names(reb_customer_pager *p, bool *more, const search *s, bool inside, const reb_customer_place *after,
                             int64_t after_id, reb_err *err) {
    reb_stmt *q = NULL;
    /* Those told already as exact may come again here and are passed over. */
    int64_t want = s->c->sight != NULL ? INT32_MAX : (int64_t)(p->limit - p->count + s->exact_count + 1);
    reb_status st = inside ? reb_query(&q, s->c->store, REB_SQL_CUSTOMER_SEARCH_INSIDE,
                                       REB_ARGS(reb_t(s->fold), reb_t(s->end), reb_t(after->name_fold), reb_i(after_id), reb_t(s->word[0]),
                                                reb_t(s->word[1]), reb_t(s->word[2]), reb_i(want)),
                                       err)
                           : reb_query(&q, s->c->store, REB_SQL_CUSTOMER_SEARCH_PREFIX,
                                       REB_ARGS(reb_t(s->fold), reb_t(s->end), reb_t(after->name_fold), reb_i(after_id), reb_i(want)), err);
    *more = false;
    while (st == REB_OK && !*more) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        int64_t id = reb_col_i64(q, 0);
        if (known_exact(s, id)) continue;
        if (p->count == p->limit) {
            *more = true;
        } else {
            st = reb_customer_page_add(p, id, "name", err);
        }
    }
    reb_stmt_close(q);
    return st;
}

static reb_status run_search(reb_customer_page *out, const search *s, int64_t limit, const char *cursor, reb_err *err) {
    reb_customer_pager p;
    char list = 'e'; /* e: exact, p: begins so, i: inside */
    int64_t after_id = 0;
    reb_customer_place after = {.name_fold = ""};
    reb_status st = reb_customer_page_open(&p, s->c, limit, err);
    if (st == REB_OK && cursor != NULL && !reb_customer_cursor_read(cursor, &list, &after_id)) st = reb_customer_bad_cursor(err);
    if (st == REB_OK && strchr("epi", list) == NULL) st = reb_customer_bad_cursor(err);
    if (st == REB_OK && list != 'e' && after_id != 0) st = reb_customer_read_place(&after, s->c, after_id, err);
    if (st != REB_OK) return st;
    bool more = false;
    bool names = s->fold[0] != '\0' && !is_answered(s);
    if (list == 'e') {
        size_t i = 0;
        while (after_id != 0 && i < s->exact_count && s->exact[i].id != after_id) i++;
        if (after_id != 0) i++;
        for (; st == REB_OK && i < s->exact_count && p.count < p.limit; i++)
            st = reb_customer_page_add(&p, s->exact[i].id, s->exact[i].by, err);
        more = i < s->exact_count;
        if (!more) after_id = 0;
    }
    if (st == REB_OK && !more && list != 'i' && names) {
        if (list == 'e' && p.count == p.limit) {
            out->next = "p-0"; /* whether anybody follows shows on the next page */
            reb_customer_page_close(out, &p, s->b);
            return REB_OK;
        }
        list = 'p';
        st = walk_names(&p, &more, s, false, &after, after_id, err);
        if (!more) {
            after_id = 0;
            after.name_fold = "";
        }
    }
    if (st == REB_OK && !more && list != 'e' && names) {
        bool full = list == 'p' && p.count == p.limit;
        list = 'i';
        if (full) {
            out->next = "i-0";
            reb_customer_page_close(out, &p, s->b);
            return REB_OK;
        }
        st = walk_names(&p, &more, s, true, &after, after_id, err);
    }
    if (st != REB_OK) return st;
    reb_customer_page_close(out, &p, s->b);
    if (more) {
        out->next = reb_arena_printf(s->c->arena, "%c-%" PRId64, list, p.rows[p.count - 1].customer_id);
        if (out->next == NULL) st = reb_customer_no_memory(err);
    }
    return st;
}

reb_status reb_customer_search(reb_customer_page *out, const reb_customer_ctx *c, const char *query, int64_t limit, const char *cursor,
                               reb_err *err) {
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    *out = (reb_customer_page){0};
    reb_status st = reb_customer_business(&b, &owned, c, err);
    search *s = reb_arena_alloc(c->arena, sizeof *s);
    if (st == REB_OK && s == NULL) st = reb_customer_no_memory(err);
    reb_customer_ctx own = *c;
    own.business = b;
    if (st == REB_OK) st = search_open(s, &own, b, query, true, err);
    if (st == REB_OK) st = run_search(out, s, limit, cursor, err);
    reb_business_free(owned);
    return st;
}

static reb_status several(const char *what, reb_err *err) {
    reb_fail(err, REB_E_CONFLICT, "More than one customer has that %s.", what);
    reb_err_next(err, "rebound customer find lists them; name the one by its id.");
    return REB_E_CONFLICT;
}

reb_status reb_customer_resolve(int64_t *customer_id, const reb_customer_ctx *c, const char *word, reb_err *err) {
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    search *s = reb_arena_alloc(c->arena, sizeof *s);
    *customer_id = 0;
    reb_status st = s == NULL ? reb_customer_no_memory(err) : reb_customer_business(&b, &owned, c, err);
    if (st == REB_OK) st = search_open(s, c, b, word, false, err);
    /* An identity counts before a name; a name must be the whole name. */
    static const char *const order[] = {"id", "email", "phone", "external id"};
    for (size_t k = 0; st == REB_OK && *customer_id == 0 && k < sizeof order / sizeof order[0]; k++) {
        for (size_t i = 0; i < s->exact_count; i++) {
            if (strcmp(s->exact[i].by, order[k]) != 0) continue;
            if (*customer_id != 0) {
                st = several(order[k], err);
                break;
            }
            *customer_id = s->exact[i].id;
        }
    }
    if (st == REB_OK && *customer_id == 0) {
        int64_t heads[2];
        size_t count = 0;
        st = reb_identity_heads(heads, &count, 2, c->store, "name", NULL, s->fold, err);
        if (st == REB_OK && count == 2) st = several("name", err);
        if (st == REB_OK && count == 1) *customer_id = heads[0];
    }
    if (st == REB_OK && *customer_id == 0) {
        st = reb_fail(err, REB_E_NOT_FOUND, "No customer has that id, e-mail, phone or whole name.");
        reb_err_next(err, "rebound customer find looks for parts of names.");
    }
    reb_business_free(owned);
    return st;
}
