// SPDX-License-Identifier: GPL-2.0-only
/*
 * OPEN_PID, OPEN_SELF, OPEN_ROOT: a procfd for a process that is there already
 *
 * However a process was found, open_by_pid() makes the procfd.
 */
#include <linux/file.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>

#include "access.h"
#include "procfd.h"

/*
 * A procfd of a process: another thread is none.  One that is born now gets
 * its group first and then its number (copy_process()), and loses them the other
 * way round: who has a number alone before and after a look for the group is one.
 */
static int check_leader(struct pid *pid)
{
	if (pid_has_task(pid, PIDTYPE_TGID))
		return 0;
	if (!pid_has_task(pid, PIDTYPE_PID))
		return -ESRCH;
	smp_rmb(); /* pairs with rcu_assign_pointer() in attach_pid() */
	if (pid_has_task(pid, PIDTYPE_TGID))
		return 0;
	return pid_has_task(pid, PIDTYPE_PID) ? -ENOENT : -ESRCH;
}

static int check_pid(struct pid *pid, bool thread, bool hide)
{
	/* At 1 it is seen, but nothing of it. */
	if (!pid_has_task(pid, PIDTYPE_PID) ||
	    (hide && may_see_pid(pid) == -ESRCH))
		return -ESRCH;
	return thread ? 0 : check_leader(pid);
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

/* @hide: hidepid counts.  The caller keeps its reference on @pid. */
long open_by_pid(struct pid *pid, u32 flags, bool hide)
{
	bool thread = flags & PROCFD_THREAD;
	struct procfd_process *process;
	int err;

	hangup_arm();
	err = thread ? thread_arm() : 0;
	if (!err)
		err = check_pid(pid, thread, hide);
	if (err)
		return err;
	process = process_open(pid, thread);
	if (IS_ERR(process))
		return PTR_ERR(process);
	if (flags & PROCFD_KILL_ON_CLOSE) {
		err = may_kill_on_close(process->pid);
		if (err) {
			process_put(process);
			return err;
		}
	}
	return open_process(process, flags);
}

/* To kill is to kill the process: nothing that the fd of a thread should do. */
bool open_flags_valid(u32 flags)
{
	return !(flags & ~PROCFD_NAME_FLAGS) &&
	       !(flags & PROCFD_THREAD && flags & PROCFD_KILL_ON_CLOSE);
}

static struct pid *find_get_pid_ns(pid_t nr, struct pid_namespace *ns)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(find_pid_ns(nr, ns));
	rcu_read_unlock();
	return pid;
}

long device_open_pid(struct file *device, void *arg)
{
	const struct procfd_open_pid *open = arg;
	struct pid_namespace *ns;
	struct pid *pid;
	long fd;

	if (!open_flags_valid(open->flags) || open->reserved || open->pid <= 0)
		return -EINVAL;
	ns = pidns_of_fd(open->pidns_fd);
	if (IS_ERR(ns))
		return PTR_ERR(ns);
	pid = find_get_pid_ns(open->pid, ns);
	put_pid_ns(ns);
	if (!pid)
		return -ESRCH;
	fd = open_by_pid(pid, open->flags, true);
	put_pid(pid);
	return fd;
}

/* Nobody is hidden from itself. */
long device_open_self(struct file *device, void *arg)
{
	const struct procfd_open_known *open = arg;
	struct pid *pid = task_tgid(current);

	if (!open_flags_valid(open->flags) || open->reserved)
		return -EINVAL;
	if (open->flags & PROCFD_THREAD)
		pid = task_pid(current);
	return open_by_pid(pid, open->flags, false);
}

long device_open_root(struct file *device, void *arg)
{
	const struct procfd_open_known *open = arg;
	struct pid *pid;
	long fd;

	if (open->flags & ~PROCFD_OPEN_FLAGS || open->reserved)
		return -EINVAL;
	pid = find_get_pid_ns(1, task_active_pid_ns(current));
	if (!pid)
		return -ESRCH;
	fd = open_by_pid(pid, open->flags, true);
	put_pid(pid);
	return fd;
}
