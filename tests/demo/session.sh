#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A session with real processes, one scene for each thing that a process fd can
# do and a number cannot. Run as root where the module is loaded, with procfdctl
# in PATH and the programs of this directory beside it. A scene that does not
# come out as promised makes the session fail.
#
#	PACE=SECONDS	pause between the steps, default 1; 0 for none

PATH=$PATH:$(cd "$(dirname "$0")" && pwd)
pace=${PACE:-1}
work=$(mktemp -d)
out=$work/out
scenes=0
broken=0

trap 'rm -rf "$work"' EXIT

pause()
{
	[ "$pace" = 0 ] || sleep "$pace"
}

scene()
{
	scenes=$((scenes + 1))
	scene_failed=
	printf '\n%s\n' "== $scenes. $* =="
	pause
}

# show COMMAND...: the command as typed, then what it prints, which $out keeps
show()
{
	echo "\$ $*"
	pause
	"$@" >"$out" 2>&1
	status=$?
	sed 's/^/  /' "$out"
	return $status
}

# start COMMAND...: in the background; its first line is $out
start()
{
	echo "\$ $* &"
	mkfifo "$work/fifo"
	"$@" >"$work/fifo" 2>&1 &
	head -n 1 "$work/fifo" >"$out"
	rm "$work/fifo"
	sed 's/^/  /' "$out"
	pause
}

# hold PID: a procfdctl that waits for it in the background, and has it by now
hold()
{
	echo "\$ procfdctl wait --timeout 30 $1 &"
	procfdctl wait --timeout 30 "$1" >"$work/end" 2>&1 &
	holder=$!
	tries=0
	# shellcheck disable=SC2010 # names of fds are numbers
	until ls -l "/proc/$holder/fd" 2>/dev/null | grep -qF '[procfd]' || [ $tries = 1000 ]; do
		tries=$((tries + 1))
		sleep 0.01
	done
	pause
}

# held: what the holder had to say at the end
held()
{
	wait "$holder"
	mv "$work/end" "$out"
	sed 's/^/  /' "$out"
}

# promise COMMAND...: the scene is about this being true
promise()
{
	"$@" >/dev/null 2>&1 || {
		echo "!! not as promised: $*"
		scene_failed=yes
	}
}

says()
{
	grep -qF -- "$1" "$out"
}

meaning()
{
	[ -z "$scene_failed" ] || broken=$((broken + 1))
	[ -n "$scene_failed" ] || echo "=> $*"
	pause
}

# ---- the scenes ----------------------------------------------------------------

scene "What this kernel can give"
show procfdctl status
promise [ $? = 0 ]
show procfdctl features
promise says "next_child"
meaning "the module runs on an unmodified $(uname -r)"

scene "How did that daemon end? It is not our child"
start parent
read -r parent daemon <"$out"
show witness "$daemon" "$parent"
promise [ $? = 0 ]
promise says "still a zombie: exited with status 3"
promise says "reaped by its parent: exited with status 3"
promise says "its number means nobody any more"
meaning "whoever holds the fd can read the exit record, before and after reaping"

scene "A helper that the program around it never notices"
show innocent plain
promise says "children found by wait(-1): 1"
show innocent autoreap
promise says "SIGCHLD: 0, children found by wait(-1): 0"
promise says "exited with status 5"
meaning "an autoreap child raises no SIGCHLD, and no wait(-1) can steal it"

scene "A number is recycled: who gets the signal?"
show reuse
promise [ $? = 0 ]
promise says "signal by procfd: No such process"
promise says "the successor is alive"
promise says "the successor is dead: Terminated"
meaning "the number hit a stranger, the procfd never can"

scene "Hand the right to know over a socket"
show handover
promise [ $? = 0 ]
promise says "sent by user 0, and closed"
promise says "received by user 65534: killed by SIGTERM"
meaning "any process that is given the fd can tell how the other one ended"

scene "The supervisor crashes, and its worker goes with it"
start supervisor
read -r supervisor worker <"$out"
promise kill -0 "$worker"
hold "$worker"
show kill -SEGV "$supervisor"
held
promise says "$worker (supervisor): killed by SIGKILL"
meaning "kill-on-close needs no code that runs after the crash"

scene "Children of code that knows nothing of this"
show nextchild
promise says "fork(): process"
promise says "exited with status 11"
promise says "exited with status 12"
promise says "exited with status 13"
meaning "the next child of a thread is held before it runs, whoever makes it"

scene "From the shell: any process, no race"
sleep 1000 &
show procfdctl info "$!"
promise says "alive"
show procfdctl kill -TERM --wait --timeout 10 --name sleep
promise says "killed by SIGTERM"
show procfdctl run --timeout 0.5 -- sleep 100
promise [ $? = 124 ]
meaning "procfdctl waits for, signals and runs processes by fd"

echo
if [ $broken = 0 ]; then
	echo "All $scenes scenes came out as promised."
else
	echo "$broken of $scenes scenes did not come out as promised."
	exit 1
fi
