// SPDX-License-Identifier: GPL-2.0-only
/* AUTOREAP: children that go by themselves, whatever they and others do. */
#include <pthread.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "autoreap.h"

static void goes_by_itself(enum way way)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t pid;

	block_signal(SIGCHLD);
	pid = autoreap_child(way, &procfd, wait_at_gate, &gate);
	expect_unseen(pid);
	gate_open(&gate);
	expect_goes_by_itself(pid, procfd, 9 << 8);
}

TEST(autoreap_by_clone_leaves_no_zombie_no_sigchld_and_nobody_to_wait_for)
{
	goes_by_itself(BY_CLONE);
}

TEST(autoreap_by_next_child_leaves_no_zombie_no_sigchld_and_nobody_to_wait_for)
{
	goes_by_itself(BY_NEXT_CHILD);
}

/* A blocked wait that may see it has nobody left when it ends. */
TEST(autoreap_end_makes_a_blocked_wait_for_all_echild)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t child, opener, self = getpid();

	block_signal(SIGCHLD);
	child = autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);
	opener = raw_clone(CLONE_PARENT);
	if (!opener) {
		ASSERT_SOON(proc_state(self) == 'S');
		gate_open(&gate);
		_exit(0);
	}
	EXPECT_ERRNO(waitpid(child, NULL, __WALL), ECHILD);
	EXPECT_EQ(has_ended(procfd), true);
}

TEST(autoreap_end_makes_wait_by_fd_give_the_record)
{
	struct gate gate = gate_make();
	struct procfd_wait wait;
	int procfd = -1;

	autoreap_child(BY_CLONE, &procfd, wait_at_gate, &gate);
	EXPECT_EQ(wait_for(procfd, PROCFD_WEXITED | PROCFD_WNOHANG, &wait), 0);
	EXPECT_EQ(wait.code, 0);
	gate_open(&gate);
	EXPECT_EQ(wait_for(procfd, PROCFD_WEXITED, &wait), 0);
	EXPECT_EQ(wait.code, CLD_EXITED);
	EXPECT_EQ(wait.status, 9);
}

/* ---- exec --------------------------------------------------------------------- */

struct exec_pipes {
	struct gate begun, go;
};

/* A shell that tells that it runs, and exits with 5 when it may. */
static int exec_waiting_shell(void *arg)
{
	struct exec_pipes *pipes = arg;

	dup2(pipes->go.read_fd, 0);
	dup2(pipes->begun.write_fd, 1);
	exec_shell("echo; read line; exit 5");
	return 127;
}

static void *exec_in_thread(void *pipes)
{
	exec_waiting_shell(pipes);
	return NULL;
}

static int exec_by_second_thread(void *pipes)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_in_thread, pipes);
	for (;;)
		pause();
	return 0;
}

static void goes_after_exec(enum way way, int (*run)(void *))
{
	struct exec_pipes pipes = { gate_make(), gate_make() };
	int procfd = -1;
	pid_t pid;

	block_signal(SIGCHLD);
	pid = autoreap_child(way, &procfd, run, &pipes);
	gate_wait(&pipes.begun);
	expect_unseen(pid);
	ASSERT_EQ(write(pipes.go.write_fd, "\n", 1), 1);
	expect_goes_by_itself(pid, procfd, 5 << 8);
}

TEST(autoreap_survives_exec_of_the_child)
{
	goes_after_exec(BY_CLONE, exec_waiting_shell);
}

TEST(autoreap_survives_exec_of_a_next_child)
{
	goes_after_exec(BY_NEXT_CHILD, exec_waiting_shell);
}

TEST(autoreap_survives_exec_by_another_thread_of_the_child)
{
	goes_after_exec(BY_CLONE, exec_by_second_thread);
}

struct exec_parent {
	struct exec_pipes pipes;
	struct gate child_gate;
	bool autoreap;
	pid_t child;
};

/* Has a child, and is a shell then that has SIGCHLD blocked. */
static void exec_with_child(void *arg)
{
	struct exec_parent *parent = arg;
	int procfd = -1, flags = parent->autoreap ? PROCFD_AUTOREAP : 0;
	pid_t pid;

	block_signal(SIGCHLD);
	pid = clone_child(device(), flags, 0, &procfd);
	if (!pid)
		_exit(wait_at_gate(&parent->child_gate));
	parent->child = pid;
	exec_waiting_shell(&parent->pipes);
}

/* Does the exec'd parent get SIGCHLD when the child ends? */
static bool exec_parent_is_signalled(bool autoreap)
{
	struct exec_parent *parent = shared_memory(sizeof(*parent));
	pid_t shell;
	int procfd;
	bool signalled;

	parent->pipes = (struct exec_pipes){ gate_make(), gate_make() };
	parent->child_gate = gate_make();
	parent->autoreap = autoreap;
	shell = fork_child(exec_with_child, parent);
	gate_wait(&parent->pipes.begun);
	procfd = procfd_of(parent->child);
	gate_open(&parent->child_gate);
	expect_exit(procfd, 9);
	if (autoreap)
		ASSERT_SOON(is_hung_up(procfd));
	else /* after the record, and after it is a zombie */
		ASSERT_SOON(signal_in_status(shell, "ShdPnd", SIGCHLD));
	signalled = signal_in_status(shell, "ShdPnd", SIGCHLD);
	kill_and_reap(shell);
	return signalled;
}

TEST(autoreap_survives_exec_of_the_parent)
{
	EXPECT_FALSE(exec_parent_is_signalled(true));
}

/* So that the test above can fail: this is what it would see. */
TEST(autoreap_absent_lets_an_exec_of_the_parent_bring_sigchld)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	EXPECT_TRUE(exec_parent_is_signalled(false));
	EXPECT_GT(TEMP_FAILURE_RETRY(waitpid(-1, NULL, __WALL)), 0);
}

/* ---- the parent ends ------------------------------------------------------------- */

struct orphan {
	struct gate gate;
	pid_t pid;
	enum way way;
};

static void leave_orphan(void *arg)
{
	struct orphan *orphan = arg;
	int procfd = -1;

	orphan->pid = autoreap_child(orphan->way, &procfd, wait_at_gate,
				     &orphan->gate);
}

/* clears what the end of an ordinary child left pending */
static void take_signal(int signal)
{
	struct timespec none = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	EXPECT_EQ(sigtimedwait(&set, NULL, &none), signal);
}

/* The caller gets the children of those who die below it. */
static void orphan_goes_by_itself(struct orphan *orphan)
{
	char value[32];
	pid_t middle;
	int procfd;

	orphan->gate = gate_make();
	middle = fork_child(leave_orphan, orphan);
	EXPECT_EQ(reap(middle), 0);
	expect_unseen(orphan->pid);
	take_signal(SIGCHLD);
	EXPECT_EQ(atoi(proc_status(orphan->pid, "PPid", value, 32)), getpid());
	procfd = procfd_of(orphan->pid);
	gate_open(&orphan->gate);
	expect_goes_by_itself(orphan->pid, procfd, 9 << 8);
	close(procfd);
	gate_close(&orphan->gate);
}

static void orphans_go_by_themselves(void *unused)
{
	struct orphan *orphan = shared_memory(sizeof(*orphan));

	block_signal(SIGCHLD);
	for (int i = 0; i < 30; i++) {
		orphan->way = i & 1;
		orphan_goes_by_itself(orphan);
	}
}

TEST(autoreap_survives_reparenting_to_a_subreaper)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	orphans_go_by_themselves(NULL);
}

TEST(autoreap_survives_reparenting_to_init_of_a_pid_namespace)
{
	run_in_pid_namespace(orphans_go_by_themselves, NULL);
}

/* It may be counted in for a moment, but a wait for it must not be for ever. */
TEST(autoreap_orphan_does_not_hold_up_a_blocked_wait)
{
	struct orphan *orphan = shared_memory(sizeof(*orphan));

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < 30; i++) {
		int procfd;
		pid_t middle;

		orphan->gate = gate_make();
		middle = fork_child(leave_orphan, orphan);
		EXPECT_EQ(waitpid(-1, NULL, 0), middle);
		EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
		procfd = procfd_of(orphan->pid);
		gate_open(&orphan->gate);
		expect_exit(procfd, 9);
		ASSERT_SOON(is_hung_up(procfd));
		close(procfd);
	}
}

TEST(autoreap_orphan_after_exec_goes_by_itself)
{
	struct orphan *orphan = shared_memory(sizeof(*orphan));
	struct exec_pipes pipes = { gate_make(), gate_make() };
	pid_t middle;
	int procfd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	block_signal(SIGCHLD);
	middle = ASSERT_OK(fork());
	if (!middle) {
		orphan->pid = autoreap_child(BY_CLONE, &procfd,
					     exec_waiting_shell, &pipes);
		gate_wait(&pipes.begun);
		_exit(0);
	}
	EXPECT_EQ(reap(middle), 0);
	expect_unseen(orphan->pid);
	take_signal(SIGCHLD);
	procfd = procfd_of(orphan->pid);
	ASSERT_EQ(write(pipes.go.write_fd, "\n", 1), 1);
	expect_goes_by_itself(orphan->pid, procfd, 5 << 8);
}

/* ---- ways to end ------------------------------------------------------------------ */

static int dump_core(void *unused)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &limit);
	if (chdir("/tmp"))
		return 1;
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void dump_core_natively(void *unused)
{
	dump_core(NULL);
}

TEST(autoreap_child_that_dumps_core_goes_by_itself)
{
	int status = reap(fork_child(dump_core_natively, NULL)), procfd = -1;
	pid_t pid;

	EXPECT_TRUE(WCOREDUMP(status));
	block_signal(SIGCHLD);
	if (signal_pending(SIGCHLD))
		take_signal(SIGCHLD);
	pid = autoreap_child(BY_CLONE, &procfd, dump_core, NULL);
	expect_goes_by_itself(pid, procfd, status);
	unlink("/tmp/core");
}

TEST(autoreap_child_that_is_killed_goes_by_itself)
{
	int signals[] = { SIGKILL, SIGTERM, SIGRTMIN };

	block_signal(SIGCHLD);
	for (int i = 0; i < 3; i++) {
		int procfd = -1;
		pid_t pid = autoreap_child(BY_CLONE, &procfd,
					   sleep_until_killed, NULL);

		ASSERT_OK(kill(pid, signals[i]));
		expect_goes_by_itself(pid, procfd, signals[i]);
	}
}

static void *exit_group_at_gate(void *gate)
{
	gate_wait(gate);
	_exit(7);
}

static int end_leader_first(void *gate)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exit_group_at_gate, gate);
	syscall(SYS_exit, 3);
	return 1;
}

TEST(autoreap_child_whose_leader_ended_first_goes_with_its_last_thread)
{
	struct gate gate = gate_make();
	int procfd = -1;
	pid_t pid;

	block_signal(SIGCHLD);
	pid = autoreap_child(BY_CLONE, &procfd, end_leader_first, &gate);
	wait_zombie(pid);
	EXPECT_FALSE(has_ended(procfd));
	expect_unseen(pid);
	gate_open(&gate);
	expect_goes_by_itself(pid, procfd, 7 << 8);
}

#define CROWD 500

TEST_TIMEOUT(autoreap_crowd_that_ends_at_once_goes_by_itself, 60)
{
	struct gate gate = gate_make();
	static int procfds[CROWD];

	block_signal(SIGCHLD);
	for (int i = 0; i < CROWD; i++) {
		char byte;

		if (autoreap_fork(i & 1, &procfds[i]))
			continue;
		close(gate.write_fd);
		if (read(gate.read_fd, &byte, 1))
			_exit(1);
		_exit(i & 127);
	}
	EXPECT_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
	close(gate.write_fd);
	for (int i = 0; i < CROWD; i++) {
		expect_exit(procfds[i], i & 127);
		ASSERT_SOON(is_hung_up(procfds[i]));
	}
	EXPECT_FALSE(signal_pending(SIGCHLD));
	EXPECT_ERRNO(waitpid(-1, NULL, WNOHANG | __WALL), ECHILD);
}

/* ---- what cannot be AUTOREAP ------------------------------------------------------ */

TEST(autoreap_with_an_exit_signal_or_clone_parent_is_einval)
{
	struct clone_args sibling = { .flags = CLONE_PARENT };
	int dev = device(), procfd = -1;

	EXPECT_ERRNO(clone_child(dev, PROCFD_AUTOREAP, SIGCHLD, &procfd),
		     EINVAL);
	EXPECT_ERRNO(clone_child(dev, PROCFD_AUTOREAP, SIGUSR1, &procfd),
		     EINVAL);
	EXPECT_ERRNO(clone3_procfd(dev, &sibling, PROCFD_AUTOREAP, &procfd),
		     EINVAL);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

static void have_sibling(void *out)
{
	int procfd = ASSERT_OK(next_child(device(), PROCFD_AUTOREAP));
	pid_t pid = ASSERT_OK(raw_clone(CLONE_PARENT | SIGCHLD));
	char flags[64];

	if (!pid)
		_exit(17);
	*(pid_t *)out = pid;
	expect_exit(procfd, 17);
	EXPECT_STREQ(fdinfo(procfd, "procfd_flags", flags, 64), "none");
}

TEST(autoreap_next_child_with_clone_parent_is_left_to_its_parent)
{
	pid_t *sibling = shared_memory(sizeof(*sibling));

	test_follow(reap(fork_child(have_sibling, sibling)));
	EXPECT_EQ(reap(*sibling), 17 << 8);
}
