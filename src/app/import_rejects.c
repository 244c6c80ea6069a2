#include "import_run.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

reb_status reb_import_hash(char out[REB_HASH_TEXT], const char *path, reb_err *err) {
    enum { PIECE = 1 << 18 };
    unsigned char digest[32];
    crypto_generichash_state h;
    unsigned char *piece = malloc(PIECE);
    FILE *f = fopen(path, "rb");
    reb_status st = REB_OK;
    if (piece == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    } else if (f == NULL) {
        st = reb_fail(err, errno == ENOENT ? REB_E_NOT_FOUND : REB_E_IO, "%s cannot be opened: %s.", path, strerror(errno));
    } else if (sodium_init() < 0) {
        st = reb_fail(err, REB_E_INTERNAL, "The library for hashes does not start.");
    }
    if (st == REB_OK) {
        crypto_generichash_init(&h, NULL, 0, sizeof digest);
        size_t n;
        while ((n = fread(piece, 1, PIECE, f)) > 0) crypto_generichash_update(&h, piece, n);
        crypto_generichash_final(&h, digest, sizeof digest);
        if (ferror(f)) st = reb_fail(err, REB_E_IO, "%s cannot be read: %s.", path, strerror(errno));
        sodium_bin2hex(out, REB_HASH_TEXT, digest, sizeof digest);
    }
    if (f != NULL) fclose(f);
    free(piece);
    return st;
}

static reb_status cannot_write(const reb_rejects *r, reb_err *err) {
    reb_fail(err, REB_E_IO, "The file of refused rows, %s, cannot be written: %s.", r->path, strerror(errno));
    reb_err_next(err, "Name another place with --rejects FILE.");
    return REB_E_IO;
}

reb_status reb_rejects_open(reb_rejects *r, const char *path, int64_t keep_bytes, reb_err *err) {
    *r = (reb_rejects){.path = path};
    if (path == NULL || keep_bytes == 0) return REB_OK;
    r->file = fopen(path, "r+b");
    if (r->file == NULL) return REB_OK; /* somebody took it away: a new one begins */
    if (ftruncate(fileno(r->file), keep_bytes) != 0 || fseek(r->file, 0, SEEK_END) != 0) return cannot_write(r, err);
    r->bytes = keep_bytes;
    return REB_OK;
}

static char delimiter_of(const reb_sheet_info *info) {
    return info->format == REB_FORMAT_DELIMITED && info->delimiter != REB_DELIMITER_SPACES && info->delimiter != 0 ? info->delimiter : ',';
}

static void write_header(reb_buf *b, const reb_plan *p, const reb_sheet_info *info) {
    char d = delimiter_of(info);
    reb_buf_str(b, "\xEF\xBB\xBF");
    reb_slice *names = calloc(p->n_columns + 2, sizeof *names);
    if (names == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < p->n_columns; i++) names[i] = p->columns[i].name;
    names[p->n_columns] = reb_slice_of("rebound_line");
    names[p->n_columns + 1] = reb_slice_of("rebound_reason");
    reb_sheet_write_csv(b, names, p->n_columns + 2, d);
    reb_buf_char(b, '\n');
    free(names);
}

/* A record is written back as it stood; one with too few fields gets empty ones, so that line and reason stand in their columns. */
static void write_row(reb_buf *b, const reb_plan *p, const reb_sheet_info *info, const reb_reject_row *row) {
    char d = delimiter_of(info);
    if (info->format == REB_FORMAT_DELIMITED && info->delimiter == REB_DELIMITER_SPACES) {
        bool in_word = false;
        size_t words = 0;
        for (size_t i = 0; i < row->raw.len; i++) {
            bool space = row->raw.ptr[i] == ' ' || row->raw.ptr[i] == '\t';
            if (!space && !in_word && words++ > 0) reb_buf_char(b, d);
            if (!space) reb_buf_char(b, row->raw.ptr[i]);
            in_word = !space;
        }
    } else {
        reb_buf_add(b, row->raw.ptr, row->raw.len);
    }
    for (size_t i = row->n_fields; i < p->n_columns; i++) reb_buf_char(b, d);
    char line[24];
    snprintf(line, sizeof line, "%" PRId64, row->line);
    reb_slice more[2] = {reb_slice_of(line), reb_slice_of(row->reason)};
    reb_buf_char(b, d);
    reb_sheet_write_csv(b, more, 2, d);
    reb_buf_char(b, '\n');
}

reb_status reb_rejects_add(reb_rejects *r, const reb_plan *p, const reb_sheet_info *info, const reb_reject_row *rows, size_t n,
                           reb_err *err) {
    if (r->path == NULL || n == 0) return REB_OK;
    reb_buf_clear(&r->line);
    if (r->file == NULL) {
        r->file = fopen(r->path, "wb");
        if (r->file == NULL) return cannot_write(r, err);
        write_header(&r->line, p, info);
    }
    for (size_t i = 0; i < n; i++) write_row(&r->line, p, info, &rows[i]);
    if (r->line.failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (fwrite(r->line.data, 1, r->line.len, r->file) != r->line.len || fflush(r->file) != 0) return cannot_write(r, err);
    r->bytes += (int64_t)r->line.len;
    return REB_OK;
}

reb_status reb_rejects_close(reb_rejects *r, reb_err *err) {
    reb_buf_free(&r->line);
    if (r->file == NULL) return REB_OK;
    int rc = fclose(r->file);
    r->file = NULL;
    return rc == 0 ? REB_OK : cannot_write(r, err);
}
