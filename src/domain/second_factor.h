/* The second factor of a person: a secret that a phone program shares (totp.h), and ten recovery codes for the day the phone is lost.

   The secret is shown once, when it is begun; it is stored sealed (vault.h), because the server must reckon with it. A code works once:
   the step of the last one is kept. Recovery codes have 80 random bits; only salted hashes (BLAKE2b-256) are stored, each works once.
   Wrong codes in a row are answered with growing waits; since the password comes first, nobody can bring a colleague into that wait without
   knowing it, and a recovery code is taken during it. */
#ifndef REB_DOMAIN_SECOND_FACTOR_H
#define REB_DOMAIN_SECOND_FACTOR_H

#include "../store/store.h"
#include "totp.h"

enum { REB_RECOVERY_CODES = 10, REB_RECOVERY_TEXT = 20 }; /* "xxxx-xxxx-xxxx-xxxx" and the NUL */

typedef struct reb_second_factor {
    bool on;            /* asked for at sign-in */
    bool begun;         /* a secret was made and waits for its first code */
    int64_t since_us;   /* 0 when not on */
    int64_t codes_left; /* recovery codes that were not used */
} reb_second_factor;

typedef struct reb_second_factor_new {
    char secret[REB_TOTP_BASE32]; /* to type, where no camera is at hand */
    char uri[REB_TOTP_URI];       /* otpauth://..., to be shown as a QR code */
} reb_second_factor_new;

typedef enum reb_factor_answer {
    REB_FACTOR_OFF,      /* the person has none: nothing is to be asked */
    REB_FACTOR_RIGHT,    /* the code of the phone */
    REB_FACTOR_RECOVERY, /* a recovery code, which is used up now */
    REB_FACTOR_WRONG,
    REB_FACTOR_WAIT /* too many wrong codes: nothing was compared but the recovery codes */
} reb_factor_answer;

reb_status reb_second_factor_read(reb_second_factor *out, reb_store *s, int64_t user_id, reb_err *err);
/* Makes a secret, in place of one that was begun and not confirmed. Errors: CONFLICT when a factor is on. */
reb_status reb_second_factor_begin(reb_second_factor_new *out, reb_store *s, int64_t user_id, const char *issuer, const char *account,
                                   int64_t now_us, reb_err *err);
/* Turns it on with its first code, and gives the recovery codes, the only time they are seen.
   Errors: INPUT (the code is not right), CONFLICT (nothing was begun, or it is on). */
reb_status reb_second_factor_confirm(char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT], reb_store *s, int64_t user_id, const char *code,
                                     int64_t now_us, reb_err *err);
/* New recovery codes in place of the old ones. Errors: CONFLICT when no factor is on. */
reb_status reb_second_factor_renew(char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT], reb_store *s, int64_t user_id, reb_err *err);
/* Judges what was typed at sign-in: a code of the phone or a recovery code. It writes, and is therefore called once an attempt.
 *wait_s: seconds to wait, for REB_FACTOR_WAIT. */
reb_status reb_second_factor_check(reb_factor_answer *out, int64_t *wait_s, reb_store *s, int64_t user_id, const char *code, int64_t now_us,
                                   reb_err *err);
/* Forgets the factor and its recovery codes; whoever calls it has made sure of the person, or is the owner. Off already is no error. */
reb_status reb_second_factor_off(reb_store *s, int64_t user_id, reb_err *err);

#endif
