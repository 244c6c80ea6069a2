#include "fold.h"

#include "utf8.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* The hot scripts (ASCII, Latin with accents, Greek, Arabic) go by small tables; everything else asks ICU for its compatibility
   decomposition and simple case folding, character by character, so that nothing depends on neighbours. */

enum { DROP = 0, SPACE = ' ' };

int reb_digit_value(uint32_t cp) {
    if (cp < 0x80) return cp >= '0' && cp <= '9' ? (int)(cp - '0') : -1;
    if (cp >= 0x0660 && cp <= 0x0669) return (int)(cp - 0x0660);
    if (cp >= 0x06F0 && cp <= 0x06F9) return (int)(cp - 0x06F0);
    if (cp < 0x07C0) return -1;
    return u_charType((UChar32)cp) == U_DECIMAL_DIGIT_NUMBER ? (int)u_charDigitValue((UChar32)cp) : -1;
}

/* U+0621..U+064A: the Arabic letters proper. */
static uint32_t fold_arabic_letter(uint32_t cp) {
    switch (cp) {
        case 0x0621: return DROP; /* lone hamza: written or not, as people please */
        case 0x0622:
        case 0x0623:
        case 0x0625:
        case 0x0627: return 0x0627; /* alef with madda, hamza above, below */
        case 0x0624: return 0x0648; /* waw with hamza */
        case 0x0626:
        case 0x0649: return 0x064A; /* yeh with hamza, alef maksura */
        case 0x0629: return 0x0647; /* teh marbuta */
        case 0x0640: return DROP;   /* tatweel */
        default: return cp;
    }
}

static uint32_t fold_arabic(uint32_t cp) {
    if (cp >= 0x0621 && cp <= 0x064A) return fold_arabic_letter(cp);
    if (cp >= 0x0660 && cp <= 0x0669) return '0' + (cp - 0x0660);
    if (cp >= 0x06F0 && cp <= 0x06F9) return '0' + (cp - 0x06F0);
    if ((cp >= 0x064B && cp <= 0x065F) || cp == 0x0670) return DROP;                   /* tashkeel, superscript alef */
    if ((cp >= 0x0610 && cp <= 0x061A) || (cp >= 0x06D6 && cp <= 0x06DC)) return DROP; /* marks of honour, of the Koran */
    if (cp == 0x06DF || (cp >= 0x06E0 && cp <= 0x06E4) || cp == 0x06E7 || cp == 0x06E8 || (cp >= 0x06EA && cp <= 0x06ED)) return DROP;
    switch (cp) {
        case 0x061C: return DROP; /* Arabic letter mark */
        case 0x0671:
        case 0x0672:
        case 0x0673: return 0x0627;
        case 0x0674: return DROP;
        case 0x06A9:
        case 0x06AA:
        case 0x063B:
        case 0x063C: return 0x0643; /* Persian kaf */
        case 0x06CC:
        case 0x06CD:
        case 0x06CE:
        case 0x06D0:
        case 0x06D1:
        case 0x06D2:
        case 0x06D3: return 0x064A;
        case 0x06BE:
        case 0x06C0:
        case 0x06C1:
        case 0x06C2:
        case 0x06C3:
        case 0x06D5: return 0x0647;
        case 0x06C4:
        case 0x06C5:
        case 0x06C6:
        case 0x06C7:
        case 0x06C8:
        case 0x06C9:
        case 0x06CA:
        case 0x06CB: return 0x0648;
        default: return cp;
    }
}

/* Lower-case vowel of each accented letter U+0384..U+03CE; everything else there folds by rule. */
static uint32_t fold_greek(uint32_t cp) {
    switch (cp) {
        case 0x0386:
        case 0x03AC: return 0x03B1;
        case 0x0388:
        case 0x03AD: return 0x03B5;
        case 0x0389:
        case 0x03AE: return 0x03B7;
        case 0x038A:
        case 0x03AF:
        case 0x0390:
        case 0x03AA:
        case 0x03CA: return 0x03B9;
        case 0x038C:
        case 0x03CC: return 0x03BF;
        case 0x038E:
        case 0x03CD:
        case 0x03AB:
        case 0x03B0:
        case 0x03CB: return 0x03C5;
        case 0x038F:
        case 0x03CE: return 0x03C9;
        case 0x03C2: return 0x03C3;
        default: break;
    }
    if (cp >= 0x0391 && cp <= 0x03A9) return cp + 0x20;
    return cp;
}

static bool greek_by_table(uint32_t cp) {
    return cp == 0x0386 || (cp >= 0x0388 && cp <= 0x03CE && cp != 0x038B && cp != 0x038D && cp != 0x03A2);
}

/* Letters that ICU's decomposition leaves whole although people type them plain. Two characters at most. */
static const char *latin_spelling(uint32_t cp) {
    switch (cp) {
        case 0x00DF:
        case 0x1E9E: return "ss";
        case 0x00C6:
        case 0x00E6: return "ae";
        case 0x0152:
        case 0x0153: return "oe";
        case 0x00D8:
        case 0x00F8: return "o";
        case 0x00D0:
        case 0x00F0:
        case 0x0110:
        case 0x0111: return "d";
        case 0x00DE:
        case 0x00FE: return "th";
        case 0x0141:
        case 0x0142: return "l";
        case 0x0131:
        case 0x0130: return "i";
        case 0x0126:
        case 0x0127: return "h";
        case 0x0166:
        case 0x0167: return "t";
        case 0x2018:
        case 0x2019:
        case 0x201B:
        case 0x02BC:
        case 0x02B9:
        case 0x00B4:
        case 0x0060:
        case 0x2032: return "'";
        case 0x201C:
        case 0x201D:
        case 0x201E:
        case 0x00AB:
        case 0x00BB:
        case 0x2033: return "\"";
        case 0x2010:
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2015:
        case 0x2212: return "-";
        default: return NULL;
    }
}

/* U+00C0..U+00FF without accents; '?' asks the general path. */
static const char k_latin1[64 + 1] = "aaaaaa?ceeeeiiii?nooooo??uuuuy??"
                                     "aaaaaa?ceeeeiiii?nooooo??uuuuy?y";

static bool is_dropped(uint32_t cp) {
    if (cp == 0x00AD || cp == 0x034F || cp == 0x180E) return true;
    int8_t type = u_charType((UChar32)cp);
    if (type == U_FORMAT_CHAR || type == U_CONTROL_CHAR) return true; /* ZWNJ, ZWJ, bidi controls, BOM */
    if (cp >= 0xFE00 && cp <= 0xFE0F) return true;
    if (type != U_NON_SPACING_MARK && type != U_ENCLOSING_MARK) return false;
    /* Marks are accents only where they ride on Latin, Greek, Cyrillic or Arabic letters; Indic vowels are letters. */
    return (cp >= 0x0300 && cp <= 0x036F) || (cp >= 0x0483 && cp <= 0x0489) || (cp >= 0x0591 && cp <= 0x05C7) ||
           (cp >= 0x0610 && cp <= 0x06ED) || (cp >= 0x08CA && cp <= 0x08FF) || (cp >= 0x1AB0 && cp <= 0x1AFF) ||
           (cp >= 0x1DC0 && cp <= 0x1DFF) || (cp >= 0x20D0 && cp <= 0x20FF) || (cp >= 0xFE20 && cp <= 0xFE2F) ||
           (cp >= 0x10EFD && cp <= 0x10EFF);
}

typedef struct sink {
    char *out;
    size_t cap, len;
    size_t written; /* bytes really in out; stops at the first character that does not fit */
    bool full;
    bool space; /* a space is owed before the next character */
} sink;

static void put(sink *k, uint32_t cp) {
    char tmp[5];
    size_t n = 0;
    if (k->space && k->len > 0) tmp[n++] = ' ';
    k->space = false;
    n += reb_utf8_encode(tmp + n, cp);
    if (!k->full && k->len + n <= k->cap) {
        memcpy(k->out + k->len, tmp, n);
        k->written += n;
    } else {
        k->full = true;
    }
    k->len += n;
}

static bool is_space(uint32_t cp) {
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 || cp == 0xA0 || (cp > 0xFF && u_isUWhiteSpace((UChar32)cp));
}

static void fold_one(sink *k, uint32_t cp, int depth);

static void fold_by_icu(sink *k, uint32_t cp, int depth) {
    if (is_dropped(cp)) return;
    int digit = reb_digit_value(cp);
    if (digit >= 0) {
        put(k, (uint32_t)('0' + digit));
        return;
    }
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    UChar parts[64];
    int32_t n = U_SUCCESS(status) && depth < 4 ? unorm2_getDecomposition(nfkd, (UChar32)cp, parts, 64, &status) : -1;
    if (U_SUCCESS(status) && n > 0) {
        for (int32_t i = 0; i < n;) {
            uint32_t c = parts[i++];
            if (c >= 0xD800 && c <= 0xDBFF && i < n) c = 0x10000u + ((c - 0xD800u) << 10) + (parts[i++] - 0xDC00u);
            fold_one(k, c, depth + 1);
        }
        return;
    }
    uint32_t lower = (uint32_t)u_foldCase((UChar32)cp, U_FOLD_CASE_DEFAULT);
    if (lower != cp && depth < 4)
        fold_one(k, lower, depth + 1);
    else
        put(k, lower);
}

static void fold_one(sink *k, uint32_t cp, int depth) {
    if (is_space(cp)) {
        k->space = true;
        return;
    }
    if (cp < 0x80 && cp != '`') {
        if (cp < 0x20 || cp == 0x7F) return;
        put(k, cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
        return;
    }
    if (cp >= 0x0600 && cp <= 0x06FF) {
        uint32_t c = fold_arabic(cp);
        if (c == DROP) return;
        if (c != cp || (c >= 0x0627 && c <= 0x064A)) {
            put(k, c);
            return;
        }
    } else if (greek_by_table(cp)) {
        put(k, fold_greek(cp));
        return;
    } else if (cp >= 0xC0 && cp <= 0xFF && k_latin1[cp - 0xC0] != '?') {
        put(k, (unsigned char)k_latin1[cp - 0xC0]);
        return;
    }
    const char *spelling = latin_spelling(cp);
    if (spelling != NULL) {
        while (*spelling != '\0') put(k, (unsigned char)*spelling++);
        return;
    }
    fold_by_icu(k, cp, depth);
}

size_t reb_fold(char *out, size_t cap, const char *in, size_t len) {
    sink k = {.out = out, .cap = cap};
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)in[i];
        if (c > ' ' && c < 0x7F && c != '`') { /* ASCII without ceremony */
            if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
            if (!k.space && k.len < cap && !k.full) {
                out[k.len++] = (char)c;
            } else {
                put(&k, c);
            }
            i++;
            continue;
        }
        uint32_t cp;
        i += reb_utf8_decode(&cp, in + i, len - i);
        fold_one(&k, cp, 0);
    }
    return k.len;
}

size_t reb_digits_ascii(char *out, const char *in, size_t len) {
    size_t o = 0;
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)in[i];
        if (c < 0x80) {
            out[o++] = (char)c;
            i++;
            continue;
        }
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, in + i, len - i);
        int digit = reb_digit_value(cp);
        if (digit >= 0) {
            out[o++] = (char)('0' + digit);
        } else {
            memmove(out + o, in + i, n);
            o += n;
        }
        i += n;
    }
    return o;
}
