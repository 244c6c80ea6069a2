/* The declared shapes (api/types.def): look-up and validation. Everything here is constant and may be used from any thread. */
#ifndef REB_HTTP_TYPES_H
#define REB_HTTP_TYPES_H

#include "../base/err.h"
#include "../base/json.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum reb_kind {
    REB_KIND_ID,
    REB_KIND_TEXT,
    REB_KIND_ENUM,
    REB_KIND_INT,
    REB_KIND_NUM,
    REB_KIND_BOOL,
    REB_KIND_TIME,
    REB_KIND_DAY,
    REB_KIND_OBJ,
    REB_KIND_MAP,
    REB_KIND_ANY,
    REB_KIND_LIST_OBJ,
    REB_KIND_LIST_TEXT,
    REB_KIND_LIST_ID,
} reb_kind;

typedef enum reb_need { REB_NEED_MUST, REB_NEED_NULLS, REB_NEED_MAY, REB_NEED_MAYNULL } reb_need;

typedef struct reb_field {
    const char *type_name; /* set on the row that starts a type; then the rest but `name` (its sentence) is empty */
    const char *name;
    reb_kind kind;
    const char *ref;
    reb_need need;
    double least, most;
    const char *sentence;
    bool personal; /* names somebody or lets find them: not for an analyst */
} reb_field;

/* A type's first field; *count gets how many. NULL when no type has that name. */
const reb_field *reb_type_find(const char *name, size_t *count);
const reb_field *reb_type_field(const char *type, const char *field); /* NULL when there is none */

/* Does `value` have the shape `type` ("NONE" and "ANY" accept everything)? The error names the member: "customers[3].name".
   `strict` refuses members that are not declared. Errors: USAGE. */
reb_status reb_type_check(const cJSON *value, const char *type, bool strict, reb_err *err);

/* Is `text` a value of this scalar field, as in a query string or a path? Errors: USAGE, naming the field. */
reb_status reb_field_check_text(const reb_field *f, const char *text, reb_err *err);

/* components/schemas of OpenAPI 3.1: one JSON object of all types. */
void reb_types_openapi(reb_json *w);
void reb_field_openapi(reb_json *w, const reb_field *f); /* one field's schema */

#endif
