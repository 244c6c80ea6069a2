#include "import_words.h"

#include "import_plan.h"

void reb_import_words_json(reb_json *w) {
    static const char *const kinds[] = {"text", "date", "money", "number"};
    static const reb_encoding encodings[] = {REB_ENC_UTF8,         REB_ENC_UTF16LE,      REB_ENC_UTF16BE,
                                             REB_ENC_WINDOWS_1256, REB_ENC_WINDOWS_1253, REB_ENC_WINDOWS_1252};
    static const char *const profiles[] = {
#define REB_PROFILE(id, label, source, records, traits) #id,
#define REB_COLUMN(profile, header, role, need)
#include "../../api/import_profiles.def"
#undef REB_PROFILE
#undef REB_COLUMN
    };
    reb_json_obj(w);
    reb_json_key(w, "roles");
    reb_json_arr(w);
    for (int r = 0; r < REB_ROLE_COUNT; r++) {
        reb_json_obj(w);
        reb_json_kstr(w, "role", reb_roles[r].name);
        reb_json_kstr(w, "kind", kinds[reb_roles[r].kind]);
        reb_json_kstr(w, "label", reb_roles[r].label);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "profiles");
    reb_json_arr(w);
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) reb_json_str(w, profiles[i]);
    reb_json_arr_end(w);
    reb_json_key(w, "currencies");
    reb_json_arr(w);
    for (size_t i = 0; i < reb_currency_count(); i++) reb_json_str(w, reb_currency_at(i)->code);
    reb_json_arr_end(w);
    reb_json_key(w, "encodings");
    reb_json_arr(w);
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) reb_json_str(w, reb_encoding_name(encodings[i]));
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}
