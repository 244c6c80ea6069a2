/* What losing a customer costs, from stated assumptions, and how buying again compares between groups. Pure.

   reach = listeners x share who would have bought x share whom the story stops x what a new customer is worth
   at stake = what the customer brings next year if they stay x chance that we lose them unheard
   price of a case = at stake + reach (src/app/stake.h)

   The ends of the range take all factors at their ends: wide on purpose, because the factors are assumed. */
#ifndef REB_RULE_LOSING_H
#define REB_RULE_LOSING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct reb_losing_factors { /* likely, low, high of each */
    double listeners[3], would_buy[3], stopped[3], leave_unheard[3];
    double new_value_minor; /* of a new customer */
} reb_losing_factors;

/* out: likely, low, high, minor units. */
void reb_losing_reach(double out[3], const reb_losing_factors *f);
void reb_losing_stake(double out[3], const reb_losing_factors *f, const double year_minor[3]); /* likely, low, high of the year */

/* Two shares and their difference with the interval of Newcombe (1998, method 10: hybrid score). The second may be a weighted mean of
   shares, with the number of evenly weighted ones that would tell as much: (sum of weights)^2 / sum of squared weights (Kish, Survey
   Sampling, 1965). */
typedef struct reb_losing_difference {
    double value, low, high;
} reb_losing_difference;
reb_losing_difference reb_losing_compare(double p1, double n1, double p2, double n2);

/* Comparable customers are alike in how often they had bought, and how long ago. */
enum { REB_LOSING_OFTEN = 6, REB_LOSING_SINCE = 5, REB_LOSING_CELLS = REB_LOSING_OFTEN * REB_LOSING_SINCE };
int reb_losing_cell(int64_t purchase_days, int64_t days_since);
enum { REB_LOSING_LEAST = 20, REB_LOSING_CONTROLS_LEAST = 10 /* in a cell */, REB_LOSING_HORIZON_DAYS = 90 };

#endif
