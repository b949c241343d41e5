// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reaping, where the kernel itself tells nobody of it: below 6.9 a probe on what
 * release_task() calls next.  Set with the first procfd, it stays until the module
 * goes.
 */
#include <linux/kprobes.h>
#include <linux/mutex.h>

#include "compat/kprobes.h"
#include "compat/pid.h"
#include "compat/symbols.h"
#include "procfd.h"

static DEFINE_MUTEX(hangup_mutex);
bool hangup_tried;
static bool hangup_armed;

static void hang_up(struct procfd_process *process, void *unused)
{
	process_hangup(process);
}

/* proc_flush_pid(): the zombie is gone, no lock is held. */
static int reaped(struct kprobe *probe, struct pt_regs *regs)
{
	struct pid *pid = (struct pid *)compat_kernel_argument(regs, 0);

	if (pid_has_task(pid, PIDTYPE_PID))
		return 0;
	process_visit(pid, false, hang_up, NULL);
	if (atomic_read(&process_threads))
		process_visit(pid, true, hang_up, NULL);
	return 0;
}

static struct kprobe reaped_probe = {
	.symbol_name = "proc_flush_pid",
	.pre_handler = reaped,
};

static int hangup_hook(void)
{
	int err = -EOPNOTSUPP;

	if (hangup_tried)
		return 0;
	probe_renew(&reaped_probe);
	if (symbol_found(proc_flush_pid))
		err = probe_error(register_kprobe(&reaped_probe));
	if (err == -ENOMEM)
		return err;
	hangup_armed = !err;
	smp_store_release(&hangup_tried, true); /* pairs with hangup_arm() */
	return 0;
}

/*
 * Where it cannot be had pollers are not woken a second time, and no more.
 * ENOMEM: not yet, the next one tries again.
 */
int hangup_arm_first(void)
{
	int err;

	mutex_lock(&hangup_mutex);
	err = hangup_hook();
	mutex_unlock(&hangup_mutex);
	return err;
}

bool hangup_given(void)
{
	hangup_arm();
	return COMPAT_PID_WAKES_AT_REAP || hangup_armed;
}

void hangup_exit(void)
{
	if (hangup_armed)
		unregister_kprobe(&reaped_probe);
}
