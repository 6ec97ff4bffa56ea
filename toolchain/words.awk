# words.awk - find words that toolchain/words bans
# SPDX-License-Identifier: MIT
#
#   awk -f toolchain/code.awk -f toolchain/words.awk toolchain/words FILE...

FNR == 1 {
	table++
}

table == 1 {
	if ($0 ~ /^#/ || NF < 4)
		next
	where[$2] = "," $3 ","
	if ($1 == "prefix")
		prefix[$2] = 1
	else
		kind[$2] = $1
	$1 = $1
	row = $2
	sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
	instead[row] = $0
	next
}

function check(word, rule) {
	if (index(where[rule], "," FILENAME ",") || index($0, "lint: allow " word ":"))
		return
	print FILENAME ":" FNR ": " word ": not in src/; instead: " instead[rule]
	bad = 1
}

{
	line = code($0)
	if (line ~ /^[ \t]*#[ \t]*include/)
		next
	before = ""
	while (match(line, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(line, RSTART, RLENGTH)
		before = before substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		member = before ~ /(\.|->)[ \t]*$/
		called = line ~ /^[ \t]*\(/
		if (word in kind && !member && (kind[word] == "use" || called))
			check(word, word)
		for (p in prefix)
			if (index(word, p) == 1 && substr(word, length(p) + 1) ~ /^[a-z]/)
				check(word, p)
		before = before word
	}
}

END {
	exit bad
}
