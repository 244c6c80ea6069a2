/* Vouchers: what a code is worth, redeemed once. The code is made of a key of this database and the voucher's id (HMAC-SHA256); only its
   SHA-256 is stored, so that whoever sees the tables alone cannot spend it, and whoever may give vouchers can print one again. */
#ifndef REB_DOMAIN_VOUCHER_H
#define REB_DOMAIN_VOUCHER_H

#include "../rule/voucher_code.h"
#include "gesture.h"

typedef enum reb_voucher_state { REB_VOUCHER_OPEN, REB_VOUCHER_REDEEMED, REB_VOUCHER_EXPIRED, REB_VOUCHER_CANCELLED } reb_voucher_state;
const char *reb_voucher_state_name(reb_voucher_state s); /* open, redeemed, expired, cancelled */

enum { REB_VOUCHER_BY = 80, REB_VOUCHER_KEY = 120 };

typedef struct reb_voucher {
    int64_t voucher_id; /* the gesture's */
    reb_case_key at;
    int64_t value_minor;
    char currency[4];
    int64_t created_us, expires_us; /* expires 0: never */
    int64_t redeemed_us, cancelled_us;
    char redeemed_by[REB_VOUCHER_BY + 1];
    char redeemed_key[REB_VOUCHER_KEY + 1];
} reb_voucher;

reb_voucher_state reb_voucher_state_at(const reb_voucher *v, int64_t now_us);

/* Makes the voucher of a gesture. Inside a write transaction. Errors: STORE, INTERNAL. */
reb_status reb_voucher_add(char code[REB_VOUCHER_TEXT], reb_store *s, const reb_gesture *g, int64_t now_us, int64_t expires_us,
                           reb_err *err);
/* The code of a voucher, to be printed again. */
reb_status reb_voucher_code(char code[REB_VOUCHER_TEXT], reb_store *s, int64_t voucher_id, reb_err *err);

/* By its code as somebody typed it. Errors: INPUT (no code), NOT_FOUND. */
reb_status reb_voucher_find(reb_voucher *out, reb_store *s, const char *code, reb_err *err);
/* Errors: NOT_FOUND. */
reb_status reb_voucher_get(reb_voucher *out, reb_store *s, int64_t voucher_id, reb_err *err);

/* Spends it, once, whoever else tries at the same moment, and books its cost. `key` (NULL: none) is what the till calls the sale: the same
   key again is *known, and no second time. In one write transaction. Errors: INPUT, NOT_FOUND, CONFLICT (reasons voucher_redeemed,
   voucher_expired, voucher_cancelled; with when). */
reb_status reb_voucher_redeem(reb_voucher *out, bool *known, reb_store *s, const char *code, const char *who, const char *key,
                              int64_t now_us, reb_err *err);

/* Takes one back that was not redeemed: *cancelled false when it was, or is cancelled already. Inside a write transaction. */
reb_status reb_voucher_cancel(bool *cancelled, reb_store *s, int64_t voucher_id, int64_t now_us, reb_err *err);

/* Newest first, before (before_us, before_id); INT64_MAX for both: from the newest. Returns at most `room` rows. */
reb_status reb_voucher_list(reb_voucher *out, int64_t room, int64_t *count, reb_store *s, int64_t before_us, int64_t before_id,
                            reb_err *err);

/* Of the business's currency: how many were made, redeemed and are open, and what the open ones say. */
typedef struct reb_voucher_sums {
    int64_t made, redeemed, open, open_value_minor;
} reb_voucher_sums;
reb_status reb_voucher_sum(reb_voucher_sums *out, reb_store *s, const char *currency, int64_t now_us, reb_err *err);

#endif
