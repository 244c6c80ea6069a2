#include "form.h"

#include "../text/file_type.h"
#include "../text/utf8.h"
#include "multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct reb_form_reading {
    reb_form form;
    reb_multipart multipart;
    bool encoded; /* application/x-www-form-urlencoded: gathered, read at the end */
    reb_buf text; /* of the field that is being read, or of all */
    size_t texts; /* bytes of all fields so far */
    const char *field;
    /* the file that is being read */
    bool file, chosen, refused;
    const char *file_name;
    unsigned char first[REB_FILE_TYPE_BYTES];
    size_t file_bytes;
    int64_t written; /* into fd */
    reb_status st;
    reb_err err;
} reading;

static const char k_encoded[] = "application/x-www-form-urlencoded";
static const char k_multipart[] = "multipart/form-data";

static bool is_type(const char *type, const char *wanted) {
    size_t n = strlen(wanted);
    return type != NULL && strncasecmp(type, wanted, n) == 0 && (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

bool reb_form_type_ok(const char *type) {
    return is_type(type, k_encoded) || is_type(type, k_multipart);
}

/* --- fields ----------------------------------------------------------------------------------------------------------------------------
 */

static reb_status add_field(reb_request *rq, const char *name, const char *bytes, size_t n, reb_err *err) {
    reading *r = rq->form;
    r->texts += n + strlen(name);
    if (r->texts > REB_FORM_TEXT) return reb_fail(err, REB_E_LIMIT, "The form holds more than %d bytes of text.", REB_FORM_TEXT);
    if (r->form.field_count == REB_FORM_FIELDS) return reb_fail(err, REB_E_LIMIT, "The form has more than %d fields.", REB_FORM_FIELDS);
    size_t most = reb_utf8_valid(bytes, n, NULL) ? n : 3 * n;
    char *text = reb_arena_alloc(&rq->arena, most + 1);
    if (text == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    size_t len = reb_utf8_repair(text, most, bytes, n);
    size_t out = 0;
    for (size_t i = 0; i < len; i++) { /* CR LF and CR become LF; nothing else of the control characters is anybody's words */
        char c = text[i];
        if (c == '\r') c = '\n';
        if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n') continue;
        if (((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) continue;
        text[out++] = c;
    }
    while (out > 0 && strchr(" \t\n", text[out - 1]) != NULL) out--;
    text[out] = '\0';
    text += strspn(text, " \t\n");
    r->form.fields[r->form.field_count++] = (reb_query_arg){.name = name, .value = text};
    return REB_OK;
}

static int hex(int c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* WHATWG URL, 5.1: lenient as browsers are; what is no escape stands for itself. */
static size_t unescape(char *out, const char *s, size_t n) {
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        int high = s[i] == '%' && i + 2 < n ? hex((unsigned char)s[i + 1]) : -1;
        int low = high >= 0 ? hex((unsigned char)s[i + 2]) : -1;
        out[len++] = low >= 0 ? (char)(high * 16 + low) : s[i] == '+' ? ' ' : s[i];
        if (low >= 0) i += 2;
    }
    return len;
}

static reb_status read_encoded(reb_request *rq, reb_err *err) {
    reading *r = rq->form;
    const char *p = reb_buf_cstr(&r->text);
    const char *end = p + r->text.len;
    reb_status st = REB_OK;
    while (p < end && st == REB_OK) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        if (stop == NULL) stop = end;
        const char *is = memchr(p, '=', (size_t)(stop - p));
        size_t name_len = (size_t)((is != NULL ? is : stop) - p);
        char *both = reb_arena_alloc(&rq->arena, (size_t)(stop - p) + 2);
        if (both == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
        size_t n = unescape(both, p, name_len);
        both[n] = '\0';
        char *value = both + n + 1;
        size_t value_len = is != NULL ? unescape(value, is + 1, (size_t)(stop - is - 1)) : 0;
        if (n > 0 && n <= REB_MULTIPART_NAME && strlen(both) == n) st = add_field(rq, both, value, value_len, err);
        p = stop + (stop < end);
    }
    return st;
}

/* --- files -----------------------------------------------------------------------------------------------------------------------------
 */

static void refuse_file(reading *r, reb_form_fault why) {
    r->refused = true;
    if (r->form.files_fault != REB_FORM_GOOD) return;
    r->form.files_fault = why;
    r->form.fault_name = r->file_name;
}

/* A file without a name: it goes with the request, also when the process is killed. */
static int open_nameless(const char *dir) {
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return fd;
    char path[1100];
    size_t n = strlen(dir);
    if (n + 16 > sizeof path) return -1;
    memcpy(path, dir, n);
    memcpy(path + n, "/form-XXXXXX", 13);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    return fd;
}

static bool write_all(int fd, const unsigned char *bytes, size_t n) {
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static void take_file(reb_request *rq, const unsigned char *bytes, size_t n) {
    reading *r = rq->form;
    r->chosen = true;
    if (r->refused) return;
    if (r->form.file_count == REB_FORM_FILES) {
        refuse_file(r, REB_FORM_TOO_MANY);
    } else if (r->file_bytes + n > REB_FORM_FILE_MOST || r->written + (int64_t)n > REB_FORM_FILES_MOST) {
        refuse_file(r, REB_FORM_TOO_LARGE);
    } else {
        if (r->form.fd < 0) r->form.fd = open_nameless(rq->server->upload_dir);
        if (r->form.fd < 0 || !write_all(r->form.fd, bytes, n)) refuse_file(r, REB_FORM_NO_ROOM);
    }
    if (r->refused) return;
    if (r->file_bytes < sizeof r->first) {
        size_t room = sizeof r->first - r->file_bytes;
        memcpy(r->first + r->file_bytes, bytes, n < room ? n : room);
    }
    r->file_bytes += n;
    r->written += (int64_t)n;
}

static void end_file(reb_request *rq) {
    reading *r = rq->form;
    if (!r->chosen || r->refused) return; /* nothing was chosen, or an empty file */
    size_t seen = r->file_bytes < sizeof r->first ? r->file_bytes : sizeof r->first;
    const char *type = reb_file_type(r->first, seen, seen == r->file_bytes);
    if (type == NULL) {
        refuse_file(r, REB_FORM_WRONG_TYPE);
        return;
    }
    r->form.files[r->form.file_count++] = (reb_form_file){.name = reb_file_name(&rq->arena, r->file_name, type),
                                                          .media_type = type,
                                                          .bytes = r->file_bytes,
                                                          .offset = r->written - (int64_t)r->file_bytes};
}

/* --- the parts as they come ------------------------------------------------------------------------------------------------------------
 */

static reb_status on_begin(void *ctx, const char *name, const char *file_name, reb_err *err) {
    reb_request *rq = ctx;
    reading *r = rq->form;
    r->field = reb_arena_strdup(&rq->arena, name);
    r->file = file_name != NULL;
    r->file_name = reb_file_name(&rq->arena, file_name, NULL);
    if (r->file && file_name[0] != '\0') r->file_name = reb_arena_strdup(&rq->arena, file_name);
    r->chosen = r->refused = false;
    r->file_bytes = 0;
    reb_buf_clear(&r->text);
    return r->field != NULL && r->file_name != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static reb_status on_data(void *ctx, const unsigned char *bytes, size_t n, reb_err *err) {
    reb_request *rq = ctx;
    reading *r = rq->form;
    if (r->file) {
        take_file(rq, bytes, n);
        return REB_OK;
    }
    if (r->text.len + n > REB_FORM_TEXT) return reb_fail(err, REB_E_LIMIT, "The form holds more than %d bytes of text.", REB_FORM_TEXT);
    reb_buf_add(&r->text, bytes, n);
    return REB_OK;
}

static reb_status on_end(void *ctx, reb_err *err) {
    reb_request *rq = ctx;
    reading *r = rq->form;
    if (!r->file) return add_field(rq, r->field, reb_buf_cstr(&r->text), r->text.len, err);
    end_file(rq);
    return REB_OK;
}

reb_status reb_form_begin(reb_request *rq, reb_err *err) {
    const char *type = rq->headers.content_type;
    reading *r = calloc(1, sizeof *r);
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    rq->form = r;
    r->form.fd = -1;
    r->encoded = is_type(type, k_encoded);
    if (r->encoded) return REB_OK;
    const reb_multipart_sink sink = {.ctx = rq, .begin = on_begin, .data = on_data, .end = on_end};
    return reb_multipart_open(&r->multipart, type, &sink, err);
}

void reb_form_take(reb_request *rq, const char *data, size_t n) {
    reading *r = rq->form;
    if (r == NULL || r->st != REB_OK) return; /* read on to the end, so that the answer is heard */
    if (!r->encoded) {
        r->st = reb_multipart_feed(&r->multipart, (const unsigned char *)data, n, &r->err);
    } else if (r->text.len + n > REB_FORM_TEXT) {
        r->st = reb_fail(&r->err, REB_E_LIMIT, "The form holds more than %d bytes of text.", REB_FORM_TEXT);
    } else {
        reb_buf_add(&r->text, data, n);
    }
}

reb_status reb_form_end(reb_request *rq, reb_err *err) {
    reading *r = rq->form;
    if (r == NULL) return reb_fail(err, REB_E_USAGE, "A form is wanted here.");
    if (r->st == REB_OK && r->text.failed) r->st = reb_fail(&r->err, REB_E_MEMORY, "No memory left.");
    if (r->st == REB_OK) r->st = r->encoded ? read_encoded(rq, &r->err) : reb_multipart_close(&r->multipart, &r->err);
    reb_buf_free(&r->text);
    if (r->st != REB_OK && err != NULL) *err = r->err;
    return r->st;
}

void reb_form_drop(reb_request *rq) {
    reading *r = rq->form;
    if (r == NULL) return;
    if (r->form.fd >= 0) close(r->form.fd);
    reb_buf_free(&r->text);
    free(r);
    rq->form = NULL;
}

/* --- for handlers ----------------------------------------------------------------------------------------------------------------------
 */

const reb_form *reb_rq_form(const reb_request *rq) {
    return rq->form != NULL ? &rq->form->form : NULL;
}

static const char *find(const reb_request *rq, const char *name) {
    const reb_form *f = reb_rq_form(rq);
    for (size_t i = 0; f != NULL && i < f->field_count; i++)
        if (strcmp(f->fields[i].name, name) == 0) return f->fields[i].value;
    return NULL;
}

bool reb_form_has(const reb_request *rq, const char *name) {
    return find(rq, name) != NULL;
}

const char *reb_form_text(reb_request *rq, const char *name, size_t most) {
    const char *v = find(rq, name);
    if (v == NULL) return "";
    size_t n = strlen(v);
    if (most == 0 || n <= most) return v;
    const char *cut = reb_arena_strndup(&rq->arena, v, reb_utf8_cut(v, n, most));
    return cut != NULL ? cut : "";
}

unsigned char *reb_form_bytes(const reb_request *rq, const reb_form_file *f) {
    unsigned char *bytes = malloc(f->bytes + 1); /* not the arena's: the connection keeps that for its next request */
    const reb_form *form = reb_rq_form(rq);
    size_t have = 0;
    while (bytes != NULL && have < f->bytes) {
        ssize_t n = pread(form->fd, bytes + have, f->bytes - have, (off_t)(f->offset + (int64_t)have));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            free(bytes);
            return NULL;
        }
        have += (size_t)n;
    }
    return bytes;
}
