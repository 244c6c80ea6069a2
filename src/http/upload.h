/* Uploads: the body goes to a file as it comes, so that memory does not grow with it. An upload waits in its own folder
   DIR/<id>/<name> for an import, at most a day. One that comes in parts is DIR/<id>/.part until it is whole. What is known of it (name,
   size, the mapping a person has begun, the jobs that read it) stands beside it in DIR/<id>/.state, so that whoever closes the page finds
   it again. */
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
/* The .state of an upload, {} when there is none; the caller deletes it. NULL when memory ran out or the id is none. */
cJSON *reb_upload_state(reb_server *s, const char *upload_id);
/* Writes it, whole or not at all. */
reb_status reb_upload_state_put(reb_server *s, const char *upload_id, const cJSON *state, reb_err *err);
/* An Upload of the API. Errors: NOT_FOUND. */
reb_status reb_upload_json(reb_json *w, reb_server *s, const char *upload_id, reb_err *err);
/* "uploads": all of them, newest first, at most 200. */
reb_status reb_upload_list_json(reb_json *w, reb_server *s, reb_arena *a, reb_err *err);
/* An empty upload with a folder of its own, for a file that the server makes itself: *path is where to write it. */
reb_status reb_upload_make(const char **upload_id, const char **path, reb_server *s, reb_arena *a, const char *name, reb_err *err);
reb_status reb_upload_remove(reb_server *s, const char *upload_id, reb_err *err);
/* Removes uploads that were not imported since `uploads_before_us`, and files of refused rows older than `rejects_before_us`; by file times
   on the wall clock. */
void reb_upload_sweep(reb_server *s, int64_t uploads_before_us, int64_t rejects_before_us);

#endif
