/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All processes that a pid namespace sees, in the order of their numbers
 *
 * Whoever has a number keeps it while it lives, an exec by another thread
 * included, and a number that was passed is not looked at again: so a walk names
 * nobody twice, misses nobody who lived throughout, and ends.
 */
#ifndef PROCFD_WALK_H
#define PROCFD_WALK_H

#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

/* As much is done in one RCU section: a look at a number counts one. */
#define WALK_SECTION 64

/* As radix_tree_for_each_slot(), which finds the next that is not empty by plain reads. */
#define walk_slots(slot, tree, iter, first)                             \
	for ((slot) = radix_tree_iter_init(iter, first);                \
	     (slot) || ((slot) = radix_tree_next_chunk(tree, iter, 0)); \
	     (slot) = data_race(radix_tree_next_slot(slot, iter, 0)))

/* Under RCU.  Returns how much it did; 0: enough. */
typedef unsigned int (*walk_visit)(struct pid *pid, void *data);

/*
 * One section from *@nr on.  *@nr is the number to go on with.  True: this was the
 * end.
 */
static __always_inline bool walk_section(struct pid_namespace *ns,
					 unsigned long *nr, walk_visit visit,
					 void *data)
{
	struct radix_tree_iter iter;
	bool more = false;
	void __rcu **slot;
	struct pid *pid;
	unsigned int did, done = 0;

	rcu_read_lock();
	walk_slots(slot, &ns->idr.idr_rt, &iter, *nr) {
		pid = radix_tree_deref_slot(slot);
		if (!pid)
			continue;
		if (radix_tree_deref_retry(pid)) {
			slot = radix_tree_iter_retry(&iter);
			continue;
		}
		*nr = iter.index + 1;
		did = visit(pid, data);
		done += did;
		more = !did || done >= WALK_SECTION;
		if (more)
			break;
	}
	rcu_read_unlock();
	return !more;
}

/*
 * Under RCU.  Is whoever has this number a child of @parent?  A task has a parent as
 * long as it has its number; one that an exec took it from meanwhile is asked no more.
 */
static inline bool is_child_of(struct pid *pid, enum pid_type type,
			       struct pid *parent)
{
	struct task_struct *task, *now = pid_task(pid, type);
	bool is;

	do {
		task = now;
		if (!task)
			return false;
		is = data_race(pid_alive(task)) &&
		     task_tgid(rcu_dereference(task->real_parent)) == parent;
		smp_rmb(); /* a leader is replaced before it is released */
		now = pid_task(pid, type);
	} while (now != task);
	return is;
}

#endif /* PROCFD_WALK_H */
