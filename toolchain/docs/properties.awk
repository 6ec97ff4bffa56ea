# properties.awk - every property of config.json as HTML, each with an anchor of its own name
# SPDX-License-Identifier: MIT
#
#   awk -f example.awk -f properties.awk rows.tsv

function html(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/"/, "\\&quot;", s); return s }
function id(s) { gsub(/[^A-Za-z0-9._-]/, "", s); return s }

BEGIN {
	FS = "\t"
	print "<h1>Properties of config.json</h1><p>Made from the rows that mote reads. <code>[]</code> is an element of an array."
	print "An example shows where a property stands; what else it asks for is in the rules between properties: <a href=\"mote-config.5.html#RULES\">mote-config(5)</a>.</p>"
}

$1 == "property" {
	print "<section class=\"prop\" id=\"" id($2) "\"><h3><a class=\"permalink\" href=\"#" id($2) "\">" html($2) "</a></h3><p>" html($4) "</p><dl>"
	print "<dt>type</dt><dd>" html($3) "</dd><dt>default</dt><dd>" html($5) "</dd><dt>since</dt><dd>" $6 ($8 == "deprecated" ? ", deprecated" : "") "</dd>"
	if ($11 != "")
		print "<dt>kernel</dt><dd>" html($11) "</dd>"
	if ($10 != "")
		print "<dt>needs</dt><dd>" html($10) "</dd>"
	if ($8 == "other")
		print "<dt>platform</dt><dd>not Linux</dd>"
	print "<dt>rule</dt><dd>" $9 "</dd>"
	if ($3 !~ /^(object$|array of objects)/) # those are seen in the examples of their members
		print "<dt>example</dt><dd><code>" html(example($2, $3)) "</code></dd>"
	print "</dl></section>"
}
