# ms.awk - lowdown's ms for the book: headings without numbers, the upper ones in the contents, tables as wide as the page
# SPDX-License-Identifier: MIT
#
#   -v depth=N    headings down to that level stand in the contents
#   -v dir=FOLDER pictures lie there as PDF; FOLDER/pictures has a line for each: name, width, height

/^\.(NH|SH)( |$)/ {
	level = $2 + 0 ? $2 + 0 : 1
	if ((getline title) <= 0)
		exit
	plain = title
	gsub(/\\f[A-Z]|\\f\([A-Z][A-Z]|\\f\[[^]]*\]/, "", plain)
	gsub(/"/, "", plain)
	size = level == 1 ? 5 : level == 2 ? 2 : 0
	if (level == 1)
		print ".if \\n(.t<5c .bp\n.sp 0.8c"
	print ".ne 4\n.SH\n.ps +" size "\n" title "\n.ps -" size "\n.LP"
	if (level < depth)
		print ".TOCROW " level + 1 " \"" plain "\""
	next
}

BEGIN { while ((getline line < (dir "/pictures")) > 0) { split(line, p, " "); high[p[1]] = p[3] / p[2] * 380 } }
/^PICTURE [a-z-]+\.svg$/ {
	if ($2 in high) {
		pdf = dir "/" $2
		sub(/svg$/, "pdf", pdf)
		printf ".ne %dp\n\\X'pdf: pdfpic %s -L 380p %dp 470p'\n.sp %dp\n", high[$2] + 20, pdf, high[$2], high[$2] + 6
	}
	next
}
/^\.pdfhref/ { next }
/^\.PP/ { print ".LP"; next }
# A table is kept until its end: how wide a column is depends on what is in it.
/^\.TS H/ { table = 1; nline = cols = row = 0; split("", long); split("", sum); split("", word); next }
table && /^\.TE/ { put_table(); table = 0; next }
table && /^(tab|[lcr]b?( [lcr]b?)*\.?$|\.TH$)/ { next }
table && /^T\{$/ { col = 1; row++; cell = ""; keep($0); next }
table && /^T\}\|T\{$/ { measure(); col++; cell = ""; keep($0); next }
table && /^T\}$/ { measure(); keep($0); next }
table { cell = cell (cell == "" ? "" : " ") $0; keep($0); next }
{ print }

function keep(s) { held[++nline] = s }
function measure(   n, w, i) {
	gsub(/\\f[A-Z]|\\f\([A-Z][A-Z]|\\f\[[^]]*\]|\\-/, "", cell)
	if (col > cols)
		cols = col
	if (length(cell) > long[col])
		long[col] = length(cell)
	sum[col] += length(cell)
	n = split(cell, w, " ")
	for (i = 1; i <= n; i++)
		if (length(w[i]) > word[col])
			word[col] = length(w[i])
}
# Narrow columns are as wide as their text; the others share what is left by how much they hold. In characters, some 100 to a line, 3 between two columns.
function put_table(   i, left, all, full, share, wide, format, head) {
	all = left = 100 - 3 * cols
	for (i = 1; i <= cols; i++) {
		wide[i] = long[i] <= 14 ? long[i] + 2 : 0
		left -= wide[i]
		if (!wide[i])
			share += sum[i] + 200
	}
	for (i = 1; i <= cols; i++) {
		if (!wide[i]) {
			wide[i] = left * (sum[i] + 200) / share
			if (wide[i] < 12)
				wide[i] = 12
		}
		full += wide[i]
	}
	for (i = 1; i <= cols; i++) {
		if (full > all)
			wide[i] *= all / full
		head = head (i > 1 ? " " : "") sprintf("lbw(%.1fc)", wide[i] * 0.165)
		format = format (i > 1 ? " " : "") sprintf("lw(%.1fc)", wide[i] * 0.165)
	}
	print ".TS\ntab(|);\n" head "\n" format "."
	for (i = 1; i <= nline; i++)
		print held[i]
	print ".TE"
}
