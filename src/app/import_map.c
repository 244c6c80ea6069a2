/* Mapping files: `role = column`, one a line, and a few options. Written as a first guess, mended by a person, read back. */
#include "import_plan.h"

#include <stdio.h>
#include <string.h>

/* Further forms of the roles' names that people will try. */
static const struct {
    const char *form;
    const char *role;
} k_forms[] = {{"order", "order_id"},
               {"id", "order_id"},
               {"number", "order_id"},
               {"order_number", "order_id"},
               {"ticket_id", "order_id"},
               {"customer_id", "customer"},
               {"e-mail", "email"},
               {"mail", "email"},
               {"telephone", "phone"},
               {"mobile", "phone"},
               {"customer_name", "name"},
               {"value", "amount"},
               {"sum", "amount"},
               {"item", "product"},
               {"items", "products"},
               {"qty", "quantity"},
               {"unit_price", "price"},
               {"refund", "refunded"},
               {"refunded_amount", "refunded"},
               {"never", "drop"},
               {"surname", "last_name"},
               {"family_name", "last_name"},
               {"time", "date"},
               {"message", "text"}};

static bool word_is(reb_slice a, const char *s) {
    return a.len == strlen(s) && strncasecmp(a.ptr, s, a.len) == 0;
}

static bool find_role(reb_role *out, reb_slice name) {
    char plain[64];
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < sizeof plain - 1; i++) plain[n++] = (char)(name.ptr[i] == ' ' ? '_' : name.ptr[i]);
    plain[n] = '\0';
    reb_slice want = {plain, n};
    for (size_t i = 0; i < sizeof k_forms / sizeof *k_forms; i++) {
        if (!word_is(want, k_forms[i].form)) continue;
        want = reb_slice_of(k_forms[i].role);
        break;
    }
    for (int r = 0; r < REB_ROLE_COUNT; r++) {
        if (!word_is(want, reb_roles[r].name)) continue;
        *out = (reb_role)r;
        return true;
    }
    return false;
}

typedef struct choice {
    const char *word;
    int value;
} choice;

static bool choose(int *out, const choice *list, reb_slice v) {
    for (; list->word != NULL; list++) {
        if (!word_is(v, list->word)) continue;
        *out = list->value;
        return true;
    }
    return false;
}

static const char *copy(reb_arena *a, reb_slice v) {
    return reb_arena_strndup(a, v.ptr, v.len);
}

enum option_result { NO_OPTION, TAKEN, WRONG };

static enum option_result take_currency(reb_map_options *o, reb_slice v, reb_arena *a) {
    const reb_currency *c = reb_currency_find(v.ptr, v.len);
    reb_currency_hint hint = {0};
    int64_t factor = 0;
    if (c == NULL && reb_currency_detect(&hint, v.ptr, v.len)) {
        c = hint.currency;
        factor = hint.factor;
    }
    if (c == NULL) return WRONG;
    o->currency = copy(a, reb_slice_of(c->code));
    o->factor = factor;
    return TAKEN;
}

static enum option_result take_delimiter(reb_map_options *o, reb_slice v) {
    static const choice words[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}, {"spaces", REB_DELIMITER_SPACES},
                                   {NULL, 0}};
    int c = 0;
    if (choose(&c, words, v)) {
        o->delimiter = (char)c;
    } else if (v.len == 1 && v.ptr[0] > ' ') {
        o->delimiter = v.ptr[0];
    } else {
        return WRONG;
    }
    return TAKEN;
}

/* Options have names of their own; "dates" is no role. *right tells what would be right. */
static enum option_result take_option(reb_map_options *o, reb_slice name, reb_slice v, reb_arena *a, const char **right) {
    static const choice dates[] = {{"dmy", REB_ORDER_DMY}, {"mdy", REB_ORDER_MDY}, {"ymd", REB_ORDER_YMD}, {NULL, 0}};
    static const choice numbers[] = {
        {"epoch", REB_NUMBER_EPOCH_S}, {"epoch_ms", REB_NUMBER_EPOCH_MS}, {"excel", REB_NUMBER_EXCEL_1900}, {NULL, 0}};
    static const choice calendars[] = {{"gregorian", REB_CAL_GREGORIAN},
                                       {"persian", REB_CAL_SOLAR_HIJRI},
                                       {"solar", REB_CAL_SOLAR_HIJRI},
                                       {"hijri", REB_CAL_HIJRI},
                                       {NULL, 0}};
    static const choice decimals[] = {{"point", REB_DECIMAL_POINT}, {"comma", REB_DECIMAL_COMMA}, {NULL, 0}};
    static const choice headers[] = {{"yes", REB_HEADER_YES}, {"no", REB_HEADER_NO}, {NULL, 0}};
    static const choice keys[] = {{"customer", 0}, {"email", 0}, {"phone", 0}, {"name", 0}, {NULL, 0}};
    static const choice pendings[] = {{"purchase", 1}, {"attempt", 0}, {NULL, 0}};
    int c = 0;
    if (word_is(name, "dates")) {
        *right = "dmy, mdy, ymd, epoch, epoch_ms or excel";
        if (choose(&c, numbers, v)) {
            o->date_number = (reb_date_number)c;
            return TAKEN;
        }
        if (!choose(&c, dates, v)) return WRONG;
        o->dates = (reb_date_order)c;
        return TAKEN;
    }
    if (word_is(name, "calendar")) {
        *right = "gregorian, persian or hijri";
        if (!choose(&c, calendars, v)) return WRONG;
        o->calendar = (reb_calendar)c;
        o->calendar_set = true;
        return TAKEN;
    }
    if (word_is(name, "decimal")) {
        *right = "point or comma";
        if (!choose(&c, decimals, v)) return WRONG;
        o->decimal = (reb_decimal)c;
        return TAKEN;
    }
    if (word_is(name, "header")) {
        *right = "yes or no";
        if (!choose(&c, headers, v)) return WRONG;
        o->header = (reb_sheet_header)c;
        return TAKEN;
    }
    if (word_is(name, "pending")) {
        *right = "purchase or attempt";
        if (!choose(&c, pendings, v)) return WRONG;
        o->pending_counts = c == 1;
        return TAKEN;
    }
    if (word_is(name, "key")) {
        *right = "customer, email, phone or name";
        if (!choose(&c, keys, v)) return WRONG;
        o->key = copy(a, v);
        return TAKEN;
    }
    if (word_is(name, "records")) {
        *right = "orders, customers, tickets, payments or events";
        o->records = copy(a, v);
        for (int r = 0; r <= REB_RECORDS_EVENTS; r++)
            if (word_is(v, reb_records_name((reb_records)r))) return TAKEN;
        return WRONG;
    }
    if (word_is(name, "delimiter")) {
        *right = "comma, semicolon, tab, pipe, spaces or one character";
        return take_delimiter(o, v);
    }
    if (word_is(name, "encoding")) {
        *right = "UTF-8, UTF-16, windows-1256, windows-1253 or windows-1252";
        o->encoding = copy(a, v);
        return o->encoding != NULL && reb_encoding_from_name(o->encoding) != REB_ENC_AUTO ? TAKEN : WRONG;
    }
    if (word_is(name, "timezone")) o->timezone = copy(a, v);
    if (word_is(name, "source")) o->source = copy(a, v);
    return word_is(name, "timezone") || word_is(name, "source") ? TAKEN : NO_OPTION;
}

/* `currency = EUR` is the option, `currency = Währung` the column: a currency's own word wins. */
static reb_status take_line(reb_map *m, const char *file, int number, reb_slice line, reb_arena *a, reb_err *err) {
    const char *eq = memchr(line.ptr, '=', line.len);
    if (eq == NULL) {
        reb_fail(err, REB_E_INPUT, "%s, line %d: \"%.*s\" has no equals sign.", file, number, (int)line.len, line.ptr);
        reb_err_next(err, "Write each line as: role = column   (for instance: date = Created at)");
        return REB_E_INPUT;
    }
    reb_slice name = reb_slice_trim((reb_slice){line.ptr, (size_t)(eq - line.ptr)});
    reb_slice value = reb_slice_trim((reb_slice){eq + 1, line.len - (size_t)(eq + 1 - line.ptr)});
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') value = (reb_slice){value.ptr + 1, value.len - 2};
    if (value.len == 0) return reb_fail(err, REB_E_INPUT, "%s, line %d: nothing stands after the equals sign.", file, number);
    if (word_is(name, "currency") && take_currency(&m->options, value, a) == TAKEN) return REB_OK;
    const char *right = "";
    enum option_result r = take_option(&m->options, name, value, a, &right);
    if (r == WRONG)
        return reb_fail(err, REB_E_INPUT, "%s, line %d: %.*s = %.*s; it must be %s.", file, number, (int)name.len, name.ptr, (int)value.len,
                        value.ptr, right);
    if (r == TAKEN) return REB_OK;
    reb_role role = REB_ROLE_ASIDE;
    if (!find_role(&role, name)) {
        reb_fail(err, REB_E_INPUT, "%s, line %d: \"%.*s\" is no role that a column can play.", file, number, (int)name.len, name.ptr);
        reb_err_next(err,
                     "The manual lists them; the usual ones: order_id date customer email phone name product quantity price amount status");
        return REB_E_INPUT;
    }
    const char *column = copy(a, value);
    if (column == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    m->lines[m->n_lines++] = (reb_map_line){.role = role, .column = {column, value.len}, .line = number};
    return REB_OK;
}

reb_status reb_map_parse(reb_map *out, const char *name, const char *text, size_t len, reb_arena *arena, reb_err *err) {
    memset(out, 0, sizeof *out);
    size_t most = 1;
    for (size_t i = 0; i < len; i++) most += text[i] == '\n';
    if (most > 10000) return reb_fail(err, REB_E_LIMIT, "%s has more than 10,000 lines: it is no mapping.", name);
    out->lines = reb_arena_zalloc(arena, most, sizeof *out->lines);
    if (out->lines == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    size_t at = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    reb_status st = REB_OK;
    for (int number = 1; at < len && st == REB_OK; number++) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t n = end != NULL ? (size_t)(end - (text + at)) : len - at;
        reb_slice line = reb_slice_trim((reb_slice){text + at, n});
        if (memchr(line.ptr, '\0', line.len) != NULL) return reb_fail(err, REB_E_INPUT, "%s, line %d: this is no text.", name, number);
        if (line.len > 0 && line.ptr[0] != '#') st = take_line(out, name, number, line, arena, err);
        at += n + 1;
    }
    return st;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------------------- */

static void write_column(reb_buf *b, const reb_plan *p, const reb_sheet_info *info, size_t c) {
    if (info->has_header && p->columns[c].name.len > 0) {
        reb_buf_add(b, p->columns[c].name.ptr, p->columns[c].name.len);
    } else {
        reb_buf_printf(b, "%zu", c + 1);
    }
    reb_buf_char(b, '\n');
}

static void write_samples(reb_buf *b, const reb_plan_column *c) {
    for (int i = 0; i < c->n_samples; i++) {
        reb_buf_str(b, i == 0 ? "   " : " | ");
        for (const char *s = c->samples[i]; *s != '\0'; s++) reb_buf_char(b, *s == '\n' || *s == '\r' ? ' ' : *s);
    }
}

const char *reb_map_write(const reb_plan *p, const reb_sheet_info *info) {
    static const char *const orders[] = {"", "ymd", "dmy", "mdy"};
    static const char *const calendars[] = {"gregorian", "persian", "hijri"};
    reb_buf b = {0};
    reb_buf_str(&b,
                "# How the columns of this file are taken. One line a column: role = column. A role may have several lines: for each row\n"
                "# the first column that is not empty counts. Columns that are not named are kept aside; `drop` is never stored.\n"
                "# Roles: ");
    for (int r = 0, on_line = 0; r < REB_ROLE_COUNT; r++) {
        reb_buf_str(&b, reb_roles[r].name);
        reb_buf_str(&b, ++on_line % 12 == 0 ? "\n#        " : " ");
    }
    reb_buf_str(&b, "\n\n");
    reb_buf_printf(&b, "records = %s\n", reb_records_name(p->records));
    if (p->source != NULL) reb_buf_printf(&b, "source = %s\n", p->source);
    for (int r = REB_ROLE_DROP; r < REB_ROLE_COUNT; r++) {
        for (int k = 0; k < p->n_of_role[r]; k++) {
            reb_buf_printf(&b, "%s = ", reb_roles[r].name);
            write_column(&b, p, info, (size_t)p->of_role[r][k]);
        }
    }
    reb_buf_str(&b, "\n# Options; take the # away where the guess is wrong.\n");
    int date = reb_plan_has(p, REB_ROLE_DATE) ? p->of_role[REB_ROLE_DATE][0] : -1;
    reb_date_order o = date >= 0 ? p->columns[date].date.order : REB_ORDER_UNKNOWN;
    reb_buf_printf(&b, "%sdates = %s\n", p->options.dates != REB_ORDER_UNKNOWN ? "" : "# ", orders[o][0] != '\0' ? orders[o] : "dmy");
    reb_buf_printf(&b, "%scalendar = %s\n", p->options.calendar_set ? "" : "# ", calendars[date >= 0 ? p->columns[date].date.calendar : 0]);
    reb_buf_printf(&b, "%sdecimal = %s\n", p->options.decimal != REB_DECIMAL_UNKNOWN ? "" : "# ",
                   p->options.decimal == REB_DECIMAL_COMMA ? "comma" : "point");
    reb_buf_printf(&b, "%scurrency = %s\n", p->options.currency != NULL ? "" : "# ",
                   p->options.factor == 10 ? "toman"
                   : p->currency != NULL   ? p->currency->code
                                           : "EUR");
    reb_buf_printf(&b, "%stimezone = %s\n", p->options.timezone != NULL ? "" : "# ",
                   p->options.timezone != NULL ? p->options.timezone : "Europe/London");
    reb_buf_printf(&b, "%skey = %s\n", p->options.key != NULL ? "" : "# ", p->options.key != NULL ? p->options.key : "email");
    reb_buf_printf(&b, "%spending = purchase\n", p->options.pending_counts ? "" : "# ");
    if (!info->has_header) reb_buf_str(&b, "header = no\n");
    reb_buf_str(&b, "\n# The file's columns and what stands in them:\n");
    for (size_t i = 0; i < p->n_columns; i++) {
        reb_buf_printf(&b, "# %2zu  %s", i + 1, p->columns[i].name.ptr);
        write_samples(&b, &p->columns[i]);
        reb_buf_char(&b, '\n');
    }
    if (b.failed) p->arena->failed = true;
    const char *text = b.failed ? NULL : reb_arena_strndup(p->arena, reb_buf_cstr(&b), b.len);
    reb_buf_free(&b);
    return text;
}
