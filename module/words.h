/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clearing and copying out of records: so small, and so often, that a call or the
 * start of a string instruction would be most of the work.  Sizes are multiples of
 * eight bytes.
 */
#ifndef PROCFD_WORDS_H
#define PROCFD_WORDS_H

#include <linux/compiler.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/* The shortest record of LIST is four times that, the longest of today 15 and a bit. */
#define WORDS_AT_ONCE 7
#define WORDS_EACH(what) \
	do {             \
		what(0); \
		what(1); \
		what(2); \
		what(3); \
		what(4); \
		what(5); \
		what(6); \
	} while (0)

static __always_inline void words_clear(void *to, u32 size)
{
	u64 *word = to, *end = to + size;

#define CLEAR(i) WRITE_ONCE(word[i], 0)
	for (; end - word >= WORDS_AT_ONCE; word += WORDS_AT_ONCE)
		WORDS_EACH(CLEAR);
#undef CLEAR
	for (; word < end; word++)
		WRITE_ONCE(*word, 0);
}

/*
 * 0 or -EFAULT, and then part of it may be written, as with copy_to_user().  What
 * fails user copies to see what happens fails this one, too.
 */
static inline int words_to_user(void __user *to, const void *from, u32 size)
{
	const u64 *word = from, *end = from + size;
	u64 __user *out = to;

	if (should_fail_usercopy() || !user_access_begin(to, size))
		return -EFAULT;
#define PUT(i) unsafe_put_user(word[i], out + (i), fault)
	for (; end - word >= WORDS_AT_ONCE; word += WORDS_AT_ONCE) {
		WORDS_EACH(PUT);
		out += WORDS_AT_ONCE;
	}
#undef PUT
	for (; word < end; word++)
		unsafe_put_user(*word, out++, fault);
	user_access_end();
	return 0;
fault:
	user_access_end();
	return -EFAULT;
}

#endif /* PROCFD_WORDS_H */
