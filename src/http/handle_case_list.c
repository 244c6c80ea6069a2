/* Lists of cases, and the files made of them. */
#include "audit.h"
#include "handle_promise.h"
#include "handlers.h"

#include "../app/case_list.h"
#include "../app/ledger_export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static reb_customer_ctx context(reb_request *rq) {
    return (reb_customer_ctx){.store = rq->store,
                              .arena = &rq->arena,
                              .clock = rq->server->o.act_clock,
                              .ids = rq->ids,
                              .sight = rq->sight,
                              .business = reb_rq_business(rq),
                              .locale = reb_rq_locale(rq),
                              .who = rq->caller.name};
}

static reb_status read_assignee(int64_t *out, const reb_request *rq, reb_err *err) {
    const char *text = reb_rq_query(rq, "assignee");
    char *end = NULL;
    *out = REB_CASE_ANYBODY;
    if (text == NULL) return REB_OK;
    if (strcmp(text, "nobody") == 0) {
        *out = 0;
        return REB_OK;
    }
    /* Without sign-in, or with a key, nobody is "me": whose they are is nobody's then. */
    if (strcmp(text, "me") == 0) {
        *out = rq->caller.user_id;
        return REB_OK;
    }
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && *out > 0) return REB_OK;
    return reb_fail(err, REB_E_USAGE, "assignee is me, nobody or the id of a person.");
}

static reb_status read_filter(reb_case_sort *sort, reb_case_filter *f, const reb_request *rq, reb_err *err) {
    *sort = REB_CASE_SORT_DUE;
    const char *name = reb_rq_query(rq, "sort");
    if (name != NULL && !reb_case_sort_from_name(sort, name)) return reb_fail(err, REB_E_USAGE, "There is no such order.");
    *f = (reb_case_filter){.state = reb_rq_query(rq, "state"),
                           .kind = reb_rq_query(rq, "kind"),
                           .severity = reb_rq_query(rq, "severity"),
                           .clock = reb_rq_query(rq, "clock"),
                           .q = reb_rq_query(rq, "q")};
    return read_assignee(&f->assignee_id, rq, err);
}

reb_status reb_handle_case_list(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_case_sort sort;
    reb_case_filter f;
    reb_case_page page;
    reb_status st = read_filter(&sort, &f, rq, err);
    if (st == REB_OK) st = reb_case_list(&page, &c, sort, &f, reb_rq_query_int(rq, "limit", 0), reb_rq_query(rq, "after"), err);
    if (st == REB_OK) reb_case_page_json(&rq->w, &page);
    return st;
}

reb_status reb_handle_case_choices(reb_request *rq, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    return reb_case_choices_json(&rq->w, &c, err);
}

/* A file made before it is sent, so that it is whole or not at all. */
static reb_status open_file(int *fd, reb_request *rq, reb_err *err) {
    *fd = open(rq->server->upload_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd < 0) return reb_fail(err, REB_E_IO, "No temporary file: %s.", strerror(errno));
    return REB_OK;
}

static reb_status send_file(reb_request *rq, int fd, reb_status st, reb_export_format format, const char *name, int64_t count,
                            reb_err *err) {
    if (st == REB_OK && lseek(fd, 0, SEEK_SET) != 0) st = reb_fail(err, REB_E_IO, "The list cannot be read back.");
    if (st != REB_OK) {
        close(fd);
        return st;
    }
    bool csv = format == REB_EXPORT_CSV;
    rq->file_fd = fd;
    rq->content_type = csv ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    rq->file_name = reb_arena_printf(&rq->arena, "attachment; filename=\"%s.%s\"", name, csv ? "csv" : "xlsx");
    reb_rq_audit_detail(rq, reb_arena_printf(&rq->arena, "{\"%s\":%lld}", name, (long long)count));
    return REB_OK;
}

static reb_status answer_file(reb_request *rq, reb_export_format format, reb_err *err) {
    const reb_customer_ctx c = context(rq);
    reb_case_sort sort;
    reb_case_filter f = {0};
    int64_t count = 0;
    reb_status st = read_filter(&sort, &f, rq, err);
    if (f.state == NULL) f.state = "all";
    if (st == REB_OK && c.business == NULL) st = reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    if (st != REB_OK) return st;
    int fd = -1;
    st = open_file(&fd, rq, err);
    if (st != REB_OK) return st;
    st = reb_case_export(&count, fd, format, &c, sort, &f, rq->server->upload_dir, err);
    return send_file(rq, fd, st, format, "cases", count, err);
}

reb_status reb_handle_case_csv(reb_request *rq, reb_err *err) {
    return answer_file(rq, REB_EXPORT_CSV, err);
}

reb_status reb_handle_case_xlsx(reb_request *rq, reb_err *err) {
    return answer_file(rq, REB_EXPORT_XLSX, err);
}

static reb_status answer_ledger(reb_request *rq, reb_export_format format, bool promises, reb_err *err) {
    const reb_business *b = reb_rq_business(rq);
    reb_ledger_file file = {.fd = -1, .format = format, .locale = reb_rq_locale(rq), .temp_dir = rq->server->upload_dir};
    int64_t count = 0;
    if (b == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    reb_status st = open_file(&file.fd, rq, err);
    if (st != REB_OK) return st;
    if (promises) {
        const reb_promise_ctx c = {.store = rq->store, .arena = &rq->arena, .business = b, .now_us = reb_rq_now(rq), .sight = rq->sight};
        const reb_promise_filter f = reb_rq_promise_filter(rq);
        st = reb_promise_export(&count, &file, &c, &f, err);
    } else {
        st = reb_gesture_export(&count, &file, rq->store, b, reb_rq_now(rq), err);
    }
    return send_file(rq, file.fd, st, format, promises ? "promises" : "gestures", count, err);
}

reb_status reb_handle_promise_csv(reb_request *rq, reb_err *err) {
    return answer_ledger(rq, REB_EXPORT_CSV, true, err);
}

reb_status reb_handle_promise_xlsx(reb_request *rq, reb_err *err) {
    return answer_ledger(rq, REB_EXPORT_XLSX, true, err);
}

reb_status reb_handle_gesture_csv(reb_request *rq, reb_err *err) {
    return answer_ledger(rq, REB_EXPORT_CSV, false, err);
}

reb_status reb_handle_gesture_xlsx(reb_request *rq, reb_err *err) {
    return answer_ledger(rq, REB_EXPORT_XLSX, false, err);
}
