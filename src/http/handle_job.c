/* Jobs and the live stream that tells of them. */
#include "handlers.h"

#include "../domain/job.h"
#include "../domain/notice.h"

#include <stdlib.h>
#include <string.h>

static reb_status write_job(reb_request *rq, int64_t job_id, reb_err *err) {
    reb_job j;
    reb_status st = reb_job_get(&j, rq->store, &rq->arena, job_id, err);
    if (st == REB_OK) reb_job_json(&rq->w, &j);
    return st;
}

reb_status reb_answer_job_id(int64_t *out, reb_request *rq, const char *kind, const reb_buf *params, bool place, reb_err *err) {
    if (params->failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_server *s = rq->server;
    int64_t job_id = 0;
    int64_t now = reb_clock_now(s->o.wall_clock);
    reb_status st = reb_job_add(&job_id, rq->store, rq->ids, kind, reb_buf_cstr(params), place ? s->place : "", now, err);
    if (st == REB_OK) st = write_job(rq, job_id, err);
    if (st != REB_OK) return st;
    rq->location = reb_arena_printf(&rq->arena, "/v1/jobs/%lld", (long long)job_id);
    reb_jobs_wake(s->jobs);
    *out = job_id;
    return REB_OK;
}

reb_status reb_answer_job(reb_request *rq, const char *kind, const reb_buf *params, bool place, reb_err *err) {
    int64_t job_id = 0;
    return reb_answer_job_id(&job_id, rq, kind, params, place, err);
}

reb_status reb_handle_job_list(reb_request *rq, reb_err *err) {
    const char *state = reb_rq_query(rq, "state");
    int64_t limit = reb_rq_query_int(rq, "limit", 50);
    reb_job *jobs = NULL;
    size_t count = 0;
    reb_status st =
        reb_job_list(&jobs, &count, rq->store, &rq->arena, state != NULL ? state : "", reb_rq_query_int(rq, "before", 0), limit, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_key(&rq->w, "jobs");
    reb_json_arr(&rq->w);
    for (size_t i = 0; i < count; i++) reb_job_json(&rq->w, &jobs[i]);
    reb_json_arr_end(&rq->w);
    if ((int64_t)count == limit) {
        reb_json_kid(&rq->w, "next", jobs[count - 1].job_id);
    } else {
        reb_json_knull(&rq->w, "next");
    }
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_job_get(reb_request *rq, reb_err *err) {
    return write_job(rq, reb_rq_param_id(rq, "job_id"), err);
}

reb_status reb_handle_job_cancel(reb_request *rq, reb_err *err) {
    int64_t job_id = reb_rq_param_id(rq, "job_id");
    reb_status st = reb_job_cancel(rq->store, job_id, reb_clock_now(rq->server->o.wall_clock), err);
    reb_jobs_wake(rq->server->jobs); /* one that runs here stops at once, not at the next look */
    return st == REB_OK ? write_job(rq, job_id, err) : st;
}

reb_status reb_handle_events(reb_request *rq, reb_err *err) {
    const char *last = rq->headers.last_event_id;
    if (last == NULL) last = reb_rq_query(rq, "after");
    const reb_field number = {.name = "Last-Event-ID", .kind = REB_KIND_ID};
    if (last != NULL && reb_field_check_text(&number, last, err) != REB_OK) return err->code;
    return reb_hub_stream(rq, last != NULL ? strtoll(last, NULL, 10) : 0, last != NULL, err);
}
