// SPDX-License-Identifier: GPL-2.0-only
/* What a process is allowed: users and groups, capabilities, seccomp, umask */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/sched/task.h>
#include <linux/seccomp.h>
#include <linux/uidgid.h>

#include "compat/capability.h"
#include "info.h"

static u32 uid_for(const struct info_view *view, kuid_t uid)
{
	if (view->users == &init_user_ns)
		return __kuid_val(uid);
	return from_kuid_munged(view->users, uid);
}

static u32 gid_for(const struct info_view *view, kgid_t gid)
{
	if (view->users == &init_user_ns)
		return __kgid_val(gid);
	return from_kgid_munged(view->users, gid);
}

static void info_creds(struct procfd_info *info, const struct cred *cred,
		       const struct info_view *view)
{
	info->ruid = uid_for(view, cred->uid);
	info->euid = uid_for(view, cred->euid);
	info->suid = uid_for(view, cred->suid);
	info->fsuid = uid_for(view, cred->fsuid);
	info->rgid = gid_for(view, cred->gid);
	info->egid = gid_for(view, cred->egid);
	info->sgid = gid_for(view, cred->sgid);
	info->fsgid = gid_for(view, cred->fsgid);
}

static void info_caps(struct procfd_info *info, const struct cred *cred)
{
	info->cap_inheritable = compat_cap_mask(cred->cap_inheritable);
	info->cap_permitted = compat_cap_mask(cred->cap_permitted);
	info->cap_effective = compat_cap_mask(cred->cap_effective);
	info->cap_bounding = compat_cap_mask(cred->cap_bset);
	info->cap_ambient = compat_cap_mask(cred->cap_ambient);
}

/* One that is ending has no umask any more. */
static u64 info_security(struct procfd_info *info, struct task_struct *task)
{
	bool has_fs;

	task_lock(task);
	has_fs = task->fs;
	if (has_fs)
		info->umask = READ_ONCE(task->fs->umask);
	task_unlock(task);
#ifdef CONFIG_SECCOMP
	if (has_fs)
		info->seccomp = READ_ONCE(task->seccomp.mode);
#endif
	return has_fs ? PROCFD_INFO_SECURITY : 0;
}

u64 info_fill_credentials(struct procfd_info *info, u64 mask,
			  struct task_struct *task,
			  const struct info_view *view)
{
	const struct cred *cred = __task_cred(task);
	u64 given = mask & (PROCFD_INFO_CREDS | PROCFD_INFO_CAPS);

	if (mask & PROCFD_INFO_CREDS)
		info_creds(info, cred, view);
	if (mask & PROCFD_INFO_CAPS)
		info_caps(info, cred);
	if (mask & PROCFD_INFO_SECURITY)
		given |= info_security(info, task);
	return given;
}
