# docs.mk - the manual, completion for shells, and what a packager calls; part of the Makefile
# SPDX-License-Identifier: MIT
#
# All of it is made from the tables of mote: build/docs/rows is a program of this machine with the tables' sources in it (rows.c
# says why), whatever ARCH and CONFIG are; nothing of it is in mote.

D        = build/docs
HOSTCC   = gcc
DATE    := $(shell sed -n 's/^## [0-9.]* - //p;' CHANGELOG.md | head -n 1)
ROWS_SRC = toolchain/docs/rows.c $(sort $(wildcard src/base/*.c)) $(filter-out src/spec/show.c,$(sort $(wildcard src/spec/*.c))) $(sort $(wildcard src/cmd/*.c))
ROWS_IN  = src/mote.c src/spec/show.c src/box/hints.c src/box/ops.def src/features.def
MANSRC   = $(sort $(wildcard docs/man/*.[0-9]))

$D/config.h: override CONFIG = max
$D/config.h: FORCE
	$(call make_features,$(@D),)
$D/rows: $(ROWS_SRC) $(ROWS_IN) $(sort $(wildcard src/*.h src/*/*.h)) $D/config.h
	$Q$(HOSTCC) $(DIALECT) -w -O0 -I$D -include $D/config.h -no-pie -Wl,--unresolved-symbols=ignore-all -o $@ $(ROWS_SRC)
$D/rows.tsv: $D/rows
	$Q$< >$@.new && mv $@.new $@

# The pages are made in a folder of their own: one that is no longer made is gone.
man: $D/man/made  ## the manual pages, in build/docs/man
$D/man/made: toolchain/docs/mdoc.awk docs/man/verbs.mdoc $(MANSRC) $D/rows.tsv CHANGELOG.md
	$Q rm -rf $D/man && awk -v out=$D/man -v date='$(shell LC_ALL=C date -d '$(DATE)' '+%B %-d, %Y')' \
		-f toolchain/docs/mdoc.awk docs/man/verbs.mdoc $D/rows.tsv src/mote.c && \
		for m in $(MANSRC); do mkdir -p $D/man/man$${m##*.} && cp $$m $D/man/man$${m##*.}/ || exit 1; done && touch $@

SHELLS = $D/completion/mote.bash $D/completion/_mote $D/completion/mote.fish
$D/completion/mote.bash: kind = bash
$D/completion/_mote: kind = zsh
$D/completion/mote.fish: kind = fish
$(SHELLS): toolchain/docs/completion.awk $D/rows.tsv
	$Q mkdir -p $(@D) && awk -v shell=$(kind) -f $< $D/rows.tsv >$@.new && mv $@.new $@

docs: man  ## the manual as HTML (build/docs/html) and as one PDF (build/docs/mote.pdf)
	@toolchain/setup docs && for m in $D/man/man*/*; do mandoc -T lint -W warning $$m || exit 1; done
	@toolchain/docs/site $D/html $D/man $D/rows.tsv '$(VERSION)' && toolchain/docs/book $D/mote.pdf $D/man '$(VERSION)' '$(DATE)'
	@echo "  $D/html/index.html  $$(ls $D/html/*.html | wc -l) pages"; ls -l $D/mote.pdf | awk '{ print "  " $$NF, $$5, "bytes" }'

share = $(DESTDIR)$(PREFIX)/share
install: all man $(SHELLS)  ## mote, its manual and completion into $(DESTDIR)$(PREFIX)
	install -D -m 755 $B/mote $(DESTDIR)$(PREFIX)/bin/mote
	for m in $D/man/man*/*; do install -D -m 644 $$m $(share)/man/man$${m##*.}/$${m##*/} || exit 1; done
	install -D -m 644 $D/completion/mote.bash $(share)/bash-completion/completions/mote
	install -D -m 644 $D/completion/_mote $(share)/zsh/site-functions/_mote
	install -D -m 644 $D/completion/mote.fish $(share)/fish/vendor_completions.d/mote.fish
	for f in LICENSE NOTICE; do install -D -m 644 $$f $(share)/licenses/mote/$$f || exit 1; done

dist:  ## a tarball of the last commit, the same bytes each time
	@mkdir -p build && git archive --prefix=mote-$(VERSION)/ --add-virtual-file=mote-$(VERSION)/COMMIT:$(COMMIT) HEAD | \
		gzip -9n >build/mote-$(VERSION).tar.gz && sha256sum build/mote-$(VERSION).tar.gz
sbom: all  ## what the binary is made of, as SPDX, in build/mote.spdx.json
	@toolchain/docs/sbom $B/mote '$(VERSION)' '$(DATE)' '$(COMMIT)' $(if $(filter SECCOMP,$(ON)),$(if $(filter LIBSECCOMP,$(ON)),,syscalls)) $(MORE) >build/mote.spdx.json && echo "  build/mote.spdx.json"
deb: all man $(SHELLS) sbom  ## a Debian package, in build
	@toolchain/packaging/deb '$(VERSION)' '$(ARCH)' '$(DATE)' '$(MAKE)'
