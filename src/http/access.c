/* One JSON line a request: the route's pattern and no query, since what people search for is theirs. */
#include "http.h"

#include "../base/clock.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { GATHER = 32 * 1024 };

static void write_all(reb_server *s, reb_buf *lines) { /* with the lock held, so that lines stay whole and in order */
    if (lines->len > 0 && !lines->failed) {
        ssize_t n = write(s->o.log.fd, lines->data, lines->len);
        (void)n; /* a full log disk must not stop the service */
    }
    reb_buf_clear(lines);
}

static void number(reb_buf *b, int64_t v) {
    char text[24];
    size_t at = sizeof text;
    uint64_t u = v < 0 ? 0 : (uint64_t)v;
    do {
        text[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    reb_buf_add(b, text + at, sizeof text - at);
}

void reb_access_add(reb_server *s, const reb_request *rq, int64_t took_us) {
    reb_access *a = &s->access;
    const reb_route *r = rq->match.route;
    int64_t now = reb_clock_now(s->o.wall_clock);
    pthread_mutex_lock(&a->mutex);
    if (now / REB_US_PER_SECOND != a->second) { /* the date is written once a second */
        a->second = now / REB_US_PER_SECOND;
        reb_time_format(a->second * REB_US_PER_SECOND, a->prefix);
        a->prefix[strlen(a->prefix) - 1] = '\0'; /* without its Z */
    }
    reb_buf *b = &a->lines;
    char us[8] = ".000000";
    int64_t part = now % REB_US_PER_SECOND;
    for (size_t i = 6; i > 0; i--, part /= 10) us[i] = (char)('0' + part % 10);
    reb_buf_str(b, "{\"time\":\"");
    reb_buf_str(b, a->prefix);
    reb_buf_add(b, us, 7);
    reb_buf_str(b, rq->status >= 500 ? "Z\",\"level\":\"error\",\"message\":\"request\",\"method\":\""
                                     : "Z\",\"level\":\"info\",\"message\":\"request\",\"method\":\"");
    reb_buf_str(b, r == NULL ? "-" : rq->head ? "HEAD" : reb_method_name(r->method));
    reb_buf_str(b, "\",\"route\":\"");
    reb_buf_str(b, r == NULL ? "-" : r->path);
    reb_buf_str(b, "\",\"status\":");
    number(b, rq->status);
    reb_buf_str(b, ",\"us\":");
    number(b, took_us);
    reb_buf_str(b, ",\"bytes\":");
    number(b, (int64_t)rq->received);
    reb_buf_str(b, ",\"caller\":\"");
    if (rq->caller.user_id != 0) { /* a log knows people by number only */
        reb_buf_str(b, "user ");
        number(b, rq->caller.user_id);
    } else {
        reb_buf_str(b, rq->caller.name[0] != '\0' ? rq->caller.name : "-"); /* a key's name holds nothing that needs escaping */
    }
    reb_buf_str(b, "\"}\n");
    if (b->len > GATHER) write_all(s, b);
    pthread_mutex_unlock(&a->mutex);
}

void reb_access_flush(reb_server *s) {
    pthread_mutex_lock(&s->access.mutex);
    write_all(s, &s->access.lines);
    pthread_mutex_unlock(&s->access.mutex);
}
