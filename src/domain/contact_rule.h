/* When a customer may be contacted: consent, quiet hours, not again within N days. Pure functions; src/app/today.c feeds them. */
#ifndef REB_DOMAIN_CONTACT_RULE_H
#define REB_DOMAIN_CONTACT_RULE_H

#include "act.h"

#include <stdbool.h>
#include <stdint.h>

/* Which ways to reach somebody a fact like consent:marketing:email = no closes. Bits. */
enum { REB_WAY_PHONE = 1u, REB_WAY_EMAIL = 2u, REB_WAY_ALL = 3u };

/* The ways that `fact` (consent:<purpose>:<channel>) with `value` closes for a kind of item; 0 when it closes none. A feedback call is
   service; a call to somebody who drifts away, or to somebody neglected, counts as marketing. Purpose and channel may be "any" or "all". */
unsigned reb_contact_closed(const char *fact, const char *value, reb_item_kind kind);

/* True when the value of a consent fact says no: no, n, false, 0, denied, withdrawn, opted_out, unsubscribed. */
bool reb_contact_says_no(const char *value);

/* Quiet hours, as minutes of the local day: quiet from `from` up to, not including, `to`; over midnight when from > to; never when equal.
 */
typedef struct reb_quiet_hours {
    int from_minute;
    int to_minute;
} reb_quiet_hours;
bool reb_quiet_hours_parse(reb_quiet_hours *out, const char *text); /* "20:00-09:00"; "" is never */
bool reb_quiet_now(const reb_quiet_hours *q, int minute_of_day);

#endif
