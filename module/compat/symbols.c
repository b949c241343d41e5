// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks up the functions of symbols.h, once, at load
 *
 * A kprobe that is registered but never armed tells the address of a function by
 * its name.  All are registered first and given back together, as giving back
 * waits for RCU.
 */
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "symbols.h"

static char *pretend_missing = "";
module_param(pretend_missing, charp, 0444);
MODULE_PARM_DESC(pretend_missing,
		 "Kernel functions, with commas between, to treat as missing");

bool procfd_symbols_found[PROCFD_NR_SYMBOLS];

static const char *const symbol_names[PROCFD_NR_SYMBOLS] = {
#define X(name, ret, args) [SYMBOL_##name] = #name,
	PROCFD_SYMBOLS(X)
#undef X
};

#define X(name, ret, args) \
	DEFINE_STATIC_CALL_NULL(procfd_##name, procfd_proto_##name);
PROCFD_SYMBOLS(X)
#undef X

bool symbol_pretended_missing(const char *name)
{
	size_t len = strlen(name);
	const char *at = pretend_missing;

	while (*at) {
		size_t word = strcspn(at, ",\n");

		if (word == len && !memcmp(at, name, len))
			return true;
		at += word;
		at += strspn(at, ",\n");
	}
	return false;
}

ssize_t symbols_tell_missing(char *page)
{
	ssize_t len = 0;
	int i;

	for (i = 0; i < PROCFD_NR_SYMBOLS; i++)
		if (!procfd_symbols_found[i])
			len += sysfs_emit_at(page, len, "%s\n",
					     symbol_names[i]);
	return len;
}

/*
 * Where the kernel is built with IBT a probe sits behind the landing pad, some
 * bytes into the function: take the offset off.  An address that does not print
 * as the name that was asked for is none.
 */
static void *__init symbol_start(const struct kprobe *probe)
{
	char text[KSYM_SYMBOL_LEN];
	unsigned long addr = (unsigned long)probe->addr;
	size_t len = strlen(probe->symbol_name);
	unsigned long offset;

	sprint_symbol(text, addr);
	if (strncmp(text, probe->symbol_name, len) ||
	    sscanf(text + len, "+%lx/", &offset) != 1)
		return NULL;
	return (void *)(addr - offset);
}

static void __init symbol_set(enum procfd_symbol symbol, void *addr)
{
	/* One static_call_update() for each; the compiler keeps one of them. */
#define X(name, ret, args)           \
	if (symbol == SYMBOL_##name) \
		static_call_update(procfd_##name, (procfd_proto_##name *)addr);
	PROCFD_SYMBOLS(X)
#undef X
	procfd_symbols_found[symbol] = true;
}

/* Look each of them up, with its place in both arrays; what is missing is no error. */
static int __init symbols_find(struct kprobe *probes, struct kprobe **given)
{
	int i, err = 0, nr = 0;

	for (i = 0; i < PROCFD_NR_SYMBOLS; i++) {
		struct kprobe *probe = &probes[i];
		void *addr;

		if (symbol_pretended_missing(symbol_names[i]))
			continue;
		probe->symbol_name = symbol_names[i];
		probe->flags = KPROBE_FLAG_DISABLED;
		err = register_kprobe(probe);
		if (err == -ENOMEM)
			break;
		if (err)
			continue;
		given[nr++] = probe;
		addr = symbol_start(probe);
		if (addr)
			symbol_set(i, addr);
	}
	if (nr)
		unregister_kprobes(given, nr);
	return err == -ENOMEM ? err : 0;
}

int __init symbols_init(void)
{
	struct kprobe *probes, **given;
	int err = -ENOMEM;

	probes = kcalloc(PROCFD_NR_SYMBOLS, sizeof(*probes), GFP_KERNEL);
	given = kcalloc(PROCFD_NR_SYMBOLS, sizeof(*given), GFP_KERNEL);
	if (probes && given)
		err = symbols_find(probes, given);
	kfree(given);
	kfree(probes);
	return err;
}
