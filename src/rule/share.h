/* A share and how sure it is. Pure. */
#ifndef REB_RULE_SHARE_H
#define REB_RULE_SHARE_H

#include <stdint.h>

/* Within [0, 1]. */
typedef struct reb_share {
    double value, low, high;
} reb_share;

/* k of n with the 95% interval of E. B. Wilson, JASA 22 (1927) 209-212, which holds its level also where n is small or nobody, or
   everybody, is one of the k. n 0: value 0 and the interval 0..1. */
reb_share reb_share_of(int64_t k, int64_t n);

/* The same of a share p among n that need not be whole: an effective number of a weighted mean. */
reb_share reb_share_effective(double p, double n);

#endif
