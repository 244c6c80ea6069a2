/* Progress of long work: a bar on a terminal, a line now and then in a log, JSON lines for a program. Always on standard error.

       reb_progress p;
       reb_progress_start(&p, cli->err, cli->json, "import", "rows");
       reb_progress_update(&p, bytes_read, bytes_total, rows);      as often as one likes
       reb_progress_end(&p);

   A bar is drawn at most ten times a second, a line every five seconds, JSON twice a second. */
#ifndef REB_CLI_PROGRESS_H
#define REB_CLI_PROGRESS_H

#include "term.h"

#include <stdint.h>

typedef enum reb_progress_mode { REB_PROGRESS_BAR, REB_PROGRESS_LINES, REB_PROGRESS_JSON } reb_progress_mode;

typedef struct reb_progress {
    reb_term term;
    reb_progress_mode mode;
    const char *what;              /* "import" */
    const char *unit;              /* "rows": what `count` counts; "" where only the share counts */
    int64_t (*monotonic_us)(void); /* reb_monotonic_us, or a test's */
    int64_t started_us;
    int64_t drawn_us; /* when it was last drawn; started_us before the first time */
    int64_t done;
    int64_t total; /* 0: not known */
    int64_t count;
    bool on_screen; /* a bar stands on the current line */
    bool drawn;
} reb_progress;

/* `what` and `unit` must outlive p. */
void reb_progress_start(reb_progress *p, FILE *err, bool json, const char *what, const char *unit);
/* done of total (any measure, bytes for instance; total 0: unknown) and how many `unit`s so far. Cheap. */
void reb_progress_update(reb_progress *p, int64_t done, int64_t total, int64_t count);
/* Takes the bar away, so that something else can be written; the next update draws it again. */
void reb_progress_clear(reb_progress *p);
/* Takes the bar away; in JSON the last state is always told. */
void reb_progress_end(reb_progress *p);

#endif
