// SPDX-License-Identifier: GPL-2.0-only
/*
 * A BPF iterator over all processes that writes the members of stat in binary
 *
 * It is let off lightly: times are those of the leader and of dead threads, not
 * scaled, the resident set is what is near enough, no lock is taken, and numbers
 * are those of the initial pid namespace.
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "members.h"

/* Of the kernel's structs what is read here; the loader finds where it is. */
#pragma clang attribute push(__attribute__((preserve_access_index)), \
			     apply_to = record)

struct upid {
	int nr;
};

struct pid {
	struct upid numbers[1];
};

enum { TYPE_PGID = 2, TYPE_SID = 3 };

struct tty_driver {
	int major;
	int minor_start;
};

struct tty_control {
	struct pid *pgrp;
};

struct tty_struct {
	struct tty_driver *driver;
	int index;
	struct tty_control ctrl;
};

struct tty_struct___old {
	struct pid *pgrp;
};

struct signal_struct {
	int nr_threads;
	struct pid *pids[4];
	struct tty_struct *tty;
	__u64 utime, stime, cutime, cstime;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
};

struct counter {
	long counter;
};

struct mm_rss_stat {
	struct counter count[4];
};

struct percpu_counter {
	__s64 count;
};

struct mm_struct {
	unsigned long total_vm;
	struct percpu_counter rss_stat[4];
};

struct mm_struct___old {
	struct mm_rss_stat rss_stat;
};

struct thread_info {
	__u32 cpu;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	unsigned int flags;
	int prio, static_prio;
	unsigned int rt_priority, policy;
	int exit_state, exit_signal;
	int pid, tgid;
	struct task_struct *real_parent;
	__u64 utime, stime, start_boottime;
	unsigned long min_flt, maj_flt;
	char comm[16];
	struct signal_struct *signal;
	struct mm_struct *mm;
};

struct task_struct___old {
	long state;
	unsigned int cpu;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

static __always_inline void put_state(struct stat_members *m,
				      struct task_struct *task)
{
	struct task_struct___old *old = (void *)task;

	if (bpf_core_field_exists(task->__state))
		m->state = task->__state | task->exit_state;
	else
		m->state = old->state | task->exit_state;
	if (bpf_core_field_exists(task->thread_info.cpu))
		m->processor = task->thread_info.cpu;
	else
		m->processor = old->cpu;
}

static __always_inline void put_tty(struct stat_members *m,
				    struct tty_struct *tty)
{
	struct tty_struct___old *old = (void *)tty;
	struct pid *pgrp;

	m->tty = 0;
	m->tty_pgid = -1;
	if (!tty)
		return;
	m->tty = tty->driver->major << 8 |
		 (tty->driver->minor_start + tty->index);
	if (bpf_core_field_exists(tty->ctrl))
		pgrp = tty->ctrl.pgrp;
	else
		pgrp = old->pgrp;
	if (pgrp)
		m->tty_pgid = pgrp->numbers[0].nr;
}

static __always_inline void put_memory(struct stat_members *m,
				       struct mm_struct *mm)
{
	struct mm_struct___old *old = (void *)mm;
	long count[4];

	m->vsize = 0;
	m->rss = 0;
	if (!mm)
		return;
	m->vsize = mm->total_vm << 12;
	if (bpf_core_type_exists(struct mm_rss_stat)) {
		/* a verifier of that age knows no such array */
		bpf_probe_read_kernel(count, sizeof(count),
				      &old->rss_stat.count);
		m->rss = count[0] + count[1] + count[3];
	} else {
		m->rss = mm->rss_stat[0].count + mm->rss_stat[1].count +
			 mm->rss_stat[3].count;
	}
}

static __always_inline void put_usage(struct stat_members *m,
				      struct task_struct *task,
				      struct signal_struct *sig)
{
	m->minflt = sig->min_flt + task->min_flt;
	m->cminflt = sig->cmin_flt;
	m->majflt = sig->maj_flt + task->maj_flt;
	m->cmajflt = sig->cmaj_flt;
	m->utime = sig->utime + task->utime;
	m->stime = sig->stime + task->stime;
	m->cutime = sig->cutime;
	m->cstime = sig->cstime;
}

SEC("iter/task")
int list_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct signal_struct *sig;
	struct stat_members m;

	if (!task || task->pid != task->tgid)
		return 0;
	sig = task->signal;
	m.pid = task->tgid;
	m.ppid = task->real_parent->tgid;
	m.pgid = sig->pids[TYPE_PGID]->numbers[0].nr;
	m.sid = sig->pids[TYPE_SID]->numbers[0].nr;
	((__u64 *)m.comm)[0] = ((__u64 *)task->comm)[0];
	((__u64 *)m.comm)[1] = ((__u64 *)task->comm)[1];
	m.flags = task->flags;
	put_state(&m, task);
	put_tty(&m, sig->tty);
	put_usage(&m, task, sig);
	m.priority = task->prio - 100;
	m.nice = task->static_prio - 120;
	m.nr_threads = sig->nr_threads;
	m.exit_signal = task->exit_signal;
	m.rt_priority = task->rt_priority;
	m.policy = task->policy;
	m.zero = 0;
	m.start = task->start_boottime;
	put_memory(&m, task->mm);
	bpf_seq_write(ctx->meta->seq, &m, sizeof(m));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
