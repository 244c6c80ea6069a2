/* Inside src/text only: the scan behind reb_currency_detect, for amounts. */
#ifndef REB_TEXT_CURRENCY_WORDS_H
#define REB_TEXT_CURRENCY_WORDS_H

#include "money.h"

/* Like reb_currency_detect; the result is how many words were no currency. */
size_t reb_currency_scan(reb_currency_hint *out, const char *text, size_t len);

#endif
