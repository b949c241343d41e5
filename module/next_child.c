// SPDX-License-Identifier: GPL-2.0-only
/* NEXT_CHILD: a procfd for whatever process the caller creates next */
#include <linux/file.h>

#include "compat/symbols.h"
#include "procfd.h"

static int next_child(u32 flags)
{
	struct procfd_arm *arm;
	struct file *filp;
	int fd = procfd_file_reserve(flags, &filp), err;

	if (fd < 0)
		return fd;
	arm = arm_alloc(filp);
	err = arm ? arm_set(arm) : -ENOMEM;
	if (err) {
		if (arm)
			arm_free(arm);
		fput(filp);
		put_unused_fd(fd);
		return err;
	}
	fd_install(fd, filp);
	return fd;
}

long device_next_child(struct file *device, void *arg)
{
	const struct procfd_next_child *next = arg;
	int err;

	if (next->flags & ~PROCFD_CHILD_FLAGS || next->reserved)
		return -EINVAL;
	if (!symbol_found(task_work_add))
		return -EOPNOTSUPP;
	err = child_hook();
	if (!err && next->flags & PROCFD_AUTOREAP)
		err = autoreap_arm();
	return err ? err : next_child(next->flags);
}
