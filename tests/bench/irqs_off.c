// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "irqs_off.h"

#define PERIOD 20000
#define PAGES \
	1024 /* a power of two; a watch has some 100,000 samples of 24 bytes */
#define PAGE 4096UL

static int perf;
static struct perf_event_mmap_page *head;

void irqs_off_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = PERIOD,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME,
		.disabled = 1,
	};

	perf = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
		       PERF_FLAG_FD_CLOEXEC);
	if (perf < 0)
		fail("no clock of perf");
	head = mmap(NULL, (1 + PAGES) * PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED, perf, 0);
	if (head == MAP_FAILED)
		fail("no memory for samples");
}

void irqs_off_begin(void)
{
	if (ioctl(perf, PERF_EVENT_IOC_ENABLE, 0))
		fail("PERF_EVENT_IOC_ENABLE");
}

void irqs_off_end(void)
{
	if (ioctl(perf, PERF_EVENT_IOC_DISABLE, 0))
		fail("PERF_EVENT_IOC_DISABLE");
}

struct sample {
	struct perf_event_header header;
	uint64_t ip;
	uint64_t time;
};

/* There is room for all: nothing comes twice to the same place. */
static const struct sample *at(uint64_t position)
{
	return (void *)((char *)head + PAGE + position);
}

/* What is before @address in the kernel's list, which is in no order. */
static void function_of(uint64_t address, char *where)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	char line[300], name[64];
	uint64_t start, nearest = 0;

	strcpy(where, "user space");
	while (symbols && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%" SCNx64 " %*c %63s", &start, name) != 2 ||
		    start > address || start < nearest)
			continue;
		nearest = start;
		strcpy(where, name);
	}
	if (!symbols)
		fail("no /proc/kallsyms");
	fclose(symbols);
}

double irqs_off_longest(char *where)
{
	uint64_t last = 0, latest = 0, ip = 0, position;
	const struct sample *sample;

	for (position = 0; position < head->data_head;
	     position += sample->header.size) {
		sample = at(position);
		if (sample->header.type == PERF_RECORD_LOST)
			fail("samples were lost");
		if (sample->header.type != PERF_RECORD_SAMPLE)
			continue;
		if (last && sample->time - last > latest) {
			latest = sample->time - last;
			ip = sample->ip;
		}
		last = sample->time;
	}
	if (latest < PERIOD)
		fail("no samples");
	function_of(ip, where);
	return latest - PERIOD;
}
