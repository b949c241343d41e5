# SPDX-License-Identifier: GPL-2.0-only
#
# longest.awk CONSOLE: the tests that took longest, in seconds of the guest.

match($0, /procfd-vm: /) {
	now = $0
	sub(/^\[ */, "", now)
	now += 0
	if (doing != "")
		spent[doing] += now - since
	doing = substr($0, RSTART + RLENGTH)
	sub(/\r$/, "", doing)
	sub(/^test /, "", doing)
	since = now
}

END {
	for (shown = 0; shown < 6; shown++) {
		most = ""
		for (name in spent)
			if (most == "" || spent[name] > spent[most])
				most = name
		if (most == "")
			break
		list = list (shown ? ", " : "") most " " sprintf("%.0f", spent[most])
		delete spent[most]
	}
	print list
}
