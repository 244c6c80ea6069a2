/* Invents a shop and writes its exports as a shop's programs would write them, with the truth beside them.

   Behaviour is drawn from the models that Rebound fits: repeat purchases from a Pareto/NBD, amounts from a Gamma-Gamma. So the tests can
   ask whether Rebound finds what was put in. Equal options give equal files, byte for byte. */
#ifndef REB_APP_DEMO_H
#define REB_APP_DEMO_H

#include "../base/err.h"

#include <stdint.h>

#define REB_DEMO_DAYS 730 /* the shop opened so many days before `until_day` */
#define REB_DEMO_MAX_CUSTOMERS INT64_C(10000000)

typedef struct reb_demo_options {
    const char *folder; /* made when absent; must hold none of the files below */
    int64_t customers;  /* who bought at least once; 1..REB_DEMO_MAX_CUSTOMERS */
    uint64_t seed;
    int64_t until_day;                                     /* the exports end with the day before; days since 1970-01-01, Europe/London */
    void (*progress)(void *ctx, int64_t done, int64_t of); /* may be NULL; called now and then */
    void *ctx;
} reb_demo_options;

/* What was written. Purchases are the orders that were kept: neither cancelled nor wholly refunded. */
typedef struct reb_demo_counts {
    int64_t customers;
    int64_t alive;           /* at the start of until_day, by the hidden truth */
    int64_t never_ordered;   /* on the list of customers, without an order */
    int64_t orders;          /* all that follows together */
    int64_t purchases;       /* kept, of known customers */
    int64_t cancelled;       /* never paid for in the end */
    int64_t refunded;        /* wholly */
    int64_t part_refunded;   /* among the purchases */
    int64_t walk_ins;        /* orders that name no customer */
    int64_t lines;           /* rows of orders.csv */
    int64_t purchase_days;   /* same-day purchases of a customer together */
    int64_t purchased_minor; /* pence, purchases less what was refunded of them */
    int64_t tickets;
    int64_t feedback;
} reb_demo_counts;

/* Writes into the folder:
     orders.csv     Shopify's form, oldest first; an order's further lines are continuation rows
     customers.csv  Shopify's form; names in Arabic, English, Greek and Persian
     tickets.csv    complaints, in Zendesk's form
     feedback.csv   answers to "how was it", an event a row
     truth.csv      for each customer what no shop knows: alive or not, the true rates, why they left
     truth.json     the parameters and the counts
   Memory does not grow with the number of customers. When it fails the files begun are removed.
   Errors: USAGE (options), CONFLICT (a file is there already), IO, MEMORY. */
reb_status reb_demo_write(reb_demo_counts *counts, const reb_demo_options *options, reb_err *err);

#endif
