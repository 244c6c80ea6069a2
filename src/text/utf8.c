#include "utf8.h"

#include <string.h>
#include <unicode/uchar.h>

/* Length of the well-formed sequence at s, or 0. The bounds are those of table 3-7 of the Unicode standard. */
static size_t sequence_length(const unsigned char *s, size_t len) {
    unsigned char c = s[0];
    if (c < 0x80) return 1;
    if (c < 0xC2 || c > 0xF4) return 0;
    size_t need = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (len < need) return 0;
    unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char up = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > up) return 0;
    for (size_t i = 2; i < need; i++)
        if ((s[i] & 0xC0u) != 0x80u) return 0;
    return need;
}

bool reb_utf8_valid(const char *s, size_t len, size_t *bad_at) {
    const unsigned char *p = (const unsigned char *)s;
    size_t i = 0;
    while (i < len) {
        if (len - i >= 8) { /* eight ASCII bytes at a time */
            uint64_t w;
            memcpy(&w, p + i, 8);
            if ((w & UINT64_C(0x8080808080808080)) == 0) {
                i += 8;
                continue;
            }
        }
        size_t n = sequence_length(p + i, len - i);
        if (n == 0) {
            if (bad_at != NULL) *bad_at = i;
            return false;
        }
        i += n;
    }
    return true;
}

size_t reb_utf8_decode(uint32_t *cp, const char *s, size_t len) {
    const unsigned char *p = (const unsigned char *)s;
    size_t n = sequence_length(p, len);
    switch (n) {
        case 1: *cp = p[0]; return 1;
        case 2: *cp = (uint32_t)(p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu); return 2;
        case 3: *cp = (uint32_t)(p[0] & 0x0Fu) << 12 | (uint32_t)(p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu); return 3;
        case 4:
            *cp = (uint32_t)(p[0] & 0x07u) << 18 | (uint32_t)(p[1] & 0x3Fu) << 12 | (uint32_t)(p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
            return 4;
        default: *cp = REB_UTF8_REPLACEMENT; return 1;
    }
}

size_t reb_utf8_encode(char out[4], uint32_t cp) {
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) cp = REB_UTF8_REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0u | cp >> 6);
        out[1] = (char)(0x80u | (cp & 0x3Fu));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0u | cp >> 12);
        out[1] = (char)(0x80u | (cp >> 6 & 0x3Fu));
        out[2] = (char)(0x80u | (cp & 0x3Fu));
        return 3;
    }
    out[0] = (char)(0xF0u | cp >> 18);
    out[1] = (char)(0x80u | (cp >> 12 & 0x3Fu));
    out[2] = (char)(0x80u | (cp >> 6 & 0x3Fu));
    out[3] = (char)(0x80u | (cp & 0x3Fu));
    return 4;
}

size_t reb_utf8_bom(const char *s, size_t len) {
    return len >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static size_t columns_of(uint32_t cp) {
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) return 0;
    if (cp < 0x300) return cp == 0xAD ? 0 : 1;
    switch (u_charType((UChar32)cp)) {
        case U_NON_SPACING_MARK:
        case U_ENCLOSING_MARK:
        case U_FORMAT_CHAR: return 0;
        default: break;
    }
    int width = u_getIntPropertyValue((UChar32)cp, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t reb_utf8_columns(const char *s, size_t len) {
    size_t columns = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, s + i, len - i);
        columns += columns_of(cp);
    }
    return columns;
}

size_t reb_utf8_cut(const char *s, size_t len, size_t max_bytes) {
    if (len <= max_bytes) return len;
    size_t n = max_bytes;
    while (n > 0 && ((unsigned char)s[n] & 0xC0u) == 0x80u) n--;
    return n;
}

size_t reb_utf8_repair(char *out, size_t cap, const char *s, size_t len) {
    size_t o = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        char tmp[4];
        size_t m = reb_utf8_encode(tmp, cp);
        if (o + m <= cap) memcpy(out + o, tmp, m);
        o += m;
        i += n;
    }
    return o;
}
