// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls: one table a kind of fd, and all checking of commands and copying
 * of structs in one place
 *
 * A handler gets its struct in the kernel, zeros where the caller's was shorter,
 * and what it leaves there is copied back if the command says so.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "compat/compiler_attributes.h"
#include "files.h"
#include "procfd.h"
#include "words.h"

/* The largest struct most commands take, and the largest of all. */
#define ARG_SMALL_SIZE sizeof(struct procfd_clone)
#define ARG_MAX_SIZE sizeof(struct procfd_info)

struct ioctl_entry {
	unsigned int cmd; /* with the size that this module knows */
	unsigned int size_ver0;
	long (*handler)(struct file *filp, void *arg);
};

/* Each table has a place for every number, so that none leads out of it. */
#define IOCTL_NUMBERS 64
#define IOCTL_INDEX(cmd) (_IOC_NR(cmd) & (IOCTL_NUMBERS - 1))

#define ENTRY(name, struct_name, func)                \
	[IOCTL_INDEX(name)] = {                       \
		.cmd = name,                          \
		.size_ver0 = struct_name##_SIZE_VER0, \
		.handler = func,                      \
	}

/* Sizes of version 0; they never change. */
#define FEATURES_SIZE_VER0 104
#define OPEN_PID_SIZE_VER0 16
#define CLONE_SIZE_VER0 104
#define NEXT_CHILD_SIZE_VER0 8
#define SEND_SIGNAL_SIZE_VER0 32
#define WAIT_SIZE_VER0 48
#define GET_PIDFD_SIZE_VER0 8
#define GET_NAMESPACE_SIZE_VER0 8
#define OPEN_BY_FD_SIZE_VER0 8
#define OPEN_ID_SIZE_VER0 16
#define OPEN_KNOWN_SIZE_VER0 8
#define LIST_SIZE_VER0 48
#define INFO_SIZE_VER0 PROCFD_INFO_SIZE_VER0
#define OPEN_RELATIVE_SIZE_VER0 16
#define GET_PID_SIZE_VER0 8
#define COMPARE_SIZE_VER0 8
#define GET_ID_SIZE_VER0 8
#define OPEN_DIR_SIZE_VER0 8

static const struct ioctl_entry device_ioctls[IOCTL_NUMBERS] = {
	ENTRY(PROCFD_GET_FEATURES, FEATURES, device_get_features),
	ENTRY(PROCFD_OPEN_PID, OPEN_PID, device_open_pid),
	ENTRY(PROCFD_CLONE, CLONE, device_clone),
	ENTRY(PROCFD_NEXT_CHILD, NEXT_CHILD, device_next_child),
	ENTRY(PROCFD_OPEN_PIDFD, OPEN_BY_FD, device_open_pidfd),
	ENTRY(PROCFD_OPEN_PEER, OPEN_BY_FD, device_open_peer),
	ENTRY(PROCFD_OPEN_ID, OPEN_ID, device_open_id),
	ENTRY(PROCFD_OPEN_SELF, OPEN_KNOWN, device_open_self),
	ENTRY(PROCFD_OPEN_ROOT, OPEN_KNOWN, device_open_root),
	ENTRY(PROCFD_LIST, LIST, device_list),
};

static const struct ioctl_entry procfd_ioctls[IOCTL_NUMBERS] = {
	ENTRY(PROCFD_SEND_SIGNAL, SEND_SIGNAL, procfd_send_signal),
	ENTRY(PROCFD_WAIT, WAIT, procfd_wait),
	ENTRY(PROCFD_GET_PIDFD, GET_PIDFD, procfd_get_pidfd),
	ENTRY(PROCFD_GET_NAMESPACE, GET_NAMESPACE, procfd_get_namespace),
	ENTRY(PROCFD_GET_INFO, INFO, procfd_get_info),
	ENTRY(PROCFD_OPEN_RELATIVE, OPEN_RELATIVE, procfd_open_relative),
	ENTRY(PROCFD_GET_PID, GET_PID, procfd_get_pid),
	ENTRY(PROCFD_COMPARE, COMPARE, procfd_compare),
	ENTRY(PROCFD_GET_ID, GET_ID, procfd_get_id),
	ENTRY(PROCFD_OPEN_DIR, OPEN_DIR, procfd_open_dir),
};

static u64 ioctl_mask(const struct ioctl_entry *table)
{
	u64 mask = 0;
	unsigned int i;

	for (i = 0; i < IOCTL_NUMBERS; i++)
		if (table[i].handler)
			mask |= BIT_ULL(i);
	return mask;
}

u64 ioctl_known_device(void)
{
	return ioctl_mask(device_ioctls);
}

u64 ioctl_known_procfd(void)
{
	return ioctl_mask(procfd_ioctls);
}

/* All of a command but its size must match. */
static const struct ioctl_entry *ioctl_find(const struct ioctl_entry *table,
					    unsigned int cmd)
{
	const struct ioctl_entry *entry = &table[IOCTL_INDEX(cmd)];

	if (!entry->handler || (cmd ^ entry->cmd) & ~IOCSIZE_MASK)
		return NULL;
	return entry;
}

/* Nearly all callers have the struct that this module knows. */
static int ioctl_copy_in(const struct ioctl_entry *entry, void *arg,
			 unsigned int cmd, const void __user *user)
{
	if (likely(cmd == entry->cmd))
		return words_from_user(arg, user, _IOC_SIZE(cmd));
	if (_IOC_SIZE(cmd) < entry->size_ver0)
		return -EINVAL;
	return copy_struct_from_user(arg, _IOC_SIZE(entry->cmd), user,
				     _IOC_SIZE(cmd));
}

/* What the caller has behind the struct we know was checked to be zeros. */
static int ioctl_copy_out(const struct ioctl_entry *entry, const void *arg,
			  unsigned int cmd, void __user *user)
{
	unsigned int size = min(_IOC_SIZE(cmd), _IOC_SIZE(entry->cmd));

	if (!(_IOC_DIR(cmd) & _IOC_READ))
		return 0;
	return copy_to_user(user, arg, size) ? -EFAULT : 0;
}

/*
 * Of a large struct only the first word is read, and the handler sets all of it before
 * it is copied out, in whole words.  Apart, so that small ones need not have so much of
 * the stack.
 */
static noinline long ioctl_run_large(const struct ioctl_entry *entry,
				     struct file *filp, unsigned int cmd,
				     void __user *user)
{
	u64 arg[ARG_MAX_SIZE / sizeof(u64)] __uninitialized;
	unsigned int size = _IOC_SIZE(cmd), known = _IOC_SIZE(entry->cmd);
	long ret = 1;

	if (size < entry->size_ver0)
		return -EINVAL;
	if (size > known)
		ret = check_zeroed_user(user + known, size - known);
	if (ret <= 0)
		return ret ?: -E2BIG;
	if (get_user(arg[0], (u64 __user *)user))
		return -EFAULT;
	ret = entry->handler(filp, arg);
	if (ret < 0)
		return ret;
	return words_to_user(user, arg, round_down(min(size, known), 8)) ?: ret;
}

static long ioctl_run_small(const struct ioctl_entry *entry, struct file *filp,
			    unsigned int cmd, void __user *user)
{
	u64 arg[ARG_SMALL_SIZE / sizeof(u64)] __uninitialized;
	long ret = ioctl_copy_in(entry, arg, cmd, user);

	if (ret)
		return ret;
	ret = entry->handler(filp, arg);
	if (ret < 0)
		return ret;
	return ioctl_copy_out(entry, arg, cmd, user) ?: ret;
}

static noinline long ioctl_run(const struct ioctl_entry *table,
			       struct file *filp, unsigned int cmd,
			       void __user *user)
{
	const struct ioctl_entry *entry = ioctl_find(table, cmd);

	if (!entry)
		return -ENOTTY;
	if (_IOC_SIZE(entry->cmd) > ARG_SMALL_SIZE)
		return ioctl_run_large(entry, filp, cmd, user);
	return ioctl_run_small(entry, filp, cmd, user);
}

/*
 * The short way for what is called most often, with the struct that this module knows
 * and nothing to copy out: sizes and handlers are constants here.
 */
static __always_inline long run_open_pid(struct file *filp,
					 const void __user *user)
{
	struct procfd_open_pid arg __uninitialized;

	return words_from_user(&arg, user, sizeof(arg)) ?:
		       device_open_pid(filp, &arg);
}

static __always_inline long run_send_signal(struct file *filp,
					    const void __user *user)
{
	struct procfd_send_signal arg __uninitialized;

	return words_from_user(&arg, user, sizeof(arg)) ?:
		       procfd_send_signal(filp, &arg);
}

static long device_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	if (cmd == PROCFD_OPEN_PID)
		return run_open_pid(filp, user);
	return ioctl_run(device_ioctls, filp, cmd, user);
}

long procfd_file_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	if (cmd == PROCFD_SEND_SIGNAL)
		return run_send_signal(filp, user);
	return ioctl_run(procfd_ioctls, filp, cmd, user);
}

static int device_open(struct inode *inode, struct file *filp)
{
	int err = procfd_files_get();

	return err ? err : nonseekable_open(inode, filp);
}

static int device_release(struct inode *inode, struct file *filp)
{
	procfd_files_put();
	return 0;
}

const struct file_operations procfd_device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* The kernel's own looks at the type in a way that is no constant for clang. */
#undef _IOC_TYPECHECK
#define _IOC_TYPECHECK(type) sizeof(type)

/* The layout is the same for every caller: no holes, 64-bit aligned. */
#define CHECK(cmd, name)                                   \
	static_assert(_IOC_SIZE(cmd) >= name##_SIZE_VER0); \
	static_assert(_IOC_SIZE(cmd) <= ARG_MAX_SIZE);     \
	static_assert(_IOC_SIZE(cmd) % sizeof(u64) == 0)

CHECK(PROCFD_GET_FEATURES, FEATURES);
CHECK(PROCFD_OPEN_PID, OPEN_PID);
CHECK(PROCFD_CLONE, CLONE);
CHECK(PROCFD_NEXT_CHILD, NEXT_CHILD);
CHECK(PROCFD_SEND_SIGNAL, SEND_SIGNAL);
CHECK(PROCFD_WAIT, WAIT);
CHECK(PROCFD_GET_PIDFD, GET_PIDFD);
CHECK(PROCFD_GET_NAMESPACE, GET_NAMESPACE);
CHECK(PROCFD_OPEN_PIDFD, OPEN_BY_FD);
CHECK(PROCFD_OPEN_PEER, OPEN_BY_FD);
CHECK(PROCFD_OPEN_ID, OPEN_ID);
CHECK(PROCFD_OPEN_SELF, OPEN_KNOWN);
CHECK(PROCFD_OPEN_ROOT, OPEN_KNOWN);
CHECK(PROCFD_LIST, LIST);
CHECK(PROCFD_GET_INFO, INFO);
CHECK(PROCFD_OPEN_RELATIVE, OPEN_RELATIVE);
CHECK(PROCFD_GET_PID, GET_PID);
CHECK(PROCFD_COMPARE, COMPARE);
CHECK(PROCFD_GET_ID, GET_ID);
CHECK(PROCFD_OPEN_DIR, OPEN_DIR);
static_assert(!(_IOC_DIR(PROCFD_OPEN_PID) & _IOC_READ));
static_assert(!(_IOC_DIR(PROCFD_SEND_SIGNAL) & _IOC_READ));
static_assert(offsetof(struct procfd_info, sig_pending) ==
	      PROCFD_INFO_SIZE_SHORT);
static_assert(sizeof(struct procfd_exit) == PROCFD_EXIT_SIZE_VER0);
