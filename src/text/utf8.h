/* UTF-8: check, walk, write, measure. Nothing here allocates or fails. */
#ifndef REB_TEXT_UTF8_H
#define REB_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REB_UTF8_REPLACEMENT 0xFFFDu

/* True when s[0..len) is well-formed (no surrogates, no overlong forms, at most U+10FFFF). Otherwise false, and *bad_at
   (may be NULL) is the offset of the first byte that does not belong. */
bool reb_utf8_valid(const char *s, size_t len, size_t *bad_at);

/* Reads one character of s[0..len), len > 0: *cp is the code point, the result the bytes it took (1..4). Bytes that are not
   UTF-8 give U+FFFD, one byte at a time. */
size_t reb_utf8_decode(uint32_t *cp, const char *s, size_t len);

/* Writes `cp` (U+FFFD for what is no code point) to out; result 1..4 bytes. No NUL. */
size_t reb_utf8_encode(char out[4], uint32_t cp);

/* 3 when s begins with the byte-order mark EF BB BF, else 0. */
size_t reb_utf8_bom(const char *s, size_t len);

/* Columns on a terminal: combining marks and controls 0, East Asian wide 2, everything else 1. */
size_t reb_utf8_columns(const char *s, size_t len);

/* Length of the longest head of s that fits in max_bytes and ends at a whole character. */
size_t reb_utf8_cut(const char *s, size_t len, size_t max_bytes);

/* Copies s to out (cap bytes) with every byte that is not UTF-8 replaced by U+FFFD. Result: bytes that the whole result takes
   (at most 3 * len); what does not fit is not written. */
size_t reb_utf8_repair(char *out, size_t cap, const char *s, size_t len);

#endif
