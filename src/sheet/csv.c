/* One pass over 64 bytes at a time: bit masks of delimiters, line ends, quotes and NUL bytes, then a walk over the set bits. Long
   quoted fields go by memchr. SSE2 belongs to every x86-64; elsewhere the masks are built by plain loops. */
#include "csv.h"

#include "sheet.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct masks {
    uint64_t special; /* delimiter, CR, LF, quote, NUL */
    uint64_t quote;
    uint64_t nul;
    uint64_t high;
} masks;

#ifdef __SSE2__
static inline masks masks_of(const char *p, char delimiter) {
    const __m128i vd = _mm_set1_epi8(delimiter), vq = _mm_set1_epi8('"'), vn = _mm_set1_epi8('\n'), vr = _mm_set1_epi8('\r'),
                  v0 = _mm_setzero_si128();
    masks m = {0, 0, 0, 0};
    for (unsigned i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i q = _mm_cmpeq_epi8(v, vq);
        __m128i z = _mm_cmpeq_epi8(v, v0);
        __m128i s = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, vd), _mm_cmpeq_epi8(v, vn)),
                                 _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, vr), z), q));
        m.special |= (uint64_t)(unsigned)_mm_movemask_epi8(s) << (16 * i);
        m.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(q) << (16 * i);
        m.nul |= (uint64_t)(unsigned)_mm_movemask_epi8(z) << (16 * i);
        m.high |= (uint64_t)(unsigned)_mm_movemask_epi8(v) << (16 * i);
    }
    return m;
}
#else
static inline masks masks_of(const char *p, char delimiter) {
    masks m = {0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i++) {
        unsigned char c = (unsigned char)p[i];
        uint64_t bit = UINT64_C(1) << i;
        if (c == (unsigned char)delimiter || c == '\n' || c == '\r' || c == '"' || c == 0) m.special |= bit;
        if (c == '"') m.quote |= bit;
        if (c == 0) m.nul |= bit;
        if (c >= 0x80) m.high |= bit;
    }
    return m;
}
#endif

void reb_csv_open(reb_csv *c, char delimiter) {
    *c = (reb_csv){.delimiter = delimiter};
}
void reb_csv_close(reb_csv *c) {
    free(c->fields);
    *c = (reb_csv){0};
}

void reb_csv_begin(reb_csv *c) {
    c->n_fields = c->pos = c->field_from = 0;
    c->high = c->breaks = c->any_doubled = c->stray = c->in_quote = c->closed = c->plain = false;
    c->doubled = 0;
}

static inline reb_csv_result add_field(reb_csv *c, size_t end) {
    if (c->n_fields == c->cap_fields) {
        if (c->n_fields >= REB_SHEET_MAX_COLUMNS) {
            c->bad_at = c->field_from;
            return REB_CSV_COLUMNS;
        }
        size_t cap = c->cap_fields == 0 ? 64 : c->cap_fields * 2;
        reb_csv_field *f = realloc(c->fields, cap * sizeof *f);
        if (f == NULL) return REB_CSV_MEMORY;
        c->fields = f;
        c->cap_fields = cap;
    }
    size_t from = c->closed ? c->quote_at + 1 : c->field_from;
    size_t to = c->closed ? c->closed_to : end;
    if (to - from > REB_SHEET_MAX_FIELD_BYTES) {
        c->bad_at = c->field_from;
        return REB_CSV_FIELD;
    }
    c->fields[c->n_fields++] = (reb_csv_field){(uint32_t)from, (uint32_t)to, c->doubled};
    c->field_from = end + 1;
    c->doubled = 0;
    c->closed = c->plain = false;
    return REB_CSV_RECORD;
}

static reb_csv_result end_record(reb_csv *c, size_t end, size_t consumed) {
    reb_csv_result r = add_field(c, end);
    c->raw_len = end;
    c->consumed = consumed;
    return r;
}

static bool only_blanks(const char *d, size_t from, size_t to) {
    for (; from < to; from++)
        if (d[from] != ' ' && d[from] != '\t') return false;
    return true;
}

/* A quote inside a quoted field, at i: doubled, closing, or stray. Moves c->pos on; false when more bytes are needed. */
static bool quote_inside(reb_csv *c, const char *d, size_t i, size_t len, bool eof) {
    size_t j = i + 1;
    if (j < len && d[j] == '"') {
        c->doubled++;
        c->any_doubled = true;
        c->pos = j + 1;
        return true;
    }
    while (j < len && (d[j] == ' ' || d[j] == '\t') && d[j] != c->delimiter) j++;
    if (j >= len && !eof) {
        c->pos = i;
        return false;
    }
    if (j >= len || d[j] == c->delimiter || d[j] == '\n' || d[j] == '\r') {
        c->in_quote = false;
        c->closed = true;
        c->closed_to = i;
        c->pos = j;
        return true;
    }
    if (!c->stray) c->stray_at = i;
    c->stray = true;
    c->pos = i + 1;
    return true;
}

/* Inside a quote: on to its end. MORE, or RECORD when scanning goes on outside. */
static reb_csv_result scan_quoted(reb_csv *c, const char *d, size_t len, bool eof) {
    while (c->in_quote) {
        const char *q = c->pos < len ? memchr(d + c->pos, '"', len - c->pos) : NULL;
        size_t to = q == NULL ? len : (size_t)(q - d);
        const char *nul = to > c->pos ? memchr(d + c->pos, 0, to - c->pos) : NULL;
        if (nul != NULL) {
            c->bad_at = (size_t)(nul - d);
            return REB_CSV_NUL;
        }
        if (to - c->quote_at > (size_t)REB_SHEET_MAX_FIELD_BYTES + 1) {
            c->bad_at = c->quote_at;
            return REB_CSV_FIELD;
        }
        if (q == NULL) {
            c->pos = len;
            c->bad_at = c->quote_at;
            return eof ? REB_CSV_OPEN_QUOTE : REB_CSV_MORE;
        }
        if (!quote_inside(c, d, to, len, eof)) return REB_CSV_MORE;
    }
    return REB_CSV_RECORD;
}

static reb_csv_result scan_spaces(reb_csv *c, const char *d, size_t len, bool eof) {
    for (; c->pos < len && d[c->pos] != '\n' && d[c->pos] != '\r'; c->pos++) {
        if (d[c->pos] == 0) {
            c->bad_at = c->pos;
            return REB_CSV_NUL;
        }
    }
    if (c->pos >= len && !eof) return REB_CSV_MORE;
    size_t end = c->pos, consumed = end;
    if (end < len) {
        if (d[end] == '\r' && end + 1 >= len && !eof) return REB_CSV_MORE;
        consumed = d[end] == '\r' && end + 1 < len && d[end + 1] == '\n' ? end + 2 : end + 1;
    }
    c->high = true;
    size_t i = 0;
    for (;;) {
        while (i < end && (d[i] == ' ' || d[i] == '\t')) i++;
        if (i >= end) break;
        size_t from = i;
        while (i < end && d[i] != ' ' && d[i] != '\t') i++;
        c->field_from = from;
        reb_csv_result r = add_field(c, i);
        if (r != REB_CSV_RECORD) return r;
    }
    c->raw_len = end;
    c->consumed = consumed;
    return REB_CSV_RECORD;
}

/* The common quoted field: short, nothing doubled, its end within the block. Closes it and gives the mask of the bits behind, or 0
   when the careful way is needed. `bits` are the special bytes behind the opening quote. */
static inline uint64_t closed_in_block(reb_csv *c, const char *d, size_t len, size_t block, const masks *m, uint64_t bits) {
    uint64_t quotes = m->quote & bits;
    if (quotes == 0) return 0;
    uint64_t end = quotes & (~quotes + 1); /* lowest bit */
    size_t q = block + (size_t)__builtin_ctzll(end);
    if (q + 1 >= len || (m->nul & bits & (end - 1)) != 0) return 0;
    char after = d[q + 1];
    if (after != c->delimiter && after != '\n' && after != '\r') return 0;
    if ((bits & (end - 1)) != 0) c->breaks = true; /* delimiters or line ends inside: look when it matters */
    c->closed = true;
    c->closed_to = q;
    uint64_t behind = ~(end | (end - 1));
    return behind == 0 ? 1 : behind; /* bit 0 cannot be set in bits any more: an opening quote stood before */
}

reb_csv_result reb_csv_scan(reb_csv *c, const char *d, size_t len, bool eof) {
    if (c->delimiter == ' ') return scan_spaces(c, d, len, eof);
    for (;;) {
        if (c->in_quote) {
            reb_csv_result r = scan_quoted(c, d, len, eof);
            if (r != REB_CSV_RECORD) return r;
        }
        if (c->pos >= len) {
            if (!eof) return REB_CSV_MORE;
            return end_record(c, len, len);
        }
        size_t block = c->pos, left = len - block, next = block + (left < 64 ? left : 64);
        masks m = masks_of(d + block, c->delimiter);
        uint64_t valid = left >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
        uint64_t bits = m.special & valid;
        c->high |= (m.high & valid) != 0;
        while (bits != 0) {
            size_t i = block + (size_t)__builtin_ctzll(bits);
            char ch = d[i];
            bits &= bits - 1;
            if (ch == c->delimiter) {
                reb_csv_result r = add_field(c, i);
                if (r != REB_CSV_RECORD) return r;
            } else if (ch == '"') {
                if (c->no_quotes || c->closed || c->plain) continue;
                if (i != c->field_from && !only_blanks(d, c->field_from, i)) {
                    c->plain = true;
                    continue;
                }
                c->quote_at = i;
                uint64_t behind = closed_in_block(c, d, len, block, &m, bits);
                if (behind == 0) {
                    c->in_quote = c->breaks = true;
                    next = i + 1;
                    break;
                }
                bits &= behind;
            } else if (ch == 0) {
                c->bad_at = i;
                return REB_CSV_NUL;
            } else {
                if (ch == '\r' && i + 1 >= len && !eof) {
                    c->pos = i;
                    return REB_CSV_MORE;
                }
                bool crlf = ch == '\r' && i + 1 < len && d[i + 1] == '\n';
                return end_record(c, i, i + (crlf ? 2 : 1));
            }
        }
        c->pos = next;
    }
}

reb_slice reb_csv_text(const reb_csv_field *f, const char *d, char *scratch) {
    size_t len = f->to - f->from;
    const char *s = d + f->from;
    if (f->doubled == 0) return (reb_slice){s, len};
    size_t o = 0;
    while (len > 0) {
        const char *q = memchr(s, '"', len);
        size_t n = q == NULL ? len : (size_t)(q - s) + 1;
        memcpy(scratch + o, s, n);
        o += n;
        s += n;
        len -= n;
        if (q != NULL && len > 0 && *s == '"') s++, len--; /* the second of a doubled pair */
    }
    return (reb_slice){scratch, o};
}
