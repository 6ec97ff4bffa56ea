# ms.awk - lowdown's ms for the book: headings without numbers, the upper ones in the contents, tables as wide as the page
# SPDX-License-Identifier: MIT
#
#   -v depth=N    headings down to that level stand in the contents

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

/^\.pdfhref/ { next }
/^\.PP/ { print ".LP"; next }
/^\.TS H/ { print ".TS"; table = 1; next }
table == 1 && /^tab/ { print "tab(|) expand;"; next }
# The last column takes what is left.
table == 1 && /^[lcr]b?( [lcr]b?)*$/ { n = split($0, col, " "); line = ""; for (i = 1; i <= n; i++) line = line (i > 1 ? " " : "") col[i] w(i, n); print line; next }
table == 1 && /^[lcr]( [lcr])*\.$/ { sub(/\.$/, ""); n = split($0, col, " "); line = ""; for (i = 1; i <= n; i++) line = line (i > 1 ? " " : "") col[i] w(i, n); print line "."; next }
/^\.TH$/ { next }
/^\.TE/ { table = 0 }
{ print }

function w(i, n) { return "w(" (n == 2 ? (i == 1 ? "5c" : "11c") : sprintf("%.1fc", 15.5 / n)) ")" }
