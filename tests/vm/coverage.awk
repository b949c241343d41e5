# SPDX-License-Identifier: GPL-2.0-only
#
# From a disassembly of the module, with relocations: for each function the places that
# were reached, the places there are, its name. A place is a call of the function that
# is called in each; reached are the last five digits of addresses in the kernel, one a
# line, in the file that the variable reached names, and the module's .text, which is
# less than a megabyte, begins at base.

function number(text,    i, value)
{
	for (i = 1; i <= length(text); i++)
		value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return value
}

# the last five digits
function low(text)
{
	return number(substr("0000" text, length(text)))
}

BEGIN {
	start = low(base)
	while ((getline line <reached) > 0)
		seen[(low(line) - start + 1048576) % 1048576] = 1
}

/^[0-9a-f]+ <.*>:$/ {
	name = substr($2, 2, length($2) - 3)
	next
}

# the address that is told is that behind the call
after {
	address = $1
	sub(/:$/, "", address)
	all[name]++
	got[name] += number(address) in seen
	after = 0
}

/R_X86_64_.*procfd_cover_pc/ { after = 1 }

END {
	for (name in all)
		print got[name] + 0, all[name], name
}
