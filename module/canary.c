// SPDX-License-Identifier: GPL-2.0-only
/* Do kprobes fire?  A probe on a function of our own tells. */
#include <linux/kprobes.h>
#include <linux/mutex.h>

#include "procfd.h"

static atomic_t canary_hits;

static noinline void canary_sing(void)
{
	/* Not empty, so that the call is not optimized away. */
	barrier();
}

static int canary_hit(struct kprobe *probe, struct pt_regs *regs)
{
	atomic_inc(&canary_hits);
	return 0;
}

static struct kprobe canary = {
	.pre_handler = canary_hit,
};

static DEFINE_MUTEX(canary_mutex);
static bool canary_set;

/* Switched off at run time, a probe can be registered and never fires. */
bool kprobes_fire(void)
{
	bool fired = false;
	int before;

	mutex_lock(&canary_mutex);
	if (!canary_set) {
		canary.addr = (kprobe_opcode_t *)canary_sing;
		canary_set = !register_kprobe(&canary);
	}
	if (canary_set) {
		before = atomic_read(&canary_hits);
		canary_sing();
		fired = atomic_read(&canary_hits) != before;
	}
	mutex_unlock(&canary_mutex);
	return fired;
}

void canary_exit(void)
{
	if (canary_set)
		unregister_kprobe(&canary);
}
