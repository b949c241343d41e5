// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what: every rule of the module stands here, one function a question
 *
 *	what                      rule
 *	----                      ----
 *	hold, poll, read          none: the fd is the right
 *	block I/O in the record   the opener could ptrace-read, or was the parent
 *	OPEN_*                    see the process in one's own pid namespace
 *	CLONE                     no seccomp filter, ever
 *	SEND_SIGNAL               kill(2), asked of the caller at each call; under
 *	                          a seccomp filter only to one's own children, and
 *	                          to no process group
 *	KILL_ON_CLOSE             to arm: as SEND_SIGNAL with SIGKILL; at close:
 *	                          the stored credentials, by the same rule
 *	WAIT as parent or tracer  waitid(2)
 *	GET_PIDFD                 see the process in one's own pid namespace
 *	GET_NAMESPACE, and        ptrace-read with the credentials of the file
 *	namespaces in GET_INFO    system, as /proc/PID/ns
 *	GET_INFO, LIST            what everyone may read in /proc/PID/stat and
 *	                          status: nothing is asked
 *	OPEN_*, OPEN_RELATIVE,    hidepid, as a procfs mounted with it; not for
 *	GET_ID, GET_INFO, LIST    OPEN_PEER and OPEN_SELF
 *	COMPARE                   two fds
 *	OPEN_DIR                  what the procfs and the process ask themselves
 */
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/seccomp.h>

#include "access.h"
#include "compat/symbols.h"
#include "procfd.h"

static bool seccomp_trust;
module_param(seccomp_trust, bool, 0644);
MODULE_PARM_DESC(seccomp_trust,
		 "Let callers under a seccomp filter signal through a procfd");

/* As the mount option of procfs; its values and names. */
enum {
	HIDEPID_PROCFD_OFF = 0,
	HIDEPID_PROCFD_NO_ACCESS = 1,
	HIDEPID_PROCFD_INVISIBLE = 2,
	HIDEPID_PROCFD_NOT_PTRACEABLE = 4,
};

uint hidepid;

static int hidepid_set(const char *text, const struct kernel_param *param)
{
	unsigned int value;
	int err = kstrtouint(text, 0, &value);

	if (err)
		return err;
	if (value > HIDEPID_PROCFD_INVISIBLE &&
	    value != HIDEPID_PROCFD_NOT_PTRACEABLE)
		return -EINVAL;
	WRITE_ONCE(hidepid, value);
	return 0;
}

static const struct kernel_param_ops hidepid_ops = {
	.set = hidepid_set,
	.get = param_get_uint,
};

module_param_cb(hidepid, &hidepid_ops, &hidepid, 0644);
MODULE_PARM_DESC(hidepid, "Hide processes as procfs does: 0, 1, 2 or 4");

static uint hidepid_gid;
module_param(hidepid_gid, uint, 0644);
MODULE_PARM_DESC(hidepid_gid,
		 "The group that hidepid 1 and 2 hide nothing from");

/* Under RCU. */
static bool is_child_task(struct task_struct *task)
{
	return same_thread_group(rcu_dereference(task->real_parent), current);
}

static bool is_own_child(struct pid *pid)
{
	struct task_struct *task;
	bool own;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	own = task && is_child_task(task);
	rcu_read_unlock();
	return own;
}

bool is_parent_or_tracer(struct pid *pid)
{
	struct task_struct *task;
	bool is;

	if (is_own_child(pid))
		return true;
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	is = task && READ_ONCE(task->ptrace) &&
	     same_thread_group(rcu_dereference(task->parent), current);
	rcu_read_unlock();
	return is;
}

int may_clone(void)
{
	return is_filtered() ? -EPERM : 0;
}

/*
 * The filter's part; the kernel asks its own rule and its hook as it sends.  A
 * process group has members that are nobody's children here.
 */
int may_signal_filtered(struct pid *pid, bool group)
{
	if (READ_ONCE(seccomp_trust))
		return 0;
	return is_own_child(pid) && !group ? 0 : -EPERM;
}

/* Signal 0 asks whether a signal could be sent.  A zombie is no obstacle. */
int may_kill_on_close(struct pid *pid)
{
	int err = may_signal(pid, false);

	if (!err)
		err = kill_pid(pid, 0, 0);
	return err == -ESRCH ? 0 : err;
}

/*
 * Asked for what is left out otherwise, not for what fails: nothing to audit.  May be
 * called under RCU, as the kernel itself asks with the task locked.
 */
static bool may_ptrace_read(struct task_struct *task)
{
	return symbol_found(ptrace_may_access) &&
	       symbol_call(ptrace_may_access)(
		       task, PTRACE_MODE_READ_FSCREDS | PTRACE_MODE_NOAUDIT);
}

/* Under RCU. */
bool may_see_block_io(struct task_struct *task)
{
	return is_child_task(task) || may_ptrace_read(task);
}

bool may_read_namespace_ids(struct task_struct *task)
{
	return may_ptrace_read(task);
}

/*
 * ESRCH: it is hidden; EPERM: only its number is told.  May be called under RCU.
 * The group 0 of the parameter is root's, as procfs has it.
 */
int may_see_hidden(struct task_struct *task)
{
	unsigned int how = READ_ONCE(hidepid);

	if (how == HIDEPID_PROCFD_OFF)
		return 0;
	if (how != HIDEPID_PROCFD_NOT_PTRACEABLE &&
	    in_group_p(make_kgid(&init_user_ns, READ_ONCE(hidepid_gid))))
		return 0;
	if (may_ptrace_read(task))
		return 0;
	return how == HIDEPID_PROCFD_NO_ACCESS ? -EPERM : -ESRCH;
}

/* Of a process that was reaped there is nothing to hide any more. */
int may_see_hidden_pid(struct pid *pid)
{
	struct task_struct *task;
	int err = 0;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	if (task)
		err = may_see_hidden(task);
	rcu_read_unlock();
	return err;
}

int may_read_namespaces(struct task_struct *task)
{
	if (!symbol_found(ptrace_may_access))
		return -EOPNOTSUPP;
	if (!symbol_call(ptrace_may_access)(task, PTRACE_MODE_READ_FSCREDS))
		return -EACCES;
	return 0;
}
