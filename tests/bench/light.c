// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "light.h"

static void set_limit(const char *path, unsigned int value)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);

	if (file < 0 || dprintf(file, "%u", value) < 0)
		fail("%s", path);
	close(file);
}

void light_allow(unsigned int total)
{
	struct rlimit limit = { total, total };

	set_limit("/proc/sys/kernel/pid_max", total);
	set_limit("/proc/sys/kernel/threads-max", total);
	if (setrlimit(RLIMIT_NPROC, &limit) ||
	    setrlimit(RLIMIT_SIGPENDING, &limit))
		fail("no %u processes", total);
}

/*
 * The child has the stack of its parent, who goes on at once: it must not touch it,
 * so there is no function of C in it.
 */
pid_t light_make(void)
{
	const unsigned long flags = CLONE_VM | CLONE_FS | SIGCHLD;
	long result;

	__asm__ volatile("	xor %%esi, %%esi\n"
			 "	xor %%edx, %%edx\n"
			 "	xor %%r10d, %%r10d\n"
			 "	xor %%r8d, %%r8d\n"
			 "	syscall\n"
			 "	test %%rax, %%rax\n"
			 "	jnz 2f\n"
			 "1:	mov %[pause], %%eax\n"
			 "	syscall\n"
			 "	jmp 1b\n"
			 "2:\n"
			 : "=a"(result)
			 : "a"(SYS_clone), "D"(flags), [pause] "i"(SYS_pause)
			 : "rcx", "rdx", "rsi", "r8", "r10", "r11", "memory");
	return result < 0 ? -1 : result;
}

void light_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
