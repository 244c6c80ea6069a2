#include "engine.h"
reb_status reb_pg_open(reb_store **out, const char *uri, unsigned flags, reb_err *err) {
    (void)uri;
    (void)flags;
    *out = NULL;
    return reb_fail(err, REB_E_STORE, "PostgreSQL is not supported by this build yet.");
}
