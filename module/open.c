// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_PID: a procfd for a process that is there already */
#include <linux/file.h>
#include <linux/pid.h>

#include "procfd.h"

/* A procfd names a process: the number of another thread is none. */
static struct pid *find_process(pid_t nr)
{
	struct pid *pid = find_get_pid(nr);
	int err = 0;

	if (!pid)
		return ERR_PTR(-ESRCH);
	if (!pid_has_task(pid, PIDTYPE_TGID))
		err = pid_has_task(pid, PIDTYPE_PID) ? -ENOENT : -ESRCH;
	if (err) {
		put_pid(pid);
		return ERR_PTR(err);
	}
	return pid;
}

static int open_process(struct procfd_process *process, u32 flags)
{
	struct procfd_file *file;
	struct file *filp;
	int fd;

	if (may_see_block_io(process->pid))
		flags |= FILE_BLOCK_IO;
	fd = procfd_file_reserve(flags, &filp);
	if (fd < 0) {
		process_put(process);
		return fd;
	}
	file = filp->private_data;
	procfd_file_bind(file, process);
	process_join(process, file);
	fd_install(fd, filp);
	return fd;
}

long device_open_pid(struct file *device, void *arg)
{
	const struct procfd_open_pid *open = arg;
	struct procfd_process *process;
	struct pid *pid;
	int err;

	if (open->flags & ~PROCFD_OPEN_FLAGS || open->reserved ||
	    open->pid <= 0)
		return -EINVAL;
	if (open->pidns_fd != -1)
		return -EOPNOTSUPP;

	hangup_arm();
	pid = find_process(open->pid);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	process = process_open(pid);
	put_pid(pid);
	if (IS_ERR(process))
		return PTR_ERR(process);

	if (open->flags & PROCFD_KILL_ON_CLOSE) {
		err = may_kill_on_close(process->pid);
		if (err) {
			process_put(process);
			return err;
		}
	}
	return open_process(process, open->flags);
}
