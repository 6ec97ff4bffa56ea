# blocks.awk - what a page of the book tells people to type, taken apart for tests/docs/commands.t
# SPDX-License-Identifier: MIT
#
#   awk -v to=DIR -f blocks.awk PAGE    writes DIR/NNN.cmd, .out and .mode in order; prints PAGE:LINE: text for each fault
#   awk -v to=DIR -v only=FILE ...      the same of the blocks that FILE has to run (by=FILE), and of nothing else
#
# Markdown: every block is fenced, and the words behind the fence say what becomes of it.
#   ```console             `$ ` and `# ` lines are run in order; what is below each is what it prints; a line `...` is any lines
#   ```console numbers     the same, and a number may be another one
#   ```console if=cgroup   run only where the machine has what if= names (commands.t, `if_`)
#   ```console by=FILE     not run here: that test does, by `shown PAGE` (tests/lib.sh) or by -v only=; where it does not, the block says nothing of
#                          what is printed, and the file has each verb and option in it
#   ```conf by=FILE        a file that the test takes from the page, or has in it line by line
#   ```c by=tests/docs/adding.t new=FILE   a file that the example adds
#   ```conf untried        no test runs it, and the page says "Not tried"; a console block then shows no output
#   ```json file=NAME     is written to that file, for the commands below
#   ```usage               the form of a command: mote VERB [...]
#   ```text, json, conf, c, diff   shows a file or a form of words; commands of mote in it want by= too
# A line <!-- run: COMMAND --> is run before what follows and must succeed; readers do not see it. <!-- run if=X: COMMAND -->: as for blocks.
# mdoc: `.Dl $ COMMAND`, and such lines in `.Bd -literal`; comments above say the rest: .\" run: COMMAND, .\" by: FILE,
# .\" numbers, .\" prints: LINE (what the command below prints).

function fault(text) { print FILENAME ":" FNR ": " text }
function begin(kind, what) {
	n++
	name = to "/" sprintf("%03d", n)
	printf "" > (name ".out")
	print kind, FILENAME ":" FNR, cond > (name ".mode")
	print what > (name ".cmd")
	close(name ".cmd")
	close(name ".mode")
}
function output(line) { print line > (name ".out") }
# What the named test has to have in it: the verb and the long options of a call of mote.
function named(line,   w, k, i, seen) {
	if (line !~ /(^|[ \/])mote / || by == "tests/docs/adding.t") # that one reads the page itself
		return
	sub(/.*(^|[ \/])mote /, "", line)
	sub(/ -- .*/, "", line)
	sub(/[|;&>].*/, "", line)
	k = split(line, w, " ")
	for (i = 1; i <= k; i++) {
		if (w[i] ~ /^--[a-z]/ || (w[i] ~ /^[a-z]+$/ && !seen++)) {
			sub(/[=,].*/, "", w[i])
			print FILENAME ":" FNR "\t" by "\t" w[i] > (to "/by")
		}
	}
}
function says_command(line) { return line ~ /^[$#] [a-z.\/]/ || line ~ /(^|[ \/])mote [a-z-]+( |$)/ }
function tags(words,   w, k, i) {
	by = cond = file = ""
	numbers = untried = 0
	k = split(words, w, " ")
	for (i = 2; i <= k; i++) {
		if (w[i] ~ /^by=/) by = substr(w[i], 4)
		else if (w[i] ~ /^file=/) file = substr(w[i], 6)
		else if (w[i] ~ /^if=/) cond = substr(w[i], 4)
		else if (w[i] ~ /^new=/) ;
		else if (w[i] == "numbers") numbers = 1
		else if (w[i] == "untried") untried = 1
		else fault("the block's word '" w[i] "' is not known")
	}
	mine = only != "" && index("," by ",", "," only ",")
	if (mine)
		by = ""
	if (untried)
		print FILENAME ":" FNR > (to "/untried")
	return w[1]
}
function command(line) {
	if (by != "")
		named(line)
	else if (!untried)
		begin(numbers ? "numbers" : "exact", line)
}

BEGIN { printf "" > (to "/by"); printf "" > (to "/claims"); printf "" > (to "/files"); printf "" > (to "/untried") }

FILENAME ~ /\.md$/ && /^ *```/ {
	line = $0
	sub(/^ *```/, "", line)
	if (fence) {
		fence = 0
		if (kind == "console" && !had && !only)
			fault("a console block without a command")
		next
	}
	fence = 1
	had = 0
	kind = tags(line)
	if (file != "" && !only) {
		begin("setup", "cp " sprintf("%s/%03d.file ", to, n + 1) file)
	}
	if (kind == "" && !only)
		fault("the block says neither how it is run nor what it is")
	next
}
FILENAME ~ /\.md$/ && fence && only != "" && !mine { next }
FILENAME ~ /\.md$/ && fence && file != "" { print > (name ".file"); next }
FILENAME ~ /\.md$/ && fence {
	if (kind == "console" && /^[$#] /) {
		had = 1
		command(substr($0, 3))
	} else if (kind == "console" && !had)
		fault("output before the first command")
	else if (kind == "console" && untried)
		fault("output that nobody has seen")
	else if (kind == "console" && by == "")
		output($0)
	else if (kind == "console" && by != "")
		print FILENAME ":" FNR "\t" by > (to "/claims")
	else if (by != "") {
		if (!/^# \// && !/^ *$/)
			print FILENAME ":" FNR "\t" by "\t" $0 > (to "/files")
	} else if (kind != "console" && kind !~ /^(diff|usage)$/ && !untried && says_command($0))
		fault("a command that no test runs: " $0)
	next
}
FILENAME ~ /\.md$/ && only != "" { next }
FILENAME ~ /\.md$/ && /^<!-- run( if=[^ ]*)?: .* -->$/ {
	line = $0
	cond = ""
	if (sub(/^<!-- run if=/, "", line)) {
		cond = line
		sub(/: .*/, "", cond)
		line = substr(line, length(cond) + 3)
	}
	sub(/^<!-- run: /, "", line)
	sub(/ -->$/, "", line)
	begin("setup", line)
	next
}
# Below a list a line with four blanks goes on with its text.
FILENAME ~ /\.md$/ && /^(    |\t)/ && blank && !list { fault("an indented block: nobody runs it"); next }
FILENAME ~ /\.md$/ { if (/^ *$/) blank = 1; else { blank = 0; list = /^ *([-*]|[0-9]+\.) / || (list && /^ /) }; next }

only != "" { next }
/^@[a-z]+ examples/ { begin("setup", "fresh"); next }
/^\.\\" run: / { begin("setup", substr($0, 10)); next }
/^\.\\" by: / { by = substr($0, 9); next }
/^\.\\" if: / { cond = substr($0, 9); next }
/^\.\\" numbers/ { numbers = 1; next }
/^\.\\" prints: / { prints[++p] = substr($0, 13); next }
function mdoc(line,   i) {
	gsub(/\\&/, "", line)
	command(line)
	for (i = 1; i <= p && by == ""; i++)
		output(prints[i])
	p = 0
}
/^\.Dl [$#] / { mdoc(substr($0, 7)); by = cond = ""; numbers = 0; next }
/^\.Bd -literal/ { literal = 1; next }
/^\.Ed/ { literal = 0; by = cond = ""; numbers = 0; next }
literal && /^[$#] / { mdoc(substr($0, 3)); next }
literal && says_command($0) { fault("a command that no test runs: " $0) }
