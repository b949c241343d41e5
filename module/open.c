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
#include "table.h"

/*
 * A procfd of a process: another thread is none.  One that is born now gets
 * its group first and then its number (copy_process()), and loses them the other
 * way round: who has a number alone before and after a look for the group is one.
 */
static noinline int check_leader_again(struct pid *pid)
{
	if (!pid_has_task(pid, PIDTYPE_PID))
		return -ESRCH;
	smp_rmb(); /* pairs with rcu_assign_pointer() in attach_pid() */
	if (pid_has_task(pid, PIDTYPE_TGID))
		return 0;
	return pid_has_task(pid, PIDTYPE_PID) ? -ENOENT : -ESRCH;
}

static inline int check_leader(struct pid *pid)
{
	return likely(pid_has_task(pid, PIDTYPE_TGID)) ?
		       0 :
		       check_leader_again(pid);
}

static __always_inline int check_pid(struct pid *pid, struct task_struct *task,
				     bool thread, bool hide)
{
	/* At 1 it is seen, but nothing of it. */
	if (!task || (hide && may_see(task) == -ESRCH))
		return -ESRCH;
	return thread ? 0 : check_leader(pid);
}

/* What has to be there before @process is: it hears of the end. */
static int open_prepare(u32 flags)
{
	hangup_arm();
	return flags & PROCFD_THREAD ? thread_arm() : 0;
}

static __always_inline int check_process(struct procfd_process *process,
					 u32 flags)
{
	int err = process_ascertain(process);

	if (!err && flags & PROCFD_KILL_ON_CLOSE)
		err = may_kill_on_close(process->pid);
	return err;
}

/* The reference on @process becomes the procfd's. */
static __always_inline long open_process(struct procfd_process *process,
					 u32 flags)
{
	struct procfd_reserved new;
	int err;

	if (IS_ERR(process))
		return PTR_ERR(process);
	err = check_process(process, flags);
	if (err)
		goto out;
	new = procfd_file_reserve(process, flags);
	err = PTR_ERR_OR_ZERO(new.filp);
	if (err)
		goto out;
	procfd_file_bind(new.filp->private_data, process);
	fd_install(new.fd, new.filp);
	return new.fd;
out:
	process_put(process);
	return err;
}

/*
 * @pid, or if that is NULL the one with the number @nr in @ns.  Of a process that has a
 * procfd already no reference is taken but that on its object.
 */
static __always_inline long open_pid(struct pid *pid, pid_t nr,
				     struct pid_namespace *ns, u32 flags,
				     bool hide)
{
	bool thread = flags & PROCFD_THREAD;
	struct procfd_process *process = NULL;
	struct task_struct *task;
	int err = open_prepare(flags);

	if (err)
		return err;
	rcu_read_lock();
	if (!pid)
		pid = find_pid_ns(nr, ns);
	task = pid ? pid_first_task(pid, PIDTYPE_PID) : NULL;
	err = check_pid(pid, task, thread, hide);
	if (!err) {
		if (may_see_block_io(task))
			flags |= FILE_BLOCK_IO;
		process = process_get(pid, thread);
		if (!process)
			get_pid(pid);
	}
	rcu_read_unlock();
	if (err)
		return err;
	return open_process(process ?: process_create(pid, thread), flags);
}

/* @hide: hidepid counts.  The caller keeps its reference on @pid. */
long open_by_pid(struct pid *pid, u32 flags, bool hide)
{
	return open_pid(pid, 0, NULL, flags, hide);
}

/* To kill is to kill the process: nothing that the fd of a thread should do. */
bool open_flags_valid(u32 flags)
{
	return !(flags & ~PROCFD_NAME_FLAGS) &&
	       !(flags & PROCFD_THREAD && flags & PROCFD_KILL_ON_CLOSE);
}

/* The caller's own namespace stays as long as the caller does. */
static struct pid_namespace *own_pidns(void)
{
	return ns_of_pid(task_pid(current));
}

static noinline long open_in_pidns(const struct procfd_open_pid *open)
{
	struct pid_namespace *ns = pidns_of_fd(open->pidns_fd);
	long fd;

	if (IS_ERR(ns))
		return PTR_ERR(ns);
	fd = open_pid(NULL, open->pid, ns, open->flags, true);
	put_pid_ns(ns);
	return fd;
}

long device_open_pid(struct file *device, void *arg)
{
	const struct procfd_open_pid *open = arg;

	if (!open_flags_valid(open->flags) || open->reserved || open->pid <= 0)
		return -EINVAL;
	if (open->pidns_fd != -1)
		return open_in_pidns(open);
	return open_pid(NULL, open->pid, own_pidns(), open->flags, true);
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

	if (open->flags & ~PROCFD_OPEN_FLAGS || open->reserved)
		return -EINVAL;
	return open_pid(NULL, 1, own_pidns(), open->flags, true);
}
