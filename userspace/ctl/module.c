// SPDX-License-Identifier: LGPL-2.1-or-later
/* procfdctl load, unload, status: the kernel module, by libkmod. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <json-c/json.h>
#include <libkmod.h>
#include <time.h>

#include "ctl.h"

static const struct option no_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct option json_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

/* libkmod says what went wrong by its result, not on standard error */
static void no_log(void *data, int priority, const char *file, int line,
		   const char *function, const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line;
	(void)function, (void)format, (void)args;
}

struct kmod_ctx *libkmod_open(void)
{
	struct kmod_ctx *context = kmod_new(NULL, NULL);

	if (context)
		kmod_set_log_fn(context, no_log, NULL);
	return context;
}

static struct kmod_module *module_get(struct kmod_ctx **context)
{
	struct kmod_module *module = NULL;

	*context = libkmod_open();
	if (*context &&
	    kmod_module_new_from_name(*context, MODULE, &module) < 0)
		module = NULL;
	if (!module) {
		complain("install the package libkmod2",
			 "libkmod cannot be used");
		exit(STATUS_FAILED);
	}
	return module;
}

static void module_put(struct kmod_module *module, struct kmod_ctx *context)
{
	kmod_module_unref(module);
	kmod_unref(context);
}

/* ---- load -------------------------------------------------------------------- */

static const char *load_hint(int error)
{
	switch (error) {
	case ENOENT:
		return "build it with 'dkms autoinstall' or 'make dkms-install'; 'procfdctl doctor' tells more";
	case EPERM:
		return geteuid() ?
			       "run it as root" :
			       "see the kernel's lockdown in 'procfdctl doctor'";
	case EKEYREJECTED:
	case ENOKEY:
		return "enrol the key dkms signs with: 'mokutil --import /var/lib/dkms/mok.pub', then reboot; 'procfdctl doctor' tells more";
	case ENOEXEC:
		return "it is built for another kernel, run 'dkms autoinstall'; 'procfdctl doctor' tells more";
	case EINVAL:
		return "see 'modinfo -p procfd' for the parameters, and 'dmesg'";
	default: return "see 'procfdctl doctor' and 'dmesg'";
	}
}

/* PARAM=VALUE words, with blanks between them, as the kernel takes them */
static char *join_parameters(char **words)
{
	char *all = calloc(1, 1);

	for (; all && *words; words++) {
		char *longer;

		if (!strchr(*words, '=') || **words == '=')
			fail_usage("'%s' is not PARAMETER=VALUE", *words);
		if (asprintf(&longer, "%s%s%s", all, *all ? " " : "", *words) <
		    0)
			longer = NULL;
		free(all);
		all = longer;
	}
	return all;
}

/* Without headers dkms builds nothing, and says that all went well. */
static void complain_not_built(void)
{
	struct utsname system;
	char path[256], hint[256];

	uname(&system);
	snprintf(path, sizeof(path), "/lib/modules/%s/build/Makefile",
		 system.release);
	if (!access(path, F_OK)) {
		complain(load_hint(ENOENT), "there is no module for kernel %s",
			 system.release);
		return;
	}
	snprintf(
		hint, sizeof(hint),
		"install linux-headers-%s, then run 'dkms autoinstall'; 'procfdctl doctor' tells more",
		system.release);
	complain(hint, "there is no module for kernel %s, and no headers",
		 system.release);
}

static int load_failed(int error)
{
	if (error == EEXIST) {
		complain("unload it first to give it other parameters",
			 "the module is loaded already");
		return STATUS_FAILED;
	}
	if (error == ENOENT)
		complain_not_built();
	else
		complain(load_hint(error), "loading: %s", strerror(error));
	return STATUS_FAILED;
}

static int run_load(int argc, char **argv)
{
	struct kmod_ctx *context;
	struct kmod_module *module;
	char *parameters;
	int result;

	next_option(argc, argv, ":h", no_options);
	parameters = join_parameters(argv + optind);
	module = module_get(&context);
	/* without parameters "loaded" is all that is asked for */
	result = kmod_module_probe_insert_module(
		module, argv[optind] ? KMOD_PROBE_FAIL_ON_LOADED : 0,
		parameters, NULL, NULL, NULL);
	module_put(module, context);
	free(parameters);
	return result < 0 ? load_failed(-result) : STATUS_OK;
}

const struct command command_load = {
	.name = "load",
	.summary = "Load the kernel module",
	.arguments = "[PARAMETER=VALUE...]",
	.help = "That it is loaded already is no error, unless there are parameters.\n"
		"'modinfo -p procfd' lists them.\n"
		"\n"
		"Exit status: 0 loaded, 1 failed, 2 wrong arguments.\n",
	.run = run_load,
};

/* ---- unload ------------------------------------------------------------------- */

/* The module lets go of itself a moment after the last fd was closed. */
static int remove_module(struct kmod_module *module)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
	int result, tries = 50;

	while ((result = kmod_module_remove_module(module, 0)) == -EAGAIN &&
	       --tries)
		nanosleep(&moment, NULL);
	return result;
}

static int run_unload(int argc, char **argv)
{
	struct kmod_ctx *context;
	struct kmod_module *module;
	int result;

	next_option(argc, argv, ":h", no_options);
	if (argv[optind])
		fail_usage("'%s' is one word too many", argv[optind]);
	module = module_get(&context);
	result = kmod_module_get_initstate(module);
	if (result >= 0)
		result = remove_module(module);
	module_put(module, context);
	if (result >= 0 || result == -ENOENT)
		return STATUS_OK;
	if (result == -EAGAIN || result == -EBUSY)
		complain(
			"close the procfds: 'ls -l /proc/*/fd | grep procfd' finds them",
			"the module is in use");
	else
		complain(result == -EPERM ? "run it as root" : "see 'dmesg'",
			 "unloading: %s", strerror(-result));
	return STATUS_FAILED;
}

const struct command command_unload = {
	.name = "unload",
	.summary = "Unload the kernel module",
	.arguments = "",
	.help = "It stays while an fd on the device or on a process is open, and while an\n"
		"autoreap child lives. That it is not loaded is no error.\n"
		"\n"
		"Exit status: 0 not loaded any more, 1 failed, 2 wrong arguments.\n",
	.run = run_unload,
};

/* ---- status ------------------------------------------------------------------- */

struct module_status {
	bool loaded;
	int references;
	char version[TEXT_MAX];
	bool node; /* the rest is about it */
	struct stat device;
	unsigned int abi; /* 0: it cannot be used, and this is why */
	int error;
};

static void read_version(char *text)
{
	FILE *file = fopen("/sys/module/" MODULE "/version", "re");

	strcpy(text, "unknown");
	if (!file)
		return;
	if (fgets(text, TEXT_MAX, file))
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
}

static void get_status(struct module_status *status)
{
	struct procfd_features_info info;
	struct kmod_ctx *context;
	struct kmod_module *module = module_get(&context);

	*status = (struct module_status){ 0 };
	status->loaded = kmod_module_get_initstate(module) == KMOD_MODULE_LIVE;
	if (status->loaded) {
		/* before this command opens the device itself */
		status->references = kmod_module_get_refcnt(module);
		read_version(status->version);
	}
	module_put(module, context);
	status->node = !stat(DEVICE, &status->device) &&
		       S_ISCHR(status->device.st_mode);
	/* without the module it is no error, but there is no ABI */
	if (procfd_get_features(&info, sizeof(info)))
		status->error = errno;
	else if (info.abi)
		status->abi = info.abi;
	else
		status->error = ENODEV;
}

static void status_text(const struct module_status *status)
{
	if (status->loaded)
		printf("module   loaded, version %s, %d reference%s\n",
		       status->version, status->references,
		       status->references == 1 ? "" : "s");
	else
		printf("module   not loaded\n");
	if (status->node)
		printf("device   %s, mode %04o, owner %u:%u\n", DEVICE,
		       status->device.st_mode & 07777, status->device.st_uid,
		       status->device.st_gid);
	else
		printf("device   %s is not there\n", DEVICE);
	if (status->abi)
		printf("usable   yes, ABI %u; see 'procfdctl features'\n",
		       status->abi);
	else
		printf("usable   no: %s; see 'procfdctl doctor'\n",
		       strerror(status->error));
}

static void status_json(const struct module_status *status)
{
	struct json_object *object = json_object_new_object();
	char mode[TEXT_MAX];

	json_object_object_add(object, "loaded",
			       json_object_new_boolean(status->loaded));
	if (status->loaded) {
		json_object_object_add(object, "version",
				       json_object_new_string(status->version));
		json_object_object_add(object, "references",
				       json_object_new_int(status->references));
	}
	if (status->node) {
		snprintf(mode, sizeof(mode), "%04o",
			 status->device.st_mode & 07777);
		json_object_object_add(object, "device",
				       json_object_new_string(DEVICE));
		json_object_object_add(object, "mode",
				       json_object_new_string(mode));
	}
	json_object_object_add(object, "usable",
			       json_object_new_boolean(status->abi != 0));
	print_json(stdout, object);
}

static int run_status(int argc, char **argv)
{
	struct module_status status;
	bool json = false;

	while (next_option(argc, argv, ":hj", json_options) >= 0)
		json = true;
	if (argv[optind])
		fail_usage("'%s' is one word too many", argv[optind]);
	get_status(&status);
	(json ? status_json : status_text)(&status);
	return status.abi ? STATUS_OK : STATUS_NO_MODULE;
}

const struct command command_status = {
	.name = "status",
	.summary =
		"Show whether the module is loaded and the device can be used",
	.arguments = "[--json]",
	.help = "  -j, --json   one JSON object\n"
		"\n"
		"Exit status: 0 it can be used, 2 wrong arguments, 3 it cannot.\n",
	.run = run_status,
};
