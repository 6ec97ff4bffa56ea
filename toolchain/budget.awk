# budget.awk - how long files and functions may be
# SPDX-License-Identifier: MIT
#
#   awk -f toolchain/code.awk -f toolchain/budget.awk FILE...
#
# A file at most 500 lines, a function 80 lines and 6 parameters, and one function in twenty more
# than 40 lines. Functions are found by their braces, so it does not matter how they are set.

BEGIN {
	FILE_MAX = 500
	FUNCTION_MAX = 80
	PARAMETER_MAX = 6
	LONG = 40
}

function complain(place, text) {
	print place ": " text
	bad = 1
}

function end_file() {
	if (file != "" && lines > FILE_MAX)
		complain(file, lines " lines, at most " FILE_MAX)
}

# The head of a definition, up to its {: is it a function? Sets name and parameters.
function is_function(text,   i, depth, c) {
	gsub(/[ \t]+$/, "", text)
	if (text ~ /=/ || text !~ /\)$/)
		return 0
	parameters = 1
	for (i = length(text); i > 0; i--) {
		c = substr(text, i, 1)
		if (c == ")")
			depth++
		else if (c == "(" && --depth == 0)
			break
		else if (c == "," && depth == 1)
			parameters++
	}
	if (substr(text, i) ~ /^\([ \t]*(void)?[ \t]*\)$/)
		parameters = 0
	name = substr(text, 1, i - 1)
	gsub(/[ \t]+$/, "", name)
	sub(/.*[^A-Za-z0-9_]/, "", name)
	return name != "" && name !~ /^__attribute/
}

FNR == 1 {
	end_file()
	file = FILENAME
	depth = 0
	head = ""
	macro = 0
}

{
	lines = FNR
	line = code($0)
	if (macro || line ~ /^[ \t]*#/) {
		macro = line ~ /\\$/
		next
	}
	while (match(line, /[{};]/)) {
		c = substr(line, RSTART, 1)
		part = substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + 1)
		if (depth == 0) {
			if (head == "" && part ~ /[^ \t]/)
				first = FNR
			head = head part
		}
		if (c == "{" && depth++ == 0)
			inside = is_function(head)
		else if (c == "}" && --depth == 0) {
			if (inside) {
				length_of = FNR - first + 1
				all++
				size[length_of]++
				if (length_of > FUNCTION_MAX)
					complain(file ":" first, name ": " length_of " lines, at most " FUNCTION_MAX)
				if (length_of > LONG)
					long++
				if (parameters > PARAMETER_MAX)
					complain(file ":" first, name ": " parameters " parameters, at most " PARAMETER_MAX)
			}
			inside = 0
			head = ""
		} else if (c == ";" && depth == 0)
			head = ""
	}
	if (depth == 0) {
		if (head == "" && line ~ /[^ \t]/)
			first = FNR
		if (line ~ /[^ \t]/)
			head = head line " "
	}
}

END {
	end_file()
	for (i = 1; i <= FUNCTION_MAX && seen < all / 2; i++)
		seen += size[i]
	if (all)
		printf "# %d functions, median %d lines, %d over %d (%.1f%%, at most 5%%)\n", all, i - 1, long, LONG, long * 100 / all
	if (all >= 20 && long > all / 20)
		bad = 1
	exit bad
}
