/* How a person on Today's list is called and reached. Inside the app only. */
#ifndef REB_APP_TODAY_CONTACT_H
#define REB_APP_TODAY_CONTACT_H

#include "../domain/act.h"
#include "../text/voice.h"

/* Texts live in the voice's arena. */
typedef struct reb_today_contact {
    const char *name; /* in this order: name, external id, e-mail, phone, our own id */
    const char *key;  /* what the hold-out is drawn by: the id in the systems they came from, so that the same customers in another database
                         are drawn alike */
    const char *email, *phone; /* NULL or "": none on record */
    unsigned closed;           /* ways they do not want to be reached by for this kind of item: REB_WAY_ bits */
} reb_today_contact;

/* Of the customer `head`, by what is on record at now_us. */
reb_status reb_today_contact_read(reb_today_contact *c, reb_store *s, const reb_voice *voice, int64_t head, reb_item_kind kind,
                                  int64_t now_us, reb_err *err);

/* Whether a way is left; without any address they may still be met in the shop. */
bool reb_today_reachable(const reb_today_contact *c);

#endif
