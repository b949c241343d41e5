/* SPDX-License-Identifier: GPL-2.0-only */
/* The longest time in which the processor took no interrupt */
#ifndef PROCFD_BENCH_IRQS_OFF_H
#define PROCFD_BENCH_IRQS_OFF_H

/* As root, once: a clock of perf that interrupts every 20,000 instructions. */
void irqs_off_open(void);
/* In between it runs; children of who opened it may say so as well. */
void irqs_off_begin(void);
void irqs_off_end(void);
/*
 * How late the latest interrupt was, in instructions, told to who opened it; and
 * in @where[64] the function of the kernel that it came into.
 */
double irqs_off_longest(char *where);

#endif /* PROCFD_BENCH_IRQS_OFF_H */
