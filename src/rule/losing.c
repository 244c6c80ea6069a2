#include "losing.h"

#include "share.h"

#include <math.h>

void reb_losing_reach(double out[3], const reb_losing_factors *f) {
    for (int i = 0; i < 3; i++) out[i] = f->listeners[i] * f->would_buy[i] * f->stopped[i] * f->new_value_minor;
}

void reb_losing_stake(double out[3], const reb_losing_factors *f, const double year_minor[3]) {
    for (int i = 0; i < 3; i++) out[i] = year_minor[i] * f->leave_unheard[i];
}

reb_losing_difference reb_losing_compare(double p1, double n1, double p2, double n2) {
    reb_share a = reb_share_effective(p1, n1);
    reb_share b = reb_share_effective(p2, n2);
    double d = p1 - p2;
    return (reb_losing_difference){d, d - hypot(p1 - a.low, b.high - p2), d + hypot(a.high - p1, p2 - b.low)};
}

int reb_losing_cell(int64_t purchase_days, int64_t days_since) {
    static const int64_t often[REB_LOSING_OFTEN] = {1, 2, 3, 5, 10, INT64_MAX}; /* up to so many */
    static const int64_t since[REB_LOSING_SINCE] = {7, 30, 90, 180, INT64_MAX}; /* up to so many days */
    int i = 0;
    int k = 0;
    while (purchase_days > often[i]) i++;
    while (days_since > since[k]) k++;
    return i * REB_LOSING_SINCE + k;
}
