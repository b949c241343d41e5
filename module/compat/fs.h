/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/fs.h> */
#ifndef PROCFD_COMPAT_FS_H
#define PROCFD_COMPAT_FS_H

#include <linux/fs.h>
#include <linux/version.h>

/*
 * A reference on a file that may be on its way out; false: it is.
 * 6.13 gave struct file a reference count of its own type, 6.7 changed what
 * get_file_rcu() takes.  Goes when the floor is 6.13.
 */
static inline bool compat_file_tryget(struct file *filp)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	return file_ref_get(&filp->f_ref);
#else
	return atomic_long_inc_not_zero(&filp->f_count);
#endif
}

/*
 * Splicing by way of read_iter.  6.5 replaced generic_file_splice_read() by
 * copy_splice_read() for files without a page cache.  Goes when the floor is
 * 6.5.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define compat_splice_read copy_splice_read
#else
#define compat_splice_read generic_file_splice_read
#endif

/* 5.13 made one path of dentry and mount.  Goes when the floor is 5.13. */
static inline struct file *compat_file_open_root(const struct path *root,
						 const char *name, int flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
	return file_open_root(root, name, flags, 0);
#else
	return file_open_root(root->dentry, root->mnt, name, flags, 0);
#endif
}

/*
 * 6.17 wants inodes without a file type to say so.  Goes when the floor is
 * 6.17.
 */
#ifndef S_ANON_INODE
#define S_ANON_INODE 0
#endif

#endif /* PROCFD_COMPAT_FS_H */
