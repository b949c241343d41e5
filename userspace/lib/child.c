// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Children that are held from their birth.
 *
 * fork and spawn arm the calling thread (NEXT_CHILD) and then let the C library
 * create the child. Between the two no signal handler may run: a child that it
 * made would be the next one.
 */
#include <sched.h>

#include "internal.h"

PROCFD_PUBLIC int procfd_next_child(unsigned int flags)
{
	struct procfd_next_child args = { .flags = flags };

	return device_ioctl(PROCFD_NEXT_CHILD, &args);
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
	return (spawn->search ? posix_spawnp :
				posix_spawn)(pid, spawn->file, spawn->actions,
					     &attr, spawn->argv, spawn->envp);
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
	int fd = arm_child(flags & ~PROCFD_ALLOW_PIDFD, &mask);

	if (fd < 0)
		return may_be_native(flags) ? spawn_native(spawn, pid, flags) :
					      -1;
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
	const struct spawn spawn = { false, path, actions, attr, argv, envp };

	return spawn_held(&spawn, pid, flags);
}

PROCFD_PUBLIC int procfd_spawnp(pid_t *pid, const char *file,
				const posix_spawn_file_actions_t *actions,
				const posix_spawnattr_t *attr,
				char *const argv[], char *const envp[],
				unsigned int flags)
{
	const struct spawn spawn = { true, file, actions, attr, argv, envp };

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
