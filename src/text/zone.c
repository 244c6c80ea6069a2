#include "zone.h"

#include "../base/clock.h"
#include "tzif.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reb_zone {
    atomic_int holders;
    char name[REB_ZONE_NAME];
    size_t n;
    reb_zone_change change[]; /* change[0] holds since ever */
};

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "no memory for a time zone");
}

static reb_status make(reb_zone **out, const char *name, const reb_zone_change *changes, size_t n, reb_err *err) {
    reb_zone *z = malloc(sizeof *z + n * sizeof *changes);
    if (z == NULL) return no_memory(err);
    atomic_init(&z->holders, 1);
    snprintf(z->name, sizeof z->name, "%s", name);
    z->n = n;
    memcpy(z->change, changes, n * sizeof *changes);
    *out = z;
    return REB_OK;
}

void reb_zone_close(reb_zone *z) {
    if (z != NULL && atomic_fetch_sub(&z->holders, 1) == 1) free(z);
}

/* ---- the last few, kept ---- */

/* A server opens the same zone for every request. A zone stays the same as long as its file does: this is the one state that calls share,
   and nobody can see it. */
typedef struct kept {
    reb_zone *zone; /* NULL: free */
    char folder[256];
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, modified;
} kept;
enum { KEPT_ZONES = 8 };
static pthread_mutex_t g_kept_lock = PTHREAD_MUTEX_INITIALIZER;
static kept g_kept[KEPT_ZONES];
static size_t g_kept_next;

static bool same_time(struct timespec x, struct timespec y) {
    return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec;
}

static bool is_that(const kept *k, const char *folder, const char *name, const struct stat *file) {
    return k->zone != NULL && k->device == file->st_dev && k->inode == file->st_ino && k->size == file->st_size &&
           same_time(k->changed, file->st_ctim) && same_time(k->modified, file->st_mtim) && strcmp(k->zone->name, name) == 0 &&
           strcmp(k->folder, folder) == 0;
}

static reb_zone *recall(const char *folder, const char *name, const struct stat *file) {
    reb_zone *z = NULL;
    pthread_mutex_lock(&g_kept_lock);
    for (size_t i = 0; i < KEPT_ZONES && z == NULL; i++)
        if (is_that(&g_kept[i], folder, name, file)) z = g_kept[i].zone;
    if (z != NULL) atomic_fetch_add(&z->holders, 1);
    pthread_mutex_unlock(&g_kept_lock);
    return z;
}

static void keep(reb_zone *z, const char *folder, const struct stat *file) {
    if (strlen(folder) >= sizeof g_kept[0].folder) return;
    atomic_fetch_add(&z->holders, 1);
    pthread_mutex_lock(&g_kept_lock);
    size_t at = g_kept_next;
    for (size_t i = 0; i < KEPT_ZONES; i++) /* in the place of what it was before it was renewed, or of one that another thread just kept */
        if (g_kept[i].zone != NULL && strcmp(g_kept[i].zone->name, z->name) == 0 && strcmp(g_kept[i].folder, folder) == 0) at = i;
    if (at == g_kept_next) g_kept_next = (g_kept_next + 1) % KEPT_ZONES;
    kept *k = &g_kept[at];
    reb_zone *old = k->zone;
    *k = (kept){.zone = z,
                .device = file->st_dev,
                .inode = file->st_ino,
                .size = file->st_size,
                .changed = file->st_ctim,
                .modified = file->st_mtim};
    snprintf(k->folder, sizeof k->folder, "%s", folder);
    pthread_mutex_unlock(&g_kept_lock);
    reb_zone_close(old);
}

/* ---- tzdata ---- */

static const char *tzdata_folder(void) {
    const char *dir = getenv("TZDIR");
    return dir != NULL && dir[0] != '\0' ? dir : "/usr/share/zoneinfo";
}

/* Names begin with capitals, in each part, and have no dots. So no path leads elsewhere, and no other file of tzdata (posixrules,
   localtime, zone.tab, the folders posix/ and right/) is taken for a zone. */
static bool could_be_name(const char *name) {
    size_t n = strnlen(name, REB_ZONE_NAME);
    bool part_begins = true;
    if (n == 0 || n == REB_ZONE_NAME || strcmp(name, "Factory") == 0) return false;
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        bool capital = c >= 'A' && c <= 'Z';
        bool other = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
        if (part_begins ? !capital : !(capital || other || c == '/')) return false;
        part_begins = c == '/';
    }
    return !part_begins;
}

static reb_status not_a_zone(const char *name, reb_err *err) {
    reb_fail(err, REB_E_INPUT, "\"%.60s\" is not the name of a time zone", name);
    reb_err_next(err, "Names look like Europe/Athens, Asia/Tehran, America/New_York or UTC.");
    return REB_E_INPUT;
}

/* Nothing by that name: of a tzdata that is there, or is there none? */
static reb_status missing(const char *folder, const char *name, reb_err *err) {
    static const char *const signs[] = {"tzdata.zi", "zone1970.tab", "Etc/UTC", "UTC"};
    char path[512];
    struct stat file;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, signs[i]);
        if (n > 0 && (size_t)n < sizeof path && stat(path, &file) == 0) return not_a_zone(name, err);
    }
    reb_fail(err, REB_E_IO, "The rules of the time zones are missing: there is no tzdata in %.200s.", folder);
    reb_err_next(err, "Install the package tzdata (apt install tzdata), or let the environment's TZDIR name the folder where it lies.");
    return REB_E_IO;
}

/* INPUT when a file, followed through all its links, lies elsewhere than in the folder. */
static reb_status lies_within(const char *folder, const char *path, const char *name, reb_err *err) {
    char root[PATH_MAX];
    char real[PATH_MAX];
    errno = 0;
    bool resolved = realpath(folder, root) != NULL && realpath(path, real) != NULL;
    if (!resolved && errno == ENOMEM) return no_memory(err);
    size_t n = resolved ? strlen(root) : 0;
    return resolved && strncmp(root, real, n) == 0 && (real[n] == '/' || n == 1) ? REB_OK : not_a_zone(name, err);
}

static reb_status read_whole(unsigned char *bytes, size_t room, size_t *n, int fd, const char *path, reb_err *err) {
    *n = 0;
    while (*n < room) {
        ssize_t got = read(fd, bytes + *n, room - *n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return reb_fail(err, REB_E_IO, "%.300s cannot be read: %s", path, strerrordesc_np(errno));
        if (got == 0) break;
        *n += (size_t)got;
    }
    return REB_OK;
}

static reb_status load(reb_zone **out, const char *name, int fd, const char *path, reb_err *err) {
    size_t n = 0;
    size_t count = 0;
    reb_err why = {0};
    unsigned char *bytes = malloc(REB_TZIF_BYTES_MOST + 1);
    reb_zone_change *changes = malloc(REB_TZIF_CHANGES_MOST * sizeof *changes);
    reb_status st = bytes == NULL || changes == NULL ? no_memory(err) : REB_OK;
    if (st == REB_OK) st = read_whole(bytes, REB_TZIF_BYTES_MOST + 1, &n, fd, path, err);
    if (st == REB_OK && (st = reb_tzif_read(changes, &count, bytes, n, &why)) != REB_OK) {
        reb_fail(err, st, "The time zone %s cannot be read from %.200s: %.200s", name, path, why.detail);
        reb_err_next(err, "Install the package tzdata again (apt install --reinstall tzdata).");
    }
    if (st == REB_OK) st = make(out, name, changes, count, err);
    free(bytes);
    free(changes);
    return st;
}

static reb_status open_file(reb_zone **out, const char *folder, const char *name, reb_err *err) {
    char path[512];
    struct stat file;
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path) return reb_fail(err, REB_E_INPUT, "The path in TZDIR is too long.");
    if (stat(path, &file) != 0) return missing(folder, name, err);
    if (S_ISREG(file.st_mode) && (*out = recall(folder, name, &file)) != NULL) return REB_OK;
    if (!S_ISREG(file.st_mode)) return not_a_zone(name, err);
    reb_status st = lies_within(folder, path, name, err);
    if (st != REB_OK) return st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &file) != 0) {
        st = reb_fail(err, REB_E_IO, "%.300s cannot be read: %s", path, strerrordesc_np(errno));
        if (fd >= 0) close(fd);
        return st;
    }
    st = load(out, name, fd, path, err);
    close(fd);
    if (st == REB_OK) keep(*out, folder, &file);
    return st;
}

reb_status reb_zone_open(reb_zone **out, const char *iana_name, reb_err *err) {
    static const reb_zone_change utc = {INT64_MIN, 0};
    *out = NULL;
    if (iana_name == NULL || !could_be_name(iana_name)) return not_a_zone(iana_name == NULL ? "" : iana_name, err);
    if (strcmp(iana_name, "UTC") == 0) return make(out, iana_name, &utc, 1, err);
    return open_file(out, tzdata_folder(), iana_name, err);
}

void reb_zone_version(char out[REB_ZONE_VERSION]) {
    static const char mark[] = "# version ";
    char path[512];
    char line[96] = "";
    out[0] = '\0';
    int n = snprintf(path, sizeof path, "%s/tzdata.zi", tzdata_folder());
    int fd = n > 0 && (size_t)n < sizeof path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0) return;
    ssize_t got = read(fd, line, sizeof line - 1);
    close(fd);
    if (got <= 0 || strncmp(line, mark, sizeof mark - 1) != 0) return;
    const char *version = line + sizeof mark - 1;
    size_t len = strspn(version, "0123456789abcdefghijklmnopqrstuvwxyz");
    if (len < REB_ZONE_VERSION) snprintf(out, REB_ZONE_VERSION, "%.*s", (int)len, version);
}

/* ---- asking ---- */

const char *reb_zone_name(const reb_zone *z) {
    return z->name;
}

static size_t change_at(const reb_zone *z, int64_t time_us) {
    size_t low = 0; /* change[low] holds; change[low + n] is later */
    for (size_t n = z->n; n > 1;) {
        size_t half = n / 2;
        if (z->change[low + half].from_us <= time_us) low += half;
        n -= half;
    }
    return low;
}

static int64_t floor_day(int64_t us) {
    int64_t d = us / REB_US_PER_DAY;
    return us % REB_US_PER_DAY < 0 ? d - 1 : d;
}

int32_t reb_zone_offset_s(const reb_zone *z, int64_t time_us) {
    return z->change[change_at(z, time_us)].offset_s;
}

int64_t reb_zone_day(const reb_zone *z, int64_t time_us) {
    return floor_day(time_us + reb_zone_offset_s(z, time_us) * REB_US_PER_SECOND);
}

int reb_zone_minute(const reb_zone *z, int64_t time_us) {
    int64_t local_us = time_us + reb_zone_offset_s(z, time_us) * REB_US_PER_SECOND;
    return (int)((local_us - floor_day(local_us) * REB_US_PER_DAY) / (60 * REB_US_PER_SECOND));
}

int64_t reb_zone_instant(const reb_zone *z, int64_t local_us) {
    /* Of the offsets in force near that moment, the first whose instant lies in its own span is right. In a gap none is: then
       the offset before the gap moves the time on by the gap's length. */
    size_t i = change_at(z, local_us - 26 * 3600 * REB_US_PER_SECOND); /* no offset is greater */
    for (;; i++) {
        int64_t t = local_us - z->change[i].offset_s * REB_US_PER_SECOND;
        if (i + 1 >= z->n || t < z->change[i + 1].from_us) return t;
        if (local_us - z->change[i + 1].offset_s * REB_US_PER_SECOND < z->change[i + 1].from_us) return t;
    }
}

size_t reb_zone_changes(int64_t *at_us, int32_t *offset_s, size_t room, const reb_zone *z, int64_t from_us, int64_t to_us) {
    size_t n = 0;
    for (size_t i = change_at(z, from_us); i < z->n && z->change[i].from_us < to_us; i++) {
        if (z->change[i].from_us < from_us) continue;
        if (n < room) {
            at_us[n] = z->change[i].from_us;
            offset_s[n] = z->change[i].offset_s;
        }
        n++;
    }
    return n;
}

int64_t reb_zone_day_start(const reb_zone *z, int64_t day) {
    return reb_zone_instant(z, day * REB_US_PER_DAY);
}

/* ---- rules that are kept ---- */

void reb_zone_rules(reb_buf *out, const reb_zone *z, int64_t from_us, int64_t to_us) {
    size_t i = change_at(z, from_us);
    reb_buf_printf(out, "%d", (int)z->change[i].offset_s);
    for (i++; i < z->n && z->change[i].from_us < to_us; i++)
        reb_buf_printf(out, " %lld=%d", (long long)(z->change[i].from_us / REB_US_PER_SECOND), (int)z->change[i].offset_s);
}

static bool read_number(int64_t *out, const char **p, int64_t most) {
    bool minus = **p == '-';
    int64_t v = 0;
    *p += minus;
    if (**p < '0' || **p > '9') return false;
    for (; **p >= '0' && **p <= '9'; (*p)++) {
        v = v * 10 + (**p - '0');
        if (v > most) return false;
    }
    *out = minus ? -v : v;
    return true;
}

reb_status reb_zone_of_rules(reb_zone **out, const char *name, const char *rules, reb_err *err) {
    enum { OFFSET_MOST_S = 93600 }; /* 26 hours: reb_zone_instant looks back so far */
    const int64_t seconds_most = INT64_C(1000000000000);
    const char *p = rules;
    int64_t at = 0;
    int64_t offset = 0;
    size_t n = 0;
    *out = NULL;
    reb_zone_change *changes = malloc(REB_TZIF_CHANGES_MOST * sizeof *changes);
    if (changes == NULL) return no_memory(err);
    bool good = strnlen(name, REB_ZONE_NAME) < REB_ZONE_NAME && read_number(&offset, &p, OFFSET_MOST_S);
    changes[n++] = (reb_zone_change){INT64_MIN, (int32_t)offset};
    while (good && *p == ' ' && n < REB_TZIF_CHANGES_MOST) {
        p++;
        good = read_number(&at, &p, seconds_most) && *p++ == '=' && read_number(&offset, &p, OFFSET_MOST_S) &&
               at * REB_US_PER_SECOND > changes[n - 1].from_us;
        changes[n++] = (reb_zone_change){at * REB_US_PER_SECOND, (int32_t)offset};
    }
    reb_status st = good && *p == '\0' ? make(out, name, changes, n, err)
                                       : reb_fail(err, REB_E_INPUT, "the kept rules of the time zone %.60s cannot be read", name);
    free(changes);
    return st;
}
