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

/* What to say of a probe that could not be set: another time it may, or never. */
int probe_error(int err)
{
	return !err || err == -ENOMEM ? err : -EOPNOTSUPP;
}

/*
 * Before each try to set a probe: a try that failed leaves the address there, and
 * taking it away again leaves a flag with which the next is set and never fires.
 */
void probe_renew(struct kprobe *probe)
{
	probe->addr = NULL;
	probe->flags = 0;
}

/* Any context but that of a probe, where no other fires. */
bool kprobes_fire(void)
{
	int before = atomic_read(&canary_hits);

	canary_sing();
	return atomic_read(&canary_hits) != before;
}

static int canary_listen(void)
{
	int err = 0;

	if (!canary_set) {
		probe_renew(&canary);
		canary.addr = (kprobe_opcode_t *)canary_sing;
		err = register_kprobe(&canary);
		canary_set = !err;
	}
	if (err)
		return probe_error(err);
	return kprobes_fire() ? 0 : -EOPNOTSUPP;
}

/*
 * 0: they do.  Switched off at run time, a probe can be registered and never
 * fires: EOPNOTSUPP.
 */
int kprobes_check(void)
{
	int err;

	mutex_lock(&canary_mutex);
	err = canary_listen();
	mutex_unlock(&canary_mutex);
	return err;
}

void canary_exit(void)
{
	if (canary_set)
		unregister_kprobe(&canary);
}
