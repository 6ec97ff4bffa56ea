#!/bin/sh
# completion.t - bash, zsh and fish complete verbs, options and ids as the tables have them
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/../lib.sh"

[ -e "$TOP/build/docs/completion/mote.fish" ] || make -s -C "$TOP" build/docs/completion/mote.bash build/docs/completion/_mote \
	build/docs/completion/mote.fish >"$TESTDIR/make" 2>&1 || skip_all "completion was not made: $(tail -n 1 "$TESTDIR/make")"
C=$TOP/build/docs/completion

# A mote of ours in PATH: what is completed are the ids that it lists.
mkdir -p "$TESTDIR/bin"
printf '#!/bin/sh\n[ "$*" = "list -q" ] && printf "web1\\nweb2\\ndb\\n"\n' >"$TESTDIR/bin/mote"
chmod +x "$TESTDIR/bin/mote"
PATH=$TESTDIR/bin:$PATH
export PATH

# in_bash WORD...: what the last word is completed to
in_bash() {
	bash -c '. "$0"; COMP_WORDS=(mote "$@"); COMP_CWORD=$#; _mote; echo ${COMPREPLY[*]}' "$C/mote.bash" "$@"
}
if command -v bash >/dev/null; then
	is "$(in_bash sta)" "start state stats" "bash: verbs"
	is "$(in_bash run --det)" "--detach" "bash: an option of a verb"
	is "$(in_bash --log-fo)" "--log-format" "bash: an option before the verb"
	is "$(in_bash --log x kill web)" "web1 web2" "bash: ids behind an option with a value"
	is "$(cd "$TESTDIR" && in_bash run --bundle b)" bin "bash: a folder as an option's value"
else
	skip bash "not installed"
fi

if command -v fish >/dev/null; then
	in_fish() { HOME=$TESTDIR XDG_CONFIG_HOME=$TESTDIR fish -c "source $C/mote.fish; complete -C '$*'" | cut -f1 | sort | tr '\n' ' '; }
	is "$(in_fish mote sta)" "start state stats " "fish: verbs"
	is "$(in_fish mote run --det)" "--detach " "fish: an option of a verb"
	is "$(in_fish mote kill web)" "web1 web2 " "fish: ids"
else
	skip fish "not installed"
fi

# zsh completes at a terminal alone: zpty is one.
if command -v zsh >/dev/null; then
	cat >"$TESTDIR/try.zsh" <<'X'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= ; fpath=($1 \$fpath); autoload -U compinit; compinit -u -d $2/dump; zstyle ':completion:*' list-colors no; unsetopt zle_bracketed_paste; setopt no_beep; bindkey '^I' list-choices; LISTMAX=500; print rea''dy"
while zpty -r z l; do [[ $l == *ready* ]] && break; done
zpty -w -n z "$3"$'\t'
sleep 1
zpty -w -n z $'\x15'"print zz''9"$'\n'
while zpty -r z l; do print -r -- $l; [[ $l == *zz9* && $l != *print* ]] && break; done
X
	in_zsh() { timeout 20 zsh -f "$TESTDIR/try.zsh" "$C" "$TESTDIR" "$1" 2>&1 | tr -d '\r' | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g'; }
	z=$(in_zsh 'mote sta')
	has "$z" "Lets the program of a created container run." "zsh: verbs with their sentences"
	has "$z" "stats" "zsh: all that fit"
	z=$(in_zsh 'mote run --')
	has "$z" "do not wait for the program" "zsh: options of a verb with their sentences"
	has "$(in_zsh 'mote kill ')" "web2" "zsh: ids"
else
	skip zsh "not installed"
fi
finish
