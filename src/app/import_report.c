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
    COUNT(promises),
    COUNT(deliveries),
    COUNT(customers_new),
    COUNT(customers_seen),
    COUNT(doubles),
    COUNT(facts),
    COUNT(known),
    COUNT(changed),
    COUNT(erased),
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
                               .promises = g->promises,
                               .deliveries = g->deliveries,
                               .customers_new = g->customers_new,
                               .customers_seen = g->customers_seen,
                               .doubles = g->doubles,
                               .facts = g->facts,
                               .known = g->known,
                               .changed = g->changed,
                               .erased = g->erased,
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

static const char *delimiter_word(char d) {
    switch (d) {
        case 0: return "";
        case ',': return "comma";
        case ';': return "semicolon";
        case '\t': return "tab";
        case '|': return "pipe";
        case REB_DELIMITER_SPACES: return "spaces";
        default: return "other";
    }
}

static const char *dates_word(const reb_date_format *f) {
    switch (f->number) {
        case REB_NUMBER_EPOCH_S: return "epoch";
        case REB_NUMBER_EPOCH_MS: return "epoch_ms";
        case REB_NUMBER_EXCEL_1900:
        case REB_NUMBER_EXCEL_1904: return "excel";
        case REB_NUMBER_NONE: break;
    }
    switch (f->order) {
        case REB_ORDER_YMD: return "ymd";
        case REB_ORDER_DMY: return "dmy";
        case REB_ORDER_MDY: return "mdy";
        default: return "written";
    }
}

static void describe_reading(reb_import_reading *r, const reb_plan *p, const reb_sheet_info *info, reb_arena *arena) {
    static const char *const formats[] = {
        [REB_FORMAT_AUTO] = "delimited", [REB_FORMAT_DELIMITED] = "delimited", [REB_FORMAT_XLSX] = "xlsx",
        [REB_FORMAT_VCARD] = "vcard",    [REB_FORMAT_JSON] = "json",           [REB_FORMAT_JSON_LINES] = "json_lines"};
    static const char *const calendars[] = {"gregorian", "persian", "hijri"};
    const reb_plan_column *date = reb_plan_has(p, REB_ROLE_DATE) ? &p->columns[p->of_role[REB_ROLE_DATE][0]] : NULL;
    bool money = p->records == REB_RECORDS_ORDERS || p->records == REB_RECORDS_PAYMENTS || p->records == REB_RECORDS_EVENTS;
    *r = (reb_import_reading){.format = formats[info->format],
                              .encoding = reb_encoding_name(info->encoding.encoding),
                              .encoding_sure = info->encoding.sure || info->encoding.plain_ascii,
                              .packed = info->gzip,
                              .has_header = info->has_header,
                              .delimiter = delimiter_word(info->delimiter),
                              .n_sheets = info->n_sheets,
                              .sheet = info->sheet,
                              .timezone = p->zone != NULL ? reb_arena_strdup(arena, reb_zone_name(p->zone)) : NULL,
                              .business_currency = p->business_currency};
    const char **sheets = reb_arena_zalloc(arena, info->n_sheets + 1, sizeof *sheets);
    for (size_t i = 0; sheets != NULL && i < info->n_sheets; i++)
        sheets[i] = reb_arena_strndup(arena, info->sheets[i].len > 0 ? info->sheets[i].ptr : "", info->sheets[i].len);
    r->sheets = sheets;
    if (date != NULL && p->dates_text != NULL) {
        r->dates = dates_word(&date->date);
        r->dates_origin = reb_plan_origin_name(p->dates_origin);
        r->calendar = calendars[date->date.calendar];
        r->calendar_origin = reb_plan_origin_name(p->calendar_origin);
    }
    if (p->decimal_text != NULL) {
        r->decimal = p->decimal_shown == REB_DECIMAL_COMMA ? "comma" : p->decimal_shown == REB_DECIMAL_POINT ? "point" : "whole";
        r->decimal_origin = reb_plan_origin_name(p->decimal_origin);
    }
    if (money && p->currency != NULL && p->currency_why != NULL) {
        r->currency = p->factor == 10 && strcmp(p->currency->code, "IRR") == 0 ? "toman" : p->currency->code;
        r->currency_origin = reb_plan_origin_name(p->currency_origin);
        r->currency_digits = p->currency->digits;
    }
}

void reb_import_describe(reb_import_result *out, const reb_plan *p, const reb_sheet_info *info, reb_arena *arena) {
    out->file_bytes = info->total_bytes;
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
    reb_import_note *notes = reb_arena_zalloc(arena, p->n_remarks + 1, sizeof *notes);
    for (size_t i = 0; notes != NULL && i < p->n_remarks; i++)
        notes[i] = (reb_import_note){.key = p->notes[i].key, .args = p->notes[i].args, .text = p->notes[i].text};
    out->notes = notes;
    out->n_notes = notes != NULL ? p->n_remarks : 0;
    describe_reading(&out->reading, p, info, arena);
    reb_buf plan = {0};
    reb_json w = {.out = &plan};
    reb_map_to_json(&w, p, info);
    out->plan_json = plan.failed ? NULL : reb_arena_strndup(arena, plan.data, plan.len);
    if (plan.failed) arena->failed = true;
    reb_buf_free(&plan);
    reb_import_column *columns = reb_arena_zalloc(arena, p->n_columns + 1, sizeof *columns);
    if (columns == NULL) return;
    for (size_t i = 0; i < p->n_columns; i++) {
        const reb_plan_column *c = &p->columns[i];
        columns[i] = (reb_import_column){
            .name = c->name.ptr, .role = reb_roles[c->role].name, .label = reb_roles[c->role].label, .filled = c->filled};
        for (int k = 0; k < c->n_samples && c->role != REB_ROLE_DROP; k++) columns[i].samples[k] = c->samples[k];
    }
    out->columns = columns;
    out->n_columns = p->n_columns;
}

void reb_import_status_remarks(reb_plan *p, const reb_status_seen *seen, size_t n) {
    if (p->records != REB_RECORDS_ORDERS && p->records != REB_RECORDS_PAYMENTS) return;
    for (size_t i = 0; i < n; i++) {
        if (seen[i].orders == 0) continue;
        switch (seen[i].state) {
            case REB_STATE_UNKNOWN:
                reb_plan_remark(p, "status_unknown", "status:s count:d",
                                "Status \"%s\" (%" PRId64 ") is not known here; these count as purchases.", seen[i].text, seen[i].orders);
                break;
            case REB_STATE_OPEN:
                reb_plan_remark(p, p->options.pending_counts ? "status_open_counted" : "status_open", "status:s count:d",
                                p->options.pending_counts ? "Status \"%s\" (%" PRId64
                                                            "): not paid yet; counted as purchases, as the mapping says."
                                                          : "Status \"%s\" (%" PRId64
                                                            "): not paid yet, so no purchases. If they are, say pending = purchase in a "
                                                            "mapping.",
                                seen[i].text, seen[i].orders);
                break;
            case REB_STATE_FAILED:
                reb_plan_remark(p, "status_failed", "status:s count:d", "Status \"%s\" (%" PRId64 "): never paid, so no purchases.",
                                seen[i].text, seen[i].orders);
                break;
            default: break;
        }
    }
}

/* ---- JSON of results --------------------------------------------------------------------------------------------------------------------
 */

void reb_import_columns_json(reb_json *w, const reb_import_result *r) {
    reb_json_key(w, "columns");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_columns; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "name", r->columns[i].name);
        reb_json_kstr(w, "role", r->columns[i].role);
        reb_json_kstr(w, "label", r->columns[i].label);
        reb_json_ki64(w, "filled", r->columns[i].filled);
        reb_json_key(w, "samples");
        reb_json_arr(w);
        for (int k = 0; k < 3 && r->columns[i].samples[k] != NULL; k++) reb_json_str(w, r->columns[i].samples[k]);
        reb_json_arr_end(w);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

void reb_import_reading_json(reb_json *w, const reb_import_reading *r) {
    reb_json_key(w, "reading");
    reb_json_obj(w);
    reb_json_kstr(w, "format", r->format != NULL ? r->format : "delimited");
    reb_json_kstr(w, "encoding", r->encoding);
    reb_json_kbool(w, "encoding_sure", r->encoding_sure);
    reb_json_kbool(w, "packed", r->packed);
    reb_json_kbool(w, "has_header", r->has_header);
    reb_json_kstr(w, "delimiter", r->delimiter != NULL ? r->delimiter : "");
    reb_json_key(w, "sheets");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_sheets && r->sheets != NULL; i++) reb_json_str(w, r->sheets[i]);
    reb_json_arr_end(w);
    reb_json_ki64(w, "sheet", (int64_t)r->sheet);
    reb_json_kstr(w, "dates", r->dates);
    reb_json_kstr(w, "dates_origin", r->dates_origin);
    reb_json_kstr(w, "calendar", r->calendar);
    reb_json_kstr(w, "calendar_origin", r->calendar_origin);
    reb_json_kstr(w, "decimal", r->decimal);
    reb_json_kstr(w, "decimal_origin", r->decimal_origin);
    reb_json_kstr(w, "currency", r->currency);
    reb_json_kstr(w, "currency_origin", r->currency_origin);
    reb_json_kstr(w, "business_currency", r->business_currency);
    reb_json_kstr(w, "timezone", r->timezone);
    reb_json_obj_end(w);
}

void reb_import_notes_json(reb_json *w, const reb_import_result *r) {
    reb_json_key(w, "notes");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_notes; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "key", r->notes[i].key);
        reb_json_key(w, "args");
        reb_json_raw(w, r->notes[i].args);
        reb_json_kstr(w, "text", r->notes[i].text);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void text_or_null(reb_json *w, const char *key, const char *text) {
    reb_json_kstr(w, key, text != NULL && *text != '\0' ? text : NULL);
}

static void records_json(reb_json *w, const reb_import_result *r) {
    reb_json_key(w, "records_read");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_records; i++) {
        const reb_import_record *x = &r->record_list[i];
        reb_json_obj(w);
        reb_json_ki64(w, "line", x->line);
        reb_json_kstr(w, "record", x->record);
        text_or_null(w, "order_id", x->order_id);
        if (x->has_date) {
            reb_json_kday(w, "day", x->day);
        } else {
            reb_json_knull(w, "day");
        }
        if (x->has_date && x->has_time) {
            reb_json_ktime(w, "at", x->time_us);
        } else {
            reb_json_knull(w, "at");
        }
        reb_json_kbool(w, "has_customer", x->has_customer);
        text_or_null(w, "name", x->name);
        text_or_null(w, "email", x->email);
        text_or_null(w, "phone", x->phone);
        text_or_null(w, "customer", x->customer_id);
        text_or_null(w, "what", x->what);
        text_or_null(w, "status", x->status);
        if (x->has_amount) {
            reb_json_ki64(w, "amount_minor", x->amount_minor);
        } else {
            reb_json_knull(w, "amount_minor");
        }
        text_or_null(w, "currency", x->currency);
        reb_json_key(w, "lines");
        reb_json_arr(w);
        for (size_t k = 0; k < x->n_lines; k++) {
            reb_json_obj(w);
            reb_json_kstr(w, "name", x->lines[k].name);
            reb_json_kf64(w, "quantity", (double)x->lines[k].quantity_milli / 1000);
            reb_json_ki64(w, "amount_minor", x->lines[k].amount_minor);
            reb_json_obj_end(w);
        }
        reb_json_arr_end(w);
        reb_json_ki64(w, "lines_total", x->lines_total);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void fault_json(reb_json *w, const reb_import_reason *r) {
    reb_json_kstr(w, "code", r->code);
    reb_json_key(w, "lines");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_lines; i++) reb_json_i64(w, r->lines[i]);
    reb_json_arr_end(w);
    reb_json_key(w, "examples");
    reb_json_arr(w);
    for (size_t i = 0; i < r->n_examples; i++) {
        reb_json_obj(w);
        reb_json_ki64(w, "line", r->examples[i].line);
        text_or_null(w, "column", r->examples[i].column);
        reb_json_kstr(w, "value", r->examples[i].value);
        text_or_null(w, "reason", r->examples[i].reason);
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
        fault_json(w, &r->reasons[i]);
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
    reb_import_reading_json(w, &r->reading);
    reb_import_columns_json(w, r);
    records_json(w, r);
    lists_json(w, r);
    reb_import_notes_json(w, r);
    reb_json_key(w, "plan");
    reb_json_raw(w, r->plan_json != NULL ? r->plan_json : "null");
    reb_json_kstr(w, "signature", r->signature[0] != '\0' ? r->signature : NULL);
    if (r->fit_job_id != 0) {
        reb_json_kid(w, "fit_job", r->fit_job_id);
    } else {
        reb_json_knull(w, "fit_job");
    }
    reb_json_kstr(w, "mends", r->mended_job);
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
    reb_json_ki64(w, "cases", u->cases);
    reb_json_obj_end(w);
}
