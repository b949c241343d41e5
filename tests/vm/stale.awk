# SPDX-License-Identifier: GPL-2.0-only
#
# stale.awk CONSOLE: succeeds if the first oops of the guest is QEMU's own fault.
#
# A kernel that changes its code puts a breakpoint (cc) there for a moment. QEMU's
# emulation by several threads may go on with what it translated in that moment,
# and the kernel is then told of a breakpoint where it has none: the byte before
# the one in < > is the one that trapped.

/int3: |Oops[: ]|BUG[: ]|general protection fault[,:]/ {
	if (!/int3: [0-9a-f]+ \[#1\]/)
		exit
	trapped = 1
}
trapped && /Code: / {
	for (i = 2; i <= NF; i++)
		if ($i ~ /^<..>$/)
			stale = $(i - 1) != "cc"
	exit
}
END { exit !stale }
