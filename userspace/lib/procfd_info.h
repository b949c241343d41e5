/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocfd: what is known of processes, and how they are found
 *
 * A part of procfd.h, which says what holds for every function; include that.
 *
 * Module parameter hidepid: what procfs would hide from the caller, none of these
 * functions tells (ESRCH, ENOENT, or left out of a list).
 */
#ifndef PROCFD_INFO_H
#define PROCFD_INFO_H

#ifndef PROCFD_H
#error "include procfd.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------ */
/* One process                                                               */

/* procfd_info_record.mask: groups of members. */
#define PROCFD_INFO_ID (1ULL << 0) /* id */
#define PROCFD_INFO_PIDS (1ULL << 1) /* pid, tgid, ppid, pgid, sid, tracer */
#define PROCFD_INFO_COMM (1ULL << 2) /* comm */
#define PROCFD_INFO_STATE (1ULL << 3) /* state, and all of flags */
#define PROCFD_INFO_CREDS (1ULL << 4) /* ruid to fsgid */
#define PROCFD_INFO_START (1ULL << 5) /* start_ns */
#define PROCFD_INFO_CPU (1ULL << 6) /* utime_ns to cstime_ns */
#define PROCFD_INFO_FAULTS (1ULL << 7) /* minflt to cmajflt */
#define PROCFD_INFO_THREADS (1ULL << 8) /* nr_threads */
#define PROCFD_INFO_SCHED (1ULL << 9) /* policy to exit_signal */
#define PROCFD_INFO_TTY (1ULL << 10) /* tty, tty_pgid */
#define PROCFD_INFO_RSS (1ULL << 11) /* vsize_bytes, rss_bytes */
#define PROCFD_INFO_SIGNALS (1ULL << 12) /* sig_... */
#define PROCFD_INFO_MEMORY (1ULL << 13) /* rss_anon_bytes to hugetlb_bytes */
#define PROCFD_INFO_SWITCHES (1ULL << 14) /* nvcsw, nivcsw */
#define PROCFD_INFO_CAPS (1ULL << 15) /* cap_... */
#define PROCFD_INFO_SECURITY (1ULL << 16) /* seccomp, umask */
#define PROCFD_INFO_CGROUP (1ULL << 17) /* cgroup_id */
#define PROCFD_INFO_NAMESPACE_PIDS (1ULL << 18) /* nr_nspids, nspids */
#define PROCFD_INFO_NAMESPACES (1ULL << 19) /* ns_... */
#define PROCFD_INFO_EXIT (1ULL << 20) /* exit */

/* procfd_info_record.flags */
#define PROCFD_PROCESS_KERNEL_THREAD (1U << 0) /* a thread of the kernel */
#define PROCFD_PROCESS_THREAD (1U << 1) /* not the leader of its process */
#define PROCFD_PROCESS_EXITING (1U << 2) /* it has begun to end */
#define PROCFD_PROCESS_ENDED (1U << 3) /* a zombie, no thread left; or reaped */
#define PROCFD_PROCESS_REAPED (1U << 4) /* the zombie is gone, too */
#define PROCFD_PROCESS_CORE_DUMPING (1U << 5) /* its core is being written */
#define PROCFD_PROCESS_NO_NEW_PRIVS (1U << 6) /* prctl(2) */
#define PROCFD_PROCESS_AUTOREAP \
	(1U << 7) /* reaped by itself, by procfd's doing */

/** Pid namespaces can be nested so deep, the initial one included. */
#define PROCFD_NSPIDS_MAX 33

/**
 * struct procfd_info_record - what is known of a process now
 *
 * struct procfd_info of the kernel.
 *
 * The members come in groups; a group whose bit is not in @mask is 0. Numbers
 * are those of the caller's pid namespace, user and group ids go through its
 * user namespace. Times, faults and switches are those of the whole process,
 * its dead threads included; everything else is that of the leader. Of a thread,
 * and in a list of threads, both are the thread's own. Each group is of one
 * moment, two groups may be of two.
 *
 * Nothing here is told about a process that the caller could not read in /proc:
 * @ns_... need ptrace-read rights (PTRACE_MODE_READ_FSCREDS), as the links in
 * /proc/PID/ns do, else their bit is absent; the rest is what everyone may read
 * in /proc/PID/stat, status and cgroup.
 *
 * Of a zombie there are no RSS, MEMORY, SIGNALS, TTY, SECURITY, CGROUP and
 * NAMESPACES, and one that is ending may have let go of some already; nor are
 * there NAMESPACES in the middle of an exec, which may change who may read them.
 * Of a process that was reaped there are ID, STATE, START and EXIT only: its
 * numbers may be another's by now. A kernel thread has no RSS and no MEMORY.
 *
 * @mask:         PROCFD_INFO_*: the groups that are there
 * @size:         bytes of this struct as the module knows it
 * @flags:        PROCFD_PROCESS_* (STATE)
 * @id:           the unique id, see procfd_get_id()
 * @pid:          number of the process; in a list of threads that of the thread
 * @tgid:         number of the process it belongs to
 * @ppid:         number of the parent; 0: none, or one that cannot be seen
 * @pgid:         number of the process group
 * @sid:          number of the session
 * @tracer:       number of the process that traces it, or 0
 * @comm:         name of the command, ends with a NUL byte, may hold any other
 * @state:        R, S, D, T, t, Z, X, I or P as in /proc/PID/stat
 * @nr_threads:   threads that are left
 * @ruid:         and the following seven: real, effective, saved and file system
 *                user id, then group id
 * @start_ns:     when it began, nanoseconds of the host's CLOCK_BOOTTIME, see
 *                procfd_boottime_ns()
 * @utime_ns:     time in user mode, nanoseconds, scaled as getrusage(2) does
 * @stime_ns:     time in the kernel, likewise
 * @cutime_ns:    and @cstime_ns: the same of the children it has waited for
 * @minflt:       page faults that needed no I/O
 * @majflt:       page faults that needed I/O
 * @cminflt:      and @cmajflt: the same of the children it has waited for
 * @policy:       scheduling policy, SCHED_*, see sched(7)
 * @nice:         -20 to 19
 * @priority:     as /proc/PID/stat shows it
 * @rt_priority:  1 to 99 for real-time policies, else 0
 * @processor:    the CPU it ran on last
 * @exit_signal:  the signal that the parent gets at the end, 0: none
 * @tty:          device number of the controlling terminal, as in st_rdev
 *                (minor in bits 0-7 and 20-31, major in bits 8-19), or 0
 * @tty_pgid:     foreground process group of it, or -1
 * @vsize_bytes:  virtual memory, bytes
 * @rss_bytes:    resident memory, bytes
 * @sig_pending:  signals pending for the leader; bit 0 is signal 1
 * @sig_shared:   pending for the process
 * @sig_blocked:  blocked by the leader
 * @sig_ignored:  ignored
 * @sig_caught:   with a handler
 * @rss_anon_bytes:  resident memory that is anonymous
 * @rss_file_bytes:  that maps files
 * @rss_shmem_bytes: that is shared memory
 * @swap_bytes:      swapped out
 * @rss_peak_bytes:  the most of @rss_bytes so far
 * @vsize_peak_bytes: the most of @vsize_bytes so far
 * @data_bytes:      private and writable, without the stack
 * @stack_bytes:     the stack
 * @text_bytes:      text of the program
 * @lib_bytes:       text of its libraries
 * @page_table_bytes: page tables
 * @locked_bytes:    locked by mlock(2)
 * @pinned_bytes:    pinned
 * @hugetlb_bytes:   of huge pages (hugetlbfs)
 * @nvcsw:           voluntary context switches
 * @nivcsw:          involuntary ones
 * @cap_inheritable: and the following four: capability sets, bit N is
 *                   capability N, see capabilities(7)
 * @seccomp:         0: none, 1: strict, 2: a filter
 * @umask:           the file mode creation mask
 * @cgroup_id:       id of its cgroup in the cgroup v2 hierarchy: the inode number
 *                   of the directory
 * @nr_nspids:       members of @nspids that are there
 * @nspids:          its number in the caller's pid namespace and in each one
 *                   below, down to its own
 * @ns_cgroup:       and the following nine: inode numbers of its namespaces, in
 *                   the order of PROCFD_NAMESPACE_*; 0: the kernel has none such
 * @exit:            what procfd_read_exit() gives
 *
 * Since 0.1. Sources: proc_pid_stat(5), proc_pid_status(5).
 */
struct procfd_info_record {
	uint64_t mask;
	uint32_t size;
	uint32_t flags;
	uint64_t id;
	int32_t pid;
	int32_t tgid;
	int32_t ppid;
	int32_t pgid;
	int32_t sid;
	int32_t tracer;
	char comm[16];
	uint32_t state;
	uint32_t nr_threads;
	uint32_t ruid;
	uint32_t euid;
	uint32_t suid;
	uint32_t fsuid;
	uint32_t rgid;
	uint32_t egid;
	uint32_t sgid;
	uint32_t fsgid;
	uint64_t start_ns;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t cutime_ns;
	uint64_t cstime_ns;
	uint64_t minflt;
	uint64_t majflt;
	uint64_t cminflt;
	uint64_t cmajflt;
	int32_t policy;
	int32_t nice;
	int32_t priority;
	uint32_t rt_priority;
	int32_t processor;
	int32_t exit_signal;
	uint32_t tty;
	int32_t tty_pgid;
	uint64_t vsize_bytes;
	uint64_t rss_bytes;
	uint64_t sig_pending;
	uint64_t sig_shared;
	uint64_t sig_blocked;
	uint64_t sig_ignored;
	uint64_t sig_caught;
	uint64_t rss_anon_bytes;
	uint64_t rss_file_bytes;
	uint64_t rss_shmem_bytes;
	uint64_t swap_bytes;
	uint64_t rss_peak_bytes;
	uint64_t vsize_peak_bytes;
	uint64_t data_bytes;
	uint64_t stack_bytes;
	uint64_t text_bytes;
	uint64_t lib_bytes;
	uint64_t page_table_bytes;
	uint64_t locked_bytes;
	uint64_t pinned_bytes;
	uint64_t hugetlb_bytes;
	uint64_t nvcsw;
	uint64_t nivcsw;
	uint64_t cap_inheritable;
	uint64_t cap_permitted;
	uint64_t cap_effective;
	uint64_t cap_bounding;
	uint64_t cap_ambient;
	uint32_t seccomp;
	uint32_t umask;
	uint64_t cgroup_id;
	uint32_t nr_nspids;
	int32_t nspids[PROCFD_NSPIDS_MAX];
	uint64_t ns_cgroup;
	uint64_t ns_ipc;
	uint64_t ns_mnt;
	uint64_t ns_net;
	uint64_t ns_pid;
	uint64_t ns_pid_for_children;
	uint64_t ns_time;
	uint64_t ns_time_for_children;
	uint64_t ns_user;
	uint64_t ns_uts;
	struct procfd_exit_record exit;
};

/**
 * procfd_get_info() - what is known of the process now
 * @fd:   a procfd, or from Linux 6.13 on a native pidfd
 * @mask: PROCFD_INFO_*: the groups that are wanted. What the module does not know
 *        of is not there, see @info->mask
 * @info: filled in
 * @size: sizeof(struct procfd_info_record)
 *
 * It never blocks, and works on after the process was reaped.
 *
 * A native pidfd gives ID, CREDS and CGROUP; PIDS where /proc is mounted for the
 * caller's pid namespace; and from Linux 6.15 on, after the process was reaped,
 * EXIT with the status alone. All other groups need a procfd.
 *
 * Returns 0, or -1:
 *   EINVAL  @size is smaller than the first version of the struct
 *   EREMOTE the process is outside the caller's pid namespace
 *   ESRCH   the process is hidden from the caller; or it was reaped, and the
 *           kernel never told of its end; or @fd is a native pidfd, and the
 *           process was reaped before Linux 6.15, or is outside the caller's pid
 *           namespace
 *   EPERM   hidepid is 1, and the caller may not ptrace-read the process
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  @fd is a native pidfd, before Linux 6.13
 *   EBADF   @fd is no process
 *
 * May be called from a signal handler. Since 0.1. Sources: proc_pid_stat(5),
 * proc_pid_status(5).
 */
int procfd_get_info(int fd, uint64_t mask, struct procfd_info_record *info,
		    size_t size);

/**
 * procfd_boottime_ns() - the clock of start_ns and end_ns
 *
 * It is the host's CLOCK_BOOTTIME, also in a time namespace, with the limits
 * that procfd_wait() tells.
 *
 * Returns nanoseconds since the machine was started. Since 0.1.
 */
uint64_t procfd_boottime_ns(void);

/* procfd_fdinfo.state */
enum procfd_state {
	PROCFD_STATE_UNKNOWN, /* a native pidfd does not tell */
	PROCFD_STATE_UNBOUND, /* waits for the next child */
	PROCFD_STATE_CANCELLED, /* will wait for ever: the arming was cancelled */
	PROCFD_STATE_ALIVE,
	PROCFD_STATE_ENDED, /* a zombie */
	PROCFD_STATE_REAPED,
};

/**
 * struct procfd_fdinfo - what /proc/self/fdinfo says about a procfd
 * @id:       unique id of the process, the same for every fd on it, 0: unknown
 * @pid:      its number in the pid namespace of the mounted /proc; 0 if it
 *            cannot be seen there, -1 if it was reaped
 * @state:    PROCFD_STATE_*
 * @flags:    PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP,
 *            PROCFD_THREAD
 * @reserved: 0
 *
 * Since 0.1.
 */
struct procfd_fdinfo {
	uint64_t id;
	int32_t pid;
	uint32_t state;
	uint32_t flags;
	uint32_t reserved;
};

/**
 * procfd_read_fdinfo() - number, id and state of the process
 * @fd:   a procfd or a native pidfd
 * @info: filled in
 * @size: sizeof(struct procfd_fdinfo)
 *
 * Returns 0, or -1:
 *   EINVAL  @size is smaller than the first version of the struct
 *   EBADF   @fd is not open, or is no process
 *   ENOENT  /proc is not mounted
 *
 * Since 0.1. Source: pidfd_open(2), proc(5).
 */
int procfd_read_fdinfo(int fd, struct procfd_fdinfo *info, size_t size);

/* ------------------------------------------------------------------------ */
/* Which process is it                                                       */

/**
 * procfd_get_pid_in() - the number of this process in a pid namespace
 * @fd:       a procfd
 * @pidns_fd: a pid namespace, as in procfd_open_in(); -1: the caller's
 *
 * Returns the number, 0 if the process cannot be seen there, or -1:
 *   ESRCH   the process was reaped, and its number may be another's
 *   EBADF   @pidns_fd is neither -1 nor open; @fd is no process
 *   EINVAL  @pidns_fd is no pid namespace
 *   EREMOTE the process, or the pid namespace, is outside the caller's
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  @pidns_fd is not -1, and the kernel gives no FEATURE_PIDNS_FD;
 *           @fd is a native pidfd
 *
 * May be called from a signal handler. Since 0.1.
 */
pid_t procfd_get_pid_in(int fd, int pidns_fd);

/**
 * procfd_get_id() - the unique id of this process
 * @fd: a procfd or, from Linux 6.9 on, a native pidfd
 * @id: where it is stored
 *
 * A number that no other process has while the machine is up: the same for every
 * fd on the process, for every caller, and after the process was reaped.
 * procfd_open_id() finds the process by it.
 *
 * Returns 0, or -1:
 *   EREMOTE the process is outside the caller's pid namespace
 *   ESRCH   the process is hidden from the caller
 *   EPERM   hidepid is 1, and the caller may not ptrace-read the process
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  @fd is a native pidfd, before Linux 6.9
 *   EBADF   @fd is no process
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_get_id(int fd, uint64_t *id);

/**
 * procfd_same() - do two fds name the same process?
 * @fd:    a procfd or a native pidfd
 * @other: a procfd or a native pidfd
 *
 * Procfds of processes that were reaped can be compared, too. The fd of a leader
 * as a thread and that of its process name the same. Two native pidfds need the
 * module before Linux 6.9 only.
 *
 * Returns 1 if so, 0 if not, or -1:
 *   EREMOTE the process is outside the caller's pid namespace
 *   EUNATCH one of them is unbound
 *   ESRCH   both are native pidfds, and the process of @fd was reaped, before
 *           Linux 6.9
 *   EBADF   one of them is no process; it is a native pidfd, and the kernel
 *           gives no FEATURE_FROM_PIDFD
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_same(int fd, int other);

/**
 * procfd_open_dir() - the directory of this process in a procfs
 * @fd:        a procfd
 * @procfs_fd: the root directory of a procfs (O_PATH will do); -1: /proc
 *
 * The directory is /proc/PID of this very process, never of a successor, and
 * nothing that was mounted over it. What is opened below it with openat(2) is of
 * this process or fails (ESRCH). Of a thread it is /proc/PID/task/TID. procfs and
 * the process keep their own checks.
 *
 * Returns the fd on the directory, or -1:
 *   ESRCH   the process was reaped
 *   EXDEV   something is mounted over the directory
 *   ENOENT  the procfs hides the process (hidepid=2); there is no /proc
 *   EPERM   the procfs lets nobody in who may not ptrace-read it (hidepid=1)
 *   EINVAL  @procfs_fd, or /proc, is not the root of a procfs
 *   EREMOTE the process is outside the pid namespace of the caller or of the
 *           procfs
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  @fd is a native pidfd
 *   EBADF   @procfs_fd is neither -1 nor open; @fd is no process
 *
 * May be called from a signal handler. Since 0.1. Source: proc(5).
 */
int procfd_open_dir(int fd, int procfs_fd);

/* ------------------------------------------------------------------------ */
/* Relatives                                                                 */

/* Relations of procfd_open_relative(). */
#define PROCFD_RELATIVE_PARENT 1 /* the parent */
#define PROCFD_RELATIVE_FIRST_CHILD 2 /* the child with the lowest number */
/* the next higher number that has the same parent now */
#define PROCFD_RELATIVE_NEXT_SIBLING 3
#define PROCFD_RELATIVE_NEXT 4 /* the next higher number of all */
#define PROCFD_RELATIVE_PROCESS 5 /* the process that a thread belongs to */

/**
 * procfd_open_relative() - a procfd for a relative of this process
 * @fd:        a procfd
 * @relation:  PROCFD_RELATIVE_*
 * @parent_fd: with NEXT_SIBLING: a procfd of the parent whose children are meant;
 *             -1: the parent that the process has now. Else -1
 * @flags:     PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE
 *
 * Numbers are those of the caller's pid namespace. All children are had with less
 * care by procfd_children_open(), all processes by procfd_list_open().
 *
 * Returns the fd, or -1:
 *   ENOENT  there is none (any more), or none that the caller can see
 *   EINVAL  no such relation, unknown flag, @parent_fd with another relation; @fd
 *           is a thread, and the relation is not PROCESS
 *   ESRCH   the process was reaped (not for NEXT, nor with @parent_fd); PROCESS:
 *           it is hidden from the caller
 *   EREMOTE the process, or @parent_fd's, is outside the caller's pid namespace
 *   EUNATCH @fd or @parent_fd is unbound
 *   EINTR   the caller is being killed
 *   EPERM   PARENT, while hidepid is 1, and the caller may not ptrace-read it
 *   EPERM   as procfd_open()
 *   EOPNOTSUPP  @fd is a native pidfd
 *   EBADF   @fd is no process, or @parent_fd no procfd of one
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_open_relative(int fd, int relation, int parent_fd,
			 unsigned int flags);

/** A walk over the children of a process; see procfd_children_open(). */
struct procfd_children_iterator;

/**
 * procfd_children_open() - begin to walk over the children of a process
 * @fd:    a procfd of the parent; the iterator keeps a duplicate of it
 * @flags: of the procfds of the children: PROCFD_NONBLOCK
 *
 *	iterator = procfd_children_open(fd, 0);
 *	while ((child = procfd_children_next(iterator)) >= 0) {
 *		...
 *		close(child);
 *	}
 *	procfd_children_close(iterator);
 *
 * The walk goes on when children end and are reaped beside it. It ends, names
 * nobody twice, and misses no child that lived throughout and kept its parent.
 * One iterator is used by one thread at a time.
 *
 * Returns the iterator, which procfd_children_close() frees, or NULL:
 *   EINVAL  unknown flag
 *   EBADF   @fd is not open
 *   ENOMEM  no memory
 *
 * Since 0.1.
 */
struct procfd_children_iterator *procfd_children_open(int fd,
						      unsigned int flags);

/**
 * procfd_children_next() - the next child
 * @iterator: what procfd_children_open() returned; NULL fails
 *
 * Returns a procfd, which is the caller's to close, or -1:
 *   ENOENT  that were all
 *   EINVAL  @iterator is NULL
 *   ESRCH   the parent was reaped before the first child was asked for
 *   and as procfd_open_relative()
 *
 * Since 0.1.
 */
int procfd_children_next(struct procfd_children_iterator *iterator);

/**
 * procfd_children_close() - end the walk
 * @iterator: is freed, as by free(3), so nothing may use it any more; may be NULL
 *
 * The procfds it returned stay open. errno is left alone. Since 0.1.
 */
void procfd_children_close(struct procfd_children_iterator *iterator);

/* ------------------------------------------------------------------------ */
/* Many                                                                      */

/* procfd_list_options.flags */
#define PROCFD_LIST_THREADS (1U << 0) /* every thread, not only processes */
#define PROCFD_LIST_UID (1U << 1) /* those whose effective user id is uid */
#define PROCFD_LIST_CHILDREN (1U << 2) /* those whose parent is parent_fd's */
/* of this library: those that are seen in the pid namespace of pidns_fd */
#define PROCFD_LIST_PIDNS (1U << 31)

/**
 * struct procfd_list_options - which processes, and what of them
 * @mask:      PROCFD_INFO_*: the groups to fill in. EXIT and NAMESPACES are given
 *             by procfd_get_info() only. Up to RSS they cost the least
 * @flags:     PROCFD_LIST_*, as many as wanted: all must hold
 * @uid:       a user id of the caller's user namespace; without UID ignored
 * @parent_fd: a procfd of the parent; without CHILDREN ignored
 * @pidns_fd:  a pid namespace, as in procfd_open_in(); without PIDNS ignored
 *
 * What is left out of an initializer asks for nothing. Since 0.1.
 */
struct procfd_list_options {
	uint64_t mask;
	uint32_t flags;
	uint32_t uid;
	int32_t parent_fd;
	int32_t pidns_fd;
};

/** A list of processes; see procfd_list_open(). */
struct procfd_list_iterator;

/**
 * procfd_list_open() - begin to list processes
 * @options: which, and what of them
 * @size:    sizeof(struct procfd_list_options)
 *
 *	struct procfd_list_options options = {
 *		.mask = PROCFD_INFO_PIDS | PROCFD_INFO_COMM,
 *	};
 *	iterator = procfd_list_open(&options, sizeof(options));
 *	while ((more = procfd_list_next(iterator, &info, sizeof(info))) > 0)
 *		printf("%d %s\n", info.pid, info.comm);
 *	procfd_list_close(iterator);
 *
 * The order is that of the numbers in the pid namespace that is listed. A process
 * that lives throughout appears exactly once, one that comes or goes meanwhile
 * at most once. Records are fetched from the kernel by hundreds, so one may be
 * older than the call that returns it. The fds in @options may be closed after
 * this call. One iterator is used by one thread at a time.
 *
 * Returns the iterator, which procfd_list_close() frees, or NULL:
 *   EINVAL  unknown flag; @pidns_fd is no pid namespace; @uid is none in the
 *           user namespace; @options is NULL; @size is smaller than the first
 *           version of the struct, or larger with something in the tail
 *   EBADF   @parent_fd or @pidns_fd is not open, or @parent_fd no procfd
 *   EREMOTE the pid namespace, or the parent, is outside the caller's
 *   EUNATCH @parent_fd is unbound
 *   EOPNOTSUPP  PIDNS, and the kernel gives no FEATURE_PIDNS_FD
 *   EINTR   the caller is being killed
 *   ENOMEM  no memory
 *
 * Since 0.1.
 */
struct procfd_list_iterator *
procfd_list_open(const struct procfd_list_options *options, size_t size);

/**
 * procfd_list_next() - the next process of the list
 * @iterator: what procfd_list_open() returned; NULL fails
 * @info:     filled in; what was not asked for is 0
 * @size:     sizeof(struct procfd_info_record)
 *
 * Returns 1, 0 if that were all (@info is left alone), or -1:
 *   EINVAL  @iterator or @info is NULL; @size is smaller than the first version
 *   and as procfd_list_open(); the next call tries again
 *
 * Since 0.1.
 */
int procfd_list_next(struct procfd_list_iterator *iterator,
		     struct procfd_info_record *info, size_t size);

/**
 * procfd_list_close() - end the list
 * @iterator: is freed, as by free(3), so nothing may use it any more; may be NULL
 *
 * errno is left alone. Since 0.1.
 */
void procfd_list_close(struct procfd_list_iterator *iterator);

#ifdef __cplusplus
}
#endif

#endif /* PROCFD_INFO_H */
