// SPDX-License-Identifier: GPL-2.0-only
/*
 * The procfd: made here and nowhere else, polled, read, and let go of
 */
#include <linux/file.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "access.h"
#include "compat/fs.h"
#include "compat/slab.h"
#include "files.h"
#include "procfd.h"

static struct kmem_cache *file_cache;

/* NULL: no memory. */
static struct procfd_file_rare *file_make_rare(struct procfd_file *file)
{
	struct procfd_file_rare *rare = READ_ONCE(file->rare), *other;

	if (rare)
		return rare;
	rare = kzalloc(sizeof(*rare), GFP_KERNEL_ACCOUNT);
	if (!rare)
		return NULL;
	other = cmpxchg(&file->rare, NULL, rare);
	if (other)
		kfree(rare);
	return other ?: rare;
}

/* One at a time is in the object of its process, which it keeps: most have one only. */
static struct procfd_file *file_place(struct procfd_process *process,
				      u32 *flags)
{
	if (!process || test_and_set_bit(PROCESS_FILE_GIVEN, &process->state))
		return kmem_cache_alloc(file_cache, GFP_KERNEL);
	*flags |= FILE_OF_PROCESS;
	return &process->file;
}

static __always_inline void file_free(struct procfd_file *file,
				      struct procfd_process *process)
{
	if (file->rare) {
		put_cred(file->rare->killer);
		kfree_rcu(file->rare, rcu);
	}
	if (!(file->flags & FILE_OF_PROCESS))
		kmem_cache_free(file_cache, file);
	else
		clear_bit_unlock(PROCESS_FILE_GIVEN, &process->state);
}

static struct procfd_file *file_alloc(struct procfd_process *process, u32 flags)
{
	struct procfd_file *file = file_place(process, &flags);

	if (!file)
		return NULL;
	spin_lock_init(&file->waiters.lock);
	INIT_LIST_HEAD(&file->waiters.head);
	file->process = NULL;
	file->arm = NULL;
	file->rare = NULL;
	file->flags = flags;
	file->listed = false;
	if (!(flags & PROCFD_KILL_ON_CLOSE))
		return file;
	if (!file_make_rare(file)) {
		file_free(file, process);
		return NULL;
	}
	file->rare->killer = get_current_cred();
	return file;
}

static struct file *file_create(struct procfd_process *process, u32 flags)
{
	struct procfd_file *file = file_alloc(process, flags);
	struct file *filp;

	if (!file)
		return ERR_PTR(-ENOMEM);
	filp = procfd_files_open(file,
				 flags & PROCFD_NONBLOCK ? O_NONBLOCK : 0);
	if (IS_ERR(filp))
		file_free(file, process);
	return filp;
}

/*
 * A reserved number and an unbound procfd, which no table has yet; @process is what it
 * will be bound to, where that is known.  Both come first, so that nothing can fail once
 * it is bound: letting go of a bound one may kill.
 */
struct procfd_reserved procfd_file_reserve(struct procfd_process *process,
					   u32 flags)
{
	struct procfd_reserved new = { .fd = get_unused_fd_flags(O_CLOEXEC) };

	if (new.fd < 0) {
		new.filp = ERR_PTR(new.fd);
		return new;
	}
	new.filp = file_create(process, flags);
	if (IS_ERR(new.filp))
		put_unused_fd(new.fd);
	return new;
}

/*
 * Called by all who will wait for the end, before they look whether it has come: who
 * only opens and closes need not meet others at a lock.  Of an unbound file this is up
 * to the child.
 */
void procfd_file_listen(struct procfd_file *file)
{
	struct procfd_process *process = procfd_file_process(file);

	/* Pairs with the release in process_join(). */
	if (process && !smp_load_acquire(&file->listed))
		process_join(process, file);
}

/* The process of a bound file, in sight of the caller. */
struct procfd_process *visible_process(struct procfd_file *file)
{
	struct procfd_process *process = procfd_file_process(file);

	if (!process)
		return ERR_PTR(-EUNATCH);
	return can_see_pid(process->pid) ? process : ERR_PTR(-EREMOTE);
}

/*
 * The same of a procfd in the caller's table, which must name a process; with a
 * reference on the pid.
 */
struct pid *visible_pid_of_fd(int fd)
{
	struct file *filp = fget(fd);
	struct procfd_process *process;
	struct pid *pid = ERR_PTR(-EBADF);

	if (!filp)
		return pid;
	if (filp->f_op == &procfd_fops) {
		process = visible_process(filp->private_data);
		if (IS_ERR(process))
			pid = ERR_CAST(process);
		else if (!process_is_thread(process))
			pid = get_pid(process->pid);
	}
	fput(filp);
	return pid;
}

/* 1: ended, 0: not yet, ECHILD: never will, EIO: gone without a record. */
int procfd_file_settled(struct procfd_file *file)
{
	struct procfd_process *process = procfd_file_process(file);

	if (!process)
		return READ_ONCE(file->flags) & FILE_CANCELLED ? -ECHILD : 0;
	if (process_has_ended(process))
		return 1;
	return process_is_lost(process) ? -EIO : 0;
}

static __poll_t procfd_poll(struct file *filp, poll_table *table)
{
	struct procfd_file *file = filp->private_data;
	int settled;

	procfd_file_listen(file);
	poll_wait(filp, &file->waiters, table);
	settled = procfd_file_settled(file);
	if (settled < 0)
		return EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLHUP;
	if (!settled)
		return 0;
	if (process_was_reaped(file->process))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return EPOLLIN | EPOLLRDNORM;
}

static int procfd_file_await(struct procfd_file *file, bool nonblock)
{
	int settled = procfd_file_settled(file), err;

	if (!settled && nonblock)
		return -EAGAIN;
	if (!settled) {
		procfd_file_listen(file);
		err = wait_event_interruptible(file->waiters,
					       procfd_file_settled(file));
		if (err)
			return err;
		settled = procfd_file_settled(file);
	}
	return settled < 0 ? settled : 0;
}

static ssize_t procfd_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *filp = iocb->ki_filp;
	struct procfd_file *file = filp->private_data;
	struct procfd_exit exit;
	size_t size = min(iov_iter_count(to), sizeof(exit));
	bool nonblock;
	int err;

	if (size < PROCFD_EXIT_SIZE_VER0)
		return -EINVAL;
	nonblock = filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
	err = procfd_file_await(file, nonblock);
	if (err)
		return err;
	record_view(file, &exit);
	return copy_to_iter(&exit, size, to) == size ? size : -EFAULT;
}

/* sendfile reads into a pipe of the task's own; there a stream is expected. */
static ssize_t procfd_splice_read(struct file *filp, loff_t *ppos,
				  struct pipe_inode_info *pipe, size_t len,
				  unsigned int flags)
{
	if (pipe == current->splice_pipe)
		return -EINVAL;
	return compat_splice_read(filp, ppos, pipe, len, flags);
}

static int procfd_fasync(int fd, struct file *filp, int on)
{
	struct procfd_file *file = filp->private_data;
	struct procfd_file_rare *rare = file_make_rare(file);

	if (!rare)
		return -ENOMEM;
	procfd_file_listen(file);
	return fasync_helper(fd, filp, on, &rare->fasync);
}

static const char *procfd_file_state(struct procfd_file *file)
{
	struct procfd_process *process = procfd_file_process(file);

	if (!process)
		return READ_ONCE(file->flags) & FILE_CANCELLED ? "cancelled" :
								 "unbound";
	if (process_was_reaped(process))
		return "reaped";
	return process_has_ended(process) ? "ended" : "alive";
}

/*
 * As for pidfd: the number in the pid namespace of the procfs that is read, and
 * in each one below it; 0 where that cannot see the process, -1 when reaped.
 */
static void show_pid(struct seq_file *m, struct pid *pid, bool reaped)
{
	struct pid_namespace *ns = proc_pid_ns(file_inode(m->file)->i_sb);
	pid_t nr = reaped ? -1 : pid_nr_ns(pid, ns);
	unsigned int i;

	seq_printf(m, "Pid:\t%d\nNSpid:\t%d", nr, nr);
	if (nr > 0)
		for (i = ns->level + 1; i <= pid->level; i++)
			seq_printf(m, "\t%d", pid->numbers[i].nr);
	seq_putc(m, '\n');
}

static void show_flags(struct seq_file *m, struct file *filp)
{
	struct procfd_file *file = filp->private_data;
	struct procfd_process *process = procfd_file_process(file);
	u32 flags = READ_ONCE(file->flags);
	const struct {
		const char *name;
		bool set;
	} table[] = {
		{ "nonblock", filp->f_flags & O_NONBLOCK },
		{ "kill_on_close", flags & PROCFD_KILL_ON_CLOSE },
		{ "autoreap", flags & PROCFD_AUTOREAP },
		{ "thread", flags & PROCFD_THREAD },
		{ "kernel_thread",
		  process && test_bit(PROCESS_KTHREAD, &process->state) },
	};
	const char *separator = "procfd_flags:\t";
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (!table[i].set)
			continue;
		seq_printf(m, "%s%s", separator, table[i].name);
		separator = ",";
	}
	seq_puts(m, *separator == ',' ? "\n" : "procfd_flags:\tnone\n");
}

static void procfd_show_fdinfo(struct seq_file *m, struct file *filp)
{
	struct procfd_file *file = filp->private_data;
	struct procfd_process *process = procfd_file_process(file);

	if (process) {
		show_pid(m, process->pid, process_was_reaped(process));
		seq_printf(m, "procfd_id:\t%llu\n", process->id);
	}
	seq_printf(m, "procfd_state:\t%s\n", procfd_file_state(file));
	show_flags(m, filp);
}

struct close_kill {
	struct work_struct work;
	struct pid *pid;
	const struct cred *killer;
};

static void kill_as(struct pid *pid, const struct cred *killer)
{
	const struct cred *own = override_creds(killer);

	kill_pid(pid, SIGKILL, 0);
	revert_creds(own);
}

static void close_kill_work(struct work_struct *work)
{
	struct close_kill *kill = container_of(work, struct close_kill, work);

	kill_as(kill->pid, kill->killer);
}

/*
 * The stored credentials are judged, not those of whoever closes.  Two things in
 * the kernel's rules go by the task that sends, and are settled here instead.  A
 * process may always signal itself: one that lets go of itself is judged from a
 * worker.  The init of a pid namespace can be killed from outside only: what
 * counts is where the fd was made, and a worker is outside of all.
 */
static noinline void kill_on_close(struct procfd_file *file, struct pid *pid)
{
	const struct cred *killer = file->rare->killer;
	struct close_kill kill = { .pid = pid, .killer = killer };

	if (is_child_reaper(pid) && !(file->flags & FILE_FROM_ABOVE))
		return;
	if (!is_child_reaper(pid) && task_tgid(current) != pid) {
		kill_as(pid, killer);
		return;
	}
	INIT_WORK_ONSTACK(&kill.work, close_kill_work);
	queue_work(procfd_workqueue, &kill.work);
	flush_work(&kill.work);
	destroy_work_on_stack(&kill.work);
}

static int procfd_release(struct inode *inode, struct file *filp)
{
	struct procfd_file *file = filp->private_data;
	struct procfd_process *process = procfd_file_process(file);

	if (process) {
		if (file->listed)
			process_leave(process, file);
		if (file->flags & PROCFD_KILL_ON_CLOSE &&
		    !process_has_ended(process))
			kill_on_close(file, process->pid);
	} else {
		arm_drop(file);
	}
	file_free(file, process);
	process_put(process);
	procfd_files_put();
	return 0;
}

const struct file_operations procfd_fops = {
	.owner = THIS_MODULE,
	.open = procfd_files_opened,
	.release = procfd_release,
	.poll = procfd_poll,
	.read_iter = procfd_read_iter,
	.splice_read = procfd_splice_read,
	.fasync = procfd_fasync,
	.unlocked_ioctl = procfd_file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = procfd_show_fdinfo,
};

/* As spinlocks are where nobody debugs them. */
#if !defined(CONFIG_DEBUG_SPINLOCK) && !defined(CONFIG_DEBUG_LOCK_ALLOC) && \
	!defined(CONFIG_PREEMPT_RT)
static_assert(sizeof(struct procfd_file) <= 64);
#endif

int __init procfd_file_init(void)
{
	file_cache = compat_cache_unzeroed("procfd_file",
					   sizeof(struct procfd_file),
					   offsetof(struct procfd_file, link),
					   SLAB_ACCOUNT);
	return file_cache ? 0 : -ENOMEM;
}

void procfd_file_exit(void)
{
	kmem_cache_destroy(file_cache);
}
