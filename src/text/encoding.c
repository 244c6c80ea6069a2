#include "encoding.h"

#include "utf8.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    reb_encoding e;
    const char *name;  /* as people know it */
    const char *iconv; /* as the C library calls it */
} k_encodings[] = {
    {REB_ENC_AUTO, "automatic", NULL},
    {REB_ENC_UTF8, "UTF-8", "UTF-8"},
    {REB_ENC_UTF16LE, "UTF-16LE", "UTF-16LE"},
    {REB_ENC_UTF16BE, "UTF-16BE", "UTF-16BE"},
    {REB_ENC_WINDOWS_1256, "windows-1256", "CP1256"},
    {REB_ENC_WINDOWS_1253, "windows-1253", "CP1253"},
    {REB_ENC_WINDOWS_1252, "windows-1252", "CP1252"},
};

static const struct {
    const char *alias;
    reb_encoding e;
} k_aliases[] = {
    {"utf8", REB_ENC_UTF8},
    {"utf16le", REB_ENC_UTF16LE},
    {"utf16be", REB_ENC_UTF16BE},
    {"utf16", REB_ENC_UTF16LE},
    {"unicode", REB_ENC_UTF16LE},
    {"ucs2", REB_ENC_UTF16LE},
    {"windows1256", REB_ENC_WINDOWS_1256},
    {"cp1256", REB_ENC_WINDOWS_1256},
    {"1256", REB_ENC_WINDOWS_1256},
    {"arabic", REB_ENC_WINDOWS_1256},
    {"windows1253", REB_ENC_WINDOWS_1253},
    {"cp1253", REB_ENC_WINDOWS_1253},
    {"1253", REB_ENC_WINDOWS_1253},
    {"greek", REB_ENC_WINDOWS_1253},
    {"iso88597", REB_ENC_WINDOWS_1253},
    {"windows1252", REB_ENC_WINDOWS_1252},
    {"cp1252", REB_ENC_WINDOWS_1252},
    {"1252", REB_ENC_WINDOWS_1252},
    {"latin1", REB_ENC_WINDOWS_1252},
    {"iso88591", REB_ENC_WINDOWS_1252},
    {"ansi", REB_ENC_WINDOWS_1252},
    {"ascii", REB_ENC_UTF8},
    {"usascii", REB_ENC_UTF8},
};

const char *reb_encoding_name(reb_encoding e) {
    return (unsigned)e < sizeof k_encodings / sizeof k_encodings[0] ? k_encodings[e].name : "unknown";
}

reb_encoding reb_encoding_from_name(const char *name) {
    char plain[24];
    size_t n = 0;
    if (name == NULL) return REB_ENC_AUTO;
    for (; *name != '\0'; name++) {
        if (*name == '-' || *name == '_' || *name == ' ') continue;
        if (n + 1 >= sizeof plain) return REB_ENC_AUTO;
        plain[n++] = (char)(*name >= 'A' && *name <= 'Z' ? *name + 32 : *name);
    }
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof k_aliases / sizeof k_aliases[0]; i++)
        if (strcmp(plain, k_aliases[i].alias) == 0) return k_aliases[i].e;
    return REB_ENC_AUTO;
}

/* ---- evidence ---- */

static void feed_utf8(reb_encoding_evidence *ev, unsigned char c) {
    if (ev->need > 0) {
        if (c >= ev->low && c <= ev->up) {
            ev->low = 0x80;
            ev->up = 0xBF;
            if (--ev->need == 0) ev->utf8_good++;
            return;
        }
        ev->utf8_bad++;
        ev->need = 0; /* and look at c anew */
    }
    if (c < 0x80) return;
    if (c < 0xC2 || c > 0xF4) {
        ev->utf8_bad++;
        return;
    }
    ev->need = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    ev->low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    ev->up = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
}

static size_t utf16_class(unsigned char c) {
    return c == 0x00 ? 0 : c == 0x03 ? 1 : c == 0x06 ? 2 : 3;
}

/* How many bytes from p on are ASCII, in steps of 32. */
static size_t ascii_length(const unsigned char *p, size_t len) {
    size_t i = 0;
    for (; len - i >= 32; i += 32) {
        uint64_t w[4];
        memcpy(w, p + i, 32);
        if (((w[0] | w[1] | w[2] | w[3]) & UINT64_C(0x8080808080808080)) != 0) break;
    }
    return i;
}

void reb_encoding_feed(reb_encoding_evidence *ev, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len;) {
        /* Long stretches of ASCII are skipped once the beginning is known: only the counts of parity are missed then. */
        if (ev->bytes > 65536 && !ev->prev_high && ev->need == 0) {
            size_t n = ascii_length(p + i, len - i);
            i += n;
            ev->bytes += n;
            if (n > 0) continue;
        }
        unsigned char c = p[i++];
        if (ev->bytes < sizeof ev->head) ev->head[ev->bytes] = c;
        bool odd = (ev->bytes & 1u) != 0;
        ev->bytes++;
        if (ev->bytes <= 65536) {
            if (c == 0) *(odd ? &ev->nul_odd : &ev->nul_even) += 1;
            (odd ? ev->utf16_odd : ev->utf16_even)[utf16_class(c)]++;
        }
        if (c >= 0x80) {
            ev->high[c - 0x80]++;
            ev->high_bytes++;
            if (!ev->prev_high) ev->high_runs++;
        }
        ev->prev_high = c >= 0x80;
        feed_utf8(ev, c);
    }
}

/* Per mille of letters in ordinary text, both cases, by byte value; what is not listed is rare. Counted shapes of the
   languages: Arabic and Persian share one table, Greek has small and capital letters. */
typedef struct letter_share {
    unsigned char byte;
    unsigned char per_mille_half; /* share in units of 0.2% */
} letter_share;

static const letter_share k_1256[] = {
    {0xC7, 75}, {0xE1, 50}, {0xED, 45}, {0xE3, 30}, {0xE6, 28}, {0xE4, 30}, {0xD1, 30}, {0xCA, 25}, {0xC8, 20}, {0xCF, 20}, {0xE5, 20},
    {0xC9, 12}, {0xDA, 14}, {0xD3, 14}, {0xDD, 12}, {0xDE, 10}, {0xDF, 14}, {0xCD, 10}, {0xCC, 8},  {0xD4, 10}, {0xCE, 6},  {0xD5, 5},
    {0xD2, 6},  {0xD6, 4},  {0xD8, 4},  {0xD0, 4},  {0xCB, 3},  {0xDB, 3},  {0xD9, 2},  {0xEC, 6},  {0xC3, 9},  {0xC5, 5},  {0xC2, 3},
    {0xC6, 3},  {0xC4, 2},  {0xC1, 3},  {0x81, 4},  {0x8D, 3},  {0x90, 6},  {0x8E, 1},  {0x98, 8},  {0x9D, 5},  {0xA1, 3},  {0xBA, 1},
    {0xBF, 1},  {0xDC, 2},  {0xF0, 1},  {0xF3, 1},  {0xF5, 1},  {0xF6, 1},  {0xF8, 2},
};
static const letter_share k_1253[] = {
    {0xE1, 48}, {0xDC, 14}, {0xEF, 40}, {0xFC, 14}, {0xE9, 36}, {0xDF, 18}, {0xE5, 34}, {0xDD, 14}, {0xF4, 38}, {0xED, 32}, {0xF3, 26},
    {0xF2, 22}, {0xF1, 22}, {0xE7, 20}, {0xDE, 10}, {0xEA, 20}, {0xF0, 20}, {0xF5, 18}, {0xFD, 6},  {0xEC, 16}, {0xEB, 16}, {0xE4, 9},
    {0xE3, 9},  {0xE8, 7},  {0xF9, 9},  {0xFE, 6},  {0xF6, 5},  {0xF7, 5},  {0xE2, 4},  {0xE6, 3},  {0xEE, 2},  {0xF8, 1},  {0xC1, 12},
    {0xC5, 9},  {0xC9, 10}, {0xCF, 11}, {0xD3, 11}, {0xCD, 8},  {0xD4, 9},  {0xD1, 8},  {0xC7, 6},  {0xCA, 8},  {0xD0, 8},  {0xCB, 6},
    {0xCC, 6},  {0xC3, 4},  {0xC4, 4},  {0xD5, 4},  {0xD9, 4},  {0xC8, 3},  {0xC2, 2},  {0xC6, 1},  {0xD6, 2},  {0xD7, 2},  {0xA2, 2},
    {0xB8, 1},  {0xB9, 1},  {0xBA, 1},  {0xBC, 1},  {0xBE, 1},  {0xBF, 1},  {0xFB, 1},  {0xFA, 1},  {0xC0, 1},  {0xE0, 1},
};
/* Bytes that windows-1253 leaves empty: one of them, and it is not Greek. */
static const unsigned char k_not_1253[] = {0x81, 0x88, 0x8A, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x98,
                                           0x9A, 0x9C, 0x9D, 0x9E, 0x9F, 0xAA, 0xD2, 0xFF};

/* Log2 of a share in sixteenths, integer so that every machine says the same. */
static int64_t score_of(const reb_encoding_evidence *ev, const letter_share *table, size_t n) {
    unsigned char share[128] = {0};
    for (size_t i = 0; i < n; i++) share[table[i].byte - 0x80] = table[i].per_mille_half;
    int64_t score = 0;
    for (size_t i = 0; i < 128; i++) {
        if (ev->high[i] == 0) continue;
        /* Signs (guillemets, no-break space, dashes, currency) stand in every Windows page alike and say nothing. */
        if (share[i] == 0 && i >= 0x10 && i < 0x40 && i != 0x2A && i != 0x10 && i != 0x18) continue;
        int64_t bits = 0;
        for (unsigned v = share[i]; v > 1; v >>= 1) bits += 16;
        if (share[i] == 0) bits = -48;
        score += (int64_t)ev->high[i] * bits;
    }
    return score;
}

static reb_encoding_guess guess(reb_encoding e, size_t bom, bool sure, const char *reason) {
    return (reb_encoding_guess){.encoding = e, .bom_bytes = bom, .sure = sure, .reason = reason};
}

static bool looks_utf16(const uint64_t upper[4], const uint64_t lower[4], uint64_t pairs) {
    /* The upper bytes of text in our scripts are almost all 00, 03 or 06; the lower ones are spread. */
    uint64_t few = upper[0] + upper[1] + upper[2];
    return pairs >= 2 && few * 10 >= pairs * 9 && lower[0] * 10 <= pairs && (upper[0] > 0 || few == pairs) && lower[3] * 10 >= pairs * 5;
}

static reb_encoding_guess verdict_8bit(const reb_encoding_evidence *ev) {
    bool greek_possible = true;
    for (size_t i = 0; i < sizeof k_not_1253; i++)
        if (ev->high[k_not_1253[i] - 0x80] > 0) greek_possible = false;
    /* Words wholly of high bytes are Arabic or Greek; single ones between Latin letters are accents. */
    if (ev->high_bytes < ev->high_runs * 2)
        return guess(REB_ENC_WINDOWS_1252, 0, false, "single accented letters between Latin ones, and not valid UTF-8");
    int64_t arabic = score_of(ev, k_1256, sizeof k_1256 / sizeof k_1256[0]);
    int64_t greek = greek_possible ? score_of(ev, k_1253, sizeof k_1253 / sizeof k_1253[0]) : INT64_MIN;
    /* Lam, meem, noon, heh, waw and yeh are a third of every Arabic or Persian text; Greek in capitals has none of their bytes. */
    uint64_t frequent = ev->high[0x61] + ev->high[0x63] + ev->high[0x64] + ev->high[0x65] + ev->high[0x66] + ev->high[0x6D];
    if (greek_possible && ev->high_bytes >= 8 && frequent * 10 < ev->high_bytes) arabic = INT64_MIN;
    bool clear = ev->high_bytes >= 20;
    if (greek > 0 && greek >= arabic)
        return guess(REB_ENC_WINDOWS_1253, 0, clear && (arabic <= 0 || greek > arabic + arabic / 8),
                     "not valid UTF-8, and the letters have the frequencies of Greek in windows-1253");
    if (arabic > 0)
        return guess(REB_ENC_WINDOWS_1256, 0, clear && (greek <= 0 || arabic > greek + greek / 8),
                     "not valid UTF-8, and the letters have the frequencies of Arabic or Persian in windows-1256");
    return guess(REB_ENC_WINDOWS_1252, 0, false, "not valid UTF-8, and neither Arabic nor Greek by its letters");
}

reb_encoding_guess reb_encoding_verdict(const reb_encoding_evidence *ev) {
    const unsigned char *h = ev->head;
    if (ev->bytes >= 3 && h[0] == 0xEF && h[1] == 0xBB && h[2] == 0xBF)
        return guess(REB_ENC_UTF8, 3, true, "it begins with the byte-order mark of UTF-8");
    if (ev->bytes >= 2 && h[0] == 0xFF && h[1] == 0xFE)
        return guess(REB_ENC_UTF16LE, 2, true, "it begins with the byte-order mark of UTF-16, little end first");
    if (ev->bytes >= 2 && h[0] == 0xFE && h[1] == 0xFF)
        return guess(REB_ENC_UTF16BE, 2, true, "it begins with the byte-order mark of UTF-16, big end first");
    uint64_t pairs = (ev->bytes < 65536 ? ev->bytes : 65536) / 2;
    if (ev->nul_odd > ev->nul_even && looks_utf16(ev->utf16_odd, ev->utf16_even, pairs))
        return guess(REB_ENC_UTF16LE, 0, true, "almost every second byte is 00, 03 or 06, as in UTF-16, little end first");
    if (ev->nul_even > ev->nul_odd && looks_utf16(ev->utf16_even, ev->utf16_odd, pairs))
        return guess(REB_ENC_UTF16BE, 0, true, "almost every second byte is 00, 03 or 06, as in UTF-16, big end first");
    if (ev->high_bytes == 0) {
        reb_encoding_guess g = guess(REB_ENC_UTF8, 0, true, "nothing but ASCII was seen, which UTF-8 contains");
        g.plain_ascii = true;
        return g;
    }
    /* A sequence still open at the end is the cut of a sample, unless it is the only one. */
    if (ev->utf8_bad == 0 && (ev->need == 0 || ev->utf8_good > 0))
        return guess(REB_ENC_UTF8, 0, true, "every byte beyond ASCII is valid UTF-8");
    /* A few damaged characters do not make a UTF-8 file a Windows one: valid sequences hardly occur there by chance. */
    if (ev->utf8_good > 0 && ev->utf8_good >= 20 * ev->utf8_bad)
        return guess(REB_ENC_UTF8, 0, false, "almost every byte beyond ASCII is valid UTF-8; a few are damaged");
    return verdict_8bit(ev);
}

/* ---- converter ---- */

struct reb_decoder {
    reb_encoding e;
    iconv_t cd;
    uint64_t eaten; /* bytes of input so far, for errors */
};

reb_status reb_decoder_open(reb_decoder **out, reb_encoding e, reb_err *err) {
    *out = NULL;
    if (e <= REB_ENC_AUTO || (unsigned)e >= sizeof k_encodings / sizeof k_encodings[0])
        return reb_fail(err, REB_E_INTERNAL, "no encoding was chosen");
    reb_decoder *d = calloc(1, sizeof *d);
    if (d == NULL) return reb_fail(err, REB_E_MEMORY, "no memory for a converter");
    d->e = e;
    if (e != REB_ENC_UTF8) {
        d->cd = iconv_open("UTF-8", k_encodings[e].iconv);
        if (d->cd == (iconv_t)-1) { // NOLINT: the C library's own failure value
            bool lost = errno == ENOMEM;
            free(d);
            if (lost) return reb_fail(err, REB_E_MEMORY, "no memory to read %s", k_encodings[e].name);
            return reb_fail(err, REB_E_INTERNAL, "the C library of this machine cannot read %s", k_encodings[e].name);
        }
    }
    *out = d;
    return REB_OK;
}

void reb_decoder_close(reb_decoder *d) {
    if (d == NULL) return;
    if (d->e != REB_ENC_UTF8) iconv_close(d->cd);
    free(d);
}

/* Unassigned bytes of a Windows page become U+FFFD: one odd sign in a note is no reason to refuse a customer. */
static bool tolerates(reb_encoding e) {
    return e == REB_ENC_WINDOWS_1252 || e == REB_ENC_WINDOWS_1253 || e == REB_ENC_WINDOWS_1256;
}

reb_status reb_decoder_run(size_t *in_used, size_t *out_len, reb_decoder *d, const char *in, size_t in_len, char *out, size_t cap,
                           bool last, reb_err *err) {
    *in_used = *out_len = 0;
    if (d->e == REB_ENC_UTF8) {
        size_t n = in_len < cap ? in_len : cap;
        if (n > 0) memcpy(out, in, n);
        *in_used = *out_len = n;
        d->eaten += n;
        return REB_OK;
    }
    char *ip = (char *)(uintptr_t)in; /* iconv's prototype lacks const; it does not write */
    char *op = out;
    size_t il = in_len, ol = cap;
    while (il > 0) {
        size_t r = iconv(d->cd, &ip, &il, &op, &ol);
        if (r != (size_t)-1) break;
        if (errno == E2BIG) break;
        if (errno == EINVAL && !last) break; /* a character is cut: wait for its rest */
        if (errno == EILSEQ && tolerates(d->e)) {
            if (ol < 3) break;
            memcpy(op, "\xEF\xBF\xBD", 3);
            op += 3;
            ol -= 3;
            ip++;
            il--;
            continue;
        }
        uint64_t at = d->eaten + (in_len - il);
        reb_fail(err, REB_E_INPUT, "byte %llu: %s", (unsigned long long)at,
                 errno == EINVAL ? "the file ends in the middle of a character" : "these bytes are no character");
        reb_err_next(err, "The file was read as %s. If that is wrong, say which encoding it is in.", k_encodings[d->e].name);
        return REB_E_INPUT;
    }
    *in_used = in_len - il;
    *out_len = cap - ol;
    d->eaten += *in_used;
    return REB_OK;
}
