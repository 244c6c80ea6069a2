#include "case_event.h"

#include <string.h>

static const char *const k_name[REB_CASE_EVENT_KINDS] = {
#define REB_CASE_EVENT(id, name) [REB_CASE_##id] = name,
    REB_CASE_EVENTS(REB_CASE_EVENT)
#undef REB_CASE_EVENT
};

const char *reb_case_event_name(reb_case_event_kind k) {
    return k_name[k];
}

bool reb_case_event_from_name(reb_case_event_kind *out, const char *name) {
    for (int i = 0; i < REB_CASE_EVENT_KINDS; i++)
        if (strcmp(k_name[i], name) == 0) {
            *out = (reb_case_event_kind)i;
            return true;
        }
    return false;
}
