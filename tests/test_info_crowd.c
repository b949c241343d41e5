// SPDX-License-Identifier: GPL-2.0-only
/* GET_INFO agrees with /proc for all processes there are, and for a crowd more. */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "likeproc.h"

TEST_TIMEOUT(info_of_every_process_of_the_machine_is_as_in_proc, 120)
{
	int dev = device(), count = 0, kthreads = 0;
	DIR *dir = opendir("/proc");

	for (struct dirent *entry; (entry = readdir(dir));) {
		struct looks looks = { 0 };
		pid_t pid = atoi(entry->d_name);
		char value[8];

		if (pid <= 0 || pid == getpid())
			continue;
		expect_like_proc_at_last(dev, pid, &looks);
		count++;
		kthreads += !proc_status(pid, "VmSize", value, sizeof(value));
	}
	closedir(dir);
	EXPECT_GT(count, 20);
	EXPECT_GT(kthreads, 10);
}

#define CROWD 200

static void ignore_signal(int signal)
{
}

/* Bits of its number say what it is. */
static void be_of_crowd(int i)
{
	struct sched_param param = { 1 + i % 98 };
	size_t size = (1 + i % 37) * PAGE;
	char name[16];

	snprintf(name, sizeof(name), "crowd %d", i);
	prctl(PR_SET_NAME, name);
	if (i & 1)
		memset(shared_memory(size), 1, size / 2);
	if (i & 2)
		setpgid(0, 0);
	if (i & 4)
		ASSERT_OK(setpriority(PRIO_PROCESS, 0, i % 40 - 20));
	if (i & 8)
		ASSERT_OK(sched_setscheduler(0, i & 16 ? SCHED_RR : SCHED_FIFO,
					     &param));
	if (i & 32)
		block_signal(1 + i % 8);
	if (i & 32)
		kill(getpid(), 1 + i % 8);
	if (i & 64)
		handle_signal(32 + 2 + i % 30, ignore_signal, 0);
	umask(i);
	if (i & 128)
		ASSERT_OK(setresuid(1000 + i, 1000 + 2 * i, 1000 + 3 * i));
}

struct crowd {
	struct gate told;
	int next;
};

static void run_in_crowd(void *arg)
{
	struct crowd *crowd = arg;

	be_of_crowd(crowd->next);
	prctl(PR_SET_DUMPABLE, 1);
	gate_open(&crowd->told);
	pause();
}

TEST_TIMEOUT(info_of_a_crowd_of_processes_is_as_in_proc, 120)
{
	struct crowd crowd = { .told = gate_make() };
	pid_t pids[CROWD];

	for (crowd.next = 0; crowd.next < CROWD; crowd.next++)
		pids[crowd.next] = fork_child(run_in_crowd, &crowd);
	for (int i = 0; i < CROWD; i++)
		gate_wait(&crowd.told);
	for (int i = 0; i < CROWD; i++) {
		wait_sleeping(pids[i]);
		expect_like_proc(pids[i]);
	}
	for (int i = 0; i < CROWD; i++)
		kill_and_reap(pids[i]);
}
