/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How large a storm is, and how the children in it end. STORM in the environment, a
 * whole number, says the size of all of them (`make storms`); else each is as large
 * as a run of all tests can bear.
 */
#ifndef PROCFD_TESTS_STORMING_H
#define PROCFD_TESTS_STORMING_H

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "helpers.h"

static inline int storm_size(int usual)
{
	const char *size = getenv("STORM");

	return size && atoi(size) > 0 ? atoi(size) : fewer(usual);
}

/* A storm has all the time it takes, times DEADLINE_FACTOR. */
#define STORM_DEADLINE_S 300

static inline int storm_signal(int i)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGUSR2, SIGHUP };

	return i % 5 == 4 ? signals[i / 5 % 4] : 0;
}

/* The wait status of child @i, which no neighbour has. */
static inline int storm_status(int i)
{
	return storm_signal(i) ?: (i % 251) << 8;
}

/* In child @i: end so, some of them a moment later. */
static inline void storm_child(int i)
{
	if (i % 7 == 0)
		sched_yield();
	if (storm_signal(i))
		kill(getpid(), storm_signal(i));
	_exit(i % 251);
}

#endif
