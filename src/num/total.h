/* SPDX-License-Identifier: Apache-2.0 */
/* The likelihood of all rows at once, with derivatives, through tables over the days when times are on a grid. */
#ifndef REB_NUM_TOTAL_H
#define REB_NUM_TOTAL_H

#include "num.h"

typedef struct num_data {
    reb_nbd_model model;
    const reb_nbd_row *rows;
    size_t n;
    size_t stride;   /* look at every stride-th row only: a first guess on large data */
    double per_unit; /* grid steps a unit; 0: no grid, or rows not sorted */
    int days;        /* largest T in grid steps, if there is a grid */
    bool has_bad;    /* some rows are outside the domain and must be passed over */
    double *tables;  /* num_tables_size(days) doubles, or NULL */
} num_data;

/* Tables are made up to this many grid steps: 22 years of days. */
#define NUM_MAX_DAYS 8192

size_t num_tables_size(int days);
void num_bg_total(num_sums *sums, const double par[4], void *data);
void num_pnbd_total(num_sums *sums, const double par[4], void *data);

/* Nodes a day step that keep a Pareto/NBD day table exact, for counts up to x_max; 0 where tables are of no use. */
int num_day_nodes(const double par[4], double x_max, double per_unit, int day);
/* The largest x for which the tables stay inside the range of doubles and the nodes suffice; negative: none. */
double num_table_x_max(const double par[4], double per_unit, int days);

#endif
