# cgofuzz: the front door. Everything is built below build/; the program is build/cgofuzz.
# Knobs: V=1 (show commands), SAN=address,undefined, CC=, CFLAGS=, and those of "make fuzz" below.
MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

B      := build
CC     := gcc
AR     := ar
FUZZCC := clang-14
PREFIX ?= /usr/local
V      ?=
SAN    ?=
Q      := $(if $(V),,@)
SAY     = $(if $(V),@:,@printf '  %-6s %s\n')

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
BANNED   := $(if $(wildcard harness/base/banned.h),-include base/banned.h)
HOST     := -std=c17 -D_GNU_SOURCE $(WARNINGS) -Iharness -I. $(BANNED) -MMD -MP \
	-DCGOFUZZ_SOURCE_DIR='"$(CURDIR)"'
LIBS     := $(file <.ci/libs)

# Layers from left to right; each may include only those before it (see .ci/layers).
LAYERS := base model abi emit lane triage campaign
source  = $(if $(filter triage,$1),$(wildcard triage/*.c triage/*/*.c),\
	$(wildcard harness/$1/*.c harness/$1/*/*.c))
PRESENT := $(foreach l,$(LAYERS),$(if $(strip $(call source,$l)),$l))
# What the linker wants: the layers from right to left.
reverse = $(if $1,$(call reverse,$(wordlist 2,99,$1)) $(firstword $1))
LINKED := $(call reverse,$(PRESENT))

UNIT   := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
FUZZ   := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*.c))
FAST   := $(patsubst tests/fuzz/%.c,$(B)/fast/%,$(wildcard tests/fuzz/*.c))
SCRIPT := $(wildcard tests/fuzz/*.t tests/cli/*.t tests/guest/*.t tests/browser/*.t)

##@ Build
all build: $(B)/cgofuzz ## build the program, build/cgofuzz (the default)

setup: ## install what is missing: packages, arm64 runtimes, the pinned Go
	$(Q).ci/setup again && touch $(B)/setup.stamp

install: $(B)/cgofuzz ## copy the program and its data to PREFIX=/usr/local
	$(Q).ci/install $(B) $(DESTDIR)$(PREFIX)

docker: ## make the image cgofuzz, in which "make fuzz" works without network
	$(Q).ci/docker

clean: ## remove what was compiled; campaigns and fetched tools stay
	$(Q)rm -rf $(addprefix $(B)/,obj lib san unit fuzz fast flags cgofuzz cgofuzz-shapes cgofuzz-bench setup.stamp setup-test.stamp)

##@ Use
# Quoted, so that a lane or a path may hold any character the shell knows.
ARCH   ?=
ENGINE ?=
TIME   ?= 60s
TARGET ?=
LANES  ?=
OUT    ?=
SEED   ?=
JOBS   ?=
POPULATION ?=
TURBULENCE ?=
MISUSE ?=
flag    = $(if $2,--$1 '$2')
# What is not said is left to the program: all, or what the campaign being resumed has.
KNOBS   = $(call flag,arch,$(ARCH)) $(call flag,engine,$(ENGINE)) \
	$(call flag,target,$(TARGET)) $(call flag,lane,$(LANES)) $(call flag,out,$(OUT)) \
	$(call flag,seed,$(SEED)) $(call flag,jobs,$(JOBS)) $(call flag,population,$(POPULATION)) \
	$(call flag,turbulence,$(TURBULENCE)) $(if $(MISUSE),--misuse)

fuzz: $(B)/cgofuzz ## a campaign: ARCH=arm64 TIME=60s ENGINE= TARGET= LANES= OUT= SEED= JOBS= POPULATION= TURBULENCE= MISUSE=
	$(Q)$(B)/cgofuzz fuzz --time '$(TIME)' $(KNOBS)

nightly: $(B)/cgofuzz ## a campaign against the baseline of known issues: TIME=10m and the above
	$(Q)$(B)/cgofuzz nightly \
		$(if $(filter file,$(origin TIME)),,$(call flag,time,$(TIME))) $(KNOBS)

triage: $(B)/cgofuzz ## cluster what a campaign found, and what to do next: OUT=DIR, else the last campaign
	$(Q)$(B)/cgofuzz triage $(if $(OUT),'$(OUT)')

SHAPES = $(call flag,seed,$(SEED)) $(if $(filter file,$(origin TIME)),,$(call flag,time,$(TIME))) \
	$(call flag,runs,$(RUNS))
shapes: $(B)/cgofuzz-shapes ## the shape loop, makes corpus/shapes anew: RUNS= or TIME=60s, SEED=
	$(Q)mkdir -p '$(or $(OUT),corpus/shapes)'
	$(Q)$(B)/cgofuzz-shapes $(SHAPES) --out '$(or $(OUT),corpus/shapes)/shapes.txt'

bench: $(B)/cgofuzz $(B)/cgofuzz-shapes $(B)/cgofuzz-bench $(FAST) ## the figures of the README: PART=crossings for one part alone, CHOICE= of it
	$(Q)$(B)/cgofuzz-bench $(PART)$(if $(CHOICE),:$(CHOICE))

##@ Check
test: $(B)/cgofuzz $(B)/cgofuzz-bench $(UNIT) $(FUZZ) | $(B)/setup-test.stamp ## everything: unit, fuzz drivers, command line, guests, browser
	$(Q).ci/prove $(UNIT) $(SCRIPT)

unit: $(UNIT) ## the unit tests alone
	$(Q).ci/prove $(UNIT)

lint: | $(B)/setup-test.stamp ## clang-tidy, cppcheck, clang-format, shellcheck, layers
	$(Q).ci/lint

format: | $(B)/setup-test.stamp ## rewrite all C files as .clang-format says
	$(Q)git ls-files -co --exclude-standard '*.c' '*.h' ':!*_stub.h' | xargs -r clang-format-14 -i

help: ## this list
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5) ":"} \
		/^[a-z ]+:.*## / {sub(/ .*/, "", $$1); printf "  make %-8s %s\n", $$1, $$2}' Makefile

.PHONY: all build setup install docker clean fuzz shapes nightly triage bench test unit lint format help

# Setting up happens once, and again when the script or the pinned Go changes.
$(B)/setup.stamp: .ci/setup $(wildcard harness/lane/go_pin)
	$(Q).ci/setup && touch $@
$(B)/setup-test.stamp: .ci/setup
	$(Q).ci/setup test && touch $@

# One way to compile, three times: $1 directory, $2 compiler, $3 flags, $4 prerequisites.
define variant
$1/obj/%.o: %.c $4
	$$(SAY) CC $$<
	$$(Q)mkdir -p $$(@D) && $2 $$(HOST) $3 -c -o $$@ $$<
$(foreach l,$(PRESENT),$(eval $(call archive,$1,$l)))
endef
define archive
$1/lib/$2.a: $(patsubst %.c,$1/obj/%.o,$(call source,$2))
	$$(SAY) AR $$@
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && $$(AR) rcs $$@ $$^
endef
libs = $(patsubst %,$1/lib/%.a,$(LINKED))

# The page of a report lies in the program as it is.
$(foreach d,$(B) $(B)/san $(B)/fuzz $(B)/fast,$(d)/obj/triage/report/asset.o): $(wildcard triage/report/*.css triage/report/*.js)

SANFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
KNOBBED  := $(CFLAGS)$(if $(SAN), -fsanitize=$(SAN) -fno-omit-frame-pointer)
$(eval $(call variant,$(B),$$(CC),$(KNOBBED),$(B)/flags | $(B)/setup.stamp))
$(eval $(call variant,$(B)/san,$$(CC),$(SANFLAGS), | $(B)/setup-test.stamp))
$(eval $(call variant,$(B)/fuzz,$(FUZZCC),$(SANFLAGS) -fsanitize=fuzzer-no-link, | $(B)/setup-test.stamp))

# For millions of runs: undefined behaviour traps, comparisons are not traced, the heap is counted.
COMMA     := ,
FASTFLAGS := -O2 -g -fsanitize=fuzzer-no-link,undefined -fsanitize-trap=undefined \
	-fno-sanitize-coverage=trace-cmp
$(eval $(call variant,$(B)/fast,$(FUZZCC),$(FASTFLAGS), | $(B)/setup-test.stamp))

# Other knobs than last time: compile again.
$(B)/flags: FORCE
	$(Q)mkdir -p $(@D); echo '$(CC) $(KNOBBED)' | cmp -s - $@ || echo '$(CC) $(KNOBBED)' >$@
FORCE:

objects = $(patsubst %.c,$(B)/obj/%.o,$(wildcard $1/*.c))
$(B)/cgofuzz: $(call objects,harness/cli)
$(B)/cgofuzz-bench: $(call objects,bench)
$(B)/cgofuzz $(B)/cgofuzz-bench: $(call libs,$(B))
	$(SAY) LINK $@
	$(Q)$(CC) $(KNOBBED) -o $@.tmp $(filter %.o,$^) $(filter %.a,$^) $(LIBS) && mv $@.tmp $@

# afl-fuzz loads it, whatever the knobs are.
$(B)/mutate_afl.so: harness/guest/mutate_afl.c | $(B)/setup.stamp
	$(SAY) LINK $@
	$(Q)$(CC) $(filter-out -include base/banned.h,$(HOST)) -O2 -g -fPIC -shared -o $@ $<
-include $(B)/mutate_afl.d
$(B)/cgofuzz: $(B)/mutate_afl.so

# libFuzzer has its main(); nothing is instrumented, its feedback are counters of its own.
$(B)/cgofuzz-shapes: $(call objects,harness/shapes) $(B)/obj/harness/cli/option.o $(call libs,$(B))
	$(SAY) LINK $@
	$(Q)$(FUZZCC) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(UNIT): $(B)/unit/%: $(B)/san/obj/tests/unit/%.o $(call libs,$(B)/san)
	$(SAY) LINK $@
	$(Q)mkdir -p $(@D) && $(CC) $(SANFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(FUZZ): $(B)/fuzz/%: $(B)/fuzz/obj/tests/fuzz/%.o $(call libs,$(B)/fuzz)
	$(SAY) LINK $@
	$(Q)$(FUZZCC) $(SANFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(FAST): $(B)/fast/%: $(B)/fast/obj/tests/fuzz/%.o $(B)/fast/obj/bench/parsers/budget.o \
		$(call libs,$(B)/fast)
	$(SAY) LINK $@
	$(Q)$(FUZZCC) -fsanitize=fuzzer $(foreach f,malloc calloc realloc free,-Wl$(COMMA)--wrap=$f) -o $@ $^ $(LIBS)

.SECONDARY:
-include $(shell find $(B)/obj $(B)/san/obj $(B)/fuzz/obj $(B)/fast/obj -name '*.d' 2>/dev/null)
