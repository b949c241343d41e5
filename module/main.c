// SPDX-License-Identifier: GPL-2.0-only
/* procfd: the life of the module, undone in reverse */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "compat/symbols.h"
#include "procfd.h"
#include "version.h"

static ushort mode = 0666;
module_param(mode, ushort, 0444);
MODULE_PARM_DESC(mode, "Permissions of /dev/procfd");

static struct miscdevice procfd_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "procfd",
	.fops = &procfd_device_fops,
	.groups = procfd_device_groups,
};

static int __init procfd_init(void)
{
	int err;

	err = symbols_init();
	if (err)
		return err;
	err = notify_init();
	if (err)
		return err;
	err = process_init();
	if (err)
		goto out_notify;
	err = procfd_file_init();
	if (err)
		goto out_process;
	procfd_device.mode = mode & 0777;
	err = misc_register(&procfd_device);
	if (err)
		goto out_file;
	return 0;

out_file:
	procfd_file_exit();
out_process:
	process_exit();
out_notify:
	notify_exit();
	return err;
}

/*
 * No fd is open, no child is bound or AUTOREAP: each would hold the module.  A
 * function of ours that gave up such a reference may still have to return; it
 * has when every task was seen outside of it.
 */
static void __exit procfd_exit(void)
{
	misc_deregister(&procfd_device);
	child_exit();
	autoreap_exit();
	thread_exit();
	canary_exit();
	hangup_exit();
	synchronize_rcu_tasks();
	notify_exit();
	procfd_file_exit();
	process_exit();
}

module_init(procfd_init);
module_exit(procfd_exit);

MODULE_DESCRIPTION("Processes as file descriptors");
MODULE_AUTHOR("The procfd authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROCFD_VERSION);
