/* The listening socket. */
#ifndef REB_HTTP_LISTEN_H
#define REB_HTTP_LISTEN_H

#include "../base/err.h"

#include <stdbool.h>

typedef struct reb_listen {
    int fd;        /* the caller closes it */
    bool loopback; /* only this machine can reach it */
    char url[160]; /* as bound: http://127.0.0.1:7070 */
} reb_listen;

/* HOST:PORT or [IPV6]:PORT; port 0 takes a free one. Errors: USAGE, IO. */
reb_status reb_listen_open(reb_listen *out, const char *address, reb_err *err);

#endif
