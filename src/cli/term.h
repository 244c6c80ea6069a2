/* Where a command writes: how wide it is, and whether bold and dim may be used. */
#ifndef REB_CLI_TERM_H
#define REB_CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum reb_style { REB_STYLE_PLAIN, REB_STYLE_BOLD, REB_STYLE_DIM, REB_STYLE_WARN } reb_style;

typedef struct reb_term {
    FILE *file;     /* not owned */
    size_t columns; /* 0: no limit, nothing is cut or wrapped (a pipe or a file) */
    bool style;     /* bold and dim: on a terminal, unless NO_COLOR is set or TERM is "dumb" */
    bool live;      /* a terminal on which a line can be drawn again */
} reb_term;

/* Width: $COLUMNS (20..1000) when set, else the terminal's, else no limit. */
reb_term reb_term_of(FILE *file);

/* Writes `text` in a style; plain where styles are off. */
void reb_term_styled(const reb_term *t, reb_style style, const char *text);

/* Writes a paragraph broken at spaces to the width, each line after `indent` spaces; the first line begins with `head` (NULL: none)
   inside that indent. `text` must be harmless (reb_format_safe) wherever it came from outside. Ends with a line end. */
void reb_term_paragraph(const reb_term *t, size_t indent, const char *head, const char *text);

/* For paragraphs and tables: the next piece of text[0..len) that fits in `columns` (0: all of it), at least one character; broken after
   a space where there is one. *next is where to go on; the result is the piece's length without spaces at its end. */
size_t reb_term_break(const char *text, size_t len, size_t columns, size_t *next);

#endif
