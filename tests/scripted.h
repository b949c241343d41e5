/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes of two threads that end when they are told to, and their records. */
#ifndef PROCFD_TESTS_SCRIPTED_H
#define PROCFD_TESTS_SCRIPTED_H

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "endings.h"

/* A child with threads that are told by gates when to do their part. */
struct script {
	struct gate leader, thread, told;
	pid_t tid;
	int leader_status, thread_status;
	bool thread_ends_group;
};

static inline struct script *script_make(void)
{
	struct script *script = shared_memory(sizeof(*script));

	script->leader = gate_make();
	script->thread = gate_make();
	script->told = gate_make();
	script->leader_status = 3;
	script->thread_status = 5;
	return script;
}

static inline void *run_thread(void *arg)
{
	struct script *script = arg;

	script->tid = gettid();
	gate_open(&script->told);
	gate_wait(&script->thread);
	burn();
	syscall(script->thread_ends_group ? SYS_exit_group : SYS_exit,
		script->thread_status);
	return NULL;
}

/* Leader and thread each end on their own, when they may. */
static inline void run_two(void *arg)
{
	struct script *script = arg;
	pthread_t thread;

	pthread_create(&thread, NULL, run_thread, script);
	gate_wait(&script->leader);
	burn();
	syscall(SYS_exit, script->leader_status);
}

static inline pid_t fork_two(struct script *script)
{
	pid_t pid = fork_child(run_two, script);

	gate_wait(&script->told);
	return pid;
}

static inline bool has_thread(pid_t pid, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, tid);
	return !access(path, F_OK);
}

/* As poll() says of a pidfd, too. */
static inline void expect_alive(int procfd, pid_t pid)
{
	int pidfd = ASSERT_OK(pidfd_open_native(pid));

	EXPECT_EQ(poll_fd(pidfd, POLLIN, 0), 0);
	EXPECT_FALSE(has_ended(procfd));
	EXPECT_STATE(procfd, "alive");
	close(pidfd);
}

/* Which of its threads' statuses is that of the process depends on the kernel. */
#define AS_NATIVE (-1)

/* The record before it is reaped, and that nothing changes it then. */
static inline void expect_end(int procfd, pid_t pid, int status)
{
	struct procfd_exit record = ended_record(procfd), again;
	struct native_end end = reap_native(pid);

	if (status != AS_NATIVE)
		EXPECT_EQ(end.status, status);
	expect_native(&record, &end);
	again = read_record(procfd);
	EXPECT_MEMEQ(&again, &record, sizeof(record));
}

static inline void burn_and_exit(void *unused)
{
	burn();
	_exit(4);
}

#endif
