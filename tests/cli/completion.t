#!/usr/bin/env bash
# Completion as the shells themselves do it: bash, and zsh where it is installed.
. tests/lib/tap.sh
"$REBOUND" completion bash >"$TMP/rebound.bash"
"$REBOUND" completion zsh >"$TMP/_rebound"
mkdir "$TMP/here"
touch "$TMP/here/orders one.csv" "$TMP/here/other.txt"

# complete_bash WORD...: what bash offers after these words, the last of which is unfinished; sorted, on one line.
complete_bash() {
    (cd "$TMP/here" && bash --norc -c '. "$0"; COMP_WORDS=(rebound "$@"); COMP_CWORD=$#; _rebound; printf "%s\n" "${COMPREPLY[@]}"' "$TMP/rebound.bash" "$@") |
        sort | paste -sd' '
}
commands=$("$REBOUND" help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' | sort | paste -sd' ')
is "$(complete_bash "")" "$commands" "bash: first comes a command, and all are offered"
is "$(complete_bash comp)" completion "bash: a command begun is finished"
is "$(complete_bash --db x.db comp)" completion "bash: also after a common option and its value"
is "$(complete_bash completion "")" "bash zsh" "bash: the actions of a command"
is "$(complete_bash completion z)" zsh "bash: an action begun"
is "$(complete_bash completion bash "")" "" "bash: nothing where nothing can come"
is "$(complete_bash help dem)" demo "bash: help knows the commands"
like " $(complete_bash demo --) " ' --customers --db --help --json --lang --now --out --seed --until ' "bash: a command's options and the common ones"
is "$(complete_bash demo --se)" --seed "bash: an option begun"
is "$(complete_bash demo --seed "")" "" "bash: a number is the person's to know"
is "$(complete_bash --db o)" "orders one.csv other.txt" "bash: a file where a file belongs, spaces and all"
is "$(complete_bash nonsense "")" "" "bash: an unknown command is left alone"
like "$(bash --norc -c ". '$TMP/rebound.bash'; complete -p rebound")" "-F _rebound rebound" "bash: sourcing the script registers it"
bash -n "$TMP/rebound.bash"
ok $? "bash: the script is well formed"

# Every declared option and action is in both scripts, as help tells them.
missing=
for c in $commands; do
    "$REBOUND" help "$c" >"$TMP/help"
    for o in $(sed -n 's/^  \(--[a-z-]*\) .*/\1/p' "$TMP/help"); do
        case " $(complete_bash "$c" "$o") " in *" $o "*) ;; *) missing="$missing $c$o" ;; esac
        grep -q -- "'$o\[" "$TMP/_rebound" || missing="$missing zsh:$c$o"
    done
done
is "$missing" "" "no option of help is missing from completion"

# zsh, driven through a pseudo-terminal as a person would.
complete_zsh() { # complete_zsh LINE: what zsh makes of the line after the tab key
    zsh -f -c '
        zmodload zsh/zpty || exit 9
        zpty z "cd $2 && PS1= TERM=dumb zsh -f -i"
        zpty -w z "fpath=($1 \$fpath); autoload -Uz compinit && compinit -u -D; stty -echo 2>/dev/null; print READY"
        while zpty -r z line; do [[ $line == *READY* && $line != *print* ]] && break; done
        zpty -w z "show() { print -r -- \"<\$BUFFER>\"; }; zle -N show; bindkey ^X show; print READY2"
        while zpty -r z line; do [[ $line == *READY2* && $line != *print* ]] && break; done
        zpty -n -w z "$3"$'"'\\t\\x18'"'
        while zpty -r z line; do [[ $line == *"<"*">"* ]] && { print -r -- "${${line##*<}%%>*}"; break; }; done
        zpty -d z' zsh "$TMP" "$TMP/here" "$1"
}
if command -v zsh >/dev/null && command -v timeout >/dev/null; then
    zsh -n "$TMP/_rebound"
    ok $? "zsh: the script is well formed"
    export TMP
    export -f complete_zsh
    like "$(timeout 120 bash -c 'complete_zsh "rebound comp"' | tr -d '\r')" '^rebound completion ?$' "zsh: a command begun is finished"
    like "$(timeout 120 bash -c 'complete_zsh "rebound demo --se"' | tr -d '\r')" '^rebound demo --seed ?$' "zsh: an option begun"
    like "$(timeout 120 bash -c 'complete_zsh "rebound completion z"' | tr -d '\r')" '^rebound completion zsh ?$' "zsh: an action begun"
else
    skip "zsh is not installed"
fi
exits 2 "no shell by that name" "$REBOUND" completion fish
like "$(cat "$TMP/err")" "bash or zsh" "and it says which there are"
tap_done
