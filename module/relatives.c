// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_RELATIVE: from one process to another, by number and by parent */
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>

#include "access.h"
#include "procfd.h"
#include "walk.h"

/**
 * struct search - the first process behind a number that fits
 * @parent: whose children; NULL: anybody's
 * @found:  with a reference
 */
struct search {
	struct pid *parent;
	struct pid *found;
};

static unsigned int search_visit(struct pid *pid, void *data)
{
	struct task_struct *task = pid_task(pid, PIDTYPE_TGID);
	struct search *search = data;
	int err;

	if (!task ||
	    (search->parent && !is_child_of(pid, PIDTYPE_TGID, search->parent)))
		return 1;
	/* Of whom the number alone is told, the parent is not. */
	err = may_see(task);
	if (err == -ESRCH || (err && search->parent))
		return 1;
	search->found = get_pid(pid);
	return 0;
}

/* With a reference; ENOENT: there is none any more. */
static struct pid *search_from(unsigned long *nr, struct pid *parent)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct search search = { .parent = parent };
	bool end = false;

	while (!end && !search.found) {
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		end = walk_section(ns, nr, search_visit, &search);
		cond_resched();
	}
	return search.found ? search.found : ERR_PTR(-ENOENT);
}

/* One that is reaped between being found and being opened is passed. */
static long open_next(unsigned long nr, struct pid *parent, u32 flags)
{
	struct pid *pid;
	long fd;

	do {
		pid = search_from(&nr, parent);
		if (IS_ERR(pid))
			return PTR_ERR(pid);
		fd = open_by_pid(pid, flags, true);
		put_pid(pid);
	} while (fd == -ESRCH || fd == -ENOENT);
	return fd;
}

/*
 * The parent now, with a reference.  One that was released a moment ago has no
 * pid any more: then there is another to be seen.
 */
static struct pid *parent_of(struct pid *pid)
{
	struct pid *parent = NULL;
	struct task_struct *task;

	rcu_read_lock();
	do {
		task = pid_task(pid, PIDTYPE_TGID);
		if (task)
			parent = get_pid(
				task_tgid(rcu_dereference(task->real_parent)));
	} while (task && !parent);
	rcu_read_unlock();
	return parent ? parent : ERR_PTR(-ESRCH);
}

/* One outside of the caller's sight is none, and the idle task is none. */
static long open_parent(struct pid *pid, u32 flags)
{
	struct pid *parent;
	bool gone;
	long fd = may_see_pid(pid);

	if (fd)
		return fd == -ESRCH ? -ENOENT : fd;
	/* A parent that went between being found and being opened has an heir. */
	do {
		parent = parent_of(pid);
		if (IS_ERR(parent))
			return PTR_ERR(parent);
		fd = -ENOENT;
		if (can_see_pid(parent))
			fd = open_by_pid(parent, flags, true);
		gone = !pid_has_task(parent, PIDTYPE_TGID);
		put_pid(parent);
	} while (fd == -ESRCH && gone);
	return fd == -ESRCH ? -ENOENT : fd;
}

static long open_first_child(struct pid *pid, u32 flags)
{
	return pid_has_task(pid, PIDTYPE_TGID) ? open_next(0, pid, flags) :
						 -ESRCH;
}

static long open_next_sibling(struct pid *pid, int parent_fd, u32 flags)
{
	struct pid *parent = parent_fd == -1 ? parent_of(pid) :
					       visible_pid_of_fd(parent_fd);
	long fd;

	if (IS_ERR(parent))
		return PTR_ERR(parent);
	fd = open_next(pid_vnr(pid) + 1, parent, flags);
	put_pid(parent);
	return fd;
}

/* Of a thread: the process it belongs to, as long as the thread is there. */
static long open_group(struct pid *pid, u32 flags)
{
	struct task_struct *task;
	struct pid *group = NULL;
	long fd;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	if (task)
		group = get_pid(task_tgid(task));
	rcu_read_unlock();
	if (!group)
		return -ESRCH;
	fd = open_by_pid(group, flags, true);
	put_pid(group);
	return fd;
}

static bool relative_valid(const struct procfd_open_relative *open)
{
	if (open->flags & ~PROCFD_OPEN_FLAGS || open->reserved)
		return false;
	if (open->relation < PROCFD_RELATIVE_PARENT ||
	    open->relation > PROCFD_RELATIVE_PROCESS)
		return false;
	return open->relation == PROCFD_RELATIVE_NEXT_SIBLING ||
	       open->parent_fd == -1;
}

long procfd_open_relative(struct file *filp, void *arg)
{
	const struct procfd_open_relative *open = arg;
	struct procfd_process *process;
	struct pid *pid;

	if (!relative_valid(open))
		return -EINVAL;
	process = visible_process(filp->private_data);
	if (IS_ERR(process))
		return PTR_ERR(process);
	pid = process->pid;
	if (process_is_thread(process) &&
	    open->relation != PROCFD_RELATIVE_PROCESS)
		return -EINVAL;

	switch (open->relation) {
	case PROCFD_RELATIVE_PARENT: return open_parent(pid, open->flags);
	case PROCFD_RELATIVE_FIRST_CHILD:
		return open_first_child(pid, open->flags);
	case PROCFD_RELATIVE_NEXT_SIBLING:
		return open_next_sibling(pid, open->parent_fd, open->flags);
	case PROCFD_RELATIVE_PROCESS: return open_group(pid, open->flags);
	default: return open_next(pid_vnr(pid) + 1, NULL, open->flags);
	}
}
