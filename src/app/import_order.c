/* What a finished order tells: events with their lines, refunds, cancellations, customers, tickets. */
#include "import_builder.h"

#include <inttypes.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* ---- finishing an order --------------------------------------------------------------------------------------------------------- */

static const char *order_data(reb_builder *b, reb_slice status) {
    reb_json w = {.out = &b->json};
    reb_buf_clear(&b->json);
    reb_json_obj(&w);
    bool any = false;
    static const struct {
        reb_role role;
        const char *key;
    } named[] = {{REB_ROLE_SUBJECT, "subject"}, {REB_ROLE_BODY, "text"},         {REB_ROLE_PRIORITY, "priority"},
                 {REB_ROLE_BRANCH, "branch"},   {REB_ROLE_EMPLOYEE, "employee"}, {REB_ROLE_CHANNEL, "channel"}};
    if (status.len > 0) {
        reb_json_key(&w, "status");
        reb_json_strn(&w, status.ptr, status.len);
        any = true;
    }
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        reb_slice v = b->g.value[named[i].role];
        if (v.len == 0) continue;
        reb_json_key(&w, named[i].key);
        reb_json_strn(&w, v.ptr, v.len);
        any = true;
    }
    bool columns = false;
    for (size_t c = 0; b->g.aside != NULL && c < b->plan->n_columns; c++) {
        reb_slice v = b->g.aside[c];
        if (v.len == 0) continue;
        if (!columns) {
            reb_json_key(&w, "columns");
            reb_json_obj(&w);
            columns = any = true;
        }
        reb_json_key(&w, b->plan->columns[c].name.ptr);
        reb_json_strn(&w, v.ptr, v.len);
    }
    if (columns) reb_json_obj_end(&w);
    if (b->aside_rows.len > 0) {
        reb_json_key(&w, "rows");
        reb_buf list = {0};
        reb_buf_char(&list, '[');
        reb_buf_add(&list, b->aside_rows.data, b->aside_rows.len);
        reb_buf_char(&list, ']');
        reb_json_raw(&w, reb_buf_cstr(&list));
        b->failed |= list.failed;
        reb_buf_free(&list);
        any = true;
    }
    reb_json_obj_end(&w);
    if (!any) return NULL;
    const char *s = reb_arena_strndup(&b->arena, b->json.data, b->json.len);
    b->failed |= s == NULL || b->json.failed;
    return s;
}

static reb_order_state state_of(reb_builder *b, reb_slice status) {
    if (status.len == 0) return REB_STATE_GOOD;
    if (status.len == b->status_memo_len && memcmp(status.ptr, b->status_memo, status.len) == 0) return b->status_memo_state;
    reb_order_state s = REB_STATE_UNKNOWN;
    size_t i = 0;
    for (; i < b->n_statuses; i++)
        if (status.len < sizeof b->statuses[i].text && strncmp(b->statuses[i].text, status.ptr, status.len) == 0 &&
            b->statuses[i].text[status.len] == '\0')
            break;
    if (i < b->n_statuses) {
        s = b->statuses[i].state;
    } else {
        s = reb_order_state_of(status);
        if (i < REB_STATUS_WORDS && status.len < sizeof b->statuses[i].text) {
            memcpy(b->statuses[i].text, status.ptr, status.len);
            b->statuses[i].state = s;
            b->n_statuses++;
        }
    }
    if (status.len <= sizeof b->status_memo) {
        memcpy(b->status_memo, status.ptr, status.len);
        b->status_memo_len = status.len;
        b->status_memo_state = s;
    }
    return s;
}

static void count_status(reb_builder *b, reb_slice status) {
    for (size_t i = 0; i < b->n_statuses; i++)
        if (status.len < sizeof b->statuses[i].text && strncmp(b->statuses[i].text, status.ptr, status.len) == 0 &&
            b->statuses[i].text[status.len] == '\0')
            b->statuses[i].orders++;
}

/* Lines of the chunk from `first` on; NULL while there are none at all. */
static reb_ingest_line *lines_from(const reb_builder *b, size_t first) {
    return b->lines.at != NULL ? (reb_ingest_line *)b->lines.at + first : NULL;
}

bool reb_build_date(reb_builder *b, reb_role role, reb_date *out, reb_line_error *bad) {
    reb_slice v = b->g.value[role];
    int column = b->g.column[role];
    reb_err why = {0};
    if (v.len == 0) {
        *bad = (reb_line_error){REB_REJECT_NO_DATE, -1, {"", 0}, NULL};
        return false;
    }
    const reb_plan *p = b->plan;
    const reb_zone *zone = p->columns[column].utc ? p->utc : p->zone;
    if (reb_date_parse(out, v.ptr, v.len, &p->columns[column].date, zone, &why) != REB_OK) {
        *bad = (reb_line_error){REB_REJECT_DATE, column, v, reb_arena_strdup(&b->arena, why.detail)};
        return false;
    }
    if (zone == p->business_zone) return true;
    if (out->has_time) {
        out->day = reb_zone_day(p->business_zone, out->time_us);
    } else {
        out->time_us = reb_zone_day_start(p->business_zone, out->day);
    }
    return true;
}

typedef struct order {
    reb_date date;
    const reb_currency *currency;
    int64_t amount, refunded, cost;
    bool has_amount, has_cost, any_quantity, all_negative;
    size_t first_line, n_lines;
    reb_order_state state;
    reb_slice status;
} order;

static bool read_amount_role(reb_builder *b, reb_role role, const reb_currency *currency, int64_t *minor, reb_line_error *bad) {
    bool rounded = false;
    if (!reb_amount_read(minor, &rounded, b->plan, currency, b->g.column[role], b->g.value[role], bad, &b->arena)) return false;
    b->counts.rounded += rounded;
    return true;
}

/* Lines and amount. *line tells the row of a refusal. */
static bool read_lines(reb_builder *b, order *o, int64_t *line, reb_line_error *bad) {
    const reb_plan *p = b->plan;
    const reb_raw_line *raw = b->g.lines.at;
    o->first_line = b->lines.n;
    o->all_negative = b->g.lines.n > 0;
    int64_t sum = 0;
    int64_t row_sum = 0;
    bool have_row_amount = false;
    bool priced = false;
    bool rounded = false;
    for (size_t i = 0; i < b->g.lines.n; i++) {
        reb_raw_line r = raw[i];
        *line = r.line;
        if (r.row_amount.len > 0) {
            int64_t v = 0;
            if (!reb_amount_read(&v, &rounded, p, o->currency, r.column[4], r.row_amount, bad, &b->arena)) return false;
            if (!p->amount_is_total || !have_row_amount) {
                if (__builtin_add_overflow(row_sum, v, &row_sum) || !reb_amount_fits(row_sum)) goto too_large;
            }
            have_row_amount = true;
            if (!p->amount_is_total && r.amount.len == 0 && (r.product.len > 0 || r.sku.len > 0 || r.quantity.len > 0)) {
                r.amount = r.row_amount;
                r.column[1] = r.column[4];
            }
        }
        if (r.product.len == 0 && r.sku.len == 0 && r.quantity.len == 0 && r.price.len == 0 && r.amount.len == 0) {
            o->all_negative = false;
            continue;
        }
        reb_ingest_line read;
        if (!reb_line_read(&read, &rounded, p, o->currency, &r, bad, &b->arena)) return false;
        reb_ingest_line *slot = reb_build_grow(&b->lines, &b->arena);
        if (slot == NULL) {
            b->failed = true;
            return true;
        }
        *slot = read;
        o->n_lines++;
        o->any_quantity |= r.quantity.len > 0;
        o->all_negative &= read.quantity_milli < 0;
        priced |= r.price.len > 0 || r.amount.len > 0;
        if (__builtin_add_overflow(sum, read.amount_minor, &sum) || !reb_amount_fits(sum)) goto too_large;
    }
    b->counts.rounded += rounded;
    *line = 0;
    if (o->n_lines == 0) o->all_negative = false;
    if (b->g.value[REB_ROLE_TOTAL].len > 0) {
        if (!read_amount_role(b, REB_ROLE_TOTAL, o->currency, &o->amount, bad)) return false;
        o->has_amount = true;
        if (o->n_lines == 1 && !priced) { /* one article and the total: the line is worth the total */
            reb_ingest_line *l = lines_from(b, o->first_line);
            l->amount_minor = o->amount;
            if (l->quantity_milli != 0) l->price_minor = (int64_t)((reb_wide)o->amount * 1000 / l->quantity_milli);
        }
    } else if (have_row_amount) {
        o->amount = row_sum;
        o->has_amount = true;
    } else if (o->n_lines > 0) {
        o->amount = sum;
        o->has_amount = true;
    }
    return true;
too_large:
    *bad = (reb_line_error){REB_REJECT_AMOUNT, -1, {"", 0}, NULL};
    return false;
}

static void read_products(reb_builder *b, order *o) {
    reb_slice v = b->g.value[REB_ROLE_PRODUCTS];
    if (v.len == 0 || o->n_lines > 0) return;
    reb_ingest_line *list = reb_arena_alloc(&b->arena, MOST_PRODUCTS * sizeof *list);
    if (list == NULL) {
        b->failed = true;
        return;
    }
    size_t n = reb_products_split(list, MOST_PRODUCTS, v, &b->arena);
    o->first_line = b->lines.n;
    for (size_t i = 0; i < n; i++) {
        if (n == 1) {
            list[i].amount_minor = o->amount;
            list[i].price_minor = (int64_t)((reb_wide)o->amount * 1000 / list[i].quantity_milli);
        }
        reb_ingest_line *slot = reb_build_grow(&b->lines, &b->arena);
        if (slot == NULL) {
            b->failed = true;
            return;
        }
        *slot = list[i];
        o->n_lines++;
    }
}

static bool tells_amount(const reb_builder *b) {
    if (b->g.value[REB_ROLE_TOTAL].len > 0) return true;
    const reb_raw_line *l = b->g.lines.at;
    for (size_t i = 0; i < b->g.lines.n; i++)
        if (l[i].row_amount.len > 0 || l[i].amount.len > 0 || l[i].price.len > 0) return true;
    const reb_plan *p = b->plan;
    return !reb_plan_has(p, REB_ROLE_TOTAL) && !reb_plan_has(p, REB_ROLE_AMOUNT) && !reb_plan_has(p, REB_ROLE_PRICE) &&
           !reb_plan_has(p, REB_ROLE_LINE_AMOUNT);
}

static bool read_order(reb_builder *b, order *o, int64_t *line, reb_line_error *bad) {
    reb_plan *p = b->plan;
    *line = 0;
    if (!reb_build_date(b, REB_ROLE_DATE, &o->date, bad)) return false;
    if (o->date.time_us > b->now_us + 366 * REB_US_PER_DAY) {
        *bad = (reb_line_error){REB_REJECT_FAR_DATE, b->g.column[REB_ROLE_DATE], b->g.value[REB_ROLE_DATE], NULL};
        return false;
    }
    o->currency = p->currency;
    reb_slice c = b->g.value[REB_ROLE_CURRENCY];
    if (c.len > 0 && p->options.currency == NULL) {
        o->currency = reb_currency_find(c.ptr, c.len);
        reb_currency_hint hint;
        if (o->currency == NULL && reb_currency_detect(&hint, c.ptr, c.len) && hint.factor == 1) o->currency = hint.currency;
        if (o->currency == NULL) {
            *bad = (reb_line_error){REB_REJECT_CURRENCY, b->g.column[REB_ROLE_CURRENCY], c, NULL};
            return false;
        }
    }
    if (!read_lines(b, o, line, bad)) return false;
    *line = 0;
    if (b->g.value[REB_ROLE_REFUNDED].len > 0) {
        if (!read_amount_role(b, REB_ROLE_REFUNDED, o->currency, &o->refunded, bad)) return false;
        if (o->refunded < 0) o->refunded = -o->refunded;
    }
    if (b->g.value[REB_ROLE_COST].len > 0) {
        if (!read_amount_role(b, REB_ROLE_COST, o->currency, &o->cost, bad)) return false;
        o->has_cost = true;
    }
    read_products(b, o);
    o->status = b->g.value[REB_ROLE_STATUS];
    o->state = state_of(b, o->status);
    b->counts.later += o->date.time_us > b->now_us + REB_US_PER_DAY;
    b->counts.without_amount += !tells_amount(b);
    return true;
}

/* Cost of the order from its lines, when each of them tells it. */
static void sum_costs(reb_builder *b, order *o) {
    if (o->has_cost || o->n_lines == 0) return;
    const reb_ingest_line *l = lines_from(b, o->first_line);
    int64_t sum = 0;
    for (size_t i = 0; i < o->n_lines; i++)
        if (!l[i].has_cost || __builtin_add_overflow(sum, l[i].cost_minor, &sum)) return;
    o->cost = sum;
    o->has_cost = true;
}

static uint64_t hash_text(uint64_t h, const char *s) {
    return reb_hash64(h, s, strlen(s) + 1);
}

static uint64_t hash_i64(uint64_t h, int64_t v) {
    return reb_hash64(h, &v, sizeof v);
}

static int64_t order_hash(const reb_builder *b, const order *o) {
    uint64_t h = hash_i64(11, o->date.time_us);
    h = hash_i64(h, o->amount);
    h = hash_text(h, o->currency->code);
    const reb_ingest_line *l = lines_from(b, o->first_line);
    for (size_t i = 0; i < o->n_lines; i++) {
        h = hash_text(h, l[i].sku);
        h = hash_text(h, l[i].name);
        h = hash_i64(h, l[i].quantity_milli);
        h = hash_i64(h, l[i].amount_minor);
    }
    return (int64_t)h;
}

reb_ingest_event *reb_build_event(reb_builder *b, size_t person, const char *kind, const char *ext) {
    reb_ingest_event *e = reb_build_grow(&b->events, &b->arena);
    if (e == NULL || ext == NULL) {
        b->failed = true;
        return NULL;
    }
    *e = (reb_ingest_event){.person = person, .kind = kind, .ext_id = ext, .currency = ""};
    return e;
}

static void sample(reb_builder *b, const char *record, reb_slice id, const char *what, const char *amount, const char *who,
                   const reb_date *d) {
    if (b->n_samples == MOST_SAMPLES) return;
    reb_import_sample *s = &b->samples[b->n_samples++];
    reb_arena *a = &b->samples_arena;
    char day[REB_TIME_TEXT] = "";
    if (d != NULL) reb_day_format(d->day, day);
    const char *date = day;
    if (d != NULL && d->has_time) {
        int64_t local =
            d->time_us + (int64_t)reb_zone_offset_s(b->plan->business_zone, d->time_us) * REB_US_PER_SECOND - d->day * REB_US_PER_DAY;
        int64_t minutes = local / (60 * REB_US_PER_SECOND);
        date = reb_arena_printf(a, "%s %02d:%02d", day, (int)(minutes / 60), (int)(minutes % 60));
    }
    char ours[REB_DATE_TEXT] = ""; /* so that whoever made the sheet can compare at a glance */
    if (d != NULL && b->plan->business_calendar != REB_CAL_GREGORIAN && reb_date_text(ours, b->plan->business_calendar, d->day) > 0)
        date = reb_arena_printf(a, "%s (%s)", date != NULL ? date : "", ours);
    *s = (reb_import_sample){.line = b->g.rows.n > 0 ? ((const reb_raw_row *)b->g.rows.at)[0].line : 0,
                             .record = record,
                             .order_id = reb_arena_strndup(a, id.len > 0 ? id.ptr : "", id.len),
                             .date = reb_arena_strdup(a, date != NULL ? date : ""),
                             .customer = reb_arena_strdup(a, who),
                             .what = reb_arena_strdup(a, what),
                             .amount = reb_arena_strdup(a, amount)};
}

/* The same as data. NULL when there are enough. */
static reb_import_record *record(reb_builder *b, const char *kind, const reb_ingest_person *who, const reb_date *d) {
    if (b->n_records == MOST_RECORDS) return NULL;
    reb_arena *a = &b->samples_arena;
    reb_import_record *r = &b->records[b->n_records++];
    reb_slice id = b->g.value[REB_ROLE_ORDER_ID];
    reb_slice status = b->g.value[REB_ROLE_STATUS];
    *r = (reb_import_record){.line = b->g.rows.n > 0 ? ((const reb_raw_row *)b->g.rows.at)[0].line : 0,
                             .record = reb_arena_strdup(a, kind),
                             .order_id = reb_arena_strndup(a, id.len > 0 ? id.ptr : "", id.len),
                             .status = reb_arena_strndup(a, status.len > 0 ? status.ptr : "", status.len),
                             .has_customer = who != NULL};
    if (d != NULL) {
        r->has_date = true;
        r->has_time = d->has_time;
        r->time_us = d->time_us;
        r->day = d->day;
    }
    for (size_t i = 0; who != NULL && i < who->n_facts; i++)
        if (strcmp(who->facts[i].fact, "name") == 0) r->name = reb_arena_strdup(a, who->facts[i].value);
    for (size_t i = 0; who != NULL && i < who->n_keys; i++) {
        const reb_ingest_key *k = &who->keys[i];
        const char **to = k->kind == REB_KEY_EMAIL ? &r->email : k->kind == REB_KEY_PHONE ? &r->phone : &r->customer_id;
        if (k->kind == REB_KEY_NAME || k->kind == REB_KEY_NAME_ONLY || *to != NULL) continue;
        *to = reb_arena_strdup(a, k->kind == REB_KEY_PHONE ? k->value : k->shown);
    }
    return r;
}

static const char *who_text(const reb_ingest_person *p) {
    for (size_t i = 0; i < p->n_facts; i++)
        if (strcmp(p->facts[i].fact, "name") == 0) return p->facts[i].value;
    return p->n_keys > 0 ? p->keys[0].shown : "";
}

static void record_order(reb_builder *b, const order *o, const char *kind, const reb_ingest_person *who) {
    reb_import_record *r = record(b, kind, who, &o->date);
    if (r == NULL) return;
    r->has_amount = true;
    r->amount_minor = o->amount;
    r->currency = o->currency->code;
    r->lines_total = (int64_t)o->n_lines;
    reb_import_record_line *lines = reb_arena_zalloc(&b->samples_arena, MOST_RECORD_LINES, sizeof *lines);
    const reb_ingest_line *l = lines_from(b, o->first_line);
    if (lines == NULL) return;
    r->lines = lines;
    for (; r->n_lines < o->n_lines && r->n_lines < MOST_RECORD_LINES; r->n_lines++) {
        const reb_ingest_line *from = &l[r->n_lines];
        lines[r->n_lines] =
            (reb_import_record_line){.name = reb_arena_strdup(&b->samples_arena, from->name[0] != '\0' ? from->name : from->sku),
                                     .quantity_milli = from->quantity_milli,
                                     .amount_minor = from->amount_minor};
    }
}

static void sample_order(reb_builder *b, const order *o, const char *kind, const reb_ingest_person *who) {
    record_order(b, o, kind, who);
    if (b->n_samples == MOST_SAMPLES) return;
    char amount[REB_MONEY_TEXT] = "";
    reb_money_format_plain(amount, o->amount, o->currency);
    reb_buf what = {0};
    const reb_ingest_line *l = lines_from(b, o->first_line);
    for (size_t i = 0; i < o->n_lines && i < 2; i++) {
        int64_t whole = l[i].quantity_milli / 1000;
        const char *name = l[i].name[0] != '\0' ? l[i].name : l[i].sku[0] != '\0' ? l[i].sku : "piece(s)";
        reb_buf_printf(&what, "%s%" PRId64 " x %s", i > 0 ? ", " : "", whole, name);
    }
    if (o->n_lines > 2) reb_buf_printf(&what, ", %zu more", o->n_lines - 2);
    const char *money = reb_arena_printf(&b->samples_arena, "%s %s", amount, o->currency->code);
    sample(b, kind, b->g.value[REB_ROLE_ORDER_ID], reb_buf_cstr(&what), money != NULL ? money : "",
           who != NULL ? who_text(who) : "(nobody)", &o->date);
    if (what.failed) b->samples_arena.failed = true;
    reb_buf_free(&what);
}

static reb_status make_person(reb_builder *b, size_t *index, bool *somebody, const char *aside, int64_t observed_us, bool record,
                              reb_err *err) {
    reb_person_parts parts = {.emails = b->g.emails, .phones = b->g.phones, .n_emails = b->g.n_emails, .n_phones = b->g.n_phones};
    memcpy(parts.value, b->g.value, sizeof parts.value);
    reb_ingest_person p;
    reb_status st = reb_person_make(&p, somebody, b->plan, &parts, aside, observed_us, record, &b->counts.phones_local, &b->arena, err);
    if (st != REB_OK || !*somebody) return st;
    *index = b->persons.n;
    reb_ingest_person *slot = reb_build_grow(&b->persons, &b->arena);
    if (slot == NULL) return no_memory(err);
    *slot = p;
    return REB_OK;
}

static bool says_no(reb_slice v) {
    return reb_slice_is(v, "false") || reb_slice_is(v, "FALSE") || reb_slice_is(v, "False") || reb_slice_is(v, "no") ||
           reb_slice_is(v, "0");
}

/* What the status makes of it. */
static const char *order_kind(const reb_builder *b, const order *o) {
    if (b->plan->records == REB_RECORDS_PAYMENTS) return o->state == REB_STATE_OPEN || o->state == REB_STATE_FAILED ? "attempt" : "payment";
    if (o->amount < 0 || (o->all_negative && o->any_quantity)) return "refund";
    if (o->state == REB_STATE_FAILED) return "attempt";
    if (o->state == REB_STATE_OPEN && !b->plan->options.pending_counts) return "attempt";
    bool taken_back = o->state == REB_STATE_REFUNDED || o->state == REB_STATE_PARTLY || o->state == REB_STATE_CANCELLED;
    if (b->g.value[REB_ROLE_CAPTURED].len > 0 && says_no(b->g.value[REB_ROLE_CAPTURED]) && !taken_back) return "attempt";
    return "order";
}

static void fill_event(reb_builder *b, reb_ingest_event *e, const order *o) {
    (void)b;
    e->occurred_us = o->date.time_us;
    e->day = o->date.day;
    e->currency = o->currency->code;
    e->amount_minor = o->amount;
}

/* Refund and cancellation that the order's own row tells of. */
static void add_followers(reb_builder *b, const order *o, size_t person, const char *ext) {
    int64_t back = o->refunded;
    if (back == 0 && o->state == REB_STATE_REFUNDED) back = o->amount;
    if (back > 0) {
        reb_ingest_event *r = reb_build_event(b, person, "refund", ext);
        if (r == NULL) return;
        fill_event(b, r, o);
        r->amount_minor = back;
        r->ref_ext = ext;
        r->flags = REB_INGEST_SO_FAR;
        r->content_hash = (int64_t)hash_i64(13, back);
    }
    bool at_given = b->g.value[REB_ROLE_CANCELLED_AT].len > 0;
    if (o->state != REB_STATE_CANCELLED && !at_given) return;
    reb_date when = o->date;
    reb_line_error ignored;
    if (at_given && !reb_build_date(b, REB_ROLE_CANCELLED_AT, &when, &ignored)) when = o->date;
    reb_ingest_event *c = reb_build_event(b, person, "cancellation", ext);
    if (c == NULL) return;
    fill_event(b, c, o);
    c->occurred_us = when.time_us;
    c->day = when.day;
    c->ref_ext = ext;
    c->content_hash = (int64_t)hash_i64(17, o->amount);
}

static const char *content_id(reb_builder *b, int64_t hash, const reb_ingest_person *who, const char *kind) {
    uint64_t h = hash_text((uint64_t)hash, kind);
    h = hash_text(h, who->keys[0].value);
    return reb_arena_printf(&b->arena, "row:%016" PRIx64, h);
}

static void without_customer(reb_builder *b, const order *o) {
    b->counts.without_customer_orders++;
    b->counts.without_customer_lines += (int64_t)o->n_lines;
    if (strcmp(o->currency->code, b->business_currency) == 0)
        b->counts.without_customer_minor += o->amount; /* 92,000 times the most an order can be: no file gets there */
    b->lines.n = o->first_line;
}

static reb_status finish_order(reb_builder *b, const char *forced_kind, reb_err *err) {
    order o = {0};
    reb_line_error bad = {0};
    int64_t line = 0;
    size_t lines_before = b->lines.n;
    if (!read_order(b, &o, &line, &bad)) {
        b->lines.n = lines_before;
        reb_build_refuse(b, &bad, line);
        return REB_OK;
    }
    sum_costs(b, &o);
    size_t person = 0;
    bool somebody = false;
    reb_status st = make_person(b, &person, &somebody, NULL, o.date.time_us, false, err);
    if (st != REB_OK) return st;
    if (o.status.len > 0) count_status(b, o.status);
    const char *kind = forced_kind != NULL ? forced_kind : order_kind(b, &o);
    const reb_ingest_person *who = somebody ? (const reb_ingest_person *)b->persons.at + person : NULL;
    sample_order(b, &o, kind, who);
    if (!somebody) {
        without_customer(b, &o);
        return REB_OK;
    }
    int64_t hash = order_hash(b, &o);
    reb_slice id = b->g.value[REB_ROLE_ORDER_ID];
    bool numbered = id.len == 0;
    const char *ext = numbered ? content_id(b, hash, who, kind) : reb_build_keep_long(b, id);
    reb_ingest_event *e = reb_build_event(b, person, kind, ext);
    if (e == NULL) return no_memory(err);
    fill_event(b, e, &o);
    e->content_hash = hash;
    e->first_line = o.first_line;
    e->n_lines = o.n_lines;
    e->has_cost = o.has_cost;
    e->cost_minor = o.cost;
    e->data = order_data(b, o.status);
    e->flags = numbered ? REB_INGEST_NUMBERED : 0;
    bool refund = strcmp(kind, "refund") == 0;
    bool is_order = strcmp(kind, "order") == 0;
    if (is_order && !numbered) e->flags |= REB_INGEST_PARTS;
    bool whole = b->g.value[REB_ROLE_TOTAL].len > 0 || b->plan->amount_is_total;
    if (whole) e->flags |= REB_INGEST_TOTAL;
    if (refund) {
        e->amount_minor = o.amount < 0 ? -o.amount : o.amount;
        reb_slice of = b->g.value[REB_ROLE_ORDER_REF];
        if (of.len > 0) {
            e->ref_ext = reb_build_keep_long(b, of);
        } else if (!numbered) {
            e->flags |= REB_INGEST_MATCH;
        }
    }
    if (strcmp(kind, "cancellation") == 0)
        e->ref_ext = b->g.value[REB_ROLE_ORDER_REF].len > 0 ? reb_build_keep_long(b, b->g.value[REB_ROLE_ORDER_REF]) : ext;
    if (is_order || strcmp(kind, "payment") == 0) add_followers(b, &o, person, ext);
    if (is_order) reb_build_promise(b, o.first_line, o.n_lines, &o.date, person, ext);
    return REB_OK;
}

static reb_status finish_customer(reb_builder *b, reb_err *err) {
    size_t person = 0;
    bool somebody = false;
    const char *aside = order_data(b, b->g.value[REB_ROLE_STATUS]);
    reb_status st = make_person(b, &person, &somebody, aside, b->now_us, true, err);
    if (st != REB_OK) return st;
    if (!somebody) {
        reb_line_error bad = {.why = REB_REJECT_NO_CUSTOMER, .column = -1};
        reb_build_refuse(b, &bad, 0);
        return REB_OK;
    }
    const reb_ingest_person *who = (const reb_ingest_person *)b->persons.at + person;
    const char *key = "";
    for (size_t i = 0; i < who->n_keys; i++)
        if (who->keys[i].kind == REB_KEY_EMAIL || (*key == '\0' && who->keys[i].kind == REB_KEY_PHONE)) key = who->keys[i].shown;
    sample(b, "customer", b->g.value[REB_ROLE_CUSTOMER], key, "", who_text(who), NULL);
    record(b, "customer", who, NULL);
    return REB_OK;
}

static reb_status finish_ticket(reb_builder *b, const char *kind, reb_err *err) {
    reb_date date = {0};
    reb_line_error bad = {0};
    if (!reb_build_date(b, REB_ROLE_DATE, &date, &bad)) {
        reb_build_refuse(b, &bad, 0);
        return REB_OK;
    }
    size_t person = 0;
    bool somebody = false;
    reb_status st = make_person(b, &person, &somebody, NULL, date.time_us, false, err);
    if (st != REB_OK) return st;
    reb_slice id = b->g.value[REB_ROLE_ORDER_ID];
    reb_slice subject = b->g.value[REB_ROLE_SUBJECT].len > 0 ? b->g.value[REB_ROLE_SUBJECT] : b->g.value[REB_ROLE_BODY];
    const char *what = reb_arena_strndup(&b->arena, subject.len > 0 ? subject.ptr : "", subject.len);
    sample(b, kind, id, what != NULL ? what : "", "", somebody ? who_text((const reb_ingest_person *)b->persons.at + person) : "(nobody)",
           &date);
    reb_import_record *shown = record(b, kind, somebody ? (const reb_ingest_person *)b->persons.at + person : NULL, &date);
    if (shown != NULL) shown->what = reb_arena_strdup(&b->samples_arena, what);
    if (!somebody) {
        b->counts.without_customer_orders++;
        return REB_OK;
    }
    const char *data = order_data(b, b->g.value[REB_ROLE_STATUS]);
    uint64_t hash = hash_i64(19, date.time_us);
    if (data != NULL) hash = hash_text(hash, data);
    bool numbered = id.len == 0;
    const reb_ingest_person *who = (const reb_ingest_person *)b->persons.at + person;
    reb_ingest_event *e = reb_build_event(b, person, kind, numbered ? content_id(b, (int64_t)hash, who, kind) : reb_build_keep_long(b, id));
    if (e == NULL) return no_memory(err);
    e->occurred_us = date.time_us;
    e->day = date.day;
    e->content_hash = (int64_t)hash;
    e->data = data;
    e->currency = b->business_currency;
    e->flags = numbered ? REB_INGEST_NUMBERED : strcmp(kind, "ticket") == 0 ? REB_INGEST_PARTS : 0;
    return REB_OK;
}

/* A generic file says of each row what it is. */
static reb_status finish_event(reb_builder *b, reb_err *err) {
    static const struct {
        const char *word, *kind;
    } words[] = {{"order", "order"},
                 {"purchase", "order"},
                 {"sale", "order"},
                 {"refund", "refund"},
                 {"return", "refund"},
                 {"cancel", "cancellation"},
                 {"cancellation", "cancellation"},
                 {"cancelled", "cancellation"},
                 {"payment", "payment"},
                 {"ticket", "ticket"},
                 {"complaint", "ticket"},
                 {"contact", "contact"},
                 {"call", "contact"},
                 {"visit", "contact"},
                 {"message", "contact"},
                 {"feedback", "feedback"},
                 {"review", "feedback"},
                 {"note", "note"}};
    static const char *const ours[] = {"merge",   "unmerge",  "shown",        "held_out",         "done",         "not_now", "wrong",
                                       "promise", "delivery", "promise_kept", "promise_released", "promise_moved"};
    reb_slice text = b->g.value[REB_ROLE_KIND];
    reb_slice fold = reb_plan_fold(&b->arena, text);
    const char *kind = text.len == 0 ? "order" : NULL;
    for (size_t i = 0; kind == NULL && i < sizeof words / sizeof *words; i++)
        if (reb_slice_is(fold, words[i].word)) kind = words[i].kind;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (kind != NULL || !reb_slice_is(fold, ours[i])) continue;
        reb_line_error bad = {REB_REJECT_KIND, b->g.column[REB_ROLE_KIND], text, "Rebound makes such events itself"};
        reb_build_refuse(b, &bad, 0);
        return REB_OK;
    }
    if (kind == NULL) kind = fold.ptr;
    bool money =
        strcmp(kind, "order") == 0 || strcmp(kind, "refund") == 0 || strcmp(kind, "cancellation") == 0 || strcmp(kind, "payment") == 0;
    return money ? finish_order(b, kind, err) : finish_ticket(b, kind, err);
}

reb_status reb_build_finish(reb_builder *b, reb_err *err) {
    if (!b->g.open) return REB_OK;
    b->g.open = false;
    reb_status st = REB_OK;
    switch (b->plan->records) {
        case REB_RECORDS_CUSTOMERS: st = finish_customer(b, err); break;
        case REB_RECORDS_TICKETS: st = finish_ticket(b, "ticket", err); break;
        case REB_RECORDS_EVENTS: st = finish_event(b, err); break;
        default: st = finish_order(b, NULL, err); break;
    }
    if (st == REB_OK && reb_build_lost(b)) st = no_memory(err);
    return st;
}
