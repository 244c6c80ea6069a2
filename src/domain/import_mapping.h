/* Mappings a person made by hand, remembered for the next file with the same header. */
#ifndef REB_DOMAIN_IMPORT_MAPPING_H
#define REB_DOMAIN_IMPORT_MAPPING_H

#include "../store/store.h"

typedef struct reb_import_mapping {
    const char *signature; /* of the header */
    const char *name;
    const char *plan; /* JSON; not in lists */
    int64_t changed_us, used_us;
} reb_import_mapping;

/* Makes it or takes the place of the earlier one for this header. */
reb_status reb_import_mapping_put(reb_store *s, const reb_import_mapping *m, reb_err *err);
/* out->plan NULL: none is remembered. Texts live in the arena. */
reb_status reb_import_mapping_get(reb_import_mapping *out, reb_store *s, const char *signature, reb_arena *arena, reb_err *err);
reb_status reb_import_mapping_used(reb_store *s, const char *signature, int64_t now_us, reb_err *err);
/* The one used last first; at most 500. */
reb_status reb_import_mapping_list(reb_import_mapping **out, size_t *n, reb_store *s, reb_arena *arena, reb_err *err);
reb_status reb_import_mapping_forget(reb_store *s, const char *signature, reb_err *err); /* NOT_FOUND */

#endif
