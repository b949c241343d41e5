// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a process has ended, and with which record: every way in which the kernel
 * tells of an end, too early, again, or not at all.
 */
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

static struct script *script_make(void)
{
	struct script *script = shared_memory(sizeof(*script));

	script->leader = gate_make();
	script->thread = gate_make();
	script->told = gate_make();
	script->leader_status = 3;
	script->thread_status = 5;
	return script;
}

static void *run_thread(void *arg)
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
static void run_two(void *arg)
{
	struct script *script = arg;
	pthread_t thread;

	pthread_create(&thread, NULL, run_thread, script);
	gate_wait(&script->leader);
	burn();
	syscall(SYS_exit, script->leader_status);
}

static pid_t fork_two(struct script *script)
{
	pid_t pid = fork_child(run_two, script);

	gate_wait(&script->told);
	return pid;
}

static bool has_thread(pid_t pid, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, tid);
	return !access(path, F_OK);
}

/* As poll() says of a pidfd, too. */
static void expect_alive(int procfd, pid_t pid)
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
static void expect_end(int procfd, pid_t pid, int status)
{
	struct procfd_exit record = ended_record(procfd), again;
	struct native_end end = reap_native(pid);

	if (status != AS_NATIVE)
		EXPECT_EQ(end.status, status);
	expect_native(&record, &end);
	again = read_record(procfd);
	EXPECT_MEMEQ(&again, &record, sizeof(record));
}

/* ---- one thread, two threads ------------------------------------------------------- */

static void burn_and_exit(void *unused)
{
	burn();
	_exit(4);
}

TEST(hazards_end_of_the_only_thread)
{
	pid_t pid = fork_child(burn_and_exit, NULL);
	int procfd = procfd_of(pid);
	struct procfd_exit record = ended_record(procfd);

	EXPECT_GE(record.utime_ns, USER_NS / 2);
	EXPECT_GE(record.stime_ns, SYSTEM_NS / 2);
	expect_end(procfd, pid, 4 << 8);
}

static void burn_in_children(void *unused)
{
	for (int i = 0; i < 2; i++)
		reap(fork_child(burn_and_exit, NULL));
	burn();
	_exit(4);
}

TEST(hazards_usage_of_waited_children_is_apart)
{
	pid_t pid = fork_child(burn_in_children, NULL);
	int procfd = procfd_of(pid);
	struct procfd_exit record = ended_record(procfd);

	EXPECT_GE(record.cutime_ns, 2 * USER_NS * 9 / 10);
	EXPECT_GT(record.cminflt, 0);
	EXPECT_GT(record.cmaxrss_bytes, 0);
	expect_end(procfd, pid, 4 << 8);
}

TEST(hazards_end_of_a_thread_is_not_the_end)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd = procfd_of(pid);

	gate_open(&script->thread);
	ASSERT_SOON(!has_thread(pid, script->tid));
	expect_alive(procfd, pid);
	gate_open(&script->leader);
	expect_end(procfd, pid, AS_NATIVE);
}

TEST(hazards_end_of_the_leader_is_not_the_end)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd = procfd_of(pid);

	gate_open(&script->leader);
	wait_zombie(pid);
	expect_alive(procfd, pid);
	gate_open(&script->thread);
	expect_end(procfd, pid, AS_NATIVE);
}

TEST(hazards_fd_opened_after_the_leader_ended_waits_for_the_last_thread)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd;

	gate_open(&script->leader);
	wait_zombie(pid);
	procfd = procfd_of(pid);
	expect_alive(procfd, pid);
	gate_open(&script->thread);
	expect_end(procfd, pid, AS_NATIVE);
}

TEST(hazards_status_is_that_of_the_group_if_it_exits)
{
	struct script *script = script_make();
	pid_t pid;
	int procfd;

	script->thread_ends_group = true;
	pid = fork_two(script);
	procfd = procfd_of(pid);
	gate_open(&script->leader);
	wait_zombie(pid);
	gate_open(&script->thread);
	expect_end(procfd, pid, 5 << 8);
}

TEST(hazards_signal_to_what_is_left_of_a_group_is_its_status)
{
	struct script *script = script_make();
	pid_t pid = fork_two(script);
	int procfd = procfd_of(pid);

	gate_open(&script->leader);
	wait_zombie(pid);
	expect_alive(procfd, pid);
	ASSERT_OK(kill(pid, SIGTERM));
	expect_end(procfd, pid, SIGTERM);
}

TEST(hazards_thread_that_exits_the_group_ends_its_leader_too)
{
	struct script *script = script_make();
	pid_t pid;
	int procfd;

	script->thread_ends_group = true;
	pid = fork_two(script);
	procfd = procfd_of(pid);
	gate_open(&script->thread);
	expect_end(procfd, pid, 5 << 8);
}

static void *crash_in_thread(void *arg)
{
	struct script *script = arg;

	gate_wait(&script->thread);
	raise(SIGSEGV);
	return NULL;
}

static void run_crashing_thread(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, crash_in_thread, arg);
	burn();
	for (;;)
		pause();
}

TEST(hazards_thread_that_crashes_ends_its_leader_too)
{
	struct script *script = script_make();
	pid_t pid = fork_child(run_crashing_thread, script);
	int procfd = procfd_of(pid);

	gate_open(&script->thread);
	expect_end(procfd, pid, SIGSEGV);
}

/* ---- times ------------------------------------------------------------------------- */

#define ATTEMPTS 10

/* A machine that is busy is late now and then, a wrong sum always. */
static void expect_cpu_times(void (*run)(void *), void *(*arg)(void))
{
	struct procfd_exit record;
	struct native_end end;

	for (int i = 0; i < ATTEMPTS; i++) {
		pid_t pid = fork_child(run, arg ? arg() : NULL);
		int procfd = procfd_of(pid);

		end = reap_native(pid);
		record = read_record(procfd);
		close(procfd);
		test_note("off by %lld ns of %lld",
			  cpu_time_off_ns(&record, &end.usage),
			  time_ns(end.usage.ru_utime) +
				  time_ns(end.usage.ru_stime));
		if (cpu_time_off_ns(&record, &end.usage) <=
		    cpu_time_tolerance_ns(&end.usage))
			break;
	}
	EXPECT_LE(cpu_time_off_ns(&record, &end.usage),
		  cpu_time_tolerance_ns(&end.usage));
}

static void *open_script(void)
{
	struct script *script = script_make();

	gate_open(&script->leader);
	gate_open(&script->thread);
	return script;
}

static void run_leader_first(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, run_thread, arg);
	burn();
	syscall(SYS_exit, 3);
}

TEST(hazards_cpu_times_of_one_thread_are_those_of_wait4)
{
	expect_cpu_times(burn_and_exit, NULL);
}

TEST(hazards_cpu_times_of_two_threads_are_those_of_wait4)
{
	expect_cpu_times(run_two, open_script);
}

TEST(hazards_cpu_times_of_a_leader_that_ended_first_are_those_of_wait4)
{
	expect_cpu_times(run_leader_first, open_script);
}

TEST(hazards_cpu_times_with_waited_children_are_those_of_wait4)
{
	expect_cpu_times(burn_in_children, NULL);
}

/* ---- exec by another thread ---------------------------------------------------------- */

static void *exec_in_thread(void *arg)
{
	struct script *script = arg;

	burn();
	dup2(script->leader.read_fd, 0);
	dup2(script->told.write_fd, 1);
	exec_shell("echo; read line; exit 6");
	return NULL;
}

static void exec_by_thread(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_in_thread, arg);
	burn();
	for (;;)
		pause();
}

TEST(hazards_exec_by_another_thread_is_not_the_end)
{
	struct script *script = script_make();
	pid_t pid = fork_child(exec_by_thread, script);
	int procfd = procfd_of(pid);

	gate_wait(&script->told);
	expect_alive(procfd, pid);
	ASSERT_EQ(write(script->leader.write_fd, "\n", 1), 1);
	expect_end(procfd, pid, 6 << 8);
}

static void exec_by_thread_after_leader(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_in_thread, arg);
	syscall(SYS_exit, 3);
}

TEST(hazards_exec_by_a_thread_revives_a_process_whose_leader_ended)
{
	struct script *script = script_make();
	pid_t pid = fork_child(exec_by_thread_after_leader, script);
	int procfd = procfd_of(pid);

	gate_wait(&script->told);
	expect_alive(procfd, pid);
	ASSERT_EQ(write(script->leader.write_fd, "\n", 1), 1);
	expect_end(procfd, pid, 6 << 8);
}

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
