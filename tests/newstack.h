/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child on a stack of its own. After a call that returns twice the child must
 * not return through frames it does not have (or shares with its parent), which
 * C cannot say.
 */
#ifndef PROCFD_TESTS_NEWSTACK_H
#define PROCFD_TESTS_NEWSTACK_H

#include <sys/syscall.h>

#define NEWSTACK_SIZE 65536

/*
 * Make the system call, which gives the child a stack; there it calls run(arg)
 * and exits with what that returns. The result, or -errno, is the parent's.
 */
static inline long syscall_newstack(long number, long a, long b, long c,
				    int (*run)(void *), void *arg)
{
#if defined(__x86_64__)
	register int (*run_)(void *) __asm__("r12") = run;
	register void *arg_ __asm__("r13") = arg;
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "and $-16, %%rsp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "mov %%eax, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(run_),
			   "r"(arg_), [exit] "i"(SYS_exit)
			 : "rcx", "r11", "memory", "cc");
	return result;
#elif defined(__i386__)
	long result;

	__asm__ volatile("int $0x80\n\t"
			 "test %%eax, %%eax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "and $-16, %%esp\n\t"
			 "sub $12, %%esp\n\t"
			 "push %%edi\n\t"
			 "call *%%esi\n\t"
			 "mov %%eax, %%ebx\n\t"
			 "mov %[exit], %%eax\n\t"
			 "int $0x80\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(run),
			   "D"(arg), [exit] "i"(SYS_exit)
			 : "memory", "cc");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register int (*run_)(void *) __asm__("x9") = run;
	register void *arg_ __asm__("x10") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x10\n\t"
			 "blr x9\n\t"
			 "mov x8, %[exit]\n\t"
			 "svc #0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(run_),
			   "r"(arg_), [exit] "i"(SYS_exit)
			 : "memory", "cc");
	return x0;
#else
#error "no way known to start a child on a stack here"
#endif
}

#endif
