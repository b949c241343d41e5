// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hooks that are armed at first use: the life of tasks as tracepoints tell
 * it, and reaping where the kernel itself tells nobody
 *
 * A module that is loaded and was never used has none of them.  Once armed they
 * stay until it is unloaded; each returns at once while nothing is waited for.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/tracepoint.h>

#include "compat/kprobes.h"
#include "compat/pid.h"
#include "compat/symbols.h"
#include "compat/trace.h"
#include "hooks.h"
#include "procfd.h"

static DEFINE_MUTEX(hooks_mutex);
static bool children_armed;
static bool hangup_tried, hangup_armed;

struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void tracepoint_match(struct tracepoint *tp, void *data)
{
	struct tracepoint_search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

static struct tracepoint *tracepoint_find(const char *name)
{
	struct tracepoint_search search = { .name = name };

	for_each_kernel_tracepoint(tracepoint_match, &search)
		;
	return search.found;
}

int tracepoint_set(const char *name, void *probe)
{
	struct tracepoint *tp = tracepoint_find(name);

	return tp ? tracepoint_probe_register(tp, probe, NULL) : -EOPNOTSUPP;
}

void tracepoint_clear(const char *name, void *probe)
{
	tracepoint_probe_unregister(tracepoint_find(name), probe, NULL);
	tracepoint_synchronize_unregister();
}

static void probe_process_fork(void *data, struct task_struct *parent,
			       struct task_struct *child)
{
	child_forked(child);
}

static void probe_process_exec(void *data, struct task_struct *task,
			       pid_t old_pid, struct linux_binprm *bprm)
{
	child_creator_gone();
	reparent_exec(task);
}

static void probe_process_exit(COMPAT_EXIT_EVENT_ARGS)
{
	child_creator_gone();
	reparent_parent_exits(task);
}

/* Compares prototypes when this is built; never called. */
static inline void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sched_process_fork(probe_process_fork);
	check_trace_callback_type_sched_process_exec(probe_process_exec);
	check_trace_callback_type_sched_process_exit(probe_process_exit);
}

static const struct {
	const char *name;
	void *probe;
} children_hooks[] = {
	{ "sched_process_exit", probe_process_exit },
	{ "sched_process_exec", probe_process_exec },
	{ "sched_process_fork", probe_process_fork },
};

static int children_hook(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(children_hooks); i++) {
		err = tracepoint_set(children_hooks[i].name,
				     children_hooks[i].probe);
		if (err)
			goto undo;
	}
	return 0;
undo:
	while (i--)
		tracepoint_clear(children_hooks[i].name,
				 children_hooks[i].probe);
	return err;
}

/* proc_flush_pid(): the zombie is gone, no lock is held. */
static int reaped(struct kprobe *probe, struct pt_regs *regs)
{
	struct pid *pid = (struct pid *)compat_kernel_argument(regs, 0);
	struct procfd_process *process;

	rcu_read_lock();
	process = process_find_rcu(pid);
	if (process && process_was_reaped(process))
		process_hangup(process);
	rcu_read_unlock();
	return 0;
}

static struct kprobe reaped_probe = {
	.symbol_name = "proc_flush_pid",
	.pre_handler = reaped,
};

static bool hangup_needs_probe(void)
{
	return !COMPAT_PID_WAKES_AT_REAP;
}

/* Where it cannot be had pollers are not woken a second time, and no more. */
void hooks_arm_hangup(void)
{
	/* Acquire and release: who sees it true sees the probe set, too. */
	if (!hangup_needs_probe() || smp_load_acquire(&hangup_tried))
		return;
	mutex_lock(&hooks_mutex);
	if (!hangup_tried) {
		hangup_armed = symbol_found(proc_flush_pid) &&
			       !register_kprobe(&reaped_probe);
		smp_store_release(&hangup_tried, true); /* as above */
	}
	mutex_unlock(&hooks_mutex);
}

bool hooks_hangup_given(void)
{
	hooks_arm_hangup();
	return !hangup_needs_probe() || hangup_armed;
}

/* Needed before anything can be armed for a child. */
int hooks_arm_children(void)
{
	int err = 0;

	hooks_arm_hangup();
	if (smp_load_acquire(&children_armed)) /* as above */
		return 0;
	mutex_lock(&hooks_mutex);
	if (!children_armed) {
		err = children_hook();
		if (!err)
			smp_store_release(&children_armed, true); /* ditto */
	}
	mutex_unlock(&hooks_mutex);
	return err;
}

void hooks_exit(void)
{
	int i;

	if (children_armed)
		for (i = ARRAY_SIZE(children_hooks) - 1; i >= 0; i--)
			tracepoint_clear(children_hooks[i].name,
					 children_hooks[i].probe);
	if (hangup_armed)
		unregister_kprobe(&reaped_probe);
}
