# index.awk - rows of the tables as entries of the search: [kind, name, sentence, address]
# SPDX-License-Identifier: MIT

function js(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/</, "\\u003c", s); return "\"" s "\"" }
function id(s) { gsub(/[^A-Za-z0-9._-]/, "", s); return s }
function put(kind, name, says, url) { print "[" js(kind) "," js(name) "," js(says) "," js(url) "]," }

BEGIN { FS = "\t" }
$1 == "verb" { put("verb", $2, $4, "mote-" $2 ".8.html") }
$1 == "option" && $2 == "-" { put("option", "--" $3, $6, "mote.8.html") }
$1 == "option" && $2 != "-" { put("option", $2 " --" $3, $6, "mote-" $2 ".8.html") }
$1 == "feature" { put("feature", $2, $4, "mote-features.7.html#" $2) }
$1 == "property" { put("property", $2, $4, "properties.html#" id($2)) }
$1 == "hint" { put("error", $2 ": " $3, $4, "mote-errors.7.html") }
$1 == "capability" { put("capability", $2, "process.capabilities", "mote-config.5.html#CAPABILITIES") }
$1 == "mountopt" { put("mount option", $2, $3, "mote-config.5.html#MOUNT_OPTIONS") }
