// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "loading.h"

#define UNLOAD_TRIES 100

void module_load(void)
{
	struct utsname name;
	char path[200];
	int file;

	uname(&name);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/procfd.ko",
		 name.release);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || syscall(SYS_finit_module, file, "", 0))
		fail("%s does not load", path);
	close(file);
}

void module_unload(void)
{
	for (int tries = 0; tries < UNLOAD_TRIES; tries++) {
		if (!syscall(SYS_delete_module, "procfd", O_NONBLOCK))
			return;
		usleep(50000);
	}
	fail("the module does not unload");
}

static int open_process(int dev, pid_t pid, unsigned int flags)
{
	struct procfd_open_pid arg = { .pid = pid,
				       .flags = flags,
				       .pidns_fd = -1 };
	int fd = ioctl(dev, PROCFD_OPEN_PID, &arg);

	if (fd < 0)
		fail("OPEN_PID with flags %#x", flags);
	return fd;
}

/* Its end comes in all ways: waited for, by poll, in a record. */
static void see_it_end(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct procfd_exit exit;

	if (poll(&poll_fd, 1, -1) != 1 ||
	    read(fd, &exit, sizeof(exit)) != sizeof(exit))
		fail("a child without a record");
	close(fd);
}

static void use_clone(int dev)
{
	int fd = -1, pid;
	struct procfd_clone clone = { .flags = PROCFD_AUTOREAP,
				      .procfd = (__u64)(unsigned long)&fd };

	pid = ioctl(dev, PROCFD_CLONE, &clone);
	if (!pid)
		_exit(0);
	if (pid < 0)
		fail("CLONE");
	see_it_end(fd);
}

static void use_next_child(int dev, unsigned int flags)
{
	struct procfd_next_child next = { .flags = flags };
	int fd = ioctl(dev, PROCFD_NEXT_CHILD, &next);
	pid_t pid;

	if (fd < 0)
		fail("NEXT_CHILD with flags %#x", flags);
	pid = fork();
	if (!pid)
		_exit(0);
	see_it_end(fd);
	if (!(flags & PROCFD_AUTOREAP))
		waitpid(pid, NULL, 0);
}

void module_use_everything(void)
{
	struct procfd_features features = { .abi = 0 };
	int dev = open(PROCFD_DEVICE, O_RDWR | O_CLOEXEC);

	if (dev < 0 || ioctl(dev, PROCFD_GET_FEATURES, &features))
		fail("GET_FEATURES");
	close(open_process(dev, getppid(), 0));
	close(open_process(dev, getpid(), PROCFD_THREAD));
	use_clone(dev);
	use_next_child(dev, 0);
	use_next_child(dev, PROCFD_AUTOREAP);
	close(dev);
}
