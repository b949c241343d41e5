/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints by name, several at a time: all of them or none. */
#ifndef PROCFD_TRACEPOINTS_H
#define PROCFD_TRACEPOINTS_H

struct tracepoint_probe {
	const char *name;
	void *probe;
};

int tracepoints_join(const struct tracepoint_probe *probes, int nr);
void tracepoints_leave(const struct tracepoint_probe *probes, int nr);

#endif /* PROCFD_TRACEPOINTS_H */
