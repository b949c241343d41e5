/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of AUTOREAP share.  autoreap.c knows who is such a child; the
 * others use it, autoreap_probe.c puts them to work.
 */
#ifndef PROCFD_AUTOREAP_H
#define PROCFD_AUTOREAP_H

#include <linux/atomic.h>
#include <linux/sched.h>

#include "procfd.h"

/* How many there are; the hooks return at once while there is none. */
extern atomic_t autoreap_alive;

struct procfd_process *autoreap_find(struct pid *pid);
void autoreap_visit_rcu(void (*func)(struct procfd_process *process,
				     struct task_struct *task));

void autoreap_done(struct procfd_process *process);
void autoreap_let_go(struct procfd_process *process);

/* Is it a zombie that nobody is going to reap? */
static inline bool autoreap_is_left(struct task_struct *task)
{
	return READ_ONCE(task->exit_state) == EXIT_ZOMBIE &&
	       !READ_ONCE(task->ptrace) && task_has_ended(task);
}

int reparent_hook(void);
void reparent_unhook(void);
void reparent_sweep(void);
void reparent_exit(void);

void leftover_hook(void);

#endif /* PROCFD_AUTOREAP_H */
