/* Suspected doubles. Candidates come from values that two customers share (an index of values, grouped) and from names with the same
   skeleton (one pass over names, sorted by a hash); pairs are only made within such groups, and groups too large to tell anything are
   left out. The best candidates are then weighed with everything known of both. */
#include "customer_close.h"
#include "customer_internal.h"

#include "../domain/customer.h"
#include "../text/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROUP_WAYS = 12,      /* customers who share an e-mail or phone: more is a switchboard */
    GROUP_NAMES = 25,     /* who share a name: more is a common name */
    GROUP_SKELETONS = 8,  /* who share a skeleton */
    RARE_NAME = 3,        /* a name shared by so few is evidence by itself, if weak */
    MOST_PAIRS = 1000000, /* kept while looking */
    MOST_WEIGHED = 10000, /* looked at closely: those that look strongest at first */
    LIMIT = 50,
    LIMIT_MOST = 1000,
};

enum { SAME_EMAIL = 1u, SAME_PHONE = 2u, SAME_NAME = 4u, RARE = 8u, SAME_SKELETON = 16u, NOT_SAME = 32u };

typedef struct pair {
    int64_t a, b; /* heads, a < b; a = 0: an empty place */
    unsigned bits;
    double weight;
} pair;

typedef struct finder {
    const reb_customer_ctx *c;
    int64_t only; /* 0: everybody */
    pair *table;  /* open addressing */
    size_t cap, used;
    int64_t too_common;
} finder;

/* ---- a table of pairs ---- */

static size_t slot_of(const pair *table, size_t cap, int64_t a, int64_t b) {
    int64_t key[2] = {a, b};
    size_t i = (size_t)reb_hash64(7, key, sizeof key) & (cap - 1);
    while (table[i].a != 0 && (table[i].a != a || table[i].b != b)) i = (i + 1) & (cap - 1);
    return i;
}

static reb_status grow(finder *f, reb_err *err) {
    size_t cap = f->cap == 0 ? 1024 : 2 * f->cap;
    pair *more = calloc(cap, sizeof *more);
    if (more == NULL) return reb_customer_no_memory(err);
    for (size_t i = 0; i < f->cap; i++)
        if (f->table[i].a != 0) more[slot_of(more, cap, f->table[i].a, f->table[i].b)] = f->table[i];
    free(f->table);
    f->table = more;
    f->cap = cap;
    return REB_OK;
}

static reb_status add_pair(finder *f, int64_t a, int64_t b, unsigned bits, reb_err *err) {
    if (a == b || (f->only != 0 && a != f->only && b != f->only)) return REB_OK;
    if (2 * (f->used + 1) > f->cap) {
        reb_status st = grow(f, err);
        if (st != REB_OK) return st;
    }
    pair *p = &f->table[slot_of(f->table, f->cap, a < b ? a : b, a < b ? b : a)];
    if (p->a == 0) {
        if (f->used == MOST_PAIRS) { /* so many that names here tell nothing */
            f->too_common++;
            return REB_OK;
        }
        f->used++;
        p->a = a < b ? a : b;
        p->b = a < b ? b : a;
    }
    p->bits |= bits;
    return REB_OK;
}

static reb_status add_group(finder *f, const int64_t *heads, size_t count, unsigned bits, reb_err *err) {
    reb_status st = REB_OK;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count && st == REB_OK; k++) st = add_pair(f, heads[i], heads[k], bits, err);
    return st;
}

/* ---- values that are shared ---- */

typedef struct shared {
    char kind; /* first letter: e, p, n */
    reb_buf value;
    int64_t heads[GROUP_NAMES + 1];
    size_t count; /* of different heads, at most one more than fit */
} shared;

static reb_status close_shared(finder *f, shared *g, reb_err *err) {
    size_t most = g->kind == 'n' ? GROUP_NAMES : GROUP_WAYS;
    unsigned bits = g->kind == 'e' ? SAME_EMAIL : g->kind == 'p' ? SAME_PHONE : SAME_NAME;
    if (g->kind == 'n' && g->count <= RARE_NAME) bits |= RARE;
    size_t count = g->count;
    g->count = 0;
    if (count > most) {
        f->too_common++;
        return REB_OK;
    }
    return add_group(f, g->heads, count, bits, err);
}

static reb_status find_shared(finder *f, reb_err *err) {
    reb_stmt *q = NULL;
    shared g = {0};
    reb_status st = f->only == 0 ? reb_query(&q, f->c->store, REB_SQL_DOUBLE_SHARED, REB_NO_ARGS, err)
                                 : reb_query(&q, f->c->store, REB_SQL_DOUBLE_SHARED_OF, REB_ARGS(reb_i(f->only)), err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        char kind = reb_col_text(q, 0)[0];
        const char *value = reb_col_text(q, 1);
        int64_t head = reb_col_i64(q, 2);
        if (kind != g.kind || strcmp(value, reb_buf_cstr(&g.value)) != 0) {
            st = close_shared(f, &g, err);
            g.kind = kind;
            reb_buf_clear(&g.value);
            reb_buf_str(&g.value, value);
            if (st == REB_OK && g.value.failed) st = reb_customer_no_memory(err);
        }
        bool again = g.count > 0 && g.heads[g.count - 1] == head; /* rows come in order of head */
        if (!again && g.count <= GROUP_NAMES) g.heads[g.count++] = head;
    }
    if (st == REB_OK) st = close_shared(f, &g, err);
    reb_stmt_close(q);
    reb_buf_free(&g.value);
    return st;
}

/* ---- names with the same skeleton ---- */

typedef struct bone {
    uint64_t skeleton;
    int64_t head;
} bone;

static int compare_bones(const void *x, const void *y) {
    const bone *a = x;
    const bone *b = y;
    if (a->skeleton != b->skeleton) return a->skeleton < b->skeleton ? -1 : 1;
    return (a->head > b->head) - (a->head < b->head);
}

static reb_status read_bones(bone **out, size_t *out_count, const finder *f, reb_err *err) {
    reb_stmt *q = NULL;
    size_t cap = 0;
    size_t count = 0;
    bone *bones = NULL;
    reb_status st = reb_query(&q, f->c->store, REB_SQL_DOUBLE_NAMES, REB_NO_ARGS, err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        uint64_t skeleton = reb_name_skeleton(reb_col_text(q, 1));
        if (skeleton == 0) continue;
        if (count == cap) {
            cap = cap == 0 ? 4096 : 2 * cap;
            bone *more = realloc(bones, cap * sizeof *more);
            if (more == NULL) {
                st = reb_customer_no_memory(err);
                break;
            }
            bones = more;
        }
        bones[count++] = (bone){skeleton, reb_col_i64(q, 0)};
    }
    reb_stmt_close(q);
    *out = bones;
    *out_count = count;
    return st;
}

static reb_status find_close_names(finder *f, reb_err *err) {
    bone *bones = NULL;
    size_t count = 0;
    reb_status st = read_bones(&bones, &count, f, err);
    if (st == REB_OK && count > 0) qsort(bones, count, sizeof *bones, compare_bones);
    for (size_t from = 0, to = 0; st == REB_OK && from < count; from = to) {
        while (to < count && bones[to].skeleton == bones[from].skeleton) to++;
        if (to - from < 2 || to - from > GROUP_SKELETONS) continue;
        int64_t heads[GROUP_SKELETONS];
        for (size_t i = from; i < to; i++) heads[i - from] = bones[i].head;
        st = add_group(f, heads, to - from, SAME_SKELETON, err);
    }
    free(bones);
    return st;
}

/* A pair of heads is left out when somebody said of any two whom they stand for that they are not the same. */
static reb_status leave_out_not_same(finder *f, reb_err *err) {
    reb_stmt *q = NULL;
    if (f->cap == 0) return REB_OK;
    reb_status st = reb_query(&q, f->c->store, REB_SQL_NOT_SAME_HEADS, REB_NO_ARGS, err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        int64_t a = reb_col_i64(q, 0);
        int64_t b = reb_col_i64(q, 1);
        pair *p = &f->table[slot_of(f->table, f->cap, a < b ? a : b, a < b ? b : a)];
        if (p->a != 0) p->bits |= NOT_SAME;
    }
    reb_stmt_close(q);
    return st;
}

/* ---- weighing ---- */

/* What each piece of evidence adds: rules of thumb, told in docs/manual/customer.md; they order the list and are no probabilities. */
#define W_EMAIL 0.60
#define W_PHONE 0.50
#define W_NAME 0.30
#define W_COMMON_NAME 0.10 /* shared by more than RARE_NAME, with nothing hard beside it */
#define W_CLOSE 0.20
#define W_OTHER_NAME (-0.25)
#define W_CITY 0.08
#define W_COMPANY 0.12
#define W_PLACE 0.25
#define W_OTHER_COUNTRY (-0.15)
#define W_MAILBOX 0.15
#define LEAST_SHOWN 0.19

static double first_weight(unsigned bits) {
    double w = 0;
    if (bits & SAME_EMAIL) w += W_EMAIL;
    if (bits & SAME_PHONE) w += W_PHONE;
    if (bits & SAME_NAME) w += (bits & RARE) ? W_NAME : W_COMMON_NAME;
    if ((bits & SAME_SKELETON) && !(bits & SAME_NAME)) w += W_CLOSE;
    return w;
}

static int compare_pairs(const void *x, const void *y) {
    const pair *a = x;
    const pair *b = y;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

typedef struct side {
    reb_customer_row row;
    const char *name_fold;
    const char *city, *company, *postcode, *address;
} side;

static reb_status read_side(side *out, bool *found, const finder *f, int64_t head, reb_err *err) {
    *out = (side){.city = "", .company = "", .postcode = "", .address = ""};
    reb_status st = reb_customer_read_row(&out->row, found, f->c, head, &out->name_fold, err);
    if (st != REB_OK || !*found) return st;
    reb_stmt *q = NULL;
    st = reb_query(&q, f->c->store, REB_SQL_DOUBLE_FACTS, REB_ARGS(reb_i(head)), err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        const char *fact = reb_col_text(q, 0);
        const char **into = fact[0] == 'a' ? &out->address : fact[0] == 'p' ? &out->postcode : fact[1] == 'i' ? &out->city : &out->company;
        if (**into != '\0') continue; /* the newest came first */
        *into = reb_customer_copy(f->c->arena, reb_col_text(q, 1));
        if (*into == NULL) st = reb_customer_no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

static bool same_text(const char *a, const char *b) {
    return *a != '\0' && strcmp(a, b) == 0;
}

static bool same_mailbox(const char *a, const char *b) {
    const char *x = strchr(a, '@');
    const char *y = strchr(b, '@');
    if (x == NULL || y == NULL || x - a < 5 || x - a != y - b) return false;
    return strncmp(a, b, (size_t)(x - a)) == 0 && strcmp(a, b) != 0;
}

static void say(reb_buf *evidence, const char *what) {
    if (evidence->len > 0) reb_buf_str(evidence, "; ");
    reb_buf_str(evidence, what);
}

/* Final weight of a pair, and its evidence in words. */
static double weigh(reb_buf *evidence, const pair *p, const side *a, const side *b) {
    double w = 0;
    reb_buf_clear(evidence);
    bool hard = (p->bits & (SAME_EMAIL | SAME_PHONE)) != 0;
    if (p->bits & SAME_EMAIL) {
        w += W_EMAIL;
        say(evidence, "same e-mail");
    }
    if (p->bits & SAME_PHONE) {
        w += W_PHONE;
        say(evidence, "same phone");
    }
    reb_closeness names = reb_names_compare(a->name_fold, b->name_fold);
    bool same_name = (p->bits & SAME_NAME) != 0 || names == REB_NAMES_SAME;
    bool other = false; /* anything beside the name that few people share; a city many do */
    reb_buf more = {0};
    if (same_text(a->address, b->address) || same_text(a->postcode, b->postcode)) {
        w += W_PLACE;
        other = true;
        say(&more, "same address");
    } else if (same_text(a->city, b->city)) {
        w += W_CITY;
        say(&more, "same city");
    }
    if (same_text(a->company, b->company)) {
        w += W_COMPANY;
        other = true;
        say(&more, "same company");
    }
    if (same_mailbox(a->row.email, b->row.email)) {
        w += W_MAILBOX;
        other = true;
        say(&more, "same name of the mailbox");
    }
    if (same_name) {
        w += hard || other || (p->bits & RARE) || !(p->bits & SAME_NAME) ? W_NAME : W_COMMON_NAME;
        say(evidence, "same name");
    } else if (names == REB_NAMES_CLOSE) {
        w += W_CLOSE;
        say(evidence, "close names");
    } else if (names == REB_NAMES_DIFFERENT) {
        w += W_OTHER_NAME;
        say(evidence, "but different names");
    }
    if (more.len > 0) say(evidence, reb_buf_cstr(&more));
    if (*a->row.country != '\0' && *b->row.country != '\0' && strcmp(a->row.country, b->row.country) != 0) {
        w += W_OTHER_COUNTRY;
        say(evidence, "but different countries");
    }
    if (more.failed) evidence->failed = true;
    reb_buf_free(&more);
    return w > 1 ? 1 : w;
}

static const char *strength_of(double w) {
    return w >= 0.7 ? "strong" : w >= 0.4 ? "likely" : "possible";
}

typedef struct weighed {
    reb_customer_double d;
    bool shown;
} weighed;

static reb_status weigh_pair(weighed *out, const finder *f, const pair *p, reb_buf *evidence, reb_err *err) {
    side a;
    side b;
    bool a_found = false;
    bool b_found = false;
    *out = (weighed){.shown = false};
    reb_status st = read_side(&a, &a_found, f, p->a, err);
    if (st == REB_OK) st = read_side(&b, &b_found, f, p->b, err);
    if (st != REB_OK || !a_found || !b_found || strcmp(a.row.kind, b.row.kind) != 0) return st;
    double w = weigh(evidence, p, &a, &b);
    if (w < LEAST_SHOWN) return REB_OK;
    bool keep_a = a.row.purchase_day_count >= b.row.purchase_day_count; /* a has the smaller id: it is the older one */
    const side *keep = keep_a ? &a : &b;
    const side *other = keep_a ? &b : &a;
    out->shown = true;
    out->d = (reb_customer_double){.a_id = keep->row.customer_id,
                                   .b_id = other->row.customer_id,
                                   .a_label = keep->row.label,
                                   .b_label = other->row.label,
                                   .strength = strength_of(w),
                                   .weight = w,
                                   .evidence = evidence->failed ? NULL : reb_arena_strdup(f->c->arena, reb_buf_cstr(evidence))};
    return out->d.evidence != NULL ? REB_OK : reb_customer_no_memory(err);
}

static int compare_doubles(const void *x, const void *y) {
    const reb_customer_double *a = x;
    const reb_customer_double *b = y;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    if (a->a_id != b->a_id) return a->a_id < b->a_id ? -1 : 1;
    return (a->b_id > b->b_id) - (a->b_id < b->b_id);
}

static reb_status choose(reb_customer_doubles *out, finder *f, size_t limit, reb_err *err) {
    size_t count = 0;
    for (size_t i = 0; i < f->cap; i++) {
        if (f->table[i].a == 0 || (f->table[i].bits & NOT_SAME)) continue;
        pair p = f->table[i];
        p.weight = first_weight(p.bits);
        f->table[count++] = p; /* count <= i: only places read already are overwritten */
    }
    if (count > 0) qsort(f->table, count, sizeof *f->table, compare_pairs);
    size_t looked_at = count < MOST_WEIGHED ? count : MOST_WEIGHED;
    reb_customer_double *all = reb_arena_zalloc(f->c->arena, looked_at + 1, sizeof *all);
    if (all == NULL) return reb_customer_no_memory(err);
    size_t shown = 0;
    reb_buf evidence = {0};
    reb_status st = REB_OK;
    for (size_t i = 0; i < looked_at && st == REB_OK; i++) {
        weighed w;
        st = weigh_pair(&w, f, &f->table[i], &evidence, err);
        if (st == REB_OK && w.shown) all[shown++] = w.d;
    }
    reb_buf_free(&evidence);
    if (st != REB_OK) return st;
    if (shown > 0) qsort(all, shown, sizeof *all, compare_doubles);
    out->pairs = all;
    out->count = shown < limit ? shown : limit;
    out->found = (int64_t)shown;
    for (size_t i = looked_at; i < count; i++) out->found += f->table[i].weight >= LEAST_SHOWN;
    out->too_common = f->too_common;
    return REB_OK;
}

typedef struct doubles_job {
    reb_customer_doubles *out;
    const reb_customer_ctx *c;
    int64_t only;
    size_t limit;
    bool close_names;
} doubles_job;

static reb_status doubles_work(reb_store *s, void *ctx, reb_err *err) {
    (void)s;
    const doubles_job *j = ctx;
    finder f = {.c = j->c, .only = j->only};
    reb_status st = find_shared(&f, err);
    if (st == REB_OK && j->close_names) st = find_close_names(&f, err);
    if (st == REB_OK) st = leave_out_not_same(&f, err);
    if (st == REB_OK) st = choose(j->out, &f, j->limit, err);
    free(f.table);
    return st;
}

reb_status reb_customer_doubles_quick(reb_customer_doubles *out, const reb_customer_ctx *c, int64_t head_id, size_t limit, reb_err *err) {
    doubles_job j = {.out = out, .c = c, .only = head_id, .limit = limit};
    *out = (reb_customer_doubles){0};
    return reb_store_read(c->store, doubles_work, &j, err);
}

reb_status reb_customer_doubles_find(reb_customer_doubles *out, const reb_customer_ctx *c, int64_t customer_id, int64_t limit,
                                     reb_err *err) {
    *out = (reb_customer_doubles){0};
    if (limit < 0 || limit > LIMIT_MOST) return reb_fail(err, REB_E_USAGE, "The list has from 1 to %d pairs.", LIMIT_MOST);
    doubles_job j = {.out = out, .c = c, .limit = limit == 0 ? LIMIT : (size_t)limit, .close_names = true};
    if (customer_id != 0) {
        reb_customer_state state;
        reb_status st = reb_customer_state_get(&state, c->store, customer_id, err);
        if (st != REB_OK) return st;
        j.only = state.head_id;
    }
    return reb_store_read(c->store, doubles_work, &j, err);
}
