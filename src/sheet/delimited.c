/* Delimited text: which delimiter, is there a header, and its records. */
#include "csv.h"
#include "internal.h"

#include "../text/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SAMPLE_BYTES (256u << 10)
#define SAMPLE_RECORDS 400

typedef struct delimited {
    reb_csv csv;
    reb_slice *fields;
    size_t cap_fields;
    char *scratch; /* unquoted and repaired text of the record */
    size_t cap_scratch;
} delimited;

/* ---- where is it ---- */

/* Line and column (in characters, from 1) of the byte at `at` of a record that begins on `line`. */
static void place_of(int64_t *line, int64_t *column, const reb_sheet *s, const char *d, size_t at) {
    int64_t l = s->line, c = 1;
    for (size_t i = 0; i < at; i++) {
        unsigned char b = (unsigned char)d[i];
        if (b == '\n' || (b == '\r' && d[i + 1] != '\n'))
            l++, c = 1;
        else if (b != '\r' && (b & 0xC0u) != 0x80u)
            c++;
    }
    *line = l;
    *column = c;
}

static reb_status scan_error(reb_csv_result r, const reb_sheet *s, const reb_csv *c, const char *d, reb_err *err) {
    int64_t line, column;
    place_of(&line, &column, s, d, c->bad_at);
    long long l = (long long)line, k = (long long)column;
    switch (r) {
        case REB_CSV_NUL:
            reb_fail(err, REB_E_INPUT, "line %lld, column %lld: a NUL byte; this is no text, or the file is damaged", l, k);
            reb_err_next(err, "Export the file again as CSV; if it is UTF-16, say so as the encoding.");
            reb_err_reason(err, "file_damaged");
            return REB_E_INPUT;
        case REB_CSV_COLUMNS:
            reb_fail(err, REB_E_LIMIT, "line %lld, column %lld: more than %u columns", l, k, REB_SHEET_MAX_COLUMNS);
            reb_err_next(err, "Is the delimiter right? It was taken for %s. Remove columns that are not needed.",
                         c->delimiter == '\t'  ? "a tab"
                         : c->delimiter == ' ' ? "white space"
                                               : (char[4]){'"', c->delimiter, '"', '\0'});
            reb_err_reason(err, "file_wide");
            return REB_E_LIMIT;
        case REB_CSV_FIELD:
            reb_fail(err, REB_E_LIMIT, "line %lld, column %lld: a field of more than %u MB begins here%s", l, k,
                     REB_SHEET_MAX_FIELD_BYTES >> 20, c->in_quote ? "; its quote is probably never closed" : "");
            reb_err_next(err, "Mend or remove that line.");
            reb_err_reason(err, "file_line");
            return REB_E_LIMIT;
        case REB_CSV_OPEN_QUOTE: {
            reb_fail(err, REB_E_INPUT,
                     "the quote opened at line %lld, column %lld is never closed: the file is cut off or a quote is missing", l, k);
            if (c->stray) {
                place_of(&line, &column, s, d, c->stray_at);
                reb_err_next(err, "Look at line %lld, column %lld: a quote stands there in the middle of a field.", (long long)line,
                             (long long)column);
            } else {
                reb_err_next(err, "Export the file again, or close the quote.");
            }
            reb_err_reason(err, "file_quote");
            return REB_E_INPUT;
        }
        default: return reb_no_memory(s, err);
    }
}

/* ---- reading ---- */

/* The next record that is not an empty line, in the scanner; its bytes begin at the window's start. */
static reb_status scan_next(bool *got, reb_sheet *s, delimited *t, reb_err *err) {
    reb_window *w = &s->window;
    *got = false;
    for (;;) {
        reb_csv_begin(&t->csv);
        for (;;) {
            if (w->start == w->end && w->eof) return REB_OK;
            const char *d = w->data == NULL ? "" : w->data + w->start;
            reb_csv_result r = w->data == NULL ? REB_CSV_MORE : reb_csv_scan(&t->csv, d, w->end - w->start, w->eof);
            if (r == REB_CSV_RECORD) break;
            if (r != REB_CSV_MORE) return scan_error(r, s, &t->csv, d, err);
            reb_status st = reb_window_more(w, REB_SHEET_MAX_LINE_BYTES, err);
            if (st == REB_E_LIMIT) {
                reb_fail(err, st, "line %lld is longer than %u MB", (long long)s->line, REB_SHEET_MAX_LINE_BYTES >> 20);
                if (t->csv.in_quote) {
                    int64_t line, column;
                    place_of(&line, &column, s, w->data + w->start, t->csv.quote_at);
                    reb_err_next(err, "A quote opened at line %lld, column %lld is probably never closed.", (long long)line,
                                 (long long)column);
                } else {
                    reb_err_next(err, "Is this a text file with one record a line?");
                }
            }
            if (st != REB_OK) return st;
        }
        const reb_csv *c = &t->csv;
        if (c->raw_len > 0 && c->n_fields > 0 && !(c->n_fields == 1 && c->raw_len == 1 && w->data[w->start] == 0x1A)) break;
        w->start += c->consumed; /* an empty line (or DOS's end of file) */
        s->line++;
    }
    *got = true;
    return REB_OK;
}

static int64_t count_lines(const char *d, size_t len) {
    int64_t n = 0;
    if (memchr(d, '\n', len) == NULL && memchr(d, '\r', len) == NULL) return 0; /* as almost always */
    for (size_t i = 0; i < len; i++)
        if (d[i] == '\n' || (d[i] == '\r' && (i + 1 >= len || d[i + 1] != '\n'))) n++;
    return n;
}

static reb_status make_fields(reb_sheet *s, delimited *t, reb_err *err) {
    const reb_csv *c = &t->csv;
    const char *d = s->window.data + s->window.start;
    if (t->cap_fields < c->cap_fields) {
        reb_slice *f = realloc(t->fields, c->cap_fields * sizeof *f);
        if (f == NULL) return reb_no_memory(s, err);
        t->fields = f;
        t->cap_fields = c->cap_fields;
    }
    bool bad = c->high && !reb_utf8_valid(d, c->raw_len, NULL);
    const reb_csv_field *from = c->fields;
    reb_slice *to = t->fields;
    for (size_t i = 0, n = c->n_fields; i < n; i++) to[i] = (reb_slice){d + from[i].from, from[i].to - from[i].from};
    s->record.flags = (bad ? (unsigned)REB_RECORD_BAD_UTF8 : 0u) | (c->stray ? (unsigned)REB_RECORD_STRAY_QUOTE : 0u);
    if (c->any_doubled || bad) { /* only these need bytes of their own */
        size_t need = c->raw_len * (bad ? 4 : 1) + 1;
        if (t->cap_scratch < need) {
            char *p = realloc(t->scratch, need);
            if (p == NULL) return reb_no_memory(s, err);
            t->scratch = p;
            t->cap_scratch = need;
        }
        char *out = t->scratch, *end = t->scratch + t->cap_scratch;
        for (size_t i = 0; i < c->n_fields; i++) {
            if (c->fields[i].doubled > 0) {
                t->fields[i] = reb_csv_text(&c->fields[i], d, out);
                out += t->fields[i].len;
            }
            if (bad && !reb_utf8_valid(t->fields[i].ptr, t->fields[i].len, NULL)) {
                size_t n = reb_utf8_repair(out, (size_t)(end - out), t->fields[i].ptr, t->fields[i].len);
                t->fields[i] = (reb_slice){out, n};
                out += n;
            }
        }
    }
    s->record.n_fields = c->n_fields;
    s->record.fields = t->fields;
    s->record.raw = (reb_slice){d, c->raw_len};
    return REB_OK;
}

static reb_status next_record(bool *got, reb_sheet *s, reb_err *err) {
    delimited *t = s->state;
    reb_status st = scan_next(got, s, t, err);
    if (st != REB_OK || !*got) return st;
    if ((st = make_fields(s, t, err)) != REB_OK) return st;
    s->record.line = s->line;
    s->line += 1 + (t->csv.breaks ? count_lines(s->record.raw.ptr, s->record.raw.len) : 0);
    s->window.start += t->csv.consumed; /* the bytes stay where they are until the next call reads more */
    return REB_OK;
}

static void close_delimited(reb_sheet *s) {
    delimited *t = s->state;
    if (t == NULL) return;
    reb_csv_close(&t->csv);
    free(t->fields);
    free(t->scratch);
    free(t);
    s->state = NULL;
}

/* ---- finding out ---- */

typedef struct tally {
    size_t records;
    size_t columns; /* the most frequent number above one */
    size_t share;   /* records with that number */
    bool broken;
    bool stray;
    bool lost; /* memory ran out: it says nothing */
} tally;

static void tally_delimiter(tally *out, const char *d, size_t len, bool whole, char delimiter, bool no_quotes) {
    reb_csv c;
    *out = (tally){0};
    reb_csv_open(&c, delimiter);
    c.no_quotes = no_quotes;
    size_t seen[SAMPLE_RECORDS] = {0};
    for (size_t at = 0; at < len && out->records < SAMPLE_RECORDS;) {
        reb_csv_begin(&c);
        reb_csv_result r = reb_csv_scan(&c, d + at, len - at, whole);
        if (r != REB_CSV_RECORD) {
            out->broken = r != REB_CSV_MORE;
            out->lost = r == REB_CSV_MEMORY;
            break;
        }
        at += c.consumed;
        out->stray |= c.stray || c.breaks;
        if (c.raw_len > 0) seen[out->records++] = c.n_fields;
    }
    for (size_t i = 0; i < out->records; i++) {
        if (seen[i] < 2) continue;
        size_t same = 0;
        for (size_t j = 0; j < out->records; j++) same += seen[j] == seen[i];
        if (same > out->share || (same == out->share && seen[i] > out->columns)) {
            out->share = same;
            out->columns = seen[i];
        }
    }
    reb_csv_close(&c);
}

/* Columns of white space are believed only when every line has as many and some of them are numbers. */
static bool spaces_fit(const char *d, size_t len, bool whole) {
    reb_csv c;
    reb_csv_open(&c, ' ');
    size_t records = 0, columns = 0, numeric = 0;
    bool fits = true;
    for (size_t at = 0; at < len && records < SAMPLE_RECORDS && fits;) {
        reb_csv_begin(&c);
        if (reb_csv_scan(&c, d + at, len - at, whole) != REB_CSV_RECORD) break;
        size_t base = at;
        at += c.consumed;
        if (c.n_fields == 0) continue;
        if (records++ == 0)
            columns = c.n_fields;
        else
            fits = c.n_fields == columns;
        bool any = false;
        for (size_t i = 0; i < c.n_fields; i++) {
            bool digits = true;
            for (size_t k = c.fields[i].from; k < c.fields[i].to; k++) {
                char ch = d[base + k];
                if (!((ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == ',' || ch == ':' || ch == '/')) digits = false;
            }
            any |= digits;
        }
        numeric += any;
    }
    reb_csv_close(&c);
    return fits && records >= 2 && columns >= 2 && numeric + 1 >= records;
}

static void find_delimiter(reb_sheet *s) {
    static const struct {
        char delimiter;
        const char *reason;
    } k[] = {{',', "most lines have the same number of columns when cut at commas"},
             {';', "most lines have the same number of columns when cut at semicolons"},
             {'\t', "most lines have the same number of columns when cut at tabs"},
             {'|', "most lines have the same number of columns when cut at bars"}};
    const reb_window *w = &s->window;
    const char *d = w->data + w->start;
    size_t len = w->end - w->start < SAMPLE_BYTES ? w->end - w->start : SAMPLE_BYTES;
    bool whole = w->eof && len == w->end - w->start;
    double best = 0;
    s->info.delimiter = ',';
    s->info.delimiter_reason = "no delimiter was found: one column";
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        tally t;
        tally_delimiter(&t, d, len, whole, k[i].delimiter, false);
        if (t.lost) s->arena.failed = true;
        if (t.columns < 2 || t.records == 0) continue;
        double share = (double)t.share / (double)t.records;
        double columns = t.columns > 12 ? 12 : (double)t.columns;
        double score = share * share * (1 + columns / 12) * (t.broken ? 0.5 : 1);
        if (share >= 0.5 && score > best) {
            best = score;
            s->info.delimiter = k[i].delimiter;
            s->info.delimiter_reason = k[i].reason;
        }
    }
    if (best < 1 && spaces_fit(d, len, whole)) {
        s->info.delimiter = REB_DELIMITER_SPACES;
        s->info.delimiter_reason = "every line has the same number of columns when cut at white space";
    }
}

/* Dumps of tabs or bars often know no quoting: a field may begin with a quote that nobody closes. Without quoting every line then
   has the same number of columns. */
static bool quotes_enclose(reb_sheet *s) {
    const reb_window *w = &s->window;
    size_t len = w->end - w->start < SAMPLE_BYTES ? w->end - w->start : SAMPLE_BYTES;
    bool whole = w->eof && len == w->end - w->start;
    tally with, without;
    if (s->info.delimiter != '\t' && s->info.delimiter != '|') return true;
    tally_delimiter(&with, w->data + w->start, len, whole, s->info.delimiter, false);
    if (with.lost) s->arena.failed = true;
    if (!with.stray && !with.broken) return true;
    tally_delimiter(&without, w->data + w->start, len, whole, s->info.delimiter, true);
    if (without.lost) s->arena.failed = true;
    return without.records == 0 || without.share < without.records;
}

/* Excel's own first line: sep=; */
static bool take_sep_line(reb_sheet *s) {
    reb_window *w = &s->window;
    const char *d = w->data + w->start;
    size_t len = w->end - w->start;
    size_t quote = len > 0 && d[0] == '"' ? 1 : 0;
    if (len < 6 + 2 * quote || strncasecmp(d + quote, "sep=", 4) != 0) return false;
    size_t i = quote + 5 + quote;
    if (d[i] != '\r' && d[i] != '\n') return false;
    s->info.delimiter = d[quote + 4];
    s->info.delimiter_reason = "its first line says so (sep=)";
    i += d[i] == '\r' && d[i + 1] == '\n' ? 2 : 1;
    w->start += i;
    s->line++;
    return true;
}

static reb_status read_header(reb_sheet *s, delimited *t, reb_err *err) {
    bool got;
    reb_status st = next_record(&got, s, err);
    if (st != REB_OK) return st;
    if (!got) {
        reb_fail(err, REB_E_INPUT, "%s holds no lines with text", reb_source_name(s->source));
        reb_err_next(err, "Export it again.");
        reb_err_reason(err, "file_empty");
        return REB_E_INPUT;
    }
    /* Keep the first record: the window moves on when the second is looked at. */
    size_t n = s->record.n_fields;
    reb_slice *first = reb_arena_alloc(&s->arena, n * sizeof *first);
    char *raw = reb_arena_strndup(&s->arena, s->record.raw.ptr, s->record.raw.len);
    if (first == NULL || raw == NULL) return reb_no_memory(s, err);
    for (size_t i = 0; i < n; i++) {
        char *p = reb_arena_strndup(&s->arena, t->fields[i].ptr, t->fields[i].len);
        if (p == NULL) return reb_no_memory(s, err);
        first[i] = (reb_slice){p, t->fields[i].len};
    }
    s->info.header_raw = (reb_slice){raw, s->record.raw.len};
    s->info.header_line = s->record.line;
    switch (s->options.header) {
        case REB_HEADER_YES:
        case REB_HEADER_NO:
            s->info.has_header = s->options.header == REB_HEADER_YES;
            s->info.header_reason = "you said so";
            break;
        default: {
            reb_csv c;
            const reb_window *w = &s->window;
            reb_slice second[64];
            size_t n_second = 0;
            reb_csv_open(&c, s->info.delimiter);
            c.no_quotes = !s->info.quotes;
            reb_csv_begin(&c);
            const char *d = w->data + w->start;
            if (w->end > w->start && reb_csv_scan(&c, d, w->end - w->start, w->eof) == REB_CSV_RECORD)
                for (; n_second < c.n_fields && n_second < 64; n_second++)
                    second[n_second] = (reb_slice){d + c.fields[n_second].from, c.fields[n_second].to - c.fields[n_second].from};
            s->info.has_header = reb_header_guess(&s->info.header_reason, first, n, second, n_second);
            reb_csv_close(&c);
        }
    }
    if (s->info.has_header) return reb_sheet_set_names(s, first, n, err);
    s->info.header_raw = (reb_slice){NULL, 0};
    s->info.header_line = 0;
    return reb_sheet_set_names(s, NULL, n, err);
}

/* Moves the window behind lines of title: at most one filled field each, and then a record of three or more. */
static void skip_titles(reb_sheet *s, const delimited *t) {
    reb_window *w = &s->window;
    reb_csv c;
    size_t at = w->start, titles = 0;
    int64_t lines = 0;
    reb_csv_open(&c, s->info.delimiter);
    c.no_quotes = t->csv.no_quotes;
    while (titles <= REB_TITLES && at < w->end) {
        const char *d = w->data + at;
        reb_csv_begin(&c);
        if (reb_csv_scan(&c, d, w->end - at, w->eof) != REB_CSV_RECORD) break;
        reb_slice fields[64]; /* enough to know a header by */
        size_t n = c.n_fields < 64 ? c.n_fields : 64;
        for (size_t i = 0; i < n; i++) fields[i] = (reb_slice){d + c.fields[i].from, c.fields[i].to - c.fields[i].from};
        size_t filled = reb_filled(fields, n);
        const char *reason;
        if (filled > 1) {
            if (filled >= 3 && titles > 0 && reb_header_guess(&reason, fields, n, NULL, 0)) {
                w->start = at;
                s->line += lines;
                s->info.title_lines = lines;
            }
            break;
        }
        titles += filled;
        lines += 1 + (c.breaks ? count_lines(d, c.raw_len) : 0);
        at += c.consumed;
    }
    reb_csv_close(&c);
}

bool reb_sheet_can_jump(const reb_sheet *s) {
    return s->info.format == REB_FORMAT_DELIMITED && !s->info.gzip && s->window.decoder == NULL;
}

reb_status reb_sheet_open_delimited(reb_sheet *s, reb_err *err) {
    delimited *t = calloc(1, sizeof *t);
    if (t == NULL) return reb_no_memory(s, err);
    s->state = t;
    s->reader = (reb_sheet_reader){next_record, close_delimited};
    reb_status st = REB_OK;
    reb_window *w = &s->window;
    while (st == REB_OK && !w->eof && w->end - w->start < SAMPLE_BYTES) st = reb_window_more(w, REB_SHEET_MAX_LINE_BYTES, err);
    if (st != REB_OK) return st;
    bool told = take_sep_line(s);
    if (s->options.delimiter != 0) {
        s->info.delimiter = s->options.delimiter;
        s->info.delimiter_reason = "you said so";
    } else if (!told) {
        find_delimiter(s);
    }
    reb_csv_open(&t->csv, s->info.delimiter);
    s->info.quotes = quotes_enclose(s);
    t->csv.no_quotes = !s->info.quotes;
    if (s->arena.failed) return reb_no_memory(s, err); /* a guess made without memory would be another file */
    if (s->options.header == REB_HEADER_AUTO && s->info.delimiter != REB_DELIMITER_SPACES) skip_titles(s, t);
    st = read_header(s, t, err);
    if (st != REB_OK || s->info.has_header) return st;
    w->start -= t->csv.consumed; /* the first record is data: go back to it */
    s->line = s->record.line;
    return REB_OK;
}
