#include "phone.h"

#include "slice.h"
#include "utf8.h"

#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>

static reb_status refuse(reb_err *err, const char *s, size_t len, const char *why) {
    return reb_fail(err, REB_E_INPUT, "\"%.*s\": %s", (int)reb_utf8_cut(s, len, 60), s, why);
}

/* "Name <a@b.c>" and "mailto:a@b.c?subject=..." without their wrapping. */
static reb_slice unwrap(reb_slice t) {
    const char *open = t.len > 0 ? memchr(t.ptr, '<', t.len) : NULL;
    if (open != NULL && t.ptr[t.len - 1] == '>') t = (reb_slice){open + 1, (size_t)(t.ptr + t.len - 1 - (open + 1))};
    while (t.len > 7 && strncasecmp(t.ptr, "mailto:", 7) == 0) {
        t = (reb_slice){t.ptr + 7, t.len - 7};
        const char *q = memchr(t.ptr, '?', t.len);
        if (q != NULL) t.len = (size_t)(q - t.ptr);
    }
    while (t.len > 0 && t.ptr[0] == '\'') t.ptr++, t.len--; /* a spreadsheet's apostrophe */
    return reb_slice_trim(t);
}

static bool is_domain_char(unsigned char c) {
    return c >= 0x80 || c == '-' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static const char *shape_error(const char *a, size_t n) {
    const char *at = memchr(a, '@', n);
    if (at == NULL) return "an e-mail address has an @";
    size_t local = (size_t)(at - a), domain = n - local - 1;
    const char *d = at + 1;
    if (memchr(d, '@', domain) != NULL) return "an e-mail address has only one @";
    if (local == 0 || local > 64) return "the part before the @ has 1 to 64 characters";
    if (a[0] == '.' || a[local - 1] == '.' || memmem(a, local, "..", 2) != NULL) return "its dots stand wrongly";
    for (size_t i = 0; i < local; i++) {
        unsigned char c = (unsigned char)a[i];
        if (c <= ' ' || c == 0x7F || strchr("(),:;<>[\\]\"", c) != NULL) return "a sign in it belongs to no e-mail address";
    }
    if (memchr(d, '.', domain) == NULL) return "its domain has no dot";
    size_t label = 0;
    for (size_t i = 0; i < domain; i++) {
        if (!is_domain_char((unsigned char)d[i])) return "a sign in its domain belongs to no domain";
        if (d[i] == '.') {
            if (label == 0 || d[i - 1] == '-') return "its domain is not written as it should be";
            label = 0;
        } else {
            if (label == 0 && d[i] == '-') return "its domain is not written as it should be";
            if (++label > 63) return "a part of its domain is too long";
        }
    }
    if (label < 2) return "its domain ends too early";
    return NULL;
}

reb_status reb_email_parse(char out[REB_EMAIL_TEXT], size_t *out_len, const char *s, size_t len, reb_err *err) {
    reb_slice t = unwrap(reb_slice_trim((reb_slice){s, len}));
    char a[REB_EMAIL_TEXT];
    size_t n = 0;
    if (t.len == 0) return reb_fail(err, REB_E_INPUT, "there is no e-mail address");
    for (size_t i = 0; i < t.len;) {
        uint32_t cp;
        size_t bytes = reb_utf8_decode(&cp, t.ptr + i, t.len - i);
        i += bytes;
        if (cp == REB_UTF8_REPLACEMENT) return refuse(err, s, len, "a sign in it is damaged");
        if ((cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0x061C ||
            cp == 0xFEFF)
            continue;
        char c[4];
        size_t m = reb_utf8_encode(c, (uint32_t)u_foldCase((UChar32)cp, U_FOLD_CASE_DEFAULT));
        if (n == 0 && c[0] == '\'') continue;
        if (n + m > 254) return refuse(err, s, len, "it is longer than 254 bytes");
        memcpy(a + n, c, m);
        n += m;
    }
    const char *why = shape_error(a, n);
    if (why != NULL) return refuse(err, s, len, why);
    memcpy(out, a, n);
    out[n] = '\0';
    *out_len = n;
    return REB_OK;
}
