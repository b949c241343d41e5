// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is known of a process, for programs: the members that are there. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "process.h"

enum kind { SIGNED, UNSIGNED };

static const struct {
	const char *name;
	uint64_t group;
	size_t offset, size;
	enum kind kind;
} members[] = {
/* clang-format off */
#define MEMBER(member, group, kind) \
	{ #member, PROCFD_INFO_##group, offsetof(struct procfd_info_record, member), \
	  sizeof(((struct procfd_info_record *)0)->member), kind }
	MEMBER(id, ID, UNSIGNED),
	MEMBER(tgid, PIDS, SIGNED),
	MEMBER(ppid, PIDS, SIGNED),
	MEMBER(pgid, PIDS, SIGNED),
	MEMBER(sid, PIDS, SIGNED),
	MEMBER(tracer, PIDS, SIGNED),
	MEMBER(ruid, CREDS, UNSIGNED),
	MEMBER(euid, CREDS, UNSIGNED),
	MEMBER(suid, CREDS, UNSIGNED),
	MEMBER(fsuid, CREDS, UNSIGNED),
	MEMBER(rgid, CREDS, UNSIGNED),
	MEMBER(egid, CREDS, UNSIGNED),
	MEMBER(sgid, CREDS, UNSIGNED),
	MEMBER(fsgid, CREDS, UNSIGNED),
	MEMBER(start_ns, START, UNSIGNED),
	MEMBER(utime_ns, CPU, UNSIGNED),
	MEMBER(stime_ns, CPU, UNSIGNED),
	MEMBER(cutime_ns, CPU, UNSIGNED),
	MEMBER(cstime_ns, CPU, UNSIGNED),
	MEMBER(minflt, FAULTS, UNSIGNED),
	MEMBER(majflt, FAULTS, UNSIGNED),
	MEMBER(cminflt, FAULTS, UNSIGNED),
	MEMBER(cmajflt, FAULTS, UNSIGNED),
	MEMBER(nr_threads, THREADS, UNSIGNED),
	MEMBER(policy, SCHED, SIGNED),
	MEMBER(nice, SCHED, SIGNED),
	MEMBER(priority, SCHED, SIGNED),
	MEMBER(rt_priority, SCHED, UNSIGNED),
	MEMBER(processor, SCHED, SIGNED),
	MEMBER(exit_signal, SCHED, SIGNED),
	MEMBER(tty, TTY, UNSIGNED),
	MEMBER(tty_pgid, TTY, SIGNED),
	MEMBER(vsize_bytes, RSS, UNSIGNED),
	MEMBER(rss_bytes, RSS, UNSIGNED),
	MEMBER(sig_pending, SIGNALS, UNSIGNED),
	MEMBER(sig_shared, SIGNALS, UNSIGNED),
	MEMBER(sig_blocked, SIGNALS, UNSIGNED),
	MEMBER(sig_ignored, SIGNALS, UNSIGNED),
	MEMBER(sig_caught, SIGNALS, UNSIGNED),
	MEMBER(rss_anon_bytes, MEMORY, UNSIGNED),
	MEMBER(rss_file_bytes, MEMORY, UNSIGNED),
	MEMBER(rss_shmem_bytes, MEMORY, UNSIGNED),
	MEMBER(swap_bytes, MEMORY, UNSIGNED),
	MEMBER(rss_peak_bytes, MEMORY, UNSIGNED),
	MEMBER(vsize_peak_bytes, MEMORY, UNSIGNED),
	MEMBER(data_bytes, MEMORY, UNSIGNED),
	MEMBER(stack_bytes, MEMORY, UNSIGNED),
	MEMBER(text_bytes, MEMORY, UNSIGNED),
	MEMBER(lib_bytes, MEMORY, UNSIGNED),
	MEMBER(page_table_bytes, MEMORY, UNSIGNED),
	MEMBER(locked_bytes, MEMORY, UNSIGNED),
	MEMBER(pinned_bytes, MEMORY, UNSIGNED),
	MEMBER(hugetlb_bytes, MEMORY, UNSIGNED),
	MEMBER(nvcsw, SWITCHES, UNSIGNED),
	MEMBER(nivcsw, SWITCHES, UNSIGNED),
	MEMBER(cap_inheritable, CAPS, UNSIGNED),
	MEMBER(cap_permitted, CAPS, UNSIGNED),
	MEMBER(cap_effective, CAPS, UNSIGNED),
	MEMBER(cap_bounding, CAPS, UNSIGNED),
	MEMBER(cap_ambient, CAPS, UNSIGNED),
	MEMBER(seccomp, SECURITY, UNSIGNED),
	MEMBER(umask, SECURITY, UNSIGNED),
	MEMBER(cgroup_id, CGROUP, UNSIGNED),
	MEMBER(ns_cgroup, NAMESPACES, UNSIGNED),
	MEMBER(ns_ipc, NAMESPACES, UNSIGNED),
	MEMBER(ns_mnt, NAMESPACES, UNSIGNED),
	MEMBER(ns_net, NAMESPACES, UNSIGNED),
	MEMBER(ns_pid, NAMESPACES, UNSIGNED),
	MEMBER(ns_pid_for_children, NAMESPACES, UNSIGNED),
	MEMBER(ns_time, NAMESPACES, UNSIGNED),
	MEMBER(ns_time_for_children, NAMESPACES, UNSIGNED),
	MEMBER(ns_user, NAMESPACES, UNSIGNED),
	MEMBER(ns_uts, NAMESPACES, UNSIGNED),
#undef MEMBER
	/* clang-format on */
};

static struct json_object *number(const char *member, size_t size,
				  enum kind kind)
{
	uint64_t wide;
	uint32_t narrow;

	if (size == sizeof(wide)) {
		memcpy(&wide, member, sizeof(wide));
		return json_object_new_uint64(wide);
	}
	memcpy(&narrow, member, sizeof(narrow));
	return kind == SIGNED ? json_object_new_int64((int32_t)narrow) :
				json_object_new_int64(narrow);
}

static void add_flags(struct json_object *object, uint32_t flags)
{
	static const char *const names[] = {
		"kernel_thread", "thread",	 "exiting",	 "ended",
		"reaped",	 "core_dumping", "no_new_privs", "autoreap",
	};
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & 1U << i)
			json_object_array_add(list,
					      json_object_new_string(names[i]));
	json_object_object_add(object, "flags", list);
}

static void add_nspids(struct json_object *object,
		       const struct procfd_info_record *info)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < info->nr_nspids && i < PROCFD_NSPIDS_MAX; i++)
		json_object_array_add(list,
				      json_object_new_int(info->nspids[i]));
	json_object_object_add(object, "nspids", list);
}

void info_json(struct json_object *object,
	       const struct procfd_info_record *info)
{
	char state[2] = { (char)info->state };

	if (info->mask & PROCFD_INFO_STATE) {
		json_object_object_add(object, "run_state",
				       json_object_new_string(state));
		add_flags(object, info->flags);
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (info->mask & members[i].group)
			json_object_object_add(
				object, members[i].name,
				number((const char *)info + members[i].offset,
				       members[i].size, members[i].kind));
	if (info->mask & PROCFD_INFO_NAMESPACE_PIDS)
		add_nspids(object, info);
}
