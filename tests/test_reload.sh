#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The unique id of a process is the same after the module was loaded again.

# shellcheck source=tests/ktap.sh
. "$(dirname "$0")/ktap.sh"

identity=$(dirname "$0")/test_identity
case=identity_id_of_init_is_as_the_environment_tells

id_of_init()
{
	"$identity" -v "$case" | sed -n 's/.*id of init: \([0-9]*\).*/\1/p'
}

same()
{
	PROCFD_ID_OF_INIT=$1 "$identity" "$case"
}

another()
{
	! same "$1" >/dev/null
}

plan 3
id=$(id_of_init)
check "init has an id" test "${id:-0}" -gt 0
# shellcheck disable=SC2119 # without parameters
module_load
check "init has the same id after a reload" same "$id"
check "an id that is one more is another" another "$((id + 1))"
ktap_exit
