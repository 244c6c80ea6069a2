/* Inside src/sheet only: one JSON object flattened to named fields. */
#ifndef REB_SHEET_JSON_OBJECT_H
#define REB_SHEET_JSON_OBJECT_H

#include "../base/arena.h"
#include "../base/err.h"
#include "../text/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a value ends, found piece by piece. Zero-initialise; show the same bytes again with more behind. True: span.pos is its
   length. Only brackets and strings are looked at; the grammar is checked when the value is read. */
typedef struct reb_json_span {
    size_t pos;
    int depth;
    bool in_string, escaped, begun;
} reb_json_span;
bool reb_json_span_end(reb_json_span *span, const char *d, size_t len, bool eof);

/* Names in the order in which they came, with a hash table. Zero-initialise. */
typedef struct reb_json_names {
    reb_slice *names; /* owned, each of them too */
    size_t n, cap;
    uint32_t *slots; /* index + 1 */
    size_t n_slots;
} reb_json_names;
void reb_json_names_close(reb_json_names *t);

typedef struct reb_json_fault {
    size_t at; /* byte of the object */
    const char *what;
} reb_json_fault;

/* Reads the object d[0..len). With fields NULL new names are added to *t; otherwise fields[i] becomes the value of name i (text in
   d or in the arena; names that are not in *t are passed over). REB_E_INPUT and REB_E_LIMIT with *fault; REB_E_MEMORY. */
reb_status reb_json_read_object(reb_json_names *t, reb_slice *fields, const char *d, size_t len, reb_arena *arena, reb_json_fault *fault);

#endif
