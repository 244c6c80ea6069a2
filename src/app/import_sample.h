/* An invented shop's orders, for somebody who wants to see what happens before bringing their own. */
#ifndef REB_APP_IMPORT_SAMPLE_H
#define REB_APP_IMPORT_SAMPLE_H

#include "../store/store.h"

#define REB_IMPORT_SAMPLE_SOURCE "sample" /* label of what comes from it: it can be told apart and taken back */

/* Writes Shopify's form with amounts in the business's currency, ending yesterday, to `path`, which must not be there; `scratch` is a
   folder to be made and removed. */
reb_status reb_import_sample_write(const char *path, const char *scratch, reb_store *s, int64_t now_us, reb_err *err);

#endif
