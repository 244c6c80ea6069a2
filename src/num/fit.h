/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REB_NUM_FIT_H
#define REB_NUM_FIT_H

#include "num.h"

/* reb_nbd_fit from a start known to be near: no first climb on a sample, and a step below 1e-2 of the logarithms is the last one
 * (what it leaves is about its square, a thousandth of a standard error). */
reb_num_status num_fit_near(reb_fit *fit, reb_nbd_model model, const reb_nbd_row *rows, size_t n, const reb_fit_options *options,
                            void *work, size_t work_size);

/* Likelihood of all rows with derivatives by the logarithms (upper half of h), without a prior. */
reb_num_status num_eval_rows(num_sums *sums, reb_nbd_model model, const reb_nbd_row *rows, size_t n, double per_unit, const double par[4],
                             void *work, size_t work_size);

#endif
