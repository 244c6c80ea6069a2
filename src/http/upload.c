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
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID_BYTES = 16, ID_TEXT = ID_BYTES * 2, NAME_MOST = 120 };
static const char k_part[] = ".part"; /* while it comes in */
static const char k_state[] = ".state";

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

static bool id_ok(const char *id) {
    return id != NULL && strlen(id) == ID_TEXT && strspn(id, "0123456789abcdef") == ID_TEXT;
}

static const char *new_folder(const char **dir, reb_server *s, reb_arena *a, reb_err *err) {
    unsigned char random[ID_BYTES];
    char id[ID_TEXT + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(id, sizeof id, random, sizeof random);
    *dir = reb_arena_printf(a, "%s/%s", s->upload_dir, id);
    const char *copy = reb_arena_strdup(a, id);
    if (*dir == NULL || copy == NULL) {
        reb_fail(err, REB_E_MEMORY, "No memory left.");
    } else if (mkdir(*dir, 0700) != 0) {
        reb_fail(err, REB_E_IO, "The upload cannot be stored: %s.", strerror(errno));
    } else {
        return copy;
    }
    return NULL;
}

static double number_in(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(v) ? v->valuedouble : 0;
}

static const char *text_in(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* A file that will come in parts: its name and size are written down first. */
static reb_status begin_parts(reb_request *rq, int64_t total, reb_err *err) {
    if ((uint64_t)total > rq->server->o.upload_most)
        return reb_fail(err, REB_E_LIMIT, "The file is larger than %" PRIu64 " bytes, the most that is taken here.",
                        rq->server->o.upload_most);
    cJSON *state = cJSON_CreateObject();
    bool good = cJSON_AddStringToObject(state, "name", rq->upload_name) != NULL &&
                cJSON_AddNumberToObject(state, "total", (double)total) != NULL &&
                (reb_rq_query(rq, "modified") == NULL ||
                 cJSON_AddNumberToObject(state, "modified", (double)reb_rq_query_int(rq, "modified", 0)) != NULL);
    reb_status st = good ? reb_upload_state_put(rq->server, rq->upload_id, state, err) : reb_fail(err, REB_E_MEMORY, "No memory left.");
    cJSON_Delete(state);
    rq->upload_part = st == REB_OK;
    return st;
}

/* A further part goes behind what is here. */
static reb_status begin_more(reb_request *rq, reb_err *err) {
    rq->upload_id = reb_rq_param(rq, "upload");
    rq->upload_part = true;
    char *path = id_ok(rq->upload_id) ? reb_arena_printf(&rq->arena, "%s/%s/%s", rq->server->upload_dir, rq->upload_id, k_part) : NULL;
    if (path != NULL) rq->upload_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (rq->upload_fd < 0) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no upload \"%.40s\" here that goes on.", rq->upload_id != NULL ? rq->upload_id : "");
        reb_err_next(err, "Uploads wait for a day; send the file again.");
        return REB_E_NOT_FOUND;
    }
    struct stat info;
    if (flock(rq->upload_fd, LOCK_EX | LOCK_NB) != 0 || fstat(rq->upload_fd, &info) != 0)
        return reb_fail(err, REB_E_BUSY, "Another part of this file is coming in.");
    if ((int64_t)info.st_size != reb_rq_query_int(rq, "offset", -1)) {
        reb_fail(err, REB_E_CONFLICT, "%lld bytes of the file are here.", (long long)info.st_size);
        reb_err_next(err, "Go on from there.");
        return REB_E_CONFLICT;
    }
    cJSON *state = reb_upload_state(rq->server, rq->upload_id);
    rq->upload_name = safe_name(&rq->arena, text_in(state, "name"));
    cJSON_Delete(state);
    return rq->upload_name != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_status reb_upload_begin(reb_request *rq, reb_err *err) {
    if (rq->match.route->method == REB_METHOD_PUT) return begin_more(rq, err);
    const char *dir = NULL;
    rq->upload_id = new_folder(&dir, rq->server, &rq->arena, err);
    if (rq->upload_id == NULL) return err != NULL ? err->code : REB_E_IO;
    rq->upload_name = safe_name(&rq->arena, reb_rq_query(rq, "name"));
    char *path = reb_arena_printf(&rq->arena, "%s/%s", dir, k_part);
    if (rq->upload_name == NULL || path == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    rq->upload_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (rq->upload_fd < 0) return reb_fail(err, REB_E_IO, "The upload cannot be stored: %s.", strerror(errno));
    int64_t total = reb_rq_query_int(rq, "total", 0);
    return total > 0 ? begin_parts(rq, total, err) : REB_OK;
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
    bool whole = true;
    if (rq->upload_part) {
        struct stat info;
        cJSON *state = reb_upload_state(rq->server, rq->upload_id);
        double total = number_in(state, "total");
        cJSON_Delete(state);
        bool known = fstat(rq->upload_fd, &info) == 0;
        whole = known && (double)info.st_size == total;
        if (known && (double)info.st_size > total) {
            reb_fail(err, REB_E_INPUT, "More came than the %.0f bytes that the file should have.", total);
            reb_err_next(err, "Send the file again.");
            return REB_E_INPUT;
        }
    }
    if (rq->upload_errno == 0 && whole && rename(part, path) != 0) rq->upload_errno = errno;
    if (rq->upload_errno != 0) return reb_fail(err, REB_E_IO, "The upload cannot be stored: %s.", strerror(rq->upload_errno));
    sync_folder(dir);
    close(rq->upload_fd);
    rq->upload_fd = -1;
    return REB_OK;
}

cJSON *reb_upload_state(reb_server *s, const char *upload_id) {
    enum { MOST = 1 << 20 };
    char path[1200];
    if (!id_ok(upload_id)) return NULL;
    snprintf(path, sizeof path, "%s/%s/%s", s->upload_dir, upload_id, k_state);
    FILE *f = fopen(path, "rb");
    if (f == NULL) return cJSON_CreateObject();
    char *text = malloc(MOST);
    size_t n = text != NULL ? fread(text, 1, MOST, f) : 0;
    fclose(f);
    cJSON *state = text != NULL ? cJSON_ParseWithLength(text, n) : NULL;
    free(text);
    if (cJSON_IsObject(state)) return state;
    cJSON_Delete(state);
    return cJSON_CreateObject();
}

reb_status reb_upload_state_put(reb_server *s, const char *upload_id, const cJSON *state, reb_err *err) {
    char path[1200];
    char fresh[1240];
    if (!id_ok(upload_id)) return reb_fail(err, REB_E_NOT_FOUND, "This is no upload.");
    char *text = cJSON_PrintUnformatted(state);
    if (text == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    snprintf(path, sizeof path, "%s/%s/%s", s->upload_dir, upload_id, k_state);
    snprintf(fresh, sizeof fresh, "%s.%08x", path, (unsigned)randombytes_random());
    FILE *f = fopen(fresh, "wb");
    bool good = f != NULL && fputs(text, f) >= 0;
    if (f != NULL && fclose(f) != 0) good = false;
    if (good) good = rename(fresh, path) == 0;
    cJSON_free(text);
    if (good) return REB_OK;
    reb_fail(err, REB_E_IO, "The upload cannot be stored: %s.", strerror(errno));
    unlink(fresh);
    return REB_E_IO;
}

reb_status reb_upload_json(reb_json *w, reb_server *s, const char *upload_id, reb_err *err) {
    reb_arena a = {0};
    const char *path = NULL;
    cJSON *state = reb_upload_state(s, upload_id);
    reb_err ignored = {0};
    bool complete = reb_upload_path(&path, s, &a, upload_id, &ignored) == REB_OK;
    if (!complete && state != NULL) path = reb_arena_printf(&a, "%s/%s/%s", s->upload_dir, upload_id, k_part);
    struct stat info;
    reb_status st = path != NULL && stat(path, &info) == 0 ? REB_OK : REB_E_NOT_FOUND;
    if (st != REB_OK) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no upload \"%.40s\" here.", upload_id != NULL ? upload_id : "");
        reb_err_next(err, "Uploads wait for a day; send the file again.");
    } else {
        const char *name = complete ? strrchr(path, '/') + 1 : text_in(state, "name");
        double total = complete ? (double)info.st_size : number_in(state, "total");
        reb_json_obj(w);
        reb_json_kstr(w, "upload", upload_id);
        reb_json_kstr(w, "name", name != NULL ? name : "upload");
        reb_json_ki64(w, "bytes", (int64_t)info.st_size);
        reb_json_ki64(w, "total", (int64_t)total);
        if (cJSON_HasObjectItem(state, "modified")) {
            reb_json_ki64(w, "modified", (int64_t)number_in(state, "modified"));
        } else {
            reb_json_knull(w, "modified");
        }
        reb_json_kbool(w, "complete", complete);
        reb_json_kbool(w, "sample", cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(state, "sample")));
        reb_json_ktime(w, "received", (int64_t)info.st_mtime * REB_US_PER_SECOND);
        reb_json_kstr(w, "check_job", text_in(state, "check_job"));
        reb_json_kstr(w, "import_job", text_in(state, "import_job"));
        reb_json_obj_end(w);
    }
    cJSON_Delete(state);
    reb_arena_free(&a);
    return st;
}

typedef struct waiting {
    char id[ID_TEXT + 1];
    int64_t at;
} waiting;

static int newest_first(const void *a, const void *b) {
    int64_t x = ((const waiting *)a)->at;
    int64_t y = ((const waiting *)b)->at;
    return x > y ? -1 : x < y;
}

reb_status reb_upload_list_json(reb_json *w, reb_server *s, reb_arena *a, reb_err *err) {
    enum { MOST = 2000, SHOWN = 200 };
    waiting *list = reb_arena_zalloc(a, MOST, sizeof *list);
    DIR *d = list != NULL ? opendir(s->upload_dir) : NULL;
    size_t n = 0;
    if (list == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (const struct dirent *e; d != NULL && n < MOST && (e = readdir(d)) != NULL;) {
        struct stat info;
        if (!id_ok(e->d_name) || fstatat(dirfd(d), e->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        memcpy(list[n].id, e->d_name, ID_TEXT);
        list[n++].at = (int64_t)info.st_mtime;
    }
    if (d != NULL) closedir(d);
    qsort(list, n, sizeof *list, newest_first);
    reb_json_obj(w);
    reb_json_key(w, "uploads");
    reb_json_arr(w);
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        reb_err ignored = {0};
        reb_upload_json(w, s, list[i].id, &ignored); /* one that has just gone is none */
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return REB_OK;
}

reb_status reb_upload_make(const char **upload_id, const char **path, reb_server *s, reb_arena *a, const char *name, reb_err *err) {
    const char *dir = NULL;
    *upload_id = new_folder(&dir, s, a, err);
    if (*upload_id == NULL) return err->code;
    *path = reb_arena_printf(a, "%s/%s", dir, safe_name(a, name));
    return *path != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
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
    if (rq->upload_part) return; /* it goes on from where it broke */
    char *dir = reb_arena_printf(&rq->arena, "%s/%s", rq->server->upload_dir, rq->upload_id);
    if (dir != NULL) remove_folder(dir);
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
    char *dir = id_ok(upload_id) ? reb_arena_printf(&a, "%s/%s", s->upload_dir, upload_id) : NULL;
    char *part = dir != NULL ? reb_arena_printf(&a, "%s/%s", dir, k_part) : NULL;
    reb_status st = part != NULL && access(part, F_OK) == 0 ? REB_OK : reb_upload_path(&path, s, &a, upload_id, err);
    if (st == REB_OK && dir != NULL) remove_folder(dir);
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
