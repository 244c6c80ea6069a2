/* The servers that mail goes out by and comes in at, as the settings name them, and how libcurl reaches them: TLS from the first byte, or
   STARTTLS, which must then succeed; without encryption only on this machine. Certificates are checked. A password is read from its file
   when it is needed, handed to libcurl, and kept, logged and told nowhere. */
#ifndef REB_APP_MAIL_SERVER_H
#define REB_APP_MAIL_SERVER_H

#include "../base/buf.h"
#include "../domain/business.h"

#include <curl/curl.h>

enum { REB_MAIL_CONNECT_MS = 15000, REB_MAIL_SAID = 300 };

typedef struct reb_mail_server {
    bool set;       /* it is named in the settings */
    char scheme[8]; /* of libcurl: smtp, smtps, imap, imaps */
    char host[256];
    int port;
    bool starttls;    /* must be had */
    const char *user; /* "": no signing in. These live as long as the business */
    const char *password_file, *ca_file;
} reb_mail_server;

/* Reads "smtps://host", "smtp://host:587", "smtp-plain://127.0.0.1:25" and the same of imap. `protocol`: smtp or imap. Errors: INPUT. */
reb_status reb_mail_server_parse(reb_mail_server *out, const char *protocol, const char *text, reb_err *err);

/* From the settings. out->set is false where none is named. Errors: INPUT. */
reb_status reb_mail_server_smtp(reb_mail_server *out, const reb_business *b, reb_err *err);
reb_status reb_mail_server_imap(reb_mail_server *out, const reb_business *b, reb_err *err);

/* What was said last, in either direction: by it errors are told, and how far a mail came. */
typedef struct reb_mail_talk {
    char said[REB_MAIL_SAID]; /* last line of the server */
    char asked[16];           /* last command: its first word; never what follows it */
    long code;                /* of the server's last line, where it begins with one */
    bool (*stop)(void *ctx);  /* asked now and then: ends what is under way; NULL: never */
    void *ctx;
    bool hold; /* not now: the end of a mail is on its way */
    bool over; /* farewell was said: how it went was told before */
} reb_mail_talk;

/* A libcurl handle for the server, the caller's to clean up: address, TLS, who signs in, times. `talk` must live as long as it.
   `path` goes behind the address ("" or "/INBOX"), percent-encoded. Errors: IO (the password's file), INPUT, MEMORY. */
reb_status reb_mail_curl(CURL **out, const reb_mail_server *m, reb_mail_talk *talk, reb_err *err);
reb_status reb_mail_curl_path(CURL *c, const reb_mail_server *m, const char *path, reb_err *err);

/* Says what went wrong, naming host and the server's own words. Always an error: IO. */
reb_status reb_mail_trouble(CURLcode rc, const reb_mail_server *m, const reb_mail_talk *talk, reb_err *err);

#endif
