#include "mime_internal.h"

#include "../base/buf.h"
#include "../base/clock.h"
#include "phone.h"
#include "utf8.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { ADDRESS_TEXT_MOST = 64 << 10 };

static void start(void) {
    g_mime_init(); /* keeps tables of charsets for the life of the process */
}

void reb_mime_start(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

typedef struct reading {
    reb_mail *out;
    reb_arena *a;
    size_t parts, bytes;
    const char *plain, *html; /* the first of each */
    bool report;              /* multipart/report */
} reading;

/* --- headers ---------------------------------------------------------------------------------------------------------------------------
 */

static const char *header(GMimeMessage *m, const char *name) {
    return g_mime_object_get_header(GMIME_OBJECT(m), name);
}

/* As it stands in the mail. */
static const char *raw_words(reading *r, GMimeMessage *m, const char *name, bool before_address) {
    GMimeHeader *h = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(m)), name);
    const char *raw = h != NULL ? g_mime_header_get_raw_value(h) : NULL;
    if (raw == NULL) return "";
    size_t n = strlen(raw);
    if (before_address) {
        const char *open = strchr(raw, '<');
        n = open != NULL ? (size_t)(open - raw) : 0;
    }
    const char *line = reb_mime_words(r->a, raw, n);
    size_t len = strlen(line);
    while (len > 0 && line[len - 1] == ' ') len--;
    if (before_address && len >= 2 && line[0] == '"' && line[len - 1] == '"') {
        line++;
        len -= 2;
    }
    const char *kept = reb_arena_strndup(r->a, line, len);
    return kept != NULL ? kept : "";
}

static bool begins(const char *text, const char *head) {
    return text != NULL && strncasecmp(text + strspn(text, " \t"), head, strlen(head)) == 0;
}

static const char *address(reading *r, const char *text) {
    char email[REB_EMAIL_TEXT];
    size_t n = 0;
    if (text == NULL || reb_email_parse(email, &n, text, strlen(text), NULL) != REB_OK) return "";
    const char *kept = reb_arena_strndup(r->a, email, n);
    return kept != NULL ? kept : "";
}

/* The first mailbox of a list. */
static const char *first_address(reading *r, InternetAddressList *list) {
    if (list == NULL || internet_address_list_length(list) == 0) return "";
    InternetAddress *first = internet_address_list_get_address(list, 0);
    if (!INTERNET_ADDRESS_IS_MAILBOX(first)) return "";
    return address(r, internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first)));
}

/* Recipients are read from the raw line, its beginning only: a mail may name ten thousand, and ours is looked for among the first. */
static void read_recipients(reading *r, GMimeMessage *m) {
    static const char *const k_names[] = {"Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"};
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++) {
        const char *text = header(m, k_names[i]);
        if (text == NULL) continue;
        for (const char *p = text; i >= 3 && (p = strchr(p, '@')) != NULL; p++) r->out->recipients++;
        size_t n = strlen(text);
        if (n > ADDRESS_TEXT_MOST) n = ADDRESS_TEXT_MOST;
        char *part = reb_arena_strndup(r->a, text, n);
        InternetAddressList *list = part != NULL ? internet_address_list_parse(NULL, part) : NULL;
        int count = list != NULL ? internet_address_list_length(list) : 0;
        for (int k = 0; k < count && r->out->to_count < REB_MAIL_TO_MOST; k++) {
            InternetAddress *one = internet_address_list_get_address(list, k);
            if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
            const char *email = address(r, internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)));
            if (email[0] != '\0') r->out->to[r->out->to_count++] = email;
        }
        if (list != NULL) g_object_unref(list);
    }
}

/* Message-IDs stand between < and >; what mail programs write around them is passed over. */
static void read_refs(reading *r, const char *text, bool backwards) {
    const char *ids[REB_MAIL_REFS_MOST];
    size_t lens[REB_MAIL_REFS_MOST];
    size_t seen = 0;
    for (const char *p = text; p != NULL && (p = strchr(p, '<')) != NULL;) {
        const char *close = strpbrk(p + 1, "<>");
        if (close == NULL) break;
        size_t n = (size_t)(close - p - 1);
        if (*close == '>' && n > 0 && n <= REB_MAIL_LINE_MOST) {
            ids[seen % REB_MAIL_REFS_MOST] = p + 1; /* the last ones count */
            lens[seen++ % REB_MAIL_REFS_MOST] = n;
        }
        p = close;
    }
    size_t count = seen < REB_MAIL_REFS_MOST ? seen : REB_MAIL_REFS_MOST;
    for (size_t k = 0; k < count && r->out->ref_count < REB_MAIL_REFS_MOST; k++) {
        size_t i = backwards ? seen - 1 - k : seen - count + k;
        const char *id = reb_arena_strndup(r->a, ids[i % REB_MAIL_REFS_MOST], lens[i % REB_MAIL_REFS_MOST]);
        if (id != NULL && reb_utf8_valid(id, strlen(id), NULL)) r->out->refs[r->out->ref_count++] = id;
    }
}

static unsigned read_flags(GMimeMessage *m) {
    static const char *const k_lists[] = {"List-Id", "List-Post", "List-Unsubscribe", "List-Help", "Mailing-List", "Feedback-ID"};
    static const char *const k_autos[] = {"X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-AutoReply-From", "X-Mail-Autoreply"};
    unsigned flags = 0;
    const char *submitted = header(m, "Auto-Submitted");
    const char *precedence = header(m, "Precedence");
    const char *path = header(m, "Return-Path");
    if (submitted != NULL && submitted[strspn(submitted, " \t")] != '\0' && !begins(submitted, "no")) flags |= REB_MAIL_AUTO;
    for (size_t i = 0; i < sizeof k_autos / sizeof k_autos[0]; i++)
        if (header(m, k_autos[i]) != NULL) flags |= REB_MAIL_AUTO;
    if (begins(precedence, "auto_reply")) flags |= REB_MAIL_AUTO;
    if (path != NULL && strncmp(path + strspn(path, " \t"), "<>", 2) == 0)
        flags |= REB_MAIL_AUTO; /* nobody waits for an answer: RFC 5321, 4.5.5 */
    for (size_t i = 0; i < sizeof k_lists / sizeof k_lists[0]; i++)
        if (header(m, k_lists[i]) != NULL) flags |= REB_MAIL_LIST;
    if (begins(precedence, "bulk") || begins(precedence, "list") || begins(precedence, "junk")) flags |= REB_MAIL_LIST;
    if (begins(header(m, "X-Spam-Flag"), "yes") || begins(header(m, "X-Spam-Status"), "yes")) flags |= REB_MAIL_SPAM;
    return flags;
}

static void read_headers(reading *r, GMimeMessage *m) {
    reb_mail *o = r->out;
    o->from = first_address(r, g_mime_message_get_from(m));
    o->from_name = raw_words(r, m, "From", true);
    o->reply_to = first_address(r, g_mime_message_get_reply_to(m));
    o->subject = raw_words(r, m, "Subject", false);
    o->message_id = reb_mime_line(r->a, g_mime_message_get_message_id(m));
    GMimeObject *body = g_mime_message_get_mime_part(m); /* Content-* belongs to it */
    if (body != NULL) o->language = reb_mime_line(r->a, g_mime_object_get_header(body, "Content-Language"));
    GDateTime *date = g_mime_message_get_date(m);
    if (date != NULL) o->date_us = g_date_time_to_unix(date) * REB_US_PER_SECOND;
    read_recipients(r, m);
    read_refs(r, header(m, "In-Reply-To"), false);
    read_refs(r, header(m, "References"), true);
    o->flags = read_flags(m);
    if (strncmp(o->from, "mailer-daemon@", 14) == 0 || strncmp(o->from, "postmaster@", 11) == 0) o->flags |= REB_MAIL_AUTO;
}

/* --- parts ------------------------------------------------------------------------------------------------------------------------------
 */

/* A part without its transfer encoding, at most `most` bytes of it. The stream is the caller's to unref; NULL when there is nothing. */
static GMimeStream *decoded(GMimePart *part, size_t most, bool *whole) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    *whole = false;
    if (content == NULL) return NULL;
    GMimeStream *raw = g_mime_data_wrapper_get_stream(content);
    if (raw != NULL && g_mime_stream_length(raw) > (gint64)(most + most / 2) + 4096) return NULL; /* even as base64 it is more */
    GMimeStream *mem = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, mem);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
    *whole = bytes->len <= most;
    return mem;
}

static const char *part_words(reading *r, GMimePart *part, bool is_html) {
    bool whole;
    GMimeStream *mem = decoded(part, 4 * REB_MAIL_TEXT_MOST, &whole);
    if (!whole) r->out->text_cut = true;
    if (mem == NULL) return NULL;
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    size_t most = is_html ? 4 * REB_MAIL_TEXT_MOST : REB_MAIL_TEXT_MOST;
    const char *text = reb_mime_text(r->a, charset != NULL ? charset : "", bytes->len > 0 ? (const char *)bytes->data : "", bytes->len,
                                     most, &r->out->damaged, &r->out->text_cut);
    g_object_unref(mem);
    return is_html ? reb_html_text(r->a, text, strlen(text)) : text;
}

static void keep_file(reading *r, GMimePart *part, const char *type) {
    reb_mail *o = r->out;
    bool whole = false;
    GMimeStream *mem = o->file_count < REB_MAIL_FILES_MOST ? decoded(part, REB_MAIL_FILE_MOST, &whole) : NULL;
    GByteArray *bytes = mem != NULL ? g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem)) : NULL;
    if (bytes != NULL && whole && bytes->len > 0 && r->bytes + bytes->len <= REB_MAIL_FILES_BYTES) {
        const char *copy = reb_arena_strndup(r->a, (const char *)bytes->data, bytes->len);
        if (copy != NULL) {
            o->files[o->file_count++] = (reb_mail_file){.name = reb_mime_line(r->a, g_mime_part_get_filename(part)),
                                                        .media_type = reb_mime_line(r->a, type),
                                                        .bytes = (const unsigned char *)copy,
                                                        .n = bytes->len};
            r->bytes += bytes->len;
        }
    } else if (bytes == NULL || bytes->len > 0) {
        if (o->files_left_out < REB_MAIL_FILES_MOST) o->left_names[o->files_left_out] = reb_mime_line(r->a, g_mime_part_get_filename(part));
        o->files_left_out++;
    }
    if (mem != NULL) g_object_unref(mem);
}

/* A line "Name: value" among the fields of a report. */
static const char *report_field(reading *r, const char *text, const char *name) {
    size_t n = strlen(name);
    for (const char *p = text; p != NULL && *p != '\0'; p = strchr(p, '\n'), p = p != NULL ? p + 1 : NULL) {
        if (strncasecmp(p, name, n) != 0 || p[n] != ':') continue;
        const char *value = p + n + 1;
        value += strspn(value, " \t");
        return reb_mime_line(r->a, reb_arena_strndup(r->a, value, strcspn(value, "\n")));
    }
    return "";
}

/* RFC 3464: what became of a mail of ours. */
static void read_status(reading *r, GMimePart *part) {
    const char *text = part_words(r, part, false);
    if (text == NULL) return;
    const char *action = report_field(r, text, "Action");
    const char *why = report_field(r, text, "Diagnostic-Code");
    const char *status = report_field(r, text, "Status");
    r->out->flags |= REB_MAIL_AUTO | (begins(action, "delayed") || begins(action, "relayed")      ? REB_MAIL_DELAYED | REB_MAIL_BOUNCE
                                      : begins(action, "delivered") || begins(action, "expanded") ? 0u
                                                                                                  : REB_MAIL_BOUNCE);
    const char *said = reb_arena_printf(r->a, "%s %s", status, why);
    r->out->bounced_why = reb_mime_line(r->a, said);
}

static void bounced_id(reading *r, const char *id) {
    if (r->out->bounced_id[0] == '\0') r->out->bounced_id = reb_mime_line(r->a, id);
}

/* Headers of the mail that came back, as a part of text. */
static void read_original_headers(reading *r, GMimePart *part) {
    const char *text = part_words(r, part, false);
    if (text == NULL) return;
    const char *id = report_field(r, text, "Message-ID");
    size_t n = strlen(id);
    if (n > 2 && id[0] == '<' && id[n - 1] == '>') bounced_id(r, reb_arena_strndup(r->a, id + 1, n - 2));
}

static void read_leaf(reading *r, GMimePart *part) {
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(part));
    char *type = g_mime_content_type_get_mime_type(ct);
    bool html = g_mime_content_type_is_type(ct, "text", "html");
    bool words = html || g_mime_content_type_is_type(ct, "text", "plain") || g_mime_content_type_is_type(ct, "text", "enriched");
    if (g_mime_content_type_is_type(ct, "message", "delivery-status") ||
        g_mime_content_type_is_type(ct, "message", "global-delivery-status")) {
        read_status(r, part);
    } else if (r->report &&
               (g_mime_content_type_is_type(ct, "text", "rfc822-headers") || g_mime_content_type_is_type(ct, "message", "rfc822"))) {
        read_original_headers(r, part);
    } else if (words && !g_mime_part_is_attachment(part) && (html ? r->html : r->plain) == NULL) {
        *(html ? &r->html : &r->plain) = part_words(r, part, html);
    } else if (!(words && !g_mime_part_is_attachment(part) && g_mime_part_get_filename(part) == NULL && html)) {
        keep_file(r, part, type);
    }
    g_free(type);
}

static void read_object(reading *r, GMimeObject *o, int depth) {
    if (o == NULL) return;
    if (depth > REB_MAIL_DEPTH_MOST || ++r->parts > REB_MAIL_PARTS_MOST) {
        r->out->beyond = true;
        return;
    }
    if (GMIME_IS_MULTIPART(o)) {
        GMimeContentType *ct = g_mime_object_get_content_type(o);
        if (depth == 0 && g_mime_content_type_is_type(ct, "multipart", "report")) {
            r->report = true;
            r->out->flags |= REB_MAIL_AUTO;
        }
        int n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
        for (int i = 0; i < n && !r->out->beyond; i++) read_object(r, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1);
    } else if (GMIME_IS_MESSAGE_PART(o)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
        if (inner == NULL) return;
        if (r->report) {
            bounced_id(r, g_mime_message_get_message_id(inner));
        } else {
            read_object(r, g_mime_message_get_mime_part(inner), depth + 1); /* a mail forwarded as a file: its words and files */
        }
    } else if (GMIME_IS_PART(o)) {
        read_leaf(r, GMIME_PART(o));
    }
}

/* --- the whole -------------------------------------------------------------------------------------------------------------------------
 */

/* Headers that servers add differ from one delivery to the next; these and the body do not. */
static void digest(char out[65], GMimeMessage *m, const char *bytes, size_t n) {
    static const char *const k_names[] = {"Message-ID", "From", "Date", "Subject"};
    crypto_hash_sha256_state h;
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_init(&h);
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++) {
        const char *value = header(m, k_names[i]);
        if (value == NULL) value = "";
        crypto_hash_sha256_update(&h, (const unsigned char *)value, strlen(value) + 1);
    }
    const char *body = memmem(bytes, n, "\r\n\r\n", 4);
    const char *other = memmem(bytes, n, "\n\n", 2);
    if (body == NULL || (other != NULL && other < body)) body = other;
    if (body == NULL) body = bytes;
    crypto_hash_sha256_update(&h, (const unsigned char *)body, n - (size_t)(body - bytes));
    crypto_hash_sha256_final(&h, hash);
    sodium_bin2hex(out, 65, hash, sizeof hash);
}

static void empty(reb_mail *o) {
    *o = (reb_mail){.from = "",
                    .from_name = "",
                    .reply_to = "",
                    .subject = "",
                    .message_id = "",
                    .text = "",
                    .language = "",
                    .bounced_id = "",
                    .bounced_why = ""};
}

reb_status reb_mail_read(reb_mail *out, reb_arena *a, const char *bytes, size_t n, reb_err *err) {
    static const char *k_fallback[] = {"utf-8", "windows-1252", NULL};
    reading r = {.out = out, .a = a};
    empty(out);
    reb_mime_start();
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeParserOptions *options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, k_fallback);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeMessage *m = n > 0 ? g_mime_parser_construct_message(parser, options) : NULL;
    reb_status st = REB_OK;
    if (m == NULL) {
        st = reb_fail(err, REB_E_INPUT, "There is nothing of a mail in it.");
    } else {
        digest(out->digest, m, bytes, n);
        read_headers(&r, m);
        read_object(&r, g_mime_message_get_mime_part(m), 0);
        out->text = r.plain != NULL && r.plain[strspn(r.plain, " \t\n")] != '\0' ? r.plain
                    : r.html != NULL                                             ? r.html
                    : r.plain != NULL                                            ? r.plain
                                                                                 : "";
        g_object_unref(m);
    }
    g_mime_parser_options_free(options);
    g_object_unref(parser);
    g_object_unref(stream);
    if (st == REB_OK && a->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    return st;
}
