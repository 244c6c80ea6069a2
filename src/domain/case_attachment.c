#include "case_attachment.h"

#include "../text/file_type.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { PIECE = 196608 };

/* --- what it is --------------------------------------------------------------------------------------------------------------------- */

reb_status reb_attachment_fit(const char **media_type, const void *bytes, size_t n, reb_err *err) {
    *media_type = NULL;
    if (n == 0) return reb_fail(err, REB_E_INPUT, "The file is empty.");
    if (n > REB_ATTACHMENT_BYTES) {
        reb_fail(err, REB_E_LIMIT, "The file is larger than 10 MiB.");
        reb_err_next(err, "Send a smaller picture, or several files.");
        return REB_E_LIMIT;
    }
    *media_type = reb_file_type(bytes, n, true);
    if (*media_type != NULL) return REB_OK;
    reb_fail(err, REB_E_INPUT, "This kind of file is not taken.");
    reb_err_next(err, "Pictures (PNG, JPEG, GIF, WEBP, HEIC), PDF, plain text, sound and video are.");
    return REB_E_INPUT;
}

/* --- storing ------------------------------------------------------------------------------------------------------------------------ */

reb_status reb_attachment_room(int64_t *room, reb_store *s, const reb_case_key *key, reb_err *err) {
    int64_t count = 0;
    reb_status st =
        reb_get_i64(&count, NULL, s, REB_SQL_CASE_ATTACHMENT_COUNT, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    *room = REB_ATTACHMENT_CASE_MOST - count;
    return st;
}

reb_status reb_attachment_add(reb_attachment *out, reb_store *s, reb_arena *a, reb_ids *ids, const reb_case_key *key, const char *name,
                              const void *bytes, size_t n, int64_t now_us, reb_err *err) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *hex = reb_arena_alloc(a, crypto_hash_sha256_BYTES * 2 + 1);
    size_t room = sodium_base64_ENCODED_LEN(PIECE, sodium_base64_VARIANT_ORIGINAL);
    char *piece = reb_arena_alloc(a, room);
    int64_t room_left = 0;
    if (hex == NULL || piece == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    *out = (reb_attachment){.byte_count = (int64_t)n, .sha256 = hex, .created_us = now_us};
    reb_status st = reb_attachment_fit(&out->media_type, bytes, n, err);
    if (st == REB_OK) out->name = reb_file_name(a, name, out->media_type);
    if (st == REB_OK && out->name == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) st = reb_attachment_room(&room_left, s, key, err);
    if (st == REB_OK && room_left <= 0) st = reb_fail(err, REB_E_LIMIT, "A case holds at most %d files.", REB_ATTACHMENT_CASE_MOST);
    if (st != REB_OK) return st;
    crypto_hash_sha256(hash, bytes, n);
    sodium_bin2hex(hex, crypto_hash_sha256_BYTES * 2 + 1, hash, sizeof hash);
    out->attachment_id = reb_id_next(ids);
    st = reb_exec(s, REB_SQL_CASE_ATTACHMENT_PUT,
                  REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(out->attachment_id), reb_t(out->name),
                           reb_t(out->media_type), reb_i(out->byte_count), reb_t(hex), reb_i(now_us)),
                  NULL, err);
    int64_t piece_no = 0;
    for (size_t at = 0; at < n && st == REB_OK; at += PIECE) {
        size_t len = n - at < PIECE ? n - at : PIECE;
        sodium_bin2base64(piece, room, (const unsigned char *)bytes + at, len, sodium_base64_VARIANT_ORIGINAL);
        st = reb_exec(s, REB_SQL_CASE_ATTACHMENT_PIECE_PUT,
                      REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(out->attachment_id), reb_i(++piece_no), reb_t(piece)),
                      NULL, err);
    }
    return st;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------ */

static void read_row(reb_attachment *x, reb_stmt *q, reb_arena *a) {
    *x = (reb_attachment){.attachment_id = reb_col_i64(q, 0),
                          .name = reb_arena_strdup(a, reb_col_text(q, 1)),
                          .media_type = reb_arena_strdup(a, reb_col_text(q, 2)),
                          .byte_count = reb_col_i64(q, 3),
                          .sha256 = reb_arena_strdup(a, reb_col_text(q, 4)),
                          .created_us = reb_col_i64(q, 5)};
}

reb_status reb_attachment_list(const reb_attachment **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key,
                               reb_err *err) {
    reb_attachment *list = reb_arena_zalloc(a, REB_ATTACHMENT_CASE_MOST, sizeof *list);
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    *out = list;
    if (list == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_query(&q, s, REB_SQL_CASE_ATTACHMENT_LIST, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id)), err);
    while (st == REB_OK && *count < REB_ATTACHMENT_CASE_MOST && (st = reb_step(q, &row, err)) == REB_OK && row) {
        read_row(&list[*count], q, a);
        list[(*count)++].seq = reb_col_i64(q, 6);
    }
    reb_stmt_close(q);
    return st == REB_OK && a->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}

static reb_status read_pieces(reb_buf *out, reb_store *s, reb_arena *a, const reb_case_key *key, int64_t attachment_id, reb_err *err) {
    unsigned char *bytes = reb_arena_alloc(a, PIECE + 3);
    reb_stmt *q = NULL;
    bool row = true;
    if (bytes == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st =
        reb_query(&q, s, REB_SQL_CASE_ATTACHMENT_PIECES, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(attachment_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *text = reb_col_text(q, 0);
        size_t n = 0;
        if (text == NULL || sodium_base642bin(bytes, PIECE + 3, text, strlen(text), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
            st = reb_fail(err, REB_E_STORE, "File %" PRId64 " is damaged.", attachment_id);
        } else {
            reb_buf_add(out, bytes, n);
        }
    }
    reb_stmt_close(q);
    return st == REB_OK && out->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}

reb_status reb_attachment_read(reb_attachment *what, reb_buf *out, reb_store *s, reb_arena *a, const reb_case_key *key,
                               int64_t attachment_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    size_t before = out->len;
    reb_status st =
        reb_query(&q, s, REB_SQL_CASE_ATTACHMENT_GET, REB_ARGS(reb_i(key->customer_id), reb_i(key->case_id), reb_i(attachment_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) read_row(what, q, a);
    reb_stmt_close(q);
    if (st == REB_OK && !row) return reb_fail(err, REB_E_NOT_FOUND, "There is no such file in this case.");
    if (st == REB_OK) st = read_pieces(out, s, a, key, attachment_id, err);
    if (st != REB_OK) return st;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[crypto_hash_sha256_BYTES * 2 + 1];
    crypto_hash_sha256(hash, (const unsigned char *)out->data + before, out->len - before);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    if (a->failed || what->sha256 == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    return strcmp(hex, what->sha256) == 0 ? REB_OK : reb_fail(err, REB_E_STORE, "File %" PRId64 " is damaged.", attachment_id);
}
