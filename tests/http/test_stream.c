/* The live stream from inside: the comment line after silence, a client that takes nothing, one that the ring passes by. */
#include "../../src/domain/notice.h"
#include "../../src/http/server.h"
#include "../../src/store/store.h"
#include "../lib/tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static reb_server *g_server;
static reb_store *g_store;

static int ask_for(const char *path, int receive_bytes) {
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)strtoul(strrchr(reb_server_url(g_server), ':') + 1, NULL, 10)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char ask[200];
    size_t len = (size_t)snprintf(ask, sizeof ask, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (receive_bytes > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0 || write(fd, ask, len) != (ssize_t)len) return -1;
    return fd;
}

static int open_stream(int receive_bytes) {
    return ask_for("/v1/events", receive_bytes);
}

/* The longest that anything is waited for; only what fails takes so long. */
static const int64_t k_patience_s = 120;

/* Reads until `word` has come, or the stream ended (*ended), at most so many seconds. */
static bool read_within(int fd, const char *word, bool *ended, int64_t seconds) {
    static char text[1 << 16];
    size_t n = 0;
    int64_t until = reb_monotonic_us() + seconds * REB_US_PER_SECOND;
    *ended = false;
    while (reb_monotonic_us() < until) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) <= 0) continue;
        if (n > sizeof text / 2) { /* the word may lie over the edge: its first part is kept */
            memmove(text, text + n - 64, 64);
            n = 64;
        }
        ssize_t got = read(fd, text + n, sizeof text - 1 - n);
        *ended = got <= 0;
        if (*ended) return false;
        n += (size_t)got;
        text[n] = '\0';
        if (strstr(text, word) != NULL) return true;
    }
    return false;
}

static bool read_word(int fd, const char *word, bool *ended) {
    return read_within(fd, word, ended, k_patience_s);
}

/* Reads what has come by now. */
static void drain(int fd) {
    static char text[1 << 16];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, 0) > 0 && read(fd, text, sizeof text) > 0) {
    }
}

/* Waits until the server has dropped a connection, by its own counter. */
static bool one_was_cut(void) {
    int64_t until = reb_monotonic_us() + k_patience_s * REB_US_PER_SECOND;
    while (reb_monotonic_us() < until) {
        bool ended;
        int fd = ask_for("/metrics", 0);
        bool cut = read_within(fd, "\nrebound_http_connections_cut_total 1\n", &ended, 1);
        close(fd);
        if (cut) return true;
    }
    return false;
}

static void notice(const char *data) {
    reb_err err = {0};
    if (reb_notice_add(NULL, g_store, "t", data, 1, &err) != REB_OK) printf("# %s\n", err.detail);
}

static void comments(void) {
    bool ended;
    int fd = open_stream(0);
    OK(read_word(fd, "retry: ", &ended), "a stream opens");
    OK(read_word(fd, ": still here\n\n", &ended), "silence is broken by a comment");
    OK(read_word(fd, ": still here\n\n", &ended), "and again");
    notice("{\"a\":1}");
    OK(read_word(fd, "event: t\ndata: {\"a\":1}\n\n", &ended), "a notice comes in between");
    close(fd);
}

/* 3 MB of notices for somebody who reads none of them: the socket's buffers fill, the server does not wait for ever nor keep them. */
static void slow(void) {
    bool ended;
    int lazy = open_stream(2048);
    int keen = open_stream(0);
    OK(lazy >= 0 && read_word(keen, "retry: ", &ended), "two streams");
    static char data[60000];
    memset(data, 'x', sizeof data - 1);
    data[0] = data[sizeof data - 2] = '"';
    for (int i = 0; i < 150; i++) {
        notice(data);
        drain(keen); /* or it would be dropped as well where writing them takes longer than a stall */
    }
    notice("\"last\"");
    OK(read_word(keen, "\"last\"", &ended), "who reads gets all of it");
    OK(one_was_cut(), "the server drops a connection");
    bool last = read_word(lazy, "\"last\"", &ended);
    /* While the lazy one slept it was dropped: what lay in the buffers can still be read, then the stream has ended. */
    OK(!last && ended, "who reads nothing is dropped");
    close(lazy);
    close(keen);
}

int main(void) {
    char dir[] = "/tmp/rebound-stream.XXXXXX";
    char db[64];
    char uploads[80];
    reb_err err = {0};
    if (mkdtemp(dir) == NULL) return 1;
    snprintf(db, sizeof db, "%s/t.db", dir);
    snprintf(uploads, sizeof uploads, "%s.uploads", db);
    OK(reb_store_open(&g_store, db, REB_OPEN_CREATE, &err) == REB_OK, "a store");
    const reb_server_options o = {.db = db,
                                  .listen = "127.0.0.1:0",
                                  .act_clock = reb_clock_system(),
                                  .wall_clock = reb_clock_system(),
                                  .log = {.fd = STDERR_FILENO, .least = REB_LOG_ERROR, .clock = reb_clock_system()},
                                  .rate_per_s = UINT32_MAX,
                                  .comment_ms = 300,
                                  .stall_ms = 500};
    if (OK(reb_server_open(&g_server, &o, &err) == REB_OK, "a server")) {
        comments();
        slow();
    } else {
        printf("# %s\n", err.detail);
    }
    reb_server_close(g_server, 2000);
    reb_store_close(g_store);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", db, ends[i]);
        unlink(path);
    }
    rmdir(uploads);
    rmdir(dir);
    return tap_done();
}
