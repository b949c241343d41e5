// SPDX-License-Identifier: GPL-2.0-only
/* GET_PID, COMPARE, GET_ID: which process is it? */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/pid_namespace.h>

#include "access.h"
#include "compat/symbols.h"
#include "procfd.h"

long procfd_get_pid(struct file *filp, void *arg)
{
	const struct procfd_get_pid *get = arg;
	struct procfd_process *process;
	struct pid_namespace *ns;
	long nr;

	if (get->reserved)
		return -EINVAL;
	process = visible_process(filp->private_data);
	if (IS_ERR(process))
		return PTR_ERR(process);
	ns = pidns_of_fd(get->pidns_fd);
	if (IS_ERR(ns))
		return PTR_ERR(ns);
	nr = pid_nr_ns(process->pid, ns);
	put_pid_ns(ns);
	/* Only while it is attached the number is nobody else's. */
	return process_was_reaped(process) ? -ESRCH : nr;
}

static struct pid *pid_of_any_file(struct file *filp)
{
	struct procfd_process *process;

	if (filp->f_op == &procfd_fops) {
		process = procfd_file_process(filp->private_data);
		return process ? process->pid : ERR_PTR(-EUNATCH);
	}
	if (!symbol_found(pidfd_pid))
		return ERR_PTR(-EBADF);
	return symbol_call(pidfd_pid)(filp);
}

/* Two files that are held pin two struct pids: one process has only one. */
long procfd_compare(struct file *filp, void *arg)
{
	const struct procfd_compare *compare = arg;
	struct procfd_process *process;
	struct file *other;
	struct pid *pid;

	if (compare->reserved)
		return -EINVAL;
	process = visible_process(filp->private_data);
	if (IS_ERR(process))
		return PTR_ERR(process);
	other = fget(compare->fd);
	if (!other)
		return -EBADF;
	pid = pid_of_any_file(other);
	fput(other);
	return IS_ERR(pid) ? PTR_ERR(pid) : pid == process->pid;
}

long procfd_get_id(struct file *filp, void *arg)
{
	struct procfd_process *process = visible_process(filp->private_data);
	struct procfd_get_id *get = arg;
	int err;

	if (IS_ERR(process))
		return PTR_ERR(process);
	err = may_see_pid(process->pid);
	if (!err)
		get->id = process->id;
	return err;
}
