#include "mime_internal.h"

#include "../base/clock.h"
#include "utf8.h"

#include <gmime/gmime.h>
#include <string.h>

static bool one_line(const char *text) {
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F) return false;
    return true;
}

static bool well_formed(const reb_mail_draft *d) {
    const char *const k_lines[] = {d->from, d->from_name, d->to, d->reply_to, d->subject, d->message_id, d->in_reply_to, d->language};
    for (size_t i = 0; i < sizeof k_lines / sizeof k_lines[0]; i++)
        if (k_lines[i] != NULL && (!one_line(k_lines[i]) || !reb_utf8_valid(k_lines[i], strlen(k_lines[i]), NULL))) return false;
    return reb_utf8_valid(d->text, strlen(d->text), NULL);
}

static GMimeObject *text_part(const reb_mail_draft *d) {
    GMimeTextPart *text = g_mime_text_part_new_with_subtype("plain");
    g_mime_text_part_set_charset(text, "utf-8");
    g_mime_text_part_set_text(text, d->text);
    g_mime_part_set_content_encoding(GMIME_PART(text),
                                     g_mime_part_get_best_content_encoding(GMIME_PART(text), GMIME_ENCODING_CONSTRAINT_7BIT));
    return GMIME_OBJECT(text);
}

static GMimeObject *file_part(const reb_mail_draft *d) {
    const char *slash = strchr(d->file_type, '/');
    char type[64] = "application";
    if (slash != NULL && (size_t)(slash - d->file_type) < sizeof type) {
        memcpy(type, d->file_type, (size_t)(slash - d->file_type));
        type[slash - d->file_type] = '\0';
    }
    GMimePart *part = g_mime_part_new_with_type(type, slash != NULL ? slash + 1 : "octet-stream");
    GMimeStream *mem = g_mime_stream_mem_new_with_buffer((const char *)d->file, d->file_bytes);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(mem, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, content);
    g_object_unref(content);
    g_object_unref(mem);
    g_mime_part_set_filename(part, d->file_name != NULL ? d->file_name : "file");
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    return GMIME_OBJECT(part);
}

static void set_id(reb_arena *a, GMimeMessage *m, const char *name, const char *id) {
    const char *value = reb_arena_printf(a, "<%s>", id);
    if (value != NULL) g_mime_object_set_header(GMIME_OBJECT(m), name, value, NULL);
}

static void set_headers(reb_arena *a, GMimeMessage *m, const reb_mail_draft *d) {
    g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_FROM, d->from_name != NULL && d->from_name[0] != '\0' ? d->from_name : NULL, d->from);
    g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_TO, NULL, d->to);
    if (d->reply_to != NULL && d->reply_to[0] != '\0') g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_REPLY_TO, NULL, d->reply_to);
    g_mime_message_set_subject(m, d->subject, "utf-8");
    GDateTime *date = g_date_time_new_from_unix_utc(d->date_us / REB_US_PER_SECOND);
    if (date != NULL) {
        g_mime_message_set_date(m, date);
        g_date_time_unref(date);
    }
    g_mime_message_set_message_id(m, d->message_id);
    if (d->in_reply_to != NULL && d->in_reply_to[0] != '\0') {
        set_id(a, m, "In-Reply-To", d->in_reply_to);
        set_id(a, m, "References", d->in_reply_to);
    }
    if (d->language != NULL && d->language[0] != '\0') g_mime_object_set_header(GMIME_OBJECT(m), "Content-Language", d->language, NULL);
    if (d->generated != NULL) {
        g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted", d->generated, NULL);
        g_mime_object_set_header(GMIME_OBJECT(m), "X-Auto-Response-Suppress", "All", NULL); /* Exchange asks for it by that name */
    }
}

reb_status reb_mail_write(const char **bytes, size_t *n, reb_arena *a, const reb_mail_draft *d, reb_err *err) {
    *bytes = NULL;
    *n = 0;
    if (!well_formed(d)) return reb_fail(err, REB_E_INPUT, "A line of the mail holds signs that no mail may hold.");
    reb_mime_start();
    GMimeMessage *m = g_mime_message_new(TRUE);
    set_headers(a, m, d);
    GMimeObject *body = text_part(d);
    if (d->file != NULL) {
        GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
        GMimeObject *file = file_part(d);
        g_mime_multipart_add(mixed, body);
        g_mime_multipart_add(mixed, file);
        g_object_unref(file);
        g_object_unref(body);
        body = GMIME_OBJECT(mixed);
    }
    g_mime_message_set_mime_part(m, body);
    g_object_unref(body);
    GMimeFormatOptions *format = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    GMimeStream *mem = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(GMIME_OBJECT(m), format, mem);
    GByteArray *out = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
    *bytes = reb_arena_strndup(a, (const char *)out->data, out->len);
    *n = out->len;
    g_object_unref(mem);
    g_mime_format_options_free(format);
    g_object_unref(m);
    return *bytes != NULL && !a->failed ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}
