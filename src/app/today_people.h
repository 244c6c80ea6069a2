/* What is on record about people and Today: which arm they were drawn into, what was shown, what was answered. Inside the app only. */
#ifndef REB_APP_TODAY_PEOPLE_H
#define REB_APP_TODAY_PEOPLE_H

#include "../domain/act.h"
#include "../text/calendar.h"

typedef enum person_arm { ARM_NONE, ARM_SHOWN, ARM_HELD } person_arm;

/* One customer; days are INT64_MIN where nothing is on record. */
typedef struct person {
    int64_t head;
    person_arm arm[REB_ITEM_KINDS]; /* the newest on record */
    int64_t episode[REB_ITEM_KINDS];
    int64_t drawn_day[REB_ITEM_KINDS];
    int64_t done_day[REB_ITEM_KINDS];
    int64_t wrong_day[REB_ITEM_KINDS];
    int64_t not_before_day; /* of the newest "not now" */
} person;

/* Hash table by head; freed with people_free. */
typedef struct people {
    person *slots; /* head 0: free */
    size_t room;   /* a power of two, or 0 */
    size_t count;
} people;

reb_status people_read(people *p, reb_store *s, int64_t now_us, const reb_zone *zone, reb_err *err);
const person *people_find(const people *p, int64_t head); /* NULL: nothing on record */
void people_free(people *p);

#endif
