/* In which of our languages somebody wrote: by letters, and where Arabic and Persian share them by the letters and small words they do not
 * share. */
#ifndef REB_TEXT_LANGUAGE_H
#define REB_TEXT_LANGUAGE_H

#include "locale.h"

#include <stdbool.h>

/* Looks at text[0..n) (UTF-8; its first 20,000 bytes). *sure is false where it has too few letters of any of our scripts, or could be one
   as well as the other: the answer is then `fallback`. Latin letters are taken for English only when small English words are among them. */
reb_language reb_language_guess(bool *sure, const char *text, size_t n, reb_language fallback);

#endif
