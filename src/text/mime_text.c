/* Letters of mail: charsets that lie or do not exist, and the words of HTML. */
#include "mime_internal.h"

#include "../base/buf.h"
#include "encoding.h"
#include "utf8.h"

#include <iconv.h>
#include <string.h>
#include <strings.h>

enum { CHARSET_MOST = 40, ENTITY_MOST = 12, HEADER_MOST = 16 << 10 };

/* --- charsets --------------------------------------------------------------------------------------------------------------------------
 */

/* Names that mail has and iconv lacks. */
static const char *known_charset(const char *name) {
    static const struct {
        const char *mail, *iconv;
    } k_names[] = {{"ks_c_5601-1987", "CP949"},
                   {"iso-8859-8-i", "ISO-8859-8"},
                   {"x-gbk", "GBK"},
                   {"unicode-1-1-utf-7", "UTF-7"},
                   {"windows-874", "CP874"}};
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++)
        if (strcasecmp(name, k_names[i].mail) == 0) return k_names[i].iconv;
    return name;
}

static bool plain_name(const char *name) {
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];
        bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.:", c) != NULL;
        if (!ok) return false; /* //TRANSLIT and the like are iconv's, not a sender's */
    }
    return n > 0 && n < CHARSET_MOST;
}

/* What cannot be read becomes U+FFFD. False when there is no such charset. */
static bool convert(reb_buf *out, const char *charset, const char *bytes, size_t n, size_t most, bool *damaged) {
    if (!plain_name(charset)) return false;
    iconv_t cd = iconv_open("UTF-8", known_charset(charset));
    if (cd == (iconv_t)-1) return false;
    char *in = NULL;
    memcpy(&in, &bytes, sizeof in); /* iconv does not write there */
    size_t left = n;
    while (left > 0 && out->len <= most) {
        char part[1024];
        char *to = part;
        size_t room = sizeof part;
        size_t before = left;
        size_t rc = iconv(cd, &in, &left, &to, &room);
        reb_buf_add(out, part, sizeof part - room);
        if (rc != (size_t)-1 || left == 0) continue;
        if (room < 16 || before != left) continue; /* full, or it got on */
        reb_buf_str(out, "\xEF\xBF\xBD");
        *damaged = true;
        in++;
        left--;
        iconv(cd, NULL, NULL, NULL, NULL);
    }
    iconv_close(cd);
    return true;
}

static reb_encoding guess(const char *bytes, size_t n) {
    reb_encoding_evidence ev = {0};
    reb_encoding_feed(&ev, bytes, n);
    return reb_encoding_verdict(&ev).encoding;
}

/* Most mail is UTF-8, whatever it says: text in another charset that has letters beyond ASCII is hardly ever valid UTF-8 by chance. */
static bool is_utf8(const char *charset, const char *bytes, size_t n) {
    if (memchr(bytes, '\0', n) != NULL || !reb_utf8_valid(bytes, n, NULL)) return false;
    return strncasecmp(charset, "iso-2022", 8) != 0 && strncasecmp(charset, "utf-7", 5) != 0 && strncasecmp(charset, "hz", 2) != 0 &&
           strcasecmp(charset, "unicode-1-1-utf-7") != 0;
}

/* Line ends LF, no other control characters. */
static const char *clean(reb_arena *a, const char *text, size_t n, size_t most, bool lines, bool *damaged, bool *cut) {
    if (n > most) {
        n = reb_utf8_cut(text, n, most);
        *cut = true;
    }
    char *out = reb_arena_alloc(a, 3 * n + 1);
    if (out == NULL) return "";
    size_t len = reb_utf8_repair(out, 3 * n, text, n);
    if (len != n) *damaged = true;
    size_t to = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)out[i];
        if (c == '\r' && i + 1 < len && out[i + 1] == '\n') continue;
        if (c == '\r') c = '\n';
        if (c == '\n' && !lines) c = ' ';
        if (c == '\t' && !lines) c = ' ';
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) continue;
        if (c == 0xC2 && i + 1 < len && (unsigned char)out[i + 1] < 0xA0) { /* C1 controls */
            i++;
            continue;
        }
        out[to++] = (char)c;
    }
    if (to > most) to = reb_utf8_cut(out, to, most);
    out[to] = '\0';
    return out;
}

const char *reb_mime_text(reb_arena *a, const char *charset, const char *bytes, size_t n, size_t most, bool *damaged, bool *cut) {
    reb_buf b = {0};
    size_t look = n < 4 * most ? n : 4 * most;
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) charset = "utf-8";
    if (strcasecmp(charset, "utf-8") == 0 || is_utf8(charset, bytes, look)) {
        if (strcasecmp(charset, "utf-8") != 0 || is_utf8(charset, bytes, look)) return clean(a, bytes, n, most, true, damaged, cut);
    }
    /* "us-ascii" with high bytes, an unknown name, or UTF-8 that is none: what the letters themselves look like. */
    bool lies = charset[0] == '\0' || strcasecmp(charset, "us-ascii") == 0 || strcasecmp(charset, "ascii") == 0 ||
                strcasecmp(charset, "utf-8") == 0;
    if (lies || !convert(&b, charset, bytes, n, most, damaged)) {
        reb_encoding e = guess(bytes, look);
        *damaged = true; /* a guess */
        if (e == REB_ENC_UTF8 || !convert(&b, reb_encoding_name(e), bytes, n, most, damaged))
            return clean(a, bytes, n, most, true, damaged, cut);
    }
    const char *text = b.failed ? "" : clean(a, reb_buf_cstr(&b), b.len, most, true, damaged, cut);
    reb_buf_free(&b);
    return text;
}

const char *reb_mime_line(reb_arena *a, const char *text) {
    bool damaged = false;
    bool cut = false;
    if (text == NULL) return "";
    return clean(a, text, strlen(text), REB_MAIL_LINE_MOST, false, &damaged, &cut);
}

/* --- encoded words of headers (RFC 2047) -----------------------------------------------------------------------------------------------
 */

typedef struct words {
    reb_arena *a;
    reb_buf out; /* UTF-8 */
    reb_buf run; /* bytes of neighbouring words of one charset, not converted yet: letters may be cut between them */
    char charset[CHARSET_MOST];
} words;

static void end_run(words *w) {
    bool damaged = false;
    bool cut = false;
    if (w->run.len > 0)
        reb_buf_str(&w->out, reb_mime_text(w->a, w->charset, w->run.data, w->run.len, 2 * REB_MAIL_LINE_MOST, &damaged, &cut));
    reb_buf_clear(&w->run);
}

static int sextet(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void add_base64(reb_buf *out, const char *p, size_t n) {
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < n && p[i] != '='; i++) {
        int six = sextet(p[i]);
        if (six < 0) continue;
        bits = (bits << 6 | (uint32_t)six) & 0xFFFFFF;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        reb_buf_char(out, (char)(bits >> count & 0xFF));
    }
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_quoted(reb_buf *out, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '=' && i + 2 < n && hex_digit(p[i + 1]) >= 0 && hex_digit(p[i + 2]) >= 0) {
            reb_buf_char(out, (char)(hex_digit(p[i + 1]) << 4 | hex_digit(p[i + 2])));
            i += 2;
        } else {
            reb_buf_char(out, p[i] == '_' ? ' ' : p[i]);
        }
    }
}

typedef struct word {
    const char *charset, *text;
    size_t charset_len, text_len, whole;
    char kind; /* B or Q */
} word;

/* One word at p, =?charset?B?...?= */
static bool read_word(word *out, const char *p, const char *end) {
    if (end - p < 8 || p[0] != '=' || p[1] != '?') return false;
    const char *charset = p + 2;
    const char *mark = memchr(charset, '?', (size_t)(end - charset));
    if (mark == NULL || mark == charset || end - mark < 4 || mark[2] != '?' || mark - charset >= CHARSET_MOST) return false;
    const char *text = mark + 3;
    const char *close = memmem(text, (size_t)(end - text), "?=", 2);
    char kind = mark[1] == 'b' ? 'B' : mark[1] == 'q' ? 'Q' : mark[1];
    if (close == NULL || (kind != 'B' && kind != 'Q')) return false;
    const char *star = memchr(charset, '*', (size_t)(mark - charset)); /* RFC 2231: charset*language */
    *out = (word){.charset = charset,
                  .text = text,
                  .charset_len = (size_t)((star != NULL ? star : mark) - charset),
                  .text_len = (size_t)(close - text),
                  .whole = (size_t)(close + 2 - p),
                  .kind = kind};
    return true;
}

static void add_plain(words *w, const char *text, size_t n) {
    bool damaged = false;
    bool cut = false;
    end_run(w);
    if (n > 0) reb_buf_str(&w->out, reb_mime_text(w->a, "", text, n, 2 * REB_MAIL_LINE_MOST, &damaged, &cut));
}

static void add_word(words *w, const word *one) {
    if (strncasecmp(w->charset, one->charset, one->charset_len) != 0 || w->charset[one->charset_len] != '\0') {
        end_run(w);
        memcpy(w->charset, one->charset, one->charset_len);
        w->charset[one->charset_len] = '\0';
    }
    if (one->kind == 'B') {
        add_base64(&w->run, one->text, one->text_len);
    } else {
        add_quoted(&w->run, one->text, one->text_len);
    }
}

const char *reb_mime_words(reb_arena *a, const char *raw, size_t n) {
    words w = {.a = a};
    word one;
    const char *end = raw + (n < HEADER_MOST ? n : HEADER_MOST);
    const char *plain = raw; /* begin of what is no word and was not taken yet */
    bool after_word = false;
    for (const char *p = raw; p < end;) {
        if (!read_word(&one, p, end)) {
            p++;
            continue;
        }
        size_t gap = (size_t)(p - plain);
        bool folding = after_word && strspn(plain, " \t\r\n") >= gap; /* blanks between two words are no text */
        if (!folding) add_plain(&w, plain, gap);
        add_word(&w, &one);
        after_word = true;
        p += one.whole;
        plain = p;
    }
    add_plain(&w, plain, (size_t)(end - plain));
    /* Unfolded: a line end goes, the blank behind it stays. */
    size_t to = 0;
    for (size_t i = 0; i < w.out.len; i++)
        if (w.out.data[i] != '\n') w.out.data[to++] = w.out.data[i];
    if (w.out.len > 0) w.out.data[to] = '\0';
    const char *text = reb_buf_cstr(&w.out);
    const char *line = w.out.failed || w.run.failed ? "" : reb_mime_line(a, text + strspn(text, " \t"));
    reb_buf_free(&w.out);
    reb_buf_free(&w.run);
    return line;
}

/* --- HTML -------------------------------------------------------------------------------------------------------------------------------
 */

typedef struct html {
    reb_buf out;
    const char *p, *end;
    bool blank;     /* white space was read and not written yet */
    unsigned lines; /* line ends likewise */
} html;

static void put_char(html *h, uint32_t cp) {
    char bytes[4];
    if (cp == 0xA0) cp = ' ';
    if (cp >= 0x7F && cp < 0xA0) return;
    if (cp == ' ' || (cp < 0x20)) {
        h->blank = true;
        return;
    }
    if (h->out.len > 0) {
        for (; h->lines > 0; h->lines--, h->blank = false) reb_buf_char(&h->out, '\n');
        if (h->blank) reb_buf_char(&h->out, ' ');
    }
    h->lines = 0;
    h->blank = false;
    reb_buf_add(&h->out, bytes, reb_utf8_encode(bytes, cp));
}

static void put_line(html *h, unsigned lines) {
    if (h->lines < lines) h->lines = lines;
    h->blank = false;
}

static bool tag_is(const char *name, size_t n, const char *list) { /* names parted by blanks */
    for (const char *p = list; *p != '\0';) {
        size_t m = strcspn(p, " ");
        if (m == n && strncasecmp(p, name, n) == 0) return true;
        p += m + strspn(p + m, " ");
    }
    return false;
}

/* To behind </name ...>; to the end where it is never closed. */
static void skip_element(html *h, const char *name, size_t n) {
    while (h->p < h->end) {
        const char *lt = memchr(h->p, '<', (size_t)(h->end - h->p));
        if (lt == NULL) break;
        h->p = lt + 1;
        if ((size_t)(h->end - h->p) > n && *h->p == '/' && strncasecmp(h->p + 1, name, n) == 0) {
            const char *gt = memchr(h->p, '>', (size_t)(h->end - h->p));
            h->p = gt != NULL ? gt + 1 : h->end;
            return;
        }
    }
    h->p = h->end;
}

/* To behind the > that ends a tag, quoted values passed over. */
static void skip_tag(html *h) {
    char quote = '\0';
    for (; h->p < h->end; h->p++) {
        if (quote != '\0') {
            if (*h->p == quote) quote = '\0';
        } else if (*h->p == '"' || *h->p == '\'') {
            quote = *h->p;
        } else if (*h->p == '>') {
            h->p++;
            return;
        }
    }
}

static void read_tag(html *h) { /* behind < */
    static const char k_hidden[] = "style script head title template noscript svg math";
    static const char k_blocks[] = "p div table ul ol blockquote h1 h2 h3 h4 h5 h6 pre hr section article header footer form";
    if (h->end - h->p >= 3 && memcmp(h->p, "!--", 3) == 0) {
        const char *close = memmem(h->p, (size_t)(h->end - h->p), "-->", 3);
        h->p = close != NULL ? close + 3 : h->end;
        return;
    }
    bool closes = h->p < h->end && *h->p == '/';
    const char *name = h->p + (closes ? 1 : 0);
    size_t n = 0;
    while (name + n < h->end &&
           ((name[n] >= 'a' && name[n] <= 'z') || (name[n] >= 'A' && name[n] <= 'Z') || (n > 0 && name[n] >= '0' && name[n] <= '9')))
        n++;
    bool declaration = n == 0 && name < h->end && (*name == '!' || *name == '?');
    if (n == 0 && !declaration) {
        put_char(h, '<'); /* "a < b" */
        return;
    }
    h->p = name + n;
    const char *rest = h->p;
    skip_tag(h);
    if (tag_is(name, n, "br li tr")) put_line(h, h->lines + 1 > 2 ? 2 : h->lines + 1);
    if (tag_is(name, n, "td th")) h->blank = true;
    if (tag_is(name, n, k_blocks)) put_line(h, tag_is(name, n, "p table blockquote") ? 2 : 1);
    bool empty = h->p - rest >= 2 && h->p[-2] == '/';
    if (!closes && !empty && tag_is(name, n, k_hidden)) skip_element(h, name, n);
}

static void read_entity(html *h) { /* behind & */
    static const struct {
        const char *name;
        uint32_t cp;
    } k_names[] = {{"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},    {"nbsp", 0xA0},
                   {"rsquo", 0x2019},  {"lsquo", 0x2018}, {"rdquo", 0x201D}, {"ldquo", 0x201C}, {"ndash", 0x2013}, {"mdash", 0x2014},
                   {"hellip", 0x2026}, {"euro", 0x20AC},  {"pound", 0xA3},   {"laquo", 0xAB},   {"raquo", 0xBB},   {"zwnj", 0x200C}};
    size_t left = (size_t)(h->end - h->p);
    size_t n = 0;
    while (n < left && n < ENTITY_MOST && h->p[n] != ';' && h->p[n] > ' ' && h->p[n] != '<' && h->p[n] != '&') n++;
    if (n == 0 || n == left || h->p[n] != ';') {
        put_char(h, '&');
        return;
    }
    uint32_t cp = 0;
    if (h->p[0] == '#') {
        bool hex = n > 1 && (h->p[1] == 'x' || h->p[1] == 'X');
        for (size_t i = hex ? 2 : 1; i < n && cp <= 0x10FFFF; i++) {
            char c = h->p[i];
            uint32_t digit = c >= '0' && c <= '9'          ? (uint32_t)(c - '0')
                             : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                             : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                           : 99;
            if (digit == 99) break;
            cp = cp * (hex ? 16 : 10) + digit;
        }
        if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) cp = REB_UTF8_REPLACEMENT;
    } else {
        for (size_t i = 0; i < sizeof k_names / sizeof k_names[0] && cp == 0; i++)
            if (strlen(k_names[i].name) == n && memcmp(k_names[i].name, h->p, n) == 0) cp = k_names[i].cp;
        if (cp == 0) {
            put_char(h, '&'); /* shown as it stands */
            return;
        }
    }
    h->p += n + 1;
    put_char(h, cp);
}

const char *reb_html_text(reb_arena *a, const char *bytes, size_t n) {
    html h = {.p = bytes, .end = bytes + n};
    while (h.p < h.end && h.out.len <= REB_MAIL_TEXT_MOST) {
        if (*h.p == '<') {
            h.p++;
            read_tag(&h);
        } else if (*h.p == '&') {
            h.p++;
            read_entity(&h);
        } else {
            uint32_t cp;
            h.p += reb_utf8_decode(&cp, h.p, (size_t)(h.end - h.p));
            put_char(&h, cp);
        }
    }
    size_t len = reb_utf8_cut(reb_buf_cstr(&h.out), h.out.len, REB_MAIL_TEXT_MOST);
    const char *text = h.out.failed ? NULL : reb_arena_strndup(a, reb_buf_cstr(&h.out), len);
    reb_buf_free(&h.out);
    return text != NULL ? text : "";
}
