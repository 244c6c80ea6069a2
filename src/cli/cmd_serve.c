/* rebound serve: the server until SIGTERM or Ctrl-C, spoken to by systemd as its Type=notify wants. */
#include "cli.h"

#include "../app/people.h"
#include "../http/server.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* sd_notify(3): one datagram to the socket that systemd names; nothing when it names none. */
static void tell_systemd(const char *text) {
    const char *path = getenv("NOTIFY_SOCKET");
    if (path == NULL || (path[0] != '/' && path[0] != '@')) return;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof to.sun_path) return;
    memcpy(to.sun_path, path, n);
    if (to.sun_path[0] == '@') to.sun_path[0] = '\0'; /* abstract */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    ssize_t sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, len);
    (void)sent;
    close(fd);
}

/* Half of what the watchdog allows, in milliseconds; 0 when there is none for this process. */
static int64_t watchdog_ms(void) {
    const char *us = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    if (us == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid())) return 0;
    return strtoll(us, NULL, 10) / 2000;
}

static reb_status read_options(reb_server_options *o, const reb_cli *cli, reb_err *err) {
    int64_t event_threads = 0, workers = 0, rate = 0, upload_mib = 0, connections = 0;
    int64_t head_ms = 0, body_ms = 0, idle_ms = 0, lease_ms = 0;
    reb_status st = reb_cli_int(&event_threads, cli, "--event-threads", 2, 1, 64, err);
    if (st == REB_OK) st = reb_cli_int(&workers, cli, "--workers", 4, 1, 256, err);
    if (st == REB_OK) st = reb_cli_int(&rate, cli, "--rate", 200, 0, 1000000, err);
    if (st == REB_OK) st = reb_cli_int(&upload_mib, cli, "--max-upload", 8192, 1, 1048576, err);
    if (st == REB_OK) st = reb_cli_int(&connections, cli, "--connections", 1024, 8, 60000, err);
    if (st == REB_OK) st = reb_cli_int(&head_ms, cli, "--head-ms", 10000, 50, 600000, err);
    if (st == REB_OK) st = reb_cli_int(&body_ms, cli, "--body-ms", 30000, 50, 600000, err);
    if (st == REB_OK) st = reb_cli_int(&idle_ms, cli, "--idle-ms", 60000, 50, 3600000, err);
    if (st == REB_OK) st = reb_cli_int(&lease_ms, cli, "--lease-ms", 30000, 1000, 3600000, err);
    if (st != REB_OK) return st;
    const char *log = reb_cli_value(cli, "--log");
    reb_log_level least = REB_LOG_INFO;
    if (log != NULL && strcmp(log, "warn") == 0) {
        least = REB_LOG_WARN;
    } else if (log != NULL && strcmp(log, "info") != 0) {
        return reb_fail(err, REB_E_USAGE, "--log takes info or warn, not \"%.40s\".", log);
    }
    *o = (reb_server_options){.db = cli->db,
                              .listen = reb_cli_value(cli, "--listen"),
                              .upload_dir = reb_cli_value(cli, "--uploads"),
                              .act_clock = cli->clock,
                              .wall_clock = reb_clock_system(),
                              .event_threads = (unsigned)event_threads,
                              .workers = (unsigned)workers,
                              .connections = (unsigned)connections,
                              .per_ip = (unsigned)(connections / 4 > 256 ? connections / 4 : 256),
                              .rate_per_s = rate == 0 ? UINT32_MAX : (unsigned)rate,
                              .head_ms = (unsigned)head_ms,
                              .body_ms = (unsigned)body_ms,
                              .idle_ms = (unsigned)idle_ms,
                              .lease_ms = (unsigned)lease_ms,
                              .upload_most = (uint64_t)upload_mib << 20,
                              .behind_tls = reb_cli_flag(cli, "--behind-tls"),
                              .open_on_loopback = reb_cli_flag(cli, "--open-on-loopback"),
                              .check_answers = reb_cli_flag(cli, "--check-answers"),
                              .no_jobs = reb_cli_flag(cli, "--no-jobs")};
    o->log = (reb_log){.fd = STDERR_FILENO, .least = least, .clock = o->wall_clock};
    return REB_OK;
}

/* A database in which there is nothing yet gets its tables, and waits for the first owner to set the business up in a browser. */
static reb_status make_sure_of_store(const char **made, const reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    *made = NULL;
    reb_status st = reb_store_open(&s, cli->db, 0, err);
    if (st == REB_E_NOT_FOUND) {
        st = reb_store_open(&s, cli->db, REB_OPEN_CREATE, err);
        if (st == REB_OK) st = reb_setup_mark(s, true, err);
        if (st == REB_OK) *made = reb_arena_strdup(cli->arena, reb_store_location(s));
    }
    reb_store_close(s);
    return st;
}

/* While nobody exists, the link by which the first owner comes; "" otherwise. */
static reb_status first_link(char out[REB_LINK_TEXT], const reb_cli *cli, const char *url, reb_err *err) {
    reb_store *s = NULL;
    reb_link link;
    char secret[REB_SECRET_TEXT];
    bool any = true;
    out[0] = '\0';
    reb_status st = reb_store_open(&s, cli->db, 0, err);
    if (st == REB_OK) st = reb_person_any(&any, s, err);
    if (st == REB_OK && !any) st = reb_link_make(secret, &link, s, REB_LINK_WELCOME, 0, 0, reb_clock_now(reb_clock_system()), err);
    if (st == REB_OK && !any) reb_link_text(out, REB_LINK_TEXT, url, &link, secret);
    sodium_memzero(secret, sizeof secret);
    reb_store_close(s);
    return st;
}

static void say_ready(const reb_cli *cli, const reb_server *server, const char *made, const char *link) {
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_kstr(&w, "url", reb_server_url(server));
        if (link[0] != '\0') reb_json_kstr(&w, "welcome", link);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &b);
    } else {
        if (made != NULL) fprintf(cli->out, "A new database was made in %s.\n", made);
        fprintf(cli->out, "Rebound serves on %s (Ctrl-C ends it)\n", reb_server_url(server));
        if (link[0] != '\0')
            fprintf(cli->out, "Nobody has an account yet. This link makes the first owner, once, within a day:\n  %s\n", link);
    }
    fflush(cli->out);
}

/* Until a signal asks for the end. The signals are blocked in every thread and taken here. */
static void wait_for_end(const sigset_t *signals) {
    int64_t every_ms = watchdog_ms();
    for (;;) {
        const struct timespec t = {.tv_sec = every_ms / 1000, .tv_nsec = every_ms % 1000 * 1000000};
        int sig = every_ms > 0 ? sigtimedwait(signals, NULL, &t) : sigwaitinfo(signals, NULL);
        if (sig == SIGTERM || sig == SIGINT) return;
        if (sig < 0 && errno == EAGAIN) tell_systemd("WATCHDOG=1");
    }
}

static reb_status run_serve(reb_cli *cli, reb_err *err) {
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound serve takes no words, but \"%.60s\" was given.", cli->args[0]);
    reb_server_options o;
    reb_status st = read_options(&o, cli, err);
    if (st != REB_OK) return st;
    int64_t patience = 0;
    st = reb_cli_int(&patience, cli, "--patience", 20, 0, 600, err);
    if (st != REB_OK) return st;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before any thread starts: all inherit it */
    signal(SIGPIPE, SIG_IGN);
    reb_server *server = NULL;
    const char *made = NULL;
    char link[REB_LINK_TEXT] = "";
    st = make_sure_of_store(&made, cli, err);
    if (st == REB_OK) st = reb_server_open(&server, &o, err);
    if (st == REB_OK) st = first_link(link, cli, reb_server_url(server), err);
    if (st == REB_OK) {
        say_ready(cli, server, made, link);
        if (reb_cli_flag(cli, "--open")) reb_cli_browse(link[0] != '\0' ? link : reb_server_url(server));
        sodium_memzero(link, sizeof link);
        tell_systemd("READY=1");
        wait_for_end(&signals);
        tell_systemd("STOPPING=1");
        reb_log_write(&o.log, REB_LOG_INFO, "stopping", NULL);
        reb_server_close(server, (unsigned)patience * 1000);
    } else {
        reb_server_close(server, 0);
    }
    /* The signals stay blocked: a second one must not spoil an end that is in order already. */
    return st;
}

static const reb_cli_option k_options[] = {
    {"--listen", "HOST:PORT", "address to listen on (127.0.0.1:7070); port 0 takes a free one"},
    {"--uploads", "DIR", "where uploads wait for their import (beside the database file)"},
    {"--max-upload", "MIB", "largest upload in MiB (8192)"},
    {"--rate", "N", "requests a second a client may make, 0 for any number (200)"},
    {"--connections", "N", "connections open at once (1024)"},
    {"--event-threads", "N", "threads for sockets (2)"},
    {"--workers", "N", "threads for the database, each with a connection of its own (4)"},
    {"--head-ms", "MS", "time for a request's headers (10000)"},
    {"--body-ms", "MS", "time for a body, and for each 64 KiB of an upload (30000)"},
    {"--idle-ms", "MS", "time an idle connection is kept (60000)"},
    {"--lease-ms", "MS", "a job whose process is silent for so long is taken up by another (30000)"},
    {"--patience", "S", "time that running requests have to end when the server stops (20)"},
    {"--no-jobs", NULL, "answer requests, leave jobs to other processes"},
    {"--behind-tls", NULL, "a proxy with TLS stands before: secure cookies, and its X-Forwarded-For and -Proto are believed"},
    {"--open-on-loopback", NULL, "ask for neither sign-in nor key on this machine, even when there are people and keys"},
    {"--open", NULL, "open the console in this machine's browser"},
    {"--log", "LEVEL", "info: each request; warn: troubles only (info)"},
    {"--check-answers", NULL, "fail where an answer has not its declared shape (for tests)"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_serve = {
    .name = "serve",
    .args = "",
    .summary = "answer programs and browsers: the API, live events and a page of today's list",
    .details =
        "Serves until SIGTERM or Ctrl-C, then answers what was asked and ends. Log lines go to standard error, one JSON object each.\n\n"
        "As long as neither a person nor a key exists, only this machine may ask, and a link is printed by which the first owner makes an "
        "account. From then on each request needs somebody who is signed in, or a key (rebound token add), and only then may --listen name "
        "an address that other machines can reach. Put nginx or Caddy before it for TLS and say --behind-tls: passwords are taken over TLS "
        "or "
        "on this machine only.\n\n"
        "Where there is no database yet, one is made, and the link sets up the business too.\n\n"
        "Several processes may serve one PostgreSQL database: they share the jobs and the live events.",
    .options = k_options,
    .run = run_serve,
};
