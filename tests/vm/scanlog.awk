# SPDX-License-Identifier: GPL-2.0-only
#
# scanlog.awk BADLOG CONSOLE: lines of the kernel's log that match a pattern of
# BADLOG, each with what the guest was doing; context follows the first of them.
#
# Two kinds of the kernel's words are not about us:
#
# While tests make allocations fail (fault_*), it tells where its own did: no way
# of asking keeps it from that for those of vmalloc.  So the head of the stack that
# follows such a line is no fault, nor is a page fault that has to be tried again for
# want of memory; all else is.
#
# A data race (KCSAN) without a function of the module in either stack is the
# kernel's own.  How many these were goes to the file OTHERS.

# what the report has said so far is told, and what it says from here on
function tell_report() {
	doing_report = 0
	fault(report)
	printf "%s", report_rest
}

function fault(line) {
	if (doing != told)
		print "during " doing ":"
	told = doing
	print line
}

FNR == NR {
	if (!/^#/ && NF)
		bad = bad (bad == "" ? "" : "|") "(" $0 ")"
	next
}

{ sub(/\r$/, "") }
/procfd-vm: status/ { next }
/procfd-vm: / { doing = $0; sub(/.*procfd-vm: /, "", doing); next }
doing == "" { next }

# a report ends with a line of = signs; other words may be in between
/BUG: KCSAN: / {
	report = $0
	report_rest = ""
	doing_report = 1
	next
}
doing_report && /====================/ {
	doing_report = 0
	others++
	next
}
doing_report && /\[procfd\]/ {
	report_rest = report_rest $0 "\n"
	tell_report()
	context = 40
	next
}
doing_report && $0 !~ bad {
	report_rest = report_rest $0 "\n"
	next
}

doing ~ /^test fault_/ && /: vmalloc error: / { stacks++ }
stacks && /Call Trace/ { stacks--; next }
doing ~ /^test fault_/ && /VM_FAULT_OOM leaked out to the #PF handler/ { next }
$0 ~ bad {
	fault($0)
	context = 25
	next
}
context-- > 0

END {
	if (OTHERS != "" && others)
		print others >OTHERS
}
