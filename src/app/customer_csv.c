#include "customer_csv.h"

#include "../sheet/export.h"
#include "../sheet/guard.h"
#include "../text/money.h"
#include "../text/voice.h"
#include "customer_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { COLUMNS = 15, CELL = 48 };

static const char *const k_columns[COLUMNS] = {"id",       "kind",     "name",    "email",           "phone",
                                               "language", "country",  "orders",  "first_purchase",  "last_purchase",
                                               "net",      "currency", "p_alive", "value_next_year", "at_stake"};

static void day_text(char out[REB_TIME_TEXT], bool known, int64_t day) {
    out[0] = '\0';
    if (known) reb_day_format(day, out);
}

static void money_text(char out[REB_MONEY_TEXT], bool known, int64_t minor, const reb_currency *currency) {
    out[0] = '\0';
    if (known && currency != NULL) reb_money_format_plain(out, minor, currency);
}

static void write_row(reb_buf *b, const reb_customer_row *r, const char *code, const reb_currency *currency) {
    char id[CELL];
    char orders[CELL];
    char alive[CELL] = "";
    char first[REB_TIME_TEXT];
    char last[REB_TIME_TEXT];
    char money[3][REB_MONEY_TEXT];
    snprintf(id, sizeof id, "%" PRId64, r->customer_id);
    snprintf(orders, sizeof orders, "%" PRId64, r->order_count);
    if (r->scored) snprintf(alive, sizeof alive, "%.4f", r->p_alive);
    day_text(first, r->bought, r->first_day);
    day_text(last, r->bought, r->last_day);
    money_text(money[0], true, r->net_minor, currency);
    money_text(money[1], r->scored, r->value_minor, currency);
    money_text(money[2], r->scored, r->at_stake_minor, currency);
    const char *const cells[COLUMNS] = {id,    r->kind, r->name,  r->email, r->phone, r->language, r->country, orders,
                                        first, last,    money[0], code,     alive,    money[1],    money[2]};
    reb_slice slices[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) slices[i] = reb_slice_of(cells[i] != NULL ? cells[i] : "");
    reb_guard_write_csv(b, slices, COLUMNS, ',');
    reb_buf_str(b, "\r\n");
}

static reb_status put(FILE *out, reb_buf *b, reb_err *err) {
    if (b->failed) return reb_customer_no_memory(err);
    size_t n = b->len;
    bool good = n == 0 || fwrite(b->data, 1, n, out) == n;
    reb_buf_clear(b);
    return good ? REB_OK : reb_fail(err, REB_E_IO, "The list cannot be written: %s.", strerror(errno));
}

reb_status reb_customer_csv(int64_t *count, FILE *out, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                            reb_err *err) {
    reb_arena pages[2] = {0}; /* the cursor of one page is read while the next is made */
    reb_customer_ctx own = *c;
    reb_buf b = {0};
    reb_slice names[COLUMNS];
    const char *cursor = NULL;
    int64_t rows = 0;
    for (size_t i = 0; i < COLUMNS; i++) names[i] = reb_slice_of(k_columns[i]);
    reb_buf_str(&b, "\xEF\xBB\xBF");
    reb_guard_write_csv(&b, names, COLUMNS, ',');
    reb_buf_str(&b, "\r\n");
    reb_status st = put(out, &b, err);
    for (int turn = 0; st == REB_OK; turn = 1 - turn) {
        reb_customer_page page;
        reb_arena_reset(&pages[turn]);
        own.arena = &pages[turn];
        st = reb_customer_list(&page, &own, sort, filter, REB_CUSTOMER_PAGE_MOST, cursor, err);
        if (st != REB_OK) break;
        const reb_currency *currency = reb_currency_find(page.currency, strlen(page.currency));
        for (size_t i = 0; i < page.count; i++) write_row(&b, &page.rows[i], page.currency, currency);
        rows += (int64_t)page.count;
        st = put(out, &b, err);
        cursor = page.next;
        if (cursor == NULL) break;
    }
    if (st == REB_OK && fflush(out) != 0) st = reb_fail(err, REB_E_IO, "The list cannot be written: %s.", strerror(errno));
    reb_buf_free(&b);
    for (size_t i = 0; i < 2; i++) reb_arena_free(&pages[i]);
    if (count != NULL) *count = rows;
    return st;
}

/* --- XLSX ----------------------------------------------------------------------------------------------------------------------------- */

enum { SHEET_COLUMNS = 16 };

static const char *word(const reb_voice *v, const char *head, const char *code) {
    reb_msg m;
    if (code == NULL || *code == '\0' || !reb_msg_find(&m, head, code)) return code;
    return reb_voice_say(v, m, NULL, 0);
}

static void sheet_columns(reb_export_column out[SHEET_COLUMNS], const reb_voice *v) {
    const reb_export_column list[SHEET_COLUMNS] = {
        {reb_say_customers_sheet_name(v), REB_EXPORT_TEXT, 26},
        {reb_say_customers_sheet_kind(v), REB_EXPORT_TEXT, 13},
        {reb_say_customers_sheet_stage(v), REB_EXPORT_TEXT, 15},
        {reb_say_customers_sheet_email(v), REB_EXPORT_TEXT, 36},
        {reb_say_customers_sheet_phone(v), REB_EXPORT_TEXT, 18},
        {reb_say_customers_sheet_language(v), REB_EXPORT_TEXT, 10},
        {reb_say_customers_sheet_country(v), REB_EXPORT_TEXT, 10},
        {reb_say_customers_sheet_orders(v), REB_EXPORT_COUNT, 0},
        {reb_say_customers_sheet_first(v), REB_EXPORT_DAY, 16},
        {reb_say_customers_sheet_last(v), REB_EXPORT_DAY, 16},
        {reb_say_customers_sheet_spent(v), REB_EXPORT_MONEY, 0},
        {reb_say_customers_sheet_alive(v), REB_EXPORT_SHARE, 18},
        {reb_say_customers_sheet_worth(v), REB_EXPORT_MONEY, 22},
        {reb_say_customers_sheet_stake(v), REB_EXPORT_MONEY, 16},
        {"", REB_EXPORT_TEXT, 6},
        /* the currency */ {reb_say_customers_sheet_id(v), REB_EXPORT_TEXT, 21},
    };
    memcpy(out, list, sizeof list);
}

static reb_status sheet_row(reb_export *x, const reb_voice *v, const reb_customer_row *r, const char *currency, reb_err *err) {
    const reb_export_cell cells[SHEET_COLUMNS] = {
        reb_export_text(r->name),
        reb_export_text(word(v, "customers.kind_", r->kind)),
        reb_export_text(word(v, "customers.stage_", reb_customer_stage_name(r->stage))),
        reb_export_text(r->email),
        reb_export_text(r->phone),
        reb_export_text(r->language),
        reb_export_text(r->country),
        reb_export_i64(true, r->order_count),
        reb_export_i64(r->bought, r->first_day),
        reb_export_i64(r->bought, r->last_day),
        reb_export_i64(true, r->net_minor),
        reb_export_f64(r->scored, r->p_alive),
        reb_export_i64(r->scored, r->value_minor),
        reb_export_i64(r->scored, r->at_stake_minor),
        reb_export_text(currency),
        /* As text: a spreadsheet would round so long a number. */
        reb_export_text(reb_arena_printf(v->arena, "%" PRId64, r->customer_id)),
    };
    return reb_export_row(x, cells, err);
}

static reb_status sheet_rows(int64_t *count, reb_export *x, const reb_customer_ctx *c, reb_customer_sort sort,
                             const reb_customer_filter *filter, reb_err *err) {
    reb_arena pages[2] = {0}; /* as above */
    reb_customer_ctx own = *c;
    const char *cursor = NULL;
    reb_status st = REB_OK;
    for (int turn = 0; st == REB_OK; turn = 1 - turn) {
        reb_customer_page page;
        const reb_voice v = {.arena = &pages[turn], .locale = c->locale};
        reb_arena_reset(&pages[turn]);
        own.arena = &pages[turn];
        st = reb_customer_list(&page, &own, sort, filter, REB_CUSTOMER_PAGE_MOST, cursor, err);
        for (size_t i = 0; i < page.count && st == REB_OK; i++) st = sheet_row(x, &v, &page.rows[i], page.currency, err);
        if (st != REB_OK) break;
        *count += (int64_t)page.count;
        cursor = page.next;
        if (cursor == NULL) break;
    }
    for (size_t i = 0; i < 2; i++) reb_arena_free(&pages[i]);
    return st;
}

reb_status reb_customer_xlsx(int64_t *count, int fd, const reb_customer_ctx *c, reb_customer_sort sort, const reb_customer_filter *filter,
                             const char *temp_dir, reb_err *err) {
    const reb_voice v = {.arena = c->arena, .locale = c->locale};
    reb_export_column list[SHEET_COLUMNS];
    sheet_columns(list, &v);
    const reb_export_sheet sheet = {.title = reb_say_customers_title(&v),
                                    .right_to_left = c->locale != NULL && reb_language_rtl(c->locale->language),
                                    .columns = list,
                                    .count = SHEET_COLUMNS,
                                    .currency = c->business->currency,
                                    .zone = c->business->zone,
                                    .now_us = reb_clock_now(c->clock),
                                    .temp_dir = temp_dir};
    reb_export *x = NULL;
    int64_t rows = 0;
    reb_status st = reb_export_open(&x, fd, REB_EXPORT_XLSX, &sheet, err);
    if (st != REB_OK) return st;
    st = sheet_rows(&rows, x, c, sort, filter, err);
    if (st == REB_OK) {
        st = reb_export_close(x, err);
    } else {
        reb_export_drop(x);
    }
    if (count != NULL) *count = rows;
    return st;
}
