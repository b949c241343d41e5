#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the shells complete is what procfdctl takes, as KTAP.

. "$(dirname "$0")/../ktap.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

fresh_copy()
{
	rm -rf "${copy:?}"/*
	cp -R "$top/userspace/ctl" "$top/userspace/completion" "$copy/"
}

generate()
{
	"$copy/completion/generate" "$1"
}

# refuses TEXT FILE EXPRESSION: after this sed nothing is generated, and it tells why
refuses()
{
	local output

	fresh_copy
	sed -i "$3" "$copy/ctl/$2"
	output=$(generate bash 2>&1) && { echo "it does not mind '$3'"; return 1; }
	grep -qF -- "$1" <<<"$output" || { echo "no '$1' in: $output"; return 1; }
}

# completed WORD...: what bash makes of the last one
completed()
{
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_procfdctl
	echo "${COMPREPLY[*]}"
}

# completes WANTED WORD...
completes()
{
	local wanted=$1 got

	shift
	got=$(completed "$@")
	[ "$got" = "$wanted" ] || { echo "'$*': '$got', not '$wanted'"; return 1; }
}

# all options that the command's own table has, and the commands of --help
all_options()
{
	local file command options

	for file in "$top"/userspace/ctl/*.c; do
		command=$(sed -n '/^const struct command command_/,/^};/s/^\t\.name = "\(.*\)",/\1/p' "$file")
		[ "$(wc -w <<<"$command")" = 1 ] || continue
		options=$(sed -n '/struct option .*options\[\]/,/^};/s/^\t{ "\([a-z-]*\)".*/--\1/p' "$file" | sort)
		completed procfdctl "$command" -- | tr ' ' '\n' | grep -e '^--' | sort | diff - <(echo "$options") ||
			return
	done
}

told_by_all()
{
	generate fish >"$copy/fish" && generate zsh >"$copy/zsh" || return
	grep -q "from kill' -s n -l name -x -d 'all processes" "$copy/fish" &&
		grep -q "'(-n --name)'{-n+,--name=}'\[all processes" "$copy/zsh"
}

plan 17
fresh_copy
check "is generated for bash" generate bash
# shellcheck source=/dev/null
. <(generate bash)
check "fish and zsh have the same" told_by_all
check "every option" all_options
check "a command" completes "tree" procfdctl tr
check "an option" completes "--threads" procfdctl ps --th
check "a value of its kind" completes "SIGTERM" procfdctl kill --signal SIGTE
check "a process" completes "$$" procfdctl wait $$
check "a process of an option" completes "$$" procfdctl ps --parent $$
check "a column" completes "rss rssize" procfdctl ps -o rs
check "a further column" completes "pid,rss pid,rssize" procfdctl ps -o pid,rs
check "a column beside the usual ones" completes "+rss +rssize" procfdctl ps -o +rs
check "the command to run" completes "told_by_all" procfdctl run --timeout 3 told_by_
check "the same after --" completes "told_by_all" procfdctl run --verbose -- told_by_
check "no options of ours behind it" completes "" procfdctl run ls --autore
check "refuses an option that --help does not tell" refuses 'wait.c: --new is known only' wait.c \
	's/^\t{ "any", .*/&\n\t{ "new", no_argument, NULL, 0 },/'
check "refuses an option that is not there" refuses 'wait.c: --new is told only' wait.c \
	's/^\(.*\)"  -a, --any /\1"  -n, --new   new\\n"\n&/'
check "refuses a command that is not in the list" refuses 'a command is missing' procfdctl.c \
	's/&command_wait, *//'
ktap_exit
