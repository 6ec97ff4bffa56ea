# completion.awk - completion of verbs, options and ids for a shell, from the tables
# SPDX-License-Identifier: MIT
#
#   awk -v shell=bash|zsh|fish -f completion.awk rows.tsv

function q(s) { gsub(/'/, "'\\''", s); return "'" s "'" } # for a shell
function z(s) { gsub(/\\|\[|\]|:/, "\\\\&", s); return s }   # inside of zsh's specifications
function first(s) { sub(/[ |].*/, "", s); return s }

BEGIN { FS = "\t" }

$1 == "verb" { verb[++nv] = $2; takes[$2] = $3; says[$2] = $4 }
$1 == "option" { o[$2] = o[$2] " --" $3 ($4 != "" ? " -" $4 : ""); name[++no] = $3; of[no] = $2; letter[no] = $4; arg[no] = $5; osays[no] = $6
	if ($5 != "" && $2 == "-") wanted = wanted " --" $3 }

# What stands for an operand or a value: a container, a folder, a file, or nothing that is known.
function kind(s) { s = first(s); return s == "ID" ? "id" : s ~ /^\[?(BUNDLE|DIR)/ ? "dir" : s ~ /^\[?(FILE|PATH|WHERE)/ ? "file" : "" }

END {
	if (shell == "bash") bash()
	else if (shell == "zsh") zsh()
	else if (shell == "fish") fish()
	else exit 2
}

function bash(   i, v) {
	print "# bash completion for mote; made from its tables"
	print "_mote()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= i=1 words= files="
	print "\tCOMPREPLY=()"
	print "\twhile [ $i -lt $COMP_CWORD ]; do\n\t\tcase ${COMP_WORDS[i]} in"
	sub(/^ /, "", wanted)
	gsub(/ /, "|", wanted)
	print "\t\t" wanted ") i=$((i + 1)) ;;\n\t\t-*) ;;\n\t\t*) verb=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\t\ti=$((i + 1))\n\tdone"
	printf "\tcase $verb:$prev in\n"
	for (i = 1; i <= no; i++)
		if (arg[i] != "" && kind(arg[i]) != "id")
			print "\t" (of[i] == "-" ? "*" : of[i]) ":--" name[i] (letter[i] != "" ? "|" (of[i] == "-" ? "*" : of[i]) ":-" letter[i] : "") ") " \
				(kind(arg[i]) == "dir" ? "COMPREPLY=($(compgen -d -- \"$cur\"))" : kind(arg[i]) == "file" ? "COMPREPLY=($(compgen -f -- \"$cur\"))" : ":") "; return ;;"
	print "\tesac\n\tcase $verb in"
	printf "\t'') words='"
	for (i = 1; i <= nv; i++)
		printf "%s ", verb[i]
	print "'; case $cur in -*) words='" substr(o["-"], 2) "' ;; esac ;;"
	for (i = 1; i <= nv; i++) {
		v = verb[i]
		printf "\t%s) case $cur in -*) words='%s' ;; *) %s ;; esac ;;\n", v, substr(o[v], 2), \
			kind(takes[v]) == "id" ? "words=$(mote list -q 2>/dev/null)" : kind(takes[v]) == "dir" ? "files=-d" : kind(takes[v]) == "file" ? "files=-f" : ":"
	}
	print "\tesac\n\tCOMPREPLY=($(compgen $files -W \"$words\" -- \"$cur\"))\n}\ncomplete -o filenames -F _mote mote"
}

function zspec(i,   a, s) {
	a = kind(arg[i])
	s = "[" z(osays[i]) "]" (arg[i] != "" ? ":" z(arg[i]) ":" (a == "dir" ? "_files -/" : a == "file" ? "_files" : " ") : "")
	return " " q("--" name[i] (arg[i] != "" ? "=" : "") s) (letter[i] != "" ? " " q("-" letter[i] (arg[i] != "" ? "+" : "") s) : "")
}

function zsh(   i, k, v) {
	print "#compdef mote\n# zsh completion for mote; made from its tables\n"
	print "_mote_ids() { local -a ids; ids=(${(f)\"$(mote list -q 2>/dev/null)\"}); compadd -a ids }\n"
	print "_mote() {\n\tlocal curcontext=$curcontext state line\n\tlocal -a verbs\n\tverbs=("
	for (i = 1; i <= nv; i++)
		print "\t\t" q(z(verb[i]) ":" says[verb[i]])
	printf "\t)\n\t_arguments -C"
	for (i = 1; i <= no; i++)
		if (of[i] == "-")
			printf "%s", zspec(i)
	print " '1:verb:->verb' '*::operand:->rest'\n\tcase $state in\n\tverb) _describe verb verbs ;;\n\trest) case $words[1] in"
	for (k = 1; k <= nv; k++) {
		v = verb[k]
		printf "\t\t%s) _arguments -S", v
		for (i = 1; i <= no; i++)
			if (of[i] == v)
				printf "%s", zspec(i)
		print (kind(takes[v]) == "id" ? " '1:id:_mote_ids'" : kind(takes[v]) == "dir" ? " '1:bundle:_files -/'" : kind(takes[v]) == "file" ? " '1:file:_files'" : "") " '*: : ' ;;"
	}
	print "\t\tesac ;;\n\tesac\n}\n\n_mote \"$@\""
}

function fish(   i, v, a) {
	print "# fish completion for mote; made from its tables"
	print "complete -c mote -f"
	for (i = 1; i <= nv; i++) {
		v = verb[i]
		print "complete -c mote -n __fish_use_subcommand -a " v " -d " q(says[v])
		if (kind(takes[v]) == "id")
			print "complete -c mote -n '__fish_seen_subcommand_from " v "' -a '(mote list -q 2>/dev/null)'"
		else if (kind(takes[v]) != "")
			print "complete -c mote -n '__fish_seen_subcommand_from " v "' -F"
	}
	for (i = 1; i <= no; i++) {
		a = kind(arg[i])
		print "complete -c mote -n " (of[i] == "-" ? "__fish_use_subcommand" : "'__fish_seen_subcommand_from " of[i] "'") " -l " name[i] \
			(letter[i] != "" ? " -s " letter[i] : "") (arg[i] != "" ? (a != "" ? " -r -F" : " -x") : "") " -d " q(osays[i])
	}
}
