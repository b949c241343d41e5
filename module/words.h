/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clearing and copying of records and arguments: so small, and so often, that a call or the
 * start of a string instruction would be most of the work.  Sizes are multiples of
 * eight bytes.
 */
#ifndef PROCFD_WORDS_H
#define PROCFD_WORDS_H

#include <linux/compiler.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/* The shortest record of LIST is 28 words. */
#define WORDS_7(what, from)       \
	do {                      \
		what((from) + 0); \
		what((from) + 1); \
		what((from) + 2); \
		what((from) + 3); \
		what((from) + 4); \
		what((from) + 5); \
		what((from) + 6); \
	} while (0)
#define WORDS_28(what)             \
	do {                       \
		WORDS_7(what, 0);  \
		WORDS_7(what, 7);  \
		WORDS_7(what, 14); \
		WORDS_7(what, 21); \
	} while (0)

static inline void words_clear(void *to, u32 size)
{
	u64 *word = to, *end = to + size;

#define CLEAR(i) WRITE_ONCE(word[i], 0)
	for (; end - word >= 28; word += 28)
		WORDS_28(CLEAR);
	for (; end - word >= 7; word += 7)
		WORDS_7(CLEAR, 0);
	for (; word < end; word++)
		CLEAR(0);
#undef CLEAR
}

/*
 * 0 or -EFAULT, and then part of it may be written, as with copy_to_user().  What
 * fails user copies to see what happens fails this one, too.
 */
static inline int words_to_user(void __user *to, const void *from, u32 size)
{
	const u64 *word = from, *end = from + size;
	u64 __user *out = to;

	might_fault();
	if (should_fail_usercopy() || !user_access_begin(to, size))
		return -EFAULT;
#define PUT(i) unsafe_put_user(word[i], out + (i), fault)
	for (; end - word >= 28; word += 28, out += 28)
		WORDS_28(PUT);
	for (; end - word >= 7; word += 7, out += 7)
		WORDS_7(PUT, 0);
	for (; word < end; word++, out++)
		PUT(0);
#undef PUT
	user_access_end();
	return 0;
fault:
	user_access_end();
	return -EFAULT;
}

/* The other way, as copy_from_user() that returns 0 or -EFAULT. */
static __always_inline int words_from_user(void *to, const void __user *from,
					   u32 size)
{
	const u64 __user *in = from;
	u64 *word = to;
	u32 i;

	might_fault();
	if (should_fail_usercopy() || !user_read_access_begin(from, size))
		return -EFAULT;
#ifndef __clang__ /* which warns where it cannot, and needs not be told where it can */
#pragma GCC unroll 4
#endif
	for (i = 0; i < size / sizeof(*word); i++)
		unsafe_get_user(word[i], in + i, fault);
	user_read_access_end();
	return 0;
fault:
	user_read_access_end();
	return -EFAULT;
}

#endif /* PROCFD_WORDS_H */
