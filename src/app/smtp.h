/* Handing mails to the server they go out by (RFC 5321), by libcurl. */
#ifndef REB_APP_SMTP_H
#define REB_APP_SMTP_H

#include "mail_server.h"

typedef struct reb_smtp reb_smtp;

/* Prepares; nothing is connected yet. The server must outlive it. `helo`: the name Rebound greets with. */
reb_status reb_smtp_open(reb_smtp **out, const reb_mail_server *server, const char *helo, reb_err *err);
void reb_smtp_close(reb_smtp *s); /* NULL is allowed */
/* What is under way ends when `stop` says so; but not between the end of a mail and the server's answer. */
void reb_smtp_stop(reb_smtp *s, bool (*stop)(void *ctx), void *ctx);

typedef enum reb_smtp_end {
    REB_SMTP_TAKEN,   /* the server took it */
    REB_SMTP_LATER,   /* not taken: this mail may be tried again */
    REB_SMTP_REFUSED, /* not taken, for good */
    REB_SMTP_UNSURE,  /* all of it was handed over and no answer came */
    REB_SMTP_DOWN     /* the server could not be reached or lets us not in: no mail can go now */
} reb_smtp_end;

/* Hands one mail over. `before_end` is called once, when all but its last two bytes were written to the connection: what it returns decides
   whether the end follows (REB_OK) or the connection is cut, so that the server takes nothing. *end tells what became of it, and `err` why
   (also where the status is REB_OK and the end is not TAKEN). Errors: those of before_end, MEMORY. */
typedef reb_status (*reb_smtp_before_end)(void *ctx, reb_err *err);
reb_status reb_smtp_send(reb_smtp_end *end, reb_smtp *s, const char *from, const char *to, const char *bytes, size_t n,
                         reb_smtp_before_end before_end, void *ctx, reb_err *err);

/* Connects, signs in and says goodbye. Errors: IO with what the server said. */
reb_status reb_smtp_check(reb_smtp *s, reb_err *err);

#endif
