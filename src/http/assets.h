/* The console's files, carried inside the program (tools/console_assets.mjs makes the table). */
#ifndef REB_HTTP_ASSETS_H
#define REB_HTTP_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct reb_asset {
    const char *path; /* "/", "/assets/index-B1x9.js" */
    const char *type; /* of the content */
    const char *etag; /* with its quotes */
    const unsigned char *data;
    size_t size;          /* of data */
    size_t unpacked_size; /* data is gzip and holds so much; 0: data is the file itself */
    bool immutable;       /* its name carries a hash: it never changes */
} reb_asset;

extern const reb_asset reb_assets[]; /* ends with a NULL path */

#endif
