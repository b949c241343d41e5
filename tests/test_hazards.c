// SPDX-License-Identifier: GPL-2.0-only
/*
 * The odd ways to die. Whatever the order of leader, threads, tracers and
 * parents: the fd is quiet until the process has ended, and then the record is
 * what the parent is told.
 */
#include <linux/reboot.h>
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

static void expect_same_record(int one, int two)
{
	struct procfd_exit first = read_record(one), second = read_record(two);

	EXPECT_MEMEQ(&first, &second, sizeof(first));
}

/* Since 6.1 the last thread's code counts, before it was the leader's. */
static void expect_code_of_either(int procfd, pid_t pid, int leader, int last)
{
	struct procfd_exit record = expect_as_wait4(procfd, pid);

	EXPECT_TRUE(record.status == leader || record.status == last);
}

/* ---- threads ------------------------------------------------------------------ */

static struct gate thread_gate;

static void *thread_exit_group(void *arg)
{
	gate_wait(&thread_gate);
	syscall(SYS_exit_group, 51);
	return NULL;
}

static void *thread_exit_only(void *arg)
{
	gate_wait(&thread_gate);
	syscall(SYS_exit, 52);
	return NULL;
}

static void *thread_killed(void *arg)
{
	gate_wait(&thread_gate);
	raise(SIGKILL);
	return NULL;
}

static void *thread_exec(void *arg)
{
	gate_wait(&thread_gate);
	exec_shell("read x; exit 54");
	return NULL;
}

static void leader_waits(void *run)
{
	pthread_t id;

	pthread_create(&id, NULL, run, NULL);
	for (;;)
		pause();
}

static void leader_leaves(void *run)
{
	pthread_t id;

	pthread_create(&id, NULL, run, NULL);
	syscall(SYS_exit, 50);
}

/* A process whose thread waits at the gate; the leader may have left before. */
static pid_t with_thread(void (*leader)(void *), void *(*run)(void *),
			 int *procfd)
{
	pid_t pid;

	thread_gate = gate_make();
	*procfd = ASSERT_OK(next_child(device(), 0));
	pid = fork_child(leader, run);
	if (leader == leader_leaves)
		wait_zombie(pid);
	expect_alive(*procfd);
	return pid;
}

TEST(hazard_exit_group_by_another_thread)
{
	int procfd;
	pid_t pid = with_thread(leader_waits, thread_exit_group, &procfd);

	gate_open(&thread_gate);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 51);
}

TEST(hazard_thread_killed_kills_the_process)
{
	int procfd;
	pid_t pid = with_thread(leader_waits, thread_killed, &procfd);

	gate_open(&thread_gate);
	EXPECT_EQ(expect_as_wait4(procfd, pid).wait_status, 9U);
}

TEST(hazard_leader_first_then_exit_group)
{
	int procfd;
	pid_t pid = with_thread(leader_leaves, thread_exit_group, &procfd);

	gate_open(&thread_gate);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 51);
}

TEST(hazard_leader_first_then_the_last_thread)
{
	int procfd;
	pid_t pid = with_thread(leader_leaves, thread_exit_only, &procfd);

	gate_open(&thread_gate);
	expect_code_of_either(procfd, pid, 50, 52);
}

TEST(hazard_leader_first_then_killed)
{
	int procfd;
	pid_t pid = with_thread(leader_leaves, thread_exit_only, &procfd);

	ASSERT_OK(send_signal(procfd, SIGKILL, 0));
	EXPECT_EQ(expect_as_wait4(procfd, pid).wait_status, 9U);
}

TEST(hazard_leader_first_and_opened_between)
{
	int bound, procfd;
	pid_t pid = with_thread(leader_leaves, thread_exit_only, &bound);

	procfd = procfd_of(pid);
	expect_alive(procfd);
	gate_open(&thread_gate);
	expect_code_of_either(procfd, pid, 50, 52);
	expect_same_record(bound, procfd);
}

static void exec_from_thread(void (*leader)(void *))
{
	int procfd, pipes[2];
	unsigned long long id;
	pid_t pid;

	ASSERT_OK(pipe(pipes));
	ASSERT_EQ(dup2(pipes[0], 0), 0);
	pid = with_thread(leader, thread_exec, &procfd);
	id = procfd_id(procfd);
	gate_open(&thread_gate);
	ASSERT_SOON(proc_state(pid) == 'S');
	expect_alive(procfd);
	ASSERT_EQ(write(pipes[1], "\n", 1), 1);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 54);
	EXPECT_EQ(procfd_id(procfd), id);
}

TEST(hazard_exec_by_another_thread)
{
	exec_from_thread(leader_waits);
}

TEST(hazard_exec_by_another_thread_when_the_leader_is_a_zombie)
{
	exec_from_thread(leader_leaves);
}

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

TEST(hazard_threads_that_come_and_go_are_no_end)
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

TEST(hazard_kill_of_many_threads)
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

TEST(hazard_opened_then_traced_by_a_stranger)
{
	struct gated_exit gated;
	struct traced traced;
	pid_t pid = fork_gated(&gated, 61);
	int procfd = procfd_of(pid);

	ends_traced(procfd, &gated, &traced, start_tracer(&traced, pid, true));
}

TEST(hazard_traced_by_a_stranger_then_opened)
{
	struct gated_exit gated;
	struct traced traced;
	pid_t pid = fork_gated(&gated, 61);
	pid_t tracer = start_tracer(&traced, pid, true);

	ends_traced(procfd_of(pid), &gated, &traced, tracer);
}

TEST(hazard_tracer_dies_without_waiting)
{
	struct gated_exit gated;
	struct traced traced;
	pid_t pid = fork_gated(&gated, 61);
	int procfd = procfd_of(pid);

	ends_traced(procfd, &gated, &traced, start_tracer(&traced, pid, false));
}

TEST(hazard_opened_as_a_zombie_that_its_tracer_holds)
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

TEST(hazard_leader_first_and_traced)
{
	struct traced traced;
	int procfd;
	pid_t pid, tracer;

	thread_gate = gate_make();
	procfd = ASSERT_OK(next_child(device(), 0));
	pid = fork_child(leader_leaves, thread_exit_only);
	wait_zombie(pid);
	kill_and_reap(pid);
	expect_killed(procfd, SIGKILL);
	/* a zombie cannot be seized: so now before the leader leaves */
	procfd = ASSERT_OK(next_child(device(), 0));
	pid = fork_child(leader_waits, thread_exit_group);
	tracer = start_tracer(&traced, pid, false);
	expect_alive(procfd);
	gate_open(&thread_gate);
	wait_readable(procfd);
	gate_open(&traced.ended);
	reap(tracer);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 51);
}

struct late_leader {
	struct gate leave, stay;
};

static void *stay_behind(void *arg)
{
	gate_wait(&((struct late_leader *)arg)->stay);
	syscall(SYS_exit, 63);
	return NULL;
}

static void leave_when_told(void *arg)
{
	struct late_leader *late = arg;
	pthread_t id;

	pthread_create(&id, NULL, stay_behind, late);
	gate_wait(&late->leave);
	syscall(SYS_exit, 62);
}

static void trace_thread_group(void *arg)
{
	struct traced *traced = arg;

	ASSERT_OK(ptrace(PTRACE_SEIZE, traced->pid, 0, 0));
	gate_open(&traced->seized);
	gate_wait(&traced->ended);
}

/* Up to 6.1 the kernel calls once when the leader leaves: the group is not empty. */
TEST(hazard_traced_leader_leaves_first)
{
	struct late_leader late = { gate_make(), gate_make() };
	struct traced traced = { 0, gate_make(), gate_make(), false };
	int procfd = ASSERT_OK(next_child(device(), 0));
	pid_t tracer;

	traced.pid = fork_child(leave_when_told, &late);
	tracer = fork_child(trace_thread_group, &traced);
	gate_wait(&traced.seized);
	gate_open(&late.leave);
	wait_zombie(traced.pid);
	expect_alive(procfd);
	gate_open(&late.stay);
	wait_readable(procfd);
	gate_open(&traced.ended);
	reap(tracer);
	expect_code_of_either(procfd, traced.pid, 62, 63);
}

static void trace_and_detach(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, 0));
	ASSERT_OK(ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	ASSERT_EQ(waitpid(pid, NULL, __WALL), pid);
	ASSERT_OK(ptrace(PTRACE_DETACH, pid, 0, 0));
}

TEST(hazard_traced_and_let_go_before_the_end)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 68);
	int procfd = procfd_of(pid);

	in_child(trace_and_detach, &pid);
	expect_alive(procfd);
	gate_open(&gated.gate);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 68);
}

static void exec_under_trace(void *gate)
{
	gate_wait(gate);
	exec_shell("exit 69");
}

TEST(hazard_exec_under_trace)
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
TEST(hazard_stopped_in_exit_by_a_tracer_is_no_end)
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

TEST(hazard_traced_by_its_parent_as_always)
{
	struct gated_exit gated;
	pid_t pid = fork_gated(&gated, 64);
	int procfd = procfd_of(pid);

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, 0, 0));
	gate_open(&gated.gate);
	EXPECT_EQ(expect_as_wait4(procfd, pid).status, 64);
}

TEST(hazard_stopped_is_no_end)
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

TEST(hazard_parent_ignores_sigchld)
{
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 50; i++)
		ends_unwanted();
}

TEST(hazard_parent_has_nocldwait)
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

TEST(hazard_parent_dies_first)
{
	struct orphan *orphan = shared_memory(sizeof(*orphan));
	pid_t middle;

	ASSERT_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	orphan->gated = (struct gated_exit){ gate_make(), 66 };
	middle = ASSERT_OK(raw_clone(CLONE_FILES | SIGCHLD));
	if (!middle) {
		pid_t pid = fork();

		if (!pid)
			run_gated_exit(&orphan->gated);
		orphan->pid = pid;
		orphan->procfd = procfd_of(pid);
		_exit(0);
	}
	reap(middle);
	expect_alive(orphan->procfd);
	gate_open(&orphan->gated.gate);
	EXPECT_EQ(expect_as_wait4(orphan->procfd, orphan->pid).status, 66);
}

TEST(hazard_parent_dies_with_a_zombie)
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

/* ---- pid namespaces ------------------------------------------------------------------- */

static pid_t namespace_init(int *procfd, int *inner)
{
	int *shared = shared_memory(sizeof(*shared));
	struct gate told = gate_make();
	pid_t pid;

	*procfd = ASSERT_OK(next_child(device(), 0));
	pid = ASSERT_OK(raw_clone(CLONE_NEWPID | CLONE_FILES | SIGCHLD));
	if (!pid) {
		pid_t child = fork();

		while (!child)
			pause();
		*shared = procfd_of(child);
		gate_open(&told);
		for (;;)
			pause();
	}
	gate_wait(&told);
	*inner = *shared;
	return pid;
}

TEST(hazard_pid_namespace_dies_with_its_init)
{
	int procfd, inner;
	pid_t pid = namespace_init(&procfd, &inner);

	expect_alive(inner);
	ASSERT_OK(send_signal(procfd, SIGKILL, 0));
	expect_killed(inner, SIGKILL);
	wait_hangup(inner);
	EXPECT_EQ(expect_as_wait4(procfd, pid).wait_status, 9U);
	expect_killed(inner, SIGKILL);
}

static void reboot_inside(int how, int signal)
{
	int procfd = ASSERT_OK(next_child(device(), 0));
	struct procfd_exit record;
	pid_t pid = ASSERT_OK(raw_clone(CLONE_NEWPID | SIGCHLD));

	if (!pid) {
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			how, NULL);
		_exit(1);
	}
	record = expect_as_wait4(procfd, pid);
	EXPECT_EQ((int)record.wait_status, signal);
	EXPECT_EQ(record.code, CLD_KILLED);
	EXPECT_EQ(record.status, signal);
}

TEST(hazard_reboot_inside_a_pid_namespace)
{
	reboot_inside(LINUX_REBOOT_CMD_RESTART, SIGHUP);
}

TEST(hazard_power_off_inside_a_pid_namespace)
{
	reboot_inside(LINUX_REBOOT_CMD_POWER_OFF, SIGINT);
}
