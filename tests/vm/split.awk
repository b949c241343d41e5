# SPDX-License-Identifier: GPL-2.0-only
#
# The guest's results: TAP of each test program to DIR/NAME.tap, with a last
# line "# exit status N" ("none" if it did not end), and what the guest itself
# says to DIR/said.

function put_end(status) {
	print "# exit status " status >out
	close(out)
	out = ""
}

{ sub(/\r$/, "") }
/^@ begin / { out = DIR "/" $3 (times[$3]++ ? "." times[$3] : "") ".tap"; printf "" >out; next }
/^@ end / && out != "" { put_end($4); next }
/^@ / { print substr($0, 3) >(DIR "/said"); last = $2; next }
out != "" && NF { print >out }
out == "" && last == "kmemleak" && NF { print >(DIR "/kmemleak") }
END {
	if (out != "")
		put_end("none")
	if (last == "")
		printf "" >(DIR "/said")
}
