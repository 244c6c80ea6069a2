/* Where a customer stands: one word, by published rules. */
#include "customer_internal.h"

#include "today.h"

#include <string.h>

#define GONE_RATHER_THAN_NOT 0.5

static const char *const k_names[] = {"", "prospect", "new", "active", "slowing", "lost"};

const char *reb_customer_stage_name(reb_customer_stage s) {
    return k_names[s];
}

bool reb_customer_stage_from_name(reb_customer_stage *out, const char *name) {
    for (size_t i = 1; name != NULL && i < sizeof k_names / sizeof k_names[0]; i++) {
        if (strcmp(name, k_names[i]) != 0) continue;
        *out = (reb_customer_stage)i;
        return true;
    }
    return false;
}

reb_customer_stage reb_customer_stage_of(const reb_customer_standing *s, double drift_ratio) {
    if (s->purchase_days == 0) return REB_CUSTOMER_PROSPECT;
    if (!s->scored) return REB_CUSTOMER_UNKNOWN;
    if (s->p_alive < REB_TODAY_LOST) return REB_CUSTOMER_LOST;
    bool off_rhythm = s->p_alive < REB_TODAY_DRIFTING && reb_today_off_rhythm(drift_ratio, s->x, s->recency_days, s->observed_days);
    if (s->p_alive < GONE_RATHER_THAN_NOT || off_rhythm) return REB_CUSTOMER_SLOWING;
    return s->x < 0.5 ? REB_CUSTOMER_NEW : REB_CUSTOMER_ACTIVE;
}
