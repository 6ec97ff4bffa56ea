# wrap.awk - blocks of Markdown no wider than a printed page, which has 87 letters of the blocks' font in a line
# SPDX-License-Identifier: MIT

# Tabs as blanks: how wide they are is not left to whoever sets the text.
function untabbed(s,   at, to) {
	while (at = index(s, "\t")) {
		to = 4 - (at - 1) % 4
		s = substr(s, 1, at - 1) substr("    ", 1, to) substr(s, at + 1)
	}
	return s
}
/^ *```/ { fence = !fence }
!fence && !/^    / { print; next }
{
	line = untabbed($0)
	while (length(line) > 87) {
		for (i = 84; i > 50 && substr(line, i, 1) != " "; i--)
			;
		if (i == 50)
			i = 84
		print substr(line, 1, i) "\\"
		line = "    " substr(line, i + 1)
	}
	print line
}
