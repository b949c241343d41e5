# SPDX-License-Identifier: GPL-2.0-only
#
# stale.awk CONSOLE: succeeds if the first oops of the guest is QEMU's own fault.
#
# A kernel that changes its code puts a breakpoint (cc) there for a moment. QEMU's
# emulation by several threads may go on with what it translated in that moment,
# and the kernel is then told of a breakpoint where it has none: the byte before
# the one in < > is the one that trapped.
#
# A kernel that has kprobes takes such a breakpoint for one that was just removed, and
# runs the instruction again, for ever: a processor that is stuck at a jump elsewhere, or
# at the long nop that stands in such places. At the beginning of a function there is such
# a nop, too, and who goes round in a loop may be seen there.

function is_elsewhere(i, rest) {
	rest = $(i + 1) " " $(i + 2) " " $(i + 3) " " $(i + 4)
	return $i == "<e9>" && rest != "fb ff ff ff" || $i == "<0f>" && rest == "1f 44 00 00"
}

/RIP: / {
	begins = /\+0x[04]\//
}
/int3: |Oops[: ]|BUG[: ]|general protection fault[,:]/ {
	locked = /BUG: soft lockup/
	if (!locked && !/int3: [0-9a-f]+ \[#1\]/)
		exit
	trapped = 1
}
trapped && /Code: / {
	for (i = 2; i <= NF; i++)
		if ($i ~ /^<..>$/)
			stale = locked ? is_elsewhere(i) && !begins : $(i - 1) != "cc"
	exit
}
END { exit !stale }
