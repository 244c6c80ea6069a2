/* Uploads: the body goes to a file as it comes, so that memory does not grow with it. An upload waits in its own folder
   DIR/<id>/<name> for an import, at most a day. */
#ifndef REB_HTTP_UPLOAD_H
#define REB_HTTP_UPLOAD_H

#include "http.h"

reb_status reb_upload_open(reb_server *s, reb_err *err); /* makes the folder */
reb_status reb_upload_begin(reb_request *rq, reb_err *err);
void reb_upload_take(reb_request *rq, const char *data, size_t n); /* a failure is told by reb_upload_end */
reb_status reb_upload_end(reb_request *rq, reb_err *err);          /* on disk, or an error */
void reb_upload_drop(reb_request *rq);                             /* removes what was not ended */
/* The file of an upload that has ended, in the arena. Errors: NOT_FOUND. */
reb_status reb_upload_path(const char **out, reb_server *s, reb_arena *a, const char *upload_id, reb_err *err);
reb_status reb_upload_remove(reb_server *s, const char *upload_id, reb_err *err);
/* Removes uploads that were not imported since `uploads_before_us`, and files of refused rows older than `rejects_before_us`; by file times
   on the wall clock. */
void reb_upload_sweep(reb_server *s, int64_t uploads_before_us, int64_t rejects_before_us);

#endif
