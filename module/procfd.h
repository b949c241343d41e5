/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * procfd: the objects, who owns them, and what the locks cover
 *
 *   struct file ──> procfd_file ──> procfd_process ──> struct pid
 *                   one for each      one for each       the kernel's
 *                   description       process
 *
 * Locks, outermost first; a lock is never taken under one that stands below it:
 *
 *   attach_mutex            sleeps; nothing of the kernel's is held
 *   tasklist_lock, siglock, stats_lock, pid->wait_pidfd.lock
 *                           the kernel's; held around process_notify()
 *   table locks             bits that are spun for, interrupts off, which lockdep
 *                           does not see; held around what process_visit() calls
 *   process->lock           spinlock, interrupts off
 *   file->waiters.lock      and what a waiter's wake-up function takes
 *   exit and arm locks      leaves; and what queue_work() and reading the times
 *                           of a task take
 *
 * Table, exit and arm locks, bits and raw spinlocks, are taken in tracepoint probes, too,
 * where a kernel with PREEMPT_RT allows no other kind.
 *
 * So nothing here takes a lock of the kernel's under process->lock; signals and
 * everything that can wait go to the worker in notify.c.
 *
 * The module stays loaded as long as any of these is there: an open fd (the
 * file holds it), the file system while anything of it is used (files.c), a
 * child whose binding has not run yet (it holds the file), an AUTOREAP child and
 * a parent that is to reap one (a reference of their own).  Module exit waits
 * for what can still be running by then: workers, RCU callbacks, and the last
 * instructions of a function that gave up such a reference
 * (synchronize_rcu_tasks()).
 */
#ifndef PROCFD_H
#define PROCFD_H

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/list_bl.h>
#include <linux/llist.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <procfd_ioctl.h>

#include "compat/pid.h"

struct procfd_arm;
struct procfd_process;

/* procfd_process.state, atomic bits */
enum procfd_process_state {
	PROCESS_ATTACHED, /* our entry is on the kernel's queue */
	PROCESS_ENDED, /* the record is complete; set with release */
	PROCESS_AUTOREAP, /* autoreap.c holds a reference */
	PROCESS_LISTED, /* it has been on autoreap.c's list */
	PROCESS_HOOKED, /* the return probe has seen to it */
	PROCESS_SEEN_LEFT, /* a zombie to a sweep's first look, before its second */
	PROCESS_ASKED, /* the parent of a leftover will reap it */
	PROCESS_KTHREAD, /* a kernel thread */
	PROCESS_THREAD, /* one thread, not the process */
	PROCESS_FILE_GIVEN, /* a description has the object's own file */
	PROCESS_QUEUED, /* on the worker's list, which holds a reference */
	/* What the worker is to do: */
	PROCESS_FIRST_WORK,
	PROCESS_WAKE_END = PROCESS_FIRST_WORK,
	PROCESS_WAKE_HANGUP,
	PROCESS_REPARENTED, /* wake the parent, who may wait in vain */
	PROCESS_LEFT, /* look whether an AUTOREAP child is still a zombie */
	PROCESS_REAPED, /* an AUTOREAP child is gone */
	PROCESS_LET_GO, /* the last reference was that of such a child */
	PROCESS_LAST_WORK = PROCESS_LET_GO,
};

/* procfd_file.flags beside the PROCFD_* of the ABI */
#define FILE_OF_PROCESS (1U << 28) /* it is part of its process's object */
#define FILE_FROM_ABOVE (1U << 29) /* to kill, from above its pid namespace */
#define FILE_BLOCK_IO (1U << 30) /* the opener may see block I/O */
#define FILE_CANCELLED (1U << 31) /* will never be bound */

/**
 * struct procfd_file_rare - what few open file descriptions need
 *
 * Owned by its procfd_file, and made with it or by the first who needs it.  The
 * worker may look at it under RCU when that is gone, so RCU frees it.
 *
 * @killer: with KILL_ON_CLOSE: the credentials of whoever asked for it
 */
struct procfd_file_rare {
	const struct cred *killer;
	struct fasync_struct *fasync;
	struct rcu_head rcu;
};

/**
 * struct procfd_file - one open file description: 64 bytes, as there are many
 *
 * Made by file_create(), owned by its struct file, ended by release.  Who
 * else looks at one holds that file, or process->lock while it is on the list.
 *
 * @waiters: pollers, readers, and WAITs by strangers
 * @process: NULL while unbound; set once, with release
 * @arm:     while unbound: the arming that will bind it; under arm_lock
 * @link:    from then on: on process->files, under process->lock
 * @rare:    NULL, or set once
 * @listed:  @link is on that list, where it comes with the first who waits
 */
struct procfd_file {
	wait_queue_head_t waiters;
	struct procfd_process *process;
	union {
		struct procfd_arm *arm;
		struct list_head link;
	};
	struct procfd_file_rare *rare;
	u32 flags;
	bool listed;
};

/**
 * struct procfd_process - one process, or one thread, that is held by at least
 * one procfd
 *
 * References (@refs), and why each ends:
 *   1. each bound procfd_file                     its release
 *   2. an AUTOREAP child                          when it is reaped
 *   3. the worker's list                          when the worker has done it
 *   4. whoever looked it up or made it, shortly   before it returns
 * The last one removes it from the table and from the kernel's queue, in a
 * context that may sleep, and frees it: nobody looks at one without a reference
 * but under the table's lock.  One that was an AUTOREAP child is freed by RCU, for
 * those who walk the list of these.
 *
 * @pid, @id: never change once the object is in the table.
 * @entry:    on @pid->wait_pidfd; its function is process_notify().
 * @exit.start_ns: of the task that was opened.
 * @exit, @exit_uid: else written once under @exit_lock, before PROCESS_ENDED is set;
 *            after that anyone reads them without a lock.
 * @lock:     covers @files and @nr_files.
 * @file:     whose PROCESS_FILE_GIVEN it is.
 */
struct procfd_process {
	struct pid *pid;
	u64 id;
	refcount_t refs;
	spinlock_t lock; /* files, nr_files */
	raw_spinlock_t exit_lock; /* writing of exit */
	unsigned long state;
	wait_queue_entry_t entry;
	struct list_head files;
	unsigned int nr_files;
	bool waking; /* the worker has part of files in hand */
	kuid_t exit_uid;
	struct hlist_bl_node node;
	struct hlist_node autoreap; /* autoreap.c's list */
	struct llist_node work;
	struct rcu_head rcu;
	struct procfd_exit exit;
	struct procfd_file file;
};

/* table.c: the objects, found by pid; more in table.h */
typedef void (*process_visit_fn)(struct procfd_process *process, void *data);
void process_visit(struct pid *pid, bool thread, process_visit_fn func,
		   void *data);

/* process.c: their lives */
struct procfd_process *process_alloc(void);
struct procfd_process *process_create(struct pid *pid, bool thread);
int process_ascertain_slowly(struct procfd_process *process);
struct procfd_process *process_adopt(struct procfd_process *spare,
				     struct task_struct *child);
extern atomic_t process_threads; /* objects of threads */
void process_attach(struct procfd_process *process);
void process_join(struct procfd_process *process, struct procfd_file *file);
void process_leave(struct procfd_process *process, struct procfd_file *file);
void process_destroy(struct procfd_process *process);
int process_init(void);
void process_exit(void);

static inline void process_put(struct procfd_process *process)
{
	if (process && refcount_dec_and_test(&process->refs))
		process_destroy(process);
}

static inline bool process_is_thread(const struct procfd_process *process)
{
	return test_bit(PROCESS_THREAD, &process->state);
}

/* Is the record there?  Pairs with the write barrier in record_publish(). */
static inline bool process_has_ended(const struct procfd_process *process)
{
	bool ended = test_bit(PROCESS_ENDED, &process->state);

	smp_rmb(); /* the record after the bit; record_publish() */
	return ended;
}

/* As pid_task(), in line.  Under RCU. */
static inline struct task_struct *pid_first_task(struct pid *pid,
						 enum pid_type type)
{
	struct hlist_node *first =
		rcu_dereference_raw(hlist_first_rcu(&pid->tasks[type]));

	return first ? hlist_entry(first, struct task_struct, pid_links[type]) :
		       NULL;
}

static inline bool process_was_reaped(const struct procfd_process *process)
{
	return !pid_has_task(process->pid, PIDTYPE_PID);
}

/*
 * Gone without a record: the kernel crashed in its exit.  The record is taken
 * before the pid is detached, so look in the other order.
 */
static inline bool process_is_lost(const struct procfd_process *process)
{
	if (!process_was_reaped(process))
		return false;
	smp_rmb(); /* attached first, then the record; see above */
	return !process_has_ended(process);
}

/*
 * Is it certain to have a record one day?  ESRCH: no, it was reaped before anybody
 * looked.
 */
static inline int process_ascertain(struct procfd_process *process)
{
	unsigned long state = READ_ONCE(process->state);
	bool usual = (state & (BIT(PROCESS_ATTACHED) | BIT(PROCESS_THREAD))) ==
		     BIT(PROCESS_ATTACHED);

	if (likely(usual && !process_was_reaped(process)))
		return 0;
	return process_ascertain_slowly(process);
}

/* Of a task that may exec meanwhile: then it was so a moment ago. */
static inline bool task_is_leader(struct task_struct *task)
{
	return data_race(thread_group_leader(task));
}

/* A zombie, and no other thread left: what do_notify_parent() reports. */
static inline bool task_has_ended(struct task_struct *task)
{
	return READ_ONCE(task->exit_state) && task_is_leader(task) &&
	       data_race(thread_group_empty(task));
}

/* record.c: what is known of a process at its end */
enum record_how {
	RECORD_LIVE, /* the end is now, and the task stands still */
	RECORD_LATE, /* it is a zombie, and may be reaped under us */
	RECORD_EXEC, /* the thread goes on, under its process's number */
};

bool task_gave_way(struct task_struct *task);
bool process_is_over(struct procfd_process *process, struct task_struct *task);
bool record_take(struct procfd_process *process, struct task_struct *task,
		 enum record_how how);
void record_view(const struct procfd_file *file, struct procfd_exit *exit);

/* notify.c: hearing of the end, and waking those who wait for it */
int process_notify(wait_queue_entry_t *entry, unsigned int mode, int sync,
		   void *key);
void process_hangup(struct procfd_process *process);
void procfd_file_wake(struct procfd_file *file, __poll_t events);
void procfd_file_sigio(struct procfd_file *file);
void process_defer(struct procfd_process *process, int todo);
typedef void (*process_work_fn)(struct procfd_process *process);
void process_set_work(int todo, process_work_fn func);
extern struct workqueue_struct *procfd_workqueue;
int notify_init(void);
void notify_exit(void);

/* file.c: the procfd */
struct procfd_reserved {
	struct file *filp; /* or an error */
	int fd;
};

extern const struct file_operations procfd_fops;
struct procfd_reserved procfd_file_reserve(struct procfd_process *process,
					   u32 flags);
struct procfd_process *visible_process(struct procfd_file *file);
struct pid *visible_pid_of_fd(int fd);
void procfd_file_listen(struct procfd_file *file);
int procfd_file_settled(struct procfd_file *file);
int procfd_file_init(void);
void procfd_file_exit(void);

/* Pairs with the release in procfd_file_bind(). */
static inline struct procfd_process *
procfd_file_process(struct procfd_file *file)
{
	return smp_load_acquire(&file->process); /* as told above */
}

/* Takes over the caller's reference on @process. */
static inline void procfd_file_bind(struct procfd_file *file,
				    struct procfd_process *process)
{
	if (file->flags & PROCFD_KILL_ON_CLOSE &&
	    ns_of_pid(task_pid(current)) != ns_of_pid(process->pid))
		file->flags |= FILE_FROM_ABOVE;
	/* Pairs with the acquire in procfd_file_process(). */
	smp_store_release(&file->process, process);
}

/* open.c: a procfd for a process, however it was found */
long open_by_pid(struct pid *pid, u32 flags, bool hide);
bool open_flags_valid(u32 flags);

/* thread.c: the end of one thread */
int thread_arm(void);
bool thread_given(void);
void thread_exit(void);

/* canary.c: are kprobes switched on? And what it takes to set one again */
struct kprobe;
int kprobes_check(void);
bool kprobes_fire(void);
int probe_error(int err);
void probe_renew(struct kprobe *probe);
void canary_exit(void);

/* pidns.c: pid namespaces by fd */
struct pid_namespace *pidns_of_fd(int fd);

/* native.c: the inode number of a namespace */
u64 namespace_inum(struct task_struct *task, u32 type);

/* cputime.c: ticks scaled to what the scheduler counted */
struct prev_cputime;
void cputime_scale(const struct prev_cputime *shown, u64 runtime, u64 *utime,
		   u64 *stime);
u64 task_runtime(struct task_struct *task);

/* hangup.c: reaping, where the kernel tells nobody */
extern bool hangup_tried;
int hangup_arm_first(void);
bool hangup_given(void);
void hangup_exit(void);

/* Acquire and release: who sees it true sees the probe set, too. */
static inline int hangup_arm(void)
{
	if (COMPAT_PID_WAKES_AT_REAP)
		return 0;
	/* Pairs with the release in hangup_hook(). */
	return smp_load_acquire(&hangup_tried) ? 0 : hangup_arm_first();
}

/* child.c: the next process that a task creates */
struct procfd_arm *arm_alloc(struct file *filp);
int arm_set(struct procfd_arm *arm);
bool arm_cancel(struct procfd_arm *arm);
void arm_for_clone(struct procfd_arm *arm, int fd);
bool arm_installs_early(void);
void arm_take_back(struct file *filp, int fd);
void arm_free(struct procfd_arm *arm);
void arm_drop(struct procfd_file *file);
int child_hook(void);
void child_exit(void);

/* autoreap.c, autoreap_probe.c: children that need nobody to wait for them */
void autoreap_adopt(struct procfd_process *process, struct task_struct *child);
int autoreap_arm(void);
bool autoreap_given(void);
void autoreap_exit(void);

/* The ioctls: ioctl.c has copied and checked the size of the argument. */
long device_get_features(struct file *device, void *arg);
long device_open_pid(struct file *device, void *arg);
long device_open_pidfd(struct file *device, void *arg);
long device_open_peer(struct file *device, void *arg);
long device_open_id(struct file *device, void *arg);
long device_open_self(struct file *device, void *arg);
long device_open_root(struct file *device, void *arg);
long device_list(struct file *device, void *arg);
long device_clone(struct file *device, void *arg);
long device_next_child(struct file *device, void *arg);
long procfd_send_signal(struct file *filp, void *arg);
long procfd_wait(struct file *filp, void *arg);
long procfd_get_pidfd(struct file *filp, void *arg);
long procfd_get_namespace(struct file *filp, void *arg);
long procfd_get_info(struct file *filp, void *arg);
long procfd_open_relative(struct file *filp, void *arg);
long procfd_get_pid(struct file *filp, void *arg);
long procfd_compare(struct file *filp, void *arg);
long procfd_get_id(struct file *filp, void *arg);
long procfd_open_dir(struct file *filp, void *arg);

extern const struct file_operations procfd_device_fops;
extern const struct attribute_group *procfd_device_groups[]; /* features.c */
long procfd_file_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
u64 ioctl_known_device(void);
u64 ioctl_known_procfd(void);

#define PROCFD_OPEN_FLAGS (PROCFD_NONBLOCK | PROCFD_KILL_ON_CLOSE)
#define PROCFD_CHILD_FLAGS (PROCFD_OPEN_FLAGS | PROCFD_AUTOREAP)
#define PROCFD_NAME_FLAGS (PROCFD_OPEN_FLAGS | PROCFD_THREAD)
#define PROCFD_LIST_FLAGS \
	(PROCFD_LIST_THREADS | PROCFD_LIST_UID | PROCFD_LIST_CHILDREN)
#define PROCFD_SIGNAL_SCOPES                            \
	(PROCFD_SIGNAL_THREAD | PROCFD_SIGNAL_PROCESS | \
	 PROCFD_SIGNAL_PROCESS_GROUP)
#define PROCFD_WAIT_EVENTS \
	(PROCFD_WEXITED | PROCFD_WSTOPPED | PROCFD_WCONTINUED)
#define PROCFD_WAIT_OPTIONS \
	(PROCFD_WAIT_EVENTS | PROCFD_WNOHANG | PROCFD_WNOWAIT)

#endif /* PROCFD_H */
