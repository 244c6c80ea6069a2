/* Cookies, as far as the server needs them (RFC 6265). */
#ifndef REB_HTTP_COOKIE_H
#define REB_HTTP_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the cookie `name` in a Cookie header; NULL for no header. False when it is not there, stands there twice (which of the two
   would be meant?), or does not fit into out[0..size). */
bool reb_cookie_find(char *out, size_t size, const char *header, const char *name);

/* The last address of an X-Forwarded-For header: the one that our own proxy has added. False when that is none. */
bool reb_forwarded_last(char *out, size_t size, const char *header);

#endif
