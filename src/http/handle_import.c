/* Files come in, are looked at, imported, and taken back. */
#include "handlers.h"

#include "upload.h"

reb_status reb_handle_upload_add(reb_request *rq, reb_err *err) {
    reb_status st = reb_upload_end(rq, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "upload", rq->upload_id);
    reb_json_kstr(&rq->w, "name", rq->upload_name);
    reb_json_ki64(&rq->w, "bytes", (int64_t)rq->received);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_upload_remove(reb_request *rq, reb_err *err) {
    return reb_upload_remove(rq->server, reb_rq_param(rq, "upload"), err);
}
