/* The console's files. They are the same for everybody and hold nothing of anybody, so they are open; what they show comes from /v1. */
#include "assets.h"
#include "handlers.h"

#include <string.h>
#include <zlib.h>

/* Nothing but the console's own files runs, paints or is spoken to; no frame, no form that leaves the page. Svelte makes its templates
   through the one policy named here. */
static const char k_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types svelte-trusted-html";

static const reb_asset *find(const char *path) {
    for (const reb_asset *a = reb_assets; a->path != NULL; a++)
        if (strcmp(a->path, path) == 0) return a;
    return NULL;
}

/* Does the list name gzip and not forbid it? (RFC 9110, 12.5.3) */
static bool takes_gzip(const char *accept) {
    const char *at = accept != NULL ? strstr(accept, "gzip") : NULL;
    if (at == NULL) return false;
    at += strcspn(at, ",;");
    if (*at != ';') return true;
    const char *q = strstr(at, "q=");
    return q == NULL || strspn(q + 2, "0.") != strcspn(q + 2, ", ");
}

static reb_status unpack(reb_buf *out, reb_arena *arena, const reb_asset *a, reb_err *err) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)a->data, .avail_in = (uInt)a->size};
    unsigned char *room = reb_arena_alloc(arena, a->unpacked_size);
    if (room == NULL || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    z.next_out = room;
    z.avail_out = (uInt)a->unpacked_size;
    int ended = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    if (ended != Z_STREAM_END) return reb_fail(err, REB_E_INTERNAL, "%s cannot be unpacked.", a->path);
    reb_buf_add(out, room, a->unpacked_size);
    return REB_OK;
}

static reb_status give(reb_request *rq, const reb_asset *a, reb_err *err) {
    rq->policy = k_policy;
    rq->etag = a->etag;
    rq->immutable = a->immutable;
    rq->content_type = a->type;
    if (rq->headers.if_none_match != NULL && strstr(rq->headers.if_none_match, a->etag) != NULL) {
        rq->status = 304;
        return REB_OK;
    }
    bool packed = a->unpacked_size > 0;
    if (packed && !takes_gzip(rq->headers.accept_encoding)) return unpack(&rq->out, &rq->arena, a, err);
    rq->gzip = packed;
    rq->held = a->data;
    rq->held_size = a->size;
    return REB_OK;
}

reb_status reb_handle_console(reb_request *rq, reb_err *err) {
    const reb_asset *a = find("/");
    return a != NULL ? give(rq, a, err) : reb_fail(err, REB_E_NOT_FOUND, "This program was built without its console.");
}

reb_status reb_handle_asset(reb_request *rq, reb_err *err) {
    const char *path = reb_arena_printf(&rq->arena, "/assets/%s", reb_rq_param(rq, "file"));
    if (path == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    const reb_asset *a = find(path);
    if (a != NULL) return give(rq, a, err);
    reb_fail(err, REB_E_NOT_FOUND, "There is no such file.");
    reb_err_next(err, "The console was renewed: load the page again.");
    return REB_E_NOT_FOUND;
}
