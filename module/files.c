// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file system without a name that procfds live on
 *
 * All procfds share one inode and one dentry, so that a further fd costs a
 * struct file and no more, and so that fstat tells a procfd from every other
 * file.  The file system does not hold the module (it could never be unloaded);
 * each open file does, through its operations.
 */
#include <linux/dcache.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "compat/fs.h"
#include "procfd.h"

#define FILES_MAGIC 0x50464421

static struct vfsmount *files_mount;
static struct dentry *files_dentry;

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

bool procfd_files_owns_opening(struct file *filp)
{
	return (filp->f_flags & OPENING_FLAGS) == OPENING_FLAGS;
}

struct file *procfd_files_open(void *private_data, unsigned int flags)
{
	struct path path = { .mnt = files_mount, .dentry = files_dentry };
	struct file *filp;

	filp = dentry_open(&path, O_RDONLY | OPENING_FLAGS | flags,
			   current_cred());
	if (!IS_ERR(filp))
		filp->private_data = private_data;
	return filp;
}

static struct dentry *files_make_dentry(const struct file_operations *fops)
{
	struct inode *inode = alloc_anon_inode(files_mount->mnt_sb);
	struct dentry *dentry;

	if (IS_ERR(inode))
		return ERR_CAST(inode);
	inode->i_mode = 0600;
	inode->i_flags |= S_PRIVATE | S_NOATIME | S_ANON_INODE;
	inode->i_fop = fops;
	dentry = d_make_root(inode);
	return dentry ? dentry : ERR_PTR(-ENOMEM);
}

int __init procfd_files_init(const struct file_operations *fops)
{
	files_mount = kern_mount(&files_type);
	if (IS_ERR(files_mount))
		return PTR_ERR(files_mount);
	files_dentry = files_make_dentry(fops);
	if (IS_ERR(files_dentry)) {
		kern_unmount(files_mount);
		return PTR_ERR(files_dentry);
	}
	return 0;
}

void procfd_files_exit(void)
{
	dput(files_dentry);
	kern_unmount(files_mount);
}
