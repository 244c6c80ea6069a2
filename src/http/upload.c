#include "upload.h"

#include "../base/rand.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID_BYTES = 16, ID_TEXT = ID_BYTES * 2, NAME_MOST = 120 };
static const char k_part[] = ".part"; /* while it comes in */

reb_status reb_upload_open(reb_server *s, reb_err *err) {
    const char *dir = s->o.upload_dir;
    const char *tmp = getenv("TMPDIR");
    int n;
    if (dir != NULL) {
        n = snprintf(s->upload_dir, sizeof s->upload_dir, "%s", dir);
    } else if (strncmp(s->o.db, "postgres", 8) == 0) {
        n = snprintf(s->upload_dir, sizeof s->upload_dir, "%s/rebound-uploads-%u", tmp != NULL ? tmp : "/var/tmp", (unsigned)getuid());
    } else {
        n = snprintf(s->upload_dir, sizeof s->upload_dir, "%s.uploads", s->o.db);
    }
    if (n < 0 || (size_t)n >= sizeof s->upload_dir) return reb_fail(err, REB_E_USAGE, "The path of the folder for uploads is too long.");
    if (mkdir(s->upload_dir, 0700) != 0 && errno != EEXIST) {
        reb_fail(err, REB_E_IO, "The folder for uploads, %s, cannot be made: %s.", s->upload_dir, strerror(errno));
        reb_err_next(err, "Choose another with --uploads DIR.");
        return REB_E_IO;
    }
    struct stat info;
    if (stat(s->upload_dir, &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 022) != 0) {
        reb_fail(err, REB_E_IO, "%s is not a folder of our own that only we can write.", s->upload_dir);
        reb_err_next(err, "Choose another with --uploads DIR.");
        return REB_E_IO;
    }
    char host[64] = "";
    char *real = realpath(s->upload_dir, NULL);
    gethostname(host, sizeof host - 1);
    uint64_t hash = real != NULL ? reb_hash64(0, real, strlen(real)) : 0;
    free(real);
    snprintf(s->place, sizeof s->place, "%s/%016" PRIx64, host, hash);
    return REB_OK;
}

/* A file name that is only a name: no folders, no control characters, not hidden. */
static const char *safe_name(reb_arena *a, const char *name) {
    const char *slash = name != NULL ? strrchr(name, '/') : NULL;
    if (slash != NULL) name = slash + 1;
    if (name == NULL || *name == '\0') name = "upload";
    size_t n = strlen(name);
    if (n > NAME_MOST) { /* the end tells the kind of file: it is kept */
        name += n - NAME_MOST;
        while (((unsigned char)*name & 0xC0u) == 0x80u) name++;
    }
    char *out = reb_arena_strdup(a, name);
    for (char *p = out; p != NULL && *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F || *p == '\\') *p = '_';
    if (out != NULL && out[0] == '.') out[0] = '_';
    return out;
}

reb_status reb_upload_begin(reb_request *rq, reb_err *err) {
    unsigned char random[ID_BYTES];
    char id[ID_TEXT + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(id, sizeof id, random, sizeof random);
    rq->upload_id = reb_arena_strdup(&rq->arena, id);
    rq->upload_name = safe_name(&rq->arena, reb_rq_query(rq, "name"));
    char *dir = reb_arena_printf(&rq->arena, "%s/%s", rq->server->upload_dir, id);
    char *path = reb_arena_printf(&rq->arena, "%s/%s/%s", rq->server->upload_dir, id, k_part);
    if (rq->upload_id == NULL || rq->upload_name == NULL || dir == NULL || path == NULL)
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (mkdir(dir, 0700) == 0) rq->upload_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (rq->upload_fd < 0) return reb_fail(err, REB_E_IO, "The upload cannot be stored: %s.", strerror(errno));
    return REB_OK;
}

void reb_upload_take(reb_request *rq, const char *data, size_t n) {
    while (n > 0 && rq->upload_errno == 0) {
        ssize_t done = write(rq->upload_fd, data, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) {
            rq->upload_errno = done < 0 ? errno : EIO;
            return;
        }
        data += done;
        n -= (size_t)done;
    }
}

static void sync_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

reb_status reb_upload_end(reb_request *rq, reb_err *err) {
    if (rq->upload_fd < 0) return reb_fail(err, REB_E_INTERNAL, "There is no upload to end.");
    if (rq->upload_errno == 0 && fsync(rq->upload_fd) != 0) rq->upload_errno = errno;
    char *dir = reb_arena_printf(&rq->arena, "%s/%s", rq->server->upload_dir, rq->upload_id);
    char *part = reb_arena_printf(&rq->arena, "%s/%s", dir != NULL ? dir : "", k_part);
    char *path = reb_arena_printf(&rq->arena, "%s/%s", dir != NULL ? dir : "", rq->upload_name);
    if (dir == NULL || part == NULL || path == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (rq->upload_errno == 0 && rename(part, path) != 0) rq->upload_errno = errno;
    if (rq->upload_errno != 0) return reb_fail(err, REB_E_IO, "The upload cannot be stored: %s.", strerror(rq->upload_errno));
    sync_folder(dir);
    close(rq->upload_fd);
    rq->upload_fd = -1;
    return REB_OK;
}

/* A folder of uploads holds files only. */
static void remove_folder(const char *dir) {
    DIR *d = opendir(dir);
    if (d == NULL) return;
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(dir);
}

void reb_upload_drop(reb_request *rq) {
    if (rq->upload_fd < 0) return;
    close(rq->upload_fd);
    rq->upload_fd = -1;
    char *dir = reb_arena_printf(&rq->arena, "%s/%s", rq->server->upload_dir, rq->upload_id);
    if (dir != NULL) remove_folder(dir);
}

static bool id_ok(const char *id) {
    return id != NULL && strlen(id) == ID_TEXT && strspn(id, "0123456789abcdef") == ID_TEXT;
}

reb_status reb_upload_path(const char **out, reb_server *s, reb_arena *a, const char *upload_id, reb_err *err) {
    *out = NULL;
    const char *dir = id_ok(upload_id) ? reb_arena_printf(a, "%s/%s", s->upload_dir, upload_id) : NULL;
    DIR *d = dir != NULL ? opendir(dir) : NULL;
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.') *out = reb_arena_printf(a, "%s/%s", dir, e->d_name);
    if (d != NULL) closedir(d);
    if (*out != NULL) return REB_OK;
    reb_fail(err, REB_E_NOT_FOUND, "There is no upload \"%.40s\" here.", upload_id != NULL ? upload_id : "");
    reb_err_next(err, "Uploads wait for a day; send the file again.");
    return REB_E_NOT_FOUND;
}

reb_status reb_upload_remove(reb_server *s, const char *upload_id, reb_err *err) {
    reb_arena a = {0};
    const char *path;
    reb_status st = reb_upload_path(&path, s, &a, upload_id, err);
    char *dir = st == REB_OK ? reb_arena_printf(&a, "%s/%s", s->upload_dir, upload_id) : NULL;
    if (dir != NULL) remove_folder(dir);
    reb_arena_free(&a);
    return st;
}

/* rejects-ID.csv, as an import's job names it. */
static bool is_rejects(const char *name) {
    static const char begin[] = "rejects-";
    static const char end[] = ".csv";
    if (strncmp(name, begin, sizeof begin - 1) != 0 || strlen(name) != sizeof begin - 1 + ID_TEXT + sizeof end - 1) return false;
    name += sizeof begin - 1;
    return strspn(name, "0123456789abcdef") == ID_TEXT && strcmp(name + ID_TEXT, end) == 0;
}

void reb_upload_sweep(reb_server *s, int64_t uploads_before_us, int64_t rejects_before_us) {
    DIR *d = opendir(s->upload_dir);
    if (d == NULL) return;
    reb_arena a = {0};
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        struct stat info;
        bool rejects = is_rejects(e->d_name);
        if ((!rejects && !id_ok(e->d_name)) || fstatat(dirfd(d), e->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (rejects) {
            if ((int64_t)info.st_mtime * REB_US_PER_SECOND < rejects_before_us) unlinkat(dirfd(d), e->d_name, 0);
            continue;
        }
        char *dir = reb_arena_printf(&a, "%s/%s", s->upload_dir, e->d_name);
        if (dir != NULL && (int64_t)info.st_mtime * REB_US_PER_SECOND < uploads_before_us) remove_folder(dir);
    }
    closedir(d);
    reb_arena_free(&a);
}
