// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a process has ended, and with which record: under tracers, with careless
 * parents, and opened too late.
 */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "scripted.h"

/* ---- traced ---------------------------------------------------------------------------- */

TEST(hazards_end_of_a_traced_leader_is_not_the_end)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd = procfd_of(pid);

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, 0));
	gate_open(&script->leader);
	wait_zombie(pid);
	expect_alive(procfd, pid);
	gate_open(&script->thread);
	expect_end(procfd, pid, AS_NATIVE);
}

/* As long as its tracer has not waited for it, it is there, for a pidfd too. */
TEST(hazards_ended_thread_that_is_traced_counts_as_left)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd = procfd_of(pid);

	ASSERT_OK(ptrace(PTRACE_SEIZE, script->tid, 0, 0));
	gate_open(&script->thread);
	gate_open(&script->leader);
	wait_zombie(pid);
	ASSERT_SOON(proc_state(script->tid) == 'Z');
	expect_alive(procfd, pid);
	EXPECT_EQ(waitpid(script->tid, NULL, __WALL), script->tid);
	expect_end(procfd, pid, AS_NATIVE);
}

/* A tracer that is not the parent, and what it does when the process has ended. */
struct tracer {
	pid_t pid;
	struct gate seized, may_go;
	void (*go)(pid_t pid);
};

static void trace(void *arg)
{
	struct tracer *tracer = arg;

	ASSERT_OK(ptrace(PTRACE_SEIZE, tracer->pid, 0, 0));
	gate_open(&tracer->seized);
	gate_wait(&tracer->may_go);
	tracer->go(tracer->pid);
}

static void trace_until_waited(pid_t pid)
{
	EXPECT_EQ(waitpid(pid, NULL, __WALL), pid);
}

static void trace_until_own_end(pid_t pid)
{
	EXPECT_NE(pid, 0);
}

static void ends_under_tracer(void (*go)(pid_t pid))
{
	struct tracer tracer = { .seized = gate_make(),
				 .may_go = gate_make(),
				 .go = go };
	struct procfd_exit record, again;
	struct gated_exit gated;
	int procfd;
	pid_t pid;

	tracer.pid = fork_gated(&gated, 8);
	procfd = procfd_of(tracer.pid);
	pid = fork_child(trace, &tracer);
	gate_wait(&tracer.seized);
	gate_open(&gated.gate);
	record = ended_record(procfd);
	EXPECT_EQ(waitpid(tracer.pid, NULL, WNOHANG), 0);
	gate_open(&tracer.may_go);
	test_follow(reap(pid));
	again = read_record(procfd);
	EXPECT_MEMEQ(&again, &record, sizeof(record));
	expect_end(procfd, tracer.pid, 8 << 8);
}

TEST(hazards_wait_of_a_tracer_changes_no_record)
{
	ends_under_tracer(trace_until_waited);
}

TEST(hazards_end_of_a_tracer_changes_no_record)
{
	ends_under_tracer(trace_until_own_end);
}

static void trace_until_detached(pid_t pid)
{
	ASSERT_OK(ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	ASSERT_EQ(waitpid(pid, NULL, __WALL), pid);
	ASSERT_OK(ptrace(PTRACE_DETACH, pid, 0, 0));
}

TEST(hazards_detach_of_a_tracer_is_not_the_end)
{
	struct script *script = script_make();
	struct tracer tracer = { .seized = gate_make(),
				 .may_go = gate_make(),
				 .go = trace_until_detached };
	int procfd;
	pid_t pid;

	tracer.pid = fork_two(script);
	procfd = procfd_of(tracer.pid);
	gate_open(&tracer.may_go);
	pid = fork_child(trace, &tracer);
	test_follow(reap(pid));
	expect_alive(procfd, tracer.pid);
	gate_open(&script->thread);
	gate_open(&script->leader);
	expect_end(procfd, tracer.pid, AS_NATIVE);
}

/* ---- the parent -------------------------------------------------------------------------- */

struct family {
	pid_t child;
	struct gate begun, may_go;
};

static void have_child(void *arg)
{
	struct family *family = arg;

	pid_t pid = ASSERT_OK(fork());

	if (!pid)
		burn_and_exit(NULL);
	family->child = pid;
	gate_open(&family->begun);
	gate_wait(&family->may_go);
}

TEST(hazards_end_of_the_parent_changes_no_record)
{
	struct family *family = shared_memory(sizeof(*family));
	struct procfd_exit record, again;
	pid_t parent;
	int procfd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	family->begun = gate_make();
	family->may_go = gate_make();
	parent = fork_child(have_child, family);
	gate_wait(&family->begun);
	procfd = procfd_of(family->child);
	record = ended_record(procfd);
	gate_open(&family->may_go);
	reap(parent);
	again = read_record(procfd);
	EXPECT_MEMEQ(&again, &record, sizeof(record));
	expect_end(procfd, family->child, 4 << 8);
}

static void have_gated_child(void *arg)
{
	struct family *family = arg;
	pid_t pid = ASSERT_OK(fork());

	if (!pid) {
		gate_wait(&family->may_go);
		burn_and_exit(NULL);
	}
	family->child = pid;
}

TEST(hazards_end_of_the_parent_is_not_the_end)
{
	struct family *family = shared_memory(sizeof(*family));
	int procfd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	family->may_go = gate_make();
	reap(fork_child(have_gated_child, family));
	procfd = procfd_of(family->child);
	expect_alive(procfd, family->child);
	gate_open(&family->may_go);
	expect_end(procfd, family->child, 4 << 8);
}

TEST(hazards_parent_that_ignores_sigchld_leaves_the_record)
{
	struct gated_exit gated;
	pid_t pid;
	int procfd;

	handle_signal(SIGCHLD, SIG_IGN, 0);
	pid = fork_gated(&gated, 7);
	procfd = procfd_of(pid);
	gate_open(&gated.gate);
	expect_exit(procfd, 7);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
	expect_exit(procfd, 7);
}

/* ---- opened too late, and when ------------------------------------------------------------- */

TEST(hazards_fd_opened_on_a_zombie_has_the_record_without_the_end)
{
	pid_t pid = fork_child(burn_and_exit, NULL);
	int procfd;

	wait_zombie(pid);
	procfd = procfd_of(pid);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN);
	EXPECT_EQ(read_record(procfd).mask & PROCFD_EXIT_END, 0);
	EXPECT_EQ(read_record(procfd).end_ns, 0);
	expect_end(procfd, pid, 4 << 8);
}

TEST(hazards_fd_opened_on_a_zombie_of_two_threads_has_the_record)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd;

	gate_open(&script->leader);
	gate_open(&script->thread);
	ASSERT_SOON(waitid(P_PID, pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT) ==
		    0);
	procfd = procfd_of(pid);
	EXPECT_EQ(poll_fd(procfd, POLLIN, 0), POLLIN);
	expect_end(procfd, pid, AS_NATIVE);
}

TEST(hazards_begin_and_end_are_on_the_clock)
{
	long long before = now_ns(CLOCK_BOOTTIME), begun, ended;
	struct procfd_exit record;
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 0);
	int procfd = procfd_of(pid);

	begun = now_ns(CLOCK_BOOTTIME);
	gate_open(&gated.gate);
	record = ended_record(procfd);
	ended = now_ns(CLOCK_BOOTTIME);
	EXPECT_EQ(record.mask & PROCFD_EXIT_END, PROCFD_EXIT_END);
	EXPECT_LE(before, (long long)record.start_ns);
	EXPECT_LE((long long)record.start_ns, begun);
	EXPECT_LE(begun, (long long)record.end_ns);
	EXPECT_LE((long long)record.end_ns, ended);
	reap(pid);
}
