// SPDX-License-Identifier: GPL-2.0-only
/*
 * Joining the kernel's tracepoints by name
 *
 * Whoever needs some joins them at first use, and leaves when the module goes: a
 * module that is loaded and was not used has none.  Nothing here compares what a
 * tracepoint gives with what a probe takes; see compat/trace.h.
 */
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "tracepoints.h"

struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void tracepoint_match(struct tracepoint *tp, void *data)
{
	struct tracepoint_search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

static struct tracepoint *tracepoint_find(const char *name)
{
	struct tracepoint_search search = { .name = name };

	for_each_kernel_tracepoint(tracepoint_match, &search)
		;
	return search.found;
}

static int tracepoint_join(const char *name, void *probe)
{
	struct tracepoint *tp = tracepoint_find(name);

	return tp ? tracepoint_probe_register(tp, probe, NULL) : -EOPNOTSUPP;
}

static void tracepoint_leave(const char *name, void *probe)
{
	tracepoint_probe_unregister(tracepoint_find(name), probe, NULL);
}

int tracepoints_join(const struct tracepoint_probe *probes, int nr)
{
	int i, err;

	for (i = 0; i < nr; i++) {
		err = tracepoint_join(probes[i].name, probes[i].probe);
		if (err) {
			tracepoints_leave(probes, i);
			return err;
		}
	}
	return 0;
}

void tracepoints_leave(const struct tracepoint_probe *probes, int nr)
{
	while (nr--)
		tracepoint_leave(probes[nr].name, probes[nr].probe);
	tracepoint_synchronize_unregister();
}
