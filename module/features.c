// SPDX-License-Identifier: GPL-2.0-only
/*
 * GET_FEATURES: what the module knows, and what this kernel could give
 *
 * The mask tells which features are off; which functions the kernel lacks, for
 * those who look for the cause, is in /sys/class/misc/procfd/missing_symbols.
 */
#include <linux/device.h>

#include "clone.h"
#include "compat/symbols.h"
#include "info.h"
#include "procfd.h"
#include "version.h"

#define KNOWN_FEATURES                                          \
	(PROCFD_FEATURE_CLONE | PROCFD_FEATURE_NEXT_CHILD |     \
	 PROCFD_FEATURE_AUTOREAP | PROCFD_FEATURE_REAP |        \
	 PROCFD_FEATURE_SIGNAL_INFO | PROCFD_FEATURE_HANGUP |   \
	 PROCFD_FEATURE_BLOCK_IO | PROCFD_FEATURE_PIDFD |       \
	 PROCFD_FEATURE_NAMESPACES | PROCFD_FEATURE_EXACT_CPU | \
	 PROCFD_FEATURE_FROM_PIDFD | PROCFD_FEATURE_PIDNS_FD |  \
	 PROCFD_FEATURE_THREAD)

#define KNOWN_EXIT_MASK                                                     \
	(PROCFD_EXIT_STATUS | PROCFD_EXIT_IDS | PROCFD_EXIT_CPU |           \
	 PROCFD_EXIT_START | PROCFD_EXIT_END | PROCFD_EXIT_MEMORY |         \
	 PROCFD_EXIT_FAULTS | PROCFD_EXIT_SWITCHES | PROCFD_EXIT_BLOCK_IO | \
	 PROCFD_EXIT_CHILDREN)

/* All types that this kernel is built with. */
static bool namespaces_given(void)
{
	return symbol_found(ptrace_may_access) && symbol_found(mntns_get) &&
	       symbol_found(pidns_get) && symbol_found(userns_get) &&
	       symbol_found(netns_get) && symbol_found(utsns_get) &&
	       symbol_found(ipcns_get) && symbol_found(cgroupns_get) &&
	       symbol_found(pidns_for_children_get) &&
	       (!IS_ENABLED(CONFIG_TIME_NS) ||
		(symbol_found(timens_get) &&
		 symbol_found(timens_for_children_get)));
}

static u64 features_given(void)
{
	const struct {
		u64 feature;
		bool given;
	} table[] = {
		{ PROCFD_FEATURE_CLONE,
		  symbol_found(kernel_clone) && symbol_found(task_work_add) },
		{ PROCFD_FEATURE_NEXT_CHILD, symbol_found(task_work_add) },
		{ PROCFD_FEATURE_AUTOREAP, autoreap_given() },
		{ PROCFD_FEATURE_REAP, symbol_found(do_wait) },
		{ PROCFD_FEATURE_SIGNAL_INFO,
		  symbol_found(group_send_sig_info) },
		{ PROCFD_FEATURE_HANGUP, hangup_given() },
		{ PROCFD_FEATURE_BLOCK_IO, symbol_found(ptrace_may_access) },
		{ PROCFD_FEATURE_PIDFD, symbol_found(pidfd_prepare) },
		{ PROCFD_FEATURE_NAMESPACES, namespaces_given() },
		{ PROCFD_FEATURE_EXACT_CPU, symbol_found(task_sched_runtime) },
		{ PROCFD_FEATURE_FROM_PIDFD, symbol_found(pidfd_pid) },
		{ PROCFD_FEATURE_THREAD, thread_given() },
		{ PROCFD_FEATURE_PIDNS_FD, symbol_found(proc_ns_file) },
	};
	u64 given = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].given)
			given |= table[i].feature;
	return given;
}

long device_get_features(struct file *device, void *arg)
{
	struct procfd_features *features = arg;

	/* Nothing is told of what could not be found out. */
	if (kprobes_check() == -ENOMEM || hangup_arm() == -ENOMEM)
		return -ENOMEM;

	*features = (struct procfd_features){
		.abi = PROCFD_ABI,
		.version = PROCFD_VERSION_CODE,
		.known = KNOWN_FEATURES,
		.features = features_given(),
		.device_ioctls = ioctl_known_device(),
		.procfd_ioctls = ioctl_known_procfd(),
		.open_flags = PROCFD_NAME_FLAGS,
		.child_flags = PROCFD_CHILD_FLAGS,
		.clone_flags = PROCFD_CLONE_FLAGS,
		.signal_flags = PROCFD_SIGNAL_SCOPES | PROCFD_SIGNAL_INFO,
		.wait_options = PROCFD_WAIT_OPTIONS,
		.exit_mask = KNOWN_EXIT_MASK,
		.info_mask = INFO_UNDER_RCU | PROCFD_INFO_NAMESPACES |
			     PROCFD_INFO_EXIT,
		.list_flags = PROCFD_LIST_FLAGS,
	};
	return 0;
}

static ssize_t missing_symbols_show(struct device *device,
				    struct device_attribute *attr, char *page)
{
	return symbols_tell_missing(page);
}
static DEVICE_ATTR_RO(missing_symbols);

static struct attribute *device_attrs[] = {
	&dev_attr_missing_symbols.attr,
	NULL,
};

static const struct attribute_group device_group = {
	.attrs = device_attrs,
};

const struct attribute_group *procfd_device_groups[] = {
	&device_group,
	NULL,
};
