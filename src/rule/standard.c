/* Reads a document of standards: every member is named, measured and copied; what is wrong is told by its path. */
#include "standard.h"

#include "../text/money.h"
#include "../text/utf8.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const k_remedy_kind[REB_REMEDY_KINDS] = {
    [REB_REMEDY_REFUND] = "refund",   [REB_REMEDY_REPLACEMENT] = "replacement", [REB_REMEDY_REPAIR] = "repair",
    [REB_REMEDY_VOUCHER] = "voucher", [REB_REMEDY_UPGRADE] = "upgrade",         [REB_REMEDY_GIFT] = "gift",
    [REB_REMEDY_CALL] = "call",       [REB_REMEDY_APOLOGY] = "apology"};

const char *reb_remedy_kind_name(reb_remedy_kind k) {
    return k_remedy_kind[k];
}

bool reb_remedy_kind_from_name(reb_remedy_kind *out, const char *name) {
    for (int i = 0; i < REB_REMEDY_KINDS; i++)
        if (strcmp(k_remedy_kind[i], name) == 0) {
            *out = (reb_remedy_kind)i;
            return true;
        }
    return false;
}

static const char *in_language(const reb_words *w, const char *tag) {
    reb_locale l;
    if (tag == NULL || !reb_locale_parse(&l, tag, strlen(tag), NULL)) return NULL;
    return w->in[l.language];
}

const char *reb_words_in(const reb_words *w, const char *language, const char *fallback) {
    const char *text = in_language(w, language);
    if (text == NULL) text = in_language(w, fallback);
    for (int i = 0; text == NULL && i < REB_LANGUAGES; i++) text = w->in[i];
    return text != NULL ? text : "";
}

const reb_standard_kind *reb_standard_kind_find(const reb_standard *s, const char *code) {
    int64_t n = reb_standard_number(s, code);
    return n > 0 ? &s->kinds[n - 1] : NULL;
}

int64_t reb_standard_number(const reb_standard *s, const char *kind_code) {
    for (int64_t i = 0; i < s->kind_count; i++)
        if (strcmp(s->kinds[i].code, kind_code) == 0) return i + 1;
    return 0;
}

const reb_remedy *reb_remedy_find(const reb_standard *s, const char *code) {
    for (int64_t i = 0; i < s->remedy_count; i++)
        if (strcmp(s->remedies[i].code, code) == 0) return &s->remedies[i];
    return NULL;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

/* `at` is where in the document: each step adds its name and takes it away again. */
typedef struct reader {
    reb_arena *a;
    reb_err *err;
    char at[200];
} reader;

static size_t enter(reader *r, const char *name) {
    size_t was = strlen(r->at);
    (void)snprintf(r->at + was, sizeof r->at - was, "%s%.40s", was > 0 ? "." : "", name);
    return was;
}

static size_t enter_item(reader *r, int i) {
    size_t was = strlen(r->at);
    (void)snprintf(r->at + was, sizeof r->at - was, "[%d]", i);
    return was;
}

static void leave(reader *r, size_t was) {
    r->at[was] = '\0';
}

static reb_status wrong(reader *r, const char *what) {
    return reb_fail(r->err, REB_E_INPUT, "%s %s", r->at[0] != '\0' ? r->at : "The document", what);
}

static reb_status no_memory(reader *r) {
    return reb_fail(r->err, REB_E_MEMORY, "No memory left.");
}

/* An object of which every member is one of `names` (ends with NULL). */
static reb_status object(reader *r, const cJSON *o, const char *const *names) {
    if (!cJSON_IsObject(o)) return wrong(r, o == NULL ? "is missing." : "must be an object.");
    const cJSON *m;
    cJSON_ArrayForEach(m, o) {
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], m->string) != 0) i++;
        if (names[i] != NULL && cJSON_GetObjectItemCaseSensitive(o, m->string) == m) continue;
        size_t was = enter(r, m->string);
        reb_status st = wrong(r, names[i] == NULL ? "is not known here; take it out, or mend its name." : "stands there twice.");
        leave(r, was);
        return st;
    }
    return REB_OK;
}

static reb_status integer(int64_t *out, reader *r, const cJSON *o, const char *name, int64_t least, int64_t most, int64_t fallback) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    *out = fallback;
    if (v == NULL && fallback >= least) return REB_OK;
    size_t was = enter(r, name);
    reb_status st = REB_OK;
    if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble) || v->valuedouble < (double)least || v->valuedouble > (double)most) {
        st = reb_fail(r->err, REB_E_INPUT, "%s must be a whole number from %lld to %lld.", r->at, (long long)least, (long long)most);
    } else {
        *out = (int64_t)v->valuedouble;
    }
    leave(r, was);
    return st;
}

static bool is_code(const char *s) {
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n <= 40 && s[n] == '\0';
}

/* A short word: a code of ours. */
static reb_status code(const char **out, reader *r, const cJSON *v, const char *name) {
    size_t was = name != NULL ? enter(r, name) : strlen(r->at);
    reb_status st = REB_OK;
    if (!cJSON_IsString(v) || !is_code(v->valuestring)) {
        st = wrong(r, "must be a short name in small Latin letters, digits and _ (at most 40).");
    } else if ((*out = reb_arena_strdup(r->a, v->valuestring)) == NULL) {
        st = no_memory(r);
    }
    leave(r, was);
    return st;
}

static bool is_clean(const char *s, bool lines) {
    for (; *s != '\0'; s++)
        if (((unsigned char)*s < 0x20 && !(lines && *s == '\n')) || *s == 0x7f) return false;
    return true;
}

static reb_status words(reb_words *out, reader *r, const cJSON *o, const char *name, size_t most, bool must) {
    static const char *const k_languages[] = {"en", "ar", "fa", "el", NULL};
    const cJSON *w = cJSON_GetObjectItemCaseSensitive(o, name);
    size_t was = enter(r, name), count = 0;
    reb_status st = w == NULL && !must ? REB_OK : object(r, w, k_languages);
    for (int i = 0; st == REB_OK && i < REB_LANGUAGES; i++) {
        const char *key = reb_language_code((reb_language)i);
        const cJSON *v = cJSON_GetObjectItemCaseSensitive(w, key);
        if (v == NULL || cJSON_IsNull(v)) continue;
        size_t inner = enter(r, key);
        if (!cJSON_IsString(v)) {
            st = wrong(r, "must be text.");
        } else if (strlen(v->valuestring) > most) {
            st = reb_fail(r->err, REB_E_INPUT, "%s is too long: at most %zu bytes.", r->at, most);
        } else if (!reb_utf8_valid(v->valuestring, strlen(v->valuestring), NULL) ||
                   !is_clean(v->valuestring, most > REB_STANDARD_TITLE_MOST)) {
            st = wrong(r, "holds a character that is no part of text.");
        } else if (v->valuestring[strspn(v->valuestring, " \n")] != '\0') {
            out->in[i] = reb_arena_strdup(r->a, v->valuestring);
            if (out->in[i] == NULL) st = no_memory(r);
            count++;
        }
        leave(r, inner);
    }
    if (st == REB_OK && must && count == 0) st = wrong(r, "must stand in one language at least.");
    leave(r, was);
    return st;
}

static reb_status clocks(reb_standard_kind *k, reader *r, const cJSON *o) {
    static const char *const k_kinds[] = {"acknowledge", "first_answer", "next_answer", "solution", "regulatory", NULL};
    static const char *const k_members[] = {"unit", "amount", "warn_percent", NULL};
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, "clocks");
    size_t was = enter(r, "clocks");
    reb_status st = object(r, list, k_kinds);
    for (int i = 0; st == REB_OK && i < REB_CLOCK_KINDS; i++) {
        const cJSON *c = cJSON_GetObjectItemCaseSensitive(list, k_kinds[i]);
        if (c == NULL || cJSON_IsNull(c)) continue;
        reb_clock_target *t = &k->targets[k->target_count];
        t->kind = (reb_clock_kind)i;
        size_t inner = enter(r, k_kinds[i]);
        st = object(r, c, k_members);
        if (st == REB_OK) st = integer(&t->amount, r, c, "amount", 1, 1000000, 0);
        if (st == REB_OK) st = integer(&t->warn_percent, r, c, "warn_percent", 1, 99, 75);
        const cJSON *unit = cJSON_GetObjectItemCaseSensitive(c, "unit");
        if (st == REB_OK && (!cJSON_IsString(unit) || !reb_clock_unit_from_name(&t->unit, unit->valuestring))) {
            enter(r, "unit");
            st = wrong(r, "must be working_minutes, working_days, minutes or calendar_days.");
        }
        if (st == REB_OK && i == REB_CLOCK_REGULATORY && t->unit == REB_UNIT_WORKING_MINUTES)
            st = wrong(r, "is a term of law: give it in days, or in absolute minutes.");
        if (st == REB_OK) k->target_count++;
        leave(r, inner);
    }
    leave(r, was);
    return st;
}

/* A list of remedies' codes, each known and once. */
static reb_status choices(const char ***out, int64_t *count, reader *r, const cJSON *o, const char *name, const reb_standard *s) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, name);
    size_t was = enter(r, name);
    reb_status st = cJSON_IsArray(list) ? REB_OK : wrong(r, "must be a list of remedies' codes.");
    int n = st == REB_OK ? cJSON_GetArraySize(list) : 0;
    if (n > REB_STANDARD_REMEDIES_MOST) st = wrong(r, "has too many entries.");
    *count = 0;
    *out = st == REB_OK ? reb_arena_zalloc(r->a, (size_t)n + 1, sizeof **out) : NULL;
    if (st == REB_OK && *out == NULL) st = no_memory(r);
    int i = 0;
    const cJSON *v;
    if (st == REB_OK) cJSON_ArrayForEach(v, list) {
            size_t inner = enter_item(r, i++);
            const char *c = NULL;
            st = code(&c, r, v, NULL);
            if (st == REB_OK && reb_remedy_find(s, c) == NULL)
                st = wrong(r, "is no remedy of this document; add it to remedies, or take it out here.");
            for (int64_t j = 0; st == REB_OK && j < *count; j++)
                if (strcmp((*out)[j], c) == 0) st = wrong(r, "stands in this list twice.");
            leave(r, inner);
            if (st != REB_OK) break;
            (*out)[(*count)++] = c;
        }
    leave(r, was);
    return st;
}

static reb_status one_kind(reb_standard_kind *k, reader *r, const cJSON *o, const reb_standard *s) {
    static const char *const k_members[] = {"code", "title", "text", "calendar", "clocks", "due", "extra", NULL};
    reb_status st = object(r, o, k_members);
    if (st == REB_OK) st = code(&k->code, r, cJSON_GetObjectItemCaseSensitive(o, "code"), "code");
    if (st == REB_OK && reb_standard_number(s, k->code) > 0) st = wrong(r, "has the code of an earlier one; each needs its own.");
    if (st == REB_OK) st = words(&k->title, r, o, "title", REB_STANDARD_TITLE_MOST, true);
    if (st == REB_OK) st = words(&k->text, r, o, "text", REB_STANDARD_TEXT_MOST, true);
    if (st == REB_OK) st = code(&k->calendar, r, cJSON_GetObjectItemCaseSensitive(o, "calendar"), "calendar");
    if (st == REB_OK) st = clocks(k, r, o);
    if (st == REB_OK) st = choices(&k->due, &k->due_count, r, o, "due", s);
    if (st == REB_OK) st = choices(&k->extra, &k->extra_count, r, o, "extra", s);
    for (int64_t i = 0; st == REB_OK && i < k->extra_count; i++)
        if (reb_remedy_find(s, k->extra[i])->by_right_only) {
            enter(r, "extra");
            st = reb_fail(r->err, REB_E_INPUT, "%s names %s, which is given by right only; take it out of one of the two.", r->at,
                          k->extra[i]);
        }
    return st;
}

static reb_status one_remedy(reb_remedy *m, reader *r, const cJSON *o, const reb_standard *s) {
    static const char *const k_members[] = {
        "code",          "kind",          "title", "text", "percent", "amount_minor", "most_minor", "cost_percent", "redeemed_percent",
        "validity_days", "by_right_only", NULL};
    const int64_t most = INT64_C(1000000000000000);
    reb_status st = object(r, o, k_members);
    if (st == REB_OK) st = code(&m->code, r, cJSON_GetObjectItemCaseSensitive(o, "code"), "code");
    if (st == REB_OK && reb_remedy_find(s, m->code) != NULL) st = wrong(r, "has the code of an earlier one; each needs its own.");
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(o, "kind");
    if (st == REB_OK && (!cJSON_IsString(kind) || !reb_remedy_kind_from_name(&m->kind, kind->valuestring))) {
        enter(r, "kind");
        st = wrong(r, "must be refund, replacement, repair, voucher, upgrade, gift, call or apology.");
    }
    if (st == REB_OK) st = words(&m->title, r, o, "title", REB_STANDARD_TITLE_MOST, true);
    if (st == REB_OK) st = words(&m->text, r, o, "text", REB_STANDARD_TEXT_MOST, false);
    if (st == REB_OK) st = integer(&m->percent, r, o, "percent", 0, 100, 0);
    if (st == REB_OK) st = integer(&m->amount_minor, r, o, "amount_minor", 0, most, 0);
    if (st == REB_OK) st = integer(&m->most_minor, r, o, "most_minor", 0, most, 0);
    if (st == REB_OK) st = integer(&m->cost_percent, r, o, "cost_percent", 0, 100, 100);
    if (st == REB_OK) st = integer(&m->redeemed_percent, r, o, "redeemed_percent", 0, 100, 100);
    if (st == REB_OK) st = integer(&m->validity_days, r, o, "validity_days", 0, 36500, 0);
    if (st == REB_OK && m->percent > 0 && m->amount_minor > 0)
        st = wrong(r, "has a share of the order (percent) and an amount (amount_minor); give one of them.");
    if (st == REB_OK && m->kind == REB_REMEDY_REFUND && (m->cost_percent != 100 || m->redeemed_percent != 100))
        st = wrong(r, "is money: it costs what it is worth, so cost_percent and redeemed_percent are 100.");
    if (st == REB_OK && m->kind == REB_REMEDY_VOUCHER && m->percent == 0 && m->amount_minor == 0)
        st = wrong(r, "is a voucher over nothing; give amount_minor or percent.");
    const cJSON *only = cJSON_GetObjectItemCaseSensitive(o, "by_right_only");
    if (st == REB_OK && only != NULL && !cJSON_IsBool(only)) {
        enter(r, "by_right_only");
        st = wrong(r, "must be true or false.");
    }
    m->by_right_only = cJSON_IsTrue(only);
    return st;
}

static reb_status remedies(reb_standard *s, reader *r, const cJSON *doc) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "remedies"), *o;
    size_t was = enter(r, "remedies");
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : -1;
    reb_status st = n < 0 ? wrong(r, "must be a list.") : n > REB_STANDARD_REMEDIES_MOST ? wrong(r, "has more than 60 entries.") : REB_OK;
    if (st == REB_OK) {
        s->remedies = reb_arena_zalloc(r->a, (size_t)n + 1, sizeof *s->remedies);
        if (s->remedies == NULL) st = no_memory(r);
    }
    if (st == REB_OK) cJSON_ArrayForEach(o, list) {
            size_t inner = enter_item(r, (int)s->remedy_count);
            st = one_remedy(&s->remedies[s->remedy_count], r, o, s);
            leave(r, inner);
            if (st != REB_OK) break;
            s->remedy_count++;
        }
    leave(r, was);
    return st;
}

static reb_status kinds(reb_standard *s, reader *r, const cJSON *doc) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "kinds"), *o;
    size_t was = enter(r, "kinds");
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    reb_status st = n < 1 || n > REB_STANDARD_KINDS_MOST ? wrong(r, "must be a list of 1 to 60 kinds of complaint.") : REB_OK;
    if (st == REB_OK) {
        s->kinds = reb_arena_zalloc(r->a, (size_t)n, sizeof *s->kinds);
        if (s->kinds == NULL) st = no_memory(r);
    }
    if (st == REB_OK) cJSON_ArrayForEach(o, list) {
            size_t inner = enter_item(r, (int)s->kind_count);
            st = one_kind(&s->kinds[s->kind_count], r, o, s);
            leave(r, inner);
            if (st != REB_OK) break;
            s->kind_count++;
        }
    leave(r, was);
    return st;
}

/* What an employee gives without asking: never more than whoever is above them. */
static reb_status limits(reb_standard *s, reader *r, const cJSON *doc) {
    static const char *const k_roles[] = {"agent", "manager", "owner", NULL};
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(doc, "limits");
    size_t was = enter(r, "limits");
    reb_status st = object(r, o, k_roles);
    s->limits = reb_arena_zalloc(r->a, 3, sizeof *s->limits);
    if (st == REB_OK && s->limits == NULL) st = no_memory(r);
    for (int i = 0; st == REB_OK && i < 3; i++) {
        s->limits[i].role = k_roles[i];
        st = integer(&s->limits[i].amount_minor, r, o, k_roles[i], -1, INT64_C(1000000000000000), i == 2 ? -1 : 0);
        if (st == REB_OK && i > 0 && s->limits[i].amount_minor >= 0 &&
            (s->limits[i - 1].amount_minor < 0 || s->limits[i - 1].amount_minor > s->limits[i].amount_minor))
            st = reb_fail(r->err, REB_E_INPUT, "limits.%s must not be more than limits.%s.", k_roles[i - 1], k_roles[i]);
    }
    s->limit_count = 3;
    leave(r, was);
    return st;
}

static reb_status head(reb_standard *s, reader *r, const cJSON *doc) {
    static const char *const k_members[] = {"format", "currency", "first_language", "title",  "promises",         "terms",
                                            "appeal", "kinds",    "remedies",       "limits", "approval_minutes", "reopen_days",
                                            NULL};
    int64_t format = 0;
    reb_status st = object(r, doc, k_members);
    if (st == REB_OK) st = integer(&format, r, doc, "format", 1, 1, 1);
    const cJSON *currency = cJSON_GetObjectItemCaseSensitive(doc, "currency"),
                *first = cJSON_GetObjectItemCaseSensitive(doc, "first_language");
    reb_language language;
    const reb_currency *c = cJSON_IsString(currency) ? reb_currency_find(currency->valuestring, strlen(currency->valuestring)) : NULL;
    if (st == REB_OK && c == NULL) st = reb_fail(r->err, REB_E_INPUT, "currency must be a code of ISO 4217, such as EUR.");
    if (st == REB_OK && (!cJSON_IsString(first) || !reb_language_find(&language, first->valuestring)))
        st = reb_fail(r->err, REB_E_INPUT, "first_language must be en, ar, fa or el.");
    if (st != REB_OK) return st;
    s->currency = c->code;
    s->first_language = reb_language_code(language);
    st = words(&s->title, r, doc, "title", REB_STANDARD_TITLE_MOST, true);
    if (st == REB_OK) st = words(&s->promises, r, doc, "promises", REB_STANDARD_TEXT_MOST, true);
    if (st == REB_OK) st = words(&s->terms, r, doc, "terms", REB_STANDARD_TEXT_MOST, true);
    if (st == REB_OK) st = words(&s->appeal, r, doc, "appeal", REB_STANDARD_TEXT_MOST, true);
    if (st == REB_OK) st = integer(&s->approval_minutes, r, doc, "approval_minutes", 1, 100000, 60);
    if (st == REB_OK) st = integer(&s->reopen_days, r, doc, "reopen_days", 0, 3650, 30);
    return st;
}

reb_status reb_standard_parse(reb_standard **out, reb_arena *a, const char *json, reb_err *err) {
    reader r = {.a = a, .err = err};
    *out = NULL;
    size_t n = strlen(json);
    if (n > REB_STANDARD_BYTES) return reb_fail(err, REB_E_INPUT, "The document is longer than 512 KiB; shorten its texts.");
    reb_standard *s = reb_arena_zalloc(a, 1, sizeof *s);
    if (s == NULL) return no_memory(&r);
    const char *end = NULL;
    cJSON *doc = cJSON_ParseWithLengthOpts(json, n + 1, &end, 1);
    if (doc == NULL) {
        long line = 1;
        for (const char *p = json; end != NULL && p < end && *p != '\0'; p++) line += *p == '\n';
        reb_fail(err, REB_E_INPUT, "The document is no JSON: it cannot be read from line %ld on.", line);
        reb_err_next(err, "Look for a comma or quotation mark that is missing or too many there.");
        return REB_E_INPUT;
    }
    reb_status st = head(s, &r, doc);
    if (st == REB_OK) st = remedies(s, &r, doc);
    if (st == REB_OK) st = kinds(s, &r, doc);
    if (st == REB_OK) st = limits(s, &r, doc);
    cJSON_Delete(doc);
    if (st == REB_OK) *out = s;
    return st;
}
