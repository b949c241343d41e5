#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# That the rig's judge finds what is wrong with a guest: each point takes the
# results and the console of a good one, spoils one thing, and looks at the count.

. "$(dirname "$0")/../ktap.sh"

vm=$(cd "$(dirname "$0")/../vm" && pwd)
BUILD=$(mktemp -d)
export BUILD
trap 'rm -rf "$BUILD"' EXIT

good_results()
{
	cat <<-END

		@ load ok

		@ begin open
		KTAP version 1
		1..2
		ok 1 opens
		ok 2 reads # SKIP no block device

		@ end open 0

		@ unload ok

		@ done
	END
}

good_console()
{
	cat <<-END
		[    0.1] WARNING: this is before our time
		[    1.0] procfd-vm: load
		[    1.1] procfd: loading out-of-tree module taints kernel.
		[    1.2] procfd: module verification failed: signature and/or required key missing
		[    1.3] procfd-vm: test open
		[    1.4] test_open[20]: segfault at 0 ip 0 sp 0 error 4
		[    1.4] traps: test_open[21] general protection fault ip:401000 sp:7ff error:0
		[    1.5] procfd-vm: end of tests
		[    1.6] procfd-vm: unload
		[    1.7] procfd-vm: done
	END
}

# judged RESULTS-FILTER CONSOLE-FILTER: sed scripts that spoil the good ones
judged()
{
	rm -rf "$BUILD/6.1"
	mkdir -p "$BUILD/6.1"
	good_results | sed "$1" >"$BUILD/6.1/results"
	good_console | sed "$2" >"$BUILD/6.1/console"
	"$vm/judge" "$BUILD/6.1"
	"$vm/tally" 6.1 >"$BUILD/out" 2>&1
}

# finds COUNT TEXT RESULTS-FILTER [CONSOLE-FILTER]
finds()
{
	judged "$3" "${4-}" && { echo "the judge found nothing:"; cat "$BUILD/out"; return 1; }
	grep -qF -- "$2" "$BUILD/out" && [ "$(tail -n 1 "$BUILD/out")" = "$1" ] || {
		echo "no '$2' or no last line '$1' in:"
		cat "$BUILD/out"
		return 1
	}
}

is_good()
{
	judged '' '' && [ "$(tail -n 1 "$BUILD/out")" = "6 passed, 0 failed, 1 skipped" ] || {
		cat "$BUILD/out"
		return 1
	}
}

# more names of programs than one write to a pipe takes
is_good_with_many()
{
	local i

	judged '' ''
	for i in $(seq 2000); do
		printf '@ begin open%s\nKTAP version 1\n1..1\nok 1 opens\n\n@ end open%s 0\n\n' "$i" "$i"
	done >>"$BUILD/6.1/results"
	printf '@ done\n' >>"$BUILD/6.1/results"
	"$vm/judge" "$BUILD/6.1"
	"$vm/tally" 6.1 >"$BUILD/out" 2>&1 || :
	[ "$(tail -n 1 "$BUILD/out")" = "2006 passed, 0 failed, 1 skipped" ] || {
		tail -n 5 "$BUILD/out"
		return 1
	}
}

is_hung()
{
	# shellcheck disable=SC2016 # sed's $
	finds "$1" "got to 'test open'" '/^@ end/,$d' '/end of tests/,$d' &&
		grep -q 'open: -' "$BUILD/out" && grep -q 'ended with status none' "$BUILD/out"
}

finds_nothing_at_all()
{
	rm -rf "$BUILD/6.1"
	mkdir -p "$BUILD/6.1"
	"$vm/judge" "$BUILD/6.1"
	! "$vm/tally" 6.1 >"$BUILD/out" 2>&1 && grep -q 'no test ran' "$BUILD/out"
}

# bad_lines: each must be found by itself
bad_lines()
{
	while read -r line; do
		finds '5 passed, 1 failed, 1 skipped' "$line" '' \
			"/end of tests/i [    1.5] $line" || return 1
	done <<-'END'
		WARNING: CPU: 0 PID: 1 at kernel/fork.c:1 f+0x0/0x1
		BUG: sleeping function called from invalid context at mm/slab.h:1
		BUG: unable to handle page fault for address: 00000000
		BUG: KASAN: slab-use-after-free in f+0x1/0x2
		Oops: 0000 [#1] PREEMPT SMP NOPTI
		general protection fault, probably for non-canonical address 0x1: 0000 [#1]
		UBSAN: shift-out-of-bounds in a.c:1:2
		WARNING: possible recursive locking detected
		WARNING: suspicious RCU usage
		INFO: task test_open:20 blocked for more than 30 seconds.
		rcu: INFO: rcu_preempt self-detected stall on CPU
		watchdog: BUG: soft lockup - CPU 0 stuck for 22s!
		kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
		refcount_t: underflow; use-after-free.
		Call Trace:
		Call trace:
		Internal error: Oops: 0000000096000044 [#1] SMP
		Internal error: Oops - BRK: 00000000f2000004 [#1] SMP
		Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
		procfd: 2 objects leaked
	END
}

vmalloc_error='[    1.5] test[20]: vmalloc error: size 4096, mode:0xdc0'

# while allocations are made to fail the kernel tells where, with a stack
allows_stacks_of_failures()
{
	judged '' "s/test open/test fault_open/
		/end of tests/i $vmalloc_error\\n[    1.5] Call Trace:"
}

oom_in_a_page_fault='[    1.5] Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF'

allows_page_faults_without_memory()
{
	judged '' "s/test open/test fault_open/
		/end of tests/i $oom_in_a_page_fault"
}

finds_them_elsewhere()
{
	finds '5 passed, 1 failed, 1 skipped' 'VM_FAULT_OOM' '' "/end of tests/i $oom_in_a_page_fault"
}

finds_other_stacks()
{
	finds '5 passed, 1 failed, 1 skipped' 'Call Trace' '' \
		"s/test open/test fault_open/
		/end of tests/i $vmalloc_error\\n[    1.5] Call Trace:\\n[    1.5] Call Trace:" &&
		finds '5 passed, 1 failed, 1 skipped' 'Call Trace' '' \
			"/end of tests/i $vmalloc_error\\n[    1.5] Call Trace:"
}

# race FRAME: sed's lines of a report, FRAME in the second stack
race()
{
	printf '%s' "/end of tests/i [    1.5] ==================================================================\\n" \
		'[    1.5] BUG: KCSAN: data-race in f / g\n[    1.5] \n' \
		'[    1.5] write to 0xffff of 8 bytes by task 1 on cpu 0:\n[    1.5]  f+0x1/0x2\n' \
		'[    1.5] \n[    1.5] read to 0xffff of 8 bytes by task 2 on cpu 1:\n' \
		"[    1.5]  $1\\n" '[    1.5] Reported by Kernel Concurrency Sanitizer on:\n' \
		'[    1.5] =================================================================='
}

leaves_out_races_of_others()
{
	judged '' "$(race 'g+0x1/0x2')" &&
		[ "$(tail -n 1 "$BUILD/out")" = "6 passed, 0 failed, 2 skipped" ] &&
		grep -q '1 reports without a function of procfd' "$BUILD/out"
}

finds_other_faults_in_a_race()
{
	finds '5 passed, 1 failed, 2 skipped' 'BUG: sleeping' '' \
		"$(race 'g+0x1/0x2\n[    1.5] BUG: sleeping function called')"
}

# of a debug kernel: what else its guest says
is_good_on_debug()
{
	judged 's/^@ unload ok/&\n@ kmemleak\n@ lockdep 1/' '' &&
		[ "$(tail -n 1 "$BUILD/out")" = "8 passed, 0 failed, 1 skipped" ]
}

# shows LINE RESULTS-FILTER: with results that are good ones
shows()
{
	judged "$2" '' && grep -qx -- "$1" "$BUILD/out" || { cat "$BUILD/out"; return 1; }
}

tells_features()
{
	shows '6.1  *6  *0  *1  all 2' 's/^@ load ok/&\n@ features +clone +reap/' &&
		shows '6.1  *6  *0  *1  1 of 3, not clone pidfd' \
			's/^@ load ok/&\n@ features -clone +reap -pidfd/' &&
		shows '   features: clone reap pidfd' 's/^@ load ok/&\n@ features -clone +reap -pidfd/' &&
		shows '6.1  *6  *0  *1' ''
}

# the end of what it says: what failed stands right above the count
ends_with_failures()
{
	finds '5 passed, 1 failed, 1 skipped' '   FAILED on 6.1: open opens' "$1" &&
		tail -n 3 "$BUILD/out" | head -n 2 | tr '\n' '|' |
			grep -qxF '   FAILED on 6.1: open opens|      it was shut|'
}

# the same skip on two kernels is one line
joins_skips()
{
	judged '' '' && cp -r "$BUILD/6.1" "$BUILD/7.3" && "$vm/tally" 6.1 7.3 >"$BUILD/out" 2>&1 &&
		[ "$(grep skipped: "$BUILD/out")" = "   skipped: open reads no block device (6.1 7.3)" ]
}

plan 32
check "a good guest is good, a log from before our time too" is_good
check "a missing verdict" finds '5 passed, 1 failed, 1 skipped' 'no verdict' '/^@ done/d'
check "a verdict that is not the last word" finds '5 passed, 1 failed, 1 skipped' 'no verdict' \
	'$ { p; s/.*/@ load ok/ }'
check "each bad line of the kernel's log" bad_lines
check "the log's fault is told with its test" finds '5 passed, 1 failed, 1 skipped' \
	'during test open:' '' '/segfault/i [    1.4] WARNING: at a.c'
check "stacks of allocations that a test made fail" allows_stacks_of_failures
check "page faults that a test left without memory" allows_page_faults_without_memory
check "such page faults at another time" finds_them_elsewhere
check "other stacks beside those" finds_other_stacks
check "a data race of the module's" finds '5 passed, 1 failed, 1 skipped' 'g+0x1/0x2 [procfd]' '' \
	"$(race 'g+0x1/0x2 [procfd]')"
check "data races without the module are left out, and counted" leaves_out_races_of_others
check "other faults in the middle of a data race" finds_other_faults_in_a_race
check "a point that failed" finds '5 passed, 1 failed, 1 skipped' 'TESTS=open:opens' \
	's/^ok 1 opens/not ok 1 opens/; s/end open 0/end open 1/'
check "what failed, at the end" ends_with_failures \
	's/^ok 1 opens/# it was shut\nnot ok 1 opens/; s/end open 0/end open 1/'
check "what two kernels skip, once" joins_skips
check "fewer points than planned" finds '6 passed, 1 failed, 1 skipped' 'planned 3, saw 2' \
	's/^1\.\.2/1..3/'
check "no plan" finds '6 passed, 1 failed, 1 skipped' 'no plan' '/^1\.\.2/d'
check "a program without a test" finds '5 passed, 1 failed, 0 skipped' 'no test' \
	'/^ok/d; s/^1\.\.2/1..0/'
check "a bad exit of a program whose points are good" finds '6 passed, 1 failed, 1 skipped' \
	'ended with status 139' 's/end open 0/end open 139/'
check "a guest that hung, and in which test" is_hung '4 passed, 3 failed, 1 skipped'
check "very many programs" is_good_with_many
check "zero tests" finds '4 passed, 1 failed, 0 skipped' 'no test ran' '/^@ begin/,/^@ end/d'
check "a guest that said nothing" finds_nothing_at_all
check "a test that is not there" finds '5 passed, 1 failed, 1 skipped' 'there is no test wait' \
	's/^@ unload ok/@ missing wait\n&/'
check "a module that does not load" finds '5 passed, 1 failed, 1 skipped' 'Invalid argument' \
	's/^@ load ok/@ load failed: Invalid argument/'
check "a module that does not unload" finds '5 passed, 1 failed, 1 skipped' 'in use' \
	's/^@ unload ok/@ unload failed: in use/'
check "programs of another kind than the kernel's line asks for" finds '5 passed, 1 failed, 1 skipped' \
	'have 32 bits, not 64' 's/^@ unload ok/@ bits 32\n&/'
check "what each kernel gives" tells_features
check "a program that was run twice" finds '6 passed, 1 failed, 1 skipped' 'TESTS=open:opens' \
	's/^@ begin open$/&\nKTAP version 1\n1..1\nnot ok 1 opens\n\n@ end open 1\n\n&/'
check "a good guest of a debug kernel is good" is_good_on_debug
check "lost memory" finds '6 passed, 1 failed, 1 skipped' 'unreferenced object 0x1' \
	's/^@ unload ok/@ kmemleak\n  unreferenced object 0x1 (size 8):\n&\n@ kmemleak/'
check "locks that are not watched any more" finds '6 passed, 1 failed, 1 skipped' 'turned itself off' \
	's/^@ unload ok/&\n@ lockdep 0/'
ktap_exit
