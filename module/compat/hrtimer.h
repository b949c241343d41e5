/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/hrtimer.h> */
#ifndef PROCFD_COMPAT_HRTIMER_H
#define PROCFD_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>
#include <linux/version.h>

/* 6.13 renamed it.  Goes when the floor is 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define hrtimer_setup_sleeper_on_stack hrtimer_init_sleeper_on_stack
#endif

#endif /* PROCFD_COMPAT_HRTIMER_H */
