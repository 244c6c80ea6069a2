/* Inputs of a page's form, each with its label, help and what is wrong with it, tied together for those who hear the page. */
#ifndef REB_HTTP_PAGE_FIELD_H
#define REB_HTTP_PAGE_FIELD_H

#include "form.h"
#include "page.h"

typedef enum reb_input { REB_INPUT_TEXT, REB_INPUT_EMAIL, REB_INPUT_TEL, REB_INPUT_DATE, REB_INPUT_AREA, REB_INPUT_FILES } reb_input;

typedef struct reb_page_field {
    reb_input input;
    const char *name;                 /* of the field; its id, too */
    const char *label, *hint, *fault; /* texts; hint and fault may be NULL */
    const char *value;                /* what was typed; NULL */
    const char *complete;             /* autocomplete: name, email, tel; NULL: off */
    bool needed, plain;               /* neither: it is said that it may stay empty */
    int most;                         /* characters; 0: no limit */
} reb_page_field;
void reb_page_input(reb_page *p, const reb_page_field *f);

/* <form method="post" enctype="multipart/form-data" action="..." id="form">; `action` is an address of ours. */
void reb_page_form(reb_page *p, const char *action);
/* A button that sends the form. */
void reb_page_button(reb_page *p, const char *name, const char *value, const char *label, bool primary);
/* What is wrong with the files of a form, in words; NULL: nothing. */
const char *reb_page_files_fault(const reb_page *p, const reb_form *form);
/* "Up to 5 files of 10 MB each: JPG, ..." */
const char *reb_page_files_hint(const reb_page *p);

/* A key for one showing of a form: it tells when that was and that it was here, and the same key sends nothing twice. "" on failure. */
const char *reb_page_key(reb_page *p);
typedef enum reb_page_key_state { REB_KEY_GOOD, REB_KEY_TOO_QUICK, REB_KEY_UNKNOWN } reb_page_key_state;
/* Of a form that came back: programs that fill in forms need less time than people, or bring no key at all. */
reb_page_key_state reb_page_key_check(reb_request *rq, const char *key);
/* Writes the key, and a field that people do not see and programs fill in. */
void reb_page_guard(reb_page *p, const char *key);
/* Did somebody fill that in? */
bool reb_page_trapped(reb_request *rq);
/* Takes one of what an address may send in an hour (setting form_per_hour). False: too often, and the answer is made. */
bool reb_page_may_send(reb_request *rq);

#endif
