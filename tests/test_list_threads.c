// SPDX-License-Identifier: GPL-2.0-only
/* LIST of threads: what a record tells is the thread's own. */
#include <inttypes.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "listing.h"
#include "procinfo.h"

#define SLEEPS 30

struct worker {
	struct gate told, leave;
	pid_t tid;
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct rusage usage;

	prctl(PR_SET_NAME, "worker");
	block_signal(SIGUSR2);
	ASSERT_OK(setpriority(PRIO_PROCESS, gettid(), 9));
	/* a sleep may be over before it begins */
	do {
		usleep(1000);
		getrusage(RUSAGE_THREAD, &usage);
	} while (usage.ru_nvcsw < SLEEPS);
	memset(shared_memory(64 * PAGE), 1, 64 * PAGE);
	worker->tid = gettid();
	syscall(SYS_tgkill, getpid(), gettid(), SIGUSR2);
	gate_open(&worker->told);
	gate_wait(&worker->leave);
	return NULL;
}

/* The record of this thread. */
static struct procfd_info record_of(pid_t tid)
{
	struct listing list = listing_make(LIST_MAX);
	struct procfd_info found = { 0 };

	list.arg.flags = PROCFD_LIST_THREADS;
	list.arg.mask = INFO_ALL;
	list_all(&list);
	EXPECT_EQ(times_listed(&list, tid), 1);
	for (int i = 0; i < list.count; i++)
		if (list.infos[i].pid == tid)
			found = list.infos[i];
	munmap(list.infos, LIST_MAX * sizeof(found));
	close(list.dev);
	return found;
}

static uint64_t task_number(pid_t tid, const char *field, int base)
{
	char name[64], text[8192];

	snprintf(name, sizeof(name), "task/%d/status", tid);
	ASSERT_TRUE(read_proc_file(getpid(), name, text, sizeof(text)));
	return status_number(text, field, base);
}

static uint64_t task_faults(pid_t tid)
{
	char name[64], text[1024];
	uint64_t faults = 0;

	snprintf(name, sizeof(name), "task/%d/stat", tid);
	ASSERT_TRUE(read_proc_file(getpid(), name, text, sizeof(text)));
	ASSERT_EQ(sscanf(strrchr(text, ')') + 2,
			 "%*c %*d %*d %*d %*d %*d %*u %" SCNu64, &faults),
		  1);
	return faults;
}

TEST(list_record_of_a_thread_is_the_threads_own)
{
	struct worker worker = { gate_make(), gate_make(), 0 };
	struct procfd_info thread, leader;
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, work, &worker), 0);
	gate_wait(&worker.told);
	/* it is to be seen asleep a moment before it switches */
	ASSERT_SOON(record_of(worker.tid).nvcsw ==
		    task_number(worker.tid, "voluntary_ctxt_switches", 10));
	ASSERT_SOON(record_of(worker.tid).state == 'S');
	thread = record_of(worker.tid);
	leader = record_of(getpid());
	EXPECT_EQ(thread.pid, worker.tid);
	EXPECT_EQ(thread.tgid, getpid());
	EXPECT_EQ(thread.ppid, getppid());
	EXPECT_STREQ((char *)thread.comm, "worker");
	EXPECT_EQ(thread.flags & PROCFD_PROCESS_THREAD, PROCFD_PROCESS_THREAD);
	EXPECT_EQ(thread.nice, 9);
	EXPECT_EQ(thread.nr_threads, 2U);
	EXPECT_EQ(thread.sig_pending, 1ULL << (SIGUSR2 - 1));
	EXPECT_EQ(thread.sig_blocked, task_number(worker.tid, "SigBlk", 16));
	EXPECT_GE(thread.nvcsw, (uint64_t)SLEEPS);
	EXPECT_EQ(thread.minflt, task_faults(worker.tid));
	EXPECT_NE(thread.id, leader.id);
	EXPECT_EQ(thread.vsize_bytes, leader.vsize_bytes);

	EXPECT_STREQ((char *)leader.comm, "test_list_threa");
	EXPECT_EQ(leader.flags & PROCFD_PROCESS_THREAD, 0U);
	EXPECT_EQ(leader.nice, 0);
	EXPECT_EQ(leader.sig_pending, 0ULL);
	EXPECT_LE(leader.nvcsw,
		  task_number(getpid(), "voluntary_ctxt_switches", 10));
	gate_open(&worker.leave);
	pthread_join(id, NULL);
}

TEST(list_of_processes_has_the_sum_of_the_threads)
{
	struct worker worker = { gate_make(), gate_make(), 0 };
	struct listing list = listing_make(LIST_MAX);
	struct procfd_info thread;
	pthread_t id;

	ASSERT_EQ(pthread_create(&id, NULL, work, &worker), 0);
	gate_wait(&worker.told);
	ASSERT_SOON(record_of(worker.tid).state == 'S');
	thread = record_of(worker.tid);
	list.arg.mask = INFO_ALL;
	list_all(&list);
	for (int i = 0; i < list.count; i++) {
		const struct procfd_info *info = &list.infos[i];

		EXPECT_EQ(info->flags & PROCFD_PROCESS_THREAD, 0U);
		if (info->pid != getpid())
			continue;
		EXPECT_GE(info->nvcsw, thread.nvcsw);
		EXPECT_GE(info->minflt, thread.minflt);
		EXPECT_EQ(info->nr_threads, 2U);
	}
	gate_open(&worker.leave);
	pthread_join(id, NULL);
}
