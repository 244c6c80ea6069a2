/* Batches: one row a file imported, how far it got, and how it is taken back. */
#ifndef REB_DOMAIN_BATCH_H
#define REB_DOMAIN_BATCH_H

#include "business.h"

typedef struct reb_batch {
    int64_t batch_id;
    const char *source, *file_name, *file_hash, *format, *mapping;
    const char *state; /* running, done, undone */
    int64_t file_bytes;
    int64_t resume_record;           /* records wholly committed */
    const char *counts;              /* JSON */
    int64_t started_us, finished_us; /* finished_us 0: not yet */
} reb_batch;

/* The latest batch of this file, source and mapping that was not undone; out->batch_id 0 when there is none. Of the texts only state and
   counts are filled; they live in the arena. */
reb_status reb_batch_find(reb_batch *out, reb_store *s, const char *file_hash, const char *source, const char *mapping, reb_arena *arena,
                          reb_err *err);
/* Makes the row, or brings state, resume_record, counts and finished_us up to date. */
reb_status reb_batch_put(reb_store *s, const reb_batch *b, reb_err *err);
reb_status reb_batch_drop(reb_store *s, int64_t batch_id, reb_err *err);
/* Newest first; without hash and mapping. */
reb_status reb_batch_list(reb_batch **out, size_t *n, reb_store *s, reb_arena *arena, reb_err *err);

typedef struct reb_batch_undone {
    int64_t events, lines, customers, customers_kept, facts;
    int64_t cases, cases_kept; /* kept: somebody has acted in them since */
    const char *file_name;     /* in the arena */
} reb_batch_undone;

/* Takes a batch back, in one write transaction: its events, lines and facts go; customers and identities it brought go unless something
   that stays rests on them (other batches, acts by hand): those are then the earliest other batch's. What hangs on it is derived anew.
   Errors: NOT_FOUND, CONFLICT (undone already, or a later batch builds on it), STORE. */
reb_status reb_batch_undo(reb_batch_undone *out, reb_store *s, const reb_business *business, int64_t batch_id, int64_t now_us,
                          reb_arena *arena, reb_err *err);

#endif
