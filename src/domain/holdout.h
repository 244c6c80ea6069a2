/* Hold-outs: who is left alone on purpose, so that the benefit of acting can be measured.
   The draw is a keyed hash (SipHash-2-4 by libsodium) of the customer and the kind of item under the business's salt: nobody chooses, and
   asking twice changes nothing. */
#ifndef REB_DOMAIN_HOLDOUT_H
#define REB_DOMAIN_HOLDOUT_H

#include "act.h"

/* A number in [0, 1), uniform over customers; the same for ever for the same salt, kind and key. */
double reb_holdout_unit(const char *salt, reb_item_kind kind, const char *customer_key);

/* The same for whatever else is drawn, by its name: "gesture". */
double reb_holdout_unit_of(const char *salt, const char *name, const char *key);

/* Held out when the number is below `share`: 0 holds nobody out, 1 everybody. */
bool reb_holdout_draw(const char *salt, reb_item_kind kind, const char *customer_key, double share);

#endif
