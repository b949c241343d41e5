// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Proofs, made by the compiler, that the structs of procfd.h are those of
 * procfd_ioctl.h. No code comes from this file. Macros that both headers define
 * need no proof: the compiler refuses a second definition that differs.
 */
#include <stddef.h>

#include "procfd.h"
#include "procfd_ioctl.h"

#define SAME_SIZE(ours, theirs)                                      \
	_Static_assert(sizeof(struct ours) == sizeof(struct theirs), \
		       #ours " is " #theirs)

#define SAME(ours, theirs, member)                                           \
	_Static_assert(offsetof(struct ours, member) ==                      \
				       offsetof(struct theirs, member) &&    \
			       sizeof(((struct ours *)0)->member) ==         \
				       sizeof(((struct theirs *)0)->member), \
		       #ours "." #member)

SAME_SIZE(procfd_exit_record, procfd_exit);
#define EXIT(member) SAME(procfd_exit_record, procfd_exit, member)
EXIT(size);
EXIT(wait_status);
EXIT(mask);
EXIT(code);
EXIT(status);
EXIT(pid);
EXIT(uid);
EXIT(start_ns);
EXIT(end_ns);
EXIT(utime_ns);
EXIT(stime_ns);
EXIT(maxrss_bytes);
EXIT(minflt);
EXIT(majflt);
EXIT(nvcsw);
EXIT(nivcsw);
EXIT(inblock);
EXIT(oublock);
EXIT(cutime_ns);
EXIT(cstime_ns);
EXIT(cmaxrss_bytes);
EXIT(cminflt);
EXIT(cmajflt);
EXIT(cnvcsw);
EXIT(cnivcsw);
EXIT(cinblock);
EXIT(coublock);

SAME_SIZE(procfd_clone_args, procfd_clone);
#define CLONE(member) SAME(procfd_clone_args, procfd_clone, member)
CLONE(flags);
CLONE(reserved);
CLONE(procfd);
CLONE(clone_flags);
CLONE(pidfd);
CLONE(child_tid);
CLONE(parent_tid);
CLONE(exit_signal);
CLONE(stack);
CLONE(stack_size);
CLONE(tls);
CLONE(set_tid);
CLONE(set_tid_size);
CLONE(cgroup);

SAME_SIZE(procfd_features_info, procfd_features);
#define FEATURES(member) SAME(procfd_features_info, procfd_features, member)
FEATURES(abi);
FEATURES(version);
FEATURES(known);
FEATURES(features);
FEATURES(device_ioctls);
FEATURES(procfd_ioctls);
FEATURES(open_flags);
FEATURES(child_flags);
FEATURES(clone_flags);
FEATURES(signal_flags);
FEATURES(wait_options);
FEATURES(exit_mask);
FEATURES(info_mask);
FEATURES(list_flags);

SAME_SIZE(procfd_info_record, procfd_info);
#define INFO(member) SAME(procfd_info_record, procfd_info, member)
INFO(mask);
INFO(size);
INFO(flags);
INFO(id);
INFO(pid);
INFO(tgid);
INFO(ppid);
INFO(pgid);
INFO(sid);
INFO(tracer);
INFO(comm);
INFO(state);
INFO(nr_threads);
INFO(ruid);
INFO(euid);
INFO(suid);
INFO(fsuid);
INFO(rgid);
INFO(egid);
INFO(sgid);
INFO(fsgid);
INFO(start_ns);
INFO(utime_ns);
INFO(stime_ns);
INFO(cutime_ns);
INFO(cstime_ns);
INFO(minflt);
INFO(majflt);
INFO(cminflt);
INFO(cmajflt);
INFO(policy);
INFO(nice);
INFO(priority);
INFO(rt_priority);
INFO(processor);
INFO(exit_signal);
INFO(tty);
INFO(tty_pgid);
INFO(vsize_bytes);
INFO(rss_bytes);
INFO(sig_pending);
INFO(sig_shared);
INFO(sig_blocked);
INFO(sig_ignored);
INFO(sig_caught);
INFO(rss_anon_bytes);
INFO(rss_file_bytes);
INFO(rss_shmem_bytes);
INFO(swap_bytes);
INFO(rss_peak_bytes);
INFO(vsize_peak_bytes);
INFO(data_bytes);
INFO(stack_bytes);
INFO(text_bytes);
INFO(lib_bytes);
INFO(page_table_bytes);
INFO(locked_bytes);
INFO(pinned_bytes);
INFO(hugetlb_bytes);
INFO(nvcsw);
INFO(nivcsw);
INFO(cap_inheritable);
INFO(cap_permitted);
INFO(cap_effective);
INFO(cap_bounding);
INFO(cap_ambient);
INFO(seccomp);
INFO(umask);
INFO(cgroup_id);
INFO(nr_nspids);
INFO(nspids);
INFO(ns_cgroup);
INFO(ns_ipc);
INFO(ns_mnt);
INFO(ns_net);
INFO(ns_pid);
INFO(ns_pid_for_children);
INFO(ns_time);
INFO(ns_time_for_children);
INFO(ns_user);
INFO(ns_uts);
INFO(exit);
