// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO of processes that end, are reaped or exec at this very moment. */
#include <pthread.h>

#include "finding.h"

#define ROUNDS 250
#define LOOKERS 2

static pthread_barrier_t begin, end;
static pid_t round_pid;
static int round_procfd;
static int seen_alive, seen_zombie, seen_reaped;

#define OF_REAPED                                                 \
	(PROCFD_INFO_ID | PROCFD_INFO_STATE | PROCFD_INFO_START | \
	 PROCFD_INFO_EXIT)

static void judge(const struct procfd_info *info,
		  const struct procfd_info *first)
{
	EXPECT_EQ(info->id, first->id);
	EXPECT_EQ(info->start_ns, first->start_ns);
	if (info->mask & PROCFD_INFO_PIDS) {
		EXPECT_EQ(info->pid, round_pid);
		EXPECT_EQ(info->tgid, round_pid);
		EXPECT_EQ(info->ppid, getpid());
		EXPECT_EQ(info->pgid, getpgrp());
	} else {
		EXPECT_EQ(info->pid | info->tgid | info->ppid | info->pgid, 0);
		EXPECT_EQ(info->mask & ~OF_REAPED, 0ULL);
	}
	if (info->mask & PROCFD_INFO_EXIT)
		EXPECT_EQ(info->exit.wait_status, 5U << 8);
	if (info->mask & PROCFD_INFO_SCHED)
		EXPECT_EQ(info->exit_signal, SIGCHLD);
	if (info->mask & PROCFD_INFO_RSS)
		EXPECT_GT(info->vsize_bytes, 0ULL);
	else
		EXPECT_EQ(info->vsize_bytes | info->rss_bytes, 0ULL);
	if (info->mask & PROCFD_INFO_RSS)
		__atomic_add_fetch(&seen_alive, 1, __ATOMIC_RELAXED);
	if (info->state == 'Z')
		__atomic_add_fetch(&seen_zombie, 1, __ATOMIC_RELAXED);
}

/* Until it is reaped; what was reaped does not come back. */
static void look_until_reaped(int procfd)
{
	struct procfd_info first = info_of(procfd), info;

	do {
		ASSERT_OK(get_info(procfd, INFO_ALL, &info));
		judge(&info, &first);
	} while (!(info.flags & PROCFD_PROCESS_REAPED));
	EXPECT_EQ(info.mask, OF_REAPED);
	__atomic_add_fetch(&seen_reaped, 1, __ATOMIC_RELAXED);
}

static void *look_each_round(void *unused)
{
	for (int i = 0; i < fewer(ROUNDS); i++) {
		pthread_barrier_wait(&begin);
		look_until_reaped(round_procfd);
		pthread_barrier_wait(&end);
	}
	return NULL;
}

TEST_TIMEOUT(info_of_who_ends_and_is_reaped_meanwhile_is_never_of_two_states,
	     120)
{
	pthread_t lookers[LOOKERS];

	pthread_barrier_init(&begin, NULL, LOOKERS + 1);
	pthread_barrier_init(&end, NULL, LOOKERS + 1);
	for (int i = 0; i < LOOKERS; i++)
		pthread_create(&lookers[i], NULL, look_each_round, NULL);
	for (int i = 0; i < fewer(ROUNDS); i++) {
		struct gated_exit gated;

		round_pid = fork_gated(&gated, 5);
		round_procfd = procfd_of(round_pid);
		pthread_barrier_wait(&begin);
		gate_open(&gated.gate);
		reap(round_pid);
		pthread_barrier_wait(&end);
		close(round_procfd);
		gate_close(&gated.gate);
	}
	for (int i = 0; i < LOOKERS; i++)
		pthread_join(lookers[i], NULL);
	EXPECT_GT(seen_alive, 0);
	EXPECT_EQ(seen_reaped, LOOKERS * fewer(ROUNDS));
	test_note("alive %d, zombie %d", seen_alive, seen_zombie);
}

/* ---- exec by a thread that is not the leader ------------------------------------ */

#define EXECS 100

static int left(void)
{
	const char *value = getenv("PROCFD_EXECS_LEFT");

	return value ? atoi(value) : -1;
}

static void *exec_self(void *unused)
{
	char value[16];

	snprintf(value, sizeof(value), "%d", left() - 1);
	setenv("PROCFD_EXECS_LEFT", value, 1);
	execl("/proc/self/exe", "test_info_race", (char *)NULL);
	_exit(1);
}

/* The program begins here again after each exec, until it has done enough. */
__attribute__((constructor)) static void exec_until_none_left(void)
{
	pthread_t id;

	if (left() < 0)
		return;
	if (!left())
		_exit(5);
	if (pthread_create(&id, NULL, exec_self, NULL))
		_exit(1);
	for (;;)
		pause();
}

static void begin_to_exec(void *gate)
{
	char value[16];

	gate_wait(gate);
	snprintf(value, sizeof(value), "%d", fewer(EXECS));
	setenv("PROCFD_EXECS_LEFT", value, 1);
	exec_self(NULL);
}

/* Another mm, another sighand, another task: it is the same process. */
TEST_TIMEOUT(info_of_who_execs_in_a_thread_meanwhile_is_of_the_same_process,
	     120)
{
	struct gate gate = gate_make();
	pid_t pid = fork_child(begin_to_exec, &gate);
	int procfd = procfd_of(pid), looks = 0;
	struct procfd_info first = info_of(procfd), info;

	gate_open(&gate);
	do {
		ASSERT_OK(get_info(procfd, INFO_ALL, &info));
		EXPECT_EQ(info.mask & PROCFD_INFO_PIDS, PROCFD_INFO_PIDS);
		EXPECT_EQ(info.pid, pid);
		EXPECT_EQ(info.tgid, pid);
		EXPECT_EQ(info.ppid, getpid());
		EXPECT_EQ(info.id, first.id);
		EXPECT_EQ(info.ruid, 0U);
		EXPECT_EQ(info.flags & PROCFD_PROCESS_REAPED, 0U);
		looks++;
	} while (!(info.flags & PROCFD_PROCESS_ENDED));
	EXPECT_GT(looks, 1);
	expect_exit(procfd, 5);
	EXPECT_EQ(reap(pid), 5 << 8);
}
