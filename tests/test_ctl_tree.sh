#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# procfdctl tree: who is whose child, and that it looks as it should.
#
# Numbers and lists of them need no quotes, and what helpers set is used here:
# shellcheck disable=SC2086,SC2154

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

draws_a_tree()
{
	with_sleepers draws_the_sleepers
}

draws_the_sleepers()
{
	ctl 0 tree --no-header $parent &&
		is "$parent  root  sh
$first  root  |- sleep
$second  root  |- sleep
$third  root  \`- sleep" &&
		ctl 0 tree --no-header -o nice -a $parent && prints '^ *[0-9]+  sh -c sleep 1001' &&
		prints '  `- sleep 1003$' &&
		ctl 0 tree --no-header $third $parent $first $parent && has_lines -eq 4 &&
		ctl 0 tree -o pid --json $parent &&
		is "{\"pid\":$parent,\"comm\":\"sh\",\"children\":[$(leaf $first),$(leaf $second),$(leaf $third)]}"
}

leaf()
{
	printf '{"pid":%d,"comm":"sleep","children":[]}' "$1"
}

draws_with_boxes_in_utf8()
{
	with_sleepers draws_boxes
}

draws_boxes()
{
	LC_ALL=C.UTF-8 ctl 0 tree --no-header -o pid $parent &&
		is "$parent  sh
$first  ├─ sleep
$second  ├─ sleep
$third  └─ sleep"
}

draws_the_levels()
{
	sh -c 'sh -c "sleep 1001 & sleep 1002; :" & sleep 1003; :' &
	parent=$!
	soon deep_enough
	ctl 0 tree --no-header -o nice $parent && is '0  sh
0  |- sh
0  |  |- sleep
0  |  `- sleep
0  `- sleep'
	result=$?
	kill $all
	wait $parent
	return $result
}

# all are asleep; $all of them
deep_enough()
{
	children_of $parent
	all="$parent $children"
	set -- $children
	[ $# = 2 ] && comm_is sleep $2 && children_of $1 || return
	all="$all $children"
	set -- $children
	[ $# = 2 ] && comm_is sleep $1 && comm_is sleep $2
}

draws_all_processes()
{
	ctl 0 tree -o pid --no-header && prints '^ *1  init$' && prints '^ *2  kthreadd$' &&
		has_lines -gt 20 && ctl 0 tree -k -o pid --no-header && lacks kthreadd &&
		ctl 1 tree 999999 && fails 'process 999999: it is not there' &&
		ctl 2 tree -o comm && fails 'the names are in the tree' &&
		ctl 2 tree 12x && fails "'12x' is not the number"
}

keeps_strange_names_off_the_terminal()
{
	named "$(printf 'busybox\033[1m')"
	ctl 0 tree $pid --no-header && prints ' busybox\?\[1m$'
	result=$?
	kill $pid
	return $result
}

[ $# -gt 0 ] || set -- draws_a_tree draws_with_boxes_in_utf8 draws_the_levels draws_all_processes \
	keeps_strange_names_off_the_terminal
run_points "$@"
