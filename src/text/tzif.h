/* Reading TZif, the files of tzdata in which the rules of a time zone lie (RFC 9636, formerly RFC 8536; versions 2 to 4). What follows the
   table of such a file is a rule in the manner of POSIX's TZ, by which the changes of later years are reckoned. Pure functions. */
#ifndef REB_TEXT_TZIF_H
#define REB_TEXT_TZIF_H

#include "../base/err.h"

#include <stddef.h>
#include <stdint.h>

/* An offset from UTC in seconds, east positive, and since when it holds. */
typedef struct reb_zone_change {
    int64_t from_us;
    int32_t offset_s;
} reb_zone_change;

enum {
    REB_TZIF_BYTES_MOST = 65536,  /* of a file: the greatest of tzdata has under 4,000 */
    REB_TZIF_CHANGES_MOST = 4096, /* that come out of it */
    REB_TZIF_LAST_YEAR = 2199     /* until whose end changes are reckoned */
};

/* All changes of the offset until 2200, in order, the first of them since ever (INT64_MIN); neighbours always differ. `out` has room for
   REB_TZIF_CHANGES_MOST. Errors: INPUT, with what is wrong: cut short, contradictory, counts beyond the limits, with leap seconds (the
   "right" files, whose instants are none of POSIX's), or of version 1, whose years end in 2038. */
reb_status reb_tzif_read(reb_zone_change *out, size_t *count, const unsigned char *bytes, size_t n, reb_err *err);

#endif
