/* What a file is, by its first bytes and never by what its sender says of it: only kinds that are worth having as a proof are known
   (pictures, PDF, sound, film, plain text). Everything else (programs, archives, documents with macros, web pages) has no type here and is
   not taken. Signatures: WHATWG MIME Sniffing, 6; ISO/IEC 14496-12 (ftyp); RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 4867 (AMR). */
#ifndef REB_TEXT_FILE_TYPE_H
#define REB_TEXT_FILE_TYPE_H

#include "../base/arena.h"

#include <stddef.h>

/* So many bytes are enough to tell, or all of a shorter file. */
enum { REB_FILE_TYPE_BYTES = 4096 };

/* "image/jpeg", ...: a constant; NULL when it is none of those. Text is UTF-8 (or ASCII) without control characters, and does not begin
   like a web page or a script. `whole`: these are all the bytes there are. */
const char *reb_file_type(const unsigned char *bytes, size_t n, bool whole);

/* A name under which the file may be saved anywhere: the last part of a path, without control characters and those that a file system or a
   header minds, at most 120 bytes, and with an ending that belongs to the type ("x.pdf.exe" that is a PDF: "x.pdf.exe.pdf"). Never empty.
   Lives in the arena; NULL when memory ran out. */
const char *reb_file_name(reb_arena *a, const char *given, const char *type);

/* "JPG, PNG, ...": for the sentence that says what is taken. */
extern const char *const reb_file_types_said;

#endif
