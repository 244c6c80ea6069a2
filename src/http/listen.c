#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* HOST:PORT, [HOST]:PORT, :PORT or PORT alone. */
static bool split(const char *text, char host[256], char port[16]) {
    const char *colon = strrchr(text, ':');
    const char *p = colon != NULL ? colon + 1 : text;
    size_t host_len = colon != NULL ? (size_t)(colon - text) : 0;
    if (text[0] == '[') {
        if (host_len < 2 || text[host_len - 1] != ']') return false;
        text++;
        host_len -= 2;
    }
    size_t port_len = strlen(p);
    if (host_len >= 256 || port_len == 0 || port_len > 5 || strspn(p, "0123456789") != port_len || strtol(p, NULL, 10) > 65535)
        return false;
    memcpy(host, text, host_len);
    host[host_len] = '\0';
    if (host_len == 0) memcpy(host, "127.0.0.1", 10);
    memcpy(port, p, port_len + 1);
    return true;
}

static bool is_loopback(const struct sockaddr_storage *a) {
    if (a->ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, a, sizeof v4);
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    if (a->ss_family != AF_INET6) return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, a, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) || (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == 127);
}

/* What was really bound: the port that was free, the address a name stood for. */
static void describe(reb_listen *out) {
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;
    char host[64] = "?";
    char port[16] = "?";
    if (getsockname(out->fd, (struct sockaddr *)&a, &n) == 0)
        getnameinfo((struct sockaddr *)&a, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    out->loopback = is_loopback(&a);
    snprintf(out->url, sizeof out->url, a.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

reb_status reb_listen_open(reb_listen *out, const char *address, reb_err *err) {
    *out = (reb_listen){.fd = -1};
    char host[256];
    char port[16];
    if (!split(address, host, port)) {
        reb_fail(err, REB_E_USAGE, "\"%.100s\" is no address to listen on.", address);
        reb_err_next(err, "Write it as HOST:PORT, for example 127.0.0.1:7070 or [::1]:7070.");
        return REB_E_USAGE;
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    int rc = getaddrinfo(host, port, &hints, &list);
    if (rc != 0) return reb_fail(err, REB_E_USAGE, "The address \"%.100s\" is not known: %s.", host, gai_strerror(rc));
    int fd = -1;
    int why = 0;
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            why = errno;
            continue;
        }
        const int one = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one); /* a restart need not wait for old connections to be forgotten */
        if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 1024) == 0) break;
        why = errno;
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    if (fd < 0) {
        reb_fail(err, REB_E_IO, "%s cannot be listened on: %s.", address, strerror(why));
        if (why == EADDRINUSE) reb_err_next(err, "Another program listens there; choose another port with --listen.");
        return REB_E_IO;
    }
    out->fd = fd;
    describe(out);
    return REB_OK;
}
