// SPDX-License-Identifier: GPL-2.0-only
/* libprocfd: process descriptors as FreeBSD has them. */
#include <sys/types.h>
#include <sys/procdesc.h>

#include <sys/resource.h>

#include "lib.h"

static pid_t pdfork_exit(int *fd, int pdflags, int status)
{
	pid_t pid = ASSERT_OK(pdfork(fd, pdflags));

	if (!pid)
		_exit(status);
	return pid;
}

static pid_t pdfork_sleeper(int *fd, int pdflags)
{
	pid_t pid = ASSERT_OK(pdfork(fd, pdflags));

	while (!pid)
		pause();
	return pid;
}

/* Waits for it; the wait status. */
static int status_of(int fd)
{
	int status = -1;

	ASSERT_OK(pdwait(fd, &status, WEXITED, NULL, NULL));
	return status;
}

static void kill_and_close(int fd)
{
	EXPECT_OK(pdkill(fd, SIGKILL));
	EXPECT_EQ(status_of(fd), SIGKILL);
	close(fd);
}

static bool is_pending(int sig)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, sig);
}

/* ---- pdfork -------------------------------------------------------------------- */

TEST(pdfork_makes_a_child_that_no_wait_sees)
{
	sigset_t set;
	pid_t pid;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	ASSERT_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	pid = pdfork_sleeper(&fd, PD_CLOEXEC);
	EXPECT_ERRNO(waitpid(-1, NULL, WNOHANG), ECHILD);
	EXPECT_OK(pdkill(fd, SIGTERM));
	EXPECT_EQ(status_of(fd), SIGTERM);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
	EXPECT_ERRNO(waitpid(pid, NULL, __WALL), ECHILD);
	EXPECT_FALSE(is_pending(SIGCHLD));
}

TEST(pdfork_child_is_invisible_after_exec)
{
	int fd;
	pid_t pid = ASSERT_OK(pdfork(&fd, 0));

	if (!pid) {
		execl("/bin/sh", "sh", "-c", "exit 42", (char *)NULL);
		_exit(127);
	}
	EXPECT_EQ(status_of(fd), 42 << 8);
	EXPECT_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

TEST(pdfork_sets_close_on_exec_where_it_is_asked_for)
{
	int plain, cloexec;

	pdfork_exit(&plain, 0, 0);
	pdfork_exit(&cloexec, PD_CLOEXEC, 0);
	EXPECT_EQ(fcntl(plain, F_GETFD), 0);
	EXPECT_EQ(fcntl(cloexec, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(status_of(plain), 0);
	EXPECT_EQ(status_of(cloexec), 0);
}

TEST(pdfork_with_wrong_arguments_makes_no_child)
{
	int fd = 7;

	EXPECT_ERRNO(pdfork(&fd, PD_ALLOWED_AT_FORK + 1), EINVAL);
	EXPECT_ERRNO(pdfork(&fd, -1), EINVAL);
	EXPECT_ERRNO(pdfork(NULL, 0), EFAULT);
	EXPECT_EQ(fd, 7);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

/* ---- close --------------------------------------------------------------------- */

TEST(close_kills)
{
	int fd, witness;
	pid_t pid = pdfork_sleeper(&fd, 0);

	witness = open_procfd(pid);
	close(fd);
	expect_exit_code(witness, 128 + SIGKILL);
}

TEST(close_of_one_of_two_does_not_kill)
{
	int fd, other;

	pdfork_sleeper(&fd, PD_CLOEXEC);
	other = ASSERT_OK(dup(fd));
	close(fd);
	EXPECT_OK(pdkill(other, 0));
	EXPECT_ERRNO(pdwait(other, NULL, WEXITED | WNOHANG, NULL, NULL),
		     EAGAIN);
	kill_and_close(other);
}

TEST(close_of_a_daemon_does_not_kill)
{
	int fd, witness;
	pid_t pid = pdfork_sleeper(&fd, PD_DAEMON);

	witness = open_procfd(pid);
	close(fd);
	EXPECT_EQ(poll_fd(witness, POLLIN, 100), 0);
	EXPECT_OK(kill(pid, SIGTERM));
	expect_exit_code(witness, 128 + SIGTERM);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

/* ---- pdgetpid and pdkill ------------------------------------------------------- */

TEST(pdgetpid_tells_the_number_also_after_the_end)
{
	pid_t told = -1;
	int fd;
	pid_t pid = pdfork_sleeper(&fd, 0);

	EXPECT_OK(pdgetpid(fd, &told));
	EXPECT_EQ(told, pid);
	EXPECT_OK(pdkill(fd, SIGKILL));
	EXPECT_EQ(status_of(fd), SIGKILL);
	told = -1;
	EXPECT_OK(pdgetpid(fd, &told));
	EXPECT_EQ(told, pid);
	EXPECT_ERRNO(pdgetpid(fd, NULL), EFAULT);
}

TEST(pdkill_never_means_another_process)
{
	int fd;

	pdfork_exit(&fd, 0, 42);
	EXPECT_EQ(status_of(fd), 42 << 8);
	/* for a moment there may be a zombie */
	EXPECT_EQ(poll_fd(fd, 0, SOON_MS), POLLHUP);
	EXPECT_ERRNO(pdkill(fd, SIGTERM), ESRCH);
	EXPECT_ERRNO(pdkill(fd, 0), ESRCH);
}

TEST(pdkill_of_no_signal_is_einval)
{
	int fd;

	pdfork_sleeper(&fd, 0);
	EXPECT_ERRNO(pdkill(fd, 65), EINVAL);
	EXPECT_ERRNO(pdkill(fd, -1), EINVAL);
	kill_and_close(fd);
}

TEST(what_is_no_process_is_ebadf)
{
	pid_t pid = 7;
	int ends[2];

	ASSERT_OK(pipe2(ends, O_CLOEXEC));
	EXPECT_ERRNO(pdkill(ends[0], 0), EBADF);
	EXPECT_ERRNO(pdkill(-1, 0), EBADF);
	EXPECT_ERRNO(pdgetpid(ends[0], &pid), EBADF);
	EXPECT_EQ(pid, 7);
	EXPECT_ERRNO(pdwait(ends[0], NULL, WEXITED, NULL, NULL), EBADF);
	EXPECT_ERRNO(pdwait(99999, NULL, WEXITED, NULL, NULL), EBADF);
}

/* ---- poll and pdwait ----------------------------------------------------------- */

TEST(poll_tells_hangup_at_the_end)
{
	int fd;

	pdfork_sleeper(&fd, 0);
	EXPECT_EQ(poll_fd(fd, POLLIN, 0), 0);
	EXPECT_OK(pdkill(fd, SIGKILL));
	EXPECT_EQ(poll_fd(fd, 0, SOON_MS), POLLHUP);
}

TEST(pdwait_tells_all_and_again)
{
	struct __wrusage usage;
	siginfo_t info;
	int fd, status = -1;
	pid_t pid = pdfork_exit(&fd, 0, 42);

	for (int i = 0; i < 2; i++) {
		memset(&usage, 0, sizeof(usage));
		memset(&info, 0, sizeof(info));
		ASSERT_OK(pdwait(fd, &status, WEXITED, &usage, &info));
		EXPECT_TRUE(WIFEXITED(status));
		EXPECT_EQ(WEXITSTATUS(status), 42);
		EXPECT_EQ(info.si_signo, SIGCHLD);
		EXPECT_EQ(info.si_code, CLD_EXITED);
		EXPECT_EQ(info.si_status, 42);
		EXPECT_EQ(info.si_pid, pid);
		EXPECT_EQ(info.si_uid, getuid());
		EXPECT_GT(usage.wru_self.ru_maxrss, 0);
		EXPECT_EQ(usage.wru_children.ru_maxrss, 0);
	}
}

/* What the child had to itself is self, what its child had is children. */
TEST(pdwait_tells_usage_of_children_apart)
{
	struct procfd_exit_record record;
	struct __wrusage usage;
	int fd;
	pid_t pid = ASSERT_OK(pdfork(&fd, 0));

	if (!pid)
		_exit(waitpid(fork_exit(0), NULL, 0) < 0);
	ASSERT_OK(pdwait(fd, NULL, WEXITED, &usage, NULL));
	record = exit_record(fd);
	EXPECT_GT(usage.wru_children.ru_minflt, 0);
	EXPECT_EQ((uint64_t)usage.wru_children.ru_minflt, record.cminflt);
	EXPECT_EQ((uint64_t)usage.wru_children.ru_maxrss,
		  record.cmaxrss_bytes / 1024);
	EXPECT_EQ((uint64_t)usage.wru_self.ru_minflt, record.minflt);
	EXPECT_EQ((uint64_t)usage.wru_self.ru_nvcsw, record.nvcsw);
	EXPECT_EQ((uint64_t)usage.wru_self.ru_utime.tv_usec,
		  record.utime_ns % 1000000000 / 1000);
}

TEST(pdwait_tells_stops_and_continues)
{
	siginfo_t info;
	int fd, status = 0;

	pdfork_sleeper(&fd, 0);
	EXPECT_OK(pdkill(fd, SIGSTOP));
	ASSERT_OK(pdwait(fd, &status, WEXITED | WUNTRACED, NULL, &info));
	EXPECT_TRUE(WIFSTOPPED(status));
	EXPECT_EQ(WSTOPSIG(status), SIGSTOP);
	EXPECT_EQ(info.si_code, CLD_STOPPED);
	EXPECT_OK(pdkill(fd, SIGCONT));
	ASSERT_OK(pdwait(fd, &status, WCONTINUED, NULL, NULL));
	EXPECT_TRUE(WIFCONTINUED(status));
	kill_and_close(fd);
}

TEST(pdwait_with_wrong_options_is_einval)
{
	int fd;

	pdfork_exit(&fd, 0, 0);
	EXPECT_ERRNO(pdwait(fd, NULL, 0, NULL, NULL), EINVAL);
	EXPECT_ERRNO(pdwait(fd, NULL, WNOHANG, NULL, NULL), EINVAL);
	EXPECT_ERRNO(pdwait(fd, NULL, -1, NULL, NULL), EINVAL);
	EXPECT_EQ(status_of(fd), 0);
}

static void expect_exit_5(void *fd)
{
	EXPECT_EQ(status_of(*(int *)fd), 5 << 8);
}

TEST(pdwait_works_for_who_is_not_the_parent)
{
	int fd;

	pdfork_exit(&fd, 0, 5);
	test_follow(reap(fork_child(expect_exit_5, &fd)));
	expect_exit_5(&fd);
}

/* ---- without the module ---------------------------------------------------------- */

TEST(without_module_pdfork_is_enodev)
{
	int fd = 7;

	hide_device();
	EXPECT_ERRNO(pdfork(&fd, 0), ENODEV);
	EXPECT_ERRNO(pdfork(&fd, PD_DAEMON | PD_CLOEXEC), ENODEV);
	EXPECT_EQ(fd, 7);
	EXPECT_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

TEST(without_module_a_pidfd_is_no_process_descriptor)
{
	pid_t pid = fork_sleeper(), told;
	int fd;

	hide_device();
	fd = ASSERT_OK(procfd_open(pid, PROCFD_ALLOW_PIDFD));
	EXPECT_ERRNO(pdgetpid(fd, &told), EOPNOTSUPP);
	EXPECT_ERRNO(pdwait(fd, NULL, WEXITED, NULL, NULL), EOPNOTSUPP);
	EXPECT_OK(pdkill(fd, SIGTERM));
	EXPECT_EQ(reap(pid), SIGTERM);
}
