/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shields <asm/ptrace.h>: the arguments of a function that is entered
 *
 * The kernel has a way to read them on each architecture, and none to write.
 * Stays.
 */
#ifndef PROCFD_COMPAT_KPROBES_H
#define PROCFD_COMPAT_KPROBES_H

#include <linux/ptrace.h>

static inline unsigned long compat_kernel_argument(struct pt_regs *regs,
						   unsigned int n)
{
	return regs_get_kernel_argument(regs, n);
}

static inline void compat_set_kernel_argument(struct pt_regs *regs,
					      unsigned int n,
					      unsigned long value)
{
#if defined(CONFIG_X86_64)
	if (n == 0)
		regs->di = value;
	else
		regs->si = value;
#elif defined(CONFIG_ARM64)
	regs->regs[n] = value;
#else
#error "procfd runs on x86-64 and arm64"
#endif
}

#endif /* PROCFD_COMPAT_KPROBES_H */
