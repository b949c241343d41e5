/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * procfd - processes as file descriptors: the ioctls of /dev/procfd
 *
 * This header is the ABI and its manual.  It compiles as C and C++, inside the
 * kernel and outside, and needs nothing but two kernel headers.
 *
 * Two kinds of file descriptor take these ioctls:
 *
 *   device    an fd on /dev/procfd.  It acquires; it names no process.
 *   procfd    an fd that pins one process (struct pid), made by the OPEN_*
 *             commands, CLONE or NEXT_CHILD.  A procfd from NEXT_CHILD is
 *             *unbound* until the child it waits for has been created.
 *
 * An ioctl of one kind on an fd of the other kind is ENOTTY.
 *
 * Rules that hold for every ioctl here
 * ------------------------------------
 * - Every struct may grow at its end.  The size the caller knows travels in the
 *   command number.  A struct smaller than its version 0 is EINVAL.  A larger
 *   one is accepted while every byte that this module does not know is zero;
 *   otherwise E2BIG.
 * - Unknown flags and reserved members that are not zero: EINVAL.
 * - An unknown command, or a known number with another direction or type:
 *   ENOTTY, also on a procfd whose process has ended.
 * - Checks are made in this order, so that the same mistake has the same answer
 *   whatever state the process is in: command (ENOTTY), size (EINVAL, E2BIG,
 *   EFAULT), flags, reserved members and arguments (EINVAL), kind of fd
 *   (EBADF; unbound EUNATCH), pid namespace (EREMOTE, for SEND_SIGNAL EINVAL),
 *   reaped (ESRCH), permission (EPERM, EACCES), state.
 * - Process numbers are those of the pid namespace of the task that makes the
 *   call, at the call, wherever the fd was made.  A process that the caller
 *   cannot see has the number 0.  User ids go through its user namespace.
 * - Every fd that is returned is close-on-exec from its birth, and is the last
 *   thing that happens: where a call fails, no fd was ever there.
 * - Every ioctl may be called from many threads on one fd at once.
 *
 * The module parameter hidepid mirrors the mount option of procfs: 0 (default)
 * hides nothing; 1 gives of processes that the caller may not ptrace-read
 * nothing but numbers (of itself, its group and session, not of its parent and
 * tracer), and does not find them by user or parent; 2 hides these processes
 * altogether; 4 is 2, and the group of the parameter hidepid_gid, which may else
 * see everything, is no exception.  It is asked for OPEN_PID and
 * the other OPEN_* commands but OPEN_PEER and OPEN_SELF, for GET_ID, GET_INFO,
 * LIST and OPEN_RELATIVE.
 *
 * Under a seccomp filter an ioctl that does what a filterable system call does
 * is refused (EPERM): CLONE; SEND_SIGNAL and KILL_ON_CLOSE except on one's own
 * children.  The module parameter seccomp_trust=1 lifts this for all but CLONE.
 *
 * The fd itself
 * -------------
 *   poll      EPOLLIN | EPOLLRDNORM when the process has ended, EPOLLHUP too
 *             when it was reaped.  Below Linux 6.9 pollers are woken for the
 *             second only where PROCFD_FEATURE_HANGUP is given; the result of
 *             a poll is right everywhere.  Unbound: nothing.  A procfd whose
 *             arming was cancelled, and one for which read says EIO: EPOLLERR,
 *             EPOLLHUP and EPOLLIN.
 *   read      blocks until the process has ended, then gives one
 *             struct procfd_exit, each time, to every holder.  The bytes are
 *             the smaller of buffer and record.
 *               EAGAIN   O_NONBLOCK and not ended yet
 *               EINVAL   the buffer is smaller than PROCFD_EXIT_SIZE_VER0
 *               EFAULT   the buffer cannot be written
 *               EINTR    a signal came first
 *               ECHILD   unbound, and the arming was cancelled
 *               EIO      the kernel released the process without ever telling
 *                        of its end (it crashed inside exit)
 *   splice    one record to a pipe.  sendfile is EINVAL, but to a pipe, where
 *             Linux 5.12 and later make a splice of it; tee is EINVAL.
 *   fcntl     O_NONBLOCK and O_ASYNC can be set; the owner gets SIGIO at the
 *             end.
 *   close     drops the pin; the last close of a description with
 *             PROCFD_KILL_ON_CLOSE kills.
 *   fdinfo    Pid, NSpid: as for a pidfd, in the pid namespace of the procfs
 *             that is read.  procfd_id: a number that no other process has while
 *             the machine is up.  procfd_state: unbound, cancelled, alive, ended
 *             or reaped.  procfd_flags: none, or some of nonblock,
 *             kill_on_close, autoreap, thread and kernel_thread, with commas
 *             between.
 *   write EBADF, lseek and pread ESPIPE, mmap ENODEV, open of
 *   /proc/self/fd/N ENXIO.
 *
 * "Ended" means that the process is a zombie and no thread of it is left, as
 * for poll on a pidfd; "reaped" that the zombie is gone too.
 */
#ifndef _PROCFD_IOCTL_H
#define _PROCFD_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** The path of the device node. */
#define PROCFD_DEVICE "/dev/procfd"

/**
 * Number of this ABI, as procfd_features.abi tells it.  It changes only when
 * something that worked stops working; what is added shows in the masks.
 */
#define PROCFD_ABI 1

/** The ioctl type ("magic") of every command below. */
#define PROCFD_IOCTL_TYPE 0xBB

/* ------------------------------------------------------------------------ */
/* Flags of a new procfd                                                     */

/** The new description has O_NONBLOCK set; fcntl(2) can change it later. */
#define PROCFD_NONBLOCK (1U << 0)

/**
 * Kill with the last close of the new description.
 *
 * The credentials of the caller are stored.  When the last fd of this open file
 * description is closed, by whatever task and for whatever reason, SIGKILL is
 * sent to the process if those credentials could kill it as it is then.  A
 * process that changed its credentials since may survive.  The init of a pid
 * namespace is killed if the fd was made outside of that namespace.
 */
#define PROCFD_KILL_ON_CLOSE (1U << 1)

/**
 * The child is reaped by itself (CLONE and NEXT_CHILD only).
 *
 * On exit there is no zombie and no SIGCHLD, also after an exec by the child or
 * by the parent and after reparenting.  wait(2) and its relatives without
 * __WALL or __WCLONE never see the child; with them it is seen while it lives,
 * then ECHILD.  (In the middle of an exec the kernel makes it visible for a
 * microsecond: a wait with WNOHANG may then say "not yet" in place of ECHILD.)
 * Stops and continues raise SIGCHLD as always.  A child that is
 * traced stays for its tracer, and goes when that has waited or detached.
 * While such a child lives the module cannot be unloaded.
 */
#define PROCFD_AUTOREAP (1U << 2)

/**
 * Name one thread, and not its process (OPEN_PID, OPEN_PIDFD, OPEN_SELF).
 *
 * A thread fd ends when that thread can run no more user code, and its record
 * has the thread's own numbers (what the kernel does for it after that is not
 * counted; peak memory and children are absent).  A thread that goes because
 * another one execs has exited with 0.  A thread that execs becomes the leader:
 * its own fd ends, with PROCFD_CLD_EXEC.  The fd of a leader ends with its process.
 * SEND_SIGNAL goes to the thread.  With KILL_ON_CLOSE: EINVAL.
 */
#define PROCFD_THREAD (1U << 3)

/* ------------------------------------------------------------------------ */
/* The exit record                                                           */

/**
 * procfd_exit.code beside those of waitid(2): the thread has called exec and goes
 * on as the leader, under the number of its process.  The status is 0.
 */
#define PROCFD_CLD_EXEC 16

/* procfd_exit.mask: which members are known. */
#define PROCFD_EXIT_STATUS (1ULL << 0) /* code, status, wait_status */
#define PROCFD_EXIT_IDS (1ULL << 1) /* pid, uid */
#define PROCFD_EXIT_CPU (1ULL << 2) /* utime_ns, stime_ns */
#define PROCFD_EXIT_START (1ULL << 3) /* start_ns */
#define PROCFD_EXIT_END (1ULL << 4) /* end_ns */
#define PROCFD_EXIT_MEMORY (1ULL << 5) /* maxrss_bytes */
#define PROCFD_EXIT_FAULTS (1ULL << 6) /* minflt, majflt */
#define PROCFD_EXIT_SWITCHES (1ULL << 7) /* nvcsw, nivcsw */
/* inblock, oublock, cinblock, coublock */
#define PROCFD_EXIT_BLOCK_IO (1ULL << 8)
#define PROCFD_EXIT_CHILDREN (1ULL << 9) /* the other members named c... */

/**
 * struct procfd_exit - what is known about a process that has ended
 *
 * Taken once, at the end, while the process is still there; complete before
 * anyone is woken, and never changed again.  Every holder of the fd reads the
 * same record, before and after the process was reaped.  All numbers are those
 * of the whole process: the sum of its threads.  A member whose bit is not in
 * @mask is 0.
 *
 * wait4(2) gives rusage that also holds the children which the process itself
 * has waited for.  Here these are apart (the members that begin with c): the
 * sum of both is wait4's number, for memory the larger one.
 *
 * @size:         bytes in the whole record as this module knows it; a reader
 *                with a smaller buffer got the first part of it
 * @wait_status:  the wait status word, for WIFEXITED() and its relatives
 * @mask:         PROCFD_EXIT_*.  STATUS is absent for a kernel thread, whose
 *                code is no wait status.  END is absent when no procfd was open
 *                at the end.  BLOCK_IO is there if the opener of the fd could
 *                ptrace-read the process when it opened it, or was its parent
 * @code:         CLD_EXITED, CLD_KILLED or CLD_DUMPED (1, 2, 3) as waitid(2); of
 *                a thread fd also PROCFD_CLD_EXEC
 * @status:       the exit code, or the number of the signal
 * @pid:          number of the process in the reader's pid namespace, or 0
 * @uid:          real user id at the end, in the reader's user namespace
 * @start_ns:     when the process began, nanoseconds of CLOCK_BOOTTIME of the
 *                host (no time namespace is applied)
 * @end_ns:       when it ended, same clock; known only while a procfd has been open
 *                ever since
 * @utime_ns:     time in user mode, nanoseconds, scaled as getrusage(2) does
 * @stime_ns:     time in the kernel, likewise
 * @maxrss_bytes: peak resident memory, bytes
 * @minflt:       page faults that needed no I/O
 * @majflt:       page faults that needed I/O
 * @nvcsw:        voluntary context switches, the last one of an exiting leader
 *                included (wait4 may be called before that happened)
 * @nivcsw:       involuntary context switches
 * @inblock:      block input operations, units of 512 bytes, as getrusage(2)
 * @oublock:      block output operations, likewise
 * @cutime_ns:    and the following: the same of the children that the process
 *                has waited for, and of theirs
 *
 * Since 0.1.  Sources: waitid(2), getrusage(2), do_notify_parent(),
 * wait_task_zombie(), thread_group_cputime_adjusted().
 */
struct procfd_exit {
	__u32 size;
	__u32 wait_status;
	__u64 mask;
	__s32 code;
	__s32 status;
	__s32 pid;
	__u32 uid;
	__u64 start_ns;
	__u64 end_ns;
	__u64 utime_ns;
	__u64 stime_ns;
	__u64 maxrss_bytes;
	__u64 minflt;
	__u64 majflt;
	__u64 nvcsw;
	__u64 nivcsw;
	__u64 inblock;
	__u64 oublock;
	__u64 cutime_ns;
	__u64 cstime_ns;
	__u64 cmaxrss_bytes;
	__u64 cminflt;
	__u64 cmajflt;
	__u64 cnvcsw;
	__u64 cnivcsw;
	__u64 cinblock;
	__u64 coublock;
};

/** Bytes in the first version of struct procfd_exit. */
#define PROCFD_EXIT_SIZE_VER0 192

/* ------------------------------------------------------------------------ */
/* device: GET_FEATURES                                                      */

/*
 * procfd_features.features: what this kernel could give.  Each needs a kernel
 * function that is not exported, or a hook; where it is missing, only this is
 * off (EOPNOTSUPP) and everything else works.
 */
/* CLONE: kernel_clone(), task_work_add() */
#define PROCFD_FEATURE_CLONE (1ULL << 0)
#define PROCFD_FEATURE_NEXT_CHILD (1ULL << 1) /* NEXT_CHILD: task_work_add() */
/* AUTOREAP: a return probe on do_notify_parent(), task_work_add() */
#define PROCFD_FEATURE_AUTOREAP (1ULL << 2)
/* WAIT by a parent or tracer: do_wait() */
#define PROCFD_FEATURE_REAP (1ULL << 3)
/* SEND_SIGNAL with siginfo, or to a thread: group_send_sig_info() */
#define PROCFD_FEATURE_SIGNAL_INFO (1ULL << 4)
/* pollers are woken by reaping: proc_flush_pid() below 6.9 */
#define PROCFD_FEATURE_HANGUP (1ULL << 5)
/* block I/O for others than the parent: ptrace_may_access() */
#define PROCFD_FEATURE_BLOCK_IO (1ULL << 6)
/* GET_PIDFD: pidfd_prepare() */
#define PROCFD_FEATURE_PIDFD (1ULL << 7)
/* GET_NAMESPACE: the *ns_get() functions, ptrace_may_access() */
#define PROCFD_FEATURE_NAMESPACES (1ULL << 8)
/* CPU times to the microsecond, not the tick: task_sched_runtime() */
#define PROCFD_FEATURE_EXACT_CPU (1ULL << 9)
/* OPEN_PIDFD, and pidfds in COMPARE: pidfd_pid() */
#define PROCFD_FEATURE_FROM_PIDFD (1ULL << 10)
/* pidns_fd in OPEN_PID, LIST and GET_PID: proc_ns_file() */
#define PROCFD_FEATURE_PIDNS_FD (1ULL << 11)
/* fds of threads: a probe on release_task() */
#define PROCFD_FEATURE_THREAD (1ULL << 12)

/**
 * struct procfd_features - what this module knows and this kernel can give
 * @abi:            PROCFD_ABI of the module
 * @version:        version of the module: major << 16 | minor << 8 | patch
 * @known:          PROCFD_FEATURE_* that the module knows of
 * @features:       those of them that work on this kernel, now
 * @device_ioctls:  bit N: the device ioctl with number N is known
 * @procfd_ioctls:  bit N: the procfd ioctl with number 0x40 + N is known
 * @open_flags:     flags of OPEN_PID that are known
 * @child_flags:    flags of CLONE and NEXT_CHILD that are known
 * @clone_flags:    CLONE_* flags that CLONE takes
 * @signal_flags:   flags of SEND_SIGNAL that are known
 * @wait_options:   options of WAIT that are known
 * @exit_mask:      PROCFD_EXIT_* that a record may have
 * @info_mask:      PROCFD_INFO_* that GET_INFO may give
 * @list_flags:     flags of LIST that are known
 *
 * Since 0.1.
 */
struct procfd_features {
	__u32 abi;
	__u32 version;
	__u64 known;
	__u64 features;
	__u64 device_ioctls;
	__u64 procfd_ioctls;
	__u64 open_flags;
	__u64 child_flags;
	__u64 clone_flags;
	__u64 signal_flags;
	__u64 wait_options;
	__u64 exit_mask;
	__u64 info_mask;
	__u64 list_flags;
};

/**
 * PROCFD_GET_FEATURES - ask the module what it knows and what works here
 *
 * Returns 0 and fills in struct procfd_features; a larger struct of the caller
 * is filled with zeros behind it.
 *
 *   EFAULT  the argument cannot be read or written
 *   EINVAL  the struct is smaller than its version 0
 *   E2BIG   bytes behind the part this module knows are not zero
 *   ENOMEM  no memory for a probe that shows what works
 *
 * Since 0.1.
 */
#define PROCFD_GET_FEATURES \
	_IOWR(PROCFD_IOCTL_TYPE, 0x00, struct procfd_features)

/* ------------------------------------------------------------------------ */
/* device: OPEN_PID                                                          */

/**
 * struct procfd_open_pid - which process to open
 * @pid:       number of the process, in the pid namespace that @pidns_fd means
 * @flags:     PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_THREAD
 * @pidns_fd:  an fd on a pid namespace (/proc/PID/ns/pid, or GET_NAMESPACE): the
 *             caller's or one below it; -1: the caller's
 * @reserved:  0
 */
struct procfd_open_pid {
	__s32 pid;
	__u32 flags;
	__s32 pidns_fd;
	__u32 reserved;
};

/**
 * PROCFD_OPEN_PID - a procfd for the process, or thread, with this number now
 *
 * Returns the procfd.  A zombie can be opened: its record is there at once.  A
 * kernel thread can be opened too, and fdinfo says that it is one.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero; pid is 0 or negative;
 *           THREAD with KILL_ON_CLOSE
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EBADF   pidns_fd is neither -1 nor open
 *   EINVAL  pidns_fd is no pid namespace
 *   EREMOTE pidns_fd is not the caller's pid namespace nor one below it
 *   EOPNOTSUPP  pidns_fd is not -1, and the kernel gives no
 *           PROCFD_FEATURE_PIDNS_FD; or THREAD, and it gives no
 *           PROCFD_FEATURE_THREAD
 *   ESRCH   no process has this number in that pid namespace, or it was reaped
 *           meanwhile and no record of it can be had, or hidepid hides it
 *   ENOENT  the number is that of a thread which is not its group's leader, and
 *           THREAD is not given (pidfd_prepare() of Linux 7.3)
 *   EPERM   KILL_ON_CLOSE without the right to signal the process (kill(2)), or
 *           under a seccomp filter and not a child of the caller
 *   EMFILE  RLIMIT_NOFILE is reached
 *   ENFILE  the system's limit of open files is reached
 *   ENOMEM  no memory
 *
 * Since 0.1.  Source: pidfd_open(2).
 */
#define PROCFD_OPEN_PID _IOW(PROCFD_IOCTL_TYPE, 0x01, struct procfd_open_pid)

/* ------------------------------------------------------------------------ */
/* device: CLONE                                                             */

/**
 * struct procfd_clone - what clone3(2) takes, and a procfd for the child
 * @flags:         PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP
 * @reserved:      0
 * @procfd:        address of an int, where the number of the procfd is written
 *                 before the child is made
 * @clone_flags:   and the following: members of struct clone_args, see
 *                 clone3(2); all addresses are 64 bits wide
 */
struct procfd_clone {
	__u32 flags;
	__u32 reserved;
	__u64 procfd;
	__u64 clone_flags;
	__u64 pidfd;
	__u64 child_tid;
	__u64 parent_tid;
	__u64 exit_signal;
	__u64 stack;
	__u64 stack_size;
	__u64 tls;
	__u64 set_tid;
	__u64 set_tid_size;
	__u64 cgroup;
};

/**
 * PROCFD_CLONE - create a child and its procfd in one call
 *
 * Returns twice, as clone3(2): the child's number in the caller's pid namespace
 * to the caller, 0 to the child.  The procfd is bound and in the caller's table
 * before the child runs its first instruction.  The child does not have it,
 * unless the table is shared (CLONE_FILES).  Where the call fails, the number
 * that may have been written to @procfd means nothing.
 *
 * A child that shares the table may close the device while the call still runs
 * (CLONE_VFORK); the call holds a reference of its own.
 *
 *   EFAULT  the argument, @procfd or @set_tid cannot be accessed
 *   EINVAL  size, unknown flag, reserved member not zero
 *   EINVAL  AUTOREAP with an exit signal or CLONE_PARENT
 *   EINVAL  CLONE_THREAD: what is made must be a process
 *   EINVAL  what clone3(2) calls invalid: unknown CLONE flags, CLONE_DETACHED,
 *           CSIGNAL bits, CLONE_SIGHAND with CLONE_CLEAR_SIGHAND, an exit
 *           signal with CLONE_PARENT, a stack without size or a size without
 *           stack, set_tid without size or the reverse, more set_tid than pid
 *           namespaces can be nested, an exit signal that is no signal, a
 *           cgroup that is no fd, and the combinations that copy_process() of
 *           the running kernel refuses
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EPERM   the caller is under a seccomp filter
 *   EPERM   a namespace or set_tid was asked for without the right to it
 *   EOPNOTSUPP  this kernel gives no PROCFD_FEATURE_CLONE; or AUTOREAP, while
 *           its hook cannot be armed (kprobes are missing or switched off)
 *   EEXIST, EBADF, EBUSY, EACCES, ENOSPC, EUSERS  as clone3(2)
 *   EAGAIN  RLIMIT_NPROC or the pids controller's limit is reached
 *   EMFILE  RLIMIT_NOFILE is reached
 *   ENFILE  the system's limit of open files is reached
 *   ENOMEM  no memory, or the pid namespace has no init any more
 *
 * Since 0.1.  Sources: clone3(2), clone3_args_valid(), copy_process().
 */
#define PROCFD_CLONE _IOW(PROCFD_IOCTL_TYPE, 0x02, struct procfd_clone)

/* ------------------------------------------------------------------------ */
/* device: NEXT_CHILD                                                        */

/**
 * struct procfd_next_child - how the next child is to be held
 * @flags:     PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP
 * @reserved:  0
 */
struct procfd_next_child {
	__u32 flags;
	__u32 reserved;
};

/**
 * PROCFD_NEXT_CHILD - an unbound procfd for the next child of this thread
 *
 * Returns the procfd.  The next process that the calling thread creates, by
 * fork, vfork, posix_spawn, clone or clone3 and from whatever library, even in
 * a signal handler, is bound to it before that runs.  Threads do not count; a
 * child made with CLONE_PARENT does.  A fork that fails leaves it armed.
 *
 * exec by the calling thread, its end, and the last close of the procfd cancel
 * the arming; a holder of the procfd is then told by poll (EPOLLERR) and read
 * (ECHILD).  Every other ioctl on an unbound procfd is EUNATCH.
 *
 * The child does not keep a copy of the procfd: it is closed before the child's
 * first instruction, unless the table is shared.
 *
 * With AUTOREAP the exit signal of the fork is dropped.  A child made with
 * CLONE_PARENT is not AUTOREAP, as its parent is somebody else.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EOPNOTSUPP  this kernel gives no PROCFD_FEATURE_NEXT_CHILD; or AUTOREAP,
 *           while its hook cannot be armed
 *   EBUSY   the calling thread has an unbound procfd already
 *   EMFILE  RLIMIT_NOFILE is reached
 *   ENFILE  the system's limit of open files is reached
 *   ENOMEM  no memory
 *
 * Since 0.1.
 */
#define PROCFD_NEXT_CHILD \
	_IOW(PROCFD_IOCTL_TYPE, 0x03, struct procfd_next_child)

/* ------------------------------------------------------------------------ */
/* device: OPEN_PIDFD, OPEN_PEER, OPEN_ID, OPEN_SELF, OPEN_ROOT              */

/**
 * struct procfd_open_by_fd - a process that another fd means
 * @fd:     OPEN_PIDFD: a pidfd of mainline; OPEN_PEER: a connected UNIX socket
 * @flags:  PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE; OPEN_PIDFD: PROCFD_THREAD
 */
struct procfd_open_by_fd {
	__s32 fd;
	__u32 flags;
};

/**
 * PROCFD_OPEN_PIDFD - a procfd for the process of a native pidfd
 *
 * Returns the procfd.  No number is looked at in between, so it is that process
 * and no other.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag; THREAD with KILL_ON_CLOSE
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EBADF   @fd is not open, or no pidfd
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ENOENT  the pidfd names a thread that is not its group's leader, and THREAD
 *           is not given
 *   ESRCH   the process was reaped, or hidepid hides it
 *   EOPNOTSUPP  the kernel gives no PROCFD_FEATURE_FROM_PIDFD; or THREAD, and no
 *           PROCFD_FEATURE_THREAD
 *   EPERM, EMFILE, ENFILE, ENOMEM  as OPEN_PID
 *
 * Since 0.1.  Source: pidfd_open(2).
 */
#define PROCFD_OPEN_PIDFD \
	_IOW(PROCFD_IOCTL_TYPE, 0x04, struct procfd_open_by_fd)

/**
 * PROCFD_OPEN_PEER - a procfd for the process at the other end of a socket
 *
 * Returns the procfd of the process that SO_PEERCRED names: the one that called
 * connect(2), listen(2) or socketpair(2), whoever has the socket now.  The
 * socket pins it, so no number is looked at.  hidepid does not matter here.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EBADF   @fd is not open
 *   ENOTSOCK  @fd is no socket
 *   EOPNOTSUPP  @fd is no UNIX socket
 *   ENODATA the socket has no peer that is known: it is not connected, or it is
 *           a datagram socket that was not made by socketpair(2)
 *   EREMOTE the peer is not in the caller's pid namespace or one below it
 *   ESRCH   the peer was reaped
 *   EPERM, EMFILE, ENFILE, ENOMEM  as OPEN_PID
 *
 * Since 0.1.  Sources: unix(7), SO_PEERPIDFD in socket(7).
 */
#define PROCFD_OPEN_PEER _IOW(PROCFD_IOCTL_TYPE, 0x05, struct procfd_open_by_fd)

/**
 * struct procfd_open_id - a process by its unique id
 * @id:        what GET_ID gave
 * @flags:     PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE
 * @reserved:  0
 */
struct procfd_open_id {
	__u64 id;
	__u32 flags;
	__u32 reserved;
};

/**
 * PROCFD_OPEN_ID - a procfd for the process that has this unique id
 *
 * Returns the procfd.  An id is never given to another process while the machine
 * is up, so a supervisor that was restarted finds the very process it noted, or
 * none.  From Linux 6.9 on this looks at every process that the caller can see;
 * a fatal signal ends it.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero
 *   E2BIG   bytes behind the part this module knows are not zero
 *   ESRCH   the caller's pid namespace has no process with this id, or it was
 *           reaped, or hidepid hides it
 *   EINTR   the caller is being killed
 *   EPERM, EMFILE, ENFILE, ENOMEM  as OPEN_PID
 *
 * Since 0.1.
 */
#define PROCFD_OPEN_ID _IOW(PROCFD_IOCTL_TYPE, 0x06, struct procfd_open_id)

/**
 * struct procfd_open_known - a process that needs no name
 * @flags:     PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE; OPEN_SELF: PROCFD_THREAD
 * @reserved:  0
 */
struct procfd_open_known {
	__u32 flags;
	__u32 reserved;
};

/**
 * PROCFD_OPEN_SELF - a procfd for the calling process; with THREAD: thread
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero; THREAD with
 *           KILL_ON_CLOSE
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EOPNOTSUPP  THREAD, and the kernel gives no PROCFD_FEATURE_THREAD
 *   EPERM   KILL_ON_CLOSE, under a seccomp filter
 *   EMFILE, ENFILE, ENOMEM  as OPEN_PID
 *
 * Since 0.1.
 */
#define PROCFD_OPEN_SELF _IOW(PROCFD_IOCTL_TYPE, 0x07, struct procfd_open_known)

/**
 * PROCFD_OPEN_ROOT - a procfd for the init of the caller's pid namespace
 *
 *   ESRCH   the pid namespace has no init any more, or hidepid hides it
 *   EPERM   KILL_ON_CLOSE without the right to signal it
 *   and those of OPEN_SELF but what is about THREAD, which is an unknown flag
 *
 * Since 0.1.
 */
#define PROCFD_OPEN_ROOT _IOW(PROCFD_IOCTL_TYPE, 0x08, struct procfd_open_known)

/* ------------------------------------------------------------------------ */
/* What is known of a process: GET_INFO and LIST                             */

/* procfd_info.mask: groups of members. */
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

/* procfd_info.flags */
#define PROCFD_PROCESS_KERNEL_THREAD (1U << 0) /* a thread of the kernel */
#define PROCFD_PROCESS_THREAD (1U << 1) /* not the leader of its process */
#define PROCFD_PROCESS_EXITING (1U << 2) /* the process has begun to end */
#define PROCFD_PROCESS_ENDED (1U << 3) /* a zombie, no thread left; or reaped */
#define PROCFD_PROCESS_REAPED (1U << 4) /* the zombie is gone, too */
#define PROCFD_PROCESS_CORE_DUMPING (1U << 5) /* its core is being written */
#define PROCFD_PROCESS_NO_NEW_PRIVS (1U << 6) /* prctl(2) */
#define PROCFD_PROCESS_AUTOREAP \
	(1U << 7) /* reaped by itself, by procfd's doing */

/** Pid namespaces can be nested so deep, the initial one included. */
#define PROCFD_NSPIDS_MAX 33

/**
 * struct procfd_info - what is known of a process now
 *
 * The members come in groups; a group whose bit is not in @mask is 0.  Numbers
 * are those of the caller's pid namespace, user and group ids go through its
 * user namespace.  Times, faults and switches are those of the whole process,
 * its dead threads included; everything else is that of the leader.  On a thread
 * fd, and in a LIST of threads, both are the thread's own.  Each group is of one
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
 * numbers may be another's by now.  A kernel thread has no RSS and no MEMORY.
 *
 * @mask:         in: the groups that are wanted; bits that this module does not
 *                know are ignored.  out: the groups that are there
 * @size:         out: bytes of this struct as the module knows it
 * @flags:        out: PROCFD_PROCESS_* (STATE)
 * @id:           the unique id, see GET_ID
 * @pid:          number of the process; in a LIST of threads that of the thread
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
 * @start_ns:     when it began, nanoseconds of CLOCK_BOOTTIME of the host
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
 * @exit:            the exit record, the same bytes as read(2) gives
 *
 * Since 0.1.  Sources: proc_pid_stat(5), proc_pid_status(5).
 */
struct procfd_info {
	__u64 mask;
	__u32 size;
	__u32 flags;
	__u64 id;
	__s32 pid;
	__s32 tgid;
	__s32 ppid;
	__s32 pgid;
	__s32 sid;
	__s32 tracer;
	__u8 comm[16];
	__u32 state;
	__u32 nr_threads;
	__u32 ruid;
	__u32 euid;
	__u32 suid;
	__u32 fsuid;
	__u32 rgid;
	__u32 egid;
	__u32 sgid;
	__u32 fsgid;
	__u64 start_ns;
	__u64 utime_ns;
	__u64 stime_ns;
	__u64 cutime_ns;
	__u64 cstime_ns;
	__u64 minflt;
	__u64 majflt;
	__u64 cminflt;
	__u64 cmajflt;
	__s32 policy;
	__s32 nice;
	__s32 priority;
	__u32 rt_priority;
	__s32 processor;
	__s32 exit_signal;
	__u32 tty;
	__s32 tty_pgid;
	__u64 vsize_bytes;
	__u64 rss_bytes;
	/* Records of LIST may end here. */
	__u64 sig_pending;
	__u64 sig_shared;
	__u64 sig_blocked;
	__u64 sig_ignored;
	__u64 sig_caught;
	__u64 rss_anon_bytes;
	__u64 rss_file_bytes;
	__u64 rss_shmem_bytes;
	__u64 swap_bytes;
	__u64 rss_peak_bytes;
	__u64 vsize_peak_bytes;
	__u64 data_bytes;
	__u64 stack_bytes;
	__u64 text_bytes;
	__u64 lib_bytes;
	__u64 page_table_bytes;
	__u64 locked_bytes;
	__u64 pinned_bytes;
	__u64 hugetlb_bytes;
	__u64 nvcsw;
	__u64 nivcsw;
	__u64 cap_inheritable;
	__u64 cap_permitted;
	__u64 cap_effective;
	__u64 cap_bounding;
	__u64 cap_ambient;
	__u32 seccomp;
	__u32 umask;
	__u64 cgroup_id;
	__u32 nr_nspids;
	__s32 nspids[PROCFD_NSPIDS_MAX];
	__u64 ns_cgroup;
	__u64 ns_ipc;
	__u64 ns_mnt;
	__u64 ns_net;
	__u64 ns_pid;
	__u64 ns_pid_for_children;
	__u64 ns_time;
	__u64 ns_time_for_children;
	__u64 ns_user;
	__u64 ns_uts;
	struct procfd_exit exit;
};

/** Bytes in the first version of struct procfd_info. */
#define PROCFD_INFO_SIZE_VER0 856

/** Bytes in the shortest record that LIST can give: up to rss_bytes. */
#define PROCFD_INFO_SIZE_SHORT 224

/**
 * PROCFD_GET_INFO (on a procfd) - what is known of the process now
 *
 * Returns 0 and fills in struct procfd_info; never blocks.  Members behind @mask
 * are not looked at when the call is made.
 *
 *   EFAULT  the argument cannot be read or written
 *   EINVAL  the struct is smaller than its version 0
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ESRCH   hidepid hides the process; or it was reaped, and the kernel never
 *           told of its end
 *   EPERM   hidepid is 1, and the caller may not ptrace-read the process
 *
 * Since 0.1.  Sources: proc_pid_stat(5), proc_pid_status(5).
 */
#define PROCFD_GET_INFO _IOWR(PROCFD_IOCTL_TYPE, 0x44, struct procfd_info)

/* ------------------------------------------------------------------------ */
/* device: LIST                                                              */

/* procfd_list.flags */
#define PROCFD_LIST_THREADS (1U << 0) /* every thread, not only processes */
#define PROCFD_LIST_UID (1U << 1) /* those whose effective user id is uid */
#define PROCFD_LIST_CHILDREN (1U << 2) /* those whose parent is parent_fd's */

/**
 * struct procfd_list - which processes, what of them, and where to
 * @flags:        in: PROCFD_LIST_*, as many as wanted: all must hold
 * @pidns_fd:     in: an fd on a pid namespace, the caller's or one below it: the
 *                processes that are seen there; -1: the caller's
 * @parent_fd:    in: with CHILDREN a procfd of the parent; else -1
 * @uid:          in: with UID a user id of the caller's user namespace; else 0
 * @mask:         in: PROCFD_INFO_*, what to fill in.  EXIT and NAMESPACES are
 *                given by GET_INFO only, and never here
 * @cursor:       in: 0 begins, else what the call before left here.  out: where
 *                to go on; 0: that was all
 * @records:      in: address of an array of struct procfd_info
 * @record_size:  in: bytes from one record to the next, a multiple of 8, from
 *                PROCFD_INFO_SIZE_SHORT to 4096.  Of a larger struct than the
 *                module knows the rest is filled with zeros; of a shorter one
 *                the groups that do not fit are left out
 * @nr_records:   in: how many records there is room for, at least 1
 */
struct procfd_list {
	__u32 flags;
	__s32 pidns_fd;
	__s32 parent_fd;
	__u32 uid;
	__u64 mask;
	__u64 cursor;
	__u64 records;
	__u32 record_size;
	__u32 nr_records;
};

/**
 * PROCFD_LIST (on the device) - many processes in one call
 *
 * Returns how many records were filled in, in the order of the numbers in the
 * pid namespace that is listed.  Call it until cursor is 0 again; a call may
 * give no record and yet not be the last.  A process that lives throughout
 * appears exactly once, one that comes or goes meanwhile at most once.
 *
 * The work is bounded: a call ends when 65,536 numbers have been looked at, and
 * when the caller is being killed.  No lock and no RCU section lasts longer than
 * 64 processes.
 *
 *   EFAULT  the argument or @records cannot be accessed
 *   EINVAL  size, unknown flag, @parent_fd not -1 without CHILDREN, @uid not 0
 *           without UID, @record_size out of range, @nr_records is 0
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EBADF   @parent_fd or @pidns_fd is not open; @parent_fd is no procfd of a
 *           process
 *   EUNATCH @parent_fd is unbound
 *   EINVAL  @pidns_fd is no pid namespace; @uid is none in the user namespace
 *   EREMOTE @pidns_fd is not the caller's pid namespace nor one below it;
 *           @parent_fd's process is not seen in the caller's
 *   EOPNOTSUPP  @pidns_fd is not -1, and the kernel gives no
 *           PROCFD_FEATURE_PIDNS_FD
 *   EINTR   the caller is being killed
 *   ENOMEM  no memory
 *
 * Since 0.1.
 */
#define PROCFD_LIST _IOWR(PROCFD_IOCTL_TYPE, 0x09, struct procfd_list)

/* ------------------------------------------------------------------------ */
/* procfd: SEND_SIGNAL                                                       */

/*
 * procfd_send_signal.flags: the scope, one of them or none, and INFO.  None means
 * what the fd names: its process, or its thread.
 */
/* to the thread the fd names: for a process, its leader */
#define PROCFD_SIGNAL_THREAD (1U << 0)
#define PROCFD_SIGNAL_PROCESS (1U << 1) /* to the process */
/* to the process group that this process leads, or led */
#define PROCFD_SIGNAL_PROCESS_GROUP (1U << 2)
#define PROCFD_SIGNAL_INFO (1U << 3) /* the members code to value are given */

/**
 * struct procfd_send_signal - a signal, and optionally what comes with it
 * @signal:    number of the signal; 0 asks only whether it could be sent
 * @flags:     at most one scope, and PROCFD_SIGNAL_INFO
 * @code:      with INFO: as si_code in siginfo.  Codes of 0 and above, and SI_TKILL,
 *             are the kernel's: only to oneself
 * @error:     with INFO: any number, as si_errno
 * @pid:       with INFO: any number; 0 for a receiver in a pid namespace below
 * @uid:       with INFO: any number; the receiver sees it in its user namespace
 * @value:     with INFO: what the receiver finds in si_value
 *
 * Without INFO these must be 0; the receiver sees SI_USER (with THREAD SI_TKILL),
 * the sender's number in the receiver's pid namespace and its real user id.
 */
struct procfd_send_signal {
	__s32 signal;
	__u32 flags;
	__s32 code;
	__s32 error;
	__s32 pid;
	__u32 uid;
	__u64 value;
};

/**
 * PROCFD_SEND_SIGNAL - send a signal to this process, and never to another
 *
 * Returns 0.  A zombie takes every signal and ignores it.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, more than one scope, no such signal, a member
 *           behind @flags not zero without INFO
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EINVAL  the process is not in the caller's pid namespace or one below it
 *   ESRCH   the process was reaped; for a group: it has no members
 *   EPERM   the caller is under a seccomp filter, and it is no child of its, or
 *           a process group is meant
 *   EPERM   the caller may not signal it (kill(2)), or @code is the kernel's
 *           and the target is not the calling thread's own process
 *   EAGAIN  a real-time signal with INFO or to a thread, and the queue is full
 *           (RLIMIT_SIGPENDING)
 *   EOPNOTSUPP  INFO or THREAD, and the kernel gives no
 *           PROCFD_FEATURE_SIGNAL_INFO; INFO with PROCESS_GROUP
 *
 * Since 0.1.  Source: pidfd_send_signal(2), kill(2).
 */
#define PROCFD_SEND_SIGNAL \
	_IOW(PROCFD_IOCTL_TYPE, 0x40, struct procfd_send_signal)

/* ------------------------------------------------------------------------ */
/* procfd: WAIT                                                              */

/*
 * procfd_wait.options: the values of waitid(2).  At least one of EXITED, STOPPED
 * and CONTINUED is needed.
 */
#define PROCFD_WNOHANG 0x00000001U /* do not wait */
#define PROCFD_WSTOPPED 0x00000002U /* children that were stopped by a signal */
#define PROCFD_WEXITED 0x00000004U /* processes that have ended */
/* children that were continued by SIGCONT */
#define PROCFD_WCONTINUED 0x00000008U
#define PROCFD_WNOWAIT 0x01000000U /* leave the child in a waitable state */

/**
 * struct procfd_wait - what to wait for, how long, and what came
 * @options:      in: PROCFD_W*
 * @reserved:     in: 0
 * @deadline_ns:  in: absolute time of CLOCK_BOOTTIME of the host, nanoseconds;
 *                0 waits for ever.  A call that a signal handler restarts keeps
 *                it
 * @record:       in: address of a struct procfd_exit that is filled in when the
 *                process has ended, or 0
 * @record_size:  in: bytes there, at least PROCFD_EXIT_SIZE_VER0; 0 if @record
 *                is 0.  Written are the smaller of this and the record's size
 * @code:      out: CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_STOPPED,
 *                CLD_TRAPPED or CLD_CONTINUED; 0: nothing happened (WNOHANG)
 * @status:    out: the exit code, or the number of the signal
 * @pid:       out: number of the process in the caller's pid namespace
 * @uid:       out: real user id, in the caller's user namespace
 * @reserved2:    in: 0
 */
struct procfd_wait {
	__u32 options;
	__u32 reserved;
	__u64 deadline_ns;
	__u64 record;
	__u32 record_size;
	__s32 code;
	__s32 status;
	__s32 pid;
	__u32 uid;
	__u32 reserved2;
};

/**
 * PROCFD_WAIT - wait for this process
 *
 * For a parent or tracer this is waitid(2) for that very child, with __WALL: it
 * reports the end, stops and continues, and reaps unless WNOWAIT.  Where
 * waitid would say ECHILD and the exit record exists, it gives the record.  For
 * everyone else it waits for the end and gives the record without reaping.
 *
 * Returns 0; with WNOHANG and nothing to report code is 0.  A record that
 * could not be copied out (EFAULT) is not lost: read(2) still gives it.
 *
 *   EFAULT  the argument or @record cannot be accessed
 *   EINVAL  size, unknown option, none of EXITED, STOPPED, CONTINUED, a reserved
 *           member not zero, @record_size too small or without @record
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ECHILD  only stops or continues were asked for, and the caller is neither
 *           parent nor tracer, or the process has ended
 *   EAGAIN  O_NONBLOCK, no WNOHANG, and nothing to report yet
 *   ETIMEDOUT  the deadline has passed
 *   EINTR   a signal came first and its handler does not restart calls
 *   EIO     the kernel released the process without ever telling of its end
 *   EOPNOTSUPP  the caller is parent or tracer, and the kernel gives no
 *           PROCFD_FEATURE_REAP
 *
 * Since 0.1.  Source: waitid(2).
 */
#define PROCFD_WAIT _IOWR(PROCFD_IOCTL_TYPE, 0x41, struct procfd_wait)

/* ------------------------------------------------------------------------ */
/* procfd: GET_PIDFD, GET_NAMESPACE                                          */

/**
 * struct procfd_get_pidfd - flags of a native pidfd
 * @flags:     PROCFD_NONBLOCK
 * @reserved:  0
 */
struct procfd_get_pidfd {
	__u32 flags;
	__u32 reserved;
};

/**
 * PROCFD_GET_PIDFD - a mainline pidfd of the same process
 *
 * Returns the pidfd, for setns(2), process_madvise(2), waitid(2) and whatever
 * else mainline's pidfd can do on this kernel.  On a thread fd it is a pidfd of
 * the thread (PIDFD_THREAD).
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ESRCH   the process was reaped
 *   EOPNOTSUPP  the kernel gives no PROCFD_FEATURE_PIDFD; or this is a thread fd,
 *           and it has no pidfds of threads (before 6.9)
 *   EMFILE, ENFILE, ENOMEM  as open(2)
 *
 * Since 0.1.  Source: pidfd_open(2).
 */
#define PROCFD_GET_PIDFD _IOW(PROCFD_IOCTL_TYPE, 0x42, struct procfd_get_pidfd)

/* procfd_get_namespace.type: which namespace of the process. */
#define PROCFD_NAMESPACE_CGROUP 1
#define PROCFD_NAMESPACE_IPC 2
#define PROCFD_NAMESPACE_MNT 3
#define PROCFD_NAMESPACE_NET 4
#define PROCFD_NAMESPACE_PID 5
#define PROCFD_NAMESPACE_PID_FOR_CHILDREN 6
#define PROCFD_NAMESPACE_TIME 7
#define PROCFD_NAMESPACE_TIME_FOR_CHILDREN 8
#define PROCFD_NAMESPACE_USER 9
#define PROCFD_NAMESPACE_UTS 10

/**
 * struct procfd_get_namespace - which namespace of the process
 * @type:   PROCFD_NAMESPACE_*
 * @flags:  0
 */
struct procfd_get_namespace {
	__u32 type;
	__u32 flags;
};

/**
 * PROCFD_GET_NAMESPACE - an fd on a namespace of the process
 *
 * Returns the fd, the same that opening /proc/PID/ns/NAME gives; waits for an
 * exec that is under way, as that does.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, no such type, flags not zero
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ESRCH   the process was reaped, or it is ending and has let go of it
 *   EACCES  the caller may not ptrace-read the process
 *           (PTRACE_MODE_READ_FSCREDS, namespaces(7))
 *   EOPNOTSUPP  the kernel gives no PROCFD_FEATURE_NAMESPACES, or has no
 *           namespaces of this type
 *   EMFILE, ENFILE, ENOMEM  as open(2)
 *
 * Since 0.1.  Sources: namespaces(7), proc_ns_follow_link().
 */
#define PROCFD_GET_NAMESPACE \
	_IOW(PROCFD_IOCTL_TYPE, 0x43, struct procfd_get_namespace)

/* ------------------------------------------------------------------------ */
/* procfd: OPEN_RELATIVE                                                     */

/* procfd_open_relative.relation */
#define PROCFD_RELATIVE_PARENT 1 /* the parent */
#define PROCFD_RELATIVE_FIRST_CHILD 2 /* the child with the lowest number */
/* the next higher number that has the same parent now */
#define PROCFD_RELATIVE_NEXT_SIBLING 3
#define PROCFD_RELATIVE_NEXT 4 /* the next higher number of all */
#define PROCFD_RELATIVE_PROCESS 5 /* the process that a thread belongs to */

/**
 * struct procfd_open_relative - which relative
 * @relation:   PROCFD_RELATIVE_*
 * @flags:      PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE
 * @parent_fd:  with NEXT_SIBLING: a procfd of the parent whose children are meant;
 *              -1: the parent that the process has now.  With any other: -1
 * @reserved:   0
 *
 * A walk over children that end meanwhile needs @parent_fd: who was reaped has
 * no parent any more, but still a number to go on from.
 */
struct procfd_open_relative {
	__u32 relation;
	__u32 flags;
	__s32 parent_fd;
	__u32 reserved;
};

/**
 * PROCFD_OPEN_RELATIVE - a procfd for a relative of this process
 *
 * Returns the procfd.  Order is by number in the caller's pid namespace.  A walk
 * by FIRST_CHILD and NEXT_SIBLING, or from OPEN_ROOT by NEXT, ends, names nobody
 * twice, and misses nobody who lived throughout and kept its parent.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, no such relation, unknown flag, reserved member not zero,
 *           @parent_fd not -1 with another relation than NEXT_SIBLING; a thread fd
 *           and another relation than PROCESS
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH this procfd or @parent_fd is unbound
 *   EBADF   @parent_fd is not -1, and not open or no procfd of a process
 *   EREMOTE the process, or @parent_fd's, is not in the caller's pid namespace or
 *           one below it
 *   ESRCH   PARENT, FIRST_CHILD and PROCESS, and NEXT_SIBLING without
 *           @parent_fd: the process, or thread, was reaped; PROCESS: hidepid
 *           hides it
 *   ENOENT  there is none (any more), or none that the caller can see
 *   EPERM   PARENT, while hidepid is 1 and the caller may not ptrace-read the
 *           process
 *   EINTR   the caller is being killed
 *   EPERM, EMFILE, ENFILE, ENOMEM  as OPEN_PID
 *
 * Since 0.1.
 */
#define PROCFD_OPEN_RELATIVE \
	_IOW(PROCFD_IOCTL_TYPE, 0x45, struct procfd_open_relative)

/* ------------------------------------------------------------------------ */
/* procfd: GET_PID, COMPARE, GET_ID                                          */

/**
 * struct procfd_get_pid - in which pid namespace
 * @pidns_fd:  an fd on a pid namespace, the caller's or one below it; -1: the
 *             caller's
 * @reserved:  0
 */
struct procfd_get_pid {
	__s32 pidns_fd;
	__u32 reserved;
};

/**
 * PROCFD_GET_PID - the number of this process in a pid namespace
 *
 * Returns the number, or 0 if the process cannot be seen there.  Once it was
 * reaped the number may be another's: ESRCH.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, reserved member not zero; @pidns_fd is no pid namespace
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EBADF   @pidns_fd is neither -1 nor open
 *   EREMOTE the process, or the pid namespace, is not in the caller's or below
 *   ESRCH   the process was reaped
 *   EOPNOTSUPP  @pidns_fd is not -1, and the kernel gives no
 *           PROCFD_FEATURE_PIDNS_FD
 *
 * Since 0.1.
 */
#define PROCFD_GET_PID _IOW(PROCFD_IOCTL_TYPE, 0x46, struct procfd_get_pid)

/**
 * struct procfd_compare - with what
 * @fd:        a procfd, or a native pidfd
 * @reserved:  0
 */
struct procfd_compare {
	__s32 fd;
	__u32 reserved;
};

/**
 * PROCFD_COMPARE - do two fds name the same process?
 *
 * Returns 1 if so, 0 if not.  It asks for nothing but the two fds, and works for
 * processes that were reaped.  The fd of a leader as a thread and the fd of its
 * process name the same.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, reserved member not zero
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH this procfd or @fd is unbound
 *   EBADF   @fd is not open, or neither a procfd nor a pidfd (a pidfd, too, where
 *           the kernel gives no PROCFD_FEATURE_FROM_PIDFD)
 *   EREMOTE this process is not in the caller's pid namespace or one below it
 *
 * Since 0.1.
 */
#define PROCFD_COMPARE _IOW(PROCFD_IOCTL_TYPE, 0x47, struct procfd_compare)

/**
 * struct procfd_get_id - the unique id of a process
 * @id:  out: a number that no other process has while the machine is up
 */
struct procfd_get_id {
	__u64 id;
};

/**
 * PROCFD_GET_ID - the unique id of this process
 *
 * Returns 0.  The id is the same for every fd on the process, in fdinfo
 * (procfd_id), for every caller, and after the module was loaded again.  It is
 * the inode number of mainline's pidfd from Linux 6.9 on; before that, its number
 * in the initial pid namespace and its start time packed, which whoever can see
 * the process can unpack.  It works after the process was reaped.
 *
 *   EFAULT  the argument cannot be written
 *   EINVAL  the struct is smaller than its version 0
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ESRCH   hidepid hides the process
 *   EPERM   hidepid is 1, and the caller may not ptrace-read the process
 *
 * Since 0.1.
 */
#define PROCFD_GET_ID _IOR(PROCFD_IOCTL_TYPE, 0x48, struct procfd_get_id)

/* ------------------------------------------------------------------------ */
/* procfd: OPEN_DIR                                                          */

/**
 * struct procfd_open_dir - under which procfs
 * @procfs_fd:  an fd on the root directory of a procfs (O_PATH will do)
 * @flags:      0
 */
struct procfd_open_dir {
	__s32 procfs_fd;
	__u32 flags;
};

/**
 * PROCFD_OPEN_DIR - the directory of this process in a procfs
 *
 * Returns an fd on /proc/PID of that procfs, never on that of a successor, and
 * never on something that was mounted over it; of a thread fd that is
 * /proc/PID/task/TID.  What is opened below it with
 * openat(2) is of this process or fails.  The procfs and the process keep their
 * own access checks.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, flags not zero; @procfs_fd is not the root of a procfs
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EBADF   @procfs_fd is not open
 *   EREMOTE the process is not in the caller's pid namespace or one below it, or
 *           not in that of the procfs
 *   ESRCH   the process was reaped
 *   EXDEV   something is mounted over the directory
 *   ENOENT  the procfs hides the process (hidepid=2)
 *   EPERM   the procfs lets nobody in who may not ptrace-read it (hidepid=1)
 *   EMFILE, ENFILE, ENOMEM  as open(2)
 *
 * Since 0.1.  Source: proc(5).
 */
#define PROCFD_OPEN_DIR _IOW(PROCFD_IOCTL_TYPE, 0x49, struct procfd_open_dir)

#endif /* _PROCFD_IOCTL_H */
