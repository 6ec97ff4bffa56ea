# mdoc.awk - the tables of mote as manual pages: mote(8), mote-VERB(8), mote-config(5), mote-features(7), mote-errors(7)
# SPDX-License-Identifier: MIT
#
#   awk -v out=FOLDER -v date='November 25, 2026' -f mdoc.awk docs/man/verbs.mdoc rows.tsv src/mote.c
#
# rows.tsv is what rows.c prints.  verbs.mdoc has what no row says: @VERB begins the text of a verb, @VERB examples its
# examples.  src/mote.c is read for the feature that a verb belongs to.  What does not fit together is an error.

function bad(text) { print "mdoc.awk: " text > "/dev/stderr"; status = 1 }

# A string in running text: nothing at the beginning of a line or behind a backslash is a request.
function text(s) {
	gsub(/\\/, "\\e", s)
	return s ~ /^[.']/ ? "\\\\&" s : s
}

# One argument of a macro; a word of two letters could be a macro itself.
function arg(s) {
	gsub(/\\/, "\\e", s)
	gsub(/"/, "\"\"", s)
	return "\"" (s ~ /^[.,:;()?!|]|^[A-Z%][a-z]?[a-z]?$|\[$|^\[/ ? "\\&" : "") s "\""
}

function begin(name, section, says) {
	file = out "/man" section "/" name "." section
	s = tolower(substr(says, 1, 1)) substr(says, 2)
	sub(/\.$/, "", s)
	print ".\\\" made from the tables of mote; SPDX-License-Identifier: MIT" > file
	print ".Dd " date "\n.Dt " toupper(name) " " section "\n.Os mote\n.Sh NAME\n.Nm " name "\n.Nd " arg(s) > file
}

function option_row(i,   line) {
	line = ".It "
	if (letter[i] != "")
		line = line "Fl " letter[i] " , "
	line = line "Fl -" oname[i] (oarg[i] != "" ? " Ar " arg(oarg[i]) : "")
	if (osays[i] == "")
		bad("option --" oname[i] " of " overb[i] " has no sentence")
	print line "\n" text(sentence(osays[i])) > file
}

function sentence(s) {
	return s ~ /[.:]$/ ? s : s "."
}

function options_of(verb,   i, any) {
	for (i = 1; i <= nopt; i++)
		if (overb[i] == verb) {
			if (!any++)
				print ".Bl -tag -width Ds" > file
			option_row(i)
		}
	if (any)
		print ".El" > file
	return any
}

function exit_status(verb,   i) {
	print ".Sh EXIT STATUS" > file
	if (verb == "run" || verb == "exec")
		print "In the foreground that of the program, or 128 plus the number of the signal that ended it.\n.Pp" > file
	if (verb == "wait")
		print "That of the container's program, or 128 plus the number of the signal that ended it.\nWith\n.Fl -print\n0.\n.Pp" > file
	print ".Bl -tag -width 255 -compact" > file
	for (i = 1; i <= nexit; i++)
		if (everb[i] == "-" || everb[i] == verb || verb == "")
			print ".It " estatus[i] "\n" (everb[i] == "-" ? "" : ".Cm " everb[i] " :\n") text(sentence(esays[i])) > file
	print ".El" > file
}

function synopsis(verb, operands,   part, n, i) {
	n = split(operands, part, / \| /)
	if (!n)
		n = 1
	for (i = 1; i <= n; i++) {
		print ".Nm mote\n.Op Ar options\n.Cm " arg(verb) > file
		if (has_options[verb])
			print ".Op Ar options" > file
		if (part[i] != "")
			print ".Ar " arg(part[i]) > file
		if (i < n)
			print ".Pp" > file
	}
}

function verb_page(i,   v) {
	v = verb[i]
	begin("mote-" v, 8, vsays[i])
	print ".Sh SYNOPSIS" > file
	# A row may have its alternatives in brackets: those are one call.
	synopsis(v, operands[i] ~ /^\[[^]]*\|[^]]*\]$/ || operands[i] ~ /\[[^]]*\|/ ? protect(operands[i]) : operands[i])
	print ".Sh DESCRIPTION\n" text(vsays[i]) > file
	if (extra[v] == "")
		print "mdoc.awk: docs/man/verbs.mdoc has no text @" v > "/dev/stderr" # tests/docs/pages.t fails
	printf "%s", extra[v] > file
	if (feature_of[v] != "")
		print ".Pp\nA build without the feature\n.Sy " arg(feature_of[v]) "\n.Pq Xr mote-features 7\ndoes not have this verb." > file
	if (has_options[v]) {
		print ".Pp\nThe options are:" > file
		options_of(v)
	}
	print ".Pp\nThose before the verb are told by\n.Xr mote 8 ." > file
	exit_status(v)
	if (examples[v] != "")
		printf ".Sh EXAMPLES\n%s", examples[v] > file
	print ".Sh SEE ALSO\n.Xr mote-config 5 ,\n.Xr mote-errors 7 ,\n.Xr mote 8" > file
	close(file)
}

function protect(s) { gsub(/ \| /, "|", s); return s }

function main_page(i) {
	begin("mote", 8, "minimal OCI container runtime")
	print ".Sh SYNOPSIS\n.Nm\n.Op Ar options\n.Ar verb\n.Op Ar options\n.Op Ar operands" > file
	print ".Sh DESCRIPTION" > file
	printf "%s", extra["mote"] > file
	print ".Ss Verbs\n.Bl -tag -width Ds" > file
	for (i = 1; i <= nverb; i++)
		print ".It Xr mote-" verb[i] " 8\n" text(vsays[i]) > file
	print ".El\n.Ss Options before the verb" > file
	options_of("-")
	print "Long options may be written\n.Fl -name Ns = Ns Ar value\nor\n.Fl -name Ar value ." > file
	printf "%s", extra["mote sections"] > file
	exit_status("")
	printf ".Sh EXAMPLES\n%s", examples["mote"] > file
	print ".Sh SEE ALSO" > file
	print ".Xr mote-bundle 5 ,\n.Xr mote-config 5 ,\n.Xr mote-errors 7 ,\n.Xr mote-features 7 ,\n.Xr mote-hooks 7" > file
	print ".Sh STANDARDS\nThe Open Container Initiative's runtime specification, version 1.3.0." > file
	close(file)
}

function config_page(i, head, top, n) {
	begin("mote-config", 5, "properties of a container's config.json")
	print ".Sh DESCRIPTION" > file
	printf "%s", extra["config-page"] > file
	for (i = 1; i <= nprop; i++) {
		top = prop[i]
		sub(/[.[].*/, "", top)
		if (prop[i] ~ /^linux\.[a-zA-Z]+[.[]/) {
			top = prop[i]
			sub(/^linux\./, "", top)
			sub(/[.[].*/, "", top)
			top = "linux." top
		}
		if (top != head) {
			if (head != "")
				print ".El" > file
			print ".Ss " top "\n.Bl -tag -width Ds" > file
			head = top
		}
		if (psays[i] == "")
			bad("property " prop[i] " has no sentence")
		print ".It Va " arg(prop[i]) "\n" text(sentence(psays[i])) "\n.br" > file
		print text(sentence(ptype[i])) (preq[i] != "" ? "\nRequired." : "\nDefault: " text(pdef[i]) ".") "\nSince " psince[i] "; " prule[i] "." > file
		if (pdep[i] == "deprecated")
			print "Deprecated." > file
		if (pdep[i] == "other")
			print "Means nothing on Linux." > file
		if (pneeds[i] != "")
			print "Needs " text(pneeds[i]) "." > file
		if (pkernel[i] != "")
			print "Kernel: " text(pkernel[i]) "." > file
	}
	print ".El\n.Sh RULES\nBetween properties.\nM-numbers are those of the specification's rules in docs/conformance.md; the others are mote's own.\n.Bl -tag -width M-100" > file
	for (i = 1; i <= nrule; i++)
		print ".It " (rnum[i] >= 0 ? "M-" rnum[i] : rkind[i] == "lint" ? "lint" : "mote") "\n" text(sentence(rsays[i])) > file
	print ".El\n.Sh MOUNT OPTIONS\nOf\n.Va \"mounts[].options\" .\n.Bl -tag -width nostrictatime -compact" > file
	for (i = 1; i <= nmopt; i++)
		print ".It Cm " arg(mopt[i]) "\n" text(mosays[i]) > file
	print ".El\n.Sh CAPABILITIES\nOf\n.Va process.capabilities ,\nas many of them as the kernel knows.\n.Bl -column -compact CAP_CHECKPOINT_RESTORE CAP_CHECKPOINT_RESTORE" > file
	for (i = 1; i <= ncap; i += 2)
		print ".It " arg(cap[i]) " Ta " (i < ncap ? arg(cap[i + 1]) : "\\&") > file
	print ".El\n.Sh SEE ALSO\n.Xr mote-features 7 ,\n.Xr mote-hooks 7 ,\n.Xr mote-explain 8 ,\n.Xr mote-validate 8" > file
	close(file)
}

function features_page(i) {
	begin("mote-features", 7, "what can be left out of mote")
	print ".Sh DESCRIPTION" > file
	printf "%s", extra["features-page"] > file
	print ".Bl -tag -width Ds" > file
	for (i = 1; i <= nfeat; i++)
		print ".It Sy " arg(feat[i]) "\n" text(sentence(fsays[i])) > file
	print ".El\n.Sh SEE ALSO\n.Xr mote 8 ,\n.Xr mote-features 8" > file
	close(file)
}

function errors_page(i) {
	begin("mote-errors", 7, "what mote says when it fails")
	print ".Sh DESCRIPTION" > file
	printf "%s", extra["errors-page"] > file
	print ".Bl -tag -width Ds" > file
	for (i = 1; i <= nhint; i++)
		print ".It Sy " arg(hop[i]) " , Er " herr[i] "\n" text(sentence(hsays[i])) > file
	print ".El" > file
	exit_status("")
	print ".Sh SEE ALSO\n.Xr mote 8 ,\n.Xr mote-check 8 ,\n.Xr mote-validate 8" > file
	close(file)
}

BEGIN { FS = "\t" }
FNR == 1 { nfile++ }
nfile == 1 && /^@[a-z-]+( (examples|sections))?$/ { key = substr($0, 2); used[key] = 0; next }
nfile == 1 && key == "" { next } # its head
nfile == 1 && /^\.\\" / { next } # for tests/docs/commands.t
nfile == 1 { if (key ~ / examples$/) { k = key; sub(/ examples$/, "", k); examples[k] = examples[k] $0 "\n" } else extra[key] = extra[key] $0 "\n"; next }
nfile == 2 && $1 == "verb" { verb[++nverb] = $2; operands[nverb] = $3; vsays[nverb] = $4; is_verb[$2] = 1; next }
nfile == 2 && $1 == "option" {
	overb[++nopt] = $2; oname[nopt] = $3; letter[nopt] = $4; oarg[nopt] = $5; osays[nopt] = $6; has_options[$2] = 1; next
}
nfile == 2 && $1 == "feature" { feat[++nfeat] = $2; fsays[nfeat] = $4 " (default: " $3 ")"; next }
nfile == 2 && $1 == "property" {
	prop[++nprop] = $2; ptype[nprop] = $3; psays[nprop] = $4; pdef[nprop] = $5; psince[nprop] = $6; preq[nprop] = $7
	pdep[nprop] = $8; prule[nprop] = $9; pneeds[nprop] = $10; pkernel[nprop] = $11; next
}
nfile == 2 && $1 == "rule" { rnum[++nrule] = $2; rkind[nrule] = $3; rsays[nrule] = $4; next }
nfile == 2 && $1 == "exit" { estatus[++nexit] = $2; everb[nexit] = $3; esays[nexit] = $4; next }
nfile == 2 && $1 == "capability" { cap[++ncap] = $2; next }
nfile == 2 && $1 == "mountopt" { mopt[++nmopt] = $2; mosays[nmopt] = $3; next }
nfile == 2 && $1 == "hint" { hop[++nhint] = $2; herr[nhint] = $3; hsays[nhint] = $4; next }
nfile == 3 && /IF_[A-Z]+\(\{"/ {
	f = $0; sub(/.*IF_/, "", f); sub(/\(.*/, "", f)
	v = $0; sub(/.*IF_[A-Z]+\(\{"/, "", v); sub(/".*/, "", v)
	feature_of[v] = f
}

END {
	if (!nverb || !nopt || !nprop || !nfeat || !nhint || !nrule || !nexit || !ncap || !nmopt)
		bad("a table is empty")
	if (status)
		exit 1
	for (i = 5; i <= 8; i++)
		system("mkdir -p " out "/man" i)
	main_page()
	for (i = 1; i <= nverb; i++)
		verb_page(i)
	config_page()
	features_page()
	errors_page()
	for (k in used) {
		v = k
		sub(/ (examples|sections)$/, "", v)
		if (!is_verb[v] && v != "mote" && v != "config-page" && v != "features-page" && v != "errors-page")
			bad("docs/man/verbs.mdoc: there is no verb " v)
	}
	exit status
}
