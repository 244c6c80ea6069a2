/* A help desk's log becomes cases: any file of rows (sheet/sheet.h) with a mapping (case_map.h), a row an event or a row a whole case.

   The file is read twice: for the form of its dates, then for the rows. A case's rows may stand anywhere in it. Cases are written in chunks
   of whole cases, each one transaction, under one batch; a stop keeps the chunks written, and the same file again goes on: what is known is
   not written again, what is new of a known case is appended. `rebound import undo` takes the batch back.

   What the log leaves out and the log of cases needs is written at the time of what follows from it: the opening at a case's first row, a
   decision (with the outcome that the mapping says) and its telling before a closing, a reopening before more work on a closed case. */
#ifndef REB_APP_CASE_IMPORT_H
#define REB_APP_CASE_IMPORT_H

#include "../base/json.h"
#include "../base/rand.h"
#include "../domain/business.h"

enum { REB_LOG_ROWS_MOST = 2000000, REB_LOG_FAULTS = 20, REB_LOG_CHUNK_CASES = 250 };

typedef struct reb_case_import_in {
    const char *path;
    const char *name; /* of the file, to remember; NULL: the last part of path */
    const char *map;  /* the mapping's text */
    size_t map_bytes;
    const char *source;   /* label of the system it comes from; NULL: "log" */
    const char *encoding; /* NULL: find out */
    bool dry_run;
    const reb_business *business;
    reb_ids *ids;
    int64_t now_us;                                           /* no row may tell of later */
    const volatile int *stop;                                 /* may be NULL; not 0: ends with INTERRUPTED after the present chunk */
    bool (*progress)(void *ctx, double share, int64_t cases); /* may be NULL; false stops */
    void *ctx;
} reb_case_import_in;

typedef struct reb_case_import_fault {
    int64_t line;
    const char *reason; /* static */
    char value[64];
} reb_case_import_fault;

typedef struct reb_case_import_out {
    int64_t batch_id; /* 0: nothing new, or dry */
    int64_t rows, refused;
    int64_t cases, cases_new, cases_known;
    int64_t events;       /* written, those that followed among them */
    int64_t implied;      /* of these: not in the log, but following from it */
    int64_t events_known; /* were there already */
    int64_t events_left;  /* could not stand where they came: resumed without waiting, closed twice */
    reb_case_import_fault faults[REB_LOG_FAULTS];
    int fault_count;
} reb_case_import_out;

/* Errors: NOT_FOUND, IO, LIMIT (rows), INPUT (the mapping; a column that is not there; dates that can be read in two ways; an activity of
   which nothing is said), INTERRUPTED, STORE. */
reb_status reb_case_import(reb_case_import_out *out, reb_store *s, const reb_case_import_in *in, reb_err *err);
void reb_case_import_json(reb_json *w, const reb_case_import_out *r);

/* A mapping to begin with, from the file's columns and the values of what looks like its activity. In the arena. */
reb_status reb_case_import_draft(const char **out, const char *path, const char *encoding, reb_arena *a, reb_err *err);

#endif
