/* Log lines for machines: one JSON object a line, written with one write(2). Never pass a secret or a customer's words. */
#ifndef REB_BASE_LOG_H
#define REB_BASE_LOG_H

#include "clock.h"

typedef enum reb_log_level { REB_LOG_DEBUG, REB_LOG_INFO, REB_LOG_WARN, REB_LOG_ERROR } reb_log_level;

typedef struct reb_log {
    int fd; /* not owned */
    reb_log_level least;
    reb_clock clock;
} reb_log;

typedef struct reb_log_field {
    const char *key;
    const char *text; /* NULL: use number */
    int64_t number;
} reb_log_field;

/* Safe to call from several threads. Fields end with one whose key is NULL; `fields` may be NULL. */
void reb_log_write(const reb_log *log, reb_log_level level, const char *message, const reb_log_field *fields);

#endif
