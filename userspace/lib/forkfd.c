// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Qt's forkfd: children that are held by a procfd or, without the module, by a
 * native pidfd.
 *
 * No public function here calls another one: a program that has a forkfd of its
 * own would get its own.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "internal.h"
#include "procfd/forkfd.h"

/* ---- create ------------------------------------------------------------------ */

static unsigned int procfd_flags(int flags)
{
	return PROCFD_ALLOW_PIDFD |
	       (flags & FFD_NONBLOCK ? PROCFD_NONBLOCK : 0);
}

/* The parent's result. The fd is close-on-exec from its birth. */
static int created(int fd, int flags, pid_t pid, pid_t *ppid)
{
	if (pid < 0)
		return -1;
	if (ppid)
		*ppid = pid;
	if (!(flags & FFD_CLOEXEC))
		fcntl(fd, F_SETFD, 0);
	return fd;
}

static int fork_held(int flags, pid_t *ppid)
{
	int fd;
	pid_t pid = procfd_fork(&fd, procfd_flags(flags));

	if (pid)
		return created(fd, flags, pid, ppid);
	if (ppid)
		*ppid = 0;
	return FFD_CHILD_PROCESS;
}

PROCFD_PUBLIC int forkfd(int flags, pid_t *ppid)
{
	return fork_held(flags, ppid);
}

/* ---- create, as vfork(2) does --------------------------------------------------- */

#define STACK_SIZE (256 << 10)

struct errand {
	int (*run)(void *);
	void *arg;
	sigset_t mask;
	unsigned char *stack;
};

/* In the child, on a stack of its own, in the memory of its parent. */
static int run_errand(void *arg)
{
	struct errand *errand = arg;

	restore_signals(&errand->mask);
	return errand->run(errand->arg);
}

static pid_t clone_errand(struct errand *errand, int flags, int *pidfd)
{
	return clone(run_errand, errand->stack + STACK_SIZE,
		     CLONE_VM | CLONE_VFORK | SIGCHLD | flags, errand, pidfd);
}

static pid_t vfork_native(struct errand *errand, int *fd, unsigned int flags)
{
	pid_t pid;

	block_signals(&errand->mask);
	pid = clone_errand(errand, CLONE_PIDFD, fd);
	restore_signals(&errand->mask);
	if (pid > 0 && flags & PROCFD_NONBLOCK)
		fcntl(*fd, F_SETFL, O_NONBLOCK);
	return pid;
}

static pid_t vfork_held(struct errand *errand, int *fd, unsigned int flags)
{
	pid_t pid;

	*fd = arm_child(flags & ~PROCFD_ALLOW_PIDFD, &errand->mask);
	if (*fd < 0)
		return may_be_native(flags) ? vfork_native(errand, fd, flags) :
					      -1;
	pid = clone_errand(errand, 0, NULL);
	if (pid < 0)
		close_quietly(*fd);
	restore_signals(&errand->mask);
	return pid;
}

static int vfork_on_stack(struct errand *errand, int flags, pid_t *ppid)
{
	pid_t pid;
	int fd;

	errand->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (errand->stack == MAP_FAILED)
		return -1;
	pid = vfork_held(errand, &fd, procfd_flags(flags));
	munmap(errand->stack, STACK_SIZE);
	return created(fd, flags, pid, ppid);
}

PROCFD_PUBLIC int vforkfd(int flags, pid_t *ppid, int (*childFn)(void *),
			  void *token)
{
	struct errand errand = { .run = childFn, .arg = token };
	int fd;

	if (!(flags & FFD_USE_FORK))
		return vfork_on_stack(&errand, flags, ppid);
	fd = fork_held(flags, ppid);
	if (fd == FFD_CHILD_PROCESS)
		_exit(childFn(token));
	return fd;
}

/* ---- wait -------------------------------------------------------------------- */

static int wait_options(int options)
{
	return WEXITED | (options & FFDW_NOHANG ? WNOHANG : 0) |
	       (options & FFDW_NOWAIT ? WNOWAIT : 0);
}

static int waitid_usage(int pidfd, siginfo_t *found, int options,
			struct rusage *usage)
{
	memset(found, 0, sizeof(*found));
	return (int)syscall(SYS_waitid, IDTYPE_PIDFD, pidfd, found,
			    options | __WALL, usage);
}

/* On a native pidfd, and where the module cannot wait for the caller. */
static int wait_native(int fd, siginfo_t *found, int options,
		       struct rusage *usage)
{
	int pidfd = procfd_get_pidfd(fd, 0);
	int flags = fcntl(fd, F_GETFL), result;

	if (pidfd < 0)
		return -1;
	if (flags & O_NONBLOCK)
		options |= WNOHANG;
	result = waitid_usage(pidfd, found, options, usage);
	close_quietly(pidfd);
	return result;
}

static int wait_held(int fd, siginfo_t *found, int options,
		     struct rusage *usage)
{
	struct procfd_exit_record record;

	if (procfd_wait(fd, options, NULL, found, &record, sizeof(record)))
		return errno == EOPNOTSUPP ?
			       wait_native(fd, found, options, usage) :
			       -1;
	if (usage)
		usage_of_both(&record, usage);
	return 0;
}

static int wait_for(int fd, struct forkfd_info *info, int options,
		    struct rusage *usage)
{
	siginfo_t found;

	if (info)
		*info = (struct forkfd_info){ 0 };
	if (wait_held(fd, &found, wait_options(options), usage))
		return -1;
	if (!found.si_signo)
		return fail(EAGAIN);
	if (info)
		*info = (struct forkfd_info){ found.si_code, found.si_status };
	return 0;
}

PROCFD_PUBLIC int forkfd_wait4(int ffd, struct forkfd_info *info, int options,
			       struct rusage *rusage)
{
	return wait_for(ffd, info, options, rusage);
}

PROCFD_PUBLIC int forkfd_wait(int ffd, struct forkfd_info *info,
			      struct rusage *rusage)
{
	return wait_for(ffd, info, 0, rusage);
}

PROCFD_PUBLIC int forkfd_close(int ffd)
{
	return close(ffd);
}
