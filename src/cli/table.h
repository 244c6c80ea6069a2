/* Tables on a terminal: columns aligned by what a terminal shows (wide, combining, right-to-left letters), fitted to its width.

       static const reb_table_column columns[] = {
           {.title = "Customer", .fit = REB_FIT_CUT, .least = 10},
           {.title = "At stake", .right = true},
           {.title = "Why", .fit = REB_FIT_WRAP, .least = 16},
           {0},
       };
       reb_table *t = reb_table_new(cli->arena, columns);
       reb_table_words(t, name);
       reb_table_text(t, reb_format_money(money, minor, currency, REB_MONEY_SIGN));
       reb_table_words(t, why);
       reb_table_print(t, &term);

   Too wide for the terminal: columns that allow it are cut or wrapped, down to `least`; when even that does not fit, the last
   column, or the last two, stand under their row ("Id 42"); else each row is printed as a small block of "Title  value" lines. Without a
   width (a pipe) nothing is cut. A column in which nothing stands is left out.
 */
#ifndef REB_CLI_TABLE_H
#define REB_CLI_TABLE_H

#include "term.h"

#include "../base/arena.h"

#include <stdint.h>

typedef enum reb_table_fit {
    REB_FIT_WHOLE, /* always shown whole: numbers, dates, ids */
    REB_FIT_CUT,   /* may end in an ellipsis */
    REB_FIT_WRAP,  /* may run over several lines */
} reb_table_fit;

typedef struct reb_table_column {
    const char *title; /* NULL ends the list; "" for a column without title */
    bool right;        /* numbers: aligned to the right */
    reb_table_fit fit;
    size_t least; /* narrowest it may become, in columns; 0 means 8 */
    reb_style style;
} reb_table_column;

typedef struct reb_table reb_table;

/* `columns` ends with a NULL title, has at most 32 entries and outlives the table. Everything lives in the arena. NULL: no memory. */
reb_table *reb_table_new(reb_arena *arena, const reb_table_column *columns);

/* The next cell, left to right, row after row; copied. `text` is our own and is taken as it is; `words` came from outside and are made
   harmless first (reb_format_safe). NULL is an empty cell. All do nothing on a NULL table. */
void reb_table_text(reb_table *t, const char *text);
void reb_table_words(reb_table *t, const char *words);
void reb_table_printf(reb_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void reb_table_count(reb_table *t, int64_t n); /* 541,909 */

size_t reb_table_rows(const reb_table *t);

/* Spaces before every line; 0 unless set. */
void reb_table_indent(reb_table *t, size_t indent);

/* Prints title line and rows; a table without rows prints nothing. Returns false when memory ran out on the way (the arena remembers it
 * too). */
bool reb_table_print(const reb_table *t, const reb_term *term);

#endif
