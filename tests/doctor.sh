# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For tests/test_ctl_doctor*.sh: each thing that keeps procfd from working is done
# there, and has to be told, with a step. Where the step is a command that this guest
# has, it is typed, and then the doctor is content. What cannot be undone until the next
# boot (lockdown, kernel.modules_disabled and the command line of the kernel) is mounted
# over.
#
# Scripts in quotes are for another shell, numbers need no quotes, and a point runs in
# a shell of its own:
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2076,SC2086,SC2154,SC3010

# shellcheck source=tests/ctl.sh
. "$(dirname "$0")/ctl.sh"

release=$(uname -r)
modules=/lib/modules/$release
file=$modules/extra/procfd.ko
# the same in a pattern, where + is special
linux=$(echo "$release" | tr + .)
path=$(echo "$file" | tr + .)
lib=/lib/modules/$linux

# undo COMMANDS: when this point ends, the last ones first
undo()
{
	undoing="$1${undoing:+; $undoing}"
	# shellcheck disable=SC2064 # now
	trap "$undoing" EXIT
}

# type_step SUBJECT: what the doctor says of that subject is to type
type_step()
{
	some_line "$printed" "^[a-z]+ +$1 .*: type '.*'\$" || {
		echo "no step about $1 in:"
		show
		return 1
	}
	step=${line##*: type \'}
	[ -n "$step" ] && eval "${step%\'}"
}

# problem SUBJECT PATTERN: found, and the exit status says so
problem()
{
	ctl 1 doctor && prints "^problem +$1 +$2"
}

# note SUBJECT PATTERN: found, and it is no problem
note()
{
	ctl 0 doctor && lacks '^problem' && prints "^note +$1 +$2"
}

content()
{
	ctl 0 doctor && lacks '^problem'
}

# over FILE TEXT: it says so until the end of this point
over()
{
	printf '%s\n' "$2" >"$work/over" && mount --bind "$work/over" "$1" &&
		undo "umount $1"
}

# not_here REASON
not_here()
{
	echo "$1"
	exit 77
}

# without the module, which comes back when all such points have been
unloaded()
{
	module_unload
}

# without its file, too
uninstalled()
{
	unloaded && mv "$file" "$work/kept.ko" && undo "mv $work/kept.ko $file"
}

# doctor_points NAME...: run_points, and the module is there again
doctor_points()
{
	trap '[ -d /sys/module/procfd ] || module_load' EXIT
	run_points "$@"
}
