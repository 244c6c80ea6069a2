/* Mail as the world writes it: letters in any charset, parts within parts, ten thousand recipients, large files, reports of what could not
 * be delivered. */
#include "../../src/base/buf.h"
#include "../../src/base/clock.h"
#include "../../src/text/mime.h"
#include "../../src/text/utf8.h"
#include "../lib/tap.h"

#include <stdlib.h>
#include <string.h>

static reb_arena k_arena;

static reb_mail read_n(const char *bytes, size_t n) {
    reb_mail m;
    reb_err err = {0};
    if (reb_mail_read(&m, &k_arena, bytes, n, &err) != REB_OK) OK(false, "read: %s", err.detail);
    return m;
}

static reb_mail read_text(const char *text) {
    return read_n(text, strlen(text));
}

static void plain(void) {
    reb_mail m = read_text(
        "Return-Path: <maria@example.com>\r\nDelivered-To: care+707312.k3j4@shop.example\r\nFrom: =?utf-8?B?zpzOsc+Bzq/OsQ==?= "
        "<Maria@Example.com>\r\nTo: \"Care, the shop\" <care@shop.example>, other@x.example\r\nCc: third@x.example\r\nSubject: "
        "=?iso-8859-7?Q?=C8=E5=EC=E1?=\r\n two\r\nDate: Fri, 1 May 2026 12:00:00 +0300\r\nMessage-ID: <m1@example.com>\r\nIn-Reply-To: "
        "<ours@shop.example>\r\nReferences: <first@a> <second@b>\r\n <ours@shop.example>\r\n\r\nHello\r\nthere.\r\n");
    EQ_TEXT(m.from, "maria@example.com", "the address, folded");
    EQ_TEXT(m.from_name, "Μαρία", "the name, decoded");
    EQ_TEXT(m.subject, "Θεμα two", "the subject: another charset, unfolded");
    EQ_TEXT(m.text, "Hello\nthere.\n", "the text");
    EQ_TEXT(m.message_id, "m1@example.com", "its Message-ID");
    OK(m.to_count == 4 && strcmp(m.to[0], "care+707312.k3j4@shop.example") == 0 && strcmp(m.to[1], "care@shop.example") == 0,
       "whom it went to");
    EQ_I64((int64_t)m.recipients, 3, "how many it names");
    OK(m.ref_count == 4 && strcmp(m.refs[0], "ours@shop.example") == 0 && strcmp(m.refs[2], "second@b") == 0 &&
           strcmp(m.refs[3], "first@a") == 0,
       "what it refers to, the nearest first");
    EQ_I64(m.date_us, INT64_C(1777626000) * REB_US_PER_SECOND, "when");
    EQ_I64(m.flags, 0, "nothing of a machine");
    reb_mail again = read_text(
        "Received: from elsewhere\r\nReturn-Path: <x@y.example>\r\nDelivered-To: b@shop.example\r\nFrom: "
        "=?utf-8?B?zpzOsc+Bzq/OsQ==?= <Maria@Example.com>\r\nSubject: =?iso-8859-7?Q?=C8=E5=EC=E1?=\r\n two\r\nDate: Fri, 1 May 2026 "
        "12:00:00 +0300\r\nMessage-ID: <m1@example.com>\r\n\r\nHello\r\nthere.\r\n");
    EQ_TEXT(again.digest, m.digest, "the same mail by another way is the same mail");
    reb_err err = {0};
    OK(reb_mail_read(&m, &k_arena, "", 0, &err) == REB_E_INPUT, "nothing at all: %s", err.detail);
}

/* A mail whose only part has this head and these bytes. */
static reb_mail part(const char *type, const char *encoding, const char *bytes, size_t n) {
    reb_buf b = {0};
    reb_buf_printf(&b, "From: a@example.com\r\nContent-Type: %s\r\n", type);
    if (encoding[0] != '\0') reb_buf_printf(&b, "Content-Transfer-Encoding: %s\r\n", encoding);
    reb_buf_str(&b, "\r\n");
    reb_buf_add(&b, bytes, n);
    reb_mail m = read_n(b.data, b.len);
    reb_buf_free(&b);
    return m;
}

static void letters(void) {
#define PART(type, encoding, bytes) part(type, encoding, bytes, strlen(bytes))
    EQ_TEXT(PART("text/plain; charset=windows-1256", "8bit", "\xE3\xD1\xCD\xC8\xC7").text, "مرحبا", "windows-1256");
    EQ_TEXT(PART("text/plain; charset=iso-8859-7", "quoted-printable", "=C3=E5=E9=DC").text, "Γειά", "iso-8859-7, quoted-printable");
    EQ_TEXT(PART("text/plain; charset=utf-8", "base64", "2LPZhNin2YU=").text, "سلام", "UTF-8, base64");
    EQ_TEXT(PART("text/plain; charset=iso-2022-jp", "7bit", "\x1B$B$3$s\x1B(B").text, "こん", "iso-2022-jp");
    EQ_TEXT(PART("text/plain; charset=us-ascii", "8bit", "καλά").text, "καλά", "says ASCII, is UTF-8");
    EQ_TEXT(PART("text/plain; charset=windows-1252", "8bit", "Ενα μήνυμα").text, "Ενα μήνυμα", "says windows-1252, is UTF-8");
    EQ_TEXT(PART("text/plain; charset=klingon", "8bit", "Ενα μήνυμα").text, "Ενα μήνυμα", "a charset that does not exist");
    reb_mail m = part("text/plain; charset=utf-8", "8bit", "abc \xFF\xFE def", 10);
    OK(m.damaged && reb_utf8_valid(m.text, strlen(m.text), NULL) && strstr(m.text, "abc") != NULL && strstr(m.text, "def") != NULL,
       "says UTF-8, is none: %s", m.text);
    m = PART("text/plain; charset=\"utf-8//TRANSLIT\"", "8bit", "\xE3\xD1\xCD\xC8\xC7");
    OK(reb_utf8_valid(m.text, strlen(m.text), NULL), "a charset with orders for iconv: %s", m.text);
    m = part("text/plain; charset=utf-16", "8bit", "\xFF\xFEh\0i\0", 6);
    EQ_TEXT(m.text, "hi", "UTF-16");
    m = PART("text/plain", "base64", "!!!! this is no base64 ****");
    OK(reb_utf8_valid(m.text, strlen(m.text), NULL), "base64 that is none");
    m = read_text("From: a@example.com\r\nSubject: \xD8\xB3\xD9\x84\xD8\xA7\xD9\x85\r\n\r\nx");
    EQ_TEXT(m.subject, "سلام", "a header in bare UTF-8");
    m = read_text("From: a@example.com\r\nSubject: =?utf-8?B?/////w==?= =?nope?Q?x?=\r\n\r\nx");
    OK(reb_utf8_valid(m.subject, strlen(m.subject), NULL), "encoded words that are damaged: %s", m.subject);
    m = part("text/plain; charset=utf-8", "8bit",
             "a\0b\x1B[31mc\xC2\x85"
             "d",
             12);
    EQ_TEXT(m.text, "ab[31mcd", "no control characters");
}

static void html(void) {
    reb_mail m = PART(
        "text/html; charset=utf-8", "8bit",
        "<html><head><title>T</title><style>p{color:red}</style></head><body><p>Hello&nbsp;<b>you</b> &amp; "
        "I</p><script>evil('<p>')</script>"
        "<div>one<br>two</div><!-- no --><table><tr><td>a</td><td>b</td></tr></table>5 &lt; 6 &#1587; &#x3B1; &bogus; 1 < 2</body></html>");
    EQ_TEXT(m.text, "Hello you & I\n\none\ntwo\n\na b\n\n5 < 6 س α &bogus; 1 < 2", "the words of HTML");
    m = read_text("From: a@example.com\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: "
                  "text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: "
                  "text/html\r\n\r\n<p>html\r\n--b--\r\n");
    EQ_TEXT(m.text, "plain", "of two versions the plain one");
    EQ_I64((int64_t)(m.file_count + m.files_left_out), 0, "and the other is no file");
    m = read_text("From: a@example.com\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n "
                  "\r\n--b\r\nContent-Type: "
                  "text/html\r\n\r\n<p>html\r\n--b--\r\n");
    EQ_TEXT(m.text, "html", "unless that is empty");
}

static void nested(void) {
    reb_buf b = {0};
    enum { DEEP = 5000 };
    reb_buf_str(&b, "From: a@example.com\r\nMIME-Version: 1.0\r\n");
    for (int i = 0; i < DEEP; i++) reb_buf_printf(&b, "Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n", i, i);
    reb_buf_str(&b, "Content-Type: text/plain\r\n\r\ndeep\r\n");
    for (int i = DEEP - 1; i >= 0; i--) reb_buf_printf(&b, "--b%d--\r\n", i);
    int64_t t = tap_cpu_us();
    reb_mail m = read_n(b.data, b.len);
    OK(m.beyond, "five thousand parts within parts are not followed");
    OK(tap_cpu_us() - t < 60 * REB_US_PER_SECOND, "and take no age: %d ms", (int)((tap_cpu_us() - t) / 1000));
    reb_buf_free(&b);
    b = (reb_buf){0};
    reb_buf_str(&b, "From: a@example.com\r\n");
    for (int i = 0; i < DEEP; i++) reb_buf_str(&b, "Content-Type: message/rfc822\r\n\r\n");
    reb_buf_str(&b, "\r\ndeep\r\n");
    m = read_n(b.data, b.len);
    OK(m.beyond || m.text[0] != '\1', "mails within mails neither");
    reb_buf_free(&b);
    b = (reb_buf){0};
    reb_buf_str(&b, "From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 2000; i++) reb_buf_printf(&b, "--b\r\nContent-Type: image/png; name=p%d.png\r\n\r\nx\r\n", i);
    reb_buf_str(&b, "--b--\r\n");
    m = read_n(b.data, b.len);
    OK(m.beyond && m.file_count == REB_MAIL_FILES_MOST && m.files_left_out > 0, "two thousand files: the first five, the others counted");
    reb_buf_free(&b);
}

static void many_recipients(void) {
    reb_buf b = {0};
    reb_buf_str(&b, "From: a@example.com\r\nTo: ");
    for (int i = 0; i < 10000; i++) reb_buf_printf(&b, "%s\"Person %d\" <p%d@example.com>", i > 0 ? ",\r\n " : "", i, i);
    reb_buf_str(&b, "\r\nSubject: to all\r\n\r\nhello\r\n");
    int64_t t = tap_cpu_us();
    reb_mail m = read_n(b.data, b.len);
    OK(m.to_count == REB_MAIL_TO_MOST && m.recipients == 10000, "ten thousand recipients: counted, the first kept");
    OK(tap_cpu_us() - t < 60 * REB_US_PER_SECOND, "in %d ms", (int)((tap_cpu_us() - t) / 1000));
    EQ_TEXT(m.text, "hello\n", "its text is read");
    reb_buf_free(&b);
}

static void files(void) {
    enum { LARGE = 50 << 20 };
    reb_buf b = {0};
    reb_buf_str(&b, "From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee "
                    "the film\r\n--b\r\nContent-Type: "
                    "video/mp4\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; "
                    "filename*=utf-8''%CF%84%CE%B1%CE%B9%CE%BD.mp4\r\n\r\n");
    char line[78];
    memset(line, 'A', 76);
    memcpy(line + 76, "\r\n", 2);
    for (size_t i = 0; i < LARGE / 57; i++) reb_buf_add(&b, line, sizeof line);
    reb_buf_str(&b, "\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; "
                    "filename=\"../../etc/p\xC3\xA9.png\"\r\n\r\nPNG\r\n--b--\r\n");
    reb_mail m = read_n(b.data, b.len);
    EQ_TEXT(m.text, "see the film", "a file of 50 MB: the words are read");
    OK(m.file_count == 1 && m.files_left_out == 1 && m.files[0].n == 3 && memcmp(m.files[0].bytes, "PNG", 3) == 0,
       "it is left out and counted, the small one is kept");
    EQ_TEXT(m.files[0].name, "../../etc/pé.png", "by the name it was told");
    m = read_n(b.data, 200000); /* cut in the middle, as a large mail is fetched */
    EQ_TEXT(m.text, "see the film", "cut in the middle: the words are read");
    reb_buf_free(&b);
    reb_arena_reset(&k_arena);
}

#define K_BOUNCE                                                                                                                           \
    "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: care@shop.example\r\nSubject: "                       \
    "Undelivered\r\nMIME-Version: "                                                                                                        \
    "1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\r\n\r\n--B\r\nContent-Type: "                      \
    "text/plain\r\n\r\nSorry.\r\n--B\r\n"                                                                                                  \
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822;x@y.example\r\nAction: "   \
    "%s\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--B\r\nContent-Type: %s\r\n\r\nMessage-ID: "              \
    "<ours-1@shop.example>\r\nSubject: Your case\r\n\r\n--B--\r\n"

static reb_mail report(const char *action, const char *type) {
    return read_text(reb_arena_printf(&k_arena, K_BOUNCE, action, type));
}

static void machines(void) {
    static const struct {
        const char *head;
        unsigned flags;
    } k_heads[] = {{"Auto-Submitted: auto-replied", REB_MAIL_AUTO},
                   {"Auto-Submitted: no", 0},
                   {"Auto-Submitted: auto-generated (rejected)", REB_MAIL_AUTO},
                   {"Precedence: bulk", REB_MAIL_LIST},
                   {"Precedence: auto_reply", REB_MAIL_AUTO},
                   {"List-Id: <news.example.com>", REB_MAIL_LIST},
                   {"List-Unsubscribe: <mailto:x@example.com>", REB_MAIL_LIST},
                   {"Return-Path: <>", REB_MAIL_AUTO},
                   {"Return-Path: <a@example.com>", 0},
                   {"X-Autoreply: yes", REB_MAIL_AUTO},
                   {"X-Spam-Flag: YES", REB_MAIL_SPAM},
                   {"Importance: high", 0}};
    for (size_t i = 0; i < sizeof k_heads / sizeof k_heads[0]; i++) {
        char *text = reb_arena_printf(&k_arena, "From: a@example.com\r\n%s\r\n\r\nAway until Monday.", k_heads[i].head);
        EQ_I64(read_text(text).flags, k_heads[i].flags, k_heads[i].head);
    }
    reb_mail m = report("failed", "message/rfc822");
    EQ_I64(m.flags, REB_MAIL_AUTO | REB_MAIL_BOUNCE, "a mail that came back");
    EQ_TEXT(m.bounced_id, "ours-1@shop.example", "which of ours it was");
    EQ_TEXT(m.bounced_why, "5.1.1 smtp; 550 5.1.1 no such user", "and why");
    m = report("failed", "text/rfc822-headers");
    EQ_TEXT(m.bounced_id, "ours-1@shop.example", "told by its headers alone");
    m = report("delayed", "message/rfc822");
    EQ_I64(m.flags, REB_MAIL_AUTO | REB_MAIL_BOUNCE | REB_MAIL_DELAYED, "one that is only late");
}

static void writing(void) {
    reb_err err = {0};
    const char *bytes = NULL;
    size_t n = 0;
    reb_mail_draft d = {.from = "care@shop.example",
                        .from_name = "فروشگاه نمونه",
                        .to = "maria@example.com",
                        .reply_to = "care+707312.k3j4@shop.example",
                        .subject = "Η υπόθεσή σας C-707312: ένα θέμα που είναι πολύ μακρύ για μία γραμμή και διπλώνεται",
                        .message_id = "1.2@shop.example",
                        .in_reply_to = "m1@example.com",
                        .language = "fa",
                        .text = "سلام\n.\n..dots\nFrom the beginning\n",
                        .generated = "auto-replied",
                        .date_us = INT64_C(1777626000) * REB_US_PER_SECOND,
                        .file = (const unsigned char *)"%PDF-1.7\n\0x",
                        .file_bytes = 11,
                        .file_name = "نامه.pdf",
                        .file_type = "application/pdf"};
    OK(reb_mail_write(&bytes, &n, &k_arena, &d, &err) == REB_OK, "written %s", err.detail);
    size_t longest = 0, line = 0;
    bool clean = true;
    for (size_t i = 0; i < n; i++) {
        clean = clean && (unsigned char)bytes[i] < 0x80 && (bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
        line = bytes[i] == '\n' ? 0 : line + 1;
        longest = line > longest ? line : longest;
    }
    OK(clean && longest <= 998, "ASCII, CRLF, longest line %d", (int)longest);
    reb_mail m = read_n(bytes, n);
    EQ_TEXT(m.from_name, d.from_name, "the name comes back");
    EQ_TEXT(m.subject, d.subject, "the subject comes back");
    EQ_TEXT(m.text, d.text, "the text comes back");
    EQ_TEXT(m.reply_to, d.reply_to, "answers go to the case");
    EQ_TEXT(m.message_id, d.message_id, "by its own Message-ID");
    OK(m.ref_count == 2 && strcmp(m.refs[0], "m1@example.com") == 0, "and what it answers");
    OK(m.flags == REB_MAIL_AUTO && strcmp(m.language, "fa") == 0, "it says that a machine wrote it, and in which language");
    OK(m.file_count == 1 && m.files[0].n == 11 && memcmp(m.files[0].bytes, d.file, 11) == 0, "with its file");
    EQ_TEXT(m.files[0].name, "نامه.pdf", "by name");
    d.subject = "x\r\nBcc: all@example.com";
    OK(reb_mail_write(&bytes, &n, &k_arena, &d, &err) == REB_E_INPUT, "no header comes in by a line end: %s", err.detail);
}

int main(void) {
    plain();
    letters();
    html();
    nested();
    many_recipients();
    files();
    machines();
    writing();
    reb_arena_free(&k_arena);
    return tap_done();
}
