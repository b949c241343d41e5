#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The module parameters hidepid and hidepid_gid: test_hidden expects what they say.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

hidden=$(dirname "$0")/test_hidden
gid=4242

# at VALUE [GID]: one point for each
at()
{
	if ! module_load hidepid="$1" ${2:+hidepid_gid="$2"}; then
		fail "hidepid=$1${2:+ hidepid_gid=$2}"
		return
	fi
	check "hidepid=$1${2:+ hidepid_gid=$2}" \
		env PROCFD_EXPECT_HIDEPID="$1" ${2:+PROCFD_HIDEPID_GID="$2"} "$hidden"
}

refused()
{
	! module_load hidepid="$1" 2>/dev/null
}

plan 10
for value in 0 1 2 4; do
	at "$value"
	at "$value" "$gid"
done
check "hidepid=3 is no value of it" refused 3
module_load
check "without it nothing is hidden" "$hidden"
ktap_exit
