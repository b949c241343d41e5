/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How large a storm is. STORM in the environment, a whole number, says it for all
 * of them (`make storms`); else each is as large as a run of all tests can bear.
 */
#ifndef PROCFD_TESTS_STORMING_H
#define PROCFD_TESTS_STORMING_H

#include <stdlib.h>

#include "helpers.h"

static inline int storm_size(int usual)
{
	const char *size = getenv("STORM");

	return size && atoi(size) > 0 ? atoi(size) : fewer(usual);
}

/* A storm has all the time it takes, times DEADLINE_FACTOR. */
#define STORM_DEADLINE_S 300

#endif
