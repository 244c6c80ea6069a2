/* What columns can be taken for, for whoever draws a choice of it. */
#ifndef REB_APP_IMPORT_WORDS_H
#define REB_APP_IMPORT_WORDS_H

#include "../base/json.h"

void reb_import_words_json(reb_json *w); /* ImportVocabulary of the API */

#endif
