/* Inside src/domain only: versions of calendars as rows. */
#ifndef REB_DOMAIN_WORK_CALENDAR_INTERNAL_H
#define REB_DOMAIN_WORK_CALENDAR_INTERNAL_H

#include "work_calendar_store.h"

/* Who has "published" what only follows the settings. */
#define REB_WORK_BY_SETTINGS "settings"

typedef struct reb_work_cards {
    reb_work_calendar_card *at;
    int64_t count, room;
} reb_work_cards;
reb_status reb_work_card_add(reb_work_cards *c, reb_arena *a, const reb_work_calendar_card *card, reb_err *err);
/* Those that are stored; none is no error. */
reb_status reb_work_cards_stored(reb_work_cards *c, reb_store *s, reb_arena *a, const char *code, reb_err *err);
/* "main" as the settings say it. */
reb_status reb_work_card_of_settings(reb_work_calendar_card *out, reb_arena *a, const reb_business *b, reb_err *err);

#endif
