#include "csv_disarm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK = 64, HEAD = 65536 };

bool reb_csv_cell_armed(const char *cell, size_t n) {
    if (n == 0) return false;
    if (strchr("=@\t\r", cell[0]) != NULL) return cell[0] != '\0';
    if (cell[0] != '+' && cell[0] != '-') return false;
    for (size_t i = 1; i < n; i++)
        if (strchr("0123456789 .,()/", cell[i]) == NULL || cell[i] == '\0') return true; /* -5.00 and +30 210 1234567 stay as they are */
    return n == 1;
}

typedef struct disarming {
    FILE *in, *out;
    char delimiter;
    char cell[LOOK]; /* the beginning of the cell that is being read, not yet written */
    size_t held;
    bool holding, quoted, in_quotes;
} disarming;

/* Writes what was held back of a cell, with the apostrophe where it needs one. */
static void let_go(disarming *d, bool whole) {
    if (!d->holding) return;
    d->holding = false;
    bool armed = reb_csv_cell_armed(d->cell, d->held) || (!whole && d->held > 0 && strchr("+-", d->cell[0]) != NULL);
    if (armed) putc('\'', d->out);
    fwrite(d->cell, 1, d->held, d->out);
}

static void begin_cell(disarming *d) {
    d->holding = true;
    d->quoted = d->in_quotes = false;
    d->held = 0;
}

static void take(disarming *d, char c) {
    bool first = d->holding && d->held == 0 && !d->quoted;
    if (c == '"' && first) {
        d->quoted = d->in_quotes = true;
        putc(c, d->out);
        return;
    }
    if (d->quoted && c == '"') { /* the end, or the first half of "" */
        let_go(d, true);
        d->in_quotes = !d->in_quotes;
        putc(c, d->out);
        return;
    }
    bool ends = !d->in_quotes && (c == d->delimiter || c == '\n');
    if (ends) {
        let_go(d, true);
        putc(c, d->out);
        begin_cell(d);
        return;
    }
    if (!d->holding) {
        putc(c, d->out);
        return;
    }
    d->cell[d->held++] = c;
    if (d->held == LOOK) let_go(d, false);
}

/* The column of our own in the heading tells which sign parts the cells. */
static char delimiter_of(FILE *f) {
    char *head = malloc(HEAD);
    size_t n = head != NULL ? fread(head, 1, HEAD, f) : 0;
    const char *own = n > 0 ? memmem(head, n, "rebound_line", 12) : NULL;
    char d = own != NULL && own > head ? own[-1] : ',';
    if (d == '"' && own - head > 1) d = own[-2];
    free(head);
    rewind(f);
    return d;
}

static int unnamed_file(const char *folder) {
    char path[1200];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    snprintf(path, sizeof path, "%s/disarmed.XXXXXX", folder);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    return fd;
}

reb_status reb_csv_disarm(int *out, int in, const char *folder, reb_err *err) {
    *out = -1;
    int from = dup(in);
    int to = unnamed_file(folder);
    disarming d = {.in = from >= 0 ? fdopen(from, "rb") : NULL, .out = to >= 0 ? fdopen(dup(to), "wb") : NULL};
    bool ok = d.in != NULL && d.out != NULL;
    if (ok) {
        rewind(d.in); /* the descriptor is shared with whoever opened it */
        d.delimiter = delimiter_of(d.in);
        for (int i = 0; i < 3; i++) putc(getc(d.in), d.out); /* the byte-order mark that such a file begins with */
        begin_cell(&d);
        for (int c = getc(d.in); c != EOF; c = getc(d.in)) take(&d, (char)c);
        let_go(&d, true);
        ok = !ferror(d.in) && !ferror(d.out);
    }
    if (d.in != NULL) fclose(d.in);
    if (d.in == NULL && from >= 0) close(from);
    if (d.out != NULL) ok = fclose(d.out) == 0 && ok;
    if (ok) ok = lseek(to, 0, SEEK_SET) == 0;
    if (!ok) {
        reb_fail(err, REB_E_IO, "The file of refused rows cannot be copied: %s.", strerror(errno));
        if (to >= 0) close(to);
        return REB_E_IO;
    }
    *out = to;
    return REB_OK;
}
