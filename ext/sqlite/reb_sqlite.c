/* SPDX-License-Identifier: Apache-2.0 */
/* Glue between SQLite and the mathematics: embedded in the program, or loaded into any sqlite3 as rebound_sqlite.so. */
#include "reb_sqlite.h"

#include "../common/functions.h"

#ifdef REB_SQLITE_LOADABLE
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
#define REB_ENTRY __attribute__((visibility("default")))
#else
#include <sqlite3.h>
#endif

static void fail(sqlite3_context *context, const reb_sql_function *f, int argument, const char *why) {
    int length;
    const char *name = reb_sql_argument_name(&length, f, argument);
    char *text = sqlite3_mprintf("%s: argument %d (%.*s) %s", f->name, argument + 1, length, name, why);
    if (text == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    sqlite3_result_error(context, text, -1);
    sqlite3_free(text);
}

static void call(sqlite3_context *context, int argc, sqlite3_value **argv) {
    const reb_sql_function *f = sqlite3_user_data(context);
    double v[REB_SQL_MAX_ARGS];
    double out;
    for (int i = 0; i < argc; i++) {
        int type = sqlite3_value_numeric_type(argv[i]);
        if (type == SQLITE_NULL) return; /* the result of a function that sets none is NULL */
        if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) {
            fail(context, f, i, "is not a number");
            return;
        }
        v[i] = sqlite3_value_double(argv[i]);
    }
    if (reb_sql_call(&out, f, v) == REB_NUM_OK) {
        sqlite3_result_double(context, out);
        return;
    }
    int wrong = reb_sql_wrong_argument(f, v);
    if (wrong >= 0) fail(context, f, wrong, "is outside its range");
}

int reb_sqlite_register(struct sqlite3 *db) {
    for (int i = 0; i < REB_SQL_FUNCTIONS; i++) {
        const reb_sql_function *f = &reb_sql_functions[i];
        int rc = sqlite3_create_function_v2(db, f->name, f->args, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, (void *)(size_t)f,
                                            call, NULL, NULL, NULL);
        if (rc != SQLITE_OK) return rc;
    }
    return SQLITE_OK;
}

#ifdef REB_SQLITE_LOADABLE
REB_ENTRY int sqlite3_rebound_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);
REB_ENTRY int sqlite3_extension_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);

/* The name that sqlite3 derives from the file when it is called rebound.so ... */
int sqlite3_rebound_init(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
    (void)message;
    SQLITE_EXTENSION_INIT2(api);
    return reb_sqlite_register(db);
}

/* ... and the one it tries first, whatever the file is called. */
int sqlite3_extension_init(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
    return sqlite3_rebound_init(db, message, api);
}
#endif
