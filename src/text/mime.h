/* Mail as it comes from the network (RFC 5322, RFC 2045-2049), read by GMime within limits: what is beyond them is left out and counted,
   never an error, because whoever wrote it wants to be heard. All text is valid UTF-8 without control characters but line ends; all of it
   lives in the arena. */
#ifndef REB_TEXT_MIME_H
#define REB_TEXT_MIME_H

#include "../base/arena.h"
#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REB_MAIL_TO_MOST = 64,           /* addresses of recipients that are kept; the others are counted */
    REB_MAIL_REFS_MOST = 40,         /* Message-IDs it refers to, the nearest first */
    REB_MAIL_PARTS_MOST = 300,       /* parts that are looked at */
    REB_MAIL_DEPTH_MOST = 30,        /* parts within parts */
    REB_MAIL_FILES_MOST = 5,         /* files that are kept */
    REB_MAIL_FILE_MOST = 10 << 20,   /* bytes of one */
    REB_MAIL_FILES_BYTES = 25 << 20, /* bytes of all */
    REB_MAIL_TEXT_MOST = 128 << 10,  /* bytes of its text */
    REB_MAIL_LINE_MOST = 400         /* bytes of subject, names, Message-IDs */
};

/* What it says of itself. */
enum {
    REB_MAIL_AUTO = 1u,    /* sent by a machine: an absence note, an acknowledgement, a report (RFC 3834) */
    REB_MAIL_LIST = 2u,    /* from a mailing list, or to many (List-*, Precedence: bulk) */
    REB_MAIL_BOUNCE = 4u,  /* a mail of ours could not be delivered (RFC 3464), or may never be */
    REB_MAIL_SPAM = 8u,    /* a filter on its way took it for spam */
    REB_MAIL_DELAYED = 16u /* a bounce that is none yet: delivery goes on */
};

typedef struct reb_mail_file {
    const char *name;       /* "" when it has none */
    const char *media_type; /* as told, which proves nothing */
    const unsigned char *bytes;
    size_t n;
} reb_mail_file;

typedef struct reb_mail {
    const char *from;                 /* address, folded as identities are; "" when there is none that could be answered */
    const char *from_name;            /* "" */
    const char *reply_to;             /* address; "" */
    const char *to[REB_MAIL_TO_MOST]; /* To, Cc, Delivered-To, X-Original-To, Envelope-To; folded */
    size_t to_count;
    size_t recipients; /* how many it names in all */
    const char *subject;
    const char *message_id;               /* without <>; "" */
    const char *refs[REB_MAIL_REFS_MOST]; /* In-Reply-To, then References from the last to the first; without <> */
    size_t ref_count;
    int64_t date_us; /* as it says; 0 */
    unsigned flags;  /* REB_MAIL_* */
    const char *text;
    const char *language;    /* Content-Language, "" */
    const char *bounced_id;  /* BOUNCE: Message-ID of the mail that came back; "" */
    const char *bounced_why; /* BOUNCE: "5.1.1 ...", as the server says; "" */
    reb_mail_file files[REB_MAIL_FILES_MOST];
    size_t file_count;
    size_t files_left_out;                       /* beyond the limits */
    const char *left_names[REB_MAIL_FILES_MOST]; /* of the first of them; "" or NULL: it has none */
    bool text_cut;
    bool damaged;    /* letters of it could not be read */
    bool beyond;     /* nested deeper or in more parts than are looked at */
    char digest[65]; /* SHA-256 of what does not change on its way: Message-ID, From, Date, Subject, body */
} reb_mail;

/* Reads bytes[0..n), in any state of damage. Errors: MEMORY; INPUT when there is nothing of a mail in it. */
reb_status reb_mail_read(reb_mail *out, reb_arena *a, const char *bytes, size_t n, reb_err *err);

/* The words of an HTML document, in the arena: no styles, scripts or comments; blocks and line breaks become line ends. At most
   REB_MAIL_TEXT_MOST bytes. */
const char *reb_html_text(reb_arena *a, const char *html, size_t n);

/* --- writing ---------------------------------------------------------------------------------------------------------------------------
 */

typedef struct reb_mail_draft {
    const char *from, *from_name; /* address, and the name beside it ("") */
    const char *to;
    const char *reply_to; /* "": none */
    const char *subject;
    const char *message_id;  /* without <> */
    const char *in_reply_to; /* without <>; "" */
    const char *language;
    const char *text;
    const char *generated; /* value of Auto-Submitted: "auto-replied", "auto-generated"; NULL where a person wrote it */
    int64_t date_us;
    const unsigned char *file; /* NULL: none */
    size_t file_bytes;
    const char *file_name, *file_type;
} reb_mail_draft;

/* The mail as it goes over the wire: CRLF, lines of at most 998 bytes, ASCII only. Lives in the arena. Errors: MEMORY, INPUT. */
reb_status reb_mail_write(const char **bytes, size_t *n, reb_arena *a, const reb_mail_draft *d, reb_err *err);

#endif
