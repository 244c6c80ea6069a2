/* vCards and JSON. */
#include "sheet_helpers.h"

#include <dirent.h>

/* Only the filled fields: "name=John email1=a@b". */
static void filled(reb_buf *b, const void *bytes, size_t len, const reb_sheet_options *opt) {
    reb_err err = {0};
    reb_sheet *s = NULL;
    reb_status st = reb_sheet_open_memory(&s, "t", bytes, len, opt, &err);
    const reb_sheet_record *r = NULL;
    while (st == REB_OK && (st = reb_sheet_next(&r, s, &err)) == REB_OK && r != NULL) {
        const reb_sheet_info *info = reb_sheet_get_info(s);
        reb_buf_printf(b, "L%lld", (long long)r->line);
        for (size_t i = 0; i < r->n_fields; i++)
            if (r->fields[i].len > 0)
                reb_buf_printf(b, " %.*s=%.*s", (int)info->names[i].len, info->names[i].ptr, (int)r->fields[i].len, r->fields[i].ptr);
        reb_buf_char(b, '\n');
    }
    if (st != REB_OK) reb_buf_printf(b, "ERROR %s: %s", reb_status_name(st), err.detail);
    reb_sheet_close(s);
}

static void reads(const char *text, size_t len, const char *want, const char *what) {
    int wrong = 0;
    static const size_t cuts[] = {0, 1, 2, 5, 64};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        reb_buf b = {0};
        filled(&b, text, len, &(reb_sheet_options){.read_bytes = cuts[i]});
        if (i == 0) EQ_TEXT(reb_buf_cstr(&b), want, what);
        if (strcmp(reb_buf_cstr(&b), want) != 0) wrong++;
        reb_buf_free(&b);
    }
    OK(wrong == 0, "%s, however the bytes come", what);
}
#define READ(text, want, what) reads(text, sizeof(text) - 1, want, what)

static void cards(void) {
    READ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mr. John Doe\r\nN:Doe;John;Richter\\, "
         "James;Mr.;Sr.\r\nORG:IBM;Accounting\r\nitem1.EMAIL;type=INTERNET:j@ibm.com\r\n"
         "TEL;TYPE=CELL:905-555-1234\r\nTEL;TYPE=FAX,WORK:1\r\nNOTE:a\\nb\\, c\r\nADR;TYPE=HOME:;;Street "
         "1;Town;;123;Land\r\nUID:u1\r\nEND:VCARD\r\n",
         "L1 name=Mr. John Doe given=John family=Doe org=IBM, Accounting email1=j@ibm.com phone1=905-555-1234 address=Street 1, Town, 123, "
         "Land note=a\nb, c uid=u1\n",
         "vCard 3.0");
    READ("BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;=D8=B9=D9=84=DB=8C=\n=20x;;;\nTEL;CELL;PREF:1\nTEL;CELL:"
         "1\nTEL;HOME:2\nEND:VCARD\n",
         "L1 name=علی x given=علی x phone1=1 phone2=2\n", "vCard 2.1, quoted-printable with a soft break, a number twice");
    READ("BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=windows-1256;ENCODING=QUOTED-PRINTABLE:=E3=CD=E3=CF\nEND:VCARD\n", "L1 name=محمد\n",
         "windows-1256 in quoted-printable");
    READ("BEGIN:VCARD\nVERSION:2.1\nFN;QUOTED-PRINTABLE:Jos=E9\nEND:VCARD\n", "L1 name=José\n",
         "quoted-printable without a charset that is no UTF-8");
    READ("BEGIN:vCard\nVERSION:3.0\nFN:A long\n  name\nPHOTO;ENCODING=b:AAAA\n "
         "BBBB\n\nEMAIL:x@y.z\nEND:vCard\n\n\nBEGIN:VCARD\nFN:B\nEND:VCARD\n",
         "L1 name=A long name email1=x@y.z\nL12 name=B\n", "folded lines, a picture, two cards");
    READ("BEGIN:VCARD\nVERSION:4.0\nFN:S\nTEL;VALUE=uri;TYPE=\"work:voice\":tel:+1-418;ext=102\nEND:VCARD\n",
         "L1 name=S phone1=tel:+1-418;ext=102\n", "a colon inside a quoted parameter");
    READ("BEGIN:VCARD\nORG:Only\nAGENT:\nBEGIN:VCARD\nFN:Agent\nEND:VCARD\nTEL:3\nEND:VCARD\n", "L1 name=Only org=Only phone1=3\n",
         "an agent's card inside a card");
    READ("BEGIN:VCARD\nFN:x\nEMAIL:a@b.c\nEMAIL:b@b.c\nEMAIL:c@b.c\nEMAIL:d@b.c\nEMAIL:e@b.c\nEMAIL:f@b.c\nEND:VCARD\n",
         "L1 name=x email1=a@b.c email2=b@b.c email3=c@b.c email4=d@b.c email_more=e@b.c, f@b.c\n", "more e-mails than columns");
    READ("BEGIN:VCARD\nFN:x\n", "ERROR bad_input: the card that begins on line 1 never ends (END:VCARD): the file is cut off",
         "a card cut off");
    READ("BEGIN:VCARD\nFN:x\nBEGIN:VCARD\nFN:y\nEND:VCARD\n",
         "ERROR bad_input: line 3: a card begins before the one of line 1 has ended (END:VCARD)", "a card without its end");
    READ("\xFF\xFE"
         "B\0E\0G\0I\0N\0:\0V\0C\0A\0R\0D\0\n\0F\0N\0:\0\x28\x06\n\0E\0N\0D\0:\0V\0C\0A\0R\0D\0\n\0",
         "L1 name=ب\n", "UTF-16");
    char *big = malloc(9u << 20);
    memset(big, ';', 9u << 20);
    memcpy(big, "BEGIN:VCARD\nORG:a", 17);
    memcpy(big + (9u << 20) - 12, "b\nEND:VCARD\n", 12);
    reb_buf b = {0};
    filled(&b, big, 9u << 20, NULL);
    EQ_TEXT(reb_buf_cstr(&b), "L1 name=a, b org=a, b\n", "nine million empty components");
    reb_buf_free(&b);
    free(big);
}

static void real_cards(void) {
    const char *one = tap_shared("exports/vcard/fullcontact.vcf");
    if (one == NULL) {
        SKIP("the real data are absent");
        return;
    }
    static const struct {
        const char *file;
        int64_t cards;
        const char *first; /* name of the first card */
        const char *phone;
    } k[] = {{"John_Doe_ANDROID.vcf", 6, "", ""},
             {"John_Doe_BLACK_BERRY.vcf", 1, "John Doe", "+96123456789"},
             {"John_Doe_EVOLUTION.vcf", 1, "Mr. John Richter, James Doe Sr.", "905-666-1234"},
             {"John_Doe_GMAIL.vcf", 1, "Mr. John Richter, James Doe Sr.", "905-555-1234"},
             {"John_Doe_IPHONE.vcf", 1, "Mr. John Richter James Doe Sr.", "905-555-1234"},
             {"John_Doe_LOTUS_NOTES.vcf", 1, "Mr. Doe John I Johny", "+1 (212) 204-34456"},
             {"John_Doe_MAC_ADDRESS_BOOK.vcf", 1, "Mr. John Richter,James Doe Sr.", "905-777-1234"},
             {"John_Doe_MS_OUTLOOK.vcf", 1, "Mr. John Richter James Doe Sr.", "(905) 555-1234"},
             {"fullcontact.vcf", 1, "Prefix FirstName MiddleName LastName Suffix", "555-555-1111"},
             {"gmail-list.vcf", 3, "Arnold Smith", ""},
             {"gmail-single.vcf", 1, "Greg Dartmouth", "555 555 1111"},
             {"outlook-2003.vcf", 1, "John Doe III", "BusinessPhone"},
             {"outlook-2007.vcf", 1, "Mr. Michael Angstadt Jr.", "(111) 555-1111"},
             {"rfc2426-example.vcf", 2, "Frank Dawson", "+1-919-676-9515"},
             {"rfc6350-example.vcf", 1, "Simon Perreault", "tel:+1-418-656-9254;ext=102"}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        char rel[100];
        snprintf(rel, sizeof rel, "exports/vcard/%s", k[i].file);
        reb_err err = {0};
        reb_sheet *s = NULL;
        const char *path = tap_shared(rel);
        if (path == NULL || reb_sheet_open(&s, path, NULL, &err) != REB_OK) {
            OK(false, "%s: %s", rel, err.detail);
            continue;
        }
        const reb_sheet_record *r;
        int64_t n = 0;
        bool good = true;
        while (reb_sheet_next(&r, s, &err) == REB_OK && r != NULL) {
            if (n++ > 0) continue;
            reb_slice name = r->fields[reb_sheet_column(s, "name")], phone = r->fields[reb_sheet_column(s, "phone1")];
            good = reb_slice_is(name, k[i].first) && reb_slice_is(phone, k[i].phone);
            if (!good) printf("# name '%.*s' phone '%.*s'\n", (int)name.len, name.ptr, (int)phone.len, phone.ptr);
        }
        OK(good && n == k[i].cards, "%s: %lld cards %s", k[i].file, (long long)n, err.detail);
        reb_sheet_close(s);
    }
}

static void json(void) {
    READ("[\n {\"a\": 1, \"b\": \"x\"},\n {\"b\": null, \"c\": true, \"a\": -2.5e3}\n]\n", "L2 a=1 b=x\nL3 a=-2.5e3 c=true\n",
         "an array of objects");
    READ("{\"a\":1}\n{\"a\":2,\"b\":{\"c\":{\"d\":3}}}\n", "L1 a=1\nL2 a=2 b.c.d=3\n", "JSON lines, nested names dotted");
    READ("{\"count\":2,\"skip\":[1,2],\"tickets\":[{\"id\":1},{\"id\":2}],\"next\":null}", "L1 id=1\nL1 id=2\n", "an API's wrapper");
    READ("{\"id\":1,\"tags\":[\"a\",\"b\",3,null]}", "L1 id=1 tags=a, b, 3\n", "one object is one record; arrays are joined");
    READ("[{\"x\":[{\"y\":1}],\"z\":{}}]", "L1 x=[{\"y\":1}]\n", "an array of objects inside stays JSON");
    READ("[{\"s\":\"q\\\"\\\\\\/\\n\\u0041\\u0639\\uD83D\\uDE00\\uD800\\u0000\"}]", "L1 s=q\"\\/\nAع😀\xEF\xBF\xBD\xEF\xBF\xBD\n",
         "escapes, pairs, half pairs, NUL");
    READ("\xEF\xBB\xBF[{\"a\":\"\xD8\xB9\"}]", "L1 a=ع\n", "byte-order mark");
    READ("[{\"a\":1}", "ERROR bad_input: line 1: the array never ends: the file is cut off", "an array cut off");
    READ("[{\"a\":1},{\"a\":", "ERROR bad_input: the JSON value that begins on line 1 never ends: the file is cut off",
         "an object cut off");
    READ("[{\"a\":1}\n{\"a\":2}]", "ERROR bad_input: line 2: a comma is missing between two objects", "a comma missing");
    READ("[{\"a\":1},\n{\"a\" 2}]", "ERROR bad_input: line 2, column 6: a colon is missing", "a colon missing");
    READ("[{\"a\":1},\n{\"a\":nope}]", "ERROR bad_input: line 2, column 6: neither a string, number, object, array, true, false nor null",
         "a word that is no value");
    READ("[{\"a\":1},]", "ERROR bad_input: line 1: a comma, and then the array ends", "a comma too many");
    READ("[]", "ERROR bad_input: t holds no records", "an empty array");
    READ("[{}]", "ERROR bad_input: t holds no records", "an empty object");
    READ("[{\"a\":[1}]", "ERROR bad_input: line 1, column 8: a comma or ] is missing", "brackets that do not match");
    reb_buf b = {0}, deep = {0};
    for (int i = 0; i < 70; i++) reb_buf_str(&deep, "{\"a\":");
    for (int i = 0; i < 70; i++) reb_buf_str(&deep, "}");
    filled(&b, deep.data, deep.len, NULL);
    OK(strstr(reb_buf_cstr(&b), "nested more than 64 deep") != NULL, "nested 70 deep: %s", reb_buf_cstr(&b));
    reb_buf_clear(&b);
    reb_buf_clear(&deep);
    for (int i = 0; i < 5000; i++) reb_buf_printf(&deep, "{\"n%d\":1}\n", i);
    filled(&b, deep.data, deep.len, NULL);
    OK(strstr(reb_buf_cstr(&b), "line 4097, column") != NULL && strstr(b.data, "more than 4096 different names") != NULL, "5,000 names: %s",
       reb_buf_cstr(&b));
    reb_buf_free(&b);
    reb_buf_free(&deep);
}

static void real_json(void) {
    static const struct {
        const char *path;
        int64_t records;
    } k[] = {{"exports/zendesk/tickets.json", 200}, {"exports/zendesk/users.json", 75}, {"exports/zendesk/organizations.json", 25}};
    for (size_t i = 0; i < 3; i++) {
        const char *path = tap_shared(k[i].path);
        if (path == NULL) {
            SKIP("the real data are absent");
            continue;
        }
        reb_err err = {0};
        reb_sheet *s = NULL;
        const reb_sheet_record *r;
        int64_t n = 0;
        if (!OK(reb_sheet_open(&s, path, NULL, &err) == REB_OK, "%s opens %s", k[i].path, err.detail)) continue;
        while (reb_sheet_next(&r, s, &err) == REB_OK && r != NULL) {
            if (n++ == 0 && i == 0) {
                OK(reb_slice_is(r->fields[reb_sheet_column(s, "created_at")], "2016-04-28T11:19:34 -10:00"),
                   "created_at of the first ticket");
                OK(reb_slice_is(r->fields[reb_sheet_column(s, "tags")], "Ohio, Pennsylvania, American Samoa, Northern Mariana Islands"),
                   "its tags");
            }
        }
        EQ_I64(n, k[i].records, k[i].path);
        reb_sheet_close(s);
    }
}

int main(void) {
    cards();
    real_cards();
    json();
    real_json();
    return tap_done();
}
