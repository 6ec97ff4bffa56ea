# wrap.awk - blocks of Markdown no wider than a printed page
# SPDX-License-Identifier: MIT

/^ *```/ { fence = !fence }
!fence && !/^    / { print; next }
{
	line = $0
	while (length(line) > 98) {
		for (i = 94; i > 50 && substr(line, i, 1) != " "; i--)
			;
		if (i == 50)
			i = 94
		print substr(line, 1, i) "\\"
		line = "    " substr(line, i + 1)
	}
	print line
}
