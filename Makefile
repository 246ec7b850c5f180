# twinutils: GNU make, one file, nothing recursive.
#
#   make              programs in build/            make check        tests (TESTS=tests/twin-sync.bats: only those)
#   make demo         see it work                   make lint         formatting, shell, pages, layers
#   make deps         install what is missing       make fuzz         FUZZ_SECONDS=120 for each parser
#   make install      PREFIX=/usr/local DESTDIR=    make bench        speed against other tools
#
# DEVELOPER=1 turns many more warnings on, and into errors. SANITIZE=address,undefined builds and tests in a directory of its own.

VERSION := 0.1.0

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 120

comma := ,
BUILD := build$(if $(SANITIZE),/sanitize-$(subst $(comma),-,$(SANITIZE)))

# What every build has; CFLAGS and friends stay the user's.
std_flags := -std=gnu17 -pthread -Ilibcommon -DTWIN_VERSION='"$(VERSION)"'
warnings := -Wall -Wextra
ifeq ($(DEVELOPER),1)
warnings += -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Werror
endif
ifneq ($(SANITIZE),)
sanitize := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# Asked only when something is compiled, so that clean and deps work on a bare machine. libcsv and udunits2 have no .pc file.
libraries := jansson libzstd sqlite3 zlib
library_cflags = $(eval library_cflags := $$(shell $$(PKG_CONFIG) --cflags $$(libraries)))$(library_cflags)
library_libs = $(eval library_libs := $$(shell $$(PKG_CONFIG) --libs $$(libraries)) -lcsv -ludunits2 -lm)$(library_libs)

compile = $(CC) $(std_flags) $(warnings) $(sanitize) $(library_cflags) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
# --as-needed: no program needs at run time what it does not call.
link = $(CC) -pthread $(sanitize) $(CFLAGS) -Wl,--as-needed $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(library_libs) $(LDLIBS)

library_sources := $(sort $(wildcard libcommon/*/*.c))
command_sources := $(sort $(wildcard cmd/*.c))
unit_sources := $(sort $(wildcard tests/unit/*_test.c))
fuzz_sources := $(sort $(wildcard tests/fuzz/*_fuzz.c))
pages := $(sort $(wildcard man/*.[1-9]))
programs := $(command_sources:cmd/%.c=$(BUILD)/%)
units := $(unit_sources:tests/unit/%.c=$(BUILD)/unit/%)
fuzzers := $(fuzz_sources:tests/fuzz/%.c=build/fuzz/%)
fault := $(patsubst tests/fault/%.c,$(BUILD)/%.so,$(wildcard tests/fault/fault.c))
library := $(BUILD)/libcommon.a
library_objects := $(library_sources:%.c=$(BUILD)/%.o)
fuzz_objects := $(library_sources:%.c=build/fuzz/%.o)

# Debian's packages: for building and the demo, for the tests, for lint, for fuzzing.
deps_build := gcc libc6-dev make pkgconf libjansson-dev libcsv-dev zlib1g-dev libzstd-dev libsqlite3-dev libudunits2-dev libudunits2-data tzdata
deps_check := $(deps_build) binutils bats bsdutils gzip jq mandoc mosquitto mosquitto-clients python3 python3-jsonpatch sqlite3 util-linux zstd
deps_lint := $(deps_build) clang-format mandoc shellcheck
deps_fuzz := $(deps_build) clang libclang-rt-14-dev

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all deps deps-check deps-lint deps-fuzz demo check check-run tests-build bench lint fuzz fuzz-run install uninstall dist completions clean

all: $(programs)

# Other flags than those of the last build make every object old.
flags := $(CC) $(std_flags) $(warnings) $(sanitize) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS)
ifneq ($(filter-out clean deps deps-% demo check lint dist uninstall,$(or $(MAKECMDGOALS),all)),)
ifneq ($(file <$(BUILD)/flags),$(flags))
$(shell mkdir -p $(BUILD))
$(file >$(BUILD)/flags,$(flags))
endif
endif
$(BUILD)/flags: ;

$(BUILD)/libraries:
	@mkdir -p $(@D)
	@$(PKG_CONFIG) --exists $(libraries) && printf '%s\n' '#include <csv.h>' '#include <udunits2.h>' | $(CC) $(CPPFLAGS) -E -o $@ - 2>/dev/null || { \
		rm -f $@; echo "a library is missing (needed: $(libraries) libcsv udunits2): run 'make deps'" >&2; exit 1; }

$(BUILD)/%.o: %.c $(BUILD)/flags | $(BUILD)/libraries
	@mkdir -p $(@D)
	$(compile)

$(BUILD)/tests/unit/%.o: std_flags += -Itests/unit

# Made anew, since ar would keep the objects of sources that are gone.
$(library): $(library_objects) $(BUILD)/library-objects
	rm -f $@
	$(AR) rcs $@ $(library_objects)

ifneq ($(wildcard $(BUILD)),)
ifneq ($(file <$(BUILD)/library-objects),$(library_objects))
$(file >$(BUILD)/library-objects,$(library_objects))
endif
endif
$(BUILD)/library-objects: | $(BUILD)/libraries
	@echo '$(library_objects)' >$@

$(programs): $(BUILD)/%: $(BUILD)/cmd/%.o $(library)
	$(link)

$(units): $(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(library)
	@mkdir -p $(@D)
	$(link)

# Preloaded into programs, also into sanitized ones, and so never sanitized itself.
$(BUILD)/fault.so: tests/fault/fault.c $(BUILD)/flags | $(BUILD)/libraries
	$(CC) $(std_flags) $(warnings) $(CPPFLAGS) $(CFLAGS) -fPIC -shared $(LDFLAGS) -o $@ $< -ldl

tests-build: all $(units) $(fault)

# $(call install-missing,PACKAGES): asks dpkg first, so that nothing is fetched when all is there.
define install-missing
@command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || { \
	echo "no apt-get here; needed, by Debian's names: $(1)"; exit 0; }; \
missing=; for package in $(1); do \
	dpkg-query -W -f '$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
done; \
if [ -z "$$missing" ]; then exit 0; fi; \
if [ "$$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi; \
echo "installing$$missing"; \
export DEBIAN_FRONTEND=noninteractive; \
{ $$as_root apt-get update -q </dev/null && $$as_root apt-get install -q -y --no-install-recommends $$missing </dev/null; } || { \
	echo "could not install:$$missing" >&2; exit 1; }; \
case " $$missing " in *' mosquitto '*) $(stop-broker) ;; esac
endef

# Its package starts it, now and at each boot; the tests start their own.
stop-broker = if command -v systemctl >/dev/null; then $$as_root systemctl -q disable mosquitto.service; \
	[ ! -d /run/systemd/system ] || $$as_root systemctl stop mosquitto.service; fi

deps:
	$(call install-missing,$(deps_build))
deps-check:
	$(call install-missing,$(deps_check))
deps-lint:
	$(call install-missing,$(deps_lint))
deps-fuzz:
	$(call install-missing,$(deps_fuzz))

# make calls itself here only so that what deps installed is there before the first file is compiled, also under -j.
demo:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory all
	@TWIN_BUILD='$(CURDIR)/$(BUILD)' sh examples/demo.sh

check:
	@$(MAKE) --no-print-directory deps-check
	@$(MAKE) --no-print-directory check-run

TESTS ?= $(sort $(wildcard tests/*.bats))
check-run: tests-build
	@if parallel --version 2>/dev/null | grep -q GNU; then jobs='-j 2'; else jobs=; fi; \
	export TWIN_BUILD='$(CURDIR)/$(BUILD)' BATS_TEST_TIMEOUT="$${BATS_TEST_TIMEOUT:-900}"; \
	bats --formatter tap $$jobs $(TESTS) </dev/null

bench: all
	@TWIN_BUILD='$(CURDIR)/$(BUILD)' bash tests/bench/run.sh

lint:
	@$(MAKE) --no-print-directory deps-lint
	@CC='$(CC)' bash tests/lint.sh

fuzz:
	@$(MAKE) --no-print-directory deps-fuzz
	@$(MAKE) --no-print-directory fuzz-run

fuzz_flags := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

build/fuzz/%.o: %.c | $(BUILD)/libraries
	@mkdir -p $(@D)
	$(FUZZ_CC) $(std_flags) $(fuzz_flags) -Itests/unit $(library_cflags) $(CPPFLAGS) -MMD -MP -c -o $@ $<

build/fuzz/libcommon.a: $(fuzz_objects)
	rm -f $@
	$(AR) rcs $@ $^

$(fuzzers): build/fuzz/%: build/fuzz/tests/fuzz/%.o build/fuzz/libcommon.a
	$(FUZZ_CC) -pthread -g -fsanitize=fuzzer,address,undefined -Wl,--as-needed $(LDFLAGS) -o $@ $^ $(library_libs)

# These see every byte of the largest streams, and get five times the time.
fuzz_longer := record csv influx

# A corpus in tests/fuzz/NAME_corpus/ is read; what is found new goes to build/fuzz/corpus/.
fuzz-run: $(fuzzers)
	@for fuzzer in $(fuzzers); do name=$${fuzzer##*/}; name=$${name%_fuzz}; echo "== $$name"; \
		seeds=tests/fuzz/$${name}_corpus; [ -d $$seeds ] || seeds=; \
		case ' $(fuzz_longer) ' in *" $$name "*) seconds=$$((5 * $(FUZZ_SECONDS))) ;; *) seconds=$(FUZZ_SECONDS) ;; esac; \
		mkdir -p build/fuzz/corpus/$$name && \
		$$fuzzer -max_total_time=$$seconds -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -verbosity=0 \
			-artifact_prefix=build/fuzz/$$name- build/fuzz/corpus/$$name $$seeds || exit 1; \
	done

bash_completions := share/bash-completion/completions
zsh_completions := share/zsh/site-functions
fish_completions := share/fish/vendor_completions.d
target := $(DESTDIR)$(PREFIX)
page_targets := $(foreach page,$(pages),share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
completion_targets := $(patsubst completions/bash/%,$(bash_completions)/%,$(wildcard completions/bash/*)) \
	$(patsubst completions/zsh/%,$(zsh_completions)/%,$(wildcard completions/zsh/*)) \
	$(patsubst completions/fish/%,$(fish_completions)/%,$(wildcard completions/fish/*))

install: all
	install -d '$(target)/bin' $(foreach dir,$(sort $(dir $(page_targets) $(completion_targets))),'$(target)/$(dir)')
	install -m 755 $(programs) '$(target)/bin'
	$(foreach page,$(pages),install -m 644 $(page) '$(target)/share/man/man$(subst .,,$(suffix $(page)))' &&) true
	$(foreach shell,bash zsh fish,$(foreach file,$(wildcard completions/$(shell)/*),\
		install -m 644 $(file) '$(target)/$($(shell)_completions)' &&)) true

uninstall:
	rm -f $(foreach name,$(notdir $(programs)),'$(target)/bin/$(name)') \
		$(foreach file,$(page_targets) $(completion_targets),'$(target)/$(file)')

completions: all
	bash completions/generate.sh '$(BUILD)' completions

# From the last commit where there is one; in an unpacked release, from the files themselves.
release := twinutils-$(VERSION)
dist:
	@mkdir -p build
	@if [ -e .git ] && git rev-parse -q --verify HEAD >/dev/null; then \
		git archive --format=tar --prefix=$(release)/ HEAD; \
	else \
		tar -c --sort=name --owner=0 --group=0 --numeric-owner --exclude=./build --exclude=./.git --exclude='./$(release).tar.gz' \
			--transform 's,^\.,$(release),' .; \
	fi >build/$(release).tar
	@gzip -9n <build/$(release).tar >$(release).tar.gz && rm build/$(release).tar && echo $(release).tar.gz

clean:
	rm -rf build $(release).tar.gz

-include $(library_objects:.o=.d) $(command_sources:%.c=$(BUILD)/%.d) $(unit_sources:%.c=$(BUILD)/%.d)
-include $(fuzz_objects:.o=.d) $(fuzz_sources:%.c=build/fuzz/%.d)
