/* The frame of the pages for everybody: plain HTML in four languages that needs no script. Complaint form, status page, standards, surveys.

       reb_page p;
       reb_page_open(&p, rq);                                    chooses the language; from now on p.voice speaks it
       reb_page_begin(&p, reb_say_standards_title(&p.voice));    head, bar with the business's name and the languages, <main><h1>
       reb_page_html(&p, "<section class=\"card\"><p>");         literals of ours
       reb_page_text(&p, words);                                 everything else: escaped
       reb_page_html(&p, "</p></section>");
       return reb_page_end(&p, err);

   Routes of such pages are OPEN, answer HTML and take the query ANY (somebody's newsletter adds arguments of its own to links). The look is
   page.css, whose head lists the classes. Nothing but that file and the font is loaded, no script runs, no frame shows the page, and forms
   go nowhere but here (Content-Security-Policy). */
#ifndef REB_HTTP_PAGE_H
#define REB_HTTP_PAGE_H

#include "../text/message.h"
#include "../text/voice.h"
#include "http.h"

typedef struct reb_page {
    reb_request *rq;
    reb_buf *out;      /* the answer's body */
    reb_locale locale; /* language of the page, with calendar and digits */
    reb_voice voice;
    const char *shop;   /* the business's name, or "Rebound" */
    const char *chosen; /* "fa" when the address asks for it by ?lang=, and links carry it on; else "" */
    bool wide;          /* set before reb_page_begin: room for tables */
    bool hidden;        /* not for search engines: about one person */
    bool keeps_form;    /* the languages are buttons of the form with the id "form", so that what was typed is not lost */
} reb_page;

/* The language: ?lang=fa, else the first of Accept-Language that is ours (with q, RFC 9110, 12.5.4), else the business's. Calendar and
   digits are the business's where it has the same language, else those usual for the language (Persian: Solar Hijri and Persian digits;
   Arabic: Gregorian and Arabic digits). */
void reb_page_open(reb_page *p, reb_request *rq);
/* The same for another language than that of the request: that of a letter, or of a case. `code` unknown: nothing changes. */
void reb_page_speak(reb_page *p, const char *code);
/* `title`: text, not HTML. It is the <h1>, too. */
void reb_page_begin(reb_page *p, const char *title);
void reb_page_html(reb_page *p, const char *html); /* as it is: never what came from outside */
void reb_page_text(reb_page *p, const char *text); /* escaped; NULL is nothing; control characters are left out */
/* Text between two pieces of HTML; nothing at all when the text is NULL or empty. */
void reb_page_put(reb_page *p, const char *before, const char *text, const char *after);
/* Name and value of an attribute, with the space before it; nothing when `value` is NULL. */
void reb_page_attr(reb_page *p, const char *name, const char *value);
/* An address of ours for href and action, with ?lang= where one was chosen; escaped. `path` may hold a query. */
void reb_page_link(reb_page *p, const char *path);
/* "22 November 2026, 16:00" in the time zone of the business. */
const char *reb_page_instant(const reb_page *p, int64_t at_us);
/* Foot and headers of the answer. Errors: MEMORY. */
reb_status reb_page_end(reb_page *p, reb_err *err);
/* A whole page that says why something is not to be had, with this status (404, 410, 413, 429, ...), and what to do instead. */
reb_status reb_page_refusal(reb_request *rq, unsigned status, const char *title, const char *text, reb_err *err);
/* The refusal of a request for a page before its handler could say anything, in words instead of JSON: for reb_rq_error. */
bool reb_page_error(reb_request *rq, unsigned status);

#endif
