// SPDX-License-Identifier: GPL-2.0-only
/* OPEN_PIDFD, OPEN_PEER, OPEN_ID: a process that something else than a number names */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <net/sock.h>

#include "access.h"
#include "compat/pid.h"
#include "compat/sock.h"
#include "compat/symbols.h"
#include "procfd.h"
#include "walk.h"

/* With the caller's reference on @pid, which ends here. */
static long open_visible(struct pid *pid, u32 flags, bool hide)
{
	long fd = -EREMOTE;

	if (can_see_pid(pid))
		fd = open_by_pid(pid, flags, hide);
	put_pid(pid);
	return fd;
}

static struct pid *pid_of_pidfd(int fd)
{
	struct file *filp;
	struct pid *pid;

	if (!symbol_found(pidfd_pid))
		return ERR_PTR(-EOPNOTSUPP);
	filp = fget(fd);
	if (!filp)
		return ERR_PTR(-EBADF);
	pid = symbol_call(pidfd_pid)(filp);
	if (!IS_ERR(pid))
		get_pid(pid);
	fput(filp);
	return pid;
}

long device_open_pidfd(struct file *device, void *arg)
{
	const struct procfd_open_by_fd *open = arg;
	struct pid *pid;

	if (!open_flags_valid(open->flags))
		return -EINVAL;
	pid = pid_of_pidfd(open->fd);
	return IS_ERR(pid) ? PTR_ERR(pid) :
			     open_visible(pid, open->flags, true);
}

static struct pid *pid_of_peer(struct file *filp)
{
	struct socket *sock = compat_sock_from_file(filp);
	struct pid *pid;

	if (!sock)
		return ERR_PTR(-ENOTSOCK);
	if (!sock->sk || sock->sk->sk_family != AF_UNIX)
		return ERR_PTR(-EOPNOTSUPP);
	spin_lock(&sock->sk->sk_peer_lock);
	pid = get_pid(sock->sk->sk_peer_pid);
	spin_unlock(&sock->sk->sk_peer_lock);
	return pid ? pid : ERR_PTR(-ENODATA);
}

long device_open_peer(struct file *device, void *arg)
{
	const struct procfd_open_by_fd *open = arg;
	struct file *filp;
	struct pid *pid;

	if (open->flags & ~PROCFD_OPEN_FLAGS)
		return -EINVAL;
	filp = fget(open->fd);
	if (!filp)
		return -EBADF;
	pid = pid_of_peer(filp);
	fput(filp);
	return IS_ERR(pid) ? PTR_ERR(pid) :
			     open_visible(pid, open->flags, false);
}

struct id_search {
	u64 id;
	struct pid *found;
};

static unsigned int id_visit(struct pid *pid, void *data)
{
	struct task_struct *task = pid_task(pid, PIDTYPE_TGID);
	struct id_search *search = data;

	if (!task || compat_pid_id(pid, task) != search->id)
		return 1;
	search->found = get_pid(pid);
	return 0;
}

/* No kernel finds a pid by its id for us. */
static struct pid *find_by_id(u64 id)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct id_search search = { .id = id };
	unsigned long nr = 0;
	bool end = false;

	while (!end && !search.found) {
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		end = walk_section(ns, &nr, id_visit, &search);
		cond_resched();
	}
	return search.found ? search.found : ERR_PTR(-ESRCH);
}

long device_open_id(struct file *device, void *arg)
{
	const struct procfd_open_id *open = arg;
	struct pid *pid;

	if (open->flags & ~PROCFD_OPEN_FLAGS || open->reserved)
		return -EINVAL;
	pid = find_by_id(open->id);
	return IS_ERR(pid) ? PTR_ERR(pid) :
			     open_visible(pid, open->flags, true);
}
