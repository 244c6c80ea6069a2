/* The standards as customers read them: the page for everybody and its preview in the console are one piece of code. */
#ifndef REB_HTTP_PAGE_STANDARDS_H
#define REB_HTTP_PAGE_STANDARDS_H

#include "../domain/standard.h"
#include "page.h"

typedef enum reb_standards_as { REB_STANDARDS_CURRENT, REB_STANDARDS_OLDER, REB_STANDARDS_COMING, REB_STANDARDS_DRAFT } reb_standards_as;

/* All between the head and the foot of a page, after reb_page_open; with reb_page_begin, without reb_page_end. */
void reb_standards_page(reb_page *p, const reb_standard *s, reb_standards_as as);
/* Paragraphs and lists of a text as documents hold them (rule/standard.h). `lang`: of the text, where it is not the page's; or NULL. */
void reb_page_prose(reb_page *p, const char *text, const char *lang);
/* "within 4 working hours" */
const char *reb_standards_within(const reb_voice *v, const reb_clock_target *t);

#endif
