// SPDX-License-Identifier: LGPL-2.1-or-later
/* Is there a module for this kernel, made for it, and loaded? */
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_checks.h"

/* ---- the file ---------------------------------------------------------------------- */

static void tell_others(const struct machine *machine)
{
	char **kernels = other_kernels(machine->release);
	char file[WORDS_MAX], step[WORDS_MAX];

	for (; kernels && *kernels; kernels++)
		if (!installed_module(*kernels, file))
			found(NOTE, "module", step_build(*kernels, false, step),
			      "Linux %s, which is here too, has none",
			      *kernels);
}

static void check_missing(const struct machine *machine)
{
	char **kernels = other_kernels(machine->release);
	char file[WORDS_MAX], step[WORDS_MAX], others[WORDS_MAX / 2] = "";
	size_t length = 0;

	for (; kernels && *kernels; kernels++) {
		if (!installed_module(*kernels, file))
			continue;
		length += (size_t)snprintf(others + length,
					   sizeof(others) - length, "%s%s",
					   length ? ", " : ", but for ",
					   *kernels);
		if (length >= sizeof(others))
			break;
	}
	found(if_unusable(machine), "module",
	      step_build(machine->release, false, step),
	      "none is installed for Linux %s%s", machine->release, others);
}

/* ---- what the file says of itself ------------------------------------------------- */

static void keep_word(struct machine *machine, const struct kmod_list *entry)
{
	const char *key = kmod_module_info_get_key(entry);
	const char *value = kmod_module_info_get_value(entry);

	if (!strcmp(key, "vermagic"))
		snprintf(machine->vermagic, sizeof(machine->vermagic), "%s",
			 value);
	if (!strcmp(key, "srcversion"))
		snprintf(machine->srcversion, sizeof(machine->srcversion), "%s",
			 value);
	if (!strcmp(key, "sig_id"))
		machine->has_signature = true;
}

void read_module(struct machine *machine)
{
	struct kmod_ctx *context;
	struct kmod_module *module = NULL;
	struct kmod_list *list = NULL, *entry;

	if (!installed_module(machine->release, machine->file))
		return;
	context = libkmod_open();
	if (!context)
		return;
	if (kmod_module_new_from_path(context, machine->file, &module) >= 0 &&
	    kmod_module_get_info(module, &list) >= 0) {
		for (entry = list; entry; entry = kmod_list_next(list, entry))
			keep_word(machine, entry);
		kmod_module_info_free_list(list);
	}
	kmod_module_unref(module);
	kmod_unref(context);
}

static bool for_this_kernel(const struct machine *machine)
{
	size_t length = strcspn(machine->vermagic, " ");

	return length == strlen(machine->release) &&
	       !strncmp(machine->vermagic, machine->release, length);
}

/*
 * With modversions the kernel compares what symbols mean, and not its release: the
 * module may fit all the same.
 */
static void check_vermagic(const struct machine *machine)
{
	bool fits = strstr(machine->vermagic, " modversions");
	char step[WORDS_MAX];

	if (!*machine->vermagic)
		found(if_unusable(machine), "module",
		      step_build(machine->release, true, step),
		      "%s is no module", machine->file);
	else if (for_this_kernel(machine))
		found(FINE, "module", NULL, "%s is for this kernel",
		      machine->file);
	else
		found(fits ? NOTE : if_unusable(machine), "module",
		      step_build(machine->release, true, step),
		      "%s is built for Linux %.*s, and this is %s (version magic)",
		      machine->file, (int)strcspn(machine->vermagic, " "),
		      machine->vermagic, machine->release);
}

/* Was it replaced since it was loaded? */
static void check_loaded(const struct machine *machine)
{
	char version[WORDS_MAX], loaded[WORDS_MAX];

	if (!machine->loaded)
		return;
	first_line(MODULE_DIR "/version", version);
	if (first_line(MODULE_DIR "/srcversion", loaded) &&
	    *machine->srcversion && strcmp(loaded, machine->srcversion) != 0)
		found(NOTE, "module", "procfdctl unload && procfdctl load",
		      "procfd %s is loaded, and another than %s", version,
		      machine->file);
	else
		found(FINE, "module", NULL, "procfd %s is loaded", version);
}

/* What loads modules by name knows only those of modules.dep. */
static void check_indexed(const struct machine *machine,
			  struct kmod_ctx *context)
{
	struct kmod_module *module = NULL;
	const char *path = NULL;
	char step[WORDS_MAX];

	snprintf(step, sizeof(step), "depmod -a %s", machine->release);
	if (kmod_module_new_from_name(context, MODULE, &module) >= 0)
		path = kmod_module_get_path(module);
	if (!path || !exists("%s", path))
		found(if_unusable(machine), "module", step,
		      "%s is not in modules.dep, where it is looked up by name",
		      machine->file);
	kmod_module_unref(module);
}

/* ---- all of it --------------------------------------------------------------------- */

static void check_file(const struct machine *machine)
{
	struct kmod_ctx *context = libkmod_open();

	if (!context) {
		found(NOTE, "module", "apt-get install libkmod2",
		      "libkmod cannot be used, so %s was not looked into",
		      machine->file);
		return;
	}
	check_indexed(machine, context);
	check_vermagic(machine);
	kmod_unref(context);
}

void check_module(const struct machine *machine)
{
	if (*machine->file)
		check_file(machine);
	else
		check_missing(machine);
	check_loaded(machine);
	if (!machine->loaded && *machine->file)
		found(PROBLEM, "module", "procfdctl load", "it is not loaded");
	tell_others(machine);
}
