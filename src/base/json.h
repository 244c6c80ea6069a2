/* JSON out: written straight into a reb_buf, commas and escapes looked after. JSON in is cJSON's.
   Rules of the API: money is an integer in minor units, an instant is RFC 3339 text in UTC, an id is a string (JavaScript
   numbers hold 53 bits only). */
#ifndef REB_BASE_JSON_H
#define REB_BASE_JSON_H

#include "buf.h"

#include <stdint.h>

typedef struct reb_json {
    reb_buf *out;    /* not owned */
    unsigned depth;  /* open objects and arrays; at most 63 */
    uint64_t filled; /* bit d: the container at depth d already has a member */
    bool after_key;  /* the next value belongs to a key just written */
} reb_json;

/* `reb_json w = {.out = &buf};` starts a document. Keys must be valid UTF-8; in strings, bytes that are not valid UTF-8 are
   written as U+FFFD. */
void reb_json_obj(reb_json *w);     /* { */
void reb_json_obj_end(reb_json *w); /* } */
void reb_json_arr(reb_json *w);     /* [ */
void reb_json_arr_end(reb_json *w); /* ] */
void reb_json_key(reb_json *w, const char *key);
void reb_json_str(reb_json *w, const char *s); /* NULL writes null */
void reb_json_strn(reb_json *w, const char *s, size_t n);
void reb_json_i64(reb_json *w, int64_t v);
void reb_json_f64(reb_json *w, double v); /* shortest text that reads back the same; not finite writes null */
void reb_json_bool(reb_json *w, bool v);
void reb_json_null(reb_json *w);
void reb_json_raw(reb_json *w, const char *json); /* a value that is JSON already */

/* Key and value in one call. */
void reb_json_kstr(reb_json *w, const char *key, const char *s);
void reb_json_ki64(reb_json *w, const char *key, int64_t v);
void reb_json_kf64(reb_json *w, const char *key, double v);
void reb_json_kbool(reb_json *w, const char *key, bool v);
void reb_json_knull(reb_json *w, const char *key);
void reb_json_kid(reb_json *w, const char *key, int64_t id);        /* an id, as a string */
void reb_json_ktime(reb_json *w, const char *key, int64_t time_us); /* an instant, "2026-05-01T10:00:00Z" */
void reb_json_kday(reb_json *w, const char *key, int64_t day);      /* a civil day, "2026-05-01" */

#endif
