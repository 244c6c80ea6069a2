/* What a header says: a known export, or words of a home-made sheet. */
#include "../sheet/guard.h"
#include "import_plan.h"

#include "../text/fold.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND_TEXT REB_KIND_TEXT
#define KIND_DATE REB_KIND_DATE
#define KIND_MONEY REB_KIND_MONEY
#define KIND_NUMBER REB_KIND_NUMBER
#define TRAIT_ORGANISATION REB_TRAIT_ORGANISATION

const reb_role_info reb_roles[REB_ROLE_COUNT] = {
    [REB_ROLE_ASIDE] = {"aside", "kept aside", REB_KIND_TEXT},
    [REB_ROLE_DROP] = {"drop", "never stored", REB_KIND_TEXT},
#define REB_IMPORT_ROLE(id, name, label, kind) [REB_ROLE_##id] = {name, label, KIND_##kind},
#include "../../api/import_roles.def"
#undef REB_IMPORT_ROLE
};

typedef struct profile {
    const char *id, *label, *source;
    reb_records records;
    unsigned traits;
} profile;

enum {
#define REB_PROFILE(id, label, source, records, traits) PROFILE_##id,
#define REB_COLUMN(profile, header, role, need)
#include "../../api/import_profiles.def"
#undef REB_PROFILE
#undef REB_COLUMN
    PROFILE_COUNT
};

static const profile k_profiles[] = {
#define REB_PROFILE(id, label, source, records, traits) {#id, label, source, REB_RECORDS_##records, traits},
#define REB_COLUMN(profile, header, role, need)
#include "../../api/import_profiles.def"
#undef REB_PROFILE
#undef REB_COLUMN
};

typedef struct profile_column {
    int profile;
    const char *header;
    reb_role role;
    unsigned need;
} profile_column;

static const profile_column k_columns[] = {
#define REB_PROFILE(id, label, source, records, traits)
#define REB_COLUMN(profile, header, role, need) {PROFILE_##profile, header, REB_ROLE_##role, need},
#include "../../api/import_profiles.def"
#undef REB_PROFILE
#undef REB_COLUMN
};
enum { COLUMN_COUNT = sizeof k_columns / sizeof *k_columns };

typedef struct word_list {
    reb_role role;
    const char *words;
} word_list;

static const word_list k_words[] = {
#define REB_WORD(role, words) {REB_ROLE_##role, words},
#include "../../api/import_words.def"
#undef REB_WORD
};

const char *reb_records_name(reb_records r) {
    static const char *const names[] = {"orders", "customers", "tickets", "payments", "events"};
    return names[r];
}

const char *reb_plan_origin_name(reb_plan_origin o) {
    static const char *const names[REB_FROM_COUNT] = {"none",   "said",   "found",        "assumed", "business",
                                                      "column", "header", "header_toman", "beside",  "solar"};
    return names[o];
}

/* {"status":"paid","count":12} from "status:s count:d". */
static const char *args_json(reb_arena *a, const char *names, va_list ap) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    while (*names != '\0') {
        char name[40];
        size_t n = strcspn(names, ":");
        snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), names);
        reb_json_key(&w, name);
        names += n;
        if (*names == ':') names++;
        switch (*names) {
            case 'd': reb_json_i64(&w, va_arg(ap, int64_t)); break;
            case 'z': reb_json_i64(&w, (int64_t)va_arg(ap, size_t)); break;
            default: reb_json_str(&w, va_arg(ap, const char *)); break;
        }
        if (*names != '\0') names++;
        while (*names == ' ') names++;
    }
    reb_json_obj_end(&w);
    const char *text = b.failed ? NULL : reb_arena_strndup(a, b.data, b.len);
    reb_buf_free(&b);
    return text;
}

void reb_plan_remark(reb_plan *p, const char *key, const char *names, const char *fmt, ...) {
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < p->n_remarks; i++)
        if (strcmp(p->remarks[i], text) == 0) return;
    if (p->n_remarks == p->cap_remarks) {
        size_t cap = p->cap_remarks == 0 ? 16 : 2 * p->cap_remarks;
        const char **grown = reb_arena_zalloc(p->arena, cap, sizeof *grown);
        reb_plan_note *notes = reb_arena_zalloc(p->arena, cap, sizeof *notes);
        if (grown == NULL || notes == NULL) return;
        if (p->n_remarks > 0) {
            memcpy(grown, p->remarks, p->n_remarks * sizeof *grown);
            memcpy(notes, p->notes, p->n_remarks * sizeof *notes);
        }
        p->remarks = grown;
        p->notes = notes;
        p->cap_remarks = cap;
    }
    va_start(ap, fmt);
    const char *args = args_json(p->arena, names, ap);
    va_end(ap);
    const char *copy = reb_arena_strdup(p->arena, text);
    if (copy == NULL || args == NULL) return;
    p->notes[p->n_remarks] = (reb_plan_note){key, args, copy};
    p->remarks[p->n_remarks++] = copy;
}

/* The columns that a file of refused rows has besides those of the file it comes from. */
static bool is_ours(reb_slice fold) {
    return reb_slice_is(fold, "rebound_line") || reb_slice_is(fold, "rebound_reason") || reb_slice_is(fold, REB_GUARD_COLUMN);
}

void reb_plan_signature(char out[REB_SIGNATURE_TEXT], const reb_plan *p, const reb_sheet_info *info) {
    unsigned char digest[16];
    crypto_generichash_state h;
    out[0] = '\0';
    if (!info->has_header || sodium_init() < 0) return;
    crypto_generichash_init(&h, NULL, 0, sizeof digest);
    for (size_t i = 0; i < p->n_columns; i++) {
        const reb_plan_column *c = &p->columns[i];
        if (is_ours(c->fold)) continue;
        if (c->fold.len > 0) crypto_generichash_update(&h, (const unsigned char *)c->fold.ptr, c->fold.len);
        crypto_generichash_update(&h, (const unsigned char *)"\n", 1);
    }
    crypto_generichash_final(&h, digest, sizeof digest);
    sodium_bin2hex(out, REB_SIGNATURE_TEXT, digest, sizeof digest);
}

reb_slice reb_plan_fold(reb_arena *a, reb_slice text) {
    size_t cap = 11 * text.len + 1;
    char *buf = malloc(cap);
    if (buf == NULL) {
        a->failed = true; /* headers that could not be compared must not end as columns that mean nothing */
        return (reb_slice){NULL, 0};
    }
    size_t n = reb_fold(buf, cap, text.ptr, text.len);
    char *copy = reb_arena_strndup(a, buf, n);
    free(buf);
    return (reb_slice){copy, copy != NULL ? n : 0};
}

/* One space for signs and spaces, nothing for what stands in brackets, camelCase left alone. */
reb_slice reb_plan_words(reb_arena *a, reb_slice header) {
    reb_slice f = reb_plan_fold(a, header);
    char *out = f.len > 0 ? reb_arena_alloc(a, f.len + 1) : NULL;
    if (out == NULL) return (reb_slice){"", 0};
    size_t n = 0;
    int depth = 0;
    for (size_t i = 0; i < f.len; i++) {
        char c = f.ptr[i];
        if (c == '(' || c == '[') {
            depth++;
        } else if (c == ')' || c == ']') {
            depth -= depth > 0;
        } else if (depth == 0) {
            bool gap = c == ' ' || c == '_' || c == '-' || c == '.' || c == '/' || c == ':' || c == '\'' || c == '*' || c == ',';
            if (!gap) {
                out[n++] = c;
            } else if (n > 0 && out[n - 1] != ' ') {
                out[n++] = ' ';
            }
        }
    }
    if (n > 0 && out[n - 1] == ' ') n--;
    out[n] = '\0';
    return (reb_slice){out, n};
}

void reb_plan_assign(reb_plan *p, size_t column, reb_role role) {
    p->columns[column].role = role;
    if (p->n_of_role[role] < REB_PLAN_PER_ROLE && column <= INT32_MAX) p->of_role[role][p->n_of_role[role]++] = (int)column;
}

reb_slice reb_plan_value(const reb_plan *p, reb_role r, const reb_sheet_record *rec, int *column) {
    for (int k = 0; k < p->n_of_role[r]; k++) {
        size_t c = (size_t)p->of_role[r][k];
        if (c >= rec->n_fields) continue;
        reb_slice v = reb_slice_trim(rec->fields[c]);
        if (v.len == 0) continue;
        if (column != NULL) *column = (int)c;
        return v;
    }
    return (reb_slice){NULL, 0};
}

static bool same(reb_slice a, reb_slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static int find_column(const reb_plan *p, reb_slice fold) {
    for (size_t i = 0; i < p->n_columns; i++)
        if (same(p->columns[i].fold, fold)) return (int)i;
    return -1;
}

/* How well a profile fits: 0 not at all; otherwise 1000 a needed group, 1 a further column. */
static int profile_score(const reb_plan *p, int id, const reb_slice *folds) {
    bool need[16] = {false};
    bool met[16] = {false};
    int others = 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (k_columns[i].profile != id) continue;
        unsigned g = k_columns[i].need & 15u;
        need[g] = true;
        if (find_column(p, folds[i]) < 0) continue;
        if (g == 0) others++;
        met[g] = true;
    }
    int groups = 0;
    for (unsigned g = 1; g < 16; g++) {
        if (need[g] && !met[g]) return 0;
        groups += need[g];
    }
    return 1000 * groups + others;
}

static void take_profile(reb_plan *p, int id, const reb_slice *folds) {
    const profile *f = &k_profiles[id];
    p->profile = f->id;
    p->label = f->label;
    p->source = f->source;
    p->records = f->records;
    p->traits = f->traits;
    size_t known = 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (k_columns[i].profile != id) continue;
        int c = find_column(p, folds[i]);
        if (c < 0) continue;
        known++;
        if (k_columns[i].role != REB_ROLE_ASIDE && p->columns[c].role == REB_ROLE_ASIDE) reb_plan_assign(p, (size_t)c, k_columns[i].role);
    }
    p->why = reb_arena_printf(p->arena, "%zu of its columns are those of %s", known, f->label);
}

/* The same but for spaces: Persian joins and parts its words as it likes. */
static bool same_but_spaces(reb_slice a, reb_slice b) {
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] == ' ') i++;
        while (k < b.len && b.ptr[k] == ' ') k++;
        if (i == a.len || k == b.len) return i == a.len && k == b.len;
        if (a.ptr[i++] != b.ptr[k++]) return false;
    }
}

/* Does `words` (parted by |) hold `header`? 2 exactly, 1 as whole words within it; *len tells the length of the word found. */
static int word_match(const char *words, reb_slice header, reb_arena *scratch, size_t *len) {
    int best = 0;
    *len = 0;
    for (const char *w = words; *w != '\0';) {
        size_t n = strcspn(w, "|");
        reb_slice f = reb_plan_words(scratch, (reb_slice){w, n});
        if (same_but_spaces(f, header)) {
            *len = f.len;
            return 2;
        }
        if (f.len > *len && f.len < header.len) {
            for (const char *at = header.ptr; (at = memmem(at, header.len - (size_t)(at - header.ptr), f.ptr, f.len)) != NULL; at++) {
                bool left = at == header.ptr || at[-1] == ' ';
                bool right = at + f.len == header.ptr + header.len || at[f.len] == ' ';
                if (left && right) {
                    best = 1;
                    *len = f.len;
                    break;
                }
            }
        }
        w += n + (w[n] == '|');
    }
    return best;
}

/* "last order date" and "mean value" tell about a customer, not about an order: such words forbid a guess. */
static bool forbids_guess(reb_slice header) {
    static const char *const words[] = {"first", "last", "next",  "previous", "mean",  "average", "avg",  "median", "min",
                                        "max",   "rate", "ratio", "per",      "since", "until",   "died", "count",  "lifetime"};
    for (size_t at = 0; at < header.len;) {
        const char *space = memchr(header.ptr + at, ' ', header.len - at);
        size_t n = space != NULL ? (size_t)(space - (header.ptr + at)) : header.len - at;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (strlen(words[i]) == n && memcmp(words[i], header.ptr + at, n) == 0) return true;
        at += n + 1;
    }
    return false;
}

/* The role a header's words suggest; *strength 2 exact, 1 contained, 0 none. */
static reb_role word_role(reb_slice header, reb_arena *scratch, int *strength) {
    reb_role role = REB_ROLE_ASIDE;
    size_t longest = 0;
    *strength = 0;
    for (size_t i = 0; i < sizeof k_words / sizeof *k_words; i++) {
        size_t len = 0;
        int m = word_match(k_words[i].words, header, scratch, &len);
        if (m == 2) {
            *strength = 2;
            return k_words[i].role;
        }
        bool aside_wins = m == 1 && len == longest && k_words[i].role == REB_ROLE_ASIDE;
        if (m == 1 && (len > longest || aside_wins)) {
            longest = len;
            role = k_words[i].role;
            *strength = 1;
        }
    }
    if (*strength == 1 && forbids_guess(header)) *strength = 0;
    return role;
}

/* Only one column may play these; the second one is kept aside. */
static bool single_role(reb_role r) {
    return r != REB_ROLE_EMAIL && r != REB_ROLE_PHONE;
}

static void guess_by_words(reb_plan *p) {
    reb_arena scratch = {0};
    for (int pass = 2; pass >= 1; pass--) {
        for (size_t i = 0; i < p->n_columns; i++) {
            if (p->columns[i].role != REB_ROLE_ASIDE) continue;
            int strength = 0;
            reb_role r = word_role(reb_plan_words(&scratch, p->columns[i].name), &scratch, &strength);
            if (strength != pass || r == REB_ROLE_ASIDE) continue;
            if (single_role(r) && reb_plan_has(p, r)) continue;
            reb_plan_assign(p, i, r);
        }
    }
    if (scratch.failed) p->arena->failed = true;
    reb_arena_free(&scratch);
    /* A lone first name beside a family name stays a first name; alone it is the name. */
    if (!reb_plan_has(p, REB_ROLE_NAME) && reb_plan_has(p, REB_ROLE_FIRST_NAME) && !reb_plan_has(p, REB_ROLE_LAST_NAME)) {
        size_t c = (size_t)p->of_role[REB_ROLE_FIRST_NAME][0];
        p->n_of_role[REB_ROLE_FIRST_NAME] = 0;
        reb_plan_assign(p, c, REB_ROLE_NAME);
    }
}

static bool has_customer(const reb_plan *p) {
    return reb_plan_has(p, REB_ROLE_CUSTOMER) || reb_plan_has(p, REB_ROLE_EMAIL) || reb_plan_has(p, REB_ROLE_PHONE) ||
           reb_plan_has(p, REB_ROLE_NAME) || reb_plan_has(p, REB_ROLE_LAST_NAME) || reb_plan_has(p, REB_ROLE_FIRST_NAME);
}

/* "Customer" alone may head names, addresses or numbers: it counts only where nothing says it better, and only as a whole. */
static void guess_plain_customer(reb_plan *p) {
    static const char *const words[] = {"customer", "customers", "purchaser", "shopper", "guest", "patient", "member"};
    reb_arena scratch = {0};
    for (size_t i = 0; i < p->n_columns && !has_customer(p); i++) {
        if (p->columns[i].role != REB_ROLE_ASIDE) continue;
        reb_slice header = reb_plan_words(&scratch, p->columns[i].name);
        bool plain = false;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) plain = plain || reb_slice_is(header, words[k]);
        if (plain) reb_plan_assign(p, i, REB_ROLE_NAME);
    }
    if (scratch.failed) p->arena->failed = true;
    reb_arena_free(&scratch);
}

static bool samples_are(const reb_plan_column *c, bool email) {
    for (int k = 0; k < c->n_samples; k++) {
        const char *s = c->samples[k];
        bool fits = email ? strchr(s, '@') != NULL && strchr(s, ' ') == NULL : strspn(s, "0123456789") == strlen(s);
        if (!fits) return false;
    }
    return c->n_samples > 0;
}

void reb_plan_settle_who(reb_plan *p) {
    if (p->by_hand || p->profile == NULL || strcmp(p->profile, "generic") != 0 || p->n_of_role[REB_ROLE_NAME] != 1) return;
    size_t column = (size_t)p->of_role[REB_ROLE_NAME][0];
    reb_role role = REB_ROLE_NAME;
    if (!reb_plan_has(p, REB_ROLE_EMAIL) && samples_are(&p->columns[column], true)) role = REB_ROLE_EMAIL;
    if (!reb_plan_has(p, REB_ROLE_CUSTOMER) && samples_are(&p->columns[column], false)) role = REB_ROLE_CUSTOMER;
    if (role == REB_ROLE_NAME) return;
    p->n_of_role[REB_ROLE_NAME] = 0;
    reb_plan_assign(p, column, role);
}

/* What the roles together make of a record. False: too little to go on. */
static bool judge_records(reb_plan *p) {
    bool money = reb_plan_has(p, REB_ROLE_AMOUNT) || reb_plan_has(p, REB_ROLE_TOTAL) || reb_plan_has(p, REB_ROLE_LINE_AMOUNT) ||
                 reb_plan_has(p, REB_ROLE_PRICE);
    if (reb_plan_has(p, REB_ROLE_DATE)) {
        bool order = money || reb_plan_has(p, REB_ROLE_ORDER_ID) || reb_plan_has(p, REB_ROLE_QUANTITY);
        if (!has_customer(p) && !order) return false;
        bool words = reb_plan_has(p, REB_ROLE_SUBJECT) || reb_plan_has(p, REB_ROLE_BODY);
        p->records = reb_plan_has(p, REB_ROLE_KIND) ? REB_RECORDS_EVENTS : words && !money ? REB_RECORDS_TICKETS : REB_RECORDS_ORDERS;
        return true;
    }
    if (!has_customer(p) || reb_plan_has(p, REB_ROLE_QUANTITY) || reb_plan_has(p, REB_ROLE_PRICE)) return false;
    p->records = REB_RECORDS_CUSTOMERS;
    return true;
}

static int column_of_line(const reb_plan *p, const reb_map_line *l) {
    if (l->by_index) return l->index >= 0 && (uint64_t)l->index < p->n_columns ? (int)l->index : -1;
    int c = find_column(p, reb_plan_fold(p->arena, l->column));
    if (c >= 0) return c;
    reb_slice n = l->column; /* "3" or "column 3" */
    if (n.len > 7 && strncasecmp(n.ptr, "column ", 7) == 0) n = (reb_slice){n.ptr + 7, n.len - 7};
    int64_t v = 0;
    if (reb_decimal_parse(&v, n.ptr, n.len, 0, REB_DECIMAL_POINT, true, NULL) == REB_OK && v >= 1 && (uint64_t)v <= p->n_columns)
        return (int)(v - 1);
    return -1;
}

static reb_status apply_map(reb_plan *p, const reb_map *map, reb_err *err) {
    for (size_t i = 0; i < map->n_lines; i++) {
        const reb_map_line *l = &map->lines[i];
        int c = column_of_line(p, l);
        if (c < 0 && l->by_index) {
            reb_fail(err, REB_E_USAGE, "The mapping speaks of column %lld; the file has %zu.", (long long)l->index + 1, p->n_columns);
            reb_err_next(err, "Is it another file? Look at its columns again.");
            return REB_E_USAGE;
        }
        if (c < 0) {
            reb_fail(err, REB_E_INPUT, "The mapping's line %d names a column \"%.*s\" that the file does not have.", l->line,
                     (int)l->column.len, l->column.ptr);
            reb_err_next(err, "Name a column as in the file's first line, or by its number, 1 to %zu.", p->n_columns);
            return REB_E_INPUT;
        }
        if (p->columns[c].role != l->role) reb_plan_assign(p, (size_t)c, l->role); /* else the profile has assigned it */
    }
    return REB_OK;
}

/* What the mapping says of a column; ASIDE: nothing. */
static reb_role role_said(const reb_plan *p, const reb_map *map, int column) {
    for (size_t i = 0; i < map->n_lines; i++)
        if (column_of_line(p, &map->lines[i]) == column) return map->lines[i].role;
    return REB_ROLE_ASIDE;
}

/* A person changed some columns of a known export: what it is called and where it comes from stays, and of several columns of one role the
   export's own order (which telephone is tried first) stays too, and what of it is never stored. */
static void keep_profile(reb_plan *p, const reb_map *map) {
    const char *name = map->options.profile;
    if (name == NULL) return;
    if (strcmp(name, "generic") == 0) {
        p->profile = "generic";
        p->label = "a sheet with known words in its header";
        return;
    }
    for (int id = 0; id < PROFILE_COUNT; id++) {
        const profile *f = &k_profiles[id];
        if (strcmp(f->id, name) != 0) continue;
        p->profile = f->id;
        p->label = f->label;
        p->source = f->source;
        p->records = f->records;
        p->traits = f->traits;
        for (int i = 0; i < COLUMN_COUNT; i++) {
            if (k_columns[i].profile != id || k_columns[i].role == REB_ROLE_ASIDE) continue;
            int c = find_column(p, reb_plan_fold(p->arena, reb_slice_of(k_columns[i].header)));
            if (c < 0 || p->columns[c].role != REB_ROLE_ASIDE) continue;
            reb_role said = role_said(p, map, c);
            bool never = k_columns[i].role == REB_ROLE_DROP && said == REB_ROLE_ASIDE; /* card numbers stay unstored */
            if (said == k_columns[i].role || never) reb_plan_assign(p, (size_t)c, k_columns[i].role);
        }
        return;
    }
}

static reb_status set_records(reb_plan *p, const char *records, reb_err *err) {
    for (int r = REB_RECORDS_ORDERS; r <= REB_RECORDS_EVENTS; r++) {
        if (strcmp(records, reb_records_name((reb_records)r)) != 0) continue;
        p->records = (reb_records)r;
        return REB_OK;
    }
    return reb_fail(err, REB_E_INPUT, "The mapping says records = %s; it must be orders, customers, tickets, payments or events.", records);
}

static reb_status unknown_header(reb_plan *p, const reb_sheet_info *info, reb_err *err) {
    if (!info->has_header) {
        reb_fail(err, REB_E_INPUT, "The file has no line of column names, so it cannot be told which column is what.");
    } else if (!has_customer(p)) {
        reb_fail(err, REB_E_INPUT, "No column tells the customer (a number, e-mail, phone or name).");
    } else {
        reb_fail(err, REB_E_INPUT, "The columns are those of no export known here: no date of a purchase was found among them.");
    }
    reb_err_reason(err, !info->has_header ? "no_header" : !has_customer(p) ? "no_customer" : "no_date");
    reb_err_next(err,
                 "Write a mapping: rebound import FILE --dry-run --write-map map.txt, mend it, then rebound import FILE --map map.txt");
    return REB_E_INPUT;
}

/* A first guess for a file whose header tells nothing, from what stands in it: for a person to mend, never imported by itself. A few values
   may be wrong; that is what somebody will want to see. */
void reb_plan_guess_values(reb_plan *p) {
    int date = -1;
    int amount = -1;
    int quantity = -1;
    int customer = -1;
    bool email = false;
    for (size_t i = 0; i < p->n_columns; i++) {
        const reb_plan_column *c = &p->columns[i];
        if (c->evidence == NULL || c->evidence->number.values == 0) continue;
        const reb_date_evidence *d = &c->evidence->date;
        const reb_number_evidence *n = &c->evidence->number;
        reb_date_verdict v = reb_date_decide(d, REB_ORDER_UNKNOWN, false);
        bool number = n->numbers == n->values;
        int at = (int)i;
        if ((v.is_date && d->dates == d->values) || (d->values > 0 && d->dates * 10 >= d->values * 8)) {
            if (date < 0) date = at;
        } else if (samples_are(c, true)) {
            if (!email) reb_plan_assign(p, i, REB_ROLE_EMAIL);
            email = true;
        } else if (n->numbers * 10 >= n->values * 7 && n->fraction > 0) {
            amount = at;
        } else if (customer < 0) {
            customer = at;
        } else if (number && date >= 0 && quantity < 0) {
            quantity = at;
        }
    }
    if (amount < 0 && quantity >= 0) {
        amount = quantity;
        quantity = -1;
    }
    /* Beside an e-mail address, what stands first is rather the order's number than the customer's. */
    if (customer >= 0) reb_plan_assign(p, (size_t)customer, email && customer == 0 ? REB_ROLE_ORDER_ID : REB_ROLE_CUSTOMER);
    if (date >= 0) reb_plan_assign(p, (size_t)date, REB_ROLE_DATE);
    if (quantity >= 0) reb_plan_assign(p, (size_t)quantity, REB_ROLE_QUANTITY);
    if (amount >= 0) reb_plan_assign(p, (size_t)amount, REB_ROLE_AMOUNT);
}

static reb_status recognise_profile(reb_plan *p, const reb_sheet_info *info, reb_err *err) {
    reb_slice *folds = reb_arena_zalloc(p->arena, COLUMN_COUNT, sizeof *folds);
    if (folds == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (int i = 0; i < COLUMN_COUNT; i++) folds[i] = reb_plan_fold(p->arena, reb_slice_of(k_columns[i].header));
    int best = -1;
    int best_score = 0;
    for (int id = 0; id < PROFILE_COUNT; id++) {
        int score = profile_score(p, id, folds);
        if (score > best_score) best = id, best_score = score;
    }
    if (best >= 0) {
        take_profile(p, best, folds);
        return REB_OK;
    }
    guess_by_words(p);
    guess_plain_customer(p);
    p->profile = "generic";
    p->label = "a sheet with known words in its header";
    p->source = "sheet";
    p->why = "the words of its header";
    if (!judge_records(p)) return unknown_header(p, info, err);
    return REB_OK;
}

reb_status reb_plan_recognise(reb_plan *p, const reb_sheet_info *info, const reb_map *map, reb_err *err) {
    for (size_t i = 0; i < p->n_columns; i++) {
        reb_plan_column *c = &p->columns[i];
        c->fold = reb_plan_fold(p->arena, c->name);
        bool ours = is_ours(c->fold); /* a mended file of refused rows */
        if (ours) reb_plan_assign(p, i, REB_ROLE_DROP);
    }
    reb_status st = REB_OK;
    if (map != NULL && map->n_lines > 0) {
        p->profile = "mapping";
        p->label = "as the mapping says";
        p->source = "sheet";
        p->why = "the mapping file";
        p->by_hand = true;
        keep_profile(p, map);
        bool known_records = strcmp(p->profile, "mapping") != 0 && strcmp(p->profile, "generic") != 0;
        st = apply_map(p, map, err);
        if (st == REB_OK && map->options.records == NULL && !known_records && !judge_records(p)) {
            reb_fail(err, REB_E_INPUT,
                     "The mapping names too little: orders need at least a customer and a date; customers a name, e-mail, phone "
                     "or number.");
            reb_err_next(err, "For instance three lines: customer = ...   date = ...   amount = ...");
            reb_err_reason(err, "too_little_named");
            st = REB_E_INPUT;
        }
    } else {
        st = recognise_profile(p, info, err);
    }
    if (map != NULL) {
        p->options = map->options;
        if (map->options.source != NULL) p->source = map->options.source;
        if (st == REB_OK && map->options.records != NULL) st = set_records(p, map->options.records, err);
    }
    return st;
}
