# headings.awk - headings of a page as entries of the search
# SPDX-License-Identifier: MIT

{
	while (match($0, /<h[123][^>]* id="[^"]*"[^>]*>/)) {
		tag = substr($0, RSTART, RLENGTH)
		$0 = substr($0, RSTART + RLENGTH)
		id = tag
		sub(/.* id="/, "", id)
		sub(/".*/, "", id)
		text = $0
		sub(/<\/h[123]>.*/, "", text)
		gsub(/<[^>]*>/, "", text)
		gsub(/&#8217;|&#39;/, "'", text)
		gsub(/&quot;|&#34;/, "", text)
		gsub(/&amp;/, "\\&", text)
		gsub(/\\/, "\\\\", text)
		gsub(/"/, "", text)
		page = file
		sub(/\.html$/, "", page)
		print "[\"chapter\",\"" text "\",\"" page "\",\"" file "#" id "\"],"
	}
}
