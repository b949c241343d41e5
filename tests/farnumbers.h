/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes with high numbers, behind a wide gap in which nobody has one. */
#ifndef PROCFD_TESTS_FARNUMBERS_H
#define PROCFD_TESTS_FARNUMBERS_H

#include "finding.h"

#define PID_MAX_HIGHEST "4194304"

/* More numbers than a call of LIST looks at are below the first of them. */
#define FAR_FIRST 4000000
#define FAR_COUNT 200
#define FAR_UID 4712

/* A sleeping child with this number; the others' user is root. */
static inline void fork_far_one(pid_t number, bool is_last)
{
	struct gate told = gate_make();
	pid_t pid = fork_with_number(number);

	if (!pid) {
		if (is_last && setresuid(FAR_UID, FAR_UID, FAR_UID))
			_exit(1);
		gate_open(&told);
		for (;;)
			pause();
	}
	ASSERT_EQ(pid, number);
	gate_wait(&told);
	gate_close(&told);
}

/* Run it while FAR_COUNT processes have numbers from FAR_FIRST on. */
static inline void run_with_far(void *run_)
{
	void (**run)(void) = run_;

	for (int i = 0; i < FAR_COUNT; i++)
		fork_far_one(FAR_FIRST + i, i == FAR_COUNT - 1);
	(*run)();
	for (int i = 0; i < FAR_COUNT; i++)
		kill_and_reap(FAR_FIRST + i);
}

static inline void with_far_numbers(void (*run)(void))
{
	with_pid_max(PID_MAX_HIGHEST, run_with_far, &run);
}

#endif
