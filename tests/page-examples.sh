#!/usr/bin/env bash
# Runs the examples of a manual page in the current folder and compares what they print: page-examples.sh PAGE
#
# In the section EXAMPLES, a literal block (.Bd -literal ... .Ed) with lines that begin with `$ ` is a session: those lines are
# commands (continued on lines that begin with `> `), and what follows each is all it prints, on both outputs. A line `...`
# stands for any lines. Variables, files and `$?` live on from one command to the next, over all blocks of the page.
set -uo pipefail

page=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Writes NNN.command and NNN.want; prints how many.
take_apart() {
	awk -v work="$work" '
		function plain(text) {
			gsub(/\\&/, "", text)
			gsub(/\\-/, "-", text)
			gsub(/\\\(aq/, "\047", text)
			gsub(/\\\(dq/, "\"", text)
			gsub(/\\\(ga/, "`", text)
			gsub(/\\\(ha/, "^", text)
			gsub(/\\\(ti/, "~", text)
			gsub(/\\\(bs/, "\\", text)
			gsub(/\\e/, "\\", text)
			return text
		}
		/^\.Sh / { section = $2 }
		/^\.Bd -literal/ { inside = section == "EXAMPLES"; prompt = 0; next }
		/^\.Ed/ { inside = 0; next }
		!inside { next }
		{ line = plain($0) }
		line ~ /^\$ / {
			name = sprintf("%s/%03d", work, ++count)
			printf "" >(name ".want")
			print substr(line, 3) >(name ".command")
			prompt = 1
			next
		}
		prompt == 1 && line ~ /^> / { print substr(line, 3) >(name ".command"); next }
		prompt { prompt = 2; print line >(name ".want") }
		END { print count + 0 }
	' "$page"
}

# Every byte but letters and digits is escaped, so that only `...` matches more than itself.
pattern_of() {
	sed -e 's/[^[:alnum:]]/\\&/g' -e 's/^\\\.\\\.\\\.$/.../' "$1" | while IFS= read -r line; do
		if [[ $line == ... ]]; then printf '*'; else printf '%s\n' "$line"; fi
	done
	printf x # keeps final newlines, here and below
}

matches() { # want got
	local pattern text
	pattern=$(pattern_of "$1")
	text=$(cat "$2" && printf x)
	# shellcheck disable=SC2053 # a pattern is meant
	[[ $text == $pattern ]]
}

count=$(take_apart)
status=0
for example in "$work"/*.command; do
	[[ -e $example ]] || break
	command=$(<"$example")
	(exit "$status")
	eval "$command" >"${example%.command}.got" 2>&1 </dev/null
	status=$?
done

failed=0
for example in "$work"/*.command; do
	[[ -e $example ]] || break
	matches "${example%.command}.want" "${example%.command}.got" && continue
	failed=1
	printf '%s: this does not print what the page says:\n$ %s\n' "${page##*/}" "$(<"$example")"
	diff -u --label page "${example%.command}.want" --label program "${example%.command}.got"
done
printf '%s: %d examples\n' "${page##*/}" "$count"
exit "$failed"
