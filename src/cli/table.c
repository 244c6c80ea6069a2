#include "table.h"

#include "../text/format.h"
#include "../text/utf8.h"

#include <stdarg.h>
#include <string.h>
#include <unicode/uchar.h>

enum { MOST_COLUMNS = 32, GAP = 2, MOST_BELOW = 2, ROWS_A_BLOCK = 64 };

typedef struct cell {
    const char *text;
    size_t len;
    size_t columns;
} cell;

typedef struct block {
    struct block *next;
    size_t used; /* cells */
    cell cells[];
} block;

struct reb_table {
    reb_arena *arena;
    const reb_table_column *columns;
    size_t column_count;
    block *first;
    block *last;
    size_t cell_count;
    size_t indent;
    size_t natural[MOST_COLUMNS]; /* widest cell or title of each column */
    bool filled[MOST_COLUMNS];    /* some cell of it is not empty */
    bool failed;
};

reb_table *reb_table_new(reb_arena *arena, const reb_table_column *columns) {
    reb_table *t = reb_arena_zalloc(arena, 1, sizeof *t);
    if (t == NULL) return NULL;
    t->arena = arena;
    t->columns = columns;
    while (t->column_count < MOST_COLUMNS && columns[t->column_count].title != NULL) t->column_count++;
    for (size_t i = 0; i < t->column_count; i++) t->natural[i] = reb_utf8_columns(columns[i].title, strlen(columns[i].title));
    return t;
}

static void add_cell(reb_table *t, const char *text, size_t len) {
    if (t == NULL || t->failed || t->column_count == 0) return;
    size_t a_block = ROWS_A_BLOCK * t->column_count;
    if (t->last == NULL || t->last->used == a_block) {
        block *b = reb_arena_alloc(t->arena, sizeof *b + a_block * sizeof(cell));
        if (b == NULL) {
            t->failed = true;
            return;
        }
        b->next = NULL;
        b->used = 0;
        if (t->last != NULL) {
            t->last->next = b;
        } else {
            t->first = b;
        }
        t->last = b;
    }
    char *copy = reb_arena_strndup(t->arena, text, len);
    if (copy == NULL) {
        t->failed = true;
        return;
    }
    size_t columns = reb_utf8_columns(copy, len);
    size_t *natural = &t->natural[t->cell_count % t->column_count];
    if (columns > *natural) *natural = columns;
    if (len > 0) t->filled[t->cell_count % t->column_count] = true;
    t->last->cells[t->last->used++] = (cell){copy, len, columns};
    t->cell_count++;
}

void reb_table_text(reb_table *t, const char *text) {
    add_cell(t, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

void reb_table_words(reb_table *t, const char *words) {
    if (t == NULL) return;
    reb_buf safe = {0};
    if (words != NULL) reb_format_safe(&safe, words, strlen(words));
    if (safe.failed) t->failed = t->arena->failed = true;
    add_cell(t, reb_buf_cstr(&safe), safe.len);
    reb_buf_free(&safe);
}

void reb_table_printf(reb_table *t, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char text[512];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0) n = 0;
    add_cell(t, text, reb_utf8_cut(text, strlen(text), sizeof text - 1));
}

void reb_table_count(reb_table *t, int64_t n) {
    char text[REB_FORMAT_TEXT];
    reb_table_text(t, reb_format_count(text, n));
}

size_t reb_table_rows(const reb_table *t) {
    return t == NULL || t->column_count == 0 ? 0 : (t->cell_count + t->column_count - 1) / t->column_count;
}

void reb_table_indent(reb_table *t, size_t indent) {
    if (t != NULL) t->indent = indent;
}

static size_t least_of(const reb_table_column *c, size_t natural) {
    size_t least = c->least > 0 ? c->least : 8;
    size_t title = reb_utf8_columns(c->title, strlen(c->title));
    if (least < title) least = title;
    return c->fit == REB_FIT_WHOLE || natural < least ? natural : least;
}

/* Gives each column its width. False: the table does not fit even at its narrowest. The widest columns give way first. */
static bool fit_widths(const reb_table *t, size_t room, size_t width[MOST_COLUMNS]) {
    size_t total = GAP * (t->column_count - 1) + t->indent;
    size_t narrowest = total;
    for (size_t i = 0; i < t->column_count; i++) {
        width[i] = t->natural[i];
        total += width[i];
        narrowest += least_of(&t->columns[i], t->natural[i]);
    }
    if (room == 0 || total <= room) return true;
    if (narrowest > room) return false;
    while (total > room) {
        size_t widest = 0;
        size_t second = 0; /* width of the second widest that can give way */
        size_t pick = t->column_count;
        for (size_t i = 0; i < t->column_count; i++) {
            if (width[i] <= least_of(&t->columns[i], t->natural[i])) continue;
            if (width[i] > widest) {
                second = widest;
                widest = width[i];
                pick = i;
            } else if (width[i] > second) {
                second = width[i];
            }
        }
        if (pick == t->column_count) return false;
        size_t least = least_of(&t->columns[pick], t->natural[pick]);
        size_t down_to = second < widest ? second : widest - 1;
        if (down_to < least) down_to = least;
        size_t give = widest - down_to < total - room ? widest - down_to : total - room;
        width[pick] -= give;
        total -= give;
    }
    return true;
}

static bool has_right_to_left(const char *s, size_t len) {
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, s + i, len - i);
        if (cp < 0x590) continue;
        UCharDirection d = u_charDirection((UChar32)cp);
        if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC || d == U_ARABIC_NUMBER) return true;
    }
    return false;
}

static void pad(FILE *f, size_t n) {
    fprintf(f, "%*s", (int)n, "");
}

/* One line of one cell in its column; no spaces after the last column. */
static void print_piece(const reb_term *term, const reb_table_column *c, const char *s, size_t len, size_t width, bool last) {
    size_t columns = reb_utf8_columns(s, len);
    size_t spaces = width > columns ? width - columns : 0;
    if (c->right) pad(term->file, spaces);
    bool isolate = has_right_to_left(s, len);
    if (isolate) fputs("\xE2\x81\xA8", term->file);
    char small[256];
    if (c->style != REB_STYLE_PLAIN && term->style && len < sizeof small) {
        memcpy(small, s, len);
        small[len] = '\0';
        reb_term_styled(term, c->style, small);
    } else {
        fwrite(s, 1, len, term->file);
    }
    if (isolate) fputs("\xE2\x81\xA9", term->file);
    if (!c->right && !last) pad(term->file, spaces);
}

/* Cuts a cell to a width with an ellipsis. The result lives in `room` or is the cell's own text. */
static const char *cut_text(reb_buf *room, const char *s, size_t len, size_t width, size_t *out_len) {
    reb_buf_clear(room);
    if (reb_utf8_columns(s, len) <= width) {
        *out_len = len;
        return s;
    }
    size_t used = 0;
    size_t i = 0;
    while (i < len) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        size_t w = reb_utf8_columns(s + i, n);
        if (used + w + 1 > width) break;
        used += w;
        i += n;
    }
    while (i > 0 && s[i - 1] == ' ') i--;
    reb_buf_add(room, s, i);
    reb_buf_str(room, "\xE2\x80\xA6");
    *out_len = room->len;
    return reb_buf_cstr(room);
}

/* One row over as many lines as its wrapped cells need. */
static void print_row(const reb_table *t, const reb_term *term, const cell *row, size_t cells, const size_t width[MOST_COLUMNS],
                      reb_buf *room) {
    const char *rest[MOST_COLUMNS];
    size_t rest_len[MOST_COLUMNS];
    for (size_t i = 0; i < t->column_count; i++) {
        rest[i] = i < cells ? row[i].text : "";
        rest_len[i] = i < cells ? row[i].len : 0;
    }
    bool more = true;
    while (more) {
        more = false;
        size_t last = 0;
        for (size_t i = 0; i < t->column_count; i++)
            if (rest_len[i] > 0) last = i;
        pad(term->file, t->indent);
        for (size_t i = 0; i <= last; i++) {
            const reb_table_column *c = &t->columns[i];
            const char *piece = rest[i];
            size_t len = rest_len[i];
            if (c->fit == REB_FIT_WRAP && len > 0) {
                size_t next;
                len = reb_term_break(rest[i], rest_len[i], width[i], &next);
                rest[i] += next;
                rest_len[i] -= next;
                if (rest_len[i] > 0) more = true;
            } else {
                if (c->fit == REB_FIT_CUT) piece = cut_text(room, piece, len, width[i], &len);
                rest_len[i] = 0;
            }
            print_piece(term, c, piece, len, width[i], i == last);
            if (i < last) pad(term->file, GAP);
        }
        fputc('\n', term->file);
    }
}

static void print_titles(const reb_table *t, const reb_term *term, const size_t width[MOST_COLUMNS]) {
    size_t last = t->column_count;
    while (last > 0 && t->columns[last - 1].title[0] == '\0') last--;
    if (last == 0) return;
    pad(term->file, t->indent);
    for (size_t i = 0; i < last; i++) {
        const char *title = t->columns[i].title;
        size_t columns = reb_utf8_columns(title, strlen(title));
        size_t spaces = width[i] > columns ? width[i] - columns : 0;
        if (t->columns[i].right) pad(term->file, spaces);
        reb_term_styled(term, REB_STYLE_DIM, title);
        if (!t->columns[i].right && i + 1 < last) pad(term->file, spaces);
        if (i + 1 < last) pad(term->file, GAP);
    }
    fputc('\n', term->file);
}

/* A row as a block of lines, for terminals too narrow for the table. */
static void print_as_block(const reb_table *t, const reb_term *term, const cell *row, size_t cells, size_t title_columns) {
    for (size_t i = 0; i < cells; i++) {
        if (row[i].len == 0) continue;
        char head[128];
        snprintf(head, sizeof head, "%*s%.100s", (int)t->indent, "", t->columns[i].title);
        reb_term_paragraph(term, t->indent + title_columns + GAP, head, row[i].text);
    }
}

/* What did not fit beside: "Id 42", under its row. */
static void print_below(const reb_table *t, const reb_term *term, const cell *row, size_t from, size_t to, reb_buf *room) {
    reb_buf_clear(room);
    for (size_t i = from; i < to; i++) {
        if (row[i].len == 0) continue;
        if (room->len > 0) reb_buf_str(room, " · ");
        reb_buf_str(room, t->columns[i].title);
        reb_buf_str(room, " ");
        bool isolate = has_right_to_left(row[i].text, row[i].len);
        if (isolate) reb_buf_str(room, "\xE2\x81\xA8");
        reb_buf_str(room, row[i].text);
        if (isolate) reb_buf_str(room, "\xE2\x81\xA9");
    }
    if (room->len > 0) reb_term_paragraph(term, t->indent + 3, "", reb_buf_cstr(room));
}

/* The table without its empty columns. */
typedef struct narrowed {
    reb_table table;
    reb_table_column columns[MOST_COLUMNS];
    size_t from[MOST_COLUMNS]; /* where each column stood */
} narrowed;

static void leave_out_empty(narrowed *n, const reb_table *t) {
    n->table = *t;
    n->table.columns = n->columns;
    n->table.column_count = 0;
    for (size_t i = 0; i < t->column_count; i++) {
        if (!t->filled[i]) continue;
        size_t at = n->table.column_count++;
        n->columns[at] = t->columns[i];
        n->table.natural[at] = t->natural[i];
        n->from[at] = i;
    }
}

bool reb_table_print(const reb_table *t, const reb_term *term) {
    if (t == NULL || t->failed) return false;
    if (t->cell_count == 0) return true;
    narrowed n;
    leave_out_empty(&n, t);
    const reb_table *view = &n.table;
    if (view->column_count == 0) return true;
    size_t width[MOST_COLUMNS];
    size_t columns_all = view->column_count;
    bool fits = fit_widths(view, term->columns, width);
    for (size_t beside = columns_all; !fits && columns_all >= 4 && beside > columns_all - MOST_BELOW;) {
        n.table.column_count = --beside;
        fits = fit_widths(view, term->columns, width);
    }
    if (!fits) n.table.column_count = columns_all;
    size_t title_columns = 0;
    for (size_t i = 0; i < view->column_count; i++) {
        size_t columns = reb_utf8_columns(view->columns[i].title, strlen(view->columns[i].title));
        if (columns > title_columns) title_columns = columns;
    }
    if (fits) print_titles(view, term, width);
    reb_buf room = {0};
    bool first = true;
    for (const block *b = t->first; b != NULL; b = b->next) {
        for (size_t at = 0; at < b->used; at += t->column_count) {
            size_t cells = b->used - at < t->column_count ? b->used - at : t->column_count;
            cell row[MOST_COLUMNS] = {{.text = ""}};
            for (size_t i = 0; i < columns_all; i++) row[i] = n.from[i] < cells ? b->cells[at + n.from[i]] : (cell){.text = ""};
            if (fits) {
                print_row(view, term, row, view->column_count, width, &room);
                print_below(view, term, row, view->column_count, columns_all, &room);
            } else {
                if (!first) fputc('\n', term->file);
                print_as_block(view, term, row, view->column_count, title_columns);
            }
            first = false;
        }
    }
    bool whole = !room.failed;
    if (!whole) t->arena->failed = true;
    reb_buf_free(&room);
    return whole;
}
