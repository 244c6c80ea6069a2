/* The files of the invented shop, row by row, in the forms of the programs that shops use. Private to demo*.c. */
#ifndef REB_APP_DEMO_WRITE_H
#define REB_APP_DEMO_WRITE_H

#include "../base/err.h"
#include "demo_people.h"

#include <stdio.h>

enum {
    DEMO_FILE_ORDERS,
    DEMO_FILE_CUSTOMERS,
    DEMO_FILE_TICKETS,
    DEMO_FILE_FEEDBACK,
    DEMO_FILE_TRUTH,
    DEMO_FILE_TRUTH_JSON,
    DEMO_FILE_COUNT
};

typedef struct demo_files {
    FILE *file[DEMO_FILE_COUNT];
    char path[DEMO_FILE_COUNT][1024];
} demo_files;

typedef enum demo_kind {
    DEMO_PURCHASE,
    DEMO_PART_REFUNDED,
    DEMO_SECOND, /* a second order on the day of a purchase */
    DEMO_CANCELLED,
    DEMO_REFUNDED,
    DEMO_WALK_IN,
    DEMO_TICKET,
    DEMO_FEEDBACK
} demo_kind;

/* One thing that happened, and to whom. The last three fields are set by demo_write_order. */
typedef struct demo_order {
    demo_kind kind;
    int64_t customer;     /* index */
    int64_t day;          /* in Europe/London, since 1970-01-01 */
    double part_of_day;   /* [0, 1): where in the shop's opening hours */
    int64_t amount_minor; /* what the customer shall have paid, net of refunds; met to a few pence */
    bool first;           /* the customer's first */
    demo_trouble trouble;
    reb_rand random;
    int64_t until_day;
    demo_person person;
    int64_t total_minor;
    int64_t refunded_minor;
    int64_t rows;
} demo_order;

typedef struct demo_truth {
    int64_t first_day;
    int64_t last_day;
    int64_t repeat_days;
    int64_t died_day; /* when not alive */
    bool alive;
    double rate_per_day;
    double death_per_day;
    double mean_minor;
    demo_trouble left_because;
} demo_truth;

/* What truth.json counts: every field of reb_demo_counts. */
#define DEMO_COUNTS(X)                                                                                                                     \
    X(customers)                                                                                                                           \
    X(alive)                                                                                                                               \
    X(never_ordered)                                                                                                                       \
    X(orders)                                                                                                                              \
    X(purchases)                                                                                                                           \
    X(cancelled)                                                                                                                           \
    X(refunded)                                                                                                                            \
    X(part_refunded)                                                                                                                       \
    X(walk_ins)                                                                                                                            \
    X(lines)                                                                                                                               \
    X(purchase_days)                                                                                                                       \
    X(purchased_minor)                                                                                                                     \
    X(tickets)                                                                                                                             \
    X(feedback)

/* Makes the files, with their headers; an existing one is REB_E_CONFLICT and stays as it is. */
reb_status demo_files_open(demo_files *f, const char *folder, reb_err *err);
reb_status demo_files_check(const demo_files *f, reb_err *err); /* REB_E_IO once a write failed */
/* Closes; when `so_far` is not REB_OK, or closing fails, the files are removed. Returns the first failure. */
reb_status demo_files_close(demo_files *f, reb_status so_far, reb_err *err);

void demo_write_order(demo_files *f, demo_order *o, int64_t number);
void demo_write_ticket(demo_files *f, demo_order *o, int64_t number);
void demo_write_feedback(demo_files *f, demo_order *o);
void demo_write_customer(demo_files *f, const demo_person *p, int64_t orders, int64_t spent_minor);
void demo_write_truth(demo_files *f, const demo_person *p, const demo_truth *t, int64_t until_day);

#endif
