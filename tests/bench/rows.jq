# SPDX-License-Identifier: GPL-2.0-only
#
# What guests of $kernel printed, each line with a run before it, as objects: of each
# row the run whose ratio is the middle one, how far the runs are apart, and the ratio
# of times.  The program gives a dash for what is not there, and the reason for it takes
# the place of the other; beside what is there it is a note for the table.

def value: if . == "-" then null else tonumber end;
def rounded:
	if . == null then null
	else . as $x | pow(10; 3 - ([$x, 1e-9] | max | log10 | floor)) as $f | ($x * $f | round) / $f
	end;
def ratio: if .other then .procfd / .other else null end;
def measure: ratio // .procfd;

[split("\n")[] | split("\t") | select(.[1] == "row")
	| { run: .[0], row: .[2], procfd: (.[3] | value), other: (.[4] | value),
	    goal: (.[5] | value), note: .[6] }]
| . as $lines
| (map(select(.run == "time") | { key: .row, value: (ratio | rounded) }) | from_entries) as $time
| map(select(.run == "1").row)
| map(. as $row | $lines | map(select(.row == $row and .run != "time")) | sort_by(measure)
	| . as $runs | $runs[length / 2 | floor]
	| { row, kernel: $kernel, procfd, other: (.other // .note), ratio: (ratio | rounded), goal,
	    held: (if ratio and .goal then ratio <= .goal else null end), note,
	    spread: ((($runs[-1] | measure) - ($runs[0] | measure)) / measure), time: $time[$row] })[]
