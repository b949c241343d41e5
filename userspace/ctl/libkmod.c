// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libkmod, for the commands that want it. It comes with libcrypto and others, whose
 * 20,000 relocations cost more than all that ps, wait and kill do; so it is
 * not loaded before one of its functions is called. Whatever calls one before
 * kmod_new() has told that it is there is wrong.
 */
#include <dlfcn.h>
#include <libkmod.h>
#include <stddef.h>
#include <stdlib.h>

#define LIBRARY "libkmod.so.2"

static void *function(const char *name)
{
	static void *library;

	if (!library)
		library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	return library ? dlsym(library, name) : NULL;
}

/* one that kmod_new() came before, so that it can only be there */
static void *present(const char *name)
{
	void *found = function(name);

	if (!found)
		abort();
	return found;
}

#define CALL(name, ...) ((__typeof__(&name))present(#name))(__VA_ARGS__)

struct kmod_ctx *kmod_new(const char *dirname, const char *const *config_paths)
{
	__typeof__(&kmod_new) real = function("kmod_new");

	return real ? real(dirname, config_paths) : NULL;
}

struct kmod_ctx *kmod_unref(struct kmod_ctx *context)
{
	return context ? CALL(kmod_unref, context) : NULL;
}

void kmod_set_log_fn(struct kmod_ctx *context,
		     void (*log)(void *data, int priority, const char *file,
				 int line, const char *fn, const char *format,
				 va_list args),
		     const void *data)
{
	CALL(kmod_set_log_fn, context, log, data);
}

int kmod_module_new_from_name(struct kmod_ctx *context, const char *name,
			      struct kmod_module **module)
{
	return CALL(kmod_module_new_from_name, context, name, module);
}

struct kmod_module *kmod_module_unref(struct kmod_module *module)
{
	return module ? CALL(kmod_module_unref, module) : NULL;
}

int kmod_module_probe_insert_module(
	struct kmod_module *module, unsigned int flags, const char *options,
	int (*run_install)(struct kmod_module *m, const char *cmd, void *data),
	const void *data,
	void (*print_action)(struct kmod_module *m, bool install,
			     const char *options))
{
	return CALL(kmod_module_probe_insert_module, module, flags, options,
		    run_install, data, print_action);
}

int kmod_module_remove_module(struct kmod_module *module, unsigned int flags)
{
	return CALL(kmod_module_remove_module, module, flags);
}

int kmod_module_get_initstate(const struct kmod_module *module)
{
	return CALL(kmod_module_get_initstate, module);
}

int kmod_module_get_refcnt(const struct kmod_module *module)
{
	return CALL(kmod_module_get_refcnt, module);
}

int kmod_module_new_from_path(struct kmod_ctx *context, const char *path,
			      struct kmod_module **module)
{
	return CALL(kmod_module_new_from_path, context, path, module);
}

const char *kmod_module_get_path(const struct kmod_module *module)
{
	__typeof__(&kmod_module_get_path) real =
		present("kmod_module_get_path");

	return real(module);
}

int kmod_module_get_info(const struct kmod_module *module,
			 struct kmod_list **list)
{
	return CALL(kmod_module_get_info, module, list);
}

const char *kmod_module_info_get_key(const struct kmod_list *entry)
{
	__typeof__(&kmod_module_info_get_key) real =
		present("kmod_module_info_get_key");

	return real(entry);
}

const char *kmod_module_info_get_value(const struct kmod_list *entry)
{
	__typeof__(&kmod_module_info_get_value) real =
		present("kmod_module_info_get_value");

	return real(entry);
}

void kmod_module_info_free_list(struct kmod_list *list)
{
	CALL(kmod_module_info_free_list, list);
}

struct kmod_list *kmod_list_next(const struct kmod_list *list,
				 const struct kmod_list *at)
{
	__typeof__(&kmod_list_next) real = present("kmod_list_next");

	return real(list, at);
}

struct kmod_config_iter *
kmod_config_get_blacklists(const struct kmod_ctx *context)
{
	__typeof__(&kmod_config_get_blacklists) real =
		present("kmod_config_get_blacklists");

	return real(context);
}

struct kmod_config_iter *
kmod_config_get_install_commands(const struct kmod_ctx *context)
{
	__typeof__(&kmod_config_get_install_commands) real =
		present("kmod_config_get_install_commands");

	return real(context);
}

bool kmod_config_iter_next(struct kmod_config_iter *iterator)
{
	return CALL(kmod_config_iter_next, iterator);
}

const char *kmod_config_iter_get_key(const struct kmod_config_iter *iterator)
{
	__typeof__(&kmod_config_iter_get_key) real =
		present("kmod_config_iter_get_key");

	return real(iterator);
}

void kmod_config_iter_free_iter(struct kmod_config_iter *iterator)
{
	CALL(kmod_config_iter_free_iter, iterator);
}
