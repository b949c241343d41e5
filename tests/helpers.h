/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of processes need again and again. Where a helper cannot do its
 * part it fails the case, so results need not be checked.
 */
#ifndef PROCFD_TESTS_HELPERS_H
#define PROCFD_TESTS_HELPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* ---- children ---------------------------------------------------------- */

/* A child that runs the function and exits with 0; it dies with its parent. */
pid_t fork_child(void (*run)(void *), void *arg);

/* A child that exits with that status at once. */
pid_t fork_exit(int status);

/* A child that sleeps until a signal ends it. */
pid_t fork_sleeper(void);

/* waitpid() for it; the wait status. */
int reap(pid_t pid);

/* SIGKILL it and reap it. */
void kill_and_reap(pid_t pid);

/* ---- somewhere else; an assertion that fails there ends the case --------- */

/* In a child with this uid and gid, no groups, no capabilities, dumpable. */
void run_as(uid_t uid, void (*run)(void *), void *arg);

/* In a child that is root of a new user namespace, mapped to its own uid. */
void run_in_user_namespace(void (*run)(void *), void *arg);

/* In a child that is pid 1 of a new pid namespace with its own /proc. */
void run_in_pid_namespace(void (*run)(void *), void *arg);

/* ---- a gate: one process waits until another opens it -------------------- */

struct gate {
	int read_fd;
	int write_fd;
};

/* Make it before the fork. Pipe ends are close-on-exec. */
struct gate gate_make(void);

/* Let one gate_wait() through, now or later. */
void gate_open(const struct gate *gate);

/* Wait to be let through. */
void gate_wait(const struct gate *gate);

void gate_close(struct gate *gate);

/* ---- /proc ---------------------------------------------------------------- */

/*
 * The value of a line of /proc/PID/status, such as "State" or "NSpid", without
 * the blanks around it; NULL if there is no such process or line.
 */
char *proc_status(pid_t pid, const char *field, char *value, size_t size);

/* The state letter, 'Z' for a zombie; 0 if there is no such process. */
char proc_state(pid_t pid);

/* How many fds this process has open. */
int open_fd_count(void);

/* The running kernel is this one or a later one, by its release. */
bool kernel_at_least(int major, int minor);

/* ---- a kernel that is slow by its nature ---------------------------------- */

/* DEADLINE_FACTOR of the environment: what times are multiplied by, or 1. */
int slowness(void);

/*
 * How often is done what matters that often: SMALLER divides it, but what happens by
 * chance, and is looked for, gets FEW of them, or a FEW-th of all.
 */
#define FEW 16
int fewer(int count);

/* The @i-th of fewer(@count) rounds is this one of all: for a moment that moves on. */
int spread(int i, int count);

/* ---- time ----------------------------------------------------------------- */

/* poll() one fd; its revents, 0 if nothing came before the timeout. */
short poll_fd(int fd, short events, int timeout_ms);

struct timespec deadline_after_ms(long ms);
bool deadline_over(const struct timespec *deadline);

/* Let others run for a moment, between two looks at something. */
void deadline_step(void);

long long now_ns(clockid_t clock);

#endif
