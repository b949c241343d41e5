/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of all objects, by their struct pid: what each opening and each last close
 * does, in line; see table.c for the rest
 *
 * The lock of a bucket is a bit in the pointer that is its head, taken back by a plain
 * write while others try to set it, and looked at without it where an empty bucket is all
 * the answer: races by design, so KCSAN looks away from what is done to the table under it.
 */
#ifndef PROCFD_TABLE_H
#define PROCFD_TABLE_H

#include <linux/hash.h>
#include <linux/kcsan-checks.h>
#include <linux/processor.h> /* the next needs it and does not say so */
#include <linux/rculist_bl.h>

#include "procfd.h"

#define TABLE_BITS 14

/* Interrupts are off under a bucket's lock. */
extern struct hlist_bl_head process_table[1 << TABLE_BITS];

static __always_inline struct hlist_bl_head *table_bucket(struct pid *pid)
{
	return &process_table[hash_ptr(pid, TABLE_BITS)];
}

static __always_inline void bucket_lock(struct hlist_bl_head *bucket)
{
	kcsan_disable_current();
	hlist_bl_lock(bucket);
}

static __always_inline void bucket_unlock(struct hlist_bl_head *bucket)
{
	hlist_bl_unlock(bucket);
	kcsan_enable_current();
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
 * The object of @pid, with a reference, or NULL.  An empty bucket, as most are, needs no
 * lock: table_insert() looks again.
 */
static __always_inline struct procfd_process *process_get(struct pid *pid,
							  bool thread)
{
	struct hlist_bl_head *bucket = table_bucket(pid);
	struct procfd_process *process;

	if (hlist_bl_empty(bucket))
		return NULL;
	local_irq_disable();
	bucket_lock(bucket);
	process = bucket_find(bucket, pid, thread);
	if (process && !refcount_inc_not_zero(&process->refs))
		process = NULL;
	bucket_unlock(bucket);
	local_irq_enable();
	return process;
}

/*
 * @spare becomes the object of its pid, unless there is one; that is returned.  The
 * caller has interrupts off.
 */
static __always_inline struct procfd_process *
table_insert(struct procfd_process *spare, bool thread)
{
	struct hlist_bl_head *bucket = table_bucket(spare->pid);
	struct procfd_process *process;

	bucket_lock(bucket);
	process = bucket_find(bucket, spare->pid, thread);
	if (!process || !refcount_inc_not_zero(&process->refs)) {
		hlist_bl_add_head_rcu(&spare->node, bucket);
		process = spare;
	}
	bucket_unlock(bucket);
	return process;
}

static __always_inline void table_remove(struct procfd_process *process)
{
	struct hlist_bl_head *bucket;

	if (hlist_bl_unhashed(&process->node))
		return;
	bucket = table_bucket(process->pid);
	local_irq_disable();
	bucket_lock(bucket);
	hlist_bl_del_init(&process->node);
	bucket_unlock(bucket);
	local_irq_enable();
}

#endif /* PROCFD_TABLE_H */
