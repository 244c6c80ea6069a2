/* Is a password one that all the world would try first? Offline and in microseconds: no service is asked, no list of stolen passwords
   ships.

   The password is covered, as cheaply as possible, by what guessers try: a word of the list (common_words.inc), also with letters written
   as digits and signs (p@ssw0rd); rows of keys, runs of the alphabet and of digits; years and days; the same sign again and again; a part
   that stood before; and the words that belong to the person (name, e-mail address, business). Each piece costs the bits that it takes to
   guess, any other sign what it adds by chance. What costs less than REB_PASSWORD_BITS is refused: that holds every word of the list with
   the usual decorations, and twice a word with a year, but no three words drawn at random. The idea of covering is that of D. Wheeler,
   "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016; the list, the pieces and their costs are our own. */
#ifndef REB_DOMAIN_COMMON_PASSWORD_H
#define REB_DOMAIN_COMMON_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

enum { REB_PASSWORD_BITS = 32 };

/* Tenths of bits that guessing takes at most, never negative; `context` are texts that belong to the person (NULL entries are left out),
   cut into words here. Text beyond 512 bytes is long enough to count as hard: INT_MAX. */
int reb_password_tenth_bits(const char *password, const char *const *context, size_t context_count);
static inline bool reb_password_common(const char *password, const char *const *context, size_t context_count) {
    return reb_password_tenth_bits(password, context, context_count) < REB_PASSWORD_BITS * 10;
}

/* The list, for its test. NULL ends it. */
extern const char *const reb_common_words[];

#endif
