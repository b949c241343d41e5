# SPDX-License-Identifier: GPL-2.0-only
#
# From lines "part NUMBER ROW WAY CALLS", and then, in the order of addresses,
# "ADDRESS s FUNCTION" and "ADDRESS t PART COUNT": a table for each row. Parts of one way
# of a row are tries of the same: the lowest of them counts.

$1 == "part" { row[$2] = $3; way[$2] = $4; calls[$2] = $5; next }
$2 == "s" { now = $3 " " $4; next }
{
	what = $1 == "0000000000000001" ? "(programs)" : now
	count[$3, what] += $4
	sum[$3] += $4
	names[what] = 1
}

function lowest_parts(part) {
	for (part in sum) {
		key = row[part] SUBSEP way[part]
		rows[row[part]] = 1
		if (!(key in best) || sum[part] < sum[best[key]])
			best[key] = part
	}
}

function per_call(part, value) {
	return part == "" ? 0 : value / calls[part]
}

function print_row(name, ours, theirs, what, sorter, a, b) {
	ours = best[name, "procfd"]
	theirs = best[name, "other"]
	printf "\n%-46s %10s %10s %10s\n", name, "procfd", "other", "more"
	a = per_call(ours, sum[ours])
	b = per_call(theirs, sum[theirs])
	printf "%-46s %10.1f %10.1f %+10.1f\n", "all", a, b, a - b
	fflush()
	sorter = "LC_ALL=C sort -s -k1,1nr | head -n " lines " | cut -d' ' -f2-"
	for (what in names) {
		a = per_call(ours, count[ours, what])
		b = per_call(theirs, count[theirs, what])
		if (a - b >= 0.05 || b - a >= 0.05)
			printf "%f %-46s %10.1f %10.1f %+10.1f\n", (a > b ? a - b : b - a), what, a, b, a - b | sorter
	}
	close(sorter)
}

END {
	lowest_parts()
	for (name in rows)
		print_row(name)
}
