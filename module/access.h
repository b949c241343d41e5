/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may do what: the questions; access.c has the rules, with a table. */
#ifndef PROCFD_ACCESS_H
#define PROCFD_ACCESS_H

#include <linux/compiler.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/types.h>

int may_clone(void);
int may_signal(struct pid *pid, bool group);
int may_kill_on_close(struct pid *pid);
bool may_see_block_io(struct pid *pid);
int may_read_namespaces(struct task_struct *task);
bool may_read_namespace_ids(struct task_struct *task);
extern uint hidepid;
int may_see_hidden(struct task_struct *task);
int may_see_pid(struct pid *pid);
bool can_see_pid(struct pid *pid);
bool is_parent_or_tracer(struct pid *pid);

/* Where nothing is hidden, as a rule, nothing is called. */
static inline int may_see(struct task_struct *task)
{
	return unlikely(READ_ONCE(hidepid)) ? may_see_hidden(task) : 0;
}

#endif /* PROCFD_ACCESS_H */
