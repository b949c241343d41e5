// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file system without a name that procfds live on
 *
 * All procfds share one inode and one dentry, so that a further fd costs a
 * struct file and no more, and so that fstat tells a procfd from every other
 * file.  Where alloc_file_clone() can be had they are copies of a template, which
 * is cheaper than to open the inode again.  The template is an O_PATH file: it has
 * none of our operations, so nothing of ours runs when it goes.
 *
 * The file system holds the module, as there are ways to hold a file of it that
 * do not open it (O_PATH, open_tree(2), a walk through /proc/PID/fd).  So it is
 * there only while it is used: mounted with the first user, a device or a procfd
 * that is open, and unmounted by the worker after the last.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/pseudo_fs.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include "compat/fs.h"
#include "files.h"
#include "procfd.h"

#define FILES_MAGIC 0x50464421

static DEFINE_MUTEX(files_mutex); /* mounting and unmounting */
atomic_t procfd_files_users;
static struct vfsmount *files_mount;
static struct dentry *files_dentry;
struct file *procfd_files_template;

static void files_unmount_worker(struct work_struct *work);
static DECLARE_WORK(files_unmount, files_unmount_worker);

/* What /proc/PID/fd shows; tools know fds without a path by this prefix. */
static char *files_dname(struct dentry *dentry, char *buffer, int buflen)
{
	static const char name[] = "anon_inode:[procfd]";

	if (buflen < (int)sizeof(name))
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buffer + buflen - sizeof(name), name, sizeof(name));
}

static const struct dentry_operations files_dentry_ops = {
	.d_dname = files_dname,
};

static int files_init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, FILES_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->dops = &files_dentry_ops;
	return 0;
}

static struct file_system_type files_type = {
	.owner = THIS_MODULE,
	.name = "procfd",
	.init_fs_context = files_init_fs_context,
	.kill_sb = kill_anon_super,
};

/*
 * An opening by path, of /proc/PID/fd/N, comes to ->open too, and has no
 * process.  O_CREAT with O_EXCL tells ours: the VFS refuses that pair for a file
 * that exists long before ->open, and drops both flags right after it.
 */
#define OPENING_FLAGS (O_CREAT | O_EXCL)

int procfd_files_opened(struct inode *inode, struct file *filp)
{
	if ((filp->f_flags & OPENING_FLAGS) != OPENING_FLAGS)
		return -ENXIO;
	filp->f_mode |= PROCFD_FILES_MODE;
	return stream_open(inode, filp);
}

static struct file *files_open(unsigned int flags, const struct cred *cred)
{
	struct path path = { .mnt = files_mount, .dentry = files_dentry };

	return dentry_open(&path, flags, cred);
}

/* Where there is no template to copy. */
struct file *procfd_files_open_slowly(unsigned int flags)
{
	return files_open(flags | OPENING_FLAGS, current_cred());
}

static struct dentry *files_make_dentry(struct vfsmount *mount)
{
	struct inode *inode = alloc_anon_inode(mount->mnt_sb);
	struct dentry *dentry;

	if (IS_ERR(inode))
		return ERR_CAST(inode);
	inode->i_mode = 0600;
	/* not of who is the first to open the device */
	inode->i_uid = GLOBAL_ROOT_UID;
	inode->i_gid = GLOBAL_ROOT_GID;
	inode->i_flags |= S_PRIVATE | S_NOATIME | S_ANON_INODE;
	inode->i_fop = &procfd_fops;
	dentry = d_make_root(inode);
	return dentry ? dentry : ERR_PTR(-ENOMEM);
}

/* With the credentials of nobody who may end. */
static struct file *files_make_template(void)
{
	const struct cred *cred = get_task_cred(&init_task);
	struct file *template = files_open(O_PATH, cred);

	put_cred(cred);
	return template;
}

static int files_do_mount(void)
{
	int err;

	files_mount = kern_mount(&files_type);
	if (IS_ERR(files_mount)) {
		err = PTR_ERR(files_mount);
		goto out;
	}
	files_dentry = files_make_dentry(files_mount);
	if (IS_ERR(files_dentry)) {
		err = PTR_ERR(files_dentry);
		goto out_mount;
	}
	procfd_files_template = files_make_template();
	if (!IS_ERR(procfd_files_template))
		return 0;

	err = PTR_ERR(procfd_files_template);
	dput(files_dentry);
out_mount:
	kern_unmount(files_mount);
out:
	files_mount = NULL;
	return err;
}

/* A device is opened: from here on procfds can be made. */
int procfd_files_get(void)
{
	int err = 0;

	mutex_lock(&files_mutex);
	if (!files_mount)
		err = files_do_mount();
	if (!err)
		atomic_inc(&procfd_files_users);
	mutex_unlock(&files_mutex);
	return err;
}

void procfd_files_unused(void)
{
	queue_work(procfd_workqueue, &files_unmount);
}

/* Unmounting waits for RCU: not in somebody's close. */
static void files_unmount_worker(struct work_struct *work)
{
	mutex_lock(&files_mutex);
	if (files_mount && !atomic_read(&procfd_files_users)) {
		__fput_sync(procfd_files_template);
		dput(files_dentry);
		kern_unmount(files_mount);
		files_mount = NULL;
	}
	mutex_unlock(&files_mutex);
}
