/* Standards as a document again, the document that Rebound comes with, and what differs between two. */
#include "standard.h"

#include "../base/json.h"
#include "../text/money.h"

#include <string.h>

extern const char *const reb_standard_data[]; /* data/standards.json in pieces (build/gen/standard_data.c) */

static void write_words(reb_json *w, const char *key, const reb_words *t) {
    reb_json_key(w, key);
    reb_json_obj(w);
    for (int i = 0; i < REB_LANGUAGES; i++)
        if (t->in[i] != NULL) reb_json_kstr(w, reb_language_code((reb_language)i), t->in[i]);
    reb_json_obj_end(w);
}

static void write_codes(reb_json *w, const char *key, const char **codes, int64_t count) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (int64_t i = 0; i < count; i++) reb_json_str(w, codes[i]);
    reb_json_arr_end(w);
}

static void write_kind(reb_json *w, const reb_standard_kind *k) {
    reb_json_obj(w);
    reb_json_kstr(w, "code", k->code);
    write_words(w, "title", &k->title);
    write_words(w, "text", &k->text);
    reb_json_kstr(w, "calendar", k->calendar);
    reb_json_key(w, "clocks");
    reb_json_obj(w);
    for (int64_t i = 0; i < k->target_count; i++) {
        const reb_clock_target *t = &k->targets[i];
        reb_json_key(w, reb_clock_kind_name(t->kind));
        reb_json_obj(w);
        reb_json_kstr(w, "unit", reb_clock_unit_name(t->unit));
        reb_json_ki64(w, "amount", t->amount);
        reb_json_ki64(w, "warn_percent", t->warn_percent);
        reb_json_obj_end(w);
    }
    reb_json_obj_end(w);
    write_codes(w, "due", k->due, k->due_count);
    write_codes(w, "extra", k->extra, k->extra_count);
    reb_json_obj_end(w);
}

static void write_remedy(reb_json *w, const reb_remedy *m) {
    reb_json_obj(w);
    reb_json_kstr(w, "code", m->code);
    reb_json_kstr(w, "kind", reb_remedy_kind_name(m->kind));
    write_words(w, "title", &m->title);
    write_words(w, "text", &m->text);
    reb_json_ki64(w, "percent", m->percent);
    reb_json_ki64(w, "amount_minor", m->amount_minor);
    reb_json_ki64(w, "most_minor", m->most_minor);
    reb_json_ki64(w, "cost_percent", m->cost_percent);
    reb_json_ki64(w, "redeemed_percent", m->redeemed_percent);
    reb_json_ki64(w, "validity_days", m->validity_days);
    reb_json_kbool(w, "by_right_only", m->by_right_only);
    reb_json_obj_end(w);
}

void reb_standard_write(reb_buf *out, const reb_standard *s) {
    reb_json w = {.out = out};
    reb_json_obj(&w);
    reb_json_ki64(&w, "format", 1);
    reb_json_kstr(&w, "currency", s->currency);
    reb_json_kstr(&w, "first_language", s->first_language);
    write_words(&w, "title", &s->title);
    write_words(&w, "promises", &s->promises);
    write_words(&w, "terms", &s->terms);
    write_words(&w, "appeal", &s->appeal);
    reb_json_key(&w, "kinds");
    reb_json_arr(&w);
    for (int64_t i = 0; i < s->kind_count; i++) write_kind(&w, &s->kinds[i]);
    reb_json_arr_end(&w);
    reb_json_key(&w, "remedies");
    reb_json_arr(&w);
    for (int64_t i = 0; i < s->remedy_count; i++) write_remedy(&w, &s->remedies[i]);
    reb_json_arr_end(&w);
    reb_json_key(&w, "limits");
    reb_json_obj(&w);
    for (int64_t i = 0; i < s->limit_count; i++) reb_json_ki64(&w, s->limits[i].role, s->limits[i].amount_minor);
    reb_json_obj_end(&w);
    reb_json_ki64(&w, "approval_minutes", s->approval_minutes);
    reb_json_ki64(&w, "reopen_days", s->reopen_days);
    reb_json_obj_end(&w);
}

/* --- the document that Rebound comes with -------------------------------------------------------------------------------------------- */

/* Whole units that stand for one euro of the document, so that a voucher is a round figure everywhere. */
static int64_t units_for_a_euro(const char *currency) {
    static const struct {
        const char code[4];
        int64_t units;
    } k_units[] = {{"AED", 4},    {"AMD", 400},     {"AZN", 2},   {"BRL", 6},    {"CAD", 2},      {"CNY", 8}, {"CZK", 25},
                   {"DKK", 8},    {"DZD", 150},     {"EGP", 50},  {"HUF", 400},  {"IDR", 18000},  {"ILS", 4}, {"INR", 100},
                   {"IQD", 1500}, {"IRR", 1000000}, {"JPY", 150}, {"KRW", 1500}, {"LBP", 100000}, {"LYD", 6}, {"MAD", 10},
                   {"MXN", 20},   {"NOK", 12},      {"PKR", 300}, {"PLN", 4},    {"QAR", 4},      {"RON", 5}, {"RSD", 120},
                   {"RUB", 100},  {"SAR", 4},       {"SDG", 600}, {"SEK", 12},   {"SYP", 12000},  {"TND", 3}, {"TRY", 45},
                   {"UAH", 45},   {"YER", 500},     {"ZAR", 20}};
    for (size_t i = 0; i < sizeof k_units / sizeof k_units[0]; i++)
        if (strcmp(k_units[i].code, currency) == 0) return k_units[i].units;
    return 1;
}

static void scale(int64_t *minor, int64_t units, int64_t per_unit) { /* from euro cents */
    if (*minor > 0) *minor = *minor * units * per_unit / 100;
}

reb_status reb_standard_default(reb_standard **out, reb_arena *a, const char *currency, const char *first_language, reb_err *err) {
    reb_buf text = {0};
    for (size_t i = 0; reb_standard_data[i] != NULL; i++) reb_buf_str(&text, reb_standard_data[i]);
    reb_status st = text.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_standard_parse(out, a, reb_buf_cstr(&text), err);
    reb_buf_free(&text);
    if (st == REB_E_INPUT) st = reb_fail(err, REB_E_INTERNAL, "The standards that Rebound comes with cannot be read.");
    if (st != REB_OK) return st;
    reb_standard *s = *out;
    const reb_currency *c = reb_currency_find(currency, strlen(currency));
    reb_language language;
    if (reb_language_find(&language, first_language)) s->first_language = reb_language_code(language);
    if (c == NULL) return REB_OK;
    s->currency = c->code;
    int64_t units = units_for_a_euro(c->code), per_unit = 1;
    for (int i = 0; i < c->digits; i++) per_unit *= 10;
    for (int64_t i = 0; i < s->remedy_count; i++) {
        scale(&s->remedies[i].amount_minor, units, per_unit);
        scale(&s->remedies[i].most_minor, units, per_unit);
    }
    for (int64_t i = 0; i < s->limit_count; i++) scale(&s->limits[i].amount_minor, units, per_unit);
    return REB_OK;
}

/* --- what has changed ---------------------------------------------------------------------------------------------------------------- */

typedef struct differ {
    reb_arena *a;
    reb_standard_change *out;
    int64_t most, count;
} differ;

static const char *brief(const char *text) {
    return text == NULL || (strlen(text) <= 80 && strchr(text, '\n') == NULL) ? text : "";
}

static void differs(differ *d, const char *path, const char *before, const char *after) {
    if (before == after || (before != NULL && after != NULL && strcmp(before, after) == 0)) return;
    if (d->count++ < d->most)
        d->out[d->count - 1] = (reb_standard_change){reb_arena_strdup(d->a, path), reb_arena_strdup(d->a, brief(before)),
                                                     reb_arena_strdup(d->a, brief(after))};
}

static const char *number(differ *d, int64_t v) {
    return reb_arena_printf(d->a, "%lld", (long long)v);
}

static void numbers(differ *d, const char *at, const char *name, int64_t before, int64_t after) {
    if (before != after) differs(d, reb_arena_printf(d->a, "%s%s", at, name), number(d, before), number(d, after));
}

static void texts(differ *d, const char *at, const char *name, const reb_words *before, const reb_words *after) {
    for (int i = 0; i < REB_LANGUAGES; i++)
        if (before->in[i] != NULL || after->in[i] != NULL) {
            const char *path = reb_arena_printf(d->a, "%s%s.%s", at, name, reb_language_code((reb_language)i));
            differs(d, path, before->in[i], after->in[i]);
        }
}

static const char *joined(differ *d, const char **codes, int64_t count) {
    reb_buf b = {0};
    for (int64_t i = 0; i < count; i++) reb_buf_printf(&b, "%s%s", i > 0 ? ", " : "", codes[i]);
    const char *text = reb_arena_strdup(d->a, reb_buf_cstr(&b));
    if (b.failed) d->a->failed = true;
    reb_buf_free(&b);
    return text;
}

static const char *target(differ *d, const reb_standard_kind *k, reb_clock_kind which) {
    for (int64_t i = 0; i < k->target_count; i++)
        if (k->targets[i].kind == which)
            return reb_arena_printf(d->a, "%lld %s, %lld%%", (long long)k->targets[i].amount, reb_clock_unit_name(k->targets[i].unit),
                                    (long long)k->targets[i].warn_percent);
    return NULL;
}

static void diff_kind(differ *d, const reb_standard_kind *before, const reb_standard_kind *after) {
    const char *at = reb_arena_printf(d->a, "kinds.%s.", after->code);
    if (at == NULL) return;
    texts(d, at, "title", &before->title, &after->title);
    texts(d, at, "text", &before->text, &after->text);
    differs(d, reb_arena_printf(d->a, "%scalendar", at), before->calendar, after->calendar);
    for (int i = 0; i < REB_CLOCK_KINDS; i++)
        differs(d, reb_arena_printf(d->a, "%sclocks.%s", at, reb_clock_kind_name((reb_clock_kind)i)), target(d, before, (reb_clock_kind)i),
                target(d, after, (reb_clock_kind)i));
    differs(d, reb_arena_printf(d->a, "%sdue", at), joined(d, before->due, before->due_count), joined(d, after->due, after->due_count));
    differs(d, reb_arena_printf(d->a, "%sextra", at), joined(d, before->extra, before->extra_count),
            joined(d, after->extra, after->extra_count));
}

static void diff_remedy(differ *d, const reb_remedy *before, const reb_remedy *after) {
    const char *at = reb_arena_printf(d->a, "remedies.%s.", after->code);
    if (at == NULL) return;
    differs(d, reb_arena_printf(d->a, "%skind", at), reb_remedy_kind_name(before->kind), reb_remedy_kind_name(after->kind));
    texts(d, at, "title", &before->title, &after->title);
    texts(d, at, "text", &before->text, &after->text);
    numbers(d, at, "percent", before->percent, after->percent);
    numbers(d, at, "amount_minor", before->amount_minor, after->amount_minor);
    numbers(d, at, "most_minor", before->most_minor, after->most_minor);
    numbers(d, at, "cost_percent", before->cost_percent, after->cost_percent);
    numbers(d, at, "redeemed_percent", before->redeemed_percent, after->redeemed_percent);
    numbers(d, at, "validity_days", before->validity_days, after->validity_days);
    differs(d, reb_arena_printf(d->a, "%sby_right_only", at), before->by_right_only ? "true" : "false",
            after->by_right_only ? "true" : "false");
}

reb_status reb_standard_diff(reb_standard_change *out, int64_t most, int64_t *count, reb_arena *a, const reb_standard *before,
                             const reb_standard *after, reb_err *err) {
    differ d = {.a = a, .out = out, .most = most};
    differs(&d, "currency", before->currency, after->currency);
    differs(&d, "first_language", before->first_language, after->first_language);
    texts(&d, "", "title", &before->title, &after->title);
    texts(&d, "", "promises", &before->promises, &after->promises);
    texts(&d, "", "terms", &before->terms, &after->terms);
    texts(&d, "", "appeal", &before->appeal, &after->appeal);
    for (int64_t i = 0; i < before->kind_count; i++)
        if (reb_standard_kind_find(after, before->kinds[i].code) == NULL)
            differs(&d, reb_arena_printf(a, "kinds.%s", before->kinds[i].code),
                    reb_words_in(&before->kinds[i].title, before->first_language, NULL), NULL);
    for (int64_t i = 0; i < after->kind_count; i++) {
        const reb_standard_kind *was = reb_standard_kind_find(before, after->kinds[i].code);
        if (was != NULL)
            diff_kind(&d, was, &after->kinds[i]);
        else
            differs(&d, reb_arena_printf(a, "kinds.%s", after->kinds[i].code), NULL,
                    reb_words_in(&after->kinds[i].title, after->first_language, NULL));
    }
    for (int64_t i = 0; i < before->remedy_count; i++)
        if (reb_remedy_find(after, before->remedies[i].code) == NULL)
            differs(&d, reb_arena_printf(a, "remedies.%s", before->remedies[i].code),
                    reb_words_in(&before->remedies[i].title, before->first_language, NULL), NULL);
    for (int64_t i = 0; i < after->remedy_count; i++) {
        const reb_remedy *was = reb_remedy_find(before, after->remedies[i].code);
        if (was != NULL)
            diff_remedy(&d, was, &after->remedies[i]);
        else
            differs(&d, reb_arena_printf(a, "remedies.%s", after->remedies[i].code), NULL,
                    reb_words_in(&after->remedies[i].title, after->first_language, NULL));
    }
    for (int64_t i = 0; i < after->limit_count && i < before->limit_count; i++)
        numbers(&d, "limits.", after->limits[i].role, before->limits[i].amount_minor, after->limits[i].amount_minor);
    numbers(&d, "", "approval_minutes", before->approval_minutes, after->approval_minutes);
    numbers(&d, "", "reopen_days", before->reopen_days, after->reopen_days);
    *count = d.count;
    return a->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}
