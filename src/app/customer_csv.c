#include "customer_csv.h"

#include "../sheet/guard.h"
#include "../text/money.h"
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
