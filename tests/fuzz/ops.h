/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions that are no ioctls of ours; ops.c has the table of all. */
#ifndef PROCFD_FUZZ_OPS_H
#define PROCFD_FUZZ_OPS_H

#include "fuzz.h"

void op_read(const struct instruction *at);
void op_poll(const struct instruction *at);
void op_epoll(const struct instruction *at);
void op_fcntl(const struct instruction *at);
void op_splice(const struct instruction *at);
void op_look(const struct instruction *at);
void op_close(const struct instruction *at);
void op_dup(const struct instruction *at);
void op_pass(const struct instruction *at);
void op_reap(const struct instruction *at);
void op_kill(const struct instruction *at);
void op_ptrace(const struct instruction *at);
void op_thread(const struct instruction *at);
void op_fork_threads(const struct instruction *at);
void op_dispositions(const struct instruction *at);
void op_pidfd(const struct instruction *at);
void op_limits(const struct instruction *at);
void op_yield(const struct instruction *at);

#endif
