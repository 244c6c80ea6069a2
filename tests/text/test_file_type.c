/* Files by their first bytes, and the names under which they may be saved. */
#include "../lib/tap.h"

#include "../../src/text/file_type.h"

#define TYPE(bytes, want, what) EQ_TEXT(reb_file_type((const unsigned char *)(bytes), sizeof(bytes) - 1, true), want, what)

static void names(void) {
    static const struct {
        const char *given, *type, *want;
    } k_cases[] = {
        {"receipt.pdf", "application/pdf", "receipt.pdf"},
        {"C:\\Users\\me\\photo.JPG", "image/jpeg", "photo.JPG"},
        {"../../etc/passwd", "text/plain", "passwd.txt"},
        {"receipt.pdf.exe", "application/pdf", "receipt.pdf.exe.pdf"},
        {"run.bat", "text/plain", "run.bat.txt"},
        {"", "image/png", "file.png"},
        {NULL, "image/png", "file.png"},
        {"...", "image/png", "file.png"},
        {".htaccess", "text/plain", "htaccess.txt"},
        {"a\r\nSet-Cookie: x.png", "image/png", "aSet-Cookie x.png"},
        {"exe\xE2\x80\xAE"
         "gnp.png",
         "image/png", "exegnp.png"}, /* U+202E turns what follows around */
        {"\xD9\x81\xD8\xA7\xD8\xAA\xD9\x88\xD8\xB1\xD8\xA9.pdf", "application/pdf", "\xD9\x81\xD8\xA7\xD8\xAA\xD9\x88\xD8\xB1\xD8\xA9.pdf"},
        {"a\xFF.pdf", "application/pdf", "a.pdf"},
        {"film.mp4", "audio/mp4", "film.mp4"},
    };
    for (size_t i = 0; i < sizeof k_cases / sizeof k_cases[0]; i++) {
        reb_arena a = {0};
        EQ_TEXT(reb_file_name(&a, k_cases[i].given, k_cases[i].type), k_cases[i].want, k_cases[i].want);
        reb_arena_free(&a);
    }
    char longest[1000];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    reb_arena a = {0};
    const char *name = reb_file_name(&a, longest, "application/pdf");
    OK(name != NULL && strlen(name) <= 120 && strcmp(name + strlen(name) - 4, ".pdf") == 0, "a long name is cut and keeps its ending");
    reb_arena_free(&a);
}

int main(void) {
    TYPE("\x89PNG\r\n\x1A\n....", "image/png", "PNG");
    TYPE("\xFF\xD8\xFF\xE0..JFIF", "image/jpeg", "JPEG");
    TYPE("GIF89a..", "image/gif", "GIF");
    TYPE("RIFF....WEBPVP8 ", "image/webp", "WebP");
    TYPE("\0\0\0\x18"
         "ftypheic\0\0\0\0",
         "image/heic", "HEIC, as phones make it");
    TYPE("\0\0\0\x18"
         "ftypmp42\0\0\0\0",
         "video/mp4", "MP4");
    TYPE("\0\0\0\x18"
         "ftypqt  \0\0\0\0",
         "video/quicktime", "a film of an iPhone");
    TYPE("\0\0\0\x18"
         "ftypM4A \0\0\0\0",
         "audio/mp4", "a voice memo");
    TYPE("\x1A\x45\xDF\xA3....", "video/webm", "WebM");
    TYPE("%PDF-1.7\n", "application/pdf", "PDF");
    TYPE("OggS\0....", "audio/ogg", "a voice message");
    TYPE("ID3\x04....", "audio/mpeg", "MP3 with a title");
    TYPE("\xFF\xFB\x90\x64....", "audio/mpeg", "MP3 without");
    TYPE("\xFF\xF1\x50\x80....", "audio/aac", "AAC");
    TYPE("RIFF....WAVEfmt ", "audio/wav", "WAV");
    TYPE("My order came broken.\r\n", "text/plain", "plain text");
    TYPE("\xEF\xBB\xBF\xD9\x84\xD9\x85 \xD9\x8A\xD8\xB5\xD9\x84", "text/plain", "Arabic text with a byte-order mark");

    TYPE("", NULL, "an empty file");
    TYPE("MZ\x90\0\x03\0\0\0", NULL, "a program for Windows");
    TYPE("\x7F"
         "ELF\x02\x01\x01\0",
         NULL, "a program for Linux");
    TYPE("PK\x03\x04\x14\0\x06\0", NULL, "an archive, or a document with macros");
    TYPE("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", NULL, "an old document with macros");
    TYPE("<!DOCTYPE html><script>alert(1)</script>", NULL, "a web page");
    TYPE("  \n<svg xmlns='http://www.w3.org/2000/svg' onload='x()'>", NULL, "a picture that runs scripts");
    TYPE("#!/bin/sh\nrm -rf /\n", NULL, "a script");
    TYPE("caf\xE9 au lait", NULL, "text in another encoding");
    TYPE("a\0b", NULL, "text with a NUL");
    TYPE("RIFF....AVI LIST", NULL, "a film of a kind that is not taken");

    unsigned char big[REB_FILE_TYPE_BYTES + 10];
    memset(big, 'x', sizeof big);
    big[REB_FILE_TYPE_BYTES - 1] = 0xD9; /* the first half of a letter */
    EQ_TEXT(reb_file_type(big, sizeof big, true), "text/plain", "a letter that the look at the first bytes cuts in two");
    EQ_TEXT(reb_file_type(big, REB_FILE_TYPE_BYTES, true), NULL, "... but not one that the file ends in");
    names();
    return tap_done();
}
