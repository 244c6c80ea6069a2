# Rebound's front door. `make run` shows it, `make test` proves it; both install what they miss.
#   make / make build   build/rebound and build/rebound_sqlite.so
#   make run [DB=...]   a demo shop, today's list, and the server on http://127.0.0.1:7070; DB is a file or postgresql://...
#   make test           every test;  make check: the quick ones of style and layers
#   make screenshots    every screen of the console, in Arabic and English, on a desk and a phone, into build/screenshots
#   make lighthouse     Today as Lighthouse sees it
#   make bench          speed, as ratios measured in one run
#   make fuzz           each parser under libFuzzer for FUZZ_SECONDS
#   make install        into $(DESTDIR)$(PREFIX); make uninstall takes it away again
#   make dist           the source as build/rebound-VERSION.tar.gz
#   make clean          removes build/, the demo with it
#   CONSOLE=no          with any of these: a program without its console, built without Node
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := 0.1.0
DATED := 2026-11-21
PREFIX ?= /usr/local
DESTDIR ?=
B ?= build
CC := $(shell command -v ccache >/dev/null 2>&1 && echo ccache) gcc
CLANG ?= clang-14
FUZZ_SECONDS ?= 30
CONSOLE ?= yes

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
        -Wundef -Wcast-qual -Wwrite-strings -Werror
# Libraries that pkg-config knows: mail (MIME), letters (PDF with shaped text), workbooks.
PACKAGES := gmime-3.0 pangocairo xlsxwriter
# -ffp-contract=off and no -march: the same double on every machine and in every host of the mathematics.
BASE := -std=c11 -D_GNU_SOURCE -DREB_VERSION='"$(VERSION)"' -ffp-contract=off -fPIC -fvisibility=hidden -MMD -MP -Iinclude -I$(B)/gen \
        -isystem /usr/include/postgresql $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
RELEASE := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
ASAN := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FUZZ := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDLIBS := -lmicrohttpd -lcjson -lsqlite3 -lpq -licui18n -licuuc -lminizip -lexpat -lsodium -lcurl -lcrypto -lqrcodegen \
        $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lz -lm -pthread

# Rooms, each one library, from the top down: the order in which a static link needs them.
ROOMS := cli http app domain store sheet rule text base num
GEN := $(B)/gen/sql_names.h $(B)/gen/sql_texts.c $(B)/gen/messages.h $(B)/gen/messages.c $(B)/gen/page_css.c

# Objects of a room in a variant's folder. The store carries the generated queries and, in the embedded SQLite, the mathematics' glue.
sources_of = $(filter-out src/cli/main.c,$(wildcard src/$(1)/*.c)) $(if $(filter store,$(1)),$(wildcard ext/sqlite/*.c))
objs = $(patsubst %.c,$(2)/%.o,$(call sources_of,$(1))) $(if $(filter store,$(1)),$(2)/sql_texts.o) $(if $(filter text,$(1)),$(2)/messages.o) \
    $(if $(filter rule,$(1)),$(2)/standard_data.o) $(if $(filter http,$(1)),$(2)/page_css.o)
rooms = $(foreach r,$(1),$(2)/lib$(r).a)
libs = $(call rooms,$(1),$(2)) $(if $(filter http,$(1)),$(2)/libconsole.a)

# Missing packages come first, so whatever compiles runs in a second make; as wide as the machine unless -j was given.
J = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: build all deps programs run
all: build
build: deps
	@$(MAKE) -s $(J) programs
deps:
	@tools/deps.sh
programs: $(B)/rebound $(B)/rebound_sqlite.so

run: build
	@B=$(B) tools/run.sh

# --- generated ---------------------------------------------------------------------------------------------------------------
SQL := $(sort $(wildcard sql/*.sql)) $(sort $(wildcard sql/migrations/*.sql))
$(B)/gen/sql_names.h: tools/sqlgen.awk $(SQL)
	@mkdir -p $(@D)
	@awk -v out=header -f tools/sqlgen.awk $(SQL) >$@.new && if cmp -s $@.new $@; then rm $@.new; touch $@; else mv $@.new $@; fi
$(B)/gen/sql_texts.c: tools/sqlgen.awk $(SQL) $(B)/gen/sql_names.h
	@awk -v out=source -f tools/sqlgen.awk $(SQL) >$@
# What the program says to people. English comes first: it is the measure of the others.
MESSAGES := messages/en.json $(filter-out messages/en.json,$(sort $(wildcard messages/*.json)))
$(B)/gen/messages.h: tools/msggen.pl $(MESSAGES)
	@mkdir -p $(@D)
	@perl tools/msggen.pl header $(MESSAGES) >$@.new && if cmp -s $@.new $@; then rm $@.new; touch $@; else mv $@.new $@; fi
$(B)/gen/messages.c: tools/msggen.pl $(MESSAGES) $(B)/gen/messages.h
	@perl tools/msggen.pl source $(MESSAGES) >$@

# The look of the public pages, as text in the program.
$(B)/gen/page_css.c: src/http/page.css
	@mkdir -p $(@D)
	@{ echo 'extern const char reb_page_css[];'; echo 'const char reb_page_css[] ='; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&\\n"/' $<; echo '    "";'; } >$@
# The standards that Rebound comes with.
$(B)/gen/standard_data.c: data/standards.json tools/datagen.pl
	@mkdir -p $(@D)
	@perl tools/datagen.pl reb_standard_data $< >$@

# --- the console: typed by the server's own description, built by Vite, packed into the program --------------------------------------
CONSOLE_SRC := $(filter-out console/src/gen/%,$(shell find console/src -type f)) console/index.html console/vite.config.ts console/svelte.config.js \
               console/tsconfig.json
console/node_modules/.package-lock.json: console/package-lock.json
	@cd console && ../tools/node.sh npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json
$(B)/tools/openapi: tools/openapi.c src/http/assets.h $(call rooms,$(ROOMS),$(B))
	@mkdir -p $(@D)
	@$(CC) $(BASE) $(RELEASE) $(WARN) -o $@ $< -Wl,--start-group $(call rooms,$(ROOMS),$(B)) -Wl,--end-group $(LDLIBS)
$(B)/openapi.json: $(B)/tools/openapi
	@$< >$@.new && if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
console/src/gen/api.d.ts: $(B)/openapi.json console/node_modules/.package-lock.json
	@mkdir -p $(@D)
	@cd console && ../tools/node.sh npx openapi-typescript $(abspath $(B))/openapi.json -o src/gen/api.d.ts >/dev/null
# What people read, checked and compiled: one lazy chunk a language.
console/src/gen/messages/keys.d.ts: $(wildcard messages/*.json) tools/messages.mjs $(CONSOLE_SRC) api/errors.def console/node_modules/.package-lock.json
	@tools/node.sh node tools/messages.mjs && touch $@
.PHONY: console-gen console-check
console-gen: console/src/gen/api.d.ts console/src/gen/messages/keys.d.ts
console-check: console-gen
	@cd console && ../tools/node.sh npx svelte-check --fail-on-warnings --output human
ifeq ($(CONSOLE),yes)
$(B)/gen/console_assets.c: $(CONSOLE_SRC) console/src/gen/api.d.ts console/src/gen/messages/keys.d.ts tools/console_assets.mjs console/node_modules/.package-lock.json
	@cd console && CONSOLE_OUT=$(abspath $(B))/console/dist ../tools/node.sh npx vite build --logLevel error
	@tools/node.sh node tools/console_assets.mjs $(B)/console/dist $(B)/gen
else
$(B)/gen/console_assets.c: Makefile
	@mkdir -p $(@D)
	@printf '#include "src/http/assets.h"\nconst reb_asset reb_assets[] = {{0}};\n' >$@ && : >$(B)/gen/console_assets.S
endif
$(B)/gen/console_assets.o: $(B)/gen/console_assets.c
	@$(CC) -c $(B)/gen/console_assets.S -o $@

# --- objects and libraries, once as released and once under the sanitizers ------------------------------------------------------
# $(1): folder, $(2): flags, $(3): compiler
define variant
$(1)/%.o: %.c | $(GEN)
	@mkdir -p $$(@D)
	@$(3) $$(BASE) $(2) $$(WARN) -c $$< -o $$@
$(1)/sql_texts.o: $(B)/gen/sql_texts.c | $(GEN)
	@mkdir -p $$(@D)
	@$(3) $$(BASE) $(2) -Isrc/store -Wno-overlength-strings -c $$< -o $$@
$(1)/messages.o: $(B)/gen/messages.c | $(GEN)
	@mkdir -p $$(@D)
	@$(3) $$(BASE) $(2) -I. -Wno-overlength-strings -c $$< -o $$@
$(1)/page_css.o: $(B)/gen/page_css.c
	@mkdir -p $$(@D)
	@$(3) $$(BASE) $(2) -Wno-overlength-strings -c $$< -o $$@
$(1)/standard_data.o: $(B)/gen/standard_data.c
	@mkdir -p $(1)
	@$(3) $$(BASE) $(2) -c $$< -o $$@
$(1)/libconsole.a: $(B)/gen/console_assets.c $(B)/gen/console_assets.o
	@mkdir -p $(1)/gen
	@$(3) $$(BASE) $(2) -I. -c $$< -o $(1)/gen/console_table.o
	@rm -f $$@ && ar rcs $$@ $(1)/gen/console_table.o $(B)/gen/console_assets.o
$(foreach r,$(ROOMS),$(eval $(1)/lib$(r).a: $(call objs,$(r),$(1)) ; @mkdir -p $$(@D); rm -f $$@; ar rcs $$@ $$^))
$(1)/rebound: $(1)/src/cli/main.o $(call libs,$(ROOMS),$(1))
	@$(3) $(2) -o $$@ $$< -Wl,--start-group $(call libs,$(ROOMS),$(1)) -Wl,--end-group $$(LDLIBS)
endef
$(eval $(call variant,$(B),$(RELEASE),$$(CC)))
$(eval $(call variant,$(B)/asan,$(ASAN),$$(CC)))
$(eval $(call variant,$(B)/fuzz,$(FUZZ),$$(CLANG)))

# The mathematics as a loadable extension of sqlite3: the glue compiled against sqlite3ext.h.
$(B)/rebound_sqlite.so: $(wildcard ext/sqlite/*.c ext/*/*.h) include/rebound.h $(B)/libnum.a
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

# Each parser's fuzz target is replayed in the tests, over its corpus, by a plain main.
FUZZ_NAMES := $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
REPLAYS := $(FUZZ_NAMES:%=$(B)/replay/%)
$(B)/replay/%: fuzz/fuzz_%.c tools/fuzz_replay.c $(call libs,$(ROOMS),$(B)/asan) | $(GEN)
	@mkdir -p $(@D)
	@$(CC) $(BASE) $(ASAN) $(WARN) -Wno-missing-prototypes -DREB_CORPUS='"fuzz/corpus/$*"' -o $@ $< tools/fuzz_replay.c \
	    -Wl,--start-group $(call libs,$(ROOMS),$(B)/asan) -Wl,--end-group $(LDLIBS)

# Loaded before the released program, it makes chosen allocations fail.
$(B)/tests/lib/failing_alloc.so: tests/lib/failing_alloc.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_GNU_SOURCE $(RELEASE) -fPIC -fvisibility=hidden $(WARN) -Wno-missing-prototypes -shared -o $@ $<

SCRIPT_TESTS := $(sort $(wildcard tests/*/*.t))
.PHONY: test-programs
test-programs: $(TEST_BIN) $(REPLAYS) $(B)/tests/lib/failing_alloc.so $(B)/asan/rebound programs

# Everything, counted: TAP from every program and script, one line at the end. Zero tests is a failure.
.PHONY: test check
test: deps browser-deps mail-deps
	@$(MAKE) -s $(J) test-programs
	@tools/run-tests.sh $(TEST_BIN) $(REPLAYS) $(SCRIPT_TESTS)
check: deps
	@tools/check.sh

# What the tests with real mail servers need: Debian's Exim and Dovecot, which the tests start by themselves.
.PHONY: mail-deps
mail-deps: deps
	@tools/deps.sh mail

# What the tests in a real browser need beside the program: Debian's Chromium, and the packages that drive it.
.PHONY: browser-deps
browser-deps: tests/browser/node_modules/.package-lock.json
	@tools/deps.sh browser
tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	@cd tests/browser && ../../tools/node.sh npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

# Every screen as a picture, for a person to look at; and what Lighthouse says of Today.
.PHONY: screenshots lighthouse
screenshots: build browser-deps
	@tools/node.sh node tests/browser/screenshots.mjs $(abspath $(B))/screenshots
lighthouse: build browser-deps tests/lighthouse/node_modules/.package-lock.json
	@tools/node.sh node tests/lighthouse/today.mjs
tests/lighthouse/node_modules/.package-lock.json: tests/lighthouse/package-lock.json
	@cd tests/lighthouse && ../../tools/node.sh npm ci --no-audit --no-fund --loglevel=error >/dev/null && touch node_modules/.package-lock.json

# --- fuzzing and speed ------------------------------------------------------------------------------------------------------------
# What libFuzzer finds anew lands in build/fuzz/corpus; an input that fails is left in build/fuzz with a name that says how.
.PHONY: fuzz fuzz-programs bench bench-programs
FUZZERS := $(FUZZ_NAMES:%=$(B)/fuzz/fuzz_%)
$(B)/fuzz/fuzz_%: fuzz/fuzz_%.c $(call libs,$(ROOMS),$(B)/fuzz) | $(GEN)
	@$(CLANG) $(BASE) $(FUZZ) -fsanitize=fuzzer $(WARN) -Wno-missing-prototypes -o $@ $< \
	    -Wl,--start-group $(call libs,$(ROOMS),$(B)/fuzz) -Wl,--end-group $(LDLIBS)
fuzz-programs: $(FUZZERS)
fuzz:
	@tools/deps.sh fuzz
	@$(MAKE) -s $(J) fuzz-programs
	@for n in $(FUZZ_NAMES); do echo "== $$n, $(FUZZ_SECONDS) seconds"; mkdir -p $(B)/fuzz/corpus/$$n fuzz/corpus/$$n; \
	    $(B)/fuzz/fuzz_$$n -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -artifact_prefix=$(B)/fuzz/$$n- \
	    -print_final_stats=1 -verbosity=0 $(B)/fuzz/corpus/$$n fuzz/corpus/$$n || exit 1; done

BENCHES := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/bench_*.c))
BENCH_HELP := $(filter-out $(wildcard bench/bench_*.c),$(wildcard bench/*.c)) # shared by benches: textbook versions to compare with
$(B)/bench/%: bench/%.c $(BENCH_HELP) $(call libs,$(ROOMS),$(B)) | $(GEN)
	@mkdir -p $(@D)
	@$(CC) $(BASE) $(RELEASE) $(WARN) -Wno-missing-prototypes -o $@ $< $(BENCH_HELP) \
	    -Wl,--start-group $(call libs,$(ROOMS),$(B)) -Wl,--end-group $(LDLIBS)
bench-programs: programs $(BENCHES)
bench: deps
	@$(MAKE) -s $(J) bench-programs
	@tools/bench.sh $(BENCHES) $(wildcard bench/bench_*.sh)

# --- installed ----------------------------------------------------------------------------------------------------------------------
$(B)/librebound.so.0: $(B)/libnum.a
	@$(CC) $(RELEASE) -shared -Wl,-soname,librebound.so.0 -o $@ -Wl,--whole-archive $< -Wl,--no-whole-archive -lm
.PHONY: install uninstall dist clean man
man: build
	@tools/man.sh $(B)/rebound $(B)/man $(DATED)
install: build man
	@$(MAKE) -s $(B)/librebound.so.0
	@B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) VERSION=$(VERSION) tools/install.sh
uninstall:
	@DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) tools/install.sh --remove
dist: build
	@git archive --prefix=rebound-$(VERSION)/ -o $(B)/rebound-$(VERSION).tar.gz HEAD && echo $(B)/rebound-$(VERSION).tar.gz
clean:
	rm -rf $(B)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
