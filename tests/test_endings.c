// SPDX-License-Identifier: GPL-2.0-only
/*
 * More endings: threads in crowds, tracers that hold what has ended or stop it on
 * its way, parents that do not care. The fd is quiet until the process has ended,
 * and then the record is what the parent is told.
 */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "accounting.h"

static void expect_alive(int procfd)
{
	int flags = fcntl(procfd, F_GETFL);
	struct procfd_exit record;

	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), 0);
	fcntl(procfd, F_SETFL, flags | O_NONBLOCK);
	EXPECT_ERRNO(read(procfd, &record, sizeof(record)), EAGAIN);
	fcntl(procfd, F_SETFL, flags);
	EXPECT_STATE(procfd, "alive");
}

/* ---- threads ------------------------------------------------------------------ */

static void *thread_leaves(void *arg)
{
	return NULL;
}

static void many_threads(void *gate)
{
	for (int round = 0; round < 20; round++) {
		pthread_t ids[8];

		for (int i = 0; i < 8; i++)
			pthread_create(&ids[i], NULL, thread_leaves, NULL);
		for (int i = 0; i < 8; i++)
			pthread_join(ids[i], NULL);
	}
	gate_open(gate);
	pause();
}

TEST(ending_threads_that_come_and_go_are_no_end)
{
	struct gate told = gate_make();
	int procfd = ASSERT_OK(next_child(device(), 0));
	pid_t pid = fork_child(many_threads, &told);

	gate_wait(&told);
	expect_alive(procfd);
	ASSERT_OK(kill(pid, SIGTERM));
	expect_as_wait4(procfd, pid);
}

static void *sleep_for_ever(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void killed_with_threads(void *gate)
{
	pthread_t id;

	for (int i = 0; i < 16; i++)
		pthread_create(&id, NULL, sleep_for_ever, NULL);
	gate_open(gate);
	sleep_for_ever(NULL);
}

TEST(ending_kill_of_many_threads)
{
	struct gate told = gate_make();
	int procfd = ASSERT_OK(next_child(device(), 0));
	pid_t pid = fork_child(killed_with_threads, &told);

	gate_wait(&told);
	ASSERT_OK(kill(pid, SIGKILL));
	expect_as_wait4(procfd, pid);
}

/* ---- tracers ---------------------------------------------------------------------- */

struct traced {
	pid_t pid;
	struct gate seized, ended;
	bool waits;
};

static void trace(void *arg)
{
	struct traced *traced = arg;
	int status;

	ASSERT_OK(ptrace(PTRACE_SEIZE, traced->pid, 0, 0));
	gate_open(&traced->seized);
	gate_wait(&traced->ended);
	if (!traced->waits)
		_exit(0);
	EXPECT_EQ(waitpid(traced->pid, &status, __WALL), traced->pid);
	EXPECT_EQ(status, 61 << 8);
}

static pid_t start_tracer(struct traced *traced, pid_t pid, bool waits)
{
	pid_t tracer;

	*traced = (struct traced){ pid, gate_make(), gate_make(), waits };
	tracer = fork_child(trace, traced);
	gate_wait(&traced->seized);
	return tracer;
}

/* Ended for us before the parent is told: as the native pidfd has it. */
static void ends_traced(int procfd, struct gated_exit *gated,
			struct traced *traced, pid_t tracer)
{
	int pidfd = ASSERT_OK(pidfd_open_native(traced->pid));

	expect_alive(procfd);
	gate_open(&gated->gate);
	EXPECT_EQ(poll_fd(pidfd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	expect_exit(procfd, 61);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN);
	EXPECT_EQ(waitpid(traced->pid, NULL, WNOHANG), 0);
	gate_open(&traced->ended);
	EXPECT_EQ(reap(tracer), 0);
	EXPECT_EQ(expect_as_wait4(procfd, traced->pid).status, 61);
}

TEST(ending_opened_then_traced_by_a_stranger)
{
	struct gated_exit gated;
	struct traced traced;
	pid_t pid = fork_gated(&gated, 61);
	int procfd = procfd_of(pid);

	ends_traced(procfd, &gated, &traced, start_tracer(&traced, pid, true));
}

TEST(ending_traced_by_a_stranger_then_opened)
{
	struct gated_exit gated;
	struct traced traced;
	pid_t pid = fork_gated(&gated, 61);
	pid_t tracer = start_tracer(&traced, pid, true);

	ends_traced(procfd_of(pid), &gated, &traced, tracer);
}

TEST(ending_opened_as_a_zombie_that_its_tracer_holds)
{
	struct gated_exit gated;
	struct traced traced;
	pid_t pid = fork_gated(&gated, 61), tracer;
	int procfd;

	tracer = start_tracer(&traced, pid, true);
	gate_open(&gated.gate);
	wait_zombie(pid);
	procfd = procfd_of(pid);
	expect_exit(procfd, 61);
	gate_open(&traced.ended);
	reap(tracer);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 61);
}

static void exec_under_trace(void *gate)
{
	gate_wait(gate);
	exec_shell("exit 69");
}

TEST(ending_exec_under_trace)
{
	struct gate gate = gate_make();
	pid_t pid = fork_child(exec_under_trace, &gate);
	int procfd = procfd_of(pid), status;

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXEC));
	gate_open(&gate);
	ASSERT_EQ(waitpid(pid, &status, __WALL), pid);
	EXPECT_EQ(status >> 8, SIGTRAP | PTRACE_EVENT_EXEC << 8);
	expect_alive(procfd);
	ASSERT_OK(ptrace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 69);
}

/* It stops on its way out, and is a process until it goes on. */
TEST(ending_stopped_in_exit_by_a_tracer_is_no_end)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 70);
	int procfd = procfd_of(pid), status;

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
	gate_open(&gated.gate);
	ASSERT_EQ(waitpid(pid, &status, __WALL), pid);
	EXPECT_EQ(status >> 8, SIGTRAP | PTRACE_EVENT_EXIT << 8);
	expect_alive(procfd);
	ASSERT_OK(ptrace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 70);
}

TEST(ending_traced_by_its_parent_as_always)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 64);
	int procfd = procfd_of(pid);

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, 0));
	gate_open(&gated.gate);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 64);
}

TEST(ending_stopped_is_no_end)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	ASSERT_OK(kill(pid, SIGSTOP));
	ASSERT_EQ(waitpid(pid, NULL, WUNTRACED), pid);
	expect_alive(procfd);
	ASSERT_OK(kill(pid, SIGCONT));
	ASSERT_EQ(waitpid(pid, NULL, WCONTINUED), pid);
	expect_alive(procfd);
	ASSERT_OK(kill(pid, SIGKILL));
	expect_as_wait4(procfd, pid);
}

/* ---- parents ------------------------------------------------------------------------ */

static void ends_unwanted(void)
{
	struct gated_exit gated;
	struct procfd_exit record;
	pid_t pid = fork_gated(&gated, 65);
	int procfd = procfd_of(pid);

	gate_open(&gated.gate);
	wait_hangup(procfd);
	record = read_record(procfd);
	expect_status(&record, 65 << 8);
	EXPECT_EQ(record.mask & 0x3ff, 0x3ffULL);
	EXPECT_EQ(record.pid, pid);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
}

TEST(ending_parent_has_nocldwait)
{
	handle_signal(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
	for (int i = 0; i < 50; i++)
		ends_unwanted();
}

struct orphan {
	struct gated_exit gated;
	pid_t pid;
	int procfd;
};

TEST(ending_parent_dies_with_a_zombie)
{
	struct orphan *orphan = shared_memory(sizeof(*orphan));
	pid_t middle;

	ASSERT_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	orphan->gated = (struct gated_exit){ gate_make(), 67 };
	middle = ASSERT_OK(raw_clone(CLONE_FILES | SIGCHLD));
	if (!middle) {
		pid_t pid = fork_gated(&orphan->gated, 67);

		orphan->pid = pid;
		orphan->procfd = procfd_of(pid);
		gate_open(&orphan->gated.gate);
		wait_zombie(pid);
		_exit(0);
	}
	reap(middle);
	EXPECT_EQ(expect_as_wait4(orphan->procfd, orphan->pid).status, 67);
}
