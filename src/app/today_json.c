#include "today.h"

#include <math.h>

static void item_json(reb_json *w, const reb_today_item *i) {
    reb_json_obj(w);
    reb_json_kstr(w, "item", i->code);
    reb_json_kstr(w, "kind", reb_item_kind_name(i->kind));
    reb_json_key(w, "customer");
    reb_json_obj(w);
    reb_json_kid(w, "id", i->customer_id);
    reb_json_kstr(w, "name", i->name);
    reb_json_kstr(w, "phone", i->phone[0] != '\0' ? i->phone : NULL);
    reb_json_kstr(w, "email", i->email[0] != '\0' ? i->email : NULL);
    reb_json_kbool(w, "phone_closed", i->phone_closed);
    reb_json_kbool(w, "email_closed", i->email_closed);
    reb_json_obj_end(w);
    reb_json_kstr(w, "why", i->why);
    reb_json_kstr(w, "what", i->what);
    reb_json_kf64(w, "minutes", i->minutes);
    reb_estimate_json(w, "gain_minor", &i->gain_minor, true);
    reb_estimate_json(w, "value_minor", &i->value_minor, true);
    reb_estimate_json(w, "at_stake_minor", &i->at_stake_minor, true);
    reb_estimate_json(w, "still_customer", &i->p_alive, false);
    reb_json_key(w, "evidence");
    reb_json_obj(w);
    reb_json_ki64(w, "purchase_days", i->purchase_days);
    reb_json_kday(w, "last_purchase", i->last_day);
    reb_json_ki64(w, "silent_days", i->silent_days);
    if (i->rhythm_days > 0.0) {
        reb_json_kf64(w, "rhythm_days", i->rhythm_days);
    } else {
        reb_json_knull(w, "rhythm_days");
    }
    if (i->kind == REB_ITEM_FEEDBACK) {
        reb_json_ki64(w, "last_amount_minor", i->last_amount_minor);
        if (i->usual_amount_minor > 0.0) reb_json_ki64(w, "usual_amount_minor", llround(i->usual_amount_minor));
    }
    if (i->bad_event[0] != '\0') {
        reb_json_kstr(w, "bad_event", i->bad_event);
        reb_json_ki64(w, "bad_days", i->bad_days);
    }
    if (i->spoken_day != 0) {
        reb_json_kday(w, "last_spoken", i->spoken_day);
    } else {
        reb_json_knull(w, "last_spoken");
    }
    reb_json_obj_end(w);
    reb_json_key(w, "assumed");
    reb_json_arr(w);
    for (size_t k = 0; k < i->assumed_count; k++) {
        reb_json_obj(w);
        reb_json_kstr(w, "setting", i->assumed[k].key);
        reb_json_kstr(w, "text", i->assumed[k].text);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

static void by_kind(reb_json *w, const char *key, const int64_t counts[REB_ITEM_KINDS]) {
    reb_json_key(w, key);
    reb_json_obj(w);
    for (int k = 0; k < REB_ITEM_KINDS; k++) reb_json_ki64(w, reb_item_kind_name((reb_item_kind)k), counts[k]);
    reb_json_obj_end(w);
}

void reb_today_json(reb_json *w, const reb_today_list *l) {
    reb_json_obj(w);
    reb_json_ktime(w, "now", l->now_us);
    reb_json_kday(w, "day", l->day);
    reb_json_kstr(w, "business", l->business);
    reb_json_kstr(w, "currency", l->currency);
    reb_json_ki64(w, "decimals", l->currency_digits);
    reb_json_kstr(w, "sentence", l->sentence);
    reb_json_key(w, "fit");
    if (l->fit_found) {
        reb_json_obj(w);
        reb_json_kid(w, "fit_id", l->fit_id);
        reb_json_kstr(w, "model", l->fit_model);
        reb_json_kday(w, "as_of", l->fit_day);
        reb_json_ki64(w, "customers", l->customers);
        reb_json_kbool(w, "made_now", l->fit_made_now);
        reb_json_kbool(w, "old", l->fit_old);
        reb_json_kbool(w, "prior_used", l->fit_prior);
        reb_json_kbool(w, "enough_data", l->fit_enough);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_json_ki64(w, "capacity_minutes", l->capacity_minutes);
    reb_json_kf64(w, "used_minutes", l->used_minutes);
    reb_estimate_json(w, "gain_minor", &l->gain_minor, true);
    reb_json_kbool(w, "closed_today", l->closed_today);
    if (l->next_working_day != 0) {
        reb_json_kday(w, "next_working_day", l->next_working_day);
    } else {
        reb_json_knull(w, "next_working_day");
    }
    reb_json_kbool(w, "quiet_now", l->quiet_now);
    reb_duties_json(w, "duties", &l->duties);
    reb_json_key(w, "duty_totals");
    reb_json_obj(w);
    for (int k = 0; k < REB_DUTY_KINDS; k++) reb_json_ki64(w, reb_duty_kind_name((reb_duty_kind)k), l->duties.totals[k]);
    reb_json_obj_end(w);
    reb_json_key(w, "items");
    reb_json_arr(w);
    for (size_t i = 0; i < l->item_count; i++) item_json(w, &l->items[i]);
    reb_json_arr_end(w);
    reb_json_ki64(w, "candidates", l->candidates);
    by_kind(w, "beyond_capacity", l->beyond);
    by_kind(w, "held_out", l->held_out);
    reb_json_key(w, "left_out");
    reb_json_obj(w);
    reb_json_ki64(w, "contacted_recently", l->spoken_recently);
    reb_json_ki64(w, "postponed", l->postponed);
    reb_json_ki64(w, "unreachable", l->unreachable);
    reb_json_ki64(w, "waiting", l->waiting);
    reb_json_obj_end(w);
    reb_json_key(w, "remarks");
    reb_json_arr(w);
    for (size_t i = 0; i < l->remark_count; i++) reb_json_str(w, l->remarks[i].text);
    reb_json_arr_end(w);
    reb_json_key(w, "remark_kinds");
    reb_json_arr(w);
    for (size_t i = 0; i < l->remark_count; i++) reb_json_str(w, l->remarks[i].kind);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}
