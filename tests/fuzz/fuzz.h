/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer of procfd's ABI, guided by what of the module's code was reached
 *
 *	main.c      the supervisor: time, progress, the kernel's log, what is kept
 *	arena.c     pid namespaces in which runners live and die
 *	runner.c    a process whose threads run programs on fds they share
 *	program.c   programs: made, changed, written down and read
 *	ops.c       what an instruction does: our ioctls
 *	ops_around.c  ... and what else is done to the fd, and what races it
 *	hang.c      what every task does when nothing happens
 *	values.c    numbers, structs and addresses that are right, or nearly so
 *	coverage.c  KCOV: which places in the module a program has reached
 */
#ifndef PROCFD_FUZZ_H
#define PROCFD_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_INSTRUCTIONS 24
#define MAX_THREADS 3
#define MAX_RUNNERS 3
#define MAX_CORPUS 4096
#define MAX_PLACES (1 << 16)
#define NR_FDS 48
#define NR_PIDS 16

/* ---- programs ------------------------------------------------------------- */

struct instruction {
	uint8_t op;
	uint8_t fd; /* which of the fds that are known */
	uint8_t other; /* another one, or a process */
	uint8_t form; /* how the argument is made */
	uint32_t seed; /* of all that is random in it */
};

struct program {
	uint32_t length;
	struct instruction code[MAX_INSTRUCTIONS];
};

void program_make(struct program *program);
void program_write(const struct program *program, char *text, size_t size);
bool program_read(struct program *program, const char *text);

/* ---- what all share --------------------------------------------------------- */

struct shared {
	uint64_t calls; /* of procfd: ioctls, reads, polls */
	uint64_t programs;
	uint32_t lock;
	uint32_t nr_corpus;
	struct program corpus[MAX_CORPUS];
	uint32_t nr_places; /* in the module, that were reached */
	uint64_t places[MAX_PLACES]; /* open hash of addresses */
	struct program running[MAX_RUNNERS][MAX_THREADS];
	volatile bool stop;
};

extern struct shared *shared;

void corpus_add(const struct program *program);
bool corpus_pick(struct program *program);

/* ---- coverage ----------------------------------------------------------------- */

/* For the calling thread. */
void coverage_start(void);
void coverage_stop(void);
/* How many places were new since the start, or the last look. */
int coverage_new(void);

/* ---- values --------------------------------------------------------------------- */

void random_seed(uint64_t seed);
uint32_t random_number(void);
uint32_t random_below(uint32_t limit);
bool one_in(uint32_t n);
uint64_t random_value(void);
/* An address: good, bad, or in the middle of a page that ends there. */
void *random_address(void *good);
void random_bytes(void *to, size_t size);
void values_init(void);

/* ---- a runner ----------------------------------------------------------------------- */

/* What the threads of one runner share, without a lock: that is the point. */
struct table {
	volatile int fds[NR_FDS];
	volatile pid_t pids[NR_PIDS];
	volatile uint64_t ids[NR_PIDS];
};

extern struct table *table;

int fd_at(uint8_t index);
void fd_keep(int fd);
pid_t pid_at(uint8_t index);
void pid_keep(pid_t pid);
void count_call(void);

void run_instruction(const struct instruction *instruction);
extern const int nr_ops;

void runner(int number, uint64_t seed);

/* Of every task: who it is, what it does, and where in the kernel. */
void print_tasks(void);

/* A pid namespace full of runners, until @seconds are over. */
void arena(uint64_t seed, int seconds, bool as_user);

#endif
