/* Pareto/NBD as the papers print it: the other side of the comparisons in bench_num. */
#ifndef REB_BENCH_TEXTBOOK_PNBD_H
#define REB_BENCH_TEXTBOOK_PNBD_H

#include <stddef.h>

#include "rebound.h"

double textbook_pnbd_log_likelihood(const double par[4], const reb_nbd_row *rows, size_t n);
double textbook_pnbd_p_alive(const double par[4], double x, double t_x, double T);
double textbook_pnbd_expected(const double par[4], double t, double x, double t_x, double T);

/* Maximum likelihood by Nelder and Mead on the logarithms; returns the log-likelihood, counts evaluations. */
double textbook_pnbd_fit(double par[4], int *evaluations, const reb_nbd_row *rows, size_t n);

#endif
