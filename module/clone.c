// SPDX-License-Identifier: GPL-2.0-only
/*
 * CLONE: clone3(2) that also gives a procfd for the child
 *
 * kernel_clone() trusts its caller, so everything that clone3(2) checks before
 * it is checked here, by the same rules.  What it checks itself is left to it.
 */
#include <linux/file.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/signal.h>
#include <linux/uaccess.h>

#include "access.h"
#include "clone.h"
#include "compat/symbols.h"
#include "procfd.h"

static bool clone_flags_valid(const struct procfd_clone *clone)
{
	u64 flags = clone->clone_flags;

	if (flags & ~PROCFD_CLONE_FLAGS)
		return false;
	if ((flags & CLONE_SIGHAND) && (flags & CLONE_CLEAR_SIGHAND))
		return false;
	if ((flags & CLONE_PARENT) && clone->exit_signal)
		return false;
	if ((flags & CLONE_INTO_CGROUP) && clone->cgroup > INT_MAX)
		return false;
	return true;
}

static bool clone_signal_valid(u64 exit_signal)
{
	return !(exit_signal & ~(u64)CSIGNAL) && valid_signal(exit_signal);
}

static bool clone_set_tid_valid(const struct procfd_clone *clone)
{
	return clone->set_tid_size <= MAX_PID_NS_LEVEL &&
	       !clone->set_tid == !clone->set_tid_size;
}

static bool clone_stack_valid(const struct procfd_clone *clone)
{
	if (!clone->stack)
		return !clone->stack_size;
	return clone->stack_size &&
	       clone->stack == (unsigned long)clone->stack &&
	       clone->stack_size == (unsigned long)clone->stack_size &&
	       access_ok(u64_to_user_ptr(clone->stack), clone->stack_size);
}

static bool clone_autoreap_valid(const struct procfd_clone *clone)
{
	return !(clone->flags & PROCFD_AUTOREAP) ||
	       (!clone->exit_signal && !(clone->clone_flags & CLONE_PARENT));
}

static bool clone_valid(const struct procfd_clone *clone)
{
	return !(clone->flags & ~PROCFD_CHILD_FLAGS) && !clone->reserved &&
	       clone_flags_valid(clone) &&
	       clone_signal_valid(clone->exit_signal) &&
	       clone_set_tid_valid(clone) && clone_stack_valid(clone) &&
	       clone_autoreap_valid(clone);
}

static void clone_fill_args(struct kernel_clone_args *args,
			    const struct procfd_clone *clone, pid_t *set_tid)
{
	*args = (struct kernel_clone_args){
		.flags = clone->clone_flags,
		.pidfd = u64_to_user_ptr(clone->pidfd),
		.child_tid = u64_to_user_ptr(clone->child_tid),
		.parent_tid = u64_to_user_ptr(clone->parent_tid),
		.exit_signal = clone->exit_signal,
		.stack = clone->stack + clone->stack_size,
		.stack_size = clone->stack_size,
		.tls = clone->tls,
		.set_tid = set_tid,
		.set_tid_size = clone->set_tid_size,
		.cgroup = clone->cgroup,
	};
}

/*
 * Make the child with @fd reserved and its number told.  The fork hook installs
 * it between the child's birth and its first instruction; if there is no child,
 * all is taken back.
 */
static long clone_with_fd(struct file *filp, int fd,
			  struct kernel_clone_args *args)
{
	struct procfd_arm *arm = arm_alloc(filp);
	long ret;

	if (!arm) {
		ret = -ENOMEM;
		goto out_file;
	}
	arm_for_clone(arm, fd);
	ret = arm_set(arm);
	if (ret)
		goto out_arm;

	if (arm_installs_early())
		fd_install(fd, get_file(filp));
	ret = symbol_call(kernel_clone)(args);

	if (!arm_cancel(arm))
		return ret; /* the hook took it: the child owns it all now */
	WARN_ON_ONCE(ret >= 0);
	arm_free(arm);
	if (arm_installs_early())
		arm_take_back(filp, fd);
	else
		put_unused_fd(fd);
	fput(filp);
	return ret;

out_arm:
	arm_free(arm);
out_file:
	put_unused_fd(fd);
	fput(filp);
	return ret;
}

static long clone_child(const struct procfd_clone *clone,
			struct kernel_clone_args *args)
{
	struct procfd_reserved new = procfd_file_reserve(NULL, clone->flags);

	if (IS_ERR(new.filp))
		return PTR_ERR(new.filp);
	if (put_user(new.fd, (int __user *)u64_to_user_ptr(clone->procfd))) {
		put_unused_fd(new.fd);
		fput(new.filp);
		return -EFAULT;
	}
	return clone_with_fd(new.filp, new.fd, args);
}

long device_clone(struct file *device, void *arg)
{
	const struct procfd_clone *clone = arg;
	pid_t set_tid[MAX_PID_NS_LEVEL];
	struct kernel_clone_args args;
	long ret;

	if (!clone_valid(clone))
		return -EINVAL;
	if (copy_from_user(set_tid, u64_to_user_ptr(clone->set_tid),
			   clone->set_tid_size * sizeof(*set_tid)))
		return -EFAULT;
	ret = may_clone();
	if (ret)
		return ret;
	if (!symbol_found(kernel_clone) || !symbol_found(task_work_add))
		return -EOPNOTSUPP;
	ret = child_hook();
	if (!ret && clone->flags & PROCFD_AUTOREAP)
		ret = autoreap_arm();
	if (ret)
		return ret;

	/*
	 * ioctl(2) holds its file without a reference while the table has one
	 * user.  The child may become the second one, close the device, and so
	 * drop the last reference while we are still here.
	 */
	get_file(device);
	clone_fill_args(&args, clone, set_tid);
	ret = clone_child(clone, &args);
	fput(device);
	return ret;
}
