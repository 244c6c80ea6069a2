/* The first reading: all rows are looked at before anything is decided. */
#include "import_plan.h"

#include <inttypes.h>
#include <string.h>

enum { CURRENCIES = 24, TICK_ROWS = 1000 };

typedef struct scan {
    reb_plan *p;
    struct {
        const reb_currency *currency;
        int64_t rows;
    } currencies[CURRENCIES];
    size_t n_currencies;
    int64_t currency_unknown;
    reb_slice last_id, last_amount; /* copies in small buffers below */
    char id_text[128], amount_text[64];
    int64_t same_amount, other_amount;
} scan;

static bool needs_evidence(reb_role r) {
    return reb_roles[r].kind != REB_KIND_TEXT;
}

static reb_status prepare(scan *s, reb_err *err) {
    for (size_t i = 0; i < s->p->n_columns; i++) {
        reb_plan_column *c = &s->p->columns[i];
        if (reb_roles[c->role].kind == REB_KIND_MONEY && c->hint.currency == NULL) reb_currency_detect(&c->hint, c->name.ptr, c->name.len);
        c->utc = memmem(c->name.ptr, c->name.len, "(UTC)", 5) != NULL;
        if (!needs_evidence(c->role)) continue;
        c->evidence = reb_arena_zalloc(s->p->arena, 1, sizeof *c->evidence);
        if (c->evidence == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    return REB_OK;
}

static void look_at_currency(scan *s, const reb_sheet_record *rec) {
    reb_slice v = reb_plan_value(s->p, REB_ROLE_CURRENCY, rec, NULL);
    if (v.len == 0) return;
    const reb_currency *c = reb_currency_find(v.ptr, v.len);
    reb_currency_hint hint;
    if (c == NULL && reb_currency_detect(&hint, v.ptr, v.len)) c = hint.currency;
    if (c == NULL) {
        s->currency_unknown++;
        return;
    }
    for (size_t i = 0; i < s->n_currencies; i++) {
        if (s->currencies[i].currency != c) continue;
        s->currencies[i].rows++;
        return;
    }
    if (s->n_currencies == CURRENCIES) return;
    s->currencies[s->n_currencies].currency = c;
    s->currencies[s->n_currencies++].rows = 1;
}

static reb_slice remember(char *buf, size_t cap, reb_slice v) {
    size_t n = v.len < cap ? v.len : cap;
    memcpy(buf, v.ptr != NULL ? v.ptr : "", n);
    return (reb_slice){buf, n};
}

/* Does an amount repeat on the rows of one order? Then it is the order's, not the line's. */
static void look_at_amount(scan *s, const reb_sheet_record *rec) {
    reb_slice id = reb_plan_value(s->p, REB_ROLE_ORDER_ID, rec, NULL);
    reb_slice amount = reb_plan_value(s->p, REB_ROLE_AMOUNT, rec, NULL);
    if (id.len > 0 && id.len == s->last_id.len && memcmp(id.ptr, s->last_id.ptr, id.len) == 0 && amount.len > 0) {
        bool same = amount.len == s->last_amount.len && memcmp(amount.ptr, s->last_amount.ptr, amount.len) == 0;
        s->same_amount += same;
        s->other_amount += !same;
    }
    s->last_id = remember(s->id_text, sizeof s->id_text, id);
    s->last_amount = remember(s->amount_text, sizeof s->amount_text, amount);
}

static void take_sample(reb_plan *p, reb_plan_column *c, reb_slice v) {
    if (c->n_samples == 3 || v.len == 0) return;
    size_t n = v.len < 60 ? v.len : 60;
    while (n > 0 && n < v.len && ((unsigned char)v.ptr[n] & 0xC0) == 0x80) n--;
    for (int i = 0; i < c->n_samples; i++)
        if (strncmp(c->samples[i], v.ptr, n) == 0 && c->samples[i][n] == '\0') return;
    const char *s = reb_arena_strndup(p->arena, v.ptr, n);
    if (s != NULL) c->samples[c->n_samples++] = s;
}

static void look_at_row(scan *s, const reb_sheet_record *rec) {
    reb_plan *p = s->p;
    size_t n = rec->n_fields < p->n_columns ? rec->n_fields : p->n_columns;
    for (size_t i = 0; i < n; i++) {
        reb_plan_column *c = &p->columns[i];
        if (c->evidence == NULL && rec->number > 200) continue;
        reb_slice v = reb_slice_trim(rec->fields[i]);
        if (v.len == 0) continue;
        c->filled += rec->number <= 200;
        if (c->n_samples < 3 && rec->number <= 200) take_sample(p, c, v);
        if (c->evidence == NULL) continue;
        if (reb_roles[c->role].kind == REB_KIND_DATE) {
            reb_date_evidence_add(&c->evidence->date, v.ptr, v.len);
        } else {
            reb_number_evidence_add(&c->evidence->number, v.ptr, v.len);
        }
    }
    if (reb_plan_has(p, REB_ROLE_CURRENCY)) look_at_currency(s, rec);
    if (reb_plan_has(p, REB_ROLE_AMOUNT) && reb_plan_has(p, REB_ROLE_ORDER_ID)) look_at_amount(s, rec);
}

/* ---- deciding ------------------------------------------------------------------------------------------------------------------- */

static const char *order_name(reb_date_order o) {
    switch (o) {
        case REB_ORDER_YMD: return "year-month-day";
        case REB_ORDER_DMY: return "day/month/year";
        case REB_ORDER_MDY: return "month/day/year";
        default: return "as written";
    }
}

static reb_status decide_dates(reb_plan *p, reb_err *err) {
    bool months_first = p->business_currency_set && strcmp(p->business_currency, "USD") == 0;
    for (size_t i = 0; i < p->n_columns; i++) {
        reb_plan_column *c = &p->columns[i];
        if (c->evidence == NULL || reb_roles[c->role].kind != REB_KIND_DATE) continue;
        const reb_date_evidence *ev = &c->evidence->date;
        reb_date_verdict v = reb_date_decide(ev, months_first ? REB_ORDER_MDY : REB_ORDER_UNKNOWN, true);
        bool short_solar = p->business_calendar == REB_CAL_SOLAR_HIJRI && p->options.dates == REB_ORDER_UNKNOWN &&
                           !p->options.calendar_set && v.order_ambiguous && !v.conflict && !v.by_row_order &&
                           ev->ymd + ev->dmy + ev->mdy == 0 && ev->gregorian + ev->solar + ev->lunar + ev->solar_or_lunar == 0;
        if (short_solar) { /* 05/07/31: where the Solar Hijri calendar is the usual one, the year stands first */
            v.format.order = REB_ORDER_YMD;
            v.format.calendar = REB_CAL_SOLAR_HIJRI;
            v.reason = "no date tells; usual for the business's calendar";
        }
        c->date = v.format;
        if (p->options.dates != REB_ORDER_UNKNOWN) c->date.order = p->options.dates;
        if (p->options.date_number != REB_NUMBER_NONE) c->date.number = p->options.date_number;
        if (p->options.calendar_set) c->date.calendar = p->options.calendar;
        if (c->role != REB_ROLE_DATE) continue;
        if (ev->values > 0 && ev->dates == 0 && c->date.number == REB_NUMBER_NONE && !p->correction) {
            reb_fail(err, REB_E_INPUT, "Column \"%s\" was taken for the date, but none of its values is one (the first is \"%s\").",
                     c->name.ptr, c->n_samples > 0 ? c->samples[0] : "");
            reb_err_next(err, "Say which column is the date in a mapping: rebound import FILE --dry-run --write-map map.txt");
            reb_err_reason(err, "not_dates");
            return REB_E_INPUT;
        }
        bool said = p->options.dates != REB_ORDER_UNKNOWN;
        bool written = c->date.order == REB_ORDER_UNKNOWN || c->date.number != REB_NUMBER_NONE; /* nothing is left to decide */
        p->dates_origin = said || p->options.date_number != REB_NUMBER_NONE ? REB_FROM_SAID
                          : v.order_ambiguous                               ? REB_FROM_ASSUMED
                          : written                                         ? REB_FROM_NONE
                                                                            : REB_FROM_FOUND;
        p->calendar_origin = p->options.calendar_set ? REB_FROM_SAID : v.calendar_ambiguous ? REB_FROM_ASSUMED : REB_FROM_FOUND;
        p->dates_text = reb_arena_printf(p->arena, "%s (%s)", order_name(c->date.order), said ? "the mapping says so" : v.reason);
        p->calendar_text = reb_arena_printf(p->arena, "%s%s", reb_calendar_name(c->date.calendar),
                                            p->options.calendar_set ? " (the mapping says so)"
                                            : v.calendar_ambiguous  ? " (assumed)"
                                                                    : "");
        if (v.order_ambiguous && !said)
            reb_plan_remark(p, c->date.order == REB_ORDER_DMY ? "dates_dmy_assumed" : "dates_mdy_assumed", "example:s",
                            "Dates such as \"%s\" can be read in two ways; %s was assumed. If that is wrong, say dates = %s in a mapping.",
                            ev->example, order_name(c->date.order), c->date.order == REB_ORDER_DMY ? "mdy" : "dmy");
        if (v.conflict)
            reb_plan_remark(p, "dates_conflict", "",
                            "Some dates can only be day/month, others only month/day; the latter kind is refused row by row.");
        if (v.calendar_ambiguous && !p->options.calendar_set)
            reb_plan_remark(p, c->date.calendar == REB_CAL_HIJRI ? "calendar_hijri_assumed" : "calendar_persian_assumed", "",
                            "The years fit two calendars; %s was assumed. If that is wrong, say calendar = %s in a mapping.",
                            reb_calendar_name(c->date.calendar), c->date.calendar == REB_CAL_HIJRI ? "persian" : "hijri");
    }
    return REB_OK;
}

static void decide_currency(scan *s) {
    reb_plan *p = s->p;
    const reb_currency *ours = reb_currency_find(p->business_currency, strlen(p->business_currency));
    p->currency = ours;
    p->factor = p->options.factor != 0 ? p->options.factor : 1;
    p->currency_why = p->business_currency_set ? "the business's; the file names none" : "the file names none";
    p->currency_origin = p->business_currency_set ? REB_FROM_BUSINESS : REB_FROM_ASSUMED;
    if (p->options.currency != NULL) {
        p->currency = reb_currency_find(p->options.currency, strlen(p->options.currency));
        p->currency_found = true;
        p->currency_why = "the mapping says so";
        p->currency_origin = REB_FROM_SAID;
        return;
    }
    int64_t most = 0;
    for (size_t i = 0; i < s->n_currencies; i++) {
        if (s->currencies[i].rows <= most) continue;
        most = s->currencies[i].rows;
        p->currency = s->currencies[i].currency;
        p->currency_found = true;
        p->currency_why = "its column of currencies says so";
        p->currency_origin = REB_FROM_COLUMN;
    }
    if (s->n_currencies > 1)
        reb_plan_remark(p, "currencies", "count:z",
                        "The file has %zu currencies; money is counted in the business's own, the others are kept and stated.",
                        s->n_currencies);
    if (p->currency_found) return;
    const reb_currency_hint *found = NULL;
    bool in_header = false;
    for (size_t i = 0; i < p->n_columns; i++) {
        const reb_plan_column *c = &p->columns[i];
        if (reb_roles[c->role].kind != REB_KIND_MONEY) continue;
        if (c->hint.currency != NULL && !in_header) found = &c->hint, in_header = true;
        if (found == NULL && c->evidence != NULL && c->evidence->number.currency.currency != NULL) found = &c->evidence->number.currency;
    }
    if (found != NULL && !(found->ambiguous && p->business_currency_set)) {
        p->currency = found->currency;
        p->currency_found = true;
        if (in_header) p->factor = p->options.factor != 0 ? p->options.factor : found->factor;
        p->currency_why = in_header ? (found->factor == 10 ? "the header says toman: ten rial each" : "the header says so")
                                    : "written beside the amounts";
        p->currency_origin = !in_header ? REB_FROM_BESIDE : found->factor == 10 ? REB_FROM_TOMAN : REB_FROM_HEADER;
        if (found->ambiguous)
            reb_plan_remark(p, "currency_sign", "sign:s currency:s",
                            "\"%s\" is the sign of several currencies; %s was taken. If that is wrong, say currency = ... in a mapping.",
                            reb_arena_strndup(p->arena, found->word.ptr, found->word.len), found->currency->code);
        return;
    }
    bool solar = false;
    for (int k = 0; k < p->n_of_role[REB_ROLE_DATE]; k++)
        solar |= p->columns[p->of_role[REB_ROLE_DATE][k]].date.calendar == REB_CAL_SOLAR_HIJRI;
    for (size_t i = 0; i < p->n_columns && !solar; i++) { /* a second date beside the one that is used */
        reb_date_evidence ev = {0};
        for (int k = 0; k < p->columns[i].n_samples; k++)
            reb_date_evidence_add(&ev, p->columns[i].samples[k], strlen(p->columns[i].samples[k]));
        solar = ev.values > 0 && ev.solar == ev.values;
    }
    if (solar && !p->business_currency_set) {
        p->currency = reb_currency_find("IRR", 3);
        p->currency_found = true;
        p->currency_why = "assumed from the Solar Hijri dates; the file names none";
        p->currency_origin = REB_FROM_SOLAR;
        reb_plan_remark(p, "rial", "", "Amounts were taken for rial. If they are toman, say currency = toman in a mapping.");
    }
}

static void decide_decimals(reb_plan *p) {
    int64_t point = 0;
    int64_t comma = 0;
    const char *reason = "no value decides; it does not matter here";
    for (size_t i = 0; i < p->n_columns; i++) {
        const reb_plan_evidence *ev = p->columns[i].evidence;
        reb_role_kind k = reb_roles[p->columns[i].role].kind;
        if (ev == NULL || (k != REB_KIND_MONEY && k != REB_KIND_NUMBER)) continue;
        point += ev->number.point;
        comma += ev->number.comma;
    }
    reb_decimal whole = point > comma ? REB_DECIMAL_POINT : comma > point ? REB_DECIMAL_COMMA : REB_DECIMAL_UNKNOWN;
    reb_decimal shown = p->options.decimal;
    bool first = true;
    for (size_t i = 0; i < p->n_columns; i++) {
        reb_plan_column *c = &p->columns[i];
        reb_role_kind k = reb_roles[c->role].kind;
        if (c->evidence == NULL || (k != REB_KIND_MONEY && k != REB_KIND_NUMBER)) continue;
        reb_number_verdict v = reb_number_decide(&c->evidence->number, p->currency != NULL ? p->currency->digits : 2);
        bool open = v.decimal == REB_DECIMAL_UNKNOWN || v.ambiguous;
        c->decimal = open && whole != REB_DECIMAL_UNKNOWN ? whole : v.decimal;
        if (p->options.decimal != REB_DECIMAL_UNKNOWN) c->decimal = p->options.decimal;
        if (k != REB_KIND_MONEY) continue;
        if (first || (shown == REB_DECIMAL_UNKNOWN && c->decimal != REB_DECIMAL_UNKNOWN)) {
            shown = c->decimal;
            reason = p->options.decimal != REB_DECIMAL_UNKNOWN ? "the mapping says so"
                     : open && whole != REB_DECIMAL_UNKNOWN    ? "as in the other columns"
                                                               : v.reason;
            p->decimal_origin = p->options.decimal != REB_DECIMAL_UNKNOWN ? REB_FROM_SAID
                                : c->decimal == REB_DECIMAL_UNKNOWN       ? REB_FROM_NONE
                                : open && whole == REB_DECIMAL_UNKNOWN    ? REB_FROM_ASSUMED
                                                                          : REB_FROM_FOUND;
            first = false;
        }
        if (v.conflict && p->options.decimal == REB_DECIMAL_UNKNOWN) {
            reb_plan_remark(
                p, "decimals_conflict", "column:s",
                "Column \"%s\" has amounts with a decimal point and others with a decimal comma; rows that do not fit are refused.",
                c->name.ptr);
        } else if (v.ambiguous && open && whole == REB_DECIMAL_UNKNOWN && p->options.decimal == REB_DECIMAL_UNKNOWN) {
            reb_plan_remark(
                p, c->decimal == REB_DECIMAL_COMMA ? "decimal_comma_assumed" : "decimal_point_assumed", "example:s column:s",
                "Amounts such as \"%s\" in column \"%s\" can be read in two ways; the %s was taken for %s. A mapping can say decimal = %s.",
                c->evidence->number.example, c->name.ptr, c->evidence->number.either_comma > 0 ? "comma" : "point",
                (c->decimal == REB_DECIMAL_COMMA) == (c->evidence->number.either_comma > 0) ? "the decimal mark" : "a thousands mark",
                c->decimal == REB_DECIMAL_COMMA ? "point" : "comma");
        }
    }
    p->decimal_shown = shown;
    if (!first)
        p->decimal_text = reb_arena_printf(p->arena, "%s (%s)",
                                           shown == REB_DECIMAL_COMMA   ? "decimal comma"
                                           : shown == REB_DECIMAL_POINT ? "decimal point"
                                                                        : "whole numbers",
                                           reason);
}

static void decide_amount(scan *s) {
    reb_plan *p = s->p;
    if (!reb_plan_has(p, REB_ROLE_AMOUNT)) return;
    bool priced = reb_plan_has(p, REB_ROLE_PRICE) || reb_plan_has(p, REB_ROLE_LINE_AMOUNT);
    p->amount_is_total = s->other_amount == 0 && (s->same_amount > 0 || priced);
    if (p->options.amount_of != REB_AMOUNT_OF_UNKNOWN) { /* decided before, on the whole file */
        p->amount_is_total = p->options.amount_of == REB_AMOUNT_OF_ORDER;
        return;
    }
    if (s->same_amount > 0 && s->other_amount == 0)
        reb_plan_remark(p, "amount_repeats", "",
                        "Rows of one order repeat the same amount: it was taken for the whole order's, and counted once.");
    if (s->other_amount > 0) reb_plan_remark(p, "amount_adds_up", "", "Rows of one order have different amounts: they were added up.");
}

reb_status reb_plan_peek(reb_plan *p, reb_sheet *sheet, int64_t *rows, reb_err *err) {
    enum { ENOUGH = 500 };
    *rows = 0;
    for (size_t i = 0; i < p->n_columns; i++) {
        p->columns[i].evidence = reb_arena_zalloc(p->arena, 1, sizeof *p->columns[i].evidence);
        if (p->columns[i].evidence == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    while (*rows < ENOUGH) {
        const reb_sheet_record *rec = NULL;
        reb_status st = reb_sheet_next(&rec, sheet, err);
        if (st != REB_OK || rec == NULL) return st;
        ++*rows;
        for (size_t i = 0; i < p->n_columns && i < rec->n_fields; i++) {
            reb_slice v = reb_slice_trim(rec->fields[i]);
            if (v.len == 0) continue;
            p->columns[i].filled += rec->number <= 200;
            take_sample(p, &p->columns[i], v);
            reb_date_evidence_add(&p->columns[i].evidence->date, v.ptr, v.len);
            reb_number_evidence_add(&p->columns[i].evidence->number, v.ptr, v.len);
        }
    }
    return REB_OK;
}

reb_status reb_plan_scan(reb_plan *p, reb_sheet *sheet, int64_t *rows, int64_t most_rows, reb_scan_tick tick, void *ctx, reb_err *err) {
    scan s = {.p = p};
    reb_status st = prepare(&s, err);
    *rows = 0;
    while (st == REB_OK && (most_rows == 0 || *rows < most_rows)) {
        const reb_sheet_record *rec = NULL;
        st = reb_sheet_next(&rec, sheet, err);
        if (st != REB_OK || rec == NULL) break;
        look_at_row(&s, rec);
        if (++*rows % TICK_ROWS == 0 && tick != NULL && !tick(sheet, *rows, ctx))
            st = reb_fail(err, REB_E_INTERRUPTED, "Stopped while the file was looked at; nothing was written.");
    }
    if (st == REB_OK && *rows == 0) {
        st = reb_fail(err, REB_E_INPUT, "The file has a line of column names and nothing below it.");
        reb_err_reason(err, "no_rows");
    }
    if (st == REB_OK) st = decide_dates(p, err);
    if (st != REB_OK) return st;
    reb_plan_settle_who(p);
    decide_currency(&s);
    decide_decimals(p);
    decide_amount(&s);
    if (s.currency_unknown > 0)
        reb_plan_remark(p, "currency_unknown", "rows:d", "%" PRId64 " rows name a currency that is not known; they are refused.",
                        s.currency_unknown);
    return REB_OK;
}
