/* What a case says by mail of itself: that it is here. In the language of whoever wrote; the words are messages/ (mail.ack). */
#ifndef REB_APP_CASE_MAIL_H
#define REB_APP_CASE_MAIL_H

#include "../domain/outbox.h"
#include "case.h"

enum { REB_ACKS_A_DAY = 5 };

typedef struct reb_case_ack {
    int64_t number;
    reb_case_key at;
    const char *status_token;
    const char *to;       /* address */
    const char *name;     /* "": not told. Greeted by only where it can be a name: see reb_case_mail_name */
    const char *language; /* en, ar, fa, el */
} reb_case_ack;

/* Queues the mail by which a customer learns that their complaint is here, with its number, by when they are answered, and the link to its
   page, in the caller's transaction: once a case. *outbox_id is 0 where no mail is set up, and where the address was sent
   REB_ACKS_A_DAY within the last day: two machines that greet each other stop, and nobody's box is filled by somebody who types in their
   address. Telling the case that it was acknowledged is the
   caller's (reb_case_acknowledge, "email"). Errors: those of reb_outbox_add. */
reb_status reb_case_ack_queue(int64_t *outbox_id, reb_store *s, const reb_case_by *by, const reb_case_ack *ack, reb_err *err);

/* Can a mail greet by it? Whoever fills in a form may write somebody else's address and words of their own as a name; what is long, or
   holds an address of the web or of mail, a telephone number or signs no name has, is not sent on. */
bool reb_case_mail_name(const char *name);

/* For whom such mail is: calendar and digits of the business where it speaks that language, else those usual for it. */
reb_locale reb_case_mail_locale(const reb_business *b, const char *language);

#endif
