# features.awk - src/features.def and config/NAME -> config.h for C, ON and OFF for make
# SPDX-License-Identifier: MIT
#
#   awk -v h=config.h [-v extra="NAME=n ..."] -f features.awk config/NAME src/features.def >features.mk
#
# An unknown name or a line it cannot read is an error with its place. Plain awk: mawk, busybox, gawk.

function fail(text) {
	print FILENAME ":" FNR ": " text > "/dev/stderr"
	status = 1
	exit 1
}

function trim(s) {
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

# NAME=y or NAME=n, from the place where.
function choose(s, where,   i, name, value) {
	i = index(s, "=")
	name = trim(substr(s, 1, i - 1))
	value = trim(substr(s, i + 1))
	if (!i || name !~ /^[A-Z][A-Z0-9_]*$/ || value !~ /^[yn]$/)
		fail("expected NAME=y or NAME=n, found: " s)
	if (name in chosen && place[name] != "the command line" && where != "the command line")
		fail(name " is already chosen at " place[name])
	chosen[name] = value
	place[name] = where
}

FNR == 1 {
	table++
}

table == 1 {
	sub(/#.*/, "")
	if (trim($0) != "")
		choose($0, FILENAME ":" FNR)
	next
}

/^FEATURE\(/ {
	line = $0
	sub(/^FEATURE\(/, "", line)
	if (split(line, col, ",") < 4 || line !~ /"[^"]+"\)[ \t]*$/)
		fail("expected FEATURE(NAME, y or n, files or -, \"sentence\")")
	name = trim(col[1])
	if (name !~ /^[A-Z][A-Z0-9_]*$/ || trim(col[2]) !~ /^[yn]$/)
		fail("expected FEATURE(NAME, y or n, ...)")
	if (name in def)
		fail(name " has a row already")
	def[name] = trim(col[2])
	files[name] = trim(col[3]) == "-" ? "" : trim(col[3])
	order[++n] = name
	next
}

# Outside the comments every line must be a row; this file has only the two comment styles below.
/^[ \t]*$/ || /^\/\*/ || /^ \*/ {
	next
}

{
	fail("not a FEATURE row and not a comment")
}

END {
	if (status)
		exit status
	m = split(extra, more, " ")
	for (i = 1; i <= m; i++)
		choose(more[i], "the command line")
	for (name in chosen)
		if (!(name in def)) {
			print place[name] ": src/features.def has no feature " name > "/dev/stderr"
			exit 1
		}
	print "/* made by toolchain/features.awk from src/features.def and config/ */" > h
	print "#ifndef CONFIG_H\n#define CONFIG_H" > h
	for (i = 1; i <= n; i++) {
		name = order[i]
		on = (name in chosen ? chosen[name] : def[name]) == "y"
		print "#define HAVE_" name " " (on ? 1 : 0) > h
		print "#define IF_" name "(...)" (on ? " __VA_ARGS__" : "") > h
		if (on)
			list_on = list_on " " name
		else
			list_off = list_off " " files[name]
	}
	k = split(defines, d, ";")
	for (i = 1; i <= k; i++)
		if (trim(d[i]) != "")
			print "#define " trim(d[i]) > h
	print "#endif" > h
	close(h)
	print "ON =" list_on
	print "OFF =" list_off
}
