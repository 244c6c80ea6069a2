/* What the readers of mail share. Nobody else includes this. */
#ifndef REB_TEXT_MIME_INTERNAL_H
#define REB_TEXT_MIME_INTERNAL_H

#include "mime.h"

/* Starts GMime once for the process. */
void reb_mime_start(void);

/* bytes[0..n) in the charset it claims ("" for none), as clean UTF-8 in the arena: line ends LF, no other control characters, at most
 *`most` bytes. damaged is set when letters were lost; *cut when it was too long. */
const char *reb_mime_text(reb_arena *a, const char *charset, const char *bytes, size_t n, size_t most, bool *damaged, bool *cut);

/* One line of a header, decoded: clean UTF-8, no line ends, at most REB_MAIL_LINE_MOST bytes; "" for NULL. */
const char *reb_mime_line(reb_arena *a, const char *text);

/* A header as it stands in the mail, its encoded words (RFC 2047) decoded by ourselves: GMime 3.2.13 loses what follows a word that ends in
   padding. Clean, one line, as above. */
const char *reb_mime_words(reb_arena *a, const char *raw, size_t n);

#endif
