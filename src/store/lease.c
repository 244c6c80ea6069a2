/* Leases: held by the operating system or the server for a living process, so that none survives a kill. */
#include "../base/rand.h"
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct reb_lease {
    reb_store *store;
    int fd;      /* SQLite */
    int64_t key; /* PostgreSQL */
};

static reb_status busy(const reb_store *s, const char *name, reb_err *err) {
    reb_fail(err, REB_E_BUSY, "Another %s is running on %s.", name, s->location);
    reb_err_next(err, "Try again when it has finished.");
    return REB_E_BUSY;
}

/* A file beside the database: a lock on the database's own file would disturb SQLite's. flock goes with the open file, so that two
   stores of one process exclude each other too. */
static reb_status take_file(reb_lease *l, const char *name, reb_err *err) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s-%s.lock", l->store->location, name);
    if (n < 0 || (size_t)n >= sizeof path) return reb_fail(err, REB_E_LIMIT, "The path of the database is too long.");
    l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (l->fd < 0) {
        reb_fail(err, REB_E_IO, "%s cannot be made: %s.", path, strerror(errno));
        reb_err_next(err, "The folder of the database must be one that you may write to.");
        return REB_E_IO;
    }
    if (flock(l->fd, LOCK_EX | LOCK_NB) == 0) return REB_OK;
    int why = errno;
    close(l->fd);
    l->fd = -1;
    return why == EWOULDBLOCK ? busy(l->store, name, err) : reb_fail(err, REB_E_IO, "%s cannot be locked: %s.", path, strerror(why));
}

/* Advisory locks belong to a database; one database may hold several businesses, each in a schema. */
static reb_status take_advisory(reb_lease *l, const char *name, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    bool taken = false;
    reb_status st = reb_query_raw(&q, l->store, "select current_schema()", REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && reb_col_text(q, 0) != NULL) {
        const char *schema = reb_col_text(q, 0);
        l->key = (int64_t)reb_hash64(reb_hash64(0, name, strlen(name)), schema, strlen(schema));
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    st = reb_query_raw(&q, l->store, "select pg_try_advisory_lock($1)", REB_ARGS(reb_i(l->key)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK) taken = row && reb_col_i64(q, 0) != 0;
    reb_stmt_close(q);
    return st == REB_OK && !taken ? busy(l->store, name, err) : st;
}

reb_status reb_lease_take(reb_lease **out, reb_store *s, const char *name, reb_err *err) {
    *out = NULL;
    reb_lease *l = calloc(1, sizeof *l);
    if (l == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a lease.");
    l->store = s;
    l->fd = -1;
    reb_status st = reb_store_engine(s) == REB_ENGINE_PG ? take_advisory(l, name, err) : take_file(l, name, err);
    if (st != REB_OK) {
        free(l);
        return st;
    }
    s->leases++;
    *out = l;
    return REB_OK;
}

void reb_lease_end(reb_lease *l) {
    if (l == NULL) return;
    reb_err ignored = {0};
    if (l->fd >= 0) close(l->fd);
    if (l->fd < 0) reb_exec_raw(l->store, "select pg_advisory_unlock($1)", REB_ARGS(reb_i(l->key)), &ignored);
    l->store->leases--;
    free(l);
}
