#include "losing.h"

#include <math.h>

void reb_losing_reach(double out[3], const reb_losing_factors *f) {
    for (int i = 0; i < 3; i++) out[i] = f->listeners[i] * f->would_buy[i] * f->stopped[i] * f->new_value_minor;
}

void reb_losing_stake(double out[3], const reb_losing_factors *f, const double year_minor[3]) {
    for (int i = 0; i < 3; i++) out[i] = year_minor[i] * f->leave_unheard[i];
}

reb_losing_share reb_losing_share_of(double p, double n) {
    const double z = 1.959963984540054;
    if (!(n > 0.0)) return (reb_losing_share){p, 0.0, 1.0};
    double middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    double half = z / (1.0 + z * z / n) * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    return (reb_losing_share){p, fmax(middle - half, 0.0), fmin(middle + half, 1.0)};
}

reb_losing_difference reb_losing_compare(double p1, double n1, double p2, double n2) {
    reb_losing_share a = reb_losing_share_of(p1, n1);
    reb_losing_share b = reb_losing_share_of(p2, n2);
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
