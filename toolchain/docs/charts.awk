# charts.awk - the tables of a chapter as bars: a picture `![TITLE](chart-NAME.svg)` is drawn from the table below it
# SPDX-License-Identifier: MIT
#
#   awk -v out=FOLDER -f charts.awk docs/performance.md    writes FOLDER/chart-NAME.svg: first column the label, second the number

/^!\[[^]]*\]\(chart-[a-z]+\.svg\)$/ {
	title = file = $0
	sub(/^!\[/, "", title)
	sub(/\].*/, "", title)
	sub(/.*\(/, "", file)
	sub(/\)$/, "", file)
	n = 0
	next
}
file != "" && /^\| [^|-]/ && /\| *[0-9]/ {
	split($0, col, / *\| */)
	name[++n] = col[2]
	value[n] = col[3] + 0
	next
}
file != "" && n && /^$/ { draw(); file = "" }
END {
	if (file != "" && n)
		draw()
	else if (file != "") {
		print "charts.awk: " file " has no table below it" > "/dev/stderr"
		exit 1
	}
}

function esc(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); return s }
function colour(s) { return s ~ /^mote/ ? "#0b6e4f" : s == "floor" ? "#8a939b" : "#4f74ad" }

function draw(   i, top, y, w, f, height) {
	f = out "/" file
	for (i = 1; i <= n; i++)
		if (value[i] > top)
			top = value[i]
	height = 50 + n * 34 + 10
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"%d\" viewBox=\"0 0 720 %d\" role=\"img\" aria-label=\"%s\"" \
		" font-family=\"Liberation Sans, Arial, sans-serif\" fill=\"#111\">\n", height, height, esc(title) > f
	printf "<rect width=\"720\" height=\"%d\" fill=\"#fff\"/><text x=\"16\" y=\"30\" font-size=\"17\" font-weight=\"bold\">%s</text>\n", height, esc(title) > f
	for (i = 1; i <= n; i++) {
		y = 50 + (i - 1) * 34
		w = value[i] / top * 440
		printf "<text x=\"152\" y=\"%d\" text-anchor=\"end\" font-size=\"15\">%s</text>", y + 19, esc(name[i]) > f
		printf "<rect x=\"162\" y=\"%d\" width=\"%.1f\" height=\"24\" rx=\"2\" fill=\"%s\"/>", y + 2, w < 1 ? 1 : w, colour(name[i]) > f
		printf "<text x=\"%.1f\" y=\"%d\" font-size=\"15\">%s</text>\n", 170 + w, y + 19, value[i] > f
	}
	print "</svg>" > f
	close(f)
}
