/* Lists of cases, page by page. Without a search, and for who sees everything, a page is one query along its order; else all that fit are
   looked at one by one, up to WALK_MOST of them. */
#include "case_list.h"

#include "../domain/keeper.h"
#include "../domain/person.h"
#include "../text/fold.h"
#include "../text/format.h"
#include "../text/utf8.h"
#include "case_list_internal.h"
#include "customer_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WALK_MOST = 50000, HEADS_MOST = 50, MEMBERS_MOST = 1000, HAY = 4096, NUMBER_DIGITS = 12 };

const char *const reb_case_list_states[REB_CASE_STATES] = {"received", "acknowledged", "assessed", "investigating", "waiting",
                                                           "decided",  "communicated", "closed",   "referred",      "merged"};
static const char *const k_groups[] = {"open", "new", "working", "all"};
static const char *const k_clocks[] = {"late", "today", "later", "paused", "none"};
static const char *const k_severities[] = {"low", "normal", "high", "critical"};
static const char *const k_sorts[] = {"due", "new", "last"};
static const char k_letters[] = "dnl"; /* by sort, of cursors */

bool reb_case_sort_from_name(reb_case_sort *out, const char *name) {
    for (size_t i = 0; name != NULL && i < sizeof k_sorts / sizeof k_sorts[0]; i++) {
        if (strcmp(name, k_sorts[i]) != 0) continue;
        *out = (reb_case_sort)i;
        return true;
    }
    return false;
}

static bool is_one_of(const char *word, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, words[i]) == 0) return true;
    return false;
}

static const char *or_empty(const char *s) {
    return s != NULL ? s : "";
}

/* "C-707312", "707312", digits of any script; 0: no number. */
static int64_t read_number(const char *text) {
    char fold[64];
    size_t n = reb_fold(fold, sizeof fold - 1, text, strlen(text));
    if (n == 0 || n > sizeof fold - 1) return 0;
    fold[n] = '\0';
    const char *p = fold;
    if (*p == 'c') p++;
    while (*p == '-' || *p == ' ' || *p == '#') p++;
    int64_t number = 0;
    size_t digits = 0;
    for (; *p >= '0' && *p <= '9' && digits < NUMBER_DIGITS; p++, digits++) number = number * 10 + (*p - '0');
    return *p == '\0' && digits >= 5 ? number : 0;
}

typedef struct listing {
    const reb_customer_ctx *c;
    const reb_case_filter *f;
    reb_case_sort sort;
    const char *state; /* "" any */
    const char *sql_state;
    bool open_only; /* nothing but open cases is asked for */
    int64_t now_us, day_end_us;
    int64_t after_place, after_id;
    size_t limit;
    /* of a search */
    const char *words; /* folded; NULL: none */
    int64_t number;
    int64_t *members; /* customers that the words find, sorted */
    size_t member_count;
    reb_case_row *rows;
    int64_t *places;
    size_t count;
    bool more;
    bool counting;
    int64_t by_state[REB_CASE_STATES];
    int64_t total;
} listing;

/* ---- what is asked for ---- */

static reb_status bad_word(const char *what, const char *of, reb_err *err) {
    return reb_fail(err, REB_E_USAGE, "%s must be one of %s.", what, of);
}

static reb_status check(const reb_case_filter *f, reb_err *err) {
    const char *state = or_empty(f->state);
    if (*state != '\0' && !is_one_of(state, reb_case_list_states, REB_CASE_STATES) &&
        !is_one_of(state, k_groups, sizeof k_groups / sizeof k_groups[0]))
        return bad_word("The state",
                        "open, new, working, all, received, acknowledged, assessed, investigating, waiting, decided, "
                        "communicated, closed, referred and merged",
                        err);
    if (*or_empty(f->clock) != '\0' && !is_one_of(f->clock, k_clocks, sizeof k_clocks / sizeof k_clocks[0]))
        return bad_word("The clock", "late, today, later, paused and none", err);
    if (*or_empty(f->severity) != '\0' && !is_one_of(f->severity, k_severities, sizeof k_severities / sizeof k_severities[0]))
        return bad_word("The severity", "low, normal, high and critical", err);
    if (strlen(or_empty(f->q)) > REB_CASE_QUERY_MOST)
        return reb_fail(err, REB_E_LIMIT, "A search has at most %d bytes.", REB_CASE_QUERY_MOST);
    return REB_OK;
}

static bool is_open_state(const char *state) {
    return strcmp(state, "closed") != 0 && strcmp(state, "referred") != 0 && strcmp(state, "merged") != 0 && strcmp(state, "all") != 0 &&
           *state != '\0';
}

static int by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Customers whom the words find, under every number they are kept. */
static reb_status find_customers(listing *l, reb_err *err) {
    reb_customer_page page;
    reb_status st = reb_customer_search(&page, l->c, l->f->q, HEADS_MOST, NULL, err);
    if (st != REB_OK) return st;
    l->members = reb_arena_zalloc(l->c->arena, MEMBERS_MOST, sizeof *l->members);
    if (l->members == NULL) return reb_customer_no_memory(err);
    for (size_t i = 0; i < page.count && st == REB_OK; i++) {
        reb_stmt *q = NULL;
        bool row = false;
        st = reb_query(&q, l->c->store, REB_SQL_CASE_LIST_MEMBERS, REB_ARGS(reb_i(page.rows[i].customer_id)), err);
        while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row && l->member_count < MEMBERS_MOST)
            l->members[l->member_count++] = reb_col_i64(q, 0);
        reb_stmt_close(q);
    }
    qsort(l->members, l->member_count, sizeof *l->members, by_id);
    return st;
}

static reb_status read_words(listing *l, reb_err *err) {
    const char *q = or_empty(l->f->q);
    size_t most = 11 * strlen(q) + 1;
    char *fold = reb_arena_zalloc(l->c->arena, most, 1);
    if (fold == NULL) return reb_customer_no_memory(err);
    size_t n = reb_fold(fold, most - 1, q, strlen(q));
    fold[n < most ? n : most - 1] = '\0';
    if (*fold == '\0') return REB_OK;
    l->words = fold;
    l->number = read_number(q);
    return find_customers(l, err);
}

static reb_status read_cursor(listing *l, const char *cursor, reb_err *err) {
    char letter = 0;
    int used = 0;
    l->after_place = INT64_MIN;
    l->after_id = INT64_MIN;
    if (cursor == NULL) return REB_OK;
    if (sscanf(cursor, "%c%" SCNd64 ".%" SCNd64 "%n", &letter, &l->after_place, &l->after_id, &used) == 3 && cursor[used] == '\0' &&
        letter == k_letters[l->sort])
        return REB_OK;
    reb_fail(err, REB_E_USAGE, "That is no place in this list.");
    reb_err_next(err, "Begin again without a cursor.");
    return REB_E_USAGE;
}

/* ---- one case ---- */

static bool text_has(const char *hay, const char *words) {
    char fold[HAY];
    if (hay == NULL || *hay == '\0') return false;
    size_t n = reb_fold(fold, sizeof fold - 1, hay, strlen(hay));
    fold[n < sizeof fold ? n : sizeof fold - 1] = '\0';
    return strstr(fold, words) != NULL;
}

static bool row_is_found(const listing *l, reb_stmt *q) {
    if (l->words == NULL || (l->number != 0 && reb_col_i64(q, 2) == l->number)) return true;
    int64_t whom = reb_col_i64(q, 3);
    if (whom != 0 && bsearch(&whom, l->members, l->member_count, sizeof whom, by_id) != NULL) return true;
    return text_has(reb_col_text(q, 26), l->words) || text_has(reb_col_text(q, 27), l->words) || text_has(reb_col_text(q, 28), l->words) ||
           text_has(reb_col_text(q, 29), l->words) || text_has(reb_col_text(q, 31), l->words);
}

/* Cases of their customers, of nobody known, and those that are theirs to work on. */
static reb_status row_is_seen(bool *out, const listing *l, reb_stmt *q, reb_err *err) {
    const reb_sight *sight = l->c->sight;
    int64_t whom = reb_col_i64(q, 3);
    *out =
        sight == NULL || sight->user_id == 0 || whom == 0 || reb_col_i64(q, 11) == sight->user_id || reb_col_i64(q, 12) == sight->user_id;
    return *out ? REB_OK : reb_sight_sees(out, l->c->store, sight, whom, err);
}

static size_t state_at(const char *state) {
    for (size_t i = 0; i < REB_CASE_STATES; i++)
        if (strcmp(state, reb_case_list_states[i]) == 0) return i;
    return REB_CASE_STATES;
}

static bool state_fits(const char *wanted, const char *state) {
    if (*wanted == '\0' || strcmp(wanted, state) == 0 || strcmp(wanted, "open") == 0) return true;
    if (strcmp(wanted, "new") == 0) return strcmp(state, "received") == 0 || strcmp(state, "acknowledged") == 0;
    return strcmp(wanted, "working") == 0 && (strcmp(state, "assessed") == 0 || strcmp(state, "investigating") == 0);
}

static reb_status take_row(reb_case_row *r, const listing *l, reb_stmt *q, reb_err *err) {
    reb_arena *a = l->c->arena;
#define TEXT(col) reb_customer_copy(a, reb_col_text(q, col))
    *r = (reb_case_row){.holder_id = reb_col_i64(q, 0),
                        .case_id = reb_col_i64(q, 1),
                        .number = reb_col_i64(q, 2),
                        .customer_id = reb_col_i64(q, 3),
                        .anonymous = reb_col_i64(q, 4) != 0,
                        .state = TEXT(5),
                        .channel = TEXT(6),
                        .kind = TEXT(7),
                        .language = TEXT(8),
                        .severity = TEXT(9),
                        .safety = reb_col_i64(q, 10) != 0,
                        .assignee_id = reb_col_i64(q, 11),
                        .escalated_id = reb_col_i64(q, 12),
                        .waiting_for = TEXT(13),
                        .waiting_until_us = reb_col_i64(q, 14),
                        .outcome = TEXT(15),
                        .cause = TEXT(16),
                        .standard_version = reb_col_i64(q, 17),
                        .opened_us = reb_col_i64(q, 18),
                        .reopened_count = reb_col_i64(q, 21),
                        .rated = TEXT(22),
                        .closed_us = reb_col_i64(q, 23),
                        .last_seq = reb_col_i64(q, 24),
                        .last_us = reb_col_i64(q, 25),
                        .name = TEXT(26),
                        .order_ref = TEXT(29),
                        .subject = TEXT(31),
                        .due_clock = "",
                        .assignee = "",
                        .escalated = ""};
    if (r->name != NULL && *r->name == '\0') r->name = TEXT(27);
    if (r->name != NULL && *r->name == '\0') r->name = TEXT(28);
#undef TEXT
    r->kind_title = r->kind;
    return a->failed ? reb_customer_no_memory(err) : REB_OK;
}

/* ---- pages ---- */

static reb_status open_query(reb_stmt **q, const listing *l, int64_t limit, reb_err *err) {
    const reb_case_filter *f = l->f;
    const reb_arg args[11] = {reb_t(l->sql_state),
                              reb_t(or_empty(f->kind)),
                              reb_i(f->assignee_id),
                              reb_t(or_empty(f->severity)),
                              reb_t(or_empty(f->clock)),
                              reb_i(l->now_us),
                              reb_i(l->day_end_us),
                              reb_i(l->counting ? INT64_MIN : l->after_place),
                              reb_i(l->counting ? INT64_MIN : l->after_id),
                              reb_i(limit),
                              reb_i(l->sort == REB_CASE_SORT_LAST ? 1 : 0)};
    return l->sort == REB_CASE_SORT_DUE ? reb_query(q, l->c->store, REB_SQL_CASE_LIST_DUE, args, 10, err)
                                        : reb_query(q, l->c->store, REB_SQL_CASE_LIST_NEW, args, 11, err);
}

/* Whether the case of the row stands on this page: after the last one's place, in the state that is asked for. */
static bool is_of_page(const listing *l, reb_stmt *q) {
    int64_t place = reb_col_i64(q, 30);
    if (!state_fits(l->state, or_empty(reb_col_text(q, 5)))) return false;
    return place > l->after_place || (place == l->after_place && reb_col_i64(q, 1) > l->after_id);
}

static reb_status fill(listing *l, bool walk, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = open_query(&q, l, walk ? WALK_MOST : (int64_t)l->limit + 1, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        bool sees = true;
        if (walk && !row_is_found(l, q)) continue;
        if (walk) st = row_is_seen(&sees, l, q, err);
        if (st != REB_OK) break;
        if (!sees) continue;
        if (l->counting) {
            size_t at = state_at(or_empty(reb_col_text(q, 5)));
            if (at < REB_CASE_STATES) l->by_state[at]++;
            if (state_fits(l->state, or_empty(reb_col_text(q, 5)))) l->total++;
        }
        if (!is_of_page(l, q)) continue;
        if (l->count == l->limit) {
            l->more = true;
            if (l->counting) continue;
            break;
        }
        l->places[l->count] = reb_col_i64(q, 30);
        st = take_row(&l->rows[l->count++], l, q, err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status count_states(listing *l, reb_err *err) {
    const reb_case_filter *f = l->f;
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, l->c->store, REB_SQL_CASE_LIST_COUNT,
                              REB_ARGS(reb_i(l->open_only ? 1 : 0), reb_t(or_empty(f->kind)), reb_i(f->assignee_id),
                                       reb_t(or_empty(f->severity)), reb_t(or_empty(f->clock)), reb_i(l->now_us), reb_i(l->day_end_us)),
                              err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *state = or_empty(reb_col_text(q, 0));
        size_t at = state_at(state);
        if (at < REB_CASE_STATES) l->by_state[at] += reb_col_i64(q, 1);
        if (state_fits(l->state, state)) l->total += reb_col_i64(q, 1);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status run(reb_case_page *out, listing *l, int64_t limit, const char *cursor, reb_err *err) {
    if (limit < 0 || limit > REB_CASE_PAGE_MOST) return reb_fail(err, REB_E_USAGE, "A page has from 1 to %d cases.", REB_CASE_PAGE_MOST);
    l->limit = limit == 0 ? REB_CASE_PAGE : (size_t)limit;
    l->rows = reb_arena_zalloc(l->c->arena, l->limit, sizeof *l->rows);
    l->places = reb_arena_zalloc(l->c->arena, l->limit, sizeof *l->places);
    if (l->rows == NULL || l->places == NULL) return reb_customer_no_memory(err);
    reb_status st = read_cursor(l, cursor, err);
    if (st == REB_OK) st = read_words(l, err);
    if (st != REB_OK) return st;
    bool walk = l->words != NULL || l->c->sight != NULL;
    l->counting = walk && l->open_only; /* what is open can be counted in passing */
    l->sql_state = l->counting ? "open" : l->state;
    st = fill(l, walk, err);
    bool counted = l->counting;
    if (st == REB_OK && !walk) {
        st = count_states(l, err);
        counted = true;
    }
    if (st == REB_OK) st = reb_case_rows_finish(l->rows, l->count, l->c, l->now_us, err);
    if (st != REB_OK) return st;
    *out = (reb_case_page){.rows = l->rows, .count = l->count, .total = counted ? l->total : -1, .counted = counted, .now_us = l->now_us};
    memcpy(out->by_state, l->by_state, sizeof out->by_state);
    snprintf(out->currency, sizeof out->currency, "%s", l->c->business->currency);
    if (l->more) {
        out->next = reb_arena_printf(l->c->arena, "%c%" PRId64 ".%" PRId64, k_letters[l->sort], l->places[l->count - 1],
                                     l->rows[l->count - 1].case_id);
        if (out->next == NULL) st = reb_customer_no_memory(err);
    }
    return st;
}

static bool is_nobody(const reb_customer_ctx *c) {
    int64_t id = 0;
    bool found = true;
    return reb_get_i64(&id, &found, c->store, REB_SQL_CASE_LIST_ANY, REB_NO_ARGS, NULL) == REB_OK && !found;
}

reb_status reb_case_list(reb_case_page *out, const reb_customer_ctx *c, reb_case_sort sort, const reb_case_filter *f, int64_t limit,
                         const char *cursor, reb_err *err) {
    reb_business *owned = NULL;
    reb_customer_ctx own = *c;
    listing l = {.c = &own, .f = f, .sort = sort};
    *out = (reb_case_page){.total = -1};
    reb_status st = check(f, err);
    if (st == REB_OK) st = reb_customer_business(&own.business, &owned, c, err);
    if (st == REB_OK) {
        l.state = *or_empty(f->state) == '\0' ? "open" : f->state;
        l.open_only = is_open_state(l.state);
        if (strcmp(l.state, "all") == 0) l.state = "";
        /* Cases that are over have no clock to be ordered by. */
        if (sort == REB_CASE_SORT_DUE && !l.open_only) l.sort = REB_CASE_SORT_NEW;
        l.now_us = reb_clock_now(c->clock);
        l.day_end_us = reb_zone_day_start(own.business->zone, reb_business_day(own.business, l.now_us) + 1);
        st = run(out, &l, limit, cursor, err);
    }
    if (st == REB_OK && out->count == 0) out->nobody = is_nobody(c);
    reb_business_free(owned);
    return st;
}
