/* Finding customers and walking lists of them, page by page along an index. */
#include "customer_internal.h"

#include "../domain/customer.h"
#include "../domain/identity.h"
#include "../text/fold.h"
#include "../text/format.h"
#include "../text/phone.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_EXACT = 100, QUERY_MOST = 200, WORDS = 3, COUNTRY_TEXT = 3 };

static const char k_last_text[] = "\xF4\x8F\xBF\xBF"; /* U+10FFFF: after every other text */

reb_status reb_customer_no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

const char *reb_customer_copy(reb_arena *a, const char *text) {
    return text == NULL || *text == '\0' ? "" : reb_arena_strdup(a, text);
}

const char *reb_customer_label(reb_arena *a, int64_t id, const char *name, const char *email, const char *phone) {
    if (name != NULL && *name != '\0') return name;
    if (email != NULL && *email != '\0') return email;
    if (phone != NULL && *phone != '\0') return phone;
    return reb_arena_printf(a, "customer %" PRId64, id);
}

reb_status reb_customer_business(const reb_business **out, reb_business **owned, const reb_customer_ctx *c, reb_err *err) {
    *owned = NULL;
    *out = c->business;
    if (*out != NULL) return REB_OK;
    reb_status st = reb_business_load(owned, c->store, err);
    *out = *owned;
    return st;
}

const char *reb_customer_home_country(const reb_business *b) {
    static const struct {
        const char *zone, *country;
    } zones[] = {{"Europe/Athens", "GR"}, {"Asia/Nicosia", "CY"},    {"Europe/Berlin", "DE"},   {"Europe/Paris", "FR"},
                 {"Europe/Madrid", "ES"}, {"Europe/Rome", "IT"},     {"Europe/Lisbon", "PT"},   {"Europe/Vienna", "AT"},
                 {"Europe/Dublin", "IE"}, {"Europe/Helsinki", "FI"}, {"Europe/Brussels", "BE"}, {"Europe/Amsterdam", "NL"}};
    for (size_t i = 0; b->zone != NULL && i < sizeof zones / sizeof zones[0]; i++)
        if (strcmp(zones[i].zone, reb_zone_name(b->zone)) == 0) return zones[i].country;
    /* A currency that one country alone uses begins with that country's code (ISO 4217). */
    static const char *const known[] = {"GB", "US", "IR", "SA", "AE", "EG", "IQ", "JO", "KW", "QA", "BH", "OM", "MA", "TN", "DZ", "LY",
                                        "SY", "YE", "AF", "TR", "IN", "PK", "CA", "AU", "NZ", "JP", "CN", "CH", "SE", "NO", "DK", "PL",
                                        "CZ", "HU", "RO", "BG", "IL", "BR", "MX", "ZA", "RU", "UA", "SG", "HK", "KR", "LB", "SD"};
    for (size_t i = 0; b->currency_is_set && i < sizeof known / sizeof known[0]; i++)
        if (strncmp(known[i], b->currency, 2) == 0) return known[i];
    return "";
}

reb_status reb_customer_read_row(reb_customer_row *out, bool *found, const reb_customer_ctx *c, int64_t head_id, const char **name_fold,
                                 reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    reb_status st = reb_query(&q, c->store, REB_SQL_CUSTOMER_ROW, REB_ARGS(reb_i(head_id)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) {
        *out = (reb_customer_row){
            .customer_id = head_id,
            .kind = reb_customer_copy(c->arena, reb_col_text(q, 1)),
            .name = reb_customer_copy(c->arena, reb_col_text(q, 2)),
            .email = reb_customer_copy(c->arena, reb_col_text(q, 3)),
            .phone = reb_customer_copy(c->arena, reb_col_text(q, 4)),
            .language = reb_customer_copy(c->arena, reb_col_text(q, 5)),
            .country = reb_customer_copy(c->arena, reb_col_text(q, 6)),
            .order_count = reb_col_i64(q, 7),
            .purchase_day_count = reb_col_i64(q, 8),
            .bought = !reb_col_null(q, 10),
            .first_day = reb_col_i64(q, 9),
            .last_day = reb_col_i64(q, 10),
            .net_minor = reb_col_i64(q, 11),
            .last_spoken_us = reb_col_i64(q, 12),
            .scored = !reb_col_null(q, 13),
            .p_alive = reb_col_f64(q, 13),
            .value_minor = reb_format_minor(reb_col_f64(q, 14)),
            .at_stake_minor = reb_format_minor(reb_col_f64(q, 15)),
            .found_by = "",
        };
        if (name_fold != NULL) *name_fold = reb_customer_copy(c->arena, reb_col_text(q, 16));
        out->label = reb_customer_label(c->arena, head_id, out->name, out->email, out->phone);
        bool whole = out->kind != NULL && out->name != NULL && out->email != NULL && out->phone != NULL && out->language != NULL &&
                     out->country != NULL && out->label != NULL && (name_fold == NULL || *name_fold != NULL);
        if (!whole) st = reb_customer_no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

/* ---- pages ---- */

typedef struct page {
    const reb_customer_ctx *c;
    reb_customer_row *rows;
    size_t count;
    size_t limit; /* one more than asked for is never kept: has_more tells */
} page;

static reb_status page_open(page *p, const reb_customer_ctx *c, int64_t limit, reb_err *err) {
    if (limit < 0 || limit > REB_CUSTOMER_PAGE_MOST)
        return reb_fail(err, REB_E_USAGE, "A page has from 1 to %d customers.", REB_CUSTOMER_PAGE_MOST);
    *p = (page){.c = c, .limit = limit == 0 ? REB_CUSTOMER_PAGE : (size_t)limit};
    p->rows = reb_arena_zalloc(c->arena, p->limit, sizeof *p->rows);
    return p->rows != NULL ? REB_OK : reb_customer_no_memory(err);
}

static reb_status page_add(page *p, int64_t head_id, const char *found_by, reb_err *err) {
    bool found = false;
    reb_status st = reb_customer_read_row(&p->rows[p->count], &found, p->c, head_id, NULL, err);
    if (st == REB_OK && found) p->rows[p->count++].found_by = found_by;
    return st;
}

/* An empty page says whether there is anybody at all. */
static bool is_nobody(const reb_customer_ctx *c) {
    int64_t id = 0;
    bool found = true;
    return reb_get_i64(&id, &found, c->store, REB_SQL_CUSTOMER_ANYBODY, REB_NO_ARGS, NULL) == REB_OK && !found;
}

static void page_close(reb_customer_page *out, const page *p, const reb_business *b) {
    out->nobody = p->count == 0 && is_nobody(p->c);
    out->rows = p->rows;
    out->count = p->count;
    snprintf(out->currency, sizeof out->currency, "%s", b->currency);
    out->today = reb_business_day(b, reb_clock_now(p->c->clock));
}

static reb_status bad_cursor(reb_err *err) {
    reb_fail(err, REB_E_USAGE, "That is no place in this list, or its customer is gone.");
    reb_err_next(err, "Begin again without a cursor.");
    return REB_E_USAGE;
}

/* Cursor: a word for the list and the last customer told. Names stay out of it: it ends up in addresses and logs. */
static bool cursor_read(const char *cursor, char *list, int64_t *id) {
    int used = 0;
    return sscanf(cursor, "%c-%" SCNd64 "%n", list, id, &used) == 2 && cursor[used] == '\0' && *id >= 0;
}

typedef struct place {
    const char *name_fold;
    int64_t net_minor;
    int64_t last_day;
    double at_stake;
} place;

static reb_status read_place(place *out, const reb_customer_ctx *c, int64_t id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, c->store, REB_SQL_CUSTOMER_PLACE, REB_ARGS(reb_i(id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row)
        *out = (place){reb_customer_copy(c->arena, reb_col_text(q, 0)), reb_col_i64(q, 1), reb_col_i64(q, 2), reb_col_f64(q, 3)};
    reb_stmt_close(q);
    if (st == REB_OK && !row) return bad_cursor(err);
    if (st == REB_OK && out->name_fold == NULL) st = reb_customer_no_memory(err);
    return st;
}

/* ---- search ---- */

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
static reb_status walk_names(page *p, bool *more, const search *s, bool inside, const place *after, int64_t after_id, reb_err *err) {
    reb_stmt *q = NULL;
    /* Those told already as exact may come again here and are passed over. */
    int64_t want = (int64_t)(p->limit - p->count + s->exact_count + 1);
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
            st = page_add(p, id, "name", err);
        }
    }
    reb_stmt_close(q);
    return st;
}

static reb_status run_search(reb_customer_page *out, const search *s, int64_t limit, const char *cursor, reb_err *err) {
    page p;
    char list = 'e'; /* e: exact, p: begins so, i: inside */
    int64_t after_id = 0;
    place after = {.name_fold = ""};
    reb_status st = page_open(&p, s->c, limit, err);
    if (st == REB_OK && cursor != NULL && !cursor_read(cursor, &list, &after_id)) st = bad_cursor(err);
    if (st == REB_OK && strchr("epi", list) == NULL) st = bad_cursor(err);
    if (st == REB_OK && list != 'e' && after_id != 0) st = read_place(&after, s->c, after_id, err);
    if (st != REB_OK) return st;
    bool more = false;
    bool names = s->fold[0] != '\0' && !is_answered(s);
    if (list == 'e') {
        size_t i = 0;
        while (after_id != 0 && i < s->exact_count && s->exact[i].id != after_id) i++;
        if (after_id != 0) i++;
        for (; st == REB_OK && i < s->exact_count && p.count < p.limit; i++) st = page_add(&p, s->exact[i].id, s->exact[i].by, err);
        more = i < s->exact_count;
        if (!more) after_id = 0;
    }
    if (st == REB_OK && !more && list != 'i' && names) {
        if (list == 'e' && p.count == p.limit) {
            out->next = "p-0"; /* whether anybody follows shows on the next page */
            page_close(out, &p, s->b);
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
            page_close(out, &p, s->b);
            return REB_OK;
        }
        st = walk_names(&p, &more, s, true, &after, after_id, err);
    }
    if (st != REB_OK) return st;
    page_close(out, &p, s->b);
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
    if (st == REB_OK) st = search_open(s, c, b, query, true, err);
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

/* ---- lists ---- */

bool reb_customer_sort_from_name(reb_customer_sort *out, const char *name) {
    static const char *const names[] = {"name", "net", "stake", "last", "new"};
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        *out = (reb_customer_sort)i;
        return true;
    }
    return false;
}

static reb_status open_list(reb_stmt **q, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *f, int64_t today,
                            const place *after, int64_t after_id, int64_t limit, reb_err *err) {
    bool first = after == NULL;
    const char *kind = f->kind != NULL ? f->kind : "";
    const char *country = f->country != NULL ? f->country : "";
    const char *language = f->language != NULL ? f->language : "";
    int64_t by_last = f->silent_days > 0 ? 1 : 0;
    reb_arg args[10] = {
        reb_t(kind),           reb_t(country), reb_t(language), reb_i(f->least_net_minor), reb_i(by_last), reb_i(today - f->silent_days),
        reb_i(f->never_spoken)};
    int64_t from_id = first ? INT64_MAX : after_id;
    reb_sql query = REB_SQL_CUSTOMER_LIST_NAME;
    switch (sort) {
        case REB_SORT_NAME:
            args[7] = reb_t(first ? "" : after->name_fold);
            from_id = first ? INT64_MIN : after_id;
            break;
        case REB_SORT_NET:
            query = REB_SQL_CUSTOMER_LIST_NET;
            args[7] = reb_i(first ? INT64_MAX : after->net_minor);
            break;
        case REB_SORT_STAKE:
            query = REB_SQL_CUSTOMER_LIST_STAKE;
            args[7] = reb_f(first ? 1e308 : after->at_stake);
            break;
        case REB_SORT_LAST:
            query = REB_SQL_CUSTOMER_LIST_LAST;
            args[7] = reb_i(first ? INT64_MAX : after->last_day);
            break;
        case REB_SORT_NEW:
            args[7] = reb_i(from_id);
            args[8] = reb_i(limit);
            return reb_query(q, c->store, REB_SQL_CUSTOMER_LIST_NEW, args, 9, err);
    }
    args[8] = reb_i(from_id);
    args[9] = reb_i(limit);
    return reb_query(q, c->store, query, args, 10, err);
}

static reb_status run_list(reb_customer_page *out, const reb_customer_ctx *c, const reb_business *b, reb_customer_sort sort,
                           const reb_customer_filter *f, int64_t limit, const char *cursor, reb_err *err) {
    static const char letter[] = "nmslw"; /* by sort */
    page p;
    place after;
    int64_t after_id = 0;
    char list = letter[sort];
    int64_t today = reb_business_day(b, reb_clock_now(c->clock));
    reb_status st = page_open(&p, c, limit, err);
    if (st == REB_OK && cursor != NULL && (!cursor_read(cursor, &list, &after_id) || list != letter[sort])) st = bad_cursor(err);
    if (st == REB_OK && cursor != NULL) st = read_place(&after, c, after_id, err);
    if (st != REB_OK) return st;
    reb_stmt *q = NULL;
    bool more = false;
    st = open_list(&q, c, sort, f, today, cursor != NULL ? &after : NULL, after_id, (int64_t)p.limit + 1, err);
    while (st == REB_OK && !more) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        more = p.count == p.limit;
        if (!more) st = page_add(&p, reb_col_i64(q, 0), "", err);
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    page_close(out, &p, b);
    if (more) {
        out->next = reb_arena_printf(c->arena, "%c-%" PRId64, list, p.rows[p.count - 1].customer_id);
        if (out->next == NULL) st = reb_customer_no_memory(err);
    }
    return st;
}

reb_status reb_customer_list(reb_customer_page *out, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                             int64_t limit, const char *cursor, reb_err *err) {
    static const reb_customer_filter everybody = {.least_net_minor = INT64_MIN};
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    *out = (reb_customer_page){0};
    if (filter != NULL && filter->kind != NULL && *filter->kind != '\0' && strcmp(filter->kind, "person") != 0 &&
        strcmp(filter->kind, "organisation") != 0)
        return reb_fail(err, REB_E_USAGE, "The kind of a customer is person or organisation.");
    reb_status st = reb_customer_business(&b, &owned, c, err);
    if (st == REB_OK) st = run_list(out, c, b, sort, filter != NULL ? filter : &everybody, limit, cursor, err);
    reb_business_free(owned);
    return st;
}
