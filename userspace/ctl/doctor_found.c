// SPDX-License-Identifier: LGPL-2.1-or-later
/* What procfdctl doctor found: lines or objects, and whether one is a problem. */
#include <stdarg.h>

#include <json-c/json.h>

#include "doctor_found.h"

static bool as_json, something_wrong;

static const struct {
	const char *word;
	enum colour colour;
} verdicts[] = {
	[FINE] = { "ok", GREEN },
	[NOTE] = { "note", YELLOW },
	[PROBLEM] = { "problem", RED },
};

static void found_text(enum verdict verdict, const char *subject,
		       const char *step, const char *words)
{
	printf("%s%-7s%s  %-9s  %s", colour(stdout, verdicts[verdict].colour),
	       verdicts[verdict].word, colour(stdout, PLAIN), subject, words);
	if (step)
		printf(": type '%s'", step);
	printf("\n");
}

static void found_json(enum verdict verdict, const char *subject,
		       const char *step, const char *words)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "verdict",
			       json_object_new_string(verdicts[verdict].word));
	json_object_object_add(object, "subject",
			       json_object_new_string(subject));
	json_object_object_add(object, "text", json_object_new_string(words));
	if (step)
		json_object_object_add(object, "step",
				       json_object_new_string(step));
	print_json(stdout, object);
}

void found(enum verdict verdict, const char *subject, const char *step,
	   const char *format, ...)
{
	char words[WORDS_MAX * 2];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	make_printable(words);
	(as_json ? found_json : found_text)(verdict, subject, step, words);
	something_wrong |= verdict == PROBLEM;
}

enum verdict if_unusable(const struct machine *machine)
{
	return machine->usable ? NOTE : PROBLEM;
}

void found_as_json(void)
{
	as_json = true;
}

bool found_problem(void)
{
	return something_wrong;
}
