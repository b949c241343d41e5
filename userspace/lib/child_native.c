// SPDX-License-Identifier: LGPL-2.1-or-later
/* Children without the module, held by a native pidfd. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "internal.h"

/* ---- fork ---------------------------------------------------------------------- */

/*
 * The child waits, with all signals blocked, until its parent has told it that
 * the pidfd is there. A process that lives cannot have been waited for, whatever
 * the other threads do, so the number is its own until then.
 */
enum order { GO, GIVE_UP };

static void wait_for_order(const int ends[2])
{
	char order = GO;
	ssize_t length;

	close_quietly(ends[1]);
	do
		length = read(ends[0], &order, 1);
	while (length < 0 && errno == EINTR);
	close_quietly(ends[0]);
	/* a parent that was killed says nothing, and its child goes on */
	if (order == GIVE_UP)
		_exit(127);
}

static void give_order(int end, char order)
{
	/* the child may have been killed: no SIGPIPE */
	send(end, &order, 1, MSG_NOSIGNAL);
}

/* A pidfd of the child, or no child. */
static int hold_native(const int ends[2], pid_t pid, unsigned int flags)
{
	int pidfd, error;

	/* leaves a number free for the pidfd */
	close_quietly(ends[0]);
	pidfd = pidfd_open_native(pid, flags);
	error = errno;
	give_order(ends[1], pidfd < 0 ? GIVE_UP : GO);
	close_quietly(ends[1]);
	if (pidfd >= 0)
		return pidfd;
	waitpid(pid, NULL, 0);
	return fail(error == ENOSYS ? ENODEV : error);
}

pid_t fork_native(int *fd, unsigned int flags)
{
	sigset_t mask;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -1;
	block_signals(&mask);
	pid = fork();
	if (!pid) {
		wait_for_order(ends);
	} else if (pid > 0) {
		*fd = hold_native(ends, pid, flags);
		if (*fd < 0)
			pid = -1;
	} else {
		close_quietly(ends[0]);
		close_quietly(ends[1]);
	}
	restore_signals(&mask);
	return pid;
}

/* ---- spawn: pidfd_spawn(3), of C libraries that have it --------------------------- */

typedef int spawn_function(int *, const char *,
			   const posix_spawn_file_actions_t *,
			   const posix_spawnattr_t *, char *const[],
			   char *const[]);

/*
 * glibc 2.39 and later. Built with an older one, the library finds them all the same
 * where it is run with a newer one.
 */
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 39)
static const bool has_pidfd_spawn = true;
#else
extern spawn_function pidfd_spawn __attribute__((weak));
extern spawn_function pidfd_spawnp __attribute__((weak));
#define has_pidfd_spawn (pidfd_spawn && pidfd_spawnp)
#endif

/* 0: somebody else has waited for it, or there is no procfs to tell */
static pid_t number_of(int pidfd)
{
	struct procfd_fdinfo info;

	if (procfd_read_fdinfo(pidfd, &info, sizeof(info)) || info.pid < 0)
		return 0;
	return info.pid;
}

static int spawn_by_library(const struct spawn *spawn, pid_t *pid)
{
	spawn_function *function = spawn->search ? pidfd_spawnp : pidfd_spawn;
	int pidfd, error;

	error = function(&pidfd, spawn->file, spawn->actions, spawn->attr,
			 spawn->argv, spawn->envp);
	if (error)
		return fail(error == ENOSYS ? ENODEV : error);
	if (pid)
		*pid = number_of(pidfd);
	return pidfd;
}

/* ---- spawn: clone and exec, which is all that older ones leave --------------------- */

/* Handlers are not for the child, and exec takes the ignored signals over. */
static void reset_handlers(void)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	struct sigaction action;

	for (int sig = 1; sig < NSIG; sig++)
		if (!sigaction(sig, NULL, &action) &&
		    action.sa_handler != SIG_IGN &&
		    action.sa_handler != SIG_DFL)
			sigaction(sig, &by_default, NULL);
}

static void exec_or_tell(const struct spawn *spawn, const sigset_t *mask,
			 int *error)
{
	reset_handlers();
	restore_signals(mask);
	if (spawn->search)
		execvpe(spawn->file, spawn->argv, spawn->envp);
	else
		execve(spawn->file, spawn->argv, spawn->envp);
	*error = errno;
	_exit(127);
}

/*
 * The bare call gives the pidfd with the child, and the caller waits until that has
 * exec'd or ended. The memory is copied, but for @error, which both have.
 */
static int spawn_by_clone(const struct spawn *spawn, pid_t *pid, int *error,
			  const sigset_t *mask)
{
	int pidfd;
	pid_t child = (pid_t)syscall(SYS_clone,
				     CLONE_PIDFD | CLONE_VFORK | SIGCHLD, NULL,
				     &pidfd, NULL, NULL);

	if (child < 0)
		return -1;
	if (!child)
		exec_or_tell(spawn, mask, error);
	if (*error) {
		waitid((idtype_t)IDTYPE_PIDFD, (id_t)pidfd, NULL, WEXITED);
		close_quietly(pidfd);
		return fail(*error);
	}
	if (pid)
		*pid = child;
	return pidfd;
}

/* Nobody but the C library can read actions. */
static int spawn_by_ourselves(const struct spawn *spawn, pid_t *pid)
{
	sigset_t mask;
	int pidfd;
	int *error;

	if (spawn->actions || spawn->attr)
		return fail(ENODEV);
	error = mmap(NULL, sizeof(*error), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (error == MAP_FAILED)
		return -1;
	block_signals(&mask);
	pidfd = spawn_by_clone(spawn, pid, error, &mask);
	restore_signals(&mask);
	munmap(error, sizeof(*error));
	return pidfd;
}

/* ---- spawn -------------------------------------------------------------------------- */

int spawn_native(const struct spawn *spawn, pid_t *pid, unsigned int flags)
{
	int pidfd = has_pidfd_spawn ? spawn_by_library(spawn, pid) :
				      spawn_by_ourselves(spawn, pid);

	if (pidfd >= 0 && flags & PROCFD_NONBLOCK)
		fcntl(pidfd, F_SETFL, O_NONBLOCK);
	return pidfd;
}
