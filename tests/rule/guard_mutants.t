#!/usr/bin/env bash
# The property test of the guard can fail: each slip that a hand could make in src/rule/guard.c is made on purpose, one at a time, and the test must
# find it.
. tests/lib/tap.sh
cc=${CC:-gcc}
flags="-std=c11 -D_GNU_SOURCE -O1 -w -Iinclude -Ibuild/gen"
make -s build/librule.a build/libtext.a build/libbase.a >"$TMP/make" 2>&1 || { head -5 "$TMP/make" | sed 's/^/# /'; }
export GUARD_SITUATIONS=200000

build() { # build GUARD.c PROGRAM
    sed -e 's|#include "guard.h"|#include "'"$PWD"'/src/rule/guard.h"|' "$1" >"$TMP/guard.c"
    $cc $flags -o "$2" tests/rule/test_guard.c "$TMP/guard.c" build/librule.a build/libtext.a build/libbase.a -licuuc -licui18n -lm 2>"$TMP/cc"
}
build src/rule/guard.c "$TMP/whole"
ok $? "the guard as it is compiles apart" || head -5 "$TMP/cc"
"$TMP/whole" >"$TMP/out"
ok $? "and passes"

slip() { # slip NAME SED-EXPRESSION
    sed -e "$2" src/rule/guard.c >"$TMP/mutant.c"
    if cmp -s "$TMP/mutant.c" src/rule/guard.c; then
        ok 1 "$1: nothing was changed by $2"
        return
    fi
    if ! build "$TMP/mutant.c" "$TMP/mutant"; then
        ok 1 "$1: does not compile"
        return
    fi
    "$TMP/mutant" >"$TMP/out" 2>&1
    if [ $? -ne 0 ]; then ok 0 "found: $1"; else ok 1 "found: $1"; fi
}

slip "a right may be bought" 's/if (offer->forgo_minor > 0) return blocked(out, REB_GUARD_WHY_GIVES_UP);//'
slip "less than the right is enough" 's/offer->value_minor < offer->right_minor/offer->value_minor < offer->right_minor - 1/'
slip "what is due is weighed" 's/if (offer->basis == REB_BASIS_DUE) {/if (offer->basis == REB_BASIS_DUE \&\& customer->stake.likely > 0) {/'
slip "the anonymous get offers" 's/if (customer->anonymous)/if (false)/'
slip "what is not published as an extra is given" 's/if (!offer->may_be_extra)/if (false)/'
slip "one minor unit more than the table gives" 's/offer->value_minor > offer->most_minor)/offer->value_minor > offer->most_minor + 1)/'
slip "an order that is not known counts for nothing" 's/if (!offer->value_known) return/if (false) return/'
slip "one minor unit of loss" 's/out->gain_minor >= 0 \&\& above_floor/out->gain_minor >= -1 \&\& above_floor/'
slip "the floor is not looked at" 's/out->gain_minor >= 0 \&\& above_floor/out->gain_minor >= 0/'
slip "one minor unit below the floor" 's/out->margin_minor >= out->floor_minor;/out->margin_minor >= out->floor_minor - 1;/'
slip "the expected cost at the floor, not the dearest" 's/customer->extras_minor - out->cost.high;/customer->extras_minor - out->cost.likely;/'
slip "earlier extras are forgotten" 's/customer->margin_minor - customer->extras_minor - out->cost/customer->margin_minor - out->cost/'
slip "what is turned is turned again" 's/open = ONE - c->turned;/open = ONE;/'
slip "the stake of the whole time within the payback" 's/d = least(days, c->stake_days)/d = c->stake_days/'
slip "the lucky end is expected" 's/out->gain_minor = out->keeps.likely/out->gain_minor = out->keeps.high/'
slip "an investment that never pays back" 's/invested_gain >= 0 \&\& above_thin/above_thin/'
slip "an investment without bound" 's/invested_gain >= 0 \&\& above_thin/invested_gain >= 0/'
slip "an investment without an end" 's/if (out->investment) out->ends_days = policy->invest_days;//'
slip "an investment by anybody" 's/ \&\& (!invests || r->may_invest)//'
slip "one minor unit over the limit" 's/cost_minor <= r->limit_minor)/cost_minor <= r->limit_minor + 1)/'
slip "the limit holds for a gesture, not for a case" 's/by_whom(out, customer->of_case_minor + out->cost.high, people)/by_whom(out, out->cost.high, people)/'
slip "the giver approves themselves" 's/if (i == people->giver || !role_may/if (!role_may/; s/if (role_may(&people->roles\[people->giver\], case_minor, a->investment)) return REB_OK;//'
slip "anybody approves" 's/ || !role_may(r, case_minor, a->investment)) continue/) continue/'
slip "the dearest approver first" 's/r->limit_minor < best->limit_minor/r->limit_minor > best->limit_minor/'
slip "cents are rounded to our side" 's/reb_guard_part_up(order_minor, remedy->percent/reb_guard_part(order_minor, remedy->percent/'
slip "the guard refuses everything" 's/if (!out->no_lose \&\& !out->investment) return/if (true) return/'
slip "a share of the floor is rounded down" 's/reb_guard_part_up(c->sales_minor, p->floor)/reb_guard_part(c->sales_minor, p->floor)/'
slip "what is kept is rounded up" 's/k.likely = reb_guard_part(reb_guard_part(part_of(/k.likely = reb_guard_part_up(reb_guard_part_up(part_of_up(/'
tap_done
