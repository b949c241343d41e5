// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd: signals, waiting, exit records and the rest, of one process. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "lib.h"

/* ---- signals ------------------------------------------------------------------ */

TEST(send_signal_reaches_the_process)
{
	pid_t pid = fork_sleeper();
	int fd = open_procfd(pid);

	EXPECT_OK(procfd_send_signal(fd, 0, NULL, 0));
	EXPECT_OK(procfd_send_signal(fd, SIGTERM, NULL, PROCFD_SIGNAL_PROCESS));
	EXPECT_EQ(reap(pid), SIGTERM);
	EXPECT_ERRNO(procfd_send_signal(fd, 0, NULL, 0), ESRCH);
}

/* Exits with the value that came with SIGUSR1. */
static void exit_with_value(void *unused)
{
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigwaitinfo(&set, &info);
	_exit(info.si_code == SI_QUEUE && info.si_pid == 77 ?
		      info.si_value.sival_int :
		      1);
}

TEST(send_signal_passes_on_siginfo)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	pid = fork_child(exit_with_value, NULL);
	info.si_pid = 77;
	info.si_value.sival_int = 42;
	ASSERT_OK(procfd_send_signal(open_procfd(pid), SIGUSR1, &info, 0));
	EXPECT_EQ(reap(pid), 42 << 8);
}

TEST(send_signal_with_wrong_arguments_is_einval)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	int fd = open_procfd(getpid());

	EXPECT_ERRNO(procfd_send_signal(fd, 65, NULL, 0), EINVAL);
	EXPECT_ERRNO(procfd_send_signal(fd, 0, NULL, 1U << 3), EINVAL);
	EXPECT_ERRNO(procfd_send_signal(fd, 0, NULL, 1U << 20), EINVAL);
	EXPECT_ERRNO(procfd_send_signal(fd, 0, NULL,
					PROCFD_SIGNAL_THREAD |
						PROCFD_SIGNAL_PROCESS),
		     EINVAL);
	EXPECT_ERRNO(procfd_send_signal(fd, SIGUSR2, &info, 0), EINVAL);
}

/* pidfd_send_signal() fails with that errno, or is allowed if it is 0. */
static void install_filter(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 0,
			 1),
		BPF_STMT(BPF_RET | BPF_K,
			 error ? SECCOMP_RET_ERRNO | error : SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = code };

	ASSERT_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

struct judged {
	int fd; /* of no child of the process that has the filter */
	int error;
};

static void signal_under_filter(void *arg)
{
	const struct judged *judged = arg;
	int before;

	install_filter(judged->error);
	before = open_fd_count();
	if (judged->error)
		EXPECT_ERRNO(procfd_send_signal(judged->fd, SIGTERM, NULL, 0),
			     judged->error);
	else
		EXPECT_OK(procfd_send_signal(judged->fd, SIGTERM, NULL, 0));
	EXPECT_EQ(open_fd_count(), before);
}

TEST(send_signal_under_a_filter_that_allows_it)
{
	pid_t pid = fork_sleeper();
	struct judged judged = { open_procfd(pid), 0 };

	EXPECT_EQ(reap(fork_child(signal_under_filter, &judged)), 0);
	EXPECT_EQ(reap(pid), SIGTERM);
}

TEST(send_signal_under_a_filter_that_refuses_it)
{
	pid_t pid = fork_sleeper();
	struct judged judged = { open_procfd(pid), ENOSYS };

	EXPECT_EQ(reap(fork_child(signal_under_filter, &judged)), 0);
	kill_and_reap(pid);
}

static void signal_without_right(void *fd)
{
	EXPECT_ERRNO(procfd_send_signal(*(int *)fd, SIGTERM, NULL, 0), EPERM);
	EXPECT_ERRNO(procfd_send_signal(*(int *)fd, 0, NULL, 0), EPERM);
}

TEST(send_signal_without_the_right_is_eperm)
{
	pid_t pid = fork_sleeper();
	int fd = open_procfd(pid);

	run_as(1000, signal_without_right, &fd);
	kill_and_reap(pid);
}

/* ---- waiting -------------------------------------------------------------------- */

static const struct timespec moment = { .tv_nsec = 50000000 };

TEST(wait_reaps_a_child)
{
	struct procfd_exit_record record;
	pid_t pid = fork_exit(21);
	siginfo_t info;

	ASSERT_OK(procfd_wait(open_procfd(pid), WEXITED, NULL, &info, &record,
			      sizeof(record)));
	EXPECT_EQ(info.si_signo, SIGCHLD);
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_status, 21);
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(record.size, sizeof(record));
	EXPECT_EQ(procfd_exit_code(&record), 21);
	EXPECT_ERRNO(waitpid(pid, NULL, 0), ECHILD);
}

TEST(wait_needs_neither_info_nor_record)
{
	ASSERT_OK(procfd_wait(open_procfd(fork_exit(0)), WEXITED, NULL, NULL,
			      NULL, 0));
}

TEST(wait_with_wnohang_finds_nothing)
{
	struct procfd_exit_record record = { .size = 7 };
	pid_t pid = fork_sleeper();
	siginfo_t info = { .si_signo = 7 };

	ASSERT_OK(procfd_wait(open_procfd(pid), WEXITED | WNOHANG, NULL, &info,
			      &record, sizeof(record)));
	EXPECT_EQ(info.si_signo, 0);
	EXPECT_EQ(info.si_pid, 0);
	EXPECT_EQ(record.size, 0U);
	kill_and_reap(pid);
}

static void expect_timeout_of_a_moment(int fd)
{
	long long before = now_ns(CLOCK_MONOTONIC), after;

	EXPECT_ERRNO(procfd_wait(fd, WEXITED, &moment, NULL, NULL, 0),
		     ETIMEDOUT);
	after = now_ns(CLOCK_MONOTONIC);
	EXPECT_GE(after - before, (long long)moment.tv_nsec);
	EXPECT_LT(after - before, 5000000000LL);
}

TEST(wait_times_out)
{
	const struct timespec zero = { 0 };
	pid_t pid = fork_sleeper();
	int fd = open_procfd(pid);

	expect_timeout_of_a_moment(fd);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED, &zero, NULL, NULL, 0), ETIMEDOUT);
	kill_and_reap(pid);
}

static void time_out_as_child(void *fd)
{
	expect_timeout_of_a_moment(*(int *)fd);
}

TEST(wait_times_out_in_a_time_namespace)
{
	pid_t pid = fork_sleeper();
	int fd = open_procfd(pid), offsets;
	const char *text = "boottime 10000 5000\n";

	if (unshare(CLONE_NEWTIME))
		SKIP("no time namespaces: %s", strerror(errno));
	offsets = ASSERT_OK(
		open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC));
	ASSERT_EQ(write(offsets, text, strlen(text)), (ssize_t)strlen(text));
	/* ours is the old one still, and theirs the new one */
	EXPECT_EQ(reap(fork_child(time_out_as_child, &fd)), 0);
	expect_timeout_of_a_moment(fd);
	kill_and_reap(pid);
}

static void sleep_a_moment(void *unused)
{
	nanosleep(&moment, NULL);
}

/* Too long to be said in nanoseconds, or as a time from now on: for ever. */
TEST(wait_takes_long_timeouts)
{
	const struct timespec timeouts[] = {
		{ .tv_sec = 1000000 },
		{ .tv_sec =
			  LONG_MAX / (LONG_MAX > INT32_MAX ? 1000000000 : 1) },
		{ .tv_sec = LONG_MAX },
	};

	for (int i = 0; i < 3; i++) {
		int fd = open_procfd(fork_child(sleep_a_moment, NULL));

		EXPECT_OK(
			procfd_wait(fd, WEXITED, &timeouts[i], NULL, NULL, 0));
	}
}

TEST(wait_with_wrong_arguments_is_einval)
{
	const struct timespec negative = { .tv_sec = -1 },
			      too_many = { .tv_nsec = 1000000000 };
	struct procfd_exit_record record;
	int fd = open_procfd(getpid());

	EXPECT_ERRNO(procfd_wait(fd, WEXITED, &negative, NULL, NULL, 0),
		     EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED, &too_many, NULL, NULL, 0),
		     EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, 0, NULL, NULL, NULL, 0), EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED | 1 << 20, NULL, NULL, NULL, 0),
		     EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED, NULL, NULL, &record, 100),
		     EINVAL);
	EXPECT_ERRNO(procfd_wait(fd, WEXITED, NULL, NULL, NULL, sizeof(record)),
		     EINVAL);
}

static void wait_as_a_stranger(void *arg)
{
	struct procfd_exit_record record;
	int fd = *(int *)arg;

	ASSERT_OK(
		procfd_wait(fd, WEXITED, NULL, NULL, &record, sizeof(record)));
	EXPECT_EQ(procfd_exit_code(&record), 33);
	EXPECT_ERRNO(procfd_wait(fd, WSTOPPED, NULL, NULL, NULL, 0), ECHILD);
}

TEST(wait_of_a_stranger_reaps_nothing)
{
	pid_t pid = fork_exit(33);
	int fd = open_procfd(pid);

	EXPECT_EQ(reap(fork_child(wait_as_a_stranger, &fd)), 0);
	EXPECT_EQ(reap(pid), 33 << 8);
}

/* ---- exit records ---------------------------------------------------------------- */

TEST(read_exit_is_the_same_for_ever)
{
	pid_t pid = fork_exit(5);
	int fd = open_procfd(pid);
	struct procfd_exit_record zombie = exit_record(fd), reaped;

	reap(pid);
	reaped = exit_record(fd);
	EXPECT_MEMEQ(&zombie, &reaped, sizeof(zombie));
}

TEST(read_exit_of_the_living_is_eagain)
{
	int fd = ASSERT_OK(procfd_open(getpid(), PROCFD_NONBLOCK));
	struct procfd_exit_record record;

	EXPECT_ERRNO(procfd_read_exit(fd, &record, sizeof(record)), EAGAIN);
}

TEST(read_exit_of_other_sizes)
{
	pid_t pid = fork_exit(5);
	int fd = open_procfd(pid);
	struct {
		struct procfd_exit_record record;
		char tail[64];
	} larger;
	char zeros[64] = "";

	exit_record(fd);
	memset(&larger, 0xff, sizeof(larger));
	ASSERT_OK(procfd_read_exit(fd, &larger.record, sizeof(larger)));
	EXPECT_MEMEQ(larger.tail, zeros, sizeof(zeros));
	EXPECT_ERRNO(procfd_read_exit(fd, &larger.record,
				      PROCFD_EXIT_SIZE_VER0 - 1),
		     EINVAL);
	reap(pid);
}

static void *arm_and_end(void *unused)
{
	return (void *)(intptr_t)procfd_next_child(0);
}

TEST(read_exit_of_what_was_cancelled_is_echild_wait_eunatch)
{
	struct procfd_exit_record record;
	struct procfd_fdinfo info;
	pthread_t thread;
	void *fd;

	ASSERT_EQ(pthread_create(&thread, NULL, arm_and_end, NULL), 0);
	ASSERT_EQ(pthread_join(thread, &fd), 0);
	ASSERT_GE((intptr_t)fd, 0);
	EXPECT_EQ(poll_fd((int)(intptr_t)fd, POLLIN, SOON_MS) & POLLERR,
		  POLLERR);
	EXPECT_ERRNO(procfd_read_exit((int)(intptr_t)fd, &record,
				      sizeof(record)),
		     ECHILD);
	EXPECT_ERRNO(procfd_wait((int)(intptr_t)fd, WEXITED, NULL, NULL, NULL,
				 0),
		     EUNATCH);
	ASSERT_OK(procfd_read_fdinfo((int)(intptr_t)fd, &info, sizeof(info)));
	EXPECT_EQ(info.state, PROCFD_STATE_CANCELLED);
}

TEST(describe_exit_in_words)
{
	struct procfd_exit_record record = { .mask = PROCFD_EXIT_STATUS };
	char text[64], little[5];

	record.code = CLD_EXITED;
	record.status = 3;
	EXPECT_EQ(procfd_describe_exit(&record, text, sizeof(text)),
		  (int)strlen(text));
	EXPECT_STREQ(text, "exited with status 3");
	EXPECT_EQ(procfd_describe_exit(&record, little, sizeof(little)),
		  (int)strlen(text));
	EXPECT_STREQ(little, "exit");
	EXPECT_EQ(procfd_exit_code(&record), 3);
	record.code = CLD_DUMPED;
	record.status = SIGSEGV;
	procfd_describe_exit(&record, text, sizeof(text));
	EXPECT_STREQ(text, "killed by SIGSEGV (core dumped)");
	EXPECT_EQ(procfd_exit_code(&record), 128 + SIGSEGV);
	record.code = CLD_KILLED;
	record.status = 63;
	procfd_describe_exit(&record, text, sizeof(text));
	EXPECT_STREQ(text, "killed by signal 63");
	record.mask = 0;
	procfd_describe_exit(&record, text, sizeof(text));
	EXPECT_STREQ(text, "ended");
	EXPECT_EQ(procfd_exit_code(&record), -1);
}

/* ---- pidfds, namespaces, fdinfo ---------------------------------------------------- */

TEST(get_pidfd_names_the_same_process)
{
	pid_t pid = fork_sleeper();
	int pidfd =
		ASSERT_OK(procfd_get_pidfd(open_procfd(pid), PROCFD_NONBLOCK));

	EXPECT_EQ(fcntl(pidfd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ASSERT_OK(syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0));
	EXPECT_EQ(reap(pid), SIGTERM);
}

TEST(get_namespace_is_that_of_proc)
{
	struct stat by_fd, by_path;
	int procfd = open_procfd(getpid());
	int fd = ASSERT_OK(procfd_get_namespace(procfd, PROCFD_NAMESPACE_UTS));

	ASSERT_OK(fstat(fd, &by_fd));
	ASSERT_OK(stat("/proc/self/ns/uts", &by_path));
	EXPECT_EQ(by_fd.st_ino, by_path.st_ino);
	EXPECT_ERRNO(procfd_get_namespace(procfd, 99), EINVAL);
}

static struct procfd_fdinfo fdinfo_of(int fd)
{
	struct procfd_fdinfo info;

	memset(&info, 0xff, sizeof(info));
	ASSERT_OK(procfd_read_fdinfo(fd, &info, sizeof(info)));
	EXPECT_EQ(info.reserved, 0U);
	return info;
}

TEST(read_fdinfo_tells_states)
{
	pid_t pid = fork_sleeper();
	int fd = ASSERT_OK(
		procfd_open(pid, PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE));

	EXPECT_EQ(fdinfo_of(fd).pid, pid);
	EXPECT_EQ(fdinfo_of(fd).state, PROCFD_STATE_ALIVE);
	EXPECT_EQ(fdinfo_of(fd).flags, PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE);
	EXPECT_NE(fdinfo_of(fd).id, 0U);
	EXPECT_EQ(fdinfo_of(open_procfd(pid)).id, fdinfo_of(fd).id);
	EXPECT_EQ(fdinfo_of(open_procfd(pid)).flags, 0U);
	ASSERT_OK(kill(pid, SIGKILL));
	exit_record(fd);
	EXPECT_EQ(fdinfo_of(fd).state, PROCFD_STATE_ENDED);
	reap(pid);
	EXPECT_EQ(fdinfo_of(fd).state, PROCFD_STATE_REAPED);
	EXPECT_EQ(fdinfo_of(fd).pid, -1);
}

TEST(read_fdinfo_of_an_unbound_procfd)
{
	int fd = ASSERT_OK(procfd_next_child(PROCFD_AUTOREAP));

	EXPECT_EQ(fdinfo_of(fd).state, PROCFD_STATE_UNBOUND);
	EXPECT_EQ(fdinfo_of(fd).flags, PROCFD_AUTOREAP);
}

TEST(read_fdinfo_of_a_native_pidfd)
{
	int pidfd = ASSERT_OK((int)syscall(SYS_pidfd_open, getpid(), 0));

	EXPECT_EQ(fdinfo_of(pidfd).pid, getpid());
	EXPECT_EQ(fdinfo_of(pidfd).state, PROCFD_STATE_UNKNOWN);
}

/* ---- all of it ---------------------------------------------------------------------- */

static void use_everything(void)
{
	struct procfd_exit_record record;
	char *argv[] = { "sh", "-c", "exit", NULL };
	int fd = ASSERT_OK(
		procfd_spawn(NULL, "/bin/sh", NULL, NULL, argv, environ, 0));
	int other = ASSERT_OK(procfd_get_pidfd(fd, 0));

	close(other);
	fdinfo_of(fd);
	ASSERT_OK(
		procfd_wait(fd, WEXITED, NULL, NULL, &record, sizeof(record)));
	ASSERT_OK(procfd_read_exit(fd, &record, sizeof(record)));
	EXPECT_ERRNO(procfd_send_signal(fd, SIGTERM, NULL, 0), ESRCH);
	EXPECT_ERRNO(procfd_get_pidfd(fd, 0), ESRCH);
	close(fd);
}

TEST(nothing_leaks)
{
	int before;

	use_everything();
	before = open_fd_count();
	for (int i = 0; i < 20; i++)
		use_everything();
	EXPECT_EQ(open_fd_count(), before);
}
