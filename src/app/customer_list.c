/* Lists of customers, page by page: along an index where many fit, else by one look at everybody. */
#include "customer_internal.h"

#include "../domain/consent.h"
#include "../domain/keeper.h"
#include "../text/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
        const reb_customer_standing standing = {.purchase_days = out->purchase_day_count,
                                                .scored = out->scored,
                                                .p_alive = out->p_alive,
                                                .x = (double)reb_col_i64(q, 19),
                                                .recency_days = reb_col_f64(q, 20),
                                                .observed_days = reb_col_f64(q, 21)};
        if (c->business != NULL) out->stage = reb_customer_stage_of(&standing, reb_business_f64(c->business, REB_SETTING_DRIFT_RATIO));
        out->label = reb_customer_label(c->arena, head_id, out->name, out->email, out->phone);
        bool whole = out->kind != NULL && out->name != NULL && out->email != NULL && out->phone != NULL && out->language != NULL &&
                     out->country != NULL && out->label != NULL && (name_fold == NULL || *name_fold != NULL);
        if (!whole) st = reb_customer_no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

/* ---- pages ---- */

reb_status reb_customer_page_open(reb_customer_pager *p, const reb_customer_ctx *c, int64_t limit, reb_err *err) {
    if (limit < 0 || limit > REB_CUSTOMER_PAGE_MOST)
        return reb_fail(err, REB_E_USAGE, "A page has from 1 to %d customers.", REB_CUSTOMER_PAGE_MOST);
    *p = (reb_customer_pager){.c = c, .limit = limit == 0 ? REB_CUSTOMER_PAGE : (size_t)limit};
    p->rows = reb_arena_zalloc(c->arena, p->limit, sizeof *p->rows);
    return p->rows != NULL ? REB_OK : reb_customer_no_memory(err);
}

reb_status reb_customer_page_add(reb_customer_pager *p, int64_t head_id, const char *found_by, reb_err *err) {
    bool found = false;
    bool sees = false;
    reb_status st = reb_sight_sees(&sees, p->c->store, p->c->sight, head_id, err);
    if (st != REB_OK || !sees) return st;
    st = reb_customer_read_row(&p->rows[p->count], &found, p->c, head_id, NULL, err);
    if (st == REB_OK && found) p->rows[p->count++].found_by = found_by;
    return st;
}

/* An empty page says whether there is anybody at all. */
static bool is_nobody(const reb_customer_ctx *c) {
    int64_t id = 0;
    bool found = true;
    return reb_get_i64(&id, &found, c->store, REB_SQL_CUSTOMER_ANYBODY, REB_NO_ARGS, NULL) == REB_OK && !found;
}

void reb_customer_page_close(reb_customer_page *out, const reb_customer_pager *p, const reb_business *b) {
    out->nobody = p->count == 0 && is_nobody(p->c);
    out->rows = p->rows;
    out->count = p->count;
    snprintf(out->currency, sizeof out->currency, "%s", b->currency);
    out->today = reb_business_day(b, reb_clock_now(p->c->clock));
}

reb_status reb_customer_bad_cursor(reb_err *err) {
    reb_fail(err, REB_E_USAGE, "That is no place in this list, or its customer is gone.");
    reb_err_next(err, "Begin again without a cursor.");
    return REB_E_USAGE;
}

/* Cursor: a word for the list and the last customer told. Names stay out of it: it ends up in addresses and logs. */
bool reb_customer_cursor_read(const char *cursor, char *list, int64_t *id) {
    int used = 0;
    return sscanf(cursor, "%c-%" SCNd64 "%n", list, id, &used) == 2 && cursor[used] == '\0' && *id >= 0;
}

reb_status reb_customer_read_place(reb_customer_place *out, const reb_customer_ctx *c, int64_t id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, c->store, REB_SQL_CUSTOMER_PLACE, REB_ARGS(reb_i(id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row)
        *out = (reb_customer_place){.name_fold = reb_customer_copy(c->arena, reb_col_text(q, 0)),
                                    .net_minor = reb_col_i64(q, 1),
                                    .bought = !reb_col_null(q, 2),
                                    .last_day = reb_col_i64(q, 2),
                                    .scored = !reb_col_null(q, 3),
                                    .at_stake = reb_col_f64(q, 3),
                                    .p_alive = reb_col_f64(q, 4),
                                    .value = reb_col_f64(q, 5)};
    reb_stmt_close(q);
    if (st == REB_OK && !row) return reb_customer_bad_cursor(err);
    if (st == REB_OK && out->name_fold == NULL) st = reb_customer_no_memory(err);
    return st;
}

/* ---- lists ---- */

#define PLACE_NONE (-1e300)

enum { WALK_MOST = 4096, FACETS_MOST = 60 };

static const char *const k_sorts[] = {"name", "net", "stake", "last", "new", "alive", "value", "silent"};
static const char k_letters[] = "nmslwavq"; /* by sort, of cursors */

bool reb_customer_sort_from_name(reb_customer_sort *out, const char *name) {
    for (size_t i = 0; name != NULL && i < sizeof k_sorts / sizeof k_sorts[0]; i++) {
        if (strcmp(name, k_sorts[i]) != 0) continue;
        *out = (reb_customer_sort)i;
        return true;
    }
    return false;
}

typedef struct listing {
    const reb_customer_ctx *c;
    const reb_business *b;
    const reb_customer_filter *f;
    reb_customer_sort sort;
    int64_t today;
    bool first;
    reb_customer_place after;
    int64_t after_id;
    const char *consent[5]; /* what was said, and the facts that say it, the most exact first */
    reb_arg args[25];
    reb_customer_pager page;
    bool more;
    int64_t total;
} listing;

static const char *text_or_empty(const char *s) {
    return s != NULL ? s : "";
}

/* "marketing:email:yes" */
static reb_status read_consent(listing *l, reb_err *err) {
    const char *text = text_or_empty(l->f->consent);
    for (size_t i = 0; i < 5; i++) l->consent[i] = "";
    if (*text == '\0') return REB_OK;
    char purpose[32];
    char channel[32];
    char said[8];
    char fact[REB_CONSENT_TEXT];
    int used = 0;
    bool read = sscanf(text, "%31[a-z]:%31[a-z]:%7[a-z]%n", purpose, channel, said, &used) == 3 && text[used] == '\0' &&
                (strcmp(said, "yes") == 0 || strcmp(said, "no") == 0) && reb_consent_fact(fact, purpose, channel, NULL) == REB_OK;
    if (!read) {
        reb_fail(err, REB_E_USAGE, "Consent is asked for as PURPOSE:CHANNEL:yes or :no.");
        reb_err_next(err, "For example: marketing:email:yes");
        return REB_E_USAGE;
    }
    reb_arena *a = l->c->arena;
    l->consent[0] = reb_arena_strdup(a, said);
    l->consent[1] = reb_arena_strdup(a, fact);
    l->consent[2] = reb_arena_printf(a, "consent:%s:any", purpose);
    l->consent[3] = reb_arena_printf(a, "consent:any:%s", channel);
    l->consent[4] = "consent:any:any";
    for (size_t i = 0; i < 5; i++)
        if (l->consent[i] == NULL) return reb_customer_no_memory(err);
    return REB_OK;
}

static bool filter_is_plain(const reb_customer_filter *f) { /* what a walk knows to keep to */
    return text_or_empty(f->stage)[0] == '\0' && f->least_alive <= 0 && (f->most_alive <= 0 || f->most_alive >= 1) &&
           f->least_stake_minor <= 0 && f->most_stake_minor <= 0 && f->phone == 0 && f->email == 0 && text_or_empty(f->consent)[0] == '\0';
}

static bool filter_is_empty(const reb_customer_filter *f) {
    return filter_is_plain(f) && text_or_empty(f->kind)[0] == '\0' && text_or_empty(f->country)[0] == '\0' &&
           text_or_empty(f->language)[0] == '\0' && f->least_net_minor == INT64_MIN && f->silent_days <= 0 && !f->never_spoken;
}

static void common_args(listing *l) {
    const reb_customer_filter *f = l->f;
    l->args[0] = reb_t(text_or_empty(f->kind));
    l->args[1] = reb_t(text_or_empty(f->country));
    l->args[2] = reb_t(text_or_empty(f->language));
    l->args[3] = reb_i(f->least_net_minor);
    l->args[4] = reb_i(f->silent_days > 0 ? 1 : 0);
    l->args[5] = reb_i(l->today - f->silent_days);
    l->args[6] = reb_i(f->never_spoken ? 1 : 0);
}

/* Stage, probability, stake, phone and e-mail: eight arguments. */
static void more_args(reb_arg *a, const listing *l) {
    const reb_customer_filter *f = l->f;
    a[0] = reb_t(text_or_empty(f->stage));
    a[1] = reb_f(reb_business_f64(l->b, REB_SETTING_DRIFT_RATIO));
    a[2] = reb_f(f->least_alive);
    a[3] = reb_f(f->most_alive > 0 ? f->most_alive : 1);
    a[4] = reb_f((double)f->least_stake_minor);
    a[5] = reb_f(f->most_stake_minor > 0 ? (double)f->most_stake_minor : 1e300);
    a[6] = reb_i(f->phone);
    a[7] = reb_i(f->email);
}

/* Along an index, for as many customers as $11 says. */
static reb_status open_walk(reb_stmt **q, listing *l, int64_t limit, reb_err *err) {
    reb_arg *args = l->args;
    int64_t most = filter_is_empty(l->f) ? limit : WALK_MOST;
    int64_t from_id = l->first ? INT64_MAX : l->after_id;
    reb_sql query = REB_SQL_CUSTOMER_LIST_NAME;
    size_t count = 11;
    common_args(l);
    if (l->sort == REB_SORT_NEW) {
        args[7] = reb_i(from_id);
        args[8] = reb_i(limit);
        args[9] = reb_i(most);
        return reb_query(q, l->c->store, REB_SQL_CUSTOMER_LIST_NEW, args, 10, err);
    }
    if (l->sort == REB_SORT_NAME) {
        args[7] = reb_t(l->first ? "" : l->after.name_fold);
        from_id = l->first ? INT64_MIN : l->after_id;
    } else if (l->sort == REB_SORT_NET) {
        query = REB_SQL_CUSTOMER_LIST_NET;
        args[7] = reb_i(l->first ? INT64_MAX : l->after.net_minor);
    } else if (l->sort == REB_SORT_STAKE) {
        query = REB_SQL_CUSTOMER_LIST_STAKE;
        args[7] = reb_f(l->first ? 1e308 : l->after.at_stake);
        count = 19;
        more_args(args + 11, l);
    } else {
        query = REB_SQL_CUSTOMER_LIST_LAST;
        args[7] = reb_i(l->first ? INT64_MAX : l->after.last_day);
    }
    args[8] = reb_i(from_id);
    args[9] = reb_i(limit);
    args[10] = reb_i(most);
    return reb_query(q, l->c->store, query, args, count, err);
}

/* What a page is ordered by, of the last customer of the page before; who has none comes after all who have. */
static double place_number(const listing *l) {
    const reb_customer_place *a = &l->after;
    if (l->first) return 1e308;
    switch (l->sort) {
        case REB_SORT_NET: return (double)a->net_minor;
        case REB_SORT_LAST: return a->bought ? (double)a->last_day : PLACE_NONE;
        case REB_SORT_SILENT: return a->bought ? -(double)a->last_day : PLACE_NONE;
        case REB_SORT_STAKE: return a->scored ? a->at_stake : PLACE_NONE;
        case REB_SORT_ALIVE: return a->scored ? -a->p_alive : PLACE_NONE;
        case REB_SORT_VALUE: return a->scored ? a->value : PLACE_NONE;
        case REB_SORT_NAME:
        case REB_SORT_NEW: break;
    }
    return 0;
}

/* Everybody once. */
static reb_status open_scan(reb_stmt **q, listing *l, int64_t limit, reb_err *err) {
    reb_arg *a = l->args;
    common_args(l);
    more_args(a + 7, l);
    for (size_t i = 0; i < 5; i++) a[15 + i] = reb_t(l->consent[i]);
    a[20] = reb_t(k_sorts[l->sort]);
    a[21] = reb_t(l->first || l->sort != REB_SORT_NAME ? "" : l->after.name_fold);
    a[22] = reb_f(place_number(l));
    a[23] = reb_i(l->first ? (l->sort == REB_SORT_NAME ? INT64_MIN : INT64_MAX) : l->after_id);
    a[24] = reb_i(limit);
    return reb_query(q, l->c->store, REB_SQL_CUSTOMER_SCAN, a, 25, err);
}

static reb_status fill_page(listing *l, bool scan, reb_err *err) {
    reb_stmt *q = NULL;
    int64_t wanted = l->c->sight != NULL ? INT32_MAX : (int64_t)l->page.limit + 1; /* many may be passed over unseen */
    l->page.count = 0;
    l->more = false;
    reb_status st = scan ? open_scan(&q, l, wanted, err) : open_walk(&q, l, wanted, err);
    while (st == REB_OK && !l->more) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        if (scan) l->total = reb_col_i64(q, 1);
        l->more = l->page.count == l->page.limit;
        if (!l->more) st = reb_customer_page_add(&l->page, reb_col_i64(q, 0), "", err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status count_all(listing *l, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    l->first = true;
    l->total = 0;
    if (filter_is_empty(l->f)) return reb_get_i64(&l->total, NULL, l->c->store, REB_SQL_CUSTOMER_COUNT, REB_NO_ARGS, err);
    reb_status st = open_scan(&q, l, 1, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) l->total = reb_col_i64(q, 1);
    reb_stmt_close(q);
    return st;
}

static reb_status run_list(reb_customer_page *out, listing *l, int64_t limit, const char *cursor, bool count, reb_err *err) {
    char list = k_letters[l->sort];
    l->first = cursor == NULL;
    l->today = reb_business_day(l->b, reb_clock_now(l->c->clock));
    reb_status st = reb_customer_page_open(&l->page, l->c, limit, err);
    if (st == REB_OK) st = read_consent(l, err);
    if (st == REB_OK && cursor != NULL && (!reb_customer_cursor_read(cursor, &list, &l->after_id) || list != k_letters[l->sort]))
        st = reb_customer_bad_cursor(err);
    if (st == REB_OK && cursor != NULL) st = reb_customer_read_place(&l->after, l->c, l->after_id, err);
    if (st != REB_OK) return st;
    /* The walks by stake and by last purchase know only those who have them: who has none follows by the scan. */
    bool partial = l->sort == REB_SORT_STAKE || l->sort == REB_SORT_LAST;
    bool walkable =
        l->sort <= REB_SORT_NEW && (filter_is_plain(l->f) || (l->sort == REB_SORT_STAKE && text_or_empty(l->f->consent)[0] == '\0'));
    if (partial && ((!l->first && place_number(l) <= PLACE_NONE) || strcmp(text_or_empty(l->f->stage), "prospect") == 0)) walkable = false;
    if (l->c->sight != NULL) walkable = count = false; /* how many others there are is not told */
    l->total = -1;
    if (walkable) st = fill_page(l, false, err);
    /* Fewer than a page on the walk: it may have ended before the list did. */
    if (st == REB_OK && (!walkable || (!l->more && (partial || !filter_is_empty(l->f))))) st = fill_page(l, true, err);
    if (st == REB_OK && count && (l->total < 0 || l->page.count == 0)) st = count_all(l, err);
    if (st != REB_OK) return st;
    reb_customer_page_close(out, &l->page, l->b);
    out->total = count ? l->total : -1;
    if (l->more) {
        out->next = reb_arena_printf(l->c->arena, "%c-%" PRId64, list, l->page.rows[l->page.count - 1].customer_id);
        if (out->next == NULL) st = reb_customer_no_memory(err);
    }
    return st;
}

static reb_status check_filter(const reb_customer_filter *f, reb_err *err) {
    reb_customer_stage stage;
    const char *kind = text_or_empty(f->kind);
    if (*kind != '\0' && strcmp(kind, "person") != 0 && strcmp(kind, "organisation") != 0)
        return reb_fail(err, REB_E_USAGE, "The kind of a customer is person or organisation.");
    if (text_or_empty(f->stage)[0] != '\0' && !reb_customer_stage_from_name(&stage, f->stage))
        return reb_fail(err, REB_E_USAGE, "The stages are prospect, new, active, slowing and lost.");
    return REB_OK;
}

reb_status reb_customer_list_counted(reb_customer_page *out, const reb_customer_ctx *c, reb_customer_sort sort,
                                     const reb_customer_filter *filter, int64_t limit, const char *cursor, bool count, reb_err *err) {
    static const reb_customer_filter everybody = {.least_net_minor = INT64_MIN};
    reb_business *owned = NULL;
    listing l = {.c = c, .sort = sort, .f = filter != NULL ? filter : &everybody};
    *out = (reb_customer_page){.total = -1};
    reb_status st = check_filter(l.f, err);
    if (st == REB_OK) st = reb_customer_business(&l.b, &owned, c, err);
    reb_customer_ctx own = *c;
    own.business = l.b;
    l.c = &own;
    if (st == REB_OK) st = run_list(out, &l, limit, cursor, count, err);
    reb_business_free(owned);
    return st;
}

reb_status reb_customer_list(reb_customer_page *out, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                             int64_t limit, const char *cursor, reb_err *err) {
    return reb_customer_list_counted(out, c, sort, filter, limit, cursor, false, err);
}

/* ---- what there is to filter by ---- */

static reb_status read_facet(const reb_customer_facet **out, size_t *count, const reb_customer_ctx *c, reb_sql query, reb_arg arg,
                             reb_err *err) {
    reb_stmt *q = NULL;
    reb_customer_facet *all = reb_arena_zalloc(c->arena, FACETS_MOST, sizeof *all);
    *out = all;
    *count = 0;
    if (all == NULL) return reb_customer_no_memory(err);
    reb_status st = reb_query(&q, c->store, query, &arg, 1, err);
    while (st == REB_OK && *count < FACETS_MOST) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        all[*count] = (reb_customer_facet){reb_customer_copy(c->arena, reb_col_text(q, 0)), reb_col_i64(q, 1)};
        if (all[(*count)++].value == NULL) st = reb_customer_no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_customer_facets_read(reb_customer_facets *out, const reb_customer_ctx *c, reb_err *err) {
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    *out = (reb_customer_facets){0};
    reb_status st = reb_customer_business(&b, &owned, c, err);
    if (st == REB_OK) st = read_facet(&out->countries, &out->country_count, c, REB_SQL_CUSTOMER_COUNTRIES, reb_i(FACETS_MOST), err);
    if (st == REB_OK) st = read_facet(&out->languages, &out->language_count, c, REB_SQL_CUSTOMER_LANGUAGES, reb_i(FACETS_MOST), err);
    if (st == REB_OK)
        st = read_facet(&out->stages, &out->stage_count, c, REB_SQL_CUSTOMER_STAGES, reb_f(reb_business_f64(b, REB_SETTING_DRIFT_RATIO)),
                        err);
    for (size_t i = 0; i < out->stage_count; i++) out->total += out->stages[i].count;
    reb_business_free(owned);
    return st;
}
