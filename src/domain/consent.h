/* Consent: a fact `consent:<purpose>:<channel>` of value "yes" or "no". The newest statement counts; one that names purpose and channel
   stands before one for "any". contact_rule.h draws from it who may be contacted. */
#ifndef REB_DOMAIN_CONSENT_H
#define REB_DOMAIN_CONSENT_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define REB_CONSENT_TEXT 64

/* Checks the two words (any case, "all" means any) and writes the fact's name. Errors: USAGE with the words there are. */
reb_status reb_consent_fact(char out[REB_CONSENT_TEXT], const char *purpose, const char *channel, reb_err *err);

/* Takes a fact's name apart; false when it is no consent. */
bool reb_consent_parts(char purpose[REB_CONSENT_TEXT], char channel[REB_CONSENT_TEXT], const char *fact);

/* Checks the channel of a contact: those of consent, "visit" and "chat". `out` gets the word in lower case. Errors: USAGE. */
reb_status reb_contact_channel(char out[REB_CONSENT_TEXT], const char *channel, reb_err *err);

#endif
