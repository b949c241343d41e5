// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd: children that are held from their birth. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "lib.h"

/* Not armed: a second arming would be EBUSY. */
static void expect_disarmed(void)
{
	close(EXPECT_OK(procfd_next_child(0)));
}

static void block(int sig, sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, before));
}

static bool is_blocked(int sig)
{
	sigset_t set;

	ASSERT_OK(sigprocmask(SIG_BLOCK, NULL, &set));
	return sigismember(&set, sig);
}

static bool holds_a_procfd(void)
{
	struct procfd_fdinfo info;

	for (int fd = 0; fd < 256; fd++)
		if (!procfd_read_fdinfo(fd, &info, sizeof(info)))
			return true;
	return false;
}

/* ---- fork -------------------------------------------------------------------- */

TEST(fork_holds_the_child)
{
	int fd = -2;
	pid_t pid = ASSERT_OK(procfd_fork(&fd, 0));
	struct procfd_exit_record record;

	if (!pid)
		_exit(fd == -1 && !holds_a_procfd() ? 4 : 5);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	record = exit_record(fd);
	EXPECT_EQ(record.pid, pid);
	EXPECT_EQ(procfd_exit_code(&record), 4);
	reap(pid);
}

static int prepared, parents, children;

static void count_prepared(void)
{
	prepared++;
}

static void count_parents(void)
{
	parents++;
}

static void count_children(void)
{
	children++;
}

TEST(fork_runs_handlers_of_atfork)
{
	int fd;
	pid_t pid;

	ASSERT_EQ(pthread_atfork(count_prepared, count_parents, count_children),
		  0);
	pid = ASSERT_OK(procfd_fork(&fd, 0));
	if (!pid)
		_exit(children);
	EXPECT_EQ(prepared, 1);
	EXPECT_EQ(parents, 1);
	expect_exit_code(fd, 1);
	reap(pid);
}

TEST(fork_leaves_the_signal_mask_alone)
{
	int fd;
	pid_t pid;

	block(SIGUSR1, NULL);
	pid = ASSERT_OK(procfd_fork(&fd, 0));
	if (!pid)
		_exit(is_blocked(SIGUSR1) && !is_blocked(SIGUSR2) ? 0 : 1);
	EXPECT_TRUE(is_blocked(SIGUSR1));
	EXPECT_FALSE(is_blocked(SIGUSR2));
	expect_exit_code(fd, 0);
	reap(pid);
}

TEST(fork_with_autoreap_leaves_nothing_to_wait_for)
{
	int fd;
	pid_t pid;

	block(SIGCHLD, NULL);
	pid = ASSERT_OK(procfd_fork(&fd, PROCFD_AUTOREAP));
	if (!pid)
		_exit(9);
	expect_exit_code(fd, 9);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
	sigset_t pending;

	sigpending(&pending);
	EXPECT_FALSE(sigismember(&pending, SIGCHLD));
}

TEST(fork_with_kill_on_close_kills)
{
	int fd;
	pid_t pid = ASSERT_OK(procfd_fork(&fd, PROCFD_KILL_ON_CLOSE));

	if (!pid)
		for (;;)
			pause();
	close(fd);
	EXPECT_EQ(reap(pid), SIGKILL);
}

static void fork_without_room(void *unused)
{
	const struct rlimit none = { 0 };
	int before, fd = 7;

	ASSERT_OK(setrlimit(RLIMIT_NPROC, &none));
	expect_disarmed();
	before = open_fd_count();
	EXPECT_ERRNO(procfd_fork(&fd, 0), EAGAIN);
	EXPECT_EQ(fd, -1);
	EXPECT_EQ(open_fd_count(), before);
	EXPECT_FALSE(is_blocked(SIGUSR1));
	expect_disarmed();
}

TEST(fork_that_fails_disarms)
{
	run_as(1000, fork_without_room, NULL);
}

static void fork_in_handler(int sig)
{
	pid_t pid = _Fork();

	if (!pid)
		_exit(99);
	waitpid(pid, NULL, 0);
}

TEST(fork_is_not_confused_by_a_handler_that_forks)
{
	const struct itimerval never = { 0 };
	struct sigaction action = { .sa_handler = fork_in_handler,
				    .sa_flags = SA_RESTART };
	int fd;

	ASSERT_OK(sigaction(SIGALRM, &action, NULL));
	for (int i = 0; i < 200; i++) {
		/* once, at some moment between here and the fork, or just after */
		const struct itimerval soon = { .it_value.tv_usec = 1 + i * 5 };
		pid_t pid;

		ASSERT_OK(setitimer(ITIMER_REAL, &soon, NULL));
		pid = ASSERT_OK(procfd_fork(&fd, 0));
		if (!pid)
			_exit(1);
		ASSERT_OK(setitimer(ITIMER_REAL, &never, NULL));
		ASSERT_EQ(exit_record(fd).pid, pid);
		reap(pid);
		close(fd);
	}
}

TEST(fork_that_allows_a_pidfd_prefers_a_procfd)
{
	int fd;
	pid_t pid = ASSERT_OK(procfd_fork(&fd, PROCFD_ALLOW_PIDFD));

	if (!pid)
		_exit(6);
	expect_exit_code(fd, 6);
	reap(pid);
}

TEST(without_module_fork_holds_the_child_by_a_pidfd)
{
	siginfo_t info;
	pid_t pid;
	int fd;

	hide_device();
	pid = ASSERT_OK(procfd_fork(&fd, PROCFD_ALLOW_PIDFD | PROCFD_NONBLOCK));
	if (!pid)
		_exit(fd == -1 && !is_blocked(SIGUSR1) ? 4 : 5);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_FALSE(is_blocked(SIGUSR1));
	EXPECT_EQ(poll_fd(fd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	ASSERT_OK(procfd_wait(fd, WEXITED, NULL, &info, NULL, 0));
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_status, 4);
}

TEST(without_module_fork_does_not_keep_less_than_it_says)
{
	int fd = 7;

	hide_device();
	EXPECT_ERRNO(procfd_fork(&fd, 0), ENODEV);
	EXPECT_ERRNO(procfd_fork(&fd,
				 PROCFD_ALLOW_PIDFD | PROCFD_KILL_ON_CLOSE),
		     ENODEV);
	EXPECT_ERRNO(procfd_fork(&fd, PROCFD_ALLOW_PIDFD | PROCFD_AUTOREAP),
		     ENODEV);
	EXPECT_EQ(fd, -1);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(without_module_fork_without_a_pidfd_makes_no_child)
{
	struct rlimit few = { 0 };
	int fd, next;

	hide_device();
	next = ASSERT_OK(dup(0));
	close(next);
	few.rlim_cur = few.rlim_max = next;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_ERRNO(procfd_fork(&fd, PROCFD_ALLOW_PIDFD), EMFILE);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
	EXPECT_FALSE(is_blocked(SIGUSR1));
}

/* pidfd_open() fails with that errno. */
static void refuse_pidfds(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = code };

	ASSERT_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void fork_without_pidfds(void *error)
{
	int before = open_fd_count(), fd;

	refuse_pidfds(*(int *)error);
	EXPECT_ERRNO(procfd_fork(&fd, PROCFD_ALLOW_PIDFD),
		     *(int *)error == ENOSYS ? ENODEV : *(int *)error);
	EXPECT_EQ(fd, -1);
	EXPECT_EQ(open_fd_count(), before);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
	EXPECT_FALSE(is_blocked(SIGUSR1));
}

TEST(without_module_and_pidfds_fork_makes_no_child)
{
	int errors[] = { ENOSYS, ENOMEM };

	hide_device();
	for (int i = 0; i < 2; i++)
		test_follow(reap(fork_child(fork_without_pidfds, &errors[i])));
}

/* ---- spawn ------------------------------------------------------------------- */

static int spawn_shell(const char *script,
		       const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attr, unsigned int flags)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };

	return procfd_spawn(NULL, "/bin/sh", actions, attr, argv, environ,
			    flags);
}

TEST(spawn_holds_the_child)
{
	char *argv[] = { "sh", "-c", "exit 12", NULL };
	pid_t pid = 0;
	int fd = ASSERT_OK(
		procfd_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ, 0));

	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(exit_record(fd).pid, pid);
	expect_exit_code(fd, 12);
	reap(pid);
}

TEST(spawnp_looks_in_path)
{
	char *argv[] = { "sh", "-c", "exit 13", NULL };
	int fd = ASSERT_OK(
		procfd_spawnp(NULL, "sh", NULL, NULL, argv, environ, 0));

	expect_exit_code(fd, 13);
	wait(NULL);
	EXPECT_ERRNO(procfd_spawn(NULL, "sh", NULL, NULL, argv, environ, 0),
		     ENOENT);
}

TEST(spawn_passes_on_the_callers_signal_mask)
{
	const char *script = "kill -USR1 $$; exit 7";
	sigset_t before;

	expect_exit_code(ASSERT_OK(spawn_shell(script, NULL, NULL, 0)),
			 128 + SIGUSR1);
	block(SIGUSR1, &before);
	expect_exit_code(ASSERT_OK(spawn_shell(script, NULL, NULL, 0)), 7);
	EXPECT_FALSE(is_blocked(SIGUSR2));
	while (wait(NULL) > 0)
		;
}

TEST(spawn_takes_the_mask_of_the_attributes)
{
	posix_spawnattr_t attr, before;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	memset(&attr, 0, sizeof(attr));
	ASSERT_EQ(posix_spawnattr_init(&attr), 0);
	ASSERT_EQ(posix_spawnattr_setsigmask(&attr, &set), 0);
	ASSERT_EQ(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK), 0);
	memcpy(&before, &attr, sizeof(attr));
	expect_exit_code(
		ASSERT_OK(spawn_shell("kill -USR1 $$; exit 7", NULL, &attr, 0)),
		7);
	EXPECT_MEMEQ(&attr, &before, sizeof(attr));
	wait(NULL);
}

/* The child closed its procfd before the actions, so its number is free. */
TEST(spawn_obeys_file_actions)
{
	posix_spawn_file_actions_t actions;
	char said[8] = "";
	int ends[2], next, fd;

	open_procfd(getpid());
	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	next = ASSERT_OK(dup(ends[0]));
	close(next);
	ASSERT_EQ(posix_spawn_file_actions_init(&actions), 0);
	ASSERT_EQ(posix_spawn_file_actions_adddup2(&actions, ends[1], next), 0);
	ASSERT_EQ(posix_spawn_file_actions_adddup2(&actions, next, 1), 0);
	fd = ASSERT_OK(spawn_shell("echo hi", &actions, NULL, 0));
	EXPECT_EQ(fd, next);
	expect_exit_code(fd, 0);
	EXPECT_EQ(read(ends[0], said, sizeof(said) - 1), 3);
	EXPECT_STREQ(said, "hi\n");
	wait(NULL);
}

static void spawn_of_nothing(unsigned int flags)
{
	int before;

	expect_disarmed();
	before = open_fd_count();
	expect_no_spawn(flags);
	EXPECT_EQ(open_fd_count(), before);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
	EXPECT_FALSE(is_blocked(SIGUSR1));
	expect_disarmed();
}

TEST(spawn_that_fails_leaves_nothing)
{
	spawn_of_nothing(0);
}

TEST(spawn_with_autoreap_that_fails_leaves_nothing)
{
	spawn_of_nothing(PROCFD_AUTOREAP);
}

static void spawn_without_room(void *unused)
{
	const struct rlimit none = { 0 };

	ASSERT_OK(setrlimit(RLIMIT_NPROC, &none));
	EXPECT_ERRNO(spawn_shell("exit", NULL, NULL, PROCFD_AUTOREAP), EAGAIN);
	expect_disarmed();
}

TEST(spawn_without_a_child_disarms)
{
	run_as(1000, spawn_without_room, NULL);
}

TEST(spawn_with_autoreap_leaves_nothing_to_wait_for)
{
	expect_exit_code(
		ASSERT_OK(spawn_shell("exit 3", NULL, NULL, PROCFD_AUTOREAP)),
		3);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

/* ---- the next child, and clone -------------------------------------------------- */

TEST(next_child_twice_is_ebusy)
{
	int fd = ASSERT_OK(procfd_next_child(0));

	EXPECT_ERRNO(procfd_next_child(0), EBUSY);
	EXPECT_ERRNO(procfd_fork(&fd, 0), EBUSY);
	EXPECT_FALSE(is_blocked(SIGUSR1));
}

TEST(clone_holds_the_child)
{
	int fd = -1;
	const struct procfd_clone_args args = { .procfd = (uintptr_t)&fd,
						.exit_signal = SIGCHLD };
	pid_t pid = ASSERT_OK(procfd_clone(&args, sizeof(args)));

	if (!pid)
		_exit(8);
	EXPECT_EQ(exit_record(fd).pid, pid);
	expect_exit_code(fd, 8);
	reap(pid);
}

TEST(clone_refuses_what_cannot_return_twice)
{
	int fd = -1;
	struct procfd_clone_args args = { .procfd = (uintptr_t)&fd,
					  .exit_signal = SIGCHLD };

	args.clone_flags = CLONE_VM;
	EXPECT_ERRNO(procfd_clone(&args, sizeof(args)), EINVAL);
	args.clone_flags = CLONE_VM | CLONE_VFORK;
	EXPECT_ERRNO(procfd_clone(&args, sizeof(args)), EINVAL);
	args.clone_flags = 0;
	args.stack = (uintptr_t)&args;
	args.stack_size = 4096;
	EXPECT_ERRNO(procfd_clone(&args, sizeof(args)), EINVAL);
}

TEST(clone_of_other_sizes)
{
	int fd = -1;
	struct {
		struct procfd_clone_args args;
		char tail[16];
	} larger = { { .procfd = (uintptr_t)&fd, .exit_signal = SIGCHLD }, "" };
	pid_t pid;

	EXPECT_ERRNO(procfd_clone(&larger.args, sizeof(larger.args) - 1),
		     EINVAL);
	EXPECT_ERRNO(procfd_clone(&larger.args, 1 << 20), E2BIG);
	pid = ASSERT_OK(procfd_clone(&larger.args, sizeof(larger)));
	if (!pid)
		_exit(0);
	reap(pid);
	larger.tail[0] = 1;
	EXPECT_ERRNO(procfd_clone(&larger.args, sizeof(larger)), E2BIG);
}
