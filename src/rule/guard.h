/* The no-lose guard: which gesture may be given, by whom, and why not. Both sides are shown what it does for them. Pure: whole numbers in,
   the same verdict out; no store, no clock, no chance.

   Two kinds of things are given, and they never meet:
     due     what the standards in force give by right. It is never weighed: the answer is `ok` whatever the customer is worth, and the
             only thing that the guard refuses is to make it smaller, or to ask something for it.
     extra   what goes beyond. The customer gives up nothing for it; the business expects to keep at least what it costs within the payback
             time, and the customer's margin of the window stays at or above the floor. What breaks the one or the other may be an
             investment, on purpose: with an end date, by somebody who may invest, and never more than what may be invested in one customer.

   What an extra is expected to keep:  at stake x payback days / days that the stake is reckoned over x (1 - already turned) x chance that
   it turns the customer. The chance is an assumption until it is measured. Costs are expected ones for the gain, the dearest for the
   floor and for the limits: a voucher that is surely used must break neither.

   Money: minor units, at most REB_GUARD_MOST_MINOR either way. Chances and shares: millionths. What we keep is rounded down, what it costs
   and what the customer gets is rounded up. */
#ifndef REB_RULE_GUARD_H
#define REB_RULE_GUARD_H

#include "standard.h"

#define REB_GUARD_MOST_MINOR INT64_C(1000000000000000)
#define REB_GUARD_ONE INT64_C(1000000) /* certain, all of it */

typedef struct reb_guard_range { /* low <= likely <= high */
    int64_t low, likely, high;
} reb_guard_range;

typedef enum reb_guard_basis { REB_BASIS_DUE, REB_BASIS_EXTRA } reb_guard_basis;
const char *reb_guard_basis_name(reb_guard_basis b); /* due, extra */

/* What is to be given. */
typedef struct reb_guard_offer {
    reb_guard_basis basis;
    int64_t value_minor; /* what the customer gets */
    int64_t right_minor; /* due: what the standards give of it. extra: not read */
    int64_t forgo_minor; /* what the customer would give up or pay for it: must be nothing */
    bool value_known;    /* false: a percentage of an order that is not known. due: still due */
    bool may_be_extra;   /* the standards name it as an extra for this kind of complaint, and not as a right only */
    int64_t most_minor;  /* the published table gives no more than this; -1: no such limit */
    int64_t cost_now_minor;
    int64_t cost_used_minor; /* when it is used; on top of cost_now */
    int64_t redeemed;        /* millionths of which are ever used */
    reb_guard_range turns;   /* chance that it turns the customer, millionths */
} reb_guard_offer;

/* Whose it is to be. */
typedef struct reb_guard_customer {
    reb_guard_range stake; /* expected to be lost if nothing is done, over stake_days */
    int64_t stake_days;    /* >= 1 */
    int64_t turned;        /* millionths: what the extras of this case have turned already (reb_guard_turned) */
    int64_t sales_minor;   /* of the window */
    int64_t margin_minor;  /* of the window, before extras */
    int64_t extras_minor;  /* >= 0: what extras of the window cost, those not yet used at their dearest */
    int64_t of_case_minor; /* >= 0: those of this case, against the limits */
    bool anonymous;        /* takes no offers */
} reb_guard_customer;

/* What the business holds to. */
typedef struct reb_guard_policy {
    int64_t payback_days;      /* 1..3650 */
    int64_t invest_days;       /* payback_days..3650: by when an investment is earned back */
    int64_t floor;             /* millionths of the window's sales, -1,000,000..1,000,000 */
    int64_t invest_most_minor; /* >= 0: how far below the floor an investment may take one customer; 0: none are made */
} reb_guard_policy;

/* Who may give how much in one case, from the least to the most. */
typedef struct reb_guard_role {
    int64_t limit_minor; /* -1: no limit */
    bool may_invest;
} reb_guard_role;
enum { REB_GUARD_ROLES_MOST = 8 };
typedef struct reb_guard_people {
    reb_guard_role roles[REB_GUARD_ROLES_MOST];
    int64_t count;
    int64_t giver; /* which of them gives */
} reb_guard_people;

typedef enum reb_guard_verdict { REB_GUARD_OK, REB_GUARD_NEEDS_APPROVAL, REB_GUARD_BLOCKED } reb_guard_verdict;
const char *reb_guard_verdict_name(reb_guard_verdict v); /* ok, needs_approval, blocked */

/* Why; the first that holds. REB_GUARD_WHY(id, name) */
#define REB_GUARD_WHYS(REB_GUARD_WHY)                                                                                                      \
    REB_GUARD_WHY(DUE, "due")                     /* ok: theirs by right */                                                                \
    REB_GUARD_WHY(NO_LOSE, "no_lose")             /* ok: neither side loses */                                                             \
    REB_GUARD_WHY(INVESTMENT, "investment")       /* ok or needs_approval: thin for a time, on purpose */                                  \
    REB_GUARD_WHY(OVER_LIMIT, "over_limit")       /* needs_approval: dearer than the giver may give */                                     \
    REB_GUARD_WHY(BELOW_RIGHT, "below_right")     /* blocked: less than what is theirs */                                                  \
    REB_GUARD_WHY(GIVES_UP, "gives_up")           /* blocked: would cost them a right */                                                   \
    REB_GUARD_WHY(NOT_EXTRA, "not_extra")         /* blocked: the standards do not name it as an extra here */                             \
    REB_GUARD_WHY(OVER_MOST, "over_most")         /* blocked: more than the published table gives */                                       \
    REB_GUARD_WHY(ANONYMOUS, "anonymous")         /* blocked: whoever is anonymous gets no offers */                                       \
    REB_GUARD_WHY(VALUE_UNKNOWN, "value_unknown") /* blocked: a part of an order that is not known */                                      \
    REB_GUARD_WHY(LOSES, "loses")                 /* blocked: costs more than it is expected to keep */                                    \
    REB_GUARD_WHY(FLOOR, "floor")                 /* blocked: the margin would fall below the floor */                                     \
    REB_GUARD_WHY(NOBODY, "nobody")               /* blocked: nobody may give so much */
typedef enum reb_guard_why {
#define REB_GUARD_WHY(id, name) REB_GUARD_WHY_##id,
    REB_GUARD_WHYS(REB_GUARD_WHY)
#undef REB_GUARD_WHY
        REB_GUARD_WHY_COUNT
} reb_guard_why;
const char *reb_guard_why_name(reb_guard_why w);

typedef struct reb_guard_answer {
    reb_guard_verdict verdict;
    reb_guard_why why;
    int64_t approver;        /* needs_approval: the role with the least that suffices; else -1 */
    reb_guard_range cost;    /* low: what is spent now; likely: expected; high: when it is surely used */
    reb_guard_range keeps;   /* extra: margin that it is expected to keep within the payback time; due: 0, it is not weighed */
    int64_t gain_minor;      /* keeps.likely - cost.likely; due: 0 */
    bool no_lose;            /* extra: expected gain not below 0 in the payback time, and margin at or above the floor */
    bool holds_at_low;       /* and even if it keeps the least and costs the most */
    bool investment;         /* extra: not no_lose, and allowed on purpose */
    int64_t ends_days;       /* investment: to be earned back within so many days; else 0 */
    int64_t margin_minor;    /* extra: the window's margin if it is surely used */
    int64_t floor_minor;     /* extra: what that must not fall below */
    int64_t spot_most_minor; /* extra: the most that such a gesture may cost for this giver to give it on the spot; 0: nothing */
} reb_guard_answer;

/* Errors: INPUT (a figure outside of what is written above). */
reb_status reb_guard_weigh(reb_guard_answer *out, const reb_guard_offer *offer, const reb_guard_customer *customer,
                           const reb_guard_policy *policy, const reb_guard_people *people, reb_err *err);

/* What a remedy of the published table gives and costs. `order_minor`: what was paid for what the case is about, < 0: not known.
   `amount_minor`: what the giver wants to give where the table leaves it open or gives more, 0: as published. For `due` it only raises.
   `work_minor`: what the minutes of it cost. Sets basis, value, right, most, costs, redeemed, value_known; leaves the rest.
   Errors: INPUT (an amount outside 0..REB_GUARD_MOST_MINOR). */
reb_status reb_guard_price(reb_guard_offer *out, const reb_remedy *remedy, reb_guard_basis basis, int64_t order_minor, int64_t amount_minor,
                           int64_t work_minor, reb_err *err);

/* What is turned after one more gesture that turns `chance`, both in millionths: 1 - (1 - turned)(1 - chance), rounded up. */
int64_t reb_guard_turned(int64_t turned, int64_t chance);

/* The part `millionths` (0..1,000,000) of an amount (>= 0), rounded down or up; exact. */
int64_t reb_guard_part(int64_t amount, int64_t millionths);
int64_t reb_guard_part_up(int64_t amount, int64_t millionths);

#endif
