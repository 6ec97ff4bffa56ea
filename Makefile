# mote: `make` builds build/full/mote, `make help` lists the rest.
# SPDX-License-Identifier: MIT
#
# Every .c below src/ is compiled but those that src/features.def and config/$(CONFIG) leave out.
# The compiler, musl and libseccomp's table of system calls come from toolchain/setup, which the first run calls by itself.

VERSION := $(file <VERSION)
ARCH    = x86_64
CONFIG  = full
PIE     = 1
FAULT   = 0
PREFIX  = /usr/local
V       = 0
# For measurements: features and flags on top of config/ and toolchain/flags.
FEATURES =
WITH =
WITHOUT =
-include toolchain/local.mk

# build/full, build/tiny-armv7, build/full-fault, ...: one folder for each way to build.
empty :=
space := $(empty) $(empty)
variant = $(filter-out x86_64,$(ARCH)) $(if $(filter 1,$(FAULT)),fault) $(if $(filter 0,$(PIE)),nopie)
B = build/$(subst $(space),-,$(strip $(CONFIG) $(variant)))
TOOL = build/toolchain-$(ARCH).mk
Q = $(if $(filter 1,$(V)),,@)

.PHONY: rules all demo demo-boot check check-unit check-vm bench-vm conform clients bench fuzz lint bloat hardening reproducible \
	docs man install dist deb sbom clean help units probes FORCE
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
all: $B/mote  ## the binary for ARCH (x86_64, aarch64, armv7, riscv64, i386) and CONFIG (full, tiny, initramfs, max)

# ---- what is compiled -------------------------------------------------------------------------
$(if $(wildcard config/$(CONFIG)),,$(error config/ has no $(CONFIG), only $(notdir $(wildcard config/*))))
ifeq ($(filter clean help,$(MAKECMDGOALS)),)
include $(TOOL) $B/features.mk
endif
$(TOOL): toolchain/setup toolchain/sysroot toolchain/arches toolchain/flags $(SYSROOT)
	@toolchain/setup -o $@ $(ARCH)
$(SYSROOT):

COMMIT := $(shell cat COMMIT 2>/dev/null || { [ -e .git ] && git rev-parse --short=12 HEAD 2>/dev/null; } || echo unknown)
# make_features FOLDER, FEATURES: config.h and features.mk, touched only when they change.
make_features = @mkdir -p $1 && awk -f toolchain/features.awk -v h=$1/config.h.new -v extra="$2" \
	-v defines='MOTE_VERSION "$(VERSION)";MOTE_COMMIT "$(COMMIT)";MOTE_FAULT $(FAULT)' \
	config/$(CONFIG) src/features.def >$1/features.mk.new && for f in config.h features.mk; do \
	cmp -s $1/$$f.new $1/$$f && rm $1/$$f.new || mv $1/$$f.new $1/$$f || exit 1; done
$B/features.mk $B/config.h &: FORCE
	$(call make_features,$B,$(FEATURES))

# Names of system calls, from libseccomp's table: of the machine's own architectures; the units have them all.
make_sysnames = $Q mkdir -p $(@D) && LC_ALL=C sort $(SYSROOT)/share/syscalls.csv | \
	awk -f toolchain/sysnames.awk -v arch=$1 >$@.new && mv $@.new $@
$B/sysnames.inc: toolchain/sysnames.awk $(TOOL)
	$(call make_sysnames,$(ARCH))
build/unit/sysnames.inc build/fuzz/sysnames.inc: toolchain/sysnames.awk $(TOOL)
	$(call make_sysnames,all)
$B/obj/box/sysnames.o: $B/sysnames.inc
build/unit/obj/box/sysnames.o: build/unit/sysnames.inc
build/fuzz/obj/box/sysnames.o: build/fuzz/sysnames.inc

SRC = $(filter-out $(OFF),$(sort $(wildcard src/*.c src/*/*.c)))
OBJ = $(SRC:src/%.c=$B/obj/%.o)

# ---- how it is compiled: toolchain/flags says why each flag ---------------------------------------
CC       = $(CROSS)gcc
WERROR   = -Werror
WARN     = -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla \
	-Wformat=2 -Wimplicit-fallthrough -Wundef -Wpointer-arith -Wwrite-strings -Wnested-externs -Wredundant-decls \
	-Wno-unused-parameter -Wno-missing-field-initializers
DIALECT  = -std=c11 -D_GNU_SOURCE -Isrc
pie      = $(if $(filter 0,$(PIE)),nopie,pie)
OPT      = $(filter-out $(WITHOUT),$(FLAGS_size) $(FLAGS_hard) $(FLAGS_$(pie))) $(filter-out -Wl%,$(WITH))
LIBC_INC = -nostdinc -isystem $(SYSROOT)/include -isystem $(shell $(CC) -print-file-name=include)
CFLAGS   = $(DIALECT) $(WARN) -g $(OPT) -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(SYSROOT)=sysroot
LD       = $(CC) $(filter-out $(WITHOUT),$(FLAGS_ld) $(FLAGS_ld$(pie))) $(filter -Wl%,$(WITH))
RELR     = $(if $(findstring relr_start,$(LD)),$B/obj/relr.o)
CRT1     = $(SYSROOT)/lib/$(if $(filter 0,$(PIE)),crt1.o,rcrt1.o) $(SYSROOT)/lib/crti.o $(RELR)
LIBC     = -L$(SYSROOT)/lib -Wl,--start-group -lc -lgcc -Wl,--end-group $(SYSROOT)/lib/crtn.o
# Libraries that few configurations need (toolchain/library).
MORE     = $(if $(filter LIBSECCOMP,$(ON)),seccomp) $(if $(filter SIGN,$(ON)),sodium) $(if $(filter GZIP,$(ON)),z) $(if $(filter ZSTD,$(ON)),zstd)
MORE_DIR = $(foreach l,$(MORE),$(shell toolchain/library --path $l $(ARCH)))
MORE_LIBS = $(foreach d,$(MORE_DIR),$d/lib/lib$(firstword $(subst -, ,$(notdir $d))).a)
STRIP    = $(CROSS)strip -s $(addprefix -R ,.comment .ARM.attributes .riscv.attributes .gnu.attributes)
VERIFY   = toolchain/verify

$B/mote: $B/mote.debug
	$Q$(STRIP) -o $@ $< && toolchain/sections $(CROSS)readelf $@ && $(VERIFY) $(CROSS)readelf $@ && ls -l $@ | awk '{ print "  " $$NF, $$5, "bytes" }'
$(MORE_LIBS):
	@$(if $(filter libseccomp.a,$(@F)),toolchain/setup seccomp &&) toolchain/library $(patsubst lib%.a,%,$(@F)) $(ARCH) >/dev/null
$B/obj/bundle/sign.o $B/obj/bundle/unzip.o: $(MORE_LIBS)
$B/obj/bundle/sign.o $B/obj/bundle/unzip.o: LIBC_INC += $(MORE_DIR:%=-isystem %/include)
$B/mote.debug: $(OBJ) $(MORE_LIBS) $(RELR) $B/objects $(TOOL)
	$Q$(LD) -o $@ $(CRT1) $(OBJ) $(MORE_LIBS) $(LIBC)
$B/obj/%.o: src/%.c $B/config.h $(TOOL) Makefile
	$(if $Q,@echo "  $@")
	$Q mkdir -p $(@D) && $(CC) $(CFLAGS) $(LIBC_INC) -I$B -include $B/config.h -MMD -MP -c -o $@ $<
# It runs before the pointers and the stack guard are there. The tests' programs do not protect themselves.
$B/obj/relr.o: SELF = -DSELF_PROTECT=1
$B/obj/relr.o $B/tests/relr.o: toolchain/relr.c $(TOOL) Makefile
	$Q mkdir -p $(@D) && $(CC) $(CFLAGS) $(SELF) -fno-stack-protector $(LIBC_INC) -c -o $@ $<
# A list of the objects, so that a source that is removed or switched off links again.
$B/objects: FORCE
	@echo '$(OBJ)' | cmp -s - $@ || echo '$(OBJ)' >$@

# ---- tests ------------------------------------------------------------------------------------
# Static helpers: tests/probe/*.c stand in for a container's programs; tests/bench/*.c are measured against.
PROBES = $(patsubst %.c,$B/tests/%,$(notdir $(sort $(wildcard tests/probe/*.c tests/bench/*.c))))
vpath %.c tests/probe tests/bench
probes: $(PROBES)
$B/tests/%: %.c $(RELR:$B/obj/%=$B/tests/%) $(TOOL) Makefile
	@mkdir -p $(@D)
	$Q$(CC) $(DIALECT) $(WARN) $(OPT) $(LIBC_INC) -c -o $@.o $< && $(LD) -o $@ $(CRT1:$B/obj/%=$B/tests/%) $@.o $(LIBC) && $(STRIP) $@

# The same sources with the machine's own libc and the sanitizers, which a static musl binary cannot have:
# build/unit with gcc, build/fuzz with clang; tests/unit/*.c and tests/fuzz/*.c are one program each.
HOST = $(DIALECT) $(WARN) -Wno-format-nonliteral -g -O1 -fno-omit-frame-pointer -fno-strict-aliasing -DMOTE_SANITIZE=1
SAN_unit = -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_fuzz = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
HOSTCC_unit = gcc
HOSTCC_fuzz = clang
HOST_SRC = $(filter-out src/mote.c,$(sort $(wildcard src/*.c src/*/*.c)))
UNITS    = $(patsubst tests/%.c,build/%,$(sort $(wildcard tests/unit/*.c)))
FUZZERS  = $(patsubst tests/%.c,build/%,$(sort $(wildcard tests/fuzz/*.c)))

build/have-%: toolchain/packages
	@toolchain/setup $* && touch $@
# With mote's own compiler of filters; tests/unit/test_seccomp.c asks libseccomp's as well.
build/unit/config.h build/fuzz/config.h: override CONFIG = max
build/unit/config.h build/fuzz/config.h: FORCE
	$(call make_features,$(@D),LIBSECCOMP=n)
define host_rules
build/$1/obj/%.o: src/%.c build/$1/config.h build/have-$2 Makefile
	@mkdir -p $$(@D)
	$$Q$$(HOSTCC_$1) $$(HOST) $$(SAN_$1) -Ibuild/$1 -include build/$1/config.h -MMD -MP -c -o $$@ $$<
build/$1/%: tests/$1/%.c $$(HOST_SRC:src/%.c=build/$1/obj/%.o)
	$$Q$$(HOSTCC_$1) $$(HOST) $$(SAN_$1:fuzzer-no-link%=fuzzer%) $$(LINK_$1) -Ibuild/$1 -include build/$1/config.h -MMD -MP -MF $$@.d \
		-o $$@ $$< $$(filter %.o,$$^) -l:libseccomp.a -l:libsodium.a -l:libz.a -l:libzstd.a
endef
LINK_fuzz = -fsanitize=fuzzer
$(eval $(call host_rules,unit,host))
$(eval $(call host_rules,fuzz,fuzz))
units: $(UNITS)

check: all units probes  ## every test this machine can run; what it lacks is skipped and counted
	@toolchain/setup check clients || echo "# some tools are missing: tests that need them are skipped"
	@$(MAKE) --no-print-directory FAULT=1 all
	@$(MAKE) --no-print-directory CONFIG=tiny all
	@$(MAKE) --no-print-directory CONFIG=max all
	@B='$B' MOTE='$B/mote' MOTE_MAX='$(CURDIR)/build/max/mote' UNITS='$(UNITS)' sh tests/check
check-unit: units  ## the tests that need no root, under sanitizers
	@for t in $(UNITS); do echo "# $$t" && $$t || exit 1; done
check-vm: all probes  ## boot mote as a container starter in an initramfs, under qemu; MACHINES="tmpfs ramfs missing conform aarch64 armv7"
	@case '$(MACHINES)' in '' | *verity* | *signed* | *appended* | *criu*) $(MAKE) --no-print-directory CONFIG=max all ;; esac
	@toolchain/setup vm && B='$B' MOTE='$B/mote' MOTE_MAX='$(CURDIR)/build/max/mote' sh tests/vm/run $(MACHINES)
clients: all probes  ## podman, containerd and docker drive mote and runc; writes the table of docs/clients.md
	@toolchain/setup check clients && B='$B' MOTE='$B/mote' sh tests/check $(sort $(wildcard tests/clients/*.t)) && \
		tests/clients/page $B/clients docs/clients.md
bench-vm: all probes  ## what a container costs a small machine under qemu: instructions, memory, bytes; beside crun and runc
	@toolchain/setup vm bench && B='$B' MOTE='$B/mote' sh tests/vm/bench $(PARTS)
conform: all probes  ## the specification's rules for mote, runc and crun, into docs/conformance.md; RUNTIME=... for another one alone
	@toolchain/setup check && PROBE='$(abspath $B)/tests/probe' && export PROBE && \
		if [ -n '$(RUNTIME)' ]; then tests/conform/run '$(RUNTIME)'; else B='$B' MOTE='$B/mote' sh tests/conform/publish; fi
bench: all probes  ## start-up time, memory and size, beside other runtimes
	@toolchain/setup bench && B='$B' MOTE='$B/mote' sh tests/bench/bench.sh
FUZZ_SECONDS = 60
fuzz: $(FUZZERS)  ## each fuzzer for FUZZ_SECONDS; what it finds is kept in build/fuzz
	@for f in $(FUZZERS); do n=$${f##*/}; mkdir -p build/fuzz/corpus/$$n; seeds=tests/fuzz/corpus/$$n; \
		[ -d $$seeds ] || seeds=; echo "# $$f" && $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -verbosity=0 -artifact_prefix=build/fuzz/ build/fuzz/corpus/$$n $$seeds || exit 1; done
lint: all  ## layers, headers alone, banned words, budgets, scripts
	@toolchain/setup lint || echo "# some checkers are missing: skipped"
	@CC='$(CC) $(DIALECT) $(WARN) $(OPT) $(LIBC_INC) -I$B -include $B/config.h' CONFIG_H=$B/config.h OBJDUMP='$(CROSS)objdump' OBJ='$(OBJ)' toolchain/lint

# ---- size ---------------------------------------------------------------------------------------
bloat:  ## bytes that each feature costs, by leaving one out at a time
	@toolchain/bloat features '$(MAKE)' '$(ARCH)' '$(CONFIG)'
hardening:  ## bytes that each hardening flag costs, by leaving one out at a time
	@toolchain/bloat flags '$(MAKE)' '$(ARCH)' '$(CONFIG)'
reproducible:  ## prove that two builds in different places at different times are the same bytes
	@toolchain/reproducible $(ARCH)

# ---- the rest -----------------------------------------------------------------------------------
demo-boot:  ## boot a machine under qemu whose process 1 is mote with three containers, and draw a chart
	@$(MAKE) --no-print-directory CONFIG=max all
	@toolchain/setup vm check && B=build/max MOTE=build/max/mote sh tests/demo-boot
demo: all probes  ## build, then show a container from a folder to a running process
	@B='$B' MOTE='$B/mote' sh tests/demo
rules:  ## renew the list of rules in docs/validate.md
	@$(MAKE) --no-print-directory CONFIG=max all
	@{ sed '/^<!-- rules -->/q' docs/validate.md && echo && echo '```console' && echo '$$ mote validate --rules' && build/max/mote validate --rules && echo '```' && echo && sed -n '/^<!-- end -->/,$$p' docs/validate.md; } >build/max/validate.md && cp build/max/validate.md docs/validate.md
include toolchain/docs/docs.mk
clean:  ## remove build/ (the toolchain's cache stays: toolchain/sysroot says where)
	rm -rf build
help:
	@awk -F'  ## ' '/^[a-z-]+:.*  ## / { sub(/:.*/, "", $$1); printf "  %-14s %s\n", $$1, $$2 }' Makefile toolchain/docs/docs.mk
	@echo "  variables      ARCH=$(ARCH) CONFIG=$(CONFIG) PIE=$(PIE) FAULT=$(FAULT) FEATURES='SECCOMP=n ...' V=1 PREFIX DESTDIR"

-include $(OBJ:.o=.d) $(HOST_SRC:src/%.c=build/unit/obj/%.d) $(HOST_SRC:src/%.c=build/fuzz/obj/%.d)
