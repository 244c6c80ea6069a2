/* Which encoding a file is in, and its conversion to UTF-8 in constant memory. */
#ifndef REB_TEXT_ENCODING_H
#define REB_TEXT_ENCODING_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_encoding {
    REB_ENC_AUTO, /* as an option: find out */
    REB_ENC_UTF8,
    REB_ENC_UTF16LE,
    REB_ENC_UTF16BE,
    REB_ENC_WINDOWS_1256, /* Arabic, Persian */
    REB_ENC_WINDOWS_1253, /* Greek */
    REB_ENC_WINDOWS_1252  /* Western; the last resort */
} reb_encoding;

const char *reb_encoding_name(reb_encoding e); /* "UTF-8", "windows-1256", ... */
/* By name, any case, with the usual aliases ("cp1256", "utf16", "latin1"); REB_ENC_AUTO when unknown. */
reb_encoding reb_encoding_from_name(const char *name);

/* Evidence, gathered from as many bytes as are looked at. Zero-initialise; feed the file from its start. */
typedef struct reb_encoding_evidence {
    uint64_t bytes;
    uint64_t high[128];  /* count of each byte 0x80..0xFF */
    uint64_t high_bytes; /* their sum */
    uint64_t high_runs;  /* runs of neighbouring high bytes */
    uint64_t nul_even;   /* NUL bytes at even and odd offsets: UTF-16 shows by them */
    uint64_t nul_odd;
    uint64_t utf16_even[4]; /* bytes at even offsets that are 00, 03, 06, other */
    uint64_t utf16_odd[4];
    uint64_t utf8_bad;  /* sequences that are not UTF-8 */
    uint64_t utf8_good; /* sequences of two or more bytes that are */
    unsigned char head[4];
    unsigned char need; /* state of the UTF-8 automaton between chunks */
    unsigned char low, up;
    bool prev_high;
} reb_encoding_evidence;

void reb_encoding_feed(reb_encoding_evidence *ev, const void *bytes, size_t len);

typedef struct reb_encoding_guess {
    reb_encoding encoding;
    size_t bom_bytes;   /* to skip at the start of the file: 0, 2 or 3 */
    bool sure;          /* a byte-order mark, or content that hardly fits anything else */
    bool plain_ascii;   /* nothing but ASCII was seen: UTF-8 is then only a convention */
    const char *reason; /* one English sentence, static */
} reb_encoding_guess;

reb_encoding_guess reb_encoding_verdict(const reb_encoding_evidence *ev);

/* Streaming converter to UTF-8. */
typedef struct reb_decoder reb_decoder;

/* *out is owned by the caller and closed by reb_decoder_close. `e` is any encoding but AUTO.
   REB_E_INTERNAL when the C library lacks it, REB_E_MEMORY. */
reb_status reb_decoder_open(reb_decoder **out, reb_encoding e, reb_err *err);
void reb_decoder_close(reb_decoder *d);

/* Converts as much of in[0..in_len) as fits out[0..cap): *in_used bytes were eaten, *out_len written. Call again with the
   rest. A character cut by the end of `in` stays unread until more comes; with `last` true it is an error. cap must be at
   least 16. UTF-8 passes through unchecked (the reader of records checks it).
   REB_E_INPUT tells the byte offset from the start of the stream that was fed. */
reb_status reb_decoder_run(size_t *in_used, size_t *out_len, reb_decoder *d, const char *in, size_t in_len, char *out, size_t cap,
                           bool last, reb_err *err);

#endif
