// SPDX-License-Identifier: LGPL-2.1-or-later
/* A procfd for a process that is there already. */
#include "internal.h"

static int open_native(pid_t pid, unsigned int flags)
{
	/* PIDFD_NONBLOCK is O_NONBLOCK; all of ours that a pidfd can have */
	unsigned int native = flags & PROCFD_NONBLOCK ? 04000 : 0;

	if (flags & ~PROCFD_NONBLOCK)
		return fail(ENODEV);
	return (int)syscall(SYS_pidfd_open, pid, native);
}

PROCFD_PUBLIC int procfd_open(pid_t pid, unsigned int flags)
{
	unsigned int module_flags = flags & ~PROCFD_ALLOW_PIDFD;
	struct procfd_open_pid args = {
		.pid = pid,
		.flags = module_flags,
		.pidns_fd = -1,
	};
	int fd = device_ioctl(PROCFD_OPEN_PID, &args);

	if (fd < 0 && errno == ENODEV && flags & PROCFD_ALLOW_PIDFD)
		return open_native(pid, module_flags);
	return fd;
}
