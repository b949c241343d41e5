// SPDX-License-Identifier: GPL-2.0-only
/*
 * The next process that a task creates, bound to a procfd before it runs
 *
 * An *arming* says: the next child of this task belongs to that file.  CLONE
 * arms around kernel_clone(), NEXT_CHILD arms for whatever creates the child.
 *
 *	creator                              child
 *	-------                              -----
 *	arm_set()
 *	copy_process()
 *	sched_process_fork:
 *	  take the arming
 *	  adopt or insert the process object
 *	  bind the file, install CLONE's fd
 *	  queue child_begin() on the child
 *	wake the child ───────────────────>  child_begin():
 *	                                       enter the kernel's queue
 *	                                       join the process object
 *	                                       close copies of the fd
 *	                                     first instruction
 *
 * child_begin() runs before the child can end, so nothing is missed.  The hook
 * itself may allocate nothing and take only raw locks.
 *
 * Who owns an arming: whoever took it out of the table, under arm_lock.  That is
 * the hook (then the child), the caller of CLONE when no child came, the release
 * of the file, or the exec or end of the creator (then the worker).
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <linux/workqueue.h>

#include "compat/fs.h"
#include "compat/symbols.h"
#include "compat/trace.h"
#include "procfd.h"
#include "tracepoints.h"

/**
 * struct procfd_arm - an arming
 * @node:    in the table, under arm_lock
 * @creator: whose child is meant; compared, never dereferenced
 * @filp:    CLONE: with a reference.  NEXT_CHILD: without one, or its close
 *           would never come; taken by who takes the arming
 * @process: set aside for the child; once taken, the child's object
 * @spare:   what was set aside, if the child had an object already
 * @fd:      CLONE: the reserved number.  NEXT_CHILD: -1
 */
struct procfd_arm {
	struct hlist_node node;
	struct task_struct *creator;
	struct file *filp;
	struct procfd_process *process;
	struct procfd_process *spare;
	int fd;
	bool close_copies;
	struct callback_head work;
	struct llist_node gone;
};

static DEFINE_HASHTABLE(arms, 8);
static DEFINE_RAW_SPINLOCK(arm_lock);

#define POLL_CANCELLED (EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLHUP)

static LLIST_HEAD(gone_list);
static void gone_worker(struct work_struct *work);
static DECLARE_WORK(gone_work, gone_worker);

struct procfd_arm *arm_alloc(struct file *filp)
{
	struct procfd_arm *arm = kzalloc(sizeof(*arm), GFP_KERNEL_ACCOUNT);

	if (!arm)
		return NULL;
	arm->process = process_alloc();
	if (!arm->process) {
		kfree(arm);
		return NULL;
	}
	arm->creator = current;
	arm->filp = filp;
	arm->fd = -1;
	return arm;
}

void arm_for_clone(struct procfd_arm *arm, int fd)
{
	arm->fd = fd;
}

/* One that no child took. */
void arm_free(struct procfd_arm *arm)
{
	process_put(arm->process);
	kfree(arm);
}

/*
 * May this task have armed?  Without the lock, so that those who have not do not
 * meet at it; only the task itself adds its own.
 */
static bool is_armed(void)
{
	return !hlist_empty(
		&arms[hash_min((unsigned long)current, HASH_BITS(arms))]);
}

/* One whose file is on its way out is its release's. */
static struct procfd_arm *arm_find(bool for_clone)
{
	struct procfd_arm *arm;

	hash_for_each_possible(arms, arm, node, (unsigned long)current)
		if (arm->creator == current && (arm->fd >= 0) == for_clone &&
		    file_count(arm->filp))
			return arm;
	return NULL;
}

static void arm_take(struct procfd_arm *arm)
{
	struct procfd_file *file = arm->filp->private_data;

	hash_del(&arm->node);
	WRITE_ONCE(file->arm, NULL);
}

int arm_set(struct procfd_arm *arm)
{
	struct procfd_file *file = arm->filp->private_data;
	unsigned long flags;
	int err = -EBUSY;

	raw_spin_lock_irqsave(&arm_lock, flags);
	if (!arm_find(arm->fd >= 0)) {
		hash_add(arms, &arm->node, (unsigned long)current);
		if (arm->fd < 0)
			WRITE_ONCE(file->arm, arm);
		err = 0;
	}
	raw_spin_unlock_irqrestore(&arm_lock, flags);
	return err;
}

/*
 * After kernel_clone(): true if no child took @arm, which may be freed memory
 * by now.  Only this task can add one to its own.
 */
bool arm_cancel(struct procfd_arm *arm)
{
	unsigned long flags;
	bool still_set;

	raw_spin_lock_irqsave(&arm_lock, flags);
	still_set = arm_find(true) == arm;
	if (still_set)
		arm_take(arm);
	raw_spin_unlock_irqrestore(&arm_lock, flags);
	return still_set;
}

/* An unbound file is released: no child will be bound to it. */
void arm_drop(struct procfd_file *file)
{
	struct procfd_arm *arm;
	unsigned long flags;

	if (!READ_ONCE(file->arm))
		return;
	raw_spin_lock_irqsave(&arm_lock, flags);
	arm = file->arm;
	if (arm)
		arm_take(arm);
	raw_spin_unlock_irqrestore(&arm_lock, flags);
	if (arm)
		arm_free(arm);
}

static int is_copy(const void *filp, struct file *other, unsigned int fd)
{
	return other == filp ? fd + 1 : 0;
}

/* The number of the first copy at or behind @from, or -1. */
static int find_copy(struct file *filp, int from)
{
	return iterate_fd(current->files, from, is_copy, filp) - 1;
}

/* No child will be bound to it. */
static void file_cancel(struct procfd_file *file)
{
	WRITE_ONCE(file->flags, file->flags | FILE_CANCELLED);
}

/* Those who wait for a child that will not come. */
static void file_tell_cancelled(struct procfd_file *file)
{
	procfd_file_wake(file, POLL_CANCELLED);
	procfd_file_sigio(file);
}

/*
 * No child came for one that was installed early.  Meanwhile another thread may have
 * made a copy, which is to learn that; or closed the number, and it is another file's.
 */
void arm_take_back(struct file *filp, int fd)
{
	file_cancel(filp->private_data);
	file_tell_cancelled(filp->private_data);
	if (find_copy(filp, fd) == fd)
		close_fd(fd);
}

/* In the child, whose table is a copy of its creator's. */
static void close_copies(struct file *filp)
{
	int fd = 0;

	if (!current->files)
		return;
	while ((fd = find_copy(filp, fd)) >= 0)
		close_fd(fd);
}

/* In the child, before its first instruction; also if it is killed before. */
static void child_begin(struct callback_head *work)
{
	struct procfd_arm *arm = container_of(work, struct procfd_arm, work);
	struct file *filp = arm->filp;

	process_attach(arm->process);
	process_join(arm->process, filp->private_data);
	if (arm->close_copies)
		close_copies(filp);
	process_put(arm->spare);
	kfree(arm);
	/* Last: it holds the module. */
	fput(filp);
}

static void arm_adopt(struct procfd_arm *arm, struct task_struct *child)
{
	struct procfd_process *process = process_adopt(arm->process, child);

	if (process != arm->process)
		arm->spare = arm->process;
	arm->process = process;
}

static bool is_childs_parent(struct task_struct *child)
{
	bool is;

	rcu_read_lock();
	is = same_thread_group(rcu_dereference(child->real_parent), current);
	rcu_read_unlock();
	return is;
}

/* A child made with CLONE_PARENT is its grandparent's to wait for. */
static void arm_apply_flags(struct procfd_arm *arm, struct task_struct *child)
{
	struct procfd_file *file = arm->filp->private_data;

	if (!is_childs_parent(child)) {
		file->flags &= ~PROCFD_AUTOREAP;
		return;
	}
	file->flags |= FILE_BLOCK_IO;
	if (file->flags & PROCFD_AUTOREAP)
		autoreap_adopt(arm->process, child);
}

/* @child has not run, so nobody changes its table. */
static bool shares_table(struct task_struct *child)
{
	return READ_ONCE(child->files) == current->files;
}

/*
 * Where a probe may not sleep, not even on a spinlock of PREEMPT_RT, CLONE's fd
 * was installed before the fork; then the child has a copy.
 */
bool arm_installs_early(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) && COMPAT_PROBES_ARE_ATOMIC;
}

/* With a reference on the file, which child_begin() drops. */
static void arm_bind(struct procfd_arm *arm, struct task_struct *child)
{
	arm_adopt(arm, child);
	arm_apply_flags(arm, child);
	procfd_file_bind(arm->filp->private_data, arm->process);
	if (arm->fd >= 0 && !arm_installs_early())
		fd_install(arm->fd, get_file(arm->filp));
	else
		arm->close_copies = !shares_table(child);
	init_task_work(&arm->work, child_begin);
	/* Cannot fail: the child has not run, so it is not ending. */
	WARN_ON_ONCE(symbol_call(task_work_add)(child, &arm->work, TWA_RESUME));
}

static struct procfd_arm *arm_take_next(void)
{
	struct procfd_arm *arm = arm_find(false);

	if (!arm || !compat_file_tryget(arm->filp))
		return NULL;
	arm_take(arm);
	return arm;
}

static struct procfd_arm *arm_take_clone(void)
{
	struct procfd_arm *arm = arm_find(true);

	if (arm)
		arm_take(arm);
	return arm;
}

/* sched_process_fork: @child is complete, and not running yet. */
static void child_forked(struct task_struct *child)
{
	struct procfd_arm *next, *clone;
	unsigned long flags;

	if (!is_armed() || !task_is_leader(child))
		return;
	raw_spin_lock_irqsave(&arm_lock, flags);
	next = arm_take_next();
	clone = arm_take_clone();
	raw_spin_unlock_irqrestore(&arm_lock, flags);
	if (next)
		arm_bind(next, child);
	if (clone)
		arm_bind(clone, child);
}

/* sched_process_exec and sched_process_exit of the current task. */
static void child_creator_gone(void)
{
	struct procfd_arm *arm;
	unsigned long flags;

	if (!is_armed())
		return;
	raw_spin_lock_irqsave(&arm_lock, flags);
	arm = arm_take_next();
	if (arm)
		file_cancel(arm->filp->private_data);
	raw_spin_unlock_irqrestore(&arm_lock, flags);
	if (arm && llist_add(&arm->gone, &gone_list))
		queue_work(procfd_workqueue, &gone_work);
}

/* Tell those who wait for a child that will not come. */
static void gone_worker(struct work_struct *work)
{
	struct procfd_arm *arm, *next;
	struct llist_node *list = llist_del_all(&gone_list);

	llist_for_each_entry_safe(arm, next, list, gone) {
		file_tell_cancelled(arm->filp->private_data);
		fput(arm->filp);
		arm_free(arm);
	}
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
}

static void probe_process_exit(COMPAT_EXIT_EVENT_ARGS)
{
	child_creator_gone();
}

/* Compares prototypes when this is built; never called. */
static inline void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sched_process_fork(probe_process_fork);
	check_trace_callback_type_sched_process_exec(probe_process_exec);
	check_trace_callback_type_sched_process_exit(probe_process_exit);
}

/* The one that binds comes last, when all that cancels is there. */
static const struct tracepoint_probe child_probes[] = {
	{ "sched_process_exit", probe_process_exit },
	{ "sched_process_exec", probe_process_exec },
	{ "sched_process_fork", probe_process_fork },
};

static DEFINE_MUTEX(child_mutex);
static bool child_hooked;

/* Needed before anything can be armed for a child. */
int child_hook(void)
{
	int err = 0;

	hangup_arm();
	/* Acquire and release: who sees it true has the probes, too. */
	if (smp_load_acquire(&child_hooked))
		return 0;
	mutex_lock(&child_mutex);
	if (!child_hooked) {
		err = tracepoints_join(child_probes, ARRAY_SIZE(child_probes));
		if (!err)
			smp_store_release(&child_hooked, true); /* as above */
	}
	mutex_unlock(&child_mutex);
	return err;
}

void child_exit(void)
{
	if (child_hooked)
		tracepoints_leave(child_probes, ARRAY_SIZE(child_probes));
}
