// SPDX-License-Identifier: LGPL-2.1-or-later
/* What can be had on this machine. */
#include "internal.h"

/* no module: are native pidfds there? */
static int native_features(void)
{
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (pidfd < 0)
		return fail(ENODEV);
	close_quietly(pidfd);
	return 0;
}

/* of a module with another ABI, on which no other call is made */
static int foreign_features(unsigned long command, void *info)
{
	int fd = device_open();
	int result;

	if (fd < 0)
		return -1;
	result = ioctl(fd, command, info);
	close_quietly(fd);
	return result;
}

PROCFD_PUBLIC int procfd_get_features(struct procfd_features_info *info,
				      size_t size)
{
	unsigned long command = sized(PROCFD_GET_FEATURES, size);

	if (size < sizeof(struct procfd_features) || !size_fits(size))
		return fail(EINVAL);
	memset(info, 0, size);
	if (!device_ioctl(command, info))
		return 0;
	if (errno == EPROTONOSUPPORT)
		return foreign_features(command, info);
	return errno == ENODEV ? native_features() : -1;
}
