/* The plain page at "/": today's list and the summary, without script, for whoever opens the address in a browser. */
#ifndef REB_HTTP_PAGE_H
#define REB_HTTP_PAGE_H

#include "../app/summary.h"
#include "../app/today.h"
#include "../base/buf.h"

/* Writes the whole document. Everything that came from outside is escaped; names are isolated in their own direction. */
void reb_page_write(reb_buf *out, const reb_today_list *list, const reb_summary *summary);

/* The style sheet inside the document, byte for byte: its hash is what the page's policy allows. */
extern const char reb_page_style[];

void reb_page_escape(reb_buf *out, const char *text); /* & < > " ' and control characters */

#endif
