// SPDX-License-Identifier: GPL-2.0-only
/*
 * OPEN_DIR: the directory of a process in a procfs
 *
 * It is opened by number.  Whoever still is attached after that had the number
 * all the time, so what was opened is its directory, if it is procfs's own.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>

#include "compat/fs.h"
#include "procfd.h"

/*
 * The error with which a process that is there could not be opened.  One that is
 * not hidden is not found for want of memory (proc_pid_instantiate()).
 */
static struct file *dir_error(const struct path *root, struct file *dir)
{
	if (PTR_ERR(dir) == -ENOENT &&
	    proc_sb_info(root->dentry->d_sb)->hide_pid < HIDEPID_INVISIBLE)
		return ERR_PTR(-ENOMEM);
	return dir;
}

static struct file *dir_open(const struct path *root, struct pid *pid,
			     const char *name)
{
	struct file *dir;

	dir = compat_file_open_root(root, name, O_RDONLY | O_DIRECTORY);
	if (IS_ERR(dir) && pid_has_task(pid, PIDTYPE_PID))
		return dir_error(root, dir);
	if (!IS_ERR(dir) && dir->f_path.mnt != root->mnt) {
		fput(dir);
		return ERR_PTR(-EXDEV);
	}
	if (pid_has_task(pid, PIDTYPE_PID))
		return dir;
	if (!IS_ERR(dir))
		fput(dir);
	return ERR_PTR(-ESRCH);
}

/* The process that @pid belongs to, as @ns numbers it; 0: reaped, or not seen. */
static int group_nr(struct pid *pid, struct pid_namespace *ns)
{
	struct task_struct *task;
	int nr = 0;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	if (task)
		nr = __task_pid_nr_ns(task, PIDTYPE_TGID, ns);
	rcu_read_unlock();
	return nr;
}

/* A thread that still is attached was all the time in the same process. */
static struct file *dir_of(const struct path *root,
			   struct procfd_process *process)
{
	struct super_block *sb = root->dentry->d_sb;
	struct pid *pid = process->pid;
	struct pid_namespace *ns;
	char name[32];
	int nr;

	if (sb->s_magic != PROC_SUPER_MAGIC || root->dentry != sb->s_root)
		return ERR_PTR(-EINVAL);
	ns = proc_pid_ns(sb);
	nr = pid_nr_ns(pid, ns);
	if (!nr)
		return ERR_PTR(-EREMOTE);
	if (process_is_thread(process))
		snprintf(name, sizeof(name), "%d/task/%d", group_nr(pid, ns),
			 nr);
	else
		snprintf(name, sizeof(name), "%d", nr);
	return dir_open(root, pid, name);
}

static long dir_publish(const struct path *root, struct procfd_process *process)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *dir;

	if (fd < 0)
		return fd;
	dir = dir_of(root, process);
	if (IS_ERR(dir)) {
		put_unused_fd(fd);
		return PTR_ERR(dir);
	}
	fd_install(fd, dir);
	return fd;
}

long procfd_open_dir(struct file *filp, void *arg)
{
	const struct procfd_open_dir *open = arg;
	struct procfd_process *process;
	struct file *procfs;
	long fd;

	if (open->flags)
		return -EINVAL;
	process = visible_process(filp->private_data);
	if (IS_ERR(process))
		return PTR_ERR(process);
	procfs = fget_raw(open->procfs_fd);
	if (!procfs)
		return -EBADF;
	fd = dir_publish(&procfs->f_path, process);
	fput(procfs);
	return fd;
}
