# SPDX-License-Identifier: GPL-2.0-only
#
# scanlog.awk BADLOG CONSOLE: lines of the kernel's log that match a pattern of
# BADLOG, each with what the guest was doing; context follows the first of them.
#
# While tests make allocations fail (fault_*), the kernel tells where its own did:
# no way of asking keeps it from that for those of vmalloc.  So the head of the
# stack that follows such a line is no fault; all else is.

FNR == NR {
	if (!/^#/ && NF)
		bad = bad (bad == "" ? "" : "|") "(" $0 ")"
	next
}

{ sub(/\r$/, "") }
/procfd-vm: status/ { next }
/procfd-vm: / { doing = $0; sub(/.*procfd-vm: /, "", doing); next }
doing == "" { next }
doing ~ /^test fault_/ && /: vmalloc error: / { stacks++ }
stacks && /Call Trace/ { stacks--; next }
$0 ~ bad {
	if (doing != told)
		print "during " doing ":"
	told = doing
	context = 25
}
context-- > 0
