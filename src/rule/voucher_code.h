/* Codes of vouchers: 16 letters and digits in groups of four, such as 7KQT-3XEM-WR9A-HD4P, that can be read from paper and told on the
   phone. Of letters and digits that look alike at most one occurs: there is no 0 O, 1 I L, 2 Z, 5 S, 8 B and no U beside V. The last one is
   a check (Luhn's with 24 letters: ISO/IEC 7812-1 generalised), so that a slip of the hand is told from a code that nobody gave. 15 letters
   hold 68 bits: nobody guesses one. */
#ifndef REB_RULE_VOUCHER_CODE_H
#define REB_RULE_VOUCHER_CODE_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { REB_VOUCHER_LETTERS = 16, REB_VOUCHER_TEXT = REB_VOUCHER_LETTERS + 4, REB_VOUCHER_SEED = 32 }; /* TEXT with its NUL */

/* The code made of random (or keyed) bytes: the same bytes, the same code. */
void reb_voucher_code_make(char out[REB_VOUCHER_TEXT], const unsigned char seed[REB_VOUCHER_SEED]);

/* A code as somebody typed it: any case, with or without lines, dots and spaces, digits of any script. `out` gets it as it is printed.
   Errors: INPUT with what is wrong (too short, a letter that no code has, a slip: reasons code_short, code_letter, code_slip). */
reb_status reb_voucher_code_read(char out[REB_VOUCHER_TEXT], const char *text, reb_err *err);

#endif
