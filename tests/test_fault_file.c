// SPDX-License-Identifier: GPL-2.0-only
/* What is done with a procfd but for ioctls, while something fails in it. */
#include <sys/epoll.h>
#include <sys/uio.h>

#include "fault.h"
#include "native.h"

#define MEMORY (FAULT_EFAULT | FAULT_ENOMEM)

static int ended_procfd(void)
{
	pid_t pid = fork_exit(7);
	int procfd = procfd_of(pid);

	reap(pid);
	return procfd;
}

/* ---- the record -------------------------------------------------------------------- */

static int call_read(void *procfd)
{
	struct procfd_exit record;

	return ERRNO_OF(FAULT(read(*(int *)procfd, &record, sizeof(record))));
}

static int call_readv(void *procfd)
{
	struct procfd_exit record;
	struct iovec parts[] = {
		{ &record, 8 },
		{ (char *)&record + 8, sizeof(record) - 8 },
	};

	return ERRNO_OF(FAULT(readv(*(int *)procfd, parts, 2)));
}

TEST(fault_in_read)
{
	int procfd;

	fault_setup();
	procfd = ended_procfd();
	fault_each("read", FAULT_EFAULT, call_read, &procfd);
	fault_each("readv", FAULT_EFAULT, call_readv, &procfd);
	expect_exit(procfd, 7);
}

/* A pipe is made for each, so that it has no page that was used before. */
static int call_splice(void *procfd)
{
	struct procfd_exit record;
	int pipe_fds[2], error;
	ssize_t length;

	ASSERT_OK(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK));
	length = FAULT(splice(*(int *)procfd, NULL, pipe_fds[1], NULL,
			      sizeof(record), 0));
	error = ERRNO_OF(length);
	if (!error)
		EXPECT_EQ(read(pipe_fds[0], &record, sizeof(record)),
			  (ssize_t)sizeof(record));
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return error;
}

TEST(fault_in_splice)
{
	int procfd;

	fault_setup();
	procfd = ended_procfd();
	fault_each("splice", FAULT_ENOMEM, call_splice, &procfd);
	expect_exit(procfd, 7);
}

/* ---- being told ---------------------------------------------------------------------- */

static int call_poll(void *procfd)
{
	struct pollfd set = { .fd = *(int *)procfd, .events = POLLIN };

	return ERRNO_OF(FAULT(poll(&set, 1, 0)));
}

static int call_epoll(void *procfd)
{
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	struct epoll_event event = { .events = EPOLLIN };
	int result =
		FAULT(epoll_ctl(epoll, EPOLL_CTL_ADD, *(int *)procfd, &event));
	int error = ERRNO_OF(result);

	close(epoll);
	return error;
}

static int call_async(void *procfd)
{
	int result = FAULT(fcntl(*(int *)procfd, F_SETFL, O_ASYNC));
	int error = ERRNO_OF(result);

	ASSERT_OK(fcntl(*(int *)procfd, F_SETFL, 0));
	return error;
}

TEST(fault_in_poll_epoll_and_o_async)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	fault_setup();
	fault_each("poll", FAULT_EFAULT, call_poll, &procfd);
	fault_each("epoll_ctl", MEMORY, call_epoll, &procfd);
	fault_each("O_ASYNC", FAULT_ENOMEM, call_async, &procfd);
	ASSERT_OK(send_signal(procfd, SIGKILL, 0));
	expect_killed(procfd, SIGKILL);
	reap(pid);
}

/* ---- fdinfo ---------------------------------------------------------------------------- */

static int call_fdinfo(void *procfd)
{
	char path[64], text[1024];
	int fd, error;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", *(int *)procfd);
	fd = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
	error = ERRNO_OF(FAULT(read(fd, text, sizeof(text))));
	close(fd);
	return error;
}

TEST(fault_in_fdinfo)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid);

	fault_setup();
	fault_each("fdinfo", MEMORY, call_fdinfo, &procfd);
	kill_and_reap(pid);
}

/* ---- close ----------------------------------------------------------------------------- */

/* Nobody could be told: it does all it has to. */
static int call_close(void *unused)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of(pid), result = FAULT(close(procfd));
	int error = ERRNO_OF(result);

	kill_and_reap(pid);
	return error;
}

static int call_close_that_kills(void *unused)
{
	pid_t pid = fork_sleeper();
	int procfd = procfd_of_flags(pid, PROCFD_KILL_ON_CLOSE);
	int result = FAULT(close(procfd)), error = ERRNO_OF(result);

	EXPECT_EQ(reap(pid), SIGKILL);
	return error;
}

static void close_own(void *unused)
{
	int procfd;

	fault_fd = ASSERT_OK(open(FAULT_FILE, O_RDWR | O_CLOEXEC));
	procfd = procfd_of_flags(getpid(), PROCFD_KILL_ON_CLOSE);
	FAULT(close(procfd));
}

/* By a worker, and so nothing that fails in this task matters to it. */
static int call_close_that_kills_itself(void *unused)
{
	EXPECT_EQ(reap(fork_child(close_own, NULL)), SIGKILL);
	return 0;
}

static int call_close_of_unbound(void *dev)
{
	int procfd = ASSERT_OK(next_child(*(int *)dev, 0));

	return ERRNO_OF(FAULT(close(procfd)));
}

TEST_TIMEOUT(fault_in_close, 120)
{
	int dev = device();

	fault_setup();
	fault_each("close", 0, call_close, NULL);
	fault_each("close, killing", 0, call_close_that_kills, NULL);
	fault_each("close, unbound", 0, call_close_of_unbound, &dev);
	for (fault_nth = 1; fault_nth < 8; fault_nth++)
		EXPECT_EQ(call_close_that_kills_itself(NULL), 0);
}

/* ---- the device ------------------------------------------------------------------------ */

static int call_open_device(void *unused)
{
	int dev = FAULT(open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC));
	int error = ERRNO_OF(dev);

	if (dev >= 0)
		close(dev);
	return error;
}

static bool module_is_unused(void)
{
	char count[16] = "";
	int fd = ASSERT_OK(
		open("/sys/module/procfd/refcnt", O_RDONLY | O_CLOEXEC));

	ASSERT_OK(read(fd, count, sizeof(count) - 1));
	close(fd);
	return atoi(count) == 0;
}

/* With the first one what procfds live on is set up, and goes with the last. */
static int call_first_open_device(void *unused)
{
	ASSERT_SOON(module_is_unused());
	return call_open_device(NULL);
}

TEST_TIMEOUT(fault_in_open_of_the_device, 120)
{
	int dev;

	fault_setup();
	fault_each("open, first", MEMORY, call_first_open_device, NULL);
	dev = device();
	fault_each("open, in use", MEMORY, call_open_device, NULL);
	close(dev);
}
