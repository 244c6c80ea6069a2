/* Parts of one import that is under way. Internal to the import. */
#ifndef REB_APP_IMPORT_RUN_H
#define REB_APP_IMPORT_RUN_H

#include "../domain/batch.h"
#include "import_build.h"

#include <stdio.h>

#define REB_HASH_TEXT 65

/* BLAKE2b-256 of the whole file, in hex. IO, INPUT when it is no ordinary file. */
reb_status reb_import_hash(char out[REB_HASH_TEXT], const char *path, reb_err *err);

const char *reb_import_country(const reb_plan *p);

/* ---- import_rejects.c: rows that were refused, to be mended and imported again ---- */

typedef struct reb_rejects {
    const char *path; /* NULL: not wanted */
    FILE *file;
    int64_t bytes; /* written so far */
    reb_buf line;
} reb_rejects;

/* Goes on after `keep_bytes` of an earlier run (0: a new file, made with the first row). */
reb_status reb_rejects_open(reb_rejects *r, const char *path, int64_t keep_bytes, reb_err *err);
reb_status reb_rejects_add(reb_rejects *r, const reb_plan *p, const reb_sheet_info *info, const reb_reject_row *rows, size_t n,
                           reb_err *err);
reb_status reb_rejects_close(reb_rejects *r, reb_err *err);

/* ---- import_report.c: what is told and remembered ---- */

typedef struct reb_import_state { /* of a run, as remembered with its batch */
    reb_ingest_counts ingest;
    reb_build_counts build;
    reb_sheet_mark mark;
    int64_t rejects_bytes;
} reb_import_state;

void reb_import_counts_of(reb_import_counts *out, const reb_import_state *s);
/* JSON for import_batch.counts; with `resume`, what a later run needs to go on. */
void reb_import_state_json(reb_json *w, const reb_import_state *s, bool resume);
bool reb_import_state_parse(reb_import_state *out, reb_import_counts *counts, const char *json);
/* JSON for import_batch.mapping: how the file was taken; the same file taken the same way gives the same text. */
const char *reb_import_mapping_json(const reb_plan *p, reb_arena *arena);
/* What the plan says, into the result. */
void reb_import_describe(reb_import_result *out, const reb_plan *p, const reb_sheet_info *info, reb_arena *arena);
void reb_import_status_remarks(reb_plan *p, const reb_status_seen *seen, size_t n);

#endif
