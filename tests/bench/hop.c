// SPDX-License-Identifier: GPL-2.0-only
/*
 * hop xxx: execs itself once for each letter, and ends. It has no C library, so that
 * what is counted of it is the kernel's.
 */
#include <sys/syscall.h>

static long call(long number, const void *first, const void *second,
		 const void *third)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return result;
}

/* @stack: as the kernel makes it: argc, argv, NULL, envp, NULL */
__attribute__((used, noreturn)) static void hop(char **stack)
{
	char **argv = stack + 1;

	if (argv[1] && *argv[1]) {
		argv[1]++;
		call(SYS_execve, argv[0], argv, 0);
	}
	for (;;)
		call(SYS_exit_group, 0, 0, 0);
}

__asm__(".globl _start\n"
	"_start:\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call hop\n");
