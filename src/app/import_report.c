/* What an import tells: to a person, to a program, and to the next run of itself. */
#include "import_run.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>

/* ---- counts ------------------------------------------------------------------------------------------------------------------------ */

typedef struct count_name {
    const char *key;
    size_t offset;
} count_name;
#define COUNT(name)                                                                                                                        \
    { #name, offsetof(reb_import_counts, name) }
static const count_name k_counts[] = {
    COUNT(rows),
    COUNT(orders),
    COUNT(order_parts),
    COUNT(order_changes),
    COUNT(lines),
    COUNT(order_minor),
    COUNT(refunds),
    COUNT(refund_minor),
    COUNT(returns),
    COUNT(refunds_linked),
    COUNT(cancellations),
    COUNT(payments),
    COUNT(unpaid),
    COUNT(tickets),
    COUNT(contacts),
    COUNT(events),
    COUNT(customers_new),
    COUNT(customers_seen),
    COUNT(doubles),
    COUNT(facts),
    COUNT(known),
    COUNT(changed),
    COUNT(without_customer_orders),
    COUNT(without_customer_lines),
    COUNT(without_customer_minor),
    COUNT(other_currency_orders),
    COUNT(rejected_rows),
    COUNT(ignored_rows),
};

static int64_t *count_at(reb_import_counts *c, size_t i) {
    return (int64_t *)(void *)((char *)c + k_counts[i].offset);
}

void reb_import_counts_json(reb_json *w, const reb_import_counts *c) {
    reb_import_counts copy = *c;
    reb_json_obj(w);
    for (size_t i = 0; i < sizeof k_counts / sizeof *k_counts; i++) reb_json_ki64(w, k_counts[i].key, *count_at(&copy, i));
    reb_json_obj_end(w);
}

void reb_import_counts_of(reb_import_counts *out, const reb_import_state *s) {
    const reb_ingest_counts *g = &s->ingest;
    const reb_build_counts *b = &s->build;
    *out = (reb_import_counts){.rows = b->rows,
                               .orders = g->orders,
                               .order_parts = g->order_parts,
                               .order_changes = g->order_changes,
                               .lines = g->lines,
                               .order_minor = g->order_minor,
                               .refunds = g->refunds,
                               .refund_minor = g->refund_minor,
                               .returns = g->returns,
                               .refunds_linked = g->refunds_linked,
                               .cancellations = g->cancellations,
                               .payments = g->payments,
                               .unpaid = g->attempts,
                               .tickets = g->tickets,
                               .events = g->events,
                               .customers_new = g->customers_new,
                               .customers_seen = g->customers_seen,
                               .doubles = g->doubles,
                               .facts = g->facts,
                               .known = g->known,
                               .changed = g->changed,
                               .without_customer_orders = b->without_customer_orders,
                               .without_customer_lines = b->without_customer_lines,
                               .without_customer_minor = b->without_customer_minor,
                               .other_currency_orders = g->other_currency_orders,
                               .rejected_rows = b->rejected_rows,
                               .ignored_rows = b->ignored_rows};
}

static void numbers_json(reb_json *w, const char *key, const void *of, size_t bytes) {
    const int64_t *v = of;
    reb_json_key(w, key);
    reb_json_arr(w);
    for (size_t i = 0; i < bytes / sizeof *v; i++) reb_json_i64(w, v[i]);
    reb_json_arr_end(w);
}

void reb_import_state_json(reb_json *w, const reb_import_state *s, bool resume) {
    reb_import_counts c;
    reb_import_counts_of(&c, s);
    reb_json_obj(w);
    for (size_t i = 0; i < sizeof k_counts / sizeof *k_counts; i++) reb_json_ki64(w, k_counts[i].key, *count_at(&c, i));
    reb_json_key(w, "reasons");
    reb_json_obj(w);
    for (int r = 0; r < REB_REJECT_COUNT; r++)
        if (s->build.reject_rows[r] > 0) reb_json_ki64(w, reb_reject_sentence((reb_reject)r), s->build.reject_rows[r]);
    reb_json_obj_end(w);
    if (resume) {
        reb_json_key(w, "resume");
        reb_json_obj(w);
        reb_json_ki64(w, "offset", s->mark.offset);
        reb_json_ki64(w, "line", s->mark.line);
        reb_json_ki64(w, "rejects_bytes", s->rejects_bytes);
        numbers_json(w, "ingest", &s->ingest, sizeof s->ingest);
        numbers_json(w, "build", &s->build, sizeof s->build);
        reb_json_obj_end(w);
    }
    reb_json_obj_end(w);
}

static int64_t number_of(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : 0;
}

static bool numbers_of(void *to, size_t bytes, const cJSON *o, const char *key) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, key);
    int64_t *v = to;
    size_t n = bytes / sizeof *v;
    if (!cJSON_IsArray(list) || (size_t)cJSON_GetArraySize(list) != n) return false;
    size_t i = 0;
    const cJSON *e = NULL;
    cJSON_ArrayForEach(e, list) v[i++] = (int64_t)e->valuedouble;
    return true;
}

bool reb_import_state_parse(reb_import_state *out, reb_import_counts *counts, const char *json) {
    cJSON *doc = cJSON_Parse(json);
    if (doc == NULL) return false;
    for (size_t i = 0; counts != NULL && i < sizeof k_counts / sizeof *k_counts; i++)
        *count_at(counts, i) = number_of(doc, k_counts[i].key);
    bool good = true;
    if (out != NULL) {
        const cJSON *r = cJSON_GetObjectItemCaseSensitive(doc, "resume");
        good = r != NULL && numbers_of(&out->ingest, sizeof out->ingest, r, "ingest") &&
               numbers_of(&out->build, sizeof out->build, r, "build");
        if (good) {
            out->mark.offset = number_of(r, "offset");
            out->mark.line = number_of(r, "line");
            out->rejects_bytes = number_of(r, "rejects_bytes");
        }
    }
    cJSON_Delete(doc);
    return good;
}

/* ---- the plan in words ----------------------------------------------------------------------------------------------------------------
 */

const char *reb_import_mapping_json(const reb_plan *p, reb_arena *arena) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "profile", p->profile);
    reb_json_kstr(&w, "records", reb_records_name(p->records));
    reb_json_key(&w, "columns");
    reb_json_arr(&w);
    for (size_t i = 0; i < p->n_columns; i++) {
        reb_json_obj(&w);
        reb_json_kstr(&w, "name", p->columns[i].name.ptr);
        reb_json_kstr(&w, "role", reb_roles[p->columns[i].role].name);
        reb_json_obj_end(&w);
    }
    reb_json_arr_end(&w);
    reb_json_kstr(&w, "dates", p->dates_text);
    reb_json_kstr(&w, "calendar", p->calendar_text);
    reb_json_kstr(&w, "decimal", p->decimal_text);
    reb_json_kstr(&w, "currency", p->currency != NULL ? p->currency->code : NULL);
    reb_json_ki64(&w, "factor", p->factor);
    reb_json_kstr(&w, "timezone", reb_zone_name(p->zone));
    reb_json_kstr(&w, "key", p->options.key);
    reb_json_kbool(&w, "pending_is_purchase", p->options.pending_counts);
    reb_json_obj_end(&w);
    const char *text = b.failed ? NULL : reb_arena_strndup(arena, b.data, b.len);
    reb_buf_free(&b);
    return text;
}

static const char *delimiter_name(char d) {
    switch (d) {
        case ',': return "comma";
        case ';': return "semicolon";
        case '\t': return "tab";
        case '|': return "vertical bar";
        case REB_DELIMITER_SPACES: return "columns of white space";
        default: return "own delimiter";
    }
}

void reb_import_describe(reb_import_result *out, const reb_plan *p, const reb_sheet_info *info, reb_arena *arena) {
    out->profile = p->profile;
    out->profile_label = p->label;
    out->why = p->why;
    out->source = p->source;
    out->records = reb_records_name(p->records);
    const char *packed = info->gzip ? ", packed (gzip)" : "";
    if (info->format == REB_FORMAT_DELIMITED) {
        out->format = reb_arena_printf(arena, "%s, %s, %s%s", reb_sheet_format_name(info->format), delimiter_name(info->delimiter),
                                       reb_encoding_name(info->encoding.encoding), packed);
    } else {
        out->format = reb_arena_printf(arena, "%s%s", reb_sheet_format_name(info->format), packed);
    }
    out->dates = p->dates_text;
    out->calendar = p->calendar_text;
    out->decimal = p->decimal_text;
    bool money = p->records == REB_RECORDS_ORDERS || p->records == REB_RECORDS_PAYMENTS || p->records == REB_RECORDS_EVENTS;
    if (money && p->currency != NULL && p->currency_why != NULL)
        out->currency = reb_arena_printf(arena, "%s (%s)", p->currency->code, p->currency_why);
    out->timezone = p->zone != NULL && p->dates_text != NULL ? reb_arena_strdup(arena, reb_zone_name(p->zone)) : NULL;
    out->remarks = p->remarks;
    out->n_remarks = p->n_remarks;
    reb_import_column *columns = reb_arena_zalloc(arena, p->n_columns + 1, sizeof *columns);
    if (columns == NULL) return;
    for (size_t i = 0; i < p->n_columns; i++) {
        const reb_plan_column *c = &p->columns[i];
        columns[i] = (reb_import_column){.name = c->name.ptr, .role = reb_roles[c->role].name, .label = reb_roles[c->role].label};
        for (int k = 0; k < c->n_samples && c->role != REB_ROLE_DROP; k++) columns[i].samples[k] = c->samples[k];
    }
    out->columns = columns;
    out->n_columns = p->n_columns;
}

void reb_import_reasons(reb_import_result *out, const reb_build_counts *b, reb_arena *arena) {
    reb_import_reason *list = reb_arena_zalloc(arena, REB_REJECT_COUNT, sizeof *list);
    if (list == NULL) return;
    out->n_reasons = 0;
    for (int r = 0; r < REB_REJECT_COUNT; r++)
        if (b->reject_rows[r] > 0)
            list[out->n_reasons++] = (reb_import_reason){reb_reject_sentence((reb_reject)r), b->reject_rows[r], b->reject_line[r]};
    out->reasons = list;
}

void reb_import_status_remarks(reb_plan *p, const reb_status_seen *seen, size_t n) {
    if (p->records != REB_RECORDS_ORDERS && p->records != REB_RECORDS_PAYMENTS) return;
    for (size_t i = 0; i < n; i++) {
        if (seen[i].orders == 0) continue;
        switch (seen[i].state) {
            case REB_STATE_UNKNOWN:
                reb_plan_remark(p, "Status \"%s\" (%" PRId64 ") is not known here; these count as purchases.", seen[i].text,
                                seen[i].orders);
                break;
            case REB_STATE_OPEN:
                reb_plan_remark(p,
                                p->options.pending_counts ? "Status \"%s\" (%" PRId64
                                                            "): not paid yet; counted as purchases, as the mapping says."
                                                          : "Status \"%s\" (%" PRId64
                                                            "): not paid yet, so no purchases. If they are, say pending = purchase in a "
                                                            "mapping.",
                                seen[i].text, seen[i].orders);
                break;
            case REB_STATE_FAILED:
                reb_plan_remark(p, "Status \"%s\" (%" PRId64 "): never paid, so no purchases.", seen[i].text, seen[i].orders);
                break;
            default: break;
        }
    }
}

/* ---- JSON of results --------------------------------------------------------------------------------------------------------------------
 */

static void columns_json(reb_json *w, const reb_import_result *r) {
    reb_json_key(w, "columns");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_columns; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "name", r->columns[i].name);
        reb_json_kstr(w, "role", r->columns[i].role);
        reb_json_kstr(w, "label", r->columns[i].label);
        reb_json_key(w, "samples");
        reb_json_arr(w);
        for (int k = 0; k < 3 && r->columns[i].samples[k] != NULL; k++) reb_json_str(w, r->columns[i].samples[k]);
        reb_json_arr_end(w);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void lists_json(reb_json *w, const reb_import_result *r) {
    reb_json_key(w, "samples");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_samples; i++) {
        const reb_import_sample *s = &r->samples[i];
        reb_json_obj(w);
        reb_json_ki64(w, "line", s->line);
        reb_json_kstr(w, "record", s->record);
        reb_json_kstr(w, "order_id", s->order_id);
        reb_json_kstr(w, "date", s->date);
        reb_json_kstr(w, "customer", s->customer);
        reb_json_kstr(w, "what", s->what);
        reb_json_kstr(w, "amount", s->amount);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "rejects");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_reasons; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "reason", r->reasons[i].reason);
        reb_json_ki64(w, "rows", r->reasons[i].rows);
        reb_json_ki64(w, "first_line", r->reasons[i].first_line);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "remarks");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_remarks; i++) reb_json_str(w, r->remarks[i]);
    reb_json_arr_end(w);
}

void reb_import_result_json(reb_json *w, const reb_import_result *r) {
    reb_json_obj(w);
    reb_json_kstr(w, "file", r->file_name);
    if (r->batch_id != 0) {
        reb_json_kid(w, "batch_id", r->batch_id);
    } else {
        reb_json_knull(w, "batch_id");
    }
    if (r->known_batch_id != 0) {
        reb_json_kid(w, "known_batch_id", r->known_batch_id);
    } else {
        reb_json_knull(w, "known_batch_id");
    }
    reb_json_kbool(w, "dry_run", r->dry_run);
    reb_json_kbool(w, "interrupted", r->interrupted);
    reb_json_ki64(w, "resumed_after", r->resumed_after);
    reb_json_kstr(w, "profile", r->profile);
    reb_json_kstr(w, "profile_label", r->profile_label);
    reb_json_kstr(w, "why", r->why);
    reb_json_kstr(w, "source", r->source);
    reb_json_kstr(w, "records", r->records);
    reb_json_kstr(w, "format", r->format);
    reb_json_kstr(w, "dates", r->dates);
    reb_json_kstr(w, "calendar", r->calendar);
    reb_json_kstr(w, "decimal", r->decimal);
    reb_json_kstr(w, "currency", r->currency);
    reb_json_kbool(w, "currency_adopted", r->currency_adopted);
    reb_json_kstr(w, "timezone", r->timezone);
    reb_json_key(w, "counts");
    reb_import_counts_json(w, &r->counts);
    columns_json(w, r);
    lists_json(w, r);
    reb_json_kstr(w, "rejects_file", r->rejects_path);
    reb_json_kstr(w, "mapping", r->map_text);
    reb_json_kf64(w, "seconds", (double)r->elapsed_us / 1e6);
    reb_json_obj_end(w);
}

void reb_import_list_json(reb_json *w, const reb_import_batch *b, size_t n) {
    reb_json_obj(w);
    reb_json_key(w, "batches");
    reb_json_arr(w);
    for (size_t i = 0; i < n; i++) {
        reb_import_counts c = {0};
        reb_json_obj(w);
        reb_json_kid(w, "batch_id", b[i].batch_id);
        reb_json_kstr(w, "source", b[i].source);
        reb_json_kstr(w, "file", b[i].file_name);
        reb_json_kstr(w, "format", b[i].format);
        reb_json_kstr(w, "state", b[i].state);
        reb_json_ki64(w, "file_bytes", b[i].file_bytes);
        reb_json_ktime(w, "started_at", b[i].started_us);
        if (b[i].finished_us != 0) {
            reb_json_ktime(w, "finished_at", b[i].finished_us);
        } else {
            reb_json_knull(w, "finished_at");
        }
        reb_json_key(w, "counts");
        reb_import_state_parse(NULL, &c, b[i].counts_json);
        reb_import_counts_json(w, &c);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

void reb_import_undone_json(reb_json *w, const reb_import_undone *u) {
    reb_json_obj(w);
    reb_json_kstr(w, "file", u->file_name);
    reb_json_ki64(w, "events", u->events);
    reb_json_ki64(w, "lines", u->lines);
    reb_json_ki64(w, "customers", u->customers);
    reb_json_ki64(w, "customers_kept", u->customers_kept);
    reb_json_ki64(w, "facts", u->facts);
    reb_json_obj_end(w);
}
