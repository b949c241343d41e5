// SPDX-License-Identifier: GPL-2.0-only
/*
 * WAIT: waitid(2) by fd for a parent or tracer, the exit record for everyone
 *
 * The kernel's do_wait() is only asked, never slept in: it has no deadline.  The
 * sleep is here, on two queues at once, as who waits may be or become parent or
 * tracer: the kernel's, where those are told of stops and ends, and the file's.
 */
#include <linux/hrtimer.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <uapi/linux/wait.h>
#include <linux/wait.h>

#include "access.h"
#include "compat/hrtimer.h"
#include "compat/symbols.h"
#include "procfd.h"

static bool wait_valid(const struct procfd_wait *wait)
{
	if (wait->options & ~PROCFD_WAIT_OPTIONS ||
	    !(wait->options & PROCFD_WAIT_EVENTS))
		return false;
	if (wait->reserved || wait->reserved2)
		return false;
	return wait->record ? wait->record_size >= PROCFD_EXIT_SIZE_VER0 :
			      !wait->record_size;
}

/* > 0: something came, 0: nothing yet, ECHILD: not ours to wait for. */
static long wait_ask_kernel(struct procfd_file *file, struct procfd_wait *wait)
{
	struct waitid_info info = {};
	struct wait_opts opts = {
		.wo_type = PIDTYPE_PID,
		.wo_pid = file->process->pid,
		.wo_flags = wait->options | WNOHANG | __WALL,
		.wo_info = &info,
	};
	long ret;

	if (!symbol_found(do_wait))
		return is_parent_or_tracer(opts.wo_pid) ? -EOPNOTSUPP : -ECHILD;
	ret = symbol_call(do_wait)(&opts);
	if (ret > 0) {
		wait->code = info.cause;
		wait->status = info.status;
		wait->pid = info.pid;
		wait->uid = info.uid;
	}
	return ret;
}

static long wait_take_record(struct procfd_file *file, struct procfd_wait *wait)
{
	struct procfd_exit exit;

	record_view(file, &exit);
	wait->code = exit.code;
	wait->status = exit.status;
	wait->pid = exit.pid;
	wait->uid = exit.uid;
	return 1;
}

/* > 0: something came, 0: nothing yet, < 0: an error */
static long wait_ask(struct procfd_file *file, struct procfd_wait *wait)
{
	long ret = wait_ask_kernel(file, wait);
	int settled;

	if (ret != -ECHILD)
		return ret;
	if (!(wait->options & PROCFD_WEXITED))
		return -ECHILD;
	settled = procfd_file_settled(file);
	return settled > 0 ? wait_take_record(file, wait) : settled;
}

/* Asleep on both queues, and on a timer of the deadline's clock. */
struct wait_sleep {
	struct wait_queue_entry child;
	struct wait_queue_entry end;
	struct hrtimer_sleeper timer;
	bool timed;
	bool woken;
};

static int wake_from_child(struct wait_queue_entry *entry, unsigned int mode,
			   int sync, void *key)
{
	WRITE_ONCE(container_of(entry, struct wait_sleep, child)->woken, true);
	return default_wake_function(entry, mode, sync, key);
}

static int wake_from_end(struct wait_queue_entry *entry, unsigned int mode,
			 int sync, void *key)
{
	WRITE_ONCE(container_of(entry, struct wait_sleep, end)->woken, true);
	return default_wake_function(entry, mode, sync, key);
}

static void wait_sleep_begin(struct wait_sleep *sleep, struct procfd_file *file,
			     u64 deadline_ns)
{
	struct hrtimer *timer = &sleep->timer.timer;

	init_waitqueue_entry(&sleep->child, current);
	init_waitqueue_entry(&sleep->end, current);
	sleep->child.func = wake_from_child;
	sleep->end.func = wake_from_end;
	sleep->timed = deadline_ns;
	sleep->woken = false;
	hrtimer_setup_sleeper_on_stack(&sleep->timer, CLOCK_BOOTTIME,
				       HRTIMER_MODE_ABS);
	procfd_file_listen(file);
	add_wait_queue(&current->signal->wait_chldexit, &sleep->child);
	add_wait_queue(&file->waiters, &sleep->end);
	if (!sleep->timed)
		return;
	hrtimer_set_expires(timer, min_t(u64, deadline_ns, KTIME_MAX));
	hrtimer_sleeper_start_expires(&sleep->timer, HRTIMER_MODE_ABS);
}

static bool wait_sleep_expired(struct wait_sleep *sleep)
{
	return sleep->timed && !READ_ONCE(sleep->timer.task);
}

/*
 * A wake-up sets woken and then the task's state; here it is the other way
 * round, so that either the wake-up is seen or the sleep does not last.
 */
static void wait_sleep_once(struct wait_sleep *sleep)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(sleep->woken) && !wait_sleep_expired(sleep))
		schedule();
	__set_current_state(TASK_RUNNING);
	/* Cleared before the next look at the process. */
	smp_store_mb(sleep->woken, false);
}

static void wait_sleep_end(struct wait_sleep *sleep, struct procfd_file *file)
{
	hrtimer_cancel(&sleep->timer.timer);
	destroy_hrtimer_on_stack(&sleep->timer.timer);
	remove_wait_queue(&file->waiters, &sleep->end);
	remove_wait_queue(&current->signal->wait_chldexit, &sleep->child);
}

static long wait_block(struct procfd_file *file, struct procfd_wait *wait)
{
	struct wait_sleep sleep;
	long ret;

	wait_sleep_begin(&sleep, file, wait->deadline_ns);
	for (;;) {
		ret = wait_ask(file, wait);
		if (ret)
			break;
		ret = -ETIMEDOUT;
		if (wait_sleep_expired(&sleep))
			break;
		ret = -ERESTARTSYS;
		if (signal_pending(current))
			break;
		wait_sleep_once(&sleep);
	}
	wait_sleep_end(&sleep, file);
	return ret;
}

static long wait_copy_record(struct procfd_file *file,
			     const struct procfd_wait *wait)
{
	struct procfd_exit exit;
	size_t size = min_t(size_t, wait->record_size, sizeof(exit));

	if (!wait->record || !process_has_ended(file->process))
		return 0;
	record_view(file, &exit);
	return copy_to_user(u64_to_user_ptr(wait->record), &exit, size) ?
		       -EFAULT :
		       0;
}

long procfd_wait(struct file *filp, void *arg)
{
	struct procfd_file *file = filp->private_data;
	struct procfd_wait *wait = arg;
	long ret;

	if (!wait_valid(wait))
		return -EINVAL;
	if (!procfd_file_process(file))
		return -EUNATCH;
	if (!can_see_pid(file->process->pid))
		return -EREMOTE;

	wait->code = 0;
	wait->status = 0;
	wait->pid = 0;
	wait->uid = 0;
	ret = wait_ask(file, wait);
	if (!ret && !(wait->options & PROCFD_WNOHANG))
		ret = filp->f_flags & O_NONBLOCK ? -EAGAIN :
						   wait_block(file, wait);
	return ret > 0 ? wait_copy_record(file, wait) : ret;
}
