/* SPDX-License-Identifier: GPL-2.0-only */
/* The module, loaded and unloaded by the benchmark, which init has loaded before */
#ifndef PROCFD_BENCH_LOADING_H
#define PROCFD_BENCH_LOADING_H

void module_load(void);
/* All fds of it are closed; it lets go a moment later. */
void module_unload(void);
/* Every hook that a first use arms is armed, and no fd is open afterwards. */
void module_use_everything(void);

#endif /* PROCFD_BENCH_LOADING_H */
