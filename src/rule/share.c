#include "share.h"

#include <math.h>

reb_share reb_share_effective(double p, double n) {
    const double z = 1.959963984540054; /* of 95% */
    if (!(n > 0.0)) return (reb_share){p, 0.0, 1.0};
    double middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    double half = z / (1.0 + z * z / n) * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
    /* At the ends the formula gives 0 and 1, but for rounding. */
    return (reb_share){p, p <= 0.0 ? 0.0 : fmax(middle - half, 0.0), p >= 1.0 ? 1.0 : fmin(middle + half, 1.0)};
}

reb_share reb_share_of(int64_t k, int64_t n) {
    return n > 0 ? reb_share_effective((double)k / (double)n, (double)n) : (reb_share){0.0, 0.0, 1.0};
}
