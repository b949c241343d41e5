/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints by name; they stay joined until the module goes. */
#ifndef PROCFD_HOOKS_H
#define PROCFD_HOOKS_H

int tracepoint_set(const char *name, void *probe);
void tracepoint_clear(const char *name, void *probe);

#endif /* PROCFD_HOOKS_H */
