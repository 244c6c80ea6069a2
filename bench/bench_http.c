/* What the server costs, as ratios within one run: requests a second of CPU, our server against bare libmicrohttpd with the same event
   threads, the same kind of answer and the same clients. Goals: hello through the router at least 80%, a customer read with a key at least
   40%. The log is on, as in service. */
#include "../src/app/customer.h"
#include "../src/domain/token.h"
#include "../src/http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 32, REQUESTS = 500, ROUNDS = 12, EVENT_THREADS = 2, CUSTOMERS = 500 };

typedef struct service { /* a server in a process of its own, so that its CPU can be told from the clients' */
    pid_t pid;
    uint16_t port;
    int stop_fd;
} service;

/* --- the clients: each sends a request, reads the answer, and again
 * ------------------------------------------------------------------------ */

typedef struct client {
    uint16_t port;
    const char *path;
    const char *headers;
    int64_t id;
    bool failed;
} client;

static bool read_answer(int fd) {
    char buf[32768];
    size_t have = 0;
    size_t want = 0;
    while (want == 0 || have < want) {
        ssize_t n = read(fd, buf + have, sizeof buf - 1 - have);
        if (n <= 0) return false;
        have += (size_t)n;
        buf[have] = '\0';
        const char *end = want == 0 ? strstr(buf, "\r\n\r\n") : NULL;
        const char *length = end != NULL ? strstr(buf, "Content-Length: ") : NULL;
        if (length != NULL) want = (size_t)(end + 4 - buf) + (size_t)strtoul(length + 16, NULL, 10);
        if (want >= sizeof buf) return false;
    }
    return strncmp(buf, "HTTP/1.1 200", 12) == 0;
}

static void *ask(void *arg) {
    client *c = arg;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    c->failed = connect(fd, (struct sockaddr *)&to, sizeof to) != 0;
    for (int i = 0; i < REQUESTS && !c->failed; i++) {
        char text[512];
        char path[128];
        if (c->id != 0) {
            snprintf(path, sizeof path, "%s%" PRId64 "/card", c->path, c->id);
        } else {
            snprintf(path, sizeof path, "%s", c->path);
        }
        int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, c->headers);
        c->failed = write(fd, text, (size_t)n) != n || !read_answer(fd);
    }
    close(fd);
    return NULL;
}

static double cpu_of(pid_t pid) {
    clockid_t id;
    struct timespec t = {0};
    if (clock_getcpuclockid(pid, &id) == 0) clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Microseconds of the server's CPU for one request, when that is less than *best. */
static void cost_us(double *best, const service *s, const char *path, const char *headers, const int64_t *ids) {
    client c[CLIENTS];
    pthread_t t[CLIENTS];
    double before = cpu_of(s->pid);
    for (int i = 0; i < CLIENTS; i++) {
        c[i] = (client){.port = s->port, .path = path, .headers = headers, .id = ids != NULL ? ids[i] : 0};
        pthread_create(&t[i], NULL, ask, &c[i]);
    }
    for (int i = 0; i < CLIENTS; i++) pthread_join(t[i], NULL);
    for (int i = 0; i < CLIENTS; i++)
        if (c[i].failed) {
            fprintf(stderr, "bench_http: a request to %s failed\n", path);
            exit(1);
        }
    double us = (cpu_of(s->pid) - before) * 1e6 / (CLIENTS * REQUESTS);
    if (us < *best) *best = us;
}

/* --- the servers
 * ------------------------------------------------------------------------------------------------------------------------------- */

static enum MHD_Result bare(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,
                            size_t *size, void **ctx) {
    (void)cls, (void)url, (void)method, (void)version, (void)data, (void)size;
    static int seen;
    if (*ctx == NULL) {
        *ctx = &seen;
        return MHD_YES;
    }
    struct MHD_Response *r = MHD_create_response_from_buffer(15, (void *)(uintptr_t) "{\"status\":\"ok\"}", MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Content-Type", "application/json");
    enum MHD_Result done = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    return done;
}

static uint16_t start_bare(void) {
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, bare, NULL,
                                            MHD_OPTION_THREAD_POOL_SIZE, (unsigned)EVENT_THREADS, MHD_OPTION_END);
    return d == NULL ? 0 : MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static uint16_t start_ours(const char *db) {
    const reb_server_options o = {.db = db,
                                  .listen = "127.0.0.1:0",
                                  .act_clock = reb_clock_system(),
                                  .wall_clock = reb_clock_system(),
                                  .log = {.fd = open("/dev/null", O_WRONLY), .least = REB_LOG_INFO, .clock = reb_clock_system()},
                                  .event_threads = EVENT_THREADS,
                                  .workers = 2,
                                  .rate_per_s = UINT32_MAX,
                                  .no_jobs = true};
    reb_server *s = NULL;
    reb_err err = {0};
    if (reb_server_open(&s, &o, &err) != REB_OK) {
        fprintf(stderr, "bench_http: %s\n", err.detail);
        return 0;
    }
    return (uint16_t)strtoul(strrchr(reb_server_url(s), ':') + 1, NULL, 10);
}

static service start(const char *db) {
    int up[2];
    int down[2];
    if (pipe(up) != 0 || pipe(down) != 0) exit(1);
    service s = {.pid = fork(), .stop_fd = down[1]};
    if (s.pid == 0) {
        close(down[1]);
        uint16_t port = db == NULL ? start_bare() : start_ours(db);
        if (write(up[1], &port, sizeof port) != sizeof port) _exit(1);
        char c;
        while (read(down[0], &c, 1) > 0) continue;
        _exit(0);
    }
    close(down[0]);
    close(up[1]);
    if (read(up[0], &s.port, sizeof s.port) != sizeof s.port || s.port == 0) exit(1);
    close(up[0]);
    return s;
}

static void stop(service *s) {
    close(s->stop_fd);
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
}

/* --- data
 * --------------------------------------------------------------------------------------------------------------------------------------------
 */

static bool make_store(const char *db, char key[REB_TOKEN_TEXT], int64_t ids[CUSTOMERS]) {
    reb_err err = {0};
    reb_store *s = NULL;
    reb_arena a = {0};
    reb_ids gen = {.clock = reb_clock_system()};
    reb_token t;
    reb_status st = reb_store_open(&s, db, REB_OPEN_CREATE, &err);
    if (st == REB_OK) st = reb_token_add(key, &t, s, "bench", REB_TOKEN_READ, 1, reb_clock_now(gen.clock), &err);
    const reb_customer_ctx c = {.store = s, .arena = &a, .clock = gen.clock, .ids = &gen, .who = "bench"};
    for (int i = 0; st == REB_OK && i < CUSTOMERS; i++) {
        char name[40];
        char email[40];
        snprintf(name, sizeof name, "Customer Number %d", i);
        snprintf(email, sizeof email, "c%d@example.net", i);
        const reb_customer_new n = {.name = name, .email = email};
        st = reb_customer_add(&ids[i], &c, &n, false, &err);
    }
    if (st != REB_OK) fprintf(stderr, "bench_http: %s\n", err.detail);
    reb_arena_free(&a);
    reb_store_close(s);
    return st == REB_OK;
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    char dir[] = "/tmp/rebound-bench.XXXXXX";
    char db[64];
    char key[REB_TOKEN_TEXT];
    char headers[160];
    static int64_t ids[CUSTOMERS];
    if (mkdtemp(dir) == NULL) return 1;
    snprintf(db, sizeof db, "%s/t.db", dir);
    if (!make_store(db, key, ids)) return 1;
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", key);
    service plain = start(NULL);
    service ours = start(db);
    double bare_us = 1e9;
    double hello_us = 1e9;
    double read_us = 1e9;
    for (int round = 0; round < ROUNDS; round++) { /* in turn, so that other work on the machine troubles all three alike */
        cost_us(&bare_us, &plain, "/", "", NULL);
        cost_us(&hello_us, &ours, "/healthz", "", NULL);
        cost_us(&read_us, &ours, "/v1/customers/", headers, ids);
    }
    printf("bare libmicrohttpd       %5.1f us of CPU a request\n", bare_us);
    printf("hello through our router %5.1f us: %3.0f%% of bare (goal 80%%)\n", hello_us, 100 * bare_us / hello_us);
    printf("customer read with a key %5.1f us: %3.0f%% of bare (goal 40%%)\n", read_us, 100 * bare_us / read_us);
    stop(&plain);
    stop(&ours);
    char path[96];
    static const char *const ends[] = {"t.db", "t.db-wal", "t.db-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, ends[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/t.db.uploads", dir);
    rmdir(path);
    rmdir(dir);
    return 0;
}
