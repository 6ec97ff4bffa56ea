# links.awk - every link of the site's pages: the page is there, and so is the anchor in it
# SPDX-License-Identifier: MIT
#
#   cd SITE && awk -f links.awk *.html index.js    prints PAGE: LINK for each that leads nowhere

{
	line = $0
	while (match(line, / id="[^"]*"/)) {
		anchor[FILENAME "#" substr(line, RSTART + 5, RLENGTH - 6)] = 1
		line = substr(line, RSTART + RLENGTH)
	}
	line = $0
	while (match(line, /(href|src)="[^"]*"/)) {
		url = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		sub(/^[^"]*"/, "", url)
		sub(/"$/, "", url)
		note(url)
	}
	if (FILENAME == "index.js" && match($0, /"[^"]*"\],$/))
		note(substr($0, RSTART + 1, RLENGTH - 4))
	page[FILENAME] = 1
}

# Not a page: a style, a script, a picture.
function there(file,   line, n) {
	if (file !~ /\.(css|js|svg)$/)
		return 0
	n = (getline line < file)
	close(file)
	return n > 0
}

function note(url) {
	if (url ~ /^https?:/)
		return
	from[++n] = FILENAME
	to[n] = url ~ /^#/ ? FILENAME url : url
}

END {
	for (i = 1; i <= n; i++) {
		file = to[i]
		sub(/#.*/, "", file)
		if (!(file in page) && !there(file) || (to[i] ~ /#/ && !(to[i] in anchor))) {
			print from[i] ": " to[i]
			bad = 1
		}
	}
	print n " links" > "/dev/stderr"
	exit bad
}
