#include "evidence.h"

#include "../domain/gesture.h"
#include "gesture_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKED_AT = 300, COUNTED = 20, SHOWN = 5, NUMBERS_MOST = 5, YEAR_DAYS = 365, MANY = 3 };

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- like cases ----------------------------------------------------------------------------------------------------------------------- */

typedef struct like {
    int64_t number, decided_us;
    const char *outcome, *severity, *subject;
    double alike;
} like;

typedef struct likes {
    like *list;
    int64_t count;
} likes;

static int most_alike(const void *a, const void *b) {
    const like *x = a, *y = b;
    if (x->alike != y->alike) return x->alike > y->alike ? -1 : 1;
    return (x->decided_us < y->decided_us) - (x->decided_us > y->decided_us);
}

static reb_status own_words(reb_word_set *out, reb_store *s, reb_arena *a, const reb_case_key *at, reb_err *err) {
    const reb_case_words *words = NULL;
    int64_t count = 0;
    reb_status st = reb_case_words_read(&words, &count, s, a, at, err);
    *out = (reb_word_set){0};
    for (int64_t i = 0; i < count && st == REB_OK; i++)
        if (words[i].at == 1 && strcmp(words[i].part, "body") == 0) *out = reb_words_of(a, words[i].body);
    return st;
}

static reb_status read_likes(likes *out, reb_store *s, reb_arena *a, const reb_case_key *at, const reb_case_state *state, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_facts mine = {.severity = state->severity, .safety = state->safety};
    *out = (likes){.list = reb_arena_alloc(a, LOOKED_AT * sizeof *out->list)};
    if (out->list == NULL) return no_memory(err);
    reb_status st = own_words(&mine.words, s, a, at, err);
    if (st == REB_OK)
        st = reb_query(&q, s, REB_SQL_EVIDENCE_ALIKE, REB_ARGS(reb_t(state->kind), reb_i(at->case_id), reb_i(LOOKED_AT)), err);
    while (st == REB_OK && out->count < LOOKED_AT && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *subject = reb_col_text(q, 8);
        const reb_facts theirs = {
            .severity = reb_col_text(q, 3), .safety = reb_col_i64(q, 4) != 0, .words = reb_words_of(a, reb_col_text(q, 7))};
        like l = {.number = reb_col_i64(q, 2), .decided_us = reb_col_i64(q, 6), .alike = reb_alike(&mine, &theirs)};
        if (l.alike < REB_ALIKE) continue;
        l.outcome = reb_arena_strdup(a, reb_col_text(q, 5));
        l.severity = reb_arena_strdup(a, reb_col_text(q, 3));
        l.subject = reb_arena_strdup(a, subject != NULL ? subject : "");
        if (l.outcome == NULL || l.severity == NULL || l.subject == NULL || a->failed) st = no_memory(err);
        out->list[out->count++] = l;
    }
    reb_stmt_close(q);
    if (st == REB_OK && out->count > 1) qsort(out->list, (size_t)out->count, sizeof *out->list, most_alike);
    if (out->count > COUNTED) out->count = COUNTED;
    return st;
}

static reb_usual usual(const likes *l) {
    const char *outcomes[COUNTED];
    for (int64_t i = 0; i < l->count; i++) outcomes[i] = l->list[i].outcome;
    return reb_usual_of(outcomes, l->count);
}

reb_status reb_evidence_usual(reb_usual *out, reb_store *s, reb_arena *a, const reb_case_key *at, const reb_case_state *state,
                              reb_err *err) {
    likes l;
    reb_status st = read_likes(&l, s, a, at, state, err);
    *out = st == REB_OK ? usual(&l) : (reb_usual){0};
    return st;
}

reb_status reb_evidence_same_ruling(reb_store *s, reb_arena *a, const reb_case_key *at, const reb_case_state *state, const char *outcome,
                                    reb_err *err) {
    reb_usual u;
    if (outcome == NULL) return REB_OK;
    reb_status st = reb_evidence_usual(&u, s, a, at, state, err);
    if (st != REB_OK || !reb_usual_differs(&u, outcome)) return st;
    reb_fail(err, REB_E_INPUT, "Most like cases were decided otherwise: %s, %" PRId64 " of %" PRId64 ".", u.outcome, u.count, u.of);
    reb_err_next(err, "Same facts, same ruling: say why this one differs.");
    reb_err_reason(err, "differs");
    return REB_E_INPUT;
}

static reb_status like_json(reb_json *w, const reb_case_view_ctx *c, const likes *l, const reb_case_state *state, reb_err *err) {
    reb_status st = REB_OK;
    reb_usual u = usual(l);
    reb_json_key(w, "like");
    reb_json_obj(w);
    reb_json_key(w, "cases");
    reb_json_arr(w);
    int64_t shown = 0;
    for (int64_t i = 0; i < l->count && shown < SHOWN && st == REB_OK; i++) {
        const like *one = &l->list[i];
        bool sees = true;
        st = reb_case_sees(&sees, c->store, c->sight, one->number, err);
        if (st != REB_OK || !sees) continue;
        shown++;
        reb_json_obj(w);
        reb_json_ki64(w, "number", one->number);
        reb_json_kstr(w, "outcome", one->outcome);
        reb_json_kstr(w, "severity", one->severity);
        reb_json_ktime(w, "decided_at", one->decided_us);
        reb_json_kf64(w, "alike", one->alike);
        reb_json_kstr(w, "subject", one->subject);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_ki64(w, "of", u.of);
    reb_json_key(w, "usual");
    if (u.outcome != NULL) {
        reb_json_obj(w);
        reb_json_kstr(w, "outcome", u.outcome);
        reb_json_ki64(w, "count", u.count);
        reb_json_ki64(w, "of", u.of);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_json_kbool(w, "differs", state->decided_us != 0 && reb_usual_differs(&u, state->outcome));
    reb_json_obj_end(w);
    return st;
}

/* --- what does not fit together ---------------------------------------------------------------------------------------------------------
 */

typedef struct looking {
    reb_json *w;
    const reb_case_view_ctx *c;
    reb_case_key at;
    const reb_case_state *state;
    int64_t head_id;
    reb_case_person person;
    int64_t order_day; /* of the order they named; INT64_MIN: not known */
    bool order_known;
} looking;

static void begin_sign(looking *k, const char *code) {
    reb_json_obj(k->w);
    reb_json_kstr(k->w, "code", code);
}

/* Other cases, those that may be seen. */
static reb_status cases_json(looking *k, const int64_t *numbers, int64_t count, reb_err *err) {
    reb_status st = REB_OK;
    reb_json_key(k->w, "cases");
    reb_json_arr(k->w);
    for (int64_t i = 0; i < count && i < NUMBERS_MOST && st == REB_OK; i++) {
        bool sees = false;
        st = reb_case_sees(&sees, k->c->store, k->c->sight, numbers[i], err);
        if (st != REB_OK || !sees) continue;
        reb_json_obj(k->w);
        reb_json_ki64(k->w, "number", numbers[i]);
        reb_json_obj_end(k->w);
    }
    reb_json_arr_end(k->w);
    reb_json_obj_end(k->w);
    return st;
}

typedef struct file {
    const char *name, *sha256;
} file;

/* Cases that were merged with this one are the same complaint: the same file in them means nothing. */
static reb_status is_one_with(bool *out, const looking *k, const reb_case_key *other, reb_err *err) {
    bool found = false;
    int64_t into = 0;
    *out = false;
    reb_status st =
        reb_get_i64(&into, &found, k->c->store, REB_SQL_CASE_MERGED_INTO, REB_ARGS(reb_i(other->customer_id), reb_i(other->case_id)), err);
    *out = found || k->state->merged_case_id == other->case_id;
    return st;
}

static reb_status same_file(looking *k, const file *f, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_case_key others[20];
    int64_t numbers[20], count = 0, found = 0;
    reb_status st = reb_query(&q, k->c->store, REB_SQL_EVIDENCE_SAME_FILE, REB_ARGS(reb_t(f->sha256), reb_i(k->at.case_id)), err);
    while (st == REB_OK && count < 20 && (st = reb_step(q, &row, err)) == REB_OK && row)
        others[count++] = (reb_case_key){reb_col_i64(q, 0), reb_col_i64(q, 1)};
    reb_stmt_close(q);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        bool one = false;
        st = is_one_with(&one, k, &others[i], err);
        if (st == REB_OK && !one) st = reb_case_number_of(&numbers[found], k->c->store, others[i].case_id, err);
        if (st == REB_OK && !one && (found == 0 || numbers[found] != numbers[found - 1])) found++;
    }
    if (st != REB_OK || found == 0) return st;
    begin_sign(k, "same_proof");
    reb_json_kstr(k->w, "name", f->name);
    return cases_json(k, numbers, found, err);
}

static reb_status same_files(looking *k, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    file files[50];
    int64_t count = 0;
    reb_status st = reb_query(&q, k->c->store, REB_SQL_EVIDENCE_FILES, REB_ARGS(reb_i(k->at.customer_id), reb_i(k->at.case_id)), err);
    while (st == REB_OK && count < 50 && (st = reb_step(q, &row, err)) == REB_OK && row) {
        files[count] = (file){reb_arena_strdup(k->c->arena, reb_col_text(q, 1)), reb_arena_strdup(k->c->arena, reb_col_text(q, 2))};
        if (files[count].name == NULL || files[count].sha256 == NULL) st = no_memory(err);
        count++;
    }
    reb_stmt_close(q);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        bool again = false;
        for (int64_t j = 0; j < i && !again; j++) again = strcmp(files[i].sha256, files[j].sha256) == 0;
        if (!again) st = same_file(k, &files[i], err);
    }
    return st;
}

static reb_status same_words(looking *k, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    int64_t numbers[20], count = 0;
    if (k->person.text_hash == 0) return REB_OK;
    reb_status st =
        reb_query(&q, k->c->store, REB_SQL_EVIDENCE_SAME_WORDS, REB_ARGS(reb_i(k->person.text_hash), reb_i(k->at.case_id)), err);
    while (st == REB_OK && count < 20 && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t whom = reb_col_i64(q, 3);
        /* Somebody else's: another customer, or, where one of them is not known, another address. */
        bool other = whom != 0 && k->state->whom_id != 0
                         ? whom != k->state->whom_id && whom != k->head_id
                         : k->person.email[0] != '\0' && reb_col_text(q, 4)[0] != '\0' && strcmp(k->person.email, reb_col_text(q, 4)) != 0;
        if (other) numbers[count++] = reb_col_i64(q, 2);
    }
    reb_stmt_close(q);
    if (st != REB_OK || count == 0) return st;
    begin_sign(k, "same_words");
    return cases_json(k, numbers, count, err);
}

/* The order they named, among theirs. */
static reb_status find_order(looking *k, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    int64_t members[64], count = 0;
    const char *ref = k->person.order_ref;
    while (*ref == '#' || *ref == ' ') ref++;
    k->order_day = INT64_MIN;
    if (k->head_id == 0 || *ref == '\0') return REB_OK;
    reb_status st = reb_query(&q, k->c->store, REB_SQL_MERGE_GROUP, REB_ARGS(reb_i(k->head_id)), err);
    while (st == REB_OK && count < 64 && (st = reb_step(q, &row, err)) == REB_OK && row) members[count++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    const char *hashed = reb_arena_printf(k->c->arena, "#%s", ref);
    if (hashed == NULL) return no_memory(err);
    for (int64_t i = 0; i < 2 * count && st == REB_OK && !k->order_known; i++) {
        st = reb_query(&q, k->c->store, REB_SQL_GESTURE_ORDER, REB_ARGS(reb_i(members[i / 2]), reb_t(i % 2 == 0 ? ref : hashed)), err);
        if (st == REB_OK) st = reb_step(q, &k->order_known, err);
        if (st == REB_OK && k->order_known) k->order_day = reb_business_day(k->c->business, reb_col_i64(q, 1));
        reb_stmt_close(q);
    }
    return st;
}

static void impossible_days(looking *k) {
    int64_t facts = reb_business_day(k->c->business, k->state->facts_us),
            received = reb_business_day(k->c->business, k->state->received_us);
    if (facts > received) {
        begin_sign(k, "future");
        reb_json_kday(k->w, "day", facts);
        reb_json_obj_end(k->w);
    }
    if (k->order_known && facts < k->order_day) {
        begin_sign(k, "before_order");
        reb_json_kday(k->w, "day", facts);
        reb_json_kday(k->w, "order_day", k->order_day);
        reb_json_obj_end(k->w);
    }
    if (k->head_id != 0 && k->person.order_ref[0] != '\0' && !k->order_known) {
        begin_sign(k, "order_unknown");
        reb_json_kstr(k->w, "ref", k->person.order_ref);
        reb_json_obj_end(k->w);
    }
}

static bool same_order(const char *a, const char *b) {
    while (*a == '#' || *a == ' ') a++;
    while (*b == '#' || *b == ' ') b++;
    return *a != '\0' && strcasecmp(a, b) == 0;
}

static reb_status read_members(int64_t *out, int64_t room, int64_t *count, const looking *k, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, k->c->store, REB_SQL_MERGE_GROUP, REB_ARGS(reb_i(k->head_id)), err);
    while (st == REB_OK && *count < room && (st = reb_step(q, &row, err)) == REB_OK && row) out[(*count)++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return st;
}

/* How often nineteen in twenty of the others who complain do so within a year, at most. */
static reb_status usual_count(int64_t *out, const looking *k, int64_t from_us, int64_t to_us, reb_err *err) {
    int64_t people = 0;
    bool found = false;
    *out = 0;
    reb_status st = reb_get_i64(&people, &found, k->c->store, REB_SQL_EVIDENCE_COMPLAINERS,
                                REB_ARGS(reb_i(from_us), reb_i(to_us), reb_i(k->state->whom_id)), err);
    if (st != REB_OK || people == 0) return st;
    int64_t place = (people * 19 + 19) / 20 - 1;
    return reb_get_i64(out, &found, k->c->store, REB_SQL_EVIDENCE_COMPLAINTS_AT,
                       REB_ARGS(reb_i(from_us), reb_i(to_us), reb_i(k->state->whom_id), reb_i(place)), err);
}

static reb_status their_others(looking *k, reb_err *err) {
    int64_t members[64], member_count = 0, numbers[20], compensated[20], count = 0, given = 0, total = 1, upheld = 0, most = 0, orders = 0;
    int64_t to_us = k->state->received_us, from_us = to_us - YEAR_DAYS * REB_US_PER_DAY;
    bool found = false;
    if (k->head_id == 0) return REB_OK;
    reb_status st = read_members(members, 64, &member_count, k, err);
    for (int64_t i = 0; i < member_count && st == REB_OK; i++) {
        reb_stmt *q = NULL;
        bool row = true;
        st = reb_query(&q, k->c->store, REB_SQL_EVIDENCE_OF_WHOM, REB_ARGS(reb_i(members[i]), reb_i(k->at.case_id)), err);
        while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
            int64_t opened_us = reb_col_i64(q, 3);
            if (opened_us > from_us && opened_us <= to_us) {
                total++;
                upheld += reb_ruling_side_of(reb_col_text(q, 4)) == REB_RULED_FOR;
                if (count < 20) numbers[count++] = reb_col_i64(q, 2);
            }
            if (reb_col_i64(q, 6) > 0 && given < 20 && same_order(k->person.order_ref, reb_col_text(q, 5)))
                compensated[given++] = reb_col_i64(q, 2);
        }
        reb_stmt_close(q);
    }
    if (st == REB_OK && given > 0) {
        begin_sign(k, "compensated");
        reb_json_kstr(k->w, "ref", k->person.order_ref);
        st = cases_json(k, compensated, given, err);
    }
    if (st != REB_OK || total < MANY) return st;
    st = usual_count(&most, k, from_us, to_us, err);
    if (st == REB_OK) st = reb_get_i64(&orders, &found, k->c->store, REB_SQL_EVIDENCE_ORDERS, REB_ARGS(reb_i(k->head_id)), err);
    if (st != REB_OK || total <= most) return st;
    begin_sign(k, "many");
    reb_json_ki64(k->w, "count", total);
    reb_json_ki64(k->w, "orders", orders);
    reb_json_ki64(k->w, "upheld", upheld);
    reb_json_ki64(k->w, "usual", most);
    return cases_json(k, numbers, count, err);
}

static reb_status signs_json(looking *k, reb_err *err) {
    bool told = false;
    reb_status st = reb_gesture_head(&k->head_id, k->c->store, k->state->whom_id, err);
    if (st == REB_OK) st = reb_case_person_get(&k->person, &told, k->c->store, k->c->arena, &k->at, err);
    if (!told) k->person = (reb_case_person){.name = "", .email = "", .phone = "", .order_ref = ""};
    if (st == REB_OK) st = find_order(k, err);
    reb_json_key(k->w, "signs");
    reb_json_arr(k->w);
    if (st == REB_OK) st = same_files(k, err);
    if (st == REB_OK) impossible_days(k);
    if (st == REB_OK) st = same_words(k, err);
    if (st == REB_OK) st = their_others(k, err);
    reb_json_arr_end(k->w);
    return st;
}

reb_status reb_evidence_json(reb_json *w, const reb_case_view_ctx *c, int64_t number, reb_err *err) {
    reb_case_state state;
    looking k = {.w = w, .c = c, .state = &state};
    likes l;
    reb_status st = reb_case_find(&k.at, c->store, number, err);
    if (st == REB_OK) st = reb_case_load(&state, c->store, c->arena, &k.at, err);
    if (st == REB_OK) st = read_likes(&l, c->store, c->arena, &k.at, &state, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    reb_json_ki64(w, "case", number);
    st = like_json(w, c, &l, &state, err);
    if (st == REB_OK) st = signs_json(&k, err);
    reb_json_obj_end(w);
    return st;
}
