/* Rows put together: neighbouring rows of one order become an order; the order becomes events. */
#include "import_builder.h"

#include "../text/fold.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS_OF_ORDER = 50000, MOST_BYTES_OF_ORDER = 12 << 20 };

static const char *const k_sentences[REB_REJECT_COUNT] = {
    [REB_REJECT_NO_DATE] = "no date",
    [REB_REJECT_DATE] = "the date cannot be read",
    [REB_REJECT_AMOUNT] = "an amount cannot be read",
    [REB_REJECT_NO_AMOUNT] = "no amount",
    [REB_REJECT_QUANTITY] = "the quantity cannot be read",
    [REB_REJECT_CURRENCY] = "the currency is not known, or not that of its order",
    [REB_REJECT_FIELDS] = "more fields than columns",
    [REB_REJECT_NO_CUSTOMER] = "nothing names the customer",
    [REB_REJECT_KIND] = "this kind of event cannot be imported",
    [REB_REJECT_FAR_DATE] = "the date lies in the future",
    [REB_REJECT_SAME_ORDER] = "another row of this order was refused",
};

static const char *const k_codes[REB_REJECT_COUNT] = {
    [REB_REJECT_NO_DATE] = "no_date",
    [REB_REJECT_DATE] = "date",
    [REB_REJECT_AMOUNT] = "amount",
    [REB_REJECT_NO_AMOUNT] = "no_amount",
    [REB_REJECT_QUANTITY] = "quantity",
    [REB_REJECT_CURRENCY] = "currency",
    [REB_REJECT_FIELDS] = "fields",
    [REB_REJECT_NO_CUSTOMER] = "no_customer",
    [REB_REJECT_KIND] = "kind",
    [REB_REJECT_FAR_DATE] = "far_date",
    [REB_REJECT_SAME_ORDER] = "same_order",
};

const char *reb_reject_code(reb_reject r) {
    return k_codes[r];
}

/* "no amount" and "no date" begin like nothing else; FIELDS alone writes its sentence with numbers. */
reb_reject reb_reject_of_reason(const char *reason, size_t len) {
    static const char fields[] = " fields where the header has ";
    for (int r = 0; r < REB_REJECT_COUNT; r++) {
        size_t n = strlen(k_sentences[r]);
        if (len >= n && memcmp(reason, k_sentences[r], n) == 0 && (len == n || reason[n] == ':')) return (reb_reject)r;
    }
    return memmem(reason, len, fields, sizeof fields - 1) != NULL ? REB_REJECT_FIELDS : REB_REJECT_COUNT;
}

const char *reb_reject_sentence(reb_reject r) {
    return k_sentences[r];
}

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

void *reb_build_grow(reb_grown *g, reb_arena *a) {
    if (g->n == g->cap) {
        size_t cap = g->cap == 0 ? 8 : 2 * g->cap; /* most are of one order, and small */
        void *bigger = reb_arena_alloc(a, cap * g->size);
        if (bigger == NULL) return NULL;
        if (g->n > 0) memcpy(bigger, g->at, g->n * g->size);
        g->at = bigger;
        g->cap = cap;
    }
    void *slot = (char *)g->at + g->n++ * g->size;
    memset(slot, 0, g->size);
    return slot;
}

static void forget_chunk(reb_builder *b) {
    b->persons = (reb_grown){.size = sizeof(reb_ingest_person)};
    b->events = (reb_grown){.size = sizeof(reb_ingest_event)};
    b->lines = (reb_grown){.size = sizeof(reb_ingest_line)};
    b->rejects = (reb_grown){.size = sizeof(reb_reject_row)};
    b->rows = 0;
}

reb_status reb_builder_open(reb_builder **out, reb_plan *plan, const reb_sheet_info *info, const char *business_currency, int64_t now_us,
                            reb_err *err) {
    *out = NULL;
    reb_builder *b = calloc(1, sizeof *b);
    if (b == NULL) return no_memory(err);
    b->plan = plan;
    b->info = info;
    b->business_currency = business_currency;
    b->now_us = now_us;
    b->arena.block_bytes = 1 << 20;
    b->is_aside = calloc(plan->n_columns + 1, sizeof *b->is_aside);
    if (b->is_aside == NULL) {
        free(b);
        return no_memory(err);
    }
    for (size_t i = 0; i < plan->n_columns; i++) {
        b->is_aside[i] = plan->columns[i].role == REB_ROLE_ASIDE;
        b->any_aside |= b->is_aside[i];
    }
    forget_chunk(b);
    *out = b;
    return REB_OK;
}

void reb_builder_close(reb_builder *b) {
    if (b == NULL) return;
    reb_arena_free(&b->arena);
    reb_arena_free(&b->scratch);
    reb_arena_free(&b->samples_arena);
    reb_buf_free(&b->json);
    reb_buf_free(&b->aside_rows);
    free(b->is_aside);
    free(b);
}

reb_build_counts *reb_builder_counts(reb_builder *b) {
    return &b->counts;
}

const reb_status_seen *reb_builder_statuses(const reb_builder *b, size_t *n) {
    *n = b->n_statuses;
    return b->statuses;
}

size_t reb_builder_rows(const reb_builder *b) {
    return b->rows;
}

size_t reb_builder_bytes(const reb_builder *b) {
    return b->arena.used_bytes;
}

static reb_slice keep_in(reb_builder *b, reb_arena *a, reb_slice v) {
    if (v.len == 0) return (reb_slice){"", 0};
    const char *s = reb_arena_strndup(a, v.ptr, v.len);
    if (s == NULL) {
        b->failed = true;
        return (reb_slice){"", 0};
    }
    return (reb_slice){s, v.len};
}

/* Until the order is finished. */
static reb_slice keep(reb_builder *b, reb_slice v) {
    return keep_in(b, &b->scratch, v);
}

/* Until the chunk is written. */
const char *reb_build_keep_long(reb_builder *b, reb_slice v) {
    return keep_in(b, &b->arena, v).ptr;
}

/* A number of an order or customer is one number, whether it is written 1001, ۱۰۰۱ or ١٠٠١. */
static reb_slice keep_number(reb_builder *b, reb_slice v) {
    char *s = v.len > 0 ? reb_arena_strndup(&b->scratch, v.ptr, v.len) : NULL;
    if (s == NULL) return keep(b, v);
    size_t n = reb_digits_ascii(s, v.ptr, v.len);
    s[n] = '\0';
    return (reb_slice){s, n};
}

/* ---- refusing ----------------------------------------------------------------------------------------------------------------- */

/* A few of them stay in memory, to be shown. */
static void remember_fault(reb_builder *b, reb_reject why, int64_t line, const reb_line_error *bad) {
    reb_fault_list *f = &b->faults[why];
    reb_arena *a = &b->samples_arena;
    if (f->n_lines < REB_IMPORT_FAULT_LINES) f->lines[f->n_lines++] = line;
    if (f->n_examples == REB_IMPORT_FAULT_EXAMPLES) return;
    bool column = bad != NULL && bad->column >= 0 && (size_t)bad->column < b->plan->n_columns;
    size_t shown = bad != NULL && bad->value.len > 0 ? reb_utf8_cut(bad->value.ptr, bad->value.len, 80) : 0;
    f->examples[f->n_examples++] = (reb_import_fault){.line = line,
                                                      .column = column ? b->plan->columns[bad->column].name.ptr : "",
                                                      .value = shown > 0 ? reb_arena_strndup(a, bad->value.ptr, shown) : "",
                                                      .reason = bad != NULL ? reb_arena_strdup(a, bad->reason) : NULL};
}

static void refuse_row(reb_builder *b, const reb_raw_row *row, reb_reject why, const char *reason, const reb_line_error *bad) {
    reb_reject_row *r = reb_build_grow(&b->rejects, &b->arena);
    if (r == NULL) {
        b->failed = true;
        return;
    }
    *r = (reb_reject_row){row->line, why, reason != NULL ? reason : k_sentences[why], keep_in(b, &b->arena, row->raw), row->n_fields};
    b->counts.rejected_rows++;
    if (b->counts.reject_rows[why]++ == 0) b->counts.reject_line[why] = row->line;
    remember_fault(b, why, row->line, bad);
}

/* The whole order is refused, so that the file of rejects holds all of it and can be mended and read again. */
void reb_build_refuse(reb_builder *b, const reb_line_error *bad, int64_t line) {
    const char *column = bad->column >= 0 && (size_t)bad->column < b->plan->n_columns ? b->plan->columns[bad->column].name.ptr : "";
    const char *reason = k_sentences[bad->why];
    if (*column != '\0')
        reason = reb_arena_printf(&b->arena, "%s: column \"%s\" says \"%.*s\"%s%s", k_sentences[bad->why], column,
                                  (int)(bad->value.len < 60 ? bad->value.len : 60), bad->value.len > 0 ? bad->value.ptr : "",
                                  bad->reason != NULL ? ": " : "", bad->reason != NULL ? bad->reason : "");
    const reb_raw_row *rows = b->g.rows.at;
    for (size_t i = 0; i < b->g.rows.n; i++) {
        bool this_one = line == 0 ? i == 0 : rows[i].line == line;
        refuse_row(b, &rows[i], this_one ? bad->why : REB_REJECT_SAME_ORDER, this_one ? reason : NULL, this_one ? bad : NULL);
    }
}

/* ---- gathering rows ------------------------------------------------------------------------------------------------------------ */

static bool line_role(reb_role r) {
    switch (r) {
        case REB_ROLE_PRODUCT:
        case REB_ROLE_SKU:
        case REB_ROLE_QUANTITY:
        case REB_ROLE_PRICE:
        case REB_ROLE_LINE_AMOUNT:
        case REB_ROLE_LINE_DISCOUNT:
        case REB_ROLE_LINE_COST:
        case REB_ROLE_AMOUNT: return true;
        default: return false;
    }
}

static bool grouped(const reb_plan *p) {
    return p->records == REB_RECORDS_ORDERS && reb_plan_has(p, REB_ROLE_ORDER_ID);
}

static bool same_slice(reb_slice a, reb_slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* A row without a number that only tells a product goes on with the order before it. */
static bool continues(const reb_builder *b, const reb_sheet_record *rec) {
    const reb_plan *p = b->plan;
    if (!b->g.open || !grouped(p) || b->g.key.len == 0) return false;
    reb_slice key = reb_plan_value(p, REB_ROLE_ORDER_ID, rec, NULL);
    if (key.len > 0) {
        if (!same_slice(key, b->g.key)) return false;
    } else {
        if (reb_plan_value(p, REB_ROLE_DATE, rec, NULL).len > 0 || reb_plan_value(p, REB_ROLE_EMAIL, rec, NULL).len > 0 ||
            reb_plan_value(p, REB_ROLE_CUSTOMER, rec, NULL).len > 0 || reb_plan_value(p, REB_ROLE_NAME, rec, NULL).len > 0)
            return false;
        if (reb_plan_value(p, REB_ROLE_PRODUCT, rec, NULL).len == 0 && reb_plan_value(p, REB_ROLE_SKU, rec, NULL).len == 0) return false;
    }
    return b->g.rows.n < MOST_ROWS_OF_ORDER && b->scratch.used_bytes < MOST_BYTES_OF_ORDER;
}

bool reb_builder_at_boundary(const reb_builder *b, const reb_sheet_record *rec) {
    return !b->g.open || rec == NULL || !continues(b, rec);
}

static void take_values(reb_builder *b, const reb_sheet_record *rec) {
    const reb_plan *p = b->plan;
    reb_group *g = &b->g;
    for (int r = REB_ROLE_DROP + 1; r < REB_ROLE_COUNT; r++) {
        if (p->n_of_role[r] == 0 || line_role((reb_role)r) || g->value[r].len > 0) continue;
        int column = -1;
        reb_slice v = reb_plan_value(p, (reb_role)r, rec, &column);
        if (v.len == 0) continue;
        bool number = r == REB_ROLE_ORDER_ID || r == REB_ROLE_ORDER_REF || r == REB_ROLE_CUSTOMER;
        g->value[r] = number ? keep_number(b, v) : keep(b, v);
        g->column[r] = column;
    }
    bool all = p->records == REB_RECORDS_CUSTOMERS; /* of an order, the first telephone that is given is the buyer's */
    for (int k = 0; k < p->n_of_role[REB_ROLE_EMAIL] && (all || g->n_emails == 0); k++) {
        size_t c = (size_t)p->of_role[REB_ROLE_EMAIL][k];
        reb_slice v = c < rec->n_fields ? reb_slice_trim(rec->fields[c]) : (reb_slice){"", 0};
        if (v.len > 0 && g->n_emails < 16) g->emails[g->n_emails++] = keep(b, v);
    }
    for (int k = 0; k < p->n_of_role[REB_ROLE_PHONE] && (all || g->n_phones == 0); k++) {
        size_t c = (size_t)p->of_role[REB_ROLE_PHONE][k];
        reb_slice v = c < rec->n_fields ? reb_slice_trim(rec->fields[c]) : (reb_slice){"", 0};
        if (v.len > 0 && g->n_phones < 16) g->phones[g->n_phones++] = keep(b, v);
    }
}

/* What the row says of one article. */
static void take_line(reb_builder *b, const reb_sheet_record *rec) {
    static const reb_role roles[] = {REB_ROLE_PRODUCT,     REB_ROLE_SKU,           REB_ROLE_QUANTITY,  REB_ROLE_PRICE,
                                     REB_ROLE_LINE_AMOUNT, REB_ROLE_LINE_DISCOUNT, REB_ROLE_LINE_COST, REB_ROLE_AMOUNT};
    static const int slot[] = {-1, -1, 5, 0, 1, 2, 3, 4};
    reb_slice v[8];
    int column[8] = {0};
    bool any = false;
    for (int i = 0; i < 8; i++) {
        int c = -1;
        v[i] = b->plan->n_of_role[roles[i]] > 0 ? reb_plan_value(b->plan, roles[i], rec, &c) : (reb_slice){"", 0};
        any |= v[i].len > 0;
        if (slot[i] >= 0) column[slot[i]] = c;
        v[i] = keep(b, v[i]);
    }
    if (!any) return;
    reb_raw_line *l = reb_build_grow(&b->g.lines, &b->scratch);
    if (l == NULL) {
        b->failed = true;
        return;
    }
    *l = (reb_raw_line){.product = v[0],
                        .sku = v[1],
                        .quantity = v[2],
                        .price = v[3],
                        .amount = v[4],
                        .discount = v[5],
                        .cost = v[6],
                        .row_amount = v[7],
                        .line = rec->line};
    memcpy(l->column, column, sizeof column);
}

/* What stands aside: all of the first row, of further rows what differs from it. */
static void take_aside(reb_builder *b, const reb_sheet_record *rec) {
    if (!b->any_aside) return;
    reb_group *g = &b->g;
    size_t n = b->plan->n_columns;
    if (g->aside == NULL) {
        g->aside = reb_arena_zalloc(&b->scratch, n, sizeof *g->aside);
        if (g->aside == NULL) {
            b->failed = true;
            return;
        }
        for (size_t c = 0; c < n && c < rec->n_fields; c++)
            if (b->is_aside[c]) g->aside[c] = keep(b, reb_slice_trim(rec->fields[c]));
        return;
    }
    reb_json w = {.out = &b->aside_rows};
    bool opened = false;
    for (size_t c = 0; c < n && c < rec->n_fields; c++) {
        if (!b->is_aside[c]) continue;
        reb_slice v = reb_slice_trim(rec->fields[c]);
        if (v.len == 0 || same_slice(v, g->aside[c])) continue;
        if (!opened) {
            if (b->aside_rows.len > 0) reb_buf_char(&b->aside_rows, ',');
            reb_json_obj(&w);
            reb_json_ki64(&w, "row", (int64_t)g->rows.n);
            opened = true;
        }
        reb_json_key(&w, b->plan->columns[c].name.ptr);
        reb_json_strn(&w, v.ptr, v.len);
    }
    if (opened) reb_json_obj_end(&w);
}

static void begin_group(reb_builder *b, const reb_sheet_record *rec) {
    memset(&b->g, 0, sizeof b->g);
    if (b->scratch.failed) b->failed = true; /* a reset forgets it */
    reb_arena_reset(&b->scratch);
    b->g.open = true;
    b->g.lines.size = sizeof(reb_raw_line);
    b->g.rows.size = sizeof(reb_raw_row);
    b->g.key = grouped(b->plan) ? keep(b, reb_plan_value(b->plan, REB_ROLE_ORDER_ID, rec, NULL)) : (reb_slice){"", 0};
    reb_buf_clear(&b->aside_rows);
}

static void add_row(reb_builder *b, const reb_sheet_record *rec) {
    reb_raw_row *row = reb_build_grow(&b->g.rows, &b->scratch);
    if (row == NULL) {
        b->failed = true;
        return;
    }
    *row = (reb_raw_row){rec->line, keep(b, rec->raw), rec->n_fields};
    take_values(b, rec);
    take_line(b, rec);
    take_aside(b, rec);
}

/* ---- rows that are none --------------------------------------------------------------------------------------------------------- */

static bool is_total_row(reb_builder *b, const reb_sheet_record *rec) {
    static const char *const words[] = {"total",    "grand total", "totals", "sum",   "الإجمالي", "المجموع",
                                        "الاجمالي", "جمع",         "جمع کل", "مجموع", "σύνολο",   "γενικό σύνολο"};
    const reb_plan *p = b->plan;
    if (reb_plan_has(p, REB_ROLE_DATE) && reb_plan_value(p, REB_ROLE_DATE, rec, NULL).len > 0) return false;
    for (size_t i = 0; i < rec->n_fields; i++) {
        reb_slice v = reb_slice_trim(rec->fields[i]);
        if (v.len == 0) continue;
        if (v.len > 40) return false;
        reb_slice fold = reb_plan_words(&b->arena, v);
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            reb_slice w = reb_plan_words(&b->arena, reb_slice_of(words[k]));
            if (same_slice(fold, w)) return true;
        }
        return false; /* only the first word of the row tells */
    }
    return true; /* nothing but empty fields */
}

static bool is_header_again(const reb_builder *b, const reb_sheet_record *rec) {
    if (!b->info->has_header || rec->n_fields != b->plan->n_columns) return false;
    for (size_t i = 0; i < rec->n_fields; i++)
        if (!same_slice(reb_slice_trim(rec->fields[i]), b->plan->columns[i].name)) return false;
    return true;
}

/* Does a row have a date, or anything else that a record begins with? Cheap, and true for nearly every row. */
static bool plain_row(const reb_builder *b, const reb_sheet_record *rec) {
    const reb_plan *p = b->plan;
    reb_role first = reb_plan_has(p, REB_ROLE_DATE) ? REB_ROLE_DATE : REB_ROLE_EMAIL;
    reb_slice v = reb_plan_value(p, first, rec, NULL);
    return v.len > 0 && !is_header_again(b, rec);
}

static bool extra_fields(const reb_builder *b, const reb_sheet_record *rec) {
    for (size_t i = b->plan->n_columns; i < rec->n_fields; i++)
        if (reb_slice_trim(rec->fields[i]).len > 0) return true;
    return false;
}

reb_status reb_builder_row(reb_builder *b, const reb_sheet_record *rec, reb_err *err) {
    if (rec == NULL) return reb_build_finish(b, err);
    b->counts.rows++;
    b->rows++;
    bool goes_on = b->g.open && continues(b, rec);
    if (!goes_on) {
        reb_status st = reb_build_finish(b, err);
        if (st != REB_OK) return st;
        if (!plain_row(b, rec) && (is_header_again(b, rec) || is_total_row(b, rec))) {
            b->counts.ignored_rows++;
            return REB_OK;
        }
        begin_group(b, rec);
    }
    if (b->info->has_header && extra_fields(b, rec)) {
        reb_raw_row row = {rec->line, keep(b, rec->raw), rec->n_fields};
        refuse_row(b, &row, REB_REJECT_FIELDS,
                   reb_arena_printf(&b->arena, "%zu fields where the header has %zu columns", rec->n_fields, b->plan->n_columns), NULL);
        if (!goes_on) b->g.open = false;
        return reb_build_lost(b) ? no_memory(err) : REB_OK;
    }
    add_row(b, rec);
    return reb_build_lost(b) ? no_memory(err) : REB_OK;
}

reb_status reb_builder_take(reb_ingest_chunk *out, const reb_reject_row **rejects, size_t *n_rejects, reb_builder *b, reb_err *err) {
    reb_status st = reb_build_finish(b, err);
    *out = (reb_ingest_chunk){.persons = b->persons.at,
                              .n_persons = b->persons.n,
                              .events = b->events.at,
                              .n_events = b->events.n,
                              .lines = b->lines.at,
                              .n_lines = b->lines.n};
    *rejects = b->rejects.at;
    *n_rejects = b->rejects.n;
    return st == REB_OK && reb_build_lost(b) ? no_memory(err) : st;
}

void reb_builder_reset(reb_builder *b) {
    reb_arena_reset(&b->arena);
    b->g.open = false;
    forget_chunk(b);
}

void reb_builder_samples(reb_import_result *out, const reb_builder *b, reb_arena *arena) {
    if (b->samples_arena.failed) arena->failed = true;
    reb_import_sample *s = reb_arena_zalloc(arena, MOST_SAMPLES, sizeof *s);
    if (s == NULL) return;
    for (size_t i = 0; i < b->n_samples; i++) {
        const reb_import_sample *from = &b->samples[i];
        s[i] = (reb_import_sample){.line = from->line,
                                   .record = from->record,
                                   .order_id = reb_arena_strdup(arena, from->order_id),
                                   .date = reb_arena_strdup(arena, from->date),
                                   .customer = reb_arena_strdup(arena, from->customer),
                                   .what = reb_arena_strdup(arena, from->what),
                                   .amount = reb_arena_strdup(arena, from->amount)};
    }
    out->samples = s;
    out->n_samples = b->n_samples;
    reb_import_record *records = reb_arena_zalloc(arena, MOST_RECORDS, sizeof *records);
    if (records == NULL) return;
    for (size_t i = 0; i < b->n_records; i++) {
        reb_import_record *r = &records[i];
        *r = b->records[i];
        const char **texts[] = {&r->order_id, &r->name,   &r->email,    &r->phone, &r->customer_id,
                                &r->what,     &r->status, &r->currency, &r->record};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) *texts[k] = reb_arena_strdup(arena, *texts[k] != NULL ? *texts[k] : "");
        reb_import_record_line *lines = reb_arena_zalloc(arena, r->n_lines + 1, sizeof *lines);
        if (lines == NULL) return;
        for (size_t k = 0; k < r->n_lines; k++) {
            lines[k] = r->lines[k];
            lines[k].name = reb_arena_strdup(arena, r->lines[k].name);
        }
        r->lines = lines;
    }
    out->record_list = records;
    out->n_records = b->n_records;
}

static const reb_import_fault *copy_examples(const reb_fault_list *f, reb_arena *arena) {
    reb_import_fault *list = reb_arena_zalloc(arena, f->n_examples + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < f->n_examples; i++) {
        const reb_import_fault *from = &f->examples[i];
        list[i] = (reb_import_fault){.line = from->line,
                                     .column = reb_arena_strdup(arena, from->column),
                                     .value = reb_arena_strdup(arena, from->value),
                                     .reason = reb_arena_strdup(arena, from->reason)};
    }
    return list;
}

void reb_builder_faults(reb_import_result *out, const reb_builder *b, const reb_build_counts *c, reb_arena *arena) {
    reb_import_reason *list = reb_arena_zalloc(arena, REB_REJECT_COUNT, sizeof *list);
    if (list == NULL) return;
    out->n_reasons = 0;
    for (int r = 0; r < REB_REJECT_COUNT; r++) {
        if (c->reject_rows[r] == 0) continue;
        const reb_fault_list *f = &b->faults[r];
        int64_t *lines = reb_arena_zalloc(arena, f->n_lines + 1, sizeof *lines);
        const reb_import_fault *examples = copy_examples(f, arena);
        if (lines == NULL || examples == NULL) return;
        memcpy(lines, f->lines, f->n_lines * sizeof *lines);
        list[out->n_reasons++] = (reb_import_reason){.code = k_codes[r],
                                                     .reason = k_sentences[r],
                                                     .rows = c->reject_rows[r],
                                                     .first_line = c->reject_line[r],
                                                     .lines = lines,
                                                     .n_lines = f->n_lines,
                                                     .examples = examples,
                                                     .n_examples = f->n_examples};
    }
    out->reasons = list;
}
