/* Time zones, by the rules of the system's tzdata: /usr/share/zoneinfo, or the folder that the environment's TZDIR names. */
#ifndef REB_TEXT_ZONE_H
#define REB_TEXT_ZONE_H

#include "../base/buf.h"
#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The offsets of one IANA zone until 2200. Never changes after opening: threads may share it. Instants are microseconds since
   1970-01-01T00:00:00Z, local times since 1970-01-01T00:00 on the wall clock, civil days since 1970-01-01 (base/clock.h). */
typedef struct reb_zone reb_zone;

enum { REB_ZONE_NAME = 64, REB_ZONE_VERSION = 24 }; /* bytes, the final 0 among them */

/* The zone as tzdata has it now: what has been renewed on the disk is read anew. To be closed by the caller; the last few are kept, so that
   opening one again takes a microsecond or two. UTC needs no tzdata.
   Errors: INPUT (no such zone; a file that cannot be read as one), IO (tzdata is missing; reading fails), MEMORY. */
reb_status reb_zone_open(reb_zone **out, const char *iana_name, reb_err *err);
void reb_zone_close(reb_zone *z); /* NULL is allowed */
const char *reb_zone_name(const reb_zone *z);

/* Offset from UTC at an instant, in seconds, east positive. */
int32_t reb_zone_offset_s(const reb_zone *z, int64_t time_us);
/* The civil day in the zone at an instant. */
int64_t reb_zone_day(const reb_zone *z, int64_t time_us);
/* The minute of that day, 0..1439, that the wall clock in the zone shows. */
int reb_zone_minute(const reb_zone *z, int64_t time_us);
/* The instant of a local time. A time that occurs twice means the first; a time that is skipped is moved on by the length of the gap. */
int64_t reb_zone_instant(const reb_zone *z, int64_t local_us);
/* The changes of the offset in [from_us, to_us): their instants and what holds from each on, in order, not more than `room`; returns how
   many there are. */
size_t reb_zone_changes(int64_t *at_us, int32_t *offset_s, size_t room, const reb_zone *z, int64_t from_us, int64_t to_us);
/* The instant at which a civil day begins. */
int64_t reb_zone_day_start(const reb_zone *z, int64_t day);

/* ---- rules that are kept, so that what was reckoned by them can be reckoned again after tzdata was renewed ---- */

/* Which tzdata the system has, "2026a"; "" where it does not say. */
void reb_zone_version(char out[REB_ZONE_VERSION]);
/* The rules in [from_us, to_us) as text, the same text for the same rules: "7200 1682632800=10800 ...", the offset at from_us, then each
   change in seconds. Memory that fails shows in the buffer. */
void reb_zone_rules(reb_buf *out, const reb_zone *z, int64_t from_us, int64_t to_us);
/* A zone with just these rules, whatever tzdata says; the first offset holds since ever, the last for ever. To be closed.
   Errors: INPUT (no such text), MEMORY. */
reb_status reb_zone_of_rules(reb_zone **out, const char *name, const char *rules, reb_err *err);

#endif
