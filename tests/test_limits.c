// SPDX-License-Identifier: GPL-2.0-only
/* At the limits of fds, processes and signals: an error, and nothing left of it. */
#include <sys/resource.h>

#include "native.h"
#include "refs.h"

/* ---- fds ------------------------------------------------------------------------ */

/* What there was when no further fd could be had. */
struct full {
	int fds, references;
};

/* Only so many more fds can be had. */
static struct full exhaust_fds(int more)
{
	struct full full = { open_fd_count(), module_references() };
	int next = dup(STDERR_FILENO);
	struct rlimit limit = { next + more, 4096 };

	close(next);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	if (!more)
		ASSERT_ERRNO(dup(STDERR_FILENO), EMFILE);
	return full;
}

static void allow_fds(void)
{
	struct rlimit limit = { 4096, 4096 };

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
}

/* Lifts the limit and looks what the failed calls have left. */
static void expect_nothing_left(struct full full)
{
	allow_fds();
	EXPECT_EQ(open_fd_count(), full.fds);
	module_references_back(full.references);
}

#define TRIES 20

TEST(limits_of_fds_make_open_pid_emfile)
{
	pid_t pid = fork_sleeper();
	struct full full;
	int dev;

	module_idle();
	dev = device();
	full = exhaust_fds(0);
	for (int i = 0; i < TRIES; i++) {
		EXPECT_ERRNO(open_pid(dev, pid, 0), EMFILE);
		EXPECT_ERRNO(pidfd_open_native(pid), EMFILE);
	}
	expect_nothing_left(full);
	kill_and_reap(pid);
}

/* The description that could not be returned kills nobody when it goes. */
TEST(limits_of_fds_make_open_pid_with_kill_on_close_kill_nobody)
{
	pid_t pid = fork_sleeper();
	struct full full;
	int dev, watch;

	module_idle();
	dev = device();
	watch = procfd_of(pid);
	full = exhaust_fds(0);
	EXPECT_ERRNO(open_pid(dev, pid, PROCFD_KILL_ON_CLOSE), EMFILE);
	expect_nothing_left(full);
	EXPECT_FALSE(has_ended(watch));
	EXPECT_OK(kill(pid, SIGTERM));
	EXPECT_EQ(reap(pid), SIGTERM);
}

TEST(limits_of_fds_make_clone_emfile_and_no_child)
{
	unsigned int flags[] = { 0, PROCFD_AUTOREAP, PROCFD_KILL_ON_CLOSE };
	struct full full;
	int dev;

	module_idle();
	dev = device();
	full = exhaust_fds(0);
	for (int i = 0; i < TRIES; i++) {
		unsigned int flag = flags[i % 3];
		int procfd = -1;

		EXPECT_ERRNO(clone_child(dev, flag,
					 flag == PROCFD_AUTOREAP ? 0 : SIGCHLD,
					 &procfd),
			     EMFILE);
		EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
	}
	expect_nothing_left(full);
}

TEST(limits_of_fds_make_next_child_emfile_and_arm_nothing)
{
	struct gated_exit gated;
	struct full full;
	int dev, procfd;
	pid_t pid;

	module_idle();
	dev = device();
	full = exhaust_fds(0);
	for (int i = 0; i < TRIES; i++)
		EXPECT_ERRNO(next_child(dev, PROCFD_KILL_ON_CLOSE), EMFILE);
	expect_nothing_left(full);

	pid = fork_gated(&gated, 6); /* not bound, and nobody kills it */
	procfd = ASSERT_OK(next_child(dev, 0)); /* and not EBUSY */
	EXPECT_STATE(procfd, "unbound");
	gate_open(&gated.gate);
	EXPECT_EQ(reap(pid), 6 << 8);
	pid = fork_exit(7);
	expect_exit(procfd, 7);
	EXPECT_EQ(reap(pid), 7 << 8);
}

TEST(limits_of_fds_make_get_pidfd_and_get_namespace_emfile)
{
	pid_t pid = fork_sleeper();
	struct full full;
	int procfd;

	module_idle();
	procfd = procfd_of(pid);
	full = exhaust_fds(0);
	for (int i = 0; i < TRIES; i++) {
		EXPECT_ERRNO(get_pidfd(procfd, 0), EMFILE);
		EXPECT_ERRNO(get_namespace(procfd, PROCFD_NAMESPACE_UTS),
			     EMFILE);
	}
	expect_nothing_left(full);
	kill_and_reap(pid);
}

/* A limit that is reached only by the second fd of the call. */
TEST(limits_of_fds_make_clone_with_a_pidfd_emfile_and_no_child)
{
	int dev, procfd = -1, pidfd = -1;
	struct clone_args args = { .flags = CLONE_PIDFD,
				   .pidfd = (uintptr_t)&pidfd,
				   .exit_signal = SIGCHLD };
	struct full full;

	module_idle();
	dev = device();
	full = exhaust_fds(1);
	for (int i = 0; i < TRIES; i++) {
		EXPECT_ERRNO(clone3_procfd(dev, &args, 0, &procfd), EMFILE);
		EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
	}
	expect_nothing_left(full);
}

/* ---- processes ---------------------------------------------------------------------- */

/* The user may have no further process; the hard limit stays. */
static void exhaust_processes(void)
{
	struct rlimit limit = { 1, 1000 };

	ASSERT_OK(setrlimit(RLIMIT_NPROC, &limit));
	ASSERT_ERRNO(fork(), EAGAIN);
}

static void allow_processes(void)
{
	struct rlimit limit = { 1000, 1000 };

	ASSERT_OK(setrlimit(RLIMIT_NPROC, &limit));
}

static void clone_at_the_limit(void *unused)
{
	int dev = device(), fds = open_fd_count(), procfd = -1;
	int references = module_references();
	pid_t pid;

	exhaust_processes();
	for (int i = 0; i < TRIES; i++) {
		EXPECT_ERRNO(clone_child(dev, 0, SIGCHLD, &procfd), EAGAIN);
		EXPECT_ERRNO(clone_child(dev, PROCFD_AUTOREAP, 0, &procfd),
			     EAGAIN);
	}
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
	EXPECT_EQ(open_fd_count(), fds);
	ASSERT_SOON(module_references() == references);

	allow_processes();
	pid = ASSERT_OK(clone_child(dev, 0, SIGCHLD, &procfd));
	if (!pid)
		_exit(3);
	EXPECT_EQ(reap(pid), 3 << 8);
}

TEST(limits_of_processes_make_clone_eagain)
{
	module_idle();
	run_as(1000, clone_at_the_limit, NULL);
}

static void fork_at_the_limit(void *flags)
{
	int dev = device(), procfd;
	pid_t pid;

	procfd = ASSERT_OK(next_child(dev, *(unsigned int *)flags));
	exhaust_processes();
	for (int i = 0; i < TRIES; i++)
		EXPECT_ERRNO(fork(), EAGAIN);
	EXPECT_STATE(procfd, "unbound");
	EXPECT_ERRNO(next_child(dev, 0), EBUSY);

	allow_processes();
	pid = ASSERT_OK(fork());
	if (!pid)
		_exit(6);
	expect_exit(procfd, 6);
	EXPECT_EQ((pid_t)read_record(procfd).pid, pid);
	if (!*(unsigned int *)flags)
		EXPECT_EQ(reap(pid), 6 << 8);
	close(ASSERT_OK(next_child(dev, 0)));
}

TEST(limits_of_processes_leave_next_child_armed)
{
	run_as(1000, fork_at_the_limit, &(unsigned int){ 0 });
}

TEST(limits_of_processes_leave_an_autoreap_next_child_armed)
{
	run_as(1000, fork_at_the_limit, &(unsigned int){ PROCFD_AUTOREAP });
}

/* ---- signals -------------------------------------------------------------------------- */

#define QUEUE 5

static int send_queued(int procfd, int signal, int value)
{
	struct procfd_send_signal arg = { .signal = signal,
					  .flags = PROCFD_SIGNAL_INFO,
					  .code = SI_QUEUE,
					  .value = value };

	return ioctl(procfd, PROCFD_SEND_SIGNAL, &arg);
}

static int send_queued_native(int pidfd, int signal)
{
	siginfo_t info = { .si_signo = signal, .si_code = SI_QUEUE };

	return pidfd_signal_native(pidfd, signal, &info);
}

static int queue_until_full(int procfd, int pidfd, bool native)
{
	int count = 0;

	while (count < 1000 && !(native ? send_queued_native(pidfd, SIGRTMIN) :
					  send_queued(procfd, SIGRTMIN, 1)))
		count++;
	EXPECT_EQ(errno, EAGAIN);
	return count;
}

/* Waits with everything blocked until it is killed. */
static void block_and_sleep(void *gate)
{
	block_signal(SIGRTMIN);
	block_signal(SIGUSR1);
	gate_open(gate);
	for (;;)
		pause();
}

static void queue_to_the_limit(void *unused)
{
	struct rlimit limit = { QUEUE, QUEUE };
	struct gate gate = gate_make();
	int full[2];

	ASSERT_OK(setrlimit(RLIMIT_SIGPENDING, &limit));
	for (int native = 0; native < 2; native++) {
		pid_t pid = fork_child(block_and_sleep, &gate);
		int procfd = procfd_of(pid);
		int pidfd = ASSERT_OK(get_pidfd(procfd, 0));

		gate_wait(&gate);
		full[native] = queue_until_full(procfd, pidfd, native);
		EXPECT_ERRNO(send_queued(procfd, SIGRTMIN, 1), EAGAIN);
		/* an ordinary signal needs no place */
		EXPECT_OK(send_queued(procfd, SIGUSR1, 1));
		EXPECT_OK(send_signal(procfd, SIGKILL, 0));
		reap(pid);
	}
	EXPECT_GT(full[0], 0);
	EXPECT_EQ(full[0], full[1]);
}

TEST(limits_of_queued_signals_make_send_signal_with_info_eagain)
{
	run_as(1000, queue_to_the_limit, NULL);
}
