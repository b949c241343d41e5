// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a process has ended, and with which record: threads that end one by one,
 * their times, and exec by one of them.
 */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "scripted.h"

/* ---- one thread, two threads ------------------------------------------------------- */

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

/*
 * Nobody waits: to be woken by the end would take a busy machine's processor away from
 * the process just then, between its record and its last instruction.
 */
static struct native_end reap_asleep(pid_t pid)
{
	siginfo_t info = { 0 };

	while (!info.si_pid) {
		usleep(10000);
		ASSERT_OK(
			waitid(P_PID, pid, &info, WEXITED | WNOWAIT | WNOHANG));
	}
	return reap_native(pid);
}

/* A machine that is busy is late now and then, a wrong sum always. */
static void expect_cpu_times(void (*run)(void *), void *(*arg)(void))
{
	struct procfd_exit record;
	struct native_end end;

	for (int i = 0; i < ATTEMPTS; i++) {
		pid_t pid = fork_child(run, arg ? arg() : NULL);
		int procfd = procfd_of(pid);

		end = reap_asleep(pid);
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
