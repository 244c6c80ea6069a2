/* Codes that change every half minute: HOTP (RFC 4226) over time, TOTP (RFC 6238), as phone programs reckon them: HMAC-SHA-1, six digits,
   steps of 30 seconds from 1970. Pure: nothing is stored here; who has which secret, and that a code works once, is second_factor's. */
#ifndef REB_DOMAIN_TOTP_H
#define REB_DOMAIN_TOTP_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REB_TOTP_SECRET = 20,  /* bytes: the length of a SHA-1 (RFC 4226, 4: at least 16, 20 recommended) */
    REB_TOTP_BASE32 = 33,  /* the secret as text, with its NUL */
    REB_TOTP_CODE = 7,     /* six digits and the NUL */
    REB_TOTP_STEP_S = 30,  /* seconds */
    REB_TOTP_WINDOW = 1,   /* steps that a phone's clock may be wrong by, to either side */
    REB_TOTP_URI = 1024,   /* bytes of an otpauth address, with its NUL */
    REB_TOTP_ISSUER = 60,  /* bytes of the issuer that are kept in it */
    REB_TOTP_ACCOUNT = 120 /* ... and of the account */
};

/* The step an instant lies in; instants before 1970 lie in step 0. */
int64_t reb_totp_step(int64_t time_us);
/* HOTP(secret, step) as six digits, RFC 4226, 5.3. `secret`: 1..64 bytes. Errors: INTERNAL when the library refuses. */
reb_status reb_totp_code(char out[REB_TOTP_CODE], const unsigned char *secret, size_t secret_len, int64_t step, reb_err *err);
/* Is `text` the code of a step within REB_TOTP_WINDOW of now and after `last_step` (the step of the code used last; -1: none)?
   Every step of the window is compared in full and in the same time, whichever matches. *step gets the matching one, or -1.
   `text` may hold digits of any script and white space or hyphens between them. Errors: INTERNAL. */
reb_status reb_totp_check(int64_t *step, const unsigned char secret[REB_TOTP_SECRET], const char *text, int64_t last_step, int64_t now_us,
                          reb_err *err);

void reb_totp_base32(char out[REB_TOTP_BASE32], const unsigned char secret[REB_TOTP_SECRET]); /* RFC 4648, 6, without padding */
/* otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...&algorithm=SHA1&digits=6&period=30, as phone programs read it from a QR code.
   Names are cut at a whole character and percent-encoded. */
void reb_totp_uri(char out[REB_TOTP_URI], const unsigned char secret[REB_TOTP_SECRET], const char *issuer, const char *account);

/* Plain digits of what a person typed: six of them, from any script, white space and hyphens left out. False for anything else. */
bool reb_totp_digits(char out[REB_TOTP_CODE], const char *text);

#endif
