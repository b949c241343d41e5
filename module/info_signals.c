// SPDX-License-Identifier: GPL-2.0-only
/* What siglock covers: signals and the terminal of a process */
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/tty.h>

#include "info.h"

static u64 signal_mask(const sigset_t *set)
{
	BUILD_BUG_ON(_NSIG != 64);
	return set->sig[0];
}

/* Most signals of most processes have SIG_DFL, which is 0: eight at a look. */
#define SIGNALS_AT_ONCE 8

static bool signals_are_default(const struct k_sigaction *action)
{
	unsigned long any = 0;
	int i;

	for (i = 0; i < SIGNALS_AT_ONCE; i++)
		any |= (unsigned long)action[i].sa.sa_handler;
	return !any;
}

static void signal_handled(struct procfd_info *info, int i,
			   __sighandler_t handler)
{
	if (handler == SIG_IGN)
		info->sig_ignored |= BIT_ULL(i);
	else if (handler != SIG_DFL)
		info->sig_caught |= BIT_ULL(i);
}

static void signals_handled(struct procfd_info *info,
			    struct sighand_struct *sighand)
{
	const struct k_sigaction *action = sighand->action;
	int i, j;

	BUILD_BUG_ON(_NSIG % SIGNALS_AT_ONCE);
	info->sig_ignored = 0;
	info->sig_caught = 0;
	for (i = 0; i < _NSIG; i += SIGNALS_AT_ONCE) {
		if (signals_are_default(&action[i]))
			continue;
		for (j = i; j < i + SIGNALS_AT_ONCE; j++)
			signal_handled(info, j, action[j].sa.sa_handler);
	}
}

static void signals_fill(struct procfd_info *info, struct task_struct *task,
			 struct sighand_struct *sighand)
{
	info->sig_pending = signal_mask(&task->pending.signal);
	info->sig_shared = signal_mask(&task->signal->shared_pending.signal);
	info->sig_blocked = signal_mask(&task->blocked);
	signals_handled(info, sighand);
}

static void tty_fill(struct procfd_info *info, struct task_struct *task,
		     const struct info_view *view)
{
	struct tty_struct *tty = task->signal->tty;
	struct pid *pgrp;

	info->tty = 0;
	info->tty_pgid = -1;
	if (!tty)
		return;
	pgrp = tty_get_pgrp(tty);
	info->tty_pgid = info_pid_nr(view, pgrp);
	put_pid(pgrp);
	info->tty = new_encode_dev(tty_devnum(tty));
}

/*
 * Under RCU.  An exec of another thread may put another sighand in its place, the
 * end takes it away: what was locked must still be it.  False: look again.
 */
static bool sighand_fill(struct procfd_info *info, u64 mask,
			 struct task_struct *task,
			 struct sighand_struct *sighand,
			 const struct info_view *view)
{
	unsigned long flags;
	bool valid;

	spin_lock_irqsave(&sighand->siglock, flags);
	valid = sighand == rcu_access_pointer(task->sighand);
	if (valid && mask & PROCFD_INFO_SIGNALS)
		signals_fill(info, task, sighand);
	if (valid && mask & PROCFD_INFO_TTY)
		tty_fill(info, task, view);
	spin_unlock_irqrestore(&sighand->siglock, flags);
	return valid;
}

u64 info_fill_signals(struct procfd_info *info, u64 mask,
		      struct task_struct *task, const struct info_view *view)
{
	struct sighand_struct *sighand;

	do {
		sighand = rcu_dereference(task->sighand);
		if (!sighand)
			return 0;
	} while (!sighand_fill(info, mask, task, sighand, view));
	return mask & INFO_SIGNALS;
}
