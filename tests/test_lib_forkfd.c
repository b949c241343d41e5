// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd: forkfd as Qt has it, with the module and without it. */
#include "forkfd.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "lib.h"

/* A child that exits with that status; its number goes to *pid. */
static int forkfd_exit(int flags, int status, pid_t *pid)
{
	int ffd = forkfd(flags, pid);

	if (ffd == FFD_CHILD_PROCESS)
		_exit(status);
	return ASSERT_OK(ffd);
}

static int forkfd_sleeper(int flags, pid_t *pid)
{
	int ffd = forkfd(flags, pid);

	while (ffd == FFD_CHILD_PROCESS)
		pause();
	return ASSERT_OK(ffd);
}

static void expect_end(int ffd, int code, int status)
{
	struct forkfd_info info = { -1, -1 };

	EXPECT_EQ(poll_fd(ffd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	EXPECT_OK(forkfd_wait(ffd, &info, NULL));
	EXPECT_EQ(info.code, code);
	EXPECT_EQ(info.status, status);
}

static bool is_blocked(int sig)
{
	sigset_t set;

	ASSERT_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	return sigismember(&set, sig);
}

static void block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

/* ---- forkfd -------------------------------------------------------------------- */

TEST_BOTH(forkfd_tells_that_the_child_exited)
{
	pid_t pid = -1;
	int ffd = forkfd_exit(0, 7, &pid);

	EXPECT_GT(pid, 0);
	expect_end(ffd, CLD_EXITED, 7);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
	EXPECT_OK(forkfd_close(ffd));
	EXPECT_ERRNO(forkfd_close(ffd), EBADF);
}

TEST_BOTH(forkfd_tells_that_the_child_was_killed)
{
	pid_t pid;
	int ffd = forkfd_sleeper(0, &pid);

	EXPECT_EQ(poll_fd(ffd, POLLIN, 0), 0);
	ASSERT_OK(kill(pid, SIGTERM));
	expect_end(ffd, CLD_KILLED, SIGTERM);
}

TEST_BOTH(forkfd_sets_the_flags)
{
	int plain = forkfd_exit(0, 0, NULL);
	int both = forkfd_exit(FFD_CLOEXEC | FFD_NONBLOCK, 0, NULL);

	EXPECT_EQ(fcntl(plain, F_GETFD), 0);
	EXPECT_EQ(fcntl(plain, F_GETFL) & O_NONBLOCK, 0);
	EXPECT_EQ(fcntl(both, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(both, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	expect_end(plain, CLD_EXITED, 0);
	expect_end(both, CLD_EXITED, 0);
}

/* The first one opens what the library keeps. */
TEST_BOTH(forkfd_child_has_no_descriptor_and_the_number_0)
{
	pid_t pid = -1;
	int before, ffd;

	expect_end(forkfd_exit(0, 0, NULL), CLD_EXITED, 0);
	before = open_fd_count();
	ffd = forkfd(0, &pid);
	if (ffd == FFD_CHILD_PROCESS)
		_exit(!pid && open_fd_count() == before ? 0 : 1);
	EXPECT_EQ(open_fd_count(), before + 1);
	expect_end(ASSERT_OK(ffd), CLD_EXITED, 0);
}

TEST_BOTH(forkfd_child_raises_sigchld_and_is_a_zombie)
{
	siginfo_t info;
	sigset_t pending;
	pid_t pid;
	int ffd;

	block(SIGCHLD);
	ffd = forkfd_exit(0, 3, &pid);
	ASSERT_OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	sigpending(&pending);
	EXPECT_TRUE(sigismember(&pending, SIGCHLD));
	expect_end(ffd, CLD_EXITED, 3);
}

static int prepared, children;

static void count_prepared(void)
{
	prepared++;
}

static void count_children(void)
{
	children++;
}

TEST_BOTH(forkfd_runs_handlers_of_atfork)
{
	int ffd;

	ASSERT_EQ(pthread_atfork(count_prepared, NULL, count_children), 0);
	ffd = forkfd(0, NULL);
	if (ffd == FFD_CHILD_PROCESS)
		_exit(children);
	EXPECT_EQ(prepared, 1);
	expect_end(ffd, CLD_EXITED, 1);
}

TEST_BOTH(forkfd_leaves_the_signal_mask_alone)
{
	int ffd;

	block(SIGUSR1);
	ffd = forkfd(0, NULL);
	if (ffd == FFD_CHILD_PROCESS)
		_exit(is_blocked(SIGUSR1) && !is_blocked(SIGUSR2) ? 0 : 1);
	EXPECT_TRUE(is_blocked(SIGUSR1));
	EXPECT_FALSE(is_blocked(SIGUSR2));
	expect_end(ffd, CLD_EXITED, 0);
}

static void fork_without_room(void *unused)
{
	const struct rlimit none = { 0 };
	int before;

	close(procfd_open(getpid(), 0));
	before = open_fd_count();
	ASSERT_OK(setrlimit(RLIMIT_NPROC, &none));
	EXPECT_ERRNO(forkfd(0, NULL), EAGAIN);
	EXPECT_ERRNO(vforkfd(0, NULL, NULL, NULL), EAGAIN);
	EXPECT_EQ(open_fd_count(), before);
	EXPECT_FALSE(is_blocked(SIGUSR1));
}

TEST_BOTH(forkfd_that_fails_leaves_nothing)
{
	run_as(1000, fork_without_room, NULL);
}

TEST_BOTH(forkfd_without_a_number_left_makes_no_child)
{
	struct rlimit few = { 0 };
	int next;

	close(procfd_open(getpid(), 0));
	next = ASSERT_OK(dup(0));
	close(next);
	few.rlim_cur = few.rlim_max = next;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_ERRNO(forkfd(0, NULL), EMFILE);
	EXPECT_ERRNO(vforkfd(0, NULL, NULL, NULL), EMFILE);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

static atomic_bool stop_stealing;

static void *steal_children(void *unused)
{
	while (!atomic_load(&stop_stealing))
		waitpid(-1, NULL, 0);
	return NULL;
}

/* Whoever waits for everything may have the child, but not before there is an fd. */
TEST_BOTH(forkfd_holds_children_that_others_wait_for)
{
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, steal_children, NULL), 0);
	for (int i = 0; i < fewer(300); i++) {
		int ffd = forkfd_exit(FFD_CLOEXEC, 0, NULL);

		ASSERT_EQ(poll_fd(ffd, POLLIN, SOON_MS) & POLLIN, POLLIN);
		forkfd_close(ffd);
	}
	atomic_store(&stop_stealing, true);
	pthread_join(thread, NULL);
}

TEST_BOTH(forkfd_holds_children_that_reap_themselves)
{
	int ffd;

	signal(SIGCHLD, SIG_IGN);
	ffd = forkfd_exit(0, 1, NULL);
	EXPECT_EQ(poll_fd(ffd, POLLIN, SOON_MS) & POLLIN, POLLIN);
}

/* ---- vforkfd ------------------------------------------------------------------- */

struct errand {
	int said;
	int status;
};

static int run_errand(void *token)
{
	struct errand *errand = token;

	errand->said = is_blocked(SIGUSR1) && !is_blocked(SIGUSR2);
	return errand->status;
}

TEST_BOTH(vforkfd_runs_the_function_in_shared_memory)
{
	struct errand errand = { .status = 9 };
	pid_t pid = -1;
	int ffd;

	block(SIGUSR1);
	ffd = ASSERT_OK(vforkfd(FFD_CLOEXEC, &pid, run_errand, &errand));
	EXPECT_EQ(errand.said, 1);
	EXPECT_TRUE(is_blocked(SIGUSR1));
	EXPECT_FALSE(is_blocked(SIGUSR2));
	EXPECT_GT(pid, 0);
	EXPECT_EQ(fcntl(ffd, F_GETFD), FD_CLOEXEC);
	expect_end(ffd, CLD_EXITED, 9);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
}

TEST_BOTH(vforkfd_with_use_fork_copies_the_memory)
{
	struct errand errand = { .said = 7, .status = 4 };
	int ffd = ASSERT_OK(vforkfd(FFD_USE_FORK | FFD_NONBLOCK, NULL,
				    run_errand, &errand));

	EXPECT_EQ(errand.said, 7);
	EXPECT_EQ(fcntl(ffd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	expect_end(ffd, CLD_EXITED, 4);
}

static int exec_shell(void *script)
{
	execl("/bin/sh", "sh", "-c", (char *)script, (char *)NULL);
	return 127;
}

TEST(vforkfd_child_can_exec)
{
	int ffd = ASSERT_OK(vforkfd(FFD_NONBLOCK, NULL, exec_shell,
				    (void *)"kill -KILL $$"));

	EXPECT_EQ(fcntl(ffd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	expect_end(ffd, CLD_KILLED, SIGKILL);
}

TEST(without_module_vforkfd_sets_nonblock)
{
	struct errand errand = { .status = 0 };
	int ffd;

	hide_device();
	ffd = ASSERT_OK(vforkfd(FFD_NONBLOCK, NULL, run_errand, &errand));
	EXPECT_EQ(fcntl(ffd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_EQ(fcntl(ffd, F_GETFD), 0);
	expect_end(ffd, CLD_EXITED, 0);
}

/* ---- wait ---------------------------------------------------------------------- */

TEST_BOTH(wait_for_who_lives_is_eagain_if_it_may_not_sleep)
{
	struct forkfd_info info = { 5, 5 };
	pid_t pid, other;
	int ffd = forkfd_sleeper(0, &pid);
	int nonblock = forkfd_sleeper(FFD_NONBLOCK, &other);

	EXPECT_ERRNO(forkfd_wait4(ffd, &info, FFDW_NOHANG, NULL), EAGAIN);
	EXPECT_EQ(info.code, 0);
	EXPECT_ERRNO(forkfd_wait4(ffd, NULL, WNOHANG, NULL), EAGAIN);
	EXPECT_ERRNO(forkfd_wait(nonblock, &info, NULL), EAGAIN);
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_OK(kill(other, SIGKILL));
	expect_end(ffd, CLD_KILLED, SIGKILL);
	expect_end(nonblock, CLD_KILLED, SIGKILL);
}

TEST_BOTH(wait_with_nowait_leaves_the_child_there)
{
	struct forkfd_info info;
	pid_t pid;
	int ffd = forkfd_exit(0, 6, &pid);

	EXPECT_OK(forkfd_wait4(ffd, &info, FFDW_NOWAIT, NULL));
	EXPECT_EQ(info.status, 6);
	EXPECT_EQ(proc_state(pid), proc_state(getpid()) ? 'Z' : 0);
	expect_end(ffd, CLD_EXITED, 6);
}

#define TOUCHED (8 << 20)

/* In a child of the child, who must be told of as well. */
static void touch_memory(void *unused)
{
	volatile char *memory = malloc(TOUCHED);

	for (size_t i = 0; i < TOUCHED; i += 512)
		memory[i] = 1;
}

TEST_BOTH(wait_tells_what_the_child_and_its_children_used)
{
	struct rusage usage, total;
	int ffd = forkfd(0, NULL);

	if (ffd == FFD_CHILD_PROCESS)
		_exit(reap(fork_child(touch_memory, NULL)));
	memset(&usage, 0xff, sizeof(usage));
	EXPECT_OK(forkfd_wait(ffd, NULL, &usage));
	/* the only child that was ever waited for */
	ASSERT_OK(getrusage(RUSAGE_CHILDREN, &total));
	EXPECT_GE(usage.ru_maxrss, TOUCHED / 1024);
	EXPECT_EQ(usage.ru_maxrss, total.ru_maxrss);
	EXPECT_EQ(usage.ru_minflt, total.ru_minflt);
	EXPECT_EQ(usage.ru_majflt, total.ru_majflt);
	EXPECT_GT(usage.ru_utime.tv_sec + usage.ru_utime.tv_usec +
			  usage.ru_stime.tv_sec + usage.ru_stime.tv_usec,
		  0);
	EXPECT_LT(usage.ru_utime.tv_usec, 1000000);
}

TEST_BOTH(wait_on_what_is_no_process_is_ebadf)
{
	int ends[2];

	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	EXPECT_ERRNO(forkfd_wait(ends[0], NULL, NULL), EBADF);
	EXPECT_ERRNO(forkfd_wait(-1, NULL, NULL), EBADF);
}

/* ---- with the module there is more, and without it there is not ------------------ */

TEST(wait_tells_what_somebody_else_has_waited_for)
{
	struct rusage usage;
	pid_t pid;
	int ffd = forkfd_exit(0, 11, &pid);

	reap(pid);
	expect_end(ffd, CLD_EXITED, 11);
	expect_end(ffd, CLD_EXITED, 11);
	EXPECT_OK(forkfd_wait(ffd, NULL, &usage));
	EXPECT_GT(usage.ru_maxrss, 0);
}

TEST(without_module_wait_after_somebody_else_is_echild)
{
	pid_t pid;
	int ffd;

	hide_device();
	ffd = forkfd_exit(0, 11, &pid);
	reap(pid);
	EXPECT_ERRNO(forkfd_wait(ffd, NULL, NULL), ECHILD);
}

static void expect_exit_5(void *ffd)
{
	expect_end(*(int *)ffd, CLD_EXITED, 5);
}

TEST(wait_works_for_who_is_not_the_parent)
{
	int ffd = forkfd_exit(0, 5, NULL);

	test_follow(reap(fork_child(expect_exit_5, &ffd)));
	expect_exit_5(&ffd);
}

static void expect_echild(void *ffd)
{
	EXPECT_ERRNO(forkfd_wait(*(int *)ffd, NULL, NULL), ECHILD);
}

TEST(without_module_wait_is_for_the_parent)
{
	int ffd;

	hide_device();
	ffd = forkfd_exit(0, 5, NULL);
	test_follow(reap(fork_child(expect_echild, &ffd)));
	expect_exit_5(&ffd);
}
