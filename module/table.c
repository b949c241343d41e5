// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of all objects, by their struct pid
 *
 * The lock of a bucket is a bit in the pointer that is its head, taken back by a plain
 * write while others try to set it, and looked at without it where an empty bucket is all
 * the answer: races by design, so KCSAN leaves this file alone.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/rculist_bl.h>
#include <linux/slab.h>

#include "procfd.h"

#define TABLE_BITS 14

/* Interrupts are off under a bucket's lock. */
static struct hlist_bl_head *table;

static struct hlist_bl_head *table_bucket(struct pid *pid)
{
	return &table[hash_ptr(pid, TABLE_BITS)];
}

/* Under the bucket's lock; takes no reference. */
static __always_inline struct procfd_process *
bucket_find(struct hlist_bl_head *bucket, struct pid *pid, bool thread)
{
	struct procfd_process *process;
	struct hlist_bl_node *at;

	for (at = hlist_bl_first(bucket); at; at = at->next) {
		process = hlist_bl_entry(at, struct procfd_process, node);
		if (process->pid == pid && refcount_read(&process->refs) &&
		    process_is_thread(process) == thread)
			return process;
	}
	return NULL;
}

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
	hlist_bl_lock(bucket);
	process = bucket_find(bucket, pid, thread);
	if (process)
		func(process, data);
	hlist_bl_unlock(bucket);
	local_irq_restore(flags);
}

/*
 * The object of @pid, with a reference, or NULL.  An empty bucket, as most are, needs no
 * lock: table_insert() looks again.
 */
struct procfd_process *process_get(struct pid *pid, bool thread)
{
	struct hlist_bl_head *bucket = table_bucket(pid);
	struct procfd_process *process;

	if (hlist_bl_empty(bucket))
		return NULL;
	local_irq_disable();
	hlist_bl_lock(bucket);
	process = bucket_find(bucket, pid, thread);
	if (process && !refcount_inc_not_zero(&process->refs))
		process = NULL;
	hlist_bl_unlock(bucket);
	local_irq_enable();
	return process;
}

/* @spare becomes the object of @pid, unless there is one; that is returned. */
struct procfd_process *table_insert(struct procfd_process *spare)
{
	struct hlist_bl_head *bucket = table_bucket(spare->pid);
	struct procfd_process *process;
	unsigned long flags;

	local_irq_save(flags);
	hlist_bl_lock(bucket);
	process = bucket_find(bucket, spare->pid, process_is_thread(spare));
	if (!process || !refcount_inc_not_zero(&process->refs)) {
		hlist_bl_add_head_rcu(&spare->node, bucket);
		process = spare;
	}
	hlist_bl_unlock(bucket);
	local_irq_restore(flags);
	return process;
}

void table_remove(struct procfd_process *process)
{
	struct hlist_bl_head *bucket;

	if (hlist_bl_unhashed(&process->node))
		return;
	bucket = table_bucket(process->pid);
	local_irq_disable();
	hlist_bl_lock(bucket);
	hlist_bl_del_init(&process->node);
	hlist_bl_unlock(bucket);
	local_irq_enable();
}

int __init table_init(void)
{
	unsigned int i;

	table = kvcalloc(1U << TABLE_BITS, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < 1U << TABLE_BITS; i++)
		INIT_HLIST_BL_HEAD(&table[i]);
	return 0;
}

void table_exit(void)
{
	kvfree(table);
}
