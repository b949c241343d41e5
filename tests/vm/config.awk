# SPDX-License-Identifier: GPL-2.0-only
#
# config.awk OTHER BASE: the configuration BASE with the lines of OTHER in place of
# its own for the same options; OPTION=n in OTHER takes it out.

{ option = $0; sub(/=.*/, "", option) }

FNR == NR {
	if (/^CONFIG_/) {
		other[option] = $0
		order[++count] = option
	}
	next
}

!(option in other)

END {
	for (i = 1; i <= count; i++)
		if (other[order[i]] !~ /=n$/)
			print other[order[i]]
}
