# code.awk - code(line): a line of C without its comments and without what stands in its quotes
# SPDX-License-Identifier: MIT
#
# For the other awk scripts: awk -f toolchain/code.awk -f toolchain/X.awk FILES

FNR == 1 {
	in_comment = 0
}

function code(line,   out, c, q, i) {
	out = ""
	while (line != "") {
		if (in_comment) {
			if (!(i = index(line, "*/")))
				return out
			line = substr(line, i + 2)
			in_comment = 0
			out = out " "
			continue
		}
		if (!match(line, /\/\*|\/\/|["']/))
			return out line
		out = out substr(line, 1, RSTART - 1)
		c = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		if (c == "//")
			return out
		if (c == "/*") {
			in_comment = 1
			continue
		}
		for (i = 1; i <= length(line); i++) {
			q = substr(line, i, 1)
			if (q == "\\")
				i++
			else if (q == c)
				break
		}
		out = out c c
		line = substr(line, i + 1)
	}
	return out
}
