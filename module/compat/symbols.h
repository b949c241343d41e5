/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions of the kernel that are not exported, found at load
 *
 * One line a function in PROCFD_SYMBOLS: its name and its prototype.  A missing
 * one turns off what needs it, and nothing else; without alloc_file_clone() an fd
 * is only slower to make.  They are called through
 * static_call(), which is a direct call on x86: an indirect call to a function
 * whose landing pad was sealed at boot would be a fatal trap there.
 *
 *	if (!symbol_found(do_wait))
 *		return -EOPNOTSUPP;
 *	ret = symbol_call(do_wait)(&opts);
 *
 * The first three are never called, but have probes; here it is told that they
 * are there.
 */
#ifndef PROCFD_COMPAT_SYMBOLS_H
#define PROCFD_COMPAT_SYMBOLS_H

#include <linux/atomic.h> /* 5.10: <linux/ns_common.h> needs it and has it not */
#include <linux/fs.h>
#include <linux/ns_common.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/signal.h>
#include <linux/static_call.h>
#include <linux/task_work.h>

/*
 * Private to kernel/exit.c.  The members have been the same in every kernel
 * from 5.10 to 7.3.
 */
struct waitid_info {
	pid_t pid;
	uid_t uid;
	int status;
	int cause;
};

struct wait_opts {
	enum pid_type wo_type;
	int wo_flags;
	struct pid *wo_pid;

	struct waitid_info *wo_info;
	int wo_stat;
	struct rusage *wo_rusage;

	wait_queue_entry_t child_wait;
	int notask_error;
};

#define PROCFD_SYMBOLS(X)                                                      \
	X(do_notify_parent, bool, (struct task_struct *, int))                 \
	X(proc_flush_pid, void, (struct pid *))                                \
	X(release_task, void, (struct task_struct *))                          \
	X(alloc_file_clone, struct file *,                                     \
	  (struct file *, int, const struct file_operations *))                \
	X(kernel_clone, pid_t, (struct kernel_clone_args *))                   \
	X(task_work_add, int,                                                  \
	  (struct task_struct *, struct callback_head *,                       \
	   enum task_work_notify_mode))                                        \
	X(do_wait, long, (struct wait_opts *))                                 \
	X(group_send_sig_info, int,                                            \
	  (int, struct kernel_siginfo *, struct task_struct *, enum pid_type)) \
	X(ptrace_may_access, bool, (struct task_struct *, unsigned int))       \
	X(task_sched_runtime, unsigned long long, (struct task_struct *))      \
	X(pidfd_pid, struct pid *, (const struct file *))                      \
	X(proc_ns_file, bool, (const struct file *))                           \
	X(pidfd_prepare, int, (struct pid *, unsigned int, struct file **))    \
	X(cgroupns_get, struct ns_common *, (struct task_struct *))            \
	X(ipcns_get, struct ns_common *, (struct task_struct *))               \
	X(mntns_get, struct ns_common *, (struct task_struct *))               \
	X(netns_get, struct ns_common *, (struct task_struct *))               \
	X(pidns_get, struct ns_common *, (struct task_struct *))               \
	X(pidns_for_children_get, struct ns_common *, (struct task_struct *))  \
	X(timens_get, struct ns_common *, (struct task_struct *))              \
	X(timens_for_children_get, struct ns_common *, (struct task_struct *)) \
	X(userns_get, struct ns_common *, (struct task_struct *))              \
	X(utsns_get, struct ns_common *, (struct task_struct *))

enum procfd_symbol {
#define X(name, ret, args) SYMBOL_##name,
	PROCFD_SYMBOLS(X)
#undef X
		PROCFD_NR_SYMBOLS
};

#define X(name, ret, args)                    \
	typedef ret procfd_proto_##name args; \
	DECLARE_STATIC_CALL(procfd_##name, procfd_proto_##name);
PROCFD_SYMBOLS(X)
#undef X

extern bool procfd_symbols_found[PROCFD_NR_SYMBOLS];

#define symbol_found(name) (procfd_symbols_found[SYMBOL_##name])
#define symbol_call(name) static_call(procfd_##name)

/* Is @name on the list of the parameter pretend_missing? */
bool symbol_pretended_missing(const char *name);

/* Those that were not found, one a line, into a page for sysfs. */
ssize_t symbols_tell_missing(char *page);

/* What the kernel lacks is no error: -ENOMEM is the only one. */
int symbols_init(void);

#endif /* PROCFD_COMPAT_SYMBOLS_H */
