# Rebound's front door. `make run` shows it, `make test` proves it; both install what they miss.
#   make / make build   build/rebound and build/rebound_sqlite.so
#   make run [DB=...]   a demo shop, today's list, and the server on http://127.0.0.1:7070
#   make test           every test;  make check: the quick ones of style and layers
#   make bench          speed, as ratios measured in one run
#   make fuzz           each parser under libFuzzer for FUZZ_SECONDS
#   make install        into $(DESTDIR)$(PREFIX)
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
B ?= build
CC := $(shell command -v ccache >/dev/null 2>&1 && echo ccache) gcc
CLANG ?= clang-14
FUZZ_SECONDS ?= 30

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
        -Wundef -Wcast-qual -Wwrite-strings -Werror
# -ffp-contract=off and no -march: the same double on every machine and in every host of the mathematics.
BASE := -std=c11 -D_GNU_SOURCE -DREB_VERSION='"$(VERSION)"' -ffp-contract=off -fPIC -fvisibility=hidden -MMD -MP -Iinclude -I$(B)/gen \
        -isystem /usr/include/postgresql
RELEASE := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
ASAN := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDLIBS := -lmicrohttpd -lcjson -lsqlite3 -lpq -licui18n -licuuc -lminizip -lexpat -lsodium -lz -lm -pthread

# Rooms, each one library, from the top down: the order in which a static link needs them.
ROOMS := cli http app domain store sheet text base num
GEN := $(B)/gen/sql_names.h $(B)/gen/sql_texts.c

# Objects of a room in a variant's folder. The store carries the generated queries and, in the embedded SQLite, the mathematics' glue.
sources_of = $(filter-out src/cli/main.c,$(wildcard src/$(1)/*.c)) $(if $(filter store,$(1)),$(wildcard ext/sqlite/*.c))
objs = $(patsubst %.c,$(2)/%.o,$(call sources_of,$(1))) $(if $(filter store,$(1)),$(2)/sql_texts.o)
libs = $(foreach r,$(1),$(2)/lib$(r).a)

.PHONY: build all deps
all: build
build: deps $(B)/rebound $(B)/rebound_sqlite.so
deps:
	@tools/deps.sh

# --- generated ---------------------------------------------------------------------------------------------------------------
SQL := $(sort $(wildcard sql/*.sql)) $(sort $(wildcard sql/migrations/*.sql))
$(B)/gen/sql_names.h: tools/sqlgen.awk $(SQL)
	@mkdir -p $(@D)
	@awk -v out=header -f tools/sqlgen.awk $(SQL) >$@.new && if cmp -s $@.new $@; then rm $@.new; touch $@; else mv $@.new $@; fi
$(B)/gen/sql_texts.c: tools/sqlgen.awk $(SQL) $(B)/gen/sql_names.h
	@awk -v out=source -f tools/sqlgen.awk $(SQL) >$@

# --- objects and libraries, once as released and once under the sanitizers ------------------------------------------------------
# $(1): folder, $(2): flags
define variant
$(1)/%.o: %.c | $(GEN)
	@mkdir -p $$(@D)
	@$$(CC) $$(BASE) $(2) $$(WARN) -c $$< -o $$@
$(1)/sql_texts.o: $(B)/gen/sql_texts.c | $(GEN)
	@mkdir -p $$(@D)
	@$$(CC) $$(BASE) $(2) -Isrc/store -Wno-overlength-strings -c $$< -o $$@
$(foreach r,$(ROOMS),$(eval $(1)/lib$(r).a: $(call objs,$(r),$(1)) ; @mkdir -p $$(@D); rm -f $$@; ar rcs $$@ $$^))
$(1)/rebound: $(1)/src/cli/main.o $(call libs,$(ROOMS),$(1))
	@$$(CC) $(2) -o $$@ $$< -Wl,--start-group $(call libs,$(ROOMS),$(1)) -Wl,--end-group $$(LDLIBS)
endef
$(eval $(call variant,$(B),$(RELEASE)))
$(eval $(call variant,$(B)/asan,$(ASAN)))

# The mathematics as a loadable extension of sqlite3: the glue compiled against sqlite3ext.h.
$(B)/rebound_sqlite.so: $(wildcard ext/sqlite/*.c) $(B)/libnum.a
	@$(if $(wildcard ext/sqlite/*.c),$(CC) $(BASE) $(RELEASE) -DREB_SQLITE_LOADABLE $(WARN) -shared -o $@ $(wildcard ext/sqlite/*.c) $(B)/libnum.a -lm,true)

# --- tests --------------------------------------------------------------------------------------------------------------------
# A test of a room links that room and the rooms below it, so that it cannot lean on what stands above.
rooms_from = $(strip $(eval found :=)$(foreach r,$(ROOMS),$(if $(filter $(1),$(r)),$(eval found := y))$(if $(found),$(r))))
TEST_SRC := $(foreach r,$(ROOMS),$(wildcard tests/$(r)/test_*.c))
TEST_BIN := $(patsubst %.c,$(B)/%,$(TEST_SRC))
define test_room
$(B)/tests/$(1)/test_%: tests/$(1)/test_%.c tests/lib/tap.h $(call libs,$(call rooms_from,$(1)),$(B)/asan) | $(GEN)
	@mkdir -p $$(@D)
	@$$(CC) $$(BASE) $$(ASAN) $$(WARN) -Wno-missing-prototypes -o $$@ $$< -Wl,--start-group $(call libs,$(call rooms_from,$(1)),$(B)/asan) \
	    -Wl,--end-group $$(LDLIBS)
endef
$(foreach r,$(ROOMS),$(eval $(call test_room,$(r))))

SCRIPT_TESTS := $(sort $(wildcard tests/*/*.t))
.PHONY: test-binaries
test-binaries: $(TEST_BIN) $(B)/asan/rebound $(B)/rebound $(B)/rebound_sqlite.so

# Everything, counted: TAP from every program and script, one line at the end. Zero tests is a failure.
.PHONY: test check
test: deps
	@$(MAKE) -s test-binaries
	@tools/run-tests.sh $(TEST_BIN) $(SCRIPT_TESTS)
check: deps
	@tools/check.sh

-include $(shell find $(B) -name '*.d' 2>/dev/null)
