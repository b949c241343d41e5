/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the three files of AUTOREAP share: autoreap.c has the probe and the life
 * of such a child, reparent.c keeps it hidden, leftover.c is the last resort.
 */
#ifndef PROCFD_AUTOREAP_H
#define PROCFD_AUTOREAP_H

#include <linux/atomic.h>

#include "procfd.h"

/* How many there are; the hooks return at once while there is none. */
extern atomic_t autoreap_alive;

struct procfd_process *autoreap_find(struct task_struct *task);
void autoreap_visit_rcu(void (*func)(struct procfd_process *process,
				     struct task_struct *task));

int reparent_hook(void);
void reparent_unhook(void);
void reparent_watch(void);
void reparent_exit(void);

bool leftover_is(struct task_struct *task);

#endif /* PROCFD_AUTOREAP_H */
