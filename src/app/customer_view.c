/* Everything about one customer: who they are, what they are worth, their rhythm, and what happened. */
#include "customer_internal.h"

#include "fit.h"

#include "../domain/consent.h"
#include "../domain/customer.h"
#include "../domain/history.h"
#include "../domain/person.h"
#include "../domain/undo.h"
#include "../text/format.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_EVENTS = 12, SHOWN_LINES = 3, DOUBLES_COUNTED = 20, SHOWN_PROMISES = 6 };

/* ---- a growing array in the arena ---- */

typedef struct list {
    reb_arena *arena;
    size_t size; /* of one */
    char *data;
    size_t count;
    size_t cap;
} list;

/* Room for one more, zeroed; NULL: no memory. */
static void *list_add(list *l) {
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 8 : 2 * l->cap;
        char *more = reb_arena_zalloc(l->arena, cap, l->size);
        if (more == NULL) return NULL;
        if (l->count > 0) memcpy(more, l->data, l->count * l->size);
        l->data = more;
        l->cap = cap;
    }
    return l->data + l->size * l->count++;
}

typedef struct viewer {
    const reb_customer_ctx *c;
    const reb_business *b;
    int64_t head_id;
    int64_t now_us;
} viewer;

/* Opens a query on the head alone and calls `each` for its rows. */
typedef reb_status (*row_reader)(reb_stmt *q, list *into, const viewer *v, reb_err *err);
static reb_status read_rows(list *into, const viewer *v, reb_sql query, row_reader each, reb_err *err) {
    reb_stmt *q = NULL;
    into->arena = v->c->arena;
    reb_status st = reb_query(&q, v->c->store, query, REB_ARGS(reb_i(v->head_id)), err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        st = each(q, into, v, err);
    }
    reb_stmt_close(q);
    return st;
}

static const char *text_at(reb_stmt *q, int column, const viewer *v) {
    return reb_customer_copy(v->c->arena, reb_col_text(q, column));
}

static reb_status read_identity(reb_stmt *q, list *into, const viewer *v, reb_err *err) {
    reb_customer_identity *i = list_add(into);
    if (i == NULL) return reb_customer_no_memory(err);
    *i = (reb_customer_identity){.kind = text_at(q, 0, v),
                                 .source = text_at(q, 1, v),
                                 .value = text_at(q, 2, v),
                                 .shown = text_at(q, 3, v),
                                 .contact_id = reb_col_i64(q, 4),
                                 .customer_id = reb_col_i64(q, 5)};
    bool whole = i->kind != NULL && i->source != NULL && i->value != NULL && i->shown != NULL;
    return whole ? REB_OK : reb_customer_no_memory(err);
}

static reb_status read_contact(reb_stmt *q, list *into, const viewer *v, reb_err *err) {
    reb_customer_contact *t = list_add(into);
    if (t == NULL) return reb_customer_no_memory(err);
    *t = (reb_customer_contact){
        .contact_id = reb_col_i64(q, 1), .name = text_at(q, 2, v), .role = text_at(q, 3, v), .email = "", .phone = ""};
    return t->name != NULL && t->role != NULL ? REB_OK : reb_customer_no_memory(err);
}

/* Rows come newest first within a fact; older ones are passed over. */
static reb_status read_fact(reb_stmt *q, list *into, const viewer *v, reb_err *err) {
    const char *fact = reb_col_text(q, 0);
    const reb_customer_fact *last = into->count > 0 ? (const reb_customer_fact *)(const void *)into->data + into->count - 1 : NULL;
    if (last != NULL && strcmp(last->fact, fact) == 0) return REB_OK;
    reb_customer_fact *f = list_add(into);
    if (f == NULL) return reb_customer_no_memory(err);
    *f = (reb_customer_fact){text_at(q, 0, v), text_at(q, 1, v), reb_col_i64(q, 2), reb_col_i64(q, 3)};
    return f->fact != NULL && f->value != NULL ? REB_OK : reb_customer_no_memory(err);
}

static const char *json_text(const cJSON *data, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(data, key);
    return cJSON_IsString(item) && item->valuestring[0] != '\0' ? item->valuestring : NULL;
}

/* One row for each customer merged in, and each of its merge events: the last event that speaks of being merged counts. */
static reb_status read_merged(reb_stmt *q, list *into, const viewer *v, reb_err *err) {
    int64_t id = reb_col_i64(q, 0);
    reb_customer_merged *m = into->count > 0 ? (reb_customer_merged *)(void *)into->data + into->count - 1 : NULL;
    if (m == NULL || m->customer_id != id) {
        m = list_add(into);
        if (m == NULL) return reb_customer_no_memory(err);
        *m = (reb_customer_merged){.customer_id = id, .into_id = reb_col_i64(q, 1), .label = "", .who = "", .why = ""};
    }
    const char *data = reb_col_text(q, 3);
    cJSON *json = data != NULL ? cJSON_Parse(data) : NULL;
    const char *role = json_text(json, "role");
    if (role != NULL && strcmp(role, "merged") == 0) {
        m->merged_us = reb_col_i64(q, 2);
        m->merged_day = reb_business_day(v->b, m->merged_us);
        m->who = reb_customer_copy(v->c->arena, json_text(json, "who"));
        m->why = reb_customer_copy(v->c->arena, json_text(json, "why"));
    }
    cJSON_Delete(json);
    return m->who != NULL && m->why != NULL ? REB_OK : reb_customer_no_memory(err);
}

/* ---- events ---- */

static reb_status read_lines(reb_buf *text, const viewer *v, int64_t customer_id, int64_t event_id, reb_err *err) {
    reb_stmt *q = NULL;
    size_t n = 0;
    reb_status st = reb_query(&q, v->c->store, REB_SQL_CUSTOMER_EVENT_LINES,
                              REB_ARGS(reb_i(customer_id), reb_i(event_id), reb_i(SHOWN_LINES + 1)), err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        if (n++ == SHOWN_LINES) {
            reb_buf_str(text, ", ...");
            break;
        }
        const char *name = reb_col_text(q, 0);
        const char *sku = reb_col_text(q, 1);
        int64_t milli = reb_col_i64(q, 2);
        if (n > 1) reb_buf_str(text, ", ");
        char count[REB_FORMAT_TEXT];
        if (milli != 1000 && milli % 1000 == 0) reb_buf_printf(text, "%s x ", reb_format_count(count, milli / 1000));
        if (milli % 1000 != 0) reb_buf_printf(text, "%s x ", reb_format_number(count, (double)milli / 1000, 3));
        reb_buf_str(text, name != NULL && *name != '\0' ? name : sku != NULL && *sku != '\0' ? sku : "something");
    }
    reb_stmt_close(q);
    return st;
}

/* "order" -> "Order", "not_now" -> "Not now". */
static void put_kind(reb_buf *text, const char *kind) {
    for (size_t i = 0; kind[i] != '\0'; i++) {
        char ch = kind[i] == '_' ? ' ' : kind[i];
        if (i == 0 && ch >= 'a' && ch <= 'z') ch = (char)(ch - 'a' + 'A');
        reb_buf_char(text, ch);
    }
}

static const char *consent_words(const cJSON *data) {
    const cJSON *allowed = cJSON_GetObjectItemCaseSensitive(data, "allowed");
    return cJSON_IsTrue(allowed) ? "yes" : "no";
}

/* One line for a person. Words from outside stay as they are; whoever prints makes them harmless. */
static reb_status describe(reb_customer_event *e, const viewer *v, reb_err *err) {
    reb_buf text = {0};
    cJSON *data = e->data != NULL ? cJSON_Parse(e->data) : NULL;
    reb_status st = REB_OK;
    const char *other = json_text(data, "other");
    const char *role = json_text(data, "role");
    const char *who = json_text(data, "who");
    const char *words = NULL;
    static const char *const keys[] = {"text", "note", "subject", "why", "summary", NULL};
    for (size_t i = 0; words == NULL && keys[i] != NULL; i++) words = json_text(data, keys[i]);
    if (strcmp(e->kind, "merge") == 0 && other != NULL && role != NULL) {
        reb_buf_printf(&text, strcmp(role, "kept") == 0 ? "Merged: customer %s came in" : "Merged into customer %s", other);
    } else if (strcmp(e->kind, "unmerge") == 0 && other != NULL && role != NULL) {
        reb_buf_printf(&text, strcmp(role, "kept") == 0 ? "Taken apart: customer %s went out" : "Taken out of customer %s", other);
    } else if (strcmp(e->kind, "not_same") == 0 && other != NULL) {
        reb_buf_printf(&text, "Not the same as customer %s", other);
    } else if (strcmp(e->kind, "consent") == 0 && json_text(data, "purpose") != NULL) {
        reb_buf_printf(&text, "Consent to %s by %s: %s", json_text(data, "purpose"),
                       json_text(data, "channel") != NULL ? json_text(data, "channel") : "any", consent_words(data));
    } else if (strcmp(e->kind, "contact") == 0 && json_text(data, "channel") != NULL) {
        reb_buf_printf(&text, "Contact (%s)", json_text(data, "channel"));
    } else {
        put_kind(&text, e->kind);
        bool own = strcmp(e->source, "rebound") == 0 || strncmp(e->ext_id, "row:", 4) == 0; /* made by us, tells nobody anything */
        if (!own && e->ext_id[0] != '\0') reb_buf_printf(&text, " %.60s", e->ext_id);
    }
    if (strcmp(e->kind, "feedback") == 0) {
        const cJSON *columns = cJSON_GetObjectItemCaseSensitive(data, "columns");
        const char *score = json_text(data, "score") != NULL ? json_text(data, "score") : json_text(columns, "score");
        if (score != NULL) reb_buf_printf(&text, " (score %.12s)", score);
    }
    if (strncmp(e->kind, "order", 5) == 0 || strcmp(e->kind, "refund") == 0) {
        reb_buf goods = {0};
        st = read_lines(&goods, v, e->customer_id, e->event_id, err);
        e->goods = goods.failed ? NULL : reb_customer_copy(v->c->arena, reb_buf_cstr(&goods));
        if (goods.len > 0) reb_buf_printf(&text, ": %s", reb_buf_cstr(&goods));
        reb_buf_free(&goods);
    }
    e->words = reb_customer_copy(v->c->arena, words);
    if (words != NULL) {
        reb_buf_str(&text, ": ");
        reb_buf_str(&text, words);
    }
    e->text = text.failed ? NULL : reb_customer_copy(v->c->arena, reb_buf_cstr(&text));
    e->who = reb_customer_copy(v->c->arena, who);
    if (st == REB_OK && (e->text == NULL || e->who == NULL || e->goods == NULL || e->words == NULL)) st = reb_customer_no_memory(err);
    cJSON_Delete(data);
    reb_buf_free(&text);
    return st;
}

static reb_status read_event(reb_stmt *q, list *into, const viewer *v, reb_err *err) {
    reb_customer_event *e = list_add(into);
    if (e == NULL) return reb_customer_no_memory(err);
    *e = (reb_customer_event){.event_id = reb_col_i64(q, 0),
                              .customer_id = reb_col_i64(q, 1),
                              .kind = text_at(q, 2, v),
                              .source = text_at(q, 3, v),
                              .ext_id = text_at(q, 4, v),
                              .occurred_us = reb_col_i64(q, 5),
                              .day = reb_col_i64(q, 6),
                              .amount_minor = reb_col_i64(q, 7),
                              .currency = text_at(q, 8, v),
                              .data = reb_col_null(q, 9) ? NULL : text_at(q, 9, v),
                              .batch_id = reb_col_i64(q, 10),
                              .undone_us = reb_col_i64(q, 11),
                              .undone_by = "",
                              .goods = ""};
    if (e->undone_us != 0) {
        cJSON *undo = reb_col_text(q, 12) != NULL ? cJSON_Parse(reb_col_text(q, 12)) : NULL;
        e->undone_by = reb_customer_copy(v->c->arena, json_text(undo, "who"));
        cJSON_Delete(undo);
        if (e->undone_by == NULL) return reb_customer_no_memory(err);
    }
    if (e->kind == NULL || e->source == NULL || e->ext_id == NULL || e->currency == NULL) return reb_customer_no_memory(err);
    e->undoable = e->undone_us == 0 && e->batch_id == 0 && strcmp(e->source, "rebound") == 0 && reb_undo_fits(e->kind);
    return describe(e, v, err);
}

/* Both sides of one merge are in the history of the merged customer: the side that came after is told once. */
static bool told_already(const list *events, const reb_customer_event *e) {
    if (strcmp(e->source, "rebound") != 0 ||
        (strcmp(e->kind, "merge") != 0 && strcmp(e->kind, "unmerge") != 0 && strcmp(e->kind, "not_same") != 0))
        return false;
    const reb_customer_event *all = (const reb_customer_event *)(const void *)events->data;
    for (size_t i = events->count - 1; i > 0 && all[i - 1].occurred_us == e->occurred_us; i--)
        if (strcmp(all[i - 1].ext_id, e->ext_id) == 0) return true;
    return false;
}

static reb_status read_history(reb_customer_history *out, const viewer *v, const char *kind, int64_t limit, int64_t before_us,
                               int64_t before_id, reb_err *err) {
    list events = {.arena = v->c->arena, .size = sizeof(reb_customer_event)};
    reb_stmt *q = NULL;
    reb_status st = reb_query(&q, v->c->store, REB_SQL_CUSTOMER_EVENTS,
                              REB_ARGS(reb_i(v->head_id), reb_t(kind), reb_i(before_us), reb_i(before_id), reb_i(2 * limit + 2)), err);
    bool more = false;
    int64_t last_us = 0;
    int64_t last_id = 0;
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        if ((int64_t)events.count == limit) {
            more = true;
            break;
        }
        last_us = reb_col_i64(q, 5);
        last_id = reb_col_i64(q, 0);
        st = read_event(q, &events, v, err);
        if (st == REB_OK && told_already(&events, (const reb_customer_event *)(const void *)events.data + events.count - 1)) events.count--;
    }
    reb_stmt_close(q);
    out->events = (const reb_customer_event *)(const void *)events.data;
    out->count = events.count;
    out->next = NULL;
    if (st == REB_OK && more) {
        out->next = reb_arena_printf(v->c->arena, "%" PRId64 "-%" PRId64, last_us, last_id);
        if (out->next == NULL) st = reb_customer_no_memory(err);
    }
    return st;
}

/* ---- figures ---- */

static int compare_i64(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7). */
static double quantile(const int64_t *sorted, size_t n, double p) {
    double at = p * (double)(n - 1);
    size_t low = (size_t)at;
    double part = at - (double)low;
    double a = (double)sorted[low];
    double b = (double)sorted[low + 1 < n ? low + 1 : low];
    return a + part * (b - a);
}

static reb_status read_rhythm(reb_customer_rhythm *out, const viewer *v, int64_t today, reb_err *err) {
    list gaps = {.arena = v->c->arena, .size = sizeof(int64_t)};
    reb_stmt *q = NULL;
    int64_t before = 0;
    size_t days = 0;
    *out = (reb_customer_rhythm){0};
    reb_status st = reb_query(&q, v->c->store, REB_SQL_CUSTOMER_DAYS, REB_ARGS(reb_i(v->head_id), reb_i(today)), err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        int64_t day = reb_col_i64(q, 0);
        if (days++ > 0) {
            int64_t *gap = list_add(&gaps);
            if (gap == NULL) {
                st = reb_customer_no_memory(err);
                break;
            }
            *gap = day - before;
        }
        before = day;
    }
    reb_stmt_close(q);
    if (st != REB_OK || days == 0) return st;
    out->silent_days = today - before;
    out->gaps = (int64_t)gaps.count;
    if (gaps.count == 0) return REB_OK;
    int64_t *sorted = (int64_t *)(void *)gaps.data;
    qsort(sorted, gaps.count, sizeof *sorted, compare_i64);
    out->median_days = quantile(sorted, gaps.count, 0.5);
    out->low_days = gaps.count >= 4 ? quantile(sorted, gaps.count, 0.25) : out->median_days;
    out->high_days = gaps.count >= 4 ? quantile(sorted, gaps.count, 0.75) : out->median_days;
    return REB_OK;
}

/* What the newest fit says of this customer today, with ranges. */
static reb_status read_estimates(reb_customer_view *out, const viewer *v, int64_t today, reb_err *err) {
    bool found = false;
    reb_fit_report *fit = reb_arena_zalloc(v->c->arena, 1, sizeof *fit);
    if (fit == NULL) return reb_customer_no_memory(err);
    reb_status st = reb_fit_load(fit, &found, v->c->store, today, err);
    if (st != REB_OK || !found) return st;
    reb_history h;
    st = reb_history_read(&h, v->c->store, v->head_id, today, err);
    if (st != REB_OK || h.purchase_days == 0) return st;
    reb_customer_score score;
    st = reb_score_customer(&score, &fit->score, &h, today, err);
    if (st == REB_OK) st = reb_score_ranges(&out->value_minor, &out->at_stake_minor, &out->p_alive, &fit->score, &h, today, err);
    if (st != REB_OK) return st;
    /* As Today tells them: a margin or a prior that is assumed makes the figure mixed. */
    if (fit->margin_origin != REB_MEASURED || fit->prior_used) out->value_minor.origin = out->at_stake_minor.origin = REB_MIXED;
    if (fit->prior_used) out->p_alive.origin = REB_MIXED;
    const reb_customer_standing standing = {.purchase_days = h.purchase_days,
                                            .scored = true,
                                            .p_alive = score.p_alive,
                                            .x = (double)(h.purchase_days - 1),
                                            .recency_days = (double)(h.last_day - h.first_day),
                                            .observed_days = (double)(today - h.first_day)};
    out->row.stage = reb_customer_stage_of(&standing, reb_business_f64(v->b, REB_SETTING_DRIFT_RATIO));
    out->estimated = true;
    out->expected_year = score.expected_year;
    out->fit_day = fit->as_of_day;
    return REB_OK;
}

/* ---- putting it together ---- */

static void give_contacts_their_ways(reb_customer_contact *contacts, size_t count, const list *identities) {
    const reb_customer_identity *all = (const reb_customer_identity *)(const void *)identities->data;
    for (size_t i = 0; i < identities->count; i++) {
        if (all[i].contact_id == 0) continue;
        for (size_t k = 0; k < count; k++) {
            if (contacts[k].contact_id != all[i].contact_id) continue;
            if (strcmp(all[i].kind, "email") == 0 && contacts[k].email[0] == '\0') contacts[k].email = all[i].shown;
            if (strcmp(all[i].kind, "phone") == 0 && contacts[k].phone[0] == '\0') contacts[k].phone = all[i].value;
        }
    }
}

static bool value_says_no(const char *value) {
    static const char *const no[] = {"no", "n", "false", "0", "denied", "withdrawn", "opted_out", "unsubscribed"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (strcmp(value, no[i]) == 0) return true;
    return false;
}

/* Who told a consent, and how: the file, or the event that was written with it. */
static reb_status find_origin(reb_customer_consent *c, const reb_customer_fact *f, const viewer *v, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    bool hand = f->batch_id == 0;
    reb_arena *a = v->c->arena;
    c->origin = hand ? "rule" : "import";
    c->by = c->why = "";
    reb_status st =
        hand ? reb_query(&q, v->c->store, REB_SQL_CUSTOMER_CONSENTS_SAID, REB_ARGS(reb_i(v->head_id), reb_i(f->observed_us)), err)
             : reb_query(&q, v->c->store, REB_SQL_BATCH_GET, REB_ARGS(reb_i(f->batch_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (!hand) {
            c->by = reb_customer_copy(a, reb_col_text(q, 1));
            continue;
        }
        cJSON *data = reb_col_text(q, 0) != NULL ? cJSON_Parse(reb_col_text(q, 0)) : NULL;
        const char *purpose = json_text(data, "purpose");
        const char *channel = json_text(data, "channel");
        if (purpose != NULL && channel != NULL && strcmp(purpose, c->purpose) == 0 && strcmp(channel, c->channel) == 0) {
            c->origin = "hand";
            c->by = reb_customer_copy(a, json_text(data, "who"));
            c->why = reb_customer_copy(a, json_text(data, "why"));
        }
        cJSON_Delete(data);
    }
    reb_stmt_close(q);
    return st == REB_OK && (c->by == NULL || c->why == NULL) ? reb_customer_no_memory(err) : st;
}

/* Parts facts into consents and the rest. */
static reb_status split_facts(reb_customer_view *out, const list *facts, const viewer *v, reb_err *err) {
    list consents = {.arena = v->c->arena, .size = sizeof(reb_customer_consent)};
    list rest = {.arena = v->c->arena, .size = sizeof(reb_customer_fact)};
    const reb_customer_fact *all = (const reb_customer_fact *)(const void *)facts->data;
    for (size_t i = 0; i < facts->count; i++) {
        char purpose[REB_CONSENT_TEXT];
        char channel[REB_CONSENT_TEXT];
        if (!reb_consent_parts(purpose, channel, all[i].fact)) {
            reb_customer_fact *f = list_add(&rest);
            if (f == NULL) return reb_customer_no_memory(err);
            *f = all[i];
            continue;
        }
        reb_customer_consent *c = list_add(&consents);
        if (c == NULL) return reb_customer_no_memory(err);
        *c = (reb_customer_consent){.purpose = reb_customer_copy(v->c->arena, purpose),
                                    .channel = reb_customer_copy(v->c->arena, channel),
                                    .allowed = !value_says_no(all[i].value),
                                    .observed_us = all[i].observed_us,
                                    .observed_day = reb_business_day(v->b, all[i].observed_us)};
        if (c->purpose == NULL || c->channel == NULL) return reb_customer_no_memory(err);
        reb_status st = find_origin(c, &all[i], v, err);
        if (st != REB_OK) return st;
    }
    out->facts = (const reb_customer_fact *)(const void *)rest.data;
    out->fact_count = rest.count;
    out->consents = (const reb_customer_consent *)(const void *)consents.data;
    out->consent_count = consents.count;
    return REB_OK;
}

/* A merged customer is called by the name it came with. */
static reb_status label_merged(reb_customer_merged *merged, size_t count, const list *identities, const viewer *v, reb_err *err) {
    const reb_customer_identity *all = (const reb_customer_identity *)(const void *)identities->data;
    for (size_t m = 0; m < count; m++) {
        const char *name = NULL;
        const char *email = NULL;
        const char *phone = NULL;
        for (size_t i = 0; i < identities->count; i++) {
            if (all[i].customer_id != merged[m].customer_id || all[i].contact_id != 0) continue;
            if (strcmp(all[i].kind, "name") == 0) name = all[i].shown;
            if (strcmp(all[i].kind, "email") == 0) email = all[i].shown;
            if (strcmp(all[i].kind, "phone") == 0) phone = all[i].value;
        }
        merged[m].label = reb_customer_label(v->c->arena, merged[m].customer_id, name, email, phone);
        if (merged[m].label == NULL) return reb_customer_no_memory(err);
    }
    return REB_OK;
}

static reb_status read_people(reb_customer_view *out, const viewer *v, reb_err *err) {
    list identities = {.size = sizeof(reb_customer_identity)};
    list contacts = {.size = sizeof(reb_customer_contact)};
    list facts = {.size = sizeof(reb_customer_fact)};
    list merged = {.size = sizeof(reb_customer_merged)};
    reb_status st = read_rows(&identities, v, REB_SQL_IDENTITY_OF_HEAD, read_identity, err);
    if (st == REB_OK) st = read_rows(&contacts, v, REB_SQL_CUSTOMER_CONTACTS, read_contact, err);
    if (st == REB_OK) st = read_rows(&facts, v, REB_SQL_CUSTOMER_FACTS, read_fact, err);
    if (st == REB_OK) st = read_rows(&merged, v, REB_SQL_MERGE_MEMBERS, read_merged, err);
    if (st == REB_OK) st = split_facts(out, &facts, v, err);
    if (st != REB_OK) return st;
    reb_customer_contact *people = (reb_customer_contact *)(void *)contacts.data;
    reb_customer_merged *others = (reb_customer_merged *)(void *)merged.data;
    give_contacts_their_ways(people, contacts.count, &identities);
    st = label_merged(others, merged.count, &identities, v, err);
    out->identities = (const reb_customer_identity *)(const void *)identities.data;
    out->identity_count = identities.count;
    out->contacts = people;
    out->contact_count = contacts.count;
    out->merged = others;
    out->merged_count = merged.count;
    return st;
}

static reb_status read_totals(reb_customer_view *out, const viewer *v, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, v->c->store, REB_SQL_CUSTOMER_ROW, REB_ARGS(reb_i(v->head_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        out->gross_minor = reb_col_i64(q, 17);
        out->refunded_minor = reb_col_i64(q, 18);
    }
    reb_stmt_close(q);
    if (st == REB_OK) st = reb_get_i64(&out->created_us, NULL, v->c->store, REB_SQL_CUSTOMER_CREATED, REB_ARGS(reb_i(v->head_id)), err);
    out->created_day = reb_business_day(v->b, out->created_us);
    out->spoken_day = out->row.last_spoken_us != 0 ? reb_business_day(v->b, out->row.last_spoken_us) : 0;
    if (st == REB_OK)
        st = reb_get_i64(&out->event_count, NULL, v->c->store, REB_SQL_CUSTOMER_EVENT_COUNT, REB_ARGS(reb_i(v->head_id), reb_i(v->now_us)),
                         err);
    return st;
}

/* Two queries and no join: who keeps a customer lies with the customer, who may enter elsewhere (docs/citus.md). */
static reb_status read_keeper(reb_customer_view *out, const viewer *v, reb_err *err) {
    reb_person p;
    bool found = false;
    int64_t user_id = 0;
    out->keeper_name = "";
    reb_status st = reb_get_i64(&user_id, &found, v->c->store, REB_SQL_KEEPER_GET, REB_ARGS(reb_i(v->head_id)), err);
    if (st == REB_OK && found) st = reb_person_get(&p, &found, v->c->store, user_id, err);
    if (st != REB_OK || !found) return st;
    out->keeper_id = user_id;
    out->keeper_name = reb_customer_copy(v->c->arena, p.name[0] != '\0' ? p.name : p.email);
    return out->keeper_name != NULL ? REB_OK : reb_customer_no_memory(err);
}

typedef struct show_job {
    reb_customer_view *out;
    viewer v;
} show_job;

static reb_status show_work(reb_store *s, void *ctx, reb_err *err) {
    (void)s;
    show_job *j = ctx;
    reb_customer_view *out = j->out;
    const viewer *v = &j->v;
    bool found = false;
    int64_t today = reb_business_day(v->b, v->now_us);
    *out = (reb_customer_view){.today = today};
    snprintf(out->currency, sizeof out->currency, "%s", v->b->currency);
    reb_status st = reb_customer_read_row(&out->row, &found, v->c, v->head_id, NULL, err);
    if (st == REB_OK && !found) return reb_fail(err, REB_E_STORE, "Customer %" PRId64 " has no summary; run: rebound rebuild", v->head_id);
    if (st == REB_OK) st = read_totals(out, v, err);
    if (st == REB_OK) st = read_people(out, v, err);
    if (st == REB_OK) st = read_keeper(out, v, err);
    if (st == REB_OK) st = read_rhythm(&out->rhythm, v, today, err);
    if (st == REB_OK) st = read_estimates(out, v, today, err);
    if (st == REB_OK) st = reb_standing_of(&out->standing, v->c->store, v->c->arena, v->b, v->head_id, v->now_us, err);
    reb_gestures gestures = {0};
    if (st == REB_OK) st = reb_gestures_of_customer(&gestures, v->c->store, v->c->arena, v->head_id, err);
    reb_gesture_sum(&out->gestures, &gestures, 0, v->now_us);
    const reb_promise_ctx promises = {.store = v->c->store, .arena = v->c->arena, .business = v->b, .now_us = v->now_us};
    const reb_promise_filter newest = {.customer_id = v->head_id, .limit = SHOWN_PROMISES};
    if (st == REB_OK) st = reb_promise_list(&out->promises, &promises, &newest, err);
    if (st == REB_OK) st = reb_customer_fill_next(out, v->c, err);
    if (st == REB_OK) st = read_history(&out->history, v, "", FIRST_EVENTS, v->now_us, INT64_MAX, err);
    if (st != REB_OK) return st;
    reb_customer_doubles doubles;
    st = reb_customer_doubles_quick(&doubles, v->c, v->head_id, DOUBLES_COUNTED, err);
    out->doubles = doubles.count;
    return st;
}

reb_status reb_customer_show(reb_customer_view *out, const reb_customer_ctx *c, int64_t customer_id, reb_err *err) {
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    reb_customer_state state;
    reb_status st = reb_customer_business(&b, &owned, c, err);
    if (st == REB_OK) st = reb_customer_state_get(&state, c->store, customer_id, err);
    if (st == REB_OK) {
        show_job j = {.out = out, .v = {.c = c, .b = b, .head_id = state.head_id, .now_us = reb_clock_now(c->clock)}};
        st = reb_store_read(c->store, show_work, &j, err);
    }
    reb_business_free(owned);
    return st;
}

reb_status reb_customer_card(reb_customer_row *out, const reb_customer_ctx *c, int64_t customer_id, reb_err *err) {
    bool found = false;
    reb_status st = reb_customer_read_row(out, &found, c, customer_id, NULL, err);
    if (st != REB_OK || found) return st;
    reb_customer_state state; /* no line of its own: merged into another, or nobody */
    st = reb_customer_state_get(&state, c->store, customer_id, err);
    if (st == REB_OK) st = reb_customer_read_row(out, &found, c, state.head_id, NULL, err);
    if (st == REB_OK && !found) st = reb_fail(err, REB_E_STORE, "Customer %" PRId64 " has no summary; run: rebound rebuild", state.head_id);
    return st;
}

reb_status reb_customer_events(reb_customer_history *out, const reb_customer_ctx *c, int64_t customer_id, const char *kind, int64_t limit,
                               const char *cursor, reb_err *err) {
    reb_customer_state state;
    viewer v = {.c = c, .now_us = reb_clock_now(c->clock)};
    int64_t before_us = v.now_us;
    int64_t before_id = INT64_MAX;
    int used = 0;
    if (limit < 0 || limit > REB_CUSTOMER_PAGE_MOST)
        return reb_fail(err, REB_E_USAGE, "A page has from 1 to %d events.", REB_CUSTOMER_PAGE_MOST);
    if (cursor != NULL && (sscanf(cursor, "%" SCNd64 "-%" SCNd64 "%n", &before_us, &before_id, &used) != 2 || cursor[used] != '\0'))
        return reb_fail(err, REB_E_USAGE, "That is no place in a history.");
    reb_status st = reb_customer_state_get(&state, c->store, customer_id, err);
    if (st != REB_OK) return st;
    v.head_id = state.head_id;
    return read_history(out, &v, kind != NULL ? kind : "", limit == 0 ? REB_CUSTOMER_PAGE : limit, before_us, before_id, err);
}
