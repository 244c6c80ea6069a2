/* Who a row speaks of: keys to find the customer by, and facts. */
#include "import_build.h"

#include "../text/fold.h"
#include "../text/phone.h"

#include <stdlib.h>
#include <string.h>

bool reb_absent_word(reb_slice v) {
    static const char *const words[] = {"na", "n/a", "#n/a", "null", "nil",   "none",      "nan",
                                        "-",  "--",  "—",    "\\n",  "guest", "(not set)", "unknown"};
    if (v.len == 0) return true;
    if (v.len > 12) return false;
    char low[16];
    for (size_t i = 0; i < v.len; i++) low[i] = (char)(v.ptr[i] >= 'A' && v.ptr[i] <= 'Z' ? v.ptr[i] + 32 : v.ptr[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == v.len && memcmp(words[i], low, v.len) == 0) return true;
    return false;
}

/* Spreadsheets write '123 for a number that is text, and 123.0 for one that was read as a number. */
static reb_slice clean_id(reb_slice v) {
    if (v.len > 1 && v.ptr[0] == '\'') v.ptr++, v.len--;
    if (v.len > 2 && memcmp(v.ptr + v.len - 2, ".0", 2) == 0) {
        size_t i = 0;
        while (i < v.len - 2 && v.ptr[i] >= '0' && v.ptr[i] <= '9') i++;
        if (i == v.len - 2) v.len -= 2;
    }
    return v;
}

typedef struct making {
    reb_ingest_key keys[40];
    size_t n_keys;
    reb_ingest_fact facts[24];
    size_t n_facts;
    reb_arena *arena;
    bool failed;
} making;

static const char *copy(making *m, reb_slice v) {
    const char *s = reb_arena_strndup(m->arena, v.ptr, v.len);
    if (s == NULL) m->failed = true;
    return s != NULL ? s : "";
}

static void add_key(making *m, reb_key_kind kind, const char *value, reb_slice shown) {
    if (m->n_keys == sizeof m->keys / sizeof *m->keys || *value == '\0') return;
    for (size_t i = 0; i < m->n_keys; i++)
        if (m->keys[i].kind == kind && strcmp(m->keys[i].value, value) == 0) return;
    m->keys[m->n_keys++] = (reb_ingest_key){kind, value, copy(m, shown)};
}

static void add_fact(making *m, const char *fact, reb_slice v) {
    if (v.len == 0 || reb_absent_word(v) || m->n_facts == sizeof m->facts / sizeof *m->facts) return;
    m->facts[m->n_facts++] = (reb_ingest_fact){fact, copy(m, v)};
}

static void add_consent(making *m, const char *fact, reb_slice v) {
    reb_slice low = reb_plan_fold(m->arena, v);
    static const char *const yes[] = {"yes", "true", "1", "subscribed", "y", "on", "نعم", "بله", "ναι"};
    static const char *const no[] = {"no",  "false", "0",   "unsubscribed", "not subscribed", "not_subscribed", "n",
                                     "off", "لا",    "خیر", "οχι"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        reb_slice w = reb_plan_fold(m->arena, reb_slice_of(yes[i]));
        if (low.len == w.len && memcmp(low.ptr, w.ptr, w.len) == 0) add_fact(m, fact, reb_slice_of("yes"));
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        reb_slice w = reb_plan_fold(m->arena, reb_slice_of(no[i]));
        if (low.len == w.len && memcmp(low.ptr, w.ptr, w.len) == 0) add_fact(m, fact, reb_slice_of("no"));
    }
}

static void add_emails(making *m, const reb_person_parts *parts) {
    for (size_t i = 0; i < parts->n_emails; i++) {
        char email[REB_EMAIL_TEXT];
        size_t n = 0;
        if (reb_email_parse(email, &n, parts->emails[i].ptr, parts->emails[i].len, NULL) != REB_OK) continue;
        add_key(m, REB_KEY_EMAIL, copy(m, (reb_slice){email, n}), parts->emails[i]);
    }
}

/* A number whose country is not known is kept by its digits: it finds its own like again. */
static void add_phones(making *m, const reb_plan *p, const reb_person_parts *parts, int64_t *phones_local) {
    reb_slice country = parts->value[REB_ROLE_COUNTRY];
    char iso[3] = "";
    if (country.len == 2) memcpy(iso, country.ptr, 2);
    const char *of = iso[0] != '\0' && reb_phone_country_known(iso) ? iso : p->country;
    for (size_t i = 0; i < parts->n_phones; i++) {
        reb_slice v = parts->phones[i];
        if (v.len > 1 && v.ptr[0] == '\'') v.ptr++, v.len--;
        reb_phone phone;
        if (reb_phone_parse(&phone, v.ptr, v.len, of, NULL) == REB_OK) {
            add_key(m, REB_KEY_PHONE, copy(m, reb_slice_of(phone.e164)), v);
            continue;
        }
        char digits[32];
        size_t n = 0;
        char *ascii = reb_arena_strndup(m->arena, v.ptr, v.len);
        size_t len = ascii != NULL ? reb_digits_ascii(ascii, ascii, v.len) : 0;
        for (size_t k = 0; k < len && n < sizeof digits - 1; k++)
            if (ascii[k] >= '0' && ascii[k] <= '9') digits[n++] = ascii[k];
        digits[n] = '\0';
        if (n < 7 || n > 15) continue;
        (*phones_local)++;
        add_key(m, REB_KEY_PHONE, copy(m, reb_slice_of(digits)), v);
    }
}

static reb_slice full_name(making *m, const reb_person_parts *parts) {
    reb_slice name = parts->value[REB_ROLE_NAME];
    if (name.len > 0 && !reb_absent_word(name)) return name;
    reb_slice first = parts->value[REB_ROLE_FIRST_NAME];
    reb_slice last = parts->value[REB_ROLE_LAST_NAME];
    if (reb_absent_word(first)) first.len = 0;
    if (reb_absent_word(last)) last.len = 0;
    if (first.len == 0) return last;
    if (last.len == 0) return first;
    const char *both = reb_arena_printf(m->arena, "%.*s %.*s", (int)first.len, first.ptr, (int)last.len, last.ptr);
    if (both == NULL) m->failed = true;
    return both != NULL ? reb_slice_of(both) : first;
}

/* `key = email`: that kind of key decides first. */
static void prefer(making *m, const char *key) {
    static const struct {
        const char *name;
        reb_key_kind kind;
    } kinds[] = {{"customer", REB_KEY_EXTERNAL}, {"email", REB_KEY_EMAIL}, {"phone", REB_KEY_PHONE}};
    for (size_t k = 0; key != NULL && k < sizeof kinds / sizeof *kinds; k++) {
        if (strcmp(key, kinds[k].name) != 0) continue;
        size_t to = 0;
        for (size_t i = 0; i < m->n_keys; i++) {
            if (m->keys[i].kind != kinds[k].kind) continue;
            reb_ingest_key chosen = m->keys[i];
            memmove(&m->keys[to + 1], &m->keys[to], (i - to) * sizeof chosen);
            m->keys[to++] = chosen;
        }
    }
}

reb_status reb_person_make(reb_ingest_person *out, bool *somebody, const reb_plan *p, const reb_person_parts *parts, const char *aside,
                           int64_t observed_us, bool record, int64_t *phones_local, reb_arena *arena, reb_err *err) {
    making m = {.arena = arena};
    const reb_slice *v = parts->value;
    reb_slice id = clean_id(v[REB_ROLE_CUSTOMER]);
    if (!reb_absent_word(id)) {
        bool organisation = (p->traits & REB_TRAIT_ORGANISATION) != 0;
        const char *value = organisation ? reb_arena_printf(arena, "organisation:%.*s", (int)id.len, id.ptr) : copy(&m, id);
        add_key(&m, REB_KEY_EXTERNAL, value != NULL ? value : "", id);
    }
    add_emails(&m, parts);
    add_phones(&m, p, parts, phones_local);
    reb_slice name = full_name(&m, parts);
    if (name.len == 0 && record) name = v[REB_ROLE_COMPANY];
    reb_slice fold = name.len > 0 ? reb_plan_fold(arena, name) : (reb_slice){NULL, 0};
    bool by_name = p->options.key != NULL && strcmp(p->options.key, "name") == 0;
    if (by_name) m.n_keys = 0;
    if (fold.len > 0) add_key(&m, m.n_keys == 0 ? REB_KEY_NAME_ONLY : REB_KEY_NAME, fold.ptr, name);
    *somebody = m.n_keys > 0;
    if (!*somebody) return REB_OK;
    prefer(&m, p->options.key);
    add_fact(&m, "name", name);
    add_fact(&m, "company", v[REB_ROLE_COMPANY]);
    add_fact(&m, "country", v[REB_ROLE_COUNTRY]);
    add_fact(&m, "city", v[REB_ROLE_CITY]);
    add_fact(&m, "language", v[REB_ROLE_LANGUAGE]);
    if (record) add_fact(&m, "note", v[REB_ROLE_NOTE]);
    if (record) add_fact(&m, "tag", v[REB_ROLE_TAGS]);
    add_consent(&m, "consent:marketing:email", v[REB_ROLE_CONSENT_EMAIL]);
    add_consent(&m, "consent:marketing:sms", v[REB_ROLE_CONSENT_SMS]);
    add_consent(&m, "consent:marketing:whatsapp", v[REB_ROLE_CONSENT_WHATSAPP]);
    if (record && aside != NULL) {
        const char *fact = reb_arena_printf(arena, "aside:%s", p->profile);
        if (fact != NULL) add_fact(&m, fact, reb_slice_of(aside));
    }
    reb_ingest_key *keys = reb_arena_alloc(arena, m.n_keys * sizeof *keys);
    reb_ingest_fact *facts = reb_arena_alloc(arena, (m.n_facts + 1) * sizeof *facts);
    if (m.failed || keys == NULL || facts == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    memcpy(keys, m.keys, m.n_keys * sizeof *keys);
    if (m.n_facts > 0) memcpy(facts, m.facts, m.n_facts * sizeof *facts);
    *out = (reb_ingest_person){.keys = keys,
                               .n_keys = m.n_keys,
                               .facts = facts,
                               .n_facts = m.n_facts,
                               .observed_us = observed_us,
                               .organisation = (p->traits & REB_TRAIT_ORGANISATION) != 0,
                               .record = record};
    return REB_OK;
}
