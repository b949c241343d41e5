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
 *   procfd    an fd that pins one process (struct pid), made by OPEN_PID, CLONE
 *             or NEXT_CHILD.  A procfd from NEXT_CHILD is *unbound* until the
 *             child it waits for has been created.
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
 *             arming was cancelled: EPOLLERR, EPOLLHUP and EPOLLIN.
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
 *             kill_on_close, autoreap and kernel_thread, with commas between.
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

/* ------------------------------------------------------------------------ */
/* The exit record                                                           */

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
 * @code:         CLD_EXITED, CLD_KILLED or CLD_DUMPED (1, 2, 3) as waitid(2)
 * @status:       the exit code, or the number of the signal
 * @pid:          number of the process in the reader's pid namespace, or 0
 * @uid:          real user id at the end, in the reader's user namespace
 * @start_ns:     when the process began, nanoseconds of CLOCK_BOOTTIME of the
 *                host (no time namespace is applied)
 * @end_ns:       when it ended, same clock
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
 *
 * Since 0.1.
 */
#define PROCFD_GET_FEATURES \
	_IOWR(PROCFD_IOCTL_TYPE, 0x00, struct procfd_features)

/* ------------------------------------------------------------------------ */
/* device: OPEN_PID                                                          */

/**
 * struct procfd_open_pid - which process to open
 * @pid:       number of the process in the caller's pid namespace
 * @flags:     PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE
 * @pidns_fd:  -1; other namespaces are not known yet
 * @reserved:  0
 */
struct procfd_open_pid {
	__s32 pid;
	__u32 flags;
	__s32 pidns_fd;
	__u32 reserved;
};

/**
 * PROCFD_OPEN_PID - a procfd for the process that has this number now
 *
 * Returns the procfd.  A zombie can be opened: its record is there at once.  A
 * kernel thread can be opened too, and fdinfo says that it is one.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero; pid is 0 or negative
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EOPNOTSUPP  pidns_fd is not -1
 *   ESRCH   no process has this number in the caller's pid namespace, or it was
 *           reaped meanwhile and no record of it can be had
 *   ENOENT  the number is that of a thread which is not its group's leader
 *           (pidfd_prepare() of Linux 7.3)
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
 *   EINVAL  CLONE_THREAD: a procfd of a thread is not known yet
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
/* procfd: SEND_SIGNAL                                                       */

/* procfd_send_signal.flags: the scope, one of them or none, and INFO. */
/* to the thread the fd names: for a process, its leader */
#define PROCFD_SIGNAL_THREAD (1U << 0)
#define PROCFD_SIGNAL_PROCESS (1U << 1) /* to the process; the default */
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
 *   EAGAIN  a real-time signal with INFO, and the queue is full
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
 * else mainline's pidfd can do on this kernel.
 *
 *   EFAULT  the argument cannot be read
 *   EINVAL  size, unknown flag, reserved member not zero
 *   E2BIG   bytes behind the part this module knows are not zero
 *   EUNATCH the procfd is unbound
 *   EREMOTE the process is not in the caller's pid namespace or one below it
 *   ESRCH   the process was reaped
 *   EOPNOTSUPP  the kernel gives no PROCFD_FEATURE_PIDFD
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
 * Returns the fd, the same that opening /proc/PID/ns/NAME gives.
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

#endif /* _PROCFD_IOCTL_H */
