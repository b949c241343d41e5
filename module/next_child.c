// SPDX-License-Identifier: GPL-2.0-only
/* NEXT_CHILD: a procfd for whatever process the caller creates next */
#include <linux/file.h>

#include "compat/symbols.h"
#include "procfd.h"

static int next_child(u32 flags)
{
	struct procfd_reserved new = procfd_file_reserve(NULL, flags);
	struct procfd_arm *arm;
	int err;

	if (IS_ERR(new.filp))
		return PTR_ERR(new.filp);
	arm = arm_alloc(new.filp);
	err = arm ? arm_set(arm) : -ENOMEM;
	if (err) {
		if (arm)
			arm_free(arm);
		fput(new.filp);
		put_unused_fd(new.fd);
		return err;
	}
	fd_install(new.fd, new.filp);
	return new.fd;
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
