// SPDX-License-Identifier: GPL-2.0-only
/* Pid namespaces that a caller names by an fd */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

#include "compat/ns.h"
#include "compat/symbols.h"
#include "procfd.h"

/* Is it @ancestor, or below that? */
static bool pidns_is_below(struct pid_namespace *ns,
			   struct pid_namespace *ancestor)
{
	while (ns->level > ancestor->level)
		ns = ns->parent;
	return ns == ancestor;
}

static struct pid_namespace *pidns_of_file(struct file *filp)
{
	struct pid_namespace *ns;
	struct ns_common *common;

	if (!symbol_call(proc_ns_file)(filp))
		return ERR_PTR(-EINVAL);
	common = get_proc_ns(file_inode(filp));
	if (compat_ns_type(common) != CLONE_NEWPID)
		return ERR_PTR(-EINVAL);
	ns = container_of(common, struct pid_namespace, ns);
	if (!pidns_is_below(ns, task_active_pid_ns(current)))
		return ERR_PTR(-EREMOTE);
	return get_pid_ns(ns);
}

/* The caller's for -1, else the one that @fd means; with a reference. */
struct pid_namespace *pidns_of_fd(int fd)
{
	struct pid_namespace *ns;
	struct file *filp;

	if (fd == -1)
		return get_pid_ns(task_active_pid_ns(current));
	if (!symbol_found(proc_ns_file))
		return ERR_PTR(-EOPNOTSUPP);
	filp = fget(fd);
	if (!filp)
		return ERR_PTR(-EBADF);
	ns = pidns_of_file(filp);
	fput(filp);
	return ns;
}
