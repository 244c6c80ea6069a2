/* Search form of names and words in Arabic, Persian, Greek and Latin script: what a person would call "the same". */
#ifndef REB_TEXT_FOLD_H
#define REB_TEXT_FOLD_H

#include <stddef.h>
#include <stdint.h>

/* Writes the search form of in[0..len) to out (cap bytes, no NUL) and returns how many bytes it takes; when that is more than
   cap, only whole characters that fit were written. 2 * len bytes suffice for ordinary text, 11 * len always.

   Lower case; accents, tonos, tashkeel, tatweel and bidi or joining controls (ZWNJ too) fall away; alef and hamza forms
   become alef, waw or yeh, a lone hamza falls away, teh marbuta becomes heh, Persian yeh and kaf the Arabic ones; final sigma
   becomes sigma; presentation and full-width forms their plain letters; digits of any script ASCII; typographic apostrophes
   and dashes plain ones; white space one space, none at the ends. Bytes that are not UTF-8 become U+FFFD.
   Depends on no locale. reb_fold(reb_fold(x)) == reb_fold(x). */
size_t reb_fold(char *out, size_t cap, const char *in, size_t len);

/* Digits of any script to ASCII, nothing else; Arabic decimal and thousands signs stay. out may be `in`; it takes at most
   len bytes, which are returned. */
size_t reb_digits_ascii(char *out, const char *in, size_t len);

/* Value 0..9 of a decimal digit of any script, else -1. */
int reb_digit_value(uint32_t cp);

#endif
