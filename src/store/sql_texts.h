/* The queries and migrations of sql/, as the build embeds them (build/gen/sql_texts.c). For the two engines only. */
#ifndef REB_STORE_SQL_TEXTS_H
#define REB_STORE_SQL_TEXTS_H

#include "sql_names.h"

#include <stddef.h>

typedef struct reb_sql_text {
    const char *name;
    const char *sqlite; /* NULL: not on this engine */
    const char *pg;
} reb_sql_text;

typedef struct reb_migration_text {
    const char *name; /* file name, 0001_main.sql */
    const char *text; /* the whole file */
} reb_migration_text;

extern const reb_sql_text reb_sql_texts[REB_SQL_COUNT + 1]; /* by reb_sql; one more for the end */
extern const reb_migration_text reb_migrations[];           /* in order; ends with a NULL name */

#endif
