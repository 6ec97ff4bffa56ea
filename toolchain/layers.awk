# layers.awk - refuse includes that go up: kernel.h <- sys.h <- base <- spec <- bundle <- box <- cmd <- mote.c
# SPDX-License-Identifier: MIT
#
#   awk -f toolchain/layers.awk src/*.[ch] src/*/*.[ch]      (paths as seen from the top folder)
#
# A file includes from its own folder or from one to the left. features.def, config.h and the
# system's headers belong to everybody.

BEGIN {
	n = split("kernel.h sys.h base spec bundle box cmd mote.c", name, " ")
	for (i = 1; i <= n; i++)
		level[name[i]] = i
}

function complain(text) {
	print FILENAME ":" FNR ": " text
	bad = 1
}

FNR == 1 {
	path = FILENAME
	sub(/^(\.\/)?src\//, "", path)
	folder = path
	sub(/\/.*/, "", folder)
	mine = folder in level ? level[folder] : 0
	if (!mine)
		complain("src/" folder " is in no layer: a name of toolchain/layers.awk's list is expected")
}

/^[ \t]*#[ \t]*include/ {
	quoted = $0 ~ /"/
	what = $0
	sub(/^[^"<]*["<]/, "", what)
	sub(/[">].*/, "", what)
	top = what
	sub(/\/.*/, "", top)
	if (what == "config.h" || what == "features.def")
		next
	if (!quoted) {
		if (top in level && what ~ /^(base|spec|bundle|box|cmd)\/|^(sys|kernel)\.h$/)
			complain("<" what "> is ours: write \"" what "\"")
		next
	}
	if (what ~ /\.\./) {
		complain("\"" what "\" climbs: write it as seen from src/")
		next
	}
	if (what !~ /\// && !(what in level))
		theirs = mine                   # "x.h" beside this file
	else if (!(top in level)) {
		complain("\"" what "\" is in no layer")
		next
	} else
		theirs = level[top]
	if (theirs > mine)
		complain(folder " may not include \"" what "\": " top " is above it")
}

END {
	exit bad
}
