// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

static void shared_lock(void)
{
	/* Who is killed with it held is waited for only so long. */
	for (int i = 0; i < 1 << 20; i++)
		if (!__atomic_exchange_n(&shared->lock, 1, __ATOMIC_ACQUIRE))
			return;
}

static void shared_unlock(void)
{
	__atomic_store_n(&shared->lock, 0, __ATOMIC_RELEASE);
}

void corpus_add(const struct program *program)
{
	shared_lock();
	shared->corpus[shared->nr_corpus++ % MAX_CORPUS] = *program;
	shared_unlock();
}

bool corpus_pick(struct program *program)
{
	uint32_t count = shared->nr_corpus;

	if (count > MAX_CORPUS)
		count = MAX_CORPUS;
	if (!count)
		return false;
	*program = shared->corpus[random_below(count)];
	if (program->length > MAX_INSTRUCTIONS)
		program->length = MAX_INSTRUCTIONS;
	return true;
}

static struct instruction instruction_make(void)
{
	return (struct instruction){
		.op = random_below(nr_ops),
		.fd = random_number(),
		.other = random_number(),
		.form = random_number(),
		.seed = random_number(),
	};
}

static void mutate(struct program *program)
{
	struct instruction *at;

	if (!program->length)
		program->code[program->length++] = instruction_make();
	at = &program->code[random_below(program->length)];
	switch (random_below(7)) {
	case 0: at->seed = random_number(); break;
	case 1: at->form = random_number(); break;
	case 2: at->fd = random_number(); break;
	case 3: at->other = random_number(); break;
	case 4: *at = instruction_make(); break;
	case 5: *at = program->code[--program->length]; break;
	default:
		if (program->length < MAX_INSTRUCTIONS)
			program->code[program->length++] = instruction_make();
	}
}

static void splice(struct program *program)
{
	struct program other;
	uint32_t cut = random_below(program->length + 1);

	if (!corpus_pick(&other))
		return;
	for (uint32_t i = 0; i < other.length && cut < MAX_INSTRUCTIONS; i++)
		program->code[cut++] = other.code[i];
	program->length = cut;
}

/* A new one, or one that once reached something, changed. */
void program_make(struct program *program)
{
	if (one_in(8) || !corpus_pick(program)) {
		program->length = 1 + random_below(12);
		for (uint32_t i = 0; i < program->length; i++)
			program->code[i] = instruction_make();
		return;
	}
	if (one_in(6))
		splice(program);
	do {
		mutate(program);
	} while (!one_in(3));
}

/* One line of hexadecimal numbers, eight bytes an instruction. */
void program_write(const struct program *program, char *text, size_t size)
{
	*text = 0;
	for (uint32_t i = 0; i < program->length && size > 17; i++) {
		const struct instruction *at = &program->code[i];
		int length = snprintf(text, size, "%02x%02x%02x%02x%08x",
				      at->op, at->fd, at->other, at->form,
				      at->seed);

		text += length;
		size -= length;
	}
}

bool program_read(struct program *program, const char *text)
{
	unsigned int op, fd, other, form, seed;

	program->length = 0;
	while (program->length < MAX_INSTRUCTIONS &&
	       sscanf(text, "%2x%2x%2x%2x%8x", &op, &fd, &other, &form,
		      &seed) == 5) {
		program->code[program->length++] =
			(struct instruction){ op % nr_ops, fd, other, form,
					      seed };
		text += 16;
	}
	return program->length;
}
