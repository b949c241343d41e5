// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runners signal, trace and kill whom they find: each arena is a pid namespace,
 * so they find nobody else, and its death is one more thing to get right.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

static pid_t runners[MAX_RUNNERS];

static void runner_start(int number, uint64_t seed, bool as_user)
{
	pid_t pid = fork();

	if (pid) {
		runners[number] = pid;
		return;
	}
	signal(SIGCHLD, SIG_DFL);
	if (as_user && (setgid(1000) || setuid(1000)))
		_exit(1);
	/* A task that changed its ids is not for itself to debug; it has to be. */
	prctl(PR_SET_DUMPABLE, 1);
	runner(number, seed);
}

/* Whoever dies is replaced, until the time is over. */
static void arena_init(uint64_t seed, int seconds, bool as_user)
{
	time_t end = time(NULL) + seconds;
	pid_t pid;

	mount("none", "/proc", NULL, MS_PRIVATE, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	for (int i = 0; i < MAX_RUNNERS; i++)
		runner_start(i, ++seed, as_user);
	while (time(NULL) < end && !shared->stop) {
		while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
			for (int i = 0; i < MAX_RUNNERS; i++)
				if (runners[i] == pid)
					runner_start(i, ++seed, as_user);
		usleep(5000);
	}
	_exit(0);
}

/* An init that its own runners trace and stop cannot end itself. */
static void arena_keep(pid_t init, int seconds)
{
	time_t late = time(NULL) + seconds + 4;

	while (waitpid(init, NULL, WNOHANG) == 0) {
		if (time(NULL) >= late)
			kill(init, SIGKILL);
		usleep(20000);
	}
}

void arena(uint64_t seed, int seconds, bool as_user)
{
	pid_t keeper = fork(), pid;

	if (!keeper) {
		if (unshare(CLONE_NEWPID | CLONE_NEWNS))
			_exit(1);
		pid = fork();
		if (!pid)
			arena_init(seed, seconds, as_user);
		arena_keep(pid, seconds);
		_exit(0);
	}
	while (waitpid(keeper, NULL, 0) != keeper)
		;
}
