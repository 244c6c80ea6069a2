#include "log.h"

#include "json.h"

#include <unistd.h>

static const char *const k_names[] = {"debug", "info", "warn", "error"};

void reb_log_write(const reb_log *log, reb_log_level level, const char *message, const reb_log_field *fields) {
    if (log == NULL || level < log->least) return;
    reb_buf line = {0};
    reb_json w = {.out = &line};
    reb_json_obj(&w);
    reb_json_ktime(&w, "time", reb_clock_now(log->clock));
    reb_json_kstr(&w, "level", k_names[level]);
    reb_json_kstr(&w, "message", message);
    for (const reb_log_field *f = fields; f != NULL && f->key != NULL; f++) {
        if (f->text != NULL) {
            reb_json_kstr(&w, f->key, f->text);
        } else {
            reb_json_ki64(&w, f->key, f->number);
        }
    }
    reb_json_obj_end(&w);
    reb_buf_char(&line, '\n');
    if (!line.failed) {
        ssize_t n = write(log->fd, line.data, line.len);
        (void)n; /* a full log disk must not stop the service */
    }
    reb_buf_free(&line);
}
