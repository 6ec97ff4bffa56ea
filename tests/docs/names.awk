# names.awk - what the hand-written pages name is there: verbs, options of a verb, properties, features, pages
# SPDX-License-Identifier: MIT
#
#   awk -f names.awk rows.tsv docs/man/* docs/*.md    prints FILE:LINE: text for each name that no table has

BEGIN { FS = "\t"; split("mote-config mote-errors mote-features mote", p, " "); for (i in p) page[p[i]] = 1
	for (i = 1; i < ARGC; i++) if (ARGV[i] ~ /\.[0-9]$/) { f = ARGV[i]; sub(/.*\//, "", f); sub(/\.[0-9]$/, "", f); page[f] = 1 } }

FNR == 1 { file++; verb_now = ""; fence = 0 }
file == 1 && $1 == "verb" { verb[$2] = 1; page["mote-" $2] = 1; next }
file == 1 && $1 == "option" { option[$3] = 1; of[$2 " " $3] = 1; short[$2 " " $4] = 1; next }
file == 1 && $1 == "feature" { feature[$2] = 1; next }
file == 1 && $1 == "property" {
	name = $2
	gsub(/\[("")?\]/, "", name)
	property[name] = 1
	n = split(name, part, ".")
	property[part[n]] = 1
	next
}
file == 1 { next }

function bad(text) { print FILENAME ":" FNR ": " text; status = 1 }

# A call in a line of text: mote [--option [value]] VERB [options]; only what stands before a | ; & or ` is its own.
function call(s,   n, w, i, v) {
	sub(/[|;&`)].*/, "", s)
	n = split(s, w, " ")
	v = ""
	for (i = 1; i <= n; i++) {
		if (w[i] == "--")
			return
		if (w[i] ~ /^--[a-z]/) {
			sub(/[=,.].*/, "", w[i])
			sub(/^--/, "", w[i])
			if (!((v == "" ? "-" : v) " " w[i] in of) && !("- " w[i] in of))
				bad("mote " v " has no option --" w[i])
			if (w[i] == "rootfs")
				i++
		} else if (v == "" && w[i] in verb)
			v = w[i]
		else if (v == "" && i == 1 && strict && w[i] ~ /^[a-z]+$/)
			bad("there is no verb " w[i])
		# What follows a command's first word is the command's.
		if (v ~ /^(exec|ps|run)$/ && (w[i] == "sh" || w[i] ~ /^\//))
			return
	}
}

FILENAME ~ /\.md$/ {
	s = $0
	if (s ~ /^```/)
		fence = !fence
	text = FILENAME !~ /\/adding\.md$/ # what that one names is what it adds
	line = s ~ (fence ? "^[$#] mote " : "^ +[$#] mote ")
	while (match(s, /(^|[ `(])mote [a-z-]/)) {
		strict = line || (!fence && text && substr(s, RSTART, 1) == "`")
		call(substr(s, RSTART + RLENGTH - 1))
		s = substr(s, RSTART + RLENGTH)
	}
	# A property in a line of text.
	s = $0
	while (!fence && text && match(s, /`(linux|process|root|hooks|user)(\.[a-zA-Z]+)+(\[\])?`/)) {
		named = substr(s, RSTART + 1, RLENGTH - 2)
		s = substr(s, RSTART + RLENGTH)
		sub(/\[\]$/, "", named)
		if (!(named in property))
			bad("there is no property " named)
	}
	next
}

/^@[a-z]/ { verb_now = substr($0, 2); sub(/ .*/, "", verb_now) }
/^\.Dl [$#] mote / { s = $0; sub(/^\.Dl [$#] mote /, "", s); strict = 1; call(s) }
/^[$#] mote / { s = $0; sub(/^[$#] mote /, "", s); strict = 1; call(s) }
/^\.(Fl|Pq Fl) -/ {
	n = split($0, w, " ")
	for (i = 2; i <= n; i++)
		if (w[i] ~ /^-[a-z]/ && !(substr(w[i], 2) in option))
			bad("there is no option -" w[i])
}
/^\.Xr mote/ { split($0, w, " "); if (!(w[2] in page)) bad("there is no page " w[2]) }
/^\.Cm / { split($0, w, " "); if (!(w[2] in verb)) bad("there is no verb " w[2]) }
/^\.Va / { split($0, w, " "); if (!(w[2] in property) && w[2] != "resources") bad("there is no property " w[2]) }
/^\.Li [a-z]+\.[a-zA-Z.]+\[\]$/ { split($0, w, " "); gsub(/\[\]/, "", w[2]); if (!(w[2] in property)) bad("there is no property " w[2]) }
END { exit status }
