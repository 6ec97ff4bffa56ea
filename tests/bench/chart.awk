# SPDX-License-Identifier: MIT
# chart.awk - time.tsv to an SVG bar chart: medians, a tick at the minimum, a band from p10 to p90
#
#	awk -v note=TEXT -f chart.awk time.tsv >bench.svg

BEGIN { FS = "\t" }
FNR > 1 {
	n++
	name[n] = $1; min[n] = $4 / 1e3; p10[n] = $5 / 1e3; med[n] = $6 / 1e3; p90[n] = $7 / 1e3
	if (p90[n] > top) top = p90[n]
}

# The first of 0.1, 0.2, 0.5, 1, 2, 5, ... that gives at most ten lines.
function step_for(range,    s, k) {
	for (s = 0.1; ; s *= 10)
		for (k = 1; k <= 5; k = k == 2 ? 5 : k + 1)
			if (k != 3 && range / (s * k) <= 10)
				return s * k
}

function x(v) { return left + v * scale }

function text(px, py, anchor, size, weight, fill, s) {
	gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s)
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" font-weight=\"%s\"" \
		" fill=\"%s\">%s</text>\n", px, py, anchor, size, weight, fill, s
}

function rect(px, py, w, h, fill) {
	printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		px, py, w, h, fill
}

function line(x1, y1, x2, y2, stroke, width) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"" \
		" stroke-width=\"%s\"/>\n", x1, y1, x2, y2, stroke, width
}

function bar(i,    y, colour, label) {
	y = above + (i - 1) * row
	colour = name[i] == "mote" ? "#0b6e4f" : name[i] == "floor" ? "#9aa3ab" : "#5b7fb4"
	text(left - 12, y + 22, "end", 16, "bold", "#111", name[i])
	rect(left, y + 4, med[i] * scale, 26, colour)
	line(x(p10[i]), y + 37, x(p90[i]), y + 37, "#444", 2)
	line(x(min[i]), y + 33, x(min[i]), y + 41, "#444", 2)
	label = sprintf("%.2f ms", med[i])
	if (i > 1)
		label = label sprintf(" (%.1f x floor)", med[i] / med[1])
	text(x(p90[i] > med[i] ? p90[i] : med[i]) + 10, y + 23, "start", 15, "normal", "#111", label)
}

END {
	if (!n)
		exit 1
	left = 90; above = 84; row = 52; width = 860; plot = 560
	scale = plot / top
	height = above + n * row + 66
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"" \
		" viewBox=\"0 0 %d %d\" font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\">\n",
		width, height, width, height
	rect(0, 0, width, height, "#fff")
	text(24, 34, "start", 20, "bold", "#111", "Time of one container, start to end")
	text(24, 58, "start", 13, "normal", "#333", note)
	s = step_for(top)
	for (v = 0; v <= top; v += s) {
		line(x(v), above - 6, x(v), above + n * row, "#ddd", 1)
		text(x(v), above + n * row + 18, "middle", 12, "normal", "#333", sprintf("%g ms", v))
	}
	for (i = 1; i <= n; i++)
		bar(i)
	line(left, above - 6, left, above + n * row, "#111", 1)
	text(24, height - 18, "start", 12, "normal", "#333", "bar: median; below it: minimum, and the" \
		" span of 10% to 90%; floor: the same kernel work, written out by hand")
	print "</svg>"
}
