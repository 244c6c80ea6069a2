#include "multipart.h"

#include "../text/utf8.h"

#include <string.h>
#include <strings.h>

/* --- the boundary ----------------------------------------------------------------------------------------------------------------------
 */

static bool boundary_char(char c) { /* RFC 2046, 5.1.1: bchars without the blank */
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != '\0' && strchr("'()+_,-./:=?", c) != NULL);
}

static const char *find_boundary(size_t *len, const char *type) {
    const char *p = type != NULL ? strchr(type, ';') : NULL;
    while (p != NULL) {
        p += 1 + strspn(p + 1, " \t");
        if (strncasecmp(p, "boundary=", 9) == 0) {
            p += 9;
            bool quoted = *p == '"';
            p += quoted;
            size_t n = 0;
            while (boundary_char(p[n])) n++;
            bool ends = quoted ? p[n] == '"' : p[n] == '\0' || p[n] == ';' || p[n] == ' ' || p[n] == '\t';
            *len = n;
            return ends && n > 0 && n <= REB_MULTIPART_BOUNDARY ? p : NULL;
        }
        p = strchr(p, ';');
    }
    return NULL;
}

static void prepare(reb_multipart *m) {
    size_t k = 0;
    for (size_t i = 1; i < m->delimiter_len; i++) {
        while (k > 0 && m->delimiter[k] != m->delimiter[i]) k = m->fall[k - 1];
        if (m->delimiter[k] == m->delimiter[i]) k++;
        m->fall[i] = (unsigned char)k;
    }
}

reb_status reb_multipart_open(reb_multipart *m, const char *content_type, const reb_multipart_sink *sink, reb_err *err) {
    size_t n = 0;
    const char *boundary = find_boundary(&n, content_type);
    memset(m, 0, sizeof *m);
    m->sink = *sink;
    m->failed = boundary == NULL;
    if (boundary == NULL) return reb_fail(err, REB_E_USAGE, "The Content-Type has no boundary that could be one.");
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary, n);
    m->delimiter_len = n + 4;
    m->matched = 2; /* the first one may stand at the very beginning, without a line end before it */
    prepare(m);
    return REB_OK;
}

/* --- the head of a part ----------------------------------------------------------------------------------------------------------------
 */

/* A parameter's value: quoted as HTML does it ("\"" and %22 are both in use for a quotation mark), or a token. False: it is too long, or
   holds what a name must not. */
static bool take_value(char *out, size_t room, const char **at, const char *end) {
    const char *p = *at;
    size_t n = 0;
    bool quoted = p < end && *p == '"';
    if (quoted) p++;
    for (; p < end && (quoted ? *p != '"' : *p != ';' && *p != ' ' && *p != '\t'); p++) {
        char c = *p;
        if (quoted && c == '\\' && p + 1 < end && p[1] == '"') c = *++p;
        if (quoted && c == '%' && end - p > 2 && p[1] == '2' && p[2] == '2') {
            c = '"';
            p += 2;
        }
        if ((unsigned char)c < 0x20 || c == 0x7F || n + 1 >= room) return false;
        out[n++] = c;
    }
    if (quoted && p++ >= end) return false;
    out[n] = '\0';
    *at = p;
    return true;
}

typedef struct part_head {
    char name[REB_MULTIPART_NAME + 1];
    char file_name[REB_MULTIPART_FILE_NAME + 1];
    bool named, file, seen, encoded;
} part_head;

static bool read_disposition(part_head *h, const char *p, const char *end) {
    if (h->seen || end - p < 9 || strncasecmp(p, "form-data", 9) != 0) return false;
    h->seen = true;
    p += 9;
    while (p < end) {
        while (p < end && (*p == ' ' || *p == '\t')) p++;
        if (p == end) break;
        if (*p++ != ';') return false;
        while (p < end && (*p == ' ' || *p == '\t')) p++;
        const char *name = p;
        while (p < end && *p != '=' && *p != ';') p++;
        size_t n = (size_t)(p - name);
        if (p == end || *p++ != '=') return false;
        if (n == 4 && strncasecmp(name, "name", 4) == 0) {
            if (h->named || !take_value(h->name, sizeof h->name, &p, end)) return false;
            h->named = true;
        } else if (n == 8 && strncasecmp(name, "filename", 8) == 0) {
            if (h->file || !take_value(h->file_name, sizeof h->file_name, &p, end)) return false;
            h->file = true;
        } else {
            char ignored[REB_MULTIPART_FILE_NAME + 1];
            if (!take_value(ignored, sizeof ignored, &p, end)) return false;
        }
    }
    return true;
}

static bool read_line(part_head *h, const char *line, size_t n) {
    const char *colon = memchr(line, ':', n);
    const char *end = line + n;
    if (colon == NULL || colon == line || memchr(line, '\0', n) != NULL) return false;
    size_t len = (size_t)(colon - line);
    const char *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t')) value++;
    if (len == 19 && strncasecmp(line, "Content-Disposition", 19) == 0) return read_disposition(h, value, end);
    if (len == 25 && strncasecmp(line, "Content-Transfer-Encoding", 25) == 0) {
        size_t v = (size_t)(end - value);
        return (v == 4 && (strncasecmp(value, "8bit", 4) == 0 || strncasecmp(value, "7bit", 4) == 0)) ||
               (v == 6 && strncasecmp(value, "binary", 6) == 0);
    }
    return true;
}

static reb_status begin_part(reb_multipart *m, reb_err *err) {
    part_head h = {0};
    const char *p = m->head;
    const char *end = m->head + m->head_len - 2; /* without the empty line */
    while (p < end) {
        const char *stop = memchr(p, '\r', (size_t)(end - p));
        if (stop == NULL || stop[1] != '\n' || !read_line(&h, p, (size_t)(stop - p)))
            return reb_fail(err, REB_E_USAGE, "The head of part %u of the form cannot be read.", m->parts);
        p = stop + 2;
    }
    if (!h.seen || !h.named) return reb_fail(err, REB_E_USAGE, "Part %u of the form has no name.", m->parts);
    m->place = REB_MULTIPART_BODY;
    return m->sink.begin(m->sink.ctx, h.name, h.file ? h.file_name : NULL, err);
}

/* --- in pieces -------------------------------------------------------------------------------------------------------------------------
 */

static reb_status give(reb_multipart *m, const void *bytes, size_t n, reb_err *err) {
    if (n == 0 || m->place != REB_MULTIPART_BODY) return REB_OK;
    return m->sink.data(m->sink.ctx, bytes, n, err);
}

/* Looks for the delimiter; *used says how far. What cannot be part of it is given on, in runs. */
static reb_status seek(reb_multipart *m, const unsigned char *b, size_t n, size_t *used, reb_err *err) {
    size_t run = 0; /* begin of what is surely content */
    size_t i = 0;
    reb_status st = REB_OK;
    while (i < n && st == REB_OK) {
        if (m->matched == 0) {
            const unsigned char *cr = memchr(b + i, '\r', n - i);
            i = cr != NULL ? (size_t)(cr - b) : n;
            st = give(m, b + run, i - run, err);
            run = i;
            if (i == n) break;
        }
        if ((char)b[i] == m->delimiter[m->matched]) {
            m->matched++;
            run = ++i;
            if (m->matched < m->delimiter_len) continue;
            if (m->place == REB_MULTIPART_BODY && st == REB_OK) st = m->sink.end(m->sink.ctx, err);
            m->matched = 0;
            m->place = REB_MULTIPART_LINE;
            m->line_len = 0;
            break;
        }
        /* It did not go on: the head of what had matched is content after all. (What stands in front of the first delimiter is not.) */
        size_t still = m->matched > 0 ? m->fall[m->matched - 1] : 0;
        if (st == REB_OK) st = give(m, m->delimiter, m->matched - still, err);
        m->matched = still;
        run = i;
    }
    *used = i;
    return st;
}

/* Behind a delimiter: "--" ends the form, a line end begins a part; blanks may stand before it (RFC 2046). */
static reb_status line(reb_multipart *m, char c, reb_err *err) {
    if (m->line_len == 0 && (c == ' ' || c == '\t')) return REB_OK;
    if (m->line_len < 2) m->line[m->line_len++] = c;
    if (m->line_len < 2) return c == '-' || c == '\r' ? REB_OK : reb_fail(err, REB_E_USAGE, "A delimiter of the form has no end.");
    if (memcmp(m->line, "--", 2) == 0) {
        m->place = REB_MULTIPART_AFTER;
        return REB_OK;
    }
    if (memcmp(m->line, "\r\n", 2) != 0) return reb_fail(err, REB_E_USAGE, "A delimiter of the form has no end.");
    if (++m->parts > REB_MULTIPART_PARTS) return reb_fail(err, REB_E_LIMIT, "The form has more than %d parts.", REB_MULTIPART_PARTS);
    m->place = REB_MULTIPART_HEADERS;
    m->head_len = 0;
    return REB_OK;
}

static reb_status header(reb_multipart *m, char c, reb_err *err) {
    if (m->head_len == sizeof m->head) return reb_fail(err, REB_E_USAGE, "The head of part %u of the form is too long.", m->parts);
    m->head[m->head_len++] = c;
    bool ends = m->head_len >= 4 && memcmp(m->head + m->head_len - 4, "\r\n\r\n", 4) == 0;
    if (m->head_len == 2 && memcmp(m->head, "\r\n", 2) == 0) ends = true; /* no header at all */
    return ends ? begin_part(m, err) : REB_OK;
}

reb_status reb_multipart_feed(reb_multipart *m, const unsigned char *bytes, size_t n, reb_err *err) {
    reb_status st = m->failed ? reb_fail(err, REB_E_USAGE, "The form cannot be read.") : REB_OK;
    for (size_t i = 0; i < n && st == REB_OK;) {
        switch (m->place) {
            case REB_MULTIPART_BEFORE:
            case REB_MULTIPART_BODY: {
                size_t used = 0;
                st = seek(m, bytes + i, n - i, &used, err);
                i += used;
                break;
            }
            case REB_MULTIPART_LINE: st = line(m, (char)bytes[i++], err); break;
            case REB_MULTIPART_HEADERS: st = header(m, (char)bytes[i++], err); break;
            case REB_MULTIPART_AFTER: i = n; break;
        }
    }
    m->failed = m->failed || st != REB_OK;
    return st;
}

reb_status reb_multipart_close(reb_multipart *m, reb_err *err) {
    if (!m->failed && m->place == REB_MULTIPART_AFTER) return REB_OK;
    return reb_fail(err, REB_E_USAGE, "The form ends in the middle.");
}
