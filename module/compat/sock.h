/* SPDX-License-Identifier: GPL-2.0-only */
/* Shields <linux/net.h> */
#ifndef PROCFD_COMPAT_SOCK_H
#define PROCFD_COMPAT_SOCK_H

#include <linux/net.h>

/* 5.11 dropped the second argument, an error that was always the same. */
static inline struct socket *compat_sock_from_file(struct file *filp)
{
#ifdef PROCFD_SOCK_FROM_FILE_HAS_ERR
	int err;

	return sock_from_file(filp, &err);
#else
	return sock_from_file(filp);
#endif
}

#endif /* PROCFD_COMPAT_SOCK_H */
