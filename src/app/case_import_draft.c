/* A mapping to begin with: which columns a log's usual names point to, and which values its activities have. */
#include "case_import.h"
#include "case_map.h"

#include "../sheet/sheet.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LOOK_ROWS = 20000, VALUES_MOST = 60, VALUE_MOST = 120 };

static const struct {
    reb_log_role role;
    const char *words; /* parts of a column's name, the surest first */
} k_guess[] = {{REB_LOG_CASE, "case id|caseid|case_id|complaint id|ticket id|ticket_id|ticketid|unique_key|case|ticket|number|id"},
               {REB_LOG_TIME, "timestamp|time|date"},
               {REB_LOG_ACTIVITY, "activity|event|action|status change|concept:name"},
               {REB_LOG_OPENED, "opendate|opened|open date|date received|created at|created|received"},
               {REB_LOG_ACKNOWLEDGED, "acknowledged|date sent"},
               {REB_LOG_ANSWERED, "first response|answered|replied"},
               {REB_LOG_CLOSED, "closedate|closed|close date|resolved|solved"},
               {REB_LOG_KIND, "complaint_type|category|type|product|kind|issue"},
               {REB_LOG_SUBJECT, "subject|title|descriptor|issue"},
               {REB_LOG_TEXT, "narrative|description|body|message"},
               {REB_LOG_CHANNEL, "submitted via|channel|source"},
               {REB_LOG_NAME, "customer name|requester|name"},
               {REB_LOG_EMAIL, "e-mail|email"},
               {REB_LOG_PHONE, "phone|mobile"},
               {REB_LOG_ORDER, "order"}};

static bool holds(reb_slice name, const char *word, size_t n) {
    for (size_t i = 0; i + n <= name.len; i++)
        if (strncasecmp(name.ptr + i, word, n) == 0) return true;
    return false;
}

static int guess(const reb_sheet_info *info, const char *words) {
    for (const char *w = words; *w != '\0';) {
        size_t n = strcspn(w, "|");
        for (size_t c = 0; c < info->n_columns; c++)
            if (holds(info->names[c], w, n)) return (int)c;
        w += n + (w[n] == '|');
    }
    return -1;
}

typedef struct values {
    char text[VALUES_MOST][VALUE_MOST];
    int64_t rows[VALUES_MOST];
    int count;
    bool more;
} values;

static void add_value(values *v, reb_slice s) {
    if (s.len == 0 || s.len >= VALUE_MOST) return;
    for (int i = 0; i < v->count; i++)
        if (reb_slice_is(s, v->text[i])) {
            v->rows[i]++;
            return;
        }
    v->more = v->more || v->count == VALUES_MOST;
    if (v->count == VALUES_MOST) return;
    memcpy(v->text[v->count], s.ptr, s.len);
    v->text[v->count][s.len] = '\0';
    v->rows[v->count++] = 1;
}

static void write_values(reb_buf *b, const values *v, const char *before, const char *after) {
    for (int i = 0; i < v->count; i++) reb_buf_printf(b, "%s %s = %s   # %lld rows\n", before, v->text[i], after, (long long)v->rows[i]);
    if (v->more) reb_buf_printf(b, "# ... and more\n");
}

reb_status reb_case_import_draft(const char **out, const char *path, const char *encoding, reb_arena *a, reb_err *err) {
    reb_sheet_options opt = {.header = REB_HEADER_YES, .encoding = encoding != NULL ? reb_encoding_from_name(encoding) : REB_ENC_AUTO};
    reb_sheet *sheet = NULL;
    const reb_sheet_record *rec = NULL;
    reb_buf b = {0};
    values *v = reb_arena_zalloc(a, 2, sizeof *v);
    int column[REB_LOG_ROLES];
    *out = NULL;
    if (v == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_sheet_open(&sheet, path, &opt, err);
    if (st != REB_OK) return st;
    const reb_sheet_info *info = reb_sheet_get_info(sheet);
    memset(column, -1, sizeof column);
    for (size_t i = 0; i < sizeof k_guess / sizeof k_guess[0]; i++) {
        int c = guess(info, k_guess[i].words);
        bool taken = false;
        for (int k = 0; k < REB_LOG_ROLES; k++) taken = taken || (c >= 0 && column[k] == c);
        if (!taken) column[k_guess[i].role] = c;
    }
    bool events = column[REB_LOG_ACTIVITY] >= 0;
    for (int n = 0; n < LOOK_ROWS && (st = reb_sheet_next(&rec, sheet, err)) == REB_OK && rec != NULL; n++) {
        int c = column[events ? REB_LOG_ACTIVITY : REB_LOG_KIND];
        if (c >= 0 && (size_t)c < rec->n_fields) add_value(&v[0], reb_slice_trim(rec->fields[c]));
    }
    reb_buf_str(&b, "# What the columns of this log mean. Change it, then: rebound import log FILE --map THIS\n# Columns:");
    for (size_t i = 0; i < info->n_columns; i++)
        reb_buf_printf(&b, "%s %.*s", i > 0 ? "," : "", (int)info->names[i].len, info->names[i].ptr);
    reb_buf_char(&b, '\n');
    for (int k = 0; k < REB_LOG_ROLES; k++) {
        bool of_whole = k >= REB_LOG_OPENED && k <= REB_LOG_REOPENED;
        if (column[k] < 0 || (events ? of_whole : k == REB_LOG_TIME)) continue;
        reb_buf_printf(&b, "%s = %.*s\n", reb_log_role_name((reb_log_role)k), (int)info->names[column[k]].len, info->names[column[k]].ptr);
    }
    if (events) {
        reb_buf_str(&b, "\n# What each activity means: opened, acknowledged, message_in, message_out, note, waiting customer, resumed, "
                        "decided upheld,\n"
                        "# communicated, referred other, closed, reopened, or nothing; several with commas.\n");
        write_values(&b, &v[0], "on", "note");
    } else if (v[0].count > 0) {
        reb_buf_str(&b, "\n# The standards' kind of complaint for each value; without these lines all are \"other\".\n");
        write_values(&b, &v[0], "# kind of", "other");
    }
    reb_buf_str(&b,
                "\n# What closed cases came to, where the log does not tell: upheld, partly, goodwill, not_upheld, withdrawn, duplicate.\n"
                "# outcome otherwise = upheld\n");
    reb_sheet_close(sheet);
    if (st == REB_OK) *out = b.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return st == REB_OK && *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}
