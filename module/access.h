/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may do what: the questions; access.c has the rules, with a table. */
#ifndef PROCFD_ACCESS_H
#define PROCFD_ACCESS_H

#include <linux/compiler.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/types.h>

int may_clone(void);
int may_signal_filtered(struct pid *pid, bool group);
int may_kill_on_close(struct pid *pid);
bool may_see_block_io(struct task_struct *task);
int may_read_namespaces(struct task_struct *task);
bool may_read_namespace_ids(struct task_struct *task);
extern uint hidepid;
int may_see_hidden(struct task_struct *task);
int may_see_hidden_pid(struct pid *pid);
bool is_parent_or_tracer(struct pid *pid);

/* Where nothing is hidden, as a rule, nothing is called. */
static inline int may_see(struct task_struct *task)
{
	return unlikely(READ_ONCE(hidepid)) ? may_see_hidden(task) : 0;
}

static inline int may_see_pid(struct pid *pid)
{
	return unlikely(READ_ONCE(hidepid)) ? may_see_hidden_pid(pid) : 0;
}

/*
 * A filter judges system calls by their number, and sees only ioctl here.  What
 * it could forbid in its own clothes is not done for a filtered caller.
 */
static inline bool is_filtered(void)
{
#ifdef CONFIG_SECCOMP
	return current->seccomp.mode != 0;
#else
	return false;
#endif
}

static inline int may_signal(struct pid *pid, bool group)
{
	return unlikely(is_filtered()) ? may_signal_filtered(pid, group) : 0;
}

/* In the caller's pid namespace or in one below it. */
static inline bool can_see_pid(struct pid *pid)
{
	const struct pid_namespace *ns = ns_of_pid(task_pid(current));

	/* As pid_nr_ns(), in line: the number of the idle task is none. */
	return pid->level >= ns->level && pid->numbers[ns->level].ns == ns &&
	       pid->numbers[ns->level].nr;
}

#endif /* PROCFD_ACCESS_H */
