// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU that counts, address by address, the kernel's instructions between
 * the marks of bench.h, and writes down the lowest of the rounds of each part:
 *
 *	part address count
 *
 * In one thread, as -icount is.  The declarations are those of version 1 of the
 * interface, whose header Debian does not package.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../marks.h"

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						int op, void *to,
						uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*call)(unsigned int cpu,
							 void *data),
					    int flags, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(
	qemu_plugin_id_t id,
	void (*call)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
				    void (*call)(qemu_plugin_id_t id,
						 void *data),
				    void *data);

int qemu_plugin_version = 1;

/* Of all addresses of programs together. */
#define PROGRAMS 1
#define PLACES (1 << 21)

/* An open hash; what is counted anywhere, and what was before the round. */
static struct place {
	uint64_t address;
	uint64_t count;
	uint64_t before;
	uint64_t lowest;
} places[PLACES];

static unsigned int part;
static bool part_goes_on;
static bool counting;
static uint64_t lowest; /* of the rounds of this part; 0: none yet */
static FILE *out;

static struct place *place_of(uint64_t address)
{
	uint64_t at = address * 0x9e3779b97f4a7c15 >> 43;

	while (places[at].address && places[at].address != address)
		at = (at + 1) % PLACES;
	places[at].address = address;
	return &places[at];
}

static void write_part(void)
{
	for (struct place *place = places; lowest && place < places + PLACES;
	     place++)
		if (place->lowest)
			fprintf(out, "%u %016" PRIx64 " %" PRIu64 "\n", part,
				place->address, place->lowest);
	fflush(out);
	lowest = 0;
}

static void next_part(unsigned int cpu, void *data)
{
	write_part();
	part++;
	part_goes_on = true;
}

static void stop(unsigned int cpu, void *data)
{
	part_goes_on = false;
}

static void begin(unsigned int cpu, void *data)
{
	for (struct place *place = places; place < places + PLACES; place++)
		place->before = place->count;
	counting = true;
}

static void end(unsigned int cpu, void *data)
{
	uint64_t sum = 0;

	/* Of many that come to an end the first one counts. */
	if (!counting)
		return;
	counting = false;
	for (struct place *place = places; place < places + PLACES; place++)
		sum += place->count - place->before;
	if (!part_goes_on || (lowest && sum >= lowest))
		return;
	lowest = sum;
	for (struct place *place = places; place < places + PLACES; place++)
		place->lowest = place->count - place->before;
}

static void (*const at_marks[])(unsigned int cpu, void *data) = {
	[MARK_NEXT] = next_part,
	[MARK_BEGIN] = begin,
	[MARK_END] = end,
	[MARK_STOP] = stop,
};

/* mov $mark, %ecx */
static void look_for_mark(struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	uint32_t value;

	if (qemu_plugin_insn_size(insn) != 5 || code[0] != 0xb9)
		return;
	memcpy(&value, code + 1, sizeof(value));
	value -= MARKS;
	if (value < sizeof(at_marks) / sizeof(at_marks[0]))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, at_marks[value], 0,
						       NULL);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn =
			qemu_plugin_tb_get_insn(block, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		bool program = !(address >> 63);

		if (program)
			look_for_mark(insn);
		qemu_plugin_register_vcpu_insn_exec_inline(
			insn, 0, &place_of(program ? PROGRAMS : address)->count,
			1);
	}
}

static void finish(qemu_plugin_id_t id, void *data)
{
	write_part();
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	out = argc == 1 && !strncmp(argv[0], "out=", 4) ?
		      fopen(argv[0] + 4, "w") :
		      NULL;
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
