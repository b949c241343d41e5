// SPDX-License-Identifier: GPL-2.0-only
/*
 * AUTOREAP children that the return probe does not see end: their parent reaps
 * them on its way to user space, without knowing.
 */
#include <pthread.h>
#include <sys/mount.h>
#include <sys/ptrace.h>

#include "refs.h"

#define KPROBES "/sys/kernel/debug/kprobes/enabled"

static void write_file(const char *path, const char *text)
{
	int fd = ASSERT_OK(open(path, O_WRONLY | O_CLOEXEC));

	ASSERT_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void kprobes(bool on)
{
	if (access(KPROBES, F_OK))
		ASSERT_OK(mount("debugfs", "/sys/kernel/debug", "debugfs", 0,
				NULL));
	write_file(KPROBES, on ? "1" : "0");
}

/* Each look is a system call, from which this process returns. */
static bool is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

static pid_t autoreap_child(int *procfd)
{
	int dev = device();
	pid_t pid = ASSERT_OK(clone_child(dev, PROCFD_AUTOREAP, 0, procfd));

	if (!pid)
		for (;;)
			pause();
	close(dev);
	return pid;
}

/*
 * The return probe leaves it to the tracer; reaping is told, and a sweep finds it.  The
 * first case, as those below leave a sweep to come.
 */
TEST(child_reaped_by_the_parent_that_traces_it_lets_the_module_go)
{
	int procfd, status;
	pid_t pid = autoreap_child(&procfd);

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_EQ(waitpid(pid, &status, __WALL), pid);
	EXPECT_EQ(status, SIGKILL);
	close(procfd);
	module_idle();
}

TEST(child_that_ends_with_kprobes_switched_off_leaves_no_zombie)
{
	int procfd;
	pid_t pid = autoreap_child(&procfd);

	kprobes(false);
	EXPECT_OK(send_signal(procfd, SIGKILL, 0));
	EXPECT_EQ(poll_fd(procfd, POLLIN, SOON_MS) & POLLIN, POLLIN);
	EXPECT_SOON(is_gone(pid));
	close(procfd);
	EXPECT_SOON(module_references() == 0);
	kprobes(true);
}

TEST(child_reaped_by_hand_with_kprobes_switched_off_lets_the_module_go)
{
	int procfd, status;
	pid_t pid = autoreap_child(&procfd);

	kprobes(false);
	EXPECT_OK(kill(pid, SIGKILL));
	EXPECT_EQ(waitpid(pid, &status, __WALL) == pid || errno == ECHILD, 1);
	close(procfd);
	EXPECT_SOON(module_references() == 0);
	kprobes(true);
}

static void *trace_and_leave(void *arg)
{
	pid_t pid = *(pid_t *)arg;
	siginfo_t info = { 0 };

	ASSERT_OK(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	ASSERT_OK(kill(pid, SIGKILL));
	ASSERT_OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL));
	ASSERT_EQ(info.si_status, SIGKILL);
	return NULL;
}

TEST(child_traced_by_a_thread_of_its_parent_goes_with_that_thread)
{
	int procfd;
	pid_t pid = autoreap_child(&procfd);
	pthread_t tracer;

	ASSERT_EQ(pthread_create(&tracer, NULL, trace_and_leave, &pid), 0);
	ASSERT_EQ(pthread_join(tracer, NULL), 0);
	ASSERT_SOON(is_gone(pid));
	close(procfd);
	module_idle();
}
