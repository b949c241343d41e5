// SPDX-License-Identifier: GPL-2.0-only
/* procfdctl info, wait and ps of threads: which thread, whose, and how it ended. */
#include <pthread.h>
#include <sys/prctl.h>

#include "procfdctl.h"

#define NAME "weaver"

/* a number that nobody has */
#define NOBODY 4000000

/* A thread that sleeps until it is let go, and ends with a status of its own. */
struct thread {
	struct gate told, leave;
	pid_t tid;
	char number[16];
};

static void *be_thread(void *arg)
{
	struct thread *thread = arg;

	prctl(PR_SET_NAME, NAME);
	thread->tid = syscall(SYS_gettid);
	snprintf(thread->number, sizeof(thread->number), "%d", thread->tid);
	gate_open(&thread->told);
	gate_wait(&thread->leave);
	syscall(SYS_exit, 7);
	return NULL;
}

/* It is not joined: it ends behind the C library's back. */
static struct thread *thread_start(void *(*run)(void *))
{
	struct thread *thread = shared_memory(sizeof(*thread));
	pthread_t id;

	thread->told = gate_make();
	thread->leave = gate_make();
	ASSERT_EQ(pthread_create(&id, NULL, run, thread), 0);
	gate_wait(&thread->told);
	return thread;
}

/* ---- info ----------------------------------------------------------------------- */

TEST(info_of_a_thread_says_whose_it_is)
{
	struct thread *thread = thread_start(be_thread);
	struct ctl *ctl = CTL("info", "--thread", thread->number);

	EXPECT_TRUE(says(
		ctl, "^%d \\(" NAME "\\), a thread of %d: alive, id [0-9]+$",
		thread->tid, getpid()));
	EXPECT_TRUE(says(ctl, "^    process      %d \\(test_ctl_thread\\)$",
			 getpid()));
	EXPECT_TRUE(says(ctl, "^    parent       %d \\(test_ctl_thread\\)$",
			 getppid()));
	EXPECT_FALSE(has_line(ctl->out, "[0-9] threads?$"));
}

TEST(info_of_a_thread_in_json)
{
	struct thread *thread = thread_start(be_thread);
	struct ctl *ctl = CTL("info", "-jT", thread->number);

	EXPECT_TRUE(says(ctl, "^\\{\"pid\":%d,\"thread\":true,\"tgid\":%d,",
			 thread->tid, getpid()));
	EXPECT_TRUE(says(ctl, "\"comm\":\"" NAME "\",\"state\":\"alive\""));
}

TEST(info_of_a_leader_as_a_thread)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", getpid());
	EXPECT_TRUE(says(CTL("info", "-T", number),
			 "^%d \\(test_ctl_thread\\), a thread of %d: alive",
			 getpid(), getpid()));
}

TEST(info_of_a_process_says_nothing_of_threads)
{
	char number[16];
	struct ctl *ctl;

	snprintf(number, sizeof(number), "%d", getpid());
	ctl = CTL("info", number);
	EXPECT_TRUE(says(ctl, "^%d \\(test_ctl_thread\\): alive", getpid()));
	EXPECT_FALSE(has_line(ctl->out, "^    process "));
	EXPECT_FALSE(has_line(CTL("info", "-j", number)->out, "\"thread\":"));
}

/* ---- wait ----------------------------------------------------------------------- */

TEST(wait_for_a_thread_says_whose_it_was)
{
	struct thread *thread = thread_start(be_thread);
	struct ctl *ctl = CTL_START("wait", "--thread", thread->number);

	ASSERT_SOON(ctl_waits_for(ctl, thread->tid));
	gate_open(&thread->leave);
	EXPECT_TRUE(says(ctl_finish(ctl),
			 "^%d \\(" NAME
			 "\\), a thread of %d: exited with status 7 after ",
			 thread->tid, getpid()));
}

TEST(wait_for_a_thread_in_json)
{
	struct thread *thread = thread_start(be_thread);
	struct ctl *ctl = CTL_START("wait", "-jT", thread->number);

	ASSERT_SOON(ctl_waits_for(ctl, thread->tid));
	gate_open(&thread->leave);
	EXPECT_TRUE(says(ctl_finish(ctl),
			 "^\\{\"pid\":%d,\"thread\":true,\"tgid\":%d,"
			 "\"comm\":\"" NAME "\",\"state\":\"ended\","
			 "\"exit\":\\{\"cause\":\"exited\",\"status\":7,",
			 thread->tid, getpid()));
}

static void *exec_when_let(void *arg)
{
	struct thread *thread = arg;

	thread->tid = syscall(SYS_gettid);
	snprintf(thread->number, sizeof(thread->number), "%d", thread->tid);
	gate_open(&thread->told);
	gate_wait(&thread->leave);
	exec_shell("exit 0");
	return NULL;
}

/* Of another process, as the exec ends all but one of its threads. */
static void expect_exec_told(const char *option, const char *pattern)
{
	struct thread *thread = shared_memory(sizeof(*thread));
	struct ctl *ctl;
	pthread_t id;
	pid_t pid;

	thread->told = gate_make();
	thread->leave = gate_make();
	pid = ASSERT_OK(fork());
	if (!pid) {
		pthread_create(&id, NULL, exec_when_let, thread);
		for (;;)
			pause();
	}
	gate_wait(&thread->told);
	ctl = CTL_START("wait", option, thread->number);
	ASSERT_SOON(ctl_waits_for(ctl, thread->tid));
	gate_open(&thread->leave);
	EXPECT_TRUE(says(ctl_finish(ctl), pattern, thread->tid, pid));
	EXPECT_EQ(reap(pid), 0);
}

TEST(wait_for_a_thread_that_execs_says_so)
{
	expect_exec_told("-T", "^%d \\(.*\\), a thread of %d: "
			       "went on as the leader by exec after ");
}

TEST(wait_for_a_thread_that_execs_in_json)
{
	expect_exec_told("-jT", "^\\{\"pid\":%d,\"thread\":true,\"tgid\":%d,.*"
				"\"exit\":\\{\"cause\":\"exec\",\"wait_status");
}

TEST(wait_for_a_thread_with_a_timeout)
{
	struct thread *thread = thread_start(be_thread);

	EXPECT_TRUE(complains(
		CTL("wait", "-T", "-t", "0.1", thread->number), 124,
		"procfdctl: wait: time is over, and 1 thread is running: give it "
		"more time, or see what holds it with 'procfdctl info'\n"));
}

/* ---- ps --------------------------------------------------------------------------- */

TEST(ps_of_a_thread_by_number)
{
	struct thread *thread = thread_start(be_thread);

	EXPECT_TRUE(says(CTL("ps", "-T", "--no-header", "-o", "pid,tgid,comm",
			     thread->number),
			 "^%d  %d  " NAME "$", thread->tid, getpid()));
}

/* ---- mistakes --------------------------------------------------------------------- */

static void expect_no_process(const char *command)
{
	struct thread *thread = thread_start(be_thread);

	EXPECT_TRUE(complains(
		CTL(command, thread->number), 1,
		"procfdctl: %s: %d is a thread, and no process: name its process, "
		"or see --threads of ps, --thread of info and wait\n",
		command, thread->tid));
}

TEST(info_and_wait_of_a_thread_that_is_not_said_to_be_one)
{
	expect_no_process("info");
	expect_no_process("wait");
}

TEST(info_and_wait_of_no_thread)
{
	const char *const commands[] = { "info", "wait" };
	char number[16];

	snprintf(number, sizeof(number), "%d", NOBODY);
	for (int i = 0; i < 2; i++)
		EXPECT_TRUE(
			complains(CTL(commands[i], "--thread", number), 1,
				  "procfdctl: %s: thread %d: No such process"
				  ": look its number up again, for example "
				  "with ps\n",
				  commands[i], NOBODY));
}
