#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# That the rig reads its list of kernels right, and sees what is not what the
# list says, as KTAP.

. "$(dirname "$0")/../ktap.sh"
. "$(dirname "$0")/../vm/lib.sh"
. "$vm/arch.sh"

rig=$vm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# from here on the list is ours
vm=$work
cat >"$work/kernels" <<-'END'
	# name	set	suite	sources	release	options
	5.10	default	old	old,older	5\.10
	6.1	default	one	one		6\.1	usual,factor=4
	6.1-32	default	-	-		=6.1	bits=32
	6.1-cc	more	-	-		=6.1	cc=clang-1,tests=a+b
	6.1-arm	more	one	one		6\.1	arch=arm64
END

# is WANT COMMAND...
is()
{
	local want=$1 have

	shift
	have=$("$@" | xargs)
	[ "$have" = "$want" ] && return
	echo "$*: '$have', not '$want'"
	return 1
}

reads_options()
{
	is 4 kernel_option 6.1 factor && is '' kernel_option 6.1 usual && is '' kernel_option 5.10 factor &&
		is clang-1 kernel_option 6.1-cc cc && is a+b kernel_option 6.1-cc tests && is 32 kernel_option 6.1-32 bits
}

knows_whose_kernel_it_is()
{
	is 6.1 kernel_base 6.1-32 && is 6.1 kernel_base 6.1 && is 6.1 usual_kernel &&
		is '5.10 6.1 6.1-32' kernels_in default
}

# machine ARCH: what its guest is booted with, and how it is plugged together
machine()
{
	machine_of "$1" && echo "$qemu $console_tty $port"
}

knows_whose_programs_it_runs()
{
	is "$build" programs_of 6.1 && is "$build" programs_of 6.1-cc && is "$build/32bit" programs_of 6.1-32 &&
		is "$build/arm64" programs_of 6.1-arm
}

knows_architectures()
{
	is arm64 kernel_option 6.1-arm arch && is aarch64-linux-gnu triplet_of arm64 &&
		is 'qemu-system-x86_64 ttyS0 ttyS1' machine '' &&
		is 'qemu-system-aarch64 ttyAMA0 ttyS0' machine arm64 &&
		! ( triplet_of vax ) 2>/dev/null && ! ( machine_of vax ) 2>/dev/null
}

# object NAME COMMENT...: an object that says who made it
object()
{
	local name=$1 words

	shift
	for words in "$@"; do
		echo "__asm__(\".ident \\\"$words\\\"\");"
	done | gcc -fno-ident -x c -c -o "$work/objects/$name.o" -
}

sees_who_compiled()
{
	mkdir "$work/objects"
	object good 'Debian clang version 14.0.6'
	is '' not_by_clang "$work/objects" || return
	object bad 'GCC: (Debian 12.2.0) 12.2.0'
	is "$work/objects/bad.o" not_by_clang "$work/objects" || return
	object bad 'Debian clang version 14.0.6' 'GCC: (Debian 12.2.0) 12.2.0'
	is "$work/objects/bad.o" not_by_clang "$work/objects" || return
	object bad
	is "$work/objects/bad.o" not_by_clang "$work/objects"
}

# oops TRAP BYTE: what a guest's console has of it
oops()
{
	cat >"$work/console" <<-END
		[    1.0] procfd-vm: load
		[    1.1] $1
		[    1.1] RIP: 0010:sched_clock_cpu+0x9/0x230
		[    1.1] Code: 24 e9 79 fe $2 <90> e8 e1 16 ec
		[    1.2] Oops: int3: 0000 [#2] SMP NOPTI
		[    1.2] Code: 24 e9 79 fe 66 <90> e8 e1 16 ec
	END
}

is_stale()
{
	oops "$1" "$2" && awk -f "$rig/stale.awk" "$work/console"
}

tells_the_emulators_fault()
{
	is_stale 'Oops: int3: 0000 [#1] SMP NOPTI' 66 && is_stale 'int3: 0000 [#1] SMP NOPTI' 0f
}

takes_no_other_oops_for_it()
{
	! is_stale 'Oops: int3: 0000 [#1] SMP NOPTI' cc && ! is_stale 'Oops: 0002 [#1] SMP NOPTI' 66 &&
		! is_stale 'BUG: unable to handle page fault for address: 0000' 66 &&
		! is_stale 'general protection fault: 0000 [#1]' 66 &&
		echo '[    1.0] procfd-vm: load' >"$work/console" && ! awk -f "$rig/stale.awk" "$work/console"
}

# is_stuck CODE [RIP]: of a processor that is, from the byte on that is in < >
is_stuck()
{
	cat >"$work/console" <<-END
		[    1.0] procfd-vm: load
		[   26.1] rcu: INFO: rcu_sched self-detected stall on CPU
		[   26.1] Code: 0f 85 41 04 00 00 <f3> 90 eb fc
		[   27.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [test:850]
		[   27.1] RIP: 0010:${2:-do_exit+0x33e/0xab0}
		[   27.1] Code: 0f 85 41 04 00 00 $1 48 89 df
	END
	awk -f "$rig/stale.awk" "$work/console"
}

tells_who_is_stuck_where_nobody_can_be()
{
	is_stuck '<e9> 8f 01 00 00' && is_stuck '<0f> 1f 44 00 00' && ! is_stuck '<e9> fb ff ff ff' &&
		! is_stuck '<f3> 90 eb fc 90' && ! is_stuck '<0f> 1f 40 00 90' &&
		! is_stuck '<0f> 1f 44 00 00' do_exit+0x0/0xab0 && ! is_stuck '<0f> 1f 44 00 00' do_exit+0x4/0xab0
}

plan 8
check "options of a line" reads_options
check "whose kernel a line is, and what is usual" knows_whose_kernel_it_is
check "whose programs a guest runs" knows_whose_programs_it_runs
check "what an architecture is called, and one that is not known" knows_architectures
check "an object that another compiler made" sees_who_compiled
check "an oops of the emulator's" tells_the_emulators_fault
check "an oops that is none of the emulator's" takes_no_other_oops_for_it
check "a processor that is stuck by the emulator's fault" tells_who_is_stuck_where_nobody_can_be
ktap_exit
