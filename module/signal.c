// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEND_SIGNAL: pidfd_send_signal(2) of Linux 7.3, on every kernel
 *
 * The kernel asks its own rule and its security hook as it sends; here is only
 * what depends on the kind of fd and of caller.
 */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>

#include "access.h"
#include "compat/symbols.h"
#include "procfd.h"

/* Nothing but a signal, for whatever the fd names. */
static bool signal_is_plain(const struct procfd_send_signal *send)
{
	return !(send->flags | send->code | send->error | send->pid |
		 send->uid | send->value) &&
	       (u32)send->signal <= _NSIG;
}

static bool signal_valid(const struct procfd_send_signal *send)
{
	u32 scope = send->flags & PROCFD_SIGNAL_SCOPES;

	if (send->flags & ~(PROCFD_SIGNAL_SCOPES | PROCFD_SIGNAL_INFO) ||
	    scope & (scope - 1))
		return false;
	if (send->signal < 0 || !valid_signal(send->signal))
		return false;
	if (send->flags & PROCFD_SIGNAL_INFO)
		return true;
	return !send->code && !send->error && !send->pid && !send->uid &&
	       !send->value;
}

/* Without one in @flags it is what the fd names. */
static enum pid_type signal_scope(u32 flags, bool thread)
{
	if (flags & PROCFD_SIGNAL_THREAD)
		return PIDTYPE_PID;
	if (flags & PROCFD_SIGNAL_PROCESS_GROUP)
		return PIDTYPE_PGID;
	if (flags & PROCFD_SIGNAL_PROCESS)
		return PIDTYPE_TGID;
	return thread ? PIDTYPE_PID : PIDTYPE_TGID;
}

/* Codes of the kernel's own only to oneself, as do_pidfd_send_signal(). */
static int may_claim(const struct procfd_send_signal *send, struct pid *pid)
{
	if (send->code < 0 && send->code != SI_TKILL)
		return 0;
	return task_pid(current) == pid ? 0 : -EPERM;
}

static void signal_fill_info(struct kernel_siginfo *info,
			     const struct procfd_send_signal *send,
			     enum pid_type scope)
{
	clear_siginfo(info);
	info->si_signo = send->signal;
	if (send->flags & PROCFD_SIGNAL_INFO) {
		info->si_code = send->code;
		info->si_errno = send->error;
		info->si_pid = send->pid;
		info->si_uid = send->uid;
		info->si_ptr = u64_to_user_ptr(send->value);
		return;
	}
	info->si_code = scope == PIDTYPE_PID ? SI_TKILL : SI_USER;
	info->si_pid = task_tgid_vnr(current);
	info->si_uid = from_kuid_munged(current_user_ns(), current_uid());
}

/*
 * The task may be unhashed under us by a thread that execs and takes its number:
 * then there is a new one to find.
 */
static int signal_send_info(struct pid *pid, struct kernel_siginfo *info,
			    enum pid_type scope)
{
	struct task_struct *task;
	int err = -ESRCH;

	if (!symbol_found(group_send_sig_info))
		return -EOPNOTSUPP;
	do {
		rcu_read_lock();
		task = pid_task(pid, PIDTYPE_PID);
		if (task)
			err = symbol_call(group_send_sig_info)(
				info->si_signo, info, task, scope);
		rcu_read_unlock();
	} while (task && err == -ESRCH);
	return err;
}

static int signal_send(struct pid *pid, const struct procfd_send_signal *send,
		       enum pid_type scope)
{
	struct kernel_siginfo info;
	bool plain = !(send->flags & PROCFD_SIGNAL_INFO);

	if (scope == PIDTYPE_PGID)
		return plain ? kill_pgrp(pid, send->signal, 0) : -EOPNOTSUPP;
	if (scope == PIDTYPE_TGID && plain)
		return kill_pid(pid, send->signal, 0);
	signal_fill_info(&info, send, scope);
	return signal_send_info(pid, &info, scope);
}

/* A group outlives the process that led it. */
static bool signal_has_target(struct pid *pid, u32 flags)
{
	if (flags & PROCFD_SIGNAL_PROCESS_GROUP)
		return pid_has_task(pid, PIDTYPE_PGID);
	return pid_has_task(pid, PIDTYPE_PID);
}

/* What kill_pid() does not know of, or comes to too late. */
static noinline long
signal_check_and_send(struct procfd_process *process,
		      const struct procfd_send_signal *send)
{
	int err;

	if (!signal_has_target(process->pid, send->flags))
		return -ESRCH;
	err = may_signal(process->pid,
			 send->flags & PROCFD_SIGNAL_PROCESS_GROUP);
	if (!err && send->flags & PROCFD_SIGNAL_INFO)
		err = may_claim(send, process->pid);
	if (err)
		return err;
	return signal_send(process->pid, send,
			   signal_scope(send->flags,
					process_is_thread(process)));
}

long procfd_send_signal(struct file *filp, void *arg)
{
	struct procfd_file *file = filp->private_data;
	const struct procfd_send_signal *send = arg;
	struct procfd_process *process = procfd_file_process(file);
	bool plain = signal_is_plain(send);

	if (!plain && !signal_valid(send))
		return -EINVAL;
	if (!process)
		return -EUNATCH;
	if (!can_see_pid(process->pid))
		return -EINVAL;
	if (!plain || process_is_thread(process) || is_filtered())
		return signal_check_and_send(process, send);
	return kill_pid(process->pid, send->signal, 0);
}
