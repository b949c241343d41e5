/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the fuzzed module: what the compiler calls at each place is ours, which goes on
 * to the kernel's.
 */
#ifndef __ASSEMBLY__
asm(".set __sanitizer_cov_trace_pc, procfd_cover_pc");
#endif
