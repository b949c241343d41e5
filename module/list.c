// SPDX-License-Identifier: GPL-2.0-only
/*
 * LIST: many processes in one call
 *
 * Records are filled in under RCU, a section at a time, into a buffer of the
 * kernel's, and copied out between two sections.
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/uidgid.h>

#include "access.h"
#include "info.h"
#include "procfd.h"
#include "walk.h"
#include "words.h"

#define RECORD_MAX_SIZE 4096
#define BUFFER_SIZE (4 * RECORD_MAX_SIZE)
/* Numbers that one call looks at. */
#define LIST_BOUND 65536

/**
 * struct lister - one call of LIST
 * @view:   of whoever calls
 * @ns:     whose processes; a reference
 * @parent: with CHILDREN; a reference
 * @uid:    with UID
 * @nr:     the number to look at next
 * @buffer: @used records of the size that @view tells, there is room for @room
 */
struct lister {
	struct info_view view;
	struct pid_namespace *ns;
	struct pid *parent;
	kuid_t uid;
	u32 flags;
	unsigned long nr;
	void *buffer;
	u32 used;
	u32 room;
};

/* Where each group ends, for records that are shorter than the struct. */
#define GROUP(group, member)                                                 \
	{                                                                    \
		PROCFD_INFO_##group, offsetofend(struct procfd_info, member) \
	}

static const struct {
	u64 group;
	u32 end;
} groups[] = {
	GROUP(ID, id),
	GROUP(PIDS, tracer),
	GROUP(COMM, comm),
	GROUP(STATE, state),
	GROUP(CREDS, fsgid),
	GROUP(START, start_ns),
	GROUP(CPU, cstime_ns),
	GROUP(FAULTS, cmajflt),
	GROUP(THREADS, nr_threads),
	GROUP(SCHED, exit_signal),
	GROUP(TTY, tty_pgid),
	GROUP(RSS, rss_bytes),
	GROUP(SIGNALS, sig_caught),
	GROUP(MEMORY, hugetlb_bytes),
	GROUP(SWITCHES, nivcsw),
	GROUP(CAPS, cap_ambient),
	GROUP(SECURITY, umask),
	GROUP(CGROUP, cgroup_id),
	GROUP(NAMESPACE_PIDS, nspids),
};

static u64 groups_that_fit(u32 size)
{
	u64 mask = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (groups[i].end <= size)
			mask |= groups[i].group;
	return mask;
}

static bool list_filters(const struct lister *lister)
{
	return lister->flags & (PROCFD_LIST_UID | PROCFD_LIST_CHILDREN);
}

static bool list_wants(const struct lister *lister, struct pid *pid,
		       struct task_struct *task)
{
	if (lister->flags & PROCFD_LIST_UID &&
	    !uid_eq(__task_cred(task)->euid, lister->uid))
		return false;
	return !(lister->flags & PROCFD_LIST_CHILDREN) ||
	       is_child_of(pid, lister->view.type, lister->parent);
}

/* Who got another parent meanwhile was written with that or this one. */
static bool list_still_wants(const struct lister *lister, struct pid *pid)
{
	struct task_struct *task = pid_first_task(pid, lister->view.type);

	return task && list_wants(lister, pid, task);
}

/* Of whom hidepid tells the number alone: not its parent, nor its tracer. */
static bool list_fill_blank(struct procfd_info *info, struct pid *pid,
			    struct task_struct *task,
			    const struct info_view *view)
{
	struct info_view blank = *view;

	blank.mask &= PROCFD_INFO_PIDS;
	words_clear(info, blank.size);
	if (!info_fill_rcu(info, pid, task, &blank))
		return false;
	info->ppid = 0;
	info->tracer = 0;
	return true;
}

static bool list_fill_one(const struct lister *lister, struct procfd_info *info,
			  struct pid *pid, struct task_struct *task)
{
	int err = may_see(task);

	if (likely(!err))
		return info_fill_rcu(info, pid, task, &lister->view);
	/* Whose number alone is told is not found by its user or parent. */
	return err != -ESRCH && !list_filters(lister) &&
	       list_fill_blank(info, pid, task, &lister->view);
}

/* Summing up threads takes its time. */
static unsigned int list_effort(const struct lister *lister,
				struct task_struct *task)
{
	if (lister->view.type == PIDTYPE_PID ||
	    !(lister->view.mask & INFO_USAGE))
		return 1;
	return 1 + data_race(get_nr_threads(task)) / 16;
}

static unsigned int list_visit(struct pid *pid, void *data)
{
	struct lister *lister = data;
	struct task_struct *task = pid_first_task(pid, lister->view.type);

	if (!task || (list_filters(lister) && !list_wants(lister, pid, task)))
		return 1;
	if (!list_fill_one(lister,
			   lister->buffer + lister->used * lister->view.size,
			   pid, task))
		return 1;
	if (list_filters(lister) && !list_still_wants(lister, pid))
		return 1;
	lister->used++;
	return lister->used < lister->room ? list_effort(lister, task) : 0;
}

/* 1: room is left and more may come, 0: that was all, or no room any more. */
static int list_fill(struct lister *lister, unsigned long bound)
{
	bool end = false;

	lister->used = 0;
	while (!end && lister->used < lister->room && lister->nr < bound) {
		if (fatal_signal_pending(current))
			return -EINTR;
		end = walk_section(lister->ns, &lister->nr, list_visit, lister);
		cond_resched();
	}
	if (end)
		lister->nr = 0;
	return 0;
}

static long list_run(struct lister *lister, struct procfd_list *list)
{
	void __user *to = u64_to_user_ptr(list->records);
	u32 size = lister->view.size, batch = BUFFER_SIZE / size, done = 0;
	unsigned long bound = lister->nr + LIST_BOUND;
	int err;

	do {
		lister->room = min(batch, list->nr_records - done);
		err = list_fill(lister, bound);
		if (err)
			return err;
		if (lister->used &&
		    words_to_user(to + (u64)done * size, lister->buffer,
				  lister->used * size))
			return -EFAULT;
		done += lister->used;
	} while (lister->nr && lister->nr < bound && done < list->nr_records);
	list->cursor = lister->nr;
	return done;
}

static long list_with_buffer(struct lister *lister, struct procfd_list *list)
{
	u64 size = min_t(u64, BUFFER_SIZE,
			 (u64)list->nr_records * list->record_size);
	long ret;

	lister->buffer = kzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!lister->buffer)
		return -ENOMEM;
	ret = list_run(lister, list);
	kfree(lister->buffer);
	return ret;
}

static bool list_valid(const struct procfd_list *list)
{
	if (list->flags & ~PROCFD_LIST_FLAGS || !list->nr_records)
		return false;
	if (list->record_size < PROCFD_INFO_SIZE_SHORT ||
	    list->record_size > RECORD_MAX_SIZE || list->record_size % 8)
		return false;
	if (!(list->flags & PROCFD_LIST_UID) && list->uid)
		return false;
	return list->flags & PROCFD_LIST_CHILDREN || list->parent_fd == -1;
}

/* What the filters name.  The caller lets go of it, also where this failed. */
static int lister_init(struct lister *lister, const struct procfd_list *list)
{
	info_view_init(
		&lister->view, list->mask & groups_that_fit(list->record_size),
		list->record_size,
		list->flags & PROCFD_LIST_THREADS ? PIDTYPE_PID : PIDTYPE_TGID);
	lister->flags = list->flags;
	lister->nr = min_t(u64, list->cursor, PID_MAX_LIMIT);

	if (list->flags & PROCFD_LIST_UID) {
		lister->uid = make_kuid(current_user_ns(), list->uid);
		if (!uid_valid(lister->uid))
			return -EINVAL;
	}
	if (list->flags & PROCFD_LIST_CHILDREN) {
		lister->parent = visible_pid_of_fd(list->parent_fd);
		if (IS_ERR(lister->parent))
			return PTR_ERR(lister->parent);
	}
	lister->ns = pidns_of_fd(list->pidns_fd);
	return PTR_ERR_OR_ZERO(lister->ns);
}

static void lister_end(struct lister *lister)
{
	if (!IS_ERR_OR_NULL(lister->parent))
		put_pid(lister->parent);
	if (!IS_ERR_OR_NULL(lister->ns))
		put_pid_ns(lister->ns);
}

long device_list(struct file *device, void *arg)
{
	struct procfd_list *list = arg;
	struct lister lister = {};
	long ret;

	if (!list_valid(list))
		return -EINVAL;
	ret = lister_init(&lister, list);
	if (!ret)
		ret = list_with_buffer(&lister, list);
	lister_end(&lister);
	return ret;
}
