/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocfd - processes as file descriptors, by /dev/procfd
 *
 * A procfd pins one process: its number can be recycled, the fd goes on meaning
 * the process it was made for. It can be polled, whoever's child the process
 * is, and gives the exit record to everyone who holds it.
 *
 * For every function here
 * -----------------------
 * - A failure is -1 and errno, as in the C library. Each lists the errors that
 *   have a cause of their own; besides these, EMFILE, ENFILE and ENOMEM can
 *   come from whatever makes an fd, and all that need the device can fail with
 *
 *     ENODEV           /dev/procfd is not there: the module is not loaded
 *     EACCES           the node is there, its mode keeps the caller out
 *     EPROTONOSUPPORT  the module has another ABI than this library
 *
 *   and ENOTTY says that the module is older than the function. "procfdctl
 *   doctor" looks for the cause of each, and says what to do.
 *
 * - Every fd that is returned belongs to the caller, is close-on-exec, and is
 *   closed with close(2).
 * - All may be called from many threads at once, also on one fd, and after
 *   fork(2). None may be called from a signal handler unless it says so.
 * - The first call that needs the device opens it, at number 3 or above, and
 *   keeps it. A program may close that fd (close_range(2)): each call looks
 *   first whether the number still is the device, opens it anew if not, and
 *   closes no fd that it did not just open. While it is open, the module
 *   cannot be unloaded.
 * - Structs grow at their end. A caller passes the size it was built with; the
 *   library and the module fill in what they know and leave zeros behind it.
 *
 * Holding processes is in this header. procfd_info.h, which it includes, has what
 * is known of them, and how they are found: info, lists, relatives, directories.
 *
 * Both need no kernel header, and of the C library what POSIX.1-2008 has
 * (feature_test_macros(7)). They can be included together with procfd_ioctl.h,
 * before or after: what both define is equal.
 */
#ifndef PROCFD_H
#define PROCFD_H

#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------ */
/* Flags of a new procfd                                                     */

/** The new fd has O_NONBLOCK set; fcntl(2) can change it later. */
#define PROCFD_NONBLOCK (1U << 0)

/**
 * SIGKILL is sent to the process when the last fd of the new description is
 * closed, by whatever task and for whatever reason, if the caller's present
 * credentials can kill the process as it is then.
 */
#define PROCFD_KILL_ON_CLOSE (1U << 1)

/**
 * The child is reaped by itself: no zombie, no SIGCHLD, and wait(2) never sees
 * it. Only for functions that create a child.
 */
#define PROCFD_AUTOREAP (1U << 2)

/**
 * The fd names one thread, and not its process. It ends when that thread can run
 * no more user code, and its record has the thread's own numbers. A thread that
 * execs becomes the leader: its own fd ends then, with PROCFD_CLD_EXEC. The fd
 * of a leader ends with its process. Not with KILL_ON_CLOSE (EINVAL).
 */
#define PROCFD_THREAD (1U << 3)

/**
 * Only for functions that name it, and of this library: where the module is not
 * there, a native pidfd will do. See procfd_open() for what that can do.
 */
#define PROCFD_ALLOW_PIDFD (1U << 31)

/* ------------------------------------------------------------------------ */
/* Acquire                                                                   */

/**
 * procfd_open() - a procfd for the process that has this number now
 * @pid:   number of the process in the caller's pid namespace
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_THREAD,
 *         PROCFD_ALLOW_PIDFD
 *
 * A zombie can be opened: its exit record is there at once. A process that one
 * is not parent of may be reaped, and its number recycled, between learning the
 * number and this call: look again afterwards that the number still is what was
 * meant, then that the fd is not reaped (procfd_send_signal() with signal 0).
 *
 * With PROCFD_ALLOW_PIDFD and without the module the result is a native pidfd.
 * It can be polled; procfd_send_signal() works on it; procfd_wait() does as
 * written there; procfd_get_pidfd() copies it; from Linux 6.9 on it has
 * procfd_get_id() and procfd_same(), from 6.11 on procfd_get_namespace(), from
 * 6.13 on some of procfd_get_info().
 * All else is EOPNOTSUPP. KILL_ON_CLOSE and THREAD need the module: ENODEV.
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag; @pid is 0 or negative; THREAD with KILL_ON_CLOSE
 *   ESRCH   no process has this number, or it was reaped meanwhile, or it is
 *           hidden from the caller
 *   ENOENT  @pid is a thread that is not its group's leader, and THREAD is not
 *           given
 *   EOPNOTSUPP  THREAD, and the kernel gives no FEATURE_THREAD
 *   EPERM   KILL_ON_CLOSE without the right to signal the process (kill(2)), or
 *           under a seccomp filter and not a child of the caller
 *
 * May be called from a signal handler. Since 0.1. Source: pidfd_open(2).
 */
int procfd_open(pid_t pid, unsigned int flags);

/**
 * procfd_open_in() - procfd_open(), with the number of another pid namespace
 * @pidns_fd: a pid namespace: an fd on /proc/PID/ns/pid, or what
 *            procfd_get_namespace() gave; the caller's or one below it; -1: the
 *            caller's
 * @pid:      number of the process in that pid namespace
 * @flags:    PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_THREAD
 *
 * Returns the fd, or -1: as procfd_open(), and
 *   EBADF   @pidns_fd is neither -1 nor open
 *   EINVAL  @pidns_fd is no pid namespace
 *   EREMOTE @pidns_fd is not the caller's pid namespace nor one below it
 *   EOPNOTSUPP  @pidns_fd is not -1, and the kernel gives no FEATURE_PIDNS_FD
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_open_in(int pidns_fd, pid_t pid, unsigned int flags);

/**
 * procfd_open_pidfd() - a procfd for the process of a native pidfd
 * @pidfd: a pidfd; it stays the caller's
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_THREAD,
 *         PROCFD_ALLOW_PIDFD
 *
 * No number is looked at in between, so it is that process and no other. With
 * PROCFD_ALLOW_PIDFD and without the module it is a duplicate of @pidfd, and
 * PROCFD_NONBLOCK, which the two would share, is EOPNOTSUPP.
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag; THREAD with KILL_ON_CLOSE
 *   EBADF   @pidfd is not open, or no pidfd
 *   EREMOTE the process is outside the caller's pid namespace
 *   ENOENT  the pidfd names a thread that is not its group's leader, and THREAD
 *           is not given
 *   ESRCH   the process was reaped, or it is hidden from the caller
 *   EPERM   as procfd_open()
 *   EOPNOTSUPP  the kernel gives no FEATURE_FROM_PIDFD; THREAD, and no
 *           FEATURE_THREAD
 *
 * May be called from a signal handler. Since 0.1. Source: pidfd_open(2).
 */
int procfd_open_pidfd(int pidfd, unsigned int flags);

/**
 * procfd_open_peer() - a procfd for the process at the other end of a socket
 * @socket: a connected UNIX socket; it stays the caller's
 * @flags:  PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_ALLOW_PIDFD
 *
 * The process is the one that SO_PEERCRED names: which called connect(2),
 * listen(2) or socketpair(2), whoever has the socket now. With
 * PROCFD_ALLOW_PIDFD and without the module it is a native pidfd, from Linux 6.5
 * on, else ENODEV.
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag
 *   EBADF   @socket is not open
 *   ENOTSOCK  @socket is no socket
 *   EOPNOTSUPP  @socket is no UNIX socket
 *   ENODATA no peer is known: not connected, or a datagram socket that was not
 *           made by socketpair(2)
 *   EREMOTE the peer is outside the caller's pid namespace
 *   ESRCH   the peer was reaped
 *   EPERM   as procfd_open()
 *
 * May be called from a signal handler. Since 0.1. Source: unix(7).
 */
int procfd_open_peer(int socket, unsigned int flags);

/**
 * procfd_open_id() - a procfd for the process that has this unique id
 * @id:    what procfd_get_id(), a list or procfd_read_fdinfo() gave
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE
 *
 * An id is never given to another process while the machine is up: who noted it
 * finds that very process again, or none. From Linux 6.9 on this looks at every
 * process that the caller can see.
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag
 *   ESRCH   the caller's pid namespace has no such process (any more), or it is
 *           hidden from the caller
 *   EINTR   the caller is being killed
 *   EPERM   as procfd_open()
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_open_id(uint64_t id, unsigned int flags);

/**
 * procfd_open_self() - a procfd for the calling process, with THREAD: thread
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_THREAD,
 *         PROCFD_ALLOW_PIDFD
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag; THREAD with KILL_ON_CLOSE
 *   EPERM   KILL_ON_CLOSE under a seccomp filter
 *   EOPNOTSUPP  THREAD, and the kernel gives no FEATURE_THREAD
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_open_self(unsigned int flags);

/**
 * procfd_open_root() - a procfd for the init of the caller's pid namespace
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_ALLOW_PIDFD
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag
 *   ESRCH   the pid namespace has no init any more, or it is hidden from the
 *           caller
 *   EPERM   as procfd_open()
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_open_root(unsigned int flags);

/**
 * procfd_next_child() - an unbound procfd for the next child of this thread
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP
 *
 * The next process that the calling thread creates, in whatever way and from
 * whatever library, is bound to the procfd before it runs. Threads do not
 * count. Closing the fd before that cancels it, and so do exec and the end of
 * the thread: poll then tells POLLERR, and reading is ECHILD.
 *
 * "Closing" means the last close: a child that another thread forked meanwhile
 * has a copy until it execs.
 *
 * Returns the fd, or -1:
 *   EINVAL  unknown flag
 *   EBUSY   this thread has an unbound procfd already
 *   EOPNOTSUPP  the kernel gives no FEATURE_NEXT_CHILD, or AUTOREAP cannot be
 *           had
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_next_child(unsigned int flags);

/**
 * procfd_fork() - fork(2), and a procfd for the child
 * @fd:    where the procfd is stored for the parent; -1 in the child and after
 *         a failure; must not be NULL
 * @flags: PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP,
 *         PROCFD_ALLOW_PIDFD
 *
 * It is the C library's fork: handlers of pthread_atfork(3) run, and a seccomp
 * filter judges the real call. Signals are blocked meanwhile, so that no
 * handler's child is taken for this one; a prepare handler must not create a
 * process. The child does not have the procfd.
 *
 * With PROCFD_ALLOW_PIDFD and without the module it is a native pidfd, see
 * procfd_open(). The child runs when its pidfd is there, so that nobody can have
 * waited for it before. KILL_ON_CLOSE and AUTOREAP need the module: ENODEV.
 *
 * Returns the child's number to the parent, 0 to the child, or -1: as
 * procfd_next_child() and fork(2). Since 0.1.
 */
pid_t procfd_fork(int *fd, unsigned int flags);

/**
 * procfd_spawn() - posix_spawn(3), and a procfd for the child
 * @pid:     where the child's number is stored, or NULL
 * @path:    the program
 * @actions: file actions, or NULL
 * @attr:    attributes, or NULL
 * @argv:    arguments, ending with NULL
 * @envp:    environment, ending with NULL
 * @flags:   PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP,
 *           PROCFD_ALLOW_PIDFD
 *
 * It is the C library's posix_spawn: fast from a large process, and with its
 * rules for signals and file actions. Unlike it, this returns the procfd, and
 * -1 and errno if it fails. A child whose exec failed is gone then.
 *
 * With PROCFD_ALLOW_PIDFD and without the module it is a native pidfd, see
 * procfd_open(), from the C library's pidfd_spawn; @pid is then 0 if another
 * thread has waited for the child already, or /proc is not mounted. C libraries
 * before glibc 2.39 have no such function, and nobody else can read @actions and
 * @attr: there these must be NULL (else ENODEV), and the memory of the process is
 * copied, as by fork(2). KILL_ON_CLOSE and AUTOREAP need the module: ENODEV.
 *
 * Returns the procfd, or -1: as procfd_next_child(), posix_spawn(3) and, for
 * the program, execve(2). Since 0.1.
 */
int procfd_spawn(pid_t *pid, const char *path,
		 const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attr, char *const argv[],
		 char *const envp[], unsigned int flags);

/**
 * procfd_spawnp() - procfd_spawn() that looks for the program in PATH
 * @file: name of the program; without a slash it is looked for in PATH
 *
 * All else is as with procfd_spawn(). Since 0.1. Source: posix_spawnp(3).
 */
int procfd_spawnp(pid_t *pid, const char *file,
		  const posix_spawn_file_actions_t *actions,
		  const posix_spawnattr_t *attr, char *const argv[],
		  char *const envp[], unsigned int flags);

/**
 * struct procfd_clone_args - what clone3(2) takes, and a procfd for the child
 * @flags:    PROCFD_NONBLOCK, PROCFD_KILL_ON_CLOSE, PROCFD_AUTOREAP
 * @reserved: 0
 * @procfd:   address of an int, where the procfd is stored before the child is
 *            made; it means nothing after a failure
 *
 * The other members are those of struct clone_args. All addresses are 64 bits
 * wide: (uintptr_t)&variable.
 */
struct procfd_clone_args {
	uint32_t flags;
	uint32_t reserved;
	uint64_t procfd;
	uint64_t clone_flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};

/**
 * procfd_clone() - clone3(2) without a stack, and a procfd for the child
 * @args: see struct procfd_clone_args
 * @size: sizeof(struct procfd_clone_args)
 *
 * This is the bare system call: no handler of pthread_atfork(3) runs, and the C
 * library of the child does not learn the new number of its thread. Until it
 * execs, the child may only do what a child of a process with threads may do
 * after fork(2). procfd_fork() has neither limit.
 *
 * It returns twice, as fork does, so the child cannot have a stack of its own
 * or share the memory. With AUTOREAP exit_signal must be 0, else it is usually
 * SIGCHLD.
 *
 * Returns the child's number to the parent, 0 to the child, or -1:
 *   EINVAL  unknown flag, reserved member not zero; @size is smaller than the
 *           first version of the struct; stack, stack_size or CLONE_VM is given;
 *           AUTOREAP with an exit signal or CLONE_PARENT; CLONE_THREAD; what
 *           clone3(2) calls invalid
 *   E2BIG   @size is larger than the module knows, with something in the tail
 *   EPERM   under a seccomp filter (procfd_fork() works there), or as clone3(2)
 *   EOPNOTSUPP  the kernel gives no FEATURE_CLONE, or AUTOREAP cannot be had
 *   EAGAIN, EBADF, EBUSY, EACCES, EEXIST, ENOSPC, EUSERS  as clone3(2)
 *
 * Since 0.1. Source: clone3(2).
 */
pid_t procfd_clone(const struct procfd_clone_args *args, size_t size);

/* ------------------------------------------------------------------------ */
/* The exit record                                                           */

/**
 * procfd_exit_record.code beside those of waitid(2): the thread has called exec
 * and goes on as the leader of its process. The status is 0.
 */
#define PROCFD_CLD_EXEC 16

/* procfd_exit_record.mask: which members are known. */
#define PROCFD_EXIT_STATUS (1ULL << 0) /* code, status, wait_status */
#define PROCFD_EXIT_IDS (1ULL << 1) /* pid, uid */
#define PROCFD_EXIT_CPU (1ULL << 2) /* utime_ns, stime_ns */
#define PROCFD_EXIT_START (1ULL << 3) /* start_ns */
#define PROCFD_EXIT_END (1ULL << 4) /* end_ns */
#define PROCFD_EXIT_MEMORY (1ULL << 5) /* maxrss_bytes */
#define PROCFD_EXIT_FAULTS (1ULL << 6) /* minflt, majflt */
#define PROCFD_EXIT_SWITCHES (1ULL << 7) /* nvcsw, nivcsw */
#define PROCFD_EXIT_BLOCK_IO \
	(1ULL << 8) /* inblock, oublock, cinblock, coublock */
#define PROCFD_EXIT_CHILDREN (1ULL << 9) /* the other members named c... */

/**
 * struct procfd_exit_record - what is known about a process that has ended
 *
 * struct procfd_exit of the kernel. Numbers are totals of the whole process,
 * its threads together; those of the children it waited for are apart, in the
 * members that begin with c. A member whose bit is not in @mask is 0.
 *
 * @size:         bytes in the whole record as the module knows it; 0: none
 * @wait_status:  for WIFEXITED() and its relatives of wait(2)
 * @mask:         PROCFD_EXIT_*
 * @code:         CLD_EXITED, CLD_KILLED or CLD_DUMPED; of a thread also
 *                PROCFD_CLD_EXEC
 * @status:       the exit code, or the number of the signal
 * @pid:          number in the reader's pid namespace, 0 if it cannot be seen
 * @uid:          real user id at the end, in the reader's user namespace
 * @start_ns:     when it began: nanoseconds of the host's CLOCK_BOOTTIME, which
 *                in a time namespace is not what clock_gettime(2) says
 * @end_ns:       when it ended, same clock; known only while a procfd has been open
 *                ever since
 * @utime_ns:     time in user mode, nanoseconds
 * @stime_ns:     time in the kernel, nanoseconds
 * @maxrss_bytes: peak resident memory, bytes
 * @minflt:       page faults without I/O
 * @majflt:       page faults with I/O
 * @nvcsw:        voluntary context switches
 * @nivcsw:       involuntary context switches
 * @inblock:      block input operations, as getrusage(2) counts them
 * @oublock:      block output operations
 *
 * Since 0.1.
 */
struct procfd_exit_record {
	uint32_t size;
	uint32_t wait_status;
	uint64_t mask;
	int32_t code;
	int32_t status;
	int32_t pid;
	uint32_t uid;
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t maxrss_bytes;
	uint64_t minflt;
	uint64_t majflt;
	uint64_t nvcsw;
	uint64_t nivcsw;
	uint64_t inblock;
	uint64_t oublock;
	uint64_t cutime_ns;
	uint64_t cstime_ns;
	uint64_t cmaxrss_bytes;
	uint64_t cminflt;
	uint64_t cmajflt;
	uint64_t cnvcsw;
	uint64_t cnivcsw;
	uint64_t cinblock;
	uint64_t coublock;
};

/**
 * procfd_read_exit() - read the exit record, waiting for the end if need be
 * @fd:     a procfd
 * @record: filled in; what the module does not know yet stays 0
 * @size:   sizeof(struct procfd_exit_record)
 *
 * It reaps nothing and takes nothing away: everyone who holds the fd can read,
 * as often as they like, also after the process was reaped. read(2) on the fd
 * is the same but for the zeros.
 *
 * Returns 0, or -1:
 *   EAGAIN  the fd has O_NONBLOCK, and the process has not ended
 *   EINTR   a signal came first, and its handler does not restart calls
 *   EINVAL  @size is smaller than the first version of the record
 *   ECHILD  a procfd of procfd_next_child() whose arming was cancelled
 *   EIO     the kernel released the process without telling of its end
 *   EOPNOTSUPP  @fd is a native pidfd, which has no record
 *   EBADF   @fd is not open, or neither of the two
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_read_exit(int fd, struct procfd_exit_record *record, size_t size);

/**
 * procfd_describe_exit() - the end of a process in words
 * @record: an exit record
 * @text:   where the words are written, ending with NUL; NULL if @size is 0
 * @size:   bytes there; 64 are always enough
 *
 * "exited with status 3", "killed by SIGKILL", "killed by SIGSEGV (core
 * dumped)", "went on as the leader by exec" for a thread, or "ended" where the
 * status is not known.
 *
 * Returns the length of the words, as snprintf(3). Since 0.1.
 */
int procfd_describe_exit(const struct procfd_exit_record *record, char *text,
			 size_t size);

/**
 * procfd_exit_code() - the status of a process as a shell has it in $?
 * @record: an exit record
 *
 * Returns the exit code, or 128 plus the signal that killed it, or -1 where the
 * status is not known (errno is left alone).
 *
 * May be called from a signal handler. Since 0.1.
 */
int procfd_exit_code(const struct procfd_exit_record *record);

/* ------------------------------------------------------------------------ */
/* Operate                                                                   */

/* Flags of procfd_send_signal(): whom; none is what the fd names. */
#define PROCFD_SIGNAL_THREAD \
	(1U << 0) /* the thread the fd names: for a process, its leader */
#define PROCFD_SIGNAL_PROCESS (1U << 1) /* the process */
#define PROCFD_SIGNAL_PROCESS_GROUP \
	(1U << 2) /* the process group that this process leads, or led */

/**
 * procfd_send_signal() - send a signal to this process, and never to another
 * @fd:    a procfd or a native pidfd
 * @sig:   number of the signal; 0 asks only whether it could be sent
 * @info:  what the receiver finds in its siginfo, or NULL: as kill(2). Members
 *         si_code, si_errno, si_pid, si_uid and si_value are sent as they are
 * @flags: PROCFD_SIGNAL_*, or 0
 *
 * Where the module says EPERM, the real call is made on a native pidfd: under a
 * seccomp filter it is for the filter to judge, else the answer is the same.
 *
 * Returns 0, or -1:
 *   EINVAL  no such signal, unknown flag, more than one scope, @info of another
 *           signal; the process is outside the caller's pid namespace
 *   ESRCH   the process was reaped; for a group: it has no members
 *   EPERM   no right to signal it (kill(2)), or si_code is the kernel's
 *   EAGAIN  a real-time signal with @info or to a thread, and too many are queued
 *           (RLIMIT_SIGPENDING)
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  THREAD or @info, and the kernel gives no FEATURE_SIGNAL_INFO;
 *           @info with PROCESS_GROUP; on a native pidfd, and under a filter: a
 *           scope, before Linux 6.9
 *   EBADF   @fd is no process
 *
 * May be called from a signal handler. Since 0.1. Source: pidfd_send_signal(2).
 */
int procfd_send_signal(int fd, int sig, const siginfo_t *info,
		       unsigned int flags);

/**
 * procfd_wait() - wait for this process, with a timeout
 * @fd:      a procfd or a native pidfd
 * @options: WEXITED, WSTOPPED, WCONTINUED, WNOHANG, WNOWAIT of waitid(2)
 * @timeout: how long at most, or NULL: for ever. A call that a signal handler
 *           restarts ends when the first one would have
 * @info:    as waitid(2) fills it in, or NULL. si_pid and si_signo are 0 if
 *           WNOHANG found nothing
 * @record:  the exit record, or NULL. Its size is 0 if the process has not ended
 * @size:    sizeof(struct procfd_exit_record); 0 if @record is NULL
 *
 * For a parent or tracer this is waitid(2) for that very child: it reaps it,
 * unless WNOWAIT is given. Everyone else waits for the end and reaps nothing.
 *
 * The time of the host is computed from /proc/self/timens_offsets in a time
 * namespace. Where /proc is missing there, and after unshare(CLONE_NEWTIME)
 * with new offsets but before the next fork, timeouts are wrong.
 *
 * On a native pidfd: no record, and no timeout together with WSTOPPED or
 * WCONTINUED (else EOPNOTSUPP); of a process that is no child, or was waited for,
 * only its end, and not how it ended: @info must be NULL (else ECHILD).
 *
 * Returns 0, or -1:
 *   EINVAL  unknown option, or none of WEXITED, WSTOPPED, WCONTINUED; @timeout
 *           is negative or has too many nanoseconds; @size too small
 *   ETIMEDOUT  @timeout has passed
 *   EAGAIN  the fd has O_NONBLOCK, and there is nothing to report
 *   EINTR   a signal came first, and its handler does not restart calls
 *   ECHILD  only stops or continues were asked for, and the caller is neither
 *           parent nor tracer, or the process has ended; @fd is a native pidfd
 *           of a process that is no child, and @info is not NULL
 *   EREMOTE the process is outside the caller's pid namespace: read its record
 *   EUNATCH the procfd is unbound, or its arming was cancelled
 *   EIO     the kernel released the process without telling of its end
 *   EOPNOTSUPP  the caller is parent or tracer, and the kernel gives no
 *           FEATURE_REAP; what a native pidfd cannot, see above
 *   EBADF   @fd is no process
 *
 * Since 0.1. Source: waitid(2).
 */
int procfd_wait(int fd, int options, const struct timespec *timeout,
		siginfo_t *info, struct procfd_exit_record *record,
		size_t size);

/**
 * procfd_get_pidfd() - a native pidfd of the same process
 * @fd:    a procfd, or a native pidfd, which is then duplicated
 * @flags: PROCFD_NONBLOCK
 *
 * For setns(2), process_madvise(2), and what else the kernel does by pidfd. Of a
 * thread it is a pidfd of the thread, from Linux 6.9 on (else EOPNOTSUPP). A
 * duplicate shares O_NONBLOCK with the pidfd it was made from, so for a native
 * pidfd @flags must be 0.
 *
 * Returns the pidfd, or -1:
 *   EINVAL  unknown flag
 *   ESRCH   the process was reaped
 *   EREMOTE the process is outside the caller's pid namespace
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  the kernel gives no FEATURE_PIDFD; a flag with a native pidfd
 *   EBADF   @fd is no process
 *
 * Since 0.1. Source: pidfd_open(2).
 */
int procfd_get_pidfd(int fd, unsigned int flags);

/* Types of procfd_get_namespace(). */
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
 * procfd_get_namespace() - an fd on a namespace of the process
 * @fd:   a procfd or, from Linux 6.11 on, a native pidfd
 * @type: PROCFD_NAMESPACE_*
 *
 * The fd is what opening /proc/PID/ns/NAME gives: for setns(2), ioctl_nsfs(2).
 *
 * Returns the fd, or -1:
 *   EINVAL  no such type
 *   ESRCH   the process was reaped, or it is ending and has let go of it
 *   EACCES  the caller may not ptrace-read the process (namespaces(7)), or may
 *           not open the device
 *   EREMOTE the process is outside the caller's pid namespace
 *   EUNATCH the procfd is unbound
 *   EOPNOTSUPP  the kernel has no such namespaces, or gives no
 *           FEATURE_NAMESPACES; @fd is a native pidfd, before Linux 6.11
 *   EBADF   @fd is no process
 *
 * Since 0.1. Source: namespaces(7).
 */
int procfd_get_namespace(int fd, int type);

/* ------------------------------------------------------------------------ */
/* What can be had                                                           */

/* procfd_features_info.known and .features */
#define PROCFD_FEATURE_CLONE (1ULL << 0) /* procfd_clone() */
#define PROCFD_FEATURE_NEXT_CHILD \
	(1ULL << 1) /* procfd_next_child(), _fork(), _spawn() */
#define PROCFD_FEATURE_AUTOREAP (1ULL << 2) /* PROCFD_AUTOREAP */
#define PROCFD_FEATURE_REAP \
	(1ULL << 3) /* procfd_wait() by a parent or tracer */
#define PROCFD_FEATURE_SIGNAL_INFO \
	(1ULL << 4) /* signals with info, or to a thread */
#define PROCFD_FEATURE_HANGUP (1ULL << 5) /* pollers are woken by reaping */
#define PROCFD_FEATURE_BLOCK_IO \
	(1ULL << 6) /* block I/O for others than the parent */
#define PROCFD_FEATURE_PIDFD (1ULL << 7) /* procfd_get_pidfd() */
#define PROCFD_FEATURE_NAMESPACES (1ULL << 8) /* procfd_get_namespace() */
#define PROCFD_FEATURE_EXACT_CPU (1ULL << 9) /* CPU times to the microsecond */
#define PROCFD_FEATURE_FROM_PIDFD \
	(1ULL << 10) /* procfd_open_pidfd(), pidfds in procfd_same() */
#define PROCFD_FEATURE_PIDNS_FD (1ULL << 11) /* pid namespaces by fd */
#define PROCFD_FEATURE_THREAD (1ULL << 12) /* PROCFD_THREAD */

/**
 * struct procfd_features_info - what the module knows, and this kernel can give
 * @abi:            number of the module's ABI; 0: there is no module, only
 *                  native pidfds, and all else here is 0
 * @version:        of the module: major << 16 | minor << 8 | patch
 * @known:          PROCFD_FEATURE_* that the module knows of
 * @features:       those of them that work on this kernel, now
 * @device_ioctls:  bit N: device ioctl number N is known
 * @procfd_ioctls:  bit N: procfd ioctl number 0x40 + N is known
 * @open_flags:     flags of procfd_open() that the module knows
 * @child_flags:    flags of procfd_clone() and procfd_next_child()
 * @clone_flags:    CLONE_* flags of procfd_clone()
 * @signal_flags:   flags of procfd_send_signal()
 * @wait_options:   options of procfd_wait()
 * @exit_mask:      PROCFD_EXIT_* that a record may have
 * @info_mask:      PROCFD_INFO_* that procfd_get_info() may give
 * @list_flags:     flags of procfd_list_open()
 *
 * Since 0.1.
 */
struct procfd_features_info {
	uint32_t abi;
	uint32_t version;
	uint64_t known;
	uint64_t features;
	uint64_t device_ioctls;
	uint64_t procfd_ioctls;
	uint64_t open_flags;
	uint64_t child_flags;
	uint64_t clone_flags;
	uint64_t signal_flags;
	uint64_t wait_options;
	uint64_t exit_mask;
	uint64_t info_mask;
	uint64_t list_flags;
};

/**
 * procfd_get_features() - ask what can be had here
 * @info: filled in
 * @size: sizeof(struct procfd_features_info)
 *
 * Returns 0, or -1:
 *   EINVAL  @size is smaller than the first version of the struct
 *   ENODEV  neither the module nor native pidfds are there
 *
 * EPROTONOSUPPORT is no error here: @info->abi tells. Since 0.1.
 */
int procfd_get_features(struct procfd_features_info *info, size_t size);

#ifdef __cplusplus
}
#endif

#include "procfd_info.h"

#endif /* PROCFD_H */
