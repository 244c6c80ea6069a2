/* Backup and restore: files that appear whole or not at all. */
#include "copy_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static reb_status path_with(char out[PATH_ROOM], const char *path, const char *end, reb_err *err) {
    int n = snprintf(out, PATH_ROOM, "%s%s", path, end);
    return n >= 0 && n < PATH_ROOM ? REB_OK : reb_fail(err, REB_E_LIMIT, "The path %.100s... is too long.", path);
}

static bool exists(const char *path) {
    struct stat info;
    return lstat(path, &info) == 0;
}

/* A name beside `path` that nobody else uses. */
static reb_status part_name(char out[PATH_ROOM], const char *path, reb_err *err) {
    char end[48];
    snprintf(end, sizeof end, ".part-%ld", (long)getpid());
    return path_with(out, path, end, err);
}

static void remove_with_log(const char *path) {
    static const char *const k_ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof k_ends / sizeof k_ends[0]; i++) {
        char name[PATH_ROOM];
        if (path_with(name, path, k_ends[i], NULL) == REB_OK) unlink(name);
    }
}

/* What copies to `path` that were killed have left beside it: files named for a process that is no more. */
static void remove_leftovers(const char *path) {
    char folder[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    int n = slash == NULL || slash == path ? 1 : (int)(slash - path);
    snprintf(folder, sizeof folder, "%.*s", n, slash == NULL ? "." : path);
    DIR *dir = opendir(folder);
    if (dir == NULL) return;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        const char *name = entry->d_name;
        size_t length = strlen(base);
        char *end = NULL;
        if (strncmp(name, base, length) != 0 || strncmp(name + length, ".part-", 6) != 0) continue;
        long pid = strtol(name + length + 6, &end, 10);
        if (pid <= 0 || (*end != '\0' && *end != '-') || kill((pid_t)pid, 0) == 0 || errno != ESRCH) continue;
        unlinkat(dirfd(dir), name, 0);
    }
    closedir(dir);
}

static reb_status flush_path(const char *path, int flags, reb_err *err) {
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return reb_fail(err, REB_E_IO, "%s cannot be opened: %s.", path, strerror(errno));
    int rc = fsync(fd);
    int why = errno;
    close(fd);
    return rc == 0 ? REB_OK : reb_fail(err, REB_E_IO, "%s cannot be flushed to disk: %s.", path, strerror(why));
}

/* The entry of `path` in its folder, on disk. */
static reb_status flush_folder(const char *path, reb_err *err) {
    char folder[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    int n = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    snprintf(folder, sizeof folder, "%.*s", n, slash == NULL ? "." : path);
    return flush_path(folder, O_RDONLY | O_DIRECTORY, err);
}

static reb_status check_sound(reb_store *s, const char *what, reb_err *err) {
    int64_t problems = 0;
    char first[200];
    reb_status st = reb_store_integrity(&problems, first, sizeof first, s, err);
    if (st == REB_OK && problems > 0) st = reb_fail(err, REB_E_STORE, "%s is damaged: %s.", what, first);
    return st;
}

/* --- backup --------------------------------------------------------------------------------------------------------------------------- */

static reb_status forget_passing(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    reb_status st = REB_OK;
    for (const char *const *table = reb_copy_passing; st == REB_OK && *table != NULL; table++) {
        char sql[80];
        snprintf(sql, sizeof sql, "delete from %s", *table);
        st = reb_exec_raw(s, sql, REB_NO_ARGS, err);
    }
    return st;
}

/* Pages are copied as they are: what passes is taken out afterwards, before the copy has its name. */
static reb_status write_pages(reb_store *s, const char *part, reb_copy_progress progress, void *ctx, reb_err *err) {
    reb_store *to = NULL;
    reb_status st = reb_sqlite_copy_pages(s, part, progress, ctx, err);
    if (st == REB_OK) st = reb_store_open(&to, part, 0, err);
    if (st == REB_OK) st = reb_store_write(to, forget_passing, NULL, err);
    if (st == REB_OK) st = reb_sqlite_alone(to, err);
    reb_store_close(to);
    return st;
}

static reb_status write_part(reb_store *s, const char *part, reb_copy_progress progress, void *ctx, reb_err *err) {
    if (reb_store_engine(s) == REB_ENGINE_SQLITE) return write_pages(s, part, progress, ctx, err);
    reb_store *to = NULL;
    reb_status st = reb_store_open(&to, part, REB_OPEN_CREATE, err);
    if (st == REB_OK) st = reb_copy_rows(to, s, false, progress, ctx, err);
    if (st == REB_OK) st = reb_sqlite_alone(to, err);
    reb_store_close(to);
    return st;
}

static reb_status check_part(const char *part, reb_err *err) {
    reb_store *s = NULL;
    reb_status st = reb_store_open(&s, part, REB_OPEN_READ_ONLY, err);
    if (st == REB_OK) st = check_sound(s, "The copy", err);
    reb_store_close(s);
    return st;
}

reb_status reb_store_backup(int64_t *bytes, reb_store *s, const char *path, bool replace, reb_copy_progress progress, void *ctx,
                            reb_err *err) {
    char part[PATH_ROOM];
    struct stat info;
    if (bytes != NULL) *bytes = 0;
    if (exists(path) && !replace) {
        reb_fail(err, REB_E_CONFLICT, "%s is there already and stays as it is.", path);
        reb_err_next(err, "Choose another name, or replace it with --force.");
        return REB_E_CONFLICT;
    }
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) return reb_fail(err, REB_E_CONFLICT, "%s is no ordinary file.", path);
    if (reb_store_engine(s) == REB_ENGINE_SQLITE) {
        struct stat own;
        if (stat(path, &info) == 0 && stat(reb_store_location(s), &own) == 0 && info.st_ino == own.st_ino && info.st_dev == own.st_dev)
            return reb_fail(err, REB_E_CONFLICT, "%s is the database itself.", path);
    }
    reb_status st = part_name(part, path, err);
    if (st != REB_OK) return st;
    remove_with_log(part);
    remove_leftovers(path);
    st = write_part(s, part, progress, ctx, err);
    if (st == REB_OK) st = check_part(part, err);
    if (st == REB_OK) st = flush_path(part, O_RDWR, err);
    if (st == REB_OK && bytes != NULL && stat(part, &info) == 0) *bytes = (int64_t)info.st_size;
    if (st == REB_OK && rename(part, path) != 0) st = reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
    remove_with_log(part);
    return st == REB_OK ? flush_folder(path, err) : st;
}

/* --- restore -------------------------------------------------------------------------------------------------------------------------- */

/* Is this statement, as SQLite keeps it, word for word one of the migrations'? */
static reb_status is_ours(bool *ours, const char *sql, reb_err *err) {
    static const char begins[] = "CREATE TRIGGER ";
    *ours = false;
    if (sql == NULL || strncmp(sql, begins, sizeof begins - 1) != 0) return REB_OK;
    for (size_t i = 0; reb_migrations[i].name != NULL && !*ours; i++) {
        char *text = reb_migration_for(REB_ENGINE_SQLITE, reb_migrations[i].text);
        if (text == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to look at the backup.");
        const char *at = strstr(text, sql + sizeof begins - 1);
        *ours = at != NULL && at > text && at[-1] == ' ' && at[strlen(sql + sizeof begins - 1)] == ';';
        free(text);
    }
    return REB_OK;
}

/* Of triggers there are the audit log's guards, as the migrations make them; views none. A file that has others was made by somebody who
   wants them to run here. */
static reb_status check_plain(reb_store *s, const char *path, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query_raw(&q, s, "select name, type, sql from sqlite_master where type in ('trigger', 'view')", REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        bool ours = false;
        if (strcmp(reb_col_text(q, 1), "trigger") == 0) st = is_ours(&ours, reb_col_text(q, 2), err);
        if (st != REB_OK) break;
        if (ours) continue;
        st = reb_fail(err, REB_E_CONFLICT, "%s holds \"%.100s\", which no backup has.", path, reb_col_text(q, 0));
    }
    reb_stmt_close(q);
    return st;
}

static reb_status open_backup(reb_store **out, const char *path, reb_err *err) {
    *out = NULL;
    reb_status st = reb_store_open(out, path, REB_OPEN_READ_ONLY, err);
    if (st == REB_OK) st = check_sound(*out, path, err);
    if (st == REB_OK) st = check_plain(*out, path, err);
    if (st != REB_OK) reb_err_next(err, "Nothing was changed. Take another backup.");
    if (st == REB_OK || *out == NULL) return st;
    reb_store_close(*out);
    *out = NULL;
    return st;
}

static reb_status is_occupied(const char *location, reb_err *err) {
    reb_fail(err, REB_E_CONFLICT, "There is a business in %s already; it stays as it is.", location);
    reb_err_next(err, "Name another place with --db, or replace it with --force.");
    return REB_E_CONFLICT;
}

/* Nobody else may have the old database open: they would go on writing into the one that is put aside. A database too damaged to open
   cannot be in use; its log moves aside with it. */
static reb_status make_alone(const char *location, reb_err *err) {
    reb_store *old = NULL;
    reb_err ignored = {0};
    if (reb_sqlite_open(&old, location, 0, &ignored) != REB_OK) return REB_OK;
    reb_status st = reb_sqlite_alone(old, &ignored);
    reb_store_close(old);
    if (st != REB_E_BUSY) return REB_OK;
    reb_fail(err, REB_E_BUSY, "%s is in use.", location);
    reb_err_next(err, "Stop the server and other commands that use it, then try again.");
    return REB_E_BUSY;
}

static void move_log_aside(const char *location, const char *kept) {
    static const char *const k_ends[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof k_ends / sizeof k_ends[0]; i++) {
        char from[PATH_ROOM];
        char to[PATH_ROOM];
        if (path_with(from, location, k_ends[i], NULL) != REB_OK || path_with(to, kept, k_ends[i], NULL) != REB_OK) continue;
        if (rename(from, to) != 0 && errno == ENOENT) unlink(to); /* one that an earlier restore has left there */
    }
}

/* New for old. The exchange is one step, so that there is a database at `location` at every moment. */
static reb_status put_in_place(const char *part, const char *location, reb_err *err) {
    char kept[PATH_ROOM];
    reb_status st = path_with(kept, location, ".before-restore", err);
    if (st != REB_OK) return st;
    if (exists(location)) {
        move_log_aside(location, kept);
        if (renameat2(AT_FDCWD, part, AT_FDCWD, location, RENAME_EXCHANGE) == 0) {
            if (rename(part, kept) == 0) return flush_folder(location, err);
            return reb_fail(err, REB_E_IO, "The old database could not be renamed and is now %s.", part);
        }
        if (rename(location, kept) != 0) return reb_fail(err, REB_E_IO, "%s cannot be put aside: %s.", location, strerror(errno));
    }
    if (rename(part, location) != 0) return reb_fail(err, REB_E_IO, "%s cannot be written: %s.", location, strerror(errno));
    return flush_folder(location, err);
}

static reb_status restore_file(const char *location, reb_store *from, bool replace, reb_copy_progress progress, void *ctx, reb_err *err) {
    char part[PATH_ROOM];
    struct stat here;
    struct stat there;
    if (exists(location) && !replace) return is_occupied(location, err);
    if (stat(location, &here) == 0 && !S_ISREG(here.st_mode)) return reb_fail(err, REB_E_CONFLICT, "%s is no ordinary file.", location);
    if (stat(location, &here) == 0 && stat(reb_store_location(from), &there) == 0 && here.st_ino == there.st_ino &&
        here.st_dev == there.st_dev)
        return reb_fail(err, REB_E_CONFLICT, "%s is the database itself.", location);
    reb_status st = part_name(part, location, err);
    if (st != REB_OK) return st;
    remove_with_log(part);
    remove_leftovers(location);
    st = reb_sqlite_copy_pages(from, part, progress, ctx, err);
    if (st == REB_OK) st = check_part(part, err);
    if (st == REB_OK) st = flush_path(part, O_RDWR, err);
    if (st == REB_OK && exists(location)) st = make_alone(location, err);
    if (st == REB_OK) return put_in_place(part, location, err);
    remove_with_log(part);
    return st;
}

static reb_status pg_occupied(bool *occupied, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    reb_status st = reb_query_raw(&q, s,
                                  "select 1 where exists (select 1 from setting) or exists (select 1 from customer)"
                                  " or exists (select 1 from import_batch)",
                                  REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, occupied, err);
    reb_stmt_close(q);
    return st;
}

static reb_status restore_rows(const char *location, reb_store *from, bool replace, reb_copy_progress progress, void *ctx, reb_err *err) {
    reb_store *to = NULL;
    bool occupied = false;
    reb_status st = reb_store_open(&to, location, REB_OPEN_CREATE, err);
    if (st == REB_OK) st = pg_occupied(&occupied, to, err);
    if (st == REB_OK && occupied && !replace) st = is_occupied(reb_store_location(to), err);
    if (st == REB_OK) st = reb_copy_rows(to, from, true, progress, ctx, err);
    reb_store_close(to);
    return st;
}

reb_status reb_store_restore(const char *location, const char *path, bool replace, reb_copy_progress progress, void *ctx, reb_err *err) {
    reb_store *from = NULL;
    bool pg = strncmp(location, "postgresql://", 13) == 0 || strncmp(location, "postgres://", 11) == 0;
    reb_status st = open_backup(&from, path, err);
    if (st != REB_OK) return st;
    st = pg ? restore_rows(location, from, replace, progress, ctx, err) : restore_file(location, from, replace, progress, ctx, err);
    reb_store_close(from);
    return st;
}
