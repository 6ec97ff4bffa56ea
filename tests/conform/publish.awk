# publish.awk - what `run --tsv` said of several runtimes (NAME.tsv), as a page or as JSON
# SPDX-License-Identifier: MIT
BEGIN { FS = "\t" }
FNR == 1 {
	name = FILENAME; sub(/.*\//, "", name); sub(/\.tsv$/, "", name)
	runtime[++runtimes] = name
	title[name] = name == "vm" ? "mote in a VM" : name
}
$1 == "#" { version[name] = $2; spec[name] = $3; kernel[name] = $4; cgroup[name] = $5; date[name] = $6; next }
/^M-/ {
	if (!($1 in sentence)) { rule[++rules] = $1; since[$1] = $3; section[$1] = $4; at[$1] = $5; sentence[$1] = $7 }
	verdict[name, $1] = $2; reason[name, $1] = $8; count[name, $2]++
}
function json_text(s,    i, c, out) { # awks differ in how gsub reads backslashes
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		out = out (c == "\\" || c == "\"" ? "\\" c : c < " " ? " " : c)
	}
	return "\"" out "\""
}
function cell_text(s) {
	gsub(/\|/, "; ", s); gsub(/</, "\\&lt;", s); gsub(/[*_]/, "`&`", s)
	if (length(s) > 260) s = substr(s, 1, 260) "..."
	return s
}
function all_json(    i, k, n, m) {
	printf "{\n  \"specification\": \"1.3.0\",\n  \"runtimes\": ["
	for (i = 1; i <= runtimes; i++) {
		n = runtime[i]
		printf "%s\n    {\"name\": %s, \"version\": %s, \"specification\": %s, \"kernel\": %s, \"cgroup\": %s, \"date\": %s, \"pass\": %d, \"fail\": %d, \"skip\": %d, \"newer\": %d}", \
			(i > 1 ? "," : ""), json_text(title[n]), json_text(version[n]), json_text(spec[n]), json_text(kernel[n]), json_text(cgroup[n]), \
			json_text(date[n]), count[n, "pass"], count[n, "fail"], count[n, "skip"], count[n, "newer"]
	}
	printf "\n  ],\n  \"rules\": ["
	for (k = 1; k <= rules; k++) {
		m = rule[k]
		printf "%s\n    {\"rule\": \"%s\", \"since\": \"%s\", \"section\": %s, \"sentence\": %s, \"test\": \"tests/conform/%s\", \"results\": {", \
			(k > 1 ? "," : ""), m, since[m], json_text(section[m]), json_text(sentence[m]), at[m]
		for (i = 1; i <= runtimes; i++)
			printf "%s%s: {\"verdict\": \"%s\", \"reason\": %s}", (i > 1 ? ", " : ""), json_text(title[runtime[i]]), \
				verdict[runtime[i], m], json_text(reason[runtime[i], m])
		printf "}}"
	}
	print "\n  ]\n}"
}
function link(m,    f) {
	split(at[m], f, ":")
	return "[" m "](../tests/conform/" f[1] "#L" f[2] ")"
}
function all_page(    i, k, n, m, v, line) {
	print "# Conformance to runtime-spec 1.3.0, rule by rule\n"
	print "Written by `make conform`; the suite is [tests/conform](../tests/conform/README.md), runs on any runtime, and is itself tested on runtimes that are wrong on"
	print "purpose. The numbers M-0 to M-96 are this project's names for what the specification says a Linux runtime MUST do (a few are SHOULDs, marked as such in the"
	print "tests). The same results for programs: [conformance.json](conformance.json).\n"
	print "runc and crun are Debian 12's: runc 1.1.5 follows a draft of 1.0.2, crun 1.8.1 says 1.0.0; their projects have newer releases, which do better. A rule that is newer"
	print "than the specification a runtime says it follows, and fails, reads `newer` and not `fail`.\n"
	print "| runtime | version | its specification | kernel | cgroups | date | pass | fail | skip | newer |\n|---|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= runtimes; i++) {
		n = runtime[i]
		printf "| %s | %s | %s | %s | %s | %s | %d | %d | %d | %d |\n", title[n], version[n], spec[n], kernel[n], cgroup[n], date[n], \
			count[n, "pass"], count[n, "fail"], count[n, "skip"], count[n, "newer"]
	}
	print "\n`pass*`: not in full, a part needs what this kernel or machine has not. `skip`: the whole rule does. The reasons are below.\n"
	line = "| rule | since | what it says |"; v = "|---|---|---|"
	for (i = 1; i <= runtimes; i++) { line = line " " title[runtime[i]] " |"; v = v "---|" }
	print line "\n" v
	for (k = 1; k <= rules; k++) {
		m = rule[k]
		line = "| " link(m) " | " since[m] " | " sentence[m] " <sub>" section[m] "</sub> |"
		for (i = 1; i <= runtimes; i++) {
			n = runtime[i]; v = verdict[n, m]
			if (v == "fail") v = "**fail**"
			if (v == "pass" && reason[n, m] != "") v = "pass*"
			line = line " " v " |"
		}
		print line
	}
	print "\n## Reasons\n\nWhat the suite saw, in its own words: the first of it, where it saw much.\n\n| rule | runtime | | |\n|---|---|---|---|"
	for (k = 1; k <= rules; k++) for (i = 1; i <= runtimes; i++) {
		m = rule[k]; n = runtime[i]
		if (reason[n, m] != "")
			printf "| %s | %s | %s | %s |\n", link(m), title[n], verdict[n, m], cell_text(reason[n, m])
	}
	print "\n## What no machine here can show\n"
	print "M-87 to M-95, and tasks in M-86, need resctrl: a processor with Intel RDT or AMD QoS. In the columns \"mote in a VM\", runc and crun they were run on a resctrl that is"
	print "the kernel's own, in a machine whose processors only say that they have RDT (tests/vm/resctrl-kernel makes that kernel of Debian's; `tests/vm/run resctrl`): groups, tasks,"
	print "schemata and what is refused are the kernel's doing; that a cache or a memory bus obeys nobody has seen. tests/run/rdt.t does the like on a stand-in, without a machine."
	print "Labels of SELinux and profiles of AppArmor are tried by this suite only where they are missing (M-36); tests/vm/apparmor.t and tests/vm/selinux.t show them applied, with"
	print "a policy of their own, in machines whose kernel has them."
	untested = ""
	for (k = 1; k <= rules; k++) {
		v = 0
		for (i = 1; i <= runtimes; i++)
			if (runtime[i] == "mote" || runtime[i] == "vm") v += verdict[runtime[i], rule[k]] != "skip"
		if (!v) untested = untested " " rule[k]
	}
	print "\nSkipped by mote in every machine above:" (untested == "" ? " none" : untested) "."
}
END { if (what == "json") all_json(); else all_page() }
