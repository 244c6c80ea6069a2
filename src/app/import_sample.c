#include "import_sample.h"

#include "../domain/business.h"
#include "../sheet/sheet.h"
#include "../text/money.h"
#include "demo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CUSTOMERS = 400, SEED = 11, ROUGHLY_FLUSH = 1 << 16 };

/* Pounds to what the same things cost about, in a currency without small units. */
static int64_t rate_of(const reb_currency *c) {
    if (strcmp(c->code, "IRR") == 0) return 1000000;
    return c->digits == 0 ? 150 : 1;
}

static bool is_money(reb_slice header) {
    static const char *const names[] = {"Subtotal",        "Shipping",          "Taxes",
                                        "Total",           "Discount Amount",   "Lineitem price",
                                        "Refunded Amount", "Lineitem discount", "Lineitem compare at price",
                                        "Tax 1 Value"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (reb_slice_is(header, names[i])) return true;
    return false;
}

/* The amount in the other currency, in place; what is no amount stays. */
static reb_slice convert(reb_slice v, const reb_currency *to, char *room, size_t size) {
    int64_t pence = 0;
    if (v.len == 0 || reb_decimal_parse(&pence, v.ptr, v.len, 2, REB_DECIMAL_POINT, false, NULL) != REB_OK) return v;
    int64_t unit = 1;
    for (int i = 0; i < to->digits; i++) unit *= 10;
    char text[REB_MONEY_TEXT];
    reb_money_format_plain(text, pence * rate_of(to) * unit / 100, to);
    snprintf(room, size, "%s", text);
    return reb_slice_of(room);
}

static reb_status rewrite(FILE *out, reb_sheet *in, const reb_currency *to, reb_err *err) {
    const reb_sheet_info *info = reb_sheet_get_info(in);
    reb_buf b = {0};
    char(*room)[REB_MONEY_TEXT] = calloc(info->n_columns, sizeof *room);
    reb_slice *fields = calloc(info->n_columns, sizeof *fields);
    reb_status st = room != NULL && fields != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) {
        reb_sheet_write_csv(&b, info->names, info->n_columns, ',');
        reb_buf_char(&b, '\n');
    }
    while (st == REB_OK) {
        const reb_sheet_record *rec = NULL;
        st = reb_sheet_next(&rec, in, err);
        for (size_t i = 0; st == REB_OK && rec != NULL && i < info->n_columns; i++) {
            fields[i] = i < rec->n_fields ? rec->fields[i] : (reb_slice){"", 0};
            if (fields[i].len > 0 && reb_slice_is(info->names[i], "Currency")) fields[i] = reb_slice_of(to->code);
            if (is_money(info->names[i])) fields[i] = convert(fields[i], to, room[i], sizeof room[i]);
        }
        if (st == REB_OK && rec != NULL) {
            reb_sheet_write_csv(&b, fields, info->n_columns, ',');
            reb_buf_char(&b, '\n');
        }
        if (st == REB_OK && (rec == NULL || b.len > ROUGHLY_FLUSH)) {
            if (b.failed || fwrite(b.data, 1, b.len, out) != b.len)
                st = reb_fail(err, REB_E_IO, "The sample cannot be written: %s.", strerror(errno));
            reb_buf_clear(&b);
        }
        if (rec == NULL) break;
    }
    free(room);
    free(fields);
    reb_buf_free(&b);
    return st;
}

static void remove_scratch(const char *scratch) {
    static const char *const files[] = {"orders.csv", "customers.csv", "tickets.csv", "feedback.csv", "truth.csv", "truth.json"};
    char path[1400];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (snprintf(path, sizeof path, "%s/%s", scratch, files[i]) < (int)sizeof path) unlink(path);
    rmdir(scratch);
}

reb_status reb_import_sample_write(const char *path, const char *scratch, reb_store *s, int64_t now_us, reb_err *err) {
    reb_business *business = NULL;
    reb_sheet *in = NULL;
    FILE *out = NULL;
    char orders[1400];
    reb_demo_counts counts;
    reb_status st = reb_business_load(&business, s, err);
    if (st != REB_OK) return st;
    const reb_currency *to = reb_currency_find(business->currency, strlen(business->currency));
    const reb_demo_options demo = {
        .folder = scratch, .customers = CUSTOMERS, .seed = SEED, .until_day = reb_zone_day(business->zone, now_us)};
    st = to != NULL ? reb_demo_write(&counts, &demo, err) : reb_fail(err, REB_E_INTERNAL, "The business's currency is not known.");
    snprintf(orders, sizeof orders, "%s/orders.csv", scratch);
    if (st == REB_OK) st = reb_sheet_open(&in, orders, NULL, err);
    if (st == REB_OK) {
        out = fopen(path, "wbx");
        if (out == NULL) st = reb_fail(err, REB_E_IO, "The sample cannot be written: %s.", strerror(errno));
    }
    if (st == REB_OK) st = rewrite(out, in, to, err);
    if (out != NULL && fclose(out) != 0 && st == REB_OK) st = reb_fail(err, REB_E_IO, "The sample cannot be written: %s.", strerror(errno));
    if (st != REB_OK && out != NULL) unlink(path);
    reb_sheet_close(in);
    remove_scratch(scratch);
    reb_business_free(business);
    return st;
}
