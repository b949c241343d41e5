# SPDX-License-Identifier: GPL-2.0-only
#
# tally.awk FILE.tap...: count the points of TAP files. Prints lines
#
#	count PASSED FAILED SKIPPED
#	skip PROGRAM POINT REASON
#	fail PROGRAM POINT	and below it, with a tab, its diagnostics

function program(file) {
	sub(/.*\//, "", file)
	sub(/(\.[0-9]+)?\.tap$/, "", file)
	return file
}

function fail(point, text) {
	failed++
	print "fail " name " " point
	printf "%s", (text != "" ? text : notes)
	notes = ""
}

# after a file: the plan, and the status with which the program ended
function finish() {
	if (plan == "")
		fail("-", "\tit has no plan\n" notes)
	else if (plan != points)
		fail("-", "\tplanned " plan ", saw " points ", ended with status " status "\n" notes)
	else if (plan == 0 && !skipped_all)
		fail("-", "\tit has no test\n" notes)
	else if (status == "none" || (status != 0) != bad)
		fail("-", "\tit ended with status " status "\n" notes)
}

FNR == 1 {
	if (name != "")
		finish()
	name = program(FILENAME)
	plan = notes = ""
	points = bad = skipped_all = 0
	status = "none"
}
/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	if (plan == 0 && /# SKIP/) {
		skipped_all = 1
		skipped++
		print "skip " name " - " substr($0, index($0, "# SKIP") + 7)
	}
	next
}
/^# exit status / { status = $4; next }
/^ok / || /^not ok / {
	points++
	point = $0
	sub(/^(not )?ok +[0-9]* *(- )?/, "", point)
}
/^not ok / { bad = 1; fail(point); next }
/^ok .*# SKIP/ {
	skipped++
	reason = substr($0, index($0, "# SKIP") + 7)
	sub(/ *# SKIP.*/, "", point)
	print "skip " name " " point " " reason
	notes = ""
	next
}
/^ok / { passed++; notes = ""; next }
/^KTAP|^TAP version/ { next }
{ sub(/^# ?/, ""); notes = notes "\t" $0 "\n" }
END {
	if (name != "")
		finish()
	print "count " passed + 0 " " failed + 0 " " skipped + 0
}
