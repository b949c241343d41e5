#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl ps and tree beside what people use: on a system where nothing happens
# they say what /proc and busybox's own ps say, of everyone.
#
# Numbers and lists of them need no quotes, and what helpers set is used here:
# shellcheck disable=SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

# ---- /proc ------------------------------------------------------------------------------

# rows of /proc/PID/stat, in $rows: pid, ppid, pgid, sid, state, nice, priority, vsize
# and the name; a state that changes from look to look is a dot
rows_of_proc()
{
	rows=
	for stat in /proc/[0-9]*/stat; do
		read -r line <$stat || continue
		name=${line#*"("}
		name=${name%")"*}
		pid=${line%%" "*}
		set -- ${line##*") "}
		rows=$rows"$pid $2 $3 $4 ${17} ${16} ${18} $name$newline"
	done 2>/dev/null
}

# not the one that looks. Of threads of the kernel /proc has names that are longer than
# names are, of workers also with what they work at
compared()
{
	sed '/^$/d; / procfdctl$/d; s| kworker/.*| kworker|; s| \([^ ]\{15\}\)[^ ]*$| \1|'
}

# looks COMMAND...: it is true at one of twenty looks, as something may happen all the same
looks()
{
	for look in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		"$@" && return
	done
	echo "not at $look looks"
	return 1
}

# rows_of_ps: the same rows, as $printed has them, with single spaces
rows_of_ps()
{
	rows=
	set -f
	IFS=$newline
	for line in $printed; do
		unset IFS
		set -- $line
		row="$1 $2 $3 $4 $5 $6 $7"
		shift 7
		rows="$rows$row $*$newline"
		IFS=$newline
	done
	unset IFS
	set +f
}

# /proc is looked at before and after: who is the same there both times has to be so in
# between, and once; others may come and go, as a kernel's workers do
agrees_with_proc()
{
	rows_of_proc
	echo "$rows" | compared >"$work/before"
	ctl 0 ps --no-header -o pid,ppid,pgid,sid,nice,priority,threads,comm || return
	rows_of_proc
	echo "$rows" | compared >"$work/after"
	rows_of_ps
	echo "$rows" | compared >"$work/ps"
	awk 'FILENAME == ARGV[1] { before[$0]; next }
		FILENAME == ARGV[2] { if ($0 in before) same[$1] = $0; next }
		!($1 in same) { next }
		$0 == same[$1] && !seen[$1]++ { next }
		{ print "ps: " $0 ", /proc: " same[$1]; wrong = 1 }
		END {
			for (pid in same) {
				if (!(pid in seen))
					print "not in ps: " same[pid]
				wrong += !(pid in seen)
			}
			exit wrong
		}' "$work/before" "$work/after" "$work/ps" >"$work/differences" &&
		grep -q "^$sleeping .* 3 23 1 sleep$" "$work/ps"
}

# one of them is nice
ps_says_what_proc_says_of_everyone()
{
	sleeper
	renice -n 3 -p $pid
	sleeping=$pid
	looks agrees_with_proc
	result=$?
	kill $sleeping
	[ $result = 0 ] || cat "$work/differences"
	return $result
}

# ---- other commands -----------------------------------------------------------------------

# the numbers and users of everyone but those who look
agrees_with_busybox()
{
	busybox ps -o pid,ppid,pgid,user,comm >"$work/busybox"
	printed=$(sed '1d; / ps$/d; / busybox$/d; s| kworker/.*| kworker|' "$work/busybox")
	words
	theirs=$words
	ctl 0 ps --no-header -o pid,ppid,pgid,user,comm || return
	printed=$(echo "$printed" | sed '/ procfdctl$/d; s| kworker/.*| kworker|')
	words
	[ "$theirs" = "$words" ]
}

ps_says_what_busybox_says()
{
	looks agrees_with_busybox && return
	printf '%s\n' "$theirs" "$words"
	return 1
}

# the tree has everyone once, each below its parent
tree_has_everyone_once()
{
	looks tree_agrees_with_ps
}

tree_agrees_with_ps()
{
	ctl 0 tree --no-header -o pid,ppid || return
	tree=$(echo "$printed" | sed 's/[^0-9 ].*//' | sort -n | sed '$d')
	ctl 0 ps --no-header -o pid,ppid
	printed=$(echo "$printed" | sed '$d')
	words
	ps=$words
	printed=$tree
	words_are "$ps"
}

# ---- all of them ----------------------------------------------------------------------------

[ $# -gt 0 ] || set -- ps_says_what_proc_says_of_everyone ps_says_what_busybox_says \
	tree_has_everyone_once
run_points "$@"
