/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that come and go as fast as they can, their numbers used again and
 * again, and between these some that stay.
 */
#ifndef PROCFD_TESTS_PIDSTORM_H
#define PROCFD_TESTS_PIDSTORM_H

#include <sys/prctl.h>

#include "finding.h"
#include "storming.h"

#define KEPT 40
#define KEPT_UID 4711
#define STORMERS 3

/* Few enough that every number is used often, more than are ever there at once. */
#define PID_MAX "1500"

struct storm {
	int stop;
	unsigned long births;
	struct gate ready;
	pid_t keeper; /* the parent of those that stay, and of many others */
	pid_t kept[KEPT];
	pid_t stormers[STORMERS];
};

/* A child that ends at once, or after it had a child of its own. */
static inline void bear_one(struct storm *storm)
{
	pid_t pid = fork();

	if (!pid) {
		if (getpid() % 2 && !fork())
			_exit(0);
		_exit(0);
	}
	if (pid > 0)
		__atomic_add_fetch(&storm->births, 1, __ATOMIC_SEQ_CST);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static inline void bear_until_stop(void *arg)
{
	struct storm *storm = arg;

	/* orphans come to us, as somebody has to reap them */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (!__atomic_load_n(&storm->stop, __ATOMIC_SEQ_CST))
		bear_one(storm);
}

static inline pid_t fork_kept(void)
{
	pid_t pid = ASSERT_OK(fork());

	if (pid)
		return pid;
	if (setresuid(KEPT_UID, KEPT_UID, KEPT_UID))
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* Those that stay have numbers all over the range. */
static inline void be_keeper(void *arg)
{
	struct storm *storm = arg;
	char value[32];

	for (int i = 0; i < KEPT; i++) {
		storm->kept[i] = fork_kept();
		for (int other = 0; other < fewer(20); other++)
			bear_one(storm);
	}
	for (int i = 0; i < KEPT; i++)
		ASSERT_SOON(atoi(proc_status(storm->kept[i], "Uid", value,
					     32)) == KEPT_UID);
	gate_open(&storm->ready);
	bear_until_stop(storm);
	for (int i = 0; i < KEPT; i++)
		kill(storm->kept[i], SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static inline struct storm *storm_begin(void)
{
	struct storm *storm = shared_memory(sizeof(*storm));

	storm->ready = gate_make();
	storm->keeper = fork_child(be_keeper, storm);
	gate_wait(&storm->ready);
	for (int i = 0; i < STORMERS; i++)
		storm->stormers[i] = fork_child(bear_until_stop, storm);
	return storm;
}

static inline void storm_end(struct storm *storm)
{
	__atomic_store_n(&storm->stop, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < STORMERS; i++)
		test_follow(reap(storm->stormers[i]));
	test_follow(reap(storm->keeper));
}

/* Look so often at least, and until a storm of so many has been born meanwhile. */
static inline bool storm_goes_on(struct storm *storm, int *looks, int least,
				 int births)
{
	return (*looks)++ < fewer(least) ||
	       __atomic_load_n(&storm->births, __ATOMIC_SEQ_CST) <
		       (unsigned long)storm_size(births);
}

/* With so few numbers that they are used again. */
static inline void with_few_numbers(void (*run)(void *))
{
	with_pid_max(PID_MAX, run, NULL);
}

#endif
