// SPDX-License-Identifier: LGPL-2.1-or-later
/* The end of a process, for people and for programs. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "ctl.h"

/* " after 2.31 s", if both ends of its life are known */
static const char *lifetime_text(const struct procfd_exit_record *record,
				 char *text)
{
	const uint64_t both = PROCFD_EXIT_START | PROCFD_EXIT_END;
	char duration[TEXT_MAX];

	*text = '\0';
	if ((record->mask & both) == both)
		snprintf(text, TEXT_MAX, " after %.40s",
			 duration_text(record->end_ns - record->start_ns,
				       duration));
	return text;
}

static void resources_text(FILE *to, const struct procfd_exit_record *record)
{
	char user[TEXT_MAX], system[TEXT_MAX], memory[TEXT_MAX];

	if (!(record->mask & PROCFD_EXIT_CPU))
		return;
	fprintf(to, "    user %s, system %s",
		duration_text(record->utime_ns, user),
		duration_text(record->stime_ns, system));
	if (record->mask & PROCFD_EXIT_MEMORY)
		fprintf(to, ", peak memory %s",
			size_text(record->maxrss_bytes, memory));
	fprintf(to, "\n");
}

void report_text(FILE *to, const struct target *target,
		 const struct procfd_exit_record *record)
{
	char cause[TEXT_MAX], lifetime[TEXT_MAX], owner[TEXT_MAX];
	bool bad = procfd_exit_code(record) > 0;

	procfd_describe_exit(record, cause, sizeof(cause));
	fprintf(to, "%s%d (%s)%s%s: %s%s%s%s\n", colour(to, BOLD), target->pid,
		target->comm, colour(to, PLAIN), owner_text(target, owner),
		bad ? colour(to, RED) : "", cause, bad ? colour(to, PLAIN) : "",
		lifetime_text(record, lifetime));
	resources_text(to, record);
	fflush(to);
}

/* ---- JSON ------------------------------------------------------------------- */

static void add_number(struct json_object *object, const char *name,
		       uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

static void add_text(struct json_object *object, const char *name,
		     const char *value)
{
	json_object_object_add(object, name, json_object_new_string(value));
}

static void add_status(struct json_object *object,
		       const struct procfd_exit_record *record)
{
	static const char *const causes[] = {
		[CLD_EXITED] = "exited",
		[CLD_KILLED] = "killed",
		[CLD_DUMPED] = "dumped",
		[PROCFD_CLD_EXEC] = "exec",
	};
	size_t code = (size_t)record->code;
	char name[TEXT_MAX];

	add_text(object, "cause",
		 code < sizeof(causes) / sizeof(causes[0]) && causes[code] ?
			 causes[code] :
			 "unknown");
	if (record->code == CLD_EXITED) {
		add_number(object, "status", (uint64_t)record->status);
	} else if (record->code != PROCFD_CLD_EXEC) {
		add_number(object, "signal", (uint64_t)record->status);
		add_text(object, "signal_name",
			 signal_text(record->status, name));
	}
	add_number(object, "wait_status", record->wait_status);
}

/* members that are numbers, each with the bit that says it is known */
static const struct {
	const char *name;
	uint64_t mask;
	size_t offset;
} numbers[] = {
/* clang-format off */
#define NUMBER(member, bit) \
	{ #member, PROCFD_EXIT_##bit, offsetof(struct procfd_exit_record, member) }
	/* clang-format on */
	NUMBER(start_ns, START),      NUMBER(end_ns, END),
	NUMBER(utime_ns, CPU),	      NUMBER(stime_ns, CPU),
	NUMBER(maxrss_bytes, MEMORY), NUMBER(minflt, FAULTS),
	NUMBER(majflt, FAULTS),	      NUMBER(nvcsw, SWITCHES),
	NUMBER(nivcsw, SWITCHES),     NUMBER(inblock, BLOCK_IO),
	NUMBER(oublock, BLOCK_IO),    NUMBER(cutime_ns, CHILDREN),
	NUMBER(cstime_ns, CHILDREN),  NUMBER(cmaxrss_bytes, CHILDREN),
	NUMBER(cminflt, CHILDREN),    NUMBER(cmajflt, CHILDREN),
	NUMBER(cnvcsw, CHILDREN),     NUMBER(cnivcsw, CHILDREN),
	NUMBER(cinblock, BLOCK_IO),   NUMBER(coublock, BLOCK_IO),
#undef NUMBER
};

static struct json_object *record_json(const struct procfd_exit_record *record)
{
	struct json_object *object = json_object_new_object();

	if (record->mask & PROCFD_EXIT_STATUS)
		add_status(object, record);
	if (record->mask & PROCFD_EXIT_IDS)
		add_number(object, "uid", record->uid);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint64_t value;

		if (!(record->mask & numbers[i].mask))
			continue;
		memcpy(&value, (const char *)record + numbers[i].offset,
		       sizeof(value));
		add_number(object, numbers[i].name, value);
	}
	return object;
}

struct json_object *target_json(const struct target *target, const char *state,
				const struct procfd_exit_record *record)
{
	struct json_object *object = json_object_new_object();

	add_number(object, "pid", (uint64_t)target->pid);
	if (target->thread)
		json_object_object_add(object, "thread",
				       json_object_new_boolean(true));
	if (target->tgid)
		add_number(object, "tgid", (uint64_t)target->tgid);
	add_text(object, "comm", target->comm);
	add_text(object, "state", state);
	if (record)
		json_object_object_add(object, "exit", record_json(record));
	return object;
}

void print_json(FILE *to, struct json_object *object)
{
	fprintf(to, "%s\n",
		json_object_to_json_string_ext(
			object, JSON_C_TO_STRING_PLAIN |
					JSON_C_TO_STRING_NOSLASHESCAPE));
	fflush(to);
	json_object_put(object);
}
