/* SPDX-License-Identifier: GPL-2.0-only */
/* The file system that procfds live on: making a file of it, in line; see files.c. */
#ifndef PROCFD_FILES_H
#define PROCFD_FILES_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "compat/symbols.h"
#include "procfd.h"

extern atomic_t procfd_files_users;
extern struct file *procfd_files_template;

struct file *procfd_files_open_slowly(unsigned int flags);
void procfd_files_unused(void);
int procfd_files_opened(struct inode *inode, struct file *filp);
int procfd_files_get(void);

/* A read that may not wait never does: io_uring needs no worker. */
#define PROCFD_FILES_MODE (FMODE_STREAM | FMODE_NOWAIT)

/* As procfd_files_open_slowly(), with what procfd_files_opened() does. */
static inline struct file *procfd_files_clone(unsigned int flags)
{
	struct file *filp = symbol_call(alloc_file_clone)(
		procfd_files_template, O_RDONLY | flags, &procfd_fops);

	if (IS_ERR(filp))
		return filp;
	/* Its close gives it back. */
	__module_get(THIS_MODULE);
	filp->f_mode |= PROCFD_FILES_MODE;
	return filp;
}

/* Called by a user; what it returns is another one, until its release. */
static inline struct file *procfd_files_open(void *private_data,
					     unsigned int flags)
{
	struct file *filp = symbol_found(alloc_file_clone) ?
				    procfd_files_clone(flags) :
				    procfd_files_open_slowly(flags);

	if (IS_ERR(filp))
		return filp;
	filp->private_data = private_data;
	atomic_inc(&procfd_files_users);
	return filp;
}

static inline void procfd_files_put(void)
{
	if (atomic_dec_and_test(&procfd_files_users))
		procfd_files_unused();
}

#endif /* PROCFD_FILES_H */
