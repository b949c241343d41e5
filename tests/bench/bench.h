/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmark: rows that set a call of procfd against what people use
 *
 * It runs in a guest whose clock counts instructions (-icount shift=0), as root.
 * A row is a file row_NAME.c with one function, named in the table of main.c: it
 * counts both sides and calls report() for each line that it gives.
 */
#ifndef PROCFD_BENCH_H
#define PROCFD_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "marks.h"
#include "procfd_ioctl.h"

#define BENCH_USER 1000
#define BENCH_OTHER_USER 1001

/* The rows; the words tell why each is there. */
void row_open(void); /* a first fd, a further one, a signal: pidfds */
void row_get_info(void); /* one process in full: stat and status */
void row_list(void); /* all processes: /proc, ps, a BPF iterator */
void row_list_short(void); /* the part of it that `make check` compares */
void row_groups(void); /* by group of members, where LIST and GET_INFO spend */
void row_clone(void); /* a child, its end, and how it ended: clone3 */
void row_spawn(void); /* the library: posix_spawn */
void row_wake(void); /* from the end to who waits for it: pidfds */
void row_others(void); /* processes that do not use it: not loaded */
void row_growth(void); /* with very many fds: with few */
void row_memory(void); /* kernel memory of an fd: pidfds */

/* ---- report.c: what the host reads ---------------------------------------- */

/* One line.  Both are instructions, if no note says else; a goal of 0 is none. */
void report(const char *row, double procfd, double other, double goal);
/* The same, with words beside it in the table: what the goal comes from. */
__attribute__((format(printf, 5, 6))) void
report_noted(const char *row, double procfd, double other, double goal,
	     const char *format, ...);
/* There is nothing to compare with, and why. */
void report_none(const char *row, double procfd, double goal, const char *why);
/* A figure that is no row of the table. */
void report_figure(const char *name, double value);
/* The benchmark itself is at fault: says what, and ends it. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format,
							  ...);

/*
 * For `make profile`: what is counted from now on is @way of @row, so many calls at a
 * time.
 */
void profile_next(const char *row, const char *way, unsigned int loops);
/* What comes now is of no row. */
void profile_stop(void);

/* ---- measure.c -------------------------------------------------------------- */

typedef void (*bench_call)(void *arg);

/*
 * Instructions of one call: of @loops calls in a row, the lowest of several runs,
 * after one that does not count, until the lowest two agree.
 */
double instructions_of(bench_call call, void *arg, unsigned int loops);

/* For who counts otherwise: instructions until now, and of each of @loops calls. */
double clock_now(void);
double per_call(bench_call call, void *arg, unsigned int loops);
/*
 * Of @loops calls, 1000 at most, the one that a tenth of them are below: neither what
 * was by chance, nor what an interrupt came into.
 */
double usual_call(bench_call call, void *arg, unsigned int loops);

/**
 * struct bench_way - one of several that are counted by turns, as what forks does
 *                    not repeat to the last digit
 * @row:    for `make profile`: what this is a side of, or NULL
 * @name:   with @row: "procfd" or "other"
 * @loops:  calls that it counts together, 0 is one
 * @count:  counts once
 * @lowest: what it counted at least
 * @second: the second lowest
 */
struct bench_way {
	const char *row;
	const char *name;
	unsigned int loops;
	double (*count)(void *arg);
	void *arg;
	double lowest;
	double second;
};

#define TURNS_MAX 40

/*
 * Counts each way once in every round: at least eight rounds, after one that is
 * not kept, until the lowest two of each agree, or so many rounds were made.
 */
void by_turns(struct bench_way *ways, unsigned int nr, unsigned int most);
/* The parts of it, for who does something between the rounds. */
void turns_begin(struct bench_way *ways, unsigned int nr);
void turn(struct bench_way *way);
bool turns_suffice(const struct bench_way *ways, unsigned int nr,
		   unsigned int rounds);

/*
 * Calls @call in a child with this user id, and waits for it.  What it finds out
 * goes to memory of shared_memory().
 */
void run_as(uid_t uid, bench_call call, void *arg);
void *shared_memory(size_t size);
/* The running kernel is this one or a later one, by its release. */
bool kernel_at_least(int major, int minor);

/* ---- processes.c: a machine with many processes ----------------------------- */

/*
 * There are @total processes from now on, the caller and what the kernel has
 * included: children are made, each with memory of its own, that sleep for good.
 * Every second one belongs to BENCH_USER, the others to BENCH_OTHER_USER.
 */
void processes_grow(unsigned int total);
void processes_end(void);
/* The children: how many, and each, in the order of their numbers. */
unsigned int processes_made(void);
pid_t process_made(unsigned int nr);

#endif /* PROCFD_BENCH_H */
