// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hearing of the end of a process, and waking those who wait for it
 *
 * process_notify() is our entry on the kernel's own queue for pidfds.  The
 * kernel calls it in do_notify_parent(), in the task that ends the process, with
 * tasklist_lock held for writing and interrupts off, while the zombie is still
 * there; since 6.9 also when the pid is detached, with siglock and stats_lock of
 * that process held.  So it copies, wakes a few, and leaves the rest to a
 * worker: many waiters, SIGIO, and references.
 *
 * Waiters sleep on queues of our own, one a description, never on the kernel's:
 * there they could run before the record is taken, see nothing, and sleep on.
 *
 *	ending task                         waiter
 *	-----------                         ------
 *	record_take()                       add itself to file->waiters
 *	  write the record                  process_has_ended()?
 *	  set PROCESS_ENDED                   no: sleep
 *	wake file->waiters
 *
 * The waiter is on the queue before it looks, the ending task writes before it
 * wakes: one of the two sees the other.
 */
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "procfd.h"

/* With more descriptions, or more waiters on one, the worker wakes them. */
#define WAKE_AT_ONCE 8
/*
 * The worker lets go of the lock after so many, and after so many times of its processor:
 * who is woken would else take that each time, and be woken again.
 */
#define WAKE_BATCH 32
#define WAKE_BATCHES 16

#define POLL_END (EPOLLIN | EPOLLRDNORM)
#define POLL_HANGUP (POLL_END | EPOLLHUP)

struct workqueue_struct *procfd_workqueue;
static LLIST_HEAD(notify_list);

static void notify_worker(struct work_struct *work);
static DECLARE_WORK(notify_work, notify_worker);

/* All of them: the end is a state, nobody can take it away from another. */
void procfd_file_wake(struct procfd_file *file, __poll_t events)
{
	__wake_up(&file->waiters, TASK_NORMAL, 0, poll_to_key(events));
}

static bool file_wants_sigio(struct procfd_file *file)
{
	struct procfd_file_rare *rare = READ_ONCE(file->rare);

	return rare && READ_ONCE(rare->fasync);
}

/* Sending looks at tasklist_lock: no lock of ours is held. */
void procfd_file_sigio(struct procfd_file *file)
{
	struct procfd_file_rare *rare = READ_ONCE(file->rare);

	if (rare)
		kill_fasync(&rare->fasync, SIGIO, POLL_IN);
}

/* None or one needs no lock to be seen: who comes in this moment is no crowd. */
static bool file_has_more_waiters(struct procfd_file *file, unsigned int most)
{
	const struct list_head *head = &file->waiters.head;
	struct list_head *at;
	unsigned int n = 0;
	unsigned long flags;

	if (most && READ_ONCE(head->next) == READ_ONCE(head->prev))
		return false;
	spin_lock_irqsave(&file->waiters.lock, flags);
	list_for_each(at, &file->waiters.head)
		if (++n > most)
			break;
	spin_unlock_irqrestore(&file->waiters.lock, flags);
	return n > most;
}

/*
 * Has one of few files more waiters than @most, are there many files, or does the worker
 * have them in hand?  process->lock is held.
 */
static bool process_has_more_waiters(struct procfd_process *process,
				     unsigned int most)
{
	struct procfd_file *file;

	if (process->nr_files > WAKE_AT_ONCE || process->waking)
		return true;
	list_for_each_entry(file, &process->files, link)
		if (file_has_more_waiters(file, most))
			return true;
	return false;
}

/*
 * Any context that may take a raw lock.  An object whose last reference is gone
 * has nobody left to tell.
 */
void process_defer(struct procfd_process *process, int todo)
{
	set_bit(todo, &process->state);
	/* Pairs with the worker, which clears QUEUED before it looks. */
	smp_mb__after_atomic();
	if (test_and_set_bit(PROCESS_QUEUED, &process->state))
		return;
	if (!refcount_inc_not_zero(&process->refs))
		return;
	if (llist_add(&process->work, &notify_list))
		queue_work(procfd_workqueue, &notify_work);
}

static bool process_wake_few(struct procfd_process *process, __poll_t events)
{
	struct procfd_file *file;
	unsigned long flags;
	bool few, sigio = false;

	spin_lock_irqsave(&process->lock, flags);
	few = !process_has_more_waiters(process, WAKE_AT_ONCE);
	if (few) {
		list_for_each_entry(file, &process->files, link) {
			procfd_file_wake(file, events);
			sigio |= file_wants_sigio(file);
		}
	}
	spin_unlock_irqrestore(&process->lock, flags);
	return few && !sigio;
}

/*
 * An AUTOREAP child that no probe has seen to, or will: where the kernel tells of the
 * end before it comes to where the probe is, nobody can know more than that probes
 * fire, and that it is not a tracer's.
 */
static bool process_is_unhooked(struct procfd_process *process,
				struct task_struct *task)
{
	return test_bit(PROCESS_AUTOREAP, &process->state) &&
	       !test_bit(PROCESS_HOOKED, &process->state) &&
	       (READ_ONCE(task->ptrace) || !kprobes_fire());
}

int process_notify(wait_queue_entry_t *entry, unsigned int mode, int sync,
		   void *key)
{
	struct procfd_process *process =
		container_of(entry, struct procfd_process, entry);
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(process->pid, PIDTYPE_PID);
	if (!task) {
		if (test_bit(PROCESS_AUTOREAP, &process->state))
			process_defer(process, PROCESS_REAPED);
		if (!process_wake_few(process, POLL_HANGUP))
			process_defer(process, PROCESS_WAKE_HANGUP);
	} else if (process_is_over(process, task) &&
		   record_take(process, task, RECORD_LIVE)) {
		if (process_is_unhooked(process, task))
			process_defer(process, PROCESS_LEFT);
		if (!process_wake_few(process, POLL_END))
			process_defer(process, PROCESS_WAKE_END);
	}
	rcu_read_unlock();
	return 0;
}

/* Nobody waits, and who comes now sees that the process is gone. */
static bool process_is_unattended(struct procfd_process *process)
{
	unsigned long flags;
	bool more;

	/* The lock may sleep there, and the probe must not. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return false;
	spin_lock_irqsave(&process->lock, flags);
	more = process_has_more_waiters(process, 0);
	spin_unlock_irqrestore(&process->lock, flags);
	return !more;
}

/* The process was reaped, as a probe saw it: the worker does what there is to do. */
void process_hangup(struct procfd_process *process)
{
	if (test_bit(PROCESS_AUTOREAP, &process->state))
		process_defer(process, PROCESS_REAPED);
	if (!process_is_unattended(process))
		process_defer(process, PROCESS_WAKE_HANGUP);
}

/*
 * The file may go as soon as the lock is free; what is looked at then is freed
 * after RCU.
 */
static void process_sigio_unlocked(struct procfd_process *process,
				   struct procfd_file *file)
{
	struct procfd_file_rare *rare = READ_ONCE(file->rare);

	rcu_read_lock();
	spin_unlock_irq(&process->lock);
	kill_fasync(&rare->fasync, SIGIO, POLL_IN);
	rcu_read_unlock();
	spin_lock_irq(&process->lock);
}

/* Some of @rest, under the lock; only the end is told by a signal. */
static void process_wake_batch(struct procfd_process *process,
			       struct list_head *rest, __poll_t events)
{
	struct procfd_file *file;
	unsigned int n = WAKE_BATCH;

	while (n-- && !list_empty(rest)) {
		file = list_first_entry(rest, typeof(*file), link);
		list_move_tail(&file->link, &process->files);
		procfd_file_wake(file, events);
		if (events == POLL_END && file_wants_sigio(file))
			process_sigio_unlocked(process, file);
	}
}

/*
 * Wake all descriptions, some at a time: interrupts are off for each batch, and
 * for all who wait on one description.
 */
static void process_wake_all(struct procfd_process *process, __poll_t events)
{
	LIST_HEAD(rest);
	unsigned int n = 0;
	bool more;

	spin_lock_irq(&process->lock);
	/* With none left nobody may come by any more, and defer to a queue that is gone. */
	process->waking = !list_empty(&process->files);
	list_splice_init(&process->files, &rest);
	do {
		process_wake_batch(process, &rest, events);
		more = !list_empty(&rest);
		spin_unlock_irq(&process->lock);
		if (++n % WAKE_BATCHES == 0)
			cond_resched();
		spin_lock_irq(&process->lock);
	} while (more);
	process->waking = false;
	spin_unlock_irq(&process->lock);
}

static void process_wake_end(struct procfd_process *process)
{
	process_wake_all(process, POLL_END);
}

static void process_wake_hangup(struct procfd_process *process)
{
	process_wake_all(process, POLL_HANGUP);
}

/* What the worker does for each bit, in this order. */
static process_work_fn process_works[] = {
	[PROCESS_WAKE_END - PROCESS_FIRST_WORK] = process_wake_end,
	[PROCESS_WAKE_HANGUP - PROCESS_FIRST_WORK] = process_wake_hangup,
	[PROCESS_LAST_WORK - PROCESS_FIRST_WORK] = NULL,
};

/* For those who defer work of their own: before they do. */
void process_set_work(int todo, process_work_fn func)
{
	WRITE_ONCE(process_works[todo - PROCESS_FIRST_WORK], func);
}

static void process_work(struct procfd_process *process)
{
	process_work_fn func;
	int todo;

	for (todo = PROCESS_FIRST_WORK; todo <= PROCESS_LAST_WORK; todo++) {
		if (!test_and_clear_bit(todo, &process->state))
			continue;
		func = READ_ONCE(process_works[todo - PROCESS_FIRST_WORK]);
		func(process);
	}
}

static void notify_worker(struct work_struct *work)
{
	struct procfd_process *process, *next;
	struct llist_node *list = llist_del_all(&notify_list);

	llist_for_each_entry_safe(process, next, list, work) {
		clear_bit(PROCESS_QUEUED, &process->state);
		/* Pairs with process_defer(). */
		smp_mb__after_atomic();
		process_work(process);
		process_put(process);
		cond_resched();
	}
}

int __init notify_init(void)
{
	procfd_workqueue = alloc_workqueue("procfd", WQ_UNBOUND, 0);
	return procfd_workqueue ? 0 : -ENOMEM;
}

void notify_exit(void)
{
	destroy_workqueue(procfd_workqueue);
}
