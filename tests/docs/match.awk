# match.awk - is what a command printed what the page says?
# SPDX-License-Identifier: MIT
#
#   awk [-v numbers=1] -f match.awk WANTED GOT    0 when it is
#
# A line `...` of the page is any lines. Digests may be others; with numbers=1 numbers too.

function plain(s) {
	gsub(/sha256:[0-9a-f]+/, "sha256:H", s)
	gsub(/root:[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+/, "root:H", s)
	if (numbers)
		gsub(/[0-9]+/, "N", s)
	sub(/[ \t]+$/, "", s)
	return s
}
FILENAME == ARGV[1] { want[++w] = plain($0); next }
{ got[++g] = plain($0) }

# fits(i, j): the lines from i and j on are the same
function fits(i, j) {
	for (; i <= w; i++) {
		if (want[i] == "...") {
			for (; j <= g + 1; j++)
				if (fits(i + 1, j))
					return 1
			return 0
		}
		if (j > g || want[i] != got[j])
			return 0
		j++
	}
	return j > g
}
END { exit !fits(1, 1) }
