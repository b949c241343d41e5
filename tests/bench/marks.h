/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that do nothing, and tell the plugin of `make profile` what is counted:
 * `mov $MARKS + n, %ecx`
 */
#ifndef PROCFD_BENCH_MARKS_H
#define PROCFD_BENCH_MARKS_H

#define MARKS 0x51a57a00

#define MARK_NEXT 0 /* another part: see profile_next() */
#define MARK_BEGIN 1 /* of a round of it */
#define MARK_END 2
#define MARK_STOP 3 /* of no part is what comes now */

#define mark(n) asm volatile("mov %0, %%ecx" : : "i"(MARKS + (n)) : "ecx")

#endif /* PROCFD_BENCH_MARKS_H */
