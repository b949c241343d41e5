// SPDX-License-Identifier: GPL-2.0-only
/* The table of all objects: the table itself, and the look of a probe into it */
#include "table.h"

struct hlist_bl_head process_table[1 << TABLE_BITS];

/*
 * Calls @func for the object of @pid, which stays there until that returns: under
 * a raw lock, so @func puts no reference.
 */
void process_visit(struct pid *pid, bool thread, process_visit_fn func,
		   void *data)
{
	struct hlist_bl_head *bucket = table_bucket(pid);
	struct procfd_process *process;
	unsigned long flags;

	smp_mb(); /* what the caller saw of @pid before the look */
	if (hlist_bl_empty(bucket))
		return;
	local_irq_save(flags);
	bucket_lock(bucket);
	process = bucket_find(bucket, pid, thread);
	if (process) {
		kcsan_enable_current(); /* it does nothing to the table */
		func(process, data);
		kcsan_disable_current();
	}
	bucket_unlock(bucket);
	local_irq_restore(flags);
}
