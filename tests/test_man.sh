#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The examples of the manual pages print what the pages say. tests/man/examples has
# taken them out of the pages, and tests/vm/programs has compiled them.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

examples=$(cd "$(dirname "$0")" && pwd)/man
work=$(mktemp -d)

# of PAGE: a program, or what is typed in a shell
run()
{
	if [ -f "$examples/$1.sh" ]; then
		sh "$examples/$1.sh"
	else
		"$examples/$1"
	fi
}

prints_what_it_says()
{
	run "$1" >"$work/out" 2>"$work/err" || {
		echo "exit status $?"
		cat "$work/out" "$work/err"
		return 1
	}
	diff -u "$examples/$1.out" "$work/out"
}

cd "$work" || exit 1
set -- "$examples"/*.out
[ -f "$1" ] || { echo "1..0 # no examples"; exit 1; }
plan $(($# + 1))
for page in "$@"; do
	page=$(basename "$page" .out)
	check "$page" prints_what_it_says "$page"
done
check "the module is as the other tests expect it" module_load
cd / && rm -rf "$work"
ktap_exit
