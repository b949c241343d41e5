// SPDX-License-Identifier: GPL-2.0-only
/* GET_PIDFD, GET_NAMESPACE: what mainline has an fd of its own for */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "access.h"
#include "compat/pid.h"
#include "compat/symbols.h"
#include "procfd.h"

long procfd_get_pidfd(struct file *filp, void *arg)
{
	const struct procfd_get_pidfd *get = arg;
	struct procfd_process *process;
	struct file *pidfd_file;
	unsigned int flags;
	int fd;

	if (get->flags & ~PROCFD_NONBLOCK || get->reserved)
		return -EINVAL;
	process = visible_process(filp->private_data);
	if (IS_ERR(process))
		return PTR_ERR(process);
	if (process_was_reaped(process))
		return -ESRCH;
	if (!symbol_found(pidfd_prepare))
		return -EOPNOTSUPP;
	if (process_is_thread(process) && !COMPAT_PIDFD_THREAD)
		return -EOPNOTSUPP;

	flags = get->flags & PROCFD_NONBLOCK ? O_NONBLOCK : 0;
	if (process_is_thread(process))
		flags |= COMPAT_PIDFD_THREAD;
	fd = symbol_call(pidfd_prepare)(process->pid, flags, &pidfd_file);
	if (fd >= 0)
		fd_install(fd, pidfd_file);
	/* 6.1 calls a process that was reaped meanwhile invalid. */
	return fd == -EINVAL ? -ESRCH : fd;
}

/* A reference on the namespace, or NULL where the task has none any more. */
static struct ns_common *namespace_of(struct task_struct *task, u32 type)
{
#define GET(getter)                                         \
	(symbol_found(getter) ? symbol_call(getter)(task) : \
				ERR_PTR(-EOPNOTSUPP))

	switch (type) {
	case PROCFD_NAMESPACE_CGROUP: return GET(cgroupns_get);
	case PROCFD_NAMESPACE_IPC: return GET(ipcns_get);
	case PROCFD_NAMESPACE_MNT: return GET(mntns_get);
	case PROCFD_NAMESPACE_NET: return GET(netns_get);
	case PROCFD_NAMESPACE_PID: return GET(pidns_get);
	case PROCFD_NAMESPACE_PID_FOR_CHILDREN:
		return GET(pidns_for_children_get);
	case PROCFD_NAMESPACE_TIME: return GET(timens_get);
	case PROCFD_NAMESPACE_TIME_FOR_CHILDREN:
		return GET(timens_for_children_get);
	case PROCFD_NAMESPACE_USER: return GET(userns_get);
	case PROCFD_NAMESPACE_UTS: return GET(utsns_get);
	default: return ERR_PTR(-EINVAL);
	}
#undef GET
}

/* The inode number of the namespace's file; 0: none, or not to be had. */
u64 namespace_inum(struct task_struct *task, u32 type)
{
	struct ns_common *ns = namespace_of(task, type);
	u64 inum;

	if (IS_ERR_OR_NULL(ns))
		return 0;
	inum = ns->inum;
	ns->ops->put(ns);
	return inum;
}

/*
 * open_related_ns() opens what a function of our choice makes of the namespace
 * it is given, and may call it more than once.  It is given none.
 */
struct namespace_request {
	struct ns_common key;
	struct task_struct *task;
	u32 type;
};

/* No exec may give the process more rights between the question and the taking. */
static struct ns_common *namespace_requested(struct ns_common *key)
{
	struct namespace_request *request =
		container_of(key, struct namespace_request, key);
	struct rw_semaphore *exec = &request->task->signal->exec_update_lock;
	struct ns_common *ns;
	int err;

	if (down_read_killable(exec))
		return ERR_PTR(-EINTR);
	err = may_read_namespaces(request->task);
	ns = err ? ERR_PTR(err) : namespace_of(request->task, request->type);
	up_read(exec);
	return ns ? ns : ERR_PTR(-ESRCH);
}

long procfd_get_namespace(struct file *filp, void *arg)
{
	const struct procfd_get_namespace *get = arg;
	struct namespace_request request = { .type = get->type };
	struct procfd_process *process;
	long ret;

	if (get->type < PROCFD_NAMESPACE_CGROUP ||
	    get->type > PROCFD_NAMESPACE_UTS || get->flags)
		return -EINVAL;
	process = visible_process(filp->private_data);
	if (IS_ERR(process))
		return PTR_ERR(process);
	request.task = get_pid_task(process->pid, PIDTYPE_PID);
	if (!request.task)
		return -ESRCH;
	ret = may_read_namespaces(request.task);
	if (!ret)
		ret = open_related_ns(&request.key, namespace_requested);
	put_task_struct(request.task);
	return ret;
}
