// SPDX-License-Identifier: GPL-2.0-only
/*
 * LIST: neighbours in one call that differ in every way, each as GET_INFO tells of it
 * alone: nothing in a record is left of the one that was filled in before it.
 */
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

#include "listing.h"

#define MASK (~(uint64_t)(PROCFD_INFO_EXIT | PROCFD_INFO_NAMESPACES))
#define ROUNDS 12

static int ready[2];

/* The byte is what fork_that_sleeps() waits for. */
static void tell_and_sleep(void)
{
	ASSERT_EQ(write(ready[1], "", 1), 1);
	for (;;)
		pause();
}

static void nothing(int signal)
{
	(void)signal;
}

static void sleep_with_a_long_name(void *arg)
{
	(void)arg;
	ASSERT_OK(prctl(PR_SET_NAME, "fifteen letters"));
	tell_and_sleep();
}

static void sleep_without_a_name(void *arg)
{
	(void)arg;
	ASSERT_OK(prctl(PR_SET_NAME, ""));
	tell_and_sleep();
}

static void sleep_with_signals(void *arg)
{
	sigset_t set;

	(void)arg;
	ASSERT_OK(prctl(PR_SET_NAME, "signals"));
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int signal = SIGRTMIN; signal <= SIGRTMAX; signal++)
		sigaction(signal, &(struct sigaction){ .sa_handler = nothing },
			  NULL);
	sigaction(SIGHUP, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	raise(SIGUSR1);
	tell_and_sleep();
}

static void sleep_in_a_session(void *arg)
{
	(void)arg;
	ASSERT_OK(setsid());
	umask(0123);
	tell_and_sleep();
}

static pid_t fork_zombie(void)
{
	pid_t pid = fork_exit(3);

	wait_zombie(pid);
	return pid;
}

static pid_t fork_that_sleeps(void (*run)(void *))
{
	pid_t pid = fork_child(run, NULL);
	char byte;

	ASSERT_EQ(read(ready[0], &byte, 1), 1);
	wait_sleeping(pid);
	return pid;
}

static pid_t fork_traced(void)
{
	pid_t pid = fork_that_sleeps(sleep_with_a_long_name);

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	return pid;
}

static pid_t fork_kind(int kind)
{
	switch (kind % 6) {
	case 0: return fork_that_sleeps(sleep_with_signals);
	case 1: return fork_that_sleeps(sleep_without_a_name);
	case 2: return fork_traced();
	case 3: return fork_zombie();
	case 4: return fork_that_sleeps(sleep_in_a_session);
	default: return fork_that_sleeps(sleep_with_a_long_name);
	}
}

TEST(list_tells_of_siblings_that_differ_as_get_info_tells_of_each)
{
	struct listing list = listing_make(LIST_MAX);
	pid_t pids[2 * ROUNDS];
	struct procfd_info info;

	ASSERT_OK(pipe(ready));
	/* each kind stands before and behind each other one once */
	for (int i = 0; i < 2 * ROUNDS; i++)
		pids[i] = fork_kind(i < ROUNDS ? i : 5 * i + i / 6);
	list.arg.flags = PROCFD_LIST_CHILDREN;
	list.arg.parent_fd = procfd_of(getpid());
	list.arg.mask = MASK;
	list_all(&list);
	EXPECT_EQ(list.count, 2 * ROUNDS);
	for (int i = 0; i < list.count; i++) {
		ASSERT_OK(get_info(procfd_of(list.infos[i].pid), MASK, &info));
		if (!EXPECT_MEMEQ(&list.infos[i], &info, sizeof(info)))
			test_note("record %d, %.16s", i, info.comm);
	}
	for (int i = 0; i < 2 * ROUNDS; i++)
		kill_and_reap(pids[i]);
}
