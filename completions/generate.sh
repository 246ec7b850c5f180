#!/usr/bin/env bash
# Writes the completions of every program from its option table: generate.sh BUILD OUT gives OUT/bash, OUT/zsh and OUT/fish.
# shellcheck disable=SC2016 # what is written is expanded later, by other shells
set -euo pipefail
export LC_ALL=C

build=$1 out=$2
head='completions/generate.sh made this from the option table; changes here are lost'

# Fields of one line of --dump-options are read with `IFS=$'\t' read`; absent ones are '-'.
dump() {
	"$build/$1" --dump-options
}

quote() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

# What an argument of this kind can be completed to: words, or @file, or nothing.
candidates() { # kind choices
	[[ $2 == - ]] || printf '%s' "${2//,/ }"
	case $1 in
	file) printf '@file' ;;
	now) printf 'live now' ;;
	zone) printf 'UTC' ;;
	esac
}

bash_file() { # program
	local short long argument kind choices words names=
	printf '# %s\n_%s() {\n' "$head" "${1//-/_}"
	cat <<-'EOT'
		local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} begun=
		# '=' is a word of its own in --option=value, unless COMP_WORDBREAKS lacks it.
		[[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
		[[ $word == = ]] && word=
		[[ $word == --*=* ]] && before=${word%%=*} begun=${word%%=*}= word=${word#*=}
		# The last item of a list.
		begun+=${word%"${word##*,}"} word=${word##*,}
		COMPREPLY=()
		case $before in
	EOT
	while IFS=$'\t' read -r short long argument kind choices _; do
		names+=" --$long"
		words=$(candidates "$kind" "$choices")
		[[ -n $words && $words != @file ]] || continue
		[[ $short == - ]] && short= || short="-$short | "
		printf -- '%s--%s)\n\tmapfile -t COMPREPLY < <(compgen -P "$begun" -W %s -- "$word")\n\treturn\n\t;;\n' "$short" "$long" "$(quote "$words")"
	done < <(dump "$1" | tail -n +2)
	printf 'esac\n'
	printf '[[ $word == -* ]] && mapfile -t COMPREPLY < <(compgen -W %s -- "$word")\n' "$(quote "${names# }")"
	printf 'return 0\n}\ncomplete -o bashdefault -o default -F _%s %s\n' "${1//-/_}" "$1"
}

bash_front() {
	printf '# %s\n' "$head"
	cat <<-EOT
		_twin() {
		local word=\${COMP_WORDS[COMP_CWORD]} name=\${COMP_WORDS[1]}
		COMPREPLY=()
		if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W '$(names) help --help --version' -- "\$word")
		elif [[ \$name == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W '$(pages)' -- "\$word")
		elif [[ \$name =~ ^[a-z0-9-]+\$ && -r \${BASH_SOURCE[0]%/*}/twin-\$name ]]; then
		# shellcheck source=/dev/null
		. "\${BASH_SOURCE[0]%/*}/twin-\$name"
		COMP_WORDS=("\${COMP_WORDS[@]:1}")
		((COMP_CWORD--))
		"_twin_\${name//-/_}"
		fi
		return 0
		}
		complete -o bashdefault -o default -F _twin twin
	EOT
}

zsh_escape() {
	local text=${1//\\/\\\\}
	text=${text//\[/\\[} text=${text//\]/\\]}
	printf '%s' "${text//:/\\:}"
}

zsh_file() { # program
	local short long argument kind choices help spec words
	printf '#compdef %s\n# %s\n_arguments -s -S \\\n' "$1" "$head"
	while IFS=$'\t' read -r short long argument kind choices help; do
		spec="[$(zsh_escape "$help")]"
		if [[ $kind != flag ]]; then
			words=$(candidates "$kind" "$choices")
			case $words in
			@file) words=_files ;;
			?*) [[ $kind == list ]] && words="_values -s , ${argument%%[^A-Z]*} $words" || words="($words)" ;;
			*) words=' ' ;;
			esac
			spec="=$spec:$(zsh_escape "$argument"):$words"
		fi
		local exclude="(-$short --$long)"
		[[ $short == - ]] && exclude=
		[[ $kind == list ]] && exclude='*'
		printf '\t%s \\\n' "$(quote "$exclude--$long$spec")"
		[[ $short == - ]] || printf '\t%s \\\n' "$(quote "$exclude-$short${spec/#=/+}")"
	done < <(dump "$1" | tail -n +2)
	printf "\t'*:file:_files'\n"
}

zsh_front() {
	printf '#compdef twin\n# %s\nlocal state line\n' "$head"
	cat <<-EOT
		_arguments -C '(-)--help[print the options]' '(-)--version[print the version]' \\
			'1:program:($(names) help)' '*::argument:->rest'
		if [[ \$state == rest && \$words[1] == help ]]; then
			_values page $(pages)
		elif [[ \$state == rest ]]; then
			words[1]=twin-\$words[1]
			_normal
		fi
	EOT
}

fish_file() { # program
	local short long argument kind choices help words
	printf '# %s\n' "$head"
	while IFS=$'\t' read -r short long argument kind choices help; do
		printf 'complete -c %s' "$1"
		[[ $short == - ]] || printf ' -s %s' "$short"
		printf ' -l %s' "$long"
		words=$(candidates "$kind" "$choices")
		case $words in
		@file) printf ' -r -F' ;;
		?*) printf ' -x -a %s' "$(fish_words "$words")" ;;
		*) [[ $kind == flag ]] || printf ' -x' ;;
		esac
		printf ' -d %s\n' "$(fish_quote "$help")"
	done < <(dump "$1" | tail -n +2)
}

# Each with an empty description: that of the option would stand at every word.
fish_words() {
	local word list=()
	for word in $1; do list+=("$word\\t''"); done
	printf '"%s"' "${list[*]}"
}

fish_quote() {
	local text=${1//\\/\\\\}
	printf "'%s'" "${text//\'/\\\'}"
}

fish_front() {
	local name summary
	printf '# %s\n' "$head"
	cat <<-'EOT'
		function __twin_rest
			set -l words (commandline -opc)
			complete -C "twin-"(string join ' ' -- (string escape -- $words[2..-1]))" "(commandline -ct)
		end
		complete -c twin -f
		complete -c twin -n 'test (count (commandline -opc)) -gt 1; and not contains -- help (commandline -opc)[2]' -a '(__twin_rest)'
		complete -c twin -n __fish_use_subcommand -a help -d 'open a page'
	EOT
	for name in $(names); do
		IFS=$'\t' read -r _ summary _ < <(dump "twin-$name")
		printf 'complete -c twin -n __fish_use_subcommand -a %s -d %s\n' "$name" "$(fish_quote "$summary")"
	done
	for name in $(pages); do
		printf "complete -c twin -n '__fish_seen_subcommand_from help' -a %s\n" "$name"
	done
}

programs=()
for path in "$build"/twin-*; do
	[[ -x $path && ! -d $path ]] && programs+=("${path##*/}")
done

names() {
	local list=("${programs[@]#twin-}")
	printf '%s' "${list[*]}"
}

# What 'twin help' opens.
pages() {
	local path list=()
	for path in "${BASH_SOURCE[0]%/*}"/../man/twin*.[157]; do
		path=${path##*/twin} path=${path%.[157]}
		list+=("${path#-}")
	done
	printf '%s\n' "${list[@]}" | sed 's/^$/twin/' | sort -u | paste -sd ' ' -
}

mkdir -p "$out/bash" "$out/zsh" "$out/fish"
rm -f "$out"/bash/twin* "$out"/zsh/_twin* "$out"/fish/twin*
bash_front >"$out/bash/twin"
zsh_front >"$out/zsh/_twin"
fish_front >"$out/fish/twin.fish"
for program in "${programs[@]}"; do
	bash_file "$program" >"$out/bash/$program"
	zsh_file "$program" >"$out/zsh/_$program"
	fish_file "$program" >"$out/fish/$program.fish"
done
