/* A form that a page of ours sent: fields and files, read as they come. Fields stay in memory, files in a file without a name on disk,
   which is gone with the request whatever happens.

   What is too much does not end the reading: the fields of somebody who chose too large a film must not be lost with it. The handler asks
   reb_form.files_fault and shows the form again. */
#ifndef REB_HTTP_FORM_H
#define REB_HTTP_FORM_H

#include "http.h"

enum {
    REB_FORM_FIELDS = 48,
    REB_FORM_TEXT = 1 << 20, /* bytes of all fields together */
    REB_FORM_FILES = 5,
    REB_FORM_FILE_MOST = 10 << 20,
    REB_FORM_FILES_MOST = 25 << 20
};

typedef enum reb_form_fault { REB_FORM_GOOD, REB_FORM_TOO_MANY, REB_FORM_TOO_LARGE, REB_FORM_WRONG_TYPE, REB_FORM_NO_ROOM } reb_form_fault;

typedef struct reb_form_file {
    const char *name;       /* safe to save (reb_file_name) */
    const char *media_type; /* by its first bytes */
    size_t bytes;
    int64_t offset; /* in reb_form.fd */
} reb_form_file;

typedef struct reb_form {
    reb_query_arg fields[REB_FORM_FIELDS];
    size_t field_count;
    reb_form_file files[REB_FORM_FILES];
    size_t file_count;
    reb_form_fault files_fault;
    const char *fault_name; /* of the file that is not taken */
    int fd;                 /* -1: no file came */
} reb_form;

/* Which body is it? For the head of a request: multipart/form-data or application/x-www-form-urlencoded. */
bool reb_form_type_ok(const char *content_type);
/* Errors: USAGE, MEMORY. */
reb_status reb_form_begin(reb_request *rq, reb_err *err);
void reb_form_take(reb_request *rq, const char *data, size_t n);
/* All is here. Errors: USAGE (what is wrong with the body), LIMIT (too much text), MEMORY. */
reb_status reb_form_end(reb_request *rq, reb_err *err);
void reb_form_drop(reb_request *rq);

/* For handlers. */
const reb_form *reb_rq_form(const reb_request *rq);
/* A field as valid UTF-8: white space at both ends cut, line ends as \n, control characters gone, at most `most` bytes (0: all). "" when
   absent. Lives as long as the request. */
const char *reb_form_text(reb_request *rq, const char *name, size_t most);
bool reb_form_has(const reb_request *rq, const char *name);
/* A file's bytes, to be given back by free(); NULL when they cannot be read. */
unsigned char *reb_form_bytes(const reb_request *rq, const reb_form_file *f);

#endif
