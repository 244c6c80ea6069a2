/* The process itself: is it well, what is it, what does it count. */
#include "handlers.h"

#include "../app/people.h"

reb_status reb_handle_healthz(reb_request *rq, reb_err *err) {
    (void)err;
    reb_buf_str(&rq->out, "{\"status\":\"ok\"}");
    return REB_OK;
}

/* A fresh connection proves that the store is reachable, and opening it that its migrations are this program's. */
reb_status reb_handle_readyz(reb_request *rq, reb_err *err) {
    reb_store *probe = NULL;
    reb_status st = reb_store_open(&probe, rq->server->o.db, 0, err);
    bool pg = st == REB_OK && reb_store_engine(probe) == REB_ENGINE_PG;
    bool wanted = false;
    if (st == REB_OK) st = reb_setup_wanted(&wanted, probe, err);
    reb_store_close(probe);
    if (st != REB_OK) {
        err->code = REB_E_BUSY; /* 503, whatever the cause: others should be asked meanwhile */
        return REB_E_BUSY;
    }
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "status", "ready");
    reb_json_kstr(&rq->w, "engine", pg ? "postgresql" : "sqlite");
    reb_json_kbool(&rq->w, "business", !wanted);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_metrics(reb_request *rq, reb_err *err) {
    (void)err;
    rq->content_type = "text/plain; version=0.0.4; charset=utf-8";
    reb_metrics_text(&rq->out, rq->server, rq->store);
    return REB_OK;
}

reb_status reb_handle_openapi(reb_request *rq, reb_err *err) {
    (void)err;
    reb_buf_add(&rq->out, rq->server->openapi.data, rq->server->openapi.len);
    return REB_OK;
}

reb_status reb_handle_version(reb_request *rq, reb_err *err) {
    (void)err;
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "name", "rebound");
    reb_json_kstr(&rq->w, "version", REB_VERSION);
    reb_json_kstr(&rq->w, "api", "v1");
    reb_json_obj_end(&rq->w);
    return REB_OK;
}
