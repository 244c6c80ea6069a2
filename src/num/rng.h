/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REB_NUM_RNG_H
#define REB_NUM_RNG_H

#include "num.h"

double num_rng_exponential(reb_rng *rng);              /* mean 1 */
double num_rng_beta(reb_rng *rng, double a, double b); /* a, b > 0 */
uint64_t num_rng_below(reb_rng *rng, uint64_t n);      /* 0 .. n - 1, n > 0 */

#endif
