#include "file_type.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const reb_file_types_said = "JPG, PNG, GIF, WebP, HEIC, PDF, TXT, MP3, M4A, OGG, WAV, MP4, MOV, WebM";

typedef struct signature {
    size_t at;
    const char *bytes;
    size_t n;
    const char *type;
} signature;

#define SIG(at, bytes, type)                                                                                                               \
    { (at), (bytes), sizeof(bytes) - 1, (type) }
static const signature k_signatures[] = {
    SIG(0, "\x89PNG\r\n\x1A\n", "image/png"),
    SIG(0, "\xFF\xD8\xFF", "image/jpeg"),
    SIG(0, "GIF87a", "image/gif"),
    SIG(0, "GIF89a", "image/gif"),
    SIG(0, "%PDF-", "application/pdf"),
    SIG(0, "ID3", "audio/mpeg"),
    SIG(0, "OggS\0", "audio/ogg"),
    SIG(0, "fLaC", "audio/flac"),
    SIG(0, "#!AMR\n", "audio/amr"),
    SIG(0, "#!AMR-WB\n", "audio/amr-wb"),
    SIG(0, "\x1A\x45\xDF\xA3", "video/webm"),
};
/* Brands of ISO media files, and what their first one says. */
static const struct {
    const char *brand, *type;
} k_brands[] = {{"heic", "image/heic"}, {"heix", "image/heic"}, {"mif1", "image/heic"}, {"msf1", "image/heic"},      {"heim", "image/heic"},
                {"avif", "image/avif"}, {"M4A ", "audio/mp4"},  {"M4B ", "audio/mp4"},  {"qt  ", "video/quicktime"}, {"3gp", "video/3gpp"},
                {"3g2", "video/3gpp"},  {"isom", "video/mp4"},  {"iso", "video/mp4"},   {"mp4", "video/mp4"},        {"avc1", "video/mp4"},
                {"M4V", "video/mp4"},   {"MSNV", "video/mp4"},  {"dash", "video/mp4"}};
static const struct {
    const char *type, *endings; /* the first is given where another stands */
} k_endings[] = {{"image/png", ".png"},           {"image/jpeg", ".jpg .jpeg .jpe .jfif"},
                 {"image/gif", ".gif"},           {"image/webp", ".webp"},
                 {"image/heic", ".heic .heif"},   {"image/avif", ".avif"},
                 {"application/pdf", ".pdf"},     {"audio/mpeg", ".mp3"},
                 {"audio/mp4", ".m4a .m4b .mp4"}, {"audio/ogg", ".ogg .oga .opus"},
                 {"audio/flac", ".flac"},         {"audio/amr", ".amr"},
                 {"audio/amr-wb", ".awb .amr"},   {"audio/aac", ".aac"},
                 {"audio/wav", ".wav"},           {"video/mp4", ".mp4 .m4v"},
                 {"video/quicktime", ".mov .qt"}, {"video/3gpp", ".3gp .3g2"},
                 {"video/webm", ".webm"},         {"text/plain", ".txt .text .log .csv"}};

static const char *iso_media(const unsigned char *b, size_t n) {
    if (n < 12 || memcmp(b + 4, "ftyp", 4) != 0) return NULL;
    for (size_t i = 0; i < sizeof k_brands / sizeof k_brands[0]; i++)
        if (memcmp(b + 8, k_brands[i].brand, strlen(k_brands[i].brand)) == 0) return k_brands[i].type;
    return NULL;
}

/* A frame of MPEG audio or of AAC in ADTS: eleven or twelve set bits, then values that are not all reserved. */
static const char *sound_frame(const unsigned char *b, size_t n) {
    if (n < 4 || b[0] != 0xFF) return NULL;
    if ((b[1] & 0xF6u) == 0xF0u) return (b[2] >> 2 & 15u) != 15u ? "audio/aac" : NULL;
    bool layer3 = (b[1] & 0xE6u) == 0xE2u && (b[1] & 0x18u) != 0x08u;
    return layer3 && (b[2] & 0xF0u) != 0xF0u && (b[2] & 0x0Cu) != 0x0Cu ? "audio/mpeg" : NULL;
}

static bool begins(const char *s, size_t n, const char *word) {
    size_t len = strlen(word);
    return n >= len && strncasecmp(s, word, len) == 0;
}

/* Would some program take it for more than words? */
static bool acts(const char *s, size_t n) {
    static const char *const k_words[] = {"<!doctype", "<html", "<head", "<body", "<script", "<svg",   "<?xml",     "<?php",
                                          "<iframe",   "<!--",  "#!",    "@echo", "%!ps",    "{\\rtf", "mime-vers", "<math"};
    while (n > 0 && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')) s++, n--;
    for (size_t i = 0; i < sizeof k_words / sizeof k_words[0]; i++)
        if (begins(s, n, k_words[i])) return true;
    return false;
}

static bool plain(const unsigned char *b, size_t n, bool whole) {
    const char *s = (const char *)b;
    size_t skip = reb_utf8_bom(s, n);
    size_t bad = 0;
    s += skip;
    n -= skip;
    if (n == 0 || acts(s, n)) return false;
    if (!reb_utf8_valid(s, n, &bad) && (whole || n - bad > 3)) return false; /* the last character may have been cut */
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7F) return false;
    }
    return true;
}

const char *reb_file_type(const unsigned char *b, size_t n, bool whole) {
    if (n > REB_FILE_TYPE_BYTES) {
        n = REB_FILE_TYPE_BYTES;
        whole = false;
    }
    for (size_t i = 0; i < sizeof k_signatures / sizeof k_signatures[0]; i++) {
        const signature *s = &k_signatures[i];
        if (n >= s->at + s->n && memcmp(b + s->at, s->bytes, s->n) == 0) return s->type;
    }
    if (n >= 12 && memcmp(b, "RIFF", 4) == 0) {
        if (memcmp(b + 8, "WEBP", 4) == 0) return "image/webp";
        return memcmp(b + 8, "WAVE", 4) == 0 ? "audio/wav" : NULL;
    }
    const char *type = iso_media(b, n);
    if (type == NULL) type = sound_frame(b, n);
    return type != NULL ? type : plain(b, n, whole) ? "text/plain" : NULL;
}

/* Is `ending` one of the type's? */
static bool ending_fits(const char *ending, const char *endings) {
    size_t n = strlen(ending);
    for (const char *e = endings; n > 0 && *e != '\0';) {
        size_t len = strcspn(e, " ");
        if (len == n && strncasecmp(e, ending, n) == 0) return true;
        e += len + (e[len] == ' ');
    }
    return false;
}

/* Controls of direction make "txt.exe" look like "exe.txt"; the rest is minded by file systems or headers. */
static bool may_stand(uint32_t cp) {
    if (cp < 0x20 || cp == 0x7F || (cp >= 0x80 && cp < 0xA0) || cp == REB_UTF8_REPLACEMENT) return false;
    if (cp < 0x80) return strchr("\"*:<>?|\\/;%", (int)cp) == NULL;
    return !(cp >= 0x200E && cp <= 0x200F) && !(cp >= 0x2028 && cp <= 0x202E) && !(cp >= 0x2060 && cp <= 0x206F) && cp != 0xFEFF &&
           cp < 0xE0000;
}

const char *reb_file_name(reb_arena *a, const char *given, const char *type) {
    enum { MOST = 120 };
    char name[MOST + 8];
    size_t len = 0;
    const char *from = given != NULL ? given : "";
    for (const char *p = from; *p != '\0'; p++)
        if (*p == '/' || *p == '\\') from = p + 1;
    const char *endings = ".bin";
    for (size_t i = 0; i < sizeof k_endings / sizeof k_endings[0]; i++)
        if (type != NULL && strcmp(k_endings[i].type, type) == 0) endings = k_endings[i].endings;
    size_t first = strcspn(endings, " ");
    for (size_t left = strlen(from); left > 0;) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, from, left);
        if (len + n > MOST - 6) break;
        if (may_stand(cp)) {
            memcpy(name + len, from, n);
            len += n;
        }
        from += n;
        left -= n;
    }
    name[len] = '\0';
    size_t lead = strspn(name, ". ");
    while (len > lead && (name[len - 1] == '.' || name[len - 1] == ' ')) name[--len] = '\0';
    const char *dot = strrchr(name + lead, '.');
    const char *tail = dot != NULL && ending_fits(dot, endings) ? "" : endings;
    return reb_arena_printf(a, "%s%.*s", len > lead ? name + lead : "file", *tail != '\0' ? (int)first : 0, tail);
}
