#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define READ_BYTES (256u << 10)

struct reb_source {
    char *name;
    int fd; /* -1 for memory */
    const unsigned char *mem;
    int64_t total;
    int64_t at; /* next byte of the file */
    bool gzip;
    bool z_open, z_end, z_any;
    z_stream z;
    unsigned char *packed; /* input of the unpacker */
    size_t read_bytes;
};

static reb_status raw_read(size_t *n, reb_source *s, void *buf, size_t cap, reb_err *err) {
    *n = 0;
    if (s->fd < 0) {
        size_t left = (size_t)(s->total - s->at);
        *n = left < cap ? left : cap;
        if (*n > 0) memcpy(buf, s->mem + s->at, *n);
    } else {
        ssize_t got;
        do got = read(s->fd, buf, cap);
        while (got < 0 && errno == EINTR);
        if (got < 0) return reb_fail(err, REB_E_IO, "%s: cannot be read: %s", s->name, strerror(errno));
        *n = (size_t)got;
    }
    s->at += (int64_t)*n;
    return REB_OK;
}

static reb_status start_gzip(reb_source *s, reb_err *err) {
    if (s->z_open) inflateEnd(&s->z);
    memset(&s->z, 0, sizeof s->z);
    s->z_open = inflateInit2(&s->z, 15 + 16) == Z_OK;
    s->z_end = s->z_any = false;
    if (!s->z_open) return reb_fail(err, REB_E_MEMORY, "no memory to unpack %s", s->name);
    return REB_OK;
}

static reb_status open_common(reb_source **out, reb_source *s, size_t read_bytes, reb_err *err) {
    reb_status st = REB_OK;
    unsigned char magic[2];
    size_t n = 0;
    s->read_bytes = read_bytes == 0 ? READ_BYTES : read_bytes;
    if ((st = reb_source_read_at(&n, s, 0, magic, sizeof magic, err)) != REB_OK) goto done;
    s->gzip = n == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    if (s->gzip) {
        s->packed = malloc(s->read_bytes);
        st = s->packed == NULL ? reb_fail(err, REB_E_MEMORY, "no memory to unpack %s", s->name) : start_gzip(s, err);
    }
done:
    if (st != REB_OK) {
        reb_source_close(s);
        s = NULL;
    }
    *out = s;
    return st;
}

reb_status reb_source_open_file(reb_source **out, const char *path, size_t read_bytes, reb_err *err) {
    *out = NULL;
    reb_source *s = calloc(1, sizeof *s);
    if (s == NULL) return reb_fail(err, REB_E_MEMORY, "no memory to open a file");
    s->fd = -1;
    s->name = strdup(path);
    struct stat sb;
    reb_status st = REB_OK;
    if (s->name == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "no memory to open a file");
        goto failed;
    }
    s->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &sb) != 0) {
        int e = errno;
        st = reb_fail(err,
                      e == ENOENT || e == ENOTDIR ? REB_E_NOT_FOUND
                      : e == EACCES               ? REB_E_DENIED
                                                  : REB_E_IO,
                      "%s: %s", path, strerror(e));
        goto failed;
    }
    if (S_ISDIR(sb.st_mode)) {
        st = reb_fail(err, REB_E_INPUT, "%s is a directory, not a file", path);
        reb_err_next(err, "Name the files in it one by one.");
        goto failed;
    }
    if (!S_ISREG(sb.st_mode)) {
        st = reb_fail(err, REB_E_INPUT, "%s is not an ordinary file", path);
        reb_err_next(err, "Save the data to a file first: it is read more than once.");
        goto failed;
    }
    s->total = sb.st_size;
    return open_common(out, s, read_bytes, err);
failed:
    reb_source_close(s);
    return st;
}

reb_status reb_source_open_memory(reb_source **out, const char *name, const void *bytes, size_t len, size_t read_bytes, reb_err *err) {
    *out = NULL;
    reb_source *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->fd = -1;
        s->name = strdup(name);
    }
    if (s == NULL || s->name == NULL) {
        free(s);
        return reb_fail(err, REB_E_MEMORY, "no memory to open a file");
    }
    s->mem = bytes;
    s->total = (int64_t)len;
    return open_common(out, s, read_bytes, err);
}

void reb_source_close(reb_source *s) {
    if (s == NULL) return;
    if (s->z_open) inflateEnd(&s->z);
    if (s->fd >= 0) close(s->fd);
    free(s->packed);
    free(s->name);
    free(s);
}

const char *reb_source_name(const reb_source *s) {
    return s->name;
}
bool reb_source_is_gzip(const reb_source *s) {
    return s->gzip;
}
int64_t reb_source_total(const reb_source *s) {
    return s->total;
}
int64_t reb_source_used(const reb_source *s) {
    return s->at - (s->gzip ? (int64_t)s->z.avail_in : 0);
}

static reb_status cut_off(const reb_source *s, reb_err *err) {
    reb_fail(err, REB_E_INPUT, "%s: the gzip file ends too early: it was cut off", s->name);
    reb_err_next(err, "Download or copy it again.");
    reb_err_reason(err, "file_cut");
    return REB_E_INPUT;
}

reb_status reb_source_read(size_t *n, reb_source *s, void *buf, size_t cap, reb_err *err) {
    *n = 0;
    if (cap > s->read_bytes) cap = s->read_bytes;
    if (!s->gzip) return raw_read(n, s, buf, cap, err);
    if (s->z_end || cap == 0) return REB_OK;
    s->z.next_out = buf;
    s->z.avail_out = (uInt)cap;
    while (s->z.avail_out == cap) {
        if (s->z.avail_in == 0) {
            size_t got;
            reb_status st = raw_read(&got, s, s->packed, s->read_bytes, err);
            if (st != REB_OK) return st;
            if (got == 0) {
                if (!s->z_any) { /* between two members */
                    s->z_end = true;
                    return REB_OK;
                }
                return cut_off(s, err);
            }
            s->z.next_in = s->packed;
            s->z.avail_in = (uInt)got;
        }
        s->z_any = true;
        int r = inflate(&s->z, Z_NO_FLUSH);
        if (r == Z_STREAM_END) {
            inflateReset(&s->z); /* another member may follow: cat a.gz b.gz */
            s->z_any = false;
        } else if (r == Z_BUF_ERROR && s->z.avail_in == 0) {
            continue;
        } else if (r != Z_OK) {
            reb_fail(err, REB_E_INPUT, "%s: the gzip file is damaged near byte %lld (%s)", s->name, (long long)reb_source_used(s),
                     s->z.msg == NULL ? "bad data" : s->z.msg);
            reb_err_next(err, "Download or copy it again.");
            reb_err_reason(err, "file_damaged");
            return REB_E_INPUT;
        }
    }
    *n = cap - s->z.avail_out;
    return REB_OK;
}

reb_status reb_source_seek(reb_source *s, int64_t offset, reb_err *err) {
    if (offset < 0 || offset > s->total)
        return reb_fail(err, REB_E_INPUT, "%s: byte %lld lies beyond the file", s->name, (long long)offset);
    if (s->fd >= 0 && lseek(s->fd, (off_t)offset, SEEK_SET) < 0)
        return reb_fail(err, REB_E_IO, "%s: cannot be read again: %s", s->name, strerror(errno));
    s->at = offset;
    return REB_OK;
}

reb_status reb_source_rewind(reb_source *s, reb_err *err) {
    reb_status st = reb_source_seek(s, 0, err);
    if (st == REB_OK && s->gzip) st = start_gzip(s, err);
    return st;
}

reb_status reb_source_read_at(size_t *n, reb_source *s, int64_t offset, void *buf, size_t cap, reb_err *err) {
    *n = 0;
    if (offset < 0 || offset >= s->total) return REB_OK;
    if (s->fd < 0) {
        size_t left = (size_t)(s->total - offset);
        *n = left < cap ? left : cap;
        memcpy(buf, s->mem + offset, *n);
        return REB_OK;
    }
    while (*n < cap) {
        ssize_t got = pread(s->fd, (char *)buf + *n, cap - *n, (off_t)(offset + (int64_t)*n));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return reb_fail(err, REB_E_IO, "%s: cannot be read: %s", s->name, strerror(errno));
        if (got == 0) break;
        *n += (size_t)got;
    }
    return REB_OK;
}

/* ---- window ---- */

reb_status reb_window_open(reb_window *w, reb_source *source, reb_encoding encoding, size_t skip_bytes, size_t read_bytes, reb_err *err) {
    *w = (reb_window){.source = source, .read_bytes = read_bytes == 0 ? READ_BYTES : read_bytes};
    reb_status st = reb_source_rewind(source, err);
    char skipped[4];
    while (st == REB_OK && skip_bytes > 0) {
        size_t n;
        st = reb_source_read(&n, source, skipped, skip_bytes, err);
        if (st == REB_OK && n == 0) break;
        skip_bytes -= n;
        w->base += (int64_t)n;
    }
    if (st == REB_OK && encoding != REB_ENC_UTF8) {
        st = reb_decoder_open(&w->decoder, encoding, err);
        w->raw_cap = w->read_bytes < 16 ? 16 : w->read_bytes;
        w->raw = malloc(w->raw_cap);
        if (st == REB_OK && w->raw == NULL) st = reb_fail(err, REB_E_MEMORY, "no memory to decode %s", reb_source_name(source));
        w->base = 0;
    }
    return st;
}

void reb_window_close(reb_window *w) {
    reb_decoder_close(w->decoder);
    free(w->raw);
    free(w->data);
    *w = (reb_window){0};
}

static reb_status make_room(reb_window *w, size_t max_bytes, reb_err *err) {
    size_t unread = w->end - w->start;
    size_t want = w->read_bytes < 64 ? 64 : w->read_bytes;
    if (w->cap - w->end >= want && w->data != NULL) return REB_OK;
    if (unread > max_bytes) return REB_E_LIMIT;
    if (w->start > 0) { /* slide: what is read is forgotten */
        if (unread > 0) memmove(w->data, w->data + w->start, unread);
        w->base += (int64_t)w->start;
        w->start = 0;
        w->end = unread;
    }
    if (w->cap - w->end < want || w->data == NULL) {
        size_t cap = w->cap == 0 ? want * 2 : w->cap * 2;
        while (cap - w->end < want) cap *= 2;
        char *data = realloc(w->data, cap + REB_WINDOW_SLACK);
        if (data == NULL) return reb_fail(err, REB_E_MEMORY, "no memory to read %s", reb_source_name(w->source));
        memset(data + w->cap, 0, cap + REB_WINDOW_SLACK - w->cap);
        w->data = data;
        w->cap = cap;
    }
    return REB_OK;
}

static reb_status more_decoded(reb_window *w, reb_err *err) {
    size_t before = w->end;
    while (w->end == before) {
        if (w->raw_start > 0) {
            memmove(w->raw, w->raw + w->raw_start, w->raw_end - w->raw_start);
            w->raw_end -= w->raw_start;
            w->raw_start = 0;
        }
        if (!w->raw_eof && w->raw_end < w->raw_cap) {
            size_t n;
            reb_status st = reb_source_read(&n, w->source, w->raw + w->raw_end, w->raw_cap - w->raw_end, err);
            if (st != REB_OK) return st;
            w->raw_end += n;
            if (n == 0) w->raw_eof = true;
        }
        size_t used, made;
        reb_status st = reb_decoder_run(&used, &made, w->decoder, w->raw, w->raw_end, w->data + w->end, w->cap - w->end, w->raw_eof, err);
        if (st != REB_OK) return st;
        w->raw_start = used;
        w->end += made;
        if (w->raw_eof && used == w->raw_end && made == 0) {
            w->eof = true;
            break;
        }
    }
    return REB_OK;
}

reb_status reb_window_more(reb_window *w, size_t max_bytes, reb_err *err) {
    if (w->eof) return REB_OK;
    reb_status st = make_room(w, max_bytes, err);
    if (st != REB_OK) return st;
    if (w->decoder != NULL) return more_decoded(w, err);
    size_t n;
    st = reb_source_read(&n, w->source, w->data + w->end, w->cap - w->end, err);
    if (st != REB_OK) return st;
    w->end += n;
    if (n == 0) w->eof = true;
    return REB_OK;
}
