#include "internal.h"
reb_status reb_sheet_open_vcard(reb_sheet *s, reb_err *err) {
    return reb_fail(err, REB_E_INPUT, "%s: this format cannot be read yet", reb_source_name(s->source));
}
