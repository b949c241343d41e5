// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl features: what the module can give on this kernel. */
#include <stdio.h>

#include <json-c/json.h>

#include "ctl.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

const struct feature features[] = {
	{ PROCFD_FEATURE_CLONE, "clone", "CLONE",
	  "kernel_clone(), task_work_add()" },
	{ PROCFD_FEATURE_NEXT_CHILD, "next_child", "fork, spawn, NEXT_CHILD",
	  "task_work_add()" },
	{ PROCFD_FEATURE_AUTOREAP, "autoreap", "children that reap themselves",
	  "a return probe on do_notify_parent()" },
	{ PROCFD_FEATURE_REAP, "reap", "WAIT by a parent or tracer",
	  "do_wait()" },
	{ PROCFD_FEATURE_SIGNAL_INFO, "signal_info",
	  "signals with siginfo, or to a thread", "group_send_sig_info()" },
	{ PROCFD_FEATURE_HANGUP, "hangup", "pollers are woken by reaping",
	  "proc_flush_pid(), or Linux 6.9" },
	{ PROCFD_FEATURE_BLOCK_IO, "block_io",
	  "block I/O for others than the parent", "ptrace_may_access()" },
	{ PROCFD_FEATURE_PIDFD, "pidfd", "native pidfds of a procfd",
	  "pidfd_prepare() or pidfd_create()" },
	{ PROCFD_FEATURE_NAMESPACES, "namespaces", "fds on namespaces",
	  "the *ns_get() functions, ptrace_may_access()" },
	{ PROCFD_FEATURE_EXACT_CPU, "exact_cpu",
	  "CPU times to the microsecond, not the tick",
	  "task_sched_runtime()" },
	{ PROCFD_FEATURE_FROM_PIDFD, "from_pidfd", "procfds of native pidfds",
	  "pidfd_pid()" },
	{ PROCFD_FEATURE_PIDNS_FD, "pidns_fd", "pid namespaces by fd",
	  "proc_ns_file()" },
	{ PROCFD_FEATURE_THREAD, "thread", "procfds of threads",
	  "a probe on release_task()" },
	{ 0 },
};

const char *version_text(uint32_t version, char *text)
{
	snprintf(text, TEXT_MAX, "%u.%u.%u", version >> 16, version >> 8 & 0xff,
		 version & 0xff);
	return text;
}

static const char *state_of(const struct procfd_features_info *info,
			    const struct feature *feature)
{
	if (info->features & feature->bit)
		return "yes";
	return info->known & feature->bit ? "no" : "unknown";
}

static void print_text(const struct procfd_features_info *info)
{
	char version[TEXT_MAX];

	printf("procfd %s, ABI %u\n", version_text(info->version, version),
	       info->abi);
	for (size_t i = 0; features[i].name; i++) {
		bool given = info->features & features[i].bit;

		printf("  %-12s %s%-8s%s %s", features[i].name,
		       colour(stdout, given ? GREEN : YELLOW),
		       state_of(info, &features[i]), colour(stdout, PLAIN),
		       features[i].gives);
		if (given)
			printf("\n");
		else
			printf("; %s %s\n",
			       info->known & features[i].bit ?
				       "this kernel lacks" :
				       "this module is too old for it, it needs",
			       features[i].needs);
	}
}

static void print_features_json(const struct procfd_features_info *info)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_object();
	char version[TEXT_MAX];

	for (size_t i = 0; features[i].name; i++)
		json_object_object_add(
			list, features[i].name,
			json_object_new_boolean(
				!!(info->features & features[i].bit)));
	json_object_object_add(object, "abi",
			       json_object_new_int((int)info->abi));
	json_object_object_add(
		object, "version",
		json_object_new_string(version_text(info->version, version)));
	json_object_object_add(object, "features", list);
	print_json(stdout, object);
}

static int run_features(int argc, char **argv)
{
	struct procfd_features_info info;
	bool json = false;

	while (next_option(argc, argv, ":hj", options) >= 0)
		json = true;
	if (argv[optind])
		fail_usage("'%s' is one word too many", argv[optind]);
	if (procfd_get_features(&info, sizeof(info)))
		return fail_errno("features");
	if (!info.abi) {
		complain(
			"load it with 'procfdctl load'; 'procfdctl doctor' tells more",
			"the module is not there, only native pidfds are");
		return STATUS_NO_MODULE;
	}
	(json ? print_features_json : print_text)(&info);
	return STATUS_OK;
}

const struct command command_features = {
	.name = "features",
	.summary =
		"Show what the module can give on this kernel, and what it lacks",
	.arguments = "[--json]",
	.help = "  -j, --json   one JSON object\n"
		"\n"
		"Exit status: 0 shown, 1 failed, 2 wrong arguments, 3 no module.\n",
	.run = run_features,
};
