// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Children that are held from their birth.
 *
 * fork and spawn arm the calling thread (NEXT_CHILD) and then let the C library
 * create the child. Between the two no signal handler may run: a child that it
 * made would be the next one.
 */
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "internal.h"

PROCFD_PUBLIC int procfd_next_child(unsigned int flags)
{
	struct procfd_next_child args = { .flags = flags };

	return device_ioctl(PROCFD_NEXT_CHILD, &args);
}

void block_signals(sigset_t *mask)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, mask);
}

void restore_signals(const sigset_t *mask)
{
	pthread_sigmask(SIG_SETMASK, mask, NULL);
}

/* An armed procfd, with all signals blocked; @mask is what they were. */
int arm_child(unsigned int flags, sigset_t *mask)
{
	int fd;

	block_signals(mask);
	fd = procfd_next_child(flags);
	if (fd < 0)
		restore_signals(mask);
	return fd;
}

/* ---- fork, without the module: a native pidfd ------------------------------- */

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

static pid_t fork_native(int *fd, unsigned int flags)
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

/* ---- fork -------------------------------------------------------------------- */

PROCFD_PUBLIC pid_t procfd_fork(int *fd, unsigned int flags)
{
	sigset_t mask;
	int armed;
	pid_t pid;

	*fd = -1;
	armed = arm_child(flags & ~PROCFD_ALLOW_PIDFD, &mask);
	if (armed < 0)
		return may_be_native(flags) ? fork_native(fd, flags) : -1;
	pid = fork();
	/* the child's copy was closed by the module before it ran */
	if (pid > 0)
		*fd = armed;
	else if (pid < 0)
		close_quietly(armed);
	restore_signals(&mask);
	return pid;
}

/* ---- spawn ------------------------------------------------------------------- */

typedef int spawn_function(pid_t *, const char *,
			   const posix_spawn_file_actions_t *,
			   const posix_spawnattr_t *, char *const[],
			   char *const[]);

struct spawn {
	spawn_function *function;
	const char *file;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attr;
	char *const *argv;
	char *const *envp;
};

/*
 * The attributes of the caller, with the signal mask the child would have had.
 * A plain copy, in which only members without addresses are then changed, is
 * good in glibc and musl; a copy member by member would lose new ones.
 */
static int attr_with_mask(posix_spawnattr_t *copy,
			  const posix_spawnattr_t *attr, const sigset_t *mask)
{
	short flags;
	int error = 0;

	if (attr)
		*copy = *attr;
	else
		error = posix_spawnattr_init(copy);
	if (!error)
		error = posix_spawnattr_getflags(copy, &flags);
	if (error || flags & POSIX_SPAWN_SETSIGMASK)
		return error;
	flags |= POSIX_SPAWN_SETSIGMASK;
	posix_spawnattr_setsigmask(copy, mask);
	return posix_spawnattr_setflags(copy, flags);
}

static int spawn_masked(const struct spawn *spawn, pid_t *pid,
			const sigset_t *mask)
{
	posix_spawnattr_t attr;
	int error = attr_with_mask(&attr, spawn->attr, mask);

	if (error)
		return error;
	return spawn->function(pid, spawn->file, spawn->actions, &attr,
			       spawn->argv, spawn->envp);
}

/*
 * If it fails, there is either no child, and closing disarms, or a dead one
 * whose exec failed, which the C library has waited for.
 */
static int spawn_held(const struct spawn *spawn, pid_t *pid, unsigned int flags)
{
	pid_t ignored;
	sigset_t mask;
	int error;
	int fd = arm_child(flags, &mask);

	if (fd < 0)
		return -1;
	error = spawn_masked(spawn, pid ? pid : &ignored, &mask);
	if (error)
		close_quietly(fd);
	restore_signals(&mask);
	return error ? fail(error) : fd;
}

PROCFD_PUBLIC int procfd_spawn(pid_t *pid, const char *path,
			       const posix_spawn_file_actions_t *actions,
			       const posix_spawnattr_t *attr,
			       char *const argv[], char *const envp[],
			       unsigned int flags)
{
	const struct spawn spawn = { posix_spawn, path, actions,
				     attr,	  argv, envp };

	return spawn_held(&spawn, pid, flags);
}

PROCFD_PUBLIC int procfd_spawnp(pid_t *pid, const char *file,
				const posix_spawn_file_actions_t *actions,
				const posix_spawnattr_t *attr,
				char *const argv[], char *const envp[],
				unsigned int flags)
{
	const struct spawn spawn = { posix_spawnp, file, actions,
				     attr,	   argv, envp };

	return spawn_held(&spawn, pid, flags);
}

/* ---- clone ------------------------------------------------------------------- */

PROCFD_PUBLIC pid_t procfd_clone(const struct procfd_clone_args *args,
				 size_t size)
{
	if (size < sizeof(*args))
		return fail(EINVAL);
	if (!size_fits(size))
		return fail(E2BIG);
	/* the child returns from here on a copy of this stack, or not at all */
	if (args->stack || args->stack_size || args->clone_flags & CLONE_VM)
		return fail(EINVAL);
	return device_ioctl(sized(PROCFD_CLONE, size), (void *)args);
}
