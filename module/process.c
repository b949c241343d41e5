// SPDX-License-Identifier: GPL-2.0-only
/*
 * One object for each process that is held: how it is made, and how it ends
 *
 * An object that OPEN_PID makes is put on the kernel's queue before it goes
 * into the table, so that whoever finds it there will hear of the end.  One
 * that the fork hook makes goes into the table first, as the hook may take no
 * lock of the kernel's; the child puts it on the queue itself before its first
 * instruction, and so before it can end (see child.c).
 */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "compat/pid.h"
#include "procfd.h"
#include "table.h"

static struct kmem_cache *process_cache;
static DEFINE_MUTEX(attach_mutex);
atomic_t process_threads;

/* What is the same in every new object, and again in one that is freed. */
static void process_construct(void *object)
{
	struct procfd_process *process = object;

	spin_lock_init(&process->lock);
	raw_spin_lock_init(&process->exit_lock);
	INIT_LIST_HEAD(&process->files);
	process->nr_files = 0;
	process->waking = false;
	INIT_HLIST_BL_NODE(&process->node);
	init_waitqueue_func_entry(&process->entry, process_notify);
}

struct procfd_process *process_alloc(void)
{
	struct procfd_process *process =
		kmem_cache_alloc(process_cache, GFP_KERNEL);

	if (!process)
		return NULL;
	process->pid = NULL;
	process->state = 0;
	refcount_set(&process->refs, 1);
	return process;
}

static void process_free(struct procfd_process *process)
{
	put_pid(process->pid);
	kmem_cache_free(process_cache, process);
}

static void process_free_rcu(struct rcu_head *rcu)
{
	process_free(container_of(rcu, struct procfd_process, rcu));
}

/*
 * The last reference is gone.  Removing the entry waits for a process_notify()
 * that runs right now; after that nothing of the kernel's points here.
 */
void process_destroy(struct procfd_process *process)
{
	unsigned long state;

	table_remove(process);
	state = READ_ONCE(process->state);
	if (state & BIT(PROCESS_ATTACHED))
		remove_wait_queue(&process->pid->wait_pidfd, &process->entry);
	if (state & BIT(PROCESS_THREAD))
		atomic_dec(&process_threads);
	if (state & BIT(PROCESS_LISTED))
		call_rcu(&process->rcu, process_free_rcu);
	else
		process_free(process);
}

static void process_set_task(struct procfd_process *process,
			     struct task_struct *task)
{
	process->id = compat_pid_id(process->pid, task);
	/* An exec gives the thread that calls it the start of its leader. */
	process->exit.start_ns = READ_ONCE(task->start_boottime);
	if (READ_ONCE(task->flags) & PF_KTHREAD)
		set_bit(PROCESS_KTHREAD, &process->state);
}

/*
 * For the fork hook: an object for @child, which has not run yet.  That is
 * @spare, or one that somebody made who opened the child a moment earlier.  The
 * caller's reference on @spare becomes one on what is returned if they are the
 * same; otherwise it still has both.
 */
struct procfd_process *process_adopt(struct procfd_process *spare,
				     struct task_struct *child)
{
	struct procfd_process *process;
	unsigned long flags;

	spare->pid = get_pid(task_pid(child));
	process_set_task(spare, child);
	local_irq_save(flags);
	process = table_insert(spare, false);
	local_irq_restore(flags);
	return process;
}

static void process_enqueue(struct procfd_process *process)
{
	add_wait_queue(&process->pid->wait_pidfd, &process->entry);
	set_bit(PROCESS_ATTACHED, &process->state);
}

/* Only the fork hook's objects can come here without being on the queue. */
void process_attach(struct procfd_process *process)
{
	if (test_bit(PROCESS_ATTACHED, &process->state))
		return;
	mutex_lock(&attach_mutex);
	if (!test_bit(PROCESS_ATTACHED, &process->state))
		process_enqueue(process);
	mutex_unlock(&attach_mutex);
}

/* What is waited for is over soon, unless we keep it from its CPU. */
static void process_let_run(unsigned int *spins)
{
	if (++*spins < 1000)
		cpu_relax();
	else
		schedule_timeout_killable(1);
	cond_resched();
}

/*
 * A task that is a zombie and still on a CPU is in the middle of its end: about to
 * notify, which gives the better record, or a few instructions short of its last
 * context switch.
 */
static void process_let_finish(struct procfd_process *process,
			       struct task_struct *task)
{
#ifdef CONFIG_SMP
	unsigned int spins = 0;

	while (READ_ONCE(task->on_cpu) && !process_has_ended(process) &&
	       !fatal_signal_pending(current))
		process_let_run(&spins);
#endif
}

/*
 * The thread of this number has exec'd, and an old leader has the number until it
 * is released.  The probe in thread.c sees that, or came too early to see us; when
 * the number is free we know.
 */
static void process_let_go(struct procfd_process *process,
			   struct task_struct *task)
{
	unsigned int spins = 0;

	while (task_gave_way(task) && !process_was_reaped(process) &&
	       !process_has_ended(process) && !fatal_signal_pending(current))
		process_let_run(&spins);
}

static bool process_is_task(struct procfd_process *process,
			    struct task_struct *task)
{
	bool is;

	rcu_read_lock();
	is = pid_first_task(process->pid, PIDTYPE_PID) == task;
	rcu_read_unlock();
	return is;
}

/* An exec may give the number to another task, while it is being looked at. */
static bool process_look_at(struct procfd_process *process,
			    struct task_struct *task)
{
	bool over;

	if (process_is_thread(process))
		process_let_go(process, task);
	over = process_is_over(process, task);
	smp_rmb(); /* what the task is before whose number it has */
	if (process_is_thread(process) && !process_is_task(process, task))
		return false;
	if (!over)
		return true;
	process_let_finish(process, task);
	/* An object that is in the table may have others waiting. */
	if (record_take(process, task, RECORD_LATE) &&
	    process_is_thread(process))
		process_defer(process, PROCESS_WAKE_END);
	return true;
}

/*
 * The entry was registered; now look whether the process had ended before that.
 * A zombie still has all that the record needs, but for the time of its death.
 */
static void process_look(struct procfd_process *process)
{
	struct task_struct *task;
	bool looked;

	do {
		task = get_pid_task(process->pid, PIDTYPE_PID);
		if (!task)
			return;
		looked = process_look_at(process, task);
		put_task_struct(task);
	} while (!looked);
}

/*
 * Those who end a thread look for its object in the table, those who open it
 * look whether it ended (process_ascertain_slowly()): the object comes first.
 */
static void process_expect_thread(struct procfd_process *process)
{
	set_bit(PROCESS_THREAD, &process->state);
	atomic_inc(&process_threads);
}

/*
 * As process_look(), for the first look, which nearly all pass: without a reference on
 * the task.  In an exec the old leader has its exit_state before it gives away its number.
 * ESRCH: there is no task.
 */
static int process_begin(struct procfd_process *fresh, bool thread)
{
	struct task_struct *task;
	int exit_state = 0;

	rcu_read_lock();
	task = pid_first_task(fresh->pid, PIDTYPE_PID);
	if (task) {
		process_set_task(fresh, task);
		if (thread)
			process_expect_thread(fresh);
		process_enqueue(fresh);
		exit_state = READ_ONCE(task->exit_state);
	}
	rcu_read_unlock();
	if (unlikely(exit_state && !thread))
		process_look(fresh);
	return task ? 0 : -ESRCH;
}

/* The object of @pid where none was found; it gets the reference of the caller. */
struct procfd_process *process_create(struct pid *pid, bool thread)
{
	struct procfd_process *fresh = process_alloc(), *process;
	int err;

	if (!fresh) {
		put_pid(pid);
		return ERR_PTR(-ENOMEM);
	}
	fresh->pid = pid;
	err = process_begin(fresh, thread);
	if (err) {
		process_free(fresh);
		return ERR_PTR(err);
	}
	local_irq_disable();
	process = table_insert(fresh, thread);
	local_irq_enable();
	if (process != fresh)
		process_put(fresh);
	return process;
}

/* For process_ascertain(), whatever the process is like. */
int process_ascertain_slowly(struct procfd_process *process)
{
	process_attach(process);
	if (process_is_thread(process) && !process_has_ended(process)) {
		smp_mb(); /* in the table before the look; see thread.c */
		process_look(process);
	}
	return process_is_lost(process) ? -ESRCH : 0;
}

/* @file will be woken; more than one may come here with it. */
void process_join(struct procfd_process *process, struct procfd_file *file)
{
	spin_lock_irq(&process->lock);
	if (!file->listed) {
		list_add_tail(&file->link, &process->files);
		process->nr_files++;
		/* Pairs with the acquire in procfd_file_listen(). */
		smp_store_release(&file->listed, true);
	}
	spin_unlock_irq(&process->lock);
}

void process_leave(struct procfd_process *process, struct procfd_file *file)
{
	spin_lock_irq(&process->lock);
	list_del(&file->link);
	process->nr_files--;
	spin_unlock_irq(&process->lock);
}

int __init process_init(void)
{
	process_cache = kmem_cache_create("procfd_process",
					  sizeof(struct procfd_process), 0,
					  SLAB_ACCOUNT, process_construct);
	return process_cache ? 0 : -ENOMEM;
}

/* Called when no object is left but those that RCU still has to free. */
void process_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(process_cache);
}
