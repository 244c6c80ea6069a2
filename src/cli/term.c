#include "term.h"

#include "../text/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static size_t width_from_environment(void) {
    const char *text = getenv("COLUMNS");
    if (text == NULL || *text == '\0') return 0;
    char *end = NULL;
    long v = strtol(text, &end, 10);
    return *end == '\0' && v >= 20 && v <= 1000 ? (size_t)v : 0;
}

reb_term reb_term_of(FILE *file) {
    reb_term t = {.file = file};
    int fd = fileno(file);
    bool terminal = fd >= 0 && isatty(fd) != 0;
    const char *no_color = getenv("NO_COLOR");
    const char *kind = getenv("TERM");
    bool dumb = kind == NULL || strcmp(kind, "dumb") == 0;
    t.live = terminal && !dumb;
    t.style = terminal && !dumb && (no_color == NULL || *no_color == '\0');
    t.columns = width_from_environment();
    struct winsize size = {0};
    if (t.columns == 0 && terminal) {
        bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20;
        t.columns = known ? size.ws_col : 80;
    }
    return t;
}

void reb_term_styled(const reb_term *t, reb_style style, const char *text) {
    static const char *const on[] = {"", "\033[1m", "\033[2m", "\033[33m"};
    if (!t->style || style == REB_STYLE_PLAIN) {
        fputs(text, t->file);
    } else {
        fprintf(t->file, "%s%s\033[0m", on[style], text);
    }
}

size_t reb_term_break(const char *text, size_t len, size_t columns, size_t *next) {
    size_t used = 0;
    size_t i = 0;
    size_t space = 0; /* where the last space began; 0: none yet */
    while (i < len) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, text + i, len - i);
        size_t width = reb_utf8_columns(text + i, n);
        if (columns > 0 && used + width > columns && i > 0) break;
        if (text[i] == ' ') space = i;
        used += width;
        i += n;
    }
    size_t end = i;
    if (i < len && text[i] != ' ' && space > 0) end = space; /* break at the space rather than inside a word */
    size_t go_on = end;
    while (go_on < len && text[go_on] == ' ') go_on++;
    while (end > 0 && text[end - 1] == ' ') end--;
    *next = go_on;
    return end;
}

void reb_term_paragraph(const reb_term *t, size_t indent, const char *head, const char *text) {
    size_t len = strlen(text);
    size_t room = t->columns > indent + 10 ? t->columns - indent : t->columns > 0 ? 10 : 0;
    size_t head_columns = head != NULL ? reb_utf8_columns(head, strlen(head)) : 0;
    fprintf(t->file, "%s%*s", head != NULL ? head : "", (int)(indent > head_columns ? indent - head_columns : 0), "");
    bool first = true;
    do {
        size_t next;
        size_t piece = reb_term_break(text, len, room, &next);
        if (!first) fprintf(t->file, "%*s", (int)indent, "");
        fwrite(text, 1, piece, t->file);
        fputc('\n', t->file);
        text += next;
        len -= next;
        first = false;
    } while (len > 0);
}
