# links.awk - links of a page to where the site has them; what it has not keeps its text and loses its link
# SPDX-License-Identifier: MIT
#
#   awk -f links.awk LIST-OF-PAGES page.html

FNR == NR { have[$1] = 1; next }

{
	rest = $0
	line = ""
	while (match(rest, /<a [^>]*href="[^"]*"[^>]*>/)) {
		tag = substr(rest, RSTART, RLENGTH)
		before = substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		line = line named(before)
		url = tag
		sub(/.*href="/, "", url)
		sub(/".*/, "", url)
		end = index(rest, "</a>")
		inner = end ? substr(rest, 1, end - 1) : rest
		rest = end ? substr(rest, end + 4) : ""
		to = url
		sub(/\.md($|#)/, ".html&", to)
		sub(/\.html\.md/, ".html", to)
		page = to
		sub(/#.*/, "", page)
		if (url ~ /^(#|https?:)/ || page in have)
			line = line "<a href=\"" to "\"" (tag ~ /class="permalink"/ ? " class=\"permalink\"" : "") ">" inner "</a>"
		else
			line = line inner
	}
	print line named(rest)
}

# docs/NAME.md in running text becomes a link.
function named(s,   done, file) {
	done = ""
	while (match(s, /docs\/[a-z0-9-]+\.md/)) {
		file = substr(s, RSTART + 5, RLENGTH - 8) ".html"
		done = done substr(s, 1, RSTART - 1)
		if (file in have)
			done = done "<a href=\"" file "\">" substr(s, RSTART, RLENGTH) "</a>"
		else
			done = done substr(s, RSTART, RLENGTH)
		s = substr(s, RSTART + RLENGTH)
	}
	return done s
}
